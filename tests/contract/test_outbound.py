"""What every way out must tell truly: delivered, not delivered, refused, or perhaps delivered."""

from collections.abc import Iterator
from dataclasses import replace
from email.headerregistry import Address
from pathlib import Path

import pytest

from automation.errors import AmbiguousError, RejectedError, TransientError
from automation.model import Security
from automation.outbox.null import NullOutbound
from automation.outbox.smtp import SmtpAccount, SmtpOutbound
from automation.sandbox.mail import Cut
from tests.contract.inboxes import CITIZEN, OFFICE, TIMEOUT, sandbox_post
from tests.contract.letterboxes import (
    Letterbox,
    PostLetterbox,
    RecordingLetterbox,
    certificate,
    letter,
    scripted,
)

pytestmark = pytest.mark.contract

IN_ONE_BREATH = {"EHLO": b"250-hello\r\n250 PIPELINING"}


@pytest.fixture(name="post")
def _post() -> Iterator[PostLetterbox]:
    """Give the sandbox's SMTP server."""
    with sandbox_post() as (post, loop):
        yield PostLetterbox(post, loop)


@pytest.fixture(name="box", params=["recording", "sandbox"])
def _box(request: pytest.FixtureRequest) -> Letterbox:
    """Give each way out in turn."""
    if request.param == "recording":
        return RecordingLetterbox()
    post: PostLetterbox = request.getfixturevalue("post")
    return post


class TestEveryWayOut:
    """The port's promises."""

    def test_a_letter_arrives_once_with_a_receipt(self, box: Letterbox) -> None:
        """The receipt is what the ledger keeps as proof."""
        with box.outbound as out:
            assert out.send(letter()).startswith("250")
        assert box.arrived() == ["Jawaban"]

    def test_letters_leave_in_order(self, box: Letterbox) -> None:
        """A pass sends many letters by one connection."""
        with box.outbound as out:
            for subject in ("Satu", "Dua", "Tiga"):
                out.send(letter(subject))
        assert box.arrived() == ["Satu", "Dua", "Tiga"]

    def test_a_busy_server_did_not_take_the_letter(self, box: Letterbox) -> None:
        """4xx is plainly "not delivered": it may be sent again without a thought."""
        box.busy()
        with box.outbound as out:
            with pytest.raises(TransientError) as put_off:
                out.send(letter("Satu"))
            out.send(letter("Dua"))
        assert not isinstance(put_off.value, AmbiguousError)
        assert box.arrived() == ["Dua"]

    def test_a_refusal_is_final_for_this_letter_only(self, box: Letterbox) -> None:
        """5xx is for the people to look at; the next letter goes its way."""
        box.refuse()
        with box.outbound as out:
            with pytest.raises(RejectedError, match="550"):
                out.send(letter("Satu"))
            out.send(letter("Dua"))
        assert box.arrived() == ["Dua"]

    @pytest.mark.parametrize("delivered", [True, False])
    def test_a_break_after_the_letter_is_ambiguous(
        self, box: Letterbox, *, delivered: bool
    ) -> None:
        """Nobody can know from here whether it arrived: it must not be repeated blindly."""
        box.break_off(delivered=delivered)
        with box.outbound as out:
            with pytest.raises(AmbiguousError):
                out.send(letter("Satu"))
            out.send(letter("Dua"))
        assert box.arrived() == (["Satu"] if delivered else []) + ["Dua"]


class TestReplies:
    """Which reply means what, at each step (RFC 5321 4.2.1)."""

    def test_an_unknown_citizen_is_refused(self, post: PostLetterbox) -> None:
        """The Petugas reads the server's reason."""
        message = letter()
        message.replace_header("To", "wajan@warga.example")
        with post.outbound as out, pytest.raises(RejectedError, match=r"550 5\.1\.1"):
            out.send(message)

    def test_one_refused_recipient_stops_the_letter(self, post: PostLetterbox) -> None:
        """No letter is half delivered: sending it again must not double it for the others."""
        message = letter()
        message.replace_header("To", f"{CITIZEN.address}, wajan@warga.example")
        with post.outbound as out, pytest.raises(RejectedError):
            out.send(message)
        assert post.arrived() == []

    @pytest.mark.parametrize(
        ("reply", "error"),
        [("450 4.2.1 later", TransientError), ("550 5.2.1 disabled", RejectedError)],
    )
    def test_a_reply_to_the_recipient_counts(
        self, post: PostLetterbox, reply: str, error: type[Exception]
    ) -> None:
        """RCPT is where most servers refuse."""
        post.post.faults.rcpt[CITIZEN.address] = reply
        with post.outbound as out:
            with pytest.raises(error, match=reply[:3]):
                out.send(letter("Satu"))
            post.post.faults.rcpt.clear()
            out.send(letter("Dua"))
        assert post.arrived() == ["Dua"]

    @pytest.mark.parametrize(
        ("reply", "error"),
        [
            ("421 4.3.2 closing", TransientError),
            ("451 4.7.1 greylisted", TransientError),
            ("530 5.7.0 login first", TransientError),
            ("553 5.1.8 sender", RejectedError),
        ],
    )
    def test_a_reply_to_the_sender_counts(
        self, post: PostLetterbox, reply: str, error: type[Exception]
    ) -> None:
        """A wanted login is the operator's matter and is not held against the letter."""
        post.post.faults.mail.append(reply)
        with post.outbound as out:
            with pytest.raises(error, match=reply[:3]):
                out.send(letter("Satu"))
            out.send(letter("Dua"))
        assert post.arrived() == ["Dua"]

    def test_a_long_reply_is_cut(self, post: PostLetterbox) -> None:
        """What a foreign server says ends in a cell."""
        post.post.faults.data.append("550 " + "tidak " * 60)
        with post.outbound as out, pytest.raises(RejectedError) as refusal:
            out.send(letter())
        assert len(str(refusal.value)) == 200

    @pytest.mark.parametrize("offer", [{}, IN_ONE_BREATH])
    @pytest.mark.parametrize(
        ("replies", "dot", "error"),
        [
            ({"": b"554 go away"}, b"250 OK", TransientError),
            ({"MAIL": b""}, b"250 OK", TransientError),
            ({"MAIL": b"421 closing"}, b"250 OK", TransientError),
            ({"RCPT": b"452 full"}, b"250 OK", TransientError),
            ({"RCPT": b"550 nobody"}, b"250 OK", RejectedError),
            ({"DATA": b""}, b"250 OK", TransientError),
            ({"DATA": b"451 later"}, b"250 OK", TransientError),
            ({"DATA": b"554 no"}, b"250 OK", RejectedError),
            ({"DATA": b"250 what"}, b"250 OK", TransientError),
            ({}, b"421 closing", TransientError),
            ({}, b"554 spam", RejectedError),
            ({}, b"<html>", AmbiguousError),
            ({}, None, AmbiguousError),
        ],
    )
    def test_every_break_has_its_meaning(
        self,
        offer: dict[str, bytes],
        replies: dict[str, bytes],
        dot: bytes | None,
        error: type[Exception],
    ) -> None:
        """Before the final dot nothing happened, after it only a clear reply is believed."""
        with scripted(offer | replies, dot) as (port, _):
            account = SmtpAccount("127.0.0.1", port, "", "", Security.PLAIN)
            with SmtpOutbound(account, TIMEOUT) as out, pytest.raises(error) as fault:
                out.send(letter())
        assert type(fault.value) is error


class TestConnection:
    """One connection a pass, and what can be wrong with it."""

    def test_a_connection_lost_between_letters_is_replaced(self, post: PostLetterbox) -> None:
        """A server that hangs up an idle client costs nothing."""
        with post.outbound as out:
            out.send(letter("Satu"))
            post.hang_up()
            out.send(letter("Dua"))
        assert post.arrived() == ["Satu", "Dua"]

    def test_a_server_that_hangs_up_after_its_answer_has_the_letter(
        self, post: PostLetterbox
    ) -> None:
        """The answer was read: delivered, whatever happens to the goodbye."""
        post.post.faults.data.append(Cut.ANSWERED)
        with post.outbound as out:
            assert out.send(letter()).startswith("250")
        assert post.arrived() == ["Jawaban"]

    def test_without_letters_nobody_is_called(self) -> None:
        """An idle pass opens no connection."""
        account = SmtpAccount("127.0.0.1", 1, "", "", Security.PLAIN)
        with SmtpOutbound(account, TIMEOUT) as out:
            assert isinstance(out, SmtpOutbound)

    def test_a_server_that_is_down_is_transient(self, post: PostLetterbox) -> None:
        """No connection, no delivery."""
        account = replace(post.account, port=1)
        with SmtpOutbound(account, TIMEOUT) as out, pytest.raises(TransientError) as down:
            out.send(letter())
        assert not isinstance(down.value, AmbiguousError)

    def test_a_late_answer_is_ambiguous(self, post: PostLetterbox) -> None:
        """The timeout after the final dot says nothing about the letter."""
        post.post.faults.delay = 1.0
        with SmtpOutbound(post.account, 0.3) as out, pytest.raises(AmbiguousError):
            out.send(letter())

    def test_a_refused_login_is_not_held_against_the_letter(self, post: PostLetterbox) -> None:
        """The operator reads which settings to mend; no password is told."""
        account = replace(post.account, password="salah")
        out = SmtpOutbound(account, TIMEOUT)
        with out, pytest.raises(TransientError, match="SMTP_USER and SMTP_PASSWORD") as refusal:
            out.send(letter())
        assert "salah" not in str(refusal.value)


class TestOneBreath:
    """RFC 2920: what comes before the content is said at once where the server takes that."""

    def test_sender_recipient_and_data_do_not_wait_for_one_another(self) -> None:
        """A server across the country answers in 50 ms: a hundred letters would take 20 s."""
        with (
            scripted(IN_ONE_BREATH, b"250 OK", patient="MAIL RCPT") as (port, _),
            SmtpOutbound(SmtpAccount("127.0.0.1", port, "", "", Security.PLAIN), TIMEOUT) as out,
        ):
            assert out.send(letter()) == "250 OK"

    def test_a_server_that_does_not_offer_it_is_asked_step_by_step(self) -> None:
        """It may drop what comes before its answer: here the refused recipient ends the talk."""
        with scripted({"RCPT": b"550 nobody"}, b"250 OK") as (port, said):
            account = SmtpAccount("127.0.0.1", port, "", "", Security.PLAIN)
            with SmtpOutbound(account, TIMEOUT) as out, pytest.raises(RejectedError):
                out.send(letter())
        assert b"DATA\r\n" not in said

    def test_a_refused_recipient_gets_nothing_although_the_server_waits_for_it(self) -> None:
        """Its other recipients would get the letter now and once more later."""
        with scripted({**IN_ONE_BREATH, "RCPT": b"550 nobody"}, b"250 OK") as (port, said):
            account = SmtpAccount("127.0.0.1", port, "", "", Security.PLAIN)
            with SmtpOutbound(account, TIMEOUT) as out, pytest.raises(RejectedError):
                out.send(letter())
        assert said[-1] == b"DATA\r\n"

    def test_after_a_refusal_the_next_letter_hears_its_own_replies(self) -> None:
        """Replies taken for those of another letter would record a letter as sent that was not."""
        replies = {**IN_ONE_BREATH, "RCPT": b"550 nobody", "DATA": b"503 nobody to send it to"}
        with scripted(replies, b"250 OK") as (port, said):
            account = SmtpAccount("127.0.0.1", port, "", "", Security.PLAIN)
            with SmtpOutbound(account, TIMEOUT) as out:
                for _ in range(2):
                    with pytest.raises(RejectedError, match="550 nobody"):
                        out.send(letter())
        assert [line[:4].upper() for line in said[1:]] == [
            *(b"MAIL", b"RCPT", b"DATA", b"RSET"),
            *(b"MAIL", b"RCPT", b"DATA", b"QUIT"),
        ]


class TestSafety:
    """What stands between the letter and the wire."""

    def test_without_the_wanted_starttls_nothing_leaves(self, post: PostLetterbox) -> None:
        """Never in clear text when encryption was asked for."""
        account = replace(post.account, security=Security.STARTTLS)
        out = SmtpOutbound(account, TIMEOUT)
        with out, pytest.raises(TransientError, match="SMTP_SECURITY"):
            out.send(letter())
        assert post.arrived() == []

    def test_starttls_wants_a_certificate_that_is_trusted(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The same server is refused as a stranger and used when its certificate is known."""
        known, context = certificate(tmp_path)
        with sandbox_post(context) as (post, loop):
            box = PostLetterbox(post, loop)
            account = replace(box.account, security=Security.STARTTLS)
            with SmtpOutbound(account, TIMEOUT) as out:
                with pytest.raises(TransientError, match="certificate"):
                    out.send(letter("Satu"))
                monkeypatch.setenv("SSL_CERT_FILE", str(known))
                out.send(letter("Dua"))
            assert box.arrived() == ["Dua"]

    def test_after_starttls_the_server_is_greeted_again(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """It has forgotten the first greeting (RFC 3207 4.2); a login would hide that."""
        known, context = certificate(tmp_path)
        monkeypatch.setenv("SSL_CERT_FILE", str(known))
        with sandbox_post(context) as (post, loop):
            box = PostLetterbox(post, loop)
            account = replace(box.account, security=Security.STARTTLS, user="")
            with SmtpOutbound(account, TIMEOUT) as out:
                out.send(letter())
            assert box.arrived() == ["Jawaban"]

    def test_implicit_tls_does_not_speak_to_a_clear_server(self, post: PostLetterbox) -> None:
        """A wrong port or security is a fault of the connection."""
        account = replace(post.account, security=Security.TLS)
        with SmtpOutbound(account, TIMEOUT) as out, pytest.raises(TransientError):
            out.send(letter())


class TestLetters:
    """The letter arrives as it was written."""

    def test_lines_beginning_with_a_dot_survive(self, post: PostLetterbox) -> None:
        """A dot alone on a line would end the letter (RFC 5321 4.5.2)."""
        text = ".\n..\n.titik\nPak Déwa “Medewi”\n"
        with post.outbound as out:
            out.send(letter("Titik", text))
        assert post.mails()[0].get_content().splitlines() == text.splitlines()

    def test_the_envelope_sender_is_the_office(self, post: PostLetterbox) -> None:
        """Bounces come home."""
        with post.outbound as out:
            out.send(letter())
        assert post.mails()[0]["Return-Path"] == f"<{OFFICE.address}>"

    def test_a_server_without_8bitmime_gets_seven_bits(self) -> None:
        """What the server does not know is not used (RFC 6152)."""
        with scripted({}, b"250 OK") as (port, said):
            account = SmtpAccount("127.0.0.1", port, "", "", Security.PLAIN)
            with SmtpOutbound(account, TIMEOUT) as out:
                out.send(letter("Delapan", "Déwa\n"))
        assert all(line.isascii() for line in said)
        assert not any(b"8BITMIME" in line for line in said)

    def test_an_address_outside_ascii_wants_smtputf8(self, post: PostLetterbox) -> None:
        """It is used where it is offered, and refused where it is not (RFC 6531)."""
        message = letter()
        message.replace_header("To", "déwa@jauh.example")
        with post.outbound as out:
            out.send(message)
        assert [mail["To"] for mail in post.mails("_elsewhere")] == ["déwa@jauh.example"]
        with scripted({}, b"250 OK") as (port, _):
            account = SmtpAccount("127.0.0.1", port, "", "", Security.PLAIN)
            with SmtpOutbound(account, TIMEOUT) as out, pytest.raises(RejectedError, match="ASCII"):
                out.send(message)

    def test_a_letter_to_nobody_is_refused(self, post: PostLetterbox) -> None:
        """It is our own fault and no server is asked."""
        message = letter()
        del message["To"]
        with post.outbound as out, pytest.raises(RejectedError, match="recipient"):
            out.send(message)

    @pytest.mark.parametrize("local", ["a>b", "a b", "a\x01b", "a<b"])
    def test_an_address_cannot_say_more_than_itself(self, post: PostLetterbox, local: str) -> None:
        """It stands between angle brackets in a command; what a server makes of it is unknown."""
        message = letter()
        del message["To"]
        message["To"] = Address(username=local, domain="warga.example")
        with post.outbound as out, pytest.raises(RejectedError, match="an address of the letter"):
            out.send(message)


class TestRehearsal:
    """The way that leads nowhere."""

    def test_letters_are_counted_and_told_without_addresses(self) -> None:
        """An office rehearses: the log says what would have left, and to nobody's harm."""
        lines: list[str] = []
        with NullOutbound(lines.append) as out:
            assert out.send(letter()) == "null"
        assert out.count == 1
        assert lines == ["letter=<jawaban@kec-pekutatan.example> discarded: rehearsal"]

"""What every mailbox must do: the fake, the sandbox's IMAP server and Dovecot under one suite."""

import re
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from automation.errors import RejectedError, TransientError
from automation.intake import imap_session
from automation.intake.imap import ImapInbox
from automation.intake.imap_session import ImapAccount, quoted, uid_sets
from automation.model import Folder, RawMail, Security
from tests.contract.inboxes import (
    ARRIVED,
    DOVECOT,
    OFFICE,
    TIMEOUT,
    Dovecot,
    ListMailroom,
    Mailroom,
    ServedMailroom,
    dovecot,
    sandbox_mailroom,
    sandbox_post,
)
from tests.contract.letterboxes import certificate

pytestmark = pytest.mark.contract

SERVERS = ["sandbox", "dovecot", "dovecot-prefix"]


@pytest.fixture(scope="module", name="dovecots")
def _dovecots() -> Iterator[dict[str, Dovecot]]:
    """Run one Dovecot for each habit of naming folders."""
    if not DOVECOT.exists():
        pytest.skip("dovecot-imapd is not installed")
    with dovecot() as one, dovecot("INBOX.") as other:
        yield {"dovecot": one, "dovecot-prefix": other}


def _open(request: pytest.FixtureRequest, kind: str) -> Iterator[ServedMailroom]:
    if kind == "sandbox":
        with sandbox_mailroom() as room:
            yield room
    else:
        server: Dovecot = request.getfixturevalue("dovecots")[kind]
        address = re.sub(r"\W", "-", request.node.name) + "@kec-pekutatan.example"
        with server.mailroom(address) as room:
            yield room


@pytest.fixture(name="room", params=["list", *SERVERS])
def _room(request: pytest.FixtureRequest) -> Iterator[Mailroom]:
    """Give each kind of mailbox in turn, empty."""
    if request.param == "list":
        yield ListMailroom()
    else:
        yield from _open(request, request.param)


@pytest.fixture(name="served", params=SERVERS)
def _served(request: pytest.FixtureRequest) -> Iterator[ServedMailroom]:
    """Give each mailbox that lies behind a connection, empty."""
    yield from _open(request, request.param)


def mail(number: int, size: int = 0) -> bytes:
    """Make a mail that differs from every other number's, of about `size` bytes."""
    head = f"From: wayan@warga.example\r\nMessage-ID: <{number}@warga.example>\r\n"
    lines = "Jalan berlubang di depan balai banjar.\r\n" * (1 + size // 40)
    return f"{head}Subject: Jalan {number}\r\n\r\n{lines}".encode()


def look(room: Mailroom) -> list[RawMail]:
    """Give all that waits, in order."""
    return [one for batch in room.inbox.waiting() for one in batch]


class TestLooking:
    """The INBOX as the worker reads it."""

    def test_an_empty_mailbox_yields_no_batch(self, room: Mailroom) -> None:
        """No mail, no batch: an idle pass has nothing to loop over."""
        assert list(room.inbox.waiting()) == []

    def test_a_mail_comes_with_its_bytes_and_moment(self, room: Mailroom) -> None:
        """Bytes outside ASCII stay as they are, and the moment is the server's, not the mail's."""
        content = b"Subject: Fr\xf6sche\r\nDate: Thu, 1 Jan 1970 00:00:00 +0000\r\n\r\nbunyi\r\n"
        room.put(content)
        assert [(one.content, one.received) for one in look(room)] == [(content, ARRIVED)]

    def test_the_oldest_comes_first(self, room: Mailroom) -> None:
        """The order is that of arrival, also when a person moved an old mail back."""
        room.put(mail(2), since=ARRIVED + timedelta(minutes=5))
        room.put(mail(1))
        assert [one.content for one in look(room)] == [mail(1), mail(2)]

    def test_looking_marks_nothing_as_seen(self, room: Mailroom) -> None:
        """The staff's unread marks are theirs."""
        room.put(mail(1))
        look(room)
        assert room.seen() == []

    def test_new_mail_shows_in_a_long_session(self, room: Mailroom) -> None:
        """A connection that is kept open must not go on showing yesterday's INBOX."""
        look(room)
        room.put(mail(1))
        assert [one.content for one in look(room)] == [mail(1)]

    def test_three_hundred_mails_come_each_once(self, room: Mailroom) -> None:
        """A flood is read whole and in order."""
        flood = [mail(number) for number in range(300)]
        room.put(*flood)
        assert [one.content for one in look(room)] == flood

    def test_a_batch_is_bounded_by_bytes(self, room: Mailroom) -> None:
        """Eight megabytes at a time fit into the memory of a small machine."""
        room.put(*(mail(number, size=3_000_000) for number in range(3)))
        sizes = [sum(len(one.content) for one in batch) for batch in room.inbox.waiting()]
        assert len(sizes) == 2
        assert max(sizes) <= 8_000_000

    def test_of_a_mail_that_is_too_big_the_beginning_comes(
        self, served: ServedMailroom, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A gigabyte must not fill the memory, and its first words are a complaint all the same."""
        monkeypatch.setattr(imap_session, "MAIL_BYTES", 1_000)
        served.put(mail(1, size=5_000), mail(2))
        big, small = look(served)
        assert (big.content, big.whole) == (mail(1, size=5_000)[:1_000], False)
        assert (small.content, small.whole) == (mail(2), True)

    def test_a_mail_that_vanishes_meanwhile_ends_nothing(self, room: Mailroom) -> None:
        """A person tidies up between two batches; the look goes on (RFC 2180: servers differ)."""
        room.put(*(mail(number, size=5_000_000) for number in range(3)))
        batches = room.inbox.waiting()
        first = next(batches)
        room.take_away(mail(1, size=5_000_000), "Pribadi")
        rest = [one.content for batch in batches for one in batch]
        assert [one.content for one in first] == [mail(0, size=5_000_000)]
        assert mail(2, size=5_000_000) in rest


class TestFiling:
    """Out of the INBOX into the folders that staff can see."""

    @pytest.mark.parametrize("folder", Folder)
    def test_filed_mails_lie_in_their_folder(self, room: Mailroom, folder: Folder) -> None:
        """The folder is made when it is missing, spaces in its name or not."""
        room.put(mail(1), mail(2))
        room.inbox.file(look(room)[:1], folder)
        assert room.contents(folder.value) == [mail(1)]
        assert room.contents("INBOX") == [mail(2)]

    def test_filing_twice_is_no_error(self, room: Mailroom) -> None:
        """A pass that crashed after the move repeats it."""
        room.put(mail(1))
        mails = look(room)
        room.inbox.file(mails, Folder.TERCATAT)
        room.inbox.file(mails, Folder.TERCATAT)
        assert room.contents("Tercatat") == [mail(1)]

    def test_a_mail_that_a_person_took_is_no_error(self, room: Mailroom) -> None:
        """The others are filed, the person's choice stands."""
        room.put(mail(1), mail(2))
        mails = look(room)
        room.take_away(mail(1), "Pribadi")
        room.inbox.file(mails, Folder.TERCATAT)
        assert room.contents("Pribadi") == [mail(1)]
        assert room.contents("Tercatat") == [mail(2)]

    def test_what_a_person_marked_deleted_stays(self, room: Mailroom) -> None:
        """Filing is no EXPUNGE: the worker deletes nothing, not even by the way."""
        room.put(mail(1), mail(2))
        mails = look(room)
        room.mark_deleted(mail(2))
        room.inbox.file(mails[:1], Folder.TERCATAT)
        assert room.contents("INBOX") == [mail(2)]

    def test_numbers_of_another_time_move_nothing(self, room: Mailroom) -> None:
        """When the server has numbered its mails anew, an old number may mean another mail."""
        room.put(mail(1))
        old = replace(look(room)[0], uid="7." + look(room)[0].uid.partition(".")[2])
        room.inbox.file([old], Folder.TERCATAT)
        assert room.contents("INBOX") == [mail(1)]

    def test_a_flood_is_filed_at_once(self, room: Mailroom) -> None:
        """Many mails, with gaps between their numbers, move in one go."""
        room.put(*(mail(number) for number in range(40)))
        room.inbox.file(look(room)[::2], Folder.TERCATAT)
        assert room.contents("Tercatat") == [mail(number) for number in range(0, 40, 2)]
        assert room.contents("INBOX") == [mail(number) for number in range(1, 40, 2)]


class TestSent:
    """The folder that decides whether a letter has left."""

    def test_a_kept_letter_is_found_by_its_id(self, room: Mailroom) -> None:
        """Only the exact letter counts."""
        room.inbox.keep_sent(mail(1))
        assert room.inbox.sent("<1@warga.example>")
        assert not room.inbox.sent("<2@warga.example>")

    def test_keeping_twice_keeps_one(self, room: Mailroom) -> None:
        """Some servers file sent mail themselves, and passes are repeated."""
        room.inbox.keep_sent(mail(1))
        room.inbox.keep_sent(mail(1))
        folder = "Terkirim" if room.contents("Terkirim") else "Sent"
        assert room.contents(folder) == [mail(1)]

    def test_looking_goes_on_after_a_glance_at_sent(self, room: Mailroom) -> None:
        """The open folder is not confused between two batches."""
        room.put(*(mail(number, size=5_000_000) for number in range(2)))
        batches = room.inbox.waiting()
        next(batches)
        room.inbox.sent("<x@warga.example>")
        assert [one.content for batch in batches for one in batch] == [mail(1, size=5_000_000)]


class TestWaiting:
    """Between two passes."""

    def test_mail_since_the_last_look_ends_the_wait(self, room: Mailroom) -> None:
        """What arrived during the pass is not left lying until the next hint."""
        look(room)
        room.put(mail(1))
        assert room.inbox.wait(30)

    def test_without_mail_the_wait_is_over_in_time(self, room: Mailroom) -> None:
        """The promised length is kept, so that the sheet is served too."""
        look(room)
        assert not room.inbox.wait(0.2)

    def test_mail_wakes_an_idle_connection(self, served: ServedMailroom) -> None:
        """The server's hint is heard long before the time is over."""
        look(served)
        arrival = threading.Timer(0.2, served.put, [mail(1)])
        arrival.start()
        begun = time.monotonic()
        assert served.inbox.wait(30)
        assert time.monotonic() - begun < 10
        arrival.join()

    def test_a_stop_ends_an_idle_wait(self, served: ServedMailroom) -> None:
        """The service manager's signal is answered within a second or two."""
        stop = threading.Event()
        inbox = ImapInbox(served.account, TIMEOUT, stop.wait)
        list(inbox.waiting())
        stopping = threading.Timer(0.2, stop.set)
        stopping.start()
        begun = time.monotonic()
        inbox.wait(30)
        assert time.monotonic() - begun < 5
        inbox.close()

    def test_after_a_stop_in_the_middle_of_idle_closing_is_quick(
        self, served: ServedMailroom
    ) -> None:
        """The goodbye would wait for a server that waits for the end of IDLE."""

        def stop(_seconds: float) -> None:
            raise KeyboardInterrupt

        inbox = ImapInbox(served.account, TIMEOUT, stop)
        list(inbox.waiting())
        with pytest.raises(KeyboardInterrupt):
            inbox.wait(30)
        begun = time.monotonic()
        inbox.close()
        assert time.monotonic() - begun < TIMEOUT / 2

    def test_a_cut_while_idle_asks_for_a_look(self, served: ServedMailroom) -> None:
        """A server that restarts is looked at soon, and no error comes out of waiting."""
        look(served)
        cutting = threading.Timer(0.2, served.cut)
        cutting.start()
        assert served.inbox.wait(30)
        cutting.join()
        assert look(served) == []


class TestConnection:
    """Any disconnect is ordinary."""

    def test_after_a_cut_the_next_call_connects_anew(self, served: ServedMailroom) -> None:
        """One call tells that the service was away, the next one works."""
        served.put(mail(1))
        look(served)
        served.cut()
        with pytest.raises(TransientError):
            look(served)
        assert [one.content for one in look(served)] == [mail(1)]

    def test_closing_is_not_the_end(self, room: Mailroom) -> None:
        """A closed inbox opens again when asked."""
        room.put(mail(1))
        look(room)
        room.inbox.close()
        assert [one.content for one in look(room)] == [mail(1)]

    def test_a_refused_login_names_the_settings(self, served: ServedMailroom) -> None:
        """The operator reads what to mend, and the log learns no password."""
        account = replace(served.account, password="salah")
        inbox = ImapInbox(account, TIMEOUT, threading.Event().wait)
        with pytest.raises(RejectedError, match="IMAP_USER and IMAP_PASSWORD") as refusal:
            list(inbox.waiting())
        assert "salah" not in str(refusal.value)

    def test_a_port_where_nobody_listens_is_transient(self) -> None:
        """A server that is down is waited for; waiting itself stays calm."""
        with sandbox_post() as (post, _):
            gone = post.imap_port
        account = replace(_nobody(), port=gone)
        inbox = ImapInbox(account, TIMEOUT, threading.Event().wait)
        with pytest.raises(TransientError):
            list(inbox.waiting())
        assert not inbox.wait(0.1)

    def test_starttls_wants_a_certificate_that_is_trusted(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The same server is refused as a stranger and used when its certificate is known."""
        known, context = certificate(tmp_path)
        with sandbox_post(context) as (post, _):
            account = replace(_nobody(), port=post.imap_port, security=Security.STARTTLS)
            with closing(ImapInbox(account, TIMEOUT, threading.Event().wait)) as inbox:
                with pytest.raises(RejectedError, match="IMAP_HOST"):
                    list(inbox.waiting())
                monkeypatch.setenv("SSL_CERT_FILE", str(known))
                assert list(inbox.waiting()) == []

    def test_starttls_is_never_left_out(self, served: ServedMailroom) -> None:
        """A server that offers none is not spoken to in clear text."""
        account = replace(served.account, security=Security.STARTTLS)
        inbox = ImapInbox(account, TIMEOUT, threading.Event().wait)
        with pytest.raises(TransientError, match="TLS not supported"):
            list(inbox.waiting())

    def test_starttls_on_the_port_of_tls_is_a_setting_to_mend(self) -> None:
        """The operator is told which word to change."""
        account = replace(_nobody(), port=993, security=Security.STARTTLS)
        with pytest.raises(RejectedError, match="IMAP_SECURITY=tls"):
            list(ImapInbox(account, TIMEOUT, threading.Event().wait).waiting())

    def test_a_silent_server_is_given_up(self) -> None:
        """No server can hold the worker for longer than its timeout."""
        with sandbox_post() as (post, _):
            post.faults.delay = 30
            account = replace(_nobody(), port=post.imap_port)
            inbox = ImapInbox(account, 0.3, threading.Event().wait)
            with pytest.raises(TransientError):
                list(inbox.waiting())


class TestPoorServers:
    """What a server lacks costs comfort, never a mail."""

    def test_without_move_nothing_else_is_expunged(self, served: ServedMailroom) -> None:
        """Copy, check, remove: only the mail that was copied."""
        served.put(mail(1), mail(2))
        mails = look(served)
        served.mark_deleted(mail(2))
        with served.inbox._talking() as session:
            session.can -= {"MOVE"}
        served.inbox.file(mails[:1], Folder.TERCATAT)
        assert served.contents("Tercatat") == [mail(1)]
        assert served.contents("INBOX") == [mail(2)]

    def test_without_move_and_uidplus_a_keyword_says_filed(self, served: ServedMailroom) -> None:
        """The mail stays where it is and is not read again."""
        served.put(mail(1), mail(2))
        mails = look(served)
        with served.inbox._talking() as session:
            session.can -= {"MOVE", "UIDPLUS"}
        served.inbox.file(mails[:1], Folder.TERCATAT)
        assert served.contents("INBOX") == [mail(1), mail(2)]
        assert [one.content for one in look(served)] == [mail(2)]


class TestWords:
    """What is said on the wire."""

    def test_neighbours_become_ranges(self) -> None:
        """One command carries many mails, in commands of bounded length."""
        assert list(uid_sets([1, 2, 3, 7, 9, 10])) == ["1:3,7,9:10"]
        assert [len(part.split(",")) for part in uid_sets(range(1, 1001, 2))] == [400, 100]

    def test_a_quoted_string_cannot_be_broken_out_of(self) -> None:
        """A Message-ID is other people's text: quotes are escaped, line breaks refused."""
        assert quoted(r'<a"b\c@d>') == r'"<a\"b\\c@d>"'
        with pytest.raises(ValueError, match="quoted"):
            quoted("<a@b>\r\nA1 DELETE INBOX")


def _nobody() -> ImapAccount:
    return ImapAccount("127.0.0.1", 0, OFFICE.address, OFFICE.password, Security.PLAIN)

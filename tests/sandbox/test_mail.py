"""The post office by the clients of the standard library, the worker's adapters apart."""

import imaplib
import smtplib
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from socket import SocketIO

import pytest

from automation.sandbox.mail import Cut, Post
from automation.sandbox.mailbox import ELSEWHERE
from tests.contract.inboxes import CITIZEN, OFFICE, Loop, sandbox_post

LETTER = b"Subject: lapor\r\n\r\n.jalan rusak\r\n"


@pytest.fixture(name="town")
def _town() -> Iterator[tuple[Post, Loop]]:
    """Run a post office."""
    with sandbox_post() as running:
        yield running


@contextmanager
def counter(post: Post) -> Iterator[smtplib.SMTP]:
    """Go to the counter."""
    with smtplib.SMTP("127.0.0.1", post.smtp_port, timeout=5) as client:
        yield client


@contextmanager
def opened(post: Post) -> Iterator[imaplib.IMAP4]:
    """Open the office's mailbox."""
    client = imaplib.IMAP4("127.0.0.1", post.imap_port, timeout=5)
    try:
        client.login(OFFICE.address, OFFICE.password)
        client.select("INBOX")
        yield client
    finally:
        client.logout()


def contents(town: tuple[Post, Loop], address: str) -> list[bytes]:
    """Give the mails of an INBOX."""
    post, loop = town
    return [mail.content for mail in loop.run(post.boxes.mails(address))]


def ask(line: socket.socket, said: SocketIO, command: str) -> None:
    """Send a command and read until it is done."""
    line.sendall(f"{command}\r\n".encode())
    while not said.readline().startswith(command.split(maxsplit=1)[0].encode()):
        pass


class TestCounter:
    """SMTP."""

    def test_a_letter_arrives_with_its_bytes_and_a_trace(self, town: tuple[Post, Loop]) -> None:
        """Signatures would break, and a bounce could not be told from a letter."""
        with counter(town[0]) as client:
            client.sendmail(CITIZEN.address, OFFICE.address, LETTER)

        expected = b"Return-Path: <wayan@warga.example>\r\n" + LETTER
        assert contents(town, OFFICE.address) == [expected]

    def test_everybody_on_the_envelope_gets_it_once(self, town: tuple[Post, Loop]) -> None:
        """A letter to two people would reach one, or one of them twice."""
        twice = OFFICE.address.upper()
        with counter(town[0]) as client:
            client.sendmail("a@x.example", [OFFICE.address, CITIZEN.address, twice], LETTER)

        assert [len(contents(town, a.address)) for a in (OFFICE, CITIZEN)] == [1, 1]

    @pytest.mark.parametrize("address", ["siapa@warga.example", "siapa@tidak-ada.invalid"])
    def test_an_address_of_nobody_is_refused(self, town: tuple[Post, Loop], address: str) -> None:
        """A wrong address would look delivered."""
        with counter(town[0]) as client, pytest.raises(smtplib.SMTPRecipientsRefused):
            client.sendmail(OFFICE.address, address, LETTER)

    def test_mail_to_another_town_is_kept_aside(self, town: tuple[Post, Loop]) -> None:
        """It would leave the computer, or vanish."""
        with counter(town[0]) as client:
            client.sendmail(OFFICE.address, "siapa@gmail.example", LETTER)

        assert len(contents(town, ELSEWHERE)) == 1

    def test_a_wrong_password_is_answered(self, town: tuple[Post, Loop]) -> None:
        """The client would wait for an answer until it gives up."""
        with counter(town[0]) as client, pytest.raises(smtplib.SMTPAuthenticationError):
            client.login(OFFICE.address, "salah")

    def test_a_sender_is_refused_once(self, town: tuple[Post, Loop]) -> None:
        """A fault meant for one letter would meet the next as well."""
        town[0].faults.mail.append("451 4.7.1 later")
        with counter(town[0]) as client:
            with pytest.raises(smtplib.SMTPSenderRefused, match="451"):
                client.sendmail(CITIZEN.address, OFFICE.address, LETTER)
            client.sendmail(CITIZEN.address, OFFICE.address, LETTER)

    @pytest.mark.parametrize(("cut", "arrived"), [(Cut.LOST, 0), (Cut.UNANSWERED, 1)])
    def test_a_break_leaves_no_answer(
        self, town: tuple[Post, Loop], cut: Cut, arrived: int
    ) -> None:
        """Tests could not see the two things that a broken line may mean."""
        town[0].faults.data.append(cut)
        with pytest.raises(smtplib.SMTPServerDisconnected), counter(town[0]) as client:
            client.sendmail(CITIZEN.address, OFFICE.address, LETTER)

        assert len(contents(town, OFFICE.address)) == arrived


class TestMailbox:
    """IMAP: the four defects of pymap that are worked around."""

    def test_a_keyword_lasts(self, town: tuple[Post, Loop]) -> None:
        """The worker's mark "filed" would be forgotten."""
        with opened(town[0]) as client:
            client.append("INBOX", "", "", LETTER)
            client.store("1", "+FLAGS", "(Tercatat)")
        with opened(town[0]) as client:
            assert "Tercatat" in str(client.fetch("1", "(FLAGS)")[1])

    def test_an_answer_comes_in_one_piece(self, town: tuple[Post, Loop]) -> None:
        """A client that reads without blocking would lose step in IDLE."""
        post, loop = town
        loop.run(post.deliver(OFFICE.address, LETTER))
        with socket.create_connection(("127.0.0.1", post.imap_port), 5) as line:
            said = line.makefile("rb", 0)
            ask(line, said, f"a LOGIN {OFFICE.address} {OFFICE.password}")
            ask(line, said, "b SELECT INBOX")
            line.sendall(b"c FETCH 1 (FLAGS)\r\n")
            piece = line.recv(9999)
            said.close()

        assert piece.startswith(b"* 1 FETCH (FLAGS (")
        assert piece.endswith(b"\r\n")

    def test_refused_logins_are_refused(self, town: tuple[Post, Loop]) -> None:
        """Nobody could try a changed password."""
        town[0].faults.refuse_logins = True
        client = imaplib.IMAP4("127.0.0.1", town[0].imap_port, timeout=5)
        with pytest.raises(imaplib.IMAP4.error):
            client.login(OFFICE.address, OFFICE.password)
        client.logout()

"""Ways out for the suites: the fake, the sandbox's SMTP server, and servers of bad manners."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from ipaddress import ip_address
from pathlib import Path
from ssl import PROTOCOL_TLS_SERVER, SSLContext
from typing import Protocol

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from automation.errors import AmbiguousError, RejectedError, TransientError
from automation.model import Security
from automation.outbox.smtp import SmtpAccount, SmtpOutbound
from automation.ports import Outbound
from automation.sandbox.mail import Cut, Post
from tests.contract.inboxes import CITIZEN, OFFICE, TIMEOUT, Loop
from tests.fakes.mail import RecordingOutbound


class Letterbox(Protocol):
    """A way out under test, with a hand on what becomes of the next letter."""

    @property
    def outbound(self) -> Outbound:
        """The way out as the worker has it."""
        ...

    def arrived(self) -> list[str]:
        """Give the subjects of the letters that reached the citizen."""
        ...

    def busy(self) -> None:
        """Let the next letter be put off (4xx)."""
        ...

    def refuse(self) -> None:
        """Let the next letter be refused for good (5xx)."""
        ...

    def break_off(self, *, delivered: bool) -> None:
        """Let the line break when the next letter has been handed over, delivered or not."""
        ...


class RecordingLetterbox:
    """The fake."""

    def __init__(self) -> None:
        self.outbound = RecordingOutbound()

    def arrived(self) -> list[str]:
        """Give the subjects of what was kept."""
        return [letter["Subject"] for letter in self.outbound.sent]

    def busy(self) -> None:
        """Plan a TransientError."""
        self.outbound.fail.append(TransientError("452 4.3.1 full"))

    def refuse(self) -> None:
        """Plan a RejectedError."""
        self.outbound.fail.append(RejectedError("550 5.7.1 no"))

    def break_off(self, *, delivered: bool) -> None:
        """Plan an AmbiguousError."""
        self.outbound.arrives_anyway = delivered
        self.outbound.fail.append(AmbiguousError("gone"))


class PostLetterbox:
    """The sandbox's SMTP server."""

    def __init__(self, post: Post, loop: Loop) -> None:
        self.post = post
        self.account = SmtpAccount(
            "127.0.0.1", post.smtp_port, OFFICE.address, OFFICE.password, Security.PLAIN
        )
        self.outbound = SmtpOutbound(self.account, TIMEOUT)
        self._loop = loop

    def mails(self, address: str = CITIZEN.address) -> list[EmailMessage]:
        """Give what lies in a mailbox."""
        kept = self._loop.run(self.post.boxes.mails(address))
        return [message_from_bytes(mail.content, policy=policy.default) for mail in kept]

    def arrived(self) -> list[str]:
        """Give the subjects in the citizen's INBOX."""
        return [mail["Subject"] for mail in self.mails()]

    def busy(self) -> None:
        """Answer the final dot with 452."""
        self.post.faults.data.append("452 4.3.1 full")

    def refuse(self) -> None:
        """Answer the final dot with 550."""
        self.post.faults.data.append("550 5.7.1 no")

    def break_off(self, *, delivered: bool) -> None:
        """Cut after the final dot."""
        self.post.faults.data.append(Cut.UNANSWERED if delivered else Cut.LOST)

    def hang_up(self) -> None:
        """End every connection at the server."""
        self._loop.run(self.post.cut_smtp())


def letter(subject: str = "Jawaban", text: str = "Terima kasih.\n") -> EmailMessage:
    """Write a letter from the office to the citizen."""
    message = EmailMessage()
    message["From"] = f"Kantor Camat Pekutatan <{OFFICE.address}>"
    message["To"] = CITIZEN.address
    message["Subject"] = subject
    message["Message-ID"] = f"<{subject.lower()}@kec-pekutatan.example>"
    message.set_content(text)
    return message


@contextmanager
def scripted(
    replies: dict[str, bytes], dot: bytes | None, patient: str = ""
) -> Iterator[tuple[int, list[bytes]]]:
    """Serve one SMTP client by script and give the port and the lines that it said.

    `replies` go by the first word of a command (the greeting is ""); an empty reply hangs up.
    `dot` answers the letter's end; None hangs up. Commands in `patient` are answered together with
    the next one.
    """
    said: list[bytes] = []
    usual = {"": b"220 hello", "EHLO": b"250 OK", "DATA": b"354 go", "QUIT": b"221 bye"}
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(TIMEOUT)

        def serve() -> None:
            line, _ = server.accept()
            line.settimeout(TIMEOUT)
            with line, line.makefile("rb") as words:
                _converse(line, words, {**usual, **replies}, dot, said, patient)

        thread = threading.Thread(target=serve)
        thread.start()
        yield server.getsockname()[1], said
        thread.join(TIMEOUT)


def _converse(
    line: socket.socket,
    words: Iterator[bytes],
    replies: dict[str, bytes],
    dot: bytes | None,
    said: list[bytes],
    patient: str,
) -> None:
    line.sendall(replies[""] + b"\r\n")
    inside = False
    held = b""
    for spoken in words:
        said.append(spoken)
        command = "".join(spoken.decode("latin-1").split(maxsplit=1)[:1]).upper()
        if inside and spoken != b".\r\n":
            continue
        reply = dot if inside else replies.get(command, b"250 OK")
        inside = not inside and reply is not None and reply.startswith(b"354")
        if not reply:
            return
        held += reply + b"\r\n"
        if command not in patient.split():
            line.sendall(held)
            held = b""


def certificate(place: Path) -> tuple[Path, SSLContext]:
    """Make a certificate for 127.0.0.1 that signs itself, and a server's context with it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    begin = datetime(2020, 1, 1, tzinfo=UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(begin)
        .not_valid_after(begin + timedelta(days=36500))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = place / "server.pem"
    pem.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + made.public_bytes(serialization.Encoding.PEM)
    )
    context = SSLContext(PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    return pem, context

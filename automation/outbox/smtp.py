"""Letters leave by SMTP: the port `Outbound`, which always knows whether a letter may have left.

The steps of a delivery are taken one by one, because `smtplib` does not tell a connection that
broke before the final dot (nothing happened) from one that broke after it (nobody knows).
"""

import re
import smtplib
import socket
import ssl
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import SMTP
from enum import IntEnum
from typing import Self

from automation.errors import AmbiguousError, PengaduanError, RejectedError, TransientError
from automation.model import Security

_OK = 250
_CLOSING = 421  # RFC 5321 3.8: the server is about to hang up
_LOGIN_WANTED = {530, 534, 535, 538}  # RFC 4954 6: not the letter's fault
_REPLY_LENGTH = 200
_DATA = "DATA"
_BREAKS_OUT = re.compile(r"[\x00-\x20\x7f<>]")
"""What could end an address in the envelope and begin another command (RFC 5321 4.1.2)."""


class _Kind(IntEnum):
    """The first digit of a reply (RFC 5321 4.2.1)."""

    DONE = 2
    GO_ON = 3
    LATER = 4
    NEVER = 5


@dataclass(frozen=True, slots=True)
class SmtpAccount:
    """Where letters are handed in; an empty `user` sends without login."""

    host: str
    port: int
    user: str
    password: str = field(repr=False)
    security: Security


@dataclass(frozen=True, slots=True)
class _Envelope:
    """A letter ready for the wire."""

    sender: str
    recipients: tuple[str, ...]
    options: tuple[str, ...]  # of MAIL FROM
    content: bytes = field(repr=False)

    def lines(self) -> list[str]:
        """Give what is said before the content."""
        sender = " ".join((f"MAIL FROM:<{self.sender}>", *self.options))
        return [sender, *(f"RCPT TO:<{recipient}>" for recipient in self.recipients), _DATA]


class SmtpOutbound:
    """The way letters leave through the office's mail server; one connection, opened when needed.

    `timeout` (seconds) bounds each step. The envelope's sender is the letter's From, so that
    bounces come home. A fault of the connection or the login is never held against a letter.
    """

    def __init__(self, account: SmtpAccount, timeout: float) -> None:
        self._account = account
        self._timeout = timeout
        self._server: smtplib.SMTP | None = None
        self._halfway = False  # a delivery was begun and given up on this connection

    def __enter__(self) -> Self:
        """Be ready; the connection is opened at the first letter."""
        return self

    def __exit__(self, *exc: object) -> None:
        """Say goodbye; a failing goodbye is no error."""
        if self._server is not None:
            with suppress(OSError, smtplib.SMTPException):
                self._server.quit()
            self._drop()

    def knock(self) -> None:
        """Connect and log in, and send nothing. Raises TransientError when that fails."""
        try:
            self._ready()
        except (OSError, smtplib.SMTPException) as trouble:
            self._drop()
            raise TransientError(self._trouble(trouble)) from trouble

    def send(self, message: EmailMessage) -> str:
        """Hand the letter over and give the server's reply.

        Raises TransientError (4xx, no connection, no login: not delivered), AmbiguousError (broke
        after the data: perhaps delivered), RejectedError (5xx: final).
        """
        try:
            server, content = self._begun(message)
            server.send(content.replace(b"\n.", b"\n..") + b".\r\n")  # RFC 5321 4.5.2
        except (OSError, smtplib.SMTPException) as trouble:
            # sending raises before its last bytes are taken, and those are the final dot
            self._drop()
            raise TransientError(self._trouble(trouble)) from trouble
        try:
            code, reply = server.getreply()
        except (OSError, smtplib.SMTPException) as trouble:
            self._drop()
            raise AmbiguousError(
                f"{self._trouble(trouble)}, after the letter was sent"
            ) from trouble
        return self._receipt(code, reply)

    def _begun(self, message: EmailMessage) -> tuple[smtplib.SMTP, bytes]:
        """Begin a delivery; a connection that went away between two letters is replaced."""
        used = self._server is not None
        try:
            return self._announced(message)
        except (OSError, smtplib.SMTPException, TransientError):
            if not used or self._is_open():
                raise
        return self._announced(message)

    def _announced(self, message: EmailMessage) -> tuple[smtplib.SMTP, bytes]:
        """Say from whom to whom; the server then waits for the content that this gives.

        In one breath where the server takes that (RFC 2920), which saves two of four round trips.
        """
        server = self._ready()
        envelope = _envelope(message, server)
        lines = envelope.lines()
        self._halfway = True
        for breath in [lines] if server.has_extn("pipelining") else [[line] for line in lines]:
            server.send("".join(f"{line}\r\n" for line in breath).encode())
            self._hear(server, breath)
        return server, envelope.content

    def _hear(self, server: smtplib.SMTP, breath: Sequence[str]) -> None:
        """Go on when each line is answered well. Raises what the first other reply means."""
        for place, line in enumerate(breath, start=1):
            code, reply = server.getreply()
            try:
                self._expect(_Kind.GO_ON if line == _DATA else _Kind.DONE, code, reply)
            except PengaduanError:
                if self._server is not None:
                    self._hear_out(server, len(breath) - place)
                raise

    def _hear_out(self, server: smtplib.SMTP, count: int) -> None:
        """Take the replies to what was said beside a refused line.

        A server that waits for the content all the same is hung up on: nothing is delivered.
        """
        try:
            waiting = any(server.getreply()[0] // 100 == _Kind.GO_ON for _ in range(count))
        except (OSError, smtplib.SMTPException):
            waiting = True
        if waiting:
            self._drop()

    def _is_open(self) -> bool:
        """Say whether the connection outlived its trouble; smtplib closes one that broke."""
        if self._server is not None and self._server.sock is None:
            self._drop()
        return self._server is not None

    def _ready(self) -> smtplib.SMTP:
        """Give a connection that waits for a letter."""
        if self._server is not None:
            if not self._halfway:
                return self._server
            with suppress(OSError, smtplib.SMTPException):
                if self._server.rset()[0] == _OK:
                    self._halfway = False
                    return self._server
            self._drop()
        self._server = server = _connect(self._account, self._timeout)
        server.ehlo_or_helo_if_needed()
        if self._account.security is Security.STARTTLS:
            server.starttls(context=ssl.create_default_context())
            server.ehlo_or_helo_if_needed()  # RFC 3207 4.2: what was said in clear is forgotten
        if self._account.user:
            server.login(self._account.user, self._account.password)
        return server

    def _expect(self, kind: _Kind, code: int, reply: bytes) -> None:
        """Go on when the reply has this first digit. Raises what it means otherwise."""
        if code // 100 == kind:
            return
        if code == _CLOSING:
            self._drop()
        if code // 100 == _Kind.NEVER and code not in _LOGIN_WANTED:
            raise RejectedError(_said(code, reply))
        raise TransientError(_said(code, reply))

    def _receipt(self, code: int, reply: bytes) -> str:
        if code // 100 not in tuple(
            _Kind
        ):  # no reply at all, as from something that is no mail server
            self._drop()
            raise AmbiguousError(_said(code, reply))
        self._halfway = False  # a reply to the data ends the delivery, whatever it says
        self._expect(_Kind.DONE, code, reply)
        return _said(code, reply)

    def _trouble(self, trouble: Exception) -> str:
        host = self._account.host
        if isinstance(trouble, smtplib.SMTPAuthenticationError):
            return f"The mail server {host} refuses the login: check SMTP_USER and SMTP_PASSWORD."
        if isinstance(trouble, smtplib.SMTPNotSupportedError):
            return f"The mail server {host} lacks what is needed ({trouble}): check SMTP_SECURITY."
        if isinstance(trouble, ssl.SSLCertVerificationError):
            return f"The certificate of {host} is not valid ({trouble.verify_message})."
        return f"The mail server {host} failed: {type(trouble).__name__}: {trouble}"[:_REPLY_LENGTH]

    def _drop(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None
            self._halfway = False


def _connect(account: SmtpAccount, timeout: float) -> smtplib.SMTP:
    name = socket.gethostname()  # smtplib's own choice may wait long for a name server
    if account.security is Security.TLS:
        context = ssl.create_default_context()
        return smtplib.SMTP_SSL(
            account.host, account.port, local_hostname=name, timeout=timeout, context=context
        )
    return smtplib.SMTP(account.host, account.port, local_hostname=name, timeout=timeout)


def _envelope(message: EmailMessage, server: smtplib.SMTP) -> _Envelope:
    """Make the letter fit for this server: 8-bit and UTF-8 addresses only where it knows them.

    Raises RejectedError when it names no sender or recipient, or one the server cannot take.
    """
    sender, recipients = _addresses(message, "From"), _addresses(message, "To", "Cc")
    if not sender or not recipients:
        raise RejectedError("the letter names no sender or no recipient")
    if any(_BREAKS_OUT.search(address) for address in (*sender, *recipients)):
        raise RejectedError("an address of the letter holds a blank, a control character, < or >")
    options: list[str] = []
    policy = SMTP
    if not all(address.isascii() for address in (*sender, *recipients)):
        if not server.has_extn("smtputf8"):
            raise RejectedError("the mail server takes no address outside ASCII")
        options.append("SMTPUTF8")
        policy = policy.clone(utf8=True)
    if not server.has_extn("8bitmime"):
        policy = policy.clone(cte_type="7bit")
    content = message.as_bytes(policy=policy)
    if not content.isascii():
        options.append("BODY=8BITMIME")
    if not content.endswith(b"\r\n"):
        content += b"\r\n"
    return _Envelope(sender[0], recipients, tuple(options), content)


def _addresses(message: EmailMessage, *names: str) -> tuple[str, ...]:
    headers = (header for name in names for header in message.get_all(name, ()))
    found = (address.addr_spec for header in headers for address in header.addresses)
    return tuple(dict.fromkeys(address for address in found if address))


def _said(code: int, reply: bytes) -> str:
    text = " ".join(reply.decode(errors="replace").split())
    return f"{code} {text}"[:_REPLY_LENGTH]

"""One conversation with an IMAP server, spoken so that no server's habits can hurt a mail."""

import imaplib
import re
import socket
import ssl
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import localtime, parsedate_to_datetime

from imap_tools.errors import MailboxLoginError
from imap_tools.folder import FolderInfo
from imap_tools.mailbox import BaseMailBox, MailBox, MailBoxUnencrypted
from imap_tools.utils import encode_folder

from automation.errors import RejectedError
from automation.model import RawMail, Security

INBOX = "INBOX"
FILED = "$Pengaduan"
"""Keyword on mails that could not be moved because the server has neither MOVE nor UIDPLUS."""

_SENT_NAMES = ("sent", "terkirim", "sent items", "sent messages", "item terkirim")
_STARTTLS_NEVER = 993  # the port of implicit TLS
_LATER = (
    "UNAVAILABLE",
    "INUSE",
    "LIMIT",
    "SERVERBUG",
)  # RFC 5530: a refusal that passes
MAIL_BYTES = 50_000_000
"""Of a longer mail only so much is fetched; it stays whole in the mailbox."""
_SLICE = 1.0  # seconds of IDLE between two questions whether to stop

_UID = re.compile(rb"\bUID (\d+)")
_SIZE = re.compile(rb"\bRFC822\.SIZE (\d+)")
_DATE = re.compile(rb'\bINTERNALDATE "([^"]+)"')
_PERSONAL = re.compile(rb'^\(\("([^"]*)" (?:"(.)"|NIL)')  # RFC 2342: the first personal namespace


@dataclass(frozen=True, slots=True)
class ImapAccount:
    """Where the office's mailbox is and how to open it."""

    host: str
    port: int
    user: str
    password: str = field(repr=False)
    security: Security


@dataclass(frozen=True, slots=True)
class Listed:
    """A mail as the server lists it: enough to plan the fetching."""

    received: datetime
    uid: int
    size: int  # bytes


class RefusedError(Exception):
    """The server understood a command and said NO; does not leave the mailbox's two files."""


class Session:
    """A logged-in connection, spent after OSError, IMAP4.error, ImapToolsError or RefusedError."""

    def __init__(self, account: ImapAccount, timeout: float) -> None:
        self._box = _connect(account, timeout)
        try:
            # imaplib sends a literal in two pieces: without this each APPEND waits for an ACK
            self._box.client.socket().setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            _log_in(self._box, account)
            # imaplib knows only what was offered before the login, where MOVE is not yet told
            self.can = frozenset(self._capabilities())
            self._prefix, self._delimiter = self._namespace()
        except BaseException:
            self.drop()
            raise
        self._folders: dict[str, FolderInfo] = {}
        self._keywords = False
        self.selected = ""
        self.validity = ""
        self.mark = ("", "")  # changes when mail has arrived

    # folders

    def select(self, folder: str, *, readonly: bool = False) -> None:
        """Open a folder afresh: a long session shows new mail to SEARCH only after this."""
        self.selected = ""
        self._box.folder.set(folder, readonly)
        flags = self._response("PERMANENTFLAGS")
        self._keywords = r"\*" in flags or FILED in flags
        self.validity = self._response("UIDVALIDITY")
        self.mark = (self.validity, self._response("UIDNEXT"))
        self.selected = folder

    def folder(self, name: str) -> str:
        """Give the full name of the office's folder, making it where it is missing."""
        full = self._prefix + name
        if full not in self._listed():
            self._box.folder.create(full)
            self._box.folder.subscribe(full, value=True)
            self._folders.clear()
        return full

    def sent_folder(self) -> str:
        """Give the folder of sent mail: marked so (RFC 6154), else named so, else made."""
        for full, info in self._listed().items():
            if r"\sent" in (flag.lower() for flag in info.flags):
                return full
        for full in self._listed():
            if full.removeprefix(self._prefix).lower() in _SENT_NAMES:
                return full
        return self.folder("Sent")

    # mails

    def waiting(self) -> list[Listed]:
        """List the mails of the open folder, oldest first, without those marked as filed."""
        uids = self.search("ALL" if "MOVE" in self.can else f"UNKEYWORD {FILED}")
        answers = (
            answer
            for part in uid_sets(uids)
            for answer in self._uid("FETCH", part, "(UID RFC822.SIZE INTERNALDATE)")
            if isinstance(answer, bytes)
        )
        found = (_listed(answer) for answer in answers)
        return sorted(
            (one for one in found if one is not None),
            key=lambda one: (one.received, one.uid),
        )

    def fetch(self, uids: Sequence[int]) -> Iterator[RawMail]:
        """Give the raw mails, unseen as they were (BODY.PEEK); a vanished one is left out."""
        wanted = set(uids)
        for part in uid_sets(uids):
            most = f"<0.{MAIL_BYTES}>"  # RFC 3501 6.4.5; a shorter mail comes whole
            answers = self._uid("FETCH", part, f"(UID INTERNALDATE BODY.PEEK[]{most})")
            for words, content in _literals(answers):
                uid = _UID.search(words)  # none: an unsolicited answer, no mail of ours
                if uid is not None and int(uid[1]) in wanted:
                    place = f"{self.validity}.{int(uid[1])}"
                    whole = len(content) < MAIL_BYTES
                    yield RawMail(place, self.selected, _received(words), content, whole)

    def here(self, mail: RawMail) -> int | None:
        """Give the UID of a mail in the open folder; None when the server has numbered it anew."""
        validity, _, uid = mail.uid.partition(".")
        return int(uid) if validity == self.validity else None

    def move(self, uids: Sequence[int], folder: str) -> None:
        """Move mails that are still there; never an EXPUNGE of what a person marked as deleted."""
        for part in uid_sets(uids):
            there = next(uid_sets(self.search(f"UID {part}")), "")
            if there and "MOVE" in self.can:
                self._uid("MOVE", there, encode_folder(folder))
            elif there and "UIDPLUS" in self.can:
                self._copy_and_remove(there, folder)
            elif there:
                self._mark(there)

    def search(self, criteria: str) -> list[int]:
        """Give the UIDs that match, in order."""
        answers = self._uid("SEARCH", criteria)
        return sorted(
            int(uid) for line in answers if isinstance(line, bytes) for uid in line.split()
        )

    def append(self, folder: str, message: bytes) -> None:
        """Put a message, already seen, into a folder."""
        status, data = self._box.client.append(
            encode_folder(folder).decode(), r"(\Seen)", None, message
        )
        _must_be_ok(status, data)

    # waiting and leaving

    def idle(self, until: float, pause: Callable[[float], object]) -> bool:
        """Wait for a sign of new mail until a moment of the monotonic clock; True = there was one.

        `pause(0)` is asked every second whether to stop. The sign is a hint: it may be missed.
        """
        idle = self._box.idle
        idle.start()  # type: ignore[no-untyped-call]
        while (left := until - time.monotonic()) > 0 and not pause(0):
            asked = time.monotonic()
            lines = idle.poll(timeout=min(left, _SLICE))
            if any(b"EXISTS" in line for line in lines):
                break
            if not lines and time.monotonic() - asked < min(left, _SLICE) / 2:
                raise imaplib.IMAP4.abort("the server closed the connection while idle")
        idle.stop()  # type: ignore[no-untyped-call]
        return left > 0

    def leave(self) -> None:
        """Say goodbye and close."""
        try:
            self._box.client.logout()
        finally:
            self.drop()

    def drop(self) -> None:
        """Close without a word; a socket that is closed already is no error."""
        with suppress(OSError):
            self._box.client.shutdown()

    def _copy_and_remove(self, uids: str, folder: str) -> None:
        self._response("COPYUID")  # forget an older one
        self._uid("COPY", uids, encode_folder(folder))
        copied = self._response("COPYUID").split()  # RFC 4315: validity, source set, target set
        if len(copied) != 3:  # noqa: PLR2004 - no proof of the copy: leave the original
            self._mark(uids)
            return
        self._uid("STORE", copied[1], "+FLAGS.SILENT", r"(\Deleted)")
        self._uid("EXPUNGE", copied[1])

    def _mark(self, uids: str) -> None:
        if self._keywords:
            self._uid("STORE", uids, "+FLAGS.SILENT", f"({FILED})")

    def _uid(self, command: str, *args: str | bytes) -> list[bytes | tuple[bytes, bytes] | None]:
        status, data = self._box.client.uid(command, *args)  # type: ignore[arg-type]
        _must_be_ok(status, data)
        return data

    def _response(self, code: str) -> str:
        values = self._box.client.response(code)[1]
        return values[-1].decode(errors="replace") if values and values[-1] else ""

    def _capabilities(self) -> list[str]:
        _, data = self._box.client.capability()
        return str(data[-1].decode()).upper().split()

    def _namespace(self) -> tuple[str, str]:
        if "NAMESPACE" in self.can:
            _, data = self._box.client.namespace()
            if data[0] and (personal := _PERSONAL.match(data[0])):
                return personal[1].decode(), (personal[2] or b"").decode()
        return "", ""

    def _listed(self) -> dict[str, FolderInfo]:
        if not self._folders:
            self._folders = {info.name: info for info in self._box.folder.list()}
        return self._folders


def uid_sets(uids: Sequence[int], most: int = 400) -> Iterator[str]:
    """Write UIDs as sequence sets (RFC 3501 9), neighbours as ranges, at most `most` items in one.

    400 items of 21 characters at the longest keep a command near the 8 kB that every server takes.
    """
    runs: list[list[int]] = []
    for uid in sorted(uids):
        if runs and uid == runs[-1][1] + 1:
            runs[-1][1] = uid
        else:
            runs.append([uid, uid])
    items = [str(low) if low == high else f"{low}:{high}" for low, high in runs]
    for start in range(0, len(items), most):
        yield ",".join(items[start : start + most])


def quoted(text: str) -> str:
    """Write a quoted string (RFC 3501 9). Raises ValueError for what cannot stand in one."""
    if not text.isascii() or not text.isprintable():
        raise ValueError("not fit for a quoted string")
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _connect(account: ImapAccount, timeout: float) -> BaseMailBox:
    if account.security is Security.STARTTLS and account.port == _STARTTLS_NEVER:
        raise RejectedError("Port 993 speaks TLS from the start: set IMAP_SECURITY=tls.")
    try:
        if account.security is Security.TLS:
            context = ssl.create_default_context()
            return MailBox(account.host, account.port, timeout, ssl_context=context)
        box = MailBoxUnencrypted(account.host, account.port, timeout)
        if account.security is Security.STARTTLS:
            _start_tls(box)
    except ssl.SSLCertVerificationError as fault:
        raise RejectedError(
            f"The certificate of the mail server {account.host} is not valid "
            f"({fault.verify_message}): check IMAP_HOST."
        ) from fault
    return box


def _start_tls(box: BaseMailBox) -> None:
    """Encrypt or end; imap-tools' own MailBoxStartTls leaves the socket open when this fails."""
    try:
        box.client.starttls(ssl.create_default_context())
    except BaseException:
        with suppress(OSError):
            box.client.shutdown()
        raise


def _log_in(box: BaseMailBox, account: ImapAccount) -> None:
    plain = account.user.isascii() and account.password.isascii()
    try:
        (box.login if plain else box.login_utf8)(account.user, account.password, None)
    except MailboxLoginError as refusal:
        if any(f"[{code}]" in str(refusal).upper() for code in _LATER):
            raise
        raise RejectedError(
            f"The mail server {account.host} refuses the login: check IMAP_USER and IMAP_PASSWORD "
            "(Gmail and others want an app password)."
        ) from None


def _must_be_ok(status: str, data: Sequence[object]) -> None:
    if status != "OK":
        said = data[0].decode(errors="replace") if data and isinstance(data[0], bytes) else ""
        raise RefusedError(f"the server said {status} {said[:200]}")


def _literals(
    answers: Sequence[bytes | tuple[bytes, bytes] | None],
) -> Iterator[tuple[bytes, bytes]]:
    """Pair each literal with the words around it: servers put the UID before or behind it."""
    for answer, after in zip(answers, (*answers[1:], b""), strict=True):
        if isinstance(answer, tuple):
            yield answer[0] + (after if isinstance(after, bytes) else b""), answer[1]


def _listed(answer: bytes) -> Listed | None:
    uid, size = _UID.search(answer), _SIZE.search(answer)
    if uid is None or size is None:
        return None
    return Listed(_received(answer), int(uid[1]), int(size[1]))


def _received(words: bytes) -> datetime:
    """Read INTERNALDATE; a server that tells none or nonsense received it now."""
    told = _DATE.search(words)
    try:
        moment = (
            parsedate_to_datetime(told[1].decode().replace("-", " ", 2)) if told else localtime()
        )
    except ValueError:
        return localtime()
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)

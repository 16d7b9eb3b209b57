"""The mailbox of the office over IMAP: the port `Inbox`, over a line that may break at any word."""

import imaplib
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from email.parser import BytesHeaderParser

from imap_tools.errors import ImapToolsError

from automation.errors import PengaduanError, TransientError
from automation.intake.imap_session import (
    INBOX,
    ImapAccount,
    Listed,
    RefusedError,
    Session,
    quoted,
)
from automation.model import Folder, RawMail

_BATCH_BYTES = 8_000_000
_BATCH_MAILS = 500
_LONGEST_IDLE = 29 * 60.0  # RFC 2177: servers may hang up after 30 minutes
_TROUBLE = (OSError, EOFError, imaplib.IMAP4.error, ImapToolsError, RefusedError)


class ImapInbox:
    """The mailbox of one account. Any disconnect is ordinary: the next call connects anew.

    `timeout` (seconds) bounds every wait for the server. `pause(seconds)` waits where the server
    cannot tell of new mail and gives True when waiting is to end (`threading.Event.wait` does).
    Besides TransientError, every method raises RejectedError when login or certificate are refused.
    """

    def __init__(
        self, account: ImapAccount, timeout: float, pause: Callable[[float], object]
    ) -> None:
        self._account = account
        self._timeout = timeout
        self._pause = pause
        self._session: Session | None = None
        self._looked: tuple[str, str] | None = None  # the INBOX as the last look found it
        self._idle_broke = False

    def waiting(self) -> Iterator[Sequence[RawMail]]:
        """Yield the mails in the INBOX, oldest first, in batches bounded by bytes."""
        with self._talking() as session:
            session.select(INBOX)
            self._looked = session.mark
            validity, listed = session.validity, session.waiting()
        for batch in _batches(listed):
            with self._talking() as session:
                if session.selected != INBOX:
                    session.select(INBOX)
                if session.validity != validity:
                    return  # all numbers are void: the next look starts afresh
                mails = {mail.uid: mail for mail in session.fetch(batch)}
            places = (f"{validity}.{uid}" for uid in batch)
            if mails:
                yield tuple(mails[place] for place in places if place in mails)

    def file(self, mails: Sequence[RawMail], folder: Folder) -> None:
        """Move the mails out of the INBOX; a mail that is already gone is no error."""
        with self._talking() as session:
            session.select(INBOX)  # afresh: a server may refuse what others took away unseen by us
            uids = [uid for mail in mails if (uid := session.here(mail)) is not None]
            if uids:
                session.move(uids, session.folder(folder.value))

    def prepare(self) -> tuple[str, ...]:
        """Log in and give the folders that mails go to, made where they are missing."""
        with self._talking() as session:
            session.select(INBOX)
            return (*(session.folder(folder.value) for folder in Folder), session.sent_folder())

    def sent(self, message_id: str) -> bool:
        """Say whether the Sent folder holds a mail with this Message-ID (with angle brackets)."""
        with self._talking() as session:
            session.select(session.sent_folder(), readonly=True)
            return bool(session.search(f"HEADER Message-ID {quoted(message_id)}"))

    def keep_sent(self, message: bytes) -> None:
        """Put a copy in the Sent folder unless one with its Message-ID is there already."""
        message_id = BytesHeaderParser().parsebytes(message).get("Message-ID", "")
        if message_id and self.sent(str(message_id).strip()):
            return
        with self._talking() as session:
            session.append(session.sent_folder(), message)

    def wait(self, seconds: float) -> bool:
        """Wait until new mail is hinted at (IDLE) or the time is over; True = look now.

        Raises nothing: while the service is away this is a plain wait.
        """
        until = time.monotonic() + min(seconds, _LONGEST_IDLE)
        rest, self._idle_broke = self._idle_broke, False
        with suppress(PengaduanError), self._talking() as session:
            session.select(INBOX)
            if session.mark != self._looked:
                return True
            if "IDLE" in session.can and not rest:
                self._idle_broke = True  # unless it ends well: look, and do without it once
                hinted = session.idle(until, self._pause)
                self._idle_broke = False
                return hinted
        if not self._idle_broke:
            self._pause(max(0.0, until - time.monotonic()))
        return self._idle_broke

    def close(self) -> None:
        """Let go of the connection; the next call opens a new one."""
        if self._idle_broke:  # stopped in the middle: the server waits for the end of IDLE
            self._drop()
        if self._session is not None:
            with suppress(*_TROUBLE):
                self._session.leave()
            self._session = None

    @contextmanager
    def _talking(self) -> Iterator[Session]:
        """Lend the session; whatever breaks in it ends it and becomes a TransientError."""
        try:
            if self._session is None:
                self._session = Session(self._account, self._timeout)
            yield self._session
        except _TROUBLE as trouble:
            self._drop()
            what = f"{type(trouble).__name__}: {trouble}"[:200]
            raise TransientError(f"The mailbox at {self._account.host} failed: {what}") from trouble

    def _drop(self) -> None:
        if self._session is not None:
            self._session.drop()
            self._session = None


def _batches(listed: Sequence[Listed]) -> Iterator[list[int]]:
    batch: list[int] = []
    size = 0
    for one in listed:
        if batch and (size + one.size > _BATCH_BYTES or len(batch) == _BATCH_MAILS):
            yield batch
            batch, size = [], 0
        batch.append(one.uid)
        size += one.size
    if batch:
        yield batch

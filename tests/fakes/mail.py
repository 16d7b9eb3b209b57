"""Mail without a network: fakes of `Inbox` and `Outbound` that pass the real ones' suites."""

from collections import deque
from collections.abc import Iterator, Sequence
from datetime import datetime
from email.message import EmailMessage
from email.parser import BytesHeaderParser
from typing import Self

from automation.errors import AmbiguousError, PengaduanError
from automation.model import Folder, RawMail

_BATCH_BYTES = 8_000_000


class ListInbox:
    """A mailbox of lists. `fail` holds errors that the next calls raise, doing nothing."""

    def __init__(self) -> None:
        self.folders: dict[str, list[RawMail]] = {"INBOX": []}
        self.fail: deque[PengaduanError] = deque()
        self._uid = 0
        self._hint = False

    def arrive(self, content: bytes, received: datetime) -> RawMail:
        """Let a mail arrive in the INBOX."""
        self._uid += 1
        mail = RawMail(f"1.{self._uid}", "INBOX", received, content)
        self.folders["INBOX"].append(mail)
        self._hint = True
        return mail

    def waiting(self) -> Iterator[Sequence[RawMail]]:
        """Yield the mails in the INBOX, oldest first."""
        self._may_fail()
        self._hint = False
        mails = sorted(self.folders["INBOX"], key=lambda mail: mail.received)
        batch: list[RawMail] = []
        for mail in mails:
            if batch and sum(len(one.content) for one in (*batch, mail)) > _BATCH_BYTES:
                yield tuple(batch)
                batch = []
            if mail in self.folders["INBOX"]:
                batch.append(mail)
        if batch:
            yield tuple(batch)

    def file(self, mails: Sequence[RawMail], folder: Folder) -> None:
        """Move the mails out of the INBOX; a mail that is already gone is no error."""
        self._may_fail()
        inbox = self.folders["INBOX"]
        for mail in mails:
            if mail in inbox:
                inbox.remove(mail)
                self.folders.setdefault(folder.value, []).append(mail)

    def sent(self, message_id: str) -> bool:
        """Say whether the Sent folder holds a mail with this Message-ID."""
        self._may_fail()
        return any(_message_id(mail.content) == message_id for mail in self.folders.get("Sent", ()))

    def keep_sent(self, message: bytes) -> None:
        """Put a copy in the Sent folder unless one with its Message-ID is there already."""
        self._may_fail()
        known = (_message_id(mail.content) for mail in self.folders.get("Sent", ()))
        if _message_id(message) not in known:
            self._uid += 1
            copy = RawMail(f"1.{self._uid}", "Sent", datetime.min, message)  # noqa: DTZ901 - unread
            self.folders.setdefault("Sent", []).append(copy)

    def wait(self, seconds: float) -> bool:
        """Say at once whether something arrived since the last look."""
        del seconds
        return self._hint

    def close(self) -> None:
        """Do nothing: there is no connection."""

    def _may_fail(self) -> None:
        if self.fail:
            raise self.fail.popleft()


class RecordingOutbound:
    """Keeps what was sent. `fail` tells the fate of the next letters: an error, None = goes well.

    With AmbiguousError the letter arrives all the same when `arrives_anyway` is set.
    """

    def __init__(self, *, arrives_anyway: bool = True) -> None:
        self.sent: list[EmailMessage] = []
        self.fail: deque[PengaduanError | None] = deque()
        self.arrives_anyway = arrives_anyway

    def __enter__(self) -> Self:
        """Be ready."""
        return self

    def __exit__(self, *exc: object) -> None:
        """Leave."""

    def send(self, message: EmailMessage) -> str:
        """Keep the letter and give a receipt, or raise what was planned for it."""
        fault = self.fail.popleft() if self.fail else None
        if fault is None or (isinstance(fault, AmbiguousError) and self.arrives_anyway):
            self.sent.append(message)
        if fault is not None:
            raise fault
        return "250 recorded"


def _message_id(content: bytes) -> str:
    return str(BytesHeaderParser().parsebytes(content).get("Message-ID", "")).strip()

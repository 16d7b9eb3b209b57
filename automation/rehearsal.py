"""`run --dry-run`: wires that look but do not touch, over a copy of the ledger in memory."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from email.message import EmailMessage
from hashlib import sha256
from typing import Self

from automation.model import (
    Anchoring,
    Case,
    Folder,
    NewRow,
    PenAnswer,
    RawMail,
    Role,
    Row,
    RowChange,
    Snapshot,
    TabLine,
)
from automation.ports import Archive, Inbox, Register


@dataclass(slots=True)
class Plan:
    """What a real pass would do, one sentence each, in order."""

    lines: list[str] = field(default_factory=list)

    def note(self, text: str) -> None:
        """Add a sentence."""
        self.lines.append(text)


class LookingInbox:
    """An Inbox that reads and never files."""

    def __init__(self, inbox: Inbox, plan: Plan) -> None:
        self._inbox = inbox
        self._plan = plan

    def waiting(self) -> Iterator[Sequence[RawMail]]:
        """Yield the real mails."""
        return self._inbox.waiting()

    def file(self, mails: Sequence[RawMail], folder: Folder) -> None:
        """Note where the mails would go."""
        self._plan.note(f"would file {len(mails)} mail(s) in {folder}")

    def sent(self, message_id: str) -> bool:
        """Look in the real Sent folder."""
        return self._inbox.sent(message_id)

    def keep_sent(self, message: bytes) -> None:
        """Note that a copy would be kept."""
        self._plan.note(f"would keep a copy of {len(message)} bytes in the Sent folder")

    def wait(self, seconds: float) -> bool:
        """Never wait."""
        del seconds
        return False

    def close(self) -> None:
        """Let go of the real connection."""
        self._inbox.close()


class LookingOutbound:
    """An Outbound that sends nothing."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan

    def __enter__(self) -> Self:
        """Be ready; there is nothing to open."""
        return self

    def __exit__(self, *exc: object) -> None:
        """Leave; there is nothing to close."""

    def send(self, message: EmailMessage) -> str:
        """Note the letter by its Message-ID, which tells case and letter and no address."""
        self._plan.note(f"would send the letter {message['Message-ID']}")
        return "rehearsed"


class LookingRegister:
    """A Register that reads and never writes."""

    def __init__(self, register: Register, plan: Plan) -> None:
        self._register = register
        self._plan = plan

    def read(self) -> Snapshot:
        """Read the real sheet."""
        return self._register.read()

    def insert(
        self,
        rows: Sequence[NewRow],
        anchors: Sequence[Anchoring],
        lines: Sequence[TabLine],
        last_used: int,
        answers: Sequence[PenAnswer] = (),
    ) -> None:
        """Note the rows that would be inserted, and what would be answered."""
        for row in rows:
            self._plan.note(f"would insert row {row.number} after row {last_used}")
        for anchoring in anchors:
            self._plan.note(f"would number the typed row {anchoring.position}")
        if lines:
            self._plan.note(f"would append {len(lines)} line(s) to other tabs")
        for answer in answers:
            self._plan.note(f"would answer in row {answer.position} of the pen {answer.tab}")

    def reread(self, anchors: Sequence[int], unproven: Collection[int] = ()) -> Mapping[int, Row]:
        """Read the real rows."""
        return self._register.reread(anchors, unproven)

    def marks(self) -> Mapping[str, int]:
        """Read the real marks."""
        return self._register.marks()

    def change(self, changes: Sequence[RowChange], rows: Mapping[int, Row]) -> tuple[str, ...]:
        """Note the cells that would be written."""
        for change in changes:
            if change.anchor in rows:
                self._plan.note(f"would write {change.number}: {', '.join(change.cells)}")
        return ()

    def lease(self) -> str:
        """Read the real lease."""
        return self._register.lease()

    def swap_lease(self, before: str, after: str) -> bool:
        """Leave the real lease alone, and go on as if it had been written."""
        del before, after
        return True

    def unguarded(self, editors: Mapping[Role, Sequence[str]]) -> Sequence[str]:
        """Look at the real protections."""
        return self._register.unguarded(editors)

    def notice(self, text: str) -> None:
        """Note that a sentence would be shown."""
        self._plan.note(f"would show in the tab of settings: {text or 'nothing'}")


class LookingArchive:
    """An Archive that reads and never writes."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive

    def keep(self, mails: Sequence[RawMail]) -> tuple[str, ...]:
        """Give places without writing."""
        return tuple(sha256(mail.content).hexdigest() for mail in mails)

    def raw(self, place: str) -> bytes:
        """Read real bytes."""
        return self._archive.raw(place)

    def shelve(self, case: Case, files: Mapping[str, bytes]) -> str:
        """Write nothing."""
        del files
        return case.number

    def lacking(self, case: Case, names: Sequence[str]) -> tuple[str, ...]:
        """Look at the real folder."""
        return self._archive.lacking(case, names)

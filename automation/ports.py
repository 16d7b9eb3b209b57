"""The sockets of the worker: what each wire must be able to do, told without saying how.

Every method may raise `TransientError` (service away) and nothing else unless it says so. Fakes and
real adapters pass the same suites in `tests/contract/`.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from email.message import EmailMessage
from typing import Protocol, Self

from automation.model import (
    Anchoring,
    Case,
    Event,
    Fate,
    Folder,
    Letter,
    MailRecord,
    NewRow,
    Office,
    PenAnswer,
    RawMail,
    Reservation,
    Role,
    Row,
    RowChange,
    Ruling,
    Snapshot,
    TabLine,
)


class Clock(Protocol):
    """Tells the time; the only source of `now`."""

    def now(self) -> datetime:
        """Give the present moment, timezone-aware in the office's zone."""
        ...


class Inbox(Protocol):
    """The office's mailbox (IMAP). Never deletes; looking never marks a mail as seen."""

    def waiting(self) -> Iterator[Sequence[RawMail]]:
        """Yield the mails in the INBOX, oldest first, in batches bounded by bytes."""
        ...

    def file(self, mails: Sequence[RawMail], folder: Folder) -> None:
        """Move the mails out of the INBOX; a mail that is already gone is no error."""
        ...

    def sent(self, message_id: str) -> bool:
        """Say whether the Sent folder holds a mail with this Message-ID (with angle brackets)."""
        ...

    def keep_sent(self, message: bytes) -> None:
        """Put a copy in the Sent folder unless one with its Message-ID is there already."""
        ...

    def wait(self, seconds: float) -> bool:
        """Wait until new mail is hinted at (IDLE) or the time is over; True = look now."""
        ...

    def close(self) -> None:
        """Let go of the connection; the next call opens a new one."""
        ...


class Register(Protocol):
    """The shared spreadsheet. Rows are found by anchor and proven by `No. Register`."""

    def read(self) -> Snapshot:
        """Read everything a pass needs, in one call.

        Raises RegisterDriftError when tab or header is gone.
        """
        ...

    def insert(
        self,
        rows: Sequence[NewRow],
        anchors: Sequence[Anchoring],
        lines: Sequence[TabLine],
        last_used: int,
        answers: Sequence[PenAnswer] = (),
    ) -> None:
        """Insert rows after `last_used`, anchor typed rows, append lines, answer in the pen.

        One atomic call, safe to repeat. An answer goes to where its row was last read; it may miss
        a row that moved since, and the next `read` tells.
        """
        ...

    def reread(self, anchors: Sequence[int], unproven: Collection[int] = ()) -> Mapping[int, Row]:
        """Read the anchored rows as they stand now, in one call; what is gone is left out.

        A row whose number stands in others too is marked `doubled`. The rows of `unproven` anchors
        are given whatever number stands in them: what they say must prove them.
        """
        ...

    def change(self, changes: Sequence[RowChange], rows: Mapping[int, Row]) -> tuple[str, ...]:
        """Write cells in one call; give the numbers of the rows that were written.

        Only rows of `reread` whose number and `expected` cells still agree are written, and into
        doubled ones only warnings and what was told apart from the others.
        """
        ...

    def lease(self) -> str:
        """Give the line that says which installation works with the sheet, or ""; one call."""
        ...

    def swap_lease(self, before: str, after: str) -> bool:
        """Write that line where it still reads `before` ("" = there is none); one call.

        False = it reads otherwise and was left alone. Of two that try at once, one succeeds.
        """
        ...

    def unguarded(self, editors: Mapping[Role, Sequence[str]]) -> Sequence[str]:
        """Name the columns that others than these accounts can fill, in one call; after `read`."""
        ...

    def notice(self, text: str) -> None:
        """Show a sentence in `Pesan Sistem` of the tab of settings; "" takes it away."""
        ...

    def marks(self) -> Mapping[str, int]:
        """Give how far the growing tabs are written, by tab; none for a tab without a line yet."""
        ...


class Outbound(Protocol):
    """The way letters leave. Use as a context manager: one connection a pass."""

    def __enter__(self) -> Self:
        """Be ready to send; connects at the first letter."""
        ...

    def __exit__(self, *exc: object) -> None:
        """Say goodbye; a failing goodbye is no error."""
        ...

    def send(self, message: EmailMessage) -> str:
        """Hand the letter over and give the server's reply.

        Raises TransientError (4xx, no connection: not delivered), AmbiguousError (broke after the
        data: perhaps delivered), RejectedError (5xx: final).
        """
        ...


class Letters(Protocol):
    """The hand that writes letters."""

    def compose(
        self, letter: Letter, case: Case | None, office: Office, link: str, now: datetime
    ) -> EmailMessage:
        """Write a letter as it leaves at `now`; `link` opens the case's row in the register.

        Raises RejectedError when it can never be written as it stands, TransientError when the
        register lacks somebody to send it to.
        """
        ...

    def message_id(self, key: str) -> str:
        """Give the Message-ID that the letter with this key bears: always the same one."""
        ...


class Archive(Protocol):
    """Files that stay: raw mails, and a folder for each case. Written tmp, fsync, rename."""

    def keep(self, mails: Sequence[RawMail]) -> tuple[str, ...]:
        """Make the raw bytes durable and give the place of each, relative to the archive's root."""
        ...

    def raw(self, place: str) -> bytes:
        """Give the bytes of a mail back.

        Raises RejectedError for what was never kept, and for what is gone or damaged.
        """
        ...

    def shelve(self, case: Case, files: Mapping[str, bytes]) -> str:
        """Write files into the case's folder (repeatable) and give its relative place."""
        ...

    def lacking(self, case: Case, names: Sequence[str]) -> tuple[str, ...]:
        """Give those of the files, by the names that `shelve` got, that are not in the folder."""
        ...


class Ledger(Protocol):
    """The worker's durable memory and the truth about what was done."""

    def transaction(self) -> AbstractContextManager[None]:
        """All or nothing, durable on leaving; may not be nested."""
        ...

    def relaxed(self) -> AbstractContextManager[None]:
        """Let what is committed inside outlive the process at once, a power cut a little later.

        The next commit outside makes it durable too; not to be entered inside a transaction.
        """
        ...

    def close(self) -> None:
        """Let go of the file."""
        ...

    def copy(self) -> Self:
        """Give a ledger in memory that knows the same, for looking ahead; neither sees the other.

        To be closed by itself.
        """
        ...

    # mails
    def mail(self, key: str) -> MailRecord | None:
        """Give what is known of a mail by its identity."""
        ...

    def add_mail(self, record: MailRecord) -> None:
        """Remember a mail; an existing key raises ValueError."""
        ...

    def mails(self) -> Iterator[MailRecord]:
        """Give every mail ever seen, oldest first."""
        ...

    def to_pen(self) -> Sequence[tuple[int, MailRecord]]:
        """Give the mails whose row in a pen tab is not confirmed, with their growing ids."""
        ...

    def mails_after(self, last: int, limit: int) -> Sequence[tuple[int, MailRecord]]:
        """Give mails with ids above `last`, in order, with their ids."""
        ...

    def penned(self, ids: Iterable[int]) -> None:
        """Confirm that these mails have their row in a pen tab, where it waits for a choice."""
        ...

    # the pen
    def in_pen(self) -> frozenset[str]:
        """Give the keys of the mails whose row was confirmed and whose choice is still open."""
        ...

    def pen_again(self, keys: Iterable[str]) -> None:
        """Let these mails wait for their row once more, with new ids behind all others."""
        ...

    def penned_mail(self, code: str) -> MailRecord | None:
        """Give the one mail whose key begins so, or None."""
        ...

    def rulings(self, codes: Iterable[str] | None = None) -> dict[str, Ruling]:
        """Give what was decided about the mails of these codes (None = all), by code."""
        ...

    def put_ruling(self, ruling: Ruling) -> None:
        """Remember what was decided; once closed the mail waits no more, and is of its case."""
        ...

    def drop_ruling(self, code: str) -> None:
        """Forget a choice that was refused and then withdrawn; an unknown code is no error."""
        ...

    # cases
    def cases(self) -> dict[str, Case]:
        """Give every case by number."""
        ...

    def case(self, number: str) -> Case | None:
        """Give one case, or None."""
        ...

    def put_case(self, case: Case) -> None:
        """Write a case, new or changed."""
        ...

    def next_number(self, year: int) -> str:
        """Take the next number of the year for good, such as PKT-2026-0001."""
        ...

    def resume(self, numbers: Mapping[int, int], *, events: int, mails: int) -> None:
        """Count on after these: the last number by year, the last ids of events and of mails."""
        ...

    def thread_case(self, message_ids: Sequence[str]) -> str:
        """Give the number of the case that one of these Message-IDs (mail, letter) is of, or ""."""
        ...

    # numbers promised to hand-entered rows
    def reservations(self) -> tuple[Reservation, ...]:
        """Give the numbers that are promised and not yet seen in the sheet."""
        ...

    def put_reservation(self, reservation: Reservation) -> None:
        """Promise a number, or note that its anchor stands."""
        ...

    def drop_reservation(self, number: str) -> None:
        """Forget the promise: the number was seen in the sheet, or its row is gone."""
        ...

    # letters
    def plan(self, letter: Letter) -> None:
        """Plan a letter; a known key is left as it is."""
        ...

    def letter(self, key: str) -> Letter | None:
        """Give one letter."""
        ...

    def letters(self, number: str) -> tuple[Letter, ...]:
        """Give a case's letters in the order they were planned."""
        ...

    def due(self, now: datetime) -> tuple[Letter, ...]:
        """Give the planned letters whose time has come, oldest first."""
        ...

    def claim(self, key: str, message_id: str, now: datetime) -> bool:
        """Turn planned into sending and remember its Message-ID; False = not planned any more."""
        ...

    def settle(
        self, key: str, fate: Fate, receipt: str, now: datetime, again: datetime | None = None
    ) -> None:
        """Write what became of a letter; `Fate.PLANNED` with `again` = try later, once more."""
        ...

    def in_flight(self) -> tuple[tuple[Letter, str], ...]:
        """Give the letters found in `sending`, with their Message-IDs."""
        ...

    # history
    def add_event(self, event: Event) -> int:
        """Append to the history and give its id."""
        ...

    def events(self, after: int = 0, limit: int = 500) -> tuple[Event, ...]:
        """Give events with an id above `after`, in order."""
        ...

    # small memories
    def remember(self, key: str, value: str) -> None:
        """Keep a small value (column places, alarms raised, the install moment)."""
        ...

    def recall(self, key: str) -> str:
        """Give a small value, or ""."""
        ...

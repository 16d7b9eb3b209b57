"""The ledger in SQLite: the truth about what was seen, decided and sent (`ports.Ledger`)."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime, tzinfo
from pathlib import Path
from typing import Any, Final, TypeVar

from automation.ledger.codec import Codec, Noun, iso, moment, storable
from automation.ledger.database import Database, Value
from automation.ledger.pen import PenPages
from automation.model import Case, Event, Fate, Letter, MailRecord, Reservation, Ruling

T = TypeVar("T", bound=Noun)

_PAGE: Final = 500  # mails read at once
_LETTER: Final = ("fate", "not_before", "attempts", "receipt", "settled_at")
_LETTERS: Final = f"SELECT data, {', '.join(_LETTER)} FROM letters"  # noqa: S608 - constants


class SqliteLedger(PenPages):
    """A ledger in one file, or in memory with `path` None; times come back in `zone`.

    Opening raises SettingsError for a file that is no ledger, is damaged or is newer than this
    program; damage met later raises it too. Times without zone raise ValueError.
    """

    def __init__(self, path: Path | None, zone: tzinfo) -> None:
        self._zone = zone
        self._mails = Codec(MailRecord, zone, apart=("penned",))
        self._cases = Codec(Case, zone)
        self._reservations = Codec(Reservation, zone)
        self._letters = Codec(Letter, zone, apart=_LETTER)
        self._events = Codec(Event, zone, apart=("id",))
        self._rulings = Codec(Ruling, zone)
        self._known: dict[str, Case] = {}
        self._known_at: tuple[int, int] | None = None
        self._db = Database(path)

    def transaction(self) -> AbstractContextManager[None]:
        """All or nothing, durable on leaving. Raises RuntimeError inside another one."""
        return self._db.transaction()

    def relaxed(self) -> AbstractContextManager[None]:
        """Let what is committed inside outlive the process at once, a power cut a little later."""
        return self._db.relaxed()

    def close(self) -> None:
        """Let go of the file; twice is harmless."""
        self._db.close()

    def copy(self) -> "SqliteLedger":
        """Give a ledger in memory that knows the same, for looking ahead; to be closed by itself.

        The file is only read.
        """
        copy = SqliteLedger(None, self._zone)
        copy.close()
        copy._db = self._db.copy()
        return copy

    # --- mails ------------------------------------------------------------------------------------

    def mail(self, key: str) -> MailRecord | None:
        """Give what is known of a mail by its identity."""
        rows = self._db.rows("SELECT data, penned FROM mails WHERE key = ?", key)
        return self._mail(*rows[0]) if rows else None

    def add_mail(self, record: MailRecord) -> None:
        """Remember a mail; an existing key raises ValueError."""
        added = self._db.change(
            "INSERT INTO mails (key, message_id, number, penned, data) VALUES (?, ?, ?, ?, ?)"
            " ON CONFLICT (key) DO NOTHING",
            record.key,
            storable(record.message_id),
            record.number,
            int(record.penned),
            self._mails.text(record),
        )
        if not added:
            raise ValueError(f"the mail {record.key} is in the ledger already")

    def mails(self) -> Iterator[MailRecord]:
        """Give every mail ever seen, oldest first; writing meanwhile is safe (read by pages)."""
        page = "SELECT data, penned, id FROM mails WHERE id > ? ORDER BY id LIMIT ?"
        last = 0
        while rows := self._db.rows(page, last, _PAGE):
            yield from (self._mail(data, penned) for data, penned, _ in rows)
            last = rows[-1][2]

    def to_pen(self) -> Sequence[tuple[int, MailRecord]]:
        """Give the mails whose row in a pen tab is not confirmed, with their growing ids."""
        rows = self._db.rows("SELECT id, data, penned FROM mails WHERE penned = 0 ORDER BY id")
        return tuple((mark, self._mail(data, penned)) for mark, data, penned in rows)

    def mails_after(self, last: int, limit: int) -> Sequence[tuple[int, MailRecord]]:
        """Give mails with ids above `last`, in order, with their ids."""
        page = "SELECT id, data, penned FROM mails WHERE id > ? ORDER BY id LIMIT ?"
        rows = self._db.rows(page, last, limit)
        return tuple((mark, self._mail(data, penned)) for mark, data, penned in rows)

    def penned(self, ids: Iterable[int]) -> None:
        """Confirm that these mails have their row in a pen tab, where it waits for a choice."""
        self._db.change(
            "UPDATE mails SET penned = 2 WHERE id IN (SELECT value FROM json_each(?))",
            json.dumps(list(ids)),
        )

    def _mail(self, data: str, penned: int) -> MailRecord:
        return self._read(self._mails, data, penned=bool(penned))

    # --- cases ------------------------------------------------------------------------------------

    def cases(self) -> dict[str, Case]:
        """Give every case by number, in the order they were opened.

        Read from the file once and kept until another process writes or a transaction is undone.
        """
        version = self._db.version()
        if version != self._known_at:
            rows = self._db.rows("SELECT number, data FROM cases ORDER BY id")
            self._known = {number: self._read(self._cases, data) for number, data in rows}
            self._known_at = version
        return dict(self._known)

    def case(self, number: str) -> Case | None:
        """Give one case, or None."""
        return self._one(self._cases, "SELECT data FROM cases WHERE number = ?", number)

    def put_case(self, case: Case) -> None:
        """Write a case, new or changed."""
        data = self._cases.text(case)
        self._db.change(
            "INSERT INTO cases (number, data) VALUES (?, ?)"
            " ON CONFLICT (number) DO UPDATE SET data = excluded.data",
            case.number,
            data,
        )
        self._known[case.number] = self._cases.read(data)

    def next_number(self, year: int) -> str:
        """Take the next number of the year for good, such as PKT-2026-0001; after 9999 it grows."""
        with self._db.together():
            self._db.change(
                "INSERT INTO numbers (year, last) VALUES (?, 1)"
                " ON CONFLICT (year) DO UPDATE SET last = last + 1",
                year,
            )
            [(last,)] = self._db.rows("SELECT last FROM numbers WHERE year = ?", year)
        return f"PKT-{year}-{last:04d}"

    def resume(self, numbers: Mapping[int, int], *, events: int, mails: int) -> None:
        """Count on after these, never back: the last number by year, the last ids given."""
        with self._db.together():
            for year, last in numbers.items():
                self._db.change(
                    "INSERT INTO numbers (year, last) VALUES (?, ?)"
                    " ON CONFLICT (year) DO UPDATE SET last = max(last, excluded.last)",
                    year,
                    last,
                )
            self._count_on("events", events)
            self._count_on("mails", mails)

    def _count_on(self, table: str, last: int) -> None:
        """Raise what SQLite remembers of the ids given (SQLite: AUTOINCREMENT)."""
        [(given,)] = self._db.rows("SELECT max(seq) FROM sqlite_sequence WHERE name = ?", table)
        if last > (given or 0):
            self._db.change("DELETE FROM sqlite_sequence WHERE name = ?", table)
            self._db.change("INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)", table, last)

    def thread_case(self, message_ids: Sequence[str]) -> str:
        """Give the number of the case that one of these Message-IDs (mail or letter) is of, or "".

        Where they belong to several cases, the first of `message_ids` decides.
        """
        rows = self._db.rows(
            "WITH asked AS (SELECT key AS place, value FROM json_each(?))"
            " SELECT number, place FROM asked JOIN mails ON message_id = value WHERE number <> ''"
            " UNION ALL"
            " SELECT number, place FROM asked JOIN letters ON message_id = value WHERE number <> ''"
            " ORDER BY place LIMIT 1",
            json.dumps([storable(message_id) for message_id in message_ids if message_id]),
        )
        return str(rows[0][0]) if rows else ""

    # --- numbers promised to hand-entered rows ----------------------------------------------------

    def reservations(self) -> tuple[Reservation, ...]:
        """Give the numbers that are promised and not yet seen in the sheet, oldest first."""
        rows = self._db.rows("SELECT data FROM reservations ORDER BY id")
        return tuple(self._read(self._reservations, data) for (data,) in rows)

    def put_reservation(self, reservation: Reservation) -> None:
        """Promise a number, or note that its anchor stands."""
        self._db.change(
            "INSERT INTO reservations (number, data) VALUES (?, ?)"
            " ON CONFLICT (number) DO UPDATE SET data = excluded.data",
            reservation.number,
            self._reservations.text(reservation),
        )

    def drop_reservation(self, number: str) -> None:
        """Forget the promise; an unknown number is no error."""
        self._db.change("DELETE FROM reservations WHERE number = ?", number)

    # --- letters ----------------------------------------------------------------------------------

    def plan(self, letter: Letter) -> None:
        """Plan a letter; a known key is left as it is, so planning twice plans once."""
        self._db.change(
            "INSERT INTO letters"
            " (key, number, data, fate, not_before, attempts, receipt, settled_at)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (key) DO NOTHING",
            letter.key,
            letter.number,
            self._letters.text(letter),
            letter.fate,
            _iso(letter.not_before),
            letter.attempts,
            storable(letter.receipt),
            _iso(letter.settled_at),
        )

    def letter(self, key: str) -> Letter | None:
        """Give one letter."""
        rows = self._db.rows(f"{_LETTERS} WHERE key = ?", key)
        return self._letter(rows[0]) if rows else None

    def letters(self, number: str) -> tuple[Letter, ...]:
        """Give a case's letters in the order they were planned."""
        rows = self._db.rows(f"{_LETTERS} WHERE number = ? ORDER BY id", number)
        return tuple(map(self._letter, rows))

    def due(self, now: datetime) -> tuple[Letter, ...]:
        """Give the planned letters whose time has come, in the order they were planned."""
        rows = self._db.rows(f"{_LETTERS} WHERE fate = ? ORDER BY id", Fate.PLANNED)
        planned = map(self._letter, rows)
        return tuple(x for x in planned if x.not_before is None or x.not_before <= now)

    def claim(self, key: str, message_id: str, now: datetime) -> bool:
        """Turn planned into sending and remember its Message-ID; False = not planned any more."""
        claimed = self._db.change(
            "UPDATE letters SET fate = ?, message_id = ?, claimed_at = ?"
            " WHERE key = ? AND fate = ?",
            Fate.SENDING,
            storable(message_id),
            iso(now),
            key,
            Fate.PLANNED,
        )
        return claimed == 1

    def settle(
        self, key: str, fate: Fate, receipt: str, now: datetime, again: datetime | None = None
    ) -> None:
        """Write what became of a letter. `Fate.PLANNED` with `again` = try later (an attempt more).

        A final fate stays: what was sent cannot be cancelled. Raises ValueError for an unknown key.
        """
        later = fate is Fate.PLANNED
        settled = self._db.change(
            "UPDATE letters SET fate = ?, receipt = ?, settled_at = ?, attempts = attempts + ?,"
            " not_before = coalesce(?, not_before)"
            " WHERE key = ? AND fate NOT IN ('sent', 'failed', 'cancelled')",
            fate,
            storable(receipt),
            None if later else iso(now),
            int(later),
            _iso(again),
            key,
        )
        if not settled and self.letter(key) is None:
            raise ValueError(f"the ledger has no letter {key}")

    def in_flight(self) -> tuple[tuple[Letter, str], ...]:
        """Give the letters found in `sending`, with their Message-IDs."""
        columns = f"SELECT message_id, {_LETTERS.removeprefix('SELECT ')}"
        rows = self._db.rows(f"{columns} WHERE fate = ? ORDER BY id", Fate.SENDING)
        return tuple((self._letter(row), message_id) for message_id, *row in rows)

    def _letter(self, row: Sequence[Any]) -> Letter:
        data, fate, not_before, attempts, receipt, settled_at = row
        return self._read(
            self._letters,
            data,
            fate=Fate(fate),
            not_before=moment(not_before, self._zone) if not_before else None,
            attempts=attempts,
            receipt=receipt,
            settled_at=moment(settled_at, self._zone) if settled_at else None,
        )

    # --- history ----------------------------------------------------------------------------------

    def add_event(self, event: Event) -> int:
        """Append to the history and give its id."""
        return self._db.add(
            "INSERT INTO events (number, data) VALUES (?, ?)",
            event.number,
            self._events.text(event),
        )

    def events(self, after: int = 0, limit: int = 500) -> tuple[Event, ...]:
        """Give events with an id above `after`, in order."""
        rows = self._db.rows(
            "SELECT id, data FROM events WHERE id > ? ORDER BY id LIMIT ?", after, limit
        )
        return tuple(self._read(self._events, data, id=mark) for mark, data in rows)

    # --- small memories ---------------------------------------------------------------------------

    def remember(self, key: str, value: str) -> None:
        """Keep a small value (column places, alarms raised, the install moment)."""
        self._db.change(
            "INSERT INTO memories (key, value) VALUES (?, ?)"
            " ON CONFLICT (key) DO UPDATE SET value = excluded.value",
            key,
            storable(value),
        )

    def recall(self, key: str) -> str:
        """Give a small value, or ""."""
        rows = self._db.rows("SELECT value FROM memories WHERE key = ?", key)
        return str(rows[0][0]) if rows else ""

    # --- reading ----------------------------------------------------------------------------------

    def _one(self, codec: Codec[T], sql: str, key: Value) -> T | None:
        rows = self._db.rows(sql, key)
        return self._read(codec, rows[0][0]) if rows else None


def _iso(at: datetime | None) -> str | None:
    return None if at is None else iso(at)

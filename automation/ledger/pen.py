"""The pages of the ledger about the pen: which mails wait there, and what was decided of them."""

import json
from collections.abc import Iterable
from dataclasses import replace
from typing import TypeVar

from automation.ledger.codec import Codec, Noun
from automation.ledger.database import Database
from automation.model import MailRecord, Ruling

T = TypeVar("T", bound=Noun)


class PenPages:
    """A part of `SqliteLedger`, which owns the file and reads what it keeps."""

    _db: Database
    _mails: Codec[MailRecord]
    _rulings: Codec[Ruling]

    def in_pen(self) -> frozenset[str]:
        """Give the keys of the mails whose row was confirmed and whose choice is still open."""
        return frozenset(key for (key,) in self._db.rows("SELECT key FROM mails WHERE penned = 2"))

    def pen_again(self, keys: Iterable[str]) -> None:
        """Let these mails wait for their row once more, with new ids behind all others.

        A line is known by its id, and lines up to the last one written are taken to be there.
        """
        with self._db.together():
            for key in keys:
                self._db.change(
                    "UPDATE mails SET penned = 0, id = 1 + max((SELECT max(id) FROM mails),"
                    " (SELECT seq FROM sqlite_sequence WHERE name = 'mails')) WHERE key = ?",
                    key,
                )

    def penned_mail(self, code: str) -> MailRecord | None:
        """Give the one mail whose key begins so, or None."""
        found = self._db.rows(
            "SELECT data, penned FROM mails WHERE key >= ? AND key < ? LIMIT 2", code, f"{code}~"
        )
        if len(found) != 1:
            return None
        data, penned = found[0]
        return self._read(self._mails, data, penned=bool(penned))

    def rulings(self, codes: Iterable[str] | None = None) -> dict[str, Ruling]:
        """Give what was decided about the mails of these codes (None = all), by code."""
        if codes is None:
            rows = self._db.rows("SELECT code, data FROM rulings ORDER BY id")
        else:
            rows = self._db.rows(
                "SELECT code, data FROM rulings"
                " WHERE code IN (SELECT value FROM json_each(?)) ORDER BY id",
                json.dumps(list(codes)),
            )
        return {code: self._read(self._rulings, data) for code, data in rows}

    def put_ruling(self, ruling: Ruling) -> None:
        """Remember what was decided; once closed the mail waits no more, and is of its case."""
        with self._db.together():
            self._db.change(
                "INSERT INTO rulings (code, data) VALUES (?, ?)"
                " ON CONFLICT (code) DO UPDATE SET data = excluded.data",
                ruling.code,
                self._rulings.text(ruling),
            )
            record = self.penned_mail(ruling.code) if ruling.closed else None
            if record is not None:
                self._decided(replace(record, number=ruling.number or record.number))

    def _decided(self, record: MailRecord) -> None:
        """Let the mail be of its case, and wait for nothing once its line stands."""
        self._db.change(
            "UPDATE mails SET number = ?, data = ?, penned = min(penned, 1) WHERE key = ?",
            record.number,
            self._mails.text(record),
            record.key,
        )

    def drop_ruling(self, code: str) -> None:
        """Forget a choice that was refused and then withdrawn; an unknown code is no error."""
        self._db.change("DELETE FROM rulings WHERE code = ?", code)

    def _read(self, codec: Codec[T], data: str, **apart: object) -> T:
        try:
            return codec.read(data, **apart)
        except (ValueError, TypeError) as error:
            raise self._db.damaged(error) from error

"""The SQLite file below the ledger: opening, migrating, transactions, faults by who must act."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, NoReturn

from automation.errors import PengaduanError, SettingsError, TransientError
from automation.ledger.schema import APPLICATION, MIGRATIONS

Value = str | int | None
Row = tuple[Any, ...]
"""What SQLite gives back: typed by the table, not by the language."""

_PATIENCE: Final = 15.0  # seconds to wait for another process's transaction
_OURS: Final = (sqlite3.ProgrammingError, sqlite3.IntegrityError)
_DAMAGED: Final = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
_SHUT: Final = {sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM}
_AWAY: Final = {
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_IOERR,
}


class Database:
    """One connection to a ledger file (None = in memory); used by the thread that made it.

    Opening raises SettingsError for a file that is no ledger, is damaged, may not be written, or
    was written by a newer version; every use may raise TransientError when the file is busy or the
    disk is full.
    """

    def __init__(self, path: Path | None) -> None:
        self.name = "in memory" if path is None else str(path)
        self._undone = 0
        if path is not None:
            _make_private(path)
        self._db = sqlite3.connect(path or ":memory:", timeout=_PATIENCE, isolation_level=None)
        try:
            self._prepare()
        except PengaduanError:
            self._db.close()
            raise

    def rows(self, sql: str, *values: Value) -> list[Row]:
        """Give all rows of a query."""
        return self._carry_out(sql, values)[0]

    def change(self, sql: str, *values: Value) -> int:
        """Carry out one statement and give how many rows it changed."""
        return self._carry_out(sql, values)[1].rowcount

    def add(self, sql: str, *values: Value) -> int:
        """Insert one row and give its id."""
        return self._carry_out(sql, values)[1].lastrowid or 0

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing, durable on leaving. Raises RuntimeError inside another one."""
        if self._db.in_transaction:
            raise RuntimeError("a transaction of the ledger may not be nested")
        self.change("BEGIN IMMEDIATE")
        done = False
        try:
            yield
            self.change("COMMIT")
            done = True
        finally:
            if not done:
                self._undo()

    @contextmanager
    def relaxed(self) -> Iterator[None]:
        """Do not wait for the disk at each commit inside; the next one outside waits for all."""
        self.change("PRAGMA synchronous = NORMAL")
        try:
            yield
        finally:
            self.change("PRAGMA synchronous = FULL")

    @contextmanager
    def together(self) -> Iterator[None]:
        """Make several statements one: part of the open transaction, or else of their own."""
        if self._db.in_transaction:
            yield
            return
        with self.transaction():
            yield

    def version(self) -> tuple[int, int]:
        """Give what differs once another connection wrote or a transaction was undone."""
        return self._pragma("data_version"), self._undone

    def copy(self) -> "Database":
        """Give a database in memory with the same content; the file is only read."""
        copy = Database(None)
        try:
            self._db.backup(copy._db)
        except sqlite3.DatabaseError as error:
            self._tell(error)
        return copy

    def close(self) -> None:
        """Let go of the file; twice is harmless."""
        self._db.close()

    def damaged(self, what: object) -> SettingsError:
        """Say that the file cannot be trusted any more."""
        return SettingsError(
            [f"the ledger {self.name} is damaged ({what}): restore it from a backup"]
        )

    def _undo(self) -> None:
        self._undone += 1
        if self._db.in_transaction:
            self._db.rollback()

    # --- opening ----------------------------------------------------------------------------------

    def _prepare(self) -> None:
        self._recognise()
        for setting in ("journal_mode = WAL", "synchronous = FULL", "cell_size_check = ON"):
            self.change(f"PRAGMA {setting}")
        if self._pragma("user_version") != len(MIGRATIONS):
            self._migrate()
        [(finding, *_)] = self.rows("PRAGMA quick_check(1)")
        if finding != "ok":
            raise self.damaged(finding)

    def _recognise(self) -> None:
        """Look before anything is written: a stranger's file stays as it is."""
        mark, known = self._pragma("application_id"), self._pragma("user_version")
        if mark != APPLICATION and (known or self.rows("SELECT 1 FROM sqlite_master LIMIT 1")):
            raise SettingsError([f"{self.name} is not a ledger of pengaduan: name another file"])
        if known > len(MIGRATIONS):
            raise SettingsError(
                [f"the ledger {self.name} was written by a newer version: install that version"]
            )

    def _migrate(self) -> None:
        with self.transaction():
            version = self._pragma("user_version")
            for statement in (s for step in MIGRATIONS[version:] for s in step):
                self.change(statement)
            self.change(f"PRAGMA application_id = {APPLICATION}")
            self.change(f"PRAGMA user_version = {len(MIGRATIONS)}")

    def _pragma(self, name: str) -> int:
        return int(self.rows(f"PRAGMA {name}")[0][0])

    # --- faults -----------------------------------------------------------------------------------

    def _carry_out(self, sql: str, values: tuple[Value, ...]) -> tuple[list[Row], sqlite3.Cursor]:
        try:
            cursor = self._db.execute(sql, values)
            return cursor.fetchall(), cursor
        except sqlite3.DatabaseError as error:
            self._tell(error)

    def _tell(self, error: sqlite3.DatabaseError) -> NoReturn:
        """Raise the fault by who must act; what is none of the file's faults is raised as it is."""
        told = None if isinstance(error, _OURS) else self._told(error)
        if told is None:
            raise error
        raise told from error

    def _told(self, error: sqlite3.DatabaseError) -> PengaduanError | None:
        """Name the fault by who must act; None = ours. No UTF-8 comes without a code: damage."""
        code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_CORRUPT) & 0xFF
        if code in _DAMAGED:
            return self.damaged(error)
        if code in _SHUT:
            return SettingsError([f"the ledger {self.name} cannot be written: {error}"])
        if code in _AWAY:
            return TransientError(f"the ledger {self.name} is not available: {error}")
        return None


def _make_private(path: Path) -> None:
    """Create the file for its owner alone: it holds names and complaints."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    except OSError as error:
        raise SettingsError([f"the ledger {path} cannot be written: {error.strerror}"]) from error

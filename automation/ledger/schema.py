"""The tables of the ledger, as the statements that bring each version to the next."""

import sqlite3
from typing import Final

APPLICATION: Final = 0x50_4B_54_31
"""The mark in the file's header ("PKT1") by which a ledger is told from any other SQLite file."""

_STRICT: Final = "STRICT" if sqlite3.sqlite_version_info >= (3, 37) else ""

# No foreign keys: a number is promised, mailed about and written into the history before and after
# its case exists.
_FIRST: Final = (
    """
    CREATE TABLE mails (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        key TEXT NOT NULL UNIQUE,
        message_id TEXT NOT NULL,
        number TEXT NOT NULL,
        penned INTEGER NOT NULL,
        data TEXT NOT NULL
    )
    """,
    "CREATE INDEX mails_message_id ON mails (message_id)",
    "CREATE INDEX mails_to_pen ON mails (id) WHERE penned = 0",
    """
    CREATE TABLE cases (
        id INTEGER PRIMARY KEY,
        number TEXT NOT NULL UNIQUE,
        data TEXT NOT NULL
    )
    """,
    "CREATE TABLE numbers (year INTEGER PRIMARY KEY, last INTEGER NOT NULL)",
    """
    CREATE TABLE reservations (
        id INTEGER PRIMARY KEY,
        number TEXT NOT NULL UNIQUE,
        data TEXT NOT NULL
    )
    """,
    """
    CREATE TABLE letters (
        id INTEGER PRIMARY KEY,
        key TEXT NOT NULL UNIQUE,
        number TEXT NOT NULL,
        fate TEXT NOT NULL,
        not_before TEXT,
        attempts INTEGER NOT NULL,
        message_id TEXT NOT NULL DEFAULT '',
        claimed_at TEXT,
        settled_at TEXT,
        receipt TEXT NOT NULL,
        data TEXT NOT NULL
    )
    """,
    "CREATE INDEX letters_number ON letters (number)",
    "CREATE INDEX letters_fate ON letters (fate)",
    "CREATE INDEX letters_message_id ON letters (message_id)",
    """
    CREATE TABLE events (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        number TEXT NOT NULL,
        data TEXT NOT NULL
    )
    """,
    "CREATE INDEX events_number ON events (number)",
    """
    CREATE TRIGGER events_stay BEFORE UPDATE ON events
    BEGIN SELECT RAISE(ABORT, 'the history is append-only'); END
    """,
    """
    CREATE TRIGGER events_remain BEFORE DELETE ON events
    BEGIN SELECT RAISE(ABORT, 'the history is append-only'); END
    """,
    "CREATE TABLE memories (key TEXT PRIMARY KEY, value TEXT NOT NULL)",
)

# mails.penned: 0 = its line in the pen is to come, 1 = it needs none or was decided about, 2 = its
# line stands and waits for a choice.
_PEN: Final = (
    """
    CREATE TABLE rulings (
        id INTEGER PRIMARY KEY,
        code TEXT NOT NULL UNIQUE,
        data TEXT NOT NULL
    )
    """,
    "CREATE INDEX mails_in_pen ON mails (key) WHERE penned = 2",
)

MIGRATIONS: Final[tuple[tuple[str, ...], ...]] = tuple(
    tuple(f"{s} {_STRICT}" if "CREATE TABLE" in s else s for s in step) for step in (_FIRST, _PEN)
)
"""Statements by the version they start from; the file's `user_version` counts those applied."""

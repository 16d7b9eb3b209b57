"""The file below the ledger: strangers, newer versions, damage, rivals and closed doors."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

import pytest

from automation.errors import SettingsError, TransientError
from automation.ledger import database
from automation.ledger.database import Database
from automation.ledger.schema import APPLICATION, MIGRATIONS
from automation.ledger.store import SqliteLedger

WITA: Final = ZoneInfo("Asia/Makassar")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Give the place of a file that does not exist yet."""
    return tmp_path / "ledger.sqlite"


@pytest.fixture
def filled(path: Path) -> Path:
    """Give the place of a ledger that holds some pages of memories and no open connection."""
    with closing(SqliteLedger(path, WITA)) as ledger, ledger.transaction():
        for n in range(400):
            ledger.remember(f"key {n}", "value " * 30)
    return path


def refused(path: Path) -> str:
    """Open a ledger that must be refused and give the sentence."""
    with pytest.raises(SettingsError) as caught:
        SqliteLedger(path, WITA)
    return str(caught.value)


# --- opening ------------------------------------------------------------------------------------


def test_a_file_that_is_no_database_is_refused_and_left_alone(path: Path) -> None:
    """A wrong path in the settings must not overwrite somebody's report."""
    path.write_text("Laporan bulanan\n" * 100)

    assert str(path) in refused(path)
    assert path.read_text() == "Laporan bulanan\n" * 100


def test_another_program_s_database_is_refused_and_left_alone(path: Path) -> None:
    """Tables of ours in another program's file would harm both."""
    with closing(sqlite3.connect(path)) as other:
        other.execute("CREATE TABLE cookies (id)")
    before = path.read_bytes()

    assert "is not a ledger" in refused(path)
    assert path.read_bytes() == before


def test_another_program_s_empty_database_is_refused(path: Path) -> None:
    """A version number that we did not write means that somebody else did."""
    with closing(sqlite3.connect(path)) as other:
        other.execute("PRAGMA user_version = 1")

    assert "is not a ledger" in refused(path)


def test_a_newer_ledger_is_refused(filled: Path) -> None:
    """An older program would misread it and write what the newer one misreads."""
    with closing(sqlite3.connect(filled)) as newer:
        newer.execute(f"PRAGMA user_version = {len(MIGRATIONS) + 1}")

    assert "newer version" in refused(filled)


def test_an_older_ledger_is_brought_forward(filled: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An update of the program must find its own books again, and apply each step once."""
    step = ("ALTER TABLE memories ADD COLUMN since TEXT",)
    monkeypatch.setattr(database, "MIGRATIONS", (*MIGRATIONS, step))
    for _ in range(2):
        with closing(Database(filled)) as db:
            assert db.rows("SELECT since FROM memories LIMIT 1") == [(None,)]
            assert db.rows("PRAGMA user_version") == [(len(MIGRATIONS) + 1,)]


def test_a_step_forward_that_fails_changes_nothing(
    filled: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Half a migration would be neither version."""
    steps = (*MIGRATIONS, ("ALTER TABLE memories ADD COLUMN since TEXT", "NONSENSE"))
    monkeypatch.setattr(database, "MIGRATIONS", steps)
    with pytest.raises(sqlite3.OperationalError, match="NONSENSE"):
        Database(filled)
    monkeypatch.undo()

    with closing(SqliteLedger(filled, WITA)) as ledger:
        assert ledger.recall("key 7").startswith("value")


def test_a_creation_that_was_cut_off_is_begun_anew(path: Path) -> None:
    """An empty file, with the journal's mode in it or not, is what an early crash leaves."""
    path.touch()
    with closing(sqlite3.connect(path)) as cut:
        cut.execute("PRAGMA journal_mode = WAL")

    with closing(SqliteLedger(path, WITA)) as ledger:
        assert ledger.next_number(2026) == "PKT-2026-0001"


def test_the_file_says_whose_it_is(filled: Path) -> None:
    """Bytes 68 to 71 of an SQLite file name the program (SQLite file format 1.3.17)."""
    assert filled.read_bytes()[68:72] == APPLICATION.to_bytes(4, "big") == b"PKT1"


# --- damage -------------------------------------------------------------------------------------


def test_a_damaged_page_is_named(filled: Path) -> None:
    """A worker that goes on with half a ledger would send letters again."""
    content = bytearray(filled.read_bytes())
    content[len(content) // 2 : len(content) // 2 + 8192] = b"\xff" * 8192
    filled.write_bytes(content)

    assert "is damaged" in refused(filled)
    assert str(filled) in refused(filled)


def test_a_cut_off_file_is_named(filled: Path) -> None:
    """A copy that stopped half-way must not be taken for the whole."""
    content = filled.read_bytes()
    filled.write_bytes(content[: len(content) // 2])

    assert "is damaged" in refused(filled)


@pytest.mark.parametrize("data", ["CAST(x'7bff' AS TEXT)", "'{}'", "'{'", "'[]'"])
def test_a_record_that_cannot_be_read_is_damage(filled: Path, data: str) -> None:
    """SQLite keeps no checksums: damage within a text is only seen by who reads it."""
    with closing(sqlite3.connect(filled)) as hand:
        hand.execute(f"INSERT INTO cases (number, data) VALUES ('PKT-2026-0001', {data})")  # noqa: S608
        hand.commit()

    with (
        closing(SqliteLedger(filled, WITA)) as ledger,
        pytest.raises(SettingsError, match="is damaged"),
    ):
        ledger.cases()


def test_the_history_cannot_be_rewritten(filled: Path) -> None:
    """The history is evidence: not even our own code may change a line."""
    with closing(Database(filled)) as db:
        db.change("INSERT INTO events (number, data) VALUES ('', '{}')")
        for statement in ("UPDATE events SET number = 'x'", "DELETE FROM events"):
            with pytest.raises(sqlite3.IntegrityError, match="append-only"):
                db.change(statement)


# --- away and shut ------------------------------------------------------------------------------


@pytest.fixture
def busy(filled: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Give a ledger that another process is writing to."""
    monkeypatch.setattr(database, "_PATIENCE", 0.01)
    with closing(sqlite3.connect(filled, isolation_level=None)) as rival:
        rival.execute("BEGIN IMMEDIATE")
        yield filled


def test_a_busy_ledger_is_read_and_waited_for(busy: Path) -> None:
    """Another process's transaction is no reason to give up, only to come again."""
    with closing(SqliteLedger(busy, WITA)) as ledger:
        assert ledger.recall("key 7").startswith("value")
        with pytest.raises(TransientError, match="not available"):
            ledger.remember("k", "v")


def test_a_transaction_shuts_out_other_writers_from_its_beginning(
    filled: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a decision reads must still be so when it writes."""
    monkeypatch.setattr(database, "_PATIENCE", 0.01)
    with closing(Database(filled)) as one, closing(Database(filled)) as other:
        with one.transaction(), pytest.raises(TransientError, match="not available"):
            other.change("DELETE FROM memories")
        assert other.change("DELETE FROM memories") == 400


def test_a_full_disk_undoes_the_transaction(filled: Path) -> None:
    """What did not fit must not leave its first half behind."""
    with closing(Database(filled)) as db:
        pages = db.rows("PRAGMA page_count")[0][0]
        db.rows(f"PRAGMA max_page_count = {pages}")

        def overflow() -> None:
            with db.transaction():
                for n in range(1000):
                    db.change("INSERT INTO memories VALUES (?, ?)", f"new {n}", "x" * 1000)

        with pytest.raises(TransientError, match="full"):
            overflow()

        assert db.rows("SELECT count(*) FROM memories WHERE key LIKE 'new%'") == [(0,)]


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    """A directory in the file's place, or a file in the directory's: the operator must mend it."""
    (tmp_path / "file").touch()

    for place in (tmp_path, tmp_path / "file" / "ledger.sqlite"):
        assert f"the ledger {place} cannot be written" in refused(place)


def test_a_bug_of_ours_is_not_called_damage(filled: Path) -> None:
    """A wrong statement must be seen as what it is."""
    with (
        closing(Database(filled)) as db,
        pytest.raises(sqlite3.OperationalError, match="no such table"),
    ):
        db.rows("SELECT * FROM nowhere")

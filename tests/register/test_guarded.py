"""A pass looks whether the columns are closed, and tells the office in its tab of settings."""

from typing import Final

from automation.register import office as offices
from tests.register.benches import Bench, Json
from tests.sandbox.google.conftest import OWNER, STAFF, WORKER

_CAMAT: Final = "Keputusan Camat"


def _unguarded(bench: Bench) -> tuple[str, ...]:
    register = bench.register()
    told = register.read().tabs
    bench.sent.clear()
    found = register.unguarded(offices.editors(told, bench.schema, bench.office))
    assert bench.sent == ["GET"]
    return found


def _protection(bench: Bench) -> Json:
    listed = bench.sheet()["protectedRanges"]
    return next(p for p in listed if p["description"] == "pengaduan:keputusan_camat")


def test_what_init_made_is_closed(made: Bench) -> None:
    """A false alarm each day and nobody believes the true one."""
    assert _unguarded(made) == ()


def test_a_column_without_its_protection_is_named(made: Bench) -> None:
    """Anybody who may open the file could approve."""
    number = _protection(made)["protectedRangeId"]
    made.desk.do({"deleteProtectedRange": {"protectedRangeId": number}}, who=OWNER)

    assert _unguarded(made) == (_CAMAT,)


def test_a_column_with_one_editor_more_is_named(made: Bench) -> None:
    """The Petugas must not decide in the Camat's place, not even by courtesy of the owner."""
    found = _protection(made)
    users = [*found["editors"]["users"], STAFF]
    change = {"protectedRangeId": found["protectedRangeId"], "editors": {"users": users}}
    made.desk.do(
        {"updateProtectedRange": {"protectedRange": change, "fields": "editors"}}, who=OWNER
    )

    assert _unguarded(made) == (_CAMAT,)


def test_moved_columns_are_closed_where_they_are(made: Bench) -> None:
    """Staff arrange their sheet; the protection goes along."""
    span = {"sheetId": 0, "dimension": "COLUMNS", "startIndex": 23, "endIndex": 24}
    made.desk.do({"moveDimension": {"source": span, "destinationIndex": 8}}, who=OWNER)

    assert _unguarded(made) == ()


def test_the_notice_stands_in_the_first_line_and_goes(made: Bench) -> None:
    """It is written by the mark on the column, so no other cell can be hit."""
    before = made.desk.get("Pengaturan!A1:E30")
    made.register().notice("=Proteksi hilang.")
    assert made.desk.get("Pengaturan!F1:F3") == [["Pesan Sistem"], ["=Proteksi hilang."]]

    made.register().notice("")
    assert made.desk.get("Pengaturan!F1:F3") == [["Pesan Sistem"]]
    assert made.desk.get("Pengaturan!A1:E30") == before


def test_a_notice_without_its_column_is_no_fault(made: Bench) -> None:
    """After an update the column is missing until `init` was run; the pass goes on."""
    span = {"sheetId": made.gid("Pengaturan"), "dimension": "COLUMNS", "startIndex": 5}
    made.desk.do({"deleteDimension": {"range": {**span, "endIndex": 6}}}, who=OWNER)
    made.register().notice("Proteksi hilang.")

    told = made.register().read().tabs
    assert offices.read_office(told, made.office, made.schema) == (made.office, ())


def test_what_the_worker_says_is_no_setting(made: Bench) -> None:
    """The sentence must not be read as a line that the office wrote wrongly."""
    made.register().notice("Proteksi hilang.")
    told = made.register().read().tabs

    assert offices.read_office(told, made.office, made.schema) == (made.office, ())
    assert WORKER not in str(told["pengaturan"])

"""The wire to Google Sheets beyond the port: first contact, memory, size, lost anchors."""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

import pytest

from automation.errors import AmbiguousError, RegisterDriftError, TransientError
from automation.model import NewRow, RowChange, TabLine
from automation.register import sheets, writes
from tests.contract.registers import CALLS, Memory, Prepared, ServedFolio, folio, prepare
from tests.sandbox.google.conftest import WORKER

INSERT: Final = CALLS["insert"]


@pytest.fixture(scope="module", name="prepared")
def _prepared() -> Prepared:
    """Make the register's spreadsheet once."""
    return prepare()


@pytest.fixture(name="sheet")
def _sheet(prepared: Prepared) -> ServedFolio:
    """Give an empty register that the worker has not seen yet."""
    return ServedFolio(prepared)


@pytest.fixture(name="left")
def _left(prepared: Prepared) -> ServedFolio:
    """Give a register with four rows, sorted so that no anchor came along."""
    found = folio("sandbox-sort-leaves-anchors", prepared)
    assert isinstance(found, ServedFolio)
    found.register.insert([new(n) for n in range(1, 5)], [], [], 1)
    found.sort("nomor", reverse=True)
    return found


def number(n: int) -> str:
    """Give a register number."""
    return f"PKT-2026-{n:04}"


def new(n: int, text: str = "") -> NewRow:
    """Make a row to insert."""
    cells = {"nomor": number(n), "tahap": "lama", "uraian": text}
    return NewRow(number(n), writes.anchor(number(n)), cells)


def wanted(n: int, tahap: str) -> RowChange:
    """Make a change of a row's stage."""
    return RowChange(number(n), writes.anchor(number(n)), {"tahap": tahap})


def line(mark: int) -> TabLine:
    """Make a line of the history."""
    return TabLine("riwayat", (46_350.5, "", "Sistem", f"Peristiwa {mark}."), mark)


def paths(sheet: ServedFolio, since: int = 0) -> list[str]:
    """Give how the paths of the worker's calls end."""
    return [call.path.partition(sheet.desk.id)[2] for call in sheet.calls()[since:]]


def stages(sheet: ServedFolio) -> Mapping[str, Any]:
    """Give the stage that stands beside each number."""
    return {str(cells["nomor"]): cells["tahap"] for cells in sheet.stands() if cells}


# --- memory -------------------------------------------------------------------------------------


def test_the_first_contact_looks_for_tabs_and_columns_once(sheet: ServedFolio) -> None:
    """Places are remembered; afterwards a pass reads in one call."""
    sheet.register.read()
    looks = ["/values:batchGet", "/developerMetadata:search", "/values:batchGet"]
    assert paths(sheet) == ["", *looks]
    sheet.register.read()
    assert paths(sheet)[4:] == ["/values:batchGet"]


def test_a_new_process_knows_the_places(sheet: ServedFolio) -> None:
    """`pengaduan run` starts each minute: its first read is one call too."""
    sheet.register.read()
    sheet.restart()
    before = len(sheet.calls())
    sheet.register.read()
    assert paths(sheet, before) == ["/values:batchGet"]


def test_another_spreadsheet_is_looked_at_anew(sheet: ServedFolio) -> None:
    """What is known of the old file would send rows to foreign places."""
    sheet.register.read()
    told = sheet.memory["sheet"].replace(sheet.desk.id, "yang-lama")
    sheet.memory.update(sheet=told.replace('"register": 0', '"register": 77'))
    sheet.restart()
    sheet.register.read()
    assert sheet.register.gid() == 0


def test_a_crash_after_sending_doubles_no_line(sheet: ServedFolio) -> None:
    """That lines are under way is remembered before they are sent, for the next process."""
    sheet.register.read()
    sheet.register.insert([], [], [line(1)], 1)
    sheet.cut("insert")
    with pytest.raises(AmbiguousError):
        sheet.register.insert([], [], [line(2)], 1)
    sheet.restart()
    sheet.register.read()
    sheet.register.insert([], [], [line(2), line(3)], 1)
    told = [cells[3] for cells in sheet.lines("riwayat")]
    assert told == ["Peristiwa 3.", "Peristiwa 2.", "Peristiwa 1."]


def test_a_history_that_was_made_anew_goes_on(sheet: ServedFolio) -> None:
    """The mark went with the deleted tab: the next lines make a new one, and stay single."""
    sheet.register.read()
    sheet.register.insert([], [], [line(1)], 1)
    sheet.do(
        {"deleteSheet": {"sheetId": sheet.gid("riwayat")}},
        {"addSheet": {"properties": {"title": "Riwayat"}}},
    )
    for _ in range(2):
        sheet.restart()
        sheet.register.insert([], [], [line(2)], 1)
    assert [cells[3] for cells in sheet.lines("riwayat")] == ["Peristiwa 2."]


def test_links_lead_to_the_registers_tab(sheet: ServedFolio) -> None:
    """The letters name the row by the tab's id, which is known after the first look."""
    before = sheet.register.gid()
    sheet.do({"updateSheetProperties": _moved(sheet)})
    sheet.register.read()
    assert (before, sheet.register.gid()) == (0, sheet.gid("register"))


def _moved(sheet: ServedFolio) -> dict[str, Any]:
    return {"properties": {"sheetId": sheet.gid("register"), "index": 3}, "fields": "index"}


# --- size ---------------------------------------------------------------------------------------


def test_a_flood_goes_in_parts_of_two_megabytes(sheet: ServedFolio) -> None:
    """Google advises 2 MB for a request; the order of the rows holds across the parts."""
    sheet.register.read()
    flood = [new(n, "x" * 49_000) for n in range(1, 81)]
    before = len(sheet.calls())
    sheet.register.insert(flood, [], [line(1)], 1)
    assert paths(sheet, before).count(INSERT) == 3
    assert list(stages(sheet)) == [row.number for row in flood]
    assert len(sheet.lines("riwayat")) == 1


def test_a_flood_that_broke_off_is_completed(sheet: ServedFolio) -> None:
    """The first part stands, the second was lost: the repeat brings what is missing."""
    sheet.register.read()
    flood = [new(n, "x" * 49_000) for n in range(1, 41)]
    sheet.meanwhile("insert", lambda: sheet.meanwhile("insert", lambda: sheet.away("insert")))
    with pytest.raises(Exception, match="quota"):
        sheet.register.insert(flood, [], [line(1)], 1)
    assert len(stages(sheet)) == 36
    sheet.register.insert(flood, [], [line(1)], sheet.register.read().last_used)
    assert list(stages(sheet)) == [row.number for row in flood]


# --- lost anchors -------------------------------------------------------------------------------


def test_rows_off_their_anchors_are_written_by_anchor_again(left: ServedFolio) -> None:
    """A sort left the anchors behind: they are put back, and proven by number once more."""
    before = len(left.calls())
    rows_now = left.register.reread([wanted(n, "x").anchor for n in (1, 2)])
    left.register.change([wanted(1, "x"), wanted(2, "y")], rows_now)
    assert paths(left, before) == [
        "/values:batchGetByDataFilter",
        "/values:batchGet",
        ":batchUpdate",
        "/values:batchGetByDataFilter",
        "/values:batchUpdateByDataFilter",
    ]
    assert stages(left) == {number(4): "lama", number(3): "lama", number(2): "y", number(1): "x"}


@pytest.mark.parametrize("moment", ["insert", "change"])
def test_a_row_off_its_anchor_that_moves_again_is_no_other_row(
    left: ServedFolio, moment: str
) -> None:
    """A row above is deleted just before the write: the one that moved up is not the one meant."""
    rows_now = left.register.reread([wanted(2, "x").anchor])
    left.meanwhile(moment, lambda: left.delete(2))
    left.register.change([wanted(2, "x")], rows_now)
    assert {number(3): "lama", number(1): "lama"}.items() <= stages(left).items()


def test_rows_are_sorted_while_another_s_anchor_is_put_back(left: ServedFolio) -> None:
    """The rows read before it are not where they were: none is written by what it was then."""
    left.register.change([wanted(2, "y")], left.register.reread([wanted(2, "y").anchor]))
    rows_now = left.register.reread([wanted(n, "x").anchor for n in (1, 2)])
    left.meanwhile("reread", lambda: left.sort("nomor"))
    left.register.change([wanted(1, "x"), wanted(2, "z")], rows_now)
    assert {number(4): "lama", number(3): "lama"}.items() <= stages(left).items()


def test_an_anchor_is_put_back_once_for_two_changes(left: ServedFolio) -> None:
    """Google refuses to put it twice, in this pass and in every one that follows."""
    rows_now = left.register.reread([wanted(1, "x").anchor])
    more = replace(wanted(1, "x"), cells={"jam": "08.00"})
    assert left.register.change([wanted(1, "x"), more], rows_now) == (number(1), number(1))
    assert stages(left)[number(1)] == "x"


def test_columns_that_move_while_they_are_looked_up_are_not_misread(sheet: ServedFolio) -> None:
    """Names of one moment over cells of another would take a name for an address."""
    move = {"source": sheet.span("COLUMNS", 8), "destinationIndex": 20}
    sheet.door.hooks["developerMetadata:search"] = lambda: sheet.do({"moveDimension": move})
    with pytest.raises(TransientError, match="moved"):
        sheet.register.read()
    sheet.register.insert([new(1, "jalan")], [], [], sheet.register.read().last_used)
    assert sheet.register.read().rows[0].cells["uraian"] == "jalan"


def test_rows_that_move_while_they_are_looked_for_are_met(left: ServedFolio) -> None:
    """A place found a moment ago is another case's place now: neither gets the other's cells."""
    left.meanwhile("read", lambda: left.insert_blank(2))
    rows_now = left.register.reread([wanted(n, "x").anchor for n in (1, 2)])
    assert left.register.change([wanted(1, "x"), wanted(2, "y")], rows_now) == (number(2),)
    assert stages(left) == {number(4): "lama", number(3): "lama", number(2): "y", number(1): "lama"}


def test_the_next_insert_puts_lost_anchors_back(left: ServedFolio) -> None:
    """Afterwards a reread is one call again, and nothing is left to put back."""
    every = [wanted(n, "x").anchor for n in range(1, 5)]
    left.register.reread(every)
    left.restart()
    left.register.read()
    left.register.insert([new(5)], [], [], 5)
    before = len(left.calls())
    assert len(left.register.reread(every)) == 4
    assert paths(left, before) == ["/values:batchGetByDataFilter"]
    assert json.loads(left.memory["sheet"])["astray"] == {}


def test_anchors_whose_rows_are_gone_hold_up_no_insert(left: ServedFolio) -> None:
    """Between noticing the lost anchors and the next pass somebody deleted rows."""
    left.register.reread([wanted(n, "x").anchor for n in range(1, 5)])
    for _ in range(3):
        left.delete(2)
    left.register.read()
    left.register.insert([new(5)], [], [], 2)
    assert list(stages(left)) == [number(1), number(5)]


# --- refusals -----------------------------------------------------------------------------------


def test_a_row_that_google_will_not_take_stops_the_pass(sheet: ServedFolio) -> None:
    """Looking again does not mend it: the owner is told, nothing is tried for ever."""
    sheet.register.read()
    before = len(sheet.calls())
    with pytest.raises(RegisterDriftError, match=r"50000.*run `pengaduan check`"):
        sheet.register.insert([new(1, "x" * 50_001)], [], [], 1)
    assert paths(sheet, before).count(INSERT) == 2
    assert sheet.stands() == []


def test_a_closed_column_is_named_with_what_to_do(sheet: ServedFolio) -> None:
    """The owner protected the tab for himself: the message says whom to let in."""
    sheet.register.read()
    area = {"range": {"sheetId": sheet.gid("register")}, "editors": {"users": []}}
    sheet.do({"addProtectedRange": {"protectedRange": area}})
    with pytest.raises(RegisterDriftError, match=f"as {WORKER}, or let that account edit"):
        sheet.register.insert([new(1)], [], [], 1)


def test_a_file_that_is_no_longer_shared_is_a_matter_for_its_owner(sheet: ServedFolio) -> None:
    """Somebody took the worker off the list of editors."""
    sheet.register.read()
    sheet.desk.google.share(sheet.desk.id, WORKER, "reader")
    with pytest.raises(RegisterDriftError, match=f"add {WORKER} as Editor"):
        sheet.register.insert([new(1)], [], [], 1)


def test_memory_is_written_only_when_there_is_news(sheet: ServedFolio) -> None:
    """An idle pass must not touch the disk."""

    class Strict(Memory):
        """A memory that refuses to be written."""

        def remember(self, key: str, value: str) -> None:
            """Explode."""
            raise AssertionError((key, value))

    sheet.register.read()
    sheet.memory = Strict(sheet.memory)
    sheet.restart()
    assert sheet.register.read().last_used == 1


def test_the_marks_lie_below_every_anchor() -> None:
    """A mark and a row with the same metadataId would shut each other out."""
    assert max(sheets._MARKS.values()) < writes.anchor("PKT-2000-0001")

"""What nobody has measured at Google: the sandbox's guess beside the real answer.

Each question is put to the sandbox in every run, so that it works on the day it is needed, and to
Google where the environment names a spreadsheet.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final

import pytest
import requests
from google.oauth2.credentials import Credentials

from automation.errors import AmbiguousError, TransientError
from automation.sandbox.google.adapter import InProcess
from tests.contract.live import (
    TITLE,
    LiveFolio,
    Pace,
    Place,
    WrongSheetError,
    folio,
    place,
)
from tests.contract.registers import Prepared, prepare
from tests.contract.test_register import fill, line, number, numbers, told
from tests.sandbox.google.conftest import OWNER, WORKER

Json = dict[str, Any]

TAB: Final = "Uji"
GID: Final = 4711
TYPED: Final = ("0812", "1.250,50", "1,5", "1.5", "5/9/2026", "5-9", "Rp2.000", "12,5%", "13.30")
"""What people of a district office type."""

pytestmark = pytest.mark.contract


@pytest.fixture(scope="module", name="prepared")
def _prepared() -> Prepared:
    return prepare()


def _sandbox(prepared: Prepared, title: str = TITLE) -> Place:
    desk = prepared.desk()
    change = {"properties": {"title": title}, "fields": "title"}
    desk.do({"updateSpreadsheetProperties": change})
    way = InProcess(desk.google)
    return Place(desk.id, WORKER, Credentials(desk.google.token_for(OWNER)), way, Pace(0))


@pytest.fixture(name="here")
def _here(prepared: Prepared) -> Place:
    """Give a sandbox that is worked on as a real place would be."""
    return _sandbox(prepared)


# --- the rig itself ------------------------------------------------------------------------------


def test_the_real_place_is_emptied_before_each_test(here: Place, prepared: Prepared) -> None:
    """Rows of the last test would be counted in the next."""
    left = folio(prepared, here)
    fill(left, 1)
    left.register.insert([], [], [line(1)], 2)
    fresh = folio(prepared, here)
    fill(fresh, 1)
    fresh.register.insert([], [], [line(1)], 2)
    assert (numbers(fresh), told(fresh)) == ([number(1)], ["Peristiwa 1."])


def test_an_offices_register_is_never_emptied(prepared: Prepared) -> None:
    """Somebody gives the id of the real register: the suite would wipe out every complaint."""
    register = _sandbox(prepared, "Register Pengaduan")
    call = "/values/Register!A2:C2"
    register.ask(f"{call}?valueInputOption=RAW", {"values": [[number(1)]]}, "PUT")
    with pytest.raises(WrongSheetError, match="Uji pengaduan"):
        folio(prepared, register)
    assert register.ask(call)[1]["values"] == [[number(1)]]


@pytest.mark.parametrize(
    ("how", "error"), [(LiveFolio.away, TransientError), (LiveFolio.cut, AmbiguousError)]
)
def test_the_line_to_the_real_place_breaks_once(
    here: Place,
    prepared: Prepared,
    how: Callable[[LiveFolio, str], None],
    error: type[Exception],
) -> None:
    """A line that does not break, or never heals, would prove nothing."""
    sheet = folio(prepared, here)
    how(sheet, "insert")
    with pytest.raises(error):
        fill(sheet, 1)
    fill(sheet, 1)
    assert numbers(sheet) == [number(1)]


# --- the open questions --------------------------------------------------------------------------


def _put(at: Place, cells: str, values: list[list[Any]], option: str = "RAW") -> tuple[int, Json]:
    return at.ask(f"/values/{TAB}!{cells}?valueInputOption={option}", {"values": values}, "PUT")


def _seen(at: Place, cells: str, option: str) -> object:
    return at.ask(f"/values/{TAB}!{cells}?valueRenderOption={option}")[1].get("values")


def what_a_filter_that_matches_nothing_is_answered(at: Place) -> object:
    """Read, write and clear by a number that is on no row."""
    wanted = {"developerMetadataLookup": {"metadataId": 999_999_999}}
    data = [{"dataFilter": wanted, "values": [["x"]]}]
    answers = [
        at.ask("/values:batchGetByDataFilter", {"dataFilters": [wanted]}),
        at.ask("/values:batchUpdateByDataFilter", {"valueInputOption": "RAW", "data": data}),
        at.ask("/values:batchClearByDataFilter", {"dataFilters": [wanted]}),
    ]
    return [(code, {k: v for k, v in a.items() if k != "spreadsheetId"}) for code, a in answers]


def what_a_strict_rule_does_to_the_api(at: Place) -> object:
    """Store and type a word that the dropdown does not have."""
    area = {"sheetId": GID, "startRowIndex": 0, "endRowIndex": 2}
    condition = {"type": "ONE_OF_LIST", "values": [{"userEnteredValue": "Catat"}]}
    rule = {"range": area, "rule": {"condition": condition, "strict": True}}
    at.ask(":batchUpdate", {"requests": [{"setDataValidation": rule}]})
    codes = [_put(at, "A1", [["lain"]])[0], _put(at, "A2", [["lain"]], "USER_ENTERED")[0]]
    return codes, _seen(at, "A1:A2", "FORMATTED_VALUE")


def what_people_of_id_id_type(at: Place) -> object:
    """Type numbers, dates and money with comma and dot."""
    _put(at, "A1", [[text] for text in TYPED], "USER_ENTERED")
    return [_seen(at, "A1:A20", option) for option in ("UNFORMATTED_VALUE", "FORMATTED_VALUE")]


def whether_appends_by_insertion_collide(at: Place) -> object:
    """Append from two clients at the same time; all twenty rows must be there."""

    def append(n: int) -> None:
        call = f"/values/{TAB}!A1:append?valueInputOption=RAW&insertDataOption=INSERT_ROWS"
        at.ask(call, {"values": [[n]]})

    with ThreadPoolExecutor(2) as two:
        list(two.map(append, range(20)))
    found = _seen(at, "A:A", "UNFORMATTED_VALUE")
    assert isinstance(found, list)
    return sorted(row[0] for row in found if row)


def what_a_bad_token_is_told(at: Place) -> object:
    """Ask with a token that Google never gave."""
    request = requests.Request(
        "GET",
        f"https://sheets.googleapis.com/v4/spreadsheets/{at.id}",
        headers={"Authorization": "Bearer ya29.bad"},
    ).prepare()
    error = at.carry.send(request, timeout=60).json()["error"]
    return error["code"], error["status"], error["message"][:60]


def where_a_duplicate_goes(at: Place) -> object:
    """Copy a sheet twice with nothing given but the sheet; tell titles and places."""
    asked = {"requests": [{"duplicateSheet": {"sourceSheetId": GID}}] * 2}
    _, answer = at.ask(":batchUpdate", asked)
    made = [reply["duplicateSheet"]["properties"] for reply in answer["replies"]]
    gone = [{"deleteSheet": {"sheetId": one["sheetId"]}} for one in made]
    at.ask(":batchUpdate", {"requests": gone})
    return [(one["title"], one["index"]) for one in made]


QUESTIONS: Final[list[Callable[[Place], object]]] = [
    what_a_filter_that_matches_nothing_is_answered,
    what_a_strict_rule_does_to_the_api,
    what_people_of_id_id_type,
    whether_appends_by_insertion_collide,
    what_a_bad_token_is_told,
    where_a_duplicate_goes,
]


def _answered(question: Callable[[Place], object], at: Place) -> object:
    """Ask on a tab of its own, which is gone afterwards."""
    grid = {"rowCount": 100, "columnCount": 5}
    tab = {"properties": {"sheetId": GID, "title": TAB, "gridProperties": grid}}
    status, answer = at.ask(":batchUpdate", {"requests": [{"addSheet": tab}]})
    assert status == 200, answer
    try:
        return question(at)
    finally:
        at.ask(":batchUpdate", {"requests": [{"deleteSheet": {"sheetId": GID}}]})


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_question_can_be_put(here: Place, question: Callable[[Place], object]) -> None:
    """A question that fails at the sandbox would fail at Google for the same reason."""
    assert _answered(question, here)


@pytest.mark.live
@pytest.mark.parametrize("question", QUESTIONS)
def test_google_answers_as_the_sandbox_does(
    here: Place, prepared: Prepared, question: Callable[[Place], object]
) -> None:
    """Where it does not, the sandbox is wrong, and what was built on its answer with it."""
    there = place()
    folio(prepared, there)
    assert _answered(question, there) == _answered(question, here)

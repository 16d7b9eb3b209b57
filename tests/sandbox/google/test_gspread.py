"""Unmodified gspread at work on the sandbox, every exchange judged by Google's own description."""

import json
from copy import deepcopy

import gspread
import pytest
import requests
from google.auth.exceptions import RefreshError
from gspread.exceptions import APIError, SpreadsheetNotFound

from tests.sandbox.google.conftest import NOW, STAFF, STRANGER, WORKER, Desk


def test_everyday_work_goes_through(desk: Desk) -> None:
    """Write, append, sort, insert, format, freeze, merge, add and delete tabs."""
    sheet = desk.sheet()
    sheet.update([["Nomor", "Isi"], [2, "jalan"], [1, "air"]])
    sheet.append_row([3, "sampah"])
    sheet.sort((1, "asc"), range="A2:B4")
    sheet.insert_row(["judul"], 1)
    sheet.format("A1:B1", {"textFormat": {"bold": True}, "backgroundColor": {"red": 1, "green": 0}})
    sheet.freeze(rows=1)
    sheet.merge_cells("A8:B9")
    sheet.update_note("A1", "bantuan")
    sheet.set_basic_filter("A2:B5")
    other = sheet.spreadsheet.add_worksheet("Daftar Kata", 10, 5)
    assert [tab.title for tab in sheet.spreadsheet.worksheets()] == ["Sheet1", "Daftar Kata"]
    sheet.spreadsheet.del_worksheet(other)
    assert sheet.get_all_values() == [
        ["judul", ""],
        ["Nomor", "Isi"],
        ["1", "air"],
        ["2", "jalan"],
        ["3", "sampah"],
    ]
    assert sheet.get_note("A1") == "bantuan"


def test_ranges_are_echoed_as_google_does(desk: Desk) -> None:
    """Open ranges are closed at the grid; titles that are no words stand in quotes."""
    sheet = desk.sheet()
    book = sheet.spreadsheet
    book.add_worksheet("Surat Lain", 20, 5)
    echoes = {
        text: book.values_get(text)["range"]
        for text in ("A1:C", "A1:1", "Sheet1", "'Surat Lain'!B2", "D4:A1", "Sheet1!R2C3")
    }
    assert echoes == {
        "A1:C": "Sheet1!A1:C1000",
        "A1:1": "Sheet1!A1:Z1",
        "Sheet1": "Sheet1!A1:Z1000",
        "'Surat Lain'!B2": "'Surat Lain'!B2",
        "D4:A1": "Sheet1!A1:D4",
        "Sheet1!R2C3": "Sheet1!C2",
    }


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Tak!A1", "Unable to parse range: Tak!A1"),
        ("Sheet1!A5000:B5001", "exceeds grid limits. Max rows: 1000, max columns: 26"),
    ],
)
def test_bad_ranges_are_told_in_googles_words(desk: Desk, text: str, told: str) -> None:
    """An unknown tab reads as a range that cannot be parsed."""
    book = desk.sheet().spreadsheet
    with pytest.raises(APIError, match=r"\[400\]") as caught:
        book.values_get(text)
    assert told in str(caught.value)


def test_the_wrong_order_of_arguments_is_refused(desk: Desk) -> None:
    """A text in place of rows gets the 400 that names `data.values`."""
    with pytest.raises(APIError, match=r"Invalid value at 'data\.values'"):
        desk.sheet().spreadsheet.values_update("A1", {"valueInputOption": "RAW"}, {"values": "X"})


def test_who_may_not_sign_in(desk: Desk) -> None:
    """An account that the town does not know, or a known one with another's key, is refused."""
    stranger = desk.keys[STRANGER]
    for key in (stranger, stranger | {"client_email": WORKER}):
        desk.keys = {WORKER: key}
        with pytest.raises(RefreshError, match="invalid_grant"):
            desk.sheet()


def test_an_expired_token_is_renewed_without_a_word(desk: Desk) -> None:
    """A 401 makes google-auth sign in anew; the call succeeds."""
    sheet = desk.sheet()
    desk.google.expire_tokens()
    assert sheet.get_all_values() == [[]]
    assert 401 in [call.status for call in desk.google.calls]


def test_unknown_and_unshared_files_differ(desk: Desk) -> None:
    """An unknown id is 404; a file that exists but is not shared is 403, and 404 for Drive."""
    with pytest.raises(SpreadsheetNotFound):
        desk.client().open_by_key("1" * 44)
    assert desk.ask("", who=STRANGER)[0] == 403
    head = {"Authorization": f"Bearer {desk.google.token_for(STRANGER)}"}
    status, _, body = desk.google.handle("GET", f"/drive/v3/files/{desk.id}", head, b"")
    error = json.loads(body)["error"]
    assert (status, error["errors"][0]["reason"]) == (404, "notFound")
    assert error["message"] == f"File not found: {desk.id}."


def test_a_reader_reads_and_does_not_write(desk: Desk) -> None:
    """The role `reader` gets 403 for writing."""
    desk.google.share(desk.id, STAFF, "reader")
    assert desk.ask("/values/A1", who=STAFF)[0] == 200
    call = "/values/A1?valueInputOption=RAW"
    assert desk.ask(call, {"values": [["x"]]}, STAFF, "PUT")[0] == 403


def test_service_accounts_own_no_files(desk: Desk) -> None:
    """In strict mode creation is refused for want of storage; else it works."""
    with pytest.raises(APIError, match="storage quota"):
        desk.client().create("Baru")
    desk.google.strict = False
    made = desk.client().create("Baru")
    made.share(STAFF, "user", "writer")
    assert made.sheet1.title == "Sheet1"
    assert {p["role"] for p in made.list_permissions()} == {"owner", "writer"}
    desk.client().del_spreadsheet(made.id)
    with pytest.raises(SpreadsheetNotFound):
        desk.client().open_by_key(made.id)


def test_files_are_found_by_name(desk: Desk) -> None:
    """Only what is shared is listed; `open` finds it by its title."""
    assert desk.client().open("Register Pengaduan").id == desk.id
    with pytest.raises(gspread.SpreadsheetNotFound):
        desk.client().open("Register Lain")


def test_drive_stays_behind_edits_of_cells(desk: Desk) -> None:
    """`modifiedTime` is no sign of change: it moves long after the edit."""
    sheet = desk.sheet()
    before = sheet.spreadsheet.get_lastUpdateTime()
    desk.clock.now += 5
    sheet.update([["x"]])
    assert sheet.spreadsheet.get_lastUpdateTime() == before
    desk.clock.now = NOW + 60
    assert sheet.spreadsheet.get_lastUpdateTime() > before


def test_drive_knows_of_a_title_at_once_and_never_goes_back(desk: Desk) -> None:
    """A new title moves `modifiedTime`; a later edit of cells does not take it back."""
    sheet = desk.sheet()
    times = [sheet.spreadsheet.get_lastUpdateTime()]
    for seconds in (1, 1, 40, 1):
        desk.clock.now += seconds
        if len(times) == 1:
            sheet.spreadsheet.update_title("Register 2026")
        else:
            sheet.update([[f"{desk.clock.now}"]])
        times.append(sheet.spreadsheet.get_lastUpdateTime())
    assert times[1] > times[0]
    assert times == sorted(times)


def test_a_copy_is_a_file_of_its_own(desk: Desk) -> None:
    """Cells and anchors come along with their ids; people, and what happens later, do not."""
    desk.put("A1", [["a"]])
    desk.do(desk.mark(5, 0))
    with pytest.raises(APIError, match="storage quota"):
        desk.client().copy(desk.id)
    desk.google.strict = False
    twin = desk.client().copy(desk.id)
    desk.put("A1", [["b"]])
    assert (twin.title, twin.sheet1.acell("A1").value) == ("Copy of Register Pengaduan", "a")
    assert [person["role"] for person in twin.list_permissions()] == ["owner"]
    desk.id = twin.id
    assert desk.marked(5) == 0


def test_who_is_unshared_is_outside(desk: Desk) -> None:
    """Taking the permission away ends writing and reading."""
    book = desk.client().open_by_key(desk.id)
    book.share("baru@kec-pekutatan.example", "user", "writer")
    assert desk.ask("", who="baru@kec-pekutatan.example")[0] == 200
    assert book.remove_permissions("baru@kec-pekutatan.example")
    assert desk.ask("", who="baru@kec-pekutatan.example")[0] == 403


def test_the_lookup_of_google_auth_stays_in_town(desk: Desk) -> None:
    """The background question about allowed locations gets a plain 404."""
    session = requests.Session()
    client = desk.client()
    session.mount("https://", client.http_client.session.get_adapter("https://x"))
    answer = deepcopy(session).get(
        "https://iamcredentials.googleapis.com/v1/projects/-/allowedLocations"
    )
    assert answer.status_code == 404

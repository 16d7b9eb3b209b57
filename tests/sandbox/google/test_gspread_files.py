"""Every public method of gspread's Client and Spreadsheet, over real sockets."""

from datetime import UTC, datetime
from typing import Any

import pytest
import requests
from gspread import Client
from gspread import Spreadsheet as Book
from gspread.exceptions import APIError, SpreadsheetNotFound

from automation.sandbox.people import OWNER, ROLES
from tests.sandbox.google.claims import Claims
from tests.sandbox.google.conftest import client_of
from tests.sandbox.towns import Town

CLIENT = Claims(Client, {"export", "import_csv"})
BOOK = Claims(Book, {"export"})
"""Excepted: nothing here makes PDFs, and CSV goes to Drive's upload address."""

CAMAT = ROLES["camat"]

# --- the client ----------------------------------------------------------------------------------


@CLIENT.of("create open open_by_key open_by_url openall del_spreadsheet")
def test_files_are_made_opened_and_deleted(client: Client) -> None:
    """By id, address or title it is the same file; afterwards there is none."""
    book = client.create("Sekali pakai")
    assert client.open_by_key(book.id).id == book.id
    assert client.open_by_url(book.url).id == book.id
    assert client.open("Sekali pakai").id == book.id
    assert [found.id for found in client.openall("Sekali pakai")] == [book.id]
    client.del_spreadsheet(book.id)
    with pytest.raises(SpreadsheetNotFound):
        client.open_by_key(book.id)


@CLIENT.of("list_spreadsheet_files get_file_drive_metadata")
def test_files_are_listed_with_their_times(client: Client, book: Book) -> None:
    """Drive tells when a file was made; no folder holds it."""
    listed = client.list_spreadsheet_files("Coba")
    assert [file["id"] for file in listed] == [book.id]
    assert client.list_spreadsheet_files("Coba", folder_id="1map") == []
    told = client.get_file_drive_metadata(book.id)
    assert (told["name"], told["createdTime"]) == ("Coba", listed[0]["createdTime"])


@CLIENT.of("insert_permission list_permissions remove_permission")
def test_files_are_shared_and_taken_back(client: Client, book: Book) -> None:
    """Who may write is listed with their address."""
    client.insert_permission(book.id, CAMAT, "user", "writer", notify=False)
    people = {p["emailAddress"]: p for p in client.list_permissions(book.id)}
    assert {who: p["role"] for who, p in people.items()} == {OWNER: "owner", CAMAT: "writer"}
    client.remove_permission(book.id, str(people[CAMAT]["id"]))
    assert len(client.list_permissions(book.id)) == 1


@CLIENT.of("copy")
def test_a_file_is_copied(client: Client, book: Book) -> None:
    """The copy has the cells; who may see it is not copied unless one asks."""
    book.sheet1.update([["a"]])
    book.share(CAMAT, "user", "writer")
    twin = client.copy(book.id)
    try:
        assert (twin.title, twin.sheet1.acell("A1").value) == ("Copy of Coba", "a")
        assert [p["role"] for p in twin.list_permissions()] == ["owner"]
    finally:
        client.del_spreadsheet(twin.id)


@CLIENT.of("expiry set_timeout")
def test_a_client_knows_its_token_and_its_patience(client: Client, book: Book, town: Town) -> None:
    """A token lasts an hour; an answer that is too slow is given up."""
    assert client.expiry is not None
    left = client.expiry.replace(tzinfo=UTC) - datetime.now(UTC)  # noqa: TID251 - as google-auth
    assert 3000 < left.total_seconds() < 3600
    town.control("faults", {"kind": "slow", "match": book.id, "seconds": 5})
    client.set_timeout(0.2)
    with pytest.raises(requests.exceptions.Timeout):
        client.open_by_key(book.id)
    client.set_timeout(20)


def test_no_method_of_a_client_is_left_out() -> None:
    """A method that nobody tries could fail against the sandbox, and work against Google."""
    assert (CLIENT.missing(), CLIENT.stale()) == (set(), set())


# --- the spreadsheet -----------------------------------------------------------------------------


@BOOK.of("id title url locale timezone creationTime lastUpdateTime")
def test_a_fresh_file_knows_itself(book: Book) -> None:
    """The locale and the zone of a new file; an id of 44 characters."""
    assert (len(book.id), book.title) == (44, "Coba")
    assert book.url == f"https://docs.google.com/spreadsheets/d/{book.id}"
    assert (book.locale, book.timezone) == ("en_US", "Etc/GMT")
    with pytest.warns(DeprecationWarning, match="get_lastUpdateTime"):
        assert book.creationTime <= book.lastUpdateTime


@BOOK.of("update_title update_locale update_timezone update_drive_metadata get_lastUpdateTime")
def test_what_a_file_says_of_itself_is_changed(client: Client, book: Book) -> None:
    """All three are there for the next one who opens it."""
    before = book.get_lastUpdateTime()
    book.update_title("Lain")
    book.update_locale("id_ID")
    book.update_timezone("Asia/Makassar")
    book.update_drive_metadata()
    fresh = client.open_by_key(book.id)
    assert (fresh.title, fresh.locale, fresh.timezone) == ("Lain", "id_ID", "Asia/Makassar")
    assert book.get_lastUpdateTime() > before


@BOOK.of(
    "add_worksheet worksheet worksheets get_worksheet get_worksheet_by_id sheet1",
    "reorder_worksheets del_worksheet del_worksheet_by_id duplicate_sheet",
    "fetch_sheet_metadata",
)
def test_sheets_come_go_and_change_places(book: Book) -> None:
    """The reply to a new sheet has its whole size; the order is the one that was asked for."""
    made = book.add_worksheet("A: b/c?", 5, 4, index=0)
    assert (made.row_count, made.col_count, made.index) == (5, 4, 0)
    twin = book.duplicate_sheet(made.id, insert_sheet_index=2, new_sheet_name="Kembar")
    first, old = book.sheet1, book.worksheet("Sheet1")
    assert first.id == book.get_worksheet(0).id == made.id
    book.reorder_worksheets([twin, old, first])
    assert [s.id for s in book.worksheets()] == [twin.id, old.id, first.id]
    assert book.get_worksheet_by_id(twin.id).title == "Kembar"
    book.del_worksheet(twin)
    book.del_worksheet_by_id(first.id)
    assert [s["properties"]["title"] for s in book.fetch_sheet_metadata()["sheets"]] == ["Sheet1"]


@BOOK.of(
    "values_update values_get values_append values_clear values_batch_get",
    "values_batch_update values_batch_clear batch_update",
)
def test_values_go_through_the_plain_calls(book: Book) -> None:
    """The calls beneath a worksheet, with Google's own names for everything."""
    raw: dict[str, Any] = {"valueInputOption": "RAW"}
    told = book.values_update("A1", raw, {"values": [["a", ""]]})
    assert (told["updatedRange"], told["updatedCells"]) == ("Sheet1!A1:B1", 2)
    book.values_append("A1", raw, {"values": [["b"]]})
    book.values_batch_update({**raw, "data": [{"range": "C1", "values": [["c"]]}]})
    got = book.values_batch_get(["A:A", "C1"], {"majorDimension": "COLUMNS"})["valueRanges"]
    assert [entry["values"] for entry in got] == [[["a", "b"]], [["c"]]]
    assert book.values_clear("A2")["clearedRange"] == "Sheet1!A2"
    book.values_batch_clear(body={"ranges": ["C1"]})
    grow = {"appendDimension": {"dimension": "ROWS", "length": 1}}
    assert book.batch_update({"requests": [grow]})["replies"] == [{}]
    assert book.values_get("Sheet1") == {
        "range": "Sheet1!A1:Z1001",
        "majorDimension": "ROWS",
        "values": [["a"]],
    }


@BOOK.of("named_range list_named_ranges list_protected_ranges")
def test_names_and_protections_are_listed(book: Book) -> None:
    """A name is read through the sheet on which its range lies."""
    tab = book.sheet1
    tab.update([["a", "b"]], "B2")
    tab.define_named_range("B2:C2", "Kepala")
    assert [cell.value for cell in book.named_range("Kepala")] == ["a", "b"]
    assert [named["name"] for named in book.list_named_ranges()] == ["Kepala"]
    tab.add_protected_range("B2")
    assert len(book.list_protected_ranges(0)) == 1
    other = book.add_worksheet("Lain", 5, 5)
    with pytest.raises(APIError, match="Unable to parse range"):
        other.range("Kepala")


@BOOK.of("share list_permissions remove_permissions")
def test_a_file_is_shared_by_its_own_methods(book: Book) -> None:
    """Removing says which permissions are gone."""
    book.share(CAMAT, "user", "reader")
    gone = [p["id"] for p in book.list_permissions() if p["role"] == "reader"]
    assert book.remove_permissions(CAMAT, "writer") == []
    assert book.remove_permissions(CAMAT) == gone


@BOOK.of("transfer_ownership accept_ownership")
def test_a_file_changes_hands_in_two_steps(client: Client, town: Town) -> None:
    """The owner names an heir, and nobody but the heir accepts."""
    book = client.create("Warisan")
    book.share(CAMAT, "user", "writer")
    number = next(str(p["id"]) for p in book.list_permissions() if p["role"] == "writer")
    theirs = client_of(town, "camat").open_by_key(book.id)
    with pytest.raises(APIError, match="Consent is required"):
        theirs.accept_ownership(number)
    with pytest.raises(APIError, match="sufficient permissions"):
        theirs.transfer_ownership(number)
    book.transfer_ownership(number)
    theirs.accept_ownership(number)
    roles = {p["emailAddress"]: p["role"] for p in theirs.list_permissions()}
    assert roles == {CAMAT: "owner", OWNER: "writer"}
    client_of(town, "camat").del_spreadsheet(book.id)


def test_no_method_of_a_spreadsheet_is_left_out() -> None:
    """A method that nobody tries could fail against the sandbox, and work against Google."""
    assert (BOOK.missing(), BOOK.stale()) == (set(), set())

"""`pengaduan init` against Google's side in memory: what it makes, leaves and mends."""

from collections.abc import Callable, Mapping
from typing import Final

import pytest

from automation.errors import RegisterDriftError, SettingsError
from automation.model import Role
from automation.register import layout, setup, sheets_setup, tabs, views
from automation.register import office as offices
from automation.register.schema import Schema
from automation.register.setup import all_tabs
from tests.register.benches import ACCOUNTS, NEWCOMER, Bench, Json
from tests.sandbox.google.conftest import OWNER, STAFF, WORKER

TURN: Final = "Giliran saya \u2013 "
CLOSED: Final = "You are trying to edit a protected cell or object."


# --- what is made -------------------------------------------------------------------------------


def test_a_blank_spreadsheet_becomes_the_register(made: Bench) -> None:
    """A tab or a header that `init` forgets stops the worker at its first pass."""
    _, answer = made.desk.ask("?fields=properties,sheets.properties.title")
    titles = [sheet["properties"]["title"] for sheet in answer["sheets"]]

    assert titles == [tab.title for tab in all_tabs(made.schema)]
    assert made.desk.get("Register!1:1") == [[c.title for c in made.schema.columns]]
    assert answer["properties"]["locale"] == "id_ID"
    assert answer["properties"]["timeZone"] == "Asia/Makassar"


def test_what_was_made_is_told_tab_by_tab(bench: Bench) -> None:
    """The operator must see what the command did to the office's file."""
    told = bench.init()

    assert told[1:3] == ["tab Register: made of the blank tab Sheet1", "tab Petunjuk: made"]
    assert len(told) == 1 + len(all_tabs(bench.schema))


def test_a_plan_tells_what_init_would_tell_and_changes_nothing(bench: Bench) -> None:
    """Who asks first must get the whole answer, and a spreadsheet as it was."""
    planned = bench.plan()

    assert set(bench.sent) == {"GET"}
    assert planned == bench.init()
    assert bench.plan() == [sheets_setup.NOTHING]


def test_the_worker_reads_what_init_made(made: Bench) -> None:
    """`init` and the worker's reader must agree on columns, tabs and first lines."""
    snapshot = made.register().read()
    office, problems = offices.read_office(snapshot.tabs, made.office, made.schema)

    assert (snapshot.rows, snapshot.last_used) == ((), 1)
    assert (office, problems) == (made.office, ())


def test_the_header_says_who_fills_the_column(made: Bench) -> None:
    """Staff know their columns by colour and note; without them everybody types everywhere."""
    cell = made.cell("Keputusan Camat", 0)

    assert cell["note"] == "Diisi Camat.\nBila Dikembalikan, isi Catatan Camat."
    assert cell["userEnteredFormat"]["textFormat"]["bold"] is True
    colour = cell["userEnteredFormat"]["backgroundColorStyle"]["rgbColor"]
    assert [round(255 * colour[c]) for c in ("red", "green", "blue")] == [0xFC, 0xE0, 0xC0]


def test_a_header_has_the_looks_of_a_header_alone(made: Bench) -> None:
    """A dropdown on the title itself would flag every header as a wrong choice."""
    assert "dataValidation" not in made.cell("Kanal", 0)
    assert "backgroundColorStyle" not in made.cell("Kanal", 1)["userEnteredFormat"]


def test_columns_are_as_wide_as_what_they_hold(made: Bench) -> None:
    """In the 100 pixels that Google gives, no draft can be written."""
    sizes = [column["pixelSize"] for column in made.sheet()["data"][0]["columnMetadata"]]

    assert sizes == [column.width for column in made.schema.columns]


def test_each_role_fills_its_own_columns_and_no_others(made: Bench) -> None:
    """A Kasi who could write "Disetujui" would send an answer that no Camat approved."""
    accounts = {Role.KASI: ACCOUNTS["kasi_kesos"]} | {
        role: ACCOUNTS[role] for role in (Role.PETUGAS, Role.SEKCAM, Role.CAMAT)
    }
    for role, account in accounts.items():
        for at, column in enumerate(made.schema.columns):
            expected = 200 if role in {column.owner, *column.beside} else 400
            assert made.write(account, at, "x") == expected, (role, column.name)


def test_the_header_row_is_the_workers_alone(made: Bench) -> None:
    """A Petugas who could rename a column would stop the register."""
    status, answer = made.desk.ask(
        "/values/Register!K1?valueInputOption=RAW", {"values": [["Telepon"]]}, STAFF, "PUT"
    )

    assert status == 400
    assert CLOSED in answer["error"]["message"]


def test_a_role_without_account_leaves_its_columns_to_the_owner(bench: Bench) -> None:
    """Before it is known who the Camat is, nobody else may decide in the Camat's place."""
    bench.init({"petugas": STAFF})
    at = bench.column("Keputusan Camat")

    assert [bench.write(who, at, "Disetujui") for who in (STAFF, OWNER, WORKER)] == [400, 200, 200]


def test_the_sekcams_dropdown_offers_the_kasi_by_title(made: Bench) -> None:
    """A word that is missing in the list is a step that cannot be chosen."""
    rule = made.cell("Disposisi Sekcam", 1)["dataValidation"]
    words = [value["userEnteredValue"] for value in rule["condition"]["values"]]

    assert [o.title for o in made.office.officials if o.role is Role.KASI] == words[:5]
    assert words[5:] == ["Kembali ke Petugas"]
    assert rule["showCustomUi"] is True
    assert rule.get("strict", False) is False  # "acc" is read, so it may be typed


@pytest.mark.parametrize("typed", ["081246355937", "+6281246355937"])
def test_a_telephone_number_keeps_what_it_begins_with(made: Bench, typed: str) -> None:
    """0812 without its zero is nobody's number: the answer could not be conveyed."""
    made.write(STAFF, made.column("Kontak"), typed)

    assert made.desk.get("Register!K2") == [[typed]]


def test_moments_are_shown_as_the_office_writes_them(made: Bench) -> None:
    """A deadline shown as 46350.34 helps nobody."""
    made.desk.put("Register!B2:E2", [[46350, "08.12", "", 46350.40764]])

    shown = made.desk.get("Register!B2:E2", "FORMATTED_VALUE")
    assert shown == [["24/11/2026", "08.12", "", "24/11/2026 09.47"]]


def test_stages_and_minutes_below_zero_are_coloured(made: Bench) -> None:
    """A late case must be seen from across the room."""
    rules = made.sheet()["conditionalFormats"]
    found = {
        (
            rule["ranges"][0]["startColumnIndex"],
            rule["booleanRule"]["condition"]["values"][0]["userEnteredValue"],
        )
        for rule in rules
    }

    stages = {
        (made.column("Tahap"), made.schema.words["stage"][s]) for s in made.schema.colours.stage
    }
    at = made.column("Sisa Menit")
    assert found == {*stages, (at, "0"), (at, "=AND(ISNUMBER($F2);$F2>=0;$F2<=20)")}


def test_header_and_number_stay_in_sight(made: Bench) -> None:
    """Thirty-five columns wide, a row without its number and header is unreadable."""
    size = made.sheet()["properties"]["gridProperties"]

    assert (size["frozenRowCount"], size["frozenColumnCount"]) == (1, 1)


def test_a_tab_with_content_is_left_alone(bench: Bench) -> None:
    """A person's notes, even far below, must not become the register."""
    bench.desk.put("Sheet1!C40", [["catatan rapat"]])
    bench.init()

    assert bench.desk.get("Sheet1!C40") == [["catatan rapat"]]
    assert bench.desk.get("Register!A1") == [["No. Register"]]


def test_tabs_that_somebody_made_by_hand_are_used(bench: Bench) -> None:
    """An operator who began by hand, with too small a grid, must not be stopped by that."""
    small = {"rowCount": 1, "columnCount": 2}
    notes = {"title": "Catatan", "gridProperties": small}
    log = {"title": "Riwayat", "gridProperties": {**small, "rowCount": 9}}
    bench.desk.do({"addSheet": {"properties": notes}}, {"addSheet": {"properties": log}}, who=OWNER)
    bench.init()

    assert bench.desk.get("Riwayat!1:1")[0] == ["Waktu", "No. Register", "Pelaku", "Peristiwa"]
    assert bench.init() == [sheets_setup.NOTHING]


def test_a_foreign_register_is_not_written_into(bench: Bench) -> None:
    """The office's old register by the same name must not get our columns between its own."""
    bench.desk.do(_retitle(0, "Register"))
    bench.desk.put("Register!A1:B1", [["No", "Nama"]])

    with pytest.raises(RegisterDriftError, match="rename that tab"):
        bench.init()
    assert bench.desk.get("Register!1:1") == [["No", "Nama"]]


def test_an_unshared_spreadsheet_is_told_with_what_to_click(bench: Bench) -> None:
    """The commonest mistake of the first day must name the account to share with."""
    bench.desk.id = bench.desk.google.create_spreadsheet(OWNER, "Lain")

    with pytest.raises(RegisterDriftError, match=f"click Share, and add {WORKER}"):
        bench.init()


# --- what is left -------------------------------------------------------------------------------


def test_a_second_init_sends_nothing(made: Bench) -> None:
    """Dropdown colours given by hand are wiped by any rule that is sent again."""
    told = made.init()

    assert told == [sheets_setup.NOTHING]
    assert made.sent == ["GET", "GET", "GET"]


def test_what_people_set_by_hand_stays(made: Bench) -> None:
    """The office's own villages, widths and colours are its own business."""
    at = made.column("Desa")
    own = {"condition": {"type": "ONE_OF_LIST", "values": [{"userEnteredValue": "Medewi"}]}}
    made.desk.do({"setDataValidation": {"range": _below(at), "rule": own}}, who=OWNER)
    narrow = {"range": _span("COLUMNS", at), "properties": {"pixelSize": 40}, "fields": "pixelSize"}
    look = {"backgroundColorStyle": {"rgbColor": {"red": 1}}}
    head = {"sheetId": 0, "endRowIndex": 1, "startColumnIndex": at, "endColumnIndex": at + 1}
    red = {"range": head, "cell": {"userEnteredFormat": look}, "fields": "userEnteredFormat"}
    rule = made.sheet()["conditionalFormats"][0]
    rule["booleanRule"]["format"] = look
    made.desk.do(
        {"updateDimensionProperties": narrow},
        {"repeatCell": red},
        {"updateConditionalFormatRule": {"sheetId": 0, "index": 0, "rule": rule}},
        {"repeatCell": _pattern(made.column("Tanggal"), "DATE", "d mmm yy")},
        who=OWNER,
    )

    assert made.init() == [sheets_setup.NOTHING]


def test_moved_columns_are_in_place_wherever_they_are(made: Bench) -> None:
    """Staff arrange their sheet; only what is missing is made."""
    made.desk.do(
        {"moveDimension": {"source": _span("COLUMNS", 23), "destinationIndex": 8}}, who=OWNER
    )

    assert made.init() == [sheets_setup.NOTHING]
    assert made.write(ACCOUNTS["kasi_pmd"], made.column("Draf Tanggapan"), "Yth.") == 200


# --- what is mended -----------------------------------------------------------------------------


def _span(dimension: str, at: int) -> Json:
    return {"sheetId": 0, "dimension": dimension, "startIndex": at, "endIndex": at + 1}


def _below(at: int) -> Json:
    return {"startRowIndex": 1, "startColumnIndex": at, "endColumnIndex": at + 1, "sheetId": 0}


def _retitle(gid: int, title: str) -> Json:
    properties = {"sheetId": gid, "title": title}
    return {"updateSheetProperties": {"properties": properties, "fields": "title"}}


def _protection(bench: Bench, name: str) -> Json:
    found = bench.sheet()["protectedRanges"]
    return next(p for p in found if p["description"] == f"pengaduan:{name}")


def _header_renamed(bench: Bench) -> Json:
    start = {"sheetId": 0, "rowIndex": 0, "columnIndex": bench.column("Draf Tanggapan")}
    cells = [{"values": [{"userEnteredValue": {"stringValue": "Jawaban"}}]}]
    return {"updateCells": {"start": start, "rows": cells, "fields": "userEnteredValue"}}


def _protection_deleted(bench: Bench) -> Json:
    number = _protection(bench, "keputusan_camat")["protectedRangeId"]
    return {"deleteProtectedRange": {"protectedRangeId": number}}


def _protection_weakened(bench: Bench) -> Json:
    number = _protection(bench, "keputusan_camat")["protectedRangeId"]
    change = {"protectedRangeId": number, "warningOnly": True}
    return {"updateProtectedRange": {"protectedRange": change, "fields": "warningOnly,editors"}}


def _protection_widened(bench: Bench) -> Json:
    found = _protection(bench, "keputusan_camat")
    users = [*found["editors"]["users"], STAFF]
    change = {"protectedRangeId": found["protectedRangeId"], "editors": {"users": users}}
    return {"updateProtectedRange": {"protectedRange": change, "fields": "editors"}}


def _protection_narrowed(bench: Bench) -> Json:
    number = _protection(bench, "keputusan_camat")["protectedRangeId"]
    change = {"protectedRangeId": number, "editors": {"users": [WORKER]}}
    return {"updateProtectedRange": {"protectedRange": change, "fields": "editors"}}


def _protection_shrunk(bench: Bench) -> Json:
    found = _protection(bench, "keputusan_camat")
    change = {
        "protectedRangeId": found["protectedRangeId"],
        "range": {**found["range"], "startRowIndex": 0, "endRowIndex": 50},
    }
    return {"updateProtectedRange": {"protectedRange": change, "fields": "range"}}


def _header_opened(bench: Bench) -> Json:
    number = _protection(bench, "baris-judul")["protectedRangeId"]
    return {"deleteProtectedRange": {"protectedRangeId": number}}


def _tab_deleted(bench: Bench) -> Json:
    return {"deleteSheet": {"sheetId": bench.gid("Riwayat")}}


def _tab_renamed(bench: Bench) -> Json:
    return _retitle(bench.gid("Riwayat"), "Log 2026")


def _column_deleted(bench: Bench) -> Json:
    return {"deleteDimension": {"range": _span("COLUMNS", bench.column("Nama Pelapor"))}}


def _header_row_deleted(bench: Bench) -> Json:
    bench.desk.put("Register!A2:B2", [["PKT-2026-0001", 46350]])
    return {"deleteDimension": {"range": _span("ROWS", 0)}}


def _dropdown_cleared(bench: Bench) -> Json:
    return {"setDataValidation": {"range": _below(bench.column("Kanal"))}}


def _view_deleted(_: Bench) -> Json:
    return {"deleteFilterView": {"filterId": views.view_id(f"{TURN}Camat")}}


def _mark_deleted(_: Bench) -> Json:
    number = layout.mark_id("register", "perihal")
    found = {"developerMetadataLookup": {"metadataId": number}}
    return {"deleteDeveloperMetadata": {"dataFilter": found}}


def _thawed(_: Bench) -> Json:
    properties = {"sheetId": 0, "gridProperties": {"frozenRowCount": 0}}
    fields = "gridProperties.frozenRowCount"
    return {"updateSheetProperties": {"properties": properties, "fields": fields}}


def _unpinned(_: Bench) -> Json:
    properties = {"sheetId": 0, "gridProperties": {"frozenColumnCount": 0}}
    fields = "gridProperties.frozenColumnCount"
    return {"updateSheetProperties": {"properties": properties, "fields": fields}}


def _colour_deleted(_: Bench) -> Json:
    return {"deleteConditionalFormatRule": {"sheetId": 0, "index": 3}}


def _pattern(at: int, kind: str, pattern: str) -> Json:
    look = {"userEnteredFormat": {"numberFormat": {"type": kind, "pattern": pattern}}}
    return {"range": _below(at), "cell": look, "fields": "userEnteredFormat.numberFormat"}


def _phones_as_numbers(bench: Bench) -> Json:
    return {"repeatCell": _pattern(bench.column("Kontak"), "NUMBER", "#,##0")}


def _locale_changed(_: Bench) -> Json:
    return {"updateSpreadsheetProperties": {"properties": {"locale": "en_US"}, "fields": "locale"}}


_CAMAT: Final = "tab Register: column Keputusan Camat"
DAMAGE: Final[Mapping[Callable[[Bench], Json], str]] = {
    _header_renamed: "tab Register: column Draf Tanggapan called so again",
    _protection_deleted: f"{_CAMAT} protected again (protection missing)",
    _protection_weakened: f"{_CAMAT} protected again (only a warning)",
    _protection_widened: f"{_CAMAT} protected again (open to p***@kec-pekutatan.example)",
    _protection_narrowed: f"{_CAMAT} protected again (closed to c***@kec-pekutatan.example)",
    _protection_shrunk: f"{_CAMAT} protected again (range changed)",
    _header_opened: "tab Register: header row protected again (protection missing)",
    _tab_deleted: "tab Riwayat: made",
    _tab_renamed: "tab Log 2026: called Riwayat again",
    _column_deleted: "tab Register: column Nama Pelapor made",
    _dropdown_cleared: "tab Register: dropdown of Kanal made again",
    _mark_deleted: "tab Register: column Perihal marked again",
    _view_deleted: f"tab Register: view {TURN}Camat made",
    _thawed: "tab Register: header row frozen again",
    _unpinned: "tab Register: first column frozen again",
    _colour_deleted: "tab Register: colours of stages and minutes made again",
    _phones_as_numbers: "tab Register: cells of Kontak formatted again",
    _locale_changed: "spreadsheet: locale id_ID and time zone Asia/Makassar set",
}


@pytest.mark.parametrize("damage", DAMAGE, ids=lambda damage: damage.__name__.strip("_"))
def test_damage_is_mended_and_nothing_else(damage: Callable[[Bench], Json], made: Bench) -> None:
    """A repair must say what it did, leave the rest alone, and be whole at the first try."""
    before = made.sheet()
    made.desk.do(damage(made), who=OWNER)

    assert made.init() == [DAMAGE[damage]]
    assert made.init() == [sheets_setup.NOTHING]
    assert _seen(made.sheet()) == _seen(before)


def _seen(sheet: Json) -> list[Json]:
    """Give what must be as before: cells, and what protections say, whatever their number."""
    protections = [
        {**p, "protectedRangeId": 0, "editors": sorted(p["editors"]["users"])}
        for p in sheet["protectedRanges"]
    ]
    cells = [cell for row in sheet["data"][0]["rowData"] for cell in row["values"]]
    return [*sorted(protections, key=lambda p: str(p["description"])), *cells]


def test_a_lost_header_row_overwrites_no_complaint(made: Bench) -> None:
    """With row 1 deleted, the first complaint stands where the header belongs."""
    made.desk.do(_header_row_deleted(made), who=OWNER)
    told = made.init()

    assert told == [
        "tab Register: header row made again",
        "tab Register: header row frozen again",
        "tab Register: header row protected again (protection missing)",
    ]
    assert made.desk.get("Register!A1:A2") == [["No. Register"], ["PKT-2026-0001"]]
    assert made.init() == [sheets_setup.NOTHING]


def test_a_register_of_an_older_version_gets_the_pen_and_the_block_list(made: Bench) -> None:
    """Its lines stay; whoever runs `init` after an update reads what has become possible."""
    for title in ("Karantina", "Surat Lain"):
        made.desk.put(f"'{title}'!A2:F2", [["46350.5", "a@b", "Promo", "isi", "sebab", "0" * 12]])
        columns = {**_span("COLUMNS", 6), "sheetId": made.gid(title), "endIndex": 9}
        made.desk.do({"deleteDimension": {"range": columns}}, who=OWNER)
    made.desk.do({"deleteSheet": {"sheetId": made.gid("Daftar Blokir")}}, who=OWNER)
    titles = ("Tindakan", "Ke No. Register", "Pesan Sistem")
    told = [f"tab {tab}: column {t} made" for tab in ("Karantina", "Surat Lain") for t in titles]

    assert made.init() == [*told, "tab Daftar Blokir: made"]
    assert made.desk.get("Karantina!F1:I2") == [["Kode Surat", *titles], ["0" * 12]]
    rule = made.cell_of("Karantina", 6)["dataValidation"]["condition"]
    words = [value["userEnteredValue"] for value in rule["values"]]
    assert words == ["Jadikan pengaduan", "Gabungkan ke nomor", "Biarkan"]
    assert made.init() == [sheets_setup.NOTHING]


@pytest.mark.parametrize(("at", "status"), [(5, 400), (6, 200), (7, 200), (8, 400)])
def test_only_the_choice_and_its_number_are_the_petugass(made: Bench, at: int, status: int) -> None:
    """The code names the mail, the answer is the worker's word."""
    area = f"Karantina!R2C{at + 1}"
    call = f"/values/{area}?valueInputOption=USER_ENTERED"
    assert status == made.desk.ask(call, {"values": [["x"]]}, STAFF, "PUT")[0]
    assert 400 == made.desk.ask(call, {"values": [["x"]]}, ACCOUNTS["camat"], "PUT")[0]


def test_a_row_pasted_over_the_header_stays(made: Bench) -> None:
    """Whoever pastes a complaint over row 1 loses the header, not the complaint."""
    line = ["PKT-2026-0001", *("x" for _ in made.schema.columns[1:])]
    made.desk.put("Register!A1", [line])
    made.init()

    assert made.desk.get("Register!A2") == [["PKT-2026-0001"]]
    assert _protection(made, "baris-judul")["range"]["endRowIndex"] == 1
    assert made.init() == [sheets_setup.NOTHING]


def test_a_renamed_tab_is_found_by_its_columns(made: Bench) -> None:
    """A second, empty register beside a renamed one would swallow every new complaint."""
    made.desk.do(_retitle(0, "Register 2026"), who=OWNER)

    assert made.init() == ["tab Register 2026: called Register again"]


def test_a_new_kasi_enters_the_dropdown(made: Bench) -> None:
    """A Kasi named in the tab Peran must be one that the Sekcam can choose."""
    made.desk.put("Peran!A10:C10", [["Kasi", "kasi_wisata", "Kasi Pariwisata"]])

    assert made.init() == [
        "tab Register: dropdown of Disposisi Sekcam made again",
        f"tab Register: view {TURN}Kasi Pariwisata made",
    ]
    rule = made.cell("Disposisi Sekcam", 1)["dataValidation"]
    assert {"userEnteredValue": "Kasi Pariwisata"} in rule["condition"]["values"]


def test_who_leaves_the_office_leaves_the_columns(made: Bench) -> None:
    """The former Petugas must not go on writing, and the new one must be able to."""
    made.desk.put("Peran!F2", [[NEWCOMER]])
    made.init()
    at = made.column("Status Petugas")

    writers = (STAFF, NEWCOMER, OWNER, WORKER)
    assert [made.write(who, at, "Catat") for who in writers] == [400, 200, 200, 200]


def test_the_tab_of_people_wins_over_the_settings(made: Bench) -> None:
    """An old settings.env must not let back in whom the office has taken out."""
    made.desk.put("Peran!F2", [[NEWCOMER]])
    made.init()

    assert made.init(ACCOUNTS) == [sheets_setup.NOTHING]


def test_a_damaged_tab_of_people_shuts_nobody_out(made: Bench) -> None:
    """When the header of the accounts is lost, the accounts are not."""
    made.desk.put("Peran!F1", [["Akun"]])

    told = made.init({"petugas": NEWCOMER})

    assert told == ["tab Peran: column Akun pengedit called so again"]


def test_a_lost_header_of_people_loses_nobody(made: Bench) -> None:
    """With row 1 deleted, the first official stands there, and is one all the same."""
    row = {**_span("ROWS", 0), "sheetId": made.gid("Peran")}
    made.desk.do({"deleteDimension": {"range": row}}, who=OWNER)
    told = made.init({})

    assert all(line.startswith("tab Peran: header row") for line in told)
    assert made.write(STAFF, made.column("Kanal"), "Telepon") == 200


def test_without_any_account_the_rights_stay_as_they_are(made: Bench) -> None:
    """A cleared list is more likely a slip than the wish to stop the whole office."""
    made.desk.put("Peran!F2:F9", [[""]] * 8)

    assert made.init({}) == [sheets_setup.NOTHING]


def test_nothing_is_open_beside_its_owner_but_what_stands_on_paper(schema: Schema) -> None:
    """A number from paper is typed with its day and hour; a stage or a deadline never is."""
    opened = {column.name: column.beside for column in schema.columns if column.beside}

    assert opened == dict.fromkeys(("nomor", "tanggal", "jam"), (Role.PETUGAS,))


@pytest.mark.parametrize(
    ("opened", "why"),
    [
        ({"warningOnly": True}, "only a warning"),
        ({"editors": {"domainUsersCanEdit": True}}, "open to the whole domain"),
        ({"editors": {"groups": ["x"]}}, "open to a group"),
    ],
    ids=str,
)
def test_a_protection_that_lets_others_in_is_weak(opened: Json, why: str, made: Bench) -> None:
    """One click lets everybody approve, and the list of editors still looks right."""
    client, schema = made.client, made.schema
    areas = [f"'{tab.title}'!1:90" for tab in all_tabs(schema)]
    live = client.spreadsheets_get(made.desk.id, {"fields": setup.LIVE, "ranges": areas})
    found = live["sheets"][0]["protectedRanges"][0]
    found |= {**opened, "editors": found["editors"] | opened.get("editors", {})}
    staff = setup.Staff(WORKER)

    steps = setup.plan(setup.Target(schema, made.office, staff, made.procedure()), live)
    assert [step.fault() for step in steps] == [
        f"tab Register: column No. Register: {why}; run `pengaduan init`"
    ]


def test_a_protection_that_shuts_the_worker_out_is_for_the_owner(made: Bench) -> None:
    """The worker cannot open a door to which it has no key; a refused batch would mend nothing."""
    ours = _protection(made, "keputusan_camat")
    numbered = {"protectedRangeId": ours["protectedRangeId"]}
    again = {"range": ours["range"], "description": ours["description"]}
    foreign = {"range": {"sheetId": 0, "endRowIndex": 9}, "description": "Rahasia"}
    adding = [{"addProtectedRange": {"protectedRange": wanted}} for wanted in (again, foreign)]
    made.desk.do({"deleteProtectedRange": numbered}, *adding, who=OWNER)

    told = made.init()

    assert [line.partition(";")[0] for line in told] == [
        f"{_CAMAT}: its protection keeps the worker out",
        "tab Register: a protection (Rahasia) keeps the worker out",
    ]
    assert set(made.sent) == {"GET"}


def test_an_account_of_nobody_is_told(bench: Bench) -> None:
    """A slip in EDITORS would leave a Kasi shut out and nobody the wiser."""
    with pytest.raises(SettingsError, match="'kasi_pmdd' is no role and no Kasi"):
        bench.init({"kasi_pmdd": STAFF})


def test_marks_of_columns_are_apart_from_all_others(schema: Schema) -> None:
    """Two things with one metadataId: Google refuses the second, and `init` with it."""
    names = [(tab.name, column.name) for tab in all_tabs(schema) for column in tab.column]
    numbers = {layout.mark_id(*name) for name in names}

    assert len(numbers) == len(names)
    assert min(numbers) > 9999 * 100_000  # anchors: year x 100,000 + number
    assert max(numbers) < 2**31


def test_a_tabs_number_is_free(schema: Schema) -> None:
    """A sheetId that somebody's tab has already is refused by Google."""
    taken = layout.mark_id("riwayat", "")
    cell = {"userEnteredValue": {"stringValue": "x"}}
    properties = {"sheetId": taken, "title": "Milik orang", "index": 0}
    data = {"rowData": [{"values": [cell]}]}
    live = {"sheets": [{"properties": properties, "data": [data]}]}
    sheet, _ = tabs.Book(live).sheet(schema.tab("riwayat"))

    assert sheet.gid == taken + 1

"""The office's own tabs: what is right is used, what is wrong is told and passed over."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, time

import pytest

from automation.errors import SettingsError
from automation.model import Cell, Office, Official, Role
from automation.register import defaults
from automation.register.office import editors, office_from_toml, read_office
from automation.register.schema import Schema

Lines = list[list[Cell]]
Read = Callable[..., tuple[Office, tuple[str, ...]]]


@pytest.fixture(name="read")
def _read(schema: Schema, office: Office) -> Read:
    """Read a new office of which one tab was changed."""

    def read(**changed: Sequence[Sequence[Cell]]) -> tuple[Office, tuple[str, ...]]:
        return read_office({**defaults.tabs(office, schema), **changed}, office, schema)

    return read


@pytest.fixture(name="lines")
def _lines(schema: Schema, office: Office) -> Callable[[str], Lines]:
    """Give the lines of a tab of a new office, header first, to change them."""
    return lambda tab: [list(line) for line in defaults.tabs(office, schema)[tab]]


# --- what a new office starts with --------------------------------------------------------------


def test_a_new_office_keeps_the_published_promise(office: Office) -> None:
    """95 minutes, and the steps sum to it."""
    assert (office.promise, sum(office.budgets.values()), office.hold) == (95, 95, 2)
    assert office.calendar.hours[0].slots[4] == ((time(6, 30), time(14)),)
    assert 5 not in office.calendar.hours[0].slots


def test_addresses_come_by_role_or_by_the_key_of_a_kasi(schema: Schema) -> None:
    """The settings name them; whoever is not named keeps what stands in office.toml."""
    given = {"camat": "camat@kantor.example", "kasi_pmd": "pmd@kantor.example"}
    found = {o.key or o.role.value: o.address for o in office_from_toml(schema, given).officials}
    assert {who: address for who, address in found.items() if address} == given


def test_an_address_of_nobody_is_refused(schema: Schema) -> None:
    """A slip in a role's name would leave an official without letters."""
    with pytest.raises(SettingsError, match="'kasi_pdm' is no role and no Kasi"):
        office_from_toml(schema, {"kasi_pdm": "x@kantor.example"})


# --- Peran --------------------------------------------------------------------------------------


def test_people_are_read_from_their_tab(read: Read, lines: Callable[[str], Lines]) -> None:
    """Name and address change there; the order of columns does not matter."""
    tab = lines("peran")
    tab[1][3:5] = ["Ni Made", " petugas@kantor.example "]
    shuffled = [line[::-1] for line in tab]
    found, problems = read(peran=shuffled)
    title = "Petugas Pengaduan"
    assert found.officials[0] == Official(
        Role.PETUGAS, "", title, "Ni Made", "petugas@kantor.example"
    )
    assert problems == ()


def test_a_new_kasi_gets_a_key_of_the_title(read: Read, lines: Callable[[str], Lines]) -> None:
    """The office adds a section without knowing what a key is."""
    found, _ = read(peran=[*lines("peran"), [" KASI.", "", "Kasi Ekonomi & Desa", "", "", ""]])
    assert (found.officials[-1].role, found.officials[-1].key) == (Role.KASI, "kasi_ekonomi_desa")


def test_a_line_of_an_unknown_role_is_passed_over(
    read: Read, lines: Callable[[str], Lines], office: Office
) -> None:
    """Only that line; the row is named."""
    found, problems = read(peran=[*lines("peran"), ["Bupati", "", "Bupati", "", "", ""]])
    assert found.officials == office.officials
    assert problems == ("tab Peran row 10: the role is none of Petugas, Sekcam, Kasi, Camat",)


def test_a_bad_address_gets_no_letters(read: Read, lines: Callable[[str], Lines]) -> None:
    """The official stays, the address does not, and the log shows neither whole."""
    tab = lines("peran")
    tab[2][4] = "sekcam at kantor"
    found, problems = read(peran=tab)
    assert found.officials[1].address == ""
    assert problems == ("tab Peran row 3: the mail address is none; no letters go there",)


def test_of_two_lines_for_one_official_the_first_counts(
    read: Read, lines: Callable[[str], Lines]
) -> None:
    """Two Camats would both be asked to decide."""
    tab = [*lines("peran"), ["Camat", "", "Plt. Camat", "", "", ""]]
    found, problems = read(peran=tab)
    assert [o.title for o in found.officials if o.role is Role.CAMAT] == ["Camat Pekutatan"]
    assert problems == ("tab Peran row 10: Plt. Camat stands twice; the first line counts",)


def test_a_role_that_nobody_holds_keeps_its_old_holder(
    read: Read, lines: Callable[[str], Lines], office: Office
) -> None:
    """Deleting the Camat's line must not leave answers without anybody to approve them."""
    tab = [line for line in lines("peran") if line[0] != "Camat"]
    found, problems = read(peran=tab)
    assert set(found.officials) == set(office.officials)
    assert problems == ("tab Peran: nobody is camat",)


def test_editors_are_the_accounts_of_all_who_hold_a_role(
    schema: Schema, office: Office, lines: Callable[[str], Lines]
) -> None:
    """Several accounts in a cell, several Kasi; each once."""
    tab = lines("peran")
    tab[3][5] = "a@kantor.example, b@kantor.example"
    tab[4][5] = "b@kantor.example; bukan akun"
    found = editors({"peran": tab}, schema, office)
    assert found[Role.KASI] == ("a@kantor.example", "b@kantor.example")


# --- Daftar Blokir ------------------------------------------------------------------------------


def test_the_block_list_is_read(read: Read, lines: Callable[[str], Lines]) -> None:
    """Addresses and domains, however they are written; a line that is neither is told."""
    tab = [*lines("daftar_blokir"), [" Toko@Iklan.example "], ["@promo.example"], ["iklan"], [""]]
    found, problems = read(daftar_blokir=tab)
    assert found.blocked == frozenset({"toko@iklan.example", "@promo.example"})
    assert problems == ("tab Daftar Blokir row 4: neither a mail address nor @ and a domain",)


@pytest.mark.parametrize("tab", [[], [["Alamat?"], ["x@y.example"]]])
def test_without_the_block_list_it_is_as_before(tab: Lines, schema: Schema, office: Office) -> None:
    """Somebody deleted the tab, or it was never made: nobody is let in by that, and all goes on."""
    before = replace(office, blocked=frozenset({"@promo.example"}))
    tabs = {**defaults.tabs(office, schema), "daftar_blokir": tab}
    assert read_office(tabs, before, schema) == (before, ())


# --- Pengaturan ---------------------------------------------------------------------------------


def setting(lines: Lines, title: str, value: Cell, at: int = 1) -> Lines:
    """Change the line of a setting."""
    next(line for line in lines if line[0] == title)[at] = value
    return lines


def test_settings_are_read_from_their_tab(read: Read, lines: Callable[[str], Lines]) -> None:
    """A number may be a number or a text; the title is read tolerantly."""
    tab = setting(lines("pengaturan"), "Jeda sebelum dikirim (menit)", 5.0)
    tab = setting(tab, "Telepon/WA kantor", "0365-1234")
    tab = setting(tab, "Nama kantor", " NAMA  Kantor ", at=0)
    found, problems = read(pengaturan=tab)
    assert (found.hold, found.phone, problems) == (5, "0365-1234", ())


def test_steps_that_do_not_sum_up_are_told(read: Read, lines: Callable[[str], Lines]) -> None:
    """The budgets are used all the same: they only colour the row."""
    tab = setting(lines("pengaturan"), "Waktu Kasi (menit)", "60")
    found, problems = read(pengaturan=tab)
    assert found.budgets[Role.KASI] == 60
    assert problems == ("the steps sum to 115 minutes, not to 95",)


@pytest.mark.parametrize("typed", ["cepat", "-5", "1,5", "0"])
def test_a_promise_that_is_no_time_is_not_used(
    typed: str, read: Read, lines: Callable[[str], Lines]
) -> None:
    """The published standard stays; a promise of nothing would make every case late."""
    found, problems = read(pengaturan=setting(lines("pengaturan"), "Janji layanan (menit)", typed))
    assert found.promise == 95
    assert problems == ("Janji layanan (menit): not a number of minutes; 95 is used",)


def test_unknown_and_doubled_settings_are_told(read: Read, lines: Callable[[str], Lines]) -> None:
    """Each with its row, and the first of two counts."""
    extra: Lines = [["Warna", "biru"], ["Jeda sebelum dikirim (menit)", "9"]]
    tab = [*lines("pengaturan"), *extra]
    found, problems = read(pengaturan=tab)
    assert found.hold == 2
    assert problems == (
        f"tab Pengaturan row {len(tab) - 1}: no such setting",
        f"tab Pengaturan row {len(tab)}: the setting stands twice; the first line counts",
    )


def test_hours_of_a_season_stand_beside_the_usual_ones(
    read: Read, lines: Callable[[str], Lines]
) -> None:
    """Ramadan: the same weekday twice, with dates."""
    season = ["Jam Senin", "08.00-14.30", "18/02/2026", 46_101, ""]
    head, *rest = lines("pengaturan")
    found, problems = read(pengaturan=[head, season, *rest])
    usual, ramadan = found.calendar.hours
    assert usual.slots[0] == ((time(7, 30), time(15)),)
    assert (ramadan.since, ramadan.until) == (date(2026, 2, 18), date(2026, 3, 20))
    assert ramadan.slots == {0: ((time(8), time(14, 30)),)}
    assert problems == ()


@pytest.mark.parametrize(
    ("title", "value", "place"),
    [("Jam Selasa", "pagi", 1), ("Jam Selasa", "besok", 2), ("Jam Selasa", "31/02/2026", 3)],
)
def test_one_bad_line_and_the_old_hours_hold(
    title: str, value: str, place: int, read: Read, lines: Callable[[str], Lines], office: Office
) -> None:
    """A week with a hole would be a week with wrong deadlines."""
    found, problems = read(pengaturan=setting(lines("pengaturan"), title, value, place))
    assert found.calendar.hours == office.calendar.hours
    assert len(problems) == 1
    assert problems[0].endswith("; the hours used before apply")


def test_an_office_that_never_opens_is_not_believed(
    read: Read, lines: Callable[[str], Lines], office: Office
) -> None:
    """Somebody cleared the column: no deadline would ever come."""
    tab = [
        [*line[:1], "", *line[2:]] if str(line[0]).startswith("Jam") else line
        for line in lines("pengaturan")
    ]
    assert read(pengaturan=tab)[0].calendar.hours == office.calendar.hours


# --- Kalender -----------------------------------------------------------------------------------

HEADER: list[Cell] = ["Tanggal", "Keterangan", "Jenis", "Buka", "Tutup", "Pelayanan"]


def test_holidays_and_special_hours_are_read(read: Read) -> None:
    """A line with hours is special, one that says Buka is served as usual, any other is closed."""
    found, problems = read(
        kalender=[
            HEADER,
            [46_381, "Natal", "Libur nasional", "", "", "Tutup"],
            ["26/12/2026", "Cuti bersama"],
            ["28/12/2026", "", "", "", "", " buka "],
            ["31/12/2026", "", "Jam khusus", "13.00", "15.00", ""],
            ["31/12/2026", "", "Jam khusus", 0.3125, "12:00", ""],
            ["  "],
        ]
    )
    assert found.calendar.closed == {date(2026, 12, 25), date(2026, 12, 26)}
    assert found.calendar.special == {
        date(2026, 12, 31): ((time(7, 30), time(12)), (time(13), time(15)))
    }
    assert problems == ()


def test_bad_lines_of_the_calendar_are_told_one_by_one(read: Read) -> None:
    """Each is passed over, the others count."""
    found, problems = read(
        kalender=[
            HEADER,
            ["", "Natal"],
            ["32/12/2026", "Natal"],
            ["24/12/2026", "", "", "12.00", "08.00"],
            ["24/12/2026", "", "", "08.00"],
            ["24/12/2026", "", "", "", "", "mungkin"],
            ["25/12/2026", "Natal"],
        ]
    )
    assert found.calendar.closed == {date(2026, 12, 25)}
    assert [problem.partition(": ")[0] for problem in problems] == [
        f"tab Kalender row {at}" for at in (2, 3, 4, 5, 6)
    ]
    assert "Pelayanan is neither Buka nor Tutup" in problems[-1]


def test_an_empty_calendar_keeps_the_old_one(
    schema: Schema, office: Office, lines: Callable[[str], Lines]
) -> None:
    """Somebody cleared the tab: the holidays known before still hold."""
    known, _ = read_office(
        {**defaults.tabs(office, schema), "kalender": [HEADER, ["25/12/2026"]]}, office, schema
    )
    tabs = {**defaults.tabs(office, schema), "kalender": lines("kalender")[:1]}
    found, _ = read_office(tabs, known, schema)
    assert found.calendar.closed == {date(2026, 12, 25)}


# --- tabs that are not there --------------------------------------------------------------------


@pytest.mark.parametrize("raw", [(), ([],), (["apa saja"], ["x"])])
def test_a_tab_without_its_header_is_not_used(
    read: Read, office: Office, raw: Sequence[Sequence[Cell]]
) -> None:
    """Everything in it is taken from before, and the missing columns are named."""
    found, problems = read(pengaturan=raw)
    assert found == office
    assert problems[0] == (
        "tab Pengaturan: no column Pengaturan, Nilai, Berlaku mulai, Berlaku sampai, Keterangan; "
        "tab not used"
    )


def test_without_any_tab_the_office_stays_as_it_was(schema: Schema, office: Office) -> None:
    """The first pass of all may find nothing."""
    assert read_office({}, office, schema)[0] == office

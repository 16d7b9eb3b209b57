"""What the tabs say on the first day is what is read back on the second."""

from dataclasses import replace
from datetime import date, time

from automation.model import Calendar, Hours, Office, Role
from automation.register import defaults
from automation.register.office import editors, read_office
from automation.register.schema import Schema


def test_a_new_office_is_read_back_as_it_was_written(schema: Schema, office: Office) -> None:
    """Otherwise the first pass would already work by other hours than those of office.toml."""
    nobody = Office(
        calendar=Calendar(office.calendar.zone, ()), promise=1, hold=9, name="x", phone="x"
    )
    assert read_office(defaults.tabs(office, schema), nobody, schema) == (office, ())


def test_a_full_calendar_is_read_back(schema: Schema, office: Office) -> None:
    """Closed days, special hours in two slots, and hours that end on a date."""
    slots = ((time(8), time(12)), (time(13), time(15)))
    calendar = Calendar(
        office.calendar.zone,
        (
            Hours(date.min, date(2025, 12, 31), {0: slots}),
            Hours(date(2026, 1, 1), None, {4: slots[:1]}),
        ),
        frozenset({date(2026, 12, 25), date(2027, 1, 1)}),
        {date(2026, 12, 24): slots},
    )
    wanted = replace(office, calendar=calendar)
    assert read_office(defaults.tabs(wanted, schema), office, schema) == (wanted, ())


def test_the_calendar_stands_in_the_order_of_its_dates(schema: Schema, office: Office) -> None:
    """People look a date up."""
    closed = frozenset({date(2027, 1, 1), date(2026, 12, 25)})
    calendar = replace(
        office.calendar, closed=closed, special={date(2026, 12, 28): ((time(8), time(9)),)}
    )
    found = defaults.lines("kalender", replace(office, calendar=calendar), schema)
    assert [line[2] for line in found] == ["Libur setempat", "Jam khusus", "Libur setempat"]


def test_accounts_stand_beside_their_officials(schema: Schema, office: Office) -> None:
    """By role, or by the key of a Kasi; they are what may edit the role's columns."""
    accounts = {"camat": "camat@kantor.example", "kasi_pmd": "pmd@kantor.example"}
    lines = defaults.lines("peran", office, schema, accounts)
    header = tuple(column.title for column in schema.tab("peran").column)
    found = editors({"peran": (header, *lines)}, schema, office)
    assert found[Role.CAMAT] == ("camat@kantor.example",)
    assert found[Role.KASI] == ("pmd@kantor.example",)
    assert found[Role.SEKCAM] == ()


def test_only_tabs_that_are_read_are_given(schema: Schema, office: Office) -> None:
    """The fake register and the first rehearsal rest on them."""
    assert list(defaults.tabs(office, schema)) == [
        "peran",
        "kalender",
        "pengaturan",
        "daftar_blokir",
    ]
    assert defaults.lines("riwayat", office, schema) == ()


def test_the_instructions_stand_line_by_line(schema: Schema, office: Office) -> None:
    """Petunjuk is for people: one sentence a row."""
    found = defaults.lines("petunjuk", office, schema)
    assert [len(line) for line in found] == [1] * len(schema.tab("petunjuk").text)

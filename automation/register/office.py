"""The office's own tabs: people, settings, calendar. A bad line is told and passed over."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Final

from automation.errors import SettingsError
from automation.model import Calendar, Cell, Hours, Office, Official, Role
from automation.register import clocks, rows
from automation.register.schema import Schema
from automation.register.shapes import Column, HoursEntry, Tab

Tabs = Mapping[str, Sequence[Sequence[Cell]]]
"""Raw rows by tab name, header first."""

OFFICE_TABS: Final = ("peran", "kalender", "pengaturan", "daftar_blokir")
"""The tabs, by name, from which the office is read."""

_HOLDERS: Final = (Role.PETUGAS, Role.SEKCAM, Role.KASI, Role.CAMAT)
_BUDGETS: Final = (*_HOLDERS, Role.SISTEM)
_DIGITS: Final = 4
"""Of a number of minutes: a slip of the finger must not put a deadline beyond the calendar."""

_EMAIL: Final = re.compile(r"[^@\s,;]+@[^@\s,;]+\.[^@\s,;]+")

_BLOCKED: Final = re.compile(r"[^@\s,;]*@[^@\s,;]+\.[^@\s,;]+")

# --- what a new office starts with --------------------------------------------------------------


def office_from_toml(schema: Schema, addresses: Mapping[str, str] | None = None) -> Office:
    """Give the office of office.toml; `addresses` = mail addresses by role or by key of a Kasi.

    Raises SettingsError for an address of nobody.
    """
    start, known = schema.office, dict(addresses or {})
    officials = tuple(
        Official(o.role, o.key, o.title, o.name, known.pop(o.key or o.role.value, o.address))
        for o in start.official
    )
    if known:
        raise SettingsError([f"{who!r} is no role and no Kasi of office.toml" for who in known])
    hours = tuple(Hours(h.since, h.until, _week(h)) for h in start.hours)
    return Office(
        calendar=Calendar(start.zone, hours),
        officials=officials,
        promise=start.promise,
        budgets=dict(start.budgets),
        hold=start.hold,
        phone=start.phone,
        address=start.address,
        name=start.name,
    )


def _week(entry: HoursEntry) -> dict[int, tuple[clocks.Slot, ...]]:
    days = (entry.senin, entry.selasa, entry.rabu, entry.kamis, entry.jumat, entry.sabtu)
    return {day: slots for day, slots in enumerate((*days, entry.minggu)) if slots}


# --- reading the tabs ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Desk:
    """What the readers share: the words, what held before, and the problems found so far."""

    schema: Schema
    fallback: Office
    problems: list[str] = field(default_factory=list)

    def records(self, tabs: Tabs, name: str) -> list[tuple[int, dict[str, Cell]]]:
        """Give the lines of a tab by column name, each with its 1-based row."""
        tab, raw = self.schema.tab(name), tabs.get(name, ())
        places = _places(raw[0] if raw else (), tab)
        missing = [c.title for c in _filled(tab) if c.name not in places]
        if missing:
            self.problems.append(f"tab {tab.title}: no column {', '.join(missing)}; tab not used")
            return []
        cut = [
            (at, {n: _at(line, place) for n, place in places.items()}) for at, line in _rest(raw)
        ]
        return [(at, line) for at, line in cut if any(rows.text(c).strip() for c in line.values())]

    def tell(self, tab: str, at: int, problem: str) -> None:
        """Note a bad line; `at` is its row."""
        self.problems.append(f"tab {self.schema.tab(tab).title} row {at}: {problem}")


def _places(header: Sequence[Cell], tab: Tab) -> dict[str, int]:
    titles = [rows.plain(rows.text(cell)) for cell in header]
    wanted = {c.name: rows.plain(c.title) for c in _filled(tab)}
    return {name: titles.index(title) for name, title in wanted.items() if title in titles}


def _filled(tab: Tab) -> list[Column]:
    """Give the columns that people fill: what the worker says there is no setting."""
    return [column for column in tab.column if column.owner is not Role.SISTEM]


def _rest(raw: Sequence[Sequence[Cell]]) -> Iterable[tuple[int, Sequence[Cell]]]:
    return enumerate(raw[1:], start=2)


def _at(line: Sequence[Cell], place: int) -> Cell:
    return line[place] if place < len(line) else None


def read_office(tabs: Tabs, fallback: Office, schema: Schema) -> tuple[Office, tuple[str, ...]]:
    """Give the office as its tabs describe it, and what is wrong with them (English, for the log).

    What is missing or bad is taken from `fallback`.
    """
    desk = _Desk(schema, fallback)
    office = replace(fallback, officials=_officials(desk, tabs))
    office = _settings(desk, tabs, office)
    calendar = _calendar(desk, tabs, office.calendar)
    office = replace(office, calendar=calendar, blocked=_blocked(desk, tabs))
    return office, tuple(desk.problems)


def readable(name: str, raw: Sequence[Sequence[Cell]], schema: Schema) -> bool:
    """Say whether a tab has its columns, and `Peran` somebody for each role."""
    tab = schema.tab(name)
    places = _places(raw[0] if raw else (), tab)
    if len(places) < len(_filled(tab)):
        return False
    if name != "peran":
        return True
    held = {_role(rows.text(_at(line, places["peran"])), schema) for _, line in _rest(raw)}
    return held.issuperset(_HOLDERS)


# --- Peran --------------------------------------------------------------------------------------


def _officials(desk: _Desk, tabs: Tabs) -> tuple[Official, ...]:
    found: dict[tuple[Role, str], Official] = {}
    for at, line in desk.records(tabs, "peran"):
        official = _official(desk, at, line)
        if official is None:
            continue
        if (official.role, official.key) in found:
            desk.tell("peran", at, f"{official.title} stands twice; the first line counts")
        found.setdefault((official.role, official.key), official)
    for role in _HOLDERS:
        if not any(held is role for held, _ in found):
            desk.problems.append(f"tab {desk.schema.tab('peran').title}: nobody is {role}")
            kept = (o for o in desk.fallback.officials if o.role is role)
            found |= {(o.role, o.key): o for o in kept}
    return tuple(found.values())


def _official(desk: _Desk, at: int, line: Mapping[str, Cell]) -> Official | None:
    said = {name: rows.text(cell).strip() for name, cell in line.items()}
    role = _role(said["peran"], desk.schema)
    if role is None:
        desk.tell("peran", at, "the role is none of Petugas, Sekcam, Kasi, Camat")
        return None
    title = said["jabatan"] or desk.schema.words["role"][role]
    if said["email"] and not _EMAIL.fullmatch(said["email"]):
        desk.tell("peran", at, "the mail address is none; no letters go there")
        said["email"] = ""
    key = (said["kunci"] or _slug(title)) if role is Role.KASI else ""
    return Official(role, key, title, said["nama"], said["email"])


def _role(typed: str, schema: Schema) -> Role | None:
    word = rows.plain(typed)
    return next((r for r in _HOLDERS if rows.plain(schema.words["role"][r]) == word), None)


def _slug(title: str) -> str:
    return re.sub(r"\W+", "_", title.casefold()).strip("_")


def editors(tabs: Tabs, schema: Schema, fallback: Office) -> dict[Role, tuple[str, ...]]:
    """Give the Google accounts that may fill each role's columns, from the tab Peran."""
    found: dict[Role, tuple[str, ...]] = {}
    for _, line in _Desk(schema, fallback).records(tabs, "peran"):
        role = _role(rows.text(line["peran"]), schema)
        accounts = _EMAIL.findall(rows.text(line["akun"]))
        if role is not None:
            found[role] = tuple(dict.fromkeys((*found.get(role, ()), *accounts)))
    return found


# --- Pengaturan ---------------------------------------------------------------------------------


def _settings(desk: _Desk, tabs: Tabs, office: Office) -> Office:
    keys = {rows.plain(s.title): s.key for s in desk.schema.settings}
    said: dict[str, str] = {}
    days: list[tuple[int, int, dict[str, Cell]]] = []
    for at, line in desk.records(tabs, "pengaturan"):
        key = keys.get(rows.plain(rows.text(line["hal"])), "")
        if not key:
            desk.tell("pengaturan", at, "no such setting")
        elif key.startswith("day_"):
            days.append((at, int(key.removeprefix("day_")), line))
        elif key in said:
            desk.tell("pengaturan", at, "the setting stands twice; the first line counts")
        else:
            said[key] = rows.text(line["nilai"]).strip()
    hours = _hours(desk, days)
    return _with_settings(
        desk, said, replace(office, calendar=replace(office.calendar, hours=hours))
    )


def _with_settings(desk: _Desk, said: Mapping[str, str], office: Office) -> Office:
    promise = _minutes(desk, said, "promise", office.promise)
    budgets = {
        role: _minutes(desk, said, f"budget_{role}", office.budgets.get(role, 0))
        for role in _BUDGETS
    }
    if sum(budgets.values()) != promise:
        desk.problems.append(f"the steps sum to {sum(budgets.values())} minutes, not to {promise}")
    return replace(
        office,
        promise=promise,
        budgets=budgets,
        hold=_minutes(desk, said, "hold", office.hold),
        name=said.get("name") or office.name,
        address=said.get("address", office.address),
        phone=said.get("phone", office.phone),
    )


def _minutes(desk: _Desk, said: Mapping[str, str], key: str, before: int) -> int:
    typed = said.get(key, "")
    minutes = int(typed) if typed.isdecimal() and len(typed) <= _DIGITS else None
    if minutes is not None and (minutes or key != "promise"):
        return minutes
    if typed:
        title = next(s.title for s in desk.schema.settings if s.key == key)
        desk.problems.append(f"{title}: not a number of minutes; {before} is used")
    return before


def _hours(desk: _Desk, days: Sequence[tuple[int, int, Mapping[str, Cell]]]) -> tuple[Hours, ...]:
    """Gather the weekday lines of the same range of dates; one bad line and the old hours hold."""
    weeks: dict[tuple[date, date | None], dict[int, tuple[clocks.Slot, ...]]] = {}
    for at, day, line in days:
        try:
            since = clocks.a_date(line["mulai"]) or date.min
            week = weeks.setdefault((since, clocks.a_date(line["sampai"])), {})
            week[day] = clocks.slots(rows.text(line["nilai"]))
        except ValueError as error:
            desk.tell("pengaturan", at, f"{error}; the hours used before apply")
            return desk.fallback.calendar.hours
    if not any(slots for week in weeks.values() for slots in week.values()):
        return desk.fallback.calendar.hours
    return tuple(
        Hours(since, until, {day: slots for day, slots in week.items() if slots})
        for (since, until), week in sorted(weeks.items(), key=lambda item: item[0][0])
    )


# --- Daftar Blokir ------------------------------------------------------------------------------


def _blocked(desk: _Desk, tabs: Tabs) -> frozenset[str]:
    """Read whose mail is not to be answered; without the tab it is as before."""
    raw = tabs.get("daftar_blokir", ())
    if not raw or not readable("daftar_blokir", raw, desk.schema):
        return desk.fallback.blocked
    found: set[str] = set()
    for at, line in desk.records(tabs, "daftar_blokir"):
        entry = rows.text(line["alamat"]).strip().lower()
        if _BLOCKED.fullmatch(entry):
            found.add(entry)
        elif entry:
            desk.tell("daftar_blokir", at, "neither a mail address nor @ and a domain")
    return frozenset(found)


# --- Kalender -----------------------------------------------------------------------------------


def _calendar(desk: _Desk, tabs: Tabs, before: Calendar) -> Calendar:
    """Read closed dates and special hours: a line with hours is special, any other closed."""
    lines = desk.records(tabs, "kalender")
    if not lines:
        return before
    closed: set[date] = set()
    special: dict[date, tuple[clocks.Slot, ...]] = {}
    for at, line in lines:
        try:
            _take_day(line, closed, special)
        except ValueError as error:
            desk.tell("kalender", at, str(error))
    return replace(before, closed=frozenset(closed), special=special)


def _take_day(
    line: Mapping[str, Cell], closed: set[date], special: dict[date, tuple[clocks.Slot, ...]]
) -> None:
    day = clocks.a_date(line["tanggal"])
    if day is None:
        raise ValueError("the date is missing")
    opens, closes = clocks.a_time(line["buka"]), clocks.a_time(line["tutup"])
    served = rows.plain(rows.text(line["pelayanan"]))
    if opens is not None or closes is not None:
        slots = (*special.get(day, ()), clocks.slot(opens, closes))
        special[day] = tuple(sorted(slots))
    elif served not in {"", "buka", "tutup"}:
        raise ValueError("Pelayanan is neither Buka nor Tutup")
    elif served != "buka":
        closed.add(day)

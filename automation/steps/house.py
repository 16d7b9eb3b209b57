"""What a pass works with, in one hand: the wires behind their ports, what was read at start."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from automation.model import Case, Cell, Decision, Fate, Office
from automation.ports import Archive, Clock, Inbox, Ledger, Letters, Outbound, Register
from automation.register import rows
from automation.register.office import read_office, readable
from automation.register.schema import Schema
from automation.workflow import worktime
from automation.workflow.effects import posted


@dataclass(frozen=True, slots=True)
class House:
    """The worker's surroundings; made by wiring.py, or by a test from fakes."""

    clock: Clock
    inbox: Inbox
    register: Register
    outbound: Outbound
    archive: Archive
    ledger: Ledger
    letters: Letters
    schema: Schema
    office: Office  # what holds until the sheet says otherwise
    own_addresses: frozenset[str]
    link: Callable[[int], str]  # row position -> address that opens it, "" for 0
    installation: str  # this worker's name in the lease, `<random id>@<host>`
    adopt_since: datetime | None = None
    authserv_id: str = ""  # the mail server whose word about a sender is believed


def enact(house: House, decision: Decision, now: datetime) -> None:
    """Write a decision into the ledger; to be called inside a transaction."""
    ledger = house.ledger
    ledger.put_case(decision.case)
    for key in decision.cancelled:
        ledger.settle(key, Fate.CANCELLED, "withdrawn before sending", now)
        letter = ledger.letter(key)
        if letter is not None:
            ledger.add_event(posted(letter, now))
    for letter in decision.letters:
        ledger.plan(letter)
    for event in decision.events:
        ledger.add_event(event)


def known_office(house: House) -> Office:
    """Give the office as the sheet last told it: a pass without the sheet knows its people."""
    return _serving(house, read_office(kept_tabs(house), house.office, house.schema)[0])


def told_office(
    house: House, tabs: Mapping[str, Sequence[Sequence[Cell]]]
) -> tuple[Office, tuple[str, ...]]:
    """Give the office as its tabs tell it now, and what is wrong with them.

    What a damaged tab does not tell any more is as it was before.
    """
    office, problems = read_office(tabs, known_office(house), house.schema)
    served = _serving(house, office)
    if served is office:
        return office, problems
    return served, (*problems, "no service hours in sight; the packaged hours apply")


def _serving(house: House, office: Office) -> Office:
    """Give the office with hours in which it serves at all: ended ones stop no complaint."""
    try:
        worktime.due(house.clock.now(), office.promise, office.calendar)
    except ValueError:
        return replace(office, calendar=house.office.calendar)
    return office


def kept_tabs(house: House) -> Mapping[str, Sequence[Sequence[Cell]]]:
    """Give the office's own tabs as the sheet last told them, raw, by name."""
    kept: dict[str, Sequence[Sequence[Cell]]] = json.loads(house.ledger.recall("office") or "{}")
    return kept


def remember_office(house: House, tabs: Mapping[str, Sequence[Sequence[Cell]]]) -> None:
    """Keep the office's own tabs for passes in which the sheet cannot be read.

    Of a damaged tab what it said before is kept.
    """
    before = kept_tabs(house)
    whole = {n: t for n, t in tabs.items() if readable(n, t, house.schema) or n not in before}
    kept = json.dumps({**before, **whole})
    if kept != house.ledger.recall("office"):
        house.ledger.remember("office", kept)


def staff(office: Office) -> frozenset[str]:
    """Give the addresses of the office's own people."""
    return frozenset(o.address.lower() for o in office.officials if o.address)


def is_open(case: Case) -> bool:
    """Say whether the clock of a case still runs."""
    return case.conveyed_at is None


def minutes_left(case: Case, now: datetime, office: Office) -> int:
    """Give the working minutes that a row shows, negative when late; a conveyed case shows 0."""
    return worktime.left(case.due, now, office.calendar) if is_open(case) else 0


def wanted_cells(
    house: House, cases: Mapping[str, Case], office: Office, now: datetime
) -> dict[str, dict[str, Cell]]:
    """Give the worker's cells of these cases, by number."""
    return {
        number: rows.shown(case, minutes_left(case, now, office), house.schema, office)
        for number, case in cases.items()
    }

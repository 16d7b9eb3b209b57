"""The clock of service time, against dates worked out by hand and laws that hold for any date."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from automation.model import Calendar, Hours
from automation.workflow.worktime import due, left, opens, worked

WITA: Final = ZoneInfo("Asia/Makassar")
PROMISE: Final = 95  # minutes, the published standard
MINUTE: Final = timedelta(minutes=1)

Slots = tuple[tuple[time, time], ...]


def slots(*pairs: tuple[float, float]) -> Slots:
    """Write hours as the office does: (7.30, 15.00)."""
    return tuple((clock(start), clock(stop)) for start, stop in pairs)


def clock(text: float) -> time:
    """Read 7.30 as half past seven."""
    hour, minute = f"{text:.2f}".split(".")
    return time(int(hour), int(minute))


def week(usual: Slots, friday: Slots) -> Mapping[int, Slots]:
    """Give the same hours from Monday to Thursday, others on Friday, none at the weekend."""
    return {**dict.fromkeys(range(4), usual), 4: friday}


def dates(text: str) -> frozenset[date]:
    """Read "2026-11-04 2026-12-25"."""
    return frozenset(date.fromisoformat(day) for day in text.split())


NATIONAL: Final = dates(
    "2026-03-18 2026-03-19 2026-03-20 2026-03-23 2026-03-24 2026-06-16 2026-12-24 2026-12-25"
    " 2027-01-01 2027-03-08 2027-03-09 2027-03-10 2027-03-11 2027-03-12 2027-03-15"
)
"""National holidays and shared leave (SKB 3 Menteri), as far as the examples meet them."""

PAGERWESI: Final = dates("2026-11-04")
GALUNGAN: Final = dates("2026-06-16 2026-06-17 2026-06-18")

# Instruksi Bupati Jembrana 1/2024 (25 November 2024): no break.
JEMBRANA_HOURS: Final = Hours(
    date(2024, 11, 25), None, week(slots((7.30, 15.00)), slots((6.30, 14.00)))
)
# Pergub Bali 58/2023, for the province's own offices: with a break.
PEMPROV_HOURS: Final = Hours(
    date(2023, 12, 1),
    None,
    week(slots((7.30, 12.00), (13.00, 16.30)), slots((7.30, 11.30), (13.00, 14.30))),
)
JEMBRANA: Final = Calendar(
    "Asia/Makassar", (JEMBRANA_HOURS,), closed=NATIONAL | PAGERWESI | GALUNGAN
)
NO_DISPENSATION: Final = replace(JEMBRANA, closed=NATIONAL)
PEMPROV: Final = replace(JEMBRANA, hours=(PEMPROV_HOURS,))


def wita(text: str) -> datetime:
    """Read "2026-11-24 08.12" on the office's wall clock."""
    return datetime.strptime(text, "%Y-%m-%d %H.%M").replace(tzinfo=WITA)


# --- worked out by hand -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("recorded", "starts", "ends", "calendar"),
    [
        ("2026-11-24 08.12", "2026-11-24 08.12", "2026-11-24 09.47", JEMBRANA),  # within the day
        ("2026-11-24 13.25", "2026-11-24 13.25", "2026-11-24 15.00", JEMBRANA),  # to closing time
        ("2026-11-24 14.59", "2026-11-24 14.59", "2026-11-25 09.04", JEMBRANA),  # overnight
        ("2026-11-24 15.00", "2026-11-25 07.30", "2026-11-25 09.05", JEMBRANA),  # just closed
        ("2026-11-26 14.10", "2026-11-26 14.10", "2026-11-27 07.15", JEMBRANA),  # Friday 06.30
        ("2026-11-27 06.10", "2026-11-27 06.30", "2026-11-27 08.05", JEMBRANA),  # before opening
        ("2026-11-27 13.30", "2026-11-27 13.30", "2026-11-30 08.35", JEMBRANA),  # weekend
        ("2026-11-22 21.40", "2026-11-23 07.30", "2026-11-23 09.05", JEMBRANA),  # Sunday night
        ("2026-11-04 09.00", "2026-11-05 07.30", "2026-11-05 09.05", JEMBRANA),  # Pagerwesi
        ("2026-11-04 09.00", "2026-11-04 09.00", "2026-11-04 10.35", NO_DISPENSATION),
        ("2026-06-15 13.30", "2026-06-15 13.30", "2026-06-19 06.35", JEMBRANA),  # Galungan
        ("2026-06-15 13.30", "2026-06-15 13.30", "2026-06-17 07.35", NO_DISPENSATION),
        ("2026-03-17 14.00", "2026-03-17 14.00", "2026-03-25 08.05", JEMBRANA),  # Nyepi, Lebaran
        ("2026-12-23 14.30", "2026-12-23 14.30", "2026-12-28 08.35", JEMBRANA),  # Christmas
        ("2026-12-31 13.40", "2026-12-31 13.40", "2027-01-04 07.45", JEMBRANA),  # New Year
        ("2026-11-27 12.25", "2026-11-27 13.00", "2026-11-30 07.35", PEMPROV),  # in the break
        ("2027-03-05 13.00", "2027-03-05 13.00", "2027-03-16 08.05", JEMBRANA),  # both in one week
    ],
)
def test_the_promise_of_95_minutes_ends(
    recorded: str, starts: str, ends: str, calendar: Calendar
) -> None:
    """Each line is an answer that a citizen was promised by date and time."""
    at = wita(recorded)

    assert opens(at, calendar) == wita(starts)
    assert due(at, PROMISE, calendar) == wita(ends)
    assert worked(at, wita(ends), calendar) == PROMISE


def test_a_pause_leaves_the_minutes_that_were_not_used() -> None:
    """20 of 95 minutes used, the complainant answers on Wednesday at 18.00: 75 remain."""
    resumed = wita("2026-11-25 18.00")

    assert opens(resumed, JEMBRANA) == wita("2026-11-26 07.30")
    assert due(resumed, PROMISE - 20, JEMBRANA) == wita("2026-11-26 08.45")


@pytest.mark.parametrize(
    ("now", "minutes"),
    [
        ("2026-11-24 08.12", 95),
        ("2026-11-24 09.10", 37),
        ("2026-11-24 09.47", 0),
        ("2026-11-24 09.59", -12),
        ("2026-11-25 07.40", -323),  # nobody is late at night
        ("2026-11-23 20.00", 137),
    ],
)
def test_the_minutes_left_are_service_minutes(now: str, minutes: int) -> None:
    """`Sisa Menit` turns red in service time only, and by service minutes."""
    assert left(wita("2026-11-24 09.47"), wita(now), JEMBRANA) == minutes


def test_seconds_count_but_only_whole_minutes_are_told() -> None:
    """A deadline keeps its seconds; a minute that has not passed is not used."""
    at = wita("2026-11-24 08.12") + timedelta(seconds=30)

    assert due(at, PROMISE, JEMBRANA) == wita("2026-11-24 09.47") + timedelta(seconds=30)
    assert worked(at, at + timedelta(seconds=119), JEMBRANA) == 1


def test_no_minutes_end_at_the_opening() -> None:
    """A step without budget is due when the office opens, not in the night."""
    assert due(wita("2026-11-24 15.00"), 0, JEMBRANA) == wita("2026-11-25 07.30")


def test_a_day_s_own_hours_come_before_closed_days_and_rules() -> None:
    """A line with hours in the calendar is the office's last word on that day."""
    special = {date(2026, 12, 24): slots((9.00, 10.00)), date(2026, 12, 28): ()}
    calendar = replace(JEMBRANA, special=special)

    assert due(wita("2026-12-23 14.30"), PROMISE, calendar) == wita("2026-12-29 07.35")


def test_the_rule_that_began_last_holds_while_it_is_valid() -> None:
    """Ramadan's hours lie within those of the year and end without anybody's doing."""
    ramadan = Hours(date(2027, 2, 8), date(2027, 3, 4), {0: slots((8.00, 15.30))})
    calendar = replace(JEMBRANA, hours=(ramadan, JEMBRANA_HOURS))

    assert opens(wita("2027-02-07 12.00"), calendar) == wita("2027-02-08 08.00")
    assert opens(wita("2027-02-09 08.00"), calendar) == wita("2027-02-15 08.00")
    assert opens(wita("2027-03-04 08.00"), calendar) == wita("2027-03-05 06.30")


def test_hours_that_overlap_or_end_before_they_begin_count_once() -> None:
    """Hours are typed by people: a slip must not make an hour of 120 minutes."""
    typed = slots((10.00, 12.00), (9.00, 11.00), (9.30, 10.30), (16.00, 14.00))
    calendar = replace(JEMBRANA, special={date(2026, 11, 24): typed})

    assert worked(wita("2026-11-24 00.00"), wita("2026-11-25 00.00"), calendar) == 180
    assert due(wita("2026-11-24 08.00"), 180, calendar) == wita("2026-11-24 12.00")


@pytest.mark.parametrize(
    "hours", [(), (Hours(date(2020, 1, 1), date(2020, 12, 31), {0: slots((8.00, 9.00))}),)]
)
def test_a_calendar_that_never_opens_is_named(hours: tuple[Hours, ...]) -> None:
    """An emptied tab must give a sentence, not a worker that searches for ever."""
    calendar = replace(JEMBRANA, hours=hours)

    with pytest.raises(ValueError, match="no service hours in the 400 days"):
        opens(wita("2026-11-24 08.00"), calendar)
    with pytest.raises(ValueError, match="no service hours in the 400 days"):
        due(wita("2026-11-24 08.00"), PROMISE, calendar)


def test_minutes_already_worked_are_counted_even_where_hours_end() -> None:
    """Figures of last year need no hours for the next one."""
    calendar = replace(JEMBRANA, hours=(replace(JEMBRANA_HOURS, until=date(2026, 11, 24)),))

    assert worked(wita("2026-11-24 14.00"), wita("2028-01-01 00.00"), calendar) == 60


def test_a_deadline_before_its_beginning_is_refused() -> None:
    """A negative budget is a slip in the settings."""
    with pytest.raises(ValueError, match="5 minutes before"):
        due(wita("2026-11-24 08.00"), -5, JEMBRANA)


def test_a_long_budget_is_no_long_holiday() -> None:
    """The bound is on days without service, not on the length of a deadline."""
    assert worked(NOW, due(NOW, 450 * 500, JEMBRANA), JEMBRANA) == 450 * 500


def test_minutes_are_real_where_clocks_are_put_forward() -> None:
    """The night of 29 March 2026 has one hour less in Berlin; the same code must know."""
    berlin = Calendar("Europe/Berlin", (Hours(date(2026, 1, 1), None, {6: slots((1.00, 4.00))}),))
    start = datetime(2026, 3, 29, 1, 0, tzinfo=ZoneInfo("Europe/Berlin"))

    assert due(start, 120, berlin) == datetime(2026, 3, 29, 2, 0, tzinfo=UTC)


# --- laws ---------------------------------------------------------------------------------------

NOW: Final = wita("2026-11-24 08.12")
MOMENTS: Final = st.datetimes(
    datetime(2026, 1, 1),  # noqa: DTZ001 - hypothesis adds the zone
    datetime(2027, 12, 31),  # noqa: DTZ001
    timezones=st.just(WITA),
)
CLOSING: Final = st.sampled_from([wita("2026-11-24 15.00"), wita("2026-11-27 14.00")])
TIMES: Final = MOMENTS | CLOSING
MINUTES: Final = st.integers(0, 3000)
CALENDARS: Final = st.sampled_from([JEMBRANA, PEMPROV])


def serves(at: datetime, calendar: Calendar) -> bool:
    """Say, by another way than the code, whether a moment lies in service hours, ends included."""
    if at.date() in calendar.closed:
        return False
    hours = calendar.hours[0].slots.get(at.weekday(), ())
    return any(start <= at.time() <= stop for start, stop in hours)


@given(TIMES, TIMES, MINUTES, CALENDARS)
def test_who_comes_first_is_due_first(
    one: datetime, other: datetime, minutes: int, calendar: Calendar
) -> None:
    """Nobody overtakes by complaining later."""
    first, second = sorted((one, other))

    assert opens(first, calendar) <= opens(second, calendar)
    assert due(first, minutes, calendar) <= due(second, minutes, calendar)


@given(TIMES, MINUTES, st.integers(1, 3000), CALENDARS)
def test_steps_add_up_to_the_promise(at: datetime, x: int, y: int, calendar: Calendar) -> None:
    """Budgets of 10, 15, 40, 20 and 10 minutes are the 95 of the standard, whoever is late."""
    assert due(due(at, x, calendar), y, calendar) == due(at, x + y, calendar)


@given(TIMES, MINUTES, CALENDARS)
def test_no_minutes_more_move_a_deadline_only_from_closing_time(
    at: datetime, x: int, calendar: Calendar
) -> None:
    """The closing-time rule, exactly: the end of a step may be 15.00, a beginning may not."""
    end = due(at, x, calendar)

    assert due(end, 0, calendar) == opens(end, calendar)
    assert (due(end, 0, calendar) == end) == serves(end + timedelta(microseconds=1), calendar)


@given(TIMES, MINUTES, CALENDARS)
def test_the_minutes_until_a_deadline_are_its_minutes(
    at: datetime, minutes: int, calendar: Calendar
) -> None:
    """What the register shows as remaining is what was promised."""
    end = due(at, minutes, calendar)

    assert worked(at, end, calendar) == minutes
    assert left(end, at, calendar) == minutes
    assert left(at, end, calendar) == -minutes


@given(TIMES, TIMES, MINUTES, CALENDARS)
def test_the_same_instant_counts_the_same_in_any_zone(
    at: datetime, until: datetime, minutes: int, calendar: Calendar
) -> None:
    """A server on UTC and a citizen's mail from Jakarta mean the same moment."""
    utc = at.astimezone(UTC)

    assert opens(utc, calendar) == opens(at, calendar)
    assert due(utc, minutes, calendar) == due(at, minutes, calendar)
    assert worked(utc, until.astimezone(UTC), calendar) == worked(at, until, calendar)
    assert due(utc, minutes, calendar).tzinfo == WITA


@given(TIMES, MINUTES, CALENDARS)
def test_a_deadline_lies_in_service_hours(at: datetime, minutes: int, calendar: Calendar) -> None:
    """Nobody is promised an answer at night."""
    assert serves(due(at, minutes, calendar), calendar)
    assert serves(opens(at, calendar), calendar)
    assert opens(at, calendar) >= at


@given(TIMES, TIMES, TIMES, CALENDARS)
def test_time_is_counted_once(
    one: datetime, two: datetime, three: datetime, calendar: Calendar
) -> None:
    """Minutes of two parts are those of the whole, but for the fraction that each part drops."""
    a, b, c = sorted((one, two, three))
    parts = worked(a, b, calendar) + worked(b, c, calendar)

    assert 0 <= worked(a, c, calendar) - parts <= 1
    assert worked(c, a, calendar) == 0

"""The clock of service time: only minutes in which the office serves count.

The published standard promises an answer within 95 minutes, counted from the recording of the
complaint. Hours and closed days come from the office's calendar; as it starts they are those of
Instruksi Bupati Jembrana 1/2024 (Monday to Thursday 07.30-15.00, Friday 06.30-14.00, no break).

Everything is computed on instants and given back in the office's zone.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import takewhile
from typing import Final
from zoneinfo import ZoneInfo

from automation.model import Calendar, Hours

_DAY: Final = timedelta(days=1)
_MINUTE: Final = timedelta(minutes=1)
_LOOK_AHEAD: Final = 400
"""Days: a calendar that opens on none of them is a mistake, not a long holiday."""


def opens(at: datetime, calendar: Calendar) -> datetime:
    """Give `at` itself when the office serves then, else the next opening; closing time is closed.

    Raises ValueError when the calendar has no open minute within 400 days.
    """
    start, _ = next(_ahead(at, calendar))
    return _local(start, calendar)


def due(at: datetime, minutes: int, calendar: Calendar) -> datetime:
    """Give the moment at which so many working minutes from `at` are used up.

    A deadline exactly at closing time belongs to that day: 13.25 + 95 is 15.00, not tomorrow.
    Raises ValueError for negative minutes, or when the calendar has no open minute within 400 days.
    """
    if minutes < 0:
        raise ValueError(f"a deadline cannot lie {-minutes} minutes before its beginning")
    rest = minutes * _MINUTE
    stretches = _ahead(at, calendar)
    start, stop = next(stretches)
    while rest > stop - start:
        rest -= stop - start
        start, stop = next(stretches)
    return _local(start + rest, calendar)


def worked(since: datetime, until: datetime, calendar: Calendar) -> int:
    """Give the whole working minutes from `since` to `until`; 0 when `until` is not later."""
    zone = ZoneInfo(calendar.zone)
    last = until.astimezone(zone).date()
    days = takewhile(lambda day: day <= last, _days(since.astimezone(zone).date()))
    stretches = (stretch for day in days for stretch in _open(day, calendar))
    shares = (min(stop, until) - max(start, since) for start, stop in stretches)
    return sum((share for share in shares if share > timedelta()), timedelta()) // _MINUTE


def left(due: datetime, now: datetime, calendar: Calendar) -> int:
    """Give the working minutes that remain until `due`; negative when it is over."""
    return worked(now, due, calendar) - worked(due, now, calendar)


def _ahead(at: datetime, calendar: Calendar) -> Iterator[tuple[datetime, datetime]]:
    """Yield the open stretches from `at` on, without end; none begins before `at`."""
    idle = 0
    for day in _days(at.astimezone(ZoneInfo(calendar.zone)).date()):
        for start, stop in _open(day, calendar):
            if stop > at:
                idle = 0
                yield max(start, at), stop
        idle += 1
        if idle > _LOOK_AHEAD:
            raise ValueError(
                f"the calendar has no service hours in the {_LOOK_AHEAD} days to {day}"
            )


def _days(first: date) -> Iterator[date]:
    while True:
        yield first
        first += _DAY


def _open(day: date, calendar: Calendar) -> Iterator[tuple[datetime, datetime]]:
    """Yield the stretches in which the office serves on a day, in order and apart, as UTC."""
    zone = ZoneInfo(calendar.zone)
    end = time.min
    for start, stop in sorted(_slots(day, calendar)):
        if max(start, end) < stop:
            yield _utc(day, max(start, end), zone), _utc(day, stop, zone)
            end = stop


def _utc(day: date, at: time, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, at, zone).astimezone(UTC)


def _slots(day: date, calendar: Calendar) -> tuple[tuple[time, time], ...]:
    """Hours of the day's own come first, then closed days, then the rule that began last."""
    if day in calendar.special:
        return calendar.special[day]
    if day in calendar.closed:
        return ()
    valid = [hours for hours in calendar.hours if _valid(hours, day)]
    return max(valid, key=lambda hours: hours.since).slots.get(day.weekday(), ()) if valid else ()


def _valid(hours: Hours, day: date) -> bool:
    return hours.since <= day and (hours.until is None or day <= hours.until)


def _local(at: datetime, calendar: Calendar) -> datetime:
    return at.astimezone(ZoneInfo(calendar.zone))

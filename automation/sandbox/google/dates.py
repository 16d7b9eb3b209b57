"""Date serials as spreadsheets count them, and what people of a locale type for dates."""

import re
from datetime import date, datetime, time, timedelta
from typing import Final

EPOCH: Final = datetime(1899, 12, 30)  # noqa: DTZ001 - cells have no time zone
_DAY: Final = 86_400
_TIME: Final = re.compile(r"(\d{1,2})[:.](\d{2})(?:[:.](\d{2}))?(?:\s*([AaPp][Mm]))?")
_ISO: Final = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})")
_THREE: Final = re.compile(r"(\d{1,2})([-/.])(\d{1,2})\2(\d{2}|\d{4})")
_TWO: Final = re.compile(r"(\d{1,2})([-/])(\d{1,2})")
_CENTURY: Final = 30
"""Years of two digits below this are 20xx."""


def serial(moment: datetime) -> float:
    """Give days since 1899-12-30 (Google: DateTimeRenderOption, SERIAL_NUMBER)."""
    gone = moment - EPOCH
    return gone.days + gone.seconds / _DAY


def moment(number: float) -> datetime:
    """Give the wall-clock time of a serial, to the second; OverflowError beyond year 9999."""
    return EPOCH + timedelta(seconds=round(number * _DAY))


def typed(text: str, locale: str, year: int) -> tuple[float, str, str] | None:
    """Read a typed date, time or both: serial, number format type and pattern.

    `year` = the year meant when none is typed. None when it is no date.
    """
    day, _, clock = text.partition(" ")
    seconds = _clock(clock.strip() or day, locale)
    if seconds is not None and not clock:
        return seconds / _DAY, "TIME", "h:mm" if locale != "en_US" else "h:mm am/pm"
    found = _date(day, locale, year)
    if found is None or (clock and seconds is None):
        return None
    number = serial(datetime.combine(found[0], time()))
    if not clock:
        return number, "DATE", found[1]
    pattern = f"{found[1]} h:mm" + (":ss" if clock.count(":") > 1 else "")
    return number + (seconds or 0) / _DAY, "DATE_TIME", pattern


def _clock(text: str, locale: str) -> int | None:
    match = _TIME.fullmatch(text)
    if not match or ("." in text and locale == "en_US"):
        return None
    hour, minute, second = int(match[1]), int(match[2]), int(match[3] or 0)
    if match[4]:
        hour = hour % 12 + (12 if match[4].lower() == "pm" else 0)
    valid = hour < 24 and minute < 60 and second < 60  # noqa: PLR2004 - the clock
    return hour * 3600 + minute * 60 + second if valid else None


def _date(text: str, locale: str, year: int) -> tuple[date, str] | None:
    if match := _ISO.fullmatch(text):
        return _real(int(match[1]), int(match[2]), int(match[3]), "yyyy-mm-dd")
    months_first = locale == "en_US"
    if match := _THREE.fullmatch(text):
        typed_year = int(match[4])
        if len(match[4]) == 2:  # noqa: PLR2004 - two digits
            typed_year += 2000 if typed_year < _CENTURY else 1900
        pattern = match[2].join(("m", "d", "yyyy") if months_first else ("dd", "mm", "yyyy"))
        return _ordered(match[1], match[3], typed_year, pattern, months_first=months_first)
    if match := _TWO.fullmatch(text):
        pattern = match[2].join(("m", "d") if months_first else ("d", "m"))
        return _ordered(match[1], match[3], year, pattern, months_first=months_first)
    return None


def _ordered(
    one: str, two: str, year: int, pattern: str, *, months_first: bool
) -> tuple[date, str] | None:
    month, day = (int(one), int(two)) if months_first else (int(two), int(one))
    return _real(year, month, day, pattern)


def _real(year: int, month: int, day: int, pattern: str) -> tuple[date, str] | None:
    try:
        return date(year, month, day), pattern
    except ValueError:
        return None

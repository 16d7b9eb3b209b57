"""What operators and functions of formulas make of values. Pure.

As Google documents them, and no more of them than the register's own formulas need; any other name
is #NAME?. Over ranges an operator works cell by cell, also where Google wants ARRAYFORMULA for it.
"""

import calendar
import math
import operator
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import repeat
from typing import Any, Final

from automation.sandbox.google import criteria, dates, entering, showing
from automation.sandbox.google.book import Cell, Scalar
from automation.sandbox.google.formulas import ErrorType

Value = Scalar | ErrorType
_NUMBERS: Final = {int, float}
_FIRST_YEAR: Final = 1900
"""Smaller years are counted from it (Google: DATE)."""


@dataclass(frozen=True, slots=True)
class Matrix:
    """The values of a range, row after row."""

    height: int
    width: int
    cells: Sequence[Value]


Given = Value | Matrix


@dataclass(frozen=True, slots=True)
class Place:
    """Where and when a formula is worked out."""

    locale: str
    today: date


class _FailedError(Exception):
    """A value that cannot be worked out."""

    def __init__(self, kind: ErrorType) -> None:
        super().__init__()
        self.kind = kind


def called(name: str, given: Sequence[Given], place: Place) -> Given:
    """Apply an operator or a function; what goes wrong is given as an ErrorType."""
    if name in _EACH:
        do, counts = _EACH[name]
    elif name in _WHOLE:
        do, counts = _WHOLE[name]
    else:
        return ErrorType.NAME
    if len(given) not in counts:
        return ErrorType.N_A
    return _each(do, place, given) if name in _EACH else _tried(do, place, *given)


def _each(do: Callable[..., Value], place: Place, given: Sequence[Given]) -> Given:
    """Work cell by cell; a single value stands beside each cell."""
    sizes = {(one.height, one.width) for one in given if isinstance(one, Matrix)}
    if not sizes:
        return _tried(do, place, *given)
    if len(sizes) > 1:
        return ErrorType.N_A
    columns = [one.cells if isinstance(one, Matrix) else repeat(one) for one in given]
    return Matrix(*sizes.pop(), [_tried(do, place, *line) for line in zip(*columns, strict=False)])


def _tried(do: Callable[..., Value], place: Place, *given: Given) -> Value:
    try:
        return do(place, *given)
    except _FailedError as error:
        return error.kind
    except ZeroDivisionError:
        return ErrorType.DIVIDE_BY_ZERO
    except (OverflowError, ValueError):
        return ErrorType.NUM


# --- reading values ------------------------------------------------------------------------------


def _number(place: Place, value: Value) -> float:
    """Read a number: nothing is 0, TRUE is 1, and a text may look like one."""
    if isinstance(value, (int, float)):
        return float(value)
    if isinstance(value, ErrorType):
        raise _FailedError(value)
    found = entering.read(value, place.locale, place.today.year) if value else None
    if value and found is None:
        raise _FailedError(ErrorType.VALUE)
    return found or 0.0


def _text(place: Place, value: Value) -> str:
    if isinstance(value, ErrorType):
        raise _FailedError(value)
    return showing.shown(Cell(value), place.locale)


def _day(place: Place, value: Value) -> datetime:
    """Read a date, without its time."""
    serial = math.floor(_number(place, value))
    if serial < 0:
        raise _FailedError(ErrorType.NUM)
    return dates.moment(serial)


def _finite(number: float) -> float:
    if not math.isfinite(number):
        raise _FailedError(ErrorType.NUM)
    return number


# --- operators -----------------------------------------------------------------------------------


def _arithmetic(do: Callable[[float, float], float]) -> Callable[..., Value]:
    return lambda place, one, two: _finite(do(_number(place, one), _number(place, two)))


def _comparison(holds: Callable[[Any, Any], bool]) -> Callable[..., Value]:
    """Compare two values: numbers come before texts, texts before truth values."""

    def compare(_place: Place, one: Value, two: Value) -> bool:
        if type(one) in _NUMBERS and type(two) in _NUMBERS:
            return holds(one, two)
        return holds(_rank(one, two), _rank(two, one))

    return compare


def _rank(value: Value, beside: Value) -> tuple[int, Any]:
    """Give the order of a value; a blank cell is like what it is compared with."""
    if isinstance(value, ErrorType):
        raise _FailedError(value)
    if value is None:
        value = "" if isinstance(beside, str) else False if isinstance(beside, bool) else 0
    if isinstance(value, str):
        return 1, value.casefold()
    return (2 if isinstance(value, bool) else 0), value


def _plus(place: Place, one: Value, two: Value | None = None) -> Value:
    return _finite(_number(place, one) + _number(place, two))


def _minus(place: Place, one: Value, *two: Value) -> Value:
    if not two:
        return -_number(place, one)
    return _finite(_number(place, one) - _number(place, two[0]))


# --- functions of single values ------------------------------------------------------------------


def _date(place: Place, *given: Value) -> Value:
    """Give the serial of a date; months and days beyond the calendar go on counting."""
    year, month, day = (math.trunc(_number(place, part)) for part in given)
    years, months = divmod(month - 1, 12)
    year += years + (_FIRST_YEAR if 0 <= year < _FIRST_YEAR else 0)
    if year < _FIRST_YEAR:
        raise _FailedError(ErrorType.NUM)
    return dates.serial(datetime(year, months + 1, 1) + timedelta(day - 1))  # noqa: DTZ001 - cells have no time zone


def _edate(place: Place, start: Value, months: Value) -> Value:
    """Go so many months on; a day that the month does not have is its last."""
    day = _day(place, start)
    years, month = divmod(day.month - 1 + math.trunc(_number(place, months)), 12)
    last = calendar.monthrange(day.year + years, month + 1)[1]
    end = day.replace(year=day.year + years, month=month + 1, day=min(day.day, last))
    if end < dates.EPOCH:
        raise _FailedError(ErrorType.NUM)
    return dates.serial(end)


def _today(place: Place) -> Value:
    return dates.serial(datetime.combine(place.today, time()))


def _iferror(_place: Place, value: Value, instead: Value = None) -> Value:
    return instead if isinstance(value, ErrorType) else value


# --- functions of whole ranges -------------------------------------------------------------------


def _cells(given: Given) -> Sequence[Value]:
    return given.cells if isinstance(given, Matrix) else [given]


def _countifs(place: Place, *given: Given) -> Value:
    """Count the places at which each range meets its criterion."""
    ranges, wanted = given[::2], given[1::2]
    if len(set(map(_size, ranges))) > 1:
        raise _FailedError(ErrorType.VALUE)
    lost = next((one for one in ranges if isinstance(one, ErrorType)), None)
    if lost is not None:
        raise _FailedError(lost)
    columns = zip(*map(_cells, ranges), strict=True)
    tests = [_criterion(place, one) for one in wanted]
    return sum(all(test(cell) for test, cell in zip(tests, line, strict=True)) for line in columns)


def _criterion(place: Place, given: Given) -> Callable[[Value], bool]:
    if isinstance(given, (ErrorType, Matrix)):
        raise _FailedError(given if isinstance(given, ErrorType) else ErrorType.VALUE)
    return criteria.test(given, lambda text: entering.read(text, place.locale, place.today.year))


def _size(given: Given) -> tuple[int, int]:
    return (given.height, given.width) if isinstance(given, Matrix) else (1, 1)


def _sumproduct(_place: Place, *given: Given) -> Value:
    """Add up the products of what stands at the same place; what is no number counts as 0."""
    if len(set(map(_size, given))) > 1:
        raise _FailedError(ErrorType.VALUE)
    total = 0.0
    for line in zip(*map(_cells, given), strict=True):
        total += math.prod(map(_factor, line))
    return _finite(total)


def _factor(value: Value) -> float:
    if isinstance(value, ErrorType):
        raise _FailedError(value)
    return value if type(value) in _NUMBERS else 0  # type: ignore[return-value]


def _and(place: Place, *given: Given) -> Value:
    """Say whether all hold; texts and blanks of a range do not count, a single text is wrong."""
    kept = [
        _number(place, value) != 0
        for one in given
        for value in _cells(one)
        if not isinstance(one, Matrix) or not isinstance(value, (str, type(None)))
    ]
    if not kept:
        raise _FailedError(ErrorType.VALUE)
    return all(kept)


# --- all of them ---------------------------------------------------------------------------------

_TWO: Final = range(2, 3)
_EACH: Final[dict[str, tuple[Callable[..., Value], range]]] = {
    "+": (_plus, range(1, 3)),
    "-": (_minus, range(1, 3)),
    "*": (_arithmetic(operator.mul), _TWO),
    "/": (_arithmetic(operator.truediv), _TWO),
    "^": (_arithmetic(math.pow), _TWO),
    "&": (lambda place, one, two: _text(place, one) + _text(place, two), _TWO),
    "=": (_comparison(operator.eq), _TWO),
    "<>": (_comparison(operator.ne), _TWO),
    "<": (_comparison(operator.lt), _TWO),
    "<=": (_comparison(operator.le), _TWO),
    ">": (_comparison(operator.gt), _TWO),
    ">=": (_comparison(operator.ge), _TWO),
    "DATE": (_date, range(3, 4)),
    "EDATE": (_edate, _TWO),
    "IFERROR": (_iferror, range(1, 3)),
    "ISNUMBER": (lambda _place, value: type(value) in _NUMBERS, range(1, 2)),
    "MONTH": (lambda place, value: _day(place, value).month, range(1, 2)),
    "YEAR": (lambda place, value: _day(place, value).year, range(1, 2)),
}
"""What works cell by cell, and with how many arguments."""

_WHOLE: Final[dict[str, tuple[Callable[..., Value], range]]] = {
    "AND": (_and, range(1, 256)),
    "COUNTIF": (_countifs, _TWO),
    "COUNTIFS": (_countifs, range(2, 256, 2)),
    "FALSE": (lambda _place: False, range(1)),
    "SUMPRODUCT": (_sumproduct, range(1, 256)),
    "TODAY": (_today, range(1)),
    "TRUE": (lambda _place: True, range(1)),
}
"""What takes ranges as a whole, or nothing."""

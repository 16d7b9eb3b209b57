"""What becomes of a value that is written: stored as it is, or read as if a person typed it."""

import math
import re
from dataclasses import replace
from typing import Final

from automation.sandbox.google import dates
from automation.sandbox.google.book import Cell, Scalar
from automation.sandbox.google.errors import Json, invalid

LONGEST: Final = 50_000
"""Characters in a cell (Google: 50,000 inclusive)."""

_EXACT: Final = 2**53
_CURRENCY: Final = {"en_US": "$", "id_ID": "Rp"}
_SCIENTIFIC: Final = re.compile(r"[+-]?\d+(?:\.\d+)?[eE][+-]?\d{1,3}")


def raw(cell: Cell, value: Scalar) -> Cell:
    """Store a value without reading anything into it. Raises ApiError when it is too long."""
    checked(value)
    empty = value is None or value == ""
    return cell.emptied() if empty else replace(cell, value=plain(value), formula="", error="")


def checked(value: Scalar) -> None:
    """Refuse what no cell can hold. Raises ApiError."""
    if isinstance(value, str) and len(value) > LONGEST:
        raise invalid(
            f"Your input contains more than the maximum of {LONGEST} characters in a single cell"
        )
    if isinstance(value, (int, float)) and not _finite(value):
        raise invalid(f"Invalid value {value}: a cell holds finite numbers")


def _finite(value: float) -> bool:
    try:
        return math.isfinite(value)
    except OverflowError:  # an integer beyond all floats
        return False


def plain(value: Scalar) -> Scalar:
    """Keep whole numbers as integers, as long as a float counts so far; cells hold floats."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return value
    exact = abs(value) < _EXACT and float(value).is_integer()
    return int(value) if exact else float(value)


def entered(cell: Cell, value: Scalar, locale: str, year: int) -> Cell:
    """Store a value as if a person had typed it; `year` completes a date without one."""
    if not isinstance(value, str) or not value:
        return raw(cell, value)
    checked(value)
    if number_format(cell).get("type") == "TEXT":
        return raw(cell, value)
    if value.startswith("'"):
        return raw(cell, value[1:])
    if value.startswith("=") and len(value) > 1:
        return with_formula(cell, value)
    return _typed(cell, value.strip(), locale, year) or raw(cell, value)


def with_formula(cell: Cell, formula: str) -> Cell:
    """Store a formula; its value is worked out when it is read (`figures`)."""
    checked(formula)
    return replace(cell, value=None, formula=formula, error="")


def number_format(cell: Cell) -> Json:
    """Give the number format that was set on a cell."""
    found: Json = (cell.look or {}).get("numberFormat", {})
    return found


def read(text: str, locale: str, year: int) -> float | None:
    """Give the number or the serial of the date that a text looks like, or None."""
    found = _number(text.strip(), locale) or dates.typed(text.strip(), locale, year)
    return found[0] if found is not None and _finite(found[0]) else None


def _typed(cell: Cell, text: str, locale: str, year: int) -> Cell | None:
    if text.upper() in {"TRUE", "FALSE"}:
        return replace(cell, value=text.upper() == "TRUE", formula="", error="")
    found = _number(text, locale) or dates.typed(text, locale, year)
    if found is None or not _finite(found[0]):
        return None
    value, kind, pattern = found
    fresh = replace(cell, value=plain(value), formula="", error="")
    if not kind or number_format(cell):
        return fresh
    shown = {"type": kind, "pattern": pattern}
    return replace(fresh, look={**(cell.look or {}), "numberFormat": shown})


def _number(text: str, locale: str) -> tuple[float, str, str] | None:
    """Read a number with the locale's signs: value, number format type, pattern."""
    group, comma = (",", ".") if locale == "en_US" else (".", ",")
    sign = _CURRENCY.get(locale, "$")
    money = text.startswith(sign)
    percent = text.endswith("%")
    bare = text.removeprefix(sign).strip() if money else text.removesuffix("%").strip()
    if _SCIENTIFIC.fullmatch(bare.replace(comma, ".")):
        return float(bare.replace(comma, ".")), "SCIENTIFIC", "0.00E+00"
    shape = rf"[+-]?(\d+|\d{{1,3}}(?:{re.escape(group)}\d{{3}})+)?({re.escape(comma)}\d*)?"
    match = re.fullmatch(shape, bare)
    if not match or not any(sign.isdigit() for sign in bare):
        return None
    value = float(bare.replace(group, "").replace(comma, "."))
    decimals = ".00" if match[2] else ""
    if percent:
        return value / 100, "PERCENT", f"0{decimals}%"
    if money:
        return value, "CURRENCY", f'"{sign}"#,##0{decimals}'
    return (value, "NUMBER", f"#,##0{decimals}") if group in bare else (value, "", "")

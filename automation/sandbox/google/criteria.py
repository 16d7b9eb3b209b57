"""What COUNTIF looks for: `"<0"`, `"Jalan*"`, `"<>"`. Pure.

Google: support.google.com/docs/answer/3093480.
"""

import fnmatch
import operator
import re
from collections.abc import Callable
from typing import Any, Final

from automation.sandbox.google.book import Scalar

_SIGNS: Final[dict[str, Callable[[Any, Any], bool]]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_PARTS: Final = re.compile(r"(<>|<=|>=|<|>|=)?(.*)", re.DOTALL)
_WILD: Final = re.compile(r"~([*?~])|(\[)")
_KINDS: Final[dict[type, type]] = {int: float, float: float, bool: bool, str: str}

Test = Callable[[object], bool]
"""Says of a cell's value whether it counts."""


def test(criterion: Scalar, read: Callable[[str], float | None]) -> Test:
    """Make the test of a criterion; `read` gives the number or date that a text looks like."""
    sign, wanted = _parted(criterion, read)
    if sign in _SIGNS:
        return _compared(_SIGNS[sign], wanted)
    same = _same(wanted)
    return (lambda value: not same(value)) if sign == "<>" else same


def _parted(criterion: Scalar, read: Callable[[str], float | None]) -> tuple[str, Scalar]:
    """Part the sign from what it compares with; a blank cell as criterion is 0."""
    if not isinstance(criterion, str):
        return "=", 0 if criterion is None else criterion
    match = _PARTS.fullmatch(criterion)
    sign, text = (match[1] or "=", match[2]) if match else ("=", criterion)
    if text.upper() in {"TRUE", "FALSE"}:
        return sign, text.upper() == "TRUE"
    number = read(text) if text else None
    return sign, text if number is None else number


def _same(wanted: Scalar) -> Test:
    if wanted == "":
        return lambda value: value is None or value == ""
    if not isinstance(wanted, str):
        return _compared(operator.eq, wanted)
    glob = _WILD.sub(lambda found: f"[{found[1] or found[2]}]", wanted)
    pattern = re.compile(fnmatch.translate(glob), re.IGNORECASE)
    return lambda value: isinstance(value, str) and pattern.match(value) is not None


def _compared(holds: Callable[[Any, Any], bool], wanted: Scalar) -> Test:
    """Compare with values of the same kind only."""
    kind, folded = _KINDS.get(type(wanted)), _folded(wanted)
    return lambda value: _KINDS.get(type(value)) is kind and holds(_folded(value), folded)


def _folded(value: object) -> object:
    return value.casefold() if isinstance(value, str) else value

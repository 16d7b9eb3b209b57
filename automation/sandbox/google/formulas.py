"""The arithmetic of formulas: numbers, + - * / ^ and brackets. Anything else is #NAME?."""

import ast
import math
import operator
import re
from collections.abc import Callable
from typing import Final

_BINARY: Final[dict[type[ast.operator], Callable[[float, float], float]]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: math.pow,
}
_ARITHMETIC: Final = re.compile(r"[\d.eE+\-/()\s^]*(?:\*(?!\*)[\d.eE+\-/()\s^]*)*", re.ASCII)
_LONGEST: Final = 200


def value_of(formula: str) -> tuple[float | None, str]:
    """Give the number of a formula such as `=4/2`, or None and Google's ErrorType."""
    text = formula[1:].strip()
    if len(text) > _LONGEST or not _ARITHMETIC.fullmatch(text):
        return None, "NAME"
    try:
        number = _value(ast.parse(text.replace("^", "**"), mode="eval").body)
    except ZeroDivisionError:
        return None, "DIVIDE_BY_ZERO"
    except (OverflowError, ValueError):
        return None, "NUM"
    except (SyntaxError, RecursionError, MemoryError):
        return None, "ERROR"
    if number is None:
        return None, "NAME"
    return (number, "") if math.isfinite(number) else (None, "NUM")


def _value(node: ast.expr) -> float | None:
    if isinstance(node, ast.Constant):
        plain = isinstance(node.value, (int, float)) and not isinstance(node.value, bool)
        return float(node.value) if plain else None  # type: ignore[arg-type]
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, (ast.USub, ast.UAdd)):
        inner = _value(node.operand)
        return inner if inner is None or isinstance(node.op, ast.UAdd) else -inner
    if isinstance(node, ast.BinOp) and type(node.op) in _BINARY:
        left, right = _value(node.left), _value(node.right)
        return None if left is None or right is None else _BINARY[type(node.op)](left, right)
    return None

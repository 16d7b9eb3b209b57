"""The grammar of formulas: a text becomes a tree, and its references can be exchanged. Pure."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from typing import Final

from automation.sandbox.google import areas
from automation.sandbox.google.areas import Area

DEEPEST: Final = 100
"""How many operations and brackets may stand within each other, and follow in one sum."""

_RANKS: Final = {
    **dict.fromkeys(("=", "<>", "<", "<=", ">", ">="), 1),
    "&": 2,
    **dict.fromkeys("+-", 3),
    **dict.fromkeys("*/", 4),
    "^": 5,
}
"""What binds tighter has the higher number; a sign before an operand binds tightest of all."""

_CELL: Final = r"\$?[A-Za-z]{1,3}\$?[1-9]\d*"
_COLUMN: Final = r"\$?[A-Za-z]{1,3}"
_CELLS: Final = rf"{_CELL}:{_CELL}|{_CELL}:{_COLUMN}|{_COLUMN}:{_COLUMN}|\$?\d+:\$?\d+|{_CELL}"
_TOKEN: Final = {
    point: re.compile(
        r'(?P<text>"(?:[^"]|"")*")'
        rf"|(?:(?P<title>'(?:[^']|'')+'|\w+)!)?(?P<cells>{_CELLS})(?![\w.(!])"
        rf"|(?P<number>(?:\d+(?:[{point}]\d+)?|[{point}]\d+)(?:[eE][+-]?\d+)?)"
        r"|(?P<error>\#REF!)"
        r"|(?P<word>[^\W\d][\w.]*)"
        r"|(?P<sign><>|<=|>=|[-+*/^&=<>();,])"
        r"|(?P<other>\S)"
    )
    for point in ".,"
}
"""How to part a formula, by the decimal sign."""


class ErrorType(Enum):
    """Why a formula has no value, under the API's names."""

    ERROR = "ERROR"
    DIVIDE_BY_ZERO = "DIVIDE_BY_ZERO"
    VALUE = "VALUE"
    REF = "REF"
    NAME = "NAME"
    NUM = "NUM"
    N_A = "N_A"


@dataclass(frozen=True, slots=True)
class Literal:
    """A number, a text, or an error that stands in the formula itself."""

    value: float | str | ErrorType


@dataclass(frozen=True, slots=True)
class Reference:
    """A range; without a title on the formula's own sheet."""

    title: str | None
    area: Area


@dataclass(frozen=True, slots=True)
class Call:
    """A function or an operator, and what it is applied to."""

    name: str
    arguments: tuple["Tree", ...]
    height: int


Tree = Literal | Reference | Call


Change = Callable[[str | None, str], str | None]
"""Gets title and cells of a reference; gives what is to stand there, None = as it is."""


class _UnreadableError(Exception):
    """No formula, or one too deep to be worked out."""


@lru_cache(maxsize=4096)
def parsed(formula: str, locale: str) -> Tree:
    """Read a formula such as `=COUNTIF(A:A;"<0")`; what is none reads as #ERROR!.

    Semicolons part the arguments everywhere, commas where they are no decimal sign.
    """
    try:
        return _Parser(formula.removeprefix("="), "." if locale == "en_US" else ",").whole()
    except _UnreadableError:
        return Literal(ErrorType.ERROR)


def references(tree: Tree) -> Iterator[Reference]:
    """Give every range that a formula names."""
    if isinstance(tree, Reference):
        yield tree
    elif isinstance(tree, Call):
        for argument in tree.arguments:
            yield from references(argument)


def exchanged(formula: str, change: Change) -> str:
    """Put other references into a formula."""

    def put(match: re.Match[str]) -> str:
        new = change(_title(match), match["cells"]) if match["cells"] else None
        return match[0] if new is None else new

    return _TOKEN["."].sub(put, formula)


def _title(match: re.Match[str]) -> str | None:
    title = match["title"]
    quoted = title is not None and title.startswith("'")
    return title[1:-1].replace("''", "'") if quoted else title


class _Parser:
    """Climbs the ranks of the operators."""

    def __init__(self, text: str, point: str) -> None:
        self._tokens = list(_TOKEN[point].finditer(text))
        self._point = point
        self._separators = {";"} if point == "," else {";", ","}
        self._at = 0

    def whole(self) -> Tree:
        """Read all of it. Raises _UnreadableError."""
        tree = self._expression(0, 0)
        if self._at < len(self._tokens):
            raise _UnreadableError
        return tree

    def _next(self) -> str:
        return self._tokens[self._at][0] if self._at < len(self._tokens) else ""

    def _take(self) -> re.Match[str]:
        if self._at >= len(self._tokens):
            raise _UnreadableError
        self._at += 1
        return self._tokens[self._at - 1]

    def _expression(self, least: int, depth: int) -> Tree:
        left = self._operand(depth)
        while (rank := _RANKS.get(self._next(), -1)) >= least:
            sign = self._take()[0]
            left = _call(sign, left, self._expression(rank + 1, depth + 1))
        return left

    def _operand(self, depth: int) -> Tree:
        if depth > DEEPEST:
            raise _UnreadableError
        token = self._take()
        if token["sign"]:
            return self._signed(token[0], depth + 1)
        if token["word"]:
            return self._named(token[0].upper(), depth + 1)
        return self._plain(token)

    def _signed(self, sign: str, depth: int) -> Tree:
        if sign in "+-":
            return _call(sign, self._operand(depth))
        if sign != "(":
            raise _UnreadableError
        inner = self._expression(0, depth)
        self._close()
        return inner

    def _close(self) -> None:
        if self._take()[0] != ")":
            raise _UnreadableError

    def _named(self, name: str, depth: int) -> Tree:
        if self._next() != "(":
            truth = name in {"TRUE", "FALSE"}
            return _call(name) if truth else Literal(ErrorType.NAME)
        self._take()
        arguments: list[Tree] = []
        while self._next() != ")":
            if arguments and self._take()[0] not in self._separators:
                raise _UnreadableError
            arguments.append(self._expression(0, depth))
        self._close()
        return _call(name, *arguments)

    def _plain(self, token: re.Match[str]) -> Tree:
        if token["text"]:
            return Literal(token[0][1:-1].replace('""', '"'))
        if token["error"]:
            return Literal(ErrorType.REF)
        area = areas.parse(token["cells"]) if token["cells"] else None
        if area is not None:
            return Reference(_title(token), area)
        if token["number"]:
            return Literal(float(token[0].replace(self._point, ".")))
        raise _UnreadableError


def _call(name: str, *arguments: Tree) -> Call:
    heights = (argument.height for argument in arguments if isinstance(argument, Call))
    height = 1 + max(heights, default=0)
    if height > DEEPEST:
        raise _UnreadableError
    return Call(name, arguments, height)

"""Which public methods of gspread a test claims to exercise, and whether it really does."""

import functools
import inspect
import sys
from collections.abc import Callable, Collection
from types import CodeType, FrameType
from typing import Any, ParamSpec

Given = ParamSpec("Given")


class Claims:
    """The methods of one class of gspread that tests claim; a claim without a call fails."""

    def __init__(self, kind: type, excepted: Collection[str] = ()) -> None:
        self._kind = kind
        self._excepted = set(excepted)
        self._claimed: set[str] = set()

    def of(self, *lists: str) -> Callable[[Callable[Given, None]], Callable[Given, None]]:
        """Make a decorator: the test calls each of the methods or properties of these lists."""
        names = " ".join(lists).split()
        self._claimed |= set(names)

        def watched(test: Callable[Given, None]) -> Callable[Given, None]:
            @functools.wraps(test)
            def run(*given: Given.args, **named: Given.kwargs) -> None:
                seen = _codes_run(lambda: test(*given, **named))
                assert [name for name in names if self._code(name) not in seen] == []

            return run

        return watched

    def missing(self) -> set[str]:
        """Give the public names that are neither claimed nor excepted."""
        return self._public() - self._claimed - self._excepted

    def stale(self) -> set[str]:
        """Give what is claimed or excepted and does not exist, or is both."""
        known = self._claimed | self._excepted
        return (known - self._public()) | (self._claimed & self._excepted)

    def _public(self) -> set[str]:
        names = (name for name in dir(self._kind) if not name.startswith("_"))
        return {name for name in names if self._has_code(name)}

    def _has_code(self, name: str) -> bool:
        found = inspect.getattr_static(self._kind, name)
        return callable(found) or isinstance(found, (property, staticmethod, classmethod))

    def _code(self, name: str) -> CodeType:
        found = inspect.getattr_static(self._kind, name)
        method: Any = found.fget if isinstance(found, property) else found
        code: CodeType = inspect.unwrap(method).__code__
        return code


def _codes_run(do: Callable[[], None]) -> set[CodeType]:
    """Run something and give the code of all Python functions that it called."""
    seen: set[CodeType] = set()
    before = sys.getprofile()

    def note(frame: FrameType, event: str, _: object) -> None:
        if event == "call":
            seen.add(frame.f_code)

    sys.setprofile(note)
    try:
        do()
    finally:
        sys.setprofile(before)
    return seen

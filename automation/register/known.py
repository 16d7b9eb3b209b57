"""What is remembered of the spreadsheet between passes; all of it can be found again by looking."""

import json
from dataclasses import asdict, dataclass, field
from typing import Any, Final, Protocol

_KEY: Final = "sheet"


class Memory(Protocol):
    """Small things that outlive the process; the ledger is one."""

    def recall(self, key: str) -> str:
        """Give a small value, or ""."""
        ...

    def remember(self, key: str, value: str) -> None:
        """Keep a small value, durably."""
        ...


class Forgetful:
    """A memory for one process: what is found in a spreadsheet that is not the register (yet)."""

    def __init__(self) -> None:
        self._values: dict[str, str] = {}

    def recall(self, key: str) -> str:
        """Give a small value, or ""."""
        return self._values.get(key, "")

    def remember(self, key: str, value: str) -> None:
        """Keep a small value until the process ends."""
        self._values[key] = value


@dataclass(slots=True)
class Known:
    """The places of one spreadsheet, and how far its growing tabs are written."""

    spreadsheet: str
    gids: dict[str, int] = field(default_factory=dict)  # tab name -> sheetId
    titles: dict[str, str] = field(default_factory=dict)  # tab name -> title as it stands
    header: list[Any] = field(default_factory=list)
    named: list[str] = field(default_factory=list)  # column names, as the header stands
    marks: dict[str, int] = field(default_factory=dict)  # tab name -> last line written
    unsure: bool = True  # the marks may be behind the sheet: look before adding lines
    pens: dict[str, list[Any]] = field(default_factory=dict)  # tab of the pen -> its header
    astray: dict[str, bool] = field(default_factory=dict)  # anchors off their number; True = in use


def recall(memory: Memory, spreadsheet: str) -> Known:
    """Give what is remembered; nothing of another spreadsheet, or what cannot be read."""
    try:
        known = Known(**json.loads(memory.recall(_KEY) or "{}"))
    except (TypeError, ValueError):
        return Known(spreadsheet)
    return known if known.spreadsheet == spreadsheet else Known(spreadsheet)


def keep(memory: Memory, known: Known) -> None:
    """Remember it, when it is news."""
    told = json.dumps(asdict(known), ensure_ascii=False)
    if told != memory.recall(_KEY):
        memory.remember(_KEY, told)

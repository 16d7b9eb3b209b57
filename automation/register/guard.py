"""What the worker last wrote in its own cells, so that a foreign hand in them is noticed.

Long texts are not kept twice: a text is remembered by its digest.
"""

import json
from collections.abc import Iterable, Mapping
from hashlib import blake2s
from typing import Final

from automation.model import Cell, RowChange
from automation.register import rows, writes

_BYTES: Final = 8
"""Of the digest; it tells an accident, it keeps no secret."""

Seals = Mapping[str, Cell]
"""By column name: a number as it is, a text as its digest, an empty cell as ""."""


def sealed(cells: Mapping[str, Cell]) -> dict[str, Cell]:
    """Give what is to be remembered of cells."""
    return {name: _seal(cell) for name, cell in cells.items()}


def _seal(cell: Cell) -> Cell:
    if isinstance(cell, (int, float)):
        return cell
    typed = rows.text(cell)
    return blake2s(typed.encode(), digest_size=_BYTES).hexdigest() if typed else ""


def foreign(
    change: RowChange, stands: Mapping[str, Cell], seals: Seals, owned: Iterable[str]
) -> tuple[str, ...]:
    """Name the worker's own cells that are to be put back and are not as the worker left them.

    Nothing is said of a cell of which nothing is remembered.
    """
    names = sorted(set(owned) & set(change.cells) & set(seals))
    return tuple(n for n in names if not writes.same(_seal(stands.get(n)), seals[n]))


def dumped(seals: Seals) -> str:
    """Write seals as a text."""
    return json.dumps(dict(seals), separators=(",", ":"))


def loaded(text: str) -> dict[str, Cell]:
    """Read seals back; "" = none."""
    found: dict[str, Cell] = json.loads(text or "{}")
    return found

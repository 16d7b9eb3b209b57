"""The pen in the sheet: rows of Karantina and Surat Lain, the choices in them, the answers. Pure.

A row is the mail's whose code stands in it, wherever people sorted or copied it to.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from automation.model import Cell, Office, PenAnswer, PenChoice, PenEdit, PenRow, Ruling
from automation.register import rows
from automation.register.schema import Schema
from automation.register.shapes import Tab

CODE: Final = 12
"""Characters of a mail's key that tell it apart in the pen, in the log and in the archive."""

_READ: Final = ("kode", "tindakan", "nomor", "pesan")
"""The columns that a pass wants to know: the text of the mails stays where it is."""

_CODE: Final = re.compile(rf"[0-9a-f]{{{CODE}}}")
_NUMBER: Final = re.compile(r"PKT[\s-]*([0-9]{4})[\s-]*([0-9]{1,5})", re.IGNORECASE)


Raw = Sequence[Sequence[Cell]]
"""Lines of neighbouring columns, header first."""


# --- where the columns are ----------------------------------------------------------------------


def tabs(schema: Schema) -> tuple[Tab, ...]:
    """Give the tabs of the pen."""
    return tuple(tab for tab in schema.tabs if tab.pen)


def shipped(tab: Tab) -> list[Cell]:
    """Give the header as `init` makes it."""
    return [column.title for column in tab.column]


def span(header: Sequence[Cell], tab: Tab) -> tuple[int, int] | None:
    """Give the index of the first and the last column to read; None when one is missing."""
    places = _places(header, tab)
    return (min(places.values()), max(places.values())) if len(places) == len(_READ) else None


def _places(header: Sequence[Cell], tab: Tab) -> dict[str, int]:
    titles = [rows.plain(rows.text(cell)) for cell in header]
    wanted = {c.name: rows.plain(c.title) for c in tab.column if c.name in _READ}
    return {name: titles.index(title) for name, title in wanted.items() if title in titles}


def answer_column(header: Sequence[Cell], tab: Tab) -> int:
    """Give the index of the column of answers in the columns that were read."""
    return _places(header, tab)["pesan"]


def arranged(cells: Sequence[Cell], header: Sequence[Cell], tab: Tab) -> tuple[Cell, ...]:
    """Put a line's cells, given in the order of our columns, in the order of the header."""
    titles = [rows.plain(rows.text(cell)) for cell in header]
    ours = [rows.plain(column.title) for column in tab.column]
    if titles[: len(ours)] == ours or not set(ours[: len(cells)]) <= set(titles):
        return tuple(cells)
    by_title = dict(zip(ours, cells, strict=False))
    return tuple(by_title.get(title, "") for title in titles)


# --- rows ---------------------------------------------------------------------------------------


def read(tab: Tab, found: Raw) -> tuple[tuple[PenRow, ...], frozenset[str]]:
    """Give the rows in which something is chosen or answered, and the codes of all rows."""
    places = _places(found[0], tab)
    code_at, *others = (places[name] for name in _READ)
    spoken = tuple(
        _row(tab, position, line, places)
        for position, line in enumerate(found[1:], start=2)
        if any(line[at] for at in others if at < len(line))
    )
    codes = frozenset(rows.text(line[code_at]).strip() for line in found[1:] if code_at < len(line))
    return spoken, codes


def _row(tab: Tab, position: int, line: Sequence[Cell], places: Mapping[str, int]) -> PenRow:
    said = [rows.text(line[places[n]]).strip() if places[n] < len(line) else "" for n in _READ]
    code, choice, number, message = said
    return PenRow(
        tab.name, position, code if _CODE.fullmatch(code) else "", choice, number, message
    )


def edits(found: Iterable[PenRow], schema: Schema) -> Iterator[PenEdit]:
    """Give one choice for each mail about which something is chosen.

    Copies of a row that say the same are one; copies that disagree are a choice of nothing.
    """
    chosen: dict[str, set[tuple[str, str]]] = {}
    for row in found:
        if row.code and row.choice:
            chosen.setdefault(row.code, set()).add((row.choice, row.number))
    for code, said in chosen.items():
        typed = "\n".join(f"{word}\t{number}" for word, number in sorted(said))
        if len(said) > 1:
            yield PenEdit(code, typed, None, agreed=False)
            continue
        [(word, number)] = said
        yield PenEdit(code, typed, choice_of(word, schema), number_of(number), number)


def typed_back(ruling: Ruling) -> tuple[str, str]:
    """Give the choice and the number as they were typed; blank where copies disagreed."""
    word, _, number = ruling.typed.partition("\t")
    return ("", "") if "\n" in ruling.typed else (word, number)


def choice_of(typed: str, schema: Schema) -> PenChoice | None:
    """Read a choice; None = unknown."""
    word = rows.plain(typed)
    for choice, shown in schema.words["pen"].items():
        if word in {rows.plain(shown), *(rows.plain(x) for x in schema.also.get(choice, ()))}:
            return PenChoice(choice)
    return None


def number_of(typed: str) -> str:
    """Read a register number in any of the ways people write it; "" = none."""
    match = _NUMBER.fullmatch(typed.strip())
    return f"PKT-{match[1]}-{int(match[2]):04d}" if match else ""


# --- answers ------------------------------------------------------------------------------------


def answers(
    found: Iterable[PenRow],
    rulings: Mapping[str, Ruling],
    waiting: Iterable[str],
    schema: Schema,
    office: Office,
) -> Iterator[PenAnswer]:
    """Give the answers that do not stand in their rows, and clear those that stand elsewhere.

    A row that was moved while an answer was under way may have got another's. `waiting` = codes of
    mails that were never decided about; what stands beside any other code is left alone.
    """
    undecided = {"", *waiting}
    for row in found:
        ruling = rulings.get(row.code)
        if ruling is None and row.code not in undecided:
            continue
        text = answer(ruling, schema, office) if ruling else ""
        if text != row.message:
            yield PenAnswer(row.tab, row.position, text)


def answer(ruling: Ruling, schema: Schema, office: Office) -> str:
    """Say in the office's words what followed from a choice."""
    template = schema.words["answer"].get(ruling.note.key, ruling.note.key)
    return rows.fill(template, ruling.note.facts, schema, office).strip()

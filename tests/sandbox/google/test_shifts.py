"""Ranges and lines that move: compared with what a plain list does."""

from hypothesis import given
from hypothesis import strategies as st

from automation.sandbox.google.areas import Shift, letters, parse

SIZE = 12


@st.composite
def _shifts(draw: st.DrawFn) -> Shift:
    start = draw(st.integers(0, SIZE - 1))
    end = draw(st.integers(start + 1, SIZE))
    kind = draw(st.sampled_from(["insert", "delete", "move"]))
    if kind == "move":
        to = draw(st.sampled_from([t for t in range(SIZE + 1) if not start < t < end]))
        return Shift(start, end, to)
    return Shift(start, end, inserted=kind == "insert")


def _done(shift: Shift) -> list[int | None]:
    """Do it to a list of numbers."""
    lines: list[int | None] = list(range(SIZE))
    if shift.inserted:
        lines[shift.start : shift.start] = [None] * (shift.end - shift.start)
        return lines
    block = lines[shift.start : shift.end]
    rest = lines[: shift.start] + lines[shift.end :]
    if shift.to is None:
        return rest
    at = shift.to if shift.to <= shift.start else shift.to - len(block)
    return rest[:at] + block + rest[at:]


@given(_shifts())
def test_every_line_goes_where_a_list_puts_it(shift: Shift) -> None:
    """Inserted, deleted or moved: the index follows its line, or is gone with it."""
    lines = _done(shift)
    for line in range(SIZE):
        expected = lines.index(line) if line in lines else None
        assert shift.index(line) == expected


@given(_shifts(), st.integers(0, SIZE - 1), st.integers(1, SIZE))
def test_a_span_keeps_its_lines(shift: Shift, first: int, length: int) -> None:
    """After an insertion or deletion a run begins and ends at the lines that it had."""
    last = min(first + length, SIZE)
    if shift.to is not None:
        return
    kept = [at for at in map(shift.index, range(first, last)) if at is not None]
    expected = (min(kept), max(kept) + 1) if kept else None
    assert shift.span(first, last) == expected


@given(st.integers(0, 18_277))
def test_columns_are_named_both_ways(column: int) -> None:
    """The letters of a column lead back to it."""
    area = parse(f"{letters(column)}1")
    assert area is not None
    assert (area.left, area.right, area.top) == (column, column + 1, 0)

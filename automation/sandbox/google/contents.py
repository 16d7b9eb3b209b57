"""Requests about what stands in cells: values, formats, validation, notes, copies, merges."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from automation.sandbox.google import entering, masks, references, showing
from automation.sandbox.google.areas import Area, Box
from automation.sandbox.google.book import BLANK, Cell, Scalar, Tab
from automation.sandbox.google.errors import Json, invalid
from automation.sandbox.google.masks import Tree
from automation.sandbox.google.work import Handler, Work, whole_number

_VALUES: Final[dict[str, tuple[type, ...]]] = {
    "stringValue": (str,),
    "numberValue": (int, float),
    "boolValue": (bool,),
}
_COLOURS: Final = ("backgroundColor", "foregroundColor")


def cell_data(cell: Cell, locale: str) -> Json:
    """Give a cell as CellData."""
    if cell == BLANK:
        return {}
    found: Json = {}
    if not cell.blank():
        found["userEnteredValue"] = (
            {"formulaValue": cell.formula} if cell.formula else _extended(cell)
        )
        found["effectiveValue"] = _extended(cell)
        found["formattedValue"] = showing.shown(cell, locale)
    if cell.look:
        found["userEnteredFormat"] = found["effectiveFormat"] = cell.look
    if cell.rule:
        found["dataValidation"] = cell.rule
    return found | ({"note": cell.note} if cell.note else {})


def _extended(cell: Cell) -> Json:
    if cell.error:
        return {"errorValue": {"type": cell.error}}
    if isinstance(cell.value, bool):
        return {"boolValue": cell.value}
    if isinstance(cell.value, (int, float)):
        return {"numberValue": cell.value}
    return {"stringValue": cell.value or ""}


def written(cell: Cell, data: Json, tree: Tree) -> Cell:
    """Set the fields of a cell that the mask names. Raises ApiError."""
    if masks.wants(tree, "userEnteredValue"):
        cell = _with_value(cell, data.get("userEnteredValue") or {})
    if masks.wants(tree, "userEnteredFormat"):
        new = _coloured(data.get("userEnteredFormat") or {})
        below = _with_styles(tree.get("userEnteredFormat", {}))
        cell = replace(cell, look=masks.merged(cell.look or {}, new, below) or None)
    if masks.wants(tree, "dataValidation"):
        cell = replace(cell, rule=data.get("dataValidation") or None)
    if masks.wants(tree, "note"):
        cell = replace(cell, note=data.get("note", ""))
    return cell


def _with_value(cell: Cell, value: Json) -> Cell:
    """Set an ExtendedValue; texts are never parsed (Google: ExtendedValue.stringValue)."""
    if "formulaValue" in value:
        return entering.with_formula(cell, str(value["formulaValue"]))
    for name, kinds in _VALUES.items():
        if name in value:
            return entering.raw(cell, _checked(value[name], name, kinds))
    return cell.emptied()


def _checked(value: Scalar, name: str, kinds: tuple[type, ...]) -> Scalar:
    if not isinstance(value, kinds) or (isinstance(value, bool) and bool not in kinds):
        raise invalid(f"Invalid value at '{name}', {value!r}")
    return value


def _coloured(look: Json) -> Json:
    """Add the newer style field to each colour; channels of zero are left out, as in proto3."""
    result: Json = {}
    for name, value in look.items():
        result[name] = _coloured(value) if isinstance(value, dict) else value
        if name in _COLOURS and isinstance(value, dict):
            rgb = {channel: part for channel, part in value.items() if part}
            result[name] = rgb
            result[f"{name}Style"] = {"rgbColor": rgb}
    return result


def _with_styles(tree: Tree) -> Tree:
    """Let a mask that names a colour reach the newer style field too, as at Google."""
    found = {name: _with_styles(below) for name, below in tree.items()}
    return found | {f"{name}Style": {} for name in _COLOURS if name in tree}


def _widest(rows: Iterable[Json]) -> int:
    return max((len(row.get("values", [])) for row in rows), default=0)


def update(work: Work, request: Json) -> Json:
    """Write cells from a corner on, or over a range; the rest of a range is reset."""
    tree, rows = masks.required(request, "CellData"), request.get("rows", [])
    if "range" in request:
        tab, box = work.box(request["range"])
        if len(rows) > box.bottom - box.top or _widest(rows) > box.right - box.left:
            raise invalid("Attempting to write beyond the specified range.")
    else:
        tab, box = _from_corner(work, request.get("start"), rows)
    _fill(tab, box, rows, tree, whole="range" in request)
    return {}


def _from_corner(work: Work, start: Json | None, rows: list[Json]) -> tuple[Tab, Box]:
    if not isinstance(start, dict):
        raise invalid("No area specified: 'start' or 'range' is needed.")
    top, left = whole_number(start, "rowIndex"), whole_number(start, "columnIndex")
    tab = work.book.tab(start.get("sheetId"))
    if not rows or not _widest(rows):
        return tab, Box(top, top, left, left)
    if top + len(rows) > len(tab.rows) or left + _widest(rows) > tab.width:
        raise invalid(
            f"Attempting to write column or row outside of the grid: "
            f"{top + len(rows)} x {left + _widest(rows)}"
        )
    area = Area(top, top + len(rows), left, left + _widest(rows))
    return work.box(area.grid_range(tab.id))


def _fill(tab: Tab, box: Box, rows: list[Json], tree: Tree, *, whole: bool) -> None:
    for at, row in enumerate(box.rows()):
        data: list[Json] = rows[at].get("values", []) if at < len(rows) else []
        width = box.right - box.left if whole else len(data)
        full = data + [{}] * (width - len(data))
        changes = {
            column: written(tab.cell(row, column), entry, tree)
            for column, entry in enumerate(full, start=box.left)
        }
        tab.put(row, changes)


def append(work: Work, request: Json) -> Json:
    """Write rows below the last row that has content."""
    tab, rows = work.book.tab(request.get("sheetId")), request.get("rows", [])
    tree, top = masks.required(request, "CellData"), tab.used()
    work.book.grow(tab, top + len(rows), _widest(rows))
    tab, box = _from_corner(work, {"sheetId": tab.id, "rowIndex": top}, rows)
    _fill(tab, box, rows, tree, whole=False)
    return {}


def repeat(work: Work, request: Json) -> Json:
    """Set the same fields on every cell of a range."""
    tab, box = work.box(request.get("range"))
    tree, data = masks.required(request, "CellData"), request.get("cell", {})
    known: dict[int, tuple[Cell, Cell]] = {}
    for row in box.rows():
        old = {column: tab.cell(row, column) for column in box.columns()}
        for cell in old.values():
            if id(cell) not in known:  # equal cells stay one object
                known[id(cell)] = cell, written(cell, data, tree)
        tab.put(row, {column: known[id(cell)][1] for column, cell in old.items()})
    return {}


def validate(work: Work, request: Json) -> Json:
    """Set or remove the validation rule of a range."""
    tab, box = work.box(request.get("range"))
    rule = request.get("rule") or None
    if rule is not None and not rule.get("condition", {}).get("type"):
        raise invalid("rule.condition.type must be specified.")
    for row in box.rows():
        tab.put(row, {c: replace(tab.cell(row, c), rule=rule) for c in box.columns()})
    return {}


# --- copying -------------------------------------------------------------------------------------

Block = list[list[Cell]]


def _block(work: Work, tab: Tab, box: Box, kind: str) -> Block:
    """Give the cells of a box; those whose values alone are pasted, with what formulas give."""
    block = [[tab.cell(row, column) for column in box.columns()] for row in box.rows()]
    if kind != "PASTE_VALUES":
        return block
    figures = work.figures()
    return [
        [figures.of(cell, (tab.id, row, at)) for at, cell in enumerate(line, start=box.left)]
        for row, line in enumerate(block, start=box.top)
    ]


def _pasted(old: Cell, new: Cell, kind: str) -> Cell:
    """Give what becomes of a cell under a paste type. Raises ApiError."""
    if kind in {"PASTE_NORMAL", "PASTE_NO_BORDERS"}:
        return new
    if kind == "PASTE_VALUES":
        return replace(old, value=new.value, formula="", error=new.error)
    if kind == "PASTE_FORMULA":
        return replace(old, value=new.value, formula=new.formula, error=new.error)
    if kind == "PASTE_FORMAT":
        return replace(old, look=new.look)
    if kind == "PASTE_DATA_VALIDATION":
        return replace(old, rule=new.rule)
    raise invalid(f"pasteType {kind} is not supported.")


def _paste(tab: Tab, box: Box, block: Block, kind: str, origin: Box | None = None) -> None:
    """Put a block into a box, again and again; `origin` = whence formulas were copied."""
    for row in box.rows():
        line = block[(row - box.top) % len(block)]
        news = {c: line[(c - box.left) % len(line)] for c in box.columns()}
        if origin is not None:
            down = row - origin.top - (row - box.top) % len(block)
            news = {
                c: references.carried(new, down, c - origin.left - (c - box.left) % len(line))
                for c, new in news.items()
            }
        tab.put(row, {c: _pasted(tab.cell(row, c), new, kind) for c, new in news.items()})


def copy_paste(work: Work, request: Json) -> Json:
    """Copy cells; a destination that is a multiple of the source is filled."""
    source, box = _source(work, request)
    kind = request.get("pasteType", "PASTE_NORMAL")
    block, turned = _block(work, source, box, kind), request.get("pasteOrientation") == "TRANSPOSE"
    if turned:
        block = [list(column) for column in zip(*block, strict=True)]
    tab, area = work.place(request.get("destination"))
    target = tab.box(area)
    high, wide = target.bottom - target.top, target.right - target.left
    high = high if high % len(block) == 0 and high else len(block)
    wide = wide if wide % len(block[0]) == 0 and wide else len(block[0])
    _onto(work, tab, Box(target.top, target.top + high, target.left, target.left + wide))
    filled = Box(target.top, target.top + high, target.left, target.left + wide)
    _paste(tab, filled, block, kind, None if turned else box)
    return {}


def _source(work: Work, request: Json) -> tuple[Tab, Box]:
    tab, area = work.place(request.get("source"))
    return tab, tab.checked(area, tab.title)


def _onto(work: Work, tab: Tab, box: Box) -> None:
    work.box(box.area().grid_range(tab.id))


def cut_paste(work: Work, request: Json) -> Json:
    """Move cells to another place."""
    source, box = work.box(request.get("source"))
    kind = request.get("pasteType", "PASTE_NORMAL")
    block = _block(work, source, box, kind)
    corner = request.get("destination", {})
    tab = work.book.tab(corner.get("sheetId"))
    top, left = whole_number(corner, "rowIndex"), whole_number(corner, "columnIndex")
    target = Box(top, top + len(block), left, left + len(block[0]))
    _onto(work, tab, target)
    _paste(source, box, [[BLANK]], "PASTE_NORMAL")
    _paste(tab, target, block, kind)
    return {}


# --- merging -------------------------------------------------------------------------------------


def merge(work: Work, request: Json) -> Json:
    """Merge cells; all but the first lose their content."""
    tab, box = work.box(request.get("range"))
    boxes = _pieces(box, request.get("mergeType", "MERGE_ALL"))
    if any(piece.meets(tab.box(Area.of(m))) for piece in boxes for m in tab.things["merges"]):
        tab.things["merges"] = _unmerged(tab, box)
    for piece in boxes:
        for row, column in piece.places():
            if (row, column) != (piece.top, piece.left):
                tab.put(row, {column: tab.cell(row, column).emptied()})
    tab.things["merges"] += [piece.area().grid_range(tab.id) for piece in boxes]
    return {}


def _pieces(box: Box, kind: str) -> list[Box]:
    if kind == "MERGE_ROWS":
        return [replace(box, top=row, bottom=row + 1) for row in box.rows()]
    if kind == "MERGE_COLUMNS":
        return [replace(box, left=at, right=at + 1) for at in box.columns()]
    return [box]


def _unmerged(tab: Tab, box: Box) -> list[Json]:
    """Leave out the merges within a box. Raises ApiError for one that sticks out of it."""
    found = [(m, tab.box(Area.of(m))) for m in tab.things["merges"]]
    if any(own.meets(box) and not own.within(box) for _, own in found):
        raise invalid("You must select all cells in a merged range to merge or unmerge them.")
    return [merged for merged, own in found if not own.meets(box)]


def unmerge(work: Work, request: Json) -> Json:
    """Part merged cells."""
    tab, box = work.box(request.get("range"))
    tab.things["merges"] = _unmerged(tab, box)
    return {}


HANDLERS: Final[dict[str, Handler]] = {
    "updateCells": update,
    "appendCells": append,
    "repeatCell": repeat,
    "setDataValidation": validate,
    "copyPaste": copy_paste,
    "cutPaste": cut_paste,
    "mergeCells": merge,
    "unmergeCells": unmerge,
}

"""Developer metadata: putting it on places, and finding it again by data filters."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from automation.sandbox.google import areas, masks
from automation.sandbox.google.areas import COLUMNS, ROWS, Area
from automation.sandbox.google.book import Book, Mark, Tab
from automation.sandbox.google.errors import Json, invalid

_ROOM: Final = 30_000
"""Characters of keys and values for each sheet, and for the spreadsheet itself (Google)."""

_HIGHEST: Final = 2**31 - 1
_EXACT: Final = "EXACT_LOCATION"
_INTERSECTING: Final = "INTERSECTING_LOCATION"


def shown(mark: Mark) -> Json:
    """Give it as the API does."""
    location: Json = {"locationType": mark.location_type()}
    if mark.sheet is None:
        location["spreadsheet"] = True
    elif mark.dimension:
        location["dimensionRange"] = without_zero(mark.span())
    else:
        location["sheetId"] = mark.sheet
    found = {"metadataId": mark.id, "metadataKey": mark.key, "metadataValue": mark.value}
    found = {name: value for name, value in found.items() if value != ""}
    return {**found, "location": location, "visibility": mark.visibility}


def without_zero(span: Json) -> Json:
    """Leave out a sheetId of 0, as Google's answers do."""
    return {key: value for key, value in span.items() if key != "sheetId" or value}


def create(book: Book, wanted: Json, fresh_id: int) -> Mark:
    """Put a new mark on its place; `fresh_id` is taken when it brings none. Raises ApiError."""
    number = wanted.get("metadataId") or fresh_id
    if not isinstance(number, int) or not 0 < number <= _HIGHEST:
        raise invalid("developerMetadata.metadataId must be a positive integer.")
    if number in book.marks:
        raise invalid(f"Developer metadata with ID {number} already exists.")
    key, visibility = wanted.get("metadataKey", ""), wanted.get("visibility", "")
    if not key:
        raise invalid("developerMetadata.metadataKey must be specified.")
    if visibility not in {"DOCUMENT", "PROJECT"}:
        raise invalid("developerMetadata.visibility must be specified.")
    bare = Mark(number, key, wanted.get("metadataValue", ""), visibility)
    mark = _placed(book, bare, wanted.get("location") or {})
    book.marks[number] = mark
    check_room(book, mark.sheet)
    return mark


def check_room(book: Book, sheet: int | None) -> None:
    """Refuse more characters than a sheet may hold. Raises ApiError."""
    if sum(len(m.key) + len(m.value) for m in book.marks.values() if m.sheet == sheet) > _ROOM:
        raise invalid(f"The developer metadata exceeds the limit of {_ROOM} characters.")


def _placed(book: Book, mark: Mark, location: Json) -> Mark:
    if location.get("spreadsheet"):
        return mark
    if span := location.get("dimensionRange"):
        return _on_line(book, mark, span)
    if "sheetId" not in location:
        raise invalid("developerMetadata.location must be specified.")
    return replace(mark, sheet=book.tab(location["sheetId"]).id)


def _on_line(book: Book, mark: Mark, span: Json) -> Mark:
    tab = book.tab(span.get("sheetId"))
    if "startIndex" not in span or "endIndex" not in span:
        raise invalid("DimensionRange must specify both a startIndex and an endIndex.")
    start, dimension = span["startIndex"], span.get("dimension", "")
    if dimension not in {ROWS, COLUMNS} or span["endIndex"] != start + 1:
        raise invalid("DimensionRange must represent a single row or column.")
    if not 0 <= start < len(tab.sizes[dimension]):
        raise invalid(f"{dimension} index {start} is outside of the grid.")
    return replace(mark, sheet=tab.id, dimension=dimension, index=start)


# --- filters -------------------------------------------------------------------------------------


def ranges(book: Book, wanted: Json) -> list[tuple[Tab, Area]]:
    """Give what a data filter selects in the grid. Raises ApiError."""
    if "a1Range" in wanted:
        return [located(book, wanted["a1Range"])]
    if "gridRange" in wanted:
        grid_range = wanted["gridRange"]
        return [(book.tab(grid_range.get("sheetId")), Area.of(grid_range))]
    found = [_area(book, mark) for mark in looked_up(book, wanted)]
    return [place for place in found if place is not None]


def located(book: Book, text: str) -> tuple[Tab, Area]:
    """Find what A1 notation or a named range means. Raises ApiError in Google's words.

    A bare name is a named range first; behind a sheet's title it is one of that sheet.
    """
    title, cells = areas.split(text)
    if title is None:
        if named := _named(book, text):
            return named
        area = areas.parse(cells)
        if area is not None and cells and book.tabs:
            return book.tabs[0], area
        title, cells = text, ""
    tab, area = book.titled(title), areas.parse(cells)
    if tab is not None and area is None:
        found = _named(book, cells)
        area = found[1] if found and found[0] is tab else None
    if tab is None or area is None:
        raise invalid(f"Unable to parse range: {text}")
    return tab, area


def _named(book: Book, name: str) -> tuple[Tab, Area] | None:
    found = next((n["range"] for n in book.named if n["name"].lower() == name.lower()), None)
    return None if found is None else (book.tab(found.get("sheetId")), Area.of(found))


def _area(book: Book, mark: Mark) -> tuple[Tab, Area] | None:
    if mark.sheet is None:
        return None
    tab, at = book.tab(mark.sheet), mark.index
    if mark.dimension == ROWS:
        return tab, Area(top=at, bottom=at + 1)
    return tab, Area(left=at, right=at + 1) if mark.dimension else Area()


def looked_up(book: Book, wanted: Json) -> list[Mark]:
    """Give the marks that a data filter matches. Raises ApiError."""
    if "a1Range" in wanted or "gridRange" in wanted:
        places = ranges(book, wanted)
        return [m for m in book.marks.values() if _meets(book, m, places)]
    if "developerMetadataLookup" not in wanted:
        raise invalid("A data filter must be specified.")
    lookup = wanted["developerMetadataLookup"]
    _check_lookup(lookup)
    candidates = list(book.marks.values())
    if number := lookup.get("metadataId"):
        candidates = [book.marks[number]] if number in book.marks else []
    return [mark for mark in candidates if _matches(mark, lookup)]


def _meets(book: Book, mark: Mark, places: Sequence[tuple[Tab, Area]]) -> bool:
    own = _area(book, mark)
    return own is not None and any(
        tab is own[0] and tab.box(area).meets(tab.box(own[1])) for tab, area in places
    )


def _check_lookup(lookup: Json) -> None:
    """Refuse look-ups that contradict themselves (Google: DeveloperMetadataLookup)."""
    place, strategy = lookup.get("metadataLocation"), lookup.get("locationMatchingStrategy")
    kind = lookup.get("locationType")
    if strategy and place is None:
        raise invalid("locationMatchingStrategy needs a metadataLocation.")
    if kind and strategy == _EXACT:
        raise invalid("locationType must be left unspecified when the location is to be exact.")
    of_book = bool(place and place.get("spreadsheet"))
    if of_book and strategy == _INTERSECTING:
        raise invalid("Intersecting a spreadsheet location is not supported.")
    if kind == "SPREADSHEET" and place and not of_book:
        raise invalid("Spreadsheet metadata cannot intersect any other location.")


def _matches(mark: Mark, lookup: Json) -> bool:
    named = {
        "metadataId": mark.id,
        "metadataKey": mark.key,
        "metadataValue": mark.value,
        "visibility": mark.visibility,
        "locationType": mark.location_type(),
    }
    if any(lookup.get(name) not in (None, value) for name, value in named.items()):
        return False
    place = lookup.get("metadataLocation")
    return place is None or _lies(mark, place, lookup.get("locationMatchingStrategy"))


def _lies(mark: Mark, place: Json, strategy: object) -> bool:
    exact = strategy == _EXACT  # the default is to intersect
    if place.get("spreadsheet"):
        return mark.sheet is None
    if "sheetId" in place:
        return mark.sheet == place["sheetId"] and not (exact and mark.dimension)
    span = place.get("dimensionRange", {})
    if mark.sheet != span.get("sheetId", 0) or mark.dimension != span.get("dimension"):
        return not exact and mark.sheet == span.get("sheetId", 0) and bool(mark.dimension)
    start, end = span.get("startIndex", 0), span.get("endIndex", _HIGHEST)
    return (start, end) == (mark.index, mark.index + 1) if exact else start <= mark.index < end


def search(book: Book, body: Json) -> Json:
    """Answer developerMetadata:search; each mark once, with the filters that it matched."""
    found: dict[int, list[Json]] = {}
    for wanted in body.get("dataFilters", []):
        for mark in looked_up(book, wanted):
            found.setdefault(mark.id, []).append(wanted)
    matched = [
        {"developerMetadata": shown(book.marks[number]), "dataFilters": filters}
        for number, filters in found.items()
    ]
    return {"matchedDeveloperMetadata": matched} if matched else {}


def update(book: Book, request: Json) -> Iterator[Mark]:
    """Change all marks that the filters match; give them as they are now. Raises ApiError."""
    tree, new = masks.required(request, "DeveloperMetadata"), request.get("developerMetadata", {})
    numbers = {m.id for wanted in request.get("dataFilters", ()) for m in looked_up(book, wanted)}
    for number in sorted(numbers):
        mark = book.marks[number]
        if masks.wants(tree, "location") and "location" in new:
            mark = _placed(book, replace(mark, sheet=None, dimension="", index=0), new["location"])
        names = {"metadataKey": "key", "metadataValue": "value", "visibility": "visibility"}
        changes = {to: new.get(name, "") for name, to in names.items() if masks.wants(tree, name)}
        book.marks[number] = replace(mark, **changes)
        check_room(book, mark.sheet)
        yield book.marks[number]

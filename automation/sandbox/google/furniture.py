"""Requests about what hangs on ranges: protections, rules of colour, filters, bands, names."""

import re
import secrets
from typing import Final

from automation.sandbox.google import guard, masks
from automation.sandbox.google.book import Tab
from automation.sandbox.google.errors import Json, invalid
from automation.sandbox.google.work import Handler, Work, whole_number

_NAME: Final = re.compile(r"[A-Za-z_]\w*", re.ASCII)
_CELL: Final = re.compile(r"[A-Za-z]{1,3}\d+|[Rr]\d*[Cc]\d*")


def _with_range(work: Work, thing: Json, name: str = "range") -> tuple[Tab, Json]:
    """Check the range of a thing, and write its sheetId down even when it is 0."""
    tab, area = work.place(thing.get(name))
    return tab, {**thing, name: area.grid_range(tab.id)}


def _found(work: Work, name: str, key: str, number: object) -> tuple[Tab, int]:
    """Find a thing by its id in any sheet. Raises ApiError."""
    for tab in work.book.tabs:
        for at, thing in enumerate(tab.things[name]):
            if thing.get(key) == number:
                return tab, at
    raise invalid(f"No {name} with ID: {number}")


# --- protections ---------------------------------------------------------------------------------


def protect(work: Work, request: Json) -> Json:
    """Protect a range. The file's owner and the one who protects it stay its editors."""
    wanted = request.get("protectedRange", {})
    if "range" not in wanted:
        wanted = {**wanted, "range": _range_of_name(work, wanted.get("namedRangeId"))}
    tab, thing = _with_range(work, wanted)
    number = thing.get("protectedRangeId") or work.fresh_id()
    if any(n["protectedRangeId"] == number for t in work.book.tabs for n in _protections(t)):
        raise invalid(f"A protected range with ID {number} already exists.")
    thing = {**thing, "protectedRangeId": number}
    reply = {**thing, "requestingUserCanEdit": True}
    tab.things["protectedRanges"].append(_with_editors(work, thing))
    return {"addProtectedRange": {"protectedRange": reply}}


def _protections(tab: Tab) -> list[Json]:
    return tab.things["protectedRanges"]


def _range_of_name(work: Work, name: object) -> Json | None:
    return next((n["range"] for n in work.book.named if n["namedRangeId"] == name), None)


def _with_editors(work: Work, thing: Json) -> Json:
    """List owner and maker among the editors; a protection that only warns has none (Google)."""
    if thing.get("warningOnly"):
        return {name: value for name, value in thing.items() if name != "editors"}
    editors = thing.get("editors", {})
    listed = [work.book.owner, work.identity, *editors.get("users", [])]
    users = {str(user).lower(): str(user) for user in reversed(listed)}
    return {**thing, "editors": {**editors, "users": list(reversed(users.values()))}}


def update_protection(work: Work, request: Json) -> Json:
    """Change a protection; only its editors may."""
    new = request.get("protectedRange", {})
    number = new.get("protectedRangeId")
    tab, at = _found(work, "protectedRanges", "protectedRangeId", number)
    old = tab.things["protectedRanges"][at]
    guard.protection(work.book, old, work.identity)
    tree = masks.required(request, "ProtectedRange")
    changed = masks.merged(old, new, tree) | {"protectedRangeId": number}
    _, changed = _with_range(work, changed)
    if old.get("warningOnly") and not masks.wants(tree, "editors"):
        changed = {**changed, "editors": {"users": list(guard.writers(work.book))}}
    tab.things["protectedRanges"][at] = _with_editors(work, changed)
    return {}


def unprotect(work: Work, request: Json) -> Json:
    """Remove a protection; only its editors may."""
    number = request.get("protectedRangeId")
    tab, at = _found(work, "protectedRanges", "protectedRangeId", number)
    guard.protection(work.book, tab.things["protectedRanges"][at], work.identity)
    del tab.things["protectedRanges"][at]
    return {}


# --- conditional formats: known by their place in the list only ----------------------------------


def add_rule(work: Work, request: Json) -> Json:
    """Add a rule of colour at a place of the list."""
    rule = request.get("rule", {})
    if not rule.get("ranges"):
        raise invalid("rule.ranges must be specified.")
    if not ("booleanRule" in rule or "gradientRule" in rule):
        raise invalid("No conditional format rule type specified.")
    places = [work.place(grid_range) for grid_range in rule["ranges"]]
    tab = places[0][0]
    if any(other is not tab for other, _ in places):
        raise invalid("All ranges of a rule must be on the same sheet.")
    rules, at = tab.things["conditionalFormats"], whole_number(request, "index")
    if not 0 <= at <= len(rules):
        raise invalid(f"Invalid index {at}; there are {len(rules)} rules.")
    rules.insert(at, {**rule, "ranges": [area.grid_range(tab.id) for _, area in places]})
    return {}


def _rule_at(work: Work, request: Json) -> tuple[list[Json], int]:
    rules = work.book.tab(request.get("sheetId")).things["conditionalFormats"]
    at = whole_number(request, "index")
    if not 0 <= at < len(rules):
        raise invalid(f"No conditional format on sheet: {request.get('sheetId', 0)} at index: {at}")
    return rules, at


def update_rule(work: Work, request: Json) -> Json:
    """Replace a rule, or move it to another place of the list."""
    if "rule" in request and "sheetId" not in request:
        ranges = request["rule"].get("ranges") or [{}]
        request = {**request, "sheetId": ranges[0].get("sheetId", 0)}
    rules, at = _rule_at(work, request)
    old = rules.pop(at)
    new = {**request.get("rule", old)}
    places = [work.place(grid_range) for grid_range in new.get("ranges") or old["ranges"]]
    new["ranges"] = [area.grid_range(tab.id) for tab, area in places]
    to = request.get("newIndex", at)
    if not 0 <= to <= len(rules):
        raise invalid(f"Invalid newIndex {to}; there are {len(rules) + 1} rules.")
    rules.insert(to, new)
    told = {"newRule": new, "newIndex": to, "oldRule": old, "oldIndex": at}
    return {"updateConditionalFormatRule": told}


def delete_rule(work: Work, request: Json) -> Json:
    """Remove a rule; the later ones move up."""
    rules, at = _rule_at(work, request)
    return {"deleteConditionalFormatRule": {"rule": rules.pop(at)}}


# --- filters and bands ---------------------------------------------------------------------------


def set_filter(work: Work, request: Json) -> Json:
    """Set the one filter that everybody sees; open sides of its range are closed at the grid."""
    wanted = request.get("filter", {})
    tab, area = work.place(wanted.get("range"))
    closed = tab.box(area).area().grid_range(tab.id)
    tab.things["basicFilter"] = [{**wanted, "range": closed}]
    return {}


def clear_filter(work: Work, request: Json) -> Json:
    """Remove the filter."""
    work.book.tab(request.get("sheetId")).things["basicFilter"] = []
    return {}


def _adding(name: str, kind: str, field: str, key: str) -> Handler:
    """Make the handler that adds a thing with a range and an id."""

    def add(work: Work, request: Json) -> Json:
        tab, thing = _with_range(work, request.get(field, {}))
        thing = {**thing, key: thing.get(key) or work.fresh_id()}
        if any(old[key] == thing[key] for other in work.book.tabs for old in other.things[name]):
            raise invalid(f"{key} {thing[key]} already exists. Please specify a new id.")
        tab.things[name].append(thing)
        return {kind: {field: thing}}

    return add


def _updating(name: str, field: str, key: str, message: str) -> Handler:
    """Make the handler that changes such a thing."""

    def update(work: Work, request: Json) -> Json:
        new = request.get(field, {})
        tab, at = _found(work, name, key, new.get(key))
        changed = masks.merged(tab.things[name][at], new, masks.required(request, message))
        _, tab.things[name][at] = _with_range(work, {**changed, key: new.get(key)})
        return {}

    return update


def _deleting(name: str, key: str, field: str) -> Handler:
    """Make the handler that removes such a thing."""

    def delete(work: Work, request: Json) -> Json:
        tab, at = _found(work, name, key, request.get(field))
        del tab.things[name][at]
        return {}

    return delete


# --- named ranges --------------------------------------------------------------------------------


def add_name(work: Work, request: Json) -> Json:
    """Name a range. Names have no spaces and do not look like a cell."""
    wanted = request.get("namedRange", {})
    number = wanted.get("namedRangeId") or secrets.token_hex(6)
    if any(known["namedRangeId"] == number for known in work.book.named):
        raise invalid(f"A named range with ID {number} already exists.")
    entry = _checked_name(work, {**wanted, "namedRangeId": number})
    work.book.named.append(entry)
    return {"addNamedRange": {"namedRange": entry}}


def _checked_name(work: Work, wanted: Json) -> Json:
    """Check the name and the range of a named range. Raises ApiError."""
    name = wanted.get("name", "")
    if not _NAME.fullmatch(name) or _CELL.fullmatch(name):
        raise invalid(f"The name '{name}' is not valid for a named range.")
    others = (n for n in work.book.named if n["namedRangeId"] != wanted["namedRangeId"])
    if any(known["name"].lower() == name.lower() for known in others):
        raise invalid(f"A named range with name {name} already exists.")
    return _with_range(work, wanted)[1]


def update_name(work: Work, request: Json) -> Json:
    """Change the name or the range of a named range."""
    new, tree = request.get("namedRange", {}), masks.required(request, "NamedRange")
    number = new.get("namedRangeId")
    for at, old in enumerate(work.book.named):
        if old["namedRangeId"] == number:
            changed = {**masks.merged(old, new, tree), "namedRangeId": number}
            work.book.named[at] = _checked_name(work, changed)
            return {}
    raise invalid(f"No named range with ID: {number}")


def delete_name(work: Work, request: Json) -> Json:
    """Forget the name of a range."""
    number = request.get("namedRangeId")
    kept = [named for named in work.book.named if named["namedRangeId"] != number]
    if len(kept) == len(work.book.named):
        raise invalid(f"No named range with ID: {number}")
    work.book.named[:] = kept
    return {}


HANDLERS: Final[dict[str, Handler]] = {
    "addProtectedRange": protect,
    "updateProtectedRange": update_protection,
    "deleteProtectedRange": unprotect,
    "addConditionalFormatRule": add_rule,
    "updateConditionalFormatRule": update_rule,
    "deleteConditionalFormatRule": delete_rule,
    "setBasicFilter": set_filter,
    "clearBasicFilter": clear_filter,
    "addFilterView": _adding("filterViews", "addFilterView", "filter", "filterViewId"),
    "updateFilterView": _updating("filterViews", "filter", "filterViewId", "FilterView"),
    "deleteFilterView": _deleting("filterViews", "filterViewId", "filterId"),
    "addBanding": _adding("bandedRanges", "addBanding", "bandedRange", "bandedRangeId"),
    "updateBanding": _updating("bandedRanges", "bandedRange", "bandedRangeId", "BandedRange"),
    "deleteBanding": _deleting("bandedRanges", "bandedRangeId", "bandedRangeId"),
    "addNamedRange": add_name,
    "updateNamedRange": update_name,
    "deleteNamedRange": delete_name,
}

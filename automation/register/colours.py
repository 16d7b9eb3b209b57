"""The colours of the register that follow what a cell says: which are missing. Pure.

A rule is known by its column and its condition, so a colour chosen by hand stays.
"""

from collections.abc import Iterator, Mapping
from typing import Final

from automation.register import formats
from automation.register.grid import Json, letter
from automation.register.layout import Sheet
from automation.register.schema import Schema
from automation.register.tabs import Step

_FEW: Final = 20
"""Minutes that are few: the superior is reminded, too."""


def steps(sheet: Sheet, at: Mapping[str, int], schema: Schema) -> Iterator[Step]:
    """Make the rules that are missing; `at` = the places of the register's columns."""
    standing = {_sign(rule) for rule in sheet.colours}
    wanted = [*_rules(sheet.gid, at, schema)]
    missing = [r for r in wanted if _sign(r["addConditionalFormatRule"]["rule"]) not in standing]
    told = "" if sheet.new else f"tab {sheet.title}: colours of stages and minutes made again"
    for request in missing:
        yield Step(told, request, grave=False)
        told = ""


def _rules(gid: int, at: Mapping[str, int], schema: Schema) -> Iterator[Json]:
    minutes = at["sisa_menit"]
    few = formats.within(letter(minutes), _FEW)
    yield formats.colour_if(gid, minutes, formats.below_zero(), schema.colours.late)
    yield formats.colour_if(gid, minutes, few, schema.colours.soon)
    for stage, colour in schema.colours.stage.items():
        yield formats.colour_if(
            gid, at["tahap"], formats.says(schema.words["stage"][stage]), colour
        )


def _sign(rule: Json) -> tuple[int, str, str]:
    """Give by what a rule is known; a formula moves with its column, so its text says nothing."""
    condition = rule.get("booleanRule", {}).get("condition", {})
    kind: str = condition.get("type", "")
    words = [value.get("userEnteredValue", "") for value in condition.get("values", ())]
    areas: list[Json] = rule.get("ranges", [])
    column = areas[0].get("startColumnIndex", 0) if areas else 0
    return column, kind, "" if kind == "CUSTOM_FORMULA" else " ".join(words)

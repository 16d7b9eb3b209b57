"""The register's shape and words: TOML texts in, one `Schema` out; every fault is told at once."""

import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from automation.errors import SettingsError
from automation.model import (
    Act,
    Authenticity,
    Channel,
    Office,
    PenChoice,
    Role,
    Stage,
    Verdict,
)
from automation.register import tables
from automation.register.shapes import (
    Colours,
    Column,
    Kind,
    OfficeFile,
    RegisterFile,
    Setting,
    Tab,
    TabsFile,
)

Texts = Mapping[str, str]
"""TOML texts by file name."""

_COLOUR: Final = re.compile(r"#[0-9a-f]{6}")
_BY_HAND: Final = "siap_disampaikan_petugas"
"""The one key of [turn] beside the stages: approved, but the Petugas conveys."""


_SUMMARY: Final = {
    *("title", "note", "count", "month", "came", "in_time", "late", "answered", "running_late"),
    *("per_stage", "per_month", "punctual"),
}
"""The words of the tab Rekap."""

Words = Mapping[str, Mapping[str, str | tuple[str, ...]]]


@dataclass(frozen=True, slots=True)
class Schema:
    """Everything that sheets_schema/ says, proven to be whole."""

    title: str  # of the register's tab
    key: str  # name of the column that proves a row
    columns: tuple[Column, ...]
    tabs: tuple[Tab, ...]
    settings: tuple[Setting, ...]
    colours: Colours
    words: Mapping[str, Mapping[str, str]]
    also: Mapping[str, tuple[str, ...]]  # by key of an act or a channel
    office: OfficeFile

    def column(self, name: str) -> Column:
        """Give a column of the register by its name; KeyError when there is none."""
        return {c.name: c for c in self.columns}[name]

    def tab(self, name: str) -> Tab:
        """Give a tab by its name; KeyError when there is none."""
        return {t.name: t for t in self.tabs}[name]

    def theirs(self) -> tuple[Column, ...]:
        """Give the columns that people fill."""
        return tuple(c for c in self.columns if c.owner is not Role.SISTEM)

    def statuses(self) -> tuple[Column, ...]:
        """Give the columns in which a role decides."""
        return tuple(c for c in self.columns if c.status)

    def choices(
        self, column: Column, office: Office, acts: Mapping[Role, Sequence[Act]]
    ) -> tuple[str, ...]:
        """Give the words of a column's dropdown; `acts` = what the procedure lets a role choose."""
        if not isinstance(column.values, str):
            return column.values
        if not column.status:
            return tuple(self.words[column.values].values())
        words: list[str] = []
        for act in acts.get(column.owner, ()):
            titles = [o.title for o in office.officials if o.role is Role.KASI]
            words += titles if act is Act.DISPOSISI else [self.words["act"][act]]
        return tuple(words)


@dataclass(frozen=True, slots=True)
class _Files:
    """The four files as far as they could be read."""

    register: RegisterFile | None
    tabs: TabsFile | None
    words: Words | None
    office: OfficeFile | None


def load(texts: Texts) -> Schema:
    """Read the four files; raises SettingsError with every fault in all of them."""
    faults = [f"{name}: not a file of the schema" for name in sorted(set(texts) - _FILES)]
    files = _Files(
        _parse(texts, "register.toml", RegisterFile, faults),
        _parse(texts, "tabs.toml", TabsFile, faults),
        _parse(texts, "words.toml", Words, faults),
        _parse(texts, "office.toml", OfficeFile, faults),
    )
    faults += _faults(files)
    register, tabs, words, office = files.register, files.tabs, files.words, files.office
    if faults or not (register and tabs and words and office):
        raise SettingsError(faults)
    return Schema(
        title=register.tab,
        key=register.key,
        columns=register.column,
        tabs=tabs.tab,
        settings=tabs.setting,
        colours=tabs.colour,
        words={
            name: {key: text for key, text in section.items() if isinstance(text, str)}
            for name, section in words.items()
        },
        also={key: tuple(more) for key, more in words["also"].items()},
        office=office,
    )


_FILES: Final = frozenset({"register.toml", "tabs.toml", "words.toml", "office.toml"})


def _parse(texts: Texts, name: str, shape: Any, faults: list[str]) -> Any:  # noqa: ANN401 - of the shape
    """Read one file into its shape; None, and what is wrong in `faults`, when that fails."""
    found: list[str] = []
    read = None
    try:
        read = tables.read(shape, tomllib.loads(texts[name]), found)
    except KeyError:
        found = ["missing"]
    except tomllib.TOMLDecodeError as error:
        found = [str(error)]
    faults += [f"{name}: {fault}" for fault in found]
    return None if found else read


def _faults(files: _Files) -> Iterator[str]:
    """Give the faults of meaning in those files whose shape is right."""
    if files.register:
        yield from (f"register.toml: {fault}" for fault in _register_faults(files.register))
    if files.tabs:
        yield from (f"tabs.toml: {fault}" for fault in _tabs_faults(files.tabs))
    if files.words:
        yield from (f"words.toml: {fault}" for fault in _words_faults(files.words))
    if files.register and files.words:
        missing = _choice_faults(files.register.column, files.words)
        yield from (f"register.toml: {fault}" for fault in missing)


def _twice(what: str, names: Iterable[str]) -> Iterator[str]:
    return (f"{what} {name!r} stands twice" for name, n in Counter(names).items() if n > 1)


def _column_faults(columns: Sequence[Column]) -> Iterator[str]:
    yield from _twice("column", (c.name for c in columns))
    yield from _twice("title", (c.title for c in columns))
    for c in columns:
        if c.owner is Role.PELAPOR:
            yield f"column {c.name!r}: owner 'pelapor' does not edit the sheet"
        if (c.kind is Kind.CHOICE) is not bool(c.values):
            yield f"column {c.name!r}: a choice needs values, and only a choice"


def _register_faults(register: RegisterFile) -> Iterator[str]:
    yield from _column_faults(register.column)
    if register.key not in {c.name for c in register.column}:
        yield f"key {register.key!r} is no column"
    for c in register.column:
        if c.status and c.values != c.owner.value:
            yield f"column {c.name!r}: a status takes its values from its owner"


def _choice_faults(columns: Sequence[Column], words: Words) -> Iterator[str]:
    for c in columns:
        if isinstance(c.values, str) and not c.status and c.values not in words:
            yield f"column {c.name!r}: no section [{c.values}] in words.toml"


def _tabs_faults(tabs: TabsFile) -> Iterator[str]:
    yield from _twice("tab", (t.name for t in tabs.tab))
    yield from _twice("setting", (s.key for s in tabs.setting))
    uncoloured = {*Role} - {Role.PELAPOR} - set(tabs.colour.owner)
    yield from (f"[colour.owner] {role} has no colour" for role in sorted(uncoloured))
    colours = (
        tabs.colour.late,
        tabs.colour.soon,
        *tabs.colour.owner.values(),
        *tabs.colour.stage.values(),
    )
    yield from (f"{c!r} is no #rrggbb" for c in colours if not _COLOUR.fullmatch(c))
    for tab in tabs.tab:
        yield from (f"tab {tab.name!r}: {fault}" for fault in _column_faults(tab.column))


def _words_faults(words: Words) -> Iterator[str]:
    expected: dict[str, set[str]] = {
        "role": set(Role),
        "stage": set(Stage),
        "act": set(Act),
        "channel": set(Channel),
        "turn": {*Stage, _BY_HAND},
        "left": {"left", "over"},
        "summary": _SUMMARY,
        "view": {"turn", "this_month", "last_month"},
        "verdict": set(Verdict),
        "pen": set(PenChoice),
        "authenticity": set(Authenticity),
    }
    missing = {*expected, "also", "problem", "event", "rule", "answer"} - set(words)
    yield from (f"section [{name}] is missing" for name in sorted(missing))
    for name, keys in expected.items():
        if name in words:
            yield from _keys_faults(name, keys, set(words[name]))
    strange = set(words.get("also", ())) - set(Act) - set(Channel) - set(PenChoice)
    yield from (f"[also] {key} is neither an act nor a channel" for key in sorted(strange))
    yield from _value_faults(words)


def _keys_faults(section: str, keys: set[str], found: set[str]) -> Iterator[str]:
    yield from (f"[{section}] {key} has no word" for key in sorted(keys - found))
    yield from (f"[{section}] {key} is known to nobody" for key in sorted(found - keys))


def _value_faults(words: Words) -> Iterator[str]:
    """Only [also] holds lists; everything else is one text."""
    for name, section in words.items():
        for key, text in section.items():
            if isinstance(text, str) is (name == "also"):
                yield f"[{name}] {key}: {'a list' if name == 'also' else 'one text'} is wanted"

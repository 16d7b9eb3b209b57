"""The papers say what the program does: what they name is real, and what is real they name."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import click
import pytest

from automation.cli import main
from automation.model import LetterCode, PenChoice, Role, Stage
from automation.settings import KEYS
from automation.steps import alarms
from automation.worker import Outcome
from automation.workflow import table

ROOT: Final = Path(__file__).resolve().parents[1]
GUIDES: Final = ROOT / "docs/panduan"
PAPERS: Final = [
    ROOT / "README.md",
    *sorted((ROOT / "docs").rglob("*.md")),
    *sorted((ROOT / "deploy").iterdir()),
]
WORDS: Final = tomllib.loads((ROOT / "sheets_schema/words.toml").read_text(encoding="utf-8"))
README: Final = (ROOT / "README.md").read_text(encoding="utf-8")
OPERATIONS: Final = (ROOT / "docs/operations.md").read_text(encoding="utf-8")
LAYOUT: Final = tomllib.loads((ROOT / "sheets_schema/register.toml").read_text(encoding="utf-8"))
TABS: Final = tomllib.loads((ROOT / "sheets_schema/tabs.toml").read_text(encoding="utf-8"))

_COMMAND: Final = re.compile(r"(?:`|bin/|&& |\* )pengaduan ([a-z][\w-]*)([^`\n]*)")
_OPTION: Final = re.compile(r"--[a-z][\w-]*")
_LINK: Final = re.compile(r"\]\((?!https?://|#)([^)#]+)")
_SLANTED: Final = re.compile(r"(?<![*\w])\*([A-Z][^*\n]+)\*(?!\*)")


def text(paper: Path) -> str:
    """Read a paper with its wrapped lines joined."""
    return re.sub(r"\n *(?=[\w*`])", " ", paper.read_text(encoding="utf-8"))


# --- commands and settings ----------------------------------------------------------------------


@pytest.mark.parametrize("name", sorted(main.commands))
def test_the_readme_names_every_command(name: str) -> None:
    """A command that nobody can find is not there."""
    assert f"`pengaduan {name}" in README


@pytest.mark.parametrize("paper", PAPERS, ids=lambda paper: paper.name)
def test_the_papers_name_no_command_that_is_not_there(paper: Path) -> None:
    """An operator who types a command of the manual in an alarm must not meet 'no such command'."""
    found = _COMMAND.findall(text(paper))

    assert [f"{name} {o}" for name, rest in found for o in _unknown(name, rest)] == []


def _unknown(name: str, rest: str) -> Iterator[str]:
    command = main.commands.get(name)
    if command is None:
        yield "is no command"
        return
    known = {o for p in command.params if isinstance(p, click.Option) for o in p.opts}
    yield from set(_OPTION.findall(rest.partition(" && ")[0])) - known


def test_the_example_settings_name_every_setting_and_no_other() -> None:
    """The example is the reference: what is missing there is never set by anybody."""
    example = (ROOT / "settings.example.env").read_text(encoding="utf-8")

    assert set(re.findall(r"^(?:# )?([A-Z_]+)=", example, re.MULTILINE)) == KEYS


@pytest.mark.parametrize("paper", PAPERS, ids=lambda paper: paper.name)
def test_a_setting_that_a_paper_names_is_one(paper: Path) -> None:
    """A misspelt setting in the manual stops the worker of whoever copies it."""
    named = set(re.findall(r"`([A-Z]+_[A-Z_]+)\b", text(paper)))

    assert named - KEYS == set()


@pytest.mark.parametrize("outcome", Outcome)
def test_every_exit_code_is_explained(outcome: Outcome) -> None:
    """Cron sees nothing but the code."""
    assert f"**{outcome.value}**" in README
    assert f"| {outcome.value} |" in OPERATIONS


def test_every_alarm_is_explained() -> None:
    """Whoever is alarmed at night looks the word up here."""
    assert [wire for wire in alarms._CLAUSES if f"| `{wire}` |" not in OPERATIONS] == []


@pytest.mark.parametrize("code", LetterCode)
def test_every_letter_is_listed_with_its_reader(code: LetterCode) -> None:
    """A letter missing from the list is one that nobody knows they will get."""
    reader = table.ADDRESSEE[code]
    told = "complainant" if reader is Role.PELAPOR else WORDS["role"][reader]

    assert f"| {code} | {told} |" in OPERATIONS


# --- the procedure and the guides ---------------------------------------------------------------


def test_the_printed_procedure_is_the_one_that_is_obeyed() -> None:
    """The office signs docs/procedure.md; made by `pengaduan procedure > docs/procedure.md`."""
    printed = "".join(f"{line}\n" for line in table.markdown(WORDS))

    assert (ROOT / "docs/procedure.md").read_text(encoding="utf-8") == printed


@pytest.mark.parametrize("stage", Stage)
def test_every_stage_is_explained_to_the_staff(stage: Stage) -> None:
    """A word in the column Tahap that no guide explains is asked about by telephone."""
    assert WORDS["stage"][stage] in text(GUIDES / "README.md")


@pytest.mark.parametrize("role", [Role.PETUGAS, Role.SEKCAM, Role.KASI, Role.CAMAT])
def test_a_guide_explains_every_choice_of_its_role(role: Role) -> None:
    """A choice in the dropdown without an explanation is tried out on a citizen."""
    guide = text(GUIDES / f"{role}.md")

    assert [act for act in table.acts(role) if WORDS["act"][act] not in guide] == []


@pytest.mark.parametrize("choice", PenChoice)
def test_every_choice_about_a_held_mail_is_explained(choice: PenChoice) -> None:
    """One of them writes to a citizen; who does not know which tries it out."""
    assert f"| {WORDS['pen'][choice]} |" in text(GUIDES / "petugas.md")


@pytest.mark.parametrize("guide", sorted(GUIDES.glob("*.md")), ids=lambda guide: guide.name)
def test_what_a_guide_sets_in_italics_is_on_the_screen(guide: Path) -> None:
    """Staff search the sheet for the very word of the guide."""
    assert sorted(set(_SLANTED.findall(text(guide))) - _on_the_screen()) == []


def _on_the_screen() -> set[str]:
    sheet = {
        "Register",
        *(c["title"] for c in LAYOUT["column"]),
        *(c["title"] for t in TABS["tab"] if t.get("pen") for c in t["column"]),
        *(t["title"] for t in TABS["tab"]),
    }
    choices = {w for section in ("act", "stage") for w in WORDS[section].values()}
    values = {
        v for c in LAYOUT["column"] for v in c.get("values", ()) if isinstance(c["values"], list)
    }
    mail = {"Tercatat", "Karantina", "Bukan Pengaduan", "Terkirim", *_subjects()}
    return sheet | choices | values | mail


def _subjects() -> set[str]:
    starts = re.compile(r"\[\{\{ nomor \}\}\] ([\w ]+?)(?:\{%| draf|\n)")
    files = (ROOT / "mail_templates/id").glob("*.j2")
    return {m for f in files for m in starts.findall(f.read_text(encoding="utf-8"))}


# --- links --------------------------------------------------------------------------------------


@pytest.mark.parametrize("paper", PAPERS, ids=lambda paper: paper.name)
def test_every_link_leads_somewhere(paper: Path) -> None:
    """A dead link in a manual is found when it is needed."""
    dead = [link for link in _LINK.findall(text(paper)) if not (paper.parent / link).exists()]

    assert dead == []

"""Each guard of the house is seen red once; a guard that cannot fail guards nothing."""

import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).resolve().parents[1]
BIN: Final = Path(sys.executable).parent
WIRES: Final = {"imap", "sheets", "smtp", "null", "disk"}
"""How the file of a module that does IO is named, alone or up to the first underscore."""

SHELL: Final = shutil.which("bash")


def run(
    *words: str | Path, cwd: Path = ROOT, given: str = "", env: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run a tool and give what it said, standard error included."""
    return subprocess.run(  # noqa: S603 - tools of the environment, words of this file
        [str(word) for word in words],
        cwd=cwd,
        input=given,
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        timeout=120,
    )


# --- ruff ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("file", "sabotage", "advice"),
    [
        (
            "workflow/decide.py",
            "import datetime\nNOW = datetime.datetime.now()",
            "only automation.clock",
        ),
        ("workflow/worktime.py", "import time\ntime.sleep(1)", "Only automation.worker waits"),
        ("settings.py", "import os\nHOME = os.environ", "Only the CLI reads the environment"),
        ("steps/house.py", "from unittest.mock import Mock", "Pass a fake through a port"),
        ("intake/imap.py", "from . import mime", "TID252"),
        ("steps/sheet.py", "try:\n    pass\nexcept Exception:\n    pass", "BLE001"),
    ],
)
def test_ruff_refuses(file: str, sabotage: str, advice: str) -> None:
    """The clock, the environment, waiting and mocks would creep back line by line."""
    name = f"automation/{file}"
    said = run(
        BIN / "ruff", "check", "--stdin-filename", name, "-", given=f'"""It."""\n{sabotage}\n'
    )

    assert said.returncode == 1
    assert advice in said.stdout


def test_only_the_clock_reads_the_clock() -> None:
    """A ban that also hit clock.py would be switched off by the first who meets it."""
    said = run(BIN / "ruff", "check", "automation/clock.py")

    assert "All checks passed!" in said.stdout


# --- mypy ---------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize(
    ("true", "false", "advice"),
    [
        ("S.SELESAI,", "S.SELESEI,", '"type[Stage]" has no attribute "SELESEI"'),
        ("(L.T10,)),", "(N.DRAFT,)),", "incompatible type"),
    ],
)
def test_mypy_refuses_in_the_procedure(tmp_path: Path, true: str, false: str, advice: str) -> None:
    """A misspelt stage, or a condition where a letter belongs, would meet the first citizen."""
    table = ROOT / "automation/workflow/table.py"
    shadow = tmp_path / "table.py"
    shadow.write_text(table.read_text(encoding="utf-8").replace(true, false, 1), encoding="utf-8")
    said = run(BIN / "mypy", f"--cache-dir={tmp_path}", "--shadow-file", table, shadow, table)

    assert said.returncode == 1
    assert advice in said.stdout


# --- import contracts ---------------------------------------------------------------------------

SABOTAGES: Final = {
    "intake/message.py": "from automation.register import rows",
    "workflow/decide.py": "import smtplib",
    "steps/house.py": "import gspread",
    "sandbox/people.py": "from automation.outbox import smtp",
    "sandbox/google/core.py": "import gspread",
}
"""One line for each contract, in the order of pyproject.toml."""


@pytest.mark.slow
def test_every_import_contract_can_break(tmp_path: Path) -> None:
    """A contract that names the wrong modules keeps for ever and protects nothing."""
    shutil.copytree(ROOT / "automation", tmp_path / "automation", ignore=_no_caches)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    for name, line in SABOTAGES.items():
        with (tmp_path / "automation" / name).open("a", encoding="utf-8") as file:
            file.write(f"\n{line}\n")
    said = run(BIN / "lint-imports", "--no-cache", cwd=tmp_path)

    assert f"Contracts: 0 kept, {len(SABOTAGES)} broken." in said.stdout


def _no_caches(_folder: str, names: list[str]) -> set[str]:
    return {"__pycache__"} & set(names)


def test_every_module_of_a_station_is_pure_or_a_named_wire() -> None:
    """A new file outside the contract could open a socket in the middle of a decision."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    contracts = {c["name"]: c for c in project["tool"]["importlinter"]["contracts"]}
    pure = set(contracts["The decisions do no IO"]["source_modules"])
    pure -= {"automation.model", "automation.workflow"}

    assert sorted(pure) == sorted(_not_named_after_a_wire())


def _not_named_after_a_wire() -> set[str]:
    return {
        f"automation.{station}.{file.stem}"
        for station in ("intake", "register", "outbox", "archive")
        for file in (ROOT / "automation" / station).glob("*.py")
        if file.stem != "__init__" and file.stem.split("_")[0] not in WIRES
    }


# --- the texts ----------------------------------------------------------------------------------

HOOKS: Final = dict(
    re.findall(
        r"id: ([\w-]+),.*entry: '(.*?)'",
        (ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"),
    )
)


@pytest.mark.parametrize(
    ("hook", "halves"),
    [
        ("no-todo", ("# TO", "DO later")),
        ("no-todo", ("x = 1  # FIX", "ME")),
        ("no-secret", ("-----BEGIN PRIVATE ", "KEY-----")),
        ("no-secret", ('  "private_key"', ': "abc')),
    ],
)
def test_a_hook_finds(hook: str, halves: tuple[str, str]) -> None:
    """A pattern with a slip in it would let a key into the history, where it stays."""
    assert re.search(HOOKS[hook], "".join(halves))


@pytest.mark.parametrize("hook", ["no-todo", "no-secret"])
def test_the_repository_is_clean(hook: str) -> None:
    """The hooks run only where a developer installed them; this runs everywhere."""
    files = [f for f in _texts() if f.name != ".pre-commit-config.yaml"]
    bad = [str(f) for f in files if re.search(HOOKS[hook], f.read_text(encoding="utf-8"))]

    assert bad == []


def _texts() -> list[Path]:
    endings = (".py", ".toml", ".md", ".j2", ".env", ".lock", ".example", ".service")
    places = ("automation", "tests", "bench", "docs", "deploy", "mail_templates", "sheets_schema")
    inside = [f for place in places for f in (ROOT / place).rglob("*")]
    return [f for f in [*ROOT.iterdir(), *inside] if f.is_file() and f.name.endswith(endings)]


# --- no skip ------------------------------------------------------------------------------------

SKIPPING: Final = {
    "test_one.py": "import pytest\ndef test_it(): pytest.skip('no dovecot')",
    "test_all.py": "import pytest\npytest.skip('no servers', allow_module_level=True)",
    "test_live.py": "import pytest\n@pytest.mark.live\ndef test_it(): pytest.skip('no account')",
    "test_known.py": "import pytest\n@pytest.mark.xfail\ndef test_it(): assert False",
}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "strict", "code"),
    [
        ("test_one.py", "", 0),
        ("test_one.py", "1", 1),
        ("test_all.py", "1", 2),  # 2: interrupted while collecting
        ("test_live.py", "1", 0),
        ("test_known.py", "1", 0),
    ],
)
def test_a_skip_fails_in_the_gate(tmp_path: Path, name: str, strict: str, code: int) -> None:
    """A server missing on the gate's machine would turn half of the proof off without a word."""
    (tmp_path / name).write_text(SKIPPING[name], encoding="utf-8")
    (tmp_path / "pytest.ini").write_text(
        "[pytest]\nmarkers = live: needs accounts\n", encoding="utf-8"
    )
    said = run(
        BIN / "python",
        *("-m", "pytest", "-p", "tests.plugins.no_skip", "-p", "no:cacheprovider", name),
        cwd=tmp_path,
        env={"PYTHONPATH": str(ROOT), "PENGADUAN_NO_SKIP": strict},
    )

    assert said.returncode == code, said.stdout


# --- the gate itself ----------------------------------------------------------------------------


@pytest.mark.skipif(SHELL is None, reason="needs bash")
@pytest.mark.parametrize(
    ("broken", "code", "summary"),
    [
        ("nothing", 0, "exit 0"),
        ("test", 1, "exit 7"),
        ("check", 1, "exit 7"),
        ("demo", 1, "exit 7"),
    ],
)
def test_the_gate_is_red_when_a_step_is(
    tmp_path: Path, broken: str, code: int, summary: str
) -> None:
    """A gate that forgets an exit code lets everything through; it also goes on to the end."""
    said = run(SHELL or "", _gate(tmp_path, broken) / ".ci/run", env=_nothing_to_install(tmp_path))

    assert said.returncode == code
    assert summary in said.stdout.split("=== summary")[1]
    assert "ran check" in said.stdout


def _gate(folder: Path, broken: str) -> Path:
    """Give a checkout in which run.py only pretends, and one of its commands fails."""
    (folder / ".ci").mkdir()
    shutil.copy(ROOT / ".ci/run", folder / ".ci/run")
    lines = (
        "import sys",
        "print('ran', sys.argv[1])",
        f"sys.exit(7 * (sys.argv[1] == {broken!r}))",
    )
    (folder / "run.py").write_text("\n".join(lines), encoding="utf-8")
    return folder


def _nothing_to_install(folder: Path) -> dict[str, str]:
    """Give a PATH on which everything stands already, so that no package manager is asked."""
    tools = folder / "bin"
    tools.mkdir()
    for name in ("git", "dovecot", "apt-get"):
        (tools / name).write_text("#!/bin/sh\nexit 9\n", encoding="utf-8")
        (tools / name).chmod(0o755)
    (tools / "python3").symlink_to(sys.executable)
    return {"PATH": f"{tools}:/usr/bin:/bin"}

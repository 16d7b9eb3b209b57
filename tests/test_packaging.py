"""The wheel: it carries what it must and nothing else, and works where no checkout is."""

import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Final
from zipfile import ZipFile

import pytest
from packaging.requirements import Requirement

ROOT: Final = Path(__file__).resolve().parents[1]
SHIPPED: Final = {
    "automation": ("automation", (".py", ".eml", ".typed")),
    "mail_templates": ("automation/_data/mail_templates", (".j2",)),
    "sheets_schema": ("automation/_data/sheets_schema", (".toml",)),
}
"""Folder of the checkout -> its place in the wheel, and which files of it go there."""

UNREACHABLE: Final = ("No matching distribution", "Connection", "Temporary failure")

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("wheel")]


def tracked(folder: str) -> list[str]:
    """Give the files of a folder that git knows or would take."""
    git = [
        "git",
        "-c",
        "safe.directory=*",
        "ls-files",
        "--cached",
        "--others",
        "--exclude-standard",
    ]
    return [name for name in run(*git, folder).splitlines() if (ROOT / name).is_file()]


def run(*words: str | Path, cwd: Path = ROOT) -> str:
    """Run a command in an environment that tells nothing of the checkout, and give what it said."""
    env = {**os.environ}  # noqa: TID251 - pip's own configuration lies there
    env.pop("PYTHONPATH", None)
    said = subprocess.run(  # noqa: S603 - words of this file
        [str(word) for word in words],
        cwd=cwd,
        env=env,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    if said.returncode:
        raise AssertionError(f"{words} gave {said.returncode}:\n{said.stdout}\n{said.stderr}")
    return said.stdout


# --- what is in it ------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build from a copy of the checkout in which an editor and a colleague left their files."""
    copy = tmp_path_factory.mktemp("checkout")
    for name in (*tracked("."), "README.md"):
        (copy / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, copy / name)
    for stray in (
        "mail_templates/id/.T01.j2.swp",
        "mail_templates/draft.txt",
        "automation/notes.md",
    ):
        (copy / stray).write_text("stray", encoding="utf-8")
    run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", copy / "dist", cwd=copy)
    return next((copy / "dist").glob("*.whl"))


def test_the_wheel_carries_what_git_knows_and_nothing_else(wheel: Path) -> None:
    """A template left out stops the office at its first letter; a stray file shows to the world."""
    files = [n for n in ZipFile(wheel).namelist() if ".dist-info/" not in n]

    assert sorted(files) == sorted(_expected())


def _expected() -> Iterator[str]:
    for folder, (place, endings) in SHIPPED.items():
        for name in tracked(folder):
            if name.endswith(endings):
                yield place + name.removeprefix(folder)


@pytest.mark.parametrize("folder", ["mail_templates", "sheets_schema"])
def test_a_data_folder_holds_only_what_is_shipped(folder: str) -> None:
    """A letter saved under another ending would be in the checkout, and missing in the office."""
    endings = SHIPPED[folder][1]

    assert [name for name in tracked(folder) if not name.endswith(endings)] == []


# --- whether it works ---------------------------------------------------------------------------


@pytest.fixture(scope="module")
def pengaduan(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Install the wheel in a bare environment and give its command."""
    folder = tmp_path_factory.mktemp("bare")
    run(sys.executable, "-m", "venv", folder)
    lock = ROOT / "requirements.lock"
    try:
        run(folder / "bin/pip", "install", "-qq", "--constraint", lock, f"{wheel}[demo]")
    except AssertionError as error:
        if any(word in str(error) for word in UNREACHABLE):
            pytest.skip("needs a package registry that pip can reach")
        raise
    return folder / "bin/pengaduan"


def test_the_installed_commands_answer(pengaduan: Path) -> None:
    """Words and templates must be found where there is no checkout, and the version be told."""
    mail = ROOT / "automation/sandbox/mails/jalan-rusak.eml"

    assert "Exit codes" in run(pengaduan, "--help", cwd=Path("/"))
    assert _project()["version"] in run(pengaduan, "--version", cwd=Path("/"))
    assert "Menunggu koreksi Camat" in run(pengaduan, "procedure", cwd=Path("/"))
    assert '"verdict": "complaint"' in run(pengaduan, "explain", "--json", mail, cwd=Path("/"))


def test_the_installed_demo_answers_three_complaints(pengaduan: Path) -> None:
    """Who installs the wheel and tries it first must see the office at work."""
    said = run(pengaduan, "demo", "--once", cwd=Path("/"))

    assert "three complaints answered and archived" in said


# --- what it needs ------------------------------------------------------------------------------


def _project() -> dict[str, str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return dict(project)


def test_the_lock_holds_every_dependency() -> None:
    """A dependency outside the lock comes in another version each month, untested."""
    lines = (ROOT / "requirements.lock").read_text(encoding="utf-8").splitlines()
    locked = {line.split("==")[0].lower().replace("_", "-") for line in lines if "==" in line}
    wanted = {r.name.lower() for r in _requirements() if not r.marker or r.marker.evaluate()}

    assert wanted - locked == set()


def test_the_lock_says_versions_and_nothing_else() -> None:
    """Where packages come from is each machine's own configuration; no host stands here."""
    lines = (ROOT / "requirements.lock").read_text(encoding="utf-8").splitlines()

    assert [line for line in lines[1:] if not re.fullmatch(r"[\w.-]+==[\w.]+", line)] == []


def _requirements() -> Iterator[Requirement]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    for words in (project["dependencies"], *project["optional-dependencies"].values()):
        yield from map(Requirement, words)


def test_the_lock_is_within_what_the_project_asks_for() -> None:
    """A lock below the stated floor would fail on the first fresh machine."""
    pairs = (
        line.split("==")
        for line in (ROOT / "requirements.lock").read_text(encoding="utf-8").splitlines()
        if "==" in line
    )
    locked = {name.lower().replace("_", "-"): version for name, version in pairs}
    wrong = [str(r) for r in _requirements() if locked.get(r.name.lower(), "0") not in r.specifier]

    assert [w for w in wrong if not w.startswith("tzdata")] == []

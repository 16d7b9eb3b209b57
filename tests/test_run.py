"""run.py on machines that lack this or that: real processes in doctored surroundings."""

import ast
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).resolve().parents[1]
RUN: Final = (ROOT / "run.py").read_text(encoding="utf-8")
ONE_LINE: Final = "apt-get install -y python3-venv\n"

PROJECT: Final = """
[build-system]
requires = []
build-backend = "backend"
backend-path = ["."]

[project]
name = "tiny"
version = "1"
[project.optional-dependencies]
demo = []
dev = []
"""
BACKEND: Final = """
import os, time, zipfile

def build_editable(folder, config_settings=None, metadata_directory=None):
    if os.environ.get("FAIL"):
        raise RuntimeError("no")
    open("built", "a").write("x")
    if os.path.exists("hold"):
        open("hold", "w").close()
    time.sleep(float(os.environ.get("SLOW", "0")))
    name = "tiny-1-py3-none-any.whl"
    tags = "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n"
    extras = "Provides-Extra: demo\\nProvides-Extra: dev\\n"
    with zipfile.ZipFile(os.path.join(folder, name), "w") as wheel:
        wheel.writestr("tiny.pth", os.getcwd())
        info = "Metadata-Version: 2.1\\nName: tiny\\nVersion: 1\\n" + extras
        wheel.writestr("tiny-1.dist-info/METADATA", info)
        wheel.writestr("tiny-1.dist-info/WHEEL", tags)
        wheel.writestr("tiny-1.dist-info/RECORD", "")
    return name
"""
"""Builds a project of nothing at all, so that setting up needs no package registry."""

WITHOUT_PIP: Final = (
    "import os, sys\nif not os.path.exists({flag!r}): sys.modules['ensurepip'] = None\n"
)


@dataclass(frozen=True, slots=True)
class Checkout:
    """A small checkout with the real run.py, on a machine whose tools are in `bin`."""

    root: Path
    bin: Path

    def start(self, *words: str, **env: str) -> "subprocess.CompletedProcess[str]":
        """Start run.py from another folder."""
        return subprocess.run(  # noqa: S603 - our own script
            [sys.executable, str(self.root / "run.py"), *words],
            cwd=self.bin,
            env=self.env(env),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )

    def env(self, more: Mapping[str, str]) -> dict[str, str]:
        """Give surroundings with no tool but those of `bin`."""
        return {"PATH": str(self.bin), "HOME": str(self.root), **more}

    def tool(self, name: str, script: str) -> None:
        """Put a tool of our own on the PATH."""
        (self.bin / name).write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
        (self.bin / name).chmod(0o755)

    def without_pip(self) -> tuple[dict[str, str], Path]:
        """Take ensurepip from Python as Debian does, until the file that is given appears."""
        flag = self.root / "python3-venv-is-there"
        (self.bin / "sitecustomize.py").write_text(
            WITHOUT_PIP.format(flag=str(flag)), encoding="utf-8"
        )
        return {"PYTHONPATH": str(self.bin)}, flag

    @property
    def built(self) -> int:
        """How often something was installed."""
        file = self.root / "built"
        return len(file.read_text(encoding="utf-8")) if file.exists() else 0


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    """Give a checkout that has just been cloned."""
    root = tmp_path / "a clone"
    (root / "automation").mkdir(parents=True)
    (tmp_path / "bin").mkdir()
    shutil.copy(ROOT / "run.py", root)
    for name, text in {
        "pyproject.toml": PROJECT,
        "backend.py": BACKEND,
        "requirements.lock": "",
        "automation/__main__.py": "import os, sys; print(sys.argv[1:], os.getcwd())",
    }.items():
        (root / name).write_text(text, encoding="utf-8")
    return Checkout(root, tmp_path / "bin")


# --- old Pythons --------------------------------------------------------------------------------


def test_an_old_python_can_read_it() -> None:
    """A syntax error tells the operator of an old machine nothing; the sentence inside does."""
    tree = ast.parse(RUN, feature_version=(3, 6))
    imported = {a.name for n in ast.walk(tree) if isinstance(n, ast.Import) for a in n.names}

    assert imported <= {"fcntl", "hashlib", "os", "shutil", "subprocess", "sys"}


def test_an_old_python_is_told_what_to_do(checkout: Checkout) -> None:
    """Without a sentence people install the oldest Python they find, or give up."""
    checkout.tool("python3.13", "exit 0")
    script = RUN.replace("OLDEST = (3, 11)", "OLDEST = (9, 0)")
    (checkout.root / "run.py").write_text(script, encoding="utf-8")
    said = checkout.start("demo", "--once")

    assert said.returncode == 1
    assert "This needs Python 9.0 or newer" in said.stdout
    assert "There is one on this computer: python3.13 run.py demo --once" in said.stdout
    assert not (checkout.root / ".venv").exists()


def test_without_a_command_the_usage_is_shown(checkout: Checkout) -> None:
    """Setting up for half a minute and then failing on a misspelt word is no answer."""
    said = checkout.start("dmeo")

    assert said.returncode == 2
    assert "usage: python3 run.py demo" in said.stdout
    assert not (checkout.root / ".venv").exists()


# --- setting up ---------------------------------------------------------------------------------


@pytest.mark.slow
def test_the_second_start_sets_nothing_up(checkout: Checkout) -> None:
    """Words must reach the command, from the caller's own folder, and a ready start be quick."""
    first = checkout.start("demo", "--once")
    second = checkout.start("demo", "--once")

    assert f"['demo', '--once'] {checkout.bin}\n" in first.stdout
    assert f"['demo', '--once'] {checkout.bin}\n" == second.stdout
    assert checkout.built == 1


@pytest.mark.slow
@pytest.mark.parametrize("left", ["half", "a link"])
def test_what_an_interrupted_start_left_is_made_anew(checkout: Checkout, left: str) -> None:
    """Where ensurepip is missing, `venv` fails and leaves a folder with a python in it."""
    venv = checkout.root / ".venv"
    if left == "half":
        (venv / "bin").mkdir(parents=True)
        (venv / "bin/python").symlink_to(sys.executable)
    else:
        venv.symlink_to(checkout.bin)

    assert "['demo']" in checkout.start("demo").stdout
    assert checkout.bin.exists()


@pytest.mark.slow
def test_a_set_up_that_failed_is_tried_again(checkout: Checkout) -> None:
    """The note that all is ready must come last, or the second start runs without half of it."""
    failed = checkout.start("demo", FAIL="1")

    assert failed.returncode == 1
    assert "is the package registry reachable?" in failed.stdout
    assert "['demo']" in checkout.start("demo").stdout


@pytest.mark.slow
def test_a_changed_wish_makes_it_anew(checkout: Checkout) -> None:
    """After an update of the checkout yesterday's packages would meet today's code."""
    checkout.start("demo")
    with (checkout.root / "pyproject.toml").open("a", encoding="utf-8") as file:
        file.write("# changed\n")
    checkout.start("demo")

    assert checkout.built == 2


@pytest.mark.slow
def test_the_tests_bring_their_tools_along(checkout: Checkout) -> None:
    """An environment made for the demo lacks what the tests need; it is added to, not remade."""
    checkout.start("demo")
    kept = checkout.root / ".venv/kept"
    kept.touch()
    checkout.start("check")

    assert checkout.built == 2
    assert kept.exists()


@pytest.mark.slow
def test_two_first_starts_at_once_set_up_once(checkout: Checkout) -> None:
    """Two who write into one environment leave one that fails in new ways each day."""
    words = [sys.executable, str(checkout.root / "run.py"), "demo"]
    env = checkout.env({"SLOW": "1"})
    both = [
        subprocess.Popen(words, cwd=ROOT, env=env, stdout=subprocess.PIPE, text=True)  # noqa: S603
        for _ in range(2)
    ]

    assert ["['demo']" in child.communicate(timeout=120)[0] for child in both] == [True, True]
    assert checkout.built == 1


@pytest.mark.slow
@pytest.mark.parametrize("before", [[], ["demo"]], ids=["at first", "while adding"])
def test_a_start_that_was_killed_leaves_nothing_to_stumble_over(
    checkout: Checkout, before: list[str]
) -> None:
    """Its pip lives on for a while and would write into what the next start uses or makes."""
    for command in before:
        checkout.start(command)
    hold = checkout.root / "hold"
    os.mkfifo(hold)
    words = [sys.executable, str(checkout.root / "run.py"), "check"]
    with subprocess.Popen(words, env=checkout.env({"SLOW": "1"})) as child:  # noqa: S603
        hold.read_bytes()  # until pip is at work
        child.kill()
        hold.unlink()
        said = checkout.start("demo")

    assert "waiting for it" in said.stdout
    assert "['demo']" in said.stdout


@pytest.mark.slow
def test_a_uv_that_fails_is_no_obstacle(checkout: Checkout) -> None:
    """A uv without the right certificates or registry must not stop what pip can do."""
    checkout.tool("uv", f'echo "$UV_SYSTEM_CERTS $1" >> "{checkout.root}/uv-said"; exit 2')
    said = checkout.start("demo")

    assert "['demo']" in said.stdout
    assert (checkout.root / "uv-said").read_text(encoding="utf-8").startswith("true venv")


# --- where Debian left out ensurepip ------------------------------------------------------------


def test_without_ensurepip_exactly_one_line_is_printed(checkout: Checkout) -> None:
    """Whoever may not install gets the one line to hand to somebody who may."""
    env, _ = checkout.without_pip()
    said = checkout.start("demo", **env)

    assert (said.stdout, said.stderr, said.returncode) == (ONE_LINE, "", 1)
    assert not (checkout.root / ".venv").exists()


@pytest.mark.slow
@pytest.mark.skipif(os.geteuid() != 0, reason="needs root")
def test_root_fetches_what_is_missing_and_goes_on(checkout: Checkout) -> None:
    """On a fresh machine the lists of apt are empty: the first try fails, the second may not."""
    env, flag = checkout.without_pip()
    lists = checkout.root / "lists"
    checkout.tool(
        "apt-get", f'case $1 in update) : > "{lists}";; *) [ -e "{lists}" ] && : > "{flag}";; esac'
    )
    said = checkout.start("demo", **env)

    assert "['demo']" in said.stdout


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root")
def test_where_apt_cannot_help_the_line_is_printed_too(checkout: Checkout) -> None:
    """No network at the first start: the reason by apt, then the line, and no half-made folder."""
    env, _ = checkout.without_pip()
    checkout.tool("apt-get", "echo no network >&2; exit 100")
    said = checkout.start("demo", **env)

    assert (said.stdout, said.returncode) == (ONE_LINE, 1)
    assert "no network" in said.stderr

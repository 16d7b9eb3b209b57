"""The commands: what they print, and the exit code that cron and people go by."""

import json
import logging
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import click
import pytest
from click.testing import CliRunner, Result

from automation import wiring
from automation.cli import main
from automation.clock import SystemClock
from automation.settings import load
from tests.sandbox.towns import Town
from tests.world import WITA

EXAMPLE: Final = Path(__file__).parents[1] / "settings.example.env"
SETTINGS: Final = """
SPREADSHEET_ID={sheet}
GOOGLE_CREDENTIALS={key}
GOOGLE_API_ENDPOINT=http://127.0.0.1:9
IMAP_HOST=127.0.0.1
IMAP_PORT=9
IMAP_SECURITY=plain
IMAP_USER=pengaduan
IMAP_PASSWORD=rahasia
SMTP_HOST=127.0.0.1
MAIL_FROM=pengaduan@kec.example
STATE_DIR={state}
"""

Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Run]:
    """Run a command in an empty folder; what it does to the log is undone."""
    monkeypatch.chdir(tmp_path)
    runner, root = CliRunner(), logging.getLogger()
    before = (root.handlers[:], root.level)
    yield lambda *words, **env: runner.invoke(main, words, env=env)
    root.handlers[:] = before[0]
    root.setLevel(before[1])


@pytest.fixture
def settings(tmp_path: Path) -> Path:
    """Give a settings file of an office whose servers are all away, and whose key is none."""
    key = tmp_path / "key.json"
    key.write_text("{}")
    file = tmp_path / "office.env"
    state = tmp_path / "state"
    file.write_text(SETTINGS.format(sheet="x" * 44, key=key, state=state))
    return file


# --- help ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("option", ["-h", "--help"])
def test_help_names_every_command(run: Run, option: str) -> None:
    """It is the first thing that anybody types."""
    said = run(option)

    assert said.exit_code == 0
    assert [name for name in main.commands if f"\n  {name} " not in said.output] == []
    assert "75 try again later" in said.output


@pytest.mark.parametrize("command", main.commands.values(), ids=str)
def test_every_command_and_option_is_explained(run: Run, command: click.Command) -> None:
    """An option without a word is one that nobody dares to use."""
    options = [each for each in command.params if isinstance(each, click.Option)]

    assert run(str(command.name), "-h").exit_code == 0
    assert command.help
    assert [each.name for each in options if not each.help] == []


@pytest.mark.slow
def test_help_loads_nothing_heavy() -> None:
    """Cron starts the program each minute; people wait for its help."""
    look = "import sys; import automation.cli; print([m for m in sys.modules if m in %r])"
    heavy = ("gspread", "imap_tools", "jinja2", "pydantic", "sqlite3", "automation.wiring")

    said = subprocess.run(  # noqa: S603 - our own words
        [sys.executable, "-c", look % (heavy,)], check=True, capture_output=True, text=True
    )

    assert said.stdout.strip() == "[]"


# --- settings -----------------------------------------------------------------------------------


@pytest.mark.parametrize("command", ["run", "work", "init", "check", "status", "verify"])
def test_without_settings_a_command_says_what_to_do(run: Run, command: str) -> None:
    """The first try of every new office."""
    said = run(command)

    assert said.exit_code == 1
    assert "copy settings.example.env" in said.stderr
    assert "settings: SPREADSHEET_ID: missing" in said.stderr
    assert said.stdout == ""


def test_a_named_file_that_is_not_there_is_the_fault(run: Run, tmp_path: Path) -> None:
    """A slip in the path must not look like a dozen missing settings without a reason."""
    said = run("run", "--settings", str(tmp_path / "ofice.env"))

    assert said.exit_code == 1
    assert f"settings: {tmp_path}/ofice.env: cannot be read" in said.stderr


def test_all_faults_come_in_one_message(run: Run) -> None:
    """The copied example, not yet filled in: four blanks, four lines."""
    said = run("check", "--settings", str(EXAMPLE))

    assert said.exit_code == 1
    assert [line.split(": ")[0] for line in said.stderr.splitlines()] == ["settings"] * 4


def test_the_usual_file_is_found_in_the_folder(run: Run, settings: Path, tmp_path: Path) -> None:
    """`cd` there and type `pengaduan status`."""
    settings.rename(tmp_path / "settings.env")

    assert "no pass was made yet" in run("status").stderr


def test_the_environment_alone_is_enough(run: Run, settings: Path) -> None:
    """A container has no settings file."""
    pairs = dict(line.split("=", 1) for line in settings.read_text().split())

    assert "no pass was made yet" in run("status", **pairs).stderr


# --- exit codes -----------------------------------------------------------------------------------


@pytest.mark.parametrize("words", [("run",), ("run", "--dry-run"), ("work",)])
def test_a_second_worker_is_sent_away_until_later(
    run: Run, settings: Path, words: tuple[str, ...]
) -> None:
    """Two passes at once could answer a citizen twice; cron tries again in a minute."""
    with wiring._lock(load({}, settings).state_dir):
        said = run(*words, "--settings", str(settings))

    assert said.exit_code == 75
    assert "try again later: another worker holds" in said.stderr


@pytest.mark.parametrize("words", [("run",), ("work",), ("init",)])
def test_a_key_that_is_none_is_a_fault(run: Run, settings: Path, words: tuple[str, ...]) -> None:
    """Waiting does not mend it, so cron must be told 1 and not 75."""
    said = run(*words, "--settings", str(settings))

    assert said.exit_code == 1
    assert "is no service account key" in said.stderr


@pytest.mark.slow
def test_a_pass_prints_its_faults_and_ends_with_its_outcome(run: Run, tmp_path: Path) -> None:
    """Cron mails what is printed, and a monitor goes by the code."""
    town = Town(tmp_path / "town")
    named = ("run", "--settings", str(town.place / "settings.env"))
    try:
        blank = run(*named)
        wiring.init(town.settings)
        fine, away = run(*named), run(*named, IMAP_PORT="9")
    finally:
        town.end()

    assert (blank.exit_code, fine.exit_code, away.exit_code) == (1, 0, 75)
    assert "\nregister: the spreadsheet has no tab" in blank.stderr
    assert "\nmailbox: " not in fine.stderr
    assert "\nmailbox: The mailbox at 127.0.0.1 failed" in away.stderr


@pytest.mark.slow
def test_init_can_be_asked_first_what_it_would_do(run: Run, tmp_path: Path) -> None:
    """The operator of a living register wants to see it before it is done; asking is no fault."""
    town = Town(tmp_path / "town")
    named = ("--settings", str(town.place / "settings.env"))
    try:
        planned, made = run("init", "--plan", *named), run("init", *named)
        after = run("init", "--plan", *named)
    finally:
        town.end()

    assert (planned.exit_code, planned.stdout) == (0, made.stdout)
    assert "tab Register: made of the blank tab" in planned.stdout
    assert (after.exit_code, after.stdout.startswith("nothing to do")) == (0, True)


@pytest.mark.slow
def test_a_pass_in_the_wrong_year_can_be_outlived(run: Run, tmp_path: Path) -> None:
    """The clock once said 2036: without a way out no complaint would be answered until then."""
    town = Town(tmp_path / "town")
    named = ("run", "--settings", str(town.place / "settings.env"))
    try:
        wiring.init(town.settings)
        with wiring.opened(town.settings) as house:
            house.ledger.remember("last_pass", "2036-01-01T08:00:00+08:00")
        stopped, freed, after = run(*named), run(*named, "--clock-is-right"), run(*named)
    finally:
        town.end()

    assert (stopped.exit_code, freed.exit_code, after.exit_code) == (1, 0, 0)


def test_a_rehearsal_takes_no_lease(run: Run, settings: Path) -> None:
    """Whoever asks for both wants two things that exclude each other."""
    said = run("run", "--dry-run", "--take-over", "--settings", str(settings))

    assert (said.exit_code, "touches nothing" in said.stderr) == (2, True)


def test_check_prints_each_finding_and_fails_on_a_fault(run: Run, settings: Path) -> None:
    """A monitor goes by the exit code, a person by the lines."""
    said = run("check", "--settings", str(settings))

    assert said.exit_code == 1
    assert "\nFAULT  mailbox: " in said.stdout
    assert "\nok     templates: " in said.stdout


def test_check_speaks_json_line_by_line(run: Run, settings: Path) -> None:
    """A program reads the same findings."""
    said = run("check", "--json", "--settings", str(settings))

    found = {(f["what"], f["fine"]) for f in map(json.loads, said.stdout.splitlines())}
    assert {("ledger", True), ("mailbox", False), ("register", False)} <= found


# --- status -------------------------------------------------------------------------------------


@pytest.fixture
def worked(settings: Path) -> Path:
    """Give the settings of an office with a ledger that has an alarm in it."""
    ledger = wiring.ledger(load({}, settings), WITA)
    ledger.remember("alarm:mailbox", "2026-11-24T08:00:00+08:00")
    ledger.close()
    return settings


def test_status_is_read_by_people(run: Run, worked: Path) -> None:
    """One fact a line, and a dash for none."""
    said = run("status", "--settings", str(worked))

    assert said.exit_code == 0
    assert "last_pass: -\n" in said.stdout
    assert "alarms: mailbox=2026-11-24T08:00:00+08:00\n" in said.stdout
    assert "cases: 0\n" in said.stdout


def test_status_is_read_by_programs(run: Run, worked: Path) -> None:
    """The same facts as one object."""
    facts = json.loads(run("status", "--json", "--settings", str(worked)).stdout)

    assert facts["alarms"] == {"mailbox": "2026-11-24T08:00:00+08:00"}
    assert (facts["cases"], facts["held"], facts["oldest_open"]) == (0, [], None)


# --- numbers for paper --------------------------------------------------------------------------


def test_numbers_for_paper_are_printed_and_told_until_they_are_used(run: Run, worked: Path) -> None:
    """Whoever lost the print-out must not have to take a second block."""
    words = ("reserve", "--settings", str(worked))
    first, more = run(*words, "2"), run(*words, "1")
    year = SystemClock(WITA).now().year

    assert first.stdout.splitlines() == [f"PKT-{year}-0001", f"PKT-{year}-0002"]
    assert run(*words).stdout == first.stdout + more.stdout
    assert f"paper_unused: PKT-{year}-0001, " in run("status", *words[1:]).stdout


def test_a_form_bears_the_number_and_takes_none(run: Run, worked: Path) -> None:
    """Printing twice must not use up the sequence."""
    words = ("reserve", "--settings", str(worked))
    [number] = run(*words, "1").stdout.split()

    assert run(*words, "--form").stdout.startswith(f"No. Register {number}\n")
    assert run(*words).stdout.split() == [number]


# --- without settings -----------------------------------------------------------------------------


def test_the_procedure_is_printed_as_a_table(run: Run) -> None:
    """The office reads it and signs it."""
    said = run("procedure")

    assert said.exit_code == 0
    assert "Menunggu disposisi" in said.stdout
    assert said.stdout.count("\n|") > 20


@pytest.mark.parametrize("as_json", [True, False])
def test_a_mail_is_explained(run: Run, tmp_path: Path, *, as_json: bool) -> None:
    """Whoever asks why a mail was not answered wants the reason."""
    file = tmp_path / "surat.eml"
    file.write_text("From: wayan@warga.example\nSubject: jalan rusak\n\nberlubang di Medewi\n")

    said = run("explain", *(["--json"] if as_json else []), str(file))

    assert said.exit_code == 0
    assert "complaint" in said.stdout
    assert not as_json or json.loads(said.stdout)["verdict"] == "complaint"


def test_a_mail_file_that_cannot_be_opened_is_told_and_stops_no_other(
    run: Run, tmp_path: Path
) -> None:
    """One slip in the name would hide the verdicts on thousands behind it."""
    file = tmp_path / "surat.eml"
    file.write_text("From: wayan@warga.example\nSubject: jalan rusak\n\nberlubang\n")

    said = run("explain", "--json", str(tmp_path / "hilang.eml"), str(tmp_path), str(file))
    lines = [json.loads(line) for line in said.stdout.splitlines()]

    assert said.exit_code == 1
    assert [line["verdict"] for line in lines] == ["unreadable", "unreadable", "complaint"]
    assert "No such file" in lines[0]["reason"]
    assert all(list(line) == list(lines[2]) for line in lines)


def test_facts_are_printed_in_utf_8_whatever_the_terminal_is(tmp_path: Path) -> None:
    """A cron job has no locale; a smiley must not end the run."""
    file = tmp_path / "surat.eml"
    file.write_bytes("From: w@warga.example\nSubject: lapor \U0001f64f\n\nCafé\n".encode())
    poor = {"LC_ALL": "C", "PYTHONIOENCODING": "latin-1"}
    words = [sys.executable, "-m", "automation", "explain", "--json", str(file), str(file)]
    said = subprocess.run(  # noqa: S603 - our own program
        words, env=poor, cwd=EXAMPLE.parent, capture_output=True, check=True
    ).stdout

    assert [json.loads(line)["subject"] for line in said.decode().splitlines()] == [
        "lapor \U0001f64f"
    ] * 2

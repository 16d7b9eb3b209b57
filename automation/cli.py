"""The commands, and nothing but commands: read the environment, call, print, choose the exit code.

Imports of weight stand inside the commands that need them: `--help` must not wait for them.
"""

import gc
import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from automation.errors import PengaduanError, SettingsError, TransientError

if TYPE_CHECKING:
    from automation.settings import Settings
    from automation.steps.verify import Result

_LATER: Final = 75
_USUAL_FILE: Final = Path("settings.env")

_env_file = click.option(
    "--settings",
    "settings_file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="File with the settings; the environment wins over it.  [default: settings.env]",
)
_as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON for a program to read.")


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="pengaduan")
def main() -> None:
    """Complaint register of a sub-district office.

    Mailbox in, shared Google Sheet as the register, sealed answers out.

    Exit codes: 0 fine, 1 a fault that somebody must mend, 75 try again later.
    """


@contextmanager
def _told() -> Iterator[None]:
    """Turn the expected failures into one clear message and an exit code."""
    try:
        yield
    except SettingsError as error:
        for problem in error.problems:
            click.echo(f"settings: {problem}", err=True)
        sys.exit(1)
    except TransientError as error:
        click.echo(f"try again later: {error}", err=True)
        sys.exit(_LATER)
    except PengaduanError as error:
        click.echo(str(error), err=True)
        sys.exit(1)


def _settings(file: Path | None) -> "Settings":
    """Read the settings; a file that was named must be there, the usual one need not."""
    from automation.settings import load

    if file is None and not _USUAL_FILE.exists():
        try:
            return load(os.environ, None)
        except SettingsError as error:
            hint = f"there is no {_USUAL_FILE} in {Path.cwd()}: copy settings.example.env to it"
            raise SettingsError(
                [f"{hint}, or name another with --settings", *error.problems]
            ) from None
    return load(os.environ, file or _USUAL_FILE)


@main.command()
@_env_file
@click.option("--dry-run", is_flag=True, help="Print what a pass would do; touch nothing.")
@click.option(
    "--clock-is-right", is_flag=True, help="Believe the clock although an earlier pass was later."
)
@click.option(
    "--take-over", is_flag=True, help="Work here from now on: the other installation was stopped."
)
def run(
    settings_file: Path | None, *, dry_run: bool, clock_is_right: bool, take_over: bool
) -> None:
    """Make one pass: mail in, sheet, letters out. This is what cron calls each minute."""
    from automation import wiring

    # what was imported lives until the end: looking through it for garbage costs an idle pass a
    # tenth of its time, most of it on the way out (bench/)
    gc.freeze()
    if dry_run and take_over:
        raise click.UsageError("--take-over takes the lease, and --dry-run touches nothing")

    with _told():
        settings = _settings(settings_file)
        if dry_run:
            for line in wiring.rehearse(settings):
                click.echo(line)
            return
        report = wiring.run_once(settings, clock_is_right=clock_is_right, take_over=take_over)
    for fault in report.faults:
        click.echo(fault, err=True)
    sys.exit(int(report.outcome))


@main.command()
@_env_file
def work(settings_file: Path | None) -> None:
    """Keep working: a pass every POLL_SECONDS, and at once when mail arrives.

    Stops after the running pass on SIGTERM or Ctrl-C.
    """
    from automation import wiring

    with _told():
        wiring.work(_settings(settings_file))


@main.command()
@_env_file
@click.option("--plan", is_flag=True, help="Print what would be made or mended; change nothing.")
def init(settings_file: Path | None, *, plan: bool) -> None:
    """Make the register in the shared spreadsheet: tabs, columns, dropdowns, protections, views.

    Safe to repeat: what stands is left as it is.
    """
    from automation import wiring

    with _told():
        settings = _settings(settings_file)
        for line in wiring.plan_init(settings) if plan else wiring.init(settings):
            click.echo(line)


@main.command()
@_env_file
@_as_json
def check(settings_file: Path | None, *, as_json: bool) -> None:
    """Try settings, logins, folders and sheet access; say for each fault what to do."""
    from automation import checks

    with _told():
        findings = checks.run(_settings(settings_file))
    for finding in findings:
        click.echo(json.dumps(finding.as_dict(), ensure_ascii=False) if as_json else str(finding))
    sys.exit(0 if all(f.fine for f in findings) else 1)


@main.command()
@_env_file
@_as_json
def status(settings_file: Path | None, *, as_json: bool) -> None:
    """Tell where the work stands, from the ledger alone: no server is asked."""
    from automation import checks

    with _told():
        facts = checks.status(_settings(settings_file))
    if as_json:
        click.echo(json.dumps(facts, ensure_ascii=False))
        return
    for name, value in facts.items():
        click.echo(f"{name}: {_plain(value)}")


@main.command()
@_env_file
@_as_json
def verify(settings_file: Path | None, *, as_json: bool) -> None:
    """Count mails, cases, rows, letters and archived papers, and list what differs.

    Writes nothing and may run beside a worker. Ends with 1 when something differs.
    """
    from automation import recovery

    with _told():
        result = recovery.verify(_settings(settings_file))
    if as_json:
        click.echo(json.dumps(result.as_dict(), ensure_ascii=False))
    else:
        _compared(result)
    sys.exit(1 if result.differences else 0)


def _compared(result: "Result") -> None:
    """Print how much there is of everything, and a line for each difference."""
    click.echo(", ".join(f"{name.replace('_', ' ')}: {n}" for name, n in result.counts.items()))
    for difference in result.differences:
        click.echo(str(difference))
    click.echo(f"rows with edits for the next pass: {result.edits}")
    click.echo(f"differences: {len(result.differences)}")


@main.command()
@_env_file
@click.option(
    "--into",
    "target",
    required=True,
    help="Id or address of a blank spreadsheet, shared with the service account as Editor.",
)
def restore(settings_file: Path | None, target: str) -> None:
    """Rebuild the register from the ledger in a blank spreadsheet.

    Stop the worker first. Sends no letter, leaves the present spreadsheet alone; repeat it when it
    was cut off.
    """
    from automation import recovery
    from automation.settings import sheet_id

    with _told():
        try:
            found = sheet_id(target)
        except ValueError as error:
            raise SettingsError([f"--into: {error}"]) from None
        result = recovery.restore(_settings(settings_file), found, click.echo)
    _compared(result)
    click.echo(f"the register is whole; now set this line in {settings_file or _USUAL_FILE}:")
    click.echo(f"SPREADSHEET_ID={found}")
    click.echo("then run `pengaduan check` and start the worker")
    sys.exit(1 if result.differences else 0)


def _plain(value: object) -> str:
    """Write a fact for people: lists and counts in one line, a dash for none."""
    if isinstance(value, dict):
        value = [f"{name}={count}" for name, count in value.items()]
    if isinstance(value, list):
        value = ", ".join(value)
    return "-" if value in {None, ""} else str(value)


@main.command()
@_env_file
@click.option("--form", is_flag=True, help="Print a form to fill in by hand for each number.")
@click.argument("count", required=False, type=click.IntRange(1, 200))
def reserve(settings_file: Path | None, count: int | None, *, form: bool) -> None:
    """Take COUNT numbers of this year for paper, and print them; without COUNT print the unused.

    They are given to nobody else. Safe beside a running worker.
    """
    from automation import wiring

    with _told():
        for line in wiring.reserve(_settings(settings_file), count or 0, form=form):
            click.echo(line)


@main.command()
@_as_json
@click.option("--own", multiple=True, help="Address of the office's mailbox (repeatable).")
@click.option("--staff", multiple=True, help="Address of one of the office's people (repeatable).")
@click.option(
    "--authserv-id", default="", help="The mail server whose word on senders is believed."
)
@click.argument("files", nargs=-1, required=True)
@click.pass_context
def explain(
    context: click.Context,
    files: tuple[str, ...],
    own: tuple[str, ...],
    staff: tuple[str, ...],
    authserv_id: str,
    *,
    as_json: bool,
) -> None:
    """Print what the worker would make of each mail file (.eml), touching nothing.

    With --json one line of UTF-8 for each file. A file that cannot be opened is told as unreadable
    and stops no other; the exit code is then 1.
    """
    from automation.intake.explain import Addresses, explain_files, told

    def read(name: str) -> bytes:
        return Path(name).read_bytes()

    all_opened = True
    for fact, opened in explain_files(files, read, Addresses.of(own, staff, authserv_id)):
        all_opened = all_opened and opened
        click.echo(json.dumps(fact, ensure_ascii=False).encode() if as_json else told(fact))
    context.exit(0 if all_opened else 1)


@main.command()
def procedure() -> None:
    """Print the procedure as a table that the office can read and sign."""
    from automation import wiring
    from automation.workflow.table import markdown

    for line in markdown(wiring.schema().words):
        click.echo(line)


_ports = {
    "port": click.option("--port", default=0, show_default=True, help="HTTP; 0 = any free one."),
    "imap": click.option("--imap-port", default=0, show_default=True, help="Likewise for IMAP."),
    "smtp": click.option("--smtp-port", default=0, show_default=True, help="Likewise for SMTP."),
}


@main.command()
@click.option(
    "--dir",
    "directory",
    required=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="Where the town keeps its state.",
)
@_ports["port"]
@_ports["imap"]
@_ports["smtp"]
def sandbox(directory: Path, port: int, imap_port: int, smtp_port: int) -> None:
    """Start a town on loopback: a Google Sheets server, IMAP and SMTP, with accounts for everybody.

    Writes DIR/settings.env and DIR/accounts/*.json, prints `ready`, runs until SIGTERM.
    """
    with _told():
        _demo_extra()
        from automation.sandbox.town import serve

        serve(directory, port, imap_port, smtp_port, click.echo)


@main.command()
@click.option("--once", is_flag=True, help="Play three complaints to their end, then stop.")
@click.option(
    "--dir",
    "directory",
    type=click.Path(file_okay=False, path_type=Path),
    help="Keep the town's state here.  [default: a temporary folder]",
)
def demo(directory: Path | None, *, once: bool) -> None:
    """Show the office at work on this computer: no account, no internet. Plays three complaints."""
    with _told():
        _demo_extra()
        from automation.sandbox.demo import play

        sys.exit(play(directory, click.echo, once=once))


def _demo_extra() -> None:
    """Say what to install when the servers of the sandbox are missing."""
    from importlib.util import find_spec

    needed = ("starlette", "uvicorn", "pymap", "aiosmtpd", "pydantic")
    missing = [name for name in needed if not find_spec(name)]
    if missing:
        raise SettingsError(
            [f"this command needs {', '.join(missing)}: pip install 'pengaduan[demo]'"]
        )

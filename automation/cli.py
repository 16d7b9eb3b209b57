"""The commands, and nothing but commands: they read the environment, call, print and choose the exit code."""

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

_LATER: Final = 75

_env_file = click.option(
    "--settings",
    "settings_file",
    type=click.Path(dir_okay=False, path_type=Path),
    default=Path("settings.env"),
    show_default=True,
    help="File with the settings; the environment wins over it.",
)
_as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON for a program to read.")


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="pengaduan")
def main() -> None:
    """Complaint register of a sub-district office: mailbox in, shared Google Sheet, sealed answers out.

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


def _settings(file: Path) -> "Settings":
    from automation.settings import load  # noqa: PLC0415 - `--help` must not wait for it

    return load(os.environ, file if file.exists() else None)


@main.command()
@_env_file
@click.option("--dry-run", is_flag=True, help="Look and decide, print what would be done, touch nothing.")
def run(settings_file: Path, *, dry_run: bool) -> None:
    """Make one pass: mail in, sheet, letters out. This is what cron calls each minute."""
    from automation import wiring  # noqa: PLC0415

    with _told():
        settings = _settings(settings_file)
        if dry_run:
            for line in wiring.rehearse(settings):
                click.echo(line)
            return
        report = wiring.run_once(settings)
    for fault in report.faults:
        click.echo(fault, err=True)
    sys.exit(int(report.outcome))


@main.command()
@_env_file
def work(settings_file: Path) -> None:
    """Keep working: a pass every POLL_SECONDS, and at once when new mail is hinted at. Stops on SIGTERM."""
    from automation import wiring  # noqa: PLC0415

    with _told():
        wiring.work(_settings(settings_file))


@main.command()
@_env_file
def init(settings_file: Path) -> None:
    """Make the tabs, columns, dropdowns and protections of the register in the shared spreadsheet.

    Safe to repeat: what stands is left as it is.
    """
    from automation import wiring  # noqa: PLC0415

    with _told():
        for line in wiring.init(_settings(settings_file)):
            click.echo(line)


@main.command()
@_env_file
@_as_json
def check(settings_file: Path, *, as_json: bool) -> None:
    """Try settings, logins, folders and sheet access; say for each fault what to do."""
    from automation import checks  # noqa: PLC0415

    with _told():
        findings = checks.run(_settings(settings_file))
    for finding in findings:
        click.echo(json.dumps(finding.as_dict(), ensure_ascii=False) if as_json else str(finding))
    sys.exit(0 if all(f.fine for f in findings) else 1)


@main.command()
@_env_file
@_as_json
def status(settings_file: Path, *, as_json: bool) -> None:
    """Tell from the ledger alone: last pass, open cases by stage, letters waiting or in doubt, alarms."""
    from automation import checks  # noqa: PLC0415

    with _told():
        facts = checks.status(_settings(settings_file))
    if as_json:
        click.echo(json.dumps(facts, ensure_ascii=False))
        return
    for name, value in facts.items():
        click.echo(f"{name}: {value}")


@main.command()
@_as_json
@click.option("--own", multiple=True, help="Address of the office's mailbox (repeatable).")
@click.option("--staff", multiple=True, help="Address of one of the office's people (repeatable).")
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
def explain(
    files: tuple[Path, ...], own: tuple[str, ...], staff: tuple[str, ...], *, as_json: bool
) -> None:
    """Print what the worker would make of each mail file (.eml), touching nothing."""
    from automation.intake.explain import Addresses, explain_file, told  # noqa: PLC0415

    addresses = Addresses.of(own, staff)
    for file in files:
        fact = explain_file(str(file), file.read_bytes(), addresses)
        click.echo(json.dumps(fact, ensure_ascii=False) if as_json else told(fact))


@main.command()
def procedure() -> None:
    """Print the procedure as a table that the office can read and sign."""
    from automation import wiring  # noqa: PLC0415
    from automation.workflow.table import markdown  # noqa: PLC0415

    for line in markdown(wiring.words()):
        click.echo(line)


_ports = {
    "port": click.option("--port", default=0, show_default=True, help="HTTP port; 0 = any free one."),
    "imap": click.option("--imap-port", default=0, show_default=True, help="IMAP port; 0 = any free one."),
    "smtp": click.option("--smtp-port", default=0, show_default=True, help="SMTP port; 0 = any free one."),
}


@main.command()
@click.option("--dir", "directory", required=True, type=click.Path(file_okay=False, path_type=Path), help="Where the town keeps its state.")
@_ports["port"]
@_ports["imap"]
@_ports["smtp"]
def sandbox(directory: Path, port: int, imap_port: int, smtp_port: int) -> None:
    """Start a town on loopback: a Google Sheets server, IMAP and SMTP, with accounts for everybody.

    Writes DIR/settings.env and DIR/accounts/*.json, prints `ready`, runs until SIGTERM.
    """
    with _told():
        _demo_extra()
        from automation.sandbox.town import serve  # noqa: PLC0415

        serve(directory, port, imap_port, smtp_port, click.echo)


@main.command()
@click.option("--once", is_flag=True, help="Play three complaints to their end, then stop.")
@click.option("--dir", "directory", type=click.Path(file_okay=False, path_type=Path), help="Keep the town's state here (default: a temporary folder).")
def demo(directory: Path | None, *, once: bool) -> None:
    """Show the office at work on this computer: no account, no internet. Plays three complaints."""
    with _told():
        _demo_extra()
        from automation.sandbox.demo import play  # noqa: PLC0415

        sys.exit(play(directory, click.echo, once=once))


def _demo_extra() -> None:
    """Say what to install when the servers of the sandbox are missing."""
    from importlib.util import find_spec  # noqa: PLC0415

    missing = [name for name in ("starlette", "uvicorn", "pymap", "aiosmtpd") if not find_spec(name)]
    if missing:
        raise SettingsError(
            [f"this command needs {', '.join(missing)}: pip install 'pengaduan[demo]'"]
        )

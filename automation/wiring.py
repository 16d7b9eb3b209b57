"""Settings -> live adapters -> Worker: the only place that chooses implementations."""

import fcntl
import logging
import secrets
import signal
import socket
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import datetime, time
from functools import partial
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from automation import log as logs
from automation.archive.disk import DiskArchive
from automation.clock import SystemClock
from automation.errors import TransientError
from automation.intake.imap import ImapInbox
from automation.intake.imap_session import ImapAccount
from automation.ledger.store import SqliteLedger
from automation.model import Office
from automation.outbox.late import LateLetters, LateOutbound
from automation.outbox.null import NullOutbound
from automation.ports import Ledger, Outbound
from automation.register import handwritten
from automation.register.office import office_from_toml
from automation.register.schema import Schema, load
from automation.register.sheets import SheetsRegister
from automation.register.sheets_client import SheetsClient, Sleep, connect
from automation.resources import data_folder
from automation.settings import MailOut, Settings
from automation.steps import guarding, lease, paper
from automation.steps.house import House
from automation.worker import Pause, Report, Worker
from automation.workflow import table

if TYPE_CHECKING:
    from automation.outbox.contents import Words
    from automation.outbox.letters import LetterWriter
    from automation.outbox.smtp import SmtpOutbound
    from automation.register.setup import Procedure
    from automation.register.tabs import Step

log = logging.getLogger(__name__)

_TIMEOUT: Final = 30.0
"""Seconds that any single answer of a server may take."""


def schema() -> Schema:
    """Read the tabs, columns and words that the program carries."""
    folder = data_folder("sheets_schema")
    return load(
        {
            f.name: f.read_text(encoding="utf-8")
            for f in folder.iterdir()
            if f.name.endswith(".toml")
        }
    )


@contextmanager
def opened(settings: Settings, pause: Sleep | None = None) -> Iterator[House]:
    """Open the whole house for one process, under the lock that admits one worker at a time.

    `pause` = how its wires wait; the default waits as long as it is told to.
    """
    with _lock(settings.state_dir), _closing(settings, pause or Pause().wait) as house:
        yield house


@contextmanager
def _closing(settings: Settings, pause: Sleep) -> Iterator[House]:
    house = build(settings, pause)
    try:
        yield house
    finally:
        house.inbox.close()
        house.ledger.close()


def build(settings: Settings, pause: Sleep, memory: Ledger | None = None) -> House:
    """Wire the adapters that the settings name; `memory` = another ledger than the one on disk."""
    tabs = schema()
    people = office(settings, tabs)
    zone = ZoneInfo(people.calendar.zone)
    memory = memory or ledger(settings, zone)
    sheet = register(settings, tabs, memory, pause)
    _know_sheet(memory, settings.spreadsheet_id)
    return House(
        clock=SystemClock(zone),
        inbox=inbox(settings, pause),
        register=sheet,
        outbound=_outbound(settings),
        archive=DiskArchive(settings.state_dir / "archive"),
        ledger=memory,
        letters=LateLetters(partial(writer, settings, tabs.words, secret(memory))),
        schema=tabs,
        office=people,
        own_addresses=frozenset({settings.mail_from.lower(), settings.imap_user.lower()}),
        link=_linker(settings, sheet.gid),
        installation=_installation(memory, socket.gethostname()),
        adopt_since=_midnight(settings, zone),
        authserv_id=settings.imap_authserv_id,
    )


def ledger_file(settings: Settings) -> Path:
    """Give the place of the ledger."""
    return settings.state_dir / "ledger.sqlite"


def ledger(settings: Settings, zone: ZoneInfo) -> SqliteLedger:
    """Open the ledger, beside a worker too. Raises what `SqliteLedger` raises."""
    return SqliteLedger(ledger_file(settings), zone)


def register(
    settings: Settings, tabs: Schema, memory: Ledger, pause: Sleep | None = None
) -> SheetsRegister:
    """Give the register in the spreadsheet; `memory` remembers where its tabs and columns are."""
    line = client(settings, memory, pause)
    return SheetsRegister(line, settings.spreadsheet_id, tabs, memory)


def client(
    settings: Settings, memory: Ledger | None = None, pause: Sleep | None = None
) -> SheetsClient:
    """Give the line to Google. Raises SettingsError when the key file is no such key."""
    endpoint = settings.google_api_endpoint
    return connect(settings.google_credentials, endpoint, _TIMEOUT, memory, pause)


def inbox(settings: Settings, pause: Sleep | None = None) -> ImapInbox:
    """Give the office's mailbox."""
    account = ImapAccount(
        settings.imap_host,
        settings.imap_port,
        settings.imap_user,
        settings.imap_password.value,
        settings.imap_security,
    )
    return ImapInbox(account, _TIMEOUT, pause or Pause().wait)


def smtp(settings: Settings) -> "SmtpOutbound":
    """Give the real way out."""
    from automation.outbox.smtp import SmtpAccount, SmtpOutbound  # noqa: PLC0415 - see late.py

    account = SmtpAccount(
        settings.smtp_host,
        settings.smtp_port,
        settings.smtp_user,
        settings.smtp_password.value,
        settings.smtp_security,
    )
    return SmtpOutbound(account, _TIMEOUT)


def _outbound(settings: Settings) -> Outbound:
    if settings.mail_out is MailOut.NULL:
        return NullOutbound(log.info)
    return LateOutbound(partial(smtp, settings))


def writer(settings: Settings, words: "Words", key: bytes) -> "LetterWriter":
    """Give the letters of the office's own folder first, the packaged ones behind it.

    `key` makes their Message-IDs unguessable.
    """
    from automation.outbox.letters import LetterWriter  # noqa: PLC0415 - see late.py

    own = [settings.office_dir / "mail_templates"] if settings.office_dir else []
    return LetterWriter([*own, data_folder("mail_templates")], words, settings.mail_from, key)


def secret(memory: Ledger) -> bytes:
    """Give the key that makes Message-IDs unguessable; made once, kept in the ledger."""
    if not memory.recall("secret"):
        memory.remember("secret", secrets.token_hex(32))
    return bytes.fromhex(memory.recall("secret"))


def _installation(memory: Ledger, host: str) -> str:
    """Give the name in the lease. A copied ledger on another computer is another installation."""
    if not memory.recall("installation"):
        memory.remember("installation", secrets.token_hex(4))
    return f"{memory.recall('installation')}@{'-'.join(host.split())[:40] or 'host'}"


def _know_sheet(memory: Ledger, spreadsheet_id: str) -> None:
    """Forget what is known of another spreadsheet when SPREADSHEET_ID was changed."""
    if memory.recall("lease_of") != spreadsheet_id:
        lease.forget(memory)
        guarding.distrust(memory)
        memory.remember("lease_of", spreadsheet_id)


def office(settings: Settings, tabs: Schema) -> Office:
    """Give the office as packaged, with the addresses and the hold of the settings.

    Raises SettingsError when ROLE_ADDRESSES names somebody whom office.toml does not know.
    """
    packaged = office_from_toml(tabs, settings.role_addresses)
    hold = packaged.hold if settings.hold_minutes is None else settings.hold_minutes
    return replace(packaged, hold=hold)


def _midnight(settings: Settings, zone: ZoneInfo) -> datetime | None:
    if settings.adopt_since is None:
        return None
    return datetime.combine(settings.adopt_since, time(), zone)


def _linker(settings: Settings, gid: Callable[[], int]) -> Callable[[int], str]:
    host = settings.google_api_endpoint or "https://docs.google.com"
    base = f"{host}/spreadsheets/d/{settings.spreadsheet_id}/edit"

    def link(position: int) -> str:
        return f"{base}#gid={gid()}" + (f"&range=A{position}" if position else "")

    return link


@contextmanager
def _lock(folder: Path) -> Iterator[None]:
    """Admit one worker at a time on this computer; raises TransientError while another works."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (folder / "lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            message = f"another worker holds {folder / 'lock'}"
            raise TransientError(message) from error
        yield


# --- what the commands call ---------------------------------------------------------------------


def run_once(
    settings: Settings, *, clock_is_right: bool = False, take_over: bool = False
) -> Report:
    """Make one pass (and what it needs to settle).

    `clock_is_right` = the clock of an earlier pass was wrong, this one's is not; `take_over` =
    the installation that holds the lease was stopped. Raises what `lease.take_over` raises.
    """
    logs.configure(settings)
    with opened(settings) as house:
        if clock_is_right:
            house.ledger.remember("last_pass", "")
        if take_over:
            lease.take_over(house, house.clock.now())
        return Worker(house).run()


def work(settings: Settings) -> None:
    """Keep working until SIGTERM or SIGINT."""
    logs.configure(settings)
    pause = Pause()
    with opened(settings, pause.wait) as house:
        worker = Worker(house)

        def stop(_number: int, _frame: FrameType | None) -> None:
            pause.end()  # a pass that waits for Google to come back waits no longer
            worker.stop()

        signal.signal(signal.SIGTERM, stop)
        signal.signal(signal.SIGINT, stop)
        worker.work(settings.poll_seconds)


def rehearse(settings: Settings) -> list[str]:
    """Make a pass that touches nothing, and tell what a real one would do."""
    logs.configure(settings)
    with opened(settings) as house:
        return rehearsed(house)


def rehearsed(house: House) -> list[str]:
    """Do as `rehearse` does, in a house that stands already."""
    from automation.rehearsal import (  # noqa: PLC0415 - no real pass needs it
        LookingArchive,
        LookingInbox,
        LookingOutbound,
        LookingRegister,
        Plan,
    )

    plan = Plan()
    with closing(house.ledger.copy()) as memory:
        looking = replace(
            house,
            inbox=LookingInbox(house.inbox, plan),
            register=LookingRegister(house.register, plan),
            archive=LookingArchive(house.archive),
            outbound=LookingOutbound(plan),
            ledger=memory,
        )
        report = Worker(looking).once()
    return [*plan.lines, *report.faults]


def reserve(settings: Settings, count: int, *, form: bool) -> list[str]:
    """Take so many numbers for paper and give them; with 0 those that are unused. Asks no server.

    `form` = a form for each, to be filled in by hand.
    """
    tabs = schema()
    zone = ZoneInfo(office(settings, tabs).calendar.zone)
    with closing(ledger(settings, zone)) as memory:
        year = SystemClock(zone).now().year
        numbers = paper.reserve(memory, count, year) if count else paper.unused(memory)
    return [handwritten.form(number, tabs) if form else number for number in numbers]


def init(settings: Settings) -> list[str]:
    """Make what is missing in the spreadsheet and tell what was made."""
    from automation.register import sheets_setup  # noqa: PLC0415 - no pass needs it

    logs.configure(settings)
    return sheets_setup.apply(*_setup(settings))


def plan_init(settings: Settings) -> list[str]:
    """Tell in the words of `init` what it would make, and make nothing."""
    from automation.register import sheets_setup  # noqa: PLC0415 - no pass needs it

    logs.configure(settings)
    return sheets_setup.sentences(sheets_setup.look(*_setup(settings)))


def missing(settings: Settings) -> "list[Step]":
    """Tell what `init` would make, and make nothing."""
    from automation.register import sheets_setup  # noqa: PLC0415 - no pass needs it

    return [step for step in sheets_setup.look(*_setup(settings)) if step.told]


def _setup(
    settings: Settings,
) -> "tuple[SheetsClient, str, Schema, Office, Procedure, Mapping[str, str]]":
    tabs = schema()
    people = office(settings, tabs)
    target = settings.spreadsheet_id
    return client(settings), target, tabs, people, procedure(tabs), settings.editors


def procedure(tabs: Schema) -> "Procedure":
    """Give what the making of tabs must know of the procedure: choices, and whose turn it is."""
    from automation.register.setup import Procedure  # noqa: PLC0415 - no pass needs it

    return Procedure({c.owner: table.acts(c.owner) for c in tabs.statuses()}, table.HOLDER)

"""`check` and `status`: is everything as it must be, and where does the work stand.

Nothing here touches a mail or a row, and both run beside a worker: the ledger is read into memory,
the lock is left alone.
"""

import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

from automation import wiring
from automation.clock import SystemClock
from automation.errors import PengaduanError, RejectedError, SettingsError
from automation.ledger.store import SqliteLedger
from automation.model import (
    Case,
    Channel,
    Fate,
    Letter,
    LetterCode,
    Office,
    Official,
    Role,
    Stage,
    Verdict,
)
from automation.outbox.letters import LetterWriter
from automation.ports import Ledger
from automation.register.office import read_office
from automation.register.schema import Schema
from automation.settings import MailOut, Settings
from automation.steps import alarms, lease, paper
from automation.workflow.table import CLOSED

_ROOM: Final = 200_000_000
"""Bytes that the disk of the state folder should have left: some hundreds of mails with photos."""

_SILENCE: Final = timedelta(minutes=15)
"""How long ago the last pass may lie before somebody should ask whether the worker runs."""

_BACKWARDS: Final = timedelta(minutes=5)
"""How far the clock may stand behind the last pass, as in the worker."""

_PEN: Final = frozenset({Verdict.HELD, Verdict.UNREADABLE, Verdict.CONFIDENTIAL_REQUEST})


class Grade(StrEnum):
    """How a finding is meant."""

    FINE = "ok"
    NOTE = "note"
    FAULT = "FAULT"


@dataclass(frozen=True, slots=True)
class Finding:
    """What one look found: a sentence, and for a fault what to do."""

    what: str
    told: str
    grade: Grade = Grade.FINE

    @property
    def fine(self) -> bool:
        """Say whether nobody needs to act."""
        return self.grade is not Grade.FAULT

    def as_dict(self) -> dict[str, object]:
        """Give it for a program to read."""
        return {**asdict(self), "fine": self.fine}

    def __str__(self) -> str:
        return f"{self.grade:<5}  {self.what}: {self.told}"


@dataclass(slots=True)
class _Visit:
    """What the looks share. `seen` is the office as the sheet tells it, once the sheet was read."""

    settings: Settings
    schema: Schema
    office: Office
    memory: SqliteLedger
    now: datetime
    seen: Office | None = None


Look = Callable[[_Visit], Iterable[Finding]]


def run(settings: Settings) -> list[Finding]:
    """Try everything that a pass needs, one after another; a fault does not keep from the rest.

    Raises SettingsError when ROLE_ADDRESSES names somebody unknown.
    """
    schema = wiring.schema()
    office = wiring.office(settings, schema)
    zone = ZoneInfo(office.calendar.zone)
    memory, findings = _remembered(settings, zone)
    with closing(memory):
        visit = _Visit(settings, schema, office, memory, SystemClock(zone).now())
        for what, look in _LOOKS.items():
            findings += _tried(what, look, visit)
    return findings


def _tried(what: str, look: Look, visit: _Visit) -> list[Finding]:
    found: list[Finding] = []
    try:
        found.extend(look(visit))
    except SettingsError as error:
        found += [Finding(what, problem, Grade.FAULT) for problem in error.problems]
    except PengaduanError as error:
        found.append(Finding(what, str(error), Grade.FAULT))
    except Exception as error:  # noqa: BLE001 - a bug in one look must not hide what the others find
        told = f"unexpected {type(error).__name__}; please send this to the maintainers"
        found.append(Finding(what, told, Grade.FAULT))
    return found


# --- this computer ------------------------------------------------------------------------------


def _remembered(settings: Settings, zone: ZoneInfo) -> tuple[SqliteLedger, list[Finding]]:
    """Give the ledger, copied into memory; an empty one when it cannot be opened."""
    try:
        with closing(wiring.ledger(settings, zone)) as ledger:
            copy = ledger.copy()
    except PengaduanError as error:
        return SqliteLedger(None, zone), [Finding("ledger", str(error), Grade.FAULT)]
    return copy, [Finding("ledger", f"{wiring.ledger_file(settings)} is whole and writable")]


def _disk(visit: _Visit) -> Iterator[Finding]:
    folder = visit.settings.state_dir
    free = shutil.disk_usage(folder).free
    grade = Grade.FINE if free > _ROOM else Grade.FAULT
    advice = "" if free > _ROOM else ": make room, or no mail can be kept"
    yield Finding("disk", f"{folder} has {free // 1_000_000} MB left{advice}", grade)


def _keys(visit: _Visit) -> Iterator[Finding]:
    """Look whether others may read the key by which one becomes the worker."""
    file = visit.settings.google_credentials
    if file.stat().st_mode & 0o077:
        yield Finding("keys", f"others may read {file}: chmod 600 {file}", Grade.NOTE)


def _clock(visit: _Visit) -> Iterator[Finding]:
    last = _moment(visit.memory.recall("last_pass"))
    told = f"{visit.now:%Y-%m-%d %H:%M %Z}"
    if last is None:
        yield Finding("clock", f"{told}; no pass was made yet")
    elif visit.now < last - _BACKWARDS:
        told += f", but a pass was made at {last:%Y-%m-%d %H:%M}: set the clock (NTP)"
        yield Finding("clock", told, Grade.FAULT)
    elif visit.now > last + _SILENCE:
        told += f"; the last pass was at {last:%Y-%m-%d %H:%M}: is the worker running?"
        yield Finding("clock", told, Grade.NOTE)
    else:
        yield Finding("clock", told)


def _moment(text: str) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


# --- letters ------------------------------------------------------------------------------------


def _templates(visit: _Visit) -> Iterator[Finding]:
    """Write each letter once about a made-up case; nothing is sent."""
    writer = wiring.writer(visit.settings, visit.schema.words, wiring.secret(visit.memory))
    bad = [f"{code}: {fault}" for code in LetterCode if (fault := _fault(writer, code, visit))]
    if not bad:
        yield Finding("templates", f"all {len(LetterCode)} letters can be written")
    for told in bad:
        yield Finding("templates", told, Grade.FAULT)


def _fault(writer: LetterWriter, code: LetterCode, visit: _Visit) -> str:
    """Give what is wrong with a letter, or ""."""
    case, letter = _sample(code, visit.now)
    holders = tuple(Official(role, "contoh", role, "", "contoh@contoh.example") for role in Role)
    office = replace(visit.office, officials=holders)
    try:
        writer.compose(letter, case, office, "https://contoh.example", visit.now)
    except RejectedError as error:
        return str(error)
    return ""


def _sample(code: LetterCode, now: datetime) -> tuple[Case | None, Letter]:
    """Give a made-up case, and a letter of this kind about it."""
    to, facts = _FACTS[code]
    case = Case(
        "PKT-2026-0001",
        Stage.SIAP_DISAMPAIKAN,
        Channel.EMAIL,
        recorded=now,
        starts=now,
        due=now,
        entered=now,
        name="Contoh",
        email="pelapor@contoh.example",
        subject="Contoh",
        kasi="contoh",
        versions=("Contoh.",),
        approved=1,
        approved_at=now,
    )
    about = None if code is LetterCode.T19 else case
    times = {name: now.isoformat() for name in ("batas_langkah", "sejak")}
    number = about.number if about else ""
    letter = Letter("contoh", code, number, to, "contoh", {**times, **facts})
    return about, letter


_FACTS: Final[Mapping[LetterCode, tuple[Role, Mapping[str, str]]]] = {
    LetterCode.T01: (Role.PELAPOR, {}),
    LetterCode.T03: (Role.SEKCAM, {}),
    LetterCode.T04: (Role.KASI, {"isi_disposisi": "Contoh", "catatan_sekcam": "Contoh"}),
    LetterCode.T05: (Role.CAMAT, {"versi": "1"}),
    LetterCode.T06: (Role.KASI, {"catatan": "Contoh", "sisa": "12"}),
    LetterCode.T07: (Role.PETUGAS, {"versi": "1"}),
    LetterCode.T10: (Role.PELAPOR, {"versi": "1"}),
    LetterCode.T16: (Role.PETUGAS, {"sebab": "Contoh"}),
    LetterCode.T19: (Role.PETUGAS, {"gangguan": "Contoh"}),
}
"""To whom each letter goes, and what the procedure tells it."""


def _letters(visit: _Visit) -> Iterator[Finding]:
    if visit.settings.mail_out is MailOut.NULL:
        yield Finding("letters", "MAIL_OUT=null: no letter leaves", Grade.NOTE)
        return
    with wiring.smtp(visit.settings) as outbound:
        outbound.knock()
    yield Finding("letters", f"{visit.settings.smtp_host} takes the login; nothing was sent")


def _mailbox(visit: _Visit) -> Iterator[Finding]:
    with closing(wiring.inbox(visit.settings)) as inbox:
        folders = inbox.prepare()
    yield Finding("mailbox", f"{visit.settings.imap_host} has the folders {', '.join(folders)}")


# --- the sheet ----------------------------------------------------------------------------------


def _register(visit: _Visit) -> Iterator[Finding]:
    snapshot = wiring.register(visit.settings, visit.schema, visit.memory).read()
    yield Finding("register", f"tabs and columns stand; {len(snapshot.rows)} rows")
    visit.seen, problems = read_office(snapshot.tabs, visit.office, visit.schema)
    for problem in problems:
        yield Finding("register", problem, Grade.NOTE)
    silent = [official.title for official in visit.seen.officials if not official.address]
    if silent:
        told = f"no mail address for {', '.join(silent)}: fill in Email in the tab Peran"
        yield Finding("register", told, Grade.FAULT)
    for step in wiring.missing(visit.settings):
        yield Finding("register", step.fault(), Grade.FAULT if step.grave else Grade.NOTE)


def _calendar(visit: _Visit) -> Iterator[Finding]:
    """Look for the holidays of the year: without them the clock runs while the office is closed."""
    if visit.seen is None:
        return
    closed = sorted(day for day in visit.seen.calendar.closed if day.year == visit.now.year)
    if closed:
        yield Finding("calendar", f"{len(closed)} closed days in {visit.now.year}")
        return
    told = f"no closed day in {visit.now.year}: enter the public holidays in the tab Kalender"
    yield Finding("calendar", told, Grade.NOTE)


_LOOKS: Final[Mapping[str, Look]] = {
    "disk": _disk,
    "keys": _keys,
    "clock": _clock,
    "templates": _templates,
    "mailbox": _mailbox,
    "letters": _letters,
    "register": _register,
    "calendar": _calendar,
}


# --- status -------------------------------------------------------------------------------------


def status(settings: Settings) -> dict[str, object]:
    """Tell from the ledger alone where the work stands; no server is asked.

    Raises SettingsError when there is no ledger.
    """
    file = wiring.ledger_file(settings)
    if not file.exists():
        raise SettingsError([f"{file} is not there: no pass was made yet, or mend STATE_DIR"])
    zone = ZoneInfo(wiring.office(settings, wiring.schema()).calendar.zone)
    with closing(wiring.ledger(settings, zone)) as ledger:
        return standing(ledger, SystemClock(zone).now())


def standing(ledger: Ledger, now: datetime) -> dict[str, object]:
    """Do as `status` does, for a ledger at a moment. Times are ISO 8601."""
    last = _moment(ledger.recall("last_pass"))
    cases = ledger.cases().values()
    running = [case for case in cases if case.stage not in CLOSED]
    oldest = min(running, key=lambda case: case.recorded, default=None)
    records, coming = list(ledger.mails()), ledger.to_pen()
    waiting = ledger.in_pen() | {record.key for _, record in coming}
    return {
        "last_pass": last.isoformat() if last else None,
        "age_seconds": round((now - last).total_seconds()) if last else None,
        "alarms": alarms.standing(ledger),
        "lease": lease.told(ledger) or None,
        "cases": len(cases),
        "open": _counted(case.stage for case in running),
        "overdue": sum(case.due < now for case in running),
        "oldest_open": f"{oldest.number} {oldest.recorded.isoformat()}" if oldest else None,
        **_letters_standing(ledger, ["", *(case.number for case in cases)]),
        "mails": len(records),
        "in_pen": sum(r.verdict in _PEN and r.key in waiting for r in records),
        "not_yet_in_sheet": len(coming),
        "paper_unused": list(paper.unused(ledger)),
    }


def _letters_standing(ledger: Ledger, numbers: Iterable[str]) -> dict[str, object]:
    """Count letters by fate, and name those that wait for a person."""
    letters = [letter for number in numbers for letter in ledger.letters(number)]
    return {
        "letters": _counted(letter.fate for letter in letters),
        "held": [letter.key for letter in letters if letter.fate is Fate.HELD],
    }


def _counted(words: Iterable[StrEnum]) -> dict[str, int]:
    found = [word.value for word in words]
    return {word: found.count(word) for word in sorted(set(found))}

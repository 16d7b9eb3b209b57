"""The lease: of all installations that reach one spreadsheet, one works and the others wait.

The file lock reaches over one computer; this reaches over all (DESIGN.md 3.7). The lease is a line
of text in the spreadsheet, `<installation> <until>`, written only by compare-and-swap: Google
changes it where it still reads as it did before, so of two that reach for it one gets it.

*Who holds it* works by its own memory while more than half of the term is left, for nobody may take
it before: an idle pass asks nothing more than without a lease. Then it renews, one write every five
minutes. While Sheets is away (DESIGN.md 3.8) it goes on with mail until its term is over, and
beyond when it saw no rival for a day: an office with one computer must not fall silent with
Google. Beyond its term it reads no row (`required`), even if Sheets answers again meanwhile, so no
answer leaves.

*Who does not hold it* touches nothing: no mailbox, no row, no letter. It takes the lease when that
has read the same for the whole term and a little more **by its own clock**. Nothing is compared
with the other's clock, so computers whose clocks differ, by minutes or by years, do not work side
by side. Who never held it, or last saw it with another, waits for Sheets to come back: two that
record the same mail would give it two numbers and two acknowledgements.

*Who worked before another did* does not follow it by itself, however long that is silent: its
ledger lacks what the other did, so it would give numbers and answers a second time. An empty ledger
may follow, and so may the ledger of the last holder on another computer, known by the line that
it wrote last. Beyond that a person decides (`take_over`).
"""

import json
import logging
import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import Enum
from typing import Final

from automation.errors import PengaduanError, TransientError
from automation.ports import Ledger
from automation.steps import adopt
from automation.steps.house import House

log = logging.getLogger(__name__)

TERM: Final = timedelta(minutes=10)
"""How long a lease is held: longer than a restart or a bad minute of Google, short of the 95."""

SILENCE: Final = TERM + timedelta(minutes=2)
"""How long a lease must read the same before another may take it.

The holder stops within its term; the rest is for the step that it began just before the end.
"""

_STEP: Final = TERM / 2
"""What the time between two looks counts for at most.

A holder at work has renewed by then; a clock that jumps, or a computer that slept, proves nothing.
"""

_RIVALRY: Final = timedelta(days=1)
"""How long a rival is reckoned with when Sheets is away: a dead computer is gone for longer."""

_KEY: Final = "lease"
_FORM: Final = re.compile(r"(?P<holder>\S{1,80}) (?P<until>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00)")


class Standing(Enum):
    """How an installation stands to the lease."""

    HELD = "held"  # ours, and for long enough: no need to look
    DUE = "due"  # ours, to be renewed
    FREE = "free"  # nobody ever held it
    FOREIGN = "foreign"  # another's, who may be at work
    EXPIRED = "expired"  # another's, who let it run out


@dataclass(frozen=True, slots=True)
class Lease:
    """What the line in the spreadsheet says."""

    holder: str  # "3f2a9c1b@kantor"
    until: datetime  # by the holder's own clock

    def __str__(self) -> str:
        return f"{self.holder} {self.until.astimezone(UTC).isoformat(timespec='seconds')}"


@dataclass(frozen=True, slots=True)
class Known:
    """What an installation knows of the lease; times are by its own clock."""

    value: str = ""  # the line as last seen or written
    looked: datetime | None = None  # when that was
    quiet: timedelta = timedelta()  # how long it has read so
    rival: datetime | None = None  # when another was last seen to hold it
    own: str = ""  # the line that this ledger's worker wrote last


# --- deciding -------------------------------------------------------------------------------------


def parse(value: str) -> Lease | None:
    """Read the line; None for what is not one of ours (anybody who may edit can write there)."""
    found = _FORM.fullmatch(value)
    try:
        return Lease(found["holder"], datetime.fromisoformat(found["until"])) if found else None
    except ValueError:
        return None


def judge(me: str, known: Known, now: datetime) -> Standing:
    """Say how the installation `me` stands to the lease as it is known."""
    if not known.value:
        return Standing.FREE
    if not _mine(me, known):
        return Standing.EXPIRED if known.quiet >= SILENCE else Standing.FOREIGN
    # more than a term left: the clock was set back, so what is left is not known
    return Standing.HELD if TERM / 2 < _left(known, now) <= TERM else Standing.DUE


def goes_on(me: str, known: Known, now: datetime) -> bool:
    """Say whether mail may be worked on although Sheets cannot be asked who holds the lease."""
    if not _mine(me, known):
        return False
    alone = known.rival is None or now - known.rival >= _RIVALRY
    return alone or timedelta() < _left(known, now) <= TERM


def follows(known: Known, *, empty: bool) -> bool:
    """Say whether nobody else worked since this ledger did; `empty` = it knows no case."""
    return empty or known.value == known.own or parse(known.value) is None


def noticed(me: str, known: Known, value: str, now: datetime) -> Known:
    """Give what is known once the line was read: a new one is quiet from now on."""
    quiet = timedelta()
    if value == known.value and known.looked is not None:
        quiet = known.quiet + min(max(now - known.looked, timedelta()), _STEP)
    seen = Known(value, now, quiet, known.rival, known.own)
    if _mine(me, seen):
        return replace(seen, own=value)
    return replace(seen, rival=now) if value else seen


def _mine(me: str, known: Known) -> bool:
    lease = parse(known.value)
    return lease is not None and lease.holder == me


def _left(known: Known, now: datetime) -> timedelta:
    lease = parse(known.value)
    return lease.until - now if lease else timedelta()


# --- holding it -----------------------------------------------------------------------------------


def keep(house: House, now: datetime) -> None:
    """Hold the lease, asking the spreadsheet only when that is due.

    Raises TransientError while another holds it, PengaduanError when that one is gone and a person
    must decide; what the wire raises when it cannot be asked and the mail must wait for that.
    """
    known = recalled(house.ledger)
    if judge(house.installation, known, now) is Standing.HELD:
        return
    try:
        known = _sought(house, known, now)
    except PengaduanError as error:
        if not goes_on(house.installation, recalled(house.ledger), now):
            raise
        log.warning("the lease cannot be renewed, mail is worked on all the same: %s", error)
        return
    standing = judge(house.installation, known, now)
    if standing is not Standing.HELD:
        message = _waiting(known, follows=_follows(house, known))
        raise (PengaduanError if standing is Standing.EXPIRED else TransientError)(message)


def outlasts(house: House, now: datetime) -> bool:
    """Say, from memory alone, whether the term is not over in the middle of a pass."""
    known = recalled(house.ledger)
    return _mine(house.installation, known) and _left(known, now) > timedelta()


def required(house: House, now: datetime) -> None:
    """Let nobody come to the rows whose term is over: another may be at work there.

    Raises TransientError.
    """
    if not outlasts(house, now):
        raise TransientError("the lease cannot be renewed, so no row is read or written")


def take_over(house: House, now: datetime) -> None:
    """Take the lease whoever holds it, because a person says that the other was stopped.

    Raises TransientError when it was taken in this very moment, and what the wire raises.
    """
    known = _looked(house, recalled(house.ledger), now)
    before = known.value
    if _swapped(house, replace(known, rival=None), now) is None:
        raise TransientError("the lease was renewed just now: is the other worker stopped?")
    if not _mine(house.installation, known) and before:
        lacks = "" if _follows(house, known) else "; this ledger lacks what that one did"
        log.warning("the lease of %s was taken over on demand%s", _name(before), lacks)


def _sought(house: House, known: Known, now: datetime) -> Known:
    """Renew the lease, or take it if that is allowed; give what is known of it then."""
    me = house.installation
    if judge(me, known, now) is Standing.DUE and (renewed := _swapped(house, known, now)):
        return renewed
    known = _looked(house, known, now)
    standing = judge(me, known, now)
    if standing in {Standing.HELD, Standing.FOREIGN}:
        return known
    if standing is Standing.EXPIRED:
        if not _follows(house, known):
            return known
        log.warning("the lease of %s was not renewed and is taken over", _name(known.value))
    return _swapped(house, known, now) or _looked(house, known, now)


def _follows(house: House, known: Known) -> bool:
    return follows(known, empty=not house.ledger.cases())


def _looked(house: House, known: Known, now: datetime) -> Known:
    seen = noticed(house.installation, known, house.register.lease(), now)
    return _remembered(house.ledger, seen)


def _swapped(house: House, known: Known, now: datetime) -> Known | None:
    """Write a fresh term where the line still reads as known; None = it does not.

    A crash before it is remembered does no harm: the next look knows the name in the line.
    """
    fresh = str(Lease(house.installation, now + TERM))
    if known.value and not _mine(house.installation, known):
        adopt.forget(house.ledger)  # another worked since: its cases may stand in the register
    if not house.register.swap_lease(known.value, fresh):
        _remembered(house.ledger, replace(known, value=""))  # whose it is now, only a look tells
        return None
    return _remembered(house.ledger, Known(fresh, now, rival=known.rival, own=fresh))


# --- remembering and telling ----------------------------------------------------------------------


def recalled(ledger: Ledger) -> Known:
    """Give what the ledger remembers of the lease."""
    kept = json.loads(ledger.recall(_KEY) or "{}")
    looked, rival = (
        datetime.fromisoformat(kept[name]) if name in kept else None for name in ("looked", "rival")
    )
    quiet = timedelta(seconds=kept.get("quiet", 0))
    return Known(kept.get("value", ""), looked, quiet, rival, kept.get("own", ""))


def forget(ledger: Ledger) -> None:
    """Forget a lease: the ledger belongs to another spreadsheet now."""
    ledger.remember(_KEY, "")


def told(ledger: Ledger) -> str:
    """Give one plain phrase about who holds the lease, as this installation last saw it; or ""."""
    known = recalled(ledger)
    return _phrase(known.value) if known.value else ""


def _remembered(ledger: Ledger, known: Known) -> Known:
    times = {"looked": known.looked, "rival": known.rival}
    kept = {name: moment.isoformat() for name, moment in times.items() if moment}
    lines = {"value": known.value, "own": known.own}
    text = json.dumps({**lines, "quiet": known.quiet.total_seconds(), **kept})
    ledger.remember(_KEY, text)
    return known


def _waiting(known: Known, *, follows: bool) -> str:
    behind = "" if follows else ", also if that one dies, for this ledger lacks what it did"
    bring = "" if follows else ", bring its STATE_DIR here"
    return (
        f"another installation holds the lease of this spreadsheet ({_phrase(known.value)}), so "
        f"this one waits{behind}; to work here, stop that one{bring}, then run "
        "`pengaduan run --take-over` once"
    )


def _phrase(value: str) -> str:
    lease = parse(value)
    return f"{lease.holder} until {lease.until:%Y-%m-%d %H:%M} UTC" if lease else "unreadable"


def _name(value: str) -> str:
    lease = parse(value)
    return lease.holder if lease else "an unreadable name"

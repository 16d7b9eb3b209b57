"""One pass in station order, the loop round it, and the error boundary."""

import logging
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import IntEnum
from typing import Final

from automation.errors import PengaduanError, RegisterDriftError, TransientError
from automation.steps import adopt, alarms, lease, mail_in, mail_out, sheet
from automation.steps.house import House, known_office
from automation.steps.sheet import Seen

log = logging.getLogger(__name__)

_SETTLE: Final = 3
"""Passes that one `run` makes at most while each leaves something for the next."""

_SLICE: Final = 0.2
"""Seconds after which a wait looks whether it is over."""

_BACKWARDS: Final = timedelta(minutes=5)
"""How far the clock may stand behind the last pass before it is taken for wrong."""


class Outcome(IntEnum):
    """How a pass ended, as the exit code of `pengaduan run`."""

    FINE = 0
    FAULT = 1
    LATER = 75


@dataclass(slots=True)
class Report:
    """What one pass did and how it ended."""

    outcome: Outcome = Outcome.FINE
    faults: list[str] = field(default_factory=list)
    elsewhere: bool = False  # the lease is not ours: nothing was touched
    mail: mail_in.Counts = field(default_factory=mail_in.Counts)
    sheet: Seen | None = None
    letters: mail_out.Counts = field(default_factory=mail_out.Counts)

    def unsettled(self) -> bool:
        """Say whether the sheet does not yet show all that this pass did."""
        numbered = self.sheet.numbered if self.sheet else 0
        return self.outcome is Outcome.FINE and (self.letters.news() or numbered > 0)

    def line(self, seconds: float) -> str:
        """Give the one closing line of a pass; `rows=-` says that the sheet was not read."""
        rows = (
            f"edits={self.sheet.edits} rows={self.sheet.inserted} "
            f"numbered={self.sheet.numbered} changed={self.sheet.changed}"
            if self.sheet
            else "rows=-"
        )
        return (
            f"pass outcome={self.outcome.name.lower()} mails={self.mail.mails} "
            f"cases={self.mail.cases} unreadable={self.mail.unreadable} {rows} "
            f"sent={self.letters.sent} failed={self.letters.failed} held={self.letters.held} "
            f"later={self.letters.later} in={seconds:.2f}s"
        )


def _outcome(error: PengaduanError) -> Outcome:
    return Outcome.LATER if isinstance(error, TransientError) else Outcome.FAULT


class Pause:
    """Waits, until it is told that waiting is over; a signal handler may tell it.

    No `threading.Event`: its lock may be held by the very line that the signal interrupts.
    """

    def __init__(self) -> None:
        self._over = False

    def end(self) -> None:
        """Let nobody wait any more."""
        self._over = True

    def wait(self, seconds: float) -> bool:
        """Wait so many seconds; True when waiting is to end."""
        until = time.monotonic() + seconds
        while not self._over and (rest := until - time.monotonic()) > 0:
            time.sleep(min(rest, _SLICE))
        return self._over


class _StopError(BaseException):
    """Raised by the signal handler while the worker only waits."""


class Worker:
    """The worker of one office; one at a time (the caller holds the lock)."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._stopped = False
        self._waiting = False
        self._elsewhere = False

    def run(self) -> Report:
        """Make a pass, and another while the sheet does not show all that was done."""
        report = self.once()
        for _ in range(_SETTLE - 1):
            if self._stopped or not report.unsettled():
                break
            report = self.once()
        return report

    def once(self) -> Report:
        """Make one pass: mail in, sheet, letters out; a wire that is away stops no other."""
        begun = time.monotonic()
        report = Report()
        try:
            self._pass(report)
        except PengaduanError as error:  # the ledger itself, in which faults are noted too
            log.error("the pass broke off: %s", error)  # noqa: TRY400 - a sentence, no traceback
            self._blame(report, "ledger", str(error), _outcome(error))
        log.info(report.line(time.monotonic() - begun))
        return report

    def _pass(self, report: Report) -> None:
        now = self._house.clock.now()
        if self._guard(report, "clock", lambda: self._check_clock(now)) is None:
            self._steps(report, now)
            self._elsewhere = report.elsewhere
            self._house.ledger.remember("last_pass", self._house.clock.now().isoformat())

    def _steps(self, report: Report, now: datetime) -> None:
        house = self._house
        if not self._holds_lease(report):
            return
        if adopt.unmet(house) and not self._met(report, now):
            return
        office = known_office(house)

        def mailbox() -> None:
            report.mail = mail_in.collect(house, office, now)

        def register() -> None:
            lease.required(house, house.clock.now())
            report.sheet = sheet.keep(house, house.clock.now())

        def letters() -> None:
            seen = report.sheet or Seen(office)
            drift = isinstance(failure, RegisterDriftError)
            scope = mail_out.Scope.of(read=report.sheet is not None, drift=drift)
            report.letters = mail_out.send_due(house, seen, house.clock.now(), scope)

        self._guard(report, "mailbox", mailbox)
        if not self._holds_lease_still(report):
            return
        failure = self._guard(report, "register", register)
        if self._holds_lease_still(report):
            self._guard(report, "letters", letters)

    def _holds_lease(self, report: Report) -> bool:
        def keep() -> None:
            lease.keep(self._house, self._house.clock.now())

        report.elsewhere = self._guard(report, "lease", keep) is not None
        return not report.elsewhere

    def _holds_lease_still(self, report: Report) -> bool:
        """Look again only if the term ended in the middle of the pass: the computer may sleep."""
        return lease.outlasts(self._house, self._house.clock.now()) or self._holds_lease(report)

    def _met(self, report: Report, now: datetime) -> bool:
        """Meet the register first; without that nothing but an alarm about it may happen."""
        house = self._house
        if self._guard(report, "register", lambda: adopt.meet(house, now)) is None:
            return True

        def alarm() -> None:
            seen = Seen(known_office(house))
            report.letters = mail_out.send_due(house, seen, now, mail_out.Scope.SYSTEM)

        self._guard(report, "letters", alarm)
        return False

    def _check_clock(self, now: datetime) -> None:
        last = self._house.ledger.recall("last_pass")
        if last and now < datetime.fromisoformat(last) - _BACKWARDS:
            message = (
                f"the clock says {now:%Y-%m-%d %H:%M}, but a pass was made at {last}; "
                "set the clock, or if it is right now, run `pengaduan run --clock-is-right` once"
            )
            raise PengaduanError(message)

    def _guard(self, report: Report, wire: str, step: Callable[[], None]) -> Exception | None:
        """Contain a step and give its failure, which is told once; later steps still run."""
        try:
            step()
        except PengaduanError as error:
            return self._failed(report, wire, error, _outcome(error))
        except Exception as error:  # the boundary: a bug in one step must not stop the office
            log.exception("wire=%s broke", wire)
            return self._failed(report, wire, error, Outcome.FAULT)
        alarms.over(self._house, wire, self._house.clock.now())
        return None

    def _failed(self, report: Report, wire: str, error: Exception, outcome: Outcome) -> Exception:
        expected = isinstance(error, PengaduanError)
        reason = str(error) if expected else f"unexpected {type(error).__name__}"
        self._blame(report, wire, reason, outcome)
        now = self._house.clock.now()
        alarms.raised(self._house, wire, reason, now, lasting=outcome is Outcome.FAULT)
        return error

    def _blame(self, report: Report, wire: str, reason: str, outcome: Outcome) -> None:
        report.faults.append(f"{wire}: {reason}")
        if report.outcome is not Outcome.FAULT:
            report.outcome = outcome

    # --- the loop -----------------------------------------------------------------------------

    def work(self, poll: float, sleep: Callable[[float], None] = time.sleep) -> None:
        """Make a pass every `poll` seconds, or when new mail is hinted at, until stopped."""
        import schedule  # noqa: PLC0415 - cron makes single passes

        scheduler = schedule.Scheduler()
        scheduler.every(max(1, round(poll))).seconds.do(self.run)
        self.run()
        with suppress(_StopError):
            while not self._stopped:
                if self._wait(max(0.05, scheduler.idle_seconds or 0.05), sleep):
                    self.run()
                scheduler.run_pending()
        self._house.inbox.close()

    def _wait(self, seconds: float, sleep: Callable[[float], None]) -> bool:
        try:
            self._waiting = True
            if self._stopped:  # the signal came just before: it must not wait for the next mail
                raise _StopError
            if self._elsewhere:  # the mailbox is another's to watch
                sleep(seconds)
                return False
            return self._house.inbox.wait(seconds)
        except TransientError:
            sleep(seconds)
            return False
        finally:
            self._waiting = False

    def stop(self) -> None:
        """Stop after the running pass; may be called by a signal handler."""
        self._stopped = True
        if self._waiting:
            raise _StopError

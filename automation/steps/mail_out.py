"""Letters out: claim, send, remember. An answer leaves at most once, any other letter at least.

A letter found in `sending` was cut off by a crash: the Sent folder tells whether it left. Where it
does not tell, an answer waits for a person and any other letter is sent again.
"""

import logging
from collections.abc import Iterable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from email.message import EmailMessage
from enum import Enum
from itertools import groupby
from typing import Final

from automation.errors import AmbiguousError, PengaduanError, RejectedError, TransientError
from automation.model import Case, Fate, Letter, LetterCode, Office, Role, Stage
from automation.ports import Outbound
from automation.steps.house import House, enact
from automation.steps.sheet import Seen
from automation.workflow import decide, effects
from automation.workflow.desk import Desk
from automation.workflow.table import ANSWERS

log = logging.getLogger(__name__)

_WAITS: Final = (1, 2, 5, 10, 20, 40, 60)
"""Minutes between attempts after a temporary refusal; the last one repeats."""

_GIVE_UP: Final = 3
"""Temporary failures in a row after which the rest of the letters wait for the next pass."""


@dataclass(slots=True)
class Counts:
    """What became of the letters in this pass, for the closing log line."""

    sent: int = 0
    failed: int = 0
    held: int = 0
    later: int = 0
    moved: int = 0  # cases that went on because their answer left, failed or was shelved

    def add(self, fate: Fate) -> None:
        """Count a letter."""
        self.sent += fate is Fate.SENT
        self.failed += fate is Fate.FAILED
        self.held += fate is Fate.HELD
        self.later += fate is Fate.PLANNED

    def news(self) -> bool:
        """Say whether the sheet does not show yet what happened here."""
        return bool(self.sent or self.failed or self.held or self.moved)


class Scope(Enum):
    """Which letters may leave in a pass."""

    ALL = "all"
    NO_ANSWERS = "no answers"  # the sheet was not read: a withdrawal could be missed
    SYSTEM = "system"  # the sheet is not what it must be: only the alarm about it

    @classmethod
    def of(cls, *, read: bool, drift: bool) -> "Scope":
        """Choose by what happened to the sheet in this pass."""
        if drift:
            return cls.SYSTEM
        return cls.ALL if read else cls.NO_ANSWERS

    def allows(self, letter: Letter) -> bool:
        """Say whether this letter may leave."""
        if self is Scope.SYSTEM:
            return not letter.number
        return self is Scope.ALL or letter.code not in ANSWERS


def send_due(house: House, seen: Seen, now: datetime, scope: Scope) -> Counts:
    """Send what is due and look after what follows from it."""
    counts = Counts()
    if scope is not Scope.SYSTEM:
        _recover(house, now, counts)
    due = [x for x in house.ledger.due(now) if scope.allows(x) and _may_leave(x, seen)]
    if due:
        with house.outbound as outbound:
            _send_all(house, outbound, seen, due, counts)
    counts.moved = _look_after(house, seen.office, now)
    return counts


def _may_leave(letter: Letter, seen: Seen) -> bool:
    """Say whether nothing could be missed that stops an answer.

    Its row was read, in this pass, and when it was the hold was over.
    """
    if letter.code not in ANSWERS:
        return True
    over = letter.not_before is None or (seen.read_at and letter.not_before <= seen.read_at)
    return bool(over) and letter.number in seen.clear


def _recover(house: House, now: datetime, counts: Counts) -> None:
    """Find out what became of letters that a crash cut off."""
    for letter, message_id in house.ledger.in_flight():
        left = _in_sent(house, message_id)
        if left is None:
            counts.later += 1
        elif left:
            _settle(house, letter, Fate.SENT, "found in the Sent folder", now)
            counts.sent += 1
        elif letter.code is LetterCode.T10:
            _settle(house, letter, Fate.HELD, "interrupted while sending", now)
            counts.held += 1
        else:
            house.ledger.settle(letter.key, Fate.PLANNED, "interrupted", now, again=now)


def _send_all(
    house: House, outbound: Outbound, seen: Seen, due: Iterable[Letter], counts: Counts
) -> None:
    refused_in_a_row = 0
    cases = house.ledger.cases()  # sending changes none
    for answers, run in groupby(due, lambda letter: letter.code in ANSWERS):
        with _remembering(house, answers=answers):
            for letter in run:
                message = _written(house, seen, letter, cases.get(letter.number))
                if isinstance(message, Fate):
                    counts.add(message)
                    continue
                fate = _send(house, outbound, letter, message)
                counts.add(fate)
                refused_in_a_row = refused_in_a_row + 1 if fate is Fate.PLANNED else 0
                if refused_in_a_row == _GIVE_UP:
                    return


def _remembering(house: House, *, answers: bool) -> AbstractContextManager[None]:
    """Make the steps of an answer durable one by one: after a power cut it must not leave again.

    A receipt or a notice may; the commit that ends the pass makes all of them durable.
    """
    return nullcontext() if answers else house.ledger.relaxed()


def _written(house: House, seen: Seen, letter: Letter, case: Case | None) -> EmailMessage | Fate:
    """Give the letter as it leaves, or what became of one that cannot be written."""
    now = house.clock.now()
    link = house.link(seen.positions.get(letter.number, 0))
    try:
        return house.letters.compose(letter, case, seen.office, link, now)
    except RejectedError as error:
        return _settle(house, letter, Fate.FAILED, str(error), now)
    except TransientError as error:
        return _later(house, letter, str(error))
    except Exception as error:  # a letter that breaks our own code must not stop the others
        log.exception("case=%s letter=%s cannot be written", letter.number or "-", letter.code)
        return _later(house, letter, f"writing it failed ({type(error).__name__})")


def _send(house: House, outbound: Outbound, letter: Letter, message: EmailMessage) -> Fate:
    message_id = str(message["Message-ID"])
    if not house.ledger.claim(letter.key, message_id, house.clock.now()):
        return Fate.CANCELLED
    return _hand_over(house, outbound, letter, message)


def _hand_over(house: House, outbound: Outbound, letter: Letter, message: EmailMessage) -> Fate:
    try:
        receipt = outbound.send(message)
    except RejectedError as error:
        return _settle(house, letter, Fate.FAILED, str(error), house.clock.now())
    except AmbiguousError as error:
        return _doubt(house, letter, message, str(error))
    except TransientError as error:
        return _later(house, letter, str(error))
    except Exception as error:  # our own code broke on it, after it was perhaps handed over
        log.exception("case=%s letter=%s cannot be sent", letter.number or "-", letter.code)
        return _doubt(house, letter, message, f"sending it failed ({type(error).__name__})")
    if letter.code is LetterCode.T10:
        _keep_copy(house, message)
    return _settle(house, letter, Fate.SENT, receipt, house.clock.now())


def _keep_copy(house: House, message: EmailMessage) -> None:
    """File the answer in the Sent folder; a mailbox that is away does not undo the sending."""
    try:
        house.inbox.keep_sent(message.as_bytes())
    except PengaduanError as error:
        log.warning("no copy in the Sent folder: %s", error)


def _in_sent(house: House, message_id: str) -> bool | None:
    """Say whether the Sent folder has it; None = the mailbox cannot be asked now."""
    try:
        return house.inbox.sent(message_id)
    except PengaduanError as error:
        log.warning("the Sent folder cannot be read: %s", error)
        return None


def _doubt(house: House, letter: Letter, message: EmailMessage, reason: str) -> Fate:
    """Settle a letter when the line broke after the data: an answer is never risked twice."""
    now = house.clock.now()
    if _in_sent(house, str(message["Message-ID"])):
        return _settle(house, letter, Fate.SENT, "found in the Sent folder", now)
    if letter.code is LetterCode.T10:
        return _settle(house, letter, Fate.HELD, reason, now)
    return _later(house, letter, reason)


def _later(house: House, letter: Letter, reason: str) -> Fate:
    now = house.clock.now()
    wait = _WAITS[min(letter.attempts, len(_WAITS) - 1)]
    again = now + timedelta(minutes=wait)
    house.ledger.settle(letter.key, Fate.PLANNED, reason, now, again=again)
    log.warning(
        "case=%s letter=%s not sent, next try in %d min: %s",
        letter.number or "-",
        letter.code,
        wait,
        reason,
    )
    return Fate.PLANNED


def _settle(house: House, letter: Letter, fate: Fate, receipt: str, now: datetime) -> Fate:
    """Remember what became of a letter, with its line of history and what follows from it."""
    settled = replace(letter, fate=fate, receipt=receipt, settled_at=now)
    with house.ledger.transaction():
        house.ledger.settle(letter.key, fate, receipt, now)
        if letter.number:
            house.ledger.add_event(effects.posted(settled, now))
        if (
            fate is not Fate.SENT
            and letter.to is Role.PELAPOR
            and letter.code is not LetterCode.T10
        ):
            house.ledger.plan(effects.undelivered(settled, now))
    log.info("case=%s letter=%s %s", letter.number or "-", letter.code, fate)
    return fate


def _look_after(house: House, office: Office, now: datetime) -> int:
    """Move on the cases whose answer left or failed, shelve the conveyed ones; give how many."""
    moved = 0
    for known in house.ledger.cases().values():
        try:
            moved += _moved(house, known, Desk(now, office))
        except PengaduanError:
            raise
        except Exception:  # one case that breaks our own code must not stop the others
            log.exception("case=%s cannot be looked after", known.number)
    return moved


def _moved(house: House, known: Case, desk: Desk) -> bool:
    case = _onward(house, known, desk)
    if case.stage is not Stage.SUDAH_DISAMPAIKAN:
        return case is not known
    _shelve(house, case, desk)
    return True


def _onward(house: House, case: Case, desk: Desk) -> Case:
    if case.stage is not Stage.SIAP_DISAMPAIKAN:
        return case
    decision = decide.ticked(case, replace(desk, letters=house.ledger.letters(case.number)))
    if decision.case == case:
        return case
    with house.ledger.transaction():
        enact(house, decision, desk.now)
    return decision.case


def _shelve(house: House, case: Case, desk: Desk) -> None:
    """Put the answer and every draft into the case's folder, then close the case."""
    house.archive.shelve(case, papers(case))
    with house.ledger.transaction():
        enact(house, decide.archived(case, desk), desk.now)


def papers(case: Case) -> dict[str, bytes]:
    """Give what lies in the folder of a closed case, by file name."""
    drafts = {f"draf-{n}.txt": text.encode() for n, text in enumerate(case.versions, start=1)}
    answer = {"tanggapan.txt": case.versions[case.approved - 1].encode()} if case.approved else {}
    return {"pengaduan.txt": case.text.encode(), **drafts, **answer}

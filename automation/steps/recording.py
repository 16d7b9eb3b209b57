"""A batch of mails into the ledger: read, judged and remembered, whole or not at all."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from automation.errors import PengaduanError, RejectedError
from automation.intake import authentic, forwards, message, threads
from automation.intake.classify import classify
from automation.intake.facts import Facts
from automation.intake.machines import BY_COLLEAGUE
from automation.model import (
    Decision,
    Event,
    InboundMail,
    Letter,
    LetterCode,
    MailRecord,
    Office,
    RawMail,
    Reading,
    Role,
    Verdict,
)
from automation.steps import adopt, flood
from automation.steps.house import House, enact, staff
from automation.workflow import decide, returns
from automation.workflow.desk import Desk

log = logging.getLogger(__name__)

HISTORY: Final = "older than the installation"
"""The reason for a mail that is filed and shown to nobody."""

_BEFORE: Final = "received shortly before the installation"
_FRESH: Final = timedelta(days=1)
"""Mail so shortly before the installation may be unanswered: a person looks at it in the pen."""

_ADDITIONS: Final = frozenset(
    {Verdict.FOLLOW_UP, Verdict.STATUS_QUERY, Verdict.RATING, Verdict.CONFIDENTIAL_REQUEST}
)
_UNPENNED: Final = (_ADDITIONS - {Verdict.CONFIDENTIAL_REQUEST}) | {
    Verdict.COMPLAINT,
    Verdict.OWN,
    Verdict.DUPLICATE,
}
_FIRST_LINES: Final = 300

_OWN: Final = "own"
"""The rule about our own letters; the history tells of them when they leave."""


@dataclass(frozen=True, slots=True)
class _Post:
    """A mail on its way through the step: what came, its identity, where the raw lies."""

    raw: RawMail
    key: str
    place: str


def record(
    house: House, office: Office, batch: Sequence[RawMail], installed: datetime
) -> tuple[list[str], list[MailRecord]]:
    """Keep the raw mails, then record those that are new; gives all identities and what is new.

    `installed` = mails received before are history, which is answered by nobody.
    """
    keys = [message.identity(raw.content) for raw in batch]
    fresh = [(k, raw) for k, raw in zip(keys, batch, strict=True) if house.ledger.mail(k) is None]
    places = house.archive.keep([raw for _, raw in fresh])
    posts = [_Post(raw, key, place) for (key, raw), place in zip(fresh, places, strict=True)]
    return keys, _remember(house, office, posts, installed)


def _remember(
    house: House, office: Office, posts: Sequence[_Post], installed: datetime
) -> list[MailRecord]:
    """Record the mails in one transaction; if one of them breaks our own code, one by one."""
    now = house.clock.now()
    try:
        with house.ledger.transaction():
            found = [_record(house, office, post, installed, now) for post in posts]
    except PengaduanError:
        raise
    except Exception:  # noqa: BLE001 - found again, and told, by the mail that causes it
        found = [_alone(house, office, post, installed, now) for post in posts]
    return [record for record in found if record is not None]


def _alone(
    house: House, office: Office, post: _Post, installed: datetime, now: datetime
) -> MailRecord | None:
    """Record one mail; whatever breaks on it makes it unreadable and no more."""
    try:
        with house.ledger.transaction():
            return _record(house, office, post, installed, now)
    except PengaduanError:
        raise
    except Exception as error:
        log.exception("mail=%s breaks the worker", post.key[:12])
        with house.ledger.transaction():
            fault = f"the worker failed on it ({type(error).__name__})"
            return _put(house, post, None, _unreadable(house, fault, now), "", now)


def _record(
    house: House, office: Office, post: _Post, installed: datetime, now: datetime
) -> MailRecord | None:
    """Read and judge a mail and do what follows; None when it was recorded just before."""
    if house.ledger.mail(post.key) is not None:
        return None
    try:
        raw = post.raw
        mail = message.read(raw.content, raw.received, post.key, whole=raw.whole)
    except RejectedError as error:
        return _put(house, post, None, _unreadable(house, str(error), now), "", now)
    reading = flood.heard(house.ledger, mail, _judge(house, office, mail, installed), now)
    return _put(house, post, mail, reading, _act(house, office, mail, reading, now), now)


def _put(
    house: House,
    post: _Post,
    mail: InboundMail | None,
    reading: Reading,
    number: str,
    now: datetime,
) -> MailRecord:
    record = MailRecord(
        key=post.key,
        message_id=mail.message_id if mail else "",
        verdict=reading.verdict,
        reason=reading.reason,
        number=number,
        raw=post.place,
        received=post.raw.received,
        subject=mail.subject if mail else "",
        from_address=mail.from_address if mail else "",
        first_lines=mail.own_text[:_FIRST_LINES] if mail else "",
        penned=not for_a_person(reading.verdict, reading.reason),
        rule=reading.rule,
    )
    house.ledger.add_mail(record)
    if reading.rule != _OWN and reading.reason != HISTORY:
        told = {"penilaian": reading.verdict.value, "aturan": reading.rule}
        house.ledger.add_event(Event(now, number, Role.SISTEM, "email_masuk", told))
    log.info("mail=%s verdict=%s case=%s", post.key[:12], reading.verdict, number or "-")
    return record


def for_a_person(verdict: Verdict, reason: str) -> bool:
    """Say whether a mail gets a line in the pen.

    What a colleague wrote from the office's own mailbox does: a complaint may be handed on in it.
    """
    if reason == HISTORY:
        return False
    return verdict not in _UNPENNED or reason == BY_COLLEAGUE


def _unreadable(house: House, fault: str, now: datetime) -> Reading:
    house.ledger.plan(_alarm(now))
    return Reading(Verdict.UNREADABLE, fault, rule="unreadable")


def _judge(house: House, office: Office, mail: InboundMail, installed: datetime) -> Reading:
    reading = classify(mail, _facts(house, office, mail))
    known = adopt.twin(house, mail) if reading.verdict is Verdict.COMPLAINT else ""
    if known:
        told = "its complaint stands in the register that was adopted"
        return Reading(Verdict.DUPLICATE, told, known, adopt.RULE)
    if reading.verdict is not Verdict.COMPLAINT or mail.received >= installed:
        return reading
    recent = mail.received >= installed - _FRESH
    return Reading(Verdict.HELD, _BEFORE if recent else HISTORY, rule="history")


def _facts(house: House, office: Office, mail: InboundMail) -> Facts:
    ledger = house.ledger
    referenced = threads.referenced(mail)
    return Facts(
        own_addresses=house.own_addresses,
        staff_addresses=staff(office),
        blocked=office.blocked,
        duplicate=False,
        threaded=ledger.thread_case(referenced) if referenced else "",
        address_of=lambda number: _address(house, number),
        authserv_id=house.authserv_id,
    )


def _address(house: House, number: str) -> str:
    case = house.ledger.case(number)
    return case.email.lower() if case else ""


def _act(house: House, office: Office, mail: InboundMail, reading: Reading, now: datetime) -> str:
    """Do what the verdict asks for and give the number of the case concerned, or ""."""
    ledger = house.ledger
    desk = Desk(now, office)
    if reading.verdict is Verdict.COMPLAINT:
        decision = _opened(house, mail, reading, desk)
        enact(house, decision, now)
        return decision.case.number
    if reading.rule == "bounce" and reading.number:
        _returned(house, mail, reading.number, desk)
    if reading.rule == adopt.RULE:
        ledger.put_case(adopt.joined(ledger.cases()[reading.number], mail))
    case = ledger.case(reading.number) if reading.verdict in _ADDITIONS else None
    if case is not None:
        enact(house, decide.followed_up(case, mail, desk), now)
    return reading.number


def _returned(house: House, mail: InboundMail, number: str, desk: Desk) -> None:
    """Note at its case that a letter came back; one to an official is shown in the pen alone."""
    case = house.ledger.case(number)
    code = threads.letter_code(threads.referenced(mail), number)
    if case is not None and returns.concerns_complainant(code):
        enact(house, returns.returned(case, desk), desk.now)


def _opened(house: House, mail: InboundMail, reading: Reading, desk: Desk) -> Decision:
    """Open a case; what a colleague handed on is the citizen's, of whom no server knows."""
    number = house.ledger.next_number(desk.now.year)
    if reading.rule == "staff":
        citizens = forwards.citizens(mail, house.own_addresses | staff(desk.office))
        return decide.received(citizens, number, desk, from_staff=True)
    decision = decide.received(mail, number, desk)
    found = authentic.judged(mail, house.authserv_id).verdict
    return replace(decision, case=replace(decision.case, authenticity=str(found)))


def _alarm(now: datetime) -> Letter:
    """Tell the Petugas once a day that a mail could not be read; each has its row in the pen."""
    return Letter(
        key=f"sistem/T19/tidak-terbaca-{now:%Y-%m-%d}",
        code=LetterCode.T19,
        number="",
        to=Role.PETUGAS,
        facts={
            "gangguan": "Ada email yang tidak terbaca. Mohon diperiksa pada tab Karantina",
            "sejak": now.isoformat(),
        },
        not_before=now,
    )

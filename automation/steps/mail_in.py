"""Mail in: raw to disk first, then read, judged and remembered in one transaction, then filed away.

A crash anywhere in between leaves the mail in the INBOX; the next pass knows it by its identity or begins anew.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from automation.errors import RejectedError
from automation.intake import message, threads
from automation.intake.classify import Facts, classify
from automation.model import (
    Folder,
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
from automation.steps.house import House, enact, staff
from automation.workflow import decide
from automation.workflow.decide import Desk

log = logging.getLogger(__name__)

_FOLDERS: Final = {
    Verdict.COMPLAINT: Folder.TERCATAT,
    Verdict.FOLLOW_UP: Folder.TERCATAT,
    Verdict.STATUS_QUERY: Folder.TERCATAT,
    Verdict.RATING: Folder.TERCATAT,
    Verdict.CONFIDENTIAL_REQUEST: Folder.TERCATAT,
    Verdict.DUPLICATE: Folder.TERCATAT,
    Verdict.OWN: Folder.BUKAN_PENGADUAN,
}
_ADDITIONS: Final = frozenset(
    {Verdict.FOLLOW_UP, Verdict.STATUS_QUERY, Verdict.RATING, Verdict.CONFIDENTIAL_REQUEST}
)
_UNPENNED: Final = _ADDITIONS | {Verdict.COMPLAINT, Verdict.OWN, Verdict.DUPLICATE}
_FIRST_LINES: Final = 300
_HISTORY: Final = "older than the installation"


@dataclass(slots=True)
class Counts:
    """What the step did, for the closing log line."""

    mails: int = 0
    cases: int = 0
    unreadable: int = 0


@dataclass(frozen=True, slots=True)
class _Post:
    """A mail on its way through the step: what came, what was read in it, where the raw lies."""

    raw: RawMail
    key: str
    place: str
    mail: InboundMail | None
    fault: str = ""


def collect(house: House, office: Office, now: datetime) -> Counts:
    """Take in everything that waits in the mailbox, batch by batch."""
    counts = Counts()
    installed = _installed(house, now)
    for batch in house.inbox.waiting():
        _take(house, office, batch, installed, counts)
    return counts


def _installed(house: House, now: datetime) -> datetime:
    """Give the moment before which mails are history: answered long ago, never acknowledged by us."""
    if house.adopt_since is not None:
        return house.adopt_since
    if not house.ledger.recall("installed"):
        house.ledger.remember("installed", now.isoformat())
    return datetime.fromisoformat(house.ledger.recall("installed"))


def _take(
    house: House, office: Office, batch: Sequence[RawMail], installed: datetime, counts: Counts
) -> None:
    keys = [message.identity(raw.content) for raw in batch]
    fresh = [(k, raw) for k, raw in zip(keys, batch, strict=True) if house.ledger.mail(k) is None]
    places = house.archive.keep([raw for _, raw in fresh])
    posts = [_read(raw, key, place) for (key, raw), place in zip(fresh, places, strict=True)]
    now = house.clock.now()
    with house.ledger.transaction():
        for post in posts:
            if house.ledger.mail(post.key) is None:
                _record(house, office, post, installed, now)
                counts.mails += 1
                counts.unreadable += post.mail is None
    counts.cases += _file(house, keys, batch)


def _read(raw: RawMail, key: str, place: str) -> _Post:
    """Read a mail; whatever breaks on it, our own code included, makes it unreadable and no more."""
    try:
        return _Post(raw, key, place, message.read(raw.content, raw.received))
    except RejectedError as error:
        return _Post(raw, key, place, None, str(error))
    except Exception as error:  # noqa: BLE001 - a mail that breaks our code must not stop the others
        log.warning("mail=%s broke the reader: %s", key[:12], type(error).__name__)
        return _Post(raw, key, place, None, f"the reader failed ({type(error).__name__})")


def _record(
    house: House, office: Office, post: _Post, installed: datetime, now: datetime
) -> None:
    reading = _judge(house, office, post, installed)
    number = _act(house, office, post, reading, now)
    mail = post.mail
    house.ledger.add_mail(
        MailRecord(
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
            penned=reading.verdict in _UNPENNED or reading.reason == _HISTORY,
        )
    )
    log.info("mail=%s verdict=%s case=%s", post.key[:12], reading.verdict, number or "-")


def _judge(house: House, office: Office, post: _Post, installed: datetime) -> Reading:
    if post.mail is None:
        return Reading(Verdict.UNREADABLE, post.fault, rule="unreadable")
    reading = classify(post.mail, _facts(house, office, post.mail))
    if reading.verdict is Verdict.COMPLAINT and post.raw.received < installed:
        return Reading(Verdict.HELD, _HISTORY)
    return reading


def _facts(house: House, office: Office, mail: InboundMail) -> Facts:
    ledger = house.ledger
    referenced = threads.referenced(mail)
    return Facts(
        own_addresses=house.own_addresses,
        staff_addresses=staff(office),
        duplicate=False,
        threaded=ledger.thread_case(referenced) if referenced else "",
        address_of=lambda number: _address(house, number),
    )


def _address(house: House, number: str) -> str:
    case = house.ledger.case(number)
    return case.email.lower() if case else ""


def _act(house: House, office: Office, post: _Post, reading: Reading, now: datetime) -> str:
    """Do what the verdict asks for and give the number of the case concerned, or ""."""
    ledger = house.ledger
    desk = Desk(now, office)
    if reading.verdict is Verdict.UNREADABLE:
        ledger.plan(_alarm(now))
    if post.mail is None:
        return ""
    if reading.verdict is Verdict.COMPLAINT:
        number = ledger.next_number(now.year)
        opened = decide.received(post.mail, number, desk, from_staff=reading.rule == "staff")
        enact(house, opened, now)
        return number
    case = ledger.case(reading.number) if reading.verdict in _ADDITIONS else None
    if case is not None:
        enact(house, decide.followed_up(case, post.mail, desk), now)
    return reading.number


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


def _file(house: House, keys: Sequence[str], batch: Sequence[RawMail]) -> int:
    """Move each mail to the folder of its verdict, those of an interrupted pass included."""
    folders: dict[Folder, list[RawMail]] = {}
    cases = 0
    for key, raw in zip(keys, batch, strict=True):
        record = house.ledger.mail(key)
        if record is None:
            continue
        cases += record.verdict is Verdict.COMPLAINT
        folder = _FOLDERS.get(record.verdict, Folder.KARANTINA)
        if record.reason == _HISTORY:
            folder = Folder.BUKAN_PENGADUAN
        folders.setdefault(folder, []).append(raw)
    for folder, mails in folders.items():
        house.inbox.file(mails, folder)
    return cases

"""What the worker would make of a mail file: the answer of `pengaduan explain`, touching nothing.

There is no ledger to ask. A mail that answers a letter of ours, by the form of its Message-ID, is
taken for its addressee's; the worker itself believes only the letters that it wrote.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Final, Self

from automation.errors import RejectedError
from automation.intake import message, threads
from automation.intake.classify import classify
from automation.intake.facts import Facts
from automation.model import InboundMail, Reading, Verdict

_RECEIVED: Final = datetime(9000, 1, 1, tzinfo=UTC)
"""A file does not say when it was received; with this no date in it counts as in the future."""

_ASSUMED: Final = " (if the ledger knows the letter that it answers)"
_OF_THE_CASE: Final = frozenset(
    {Verdict.FOLLOW_UP, Verdict.STATUS_QUERY, Verdict.RATING, Verdict.CONFIDENTIAL_REQUEST}
)
_INDENT: Final = "    "


@dataclass(frozen=True, slots=True)
class Addresses:
    """Whose mails are no citizen's: the office's mailbox and the office's people, lower case."""

    own: frozenset[str]
    staff: frozenset[str]
    authserv_id: str = ""  # the mail server whose word about a sender is believed

    @classmethod
    def of(cls, own: Iterable[str], staff: Iterable[str], authserv_id: str = "") -> Self:
        """Take addresses as somebody typed them."""
        return cls(_clean(own), _clean(staff), authserv_id.strip().lower())


def _clean(addresses: Iterable[str]) -> frozenset[str]:
    return frozenset(filter(None, (address.strip().lower() for address in addresses)))


def explain_files(
    names: Iterable[str], read: Callable[[str], bytes], addresses: Addresses
) -> Iterator[tuple[dict[str, object], bool]]:
    """Give the facts about each file as soon as they are known, and whether it could be opened.

    `read` gives a file's bytes or raises OSError; one that cannot be opened stops no other.
    """
    for name in names:
        try:
            raw = read(name)
        except (OSError, MemoryError) as error:
            why = getattr(error, "strerror", None) or type(error).__name__
            yield _unreadable(_printable(name), f"the file cannot be opened: {why}"), False
        else:
            yield explain_file(name, raw, addresses), True


def explain_file(name: str, raw: bytes, addresses: Addresses) -> dict[str, object]:
    """Give the facts about one mail file, ready for JSON. Never raises, whatever the bytes are.

    `text` is the whole readable text, `date` the sender's claim in ISO 8601 or None, `case` the
    register number that the mail belongs to or names, or None.
    """
    file = _printable(name)
    try:
        mail = message.read(raw, _RECEIVED)
        return {"file": file, **_seen(mail), **_verdict(_judged(mail, addresses), mail)}
    except RejectedError as error:
        return _unreadable(file, str(error))
    except Exception as error:  # noqa: BLE001 - as in the worker: a mail that breaks us stops no other
        return _unreadable(file, f"the worker failed on it ({type(error).__name__})")


def _printable(name: str) -> str:
    """Write the name of a file so that any terminal takes it: old disks hold bytes of any kind."""
    return name.encode("utf-8", "backslashreplace").decode()


def _judged(mail: InboundMail, addresses: Addresses) -> Reading:
    number = _answered(mail, addresses)
    addressee = "" if mail.from_address in addresses.staff else mail.from_address
    facts = Facts(
        own_addresses=addresses.own,
        staff_addresses=addresses.staff,
        threaded=number,
        address_of=lambda asked: addressee if asked == number else "",
        authserv_id=addresses.authserv_id,
    )
    reading = classify(mail, facts)
    assumed = _ASSUMED if reading.verdict in _OF_THE_CASE else ""
    return replace(reading, reason=reading.reason + assumed)


def _answered(mail: InboundMail, addresses: Addresses) -> str:
    """Give the case of the first letter that a mail refers to, ours by its form and domain."""
    domains = {address.rpartition("@")[2] for address in addresses.own}
    letters = (threads.letter_of(message_id) for message_id in threads.referenced(mail))
    return next((n for n, domain in letters if n and (not domains or domain in domains)), "")


def _seen(mail: InboundMail) -> dict[str, object]:
    return {
        "message_id": mail.message_id,
        "subject": mail.subject,
        "from_name": mail.from_name,
        "from_address": mail.from_address,
        "to": list(mail.to),
        "cc": list(mail.cc),
        "date": mail.date.isoformat() if mail.date else None,
        "text": mail.text,
        "attachments": [{"name": a.name, "type": a.type, "size": a.size} for a in mail.attachments],
    }


def _verdict(reading: Reading, mail: InboundMail) -> dict[str, object]:
    number = reading.number or next(iter(threads.numbers(mail.subject)), None)
    return {"verdict": str(reading.verdict), "reason": reading.reason, "case": number}


def _unreadable(file: str, fault: str) -> dict[str, object]:
    return {
        "file": file,
        "message_id": "",
        "subject": "",
        "from_name": "",
        "from_address": "",
        "to": [],
        "cc": [],
        "date": None,
        "text": "",
        "attachments": [],
        "verdict": str(Verdict.UNREADABLE),
        "reason": fault,
        "case": None,
    }


def told(fact: Mapping[str, object]) -> str:
    """Give the facts of one file as lines for a person; the verdict first."""
    lines = [f"{fact['file']}: {fact['verdict']} - {fact['reason']}"]
    lines += [f"  {label:<9}{value}" for label, value in _lines(fact) if value]
    text = str(fact["text"]).strip()
    return "\n".join([*lines, *(_INDENT + line for line in text.splitlines())])


def _lines(fact: Mapping[str, object]) -> Iterable[tuple[str, str]]:
    yield "case", str(fact["case"] or "")
    yield "from", f"{fact['from_name']} <{fact['from_address']}>" if fact["from_address"] else ""
    for label in ("to", "cc"):
        yield label, _joined(fact[label])
    yield "date", str(fact["date"] or "")
    yield "subject", str(fact["subject"])
    yield "files", _joined(fact["attachments"])


def _joined(items: object) -> str:
    if not isinstance(items, list):
        return ""
    return ", ".join(
        f"{item['name']} ({item['type']}, {item['size']} bytes)" if isinstance(item, dict) else item
        for item in items
    )

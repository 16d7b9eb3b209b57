"""Rules about our own letters and about machines: whom never to answer (RFC 3834 2)."""

from typing import Final

from automation.intake import signals, threads
from automation.intake.facts import Facts
from automation.model import InboundMail

LOOP_HEADER: Final = "x-pengaduan-register"
"""Marks every letter of a register; its value is the mail domain of the office that wrote it."""

_RETURNERS: Final = frozenset({"mailer-daemon", "mailerdaemon"})

# --- ourselves ----------------------------------------------------------------------------------


def _domains(facts: Facts) -> set[str]:
    return {address.rpartition("@")[2] for address in facts.own_addresses} - {""}


def _answers_elsewhere(mail: InboundMail, facts: Facts) -> bool:
    return bool(mail.reply_to) and mail.reply_to.lower() not in facts.own_addresses


def own(mail: InboundMail, facts: Facts) -> str | None:
    """Set aside the letters of this register."""
    if not _domains(facts).isdisjoint(signals.values(mail, LOOP_HEADER)):
        return "it carries the loop header of this register"
    if threads.letter_of(mail.message_id)[1] in _domains(facts):
        return "its Message-ID is that of a letter of this register"
    return None


BY_COLLEAGUE: Final = "an address of the office's own mailbox wrote it"
"""The reason of the rule `office`; it stays in the ledger for ever, so it never changes."""


def office(mail: InboundMail, facts: Facts) -> str | None:
    """Answer nothing that the office's own mailbox wrote, though it may hand on a complaint."""
    if mail.from_address in facts.own_addresses and not _answers_elsewhere(mail, facts):
        return BY_COLLEAGUE
    return None


def duplicate(_mail: InboundMail, facts: Facts) -> str | None:
    """Pass over a mail that the ledger knows."""
    return "a mail with this identity was taken in before" if facts.duplicate else None


# --- machines -----------------------------------------------------------------------------------

_PROOFS: Final = (
    signals.declares_automatic,
    signals.is_autoresponder,
    signals.is_report,
    signals.has_null_sender,
)
_HINTS: Final = (signals.is_list_mail, signals.asks_for_no_answer, signals.is_from_no_reply)
"""What a person's mail may carry too, so that it needs a subject that says the same."""


def _is_bounce(mail: InboundMail) -> bool:
    hinted = any(hint(mail) for hint in (*_PROOFS, *_HINTS)) or not mail.from_address
    return signals.reports_delivery(mail) or (hinted and signals.says_failure(mail))


def delay(mail: InboundMail, _facts: Facts) -> str | None:
    """Tell a delay from a failure: the letter may still arrive (RFC 3464 2.3.3)."""
    if _is_bounce(mail) and signals.says_delay(mail):
        return "a mail server reports that a letter is delayed, not that it failed"
    return None


def bounce(mail: InboundMail, _facts: Facts) -> str | None:
    """Know a letter that came back."""
    if _is_bounce(mail):
        return "a mail server reports that a letter could not be delivered"
    if signals.local_part(mail.from_address) in _RETURNERS:
        return "the program that returns undeliverable mail wrote it"
    return None


def blocked(mail: InboundMail, facts: Facts) -> str | None:
    """Hold what comes from an address or a domain that the office does not want to answer."""
    names = mail.from_address.rpartition("@")[2].split(".")
    domains = {f"@{'.'.join(names[at:])}" for at in range(len(names))}
    if mail.from_address and not facts.blocked.isdisjoint({mail.from_address, *domains}):
        return "its sender is on the office's block list"
    return None


def auto_submitted(mail: InboundMail, _facts: Facts) -> str | None:
    """Believe a mail that says that no person sent it (RFC 3834 5)."""
    if signals.declares_automatic(mail):
        return "the header Auto-Submitted says that a machine sent it"
    return None


def autoresponder(mail: InboundMail, _facts: Facts) -> str | None:
    """Know the programs that answer in somebody's absence by their own marks."""
    if signals.values(mail, LOOP_HEADER):
        return "another register wrote it"
    if signals.is_autoresponder(mail):
        return "a header of an autoresponder says that a machine sent it"
    return None


def report(mail: InboundMail, _facts: Facts) -> str | None:
    """Know receipts of reading and reports about spam (RFC 8098, RFC 5965)."""
    return "it is the report of a mail system" if signals.is_report(mail) else None


def null_sender(mail: InboundMail, _facts: Facts) -> str | None:
    """Answer nobody who sends without a return address (RFC 5321 4.5.5)."""
    if signals.has_null_sender(mail):
        return "its Return-Path is empty, so it must not be answered"
    return None


def vacation(mail: InboundMail, _facts: Facts) -> str | None:
    """Trust the subject of an automatic answer once a header points the same way."""
    if signals.says_automatic(mail) and any(hint(mail) for hint in _HINTS):
        return "subject and headers are those of an automatic answer"
    return None


def bulk(mail: InboundMail, facts: Facts) -> str | None:
    """Know mass mail and lists; a group mailbox of the office's own hands on what people write."""
    if signals.is_list_mail(mail) and not is_own_list(mail, facts):
        return "its headers are those of a mailing list or of mass mail"
    return None


def is_own_list(mail: InboundMail, facts: Facts) -> bool:
    """Say whether a mailing list is a group mailbox of the office's own."""
    named = " ".join(signals.values(mail, "list-id", "list-post"))
    own = facts.own_addresses
    return any(f"mailto:{a}" in named or f"<{a.replace('@', '.')}>" in named for a in own)


def suppressed(mail: InboundMail, _facts: Facts) -> str | None:
    """Take a system that asks not to be answered by machines for one."""
    if signals.asks_for_no_answer(mail):
        return "the header X-Auto-Response-Suppress asks not to answer it"
    return None


def no_reply(mail: InboundMail, _facts: Facts) -> str | None:
    """Answer no address whose name says that nobody reads it."""
    if signals.is_from_no_reply(mail):
        return "its sender is an address that takes no answers"
    return None


def machine_subject(mail: InboundMail, _facts: Facts) -> str | None:
    """Hold what only its subject makes a machine's: that is no proof."""
    if signals.says_automatic(mail):
        return "the subject is that of an automatic answer, without other proof"
    if signals.says_failure(mail):
        return "the subject is that of a returned letter, without other proof"
    return None

"""How a mail is read: ordered rules, the first that speaks decides.

A citizen's mail is a complaint unless a rule says otherwise, and whatever is doubtful is held for a
person, never dropped. A machine is never answered (RFC 3834 2). An attached mail is not looked
into: who forwards a bounce is a person.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from automation.intake import signals, threads
from automation.model import InboundMail, Reading, Verdict

LOOP_HEADER: Final = "x-pengaduan-register"
"""Marks every letter of a register; its value is the mail domain of the office that wrote it."""

_RETURNERS: Final = frozenset({"mailer-daemon", "mailerdaemon"})
_CONFIDENTIAL: Final = frozenset({"rahasia", "rahasiakan", "dirahasiakan"})


def _nobody_known(number: str) -> str:
    del number
    return ""


@dataclass(frozen=True, slots=True)
class Facts:
    """What the rules must know beside the mail; all addresses in lower case."""

    own_addresses: frozenset[str] = frozenset()  # of the office's mailbox
    staff_addresses: frozenset[str] = frozenset()
    blocked: frozenset[str] = frozenset()  # addresses and @domains on the office's block list
    duplicate: bool = False  # the ledger knows a mail with this identity
    threaded: str = ""  # number of the case that `threads.referenced` leads to
    address_of: Callable[[str], str] = _nobody_known  # number -> its complainant's address, or ""


@dataclass(frozen=True, slots=True)
class Rule:
    """One way to read a mail; `reason` gives an English sentence, or None to ask the next rule."""

    name: str
    verdict: Verdict
    reason: Callable[[InboundMail, Facts], str | None]


def classify(mail: InboundMail, facts: Facts) -> Reading:
    """Judge a mail by the first rule that speaks; the last one always does."""
    for rule in RULES:
        reason = rule.reason(mail, facts)
        if reason is not None:
            return Reading(rule.verdict, reason, _case(mail, facts), rule.name)
    raise AssertionError("the last rule speaks about every mail")


# --- what is proven about the case --------------------------------------------------------------


def _case(mail: InboundMail, facts: Facts) -> str:
    """Give the number of the case that a mail provably belongs to, or ""."""
    carried = threads.numbers(mail.subject)
    return facts.threaded or next((n for n in carried if _owns(mail, facts, n)), "")


def _owns(mail: InboundMail, facts: Facts, number: str) -> bool:
    """Say whether the sender is a case's complainant: numbers can be guessed."""
    own = facts.address_of(number).lower()
    return bool(own) and own in {mail.from_address, mail.reply_to.lower()}


def _commands(mail: InboundMail, facts: Facts) -> bool:
    """Say whether command words count: only the complainant may give them, about the own case."""
    number = _case(mail, facts)
    return bool(number) and _owns(mail, facts, number)


# --- ourselves ----------------------------------------------------------------------------------


def _domains(facts: Facts) -> set[str]:
    return {address.rpartition("@")[2] for address in facts.own_addresses} - {""}


def _answers_elsewhere(mail: InboundMail, facts: Facts) -> bool:
    return bool(mail.reply_to) and mail.reply_to.lower() not in facts.own_addresses


def _own(mail: InboundMail, facts: Facts) -> str | None:
    """Set aside the letters of this register."""
    if not _domains(facts).isdisjoint(signals.values(mail, LOOP_HEADER)):
        return "it carries the loop header of this register"
    if threads.letter_of(mail.message_id)[1] in _domains(facts):
        return "its Message-ID is that of a letter of this register"
    return None


BY_COLLEAGUE: Final = "an address of the office's own mailbox wrote it"
"""The reason of the rule `office`; it stays in the ledger for ever, so it never changes."""


def _office(mail: InboundMail, facts: Facts) -> str | None:
    """Answer nothing that the office's own mailbox wrote, though it may hand on a complaint."""
    if mail.from_address in facts.own_addresses and not _answers_elsewhere(mail, facts):
        return BY_COLLEAGUE
    return None


def _duplicate(_mail: InboundMail, facts: Facts) -> str | None:
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


def _delay(mail: InboundMail, _facts: Facts) -> str | None:
    """Tell a delay from a failure: the letter may still arrive (RFC 3464 2.3.3)."""
    if _is_bounce(mail) and signals.says_delay(mail):
        return "a mail server reports that a letter is delayed, not that it failed"
    return None


def _bounce(mail: InboundMail, _facts: Facts) -> str | None:
    """Know a letter that came back."""
    if _is_bounce(mail):
        return "a mail server reports that a letter could not be delivered"
    if signals.local_part(mail.from_address) in _RETURNERS:
        return "the program that returns undeliverable mail wrote it"
    return None


def _blocked(mail: InboundMail, facts: Facts) -> str | None:
    """Hold what comes from an address or a domain that the office does not want to answer."""
    names = mail.from_address.rpartition("@")[2].split(".")
    domains = {f"@{'.'.join(names[at:])}" for at in range(len(names))}
    if mail.from_address and not facts.blocked.isdisjoint({mail.from_address, *domains}):
        return "its sender is on the office's block list"
    return None


def _auto_submitted(mail: InboundMail, _facts: Facts) -> str | None:
    """Believe a mail that says that no person sent it (RFC 3834 5)."""
    if signals.declares_automatic(mail):
        return "the header Auto-Submitted says that a machine sent it"
    return None


def _autoresponder(mail: InboundMail, _facts: Facts) -> str | None:
    """Know the programs that answer in somebody's absence by their own marks."""
    if signals.values(mail, LOOP_HEADER):
        return "another register wrote it"
    if signals.is_autoresponder(mail):
        return "a header of an autoresponder says that a machine sent it"
    return None


def _report(mail: InboundMail, _facts: Facts) -> str | None:
    """Know receipts of reading and reports about spam (RFC 8098, RFC 5965)."""
    return "it is the report of a mail system" if signals.is_report(mail) else None


def _null_sender(mail: InboundMail, _facts: Facts) -> str | None:
    """Answer nobody who sends without a return address (RFC 5321 4.5.5)."""
    if signals.has_null_sender(mail):
        return "its Return-Path is empty, so it must not be answered"
    return None


def _vacation(mail: InboundMail, _facts: Facts) -> str | None:
    """Trust the subject of an automatic answer once a header points the same way."""
    if signals.says_automatic(mail) and any(hint(mail) for hint in _HINTS):
        return "subject and headers are those of an automatic answer"
    return None


def _bulk(mail: InboundMail, facts: Facts) -> str | None:
    """Know mass mail and lists; a group mailbox of the office's own hands on what people write."""
    if signals.is_list_mail(mail) and not _is_own_list(mail, facts):
        return "its headers are those of a mailing list or of mass mail"
    return None


def _is_own_list(mail: InboundMail, facts: Facts) -> bool:
    named = " ".join(signals.values(mail, "list-id", "list-post"))
    own = facts.own_addresses
    return any(f"mailto:{a}" in named or f"<{a.replace('@', '.')}>" in named for a in own)


def _suppressed(mail: InboundMail, _facts: Facts) -> str | None:
    """Take a system that asks not to be answered by machines for one."""
    if signals.asks_for_no_answer(mail):
        return "the header X-Auto-Response-Suppress asks not to answer it"
    return None


def _no_reply(mail: InboundMail, _facts: Facts) -> str | None:
    """Answer no address whose name says that nobody reads it."""
    if signals.is_from_no_reply(mail):
        return "its sender is an address that takes no answers"
    return None


def _machine_subject(mail: InboundMail, _facts: Facts) -> str | None:
    """Hold what only its subject makes a machine's: that is no proof."""
    if signals.says_automatic(mail):
        return "the subject is that of an automatic answer, without other proof"
    if signals.says_failure(mail):
        return "the subject is that of a returned letter, without other proof"
    return None


# --- the case -----------------------------------------------------------------------------------


def _colleague(mail: InboundMail, facts: Facts) -> str | None:
    """Keep what a colleague answers to an internal notice apart from the complainant's words."""
    staff = mail.from_address in facts.staff_addresses
    if staff and facts.threaded and not _commands(mail, facts):
        return f"one of the office's people writes about {facts.threaded}"
    return None


def _robot(mail: InboundMail, facts: Facts) -> str | None:
    """Hold a help desk's confirmation of our letter that no header gives away."""
    number = _case(mail, facts)
    if number and signals.speaks_as_robot(mail):
        return f"it answers a letter about {number} in the words of a machine"
    return None


def _status_query(mail: InboundMail, facts: Facts) -> str | None:
    """Hear the complainant ask how far the case is: the first own word is STATUS."""
    if signals.first_word(mail) == "status" and _commands(mail, facts):
        return f"the complainant of {_case(mail, facts)} begins with STATUS"
    return None


def _rating(mail: InboundMail, facts: Facts) -> str | None:
    """Hear the complainant rate the service: a lone digit from 1 to 4 at the start."""
    rating = signals.rating(mail)
    if rating and _commands(mail, facts):
        return f"the complainant of {_case(mail, facts)} begins with the rating {rating}"
    return None


def _confidential_request(mail: InboundMail, facts: Facts) -> str | None:
    """Hear the complainant ask to hide the name: the first own word is RAHASIA."""
    if signals.first_word(mail) in _CONFIDENTIAL and _commands(mail, facts):
        return f"the complainant of {_case(mail, facts)} begins with RAHASIA"
    return None


def _follow_up(mail: InboundMail, facts: Facts) -> str | None:
    """Add to its case what answers our letters, or comes from its complainant with its number."""
    if facts.threaded:
        return f"it answers a mail of the case {facts.threaded}"
    number = _case(mail, facts)
    return f"the complainant of {number} names it in the subject" if number else None


def _foreign_number(mail: InboundMail, _facts: Facts) -> str | None:
    """Tell nothing about a case to another address: numbers can be guessed."""
    carried = threads.numbers(mail.subject)
    if carried:
        return f"it names {carried[0]}, but its sender is not known as the complainant"
    return None


# --- the rest -----------------------------------------------------------------------------------


def _staff(mail: InboundMail, facts: Facts) -> str | None:
    """Open a case for what a colleague hands on; it waits, unanswered, for the Petugas."""
    if mail.from_address in facts.staff_addresses:
        return "one of the office's people hands it on"
    return None


def _nobody(mail: InboundMail, _facts: Facts) -> str | None:
    """Hold a mail without From, even if Reply-To names somebody: it is never answered."""
    if "@" not in mail.from_address or "from" not in mail.headers:
        return "it names no sender, so it must not be answered"
    return None


def _impostor(mail: InboundMail, facts: Facts) -> str | None:
    """Hold a mail that borrows an address of the office."""
    theirs = (facts.own_addresses | facts.staff_addresses) - {mail.from_address, ""}
    borrowed = mail.from_address in facts.own_addresses and not _is_own_list(mail, facts)
    if borrowed or any(address in mail.from_name.lower() for address in theirs):
        return "it comes in the name of the office, but answers would go elsewhere"
    return None


def _only_copied(mail: InboundMail, facts: Facts) -> str | None:
    """Hold a letter to somebody else of which the office got a copy."""
    to, cc = ({address.lower() for address in field} for field in (mail.to, mail.cc))
    ours = facts.own_addresses | facts.staff_addresses
    if to and to.isdisjoint(ours) and not cc.isdisjoint(facts.own_addresses):
        return "the office is only in Cc"
    return None


def _invitation(mail: InboundMail, _facts: Facts) -> str | None:
    """Hold an invitation: it belongs to the Subbag Umum, a person looks."""
    return "it is an invitation" if signals.is_invitation(mail) else None


def _program(mail: InboundMail, _facts: Facts) -> str | None:
    """Hold a mail with a program in it: the usual theft of data, hardly ever a complaint."""
    if signals.brings_program(mail.attachments):
        return "a program is attached to it"
    return None


def _complaint(_mail: InboundMail, _facts: Facts) -> str:
    """Take everything else for a citizen's word."""
    return "a person writes to the office, and no other rule speaks"


RULES: Final = (
    Rule("own", Verdict.OWN, _own),
    Rule("office", Verdict.OWN, _office),
    Rule("duplicate", Verdict.DUPLICATE, _duplicate),
    Rule("delay", Verdict.BOUNCE, _delay),
    Rule("bounce", Verdict.BOUNCE, _bounce),
    Rule("blocked", Verdict.HELD, _blocked),
    Rule("auto_submitted", Verdict.AUTO_REPLY, _auto_submitted),
    Rule("autoresponder", Verdict.AUTO_REPLY, _autoresponder),
    Rule("report", Verdict.AUTO_REPLY, _report),
    Rule("null_sender", Verdict.AUTO_REPLY, _null_sender),
    Rule("vacation", Verdict.AUTO_REPLY, _vacation),
    Rule("bulk", Verdict.BULK, _bulk),
    Rule("suppressed", Verdict.AUTO_REPLY, _suppressed),
    Rule("no_reply", Verdict.AUTO_REPLY, _no_reply),
    Rule("machine_subject", Verdict.HELD, _machine_subject),
    Rule("colleague", Verdict.HELD, _colleague),
    Rule("robot", Verdict.HELD, _robot),
    Rule("status_query", Verdict.STATUS_QUERY, _status_query),
    Rule("rating", Verdict.RATING, _rating),
    Rule("confidential_request", Verdict.CONFIDENTIAL_REQUEST, _confidential_request),
    Rule("follow_up", Verdict.FOLLOW_UP, _follow_up),
    Rule("foreign_number", Verdict.HELD, _foreign_number),
    Rule("staff", Verdict.COMPLAINT, _staff),
    Rule("nobody", Verdict.HELD, _nobody),
    Rule("impostor", Verdict.HELD, _impostor),
    Rule("only_copied", Verdict.HELD, _only_copied),
    Rule("invitation", Verdict.HELD, _invitation),
    Rule("program", Verdict.HELD, _program),
    Rule("complaint", Verdict.COMPLAINT, _complaint),
)

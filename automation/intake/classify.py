"""How a mail is read: ordered rules, the first that speaks decides.

A citizen's mail is a complaint unless a rule says otherwise, and whatever is doubtful is held for a
person, never dropped. A machine is never answered (RFC 3834 2). An attached mail is not looked
into: who forwards a bounce is a person.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from automation.intake import authentic, machines, signals, threads
from automation.intake.facts import Facts, case_of, commands
from automation.model import InboundMail, Reading, Verdict

_CONFIDENTIAL: Final = frozenset({"rahasia", "rahasiakan", "dirahasiakan"})


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
            return Reading(rule.verdict, reason, case_of(mail, facts), rule.name)
    raise AssertionError("the last rule speaks about every mail")


# --- the case -----------------------------------------------------------------------------------


def _forged(mail: InboundMail, facts: Facts) -> str | None:
    """Hold, unanswered, a mail whose sender's domain wants it rejected: an answer hits a victim."""
    if authentic.judged(mail, facts.authserv_id).refused:
        return "its sender is forged: the mail server says that the sender's domain refuses it"
    return None


def _colleague(mail: InboundMail, facts: Facts) -> str | None:
    """Keep what a colleague answers to an internal notice apart from the complainant's words."""
    staff = mail.from_address in facts.staff_addresses
    if staff and facts.threaded and not commands(mail, facts):
        return f"one of the office's people writes about {facts.threaded}"
    return None


def _robot(mail: InboundMail, facts: Facts) -> str | None:
    """Hold a help desk's confirmation of our letter that no header gives away."""
    number = case_of(mail, facts)
    if number and signals.speaks_as_robot(mail):
        return f"it answers a letter about {number} in the words of a machine"
    return None


def _status_query(mail: InboundMail, facts: Facts) -> str | None:
    """Hear the complainant ask how far the case is: the first own word is STATUS."""
    if signals.first_word(mail) == "status" and commands(mail, facts):
        return f"the complainant of {case_of(mail, facts)} begins with STATUS"
    return None


def _rating(mail: InboundMail, facts: Facts) -> str | None:
    """Hear the complainant rate the service: a lone digit from 1 to 4 at the start."""
    rating = signals.rating(mail)
    if rating and commands(mail, facts):
        return f"the complainant of {case_of(mail, facts)} begins with the rating {rating}"
    return None


def _confidential_request(mail: InboundMail, facts: Facts) -> str | None:
    """Hear the complainant ask to hide the name: the first own word is RAHASIA."""
    if signals.first_word(mail) in _CONFIDENTIAL and commands(mail, facts):
        return f"the complainant of {case_of(mail, facts)} begins with RAHASIA"
    return None


def _follow_up(mail: InboundMail, facts: Facts) -> str | None:
    """Add to its case what answers our letters, or comes from its complainant with its number."""
    if facts.threaded:
        return f"it answers a mail of the case {facts.threaded}"
    number = case_of(mail, facts)
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
    borrowed = mail.from_address in facts.own_addresses and not machines.is_own_list(mail, facts)
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
    Rule("own", Verdict.OWN, machines.own),
    Rule("office", Verdict.OWN, machines.office),
    Rule("duplicate", Verdict.DUPLICATE, machines.duplicate),
    Rule("delay", Verdict.BOUNCE, machines.delay),
    Rule("bounce", Verdict.BOUNCE, machines.bounce),
    Rule("blocked", Verdict.HELD, machines.blocked),
    Rule("auto_submitted", Verdict.AUTO_REPLY, machines.auto_submitted),
    Rule("autoresponder", Verdict.AUTO_REPLY, machines.autoresponder),
    Rule("report", Verdict.AUTO_REPLY, machines.report),
    Rule("null_sender", Verdict.AUTO_REPLY, machines.null_sender),
    Rule("vacation", Verdict.AUTO_REPLY, machines.vacation),
    Rule("bulk", Verdict.BULK, machines.bulk),
    Rule("suppressed", Verdict.AUTO_REPLY, machines.suppressed),
    Rule("no_reply", Verdict.AUTO_REPLY, machines.no_reply),
    Rule("machine_subject", Verdict.HELD, machines.machine_subject),
    Rule("forged", Verdict.HELD, _forged),
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

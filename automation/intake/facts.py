"""What the rules must know beside a mail, and what of it is proven about a case."""

from collections.abc import Callable
from dataclasses import dataclass

from automation.intake import authentic, threads
from automation.model import InboundMail


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
    authserv_id: str = ""  # the mail server whose word about a sender is believed


def case_of(mail: InboundMail, facts: Facts) -> str:
    """Give the number of the case that a mail provably belongs to, or ""."""
    carried = threads.numbers(mail.subject)
    return facts.threaded or next((n for n in carried if owns(mail, facts, n)), "")


def owns(mail: InboundMail, facts: Facts, number: str) -> bool:
    """Say whether the sender is a case's complainant: numbers can be guessed, senders be forged."""
    own = facts.address_of(number).lower()
    named = bool(own) and own in {mail.from_address, mail.reply_to.lower()}
    return named and not authentic.judged(mail, facts.authserv_id).refused


def commands(mail: InboundMail, facts: Facts) -> bool:
    """Say whether command words count: only the complainant may give them, about the own case."""
    number = case_of(mail, facts)
    return bool(number) and owns(mail, facts, number)

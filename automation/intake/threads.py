"""Which case a mail belongs to: the letters it answers, the register numbers in its subject.

The source of the rules is the office's procedure for mail: a letter's Message-ID cannot be guessed
and proves the thread; a register number can be guessed and proves nothing without the right sender.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice
from typing import Final

from automation.intake import signals
from automation.model import InboundMail

_DASH: Final = r"[\u00ad\u2010-\u2015\u2212\ufe58\ufe63\uff0d_./-]"
_GAP: Final = rf"(?:\s|{_DASH}){{1,5}}"
_NUMBER: Final = re.compile(
    rf"(?<![A-Za-z0-9])PKT(?:{_GAP})?([0-9]{{4}})"
    rf"(?:{_GAP}([0-9]{{4,6}})|{_DASH}([0-9]{{1,3}})|([0-9]{{4}}))(?![0-9])",
    re.IGNORECASE,
)
_LETTER: Final = re.compile(
    r"<(PKT-[0-9]{4}-[0-9]{4,6})\.[A-Za-z0-9.-]{1,100}@([A-Za-z0-9.-]{1,255})>", re.IGNORECASE
)
_LOOK: Final = 1_000
"""Characters of a subject in which a number is looked for."""

_RETURNED: Final = 200_000
"""Characters of a bounce in which the returned letter's Message-ID is looked for."""

_REFERENCES: Final = 100
"""Message-IDs asked of the ledger for one mail."""


def numbers(text: str) -> tuple[str, ...]:
    """Give the register numbers in a subject, as they are written in the register, each once.

    Read through whatever prefixes (Re:, Bls:, Balasan:, Fwd:, Trs:), lost brackets, broken lines,
    other dashes or blanks, small letters and lost zeros of a number with hyphens.
    """
    found = (_written(*match.groups()) for match in _NUMBER.finditer(text[:_LOOK]))
    return tuple(dict.fromkeys(found))


def _written(year: str, *sequences: str | None) -> str:
    [sequence] = filter(None, sequences)
    return f"PKT-{year}-{int(sequence):04d}"


def letter_of(message_id: str) -> tuple[str, str]:
    """Give number and domain of a Message-ID that has the form of our letters, else ("", "").

    The form proves nothing; only the ledger knows the letters that were written.
    """
    match = _LETTER.fullmatch(message_id)
    return (match[1].upper(), match[2].lower()) if match else ("", "")


def letter_code(message_ids: Iterable[str], number: str) -> str:
    """Give the code ("t01") of the first letter among these that is about a case, or ""."""
    ours = (one for one in message_ids if letter_of(one)[0] == number)
    return next(ours, "").partition(".")[2].partition(".")[0].lower()


def referenced(mail: InboundMail) -> Sequence[str]:
    """Give the Message-IDs that tell a mail's case, the most telling first.

    What it answers, then the conversation from its latest mail back; of a bounce also the letter
    that came back with it.
    """
    known = chain(mail.in_reply_to, reversed(mail.references), _returned(mail))
    return tuple(islice(dict.fromkeys(known), _REFERENCES))


def _returned(mail: InboundMail) -> Iterator[str]:
    """Give the letters of ours that a bounce returns, whole or by their header."""
    if not (signals.is_report(mail) or signals.is_from_mail_system(mail)):
        return
    inside = [a.content[:_RETURNED].decode("latin-1") for a in mail.attachments]
    for text in (mail.text[:_RETURNED], *inside):
        yield from (match[0] for match in _LETTER.finditer(text))

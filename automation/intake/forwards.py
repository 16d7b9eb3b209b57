"""What an officer hands on: the citizen's mail within it, so that the case is the citizen's.

The first sender named in it who is none of the office's people is the citizen. A wrong address is
corrected in the row: the case waits for the Petugas, and no letter leaves before (MAIL.md 3).
"""

import re
from collections.abc import Set as AbstractSet
from dataclasses import replace
from typing import Final

from automation.errors import RejectedError
from automation.intake import headers, message, quotes
from automation.intake.headers import Mailbox
from automation.model import InboundMail

_PREFIX: Final = re.compile(
    r"(?:(?:fwd?|trs|terusan|(?:di)?teruskan|re|bls)\s*:\s*)+", re.IGNORECASE
)
_LINK: Final = re.compile(r"[<\[]mailto:([^>\]\s]{1,300})[>\]]", re.IGNORECASE)
_NOBODY: Final = Mailbox("", "")
_ATTACHED: Final = 10  # mails that are looked into


def citizens(mail: InboundMail, insiders: AbstractSet[str]) -> InboundMail:
    """Give a mail that an officer handed on as its citizen's; `insiders` = the office's addresses.

    The officer's words stay above what is handed on. Without a citizen in it the sender is nobody:
    the officer did not complain.
    """
    attached = _attached(mail, insiders)
    if attached is not None:
        return attached
    named = (_mailbox(line) for line in quotes.earlier_senders(mail.text))
    citizen = next((box for box in named if box.address and box.address not in insiders), _NOBODY)
    return replace(
        mail,
        subject=_bare(mail.subject),
        from_name=citizen.name,
        from_address=citizen.address,
        reply_to="",
        message_id="",
        references=(),
    )


def _attached(mail: InboundMail, insiders: AbstractSet[str]) -> InboundMail | None:
    """Give the citizen's mail that is attached, with the officer's words above its text."""
    letters = [a for a in mail.attachments if a.type == "message/rfc822" and a.content]
    for letter in letters[:_ATTACHED]:
        try:
            inner = message.read(letter.content, mail.received)
        except RejectedError:
            continue
        address = inner.reply_to or inner.from_address
        if inner.from_address and insiders.isdisjoint({inner.from_address, address}):
            own = "" if mail.text == inner.text else mail.text
            text = "\n\n".join(filter(None, (own, inner.text)))
            files = (*mail.attachments, *inner.attachments)
            return replace(inner, key=mail.key, text=text, attachments=files)
    return None


def _mailbox(line: str) -> Mailbox:
    """Read what stands behind `Dari:`; some programs write the address as a link as well."""
    written = line if quotes.names_address(_LINK.sub("", line)) else _LINK.sub(r"<\1>", line)
    found = headers.mailboxes(_LINK.sub("", written).encode("utf-8", "replace"))
    return next(iter(found), _NOBODY)


def _bare(subject: str) -> str:
    return _PREFIX.sub("", subject, count=1) if _PREFIX.match(subject) else subject

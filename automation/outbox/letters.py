"""Letters: what the office tells complainants and its own people, as mails ready to leave."""

import binascii
import hmac
import re
from collections.abc import Sequence
from datetime import datetime
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import format_datetime
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from automation.errors import RejectedError, TransientError
from automation.model import Case, Letter, LetterCode, Office, Official, Role
from automation.outbox import headers
from automation.outbox.contents import Facts, Occasion, Words, contents, holders, one_line
from automation.outbox.templates import Templates

LOOP_HEADER: Final = "X-Pengaduan-Register"
"""Marks every letter of ours, so that one that comes back is known (MAIL: never answer oneself)."""

_LINE: Final = 74  # RFC 2045: 76, less what shielding a line adds
_FRAGILE: Final = re.compile(r"^(?:From |\.).*", re.MULTILINE)
_SENDER_NAME: Final = 60
_KEY_PART: Final = 40


class _Policy(EmailPolicy):
    """The wire's policy, without a question that costs more than all else about a header.

    To learn how often a header may stand, the library makes a class for it, each time.
    """

    def header_max_count(self, name: str) -> int | None:  # noqa: ARG002 - the library's signature
        """Give no limit: a letter gets each of its headers once."""
        return None


_POLICY: Final = _Policy(linesep="\r\n")


class LetterWriter:
    """Writes letters from the templates of `folders`: the first folder that has one counts.

    `words` are the sections of words.toml, `sender` is the address of the office's mailbox, and
    `secret` makes the Message-IDs unguessable.
    """

    def __init__(
        self, folders: Sequence[Path | Traversable], words: Words, sender: str, secret: bytes
    ) -> None:
        self._templates = Templates(folders)
        self._words = words
        self._sender = sender
        self._secret = secret

    def compose(
        self, letter: Letter, case: Case | None, office: Office, link: str, now: datetime
    ) -> EmailMessage:
        """Write a letter as it leaves at `now`; `link` opens the case's row in the register.

        Raises RejectedError when it cannot be written as it stands: nobody to send it to, an answer
        that was not approved, a broken character or header, a template at fault.
        """
        reader = None if letter.to is Role.PELAPOR else self._reader(letter, office)
        told = contents(Occasion(letter, case, office, reader, link, now), self._words)
        subject, text = self._templates.letter(letter.code, told)
        message = EmailMessage(policy=_POLICY)
        name = one_line(office.name, _SENDER_NAME)
        sender = headers.address(self._sender, "the office's mailbox", name)
        message["From"] = headers.mailbox("From", sender)
        message["To"] = headers.mailbox("To", headers.address(*_recipient(letter, case, reader)))
        message["Subject"] = headers.subject(subject)
        moment = now.astimezone(ZoneInfo(office.calendar.zone))
        message["Date"] = headers.fixed("Date", format_datetime(moment))
        self._mark(message, letter)
        if case is not None and reader is None:
            _thread(message, case)
        self._fill(message, text, told)
        return message

    def message_id(self, key: str) -> str:
        """Give the Message-ID of a letter: always the same one, and only we can make it.

        "PKT-2026-0001/T10/1" becomes "<PKT-2026-0001.t10.1.HMAC@domain>".
        """
        number, *rest = key.split("/")
        parts = [_atom(number), *(_atom(part.lower()) for part in rest), self._seal(key)]
        return f"<{'.'.join(parts)}@{self._domain}>"

    @property
    def _domain(self) -> str:
        return self._sender.rpartition("@")[2].lower()

    def _seal(self, key: str) -> str:
        return hmac.digest(self._secret, key.encode(), "sha256").hex()[:16]

    def _reader(self, letter: Letter, office: Office) -> Official:
        """Give the official who holds the role now."""
        people = holders(office, letter.to, letter.kasi)
        found = next((official for official in people if official.address), None)
        if found is None:
            who = " ".join(filter(None, (self._words["role"][letter.to], letter.kasi)))
            raise TransientError(f"the tab Peran has no mail address for {who}")
        return found

    def _mark(self, message: EmailMessage, letter: Letter) -> None:
        """Say what kind of mail it is (RFC 3834 5, Microsoft: MS-OXCMAIL 2.1.3.2.20).

        An answer is a person's word, so it is not marked as automatic; holiday notices to it would
        reach nobody.
        """
        given = self.message_id(letter.key)
        message["Message-ID"] = headers.fixed("Message-ID", given)
        marks = {LOOP_HEADER: self._domain, "X-Auto-Response-Suppress": "OOF, AutoReply"}
        if letter.code is not LetterCode.T10:
            replied = letter.code is LetterCode.T01
            marks["Auto-Submitted"] = "auto-replied" if replied else "auto-generated"
            marks["X-Auto-Response-Suppress"] = "All"
        for name, value in marks.items():
            message[name] = headers.fixed(name, value)

    def _fill(self, message: EmailMessage, text: str, told: Facts) -> None:
        """Put the text in, and beside it the same text as HTML for whoever prefers that."""
        link = str(told.get("tautan", ""))
        shown = link if link.startswith(("https://", "http://")) else ""
        frame = {**told, "judul": str(message["Subject"]), "teks": text, "tautan": shown}
        html = self._templates.frame(frame)
        # no line of quoted-printable can begin like this boundary (RFC 2045 6.7)
        boundary = f"=_{self._seal(str(message['Message-ID']))}"
        message["MIME-Version"] = headers.fixed("MIME-Version", "1.0")
        message["Content-Type"] = headers.fixed(
            "Content-Type", f'multipart/alternative; boundary="{boundary}"'
        )
        message.set_payload([_part("plain", text), _part("html", html)])


def _recipient(letter: Letter, case: Case | None, reader: Official | None) -> tuple[str, str]:
    """Give the address and whose it is."""
    if reader is not None:
        return reader.address, f"{reader.title} in the tab Peran"
    return (case.email if case else ""), f"the complainant of {letter.number}"


def _thread(message: EmailMessage, case: Case) -> None:
    """Tie the letter to the complainant's mail, so that both show as one conversation."""
    reply = headers.message_ids("In-Reply-To", [case.message_id])
    past = headers.message_ids("References", [*case.thread, case.message_id])
    for header in filter(None, (reply, past)):
        message[header.name] = header


def _atom(part: str) -> str:
    """Give what RFC 5322 3.2.3 allows in a Message-ID of a part of a letter's key."""
    return re.sub(r"[^A-Za-z0-9]+", "-", part).strip("-")[:_KEY_PART]


def _part(subtype: str, text: str) -> EmailMessage:
    """Make a part by hand: the library parses each header of it three times over.

    Raises RejectedError when a character cannot be written.
    """
    try:
        octets = text.encode()
    except UnicodeEncodeError as error:
        raise RejectedError("the letter holds half a character") from error
    part = EmailMessage(policy=_POLICY)
    part["Content-Type"] = headers.fixed("Content-Type", f'text/{subtype}; charset="utf-8"')
    part["Content-Transfer-Encoding"] = headers.fixed(
        "Content-Transfer-Encoding", "quoted-printable"
    )
    part.set_payload(_printable(octets))
    return part


def _printable(octets: bytes) -> str:
    """Encode a text as quoted-printable (RFC 2045 6.7).

    Also what old mail programs change at the start of a line: `From ` and a full stop.
    """
    return _FRAGILE.sub(_shielded, binascii.b2a_qp(octets, istext=True).decode("ascii"))


def _shielded(found: re.Match[str]) -> str:
    """Encode the first character of a line; what has no room behind it goes into the next one."""
    line = found[0]
    first = f"={ord(line[0]):02X}"
    if len(line) <= _LINE:
        return first + line[1:]
    return f"{first}=\n{_FRAGILE.sub(_shielded, line[1:])}"

"""Headers that any server takes and nobody can smuggle a line into (RFC 5322, RFC 2047)."""

import re
from collections.abc import Iterable
from email.header import Header
from email.headerregistry import Address
from email.policy import SMTP, Policy
from email.quoprimime import header_encode
from email.utils import quote
from typing import Final, Self

from automation.errors import RejectedError

_ADDRESS: Final = re.compile(r"[^\x00-\x20\x7f-\x9f\s()<>\[\]:;@\\,\"]+")
_ADDRESS_LENGTH: Final = 254  # RFC 5321 4.5.3.1.3, without the angle brackets
_MESSAGE_ID: Final = re.compile(r"<[\x21-\x3b\x3d\x3f-\x7e]+>")
_ID_LENGTH: Final = 250
_LINE: Final = 76  # RFC 2047 2: of a line with encoded words; one word has 75 at most
_THREAD: Final = 12
"""Message-IDs kept of a long conversation: the first and the latest ones."""

_CONTROL: Final = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_ENCODED: Final = "=?"


class Wired(str):
    """A header that already has the form in which it travels.

    The library's own folding loses spaces between encoded words, decodes what only looks like an
    encoded word (a line break may hide in it), and encodes long Message-IDs so that no client finds
    the conversation.
    """

    __slots__ = ("addresses", "name", "wire")
    name: str
    wire: str
    addresses: tuple[Address, ...]

    @classmethod
    def make(cls, name: str, value: str, wire: str) -> Self:
        """Make a header whose value reads `value` and travels as `wire`, ASCII and folded."""
        header = cls(value)
        header.name, header.wire, header.addresses = name, wire, ()
        return header

    def fold(self, *, policy: Policy) -> str:
        """Give the header's lines, as the generator of `email` asks for them."""
        return f"{self.name}: {self.wire}\n".replace("\n", policy.linesep)


def fixed(name: str, value: str) -> Wired:
    """Give a header of our own making: ASCII, short, with nothing in it that came from outside."""
    return Wired.make(name, value, value)


def mailbox(name: str, who: Address) -> object:
    """Give a header with one mail address; its display name travels encoded where it must.

    An address outside ASCII (RFC 6531) is left to the library, which knows both forms of it.
    """
    spec, shown = who.addr_spec, who.display_name
    if not spec.isascii():
        return SMTP.header_factory(name, who)
    wire = spec
    if shown and shown.isascii():
        wire = f'"{quote(shown)}" <{spec}>'
    elif shown:
        wire = "\n ".join((*_words(shown), f"<{spec}>"))
    header = Wired.make(name, str(who), wire)
    header.addresses = (who,)
    return header


def subject(text: str) -> Wired:
    """Give a subject; the words before its first blank stay readable in the source of the mail.

    Raises RejectedError when it holds a line break or another control character.
    """
    if not text or _CONTROL.search(text):
        raise RejectedError("the subject is empty or holds a line break")
    first, _, rest = text.partition(" ")
    if text.isascii() and _ENCODED not in text:
        wire = Header(text, "us-ascii", _LINE, "Subject").encode(linesep="\n")
    elif rest and first.isascii() and _ENCODED not in first:
        wire = "\n ".join((first, *_words(rest)))
    else:
        wire = "\n ".join(_words(text))
    return Wired.make("Subject", text, wire)


def _words(text: str) -> list[str]:
    """Encode a text in words that fit into a line and end between characters (RFC 2047 2, 5)."""
    word = header_encode(text.encode(), "utf-8")
    if len(word) < _LINE:
        return [word]
    half = len(text) // 2
    return _words(text[:half]) + _words(text[half:])


def message_ids(name: str, ids: Iterable[str]) -> Wired | None:
    """Give In-Reply-To or References, one id a line; what is no Message-ID is left out."""
    good = [i for i in dict.fromkeys(ids) if len(i) <= _ID_LENGTH and _MESSAGE_ID.fullmatch(i)]
    kept = good if len(good) <= _THREAD else [good[0], *good[1 - _THREAD :]]
    return Wired.make(name, " ".join(kept), "\n ".join(kept)) if kept else None


def address(raw: str, whose: str, name: str = "") -> Address:
    """Give a mail address for a header, with a display name of ours.

    Raises RejectedError, naming `whose` it is, when it is not one plain address.
    """
    local, at, domain = raw.strip(" ").rpartition("@")
    plain = all(_ADDRESS.fullmatch(part) for part in (local, domain))
    if not at or not plain or _ENCODED in raw or len(raw) > _ADDRESS_LENGTH:
        raise RejectedError(f"{whose} has no usable mail address")
    return Address(display_name=name.replace(_ENCODED, "= ?"), username=local, domain=domain)

"""Is the sender who it says: what the office's own mail server found out (RFC 8601, RFC 7489).

Anybody may write such a header; only the topmost of the server that the operator named is believed.
The verdict is shown and never rejects a mail.
"""

import re
from dataclasses import dataclass
from typing import Final

from automation.model import Authenticity, InboundMail

_HEADER: Final = "authentication-results"
_DMARC: Final = re.compile(r";\s*dmarc\s*=\s*(\w{1,20})([^;]{0,1000})", re.IGNORECASE)
_REJECT: Final = re.compile(
    r"\bp\s*=\s*reject\b|\baction\s*=\s*o?reject\b|\bpolicy\.[\w.-]{1,60}\s*=\s*reject\b",
    re.IGNORECASE,
)
_SIGNED: Final = re.compile(
    r";\s*(?:dkim\s*=\s*pass\b[^;]{0,1000}?\bheader\.[di]\s*=\s*@?"
    r"|spf\s*=\s*pass\b[^;]{0,1000}?\bsmtp\.mailfrom\s*=\s*(?:[^\s;@]{0,100}@)?)([\w.-]{1,255})",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the server found, "" = none was asked; `refused` = the domain wants it rejected."""

    verdict: Authenticity | str = ""
    refused: bool = False


def judged(mail: InboundMail, authserv_id: str) -> Judgement:
    """Give what the office's server says about the sender; `authserv_id` "" = nothing is asked."""
    if not authserv_id:
        return Judgement()
    told = mail.headers.get(_HEADER, ())
    ours = next((value for value in told if _server(value) == authserv_id.lower()), "")
    dmarc = _DMARC.search(ours)
    if dmarc is None or dmarc[1].lower() not in {"pass", "fail"}:
        signed = any(_is_of(mail.from_address, domain) for domain in _SIGNED.findall(ours))
        return Judgement(Authenticity.GENUINE if signed else Authenticity.UNKNOWN)
    verdict = Authenticity(dmarc[1].lower())
    refused = verdict is Authenticity.FORGED and bool(_REJECT.search(dmarc[2]))
    return Judgement(verdict, refused)


def _server(value: str) -> str:
    """Give the name of the server that wrote a result: its first word (RFC 8601 2.2)."""
    first, semicolon, _ = value.partition(";")
    words = first.split()
    return words[0].lower() if words and semicolon else ""


def _is_of(address: str, domain: str) -> bool:
    """Say whether a domain speaks for an address: it is its own, or one above it."""
    own = address.rpartition("@")[2]
    return own == domain.lower() or own.endswith(f".{domain.lower()}")

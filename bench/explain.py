"""Reading a mail: what `pengaduan explain` takes beside imap-tools alone, which judges nothing."""

import json
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime

from imap_tools import MailMessage

from automation.intake.explain import Addresses, explain_file
from bench.mails import OFFICE, mails
from bench.measure import Target
from tests.intake import fuzz

TIMES = 3
_FIRST = datetime(2026, 11, 24, tzinfo=UTC)
_WHO = Addresses.of([OFFICE], [])


@dataclass(frozen=True, slots=True)
class Pace:
    """Milliseconds of CPU for a mail of one kind."""

    name: str
    explain: float
    library: float

    def line(self) -> tuple[str, ...]:
        """Give the row of the table."""
        ratio = f"{self.explain / self.library:.2f}x"
        return (self.name, f"{self.explain:.3f}", f"{self.library:.3f}", ratio)


@dataclass(frozen=True, slots=True)
class Explained:
    """What reading costs, for ordinary mails and for the corpus of odd ones."""

    paces: tuple[Pace, ...]

    def lines(self) -> Iterator[tuple[str, ...]]:
        """Give the rows of the table."""
        return (pace.line() for pace in self.paces)

    def targets(self) -> Iterator[Target]:
        """Give what was promised."""
        for pace in self.paces:
            ratio = pace.explain / pace.library
            yield Target(f"explain of {pace.name}, of MailMessage's", ratio, 3, "x")


def explained(count: int) -> Explained:
    """Measure both on the same mails."""
    kinds = {"ordinary mails": list(mails(count, _FIRST)), "the corpus": fuzz.mails()}
    return Explained(
        tuple(Pace(name, _pace(_ours, raw), _pace(_library, raw)) for name, raw in kinds.items())
    )


def _pace(read: Callable[[bytes], object], raw: Sequence[bytes]) -> float:
    return min(_taken(read, raw) for _ in range(TIMES)) / len(raw) * 1_000


def _taken(read: Callable[[bytes], object], raw: Sequence[bytes]) -> float:
    begun = time.process_time()
    for content in raw:
        read(content)
    return time.process_time() - begun


def _ours(content: bytes) -> object:
    return json.dumps(explain_file("surat.eml", content, _WHO), ensure_ascii=False)


def _library(content: bytes) -> object:
    """Ask for the same facts; where the library raises, the mail counts as read."""
    mail = MailMessage.from_bytes(content)
    with suppress(Exception):
        files = [(file.filename, file.content_type, file.size) for file in mail.attachments]
        whom = (mail.from_values, mail.to, mail.cc, mail.date, mail.headers)
        return (mail.subject, mail.text or mail.html, files, whom)
    return None

"""Mails of the corpus, damaged at random: `python -m tests.intake.fuzz [MINUTES]` until it is over.

A damage on which the reading breaks is written beside the finding, to be looked at and to become a
mail of the corpus. The tests run a fixed number of the same damages.
"""

import argparse
import json
import random
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Final

from automation.intake.explain import Addresses, explain_file
from tests.intake.cleanness import UNCLEAN, read_or_refused, strings

CORPUS: Final = Path(__file__).with_name("corpus")
WHO: Final = Addresses.of(["pengaduan@contoh.example"], ["petugas@contoh.example"])
SLOW: Final = 5.0  # seconds of CPU that no mail may take
_LONGEST: Final = 300_000  # bytes of a mail that grows by its damages
_PIECES: Final = (
    *(b"\r\n", b"\n", b"\r", b"\r\n\r\n", b"\0", b"\t", b" ", b'"', b"<", b">", b"(", b",", b";"),
    *(b"=?utf-8?q?=C3?=", b"=?x?b?w6k=?=", b"=?utf-8?q?=0D=0A?=", b"\xff\xfe", b"\xed\xa0\x80"),
    *(b"--b", b"--b--", b"--=_luar--", b"Content-Type: multipart/mixed; boundary=b\r\n"),
    *(b"Content-Type: message/rfc822\r\n", b"Content-Transfer-Encoding: base64\r\n", b"charset="),
    *(
        b"filename*0*=utf-8''%C3",
        b"\nbegin 644 x\n",
        b"\nend\n",
        b"\x78\x9f\x3e\x22",
        b"<p hidden>",
    ),
    *("\u202e\u0301".encode(), b"Pada 1 a@b.example menulis:\n> ", b"Fwd: ", b"PKT-2026-0140"),
)


def mails() -> list[bytes]:
    """Give the corpus, in the same order everywhere."""
    return [path.read_bytes() for path in sorted(CORPUS.glob("*.eml"))]


def damaged(chance: random.Random, corpus: Sequence[bytes]) -> bytes:
    """Damage a mail in one to eight places."""
    content = chance.choice(corpus)
    for _ in range(chance.randint(1, 8)):
        content = chance.choice(_DAMAGES)(chance, content, corpus)[:_LONGEST]
    return content


def fault_of(content: bytes) -> str:
    """Say what is wrong with the reading of these bytes, or "" when nothing is."""
    begun = time.process_time()
    try:
        unclean = read_or_refused(content)
        fact = explain_file("surat.eml", content, WHO)
        unclean += [text for text in strings(fact) if UNCLEAN.search(text)]
        json.dumps(fact, ensure_ascii=False).encode()
    except Exception as error:  # noqa: BLE001 - whatever it is, it is the finding
        return repr(error)
    if "the worker failed" in str(fact["reason"]):
        return str(fact["reason"])
    if time.process_time() - begun > SLOW:
        return f"it takes more than {SLOW} s"
    return f"unclean: {unclean[0]!r}" if unclean else ""


# --- damages ------------------------------------------------------------------------------------

Damage = Callable[[random.Random, bytes, Sequence[bytes]], bytes]


def _span(chance: random.Random, content: bytes) -> tuple[int, int]:
    start = chance.randint(0, len(content))
    return start, min(len(content), start + int(chance.expovariate(0.02)))


def _flip(chance: random.Random, content: bytes, _corpus: Sequence[bytes]) -> bytes:
    if not content:
        return content
    at = chance.randrange(len(content))
    return content[:at] + bytes([content[at] ^ 1 << chance.randrange(8)]) + content[at + 1 :]


def _lose(chance: random.Random, content: bytes, _corpus: Sequence[bytes]) -> bytes:
    start, end = _span(chance, content)
    return content[:start] + content[end:]


def _repeat(chance: random.Random, content: bytes, _corpus: Sequence[bytes]) -> bytes:
    start, end = _span(chance, content)
    return content[:end] + content[start:end] * chance.choice((1, 2, 50)) + content[end:]


def _insert(chance: random.Random, content: bytes, _corpus: Sequence[bytes]) -> bytes:
    at = chance.randint(0, len(content))
    piece = chance.choice((chance.choice(_PIECES), chance.randbytes(chance.randint(1, 8))))
    return content[:at] + piece + content[at:]


def _cut(chance: random.Random, content: bytes, _corpus: Sequence[bytes]) -> bytes:
    return content[: chance.randint(0, len(content))]


def _splice(chance: random.Random, content: bytes, corpus: Sequence[bytes]) -> bytes:
    other = chance.choice(corpus)
    return content[: chance.randint(0, len(content))] + other[chance.randint(0, len(other)) :]


_DAMAGES: Final[tuple[Damage, ...]] = (_flip, _lose, _repeat, _insert, _insert, _cut, _splice)


# --- as a program -------------------------------------------------------------------------------


def findings(until: float, seed: int) -> Iterator[tuple[bytes, str]]:
    """Damage mails until that moment of the monotonic clock; give what breaks the reading."""
    chance, corpus = random.Random(seed), mails()
    count = 0
    while time.monotonic() < until:
        content = damaged(chance, corpus)
        count += 1
        if fault := fault_of(content):
            yield content, fault
    print(f"{count} damaged mails read")  # noqa: T201 - of the program


def main() -> None:
    """Run until the time is over; exit 1 when something was found."""
    reader = argparse.ArgumentParser(description="Damage mails of the corpus and read them.")
    reader.add_argument("minutes", type=float, nargs="?", default=10.0)
    reader.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**9))
    asked = reader.parse_args()
    print(f"seed {asked.seed}")  # noqa: T201 - of the program
    found = 0
    for found, (content, fault) in enumerate(
        findings(time.monotonic() + 60 * asked.minutes, asked.seed), start=1
    ):
        file = Path(f"fuzz-{asked.seed}-{found}.eml")
        file.write_bytes(content)
        print(f"{file}: {fault}")  # noqa: T201 - of the program
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()

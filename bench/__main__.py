"""Print the measurements as tables: `python -m bench [MAILS]`."""

import platform
import sys

from bench.idle import idle
from bench.ingest import ingest
from tests.contract.inboxes import DOVECOT


def main(count: int = 1_000) -> None:
    """Measure and print."""
    if not DOVECOT.exists():
        sys.exit("the mailbox of the measurement is a Dovecot: apt-get install dovecot-imapd")
    print(f"Python {platform.python_version()} on {platform.machine()}")
    measured = ingest(count)
    print(f"\nIngest of {measured.mails} mails, {measured.megabytes:.0f} MB\n")
    _table(("", "wall", "of floor", "CPU", "memory", "calls a mail"), list(measured.lines()))
    print("\nAn idle pass\n")
    _table(("", "wall", "CPU", "of floor", "memory", "calls"), list(idle()))


def _table(head: tuple[str, ...], lines: list[tuple[str, ...]]) -> None:
    widths = [max(map(len, column)) for column in zip(head, *lines, strict=True)]
    for line in (head, *lines):
        first, *rest = (cell.ljust(w) for cell, w in zip(line, widths, strict=True))
        print(
            "  ".join(
                (first, *(cell.strip().rjust(w) for cell, w in zip(rest, widths[1:], strict=True)))
            )
        )


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))

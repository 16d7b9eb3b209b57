"""Print the measurements as tables: `python -m bench [MAILS]`, a thousand unless told."""

import argparse
import os
import platform
import sys
from collections.abc import Iterable

from bench import explain, idle, ingest
from tests.contract.inboxes import DOVECOT

_TARGETS = ("target", "measured", "at most", "")


def main() -> None:
    """Measure and print."""
    reader = argparse.ArgumentParser(prog="python -m bench", description="Measure the worker.")
    reader.add_argument("mails", type=int, nargs="?", default=1_000, help="how many (1000)")
    count = reader.parse_args().mails
    if not DOVECOT.exists():
        sys.exit("the mailbox of the measurement is a Dovecot: apt-get install dovecot-imapd")
    print(f"Python {platform.python_version()}, {platform.platform()}, {os.cpu_count()} CPUs")
    taken = ingest.ingest(count)
    print(f"\nIngest of {taken.mails} mails, {taken.megabytes:.0f} MB; best of {ingest.TIMES}\n")
    _table(("", "wall", "of floor", "CPU", "memory", "calls a mail"), taken.lines())
    none = idle.idle()
    print(f"\nAn idle pass, and the start; best of {idle.TIMES}\n")
    _table(("", "wall", "CPU", "of floor", "memory", "calls"), none.lines())
    read = explain.explained(count)  # last: a child begins with the memory of its parent
    print(f"\nReading a mail, ms of CPU; best of {explain.TIMES}\n")
    _table(("", "explain", "MailMessage", ""), read.lines())
    print()
    _table(_TARGETS, (each.line() for each in (*taken.targets(), *none.targets(), *read.targets())))


def _table(head: tuple[str, ...], lines: Iterable[tuple[str, ...]]) -> None:
    rows = [head, *lines]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for first, *rest in rows:
        cells = (cell.rjust(width) for cell, width in zip(rest, widths[1:], strict=True))
        print("  ".join((first.ljust(widths[0]), *cells)).rstrip())


if __name__ == "__main__":
    main()

"""The way letters do not leave: an office rehearses, everything happens but the sending."""

from collections.abc import Callable
from email.message import EmailMessage
from typing import Self


class NullOutbound:
    """Counts letters and discards them; `sink` gets one line for each (the log)."""

    def __init__(self, sink: Callable[[str], None]) -> None:
        self._sink = sink
        self.count = 0

    def __enter__(self) -> Self:
        """Be ready; there is nothing to open."""
        return self

    def __exit__(self, *exc: object) -> None:
        """Leave; there is nothing to close."""

    def send(self, message: EmailMessage) -> str:
        """Discard the letter and say so by the receipt `null`. Raises nothing."""
        self.count += 1
        self._sink(f"letter={message.get('Message-ID', '')} discarded: rehearsal")
        return "null"

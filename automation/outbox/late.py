"""The outbox, made when the first letter of a pass wants to leave.

Most passes send nothing, and what letters are made of and leave by costs a tenth of such a pass to
import (bench/).
"""

from collections.abc import Callable
from datetime import datetime
from email.message import EmailMessage
from functools import cached_property
from typing import Self

from automation.model import Case, Letter, Office
from automation.ports import Letters, Outbound


class LateLetters:
    """The letters of the writer that `make` gives; raises what that writer raises."""

    def __init__(self, make: Callable[[], Letters]) -> None:
        self._make = make

    def compose(
        self, letter: Letter, case: Case | None, office: Office, link: str, now: datetime
    ) -> EmailMessage:
        """Write the letter as the writer does."""
        return self._writer.compose(letter, case, office, link, now)

    def message_id(self, key: str) -> str:
        """Give the Message-ID of the letter with this key."""
        return self._writer.message_id(key)

    @cached_property
    def _writer(self) -> Letters:
        return self._make()


class LateOutbound:
    """The way out that `make` gives; raises what that way raises."""

    def __init__(self, make: Callable[[], Outbound]) -> None:
        self._make = make

    def __enter__(self) -> Self:
        """Be ready to send."""
        self._way.__enter__()
        return self

    def __exit__(self, *exc: object) -> None:
        """Say goodbye."""
        self._way.__exit__(*exc)

    def send(self, message: EmailMessage) -> str:
        """Hand the letter over and give the server's reply."""
        return self._way.send(message)

    @cached_property
    def _way(self) -> Outbound:
        return self._make()

"""What a decision needs beside the case."""

from dataclasses import dataclass
from datetime import datetime

from automation.model import Letter, Office
from automation.workflow.table import ANSWERS


@dataclass(frozen=True, slots=True)
class Desk:
    """What a decision needs beside the case: the moment, the office, the case's letters so far."""

    now: datetime
    office: Office
    letters: tuple[Letter, ...] = ()

    def answer(self) -> Letter | None:
        """Give the latest letter that carries the approved answer."""
        carrying = [letter for letter in self.letters if letter.code in ANSWERS]
        return carrying[-1] if carrying else None

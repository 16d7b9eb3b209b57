"""What a decision needs beside the case."""

from dataclasses import dataclass
from datetime import datetime

from automation.model import Letter, Office
from automation.workflow.table import ANSWERS


def latest_answer(letters: tuple[Letter, ...]) -> Letter | None:
    """Give the latest letter that carries an approved answer."""
    carrying = [letter for letter in letters if letter.code in ANSWERS]
    return carrying[-1] if carrying else None


@dataclass(frozen=True, slots=True)
class Desk:
    """What a decision needs beside the case: the moment, the office, the case's letters so far."""

    now: datetime
    office: Office
    letters: tuple[Letter, ...] = ()

    def answer(self) -> Letter | None:
        """Give the latest letter that carries the approved answer."""
        return latest_answer(self.letters)

"""A letter to the complainant came back: the citizen was not reached, and a person must know."""

from dataclasses import replace
from typing import Final

from automation.model import Case, Decision, Event, Letter, LetterCode, Note, Role
from automation.workflow.desk import Desk
from automation.workflow.table import ADDRESSEE

_REASON: Final = (
    "email kembali dari server penerima. Bila memuat tanggapan, mohon disampaikan lewat telepon/WA"
)


def concerns_complainant(code: str) -> bool:
    """Say whether a letter with this code ("t01") went to the complainant."""
    known = {c.value: c for c in LetterCode}.get(code.upper())
    return known is not None and ADDRESSEE[known] is Role.PELAPOR


def returned(case: Case, desk: Desk) -> Decision:
    """Say it in the row, unless something else is wrong there, and tell the Petugas once.

    The case goes on where it stands: what left the house has left it.
    """
    notice = Letter(
        key=f"{case.number}/{LetterCode.T16}/kembali",
        code=LetterCode.T16,
        number=case.number,
        to=ADDRESSEE[LetterCode.T16],
        facts={"sebab": _REASON},
        not_before=desk.now,
    )
    return Decision(
        replace(case, problem=case.problem or Note("email_kembali")),
        letters=(notice,),
        events=(Event(desk.now, case.number, Role.SISTEM, "email_kembali"),),
    )

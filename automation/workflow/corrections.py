"""Until when what the Petugas corrects in a row still counts."""

from dataclasses import replace

from automation.model import Case, Letter, LetterCode, Stage
from automation.workflow.desk import latest_answer
from automation.workflow.needs import doubtful, not_left


def corrected(case: Case, told: Case, letters: tuple[Letter, ...]) -> Case:
    """Take over what the Petugas corrected in the row, as far as it can still do good.

    While an answer by mail has not left, its address counts as corrected: a wrong one is the usual
    reason why it does not arrive. Other than that an approved answer's papers are closed.
    """
    if case.stage in {Stage.SUDAH_DISAMPAIKAN, Stage.SELESAI}:
        return case
    if case.stage is not Stage.SIAP_DISAMPAIKAN:
        return told
    answer = latest_answer(letters)
    if answer is None or answer.code is not LetterCode.T10:
        return case
    if not_left(answer) or doubtful(answer):
        return replace(case, email=told.email, phone=told.phone)
    return case

"""What each act of the table changes in a case, besides the stage."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final

from automation.model import Act, Case, Edit, Fate, Stage
from automation.workflow.desk import Desk
from automation.workflow.needs import draft
from automation.workflow.table import Move


def changed(case: Case, row: Move, desk: Desk, edit: Edit | None = None) -> Case:
    """Give the case after a lawful row, still at its old stage; `edit` = the choice, if one."""
    return _CHANGES.get(row.act, _nothing)(case, row, desk, edit)


def _nothing(case: Case, _row: Move, _desk: Desk, _edit: Edit | None) -> Case:
    return case


def _assign(case: Case, _row: Move, _desk: Desk, edit: Edit | None) -> Case:
    return replace(case, kasi=edit.kasi if edit else case.kasi)


def _seal(case: Case, _row: Move, _desk: Desk, _edit: Edit | None) -> Case:
    """Freeze the draft as the next version, byte for byte; a withdrawn approval counts no more."""
    text = draft(case)
    fresh = (text,) if text.strip() else ()
    return replace(case, versions=case.versions + fresh, approved=0, approved_at=None)


def _approve(case: Case, row: Move, desk: Desk, edit: Edit | None) -> Case:
    said = replace(case, approval=edit.typed if edit else "")
    if row.at is Stage.SIAP_DISAMPAIKAN:
        return said
    return replace(said, approved=len(case.versions), approved_at=desk.now)


def _return(case: Case, _row: Move, _desk: Desk, _edit: Edit | None) -> Case:
    return replace(case, rounds=case.rounds + 1, approved=0, approved_at=None)


def _convey(case: Case, _row: Move, desk: Desk, _edit: Edit | None) -> Case:
    answer = desk.answer()
    sent = answer.settled_at if answer and answer.fate is Fate.SENT and case.email else None
    return replace(case, conveyed_at=sent or desk.now)


_CHANGES: Final[Mapping[Act, Callable[[Case, Move, Desk, Edit | None], Case]]] = {
    Act.DISPOSISI: _assign,
    Act.DIAJUKAN: _seal,
    Act.DRAF_BERUBAH: _seal,
    Act.DISETUJUI: _approve,
    Act.DIKEMBALIKAN: _return,
    Act.TERKIRIM: _convey,
    Act.SUDAH_DISAMPAIKAN: _convey,
}

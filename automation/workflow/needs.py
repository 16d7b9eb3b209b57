"""What must hold beside the stage before a choice is obeyed: one judgement for each `Need`."""

from collections.abc import Callable, Mapping
from typing import Final

from automation.model import Act, Case, Edit, Fate, Letter, Note
from automation.workflow.desk import Desk
from automation.workflow.table import Need

_ATTEMPTS: Final = 4
"""Refusals for the time being after which the Petugas may act: 95 minutes are soon over."""


def draft(case: Case) -> str:
    """Give what stands in the draft's cell."""
    return case.fields.get("draf", "")


def _sealed(case: Case) -> str:
    return case.versions[-1] if case.versions else ""


def not_left(letter: Letter | None) -> bool:
    """Say whether an answer has certainly not left the house."""
    return letter is None or letter.fate in {Fate.PLANNED, Fate.FAILED, Fate.CANCELLED}


def doubtful(letter: Letter | None) -> bool:
    """Say whether nobody knows that an answer arrived, it is known not to have, or it is late."""
    if letter is None:
        return False
    late = letter.fate is Fate.PLANNED and letter.attempts >= _ATTEMPTS
    return late or letter.fate in {Fate.HELD, Fate.FAILED}


_HOLDS: Final[Mapping[Need, Callable[[Case, Edit, Desk], bool]]] = {
    Need.DRAFT: lambda case, _edit, _desk: bool(draft(case).strip()),
    Need.UNCHANGED: lambda case, _edit, _desk: draft(case) == _sealed(case),
    Need.REASON: lambda case, _edit, _desk: bool(case.fields.get("catatan_camat", "").strip()),
    Need.NOT_LEFT: lambda _case, _edit, desk: not_left(desk.answer()),
    Need.DOUBTFUL: lambda _case, _edit, desk: doubtful(desk.answer()),
    Need.OTHER_KASI: lambda case, edit, _desk: edit.kasi != case.kasi,
}

MENDABLE: Final = frozenset({Need.DRAFT, Need.REASON})
"""Needs that the row itself may come to meet: the choice stands until then."""

_NOTES: Final = {
    Need.DRAFT: "isi_draf",
    Need.REASON: "isi_catatan_camat",
    Need.NOT_LEFT: "sudah_keluar",
    Need.OTHER_KASI: "kasi_sama",
}


def complaint(need: Need, case: Case, edit: Edit) -> Note:
    """Give the sentence about a need that does not hold."""
    if need is Need.NOT_LEFT and not case.email:
        return Note("sudah_di_petugas")
    if need is Need.DOUBTFUL:
        return Note("belum_gagal" if edit.act is Act.KIRIM_ULANG else "lewat_email")
    return Note(_NOTES[need], {"kasi": case.kasi} if need is Need.OTHER_KASI else {})


def unmet(needs: tuple[Need, ...], case: Case, edit: Edit, desk: Desk) -> Need | None:
    """Give the first need that does not hold."""
    return next((need for need in needs if not _HOLDS[need](case, edit, desk)), None)


def unfinished(note: Note | None) -> bool:
    """Say whether a sentence asks for something that is still missing in the row."""
    return note is not None and note.key in {_NOTES[need] for need in MENDABLE}

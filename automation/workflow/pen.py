"""What a person's choice about a mail in the pen leads to. Pure: judged here, done by the worker.

A mail becomes a case, or part of one, once in its life; whatever is chosen afterwards is answered
and not obeyed.
"""

from datetime import datetime
from typing import Final

from automation.model import (
    Case,
    Decision,
    Event,
    InboundMail,
    MailRecord,
    Note,
    PenChoice,
    PenEdit,
    Role,
    Ruling,
    Verdict,
)
from automation.workflow import decide
from automation.workflow.desk import Desk

_MACHINES: Final = frozenset({Verdict.AUTO_REPLY, Verdict.BOUNCE, Verdict.BULK})
_SETTLED: Final = frozenset(
    {Verdict.COMPLAINT, Verdict.FOLLOW_UP, Verdict.STATUS_QUERY, Verdict.RATING, Verdict.DUPLICATE}
)
"""Mails of a case from the first: they have no row, unless somebody types one."""


def unmet(
    edit: PenEdit, mail: MailRecord | None, case: Case | None, before: Ruling | None
) -> Note | None:
    """Say why a choice is not obeyed; None = it is.

    `case` = the one that its number names; `before` = what followed from an earlier choice.
    """
    if before is not None and before.number:
        return Note("sudah", {"nomor": before.number})
    if not edit.agreed:
        return Note("salinan")
    if edit.choice is None:
        return Note("kata_tidak_dikenal", {"kata": edit.typed.partition("\t")[0]})
    if mail is None:
        return Note("tidak_dikenal")
    if mail.verdict in _SETTLED:
        return Note("sudah", {"nomor": mail.number})
    return _unmet_number(edit, mail, case) if edit.choice is PenChoice.MERGE else None


def _unmet_number(edit: PenEdit, mail: MailRecord, case: Case | None) -> Note | None:
    if not edit.target:
        return Note("isi_nomor")
    if case is None:
        return Note("nomor_tidak_dikenal", {"kata": edit.target})
    if mail.verdict is Verdict.CONFIDENTIAL_REQUEST and mail.number == case.number:
        return Note("sudah", {"nomor": case.number})  # its text was added when it came
    return None


def may_answer(mail: MailRecord, colleagues: frozenset[str]) -> bool:
    """Say whether the sender of a released mail complains, and may be answered by letters.

    Never a machine (RFC 3834 2) or nobody; a colleague only hands on what somebody else wrote.
    """
    sender = mail.from_address
    machine = mail.verdict in _MACHINES or mail.rule == "nobody"
    return "@" in sender and not machine and sender not in colleagues


# --- what follows -------------------------------------------------------------------------------


def made_a_case(mail: InboundMail, number: str, desk: Desk, code: str, *, known: bool) -> Decision:
    """Open a case for the mail; the history says that a person chose it."""
    decision = decide.released(mail, number, desk, known=known)
    return _told(decision, number, "surat_jadi_pengaduan", code, desk.now)


def added(case: Case, mail: InboundMail, desk: Desk, code: str) -> Decision:
    """Add the mail to a case, as the complainant's own addition would be."""
    decision = decide.followed_up(case, mail, desk)
    return _told(decision, case.number, "surat_digabungkan", code, desk.now)


def left(code: str, now: datetime) -> Event:
    """Tell the history that a mail needs nothing."""
    return Event(now, "", Role.PETUGAS, "surat_dibiarkan", {"kode": code})


def _told(decision: Decision, number: str, kind: str, code: str, now: datetime) -> Decision:
    chosen = Event(now, number, Role.PETUGAS, kind, {"kode": code})
    return Decision(decision.case, decision.letters, decision.cancelled, (chosen, *decision.events))

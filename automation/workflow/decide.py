"""From a case and what happened to it to its new state and effects: the table rules, this obeys.

Nothing here is done yet when it is decided: the worker writes a `Decision` into the ledger, whole,
and only then acts.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Final

from automation.model import (
    Act,
    Case,
    Channel,
    Decision,
    Edit,
    Event,
    Fate,
    InboundMail,
    Letter,
    LetterCode,
    Note,
    Office,
    Role,
    Stage,
)
from automation.workflow import acts, needs, worktime
from automation.workflow.desk import Desk
from automation.workflow.effects import planned, told, undelivered
from automation.workflow.needs import MENDABLE, doubtful, draft, not_left
from automation.workflow.table import ANSWERS, CLOSED, HOLDER, Move, Need, Way, move

STATUS_COLUMN: Final = {
    Role.PETUGAS: "status_petugas",
    Role.SEKCAM: "disposisi",
    Role.KASI: "status_kasi",
    Role.CAMAT: "keputusan_camat",
}
"""The column in which each role decides, by its name in register.toml."""

_TROUBLES: Final = {
    Fate.FAILED: "email_gagal",
    Fate.HELD: "email_ragu",
    Fate.PLANNED: "email_tertunda",
}
"""The sentence in the row by what became of an answer."""

_LATE: Final = "Susulan"
"""The first mark of a complaint that was taken down on paper and typed later."""

_TITLES: Final = {Role.SEKCAM: "Sekcam", Role.CAMAT: "Camat", Role.PETUGAS: "Petugas"}


# --- a case begins ------------------------------------------------------------------------------


def received(mail: InboundMail, number: str, desk: Desk, *, from_staff: bool = False) -> Decision:
    """Open a case for a mail; what a colleague handed on waits, unanswered, for the Petugas."""
    case = _mailed(mail, number, desk, known=True)
    recorded = Event(desk.now, number, Role.SISTEM, "dicatat", {"kanal": case.channel})
    if from_staff:
        return Decision(case, events=(recorded,))
    return _before(_follow(case, _row(Role.SISTEM, Act.DITERIMA, case), desk), recorded)


def released(mail: InboundMail, number: str, desk: Desk, *, known: bool) -> Decision:
    """Open a case for a mail from the pen, as if the Petugas had typed it and said Catat.

    The clock starts now. `known` = its sender complains, and may be answered.
    """
    case = _mailed(mail, number, desk, known=known)
    recorded = Event(desk.now, number, Role.PETUGAS, "dicatat", {"kanal": case.channel})
    return _before(_follow(case, _row(Role.PETUGAS, Act.CATAT, case), desk), recorded)


def _mailed(mail: InboundMail, number: str, desk: Desk, *, known: bool) -> Case:
    return replace(
        _blank(number, Channel.EMAIL, desk),
        name=mail.from_name if known else "",
        email=(mail.reply_to or mail.from_address) if known else "",
        subject=mail.subject,
        text=mail.text,
        attachments=tuple(a.name for a in mail.attachments),
        message_id=mail.message_id,
        thread=mail.references,
        mail_key=mail.key,
        whole=mail.whole,
    )


def entered(case: Case, fields: Mapping[str, str], desk: Desk) -> Decision:
    """Open a case for a row that the Petugas typed and marked Catat; `case` holds its cells."""
    opened = replace(
        case,
        fields=fields,
        handled={STATUS_COLUMN[Role.PETUGAS]: fields[STATUS_COLUMN[Role.PETUGAS]]},
    )
    recorded = Event(desk.now, case.number, Role.PETUGAS, *_entered(case))
    return _before(_follow(opened, _row(Role.PETUGAS, Act.CATAT, opened), desk), recorded)


def _entered(case: Case) -> tuple[str, dict[str, str]]:
    facts = {"kanal": case.channel.value}
    if _LATE not in case.trail:
        return "dicatat", facts
    return "dicatat_susulan", {**facts, "waktu": f"{case.recorded:%d/%m/%Y pukul %H.%M}"}


def typed(number: str, channel: Channel, desk: Desk) -> Case:
    """Give an empty case for a hand-entered row; its clock starts now."""
    return _blank(number, channel, desk)


def handwritten(number: str, channel: Channel, at: datetime, desk: Desk) -> Case:
    """Give an empty case for what was taken down on paper at that moment: its clock began then.

    Its deadline may be over before anybody at the sheet saw it; that is how it was.
    """
    return replace(_blank(number, channel, replace(desk, now=at)), trail=(_LATE,))


def _blank(number: str, channel: Channel, desk: Desk) -> Case:
    calendar = desk.office.calendar
    return Case(
        number=number,
        stage=Stage.PERLU_DIPILAH,
        channel=channel,
        recorded=desk.now,
        starts=worktime.opens(desk.now, calendar),
        due=worktime.due(desk.now, desk.office.promise, calendar),
        entered=desk.now,
    )


def _before(decision: Decision, event: Event) -> Decision:
    return replace(decision, events=(event, *decision.events))


# --- somebody decides ---------------------------------------------------------------------------


def edited(case: Case, edit: Edit, desk: Desk) -> Decision:
    """Obey a choice that is a row of the table and whose needs hold; flag any other."""
    if edit.column in case.clearing and case.handled.get(edit.column) == edit.typed:
        return Decision(case)
    case = replace(case, fields=edit.fields)
    if edit.act is None:
        return _refuse(case, edit, Note("kata_tidak_dikenal", _where(edit)), desk)
    row = move(edit.role, edit.act, case.stage, _way(case))
    if row is None:
        return _refuse(
            case, edit, Note("tidak_berlaku", {**_where(edit), "tahap": case.stage}), desk
        )
    unmet = needs.unmet(row.needs, case, edit, desk)
    if unmet is Need.UNCHANGED:
        return draft_changed(_done(case, edit), desk)
    if unmet is not None:
        return _refuse(
            case, edit, needs.complaint(unmet, case, edit), desk, again=unmet in MENDABLE
        )
    return _follow(_done(case, edit), row, desk, edit)


def _where(edit: Edit) -> dict[str, str]:
    return {"kata": edit.typed, "kolom": edit.column}


def _done(case: Case, edit: Edit) -> Case:
    return replace(
        case,
        handled={**case.handled, edit.column: edit.typed},
        clearing=case.clearing - {edit.column},
    )


def _refuse(case: Case, edit: Edit, note: Note, desk: Desk, *, again: bool = False) -> Decision:
    """Say what is wrong, once; `again` = the choice stands and is judged anew next time."""
    kept = case if again else _done(case, edit)
    if again and case.problem == note:
        return Decision(kept)
    refused = Event(desk.now, case.number, edit.role, "ditolak", _where(edit))
    return Decision(replace(kept, problem=note), events=(refused,))


def calmed(case: Case) -> Case:
    """Take back a complaint about an unfinished choice that was meanwhile withdrawn."""
    return replace(case, problem=None) if needs.unfinished(case.problem) else case


# --- what happens by itself ---------------------------------------------------------------------


def draft_changed(case: Case, desk: Desk) -> Decision:
    """Re-open the question: what the Camat saw is not what stands there (sealed approval)."""
    row = _row(Role.SISTEM, Act.DRAF_BERUBAH, case)
    decision = _follow(case, row, desk)
    if not draft(case).strip():
        emptied = replace(decision.case, problem=Note("isi_draf"))
        return replace(decision, case=emptied, letters=())
    note = Note("draf_berubah", {"versi": str(len(decision.case.versions))})
    return replace(decision, case=replace(decision.case, problem=note))


def ticked(case: Case, desk: Desk) -> Decision:
    """Look after a case whose answer is on its way out: changed draft, sent, refused, uncertain."""
    answer = desk.answer()
    if case.stage is not Stage.SIAP_DISAMPAIKAN or answer is None:
        return Decision(case)
    if not_left(answer) and _draft_differs(case):
        return draft_changed(case, desk)
    if not_left(answer) and not _approval_stands(case):
        return _taken_back(case, desk)
    if answer.fate is Fate.SENT and answer.code is LetterCode.T10 and _way(case) is Way.EMAIL:
        return _follow(case, _row(Role.SISTEM, Act.TERKIRIM, case), desk)
    if answer.code is LetterCode.T10 and doubtful(answer):
        return _troubled(case, answer, desk)
    return Decision(case)


def _draft_differs(case: Case) -> bool:
    return "draf" in case.fields and draft(case) != case.versions[case.approved - 1]


def _approval_stands(case: Case) -> bool:
    column = STATUS_COLUMN[Role.CAMAT]
    return column not in case.fields or case.fields[column] == case.approval


def _taken_back(case: Case, desk: Desk) -> Decision:
    """Stop an answer whose approval no longer stands in the Camat's cell: emptied, or another word.

    A return that only lacks its reason keeps standing, and is judged anew when the reason is there.
    """
    decision = _follow(case, _row(Role.SISTEM, Act.DITARIK, case), desk)
    after = replace(decision.case, approved=0, approved_at=None, problem=Note("ditarik"))
    if needs.unfinished(case.problem):
        after = replace(after, problem=case.problem, handled=case.handled, clearing=case.clearing)
    return replace(decision, case=after)


def _troubled(case: Case, answer: Letter, desk: Desk) -> Decision:
    """Tell the Petugas, once for each answer, that the mail did not certainly arrive.

    It is the Petugas's turn now. An answer that is only late is told in the row alone.
    """
    note = Note(_TROUBLES[answer.fate])
    if case.problem is not None and case.problem.key == note.key:
        return Decision(case)
    notice = undelivered(answer, desk.now)
    known = any(letter.key == notice.key for letter in desk.letters)
    after = _emptied(replace(case, problem=note), Role.PETUGAS)
    return Decision(after, letters=() if known or answer.fate is Fate.PLANNED else (notice,))


def archived(case: Case, desk: Desk) -> Decision:
    """Close a conveyed case whose papers are on the shelf."""
    return _follow(case, _row(Role.SISTEM, Act.DIARSIPKAN, case), desk)


def followed_up(case: Case, mail: InboundMail, desk: Desk) -> Decision:
    """Add what the complainant wrote later, with its date; the first text and the clock stay.

    From then on the text of the row is the worker's, also in a row that was typed by hand. Nobody
    looks at a closed row any more, so it says that there is something new.
    """
    stamp = f"[{desk.now:%d/%m/%Y %H.%M}]"
    added = replace(
        case,
        text=f"{case.text}\n\n{stamp} {mail.own_text or mail.text}".strip(),
        attachments=case.attachments + tuple(a.name for a in mail.attachments),
        mail_key=case.mail_key or mail.key,
        whole=case.whole and mail.whole,
        problem=Note("keterangan_baru") if case.stage in CLOSED else case.problem,
    )
    return Decision(added, events=(Event(desk.now, case.number, Role.PELAPOR, "keterangan"),))


# --- following a row ----------------------------------------------------------------------------


def _way(case: Case) -> Way:
    return Way.EMAIL if case.email else Way.HAND


def _row(by: Role, act: Act, case: Case) -> Move:
    row = move(by, act, case.stage, _way(case))
    if row is None:
        message = f"{by} {act} is no move at {case.stage}"
        raise ValueError(message)
    return row


def _follow(case: Case, row: Move, desk: Desk, edit: Edit | None = None) -> Decision:
    """Carry out a lawful row: new stage, what the act changes, letters, history."""
    changed = acts.changed(case, row, desk, edit)
    moved = row.to is not row.at or bool(row.letters)
    after = replace(
        changed,
        stage=row.to,
        entered=desk.now if moved else case.entered,
        problem=None,
        trail=case.trail + _mark(case, row, desk),
    )
    if moved:
        after = _emptied(after, HOLDER.get(row.to))
    letters = tuple(planned(code, after, desk) for code in _wanted(row, case))
    return Decision(
        replace(after, acknowledged=after.acknowledged or LetterCode.T01 in row.letters),
        letters=letters,
        cancelled=_withdrawn(row, desk),
        events=(told(after, row, desk),),
    )


def _wanted(row: Move, case: Case) -> tuple[LetterCode, ...]:
    """Give a row's letters; an acknowledgement goes out once in the life of a case."""
    return tuple(c for c in row.letters if not (c is LetterCode.T01 and case.acknowledged))


def _withdrawn(row: Move, desk: Desk) -> tuple[str, ...]:
    """Answers still in the hold must not leave once the case left that stage unsent."""
    if row.at is not Stage.SIAP_DISAMPAIKAN or row.act in {Act.TERKIRIM, Act.DISETUJUI}:
        return ()
    return tuple(
        letter.key
        for letter in desk.letters
        if letter.code in ANSWERS and letter.fate is Fate.PLANNED
    )


def _emptied(case: Case, holder: Role | None) -> Case:
    """Empty the status column of the role the case comes back to, so that it can choose anew."""
    column = STATUS_COLUMN.get(holder) if holder else None
    standing = case.fields.get(column, "") if column else ""
    if column is None or not standing:
        return case
    return replace(
        case, handled={**case.handled, column: standing}, clearing=case.clearing | {column}
    )


def _mark(case: Case, row: Move, desk: Desk) -> tuple[str, ...]:
    if row.by in {Role.SISTEM, Role.PELAPOR}:
        return ()
    return (f"{_who(case, row, desk.office)} {desk.now:%H.%M}",)


def _who(case: Case, row: Move, office: Office) -> str:
    if row.by is not Role.KASI:
        return _TITLES[row.by]
    return next((o.title for o in office.officials if o.key and o.key == case.kasi), "Kasi")

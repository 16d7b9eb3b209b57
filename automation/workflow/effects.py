"""Letters and lines of history that follow from a decision, frozen at its moment."""

import re
from datetime import datetime, timedelta
from typing import Final

from automation.model import Act, Case, Event, Fate, Letter, LetterCode, Role
from automation.workflow import worktime
from automation.workflow.desk import Desk
from automation.workflow.table import ADDRESSEE, ANSWERS, Move


def planned(code: LetterCode, case: Case, desk: Desk) -> Letter:
    """Give the letter as it is planned: an answer waits out the hold, any other leaves at once."""
    past = sum(letter.code is code for letter in desk.letters)
    wait = desk.now + timedelta(minutes=desk.office.hold) if code in ANSWERS else desk.now
    return Letter(
        key=f"{case.number}/{code}/{past + 1}",
        code=code,
        number=case.number,
        to=ADDRESSEE[code],
        kasi=case.kasi if ADDRESSEE[code] is Role.KASI else "",
        facts=_facts(code, case, desk),
        not_before=wait,
    )


def _facts(code: LetterCode, case: Case, desk: Desk) -> dict[str, str]:
    """Freeze what the letter says at the moment of deciding; times in ISO 8601."""
    facts: dict[str, str] = {}
    if code in {LetterCode.T03, LetterCode.T04, LetterCode.T05}:
        facts["batas_langkah"] = _step_due(ADDRESSEE[code], case, desk).isoformat()
    if code is LetterCode.T04:
        facts |= {name: case.fields.get(name, "") for name in ("isi_disposisi", "catatan_sekcam")}
    if code is LetterCode.T05:
        facts["versi"] = str(len(case.versions))
    if code in ANSWERS:
        facts["versi"] = str(case.approved)
    if code is LetterCode.T06:
        left = worktime.left(case.due, desk.now, desk.office.calendar)
        facts |= {"catatan": case.fields.get("catatan_camat", ""), "sisa": str(left)}
    return facts


def _step_due(holder: Role, case: Case, desk: Desk) -> datetime:
    """Give when a step's budget is used; never after the promise to the complainant."""
    budget = desk.office.budgets.get(holder, desk.office.promise)
    return min(worktime.due(desk.now, budget, desk.office.calendar), case.due)


def told(case: Case, row: Move, desk: Desk) -> Event:
    """Give the line of history for a lawful move."""
    facts: dict[str, str] = {"pelaku": row.by.value, "pilihan": row.act.value}
    kind = _KINDS.get(row.act, "act")
    if row.at is row.to and row.act is Act.DISETUJUI:
        kind = "act"
    facts |= {
        "kasi": case.kasi,
        "versi": str(len(case.versions)),
        "catatan": case.fields.get("catatan_camat", ""),
        "kanal": case.channel.value,
    }
    return Event(desk.now, case.number, row.by, kind, facts)


_KINDS: Final = {
    Act.DISPOSISI: "disposisi",
    Act.DIAJUKAN: "diajukan",
    Act.DISETUJUI: "disetujui",
    Act.DIKEMBALIKAN: "dikembalikan",
    Act.DRAF_BERUBAH: "draf_berubah",
    Act.DITARIK: "ditarik",
    Act.TERKIRIM: "disampaikan",
    Act.SUDAH_DISAMPAIKAN: "disampaikan",
    Act.DIARSIPKAN: "diarsipkan",
}


def undelivered(letter: Letter, now: datetime) -> Letter:
    """Give the notice to the Petugas that a letter to the complainant failed or is in doubt."""
    reason = _reason(letter) if letter.fate is Fate.FAILED else "pengiriman tidak dapat dipastikan"
    key = letter.key.replace(f"/{letter.code}/", f"/{LetterCode.T16}/{letter.code}.")
    return Letter(
        key=key,
        code=LetterCode.T16,
        number=letter.number,
        to=ADDRESSEE[LetterCode.T16],
        facts={"sebab": reason},
        not_before=now,
    )


def _reason(letter: Letter) -> str:
    """Give why a letter failed in words for the staff: a mail server's own, else that it is ours.

    What our own code says about it is English, and for the log.
    """
    said_by_server = re.match(r"\d{3} ", letter.receipt)
    return (
        letter.receipt if said_by_server else "alamat tidak lengkap atau surat tidak dapat disusun"
    )


def posted(letter: Letter, now: datetime) -> Event:
    """Give the line of history for what became of a letter."""
    kinds = {
        Fate.SENT: "surat_terkirim",
        Fate.FAILED: "surat_gagal",
        Fate.HELD: "surat_ragu",
        Fate.CANCELLED: "surat_batal",
    }
    facts = {"kode": letter.code.value, "sebab": _reason(letter)}
    return Event(now, letter.number, Role.SISTEM, kinds[letter.fate], facts)

"""What a letter may tell, by who reads it. A template knows these names and nothing else.

Letters to officials know neither name nor address nor phone of the complainant, and nothing of what
a confidential complaint says; letters to complainants know nothing of what officials noted.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from automation.errors import RejectedError
from automation.model import Case, Letter, LetterCode, Office, Official, Role
from automation.outbox import dates

Words = Mapping[str, Mapping[str, str]]
Facts = dict[str, object]

ANSWERS: Final = frozenset({LetterCode.T07, LetterCode.T10})
"""Letters that carry the approved answer."""

_NAME, _SUBJECT, _REASON = 60, 120, 200
"""Characters kept of what others wrote, where it must fit into one line."""

_TIMES: Final = frozenset({"batas_langkah", "sejak"})
_SILENT: Final = dict.fromkeys(
    ("perihal", "desa", "draf", "tanggapan", "catatan", "catatan_sekcam"), ""
)
"""What letters to officials leave out of a confidential complaint: it is read in the register."""

# Control characters, line separators, direction marks and halves of characters.
_UNPRINTABLE: Final = re.compile(
    "[\x00-\x1f\x7f-\x9f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]"
)
_NIK: Final = re.compile(r"(?<!\d)(\d{4})\d{8}(\d{4})(?!\d)")
_ADDRESS: Final = re.compile(r"[^\s<>:;,()]+@[^\s<>:;,()]+")
_LINK: Final = re.compile(r"://|www\.|@", re.IGNORECASE)
_TITLE: Final = re.compile(r"^(?:(?:bapak|bpk|pak|ibu|bu|sdr|sdri)\b[. /]*)+", re.IGNORECASE)
_NAMELESS: Final = frozenset({"", "-", "anonim", "tanpa nama", "dirahasiakan", "(dirahasiakan)"})


@dataclass(frozen=True, slots=True)
class Occasion:
    """What is known when a letter is written; `reader` is None when the complainant reads it."""

    letter: Letter
    case: Case | None
    office: Office
    reader: Official | None
    link: str
    now: datetime


def contents(of: Occasion, words: Words) -> Facts:
    """Give what the letter tells, times in the office's zone.

    Raises RejectedError when the answer it should carry is not the one that the Camat approved.
    """
    told = _house(of, words)
    if of.reader is None:
        return told | _to_complainant(of)
    told |= _to_official(of, of.reader, words)
    return told | _about(of, of.case, words) if of.case else told


def one_line(text: str, limit: int) -> str:
    """Make a foreign text fit for one line of a letter or a header, cut to `limit` characters."""
    line = " ".join(_UNPRINTABLE.sub(" ", text).split())
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"


def holders(office: Office, role: Role, kasi: str = "") -> list[Official]:
    """Give who holds a role, and of the Kasi the one with this key."""
    return [
        o for o in office.officials if o.role is role and (role is not Role.KASI or o.key == kasi)
    ]


def confidential(case: Case) -> bool:
    """Say whether the identity behind a case must be protected."""
    return case.fields.get("dirahasiakan", "").strip().casefold() == "ya"


def _house(of: Occasion, words: Words) -> Facts:
    office, now = of.office, _local(of, of.now)
    return {
        "kantor": office.name,
        "alamat": office.address,
        "telepon": office.phone,
        "jam_pelayanan": dates.jam_pelayanan(office.calendar, now),
        "janji": office.promise,
        "camat": _title(office, Role.CAMAT) or words["role"][Role.CAMAT],
        "nama_camat": next((o.name for o in holders(office, Role.CAMAT)), ""),
        "salam": dates.salam(now),
    }


def _to_complainant(of: Occasion) -> Facts:
    case = _case(of)
    answer: Facts = {}
    if of.letter.code in ANSWERS:
        answer = {"tanggapan": _version(of, case), "disetujui": _approved_at(of, case)}
    return answer | {
        "nomor": case.number,
        "sapaan": _greeting(case.name),
        "perihal": one_line(case.subject, _SUBJECT),
        "sebagian": not case.whole,
        "perihal_aman": _LINK.search(case.subject) is None,
        "dicatat": _local(of, case.recorded),
        "mulai": _local(of, case.starts) if case.starts > case.recorded else None,
        "batas": _local(of, case.due),
    }


def _to_official(of: Occasion, reader: Official, words: Words) -> Facts:
    facts = {name: _fact(of, name, value) for name, value in of.letter.facts.items()}
    return facts | {
        "jabatan": one_line(reader.title, _NAME) or words["role"][reader.role],
        "tautan": of.link,
    }


def _about(of: Occasion, case: Case, words: Words) -> Facts:
    """Tell an official about a case: what it is, not who complained."""
    told: Facts = {
        "nomor": case.number,
        "perihal": _NIK.sub(r"\1••••••••\2", one_line(case.subject, _SUBJECT)),
        "kanal": words["channel"][case.channel],
        "saluran": case.channel.value,
        "tahap": case.stage.value,
        "desa": one_line(case.fields.get("desa", ""), _NAME),
        "sifat": one_line(case.fields.get("sifat", ""), _NAME),
        "kasi": _title(of.office, Role.KASI, case.kasi) or words["role"][Role.KASI],
        "batas": _local(of, case.due),
        "rahasia": confidential(case),
    }
    if "versi" in of.letter.facts:
        told["tanggapan" if of.letter.code in ANSWERS else "draf"] = _version(of, case)
    return told | _SILENT if confidential(case) else told


def _fact(of: Occasion, name: str, value: str) -> object:
    """Give a fact as a template uses it; a mail server's reason often quotes the address."""
    if name in _TIMES:
        return _local(of, datetime.fromisoformat(value))
    if name == "sisa":
        return int(value)
    if name == "sebab":
        return one_line(_ADDRESS.sub("(alamat)", value), _REASON)
    return _lines(value)


def _version(of: Occasion, case: Case) -> str:
    """Give the sealed text that a letter carries; an answer must be the approved version."""
    version = int(of.letter.facts.get("versi", "0"))
    if not 1 <= version <= len(case.versions):
        raise RejectedError(f"{of.letter.key}: there is no version {version}")
    if of.letter.code in ANSWERS and version != case.approved:
        raise RejectedError(f"{of.letter.key}: version {version} is not the approved one")
    return _lines(case.versions[version - 1])


def _approved_at(of: Occasion, case: Case) -> datetime:
    if case.approved_at is None:
        raise RejectedError(f"{of.letter.key}: nobody knows when it was approved")
    return _local(of, case.approved_at)


def _case(of: Occasion) -> Case:
    if of.case is None:
        raise RejectedError(f"{of.letter.key}: there is no case {of.letter.number}")
    return of.case


def _local(of: Occasion, moment: datetime) -> datetime:
    return moment.astimezone(ZoneInfo(of.office.calendar.zone))


def _title(office: Office, role: Role, kasi: str = "") -> str:
    return one_line(next((o.title for o in holders(office, role, kasi)), ""), _NAME)


def _greeting(name: str) -> str:
    """Address a person without guessing: `Bapak/Ibu` and the name, if it looks like one."""
    plain = _TITLE.sub("", one_line(name, _NAME))
    nameless = plain.casefold() in _NAMELESS or _LINK.search(plain)
    return "Bapak/Ibu Pelapor" if nameless else f"Bapak/Ibu {plain}"


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")

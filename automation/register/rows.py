"""Cells and nouns: how a cell is read, and what the worker wants its cells to say."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

from automation.model import Act, Case, Cell, Channel, Note, Office, Official, Role, Row, Stage
from automation.register.schema import Schema
from automation.register.shapes import Column, Kind

LIMIT: Final = 49_000
"""UTF-16 units kept of a text; a cell holds 50,000 characters (Google: Drive, file limits)."""

_POINTER: Final = "\n[… teks selengkapnya tersimpan dalam arsip.]"
_EPOCH: Final = datetime(1899, 12, 30)  # noqa: DTZ001 - serials are wall clock without a zone
_NIK: Final = re.compile(r"(?<!\d)(?<!\d[ .-])(\d{4})(?:[ .-]?\d){8}[ .-]?(\d{4})(?![ .-]?\d)")
_CONTROL: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_HALF: Final = re.compile("[\ud800-\udfff]")
_EMAIL: Final = re.compile(r"(?<![\w.+'-])[\w.+'-]+@[\w-]+(?:\.[\w-]+)+")
_PHONE: Final = re.compile(r"\+?\d[\d .()-]{6,}\d")
_BLANKS: Final = re.compile(r"[\s.]+")
_WORD: Final = 60
"""Characters of a word that is remembered; longer texts are no choices."""

_FACT: Final = 300
"""Characters of one fact in a sentence; what people type may be of any length."""


# --- one cell -----------------------------------------------------------------------------------


def text(cell: Cell) -> str:
    """Give what a person typed into a cell: texts as they stand, whole numbers without `.0`.

    Only half a character, which nothing downstream can write, becomes the usual mark for it.
    """
    if isinstance(cell, str):
        return cell if cell.isascii() else _HALF.sub("\ufffd", cell)
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)


def clean(raw: str) -> str:
    """Make a foreign text fit for a cell: no control characters, NIK masked, within the limit."""
    plain = _CONTROL.sub("", raw.replace("\r\n", "\n").replace("\r", "\n"))
    masked = _NIK.sub(r"\1••••••••\2", plain)
    units = masked.encode("utf-16-le")
    if len(units) <= 2 * LIMIT:
        return masked
    return units[: 2 * LIMIT].decode("utf-16-le", "ignore") + _POINTER


def serial(moment: datetime, zone: str) -> float:
    """Give a moment as Sheets keeps it: days since 1899-12-30 on the office's wall clock."""
    wall = moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    return round((wall - _EPOCH).total_seconds()) / 86_400


def wall(days: float) -> datetime:
    """Give the wall-clock moment (without a zone) of a date serial."""
    return _EPOCH + timedelta(seconds=round(days * 86_400))


# --- choices ------------------------------------------------------------------------------------


def plain(typed: str) -> str:
    """Reduce a word to what counts when it is compared: no case, spaces or full stops."""
    return _plain(typed) if len(typed) <= _WORD else _plain.__wrapped__(typed)


@lru_cache(maxsize=1_000)  # the words of the schema are compared with each cell of each row
def _plain(typed: str) -> str:
    return _BLANKS.sub("", typed).casefold()


def act_of(column: str, typed: str, schema: Schema, office: Office) -> tuple[Act | None, str]:
    """Read a status cell: the act, and with `Act.DISPOSISI` the key of the Kasi. None = unknown."""
    word = plain(typed)
    if schema.column(column).owner is Role.SEKCAM:
        kasi = {o.key for o in office.officials if o.role is Role.KASI and word in _names(o)}
        if len(kasi) == 1:
            return Act.DISPOSISI, kasi.pop()
    acts = (Act(key) for key in _keys(word, schema.words["act"], schema))
    return next((act for act in acts if act is not Act.DISPOSISI), None), ""


def _names(official: Official) -> frozenset[str]:
    """Give what a Kasi is called: "Kasi PMD", "PMD", "kasi_pmd"."""
    title = plain(official.title)
    return frozenset({title, title.removeprefix("kasi"), plain(official.key)} - {""})


def channel_of(typed: str, schema: Schema) -> Channel | None:
    """Read the channel; None = unknown."""
    return next((Channel(k) for k in _keys(plain(typed), schema.words["channel"], schema)), None)


def _keys(word: str, words: Mapping[str, str], schema: Schema) -> tuple[str, ...]:
    return tuple(
        key
        for key, shown in words.items()
        if word in {plain(shown), *(plain(more) for more in schema.also.get(key, ()))}
    )


def says_catat(row: Row, schema: Schema, office: Office) -> bool:
    """Say whether the Petugas declared a hand-entered row complete."""
    typed = text(row.cells.get("status_petugas"))
    return act_of("status_petugas", typed, schema, office)[0] is Act.CATAT


# --- sentences ----------------------------------------------------------------------------------


def title_of(key: str, office: Office) -> str:
    """Give the title of a Kasi by key."""
    return next((o.title for o in office.officials if o.key and o.key == key), "Kasi")


def sentence(note: Note, schema: Schema, office: Office) -> str:
    """Say in the office's words what is wrong and how to mend it."""
    return fill(schema.words["problem"].get(note.key, note.key), note.facts, schema, office)


def fill(template: str, facts: Mapping[str, str], schema: Schema, office: Office) -> str:
    """Put facts into a sentence; keys of stages, acts, roles and so on become their words."""
    said = {name: _said(name, value, schema, office) for name, value in facts.items()}
    return clean(template.format_map(_Said(said)))


_SECTIONS: Final = {
    "tahap": "stage",
    "pilihan": "act",
    "pelaku": "role",
    "kanal": "channel",
    "penilaian": "verdict",
    "aturan": "rule",
}


class _Said(dict[str, str]):
    """Facts by name; a fact that an older version did not keep is shown as a dash."""

    def __missing__(self, name: str) -> str:
        return "-"


def _said(name: str, value: str, schema: Schema, office: Office) -> str:
    if name == "kasi":
        return title_of(value, office)
    if name == "kolom":
        return {c.name: c.title for c in schema.columns}.get(value, value)
    if name in _SECTIONS:
        return schema.words[_SECTIONS[name]].get(value, value)
    return value if len(value) <= _FACT else value[:_FACT] + "…"


def _turn(case: Case, left: int, schema: Schema, office: Office) -> str:
    """Say whose turn it is and how long."""
    by_hand = case.stage is Stage.SIAP_DISAMPAIKAN and not case.email
    template = schema.words["turn"]["siap_disampaikan_petugas" if by_hand else case.stage]
    phrase = schema.words["left"]["over" if left < 0 else "left"].format(menit=abs(left))
    versions = str(len(case.versions))
    facts = {"sisa": phrase, "kasi": case.kasi, "versi": versions, "kanal": case.channel}
    return fill(template, facts, schema, office)


def _clock_shown(case: Case, schema: Schema) -> bool:
    """Say whether minutes stand in the row: as long as its stage speaks of them."""
    return "{sisa}" in schema.words["turn"][case.stage]


# --- what the worker's cells say ----------------------------------------------------------------


def shown(case: Case, left: int, schema: Schema, office: Office) -> dict[str, Cell]:
    """Give the cells that the worker wants; `left` = working minutes, negative when late."""
    zone = office.calendar.zone
    recorded = serial(case.recorded, zone)
    cells: dict[str, Cell] = {
        "nomor": case.number,
        "tanggal": float(int(recorded)),
        "jam": f"{wall(recorded):%H.%M}",
        "tahap": schema.words["stage"][case.stage],
        "batas_waktu": serial(case.due, zone),
        "sisa_menit": left if _clock_shown(case, schema) else "",
        "pesan_sistem": _message(case, left, schema, office),
        "lampiran": _files(case, schema),
        "tanggal_disampaikan": serial(case.conveyed_at, zone) if case.conveyed_at else "",
        "jejak_paraf": clean("; ".join(case.trail)),
        "keaslian": schema.words["authenticity"].get(case.authenticity, ""),
    }
    return cells | _by_mail(case, schema, office) if case.mail_key else cells


def _files(case: Case, schema: Schema) -> str:
    named = clean(", ".join(case.attachments))
    return (
        named if case.whole else f"{named} {schema.words['problem']['lampiran_sebagian']}".strip()
    )


def _message(case: Case, left: int, schema: Schema, office: Office) -> str:
    if case.problem is not None:
        return sentence(case.problem, schema, office)
    return _turn(case, left, schema, office)


def _by_mail(case: Case, schema: Schema, office: Office) -> dict[str, Cell]:
    """Cells that are the worker's in a row born by mail: the text, and how the answer left."""
    cells: dict[str, Cell] = {"uraian": clean(case.text)}
    done = act_of("status_petugas", case.handled.get("status_petugas", ""), schema, office)[0]
    if case.conveyed_at and case.email and done is not Act.SUDAH_DISAMPAIKAN:
        cells["disampaikan_lewat"] = _sent_by_us(schema)
    return cells


def _sent_by_us(schema: Schema) -> str:
    """Give the first choice of the column: the worker's own way."""
    return schema.column("disampaikan_lewat").values[0]


def prefilled(case: Case, schema: Schema) -> dict[str, Cell]:
    """Give the people's cells as the worker first fills them; the office may correct them."""
    return {
        "kanal": schema.words["channel"][case.channel],
        "nama": clean(case.name),
        "kontak": clean(case.email or case.phone),
        "perihal": clean(case.subject),
        "uraian": clean(case.text),
    }


def restored(case: Case, schema: Schema) -> dict[str, Cell]:
    """Give the people's cells of a row put back: as last seen, without what was to be emptied."""
    kept = {name: seen for name, seen in case.fields.items() if name not in case.clearing}
    return typed_back(kept, schema)


def typed_back(seen: Mapping[str, str], schema: Schema) -> dict[str, Cell]:
    """Give people's cells as they were remembered, blank ones left out."""
    cells = {c.name: _typed_back(c, seen.get(c.name, "")) for c in schema.theirs()}
    return {name: cell for name, cell in cells.items() if cell != ""}


def _typed_back(column: Column, seen: str) -> Cell:
    """Make a number again of a date that was remembered as the text of its serial."""
    numeric = column.kind in {Kind.DATE, Kind.DATETIME, Kind.NUMBER}
    if numeric and re.fullmatch(r"-?\d{1,15}(\.\d{1,15})?", seen):
        return float(seen)
    return seen


# --- what people's cells say --------------------------------------------------------------------


def typed_cells(row: Row, schema: Schema) -> dict[str, str]:
    """Give the people-owned cells of a row as texts, blank ones included."""
    return {c.name: text(row.cells.get(c.name)) for c in schema.theirs()}


@dataclass(frozen=True, slots=True)
class Entered:
    """What a hand-entered row says; `missing` = titles of the columns it still needs."""

    channel: Channel | None
    typed_channel: str
    name: str
    email: str
    phone: str
    subject: str
    text: str
    missing: tuple[str, ...]


def entered(row: Row, schema: Schema) -> Entered:
    """Read a row that a person typed."""
    cells = typed_cells(row, schema)
    email, phone = contact(cells["kontak"])
    return Entered(
        channel=channel_of(cells["kanal"], schema),
        typed_channel=cells["kanal"],
        name=cells["nama"].strip(),
        email=email,
        phone=phone,
        subject=cells["perihal"].strip(),
        text=cells["uraian"].strip(),
        missing=tuple(c.title for c in schema.theirs() if c.asked and not cells[c.name].strip()),
    )


def filled(case: Case, entry: Entered) -> Case:
    """Put what was entered into a case."""
    return replace(
        case,
        name=entry.name,
        email=entry.email,
        phone=entry.phone,
        subject=entry.subject,
        text=entry.text,
    )


def contact(typed: str) -> tuple[str, str]:
    """Split a contact cell into a mail address and a telephone number; each may be missing."""
    address = _EMAIL.search(typed)
    number = _PHONE.search(_EMAIL.sub(" ", typed))
    return address.group().lower() if address else "", number.group().strip() if number else ""


def adopt(case: Case, schema: Schema) -> Case:
    """Take over what people corrected in the row since the worker filled it: the person wins."""
    first = {name: text(cell) for name, cell in prefilled(case, schema).items()}
    told = {
        name: case.fields[name].strip()
        for name in ("nama", "kontak", "perihal", "uraian")
        if name in case.fields and case.fields[name] != first[name]
    }
    if case.mail_key:
        told.pop("uraian", None)
    email, phone = contact(told["kontak"]) if "kontak" in told else (case.email, case.phone)
    return replace(
        case,
        name=told.get("nama", case.name),
        email=email,
        phone=phone,
        subject=told.get("perihal", case.subject),
        text=told.get("uraian", case.text),
    )

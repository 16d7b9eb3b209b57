"""Files that came with a mail: names that hurt no disk and no cell, types by what is inside."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import chain, count
from typing import Final

from automation.intake import headers, mime, tnef
from automation.intake.charsets import one_line
from automation.intake.mime import Part
from automation.model import Attachment

MAX_ATTACHMENTS: Final = 100
MAX_BYTES: Final = 100_000_000  # of all contents together
_LOGO: Final = 10_000  # bytes: an inline picture below it belongs to a signature (MAIL.md 1)
_NAME: Final = 120  # characters
_NAME_BYTES: Final = 200  # a file system allows 255, the archive adds to it
_WRITTEN: Final = 2_000  # characters of a name that are looked at
_ENDING: Final = 12  # characters of a file name's ending
_PEEK: Final = 512

_UNSAFE: Final = re.compile(r'[<>:"|?*\x00-\x1f]')
_RESERVED: Final = re.compile(r"(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\.|\Z)", re.IGNORECASE)
_SEALS: Final = frozenset(
    {"application/pgp-signature", "application/pkcs7-signature", "application/x-pkcs7-signature"}
)

_MAGIC: Final = (
    (0, b"%PDF-", "application/pdf"),
    (0, b"\xff\xd8\xff", "image/jpeg"),
    (0, b"\x89PNG\r\n\x1a\n", "image/png"),
    (0, b"GIF8", "image/gif"),
    (0, b"II*\x00", "image/tiff"),
    (0, b"MM\x00*", "image/tiff"),
    (4, b"ftyphei", "image/heic"),
    (4, b"ftypmif1", "image/heif"),
    (4, b"ftypavif", "image/avif"),
    (4, b"ftypM4A", "audio/mp4"),
    (4, b"ftypqt", "video/quicktime"),
    (4, b"ftyp3g", "video/3gpp"),
    (4, b"ftyp", "video/mp4"),
    (0, b"ID3", "audio/mpeg"),
    (0, b"\xff\xfb", "audio/mpeg"),
    (0, b"#!AMR", "audio/amr"),
    (0, b"OggS", "audio/ogg"),
    (0, b"fLaC", "audio/flac"),
    (0, b"\x1aE\xdf\xa3", "video/webm"),
    (0, b"{\\rtf", "application/rtf"),
    (0, b"Rar!\x1a\x07", "application/vnd.rar"),
    (0, b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (0, b"\x1f\x8b", "application/gzip"),
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"),
    (0, b"\x7fELF", "application/x-executable"),
    (0, b"dex\n", "application/vnd.android.dex"),
    (0, b"#!/", "text/x-script"),
    (0, b"\x78\x9f\x3e\x22", "application/ms-tnef"),
)
_RIFF: Final = {b"WEBP": "image/webp", b"WAVE": "audio/wav", b"AVI ": "video/x-msvideo"}
_OFFICE: Final = "application/vnd.openxmlformats-officedocument."
_IN_ZIP: Final = (
    (b"AndroidManifest.xml", "application/vnd.android.package-archive"),
    (b"classes.dex", "application/vnd.android.package-archive"),
    (b"vbaProject.bin", "application/vnd.ms-office.macro-enabled"),
    (b"word/document.xml", _OFFICE + "wordprocessingml.document"),
    (b"xl/workbook.xml", _OFFICE + "spreadsheetml.sheet"),
    (b"ppt/presentation.xml", _OFFICE + "presentationml.presentation"),
    (b"META-INF/MANIFEST.MF", "application/java-archive"),
)
_PAGE: Final = re.compile(rb"\s*(?:<!doctype html|<html|<script)", re.IGNORECASE)
_BY_ENDING: Final = {
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "png": "image/png",
    "pdf": "application/pdf",
    "txt": "text/plain",
    "csv": "text/csv",
    "htm": "text/html",
    "html": "text/html",
    "doc": "application/msword",
    "docx": _OFFICE + "wordprocessingml.document",
    "xls": "application/vnd.ms-excel",
    "xlsx": _OFFICE + "spreadsheetml.sheet",
    "ppt": "application/vnd.ms-powerpoint",
    "pptx": _OFFICE + "presentationml.presentation",
    "odt": "application/vnd.oasis.opendocument.text",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
    "mp3": "audio/mpeg",
    "m4a": "audio/mp4",
    "aac": "audio/aac",
    "opus": "audio/ogg",
    "mp4": "video/mp4",
    "vcf": "text/vcard",
    "ics": "text/calendar",
    "eml": "message/rfc822",
    "apk": "application/vnd.android.package-archive",
    "exe": "application/x-msdownload",
}
_ENDINGS: Final[Mapping[str, str]] = {
    **{media_type: ending for ending, media_type in reversed(_BY_ENDING.items())},
    "image/gif": "gif",
    "image/heic": "heic",
    "image/webp": "webp",
    "audio/amr": "amr",
    "video/3gpp": "3gp",
    "application/zip": "zip",
    "application/ms-tnef": "dat",
    "message/delivery-status": "txt",
    "text/rfc822-headers": "txt",
}
_CONTAINERS: Final = frozenset({"application/x-ole-storage", "application/zip"})
_UNKNOWN: Final = "application/octet-stream"


@dataclass(frozen=True, slots=True)
class Kept:
    """The files of a mail; `whole` is False when some are too many or too big to be kept."""

    files: tuple[Attachment, ...]
    whole: bool


@dataclass(frozen=True, slots=True)
class File:
    """A file as it came: its name as the sender wrote it, the type that is claimed for it."""

    written: str
    declared: str
    content: bytes
    inline: bool = False


def presented(part: Part) -> tuple[str, str]:
    """Give how a part wants to be shown ("inline", "attachment", "") and its name as written.

    The source of the rule is RFC 2183; a name in Content-Type is the older way.
    """
    how, told = headers.parameters(part.field("content-disposition"))
    return how, told.get("filename", "") or part.params.get("name", "") or told.get("name", "")


def attachments(
    raw: bytes, parts: Iterable[Part], *, has_text: bool, loose: Iterable[File] = ()
) -> Kept:
    """Give the files in these parts, up to `MAX_ATTACHMENTS`; beyond `MAX_BYTES` without content.

    Small inline pictures beside a text are the logos of signatures and left out, seals likewise.
    `loose` = files that were found outside of any part.
    """
    found: list[Attachment] = []
    names: set[str] = set()
    room = MAX_BYTES
    unsealed = (part for part in parts if part.type not in _SEALS)
    for file in chain(chain.from_iterable(_files(raw, part) for part in unsealed), loose):
        one = _attachment(file, f"lampiran-{len(found) + 1}")
        if has_text and _is_logo(one):
            continue
        if len(found) == MAX_ATTACHMENTS:
            return Kept(tuple(found), whole=False)
        kept = one.content if one.size <= room else b""
        room -= len(kept)
        found.append(replace(one, name=_free(one.name, names), content=kept))
    return Kept(tuple(found), whole=all(one.content or not one.size for one in found))


def _files(raw: bytes, part: Part) -> Iterator[File]:
    """Give the file in a part; of a package that only Outlook opens, the files in it.

    A package stays where it is not wholly understood, or nothing is in it but text.
    """
    how, written = presented(part)
    content = mime.content(raw, part)
    package = tnef.unpack(content)
    for name, inner in package.files:
        yield File(name, _UNKNOWN, inner)
    if not (package.files and package.whole):
        inline = how == "inline" or (not how and bool(part.field("content-id")))
        yield File(written, part.type, content, inline)


def _attachment(file: File, fallback: str) -> Attachment:
    content, written = file.content, file.written
    media_type = type_of(content, file.declared, written)
    if not written and media_type == "message/rfc822":
        fields = mime.dissect(content).fields
        written = headers.text(next(iter(fields.get("subject", ())), b""), limit=_NAME)
    name = safe_name(written, fallback, _ENDINGS.get(media_type, ""))
    return Attachment(name, media_type, len(content), file.inline, content)


def _is_logo(one: Attachment) -> bool:
    return one.inline and one.size < _LOGO and one.type.startswith("image/")


# --- names --------------------------------------------------------------------------------------


def safe_name(written: str, fallback: str = "lampiran", ending: str = "") -> str:
    """Make a name safe for a disk and a cell: no path, nothing invisible, not hidden, not long.

    `fallback` is used when nothing is left of it, `ending` (without a dot) when it has none.
    """
    last = re.split(r"[/\\]", written)[-1]
    visible = "".join(sign for sign in last if unicodedata.category(sign) != "Cf")
    name = _UNSAFE.sub("_", one_line(visible, _WRITTEN)).lstrip(". ").rstrip(". ")
    name = name or fallback
    if "." not in name and ending:
        name = f"{name}.{ending}"
    return _shortened(f"_{name}" if _RESERVED.match(name) else name)


def _shortened(name: str) -> str:
    stem, dot, ending = name.rpartition(".")
    if not stem or len(ending) > _ENDING:
        stem, dot, ending = name, "", ""
    room = _NAME_BYTES - len((dot + ending).encode())
    stem = stem[: _NAME - len(dot + ending)].encode()[:room].decode(errors="ignore")
    return f"{stem.rstrip()}{dot}{ending}"


def _free(name: str, taken: set[str]) -> str:
    """Give the name, numbered where another file of this mail has it already."""
    stem, dot, ending = name.rpartition(".")
    stem, ending = (stem, dot + ending) if stem else (name, "")
    numbered = (f"{stem} ({number}){ending}" for number in count(2))
    free = next(one for one in chain((name,), numbered) if one.lower() not in taken)
    taken.add(free.lower())
    return free


# --- types --------------------------------------------------------------------------------------


def type_of(content: bytes, declared: str, name: str) -> str:
    """Tell a file's media type: by its first bytes, else as declared, else by its name."""
    if declared.startswith("message/"):
        return declared
    by_name = _BY_ENDING.get(name.rpartition(".")[2].strip().lower(), "")
    found = _by_content(content)
    if found in _CONTAINERS:  # of these the first bytes tell no more than the wrapping
        return by_name if by_name.startswith("application/") else found
    vague = declared == _UNKNOWN or declared.startswith("multipart/")
    return found or (by_name if vague and by_name else _UNKNOWN if vague else declared)


def _by_content(content: bytes) -> str:
    head = content[:_PEEK]
    if head.startswith(b"PK\x03\x04"):
        return next((told for mark, told in _IN_ZIP if mark in content), "application/zip")
    if head.startswith(b"RIFF"):
        return _RIFF.get(head[8:12], "")
    if head.startswith(b"MZ") and b"\0" in head:
        return "application/x-msdownload"
    if _PAGE.match(head):
        return "text/html"
    return next((told for at, mark, told in _MAGIC if head.startswith(mark, at)), "")

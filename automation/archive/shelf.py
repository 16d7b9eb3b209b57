"""Where things lie in the archive; nothing here touches a disk.

    raw/2026/11/24/<sha256>.eml      each mail as it came, by the day of its receipt (UTC)
    kasus/2026/PKT-2026-0001/        the papers of a case: complaint, drafts, answer

Places are relative, with slashes, and made of names that every file system takes.
"""

import re
import unicodedata
from collections.abc import Iterable
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import PurePosixPath
from typing import Final

_NUMBER: Final = re.compile(r"[A-Z]+-(\d{4})-\d+", re.ASCII)
_RAW: Final = re.compile(r"raw/\d{4}/\d\d/\d\d/[0-9a-f]{64}\.eml", re.ASCII)
_FORBIDDEN: Final = re.compile(r'[/\\:*?"<>|]')
_DEVICE: Final = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\..*)?", re.IGNORECASE)
_LONGEST: Final = 150
"""Bytes of a file name at most; file systems take 255, copies to other systems often less."""


def mail_place(content: bytes, received: datetime) -> str:
    """Give the place of a raw mail: the same bytes received on one day have one place."""
    return f"raw/{received.astimezone(UTC):%Y/%m/%d}/{sha256(content).hexdigest()}.eml"


def case_place(number: str) -> str:
    """Give the folder of a case. Raises ValueError for what is no number of a case."""
    match = _NUMBER.fullmatch(number)
    if match is None:
        raise ValueError("not the number of a case")
    return f"kasus/{match[1]}/{number}"


def is_mail_place(place: str) -> bool:
    """Say whether `mail_place` may have given this; a path out of the archive it never gives."""
    return _RAW.fullmatch(place) is not None


def safe_names(names: Iterable[str]) -> dict[str, str]:
    """Give each name the file name it is written under: safe, and different from all others."""
    given: dict[str, str] = {}
    taken: set[str] = set()
    for name in names:
        given[name] = _free(safe_name(name), taken)
        taken.add(given[name].casefold())
    return given


def safe_name(name: str) -> str:
    """Give a file name without path, control characters, device names, or undue length."""
    composed = unicodedata.normalize("NFC", name)
    printable = "".join(c for c in composed if unicodedata.category(c)[0] != "C")
    plain = _FORBIDDEN.sub("_", printable).strip(" .")
    if _DEVICE.fullmatch(plain):
        plain = f"_{plain}"
    return _shortened(plain) or "berkas"


def _shortened(name: str) -> str:
    """Cut the stem and keep the ending, at whole characters."""
    path = PurePosixPath(name)
    ending = path.suffix if len(path.suffix.encode()) < _LONGEST // 2 else ""
    stem = name.removesuffix(ending) if ending else name
    room = _LONGEST - len(ending.encode())
    return stem.encode()[:room].decode(errors="ignore") + ending


def _free(name: str, taken: set[str]) -> str:
    """Give the name, numbered if somebody has it: `Foto.jpg` is `foto.jpg` on some disks."""
    path, n, free = PurePosixPath(name), 1, name
    while free.casefold() in taken:
        n += 1
        free = f"{path.stem}-{n}{path.suffix}"
    return free

"""Alarms: each fault is told once, and once when over; by log at once, by mail when it lasts."""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from automation.model import Letter, LetterCode, Role
from automation.ports import Ledger
from automation.steps.house import House

log = logging.getLogger(__name__)

_PATIENCE: Final = timedelta(minutes=10)
"""How long a service may be away before the Petugas is told by mail."""

_SHOWN: Final = 5
"""Numbers named in one letter."""

_UNTOLD: Final = ("lease",)
"""Faults told by log and `status` alone: an installation that waits writes to nobody."""

_CLAUSES: Final = {
    "mailbox": "Sistem tidak dapat membaca kotak surat pengaduan",
    "register": "Sistem tidak dapat membaca register pengaduan",
    "letters": "Sistem tidak dapat mengirim email",
    "case": "Ada pengaduan yang tidak dapat diproses sistem",
    "clock": "Jam komputer sistem tidak benar",
}


def raised(house: House, wire: str, reason: str, now: datetime, *, lasting: bool) -> None:
    """Note a fault of a wire. `lasting` = waiting cannot mend it, so people are told at once."""
    since = house.ledger.recall(_key(wire))
    if not since:
        house.ledger.remember(_key(wire), now.isoformat())
        log.error("alarm wire=%s: %s", wire, reason)
        since = now.isoformat()
    if wire in _UNTOLD:
        return
    if lasting or now - datetime.fromisoformat(since) >= _PATIENCE:
        house.ledger.plan(_letter(wire, since, now, over=False))


def judged(house: House, wire: str, fault: str, now: datetime) -> None:
    """Note a fault that waiting cannot mend, or with "" that there is none."""
    if fault:
        raised(house, wire, fault, now, lasting=True)
    else:
        over(house, wire, now)


def over(house: House, wire: str, now: datetime) -> None:
    """Note that a wire works; the all-clear goes to whoever was told of the fault."""
    since = house.ledger.recall(_key(wire))
    if not since:
        return
    house.ledger.remember(_key(wire), "")
    log.warning("alarm wire=%s is over", wire)
    if wire in _CLAUSES and house.ledger.letter(_letter(wire, since, now, over=False).key):
        house.ledger.plan(_letter(wire, since, now, over=True))


def doubled(house: House, numbers: Sequence[str], now: datetime) -> None:
    """Tell of cases that stand in several rows: nothing chosen in these rows is obeyed."""
    if numbers:
        told = f"Nomor register {_some(numbers)} terdapat pada lebih dari satu baris"
        mend = "Mohon menghapus baris salinannya; sampai saat itu pilihan di sana tidak dijalankan"
        house.ledger.plan(_daily(f"ganda-{numbers[0]}", f"{told}. {mend}", now))


def foreign(house: House, places: Sequence[str], now: datetime) -> None:
    """Tell of rows with a number typed by hand: what they say is not recorded."""
    if places:
        told = f"Baris {_some(places)} pada tab Register memuat nomor yang tidak diberikan sistem"
        mend = (
            "Mohon mengosongkan kolom No. Register dan Tahap di sana agar pengaduannya dapat "
            "dicatat; nomor cadangan boleh tetap, persis seperti yang tercetak"
        )
        house.ledger.plan(_daily("nomor-asing", f"{told}. {mend}", now))


def mixed(house: House, places: Sequence[str], now: datetime) -> None:
    """Tell of rows whose number and words are of different complaints: neither is obeyed."""
    if places:
        told = f"Nomor register tidak sesuai dengan isi pada baris {_some(places)} tab Register"
        mend = (
            "Mohon mengembalikan nomor yang benar pada baris itu, atau isinya; sampai saat itu "
            "pilihan di sana tidak dijalankan"
        )
        house.ledger.plan(_daily("nomor-tertukar", f"{told}. {mend}", now))


def orphaned(house: House, places: Sequence[str], now: datetime) -> None:
    """Tell of rows that were a case's and lost its number: the case stands in another row."""
    if places:
        told = f"Baris {_some(places)} pada tab Register kehilangan nomor register yang benar"
        mend = (
            "Pengaduannya telah ditulis kembali pada baris dengan nomornya. Mohon memindahkan "
            "isian yang masih diperlukan ke baris itu, lalu menghapus baris tanpa nomor yang benar"
        )
        house.ledger.plan(_daily("baris-lepas", f"{told}. {mend}", now))


def _some(things: Sequence[str]) -> str:
    shown = ", ".join(things[:_SHOWN])
    return shown if len(things) <= _SHOWN else f"{shown} dan {len(things) - _SHOWN} lainnya"


def _daily(what: str, told: str, now: datetime) -> Letter:
    """Give a letter that leaves at most once a day, however long the matter lasts."""
    return Letter(
        key=f"sistem/T19/{what}-{now:%Y-%m-%d}",
        code=LetterCode.T19,
        number="",
        to=Role.PETUGAS,
        facts={"gangguan": told, "sejak": now.isoformat()},
        not_before=now,
    )


def standing(ledger: Ledger) -> dict[str, str]:
    """Give the faults that are not over: wire -> since when (ISO 8601)."""
    return {wire: since for wire in (*_CLAUSES, *_UNTOLD) if (since := ledger.recall(_key(wire)))}


def _key(wire: str) -> str:
    return f"alarm:{wire}"


def _letter(wire: str, since: str, now: datetime, *, over: bool) -> Letter:
    facts = {"gangguan": _CLAUSES[wire], "sejak": since} | ({"pulih": "ya"} if over else {})
    return Letter(
        key=f"sistem/T19/{wire}-{since}{'-pulih' if over else ''}",
        code=LetterCode.T19,
        number="",
        to=Role.PETUGAS,
        facts=facts,
        not_before=now,
    )

"""Mail in: raw to disk first, then read, judged and remembered in one transaction, then filed away.

A crash anywhere in between leaves the mail in the INBOX; the next pass knows it by its identity or
begins anew.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from automation.errors import PengaduanError
from automation.model import Folder, MailRecord, Office, RawMail, Verdict
from automation.steps.house import House

_FOLDERS: Final = {
    Verdict.COMPLAINT: Folder.TERCATAT,
    Verdict.FOLLOW_UP: Folder.TERCATAT,
    Verdict.STATUS_QUERY: Folder.TERCATAT,
    Verdict.RATING: Folder.TERCATAT,
    Verdict.CONFIDENTIAL_REQUEST: Folder.TERCATAT,
    Verdict.DUPLICATE: Folder.TERCATAT,
    Verdict.OWN: Folder.BUKAN_PENGADUAN,
}


@dataclass(slots=True)
class Counts:
    """What the step did, for the closing log line."""

    mails: int = 0
    cases: int = 0
    unreadable: int = 0


def collect(house: House, office: Office, now: datetime) -> Counts:
    """Take in everything that waits in the mailbox, batch by batch."""
    counts = Counts()
    trouble: PengaduanError | None = None
    installed = _installed(house, now)
    for batch in house.inbox.waiting():
        # a pass without mail need not wait for what reads and judges it
        from automation.steps import recording  # noqa: PLC0415

        keys, records = recording.record(house, office, batch, installed)
        counts.mails += len(records)
        counts.cases += sum(each.verdict is Verdict.COMPLAINT for each in records)
        counts.unreadable += sum(each.verdict is Verdict.UNREADABLE for each in records)
        trouble = _filed(house, keys, batch, recording.HISTORY) or trouble
    if trouble is not None:
        raise trouble
    return counts


def _filed(
    house: House, keys: Sequence[str], batch: Sequence[RawMail], history: str
) -> PengaduanError | None:
    """File a batch and give what hindered it: mail behind it must be recorded all the same."""
    try:
        _file(house, keys, batch, history)
    except PengaduanError as error:
        return error
    return None


def _installed(house: House, now: datetime) -> datetime:
    """Give the moment before which mails are history: answered long ago, never acknowledged by us.

    Without fractions: INTERNALDATE has whole seconds (RFC 3501 2.3.3).
    """
    if house.adopt_since is not None:
        return house.adopt_since
    if not house.ledger.recall("installed"):
        house.ledger.remember("installed", now.replace(microsecond=0).isoformat())
    return datetime.fromisoformat(house.ledger.recall("installed"))


def _file(house: House, keys: Sequence[str], batch: Sequence[RawMail], history: str) -> None:
    """Move each mail to the folder of its verdict, those of an interrupted pass included."""
    folders: dict[Folder, list[RawMail]] = {}
    for key, raw in zip(keys, batch, strict=True):
        record = house.ledger.mail(key)
        if record is None:
            continue
        folders.setdefault(_folder(record, history), []).append(raw)
    for folder, mails in folders.items():
        house.inbox.file(mails, folder)


def _folder(record: MailRecord, history: str) -> Folder:
    if record.reason == history:
        return Folder.BUKAN_PENGADUAN
    return _FOLDERS.get(record.verdict, Folder.KARANTINA)

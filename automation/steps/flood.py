"""A flood: one sender's complaints beyond ten within an hour wait in the pen, and one alarm tells.

A machine that no header gives away, or somebody angry: each mail is kept, and none becomes a case
with letters to three people before a person has looked.
"""

import json
from datetime import datetime, timedelta
from typing import Final

from automation.model import InboundMail, Letter, LetterCode, Reading, Role, Verdict
from automation.ports import Ledger

RULE: Final = "flood"
"""The rule in a reading of a mail that is one too many."""

_MOST: Final = 10
_WITHIN: Final = timedelta(hours=1)


def heard(ledger: Ledger, mail: InboundMail, reading: Reading, now: datetime) -> Reading:
    """Count a complaint of its sender, and hold it when too many came within the hour.

    By the moments of receipt, so that mails of many days may be read at once after an outage; to be
    called inside the transaction that records the mail.
    """
    if reading.verdict is not Verdict.COMPLAINT or reading.rule == "staff":
        return reading
    key, since = f"sender:{mail.from_address}", mail.received - _WITHIN
    times: list[str] = json.loads(ledger.recall(key) or "[]")
    before = [at for at in times if datetime.fromisoformat(at) > since]
    ledger.remember(key, json.dumps([*before, mail.received.isoformat()][-_MOST:]))
    if len(before) < _MOST:
        return reading
    ledger.plan(_alarm(now))
    return Reading(Verdict.HELD, f"its sender wrote over {_MOST} complaints in an hour", rule=RULE)


def _alarm(now: datetime) -> Letter:
    """Tell the Petugas once a day; each mail has its row in the pen."""
    told = (
        f"Lebih dari {_MOST} email dalam satu jam datang dari satu pengirim. Email berikutnya "
        "ditahan pada tab Karantina dan tidak dibalas. Mohon diperiksa; bila perlu, tulis "
        "alamatnya pada tab Daftar Blokir"
    )
    return Letter(
        key=f"sistem/T19/banjir-{now:%Y-%m-%d}",
        code=LetterCode.T19,
        number="",
        to=Role.PETUGAS,
        facts={"gangguan": told, "sejak": now.isoformat()},
        not_before=now,
    )

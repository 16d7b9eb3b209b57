"""Once a day: whether the register's columns are still closed to those who do not fill them.

What is found stands in `Pesan Sistem` of the tab of settings until it is mended; while it stands
there, it is looked after once an hour.
"""

import logging
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from automation.errors import PengaduanError
from automation.model import Snapshot
from automation.register.office import editors
from automation.steps.house import House

log = logging.getLogger(__name__)

_LOOKED: Final = "protections:looked"
_SAID: Final = "protections:said"
_SHOWN: Final = 6
"""Columns named in the sentence."""


def look(house: House, snapshot: Snapshot, now: datetime) -> None:
    """Look when it is time, and say it once; at the first contact `init` has just been there.

    A look that fails waits for the next time: nothing else depends on it.
    """
    ledger = house.ledger
    before, moment = ledger.recall(_LOOKED), f"{now:%Y-%m-%dT%H}"
    same = len(moment if ledger.recall(_SAID) else f"{now:%Y-%m-%d}")
    if before[:same] == moment[:same]:
        return
    ledger.remember(_LOOKED, moment)
    if not before:
        return
    try:
        _say(house, house.register.unguarded(editors(snapshot.tabs, house.schema, house.office)))
    except PengaduanError as error:
        log.warning("the protections could not be looked at: %s", error)


def _say(house: House, weak: Sequence[str]) -> None:
    sentence = ""
    if weak:
        named = ", ".join(weak[:_SHOWN]) + (" …" if weak[_SHOWN:] else "")
        sentence = house.schema.words["problem"]["proteksi"].format(kolom=named)
        log.warning("%d columns are not protected as they must be; `pengaduan check`", len(weak))
    if sentence != house.ledger.recall(_SAID):
        house.register.notice(sentence)
        house.ledger.remember(_SAID, sentence)

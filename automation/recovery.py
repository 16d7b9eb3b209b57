"""`verify` and `restore`: do the books agree, and the register made again from the ledger."""

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from typing import Final
from zoneinfo import ZoneInfo

from automation import wiring
from automation.errors import SettingsError, TransientError
from automation.ports import Ledger
from automation.register import sheets_restore, sheets_setup
from automation.register.known import Forgetful
from automation.register.sheets import SheetsRegister
from automation.settings import Settings
from automation.steps import restore as books
from automation.steps import verify as compared
from automation.steps.house import kept_tabs, known_office
from automation.steps.verify import Result
from automation.worker import Pause

_LOOKS: Final = 3
"""How often the books are compared at most while a worker goes on writing in them."""


def verify(settings: Settings) -> Result:
    """Compare the books, beside a worker too, and change nothing.

    Raises TransientError when a worker was at work each time, SettingsError without a ledger.
    """
    zone = ZoneInfo(wiring.office(settings, wiring.schema()).calendar.zone)
    for _ in range(_LOOKS):
        with _copied(settings, zone) as memory:
            house = wiring.build(settings, Pause().wait, memory)
            result = compared.verify(house, house.clock.now())
            with _copied(settings, zone) as after:
                if after.cases() == memory.cases():
                    return result
    raise TransientError("a worker was at work each time; compare again in a moment")


@contextmanager
def _copied(settings: Settings, zone: ZoneInfo) -> Iterator[Ledger]:
    """Give what the ledger knows, in memory."""
    file = wiring.ledger_file(settings)
    if not file.exists():
        raise SettingsError([f"{file} is not there: no pass was made yet, or mend STATE_DIR"])
    with closing(wiring.ledger(settings, zone)) as found, closing(found.copy()) as memory:
        yield memory


def restore(settings: Settings, target: str, tell: Callable[[str], None]) -> Result:
    """Rebuild the register in a blank spreadsheet, and compare the books with it.

    Sends nothing, and leaves the present spreadsheet alone. Repeating goes on where it was cut off.
    Raises RegisterDriftError for a spreadsheet that is not blank, TransientError beside a worker.
    """
    pause = Pause().wait
    with wiring.opened(settings, pause) as house:
        line, tabs = wiring.client(settings, house.ledger, pause), house.schema
        begun = sheets_restore.begin(line, target, books.signature(house))
        tell("going on with the restoration that was begun" if begun else "it is blank: beginning")
        office, procedure = known_office(house), wiring.procedure(tabs)
        sheets_setup.apply(line, target, tabs, office, procedure, settings.editors)
        told = sheets_restore.office_tabs(line, target, kept_tabs(house), tabs)
        # once more: the remembered tab Peran may name others who may edit
        sheets_setup.apply(line, target, tabs, office, procedure, settings.editors)
        tell(f"tabs made; as remembered: {', '.join(told) or 'none'}")
        sheet = SheetsRegister(line, target, tabs, Forgetful())
        books.fill(house, sheet, house.clock.now(), tell, pause)
        sheets_restore.end(line, target)
        return compared.verify(replace(house, register=sheet), house.clock.now())

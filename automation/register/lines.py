"""Lines of the tabs that only grow: the history, and the mails that are no complaints."""

from typing import Final

from automation.model import Cell, Event, MailRecord, Office, Ruling, TabLine, Verdict
from automation.register import pen as pens
from automation.register import rows
from automation.register.schema import Schema

_MACHINES: Final = frozenset({Verdict.AUTO_REPLY, Verdict.BOUNCE, Verdict.BULK, Verdict.UNREADABLE})
_RISKY: Final = frozenset({"blocked", "flood", "forged", "impostor", "program"})
"""Rules that hold a mail for what it may do."""


def history(event: Event, schema: Schema, office: Office) -> TabLine:
    """Tell an event in one line of the tab Riwayat; its mark is the event's id."""
    template = schema.words["event"].get(event.kind, event.kind)
    cells = (
        rows.serial(event.at, office.calendar.zone),
        event.number,
        schema.words["role"][event.by],
        rows.fill(template, event.facts, schema, office),
    )
    return TabLine("riwayat", cells, event.id)


def pen_tab(record: MailRecord) -> str:
    """Say where a mail waits: robots, risky and unreadable ones apart from those of people."""
    apart = record.verdict in _MACHINES or record.rule in _RISKY
    return "karantina" if apart else "surat_lain"


def pen(
    mark: int, record: MailRecord, schema: Schema, office: Office, ruling: Ruling | None = None
) -> TabLine:
    """Show a held mail; `ruling` = what was decided about it, when it is shown once more.

    A line about which nothing was decided ends with the code: an older tab may end there too.
    """
    reason = schema.words["rule"].get(record.rule) or schema.words["verdict"][record.verdict]
    cells: tuple[Cell, ...] = (
        rows.serial(record.received, office.calendar.zone),
        rows.clean(record.from_address),
        rows.clean(record.subject),
        rows.clean(record.first_lines),
        reason[:1].upper() + reason[1:],
        record.key[: pens.CODE],
    )
    if ruling is not None:
        word, number = pens.typed_back(ruling)
        cells += (word, number, pens.answer(ruling, schema, office))
    return TabLine(pen_tab(record), cells, mark)

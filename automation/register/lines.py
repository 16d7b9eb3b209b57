"""Lines of the tabs that only grow: the history, and the mails that are no complaints."""

from typing import Final

from automation.model import Event, MailRecord, Office, TabLine, Verdict
from automation.register import rows
from automation.register.schema import Schema

_DOUBTFUL: Final = frozenset({Verdict.HELD, Verdict.UNREADABLE, Verdict.CONFIDENTIAL_REQUEST})
_CODE: Final = 12
"""Characters of a mail's key that tell it apart in the log and in the archive."""


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


def pen(mark: int, record: MailRecord, schema: Schema, office: Office) -> TabLine:
    """Show a held mail in Karantina, a plain other mail in Surat Lain."""
    tab = "karantina" if record.verdict in _DOUBTFUL else "surat_lain"
    cells = (
        rows.serial(record.received, office.calendar.zone),
        rows.clean(record.from_address),
        rows.clean(record.subject),
        rows.clean(record.first_lines),
        schema.words["verdict"][record.verdict],
        record.key[:_CODE],
    )
    return TabLine(tab, cells, mark)

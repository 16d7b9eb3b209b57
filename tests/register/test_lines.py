"""Lines of the history and of the pens: one sentence each, in the office's words."""

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from automation.model import Event, MailRecord, Office, Role, Verdict
from automation.register import lines
from automation.register.schema import Schema

AT = datetime(2026, 11, 24, 6, tzinfo=ZoneInfo("Asia/Makassar"))
EVENT = Event(AT, "PKT-2026-0001", Role.SEKCAM, "disposisi", {"kasi": "kasi_pmd"}, id=12)
MAIL = MailRecord(
    key="0123456789abcdef" * 4,
    message_id="<1@warga.example>",
    verdict=Verdict.BULK,
    reason="List-Unsubscribe",
    number="",
    raw="2026/a.eml",
    received=AT,
    subject="Promo\x00 besar",
    from_address="toko@contoh.example",
    first_lines="=HYPERLINK(1)",
)


def test_an_event_is_told_with_its_place_in_the_history(schema: Schema, office: Office) -> None:
    """Moment on the wall clock, number, role and sentence; the mark is the event's id."""
    found = lines.history(EVENT, schema, office)
    assert (found.tab, found.mark) == ("riwayat", 12)
    assert found.cells == (
        46_350.25,
        "PKT-2026-0001",
        "Sekcam",
        "Sekcam mendisposisikan kepada Kasi PMD.",
    )


def test_an_event_without_a_sentence_is_told_by_its_key(schema: Schema, office: Office) -> None:
    """A newer version wrote it: better a bare word than a pass that fails."""
    found = lines.history(replace(EVENT, kind="kabar_baru"), schema, office)
    assert found.cells[-1] == "kabar_baru"


@pytest.mark.parametrize("verdict", Verdict)
def test_only_doubtful_mails_lie_in_quarantine(
    verdict: Verdict, schema: Schema, office: Office
) -> None:
    """Whoever looks through Karantina must not wade through advertisements."""
    doubtful = {Verdict.HELD, Verdict.UNREADABLE, Verdict.CONFIDENTIAL_REQUEST}
    found = lines.pen(3, replace(MAIL, verdict=verdict), schema, office)
    assert found.tab == ("karantina" if verdict in doubtful else "surat_lain")
    assert found.cells[4] == schema.words["verdict"][verdict]


def test_a_held_mail_is_shown_clean_and_can_be_found(schema: Schema, office: Office) -> None:
    """The code leads to the raw mail in the archive; hostile text is text."""
    found = lines.pen(3, MAIL, schema, office)
    assert found.cells == (
        46_350.25,
        "toko@contoh.example",
        "Promo besar",
        "=HYPERLINK(1)",
        "Surat massal",
        "0123456789ab",
    )
    assert found.mark == 3


@pytest.mark.parametrize("tab", ["riwayat", "karantina", "surat_lain"])
def test_a_line_has_a_cell_for_each_column(tab: str, schema: Schema, office: Office) -> None:
    """A line that is wider than its tab is refused by Google."""
    made = {
        "riwayat": lines.history(EVENT, schema, office),
        "karantina": lines.pen(1, replace(MAIL, verdict=Verdict.HELD), schema, office),
        "surat_lain": lines.pen(1, MAIL, schema, office),
    }
    assert len(made[tab].cells) == len(schema.tab(tab).column)

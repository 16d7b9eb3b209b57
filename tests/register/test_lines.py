"""Lines of the history and of the pens: one sentence each, in the office's words."""

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from automation.intake.classify import RULES
from automation.model import Event, MailRecord, Note, Office, Role, Ruling, Verdict
from automation.register import lines
from automation.register.schema import Schema
from automation.steps.recording import for_a_person

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
def test_machines_lie_apart_from_what_waits_for_a_person(
    verdict: Verdict, schema: Schema, office: Office
) -> None:
    """Whoever looks through Surat Lain must not wade through advertisements."""
    apart = {Verdict.AUTO_REPLY, Verdict.BOUNCE, Verdict.BULK, Verdict.UNREADABLE}
    found = lines.pen(3, replace(MAIL, verdict=verdict), schema, office)
    assert found.tab == ("karantina" if verdict in apart else "surat_lain")
    assert found.cells[4] == schema.words["verdict"][verdict]


@pytest.mark.parametrize("rule", ["blocked", "flood", "forged", "program", "impostor"])
def test_risky_mail_lies_with_the_machines(rule: str, schema: Schema, office: Office) -> None:
    """Nobody opens a program among the letters of citizens by mistake."""
    held = replace(MAIL, verdict=Verdict.HELD, rule=rule)
    assert "karantina" == lines.pen_tab(held)
    told = str(lines.pen(3, held, schema, office).cells[4])
    assert schema.words["rule"][rule].casefold() == told.casefold()


def test_every_rule_that_holds_a_mail_tells_why_in_the_row(schema: Schema) -> None:
    """The Petugas decides by it; English reasons are for the log."""
    held = {r.name for r in RULES if for_a_person(r.verdict, "")} | {"office", "history", "flood"}
    assert set() == held - set(schema.words["rule"])


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


def test_a_line_shown_once_more_tells_what_was_decided(schema: Schema, office: Office) -> None:
    """A restored register says what became of each mail."""
    ruling = Ruling(MAIL.key[:12], "Biarkan\t", Note("dibiarkan"), AT, closed=True)
    found = lines.pen(3, MAIL, schema, office, ruling)
    assert found.cells[6:] == ("Biarkan", "", schema.words["answer"]["dibiarkan"])


def test_a_line_is_as_wide_as_its_tab_at_most(schema: Schema, office: Office) -> None:
    """A wider line is refused by Google; one to be decided about ends where older tabs end."""
    ruling = Ruling(MAIL.key[:12], "Biarkan\t", Note("dibiarkan"), AT, closed=True)
    history = lines.history(EVENT, schema, office)
    assert len(history.cells) == len(schema.tab("riwayat").column)
    for record in (MAIL, replace(MAIL, verdict=Verdict.HELD)):
        columns = [c.name for c in schema.tab(lines.pen_tab(record)).column]
        assert columns.index("kode") + 1 == len(lines.pen(1, record, schema, office).cells)
        assert len(columns) == len(lines.pen(1, record, schema, office, ruling).cells)

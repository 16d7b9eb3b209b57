"""What a choice in the pen leads to, judged without a sheet or a ledger."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Final

import pytest

from automation.model import (
    Channel,
    InboundMail,
    LetterCode,
    MailRecord,
    Note,
    Office,
    PenChoice,
    PenEdit,
    Role,
    Ruling,
    Stage,
    Verdict,
)
from automation.workflow import decide, pen
from automation.workflow.desk import Desk
from tests.intake.mails import mail
from tests.world import MORNING, shipped

CODE: Final = "0" * 12
NUMBER: Final = "PKT-2026-0001"
HELD: Final = MailRecord(
    "0" * 64,
    "<1@w>",
    Verdict.HELD,
    "it is an invitation",
    "",
    "raw",
    datetime(2026, 11, 24, tzinfo=UTC),
    from_address="wayan@warga.example",
    rule="invitation",
)
OFFICE: Final[Office] = shipped()[1]
DESK: Final = Desk(MORNING, OFFICE)
CASE: Final = decide.typed(NUMBER, Channel.WHATSAPP, DESK)


def edit(choice: PenChoice | None, number: str = "", **changed: object) -> PenEdit:
    """Give a choice as it was read."""
    found = PenEdit(CODE, f"kata\t{number}", choice, number, number)
    return replace(found, **changed)  # type: ignore[arg-type]


def before(**changed: object) -> Ruling:
    """Give what followed from an earlier choice."""
    return replace(Ruling(CODE, "x", Note("x"), MORNING), **changed)  # type: ignore[arg-type]


@pytest.mark.parametrize("choice", [PenChoice.CASE, PenChoice.LEAVE])
def test_a_plain_choice_is_obeyed(choice: PenChoice) -> None:
    """Also after one that was refused, and after Biarkan: the Petugas may think again."""
    for earlier in (None, before(), before(closed=True)):
        assert pen.unmet(edit(choice), HELD, None, earlier) is None


def test_a_mail_is_added_to_a_case_that_exists() -> None:
    """The number decides; a number that is merely typed beside another choice does not matter."""
    assert pen.unmet(edit(PenChoice.MERGE, NUMBER), HELD, CASE, None) is None


@pytest.mark.parametrize(
    ("chosen", "record", "earlier", "note"),
    [
        (edit(None), HELD, None, Note("kata_tidak_dikenal", {"kata": "kata"})),
        (edit(None, agreed=False), HELD, None, Note("salinan")),
        (edit(PenChoice.LEAVE), None, None, Note("tidak_dikenal")),
        (edit(PenChoice.MERGE), HELD, None, Note("isi_nomor")),
        (
            edit(PenChoice.MERGE, "PKT-2026-0009"),
            HELD,
            None,
            Note("nomor_tidak_dikenal", {"kata": "PKT-2026-0009"}),
        ),
        (
            edit(PenChoice.CASE),
            HELD,
            before(number=NUMBER, closed=True),
            Note("sudah", {"nomor": NUMBER}),
        ),
        (edit(None), HELD, before(number=NUMBER, closed=True), Note("sudah", {"nomor": NUMBER})),
        (
            edit(PenChoice.CASE),
            replace(HELD, verdict=Verdict.COMPLAINT, number=NUMBER),
            None,
            Note("sudah", {"nomor": NUMBER}),
        ),
    ],
)
def test_any_other_choice_is_answered(
    chosen: PenEdit, record: MailRecord | None, earlier: Ruling | None, note: Note
) -> None:
    """Each with a sentence that says how to go on."""
    assert note == pen.unmet(chosen, record, None, earlier)


def test_a_wish_that_was_heard_is_not_added_twice() -> None:
    """What the complainant asked stands in the case since it came."""
    wish = replace(HELD, verdict=Verdict.CONFIDENTIAL_REQUEST, number=NUMBER)
    assert Note("sudah", {"nomor": NUMBER}) == pen.unmet(
        edit(PenChoice.MERGE, NUMBER), wish, CASE, None
    )


@pytest.mark.parametrize(
    ("changed", "answered"),
    [
        ({}, True),
        ({"rule": "blocked"}, True),
        ({"verdict": Verdict.AUTO_REPLY}, False),
        ({"verdict": Verdict.BOUNCE}, False),
        ({"verdict": Verdict.BULK}, False),
        ({"rule": "nobody"}, False),
        ({"from_address": ""}, False),
        ({"from_address": "petugas@kantor.example"}, False),
    ],
)
def test_no_machine_is_answered_whoever_releases_its_mail(
    changed: dict[str, object],
    answered: bool,  # noqa: FBT001 - a table's column
) -> None:
    """An answer to a robot may be answered by it; to a colleague it discloses nothing but noise."""
    record = replace(HELD, **changed)  # type: ignore[arg-type]
    assert answered is pen.may_answer(record, frozenset({"petugas@kantor.example"}))


def released(
    message: InboundMail, *, known: bool = True
) -> tuple[set[LetterCode], list[tuple[Role, str]]]:
    """Make a mail a case; give its letters and events."""
    decision = pen.made_a_case(message, NUMBER, DESK, CODE, known=known)
    assert Stage.MENUNGGU_DISPOSISI is decision.case.stage
    return {x.code for x in decision.letters}, [(e.by, e.kind) for e in decision.events]


def test_a_released_mail_is_a_complaint_as_if_it_had_been_one() -> None:
    """Receipt to the citizen, request to the Sekcam; the history names who chose."""
    letters, events = released(mail())
    assert {LetterCode.T01, LetterCode.T03} == letters
    assert (Role.PETUGAS, "surat_jadi_pengaduan") == events[0]


def test_whoever_is_not_to_be_answered_gets_no_receipt() -> None:
    """The Petugas fills in whom to answer; the case goes on all the same."""
    decision = pen.made_a_case(mail(), NUMBER, DESK, CODE, known=False)
    assert ("", "") == (decision.case.name, decision.case.email)
    assert [LetterCode.T03] == [x.code for x in decision.letters]


def test_the_clock_of_a_released_mail_starts_when_it_is_released() -> None:
    """The promise counts from the row in the register (OFFICE.md 2.2)."""
    late = replace(DESK, now=MORNING.replace(hour=10))
    decision = pen.made_a_case(mail(), NUMBER, late, CODE, known=True)
    assert late.now == decision.case.starts == decision.case.recorded


def test_an_added_mail_leaves_clock_and_stage() -> None:
    """It is one more word about the same matter; nobody gets a letter."""
    decision = pen.added(CASE, mail(), DESK, CODE)
    assert (CASE.stage, CASE.due, ()) == (decision.case.stage, decision.case.due, decision.letters)
    assert mail().own_text in decision.case.text
    assert ["surat_digabungkan", "keterangan"] == [e.kind for e in decision.events]

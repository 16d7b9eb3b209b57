"""Decisions: what follows from each choice, from a changed draft, from a sent or refused answer."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from automation.model import (
    Act,
    Calendar,
    Case,
    Channel,
    Decision,
    Edit,
    Fate,
    Hours,
    InboundMail,
    Letter,
    LetterCode,
    Office,
    Official,
    Role,
    Stage,
)
from automation.workflow import decide, effects
from automation.workflow.decide import STATUS_COLUMN
from automation.workflow.desk import Desk

WITA = ZoneInfo("Asia/Makassar")
NOW = datetime(2026, 11, 24, 8, 12, tzinfo=WITA)
DAY = ((time(7, 30), time(15)),)
WEEK = Hours(date(2024, 11, 25), None, dict.fromkeys(range(5), DAY))
CALENDAR = Calendar("Asia/Makassar", (WEEK,))
OFFICE = Office(
    CALENDAR,
    officials=(Official(Role.KASI, "kasi_pmd", "Kasi PMD", "", "kasi@kec.example"),),
    budgets={Role.SEKCAM: 15, Role.KASI: 40, Role.CAMAT: 20},
)
DESK = Desk(NOW, OFFICE)


def mail() -> InboundMail:
    """Give a plain complaint."""
    return InboundMail(
        key="k" * 64,
        message_id="<m01@warga.example>",
        subject="jalan rusak",
        from_name="wayan b",
        from_address="wayan@warga.example",
        reply_to="",
        to=("pengaduan@kec.example",),
        cc=(),
        in_reply_to=(),
        references=(),
        date=None,
        received=NOW.astimezone(UTC),
        text="jalan berlubang",
        own_text="jalan berlubang",
    )


def edit(role: Role, act: Act | None, typed: str = "x", kasi: str = "", **fields: str) -> Edit:
    """Give a choice in the role's column."""
    column = STATUS_COLUMN[role]
    return Edit("PKT-2026-0001", role, column, typed, act, kasi, {column: typed, **fields})


def at(stage: Stage, **changes: object) -> Case:
    """Give the case of `mail()` at a stage."""
    case = decide.received(mail(), "PKT-2026-0001", DESK).case
    return replace(case, stage=stage, **changes)  # type: ignore[arg-type]


def submitted(draft: str = "Sudah diperbaiki.") -> Case:
    """Give a case whose draft is before the Camat."""
    return at(Stage.MENUNGGU_KOREKSI, kasi="kasi_pmd", versions=(draft,), fields={"draf": draft})


def approved(fate: Fate = Fate.PLANNED, **changes: object) -> tuple[Case, Desk]:
    """Give an approved case and the desk with its answer letter of this fate."""
    decision = decide.edited(
        submitted(), edit(Role.CAMAT, Act.DISETUJUI, draf="Sudah diperbaiki."), DESK
    )
    answer = replace(decision.letters[0], fate=fate, settled_at=NOW)
    case = replace(decision.case, **changes)  # type: ignore[arg-type]
    return case, replace(DESK, letters=(answer,))


def codes(decision: Decision) -> list[LetterCode]:
    """Give the codes of the planned letters."""
    return [letter.code for letter in decision.letters]


def test_a_mail_is_acknowledged_and_put_before_the_sekcam() -> None:
    """A clear mail goes straight to the disposition, with its deadline of 95 minutes."""
    decision = decide.received(mail(), "PKT-2026-0001", DESK)

    assert Stage.MENUNGGU_DISPOSISI is decision.case.stage
    assert [LetterCode.T01, LetterCode.T03] == codes(decision)
    assert datetime(2026, 11, 24, 9, 47, tzinfo=WITA) == decision.case.due


def test_what_a_colleague_hands_on_waits_for_the_petugas_and_answers_nobody() -> None:
    """Who the citizen is was read from a forward: a person looks before a letter leaves."""
    decision = decide.received(mail(), "PKT-2026-0001", DESK, from_staff=True)

    assert (Stage.PERLU_DIPILAH, ()) == (decision.case.stage, decision.letters)


def test_a_typed_row_without_address_goes_to_the_sekcam_unacknowledged() -> None:
    """Who has no email gets no letter; the way is the same."""
    case = decide.typed("PKT-2026-0002", Channel.WHATSAPP, DESK)
    decision = decide.entered(case, {"status_petugas": "Catat"}, DESK)

    assert [LetterCode.T03] == codes(decision)
    assert {"status_petugas": "Catat"} == decision.case.handled


def test_the_acknowledgement_goes_out_once_in_the_life_of_a_case() -> None:
    """Sent back to the Petugas and recorded again, the citizen hears nothing twice."""
    case = decide.edited(
        at(Stage.MENUNGGU_DISPOSISI), edit(Role.SEKCAM, Act.KEMBALI_KE_PETUGAS), DESK
    ).case
    decision = decide.edited(case, edit(Role.PETUGAS, Act.CATAT), DESK)

    assert [LetterCode.T03] == codes(decision)


def test_a_disposition_tells_the_kasi_with_his_own_deadline() -> None:
    """The Kasi has 40 minutes from the moment of the disposition."""
    decision = decide.edited(
        at(Stage.MENUNGGU_DISPOSISI), edit(Role.SEKCAM, Act.DISPOSISI, kasi="kasi_pmd"), DESK
    )

    letter = decision.letters[0]
    assert (LetterCode.T04, "kasi_pmd") == (letter.code, letter.kasi)
    assert (NOW + timedelta(minutes=40)).isoformat() == letter.facts["batas_langkah"]


def test_a_redisposition_empties_the_choice_of_the_first_kasi() -> None:
    """The second Kasi must be able to choose anew."""
    case = at(Stage.PENYUSUNAN_DRAF, kasi="kasi_pmd")
    decision = decide.edited(
        case,
        edit(Role.SEKCAM, Act.DISPOSISI, kasi="kasi_trantib", status_kasi="Disusun"),
        DESK,
    )

    assert "kasi_trantib" == decision.case.kasi
    assert frozenset({"status_kasi"}) == decision.case.clearing


def test_the_same_kasi_again_is_no_redisposition() -> None:
    """Nobody gets a second letter for nothing."""
    case = at(Stage.PENYUSUNAN_DRAF, kasi="kasi_pmd")
    decision = decide.edited(case, edit(Role.SEKCAM, Act.DISPOSISI, kasi="kasi_pmd"), DESK)

    assert decision.case.problem is not None
    assert ("kasi_sama", ()) == (decision.case.problem.key, decision.letters)


def test_an_empty_draft_is_not_submitted_and_judged_again_when_filled() -> None:
    """The choice stands; the moment the draft is written it counts."""
    case = at(Stage.PENYUSUNAN_DRAF, kasi="kasi_pmd")
    refused = decide.edited(case, edit(Role.KASI, Act.DIAJUKAN, draf=" \n"), DESK)
    obeyed = decide.edited(refused.case, edit(Role.KASI, Act.DIAJUKAN, draf="Sudah."), DESK)

    assert refused.case.problem is not None
    assert "isi_draf" == refused.case.problem.key
    assert (Stage.MENUNGGU_KOREKSI, ("Sudah.",)) == (obeyed.case.stage, obeyed.case.versions)


def test_a_standing_refusal_is_told_once() -> None:
    """The same unfinished row in the next pass causes no second line of history."""
    case = at(Stage.PENYUSUNAN_DRAF, kasi="kasi_pmd")
    choice = edit(Role.KASI, Act.DIAJUKAN, draf="")
    refused = decide.edited(case, choice, DESK).case

    assert () == decide.edited(refused, choice, DESK).events


def test_an_unknown_word_is_answered_and_not_guessed() -> None:
    """Pesan Sistem quotes the word; nothing moves."""
    decision = decide.edited(at(Stage.MENUNGGU_DISPOSISI), edit(Role.SEKCAM, None, "Kasi X"), DESK)

    assert decision.case.problem is not None
    assert ("kata_tidak_dikenal", "Kasi X") == (
        decision.case.problem.key,
        decision.case.problem.facts["kata"],
    )
    assert Stage.MENUNGGU_DISPOSISI is decision.case.stage


@pytest.mark.parametrize("stage", [Stage.MENUNGGU_DISPOSISI, Stage.PENYUSUNAN_DRAF, Stage.SELESAI])
def test_an_approval_out_of_turn_is_flagged_and_not_obeyed(stage: Stage) -> None:
    """Without a submitted draft there is nothing to approve."""
    decision = decide.edited(at(stage), edit(Role.CAMAT, Act.DISETUJUI, draf="x"), DESK)

    assert (stage, ()) == (decision.case.stage, decision.letters)
    assert decision.case.problem is not None
    assert "tidak_berlaku" == decision.case.problem.key


def test_an_approved_answer_waits_out_the_hold() -> None:
    """Two minutes in which the Camat may take the decision back."""
    case, desk = approved()

    assert Stage.SIAP_DISAMPAIKAN is case.stage
    assert (LetterCode.T10, NOW + timedelta(minutes=2)) == (
        desk.letters[0].code,
        desk.letters[0].not_before,
    )


def test_without_an_address_the_petugas_gets_the_text() -> None:
    """The answer goes back by the way the complaint came."""
    case = replace(submitted(), email="")
    decision = decide.edited(case, edit(Role.CAMAT, Act.DISETUJUI, draf="Sudah diperbaiki."), DESK)

    assert [LetterCode.T07] == codes(decision)


def test_a_draft_changed_before_the_approval_goes_back_to_the_camat() -> None:
    """The Camat saw version 1; what stands there now is version 2 and needs a new decision."""
    decision = decide.edited(submitted(), edit(Role.CAMAT, Act.DISETUJUI, draf="Lain."), DESK)

    assert (Stage.MENUNGGU_KOREKSI, 0) == (decision.case.stage, decision.case.approved)
    assert ("Sudah diperbaiki.", "Lain.") == decision.case.versions
    assert [LetterCode.T05] == codes(decision)
    assert frozenset({"keputusan_camat"}) == decision.case.clearing


def test_a_draft_changed_in_the_hold_stops_the_letter() -> None:
    """The planned answer is withdrawn in the same decision that reopens the question."""
    case, desk = approved(fields={"draf": "Lain.", "keputusan_camat": "x"})
    decision = decide.ticked(case, desk)

    assert Stage.MENUNGGU_KOREKSI is decision.case.stage
    assert ("PKT-2026-0001/T10/1",) == decision.cancelled


def test_a_draft_emptied_in_the_hold_stops_the_letter_and_seals_nothing() -> None:
    """An empty answer is never put before the Camat."""
    case, desk = approved(fields={"draf": ""})
    decision = decide.ticked(case, desk)

    assert (("PKT-2026-0001/T10/1",), ()) == (decision.cancelled, decision.letters)
    assert ("Sudah diperbaiki.",) == decision.case.versions


@pytest.mark.parametrize("fate", [Fate.SENDING, Fate.HELD])
def test_a_draft_changed_after_the_answer_left_changes_nothing(fate: Fate) -> None:
    """The citizen may have the letter; it cannot be called back."""
    case, desk = approved(fate, fields={"draf": "Lain."})

    assert Stage.SIAP_DISAMPAIKAN is decide.ticked(case, desk).case.stage


def test_the_camat_takes_the_approval_back_in_the_hold() -> None:
    """The letter is withdrawn and the Kasi told why."""
    case, desk = approved()
    choice = edit(
        Role.CAMAT, Act.DIKEMBALIKAN, draf="Sudah diperbaiki.", catatan_camat="Sebut tanggal."
    )
    decision = decide.edited(case, choice, desk)

    assert Stage.DIKEMBALIKAN_KE_KASI is decision.case.stage
    assert (("PKT-2026-0001/T10/1",), [LetterCode.T06]) == (decision.cancelled, codes(decision))
    assert "Sebut tanggal." == decision.letters[0].facts["catatan"]


@pytest.mark.parametrize("stands", ["", "Tunggu dulu"])
def test_an_approval_emptied_or_overwritten_in_the_hold_stops_the_letter(stands: str) -> None:
    """A letter that the Camat no longer approves must not leave, whatever word stands there."""
    case, desk = approved(fields={"draf": "Sudah diperbaiki.", "keputusan_camat": stands})
    decision = decide.ticked(case, desk)

    assert (Stage.MENUNGGU_KOREKSI, 0) == (decision.case.stage, decision.case.approved)
    assert ("PKT-2026-0001/T10/1",) == decision.cancelled
    assert decision.case.problem is not None
    assert "ditarik" == decision.case.problem.key


def test_a_return_in_the_hold_stops_the_letter_even_before_its_reason_is_there() -> None:
    """The choice stands, asks for the reason, and is obeyed when that is written."""
    case, desk = approved()
    choice = edit(Role.CAMAT, Act.DIKEMBALIKAN, "Dikembalikan", draf="Sudah diperbaiki.")
    stopped = decide.ticked(decide.edited(case, choice, desk).case, desk)
    reasoned = replace(choice, fields={**choice.fields, "catatan_camat": "Sebut tanggal."})
    returned = decide.edited(stopped.case, reasoned, DESK)

    assert ("PKT-2026-0001/T10/1",) == stopped.cancelled
    assert stopped.case.problem is not None
    assert "isi_catatan_camat" == stopped.case.problem.key
    assert frozenset() == stopped.case.clearing
    assert Stage.DIKEMBALIKAN_KE_KASI is returned.case.stage


def test_another_word_of_approval_in_the_hold_stops_nothing() -> None:
    """`acc` instead of `Disetujui` is the same decision."""
    case, desk = approved()
    again = decide.edited(
        case, edit(Role.CAMAT, Act.DISETUJUI, "acc", draf="Sudah diperbaiki."), desk
    )

    assert Decision(again.case) == decide.ticked(again.case, desk)


def test_an_approval_emptied_after_the_answer_left_changes_nothing() -> None:
    """What may have reached the citizen cannot be called back."""
    fields = {"draf": "Sudah diperbaiki.", "keputusan_camat": ""}
    case, desk = approved(Fate.SENDING, fields=fields)

    assert Decision(case) == decide.ticked(case, desk)


def test_a_return_without_a_reason_is_not_obeyed() -> None:
    """The Kasi must know what to mend."""
    decision = decide.edited(submitted(), edit(Role.CAMAT, Act.DIKEMBALIKAN, draf="x"), DESK)

    assert decision.case.problem is not None
    assert "isi_catatan_camat" == decision.case.problem.key


def test_a_sent_answer_stops_the_clock() -> None:
    """The moment the mail server took the letter is the end of the service."""
    case, desk = approved(Fate.SENT)
    decision = decide.ticked(case, desk)

    assert (Stage.SUDAH_DISAMPAIKAN, NOW) == (decision.case.stage, decision.case.conveyed_at)


def test_a_refused_answer_is_told_to_the_petugas_once() -> None:
    """One notice, one sentence in the row; the next pass adds nothing."""
    case, desk = approved(Fate.FAILED)
    first = decide.ticked(case, desk)
    again = decide.ticked(first.case, replace(desk, letters=desk.letters + first.letters))

    assert [LetterCode.T16] == codes(first)
    assert Decision(first.case) == again


def test_conveyed_by_hand_is_refused_while_the_mail_is_on_its_way() -> None:
    """The worker sends it; the Petugas need not."""
    case, desk = approved()
    decision = decide.edited(case, edit(Role.PETUGAS, Act.SUDAH_DISAMPAIKAN), desk)

    assert decision.case.problem is not None
    assert "lewat_email" == decision.case.problem.key


@pytest.mark.parametrize("fate", [Fate.HELD, Fate.FAILED])
def test_sending_again_plans_a_second_letter(fate: Fate) -> None:
    """A person looked and decided; the letter has an identity of its own."""
    case, desk = approved(fate)
    decision = decide.edited(case, edit(Role.PETUGAS, Act.KIRIM_ULANG), desk)

    assert ["PKT-2026-0001/T10/2"] == [letter.key for letter in decision.letters]


def test_a_choice_that_the_worker_is_about_to_empty_is_not_obeyed_again() -> None:
    """Between the decision and the clearing of the cell the old word still stands there."""
    returned = decide.edited(
        submitted(),
        edit(Role.CAMAT, Act.DIKEMBALIKAN, catatan_camat="x", status_kasi="Diajukan", draf="y"),
        DESK,
    ).case
    stale = edit(Role.KASI, Act.DIAJUKAN, "Diajukan", draf="y")

    assert Decision(returned) == decide.edited(returned, stale, DESK)


def test_what_the_citizen_adds_keeps_the_first_text_and_the_clock() -> None:
    """Additions stand below, with date and time."""
    case = at(Stage.PENYUSUNAN_DRAF)
    decision = decide.followed_up(case, replace(mail(), own_text="ini fotonya"), DESK)

    assert "jalan berlubang\n\n[24/11/2026 08.12] ini fotonya" == decision.case.text
    assert case.due == decision.case.due


def test_a_withdrawn_unfinished_choice_takes_its_complaint_along() -> None:
    """Pesan Sistem does not go on about a choice that is gone."""
    refused = decide.edited(
        at(Stage.PENYUSUNAN_DRAF), edit(Role.KASI, Act.DIAJUKAN, draf=""), DESK
    ).case

    assert decide.calmed(refused).problem is None


def letter(fate: Fate) -> Letter:
    """Give an acknowledgement with a fate."""
    return Letter("PKT-2026-0001/T01/1", LetterCode.T01, "PKT-2026-0001", Role.PELAPOR, fate=fate)


@pytest.mark.parametrize("fate", [Fate.SENT, Fate.FAILED, Fate.HELD, Fate.CANCELLED])
def test_each_end_of_a_letter_is_a_line_of_history(fate: Fate) -> None:
    """Was it sent? is one look."""
    assert "T01" == effects.posted(letter(fate), NOW).facts["kode"]


def test_a_handwritten_complaint_keeps_its_time_and_is_marked() -> None:
    """Its clock began at the counter, its present stage when it was typed."""
    at = NOW - timedelta(hours=3)
    blank = decide.handwritten("PKT-2026-0001", Channel.TELEPON, at, DESK)
    decision = decide.entered(blank, {"status_petugas": "Catat"}, DESK)

    assert (at, NOW) == (decision.case.recorded, decision.case.entered)
    assert "Susulan" == decision.case.trail[0]
    assert ["dicatat_susulan", "act"] == [event.kind for event in decision.events]

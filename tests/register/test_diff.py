"""The differ reports what people did, and only that."""

from dataclasses import replace
from typing import Any

import pytest

from automation.errors import RegisterDriftError
from automation.model import Act, Case, Cell, Office, Role, Row, Snapshot
from automation.register import diff, rows
from automation.register.schema import Schema


def snapshot(*lines: dict[str, Cell]) -> Snapshot:
    """Give a sheet of these lines."""
    found = tuple(
        Row(at, rows.text(line.get("nomor")), line) for at, line in enumerate(lines, start=2)
    )
    return Snapshot(found, {}, len(lines) + 1)


def seen(case: Case, schema: Schema, **changes: Any) -> Case:  # noqa: ANN401 - fields of a case
    """Give the case as it is remembered after its row was seen without people's cells."""
    return replace(case, fields={c.name: "" for c in schema.theirs()}, **changes)


def line(case: Case, **cells: Cell) -> dict[str, Cell]:
    """Give the row of a case with these people's cells."""
    return {"nomor": case.number, "tahap": "Menunggu disposisi", **cells}


def test_a_new_choice_is_an_edit_of_its_column_s_owner(
    case: Case, schema: Schema, office: Office
) -> None:
    """The Sekcam's choice of a Kasi arrives with the role, the act and the Kasi's key."""
    case = seen(case, schema)
    found = diff.compare(snapshot(line(case, disposisi="PMD")), {case.number: case}, schema, office)

    edit = found.edits[0]
    assert (
        edit.role,
        edit.typed,
        edit.act,
        edit.kasi,
    ) == (Role.SEKCAM, "PMD", Act.DISPOSISI, "kasi_pmd")


def test_a_choice_dealt_with_is_no_edit(case: Case, schema: Schema, office: Office) -> None:
    """A decision stays visible without being obeyed twice."""
    case = seen(case, schema, handled={"disposisi": "Kasi PMD"})
    sheet = snapshot(line(case, disposisi="Kasi PMD"))

    assert diff.compare(sheet, {case.number: case}, schema, office).edits == ()


def test_an_emptied_choice_is_forgotten(case: Case, schema: Schema, office: Office) -> None:
    """After emptying the cell the same word counts as a new decision."""
    case = seen(case, schema, handled={"disposisi": "Kasi PMD"}, clearing=frozenset({"disposisi"}))
    found = diff.compare(snapshot(line(case)), {case.number: case}, schema, office)

    assert ((), {}, frozenset()) == (
        found.edits,
        found.cases[case.number].handled,
        found.cases[case.number].clearing,
    )


def test_a_choice_waiting_to_be_emptied_is_no_edit(
    case: Case, schema: Schema, office: Office
) -> None:
    """What the worker is about to empty is an old decision."""
    case = seen(case, schema, handled={"disposisi": "Kasi PMD"}, clearing=frozenset({"disposisi"}))
    found = diff.compare(
        snapshot(line(case, disposisi="Kasi PMD")), {case.number: case}, schema, office
    )

    assert found.edits == ()
    assert frozenset({"disposisi"}) == found.cases[case.number].clearing


def test_a_newer_choice_ends_the_emptying(case: Case, schema: Schema, office: Office) -> None:
    """A person who chooses again before the worker emptied the cell is heard."""
    case = seen(case, schema, handled={"disposisi": "Kasi PMD"}, clearing=frozenset({"disposisi"}))
    found = diff.compare(
        snapshot(line(case, disposisi="Kasi Kesos")), {case.number: case}, schema, office
    )

    assert [edit.kasi for edit in found.edits] == ["kasi_kesos"]
    assert frozenset() == found.cases[case.number].clearing


def test_an_unknown_word_is_reported_unread(case: Case, schema: Schema, office: Office) -> None:
    """An unknown word is answered, never guessed."""
    case = seen(case, schema)
    found = diff.compare(
        snapshot(line(case, keputusan_camat="mungkin")), {case.number: case}, schema, office
    )

    assert [(edit.typed, edit.act) for edit in found.edits] == [("mungkin", None)]


def test_people_s_cells_are_remembered_without_an_edit(
    case: Case, schema: Schema, office: Office
) -> None:
    """A draft in the making is known to the ledger before anything is chosen."""
    case = seen(case, schema)
    found = diff.compare(snapshot(line(case, draf="Yth.")), {case.number: case}, schema, office)

    assert found.cases[case.number].fields["draf"] == "Yth."


def test_an_unchanged_row_is_not_mentioned(case: Case, schema: Schema, office: Office) -> None:
    """An idle pass writes nothing into the ledger."""
    case = seen(case, schema)

    assert diff.Diff() == diff.compare(snapshot(line(case)), {case.number: case}, schema, office)


def test_only_a_finished_hand_entered_row_is_taken(schema: Schema, office: Office) -> None:
    """A half-typed row is left alone until the Petugas chooses Catat."""
    half: dict[str, Cell] = {"kanal": "Telepon"}
    done: dict[str, Cell] = {"kanal": "WA", "status_petugas": " catat."}
    found = diff.compare(snapshot(half, done), {}, schema, office)

    assert [row.position for row in found.typed] == [3]


def test_a_row_that_lost_its_number_is_not_taken_for_a_new_complaint(
    case: Case, schema: Schema, office: Office
) -> None:
    """Clearing a number must not give the same complaint a second one."""
    case = seen(case, schema)
    cleared = {**line(case, status_petugas="Catat"), "nomor": ""}
    found = diff.compare(snapshot(cleared), {case.number: case}, schema, office)

    assert ((), (case.number,), (2,)) == (found.typed, found.vanished, found.orphans)


def test_a_copied_row_is_reported_and_neither_is_read(
    case: Case, schema: Schema, office: Office
) -> None:
    """Of two rows with one number nobody knows which is meant."""
    case = seen(case, schema)
    sheet = snapshot(line(case, disposisi="PMD"), line(case, disposisi="Kesos"))
    found = diff.compare(sheet, {case.number: case}, schema, office)

    assert ((), {}, (case.number,)) == (found.edits, found.cases, found.doubled)


def test_a_number_that_was_never_given_is_reported(schema: Schema, office: Office) -> None:
    """A number typed by hand makes no case."""
    found = diff.compare(snapshot({"nomor": "PKT-2026-0009"}), {}, schema, office)

    assert found.unknown == ("PKT-2026-0009",)


def test_a_case_never_seen_in_the_sheet_has_not_vanished(
    case: Case, schema: Schema, office: Office
) -> None:
    """A mail recorded a moment ago has no row yet; that is no catastrophe."""
    assert diff.compare(snapshot(), {case.number: case}, schema, office).vanished == ()


def _many(case: Case, schema: Schema, count: int) -> dict[str, Case]:
    numbers = [f"PKT-2026-{n:04}" for n in range(1, count + 1)]
    return {number: seen(replace(case, number=number), schema) for number in numbers}


def test_an_emptied_tab_is_refused(case: Case, schema: Schema, office: Office) -> None:
    """Nothing is written into a sheet that lost everything."""
    with pytest.raises(RegisterDriftError, match="empty"):
        diff.compare(snapshot(), _many(case, schema, 4), schema, office)


def test_a_few_rows_gone_are_put_back_also_when_there_were_no_others(
    case: Case, schema: Schema, office: Office
) -> None:
    """A young register has few rows: one deleted is housekeeping."""
    found = diff.compare(snapshot(), _many(case, schema, 3), schema, office)

    assert ("PKT-2026-0001", "PKT-2026-0002", "PKT-2026-0003") == found.vanished


@pytest.mark.parametrize(("known", "gone"), [(10, 4), (100, 11)])
def test_many_rows_gone_at_once_are_refused(
    known: int, gone: int, case: Case, schema: Schema, office: Office
) -> None:
    """A few rows deleted are put back; a good part of the register is a catastrophe."""
    cases = _many(case, schema, known)
    left = snapshot(*(line(c) for c in list(cases.values())[gone:]))

    with pytest.raises(RegisterDriftError, match=f"{gone} of {known}"):
        diff.compare(left, cases, schema, office)


def test_a_promised_number_is_not_missed(case: Case, schema: Schema, office: Office) -> None:
    """Hand-entered rows whose numbers are not yet written do not count as gone."""
    cases = _many(case, schema, 5)
    sheet = snapshot({"kanal": "Telepon"})

    assert diff.compare(sheet, cases, schema, office, promised=set(cases)).vanished == ()

"""The procedure itself: sound as a table, and judged over all roles, stages and choices."""

from collections import Counter
from itertools import product

import pytest

from automation.model import Act, LetterCode, Role, Stage
from automation.workflow.table import (
    ADDRESSEE,
    ANSWERS,
    CLOSED,
    HOLDER,
    PROCEDURE,
    Need,
    Way,
    acts,
    move,
)

ROLES = (Role.PETUGAS, Role.SEKCAM, Role.KASI, Role.CAMAT, Role.SISTEM)

# Written out by hand from the published standard, apart from the table: who may choose what, where.
LAWFUL = {
    (Role.SISTEM, Act.DITERIMA): {"perlu_dipilah"},
    (Role.PETUGAS, Act.CATAT): {"perlu_dipilah"},
    (Role.PETUGAS, Act.BUKAN_PENGADUAN): {"perlu_dipilah", "menunggu_disposisi"},
    (Role.SEKCAM, Act.DISPOSISI): {
        "menunggu_disposisi",
        "penyusunan_draf",
        "dikembalikan_ke_kasi",
    },
    (Role.SEKCAM, Act.KEMBALI_KE_PETUGAS): {"menunggu_disposisi"},
    (Role.KASI, Act.DISUSUN): {"penyusunan_draf", "dikembalikan_ke_kasi"},
    (Role.KASI, Act.DIAJUKAN): {"penyusunan_draf", "dikembalikan_ke_kasi"},
    (Role.KASI, Act.BUKAN_BIDANG): {"penyusunan_draf", "dikembalikan_ke_kasi"},
    (Role.CAMAT, Act.DISETUJUI): {"menunggu_koreksi", "siap_disampaikan"},
    (Role.CAMAT, Act.DIKEMBALIKAN): {"menunggu_koreksi", "siap_disampaikan"},
    (Role.SISTEM, Act.DRAF_BERUBAH): {"menunggu_koreksi", "siap_disampaikan"},
    (Role.SISTEM, Act.DITARIK): {"siap_disampaikan"},
    (Role.SISTEM, Act.TERKIRIM): {"siap_disampaikan"},
    (Role.PETUGAS, Act.SUDAH_DISAMPAIKAN): {"siap_disampaikan"},
    (Role.PETUGAS, Act.KIRIM_ULANG): {"siap_disampaikan"},
    (Role.SISTEM, Act.DIARSIPKAN): {"sudah_disampaikan"},
}
ONE_WAY = {
    (Role.SISTEM, Act.TERKIRIM, Way.HAND),
    (Role.PETUGAS, Act.KIRIM_ULANG, Way.HAND),
}


@pytest.mark.parametrize(
    ("role", "act", "stage", "way"), list(product(ROLES, Act, Stage, (Way.EMAIL, Way.HAND)))
)
def test_exactly_the_acts_of_the_standard_are_lawful(
    role: Role, act: Act, stage: Stage, way: Way
) -> None:
    """An act outside the standard must never be obeyed, and none inside it refused."""
    lawful = stage in LAWFUL.get((role, act), set()) and (role, act, way) not in ONE_WAY

    assert lawful == (move(role, act, stage, way) is not None)


def test_no_two_rows_apply_to_the_same_act() -> None:
    """Two rows for one act at one stage and one way would make the procedure ambiguous."""
    keys = Counter(
        (m.by, m.act, m.at, way)
        for m in PROCEDURE
        for way in (Way.EMAIL, Way.HAND)
        if m.way in (Way.ANY, way)
    )

    assert [] == [key for key, times in keys.items() if times > 1]


def test_an_answer_leaves_only_after_the_camat() -> None:
    """A letter nobody approved is the worst thing this program can do."""
    releasing = {(m.by, m.act) for m in PROCEDURE if ANSWERS & set(m.letters)}

    assert {(Role.CAMAT, Act.DISETUJUI), (Role.PETUGAS, Act.KIRIM_ULANG)} == releasing


def test_every_approval_of_a_draft_demands_the_sealed_text() -> None:
    """Sealed approval: no row lets the Camat approve a text that changed."""
    approvals = [m for m in PROCEDURE if m.act is Act.DISETUJUI and m.at is Stage.MENUNGGU_KOREKSI]

    assert approvals
    assert all(Need.UNCHANGED in m.needs for m in approvals)


def test_sending_again_demands_a_doubt() -> None:
    """A doubled letter needs a person who saw that the first one may be lost."""
    again = [m for m in PROCEDURE if m.act is Act.KIRIM_ULANG]

    assert [(Need.DOUBTFUL,)] == [m.needs for m in again]


def test_every_stage_on_the_way_has_a_holder_or_is_closed() -> None:
    """A case that nobody holds is a lost case."""
    reached = {m.to for m in PROCEDURE}

    assert set() == {s for s in reached if s not in HOLDER and s not in CLOSED}


def test_every_letter_has_an_addressee() -> None:
    """A letter without an addressee could not be sent."""
    assert set(LetterCode) == set(ADDRESSEE)


def test_every_case_can_come_to_an_end() -> None:
    """From each stage on the way some chain of moves leads to the archive."""
    ends = {Stage.SELESAI}
    while True:
        more = {m.at for m in PROCEDURE if m.to in ends} | ends
        if more == ends:
            break
        ends = more

    assert set(HOLDER) <= ends


def test_dropdowns_are_the_acts_of_the_table() -> None:
    """People are offered what the procedure knows, in its order."""
    assert (Act.DISUSUN, Act.DIAJUKAN, Act.BUKAN_BIDANG) == acts(Role.KASI)
    assert (Act.DISETUJUI, Act.DIKEMBALIKAN) == acts(Role.CAMAT)

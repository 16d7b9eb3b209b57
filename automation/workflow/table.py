"""THE procedure: who may decide what at which stage, and what follows. Nothing else in the code holds it.

The published standard of the office: the Petugas records (step 1), the Sekcam dispositions (2), the Kasi drafts and
submits (3), the Camat approves or returns (4), the Petugas conveys and archives (5). An act that is no row is
flagged and not obeyed.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from automation.model import Act, LetterCode, Role, Stage


class Way(StrEnum):
    """How the answer reaches the complainant."""

    ANY = "any"
    EMAIL = "email"  # the case has an address: the worker sends
    HAND = "hand"  # it has none: the Petugas conveys


class Need(StrEnum):
    """What must hold beside the stage; each is judged by the function of its name in decide.py."""

    DRAFT = "draft"  # the draft says something
    UNCHANGED = "unchanged"  # the draft is still the sealed version
    REASON = "reason"  # the Camat's note says why
    NOT_LEFT = "not_left"  # the answer is still in the hold
    DOUBTFUL = "doubtful"  # the answer failed, or nobody knows whether it arrived
    OTHER_KASI = "other_kasi"  # not the Kasi who has it already


@dataclass(frozen=True, slots=True)
class Move:
    """One lawful move of a case: a row of the procedure."""

    step: int  # of the published standard
    by: Role
    act: Act
    at: Stage
    to: Stage
    way: Way
    needs: tuple[Need, ...]
    letters: tuple[LetterCode, ...]


R, A, S, L, N = Role, Act, Stage, LetterCode, Need
ANY, EMAIL, HAND = Way.ANY, Way.EMAIL, Way.HAND

# fmt: off
PROCEDURE: Final = (
    # step by         act                   from                    to                      way    needs                       letters
    # 1: recorded; a clear mail goes straight on, a typed row when the Petugas says Catat
    Move(1, R.SISTEM,  A.DITERIMA,           S.PERLU_DIPILAH,        S.MENUNGGU_DISPOSISI,   EMAIL, (),                         (L.T01, L.T03)),
    Move(1, R.SISTEM,  A.DITERIMA,           S.PERLU_DIPILAH,        S.MENUNGGU_DISPOSISI,   HAND,  (),                         (L.T03,)),
    Move(1, R.PETUGAS, A.CATAT,              S.PERLU_DIPILAH,        S.MENUNGGU_DISPOSISI,   EMAIL, (),                         (L.T01, L.T03)),
    Move(1, R.PETUGAS, A.CATAT,              S.PERLU_DIPILAH,        S.MENUNGGU_DISPOSISI,   HAND,  (),                         (L.T03,)),
    Move(1, R.PETUGAS, A.BUKAN_PENGADUAN,    S.PERLU_DIPILAH,        S.BUKAN_PENGADUAN,      ANY,   (),                         ()),
    Move(1, R.PETUGAS, A.BUKAN_PENGADUAN,    S.MENUNGGU_DISPOSISI,   S.BUKAN_PENGADUAN,      ANY,   (),                         ()),
    # 2: the Sekcam reads and pauses; choosing another Kasi later is a re-disposition
    Move(2, R.SEKCAM,  A.DISPOSISI,          S.MENUNGGU_DISPOSISI,   S.PENYUSUNAN_DRAF,      ANY,   (),                         (L.T04,)),
    Move(2, R.SEKCAM,  A.DISPOSISI,          S.PENYUSUNAN_DRAF,      S.PENYUSUNAN_DRAF,      ANY,   (N.OTHER_KASI,),            (L.T04,)),
    Move(2, R.SEKCAM,  A.DISPOSISI,          S.DIKEMBALIKAN_KE_KASI, S.PENYUSUNAN_DRAF,      ANY,   (N.OTHER_KASI,),            (L.T04,)),
    Move(2, R.SEKCAM,  A.KEMBALI_KE_PETUGAS, S.MENUNGGU_DISPOSISI,   S.PERLU_DIPILAH,        ANY,   (),                         ()),
    # 3: the Kasi follows up and drafts; what is submitted is sealed as a version
    Move(3, R.KASI,    A.DISUSUN,            S.PENYUSUNAN_DRAF,      S.PENYUSUNAN_DRAF,      ANY,   (),                         ()),
    Move(3, R.KASI,    A.DISUSUN,            S.DIKEMBALIKAN_KE_KASI, S.DIKEMBALIKAN_KE_KASI, ANY,   (),                         ()),
    Move(3, R.KASI,    A.DIAJUKAN,           S.PENYUSUNAN_DRAF,      S.MENUNGGU_KOREKSI,     ANY,   (N.DRAFT,),                 (L.T05,)),
    Move(3, R.KASI,    A.DIAJUKAN,           S.DIKEMBALIKAN_KE_KASI, S.MENUNGGU_KOREKSI,     ANY,   (N.DRAFT,),                 (L.T05,)),
    Move(3, R.KASI,    A.BUKAN_BIDANG,       S.PENYUSUNAN_DRAF,      S.MENUNGGU_DISPOSISI,   ANY,   (),                         (L.T03,)),
    Move(3, R.KASI,    A.BUKAN_BIDANG,       S.DIKEMBALIKAN_KE_KASI, S.MENUNGGU_DISPOSISI,   ANY,   (),                         (L.T03,)),
    # 4: the Camat corrects; an approval may be taken back during the hold, also by emptying or overwriting it
    Move(4, R.CAMAT,   A.DISETUJUI,          S.MENUNGGU_KOREKSI,     S.SIAP_DISAMPAIKAN,     EMAIL, (N.DRAFT, N.UNCHANGED),     (L.T10,)),
    Move(4, R.CAMAT,   A.DISETUJUI,          S.MENUNGGU_KOREKSI,     S.SIAP_DISAMPAIKAN,     HAND,  (N.DRAFT, N.UNCHANGED),     (L.T07,)),
    Move(4, R.CAMAT,   A.DISETUJUI,          S.SIAP_DISAMPAIKAN,     S.SIAP_DISAMPAIKAN,     ANY,   (),                         ()),
    Move(4, R.CAMAT,   A.DIKEMBALIKAN,       S.MENUNGGU_KOREKSI,     S.DIKEMBALIKAN_KE_KASI, ANY,   (N.REASON,),                (L.T06,)),
    Move(4, R.CAMAT,   A.DIKEMBALIKAN,       S.SIAP_DISAMPAIKAN,     S.DIKEMBALIKAN_KE_KASI, ANY,   (N.NOT_LEFT, N.REASON),     (L.T06,)),
    Move(4, R.SISTEM,  A.DITARIK,            S.SIAP_DISAMPAIKAN,      S.MENUNGGU_KOREKSI,      ANY,   (N.NOT_LEFT,),              ()),
    Move(4, R.SISTEM,  A.DRAF_BERUBAH,       S.MENUNGGU_KOREKSI,     S.MENUNGGU_KOREKSI,     ANY,   (),                         (L.T05,)),
    Move(4, R.SISTEM,  A.DRAF_BERUBAH,       S.SIAP_DISAMPAIKAN,     S.MENUNGGU_KOREKSI,     ANY,   (N.NOT_LEFT,),              (L.T05,)),
    # 5: conveyed by mail or by the Petugas, then archived
    Move(5, R.SISTEM,  A.TERKIRIM,           S.SIAP_DISAMPAIKAN,     S.SUDAH_DISAMPAIKAN,    EMAIL, (),                         ()),
    Move(5, R.PETUGAS, A.SUDAH_DISAMPAIKAN,  S.SIAP_DISAMPAIKAN,     S.SUDAH_DISAMPAIKAN,    HAND,  (),                         ()),
    Move(5, R.PETUGAS, A.SUDAH_DISAMPAIKAN,  S.SIAP_DISAMPAIKAN,     S.SUDAH_DISAMPAIKAN,    EMAIL, (N.DOUBTFUL,),              ()),
    Move(5, R.PETUGAS, A.KIRIM_ULANG,        S.SIAP_DISAMPAIKAN,     S.SIAP_DISAMPAIKAN,     EMAIL, (N.DOUBTFUL,),              (L.T10,)),
    Move(5, R.SISTEM,  A.DIARSIPKAN,         S.SUDAH_DISAMPAIKAN,    S.SELESAI,              ANY,   (),                         ()),
)

# Who holds a case at a stage: whose turn it is, whose budget runs, whose status column is emptied on arrival.
HOLDER: Final = {
    S.PERLU_DIPILAH:        R.PETUGAS,
    S.MENUNGGU_DISPOSISI:   R.SEKCAM,
    S.PENYUSUNAN_DRAF:      R.KASI,
    S.DIKEMBALIKAN_KE_KASI: R.KASI,
    S.MENUNGGU_KOREKSI:     R.CAMAT,
    S.SIAP_DISAMPAIKAN:     R.PETUGAS,
}

# To whom each letter goes.
ADDRESSEE: Final = {
    L.T01: R.PELAPOR, L.T03: R.SEKCAM, L.T04: R.KASI,    L.T05: R.CAMAT,
    L.T06: R.KASI,    L.T07: R.PETUGAS, L.T10: R.PELAPOR, L.T16: R.PETUGAS, L.T19: R.PETUGAS,
}
# fmt: on

ANSWERS: Final = frozenset({L.T07, L.T10})
"""The letters that carry the approved answer out of the house: they wait out the hold."""

CLOSED: Final = frozenset(
    {S.SUDAH_DISAMPAIKAN, S.SELESAI, S.GANDA, S.BUKAN_PENGADUAN, S.DITERUSKAN}
)
"""Stages in which the clock does not run any more."""


def moves(by: Role, act: Act, at: Stage) -> tuple[Move, ...]:
    """Give the rows for an act at a stage: none, one, or one for each way."""
    return tuple(m for m in PROCEDURE if (m.by, m.act, m.at) == (by, act, at))


def move(by: Role, act: Act, at: Stage, way: Way) -> Move | None:
    """Give the one row that applies to a case whose answer goes this way, or None: not lawful."""
    return next((m for m in moves(by, act, at) if m.way in (Way.ANY, way)), None)


def acts(role: Role) -> tuple[Act, ...]:
    """Give what a role can choose at all, in the order of the procedure: its dropdown."""
    return tuple(dict.fromkeys(m.act for m in PROCEDURE if m.by is role))


def markdown(words: Mapping[str, Mapping[str, str]]) -> Iterator[str]:
    """Print the procedure as a table that the office can read and sign; `words` is words.toml."""
    yield "| Langkah | Pelaku | Pilihan | Dari tahap | Ke tahap | Bila | Syarat | Surat |"
    yield "|---|---|---|---|---|---|---|---|"
    for m in PROCEDURE:
        cells = (
            str(m.step),
            words["role"][m.by],
            words["act"][m.act],
            words["stage"][m.at],
            words["stage"][m.to],
            words["way"][m.way],
            ", ".join(words["need"][n] for n in m.needs) or "–",
            ", ".join(m.letters) or "–",
        )
        yield "| " + " | ".join(cells) + " |"

"""The heart under a storm: people edit at random, rows move about, passes die between two effects.

The machine keeps its own small reading of the published standard (`Paper`) and of the letters that
must follow. After every act the worker recovers, and the office must look as that reading says.
"""

import tempfile
from collections import Counter
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final, Self

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from automation.model import Fate, LetterCode
from automation.register import rows
from automation.steps.paper import reserve
from automation.worker import Worker
from tests.fakes.register import InMemoryRegister
from tests.weather import Weather
from tests.world import World, office_tabs, whatsapp_cells

_ORDER: Final = ("disposisi", "status_kasi", "keputusan_camat", "status_petugas")
_CHOICES: Final = {
    "disposisi": ("Kasi PMD", "Kasi Trantib", "Kembali ke Petugas", "entah"),
    "status_kasi": ("Disusun", "Diajukan", "Bukan bidang kami"),
    "keputusan_camat": ("Disetujui", "acc", "Dikembalikan", "nanti dulu"),
    "status_petugas": ("Catat", "Bukan pengaduan", "Sudah disampaikan", "Kirim ulang"),
}
_HOLD: Final = 2  # minutes
_DRAFTS: Final = ("", "Sudah ditambal.", "Sudah ditambal pada 24 November.")


class KilledError(BaseException):
    """The process died here."""


@dataclass(slots=True)
class Fuse:
    """Counts down over all wires; at zero the process dies."""

    left: int

    def burn(self) -> None:
        """Die when it is time."""
        self.left -= 1
        if self.left == 0:
            raise KilledError


class Wire:
    """Any wire, which may die just before or just after each of its calls."""

    def __init__(self, wire: object, fuse: Fuse) -> None:
        self._wire = wire
        self._fuse = fuse

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - stands in for any wire
        found = getattr(self._wire, name)

        def call(*args: object, **options: object) -> object:
            self._fuse.burn()
            answer = found(*args, **options)
            self._fuse.burn()
            return answer

        return call

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        return None


@dataclass(slots=True)
class Paper:
    """One complaint as the standard would have it."""

    stage: str
    email: bool
    letters: Counter[str]
    kasi: str = ""
    sealed: list[str] = field(default_factory=list)
    approval: str = ""
    due: int = 0  # minute in which the hold is over
    answer: str = ""  # "", planned, gone, doubt
    handled: dict[str, str] = field(default_factory=dict)

    def seen(self, cells: dict[str, str], minute: int) -> None:
        """Follow what stands in the row at this minute."""
        for column in _ORDER:
            typed = cells[column]
            if not typed:
                self.handled.pop(column, None)
            elif typed != self.handled.get(column) and not self._chosen(
                column, typed, cells, minute
            ):
                self.handled[column] = typed
        self._hold(cells)
        if self.answer == "planned" and minute >= self.due:
            self.leaves()

    def emptied(self, cells: dict[str, str]) -> None:
        """Forget the choices that were emptied for a new one."""
        self.handled = {column: word for column, word in self.handled.items() if cells[column]}

    def _chosen(self, column: str, typed: str, cells: dict[str, str], minute: int) -> bool:
        """Follow one choice; True = it stands unanswered until something is filled in."""
        name = f"_{column}_{'acc' if typed == 'Disetujui' else typed}".lower().replace(" ", "_")
        if typed.startswith("Kasi "):
            self._disposition(typed)
            return False
        return bool(getattr(self, name, lambda *_: False)(typed, cells, minute))

    def _to(self, stage: str, *letters: str) -> None:
        if self.stage == "Siap disampaikan" and self.answer == "planned":
            self.letters["T10" if self.email else "T07"] -= 1
            self.answer = ""
        self.stage = stage
        self.letters.update(letters)

    def _disposition(self, kasi: str) -> None:
        first = self.stage == "Menunggu disposisi"
        if first or (self._drafting() and kasi != self.kasi):
            self.kasi = kasi
            self._to("Penyusunan draf", "T04")

    def _drafting(self) -> bool:
        return self.stage in {"Penyusunan draf", "Dikembalikan ke Kasi"}

    def _disposisi_kembali_ke_petugas(self, *_: object) -> None:
        if self.stage == "Menunggu disposisi":
            self._to("Perlu dipilah")

    def _status_petugas_catat(self, *_: object) -> None:
        if self.stage == "Perlu dipilah":
            self._to("Menunggu disposisi", "T03")

    def _status_petugas_bukan_pengaduan(self, *_: object) -> None:
        if self.stage in {"Perlu dipilah", "Menunggu disposisi"}:
            self._to("Bukan pengaduan")

    def _status_kasi_bukan_bidang_kami(self, *_: object) -> None:
        if self._drafting():
            self._to("Menunggu disposisi", "T03")

    def _status_kasi_diajukan(self, _: str, cells: dict[str, str], __: int) -> bool:
        if not self._drafting():
            return False
        if not cells["draf"].strip():
            return True
        self.sealed.append(cells["draf"])
        self._to("Menunggu koreksi Camat", "T05")
        return False

    def _keputusan_camat_acc(self, typed: str, cells: dict[str, str], minute: int) -> bool:
        if self.stage == "Siap disampaikan":
            self.approval = typed
        if self.stage != "Menunggu koreksi Camat":
            return False
        if not cells["draf"].strip():
            return True
        if cells["draf"] != self.sealed[-1]:
            self._reopen(cells["draf"])
            return False
        self.approval, self.answer, self.due = typed, "planned", minute + _HOLD
        self.stage = "Siap disampaikan"
        self.letters["T10" if self.email else "T07"] += 1
        return False

    def _keputusan_camat_dikembalikan(self, _: str, cells: dict[str, str], __: int) -> bool:
        waiting = self.stage == "Siap disampaikan" and self.answer in {"", "planned"}
        if self.stage != "Menunggu koreksi Camat" and not waiting:
            return False
        if not cells["catatan_camat"].strip():
            return True
        self._to("Dikembalikan ke Kasi", "T06")
        return False

    def _status_petugas_sudah_disampaikan(self, *_: object) -> None:
        if self.stage == "Siap disampaikan" and (not self.email or self.answer == "doubt"):
            self._to("Selesai")

    def _status_petugas_kirim_ulang(self, _: str, __: dict[str, str], minute: int) -> None:
        if self.stage == "Siap disampaikan" and self.answer == "doubt":
            self.letters["T10"] += 1
            self.answer, self.due = "planned", minute + _HOLD

    def _reopen(self, draft: str) -> None:
        self._to("Menunggu koreksi Camat")
        if draft.strip():
            self.sealed.append(draft)
            self.letters["T05"] += 1

    def _hold(self, cells: dict[str, str]) -> None:
        if self.answer != "planned":
            return
        if cells["draf"] != self.sealed[-1]:
            self._reopen(cells["draf"])
        elif cells["keputusan_camat"] != self.approval:
            self._to("Menunggu koreksi Camat")

    def leaves(self) -> None:
        """Let the answer out of the house."""
        self.answer = "gone"
        if self.email:
            self.stage = "Selesai"


class Storm(RuleBasedStateMachine):
    """Acts of people and accidents of machines, in any order."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.world = World(Path(self.folder.name))
        self.papers: dict[str, Paper] = {}
        self.minute = 0
        self.kills = 0

    def teardown(self) -> None:
        """Leave no files behind."""
        self.folder.cleanup()

    @initialize(moves=st.booleans(), seed=st.none() | st.integers(0, 999))
    def open(self, moves: bool, seed: int | None) -> None:  # noqa: FBT001 - hypothesis calls it
        """Choose the weather, and whether a sort carries the anchors along as Google may do."""
        self.world.register = InMemoryRegister(office_tabs(), sort_moves_metadata=moves)
        self.world.weather = Weather(seed)

    # --- what happens -----------------------------------------------------------------------------

    @precondition(lambda self: len(self.papers) < 3)
    @rule(fuse=st.integers(0, 60))
    def mail(self, fuse: int) -> None:
        """Let a citizen complain."""
        self.world.mail_arrives(sender=f"warga{len(self.papers)}@warga.example")
        self._pass(fuse)
        self.papers[self._new()] = Paper("Menunggu disposisi", True, Counter(["T01", "T03"]))  # noqa: FBT003

    @precondition(lambda self: len(self.papers) < 3)
    @rule(fuse=st.integers(0, 60))
    def whatsapp(self, fuse: int) -> None:
        """Let the Petugas enter a complaint by hand."""
        self.world.register.type_row(whatsapp_cells() | {"nama": f"Ketut {len(self.papers)}"})
        self._pass(fuse)
        paper = Paper("Menunggu disposisi", False, Counter(["T03"]))  # noqa: FBT003
        paper.handled["status_petugas"] = "Catat"
        self.papers[self._new()] = paper

    @precondition(lambda self: len(self.papers) < 3)
    @rule(fuse=st.integers(0, 60), meanwhile=st.sampled_from(["", "insert", "reread", "change"]))
    def paper(self, fuse: int, meanwhile: str) -> None:
        """Let the Petugas type from paper, under a number reserved before; rows may move about."""
        [number] = reserve(self.world.ledger, 1, 2026)
        written = {"nomor": number, "tanggal": "23/11/2026", "jam": "09.15", "nama": number}
        self.world.register.type_row(whatsapp_cells() | written)
        if meanwhile:
            self.world.register.hooks[meanwhile] = lambda: self.world.register.insert_blank(2)
        self._pass(fuse)
        self.world.register.hooks.clear()
        note = Paper("Menunggu disposisi", False, Counter(["T03"]))  # noqa: FBT003
        note.handled["status_petugas"] = "Catat"
        assert number == self._new()
        self.papers[number] = note

    @precondition(lambda self: self.papers)
    @rule(
        at=st.integers(0, 2),
        choice=st.sampled_from([(c, w) for c, words in _CHOICES.items() for w in (*words, "")]),
        fuse=st.integers(0, 60),
        late=st.sampled_from(["", "reread", "change", "after change"]),
    )
    def choose(self, at: int, choice: tuple[str, str], fuse: int, late: str) -> None:
        """Let somebody choose in a status column, perhaps in the middle of a pass."""
        number = self._number(at)
        column, word = choice
        if late:
            self.world.register.hooks[late] = lambda: self.world.choose(number, **{column: word})
            self.world.settle()
        if not late or late in self.world.register.hooks:
            self.world.register.hooks.clear()
            self.world.choose(number, **{column: word})
        self._after(fuse)

    @precondition(lambda self: self.papers)
    @rule(at=st.integers(0, 2), text=st.sampled_from(_DRAFTS), fuse=st.integers(0, 60))
    def draft(self, at: int, text: str, fuse: int) -> None:
        """Let the Kasi write or change the draft."""
        self.world.choose(self._number(at), draf=text)
        self._after(fuse)

    @precondition(lambda self: self.papers)
    @rule(at=st.integers(0, 2), text=st.sampled_from(["", "Sebut tanggal."]))
    def note(self, at: int, text: str) -> None:
        """Let the Camat write a note, or take it away."""
        self.world.choose(self._number(at), catatan_camat=text)
        self._after(0)

    @precondition(lambda self: self.papers)
    @rule(at=st.integers(0, 2), fuse=st.integers(0, 60))
    def answer(self, at: int, fuse: int) -> None:
        """Hurry a complaint from the disposition to the Camat's approval."""
        number = self._number(at)
        for cells in (
            {"disposisi": "Kasi PMD"},
            {"draf": _DRAFTS[1], "status_kasi": "Diajukan"},
            {"keputusan_camat": "Disetujui"},
        ):
            self.world.choose(number, **cells)
            self._after(fuse)

    @rule(minutes=st.integers(1, 5), fuse=st.integers(0, 60))
    def later(self, minutes: int, fuse: int) -> None:
        """Let time pass."""
        self.world.later(minutes=minutes)
        self.minute += minutes
        self._after(fuse)

    # --- what people do to a sheet ----------------------------------------------------------------

    @rule(column=st.sampled_from(["perihal", "nomor", "kanal"]), reverse=st.booleans())
    def sort(self, column: str, reverse: bool) -> None:  # noqa: FBT001 - hypothesis calls it
        """Sort the sheet."""
        self.world.register.sort(column, reverse=reverse)
        self._after(0)

    @rule(position=st.integers(2, 5))
    def insert(self, position: int) -> None:
        """Insert an empty row."""
        self.world.register.insert_blank(position)
        self._after(0)

    @precondition(lambda self: len(self.papers) > 1)
    @rule(at=st.integers(0, 2), fuse=st.integers(0, 60))
    def delete(self, at: int, fuse: int) -> None:
        """Delete a row; it must come back."""
        self.world.register.delete(self._number(at))
        self._after(fuse)

    @precondition(lambda self: self.papers)
    @rule(at=st.integers(0, 2))
    def scribble(self, at: int) -> None:
        """Clear the number, or overwrite what is the worker's."""
        self.world.choose(self._number(at), tahap="Selesai", nomor="")
        self._after(0)

    @precondition(lambda self: self.papers)
    @rule(
        at=st.integers(0, 2),
        kind=st.sampled_from(["name", "nobody's", "next", "paper", "neighbour's"]),
        fuse=st.integers(0, 60),
    )
    def renumber(self, at: int, kind: str, fuse: int) -> None:
        """Type another number over one; it must be put back."""
        self._tidy()
        number = self._number(at)
        self.world.choose(number, nomor=self._wrong(kind, self._number(at + 1)))
        self._recover(fuse)

    def _tidy(self) -> None:
        """Let the Petugas delete what lost its number and was written anew, as he was asked to."""
        self.world.register.grid = [ln for ln in self.world.register.grid if ln.number()]
        self._follow_all()

    def _wrong(self, kind: str, neighbour: str) -> str:
        following = self.world.ledger.copy()
        numbers = {
            "name": "Ni Luh",
            "nobody's": "PKT-2026-0900",
            "next": following.next_number(2026),
            "neighbour's": neighbour,
        }
        following.close()
        return numbers.get(kind) or reserve(self.world.ledger, 1, 2026)[0]

    @precondition(lambda self: sum(paper.email for paper in self.papers.values()) > 1)
    @rule(fuse=st.integers(0, 60))
    def exchange(self, fuse: int) -> None:
        """Give two rows each other's number; only what they say tells them apart."""
        self._tidy()
        one, other = [n for n, paper in self.papers.items() if paper.email][:2]
        lines = self.world.register.line(one), self.world.register.line(other)
        for line, number in zip(lines, (other, one), strict=True):
            line.cells["nomor"] = number
        self._recover(fuse)

    # --- the worker -------------------------------------------------------------------------------

    def _after(self, fuse: int) -> None:
        self._pass(fuse)

    def _pass(self, fuse: int) -> None:
        """Let the worker see it, dying once on the way if the fuse burns down; then recover."""
        self._follow_all()
        self._recover(fuse)

    def _follow_all(self) -> None:
        for number, paper in self.papers.items():
            self._follow(number, paper)

    def _recover(self, fuse: int) -> None:
        if fuse and self._dies(Fuse(fuse)):
            self.kills += 1
        self.world.settle(2)
        for number, paper in self.papers.items():
            self._accept_doubt(number, paper)
            if cells := self._cells(number):
                paper.emptied(cells)

    def _follow(self, number: str, paper: Paper) -> None:
        cells = self._cells(number)
        if cells:
            paper.seen(cells, self.minute)
        elif paper.answer == "planned" and self.minute >= paper.due:
            paper.leaves()

    def _cells(self, number: str) -> dict[str, str]:
        lines = [ln for ln in self.world.register.grid if ln.number() == number]
        people = (*_ORDER, "draf", "catatan_camat")
        return {name: rows.text(lines[0].cells.get(name)) for name in people} if lines else {}

    def _dies(self, fuse: Fuse) -> bool:
        house = self.world.house()
        wires: dict[str, Any] = {
            name: Wire(getattr(house, name), fuse)
            for name in ("inbox", "register", "outbound", "archive", "ledger")
        }
        try:
            Worker(replace(house, **wires)).run()
        except KilledError:
            return True
        return False

    def _accept_doubt(self, number: str, paper: Paper) -> None:
        """Accept that a kill while an answer was being sent leaves it to a person."""
        answers = [x for x in self.world.ledger.letters(number) if x.code is LetterCode.T10]
        if answers and answers[-1].fate is Fate.HELD and paper.answer == "gone":
            assert self.kills
            paper.answer, paper.stage = "doubt", "Siap disampaikan"
            paper.letters["T16"] += 1

    def _new(self) -> str:
        [number] = set(self.world.ledger.cases()) - set(self.papers)
        return number

    def _number(self, at: int) -> str:
        return list(self.papers)[at % len(self.papers)]

    # --- what must hold ---------------------------------------------------------------------------

    @invariant()
    def each_complaint_has_one_row_at_its_stage(self) -> None:
        """No complaint is lost, doubled, or anywhere but where the standard has it."""
        stands = Counter(ln.number() for ln in self.world.register.grid if ln.number())
        stages = {number: self.world.cell(number, "tahap") for number in stands}

        assert dict.fromkeys(self.papers, 1) == dict(stands)
        assert {number: paper.stage for number, paper in self.papers.items()} == stages

    @invariant()
    def each_lawful_act_has_its_letters_once(self) -> None:
        """Every lawful edit has its letters exactly once, no unlawful edit any."""
        for number, paper in self.papers.items():
            letters = self.world.ledger.letters(number)
            kept = Counter(x.code.value for x in letters if x.fate is not Fate.CANCELLED)

            assert +paper.letters == kept

    @invariant()
    def what_left_is_what_the_ledger_says(self) -> None:
        """Let an answer leave at most once, other letters once or, after a kill, again."""
        left = Counter(str(m["Message-ID"]) for m in self.world.outbound.sent)
        writer = self.world.house().letters
        for number in ("", *self.papers):  # "" = about the system
            for letter in self.world.ledger.letters(number):
                times = left.pop(writer.message_id(letter.key), 0)
                most = 1 if letter.code is LetterCode.T10 else 1 + self.kills
                least = 1 if letter.fate is Fate.SENT else 0
                if letter.fate in {Fate.PLANNED, Fate.CANCELLED}:
                    most = 0

                assert least <= times <= most
        assert not left

    @invariant()
    def the_history_tells_each_event_once(self) -> None:
        """Riwayat is append-only and complete."""
        told = len(self.world.register.lines.get("riwayat", ()))

        assert len(self.world.ledger.events(0, 10_000)) == told


TestStorm = Storm.TestCase
TestStorm.settings = settings(
    max_examples=60,
    stateful_step_count=25,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)

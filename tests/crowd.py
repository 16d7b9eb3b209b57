"""A crowd at the register: officials by their own accounts, each acting over a socket of its own.

Everything that is written about a complaint bears its mark, so that a text in a foreign row, or in
a foreign letter, gives itself away.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any, Final

from gspread.utils import DateTimeOption, ValueInputOption, ValueRenderOption, rowcol_to_a1

from automation.model import Cell, Stage
from automation.register import grid
from automation.steps.paper import reserve
from tests.loopback import Loopback
from tests.world import World, shipped

Json = dict[str, Any]
Line = dict[str, str]

MARK: Final = re.compile(r"#\d+#")
_KASI: Final = ("Kasi PMD", "Kasi Trantib")
_FAR: Final = 60
_GOES: Final = 2
"""Rows of known complaints that people take away in one storm: more at once is a catastrophe."""

_THEIRS: Final = {
    "status_petugas": "petugas",
    "disposisi": "sekcam",
    "draf": "kasi_pmd",
    "status_kasi": "kasi_pmd",
    "keputusan_camat": "camat",
    "catatan_camat": "camat",
}
"""Whose account writes into which column; the Petugas writes into the others."""


def marks(text: str) -> set[str]:
    """Give the marks of complaints in a text."""
    return set(MARK.findall(text))


@dataclass(slots=True)
class Complaint:
    """What somebody complained of, and what the Camat approved as its answer."""

    mark: str
    by_mail: bool
    half: bool = False  # its row is not complete yet
    approved: list[str] = field(default_factory=list)


@dataclass
class Crowd:
    """The people, their eyes and their hands."""

    town: Loopback
    world: World
    dice: Random
    complaints: dict[str, Complaint] = field(default_factory=dict)
    renamed: dict[str, str] = field(default_factory=dict)  # column -> its title now
    copied: set[str] = field(default_factory=set)  # numbers that people made stand twice
    told: list[str] = field(default_factory=list)  # the acts so far
    gone: int = 0

    def __post_init__(self) -> None:
        self._header: list[str] = []
        self._tabs = {who: sheet.worksheet("Register") for who, sheet in self.town.sheets.items()}

    # --- eyes -----------------------------------------------------------------------------------

    def title(self, column: str) -> str:
        """Give what a column is called now."""
        return self.renamed.get(column) or shipped()[0].column(column).title

    def sheet(self, who: str = "owner") -> tuple[list[str], list[list[str]]]:
        """Read header and rows as they are shown."""
        self._header, *rows = self._tabs[who].get_all_values()
        return self._header, rows

    def lines(self, who: str = "owner") -> dict[int, Line]:
        """Give the rows that are not blank by their position, by column name."""
        titles, rows = self.sheet(who)
        places = {c.name: titles.index(self.title(c.name)) for c in shipped()[0].columns}
        return {
            at: {name: row[place] for name, place in places.items()}
            for at, row in enumerate(rows, start=2)
            if any(row)
        }

    def raw(self) -> list[dict[str, Cell]]:
        """Give the cells of each row that is not blank as the worker reads them, by column name."""
        titles, *rows = self._tabs["owner"].get_values(
            value_render_option=ValueRenderOption.unformatted,
            date_time_render_option=DateTimeOption.serial_number,
        )
        names = {self.title(c.name): c.name for c in shipped()[0].columns}
        found = (
            {names[t]: cell for t, cell in zip(titles, row, strict=False) if t in names}
            for row in rows
        )
        return [cells for cells in found if not all(map(grid.blank, cells.values()))]

    # --- hands ----------------------------------------------------------------------------------

    def put(self, at: int, cells: Mapping[str, str], who: str = "") -> None:
        """Type into a row just looked at, each column by whose it is unless one types all."""
        titles = self._header
        hands: dict[str, list[Json]] = {}
        for name, text in cells.items():
            place = rowcol_to_a1(at, titles.index(self.title(name)) + 1)
            hand = who or _THEIRS.get(name, "petugas")
            hands.setdefault(hand, []).append({"range": place, "values": [[text]]})
        for hand, typed in hands.items():
            self._tabs[hand].batch_update(typed, value_input_option=ValueInputOption.user_entered)

    def do(self, *requests: Json) -> None:
        """Let the owner do something to the sheet."""
        self.town.sheets["owner"].batch_update({"requests": list(requests)})

    def rows(self, at: int, count: int = 1) -> Json:
        """Give whole rows as a GridRange."""
        gid = self._tabs["owner"].id
        return {"sheetId": gid, "startRowIndex": at - 1, "endRowIndex": at - 1 + count}

    def span(self, dimension: str, at: int) -> Json:
        """Give one row or column (1-based) as a DimensionRange."""
        gid = self._tabs["owner"].id
        return {"sheetId": gid, "dimension": dimension, "startIndex": at - 1, "endIndex": at}

    # --- complaints -----------------------------------------------------------------------------

    def _new(self, *, by_mail: bool) -> Complaint:
        mark = f"#{len(self.complaints) + 1}#"
        self.complaints[mark] = Complaint(mark, by_mail)
        return self.complaints[mark]

    def mail(self) -> None:
        """Let a citizen write."""
        mark = self._new(by_mail=True).mark
        self.world.mail_arrives(f"w{mark[1:-1]}@warga.example", f"Lapor {mark}", f"Rusak {mark}")

    def _typed(self, mark: str) -> dict[str, str]:
        return {
            "kanal": self.dice.choice(["Telepon", "WhatsApp"]),
            "nama": f"Ketut {mark}",
            "kontak": f"0812-0000-{mark[1:-1]:0>4}",
            "perihal": f"Air {mark}",
        }

    def _rest(self, mark: str) -> dict[str, str]:
        return {"uraian": f"Air mati {mark}", "status_petugas": "Catat"}

    def _below(self) -> int:
        return max(self.lines(), default=1) + 1

    def type_row(self) -> None:
        """Let the Petugas type a complaint below the last row."""
        mark = self._new(by_mail=False).mark
        self.put(self._below(), self._typed(mark) | self._rest(mark))

    def type_half(self) -> None:
        """Let the Petugas begin a row, perhaps with Catat too early."""
        complaint = self._new(by_mail=False)
        complaint.half = True
        early = {"status_petugas": "Catat"} if self.dice.random() < 0.5 else {}
        self.put(self._below(), self._typed(complaint.mark) | early)

    def finish_half(self) -> None:
        """Let another hand complete a row that the Petugas began."""
        lines = self.lines()
        for complaint in self.complaints.values():
            at = next((n for n, ln in lines.items() if complaint.mark in ln["perihal"]), 0)
            if complaint.half and at:
                complaint.half = False
                self.put(at, self._rest(complaint.mark), "owner")

    # --- decisions ------------------------------------------------------------------------------

    def decide(self) -> None:
        """Let whoever's turn it is in some row decide."""
        if found := self._some():
            self.choose(*found)

    def _some(self) -> tuple[int, Line] | None:
        lines = {at: ln for at, ln in self.lines().items() if ln["tahap"] and marks(ln["perihal"])}
        if not lines:
            return None
        at = self.dice.choice(sorted(lines))
        return at, lines[at]

    def choose(self, at: int, line: Line, *, onward: bool = False) -> None:
        """Let the next choice be made in a row; `onward` = the one that brings it to its end."""
        stages = {word: key for key, word in shipped()[0].words["stage"].items()}
        way = getattr(self, f"_at_{stages.get(line['tahap'])}", None)
        if way is not None:
            mark = min(marks(line["perihal"]))
            astray = not onward and self.dice.random() < 0.2
            self.put(at, way(line, mark, astray=astray))

    def _at_perlu_dipilah(self, _line: Line, _mark: str, *, astray: bool) -> dict[str, str]:
        return {"status_petugas": "entah" if astray else "Catat"}

    def _at_menunggu_disposisi(self, _line: Line, _mark: str, *, astray: bool) -> dict[str, str]:
        return {"disposisi": "Kembali ke Petugas" if astray else self.dice.choice(_KASI)}

    def _at_penyusunan_draf(self, _line: Line, mark: str, *, astray: bool) -> dict[str, str]:
        if astray:
            return {"status_kasi": "Bukan bidang kami"}
        text = f"Sudah diperbaiki {mark} {self.dice.randrange(1000)}."
        return {"draf": text, "status_kasi": "Diajukan"}

    def _at_dikembalikan_ke_kasi(self, line: Line, mark: str, *, astray: bool) -> dict[str, str]:
        return self._at_penyusunan_draf(line, mark, astray=astray)

    def _at_menunggu_koreksi(self, line: Line, mark: str, *, astray: bool) -> dict[str, str]:
        if astray:
            return {"catatan_camat": f"Mohon dilengkapi {mark}", "keputusan_camat": "Dikembalikan"}
        self.complaints[mark].approved.append(line["draf"])
        return {"keputusan_camat": "Disetujui"}

    def _at_siap_disampaikan(self, line: Line, mark: str, *, astray: bool) -> dict[str, str]:
        if astray:
            return self.dice.choice(
                [
                    {"draf": f"Lain lagi {mark} {self.dice.randrange(1000)}."},
                    {"catatan_camat": f"Tunggu {mark}", "keputusan_camat": "Dikembalikan"},
                    {"keputusan_camat": ""},
                ]
            )
        return {} if "@" in line["kontak"] else {"status_petugas": "Sudah disampaikan"}

    # --- what people do to a sheet ----------------------------------------------------------------

    def sort(self) -> None:
        """Sort all rows by some column."""
        titles, _ = self.sheet()
        column = self.dice.choice(["nomor", "perihal", "tahap", "kanal", "uraian"])
        order = self.dice.choice(["ASCENDING", "DESCENDING"])
        spec = {"dimensionIndex": titles.index(self.title(column)), "sortOrder": order}
        area = {"sheetId": self._tabs["owner"].id, "startRowIndex": 1}
        self.do({"sortRange": {"range": area, "sortSpecs": [spec]}})

    def insert(self) -> None:
        """Insert a blank row somewhere."""
        at = self.dice.randint(2, self._below())
        self.do({"insertDimension": {"range": self.span("ROWS", at)}})

    def _numbered(self) -> dict[int, Line]:
        return {
            at: ln
            for at, ln in self.lines().items()
            if ln["nomor"] in self._own(ln) and ln["nomor"] not in self.copied
        }

    def _victim(self) -> tuple[int, Line] | None:
        """Give a row whose number people make away with, while few are missing."""
        found = self._numbered()
        if not found or self.gone >= _GOES:
            return None
        self.gone += 1
        at = self.dice.choice(sorted(found))
        return at, found[at]

    def delete(self) -> None:
        """Delete a row that the worker knows."""
        if found := self._victim():
            self.do({"deleteDimension": {"range": self.span("ROWS", found[0])}})

    def clear_number(self) -> None:
        """Empty the cell of a number."""
        if found := self._victim():
            self.put(found[0], {"nomor": ""}, "owner")

    def edit_number(self) -> None:
        """Type another number over one: of nobody, of a neighbour, the next one, one for paper."""
        if found := self._victim():
            at, line = found
            number = self._wrong({line["nomor"]})
            if number in self.world.ledger.cases():
                self.copied.add(number)
            self.put(at, {"nomor": number}, "owner")

    def number_fresh(self) -> None:
        """Type a number into a row that awaits its own, or begins just now."""
        fresh = [at for at, ln in self.lines().items() if not ln["nomor"] and not ln["tahap"]]
        fresh = [at for at in fresh if at < _FAR]
        if fresh:
            number = self._wrong(set())
            if number in self.world.ledger.cases():
                self.copied.add(number)
            self.put(self.dice.choice(fresh), {"nomor": number}, "petugas")

    def type_paper(self) -> None:
        """Let the Petugas type from paper, under a number reserved before."""
        mark = self._new(by_mail=False).mark
        [number] = reserve(self.world.ledger, 1, 2026)
        written = {"nomor": number, "tanggal": "24/11/2026", "jam": "07.40"}
        self.put(self._below(), written | self._typed(mark) | self._rest(mark), "petugas")

    def exchange_numbers(self) -> None:
        """Let two rows have each other's number."""
        found = self._numbered()
        if len(found) > 1 and self.gone <= 0:
            self.gone += 2
            one, other = self.dice.sample(sorted(found), 2)
            self.copied |= {found[one]["nomor"], found[other]["nomor"]}
            self.put(one, {"nomor": found[other]["nomor"]}, "owner")
            self.put(other, {"nomor": found[one]["nomor"]}, "owner")

    def _wrong(self, besides: set[str]) -> str:
        """Give some number that is not the row's own."""
        ledger = self.world.ledger
        following = ledger.copy()
        others = sorted(set(ledger.cases()) - besides)
        kinds = {
            "garbage": "Ni Luh",
            "nobody's": "PKT-2026-0900",
            "next": following.next_number(2026),
            "paper": "",
            "neighbour's": self.dice.choice(others) if others else "12",
        }
        following.close()
        kind = self.dice.choice(sorted(kinds))
        self.told.append(f"({kind})")
        return kinds[kind] or reserve(ledger, 1, 2026)[0]

    def clear_typed(self) -> None:
        """Let the Petugas empty the numbers of rows that are not recorded, as he was asked to."""
        for at, line in self.lines().items():
            if line["nomor"] and not line["tahap"] and line["nomor"] not in self._own(line):
                self.put(at, {"nomor": ""}, "petugas")

    def _own(self, line: Line) -> set[str]:
        found = marks(line["perihal"])
        cases = self.world.ledger.cases().items()
        return {n for n, case in cases if marks(case.subject) == found}

    def cut(self) -> None:
        """Cut a row out and paste it where nothing stands."""
        found = self._numbered()
        if found:
            at = self.dice.choice(sorted(found))
            to = self._below() + self.dice.randint(0, 2)
            corner = {"sheetId": self._tabs["owner"].id, "rowIndex": to - 1, "columnIndex": 0}
            source = self._whole(at)
            self.do(
                {"insertDimension": {"range": self.span("ROWS", to), "inheritFromBefore": True}},
                {"cutPaste": {"source": source, "destination": corner}},
            )

    def swap(self) -> None:
        """Cut a row out and insert it elsewhere, as with the mouse."""
        found = self._numbered()
        if len(found) > 1:
            at, to = self.dice.sample(sorted(found), 2)
            if abs(at - to) > 1:
                move = {"source": self.span("ROWS", at), "destinationIndex": to - 1}
                self.do({"moveDimension": move})

    def _whole(self, at: int) -> Json:
        wide = self._tabs["owner"].col_count
        return self.rows(at) | {"startColumnIndex": 0, "endColumnIndex": wide}

    def duplicate(self) -> None:
        """Copy a row to below the last one."""
        found = self._numbered()
        if found and not self.copied:
            at = self.dice.choice(sorted(found))
            self.copied.add(found[at]["nomor"])
            to = self.rows(self._below()) | {"startColumnIndex": 0}
            self.do({"copyPaste": {"source": self._whole(at), "destination": to}})

    def rename_column(self) -> None:
        """Give a column another title."""
        column = self.dice.choice(["perihal", "draf", "status_kasi", "tahap", "uraian"])
        titles, _ = self.sheet()
        place = rowcol_to_a1(1, titles.index(self.title(column)) + 1)
        new = f"{shipped()[0].column(column).title} ({self.dice.randrange(100)})"
        self._tabs["owner"].batch_update([{"range": place, "values": [[new]]}])
        self.renamed[column] = new

    def move_column(self) -> None:
        """Drag a column elsewhere."""
        at, to = self.dice.sample(range(5, 30), 2)
        if abs(at - to) > 1:
            self.do({"moveDimension": {"source": self.span("COLUMNS", at), "destinationIndex": to}})

    def insert_column(self) -> None:
        """Insert a column of their own, or two."""
        at = self.dice.randint(2, 30)
        self.do({"insertDimension": {"range": self.span("COLUMNS", at)}})

    def hide(self) -> None:
        """Hide rows, and filter all of them."""
        at = self.dice.randint(2, self._below())
        hidden = {"properties": {"hiddenByUser": True}, "fields": "hiddenByUser"}
        area = {"sheetId": self._tabs["owner"].id, "startRowIndex": 0}
        self.do(
            {"updateDimensionProperties": {"range": self.span("ROWS", at), **hidden}},
            {"setBasicFilter": {"filter": {"range": area}}},
        )

    def stray(self) -> None:
        """Leave a word far below."""
        self.sheet()
        self.put(_FAR + self.dice.randrange(20), {"nama": "catatan"})

    def scribble(self) -> None:
        """Overwrite cells that are the worker's."""
        if found := self._some():
            self.put(found[0], {"tahap": "Selesai", "pesan_sistem": "beres"}, "owner")

    # --- putting things right ---------------------------------------------------------------------

    def mend(self) -> None:
        """Let the Petugas delete the copies, as he was asked to."""
        seen: Counter[str] = Counter()
        subjects = {n: marks(case.subject) for n, case in self.world.ledger.cases().items()}
        doomed: list[int] = []
        for at, line in self.lines().items():
            number = line["nomor"]
            own = number in subjects and subjects[number] == marks(line["perihal"])
            seen[number] += own
            if number and (not own or seen[number] > 1):
                doomed.append(at)
        for at in sorted(doomed, reverse=True):
            self.do({"deleteDimension": {"range": self.span("ROWS", at)}})
        self.copied.clear()

    def bring_to_end(self) -> bool:
        """Let everybody do what is due in every row; False = nothing is."""
        closed = {Stage.SELESAI, Stage.BUKAN_PENGADUAN}
        open_ = {n for n, c in self.world.ledger.cases().items() if c.stage not in closed}
        for at, line in self.lines().items():
            if line["nomor"] in open_:
                self.choose(at, line, onward=True)
        return bool(open_)


ACTS: Final[Sequence[tuple[str, int]]] = (
    ("decide", 12),
    ("mail", 3),
    ("type_row", 3),
    ("type_half", 2),
    ("finish_half", 2),
    ("sort", 3),
    ("insert", 2),
    ("delete", 1),
    ("clear_number", 1),
    ("edit_number", 2),
    ("number_fresh", 1),
    ("type_paper", 1),
    ("exchange_numbers", 1),
    ("cut", 2),
    ("swap", 2),
    ("duplicate", 1),
    ("rename_column", 1),
    ("move_column", 1),
    ("insert_column", 1),
    ("hide", 1),
    ("stray", 1),
    ("scribble", 1),
)
"""What people do, and how often beside each other."""


def act(crowd: Crowd) -> None:
    """Let somebody do something."""
    names, weights = zip(*ACTS, strict=True)
    [name] = crowd.dice.choices(names, weights)
    crowd.told.append(name)
    getattr(crowd, name)()

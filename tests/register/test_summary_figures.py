"""The figures of Rekap, as the sandbox works them out: what a person of the office reads there."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import product
from typing import Any, Final

import gspread
import pytest
from gspread.utils import ValueRenderOption

from automation.model import Case, Channel, NewRow, Stage
from automation.register import rows, writes
from automation.sandbox.google.areas import letters
from tests.register.benches import Bench
from tests.register.conftest import WITA
from tests.sandbox.google.conftest import OWNER

_KINDS: Final = ("Permintaan informasi", "Saran/aspirasi", "")
_TOLD: Final = {Stage.SUDAH_DISAMPAIKAN, Stage.SELESAI}
_BORN: Final = datetime(2026, 11, 3, 9, 0, tzinfo=WITA)
"""The desk's clock stands at 24 November 2026."""

_NAMES: Final = ("Jan", "Feb", "Mar", "Apr", "Mei", "Jun", "Jul", "Agu", "Sep", "Okt", "Nov")
_MONTHS: Final = ("Des 2025", *(f"{name} 2026" for name in _NAMES))


def _cases() -> Iterator[Case]:
    """Give cases of all channels and stages, from now to fourteen months ago; many are late."""
    for n, (channel, stage) in enumerate(product(Channel, Stage)):
        born = _BORN - timedelta(days=17 * (n % 26), hours=n % 5)
        told = born + timedelta(minutes=19 * (n % 11)) if stage in _TOLD else None
        due = born + timedelta(minutes=95)
        yield Case(f"PKT-2026-{n:04}", stage, channel, born, born, due, born, conveyed_at=told)


@pytest.fixture(name="cases")
def _given(made: Bench) -> list[Case]:
    """Fill the register with cases, every third of them without a minute left."""
    cases, new = list(_cases()), []
    for n, case in enumerate(cases):
        shown = rows.shown(case, n % 3 - 1, made.schema, made.office)
        cells = {**shown, **rows.prefilled(case, made.schema), "jenis": _KINDS[n % 3]}
        new.append(NewRow(case.number, writes.anchor(case.number), cells))
    register = made.register()
    register.read()
    register.insert(new, [], [], 1)
    return cases


def _tab(bench: Bench) -> gspread.Worksheet:
    return bench.desk.client().open_by_key(bench.desk.id).worksheet("Rekap")


def _figures(bench: Bench, head: str) -> dict[str, list[Any]]:
    """Read the table under a header with unmodified gspread: its lines by their first cell."""
    shown = _tab(bench).get_all_values()
    numbers = _tab(bench).get(value_render_option=ValueRenderOption.unformatted)
    start = next(at for at, row in enumerate(shown) if row[0] == head) + 1
    end = next((at for at in range(start, len(shown)) if not shown[at][0]), len(shown))
    return {shown[at][0]: numbers[at][1:] for at in range(start, end)}


def test_every_stage_channel_and_kind_has_its_number(made: Bench, cases: list[Case]) -> None:
    """The Camat reads how many wait, and for whom."""
    words = made.schema.words
    stages = Counter(words["stage"][case.stage] for case in cases)
    channels = Counter(words["channel"][case.channel] for case in cases)
    kinds = Counter(_KINDS[n % 3] for n in range(len(cases)))

    assert _figures(made, "Tahap") == {word: [stages[word]] for word in words["stage"].values()}
    assert _figures(made, "Kanal") == {word: [channels[word]] for word in words["channel"].values()}
    told = _figures(made, "Jenis")
    assert {word: line[0] for word, line in told.items()} == {word: kinds[word] for word in told}


def test_every_month_has_its_numbers(made: Bench, cases: list[Case]) -> None:
    """The monthly report: what came, what was answered in time, what late; older is left out."""
    months = {name: [0, 0, 0] for name in _MONTHS}
    for case in cases:
        age = (2026 - case.recorded.year) * 12 + 11 - case.recorded.month
        if age < 12:
            line = months[_MONTHS[11 - age]]
            line[0] += 1
            if case.conveyed_at:
                line[1 if case.conveyed_at <= case.due else 2] += 1

    assert _figures(made, "Bulan") == months
    assert len(cases) > sum(line[0] for line in months.values()) > 50
    assert all(sum(line[at] for line in months.values()) > 2 for at in (1, 2))


def test_late_and_in_time_add_up(made: Bench, cases: list[Case]) -> None:
    """The pie is drawn from two of these; what runs late is what the Sekcam asks for."""
    told = [case for case in cases if case.conveyed_at]
    in_time = sum(case.conveyed_at <= case.due for case in told if case.conveyed_at)
    at = letters(made.column("Sisa Menit"))
    left = made.desk.get(f"Register!{at}2:{at}")

    assert _figures(made, "Tanggapan") == {
        "Tepat waktu": [in_time],
        "Lewat waktu": [len(told) - in_time],
        "Masih berjalan dan sudah lewat waktu": [sum(row == [-1] for row in left)],
    }


def test_nothing_on_the_page_is_an_error(made: Bench, cases: list[Case]) -> None:
    """A single #NAME? and nobody believes the rest."""
    shown = [cell for row in _tab(made).get_all_values() for cell in row]

    assert len(cases) > 50
    assert [cell for cell in shown if cell.startswith("#")] == []


def test_dragged_columns_change_no_figure(made: Bench, cases: list[Case]) -> None:
    """Staff move columns as they like; the figures lean on the same ones as before."""
    before = _tab(made).get_all_values()
    gid, last = made.gid("Register"), made.column("Tanggal Disampaikan")
    source = {"sheetId": gid, "dimension": "COLUMNS", "startIndex": 1, "endIndex": 2}
    moved = {"source": source, "destinationIndex": last + 3}
    made.desk.do({"moveDimension": moved}, who=OWNER)

    assert made.column("Tanggal") > last - 1
    assert (len(cases) > 50, _tab(made).get_all_values()) == (True, before)

"""Filter views of the register: whose turn it is, and what is printed."""

from typing import Final

from automation.register import sheets_setup
from tests.register.benches import Bench, Json
from tests.sandbox.google.conftest import OWNER

TURN: Final = "Giliran saya \u2013 "
PRINT: Final = "Cetak \u2013 "


def _views(bench: Bench) -> dict[str, Json]:
    return {view["title"]: view for view in bench.sheet().get("filterViews", [])}


def _shows(bench: Bench, view: Json, stage: str, disposition: str = "") -> bool:
    """Say whether a filter view shows a row with this Tahap and this Disposisi Sekcam."""
    said = {bench.column("Tahap"): stage, bench.column("Disposisi Sekcam"): disposition}
    for spec in view["filterSpecs"]:
        criteria, cell = spec["filterCriteria"], said[spec["columnIndex"]]
        wanted = [v["userEnteredValue"] for v in criteria.get("condition", {}).get("values", [])]
        if cell in criteria.get("hiddenValues", []) or (wanted and cell not in wanted):
            return False
    return True


def test_each_role_has_a_view_of_the_rows_whose_turn_it_is(made: Bench) -> None:
    """In a register of hundreds of rows nobody finds his own without it."""
    shown = {
        title: [word for word in made.schema.words["stage"].values() if _shows(made, view, word)]
        for title, view in _views(made).items()
        if title.startswith(TURN) and "Kasi" not in title
    }

    assert shown == {
        f"{TURN}Petugas": ["Perlu dipilah", "Siap disampaikan"],
        f"{TURN}Sekcam": ["Menunggu disposisi"],
        f"{TURN}Camat": ["Menunggu koreksi Camat"],
    }


def test_a_kasi_sees_the_complaints_of_the_own_field(made: Bench) -> None:
    """Five Kasi share two stages; each must find what the Sekcam gave to him."""
    view = _views(made)[f"{TURN}Kasi PMD"]

    assert _shows(made, view, "Dikembalikan ke Kasi", "Kasi PMD")
    assert not _shows(made, view, "Penyusunan draf", "Kasi Kesos")
    assert not _shows(made, view, "Menunggu koreksi Camat", "Kasi PMD")


def test_only_the_petugas_sees_rows_in_which_nothing_stands_yet(made: Bench) -> None:
    """A complaint by telephone is typed into a blank row; the others' views end with their work."""
    views = {title: view for title, view in _views(made).items() if title.startswith(TURN)}

    assert {title for title, view in views.items() if _shows(made, view, "", "Kasi PMD")} == {
        f"{TURN}Petugas"
    }


def test_a_month_of_the_register_can_be_printed(made: Bench) -> None:
    """The office signs a printed book each month, in the order of the numbers."""
    view = _views(made)[f"{PRINT}bulan ini"]
    spec = view["filterSpecs"][0]
    condition = spec["filterCriteria"]["condition"]

    assert spec["columnIndex"] == made.column("Tanggal")
    assert condition["type"] == "CUSTOM_FORMULA"
    formula = condition["values"][0]["userEnteredValue"]
    assert formula == "=AND(YEAR($B2)=YEAR(TODAY());MONTH($B2)=MONTH(TODAY()))"
    assert view["sortSpecs"][0].get("dimensionIndex", 0) == made.column("No. Register")
    assert f"{PRINT}bulan lalu" in _views(made)


def test_a_view_that_somebody_changed_stays(made: Bench) -> None:
    """The Sekcam may look at the own work in the own way, and call it so."""
    view = {**_views(made)[f"{TURN}Sekcam"], "title": "Meja saya", "filterSpecs": []}
    made.desk.do({"updateFilterView": {"filter": view, "fields": "title,filterSpecs"}}, who=OWNER)

    assert made.init() == [sheets_setup.NOTHING]
    assert "Meja saya" in _views(made)


def test_a_view_that_somebody_made_by_the_same_name_is_the_view(made: Bench) -> None:
    """Two views of one name: nobody knows which is meant."""
    number = _views(made)[f"{TURN}Sekcam"]["filterViewId"]
    own = {"title": f"{TURN}Sekcam", "range": {"sheetId": 0}}
    made.desk.do(
        {"deleteFilterView": {"filterId": number}}, {"addFilterView": {"filter": own}}, who=OWNER
    )

    assert made.init() == [sheets_setup.NOTHING]

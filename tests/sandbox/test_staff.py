"""Officials who type into the register, and citizens who write and read mail."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from automation.sandbox.staff import NUMBER, Letterbox, Official
from tests.sandbox.towns import Town

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("town")]

NOW = datetime(2026, 11, 24, 22, 15, tzinfo=ZoneInfo("Asia/Makassar"))
TITLES = ["Tahap", NUMBER, "Perihal"]
ROWS = [["Selesai", "PKT-2026-0001", "jalan"], ["", "PKT-2026-0002", "jalan rusak"]]


@pytest.fixture(scope="module", name="petugas")
def _petugas(town: Town) -> Official:
    """Open a small register as the Petugas."""
    tab = town.sheet("owner").add_worksheet("Register", 20, 3)
    tab.update([TITLES, *ROWS])
    settings = town.settings
    account = town.place / "accounts/petugas.json"
    return Official(account, settings.google_api_endpoint, settings.spreadsheet_id)


class TestOfficial:
    """Looking and typing."""

    @pytest.mark.parametrize(
        ("wanted", "number"),
        [
            ({"Perihal": "jalan"}, "PKT-2026-0001"),
            ({"Perihal": "rusak"}, "PKT-2026-0002"),
            ({"Perihal": "jalan", "Tahap": ""}, "PKT-2026-0002"),
        ],
    )
    def test_a_row_is_found_by_what_stands_in_it(
        self, petugas: Official, wanted: dict[str, str], number: str
    ) -> None:
        """The demo would go on before its turn, or wait for ever."""
        assert petugas.row(wanted)[NUMBER] == number

    def test_a_row_that_is_known_does_not_count(self, petugas: Official) -> None:
        """A second demo in one directory would act on the cases of the first."""
        assert petugas.row({"Perihal": "jalan"}, {"PKT-2026-0001"})[NUMBER] == "PKT-2026-0002"
        assert petugas.row({"Perihal": "musik"}) == {}

    def test_typing_goes_to_the_row_of_the_number(self, petugas: Official) -> None:
        """A decision would land in another citizen's row."""
        petugas.type("PKT-2026-0002", {"Tahap": "Dibaca"})

        assert [row["Tahap"] for row in petugas.rows()[:2]] == ["Selesai", "Dibaca"]
        petugas.type("PKT-2026-0002", {"Tahap": ""})

    def test_a_new_row_goes_below_the_last(self, petugas: Official) -> None:
        """A complaint entered by hand would overwrite another."""
        petugas.type_below({"Perihal": "air"})

        assert [row["Perihal"] for row in petugas.rows()] == ["jalan", "jalan rusak", "air"]


class TestLetterbox:
    """Mail as a person sees it."""

    def test_a_mail_is_sent_anew_each_time(self, town: Town) -> None:
        """The second demo's mails would be taken for copies of the first's, sent long ago."""
        box = Letterbox.of(town.settings, town.place / "accounts")
        raw = (
            b"From: Made <made@warga.example>\nSubject: hai\nMessage-ID: <1@x>\n"
            b"Date: Mon, 1 Jan 2024 00:00:00 +0000\n\nisi\n"
        )
        ids = {box.send(raw, "ketut@warga.example", NOW) for _ in range(2)}
        mails = box.mails("ketut@warga.example")

        assert {mail["Message-ID"] for mail in mails} == ids
        assert [mail["Date"].datetime for mail in mails] == [NOW, NOW]
        assert mails[0].get_content() == "isi\r\n"

"""`check` finds what would stop a pass; `status` tells from the ledger where the work stands."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from automation import checks, wiring
from automation.checks import Finding, Grade
from automation.errors import SettingsError
from automation.model import Fate
from automation.settings import MailOut, Secret, Settings
from tests.sandbox.towns import Town
from tests.world import MORNING, WITA, World, answered


@pytest.fixture(scope="module", name="town")
def _town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """Run a town whose register `init` has made."""
    town = Town(tmp_path_factory.mktemp("checked") / "town")
    wiring.init(town.settings)
    yield town
    town.end()


@pytest.fixture
def settings(town: Town, tmp_path: Path) -> Settings:
    """Give the town's settings with a state folder of one's own."""
    return replace(town.settings, state_dir=tmp_path / "state")


def faults(settings: Settings) -> dict[str, str]:
    """Give the faulty sentences by what was looked at."""
    return {f.what: f.told for f in checks.run(settings) if not f.fine}


# --- check --------------------------------------------------------------------------------------


@pytest.mark.slow
def test_a_sound_office_has_no_fault(settings: Settings) -> None:
    """A check that always finds something is soon not read any more."""
    found = checks.run(settings)

    assert [str(f) for f in found if not f.fine] == []
    assert {f.what for f in found} >= {"ledger", "disk", "clock", "templates", "mailbox", "letters"}
    assert {f.what for f in found} >= {"register", "calendar"}


@pytest.mark.slow
def test_checking_touches_no_mail_and_no_row(town: Town, settings: Settings) -> None:
    """It is run beside a working office."""
    town.send(b"Subject: jalan\r\n\r\nrusak", "wayan@warga.example", settings.mail_from)
    sheet = town.sheet("worker")
    before = [tab.get_all_values() for tab in sheet.worksheets()]

    checks.run(settings)

    with town.box(settings.imap_user) as client:
        assert client.search(None, "UNSEEN")[1] == [b"1"]
    assert [tab.get_all_values() for tab in sheet.worksheets()] == before


@pytest.mark.slow
def test_it_works_beside_a_worker_and_leaves_its_memory_alone(settings: Settings) -> None:
    """The worker of `pengaduan work` holds the lock for months."""
    with wiring.opened(settings) as house:
        assert faults(settings) == {}
        assert house.ledger.recall("sheet") == ""


@pytest.mark.slow
def test_each_wire_has_its_own_fault_and_the_others_are_tried(
    settings: Settings, tmp_path: Path
) -> None:
    """An office with three mistakes wants to hear of three."""
    (tmp_path / "key.json").write_text("{}")
    wrong = Secret("salah")

    told = faults(
        replace(
            settings,
            imap_password=wrong,
            smtp_user=settings.imap_user,
            smtp_password=wrong,
            google_credentials=tmp_path / "key.json",
        )
    )

    assert "check IMAP_USER and IMAP_PASSWORD" in told["mailbox"]
    assert "check SMTP_" in told["letters"]
    assert "is no service account key" in told["register"]
    assert len(told) == 3


@pytest.mark.slow
def test_a_wrong_address_of_the_sheet_is_told(settings: Settings) -> None:
    """The operator pasted the address of another spreadsheet."""
    told = faults(replace(settings, spreadsheet_id="x" * 44))

    assert "Is SPREADSHEET_ID right" in told["register"]


@pytest.mark.slow
def test_what_init_would_make_is_told(town: Town, settings: Settings) -> None:
    """A protection that somebody removed lets a Kasi approve his own draft."""
    sheet = town.sheet("owner")
    found = [
        protected["protectedRangeId"]
        for tab in sheet.fetch_sheet_metadata()["sheets"]
        for protected in tab.get("protectedRanges", [])
    ]
    requests = [{"deleteProtectedRange": {"protectedRangeId": one}} for one in found]
    sheet.batch_update({"requests": requests})
    try:
        told = faults(settings)["register"]
        assert told.endswith("header row: protection missing; run `pengaduan init`")
    finally:
        wiring.init(town.settings)


@pytest.mark.slow
def test_a_view_that_somebody_deleted_is_a_note(town: Town, settings: Settings) -> None:
    """A convenience that is gone must not wake the operator at night."""
    sheet = town.sheet("owner")
    view = sheet.fetch_sheet_metadata()["sheets"][0]["filterViews"][0]
    number = {"filterId": view["filterViewId"]}
    sheet.batch_update({"requests": [{"deleteFilterView": number}]})
    try:
        notes = [f.told for f in checks.run(settings) if f.grade is Grade.NOTE]
        assert faults(settings) == {}
        told = f"not yet done: tab Register: view {view['title']} made; run `pengaduan init`"
        assert told in notes
    finally:
        wiring.init(town.settings)


@pytest.mark.slow
def test_a_letter_that_cannot_be_written_is_named(settings: Settings, tmp_path: Path) -> None:
    """The office's own wording has a slip; the citizen must not be the first to find it."""
    own = tmp_path / "mail_templates" / "id"
    own.mkdir(parents=True)
    text = "{% block subject %}x{% endblock %}{% block text %}{{ nomer }}{% endblock %}"
    (own / "T10.j2").write_text(text)

    told = faults(replace(settings, office_dir=tmp_path))

    assert told == {"templates": told["templates"]}
    assert told["templates"].startswith("T10: the template id/T10.j2 is at fault")
    assert "nomer" in told["templates"]


@pytest.mark.slow
def test_a_clock_behind_the_last_pass_is_told(settings: Settings) -> None:
    """Deadlines and letters go by this clock."""
    with closing(wiring.ledger(settings, WITA)) as ledger:
        ledger.remember("last_pass", "2999-01-01T08:00:00+08:00")

    assert faults(settings)["clock"].endswith("set the clock (NTP)")


@pytest.mark.slow
def test_a_worker_that_fell_silent_and_a_rehearsal_are_noted(settings: Settings) -> None:
    """Nothing is broken, and yet no citizen gets an answer."""
    with closing(wiring.ledger(settings, WITA)) as ledger:
        ledger.remember("last_pass", "2020-01-01T08:00:00+08:00")

    found = checks.run(replace(settings, mail_out=MailOut.NULL))

    noted = {f.what: f.told for f in found if f.grade is Grade.NOTE}
    assert "is the worker running?" in noted["clock"]
    assert "no letter leaves" in noted["letters"]
    assert all(f.fine for f in found)


@pytest.mark.slow
def test_a_ledger_that_is_none_is_told_and_the_rest_is_tried(settings: Settings) -> None:
    """A wrong STATE_DIR is one fault, not the end of the check."""
    settings.state_dir.mkdir()
    wiring.ledger_file(settings).write_text("Laporan bulanan\n" * 100)

    assert list(faults(settings)) == ["ledger"]


@pytest.mark.slow
def test_a_mail_server_that_is_not_there_is_told(settings: Settings) -> None:
    """A slip in a port number."""
    told = faults(replace(settings, imap_port=9, smtp_port=9))

    assert sorted(told) == ["letters", "mailbox"]


def test_an_address_for_nobody_is_a_fault_of_the_settings(settings: Settings) -> None:
    """A slip in a role's name would leave the Sekcam without letters."""
    with pytest.raises(SettingsError, match="'sekam' is no role"):
        checks.run(replace(settings, role_addresses={"sekam": "sekcam@kec.example"}))


def test_a_finding_is_a_line_for_people_and_an_object_for_programs() -> None:
    """A monitor reads the same that the operator reads."""
    fault = Finding("mailbox", "refused", Grade.FAULT)

    assert str(fault) == "FAULT  mailbox: refused"
    assert fault.as_dict() == {
        "what": "mailbox",
        "told": "refused",
        "grade": "FAULT",
        "fine": False,
    }


# --- status -------------------------------------------------------------------------------------


@pytest.fixture
def world(tmp_path: Path) -> World:
    """Give an office in memory."""
    return World(tmp_path / "archive")


def test_an_idle_office_has_little_to_tell(world: World) -> None:
    """Zero is an answer too."""
    facts = checks.standing(world.ledger, MORNING)

    assert facts["last_pass"] is None
    assert (facts["cases"], facts["open"], facts["oldest_open"]) == (0, {}, None)


def test_the_work_is_told_by_stage_and_letter(world: World) -> None:
    """The Camat asks how many complaints lie where, and for how long."""
    world.mail_arrives()
    answered(world)
    for subject in ("air mati", "lampu padam"):
        world.later(hours=1)
        world.mail_arrives(subject=subject, text=f"{subject} di Asahduren")
        world.settle()

    facts = checks.standing(world.ledger, world.clock.moment + timedelta(seconds=90))

    assert facts["age_seconds"] == 90
    assert facts["open"] == {"menunggu_disposisi": 2}
    assert (facts["cases"], facts["overdue"], facts["mails"]) == (3, 0, 3)
    assert facts["oldest_open"] == "PKT-2026-0002 2026-11-24T09:12:00+08:00"
    assert facts["letters"] == {"sent": 9}


def test_a_late_case_a_held_answer_and_an_alarm_stand_out(world: World) -> None:
    """These three wait for a person."""
    world.mail_arrives()
    number = answered(world)
    world.ledger.settle(f"{number}/T10/1", Fate.HELD, "nobody knows", world.clock.moment)
    world.ledger.remember("alarm:mailbox", "2026-11-24T08:00:00+08:00")

    facts = checks.standing(world.ledger, MORNING + timedelta(days=3))

    assert facts["held"] == [f"{number}/T10/1"]
    assert facts["overdue"] == 1
    assert facts["alarms"] == {"mailbox": "2026-11-24T08:00:00+08:00"}


def test_mails_that_a_person_must_look_at_are_counted(world: World) -> None:
    """What waits in the pen is a complaint that nobody has read."""
    world.mail_arrives(headers={"List-Id": "<berita.example>"}, subject="Undangan rapat")
    world.inbox.arrive(b"\x00", MORNING)
    world.settle()

    facts = checks.standing(world.ledger, MORNING)
    world.register.write("karantina", 2, tindakan="Biarkan")
    world.settle()

    assert (facts["mails"], facts["in_pen"], facts["not_yet_in_sheet"]) == (2, 1, 0)
    assert 0 == checks.standing(world.ledger, MORNING)["in_pen"]


def test_without_a_ledger_status_says_so_and_makes_none(settings: Settings) -> None:
    """An empty ledger made by looking would hide a wrong STATE_DIR."""
    with pytest.raises(SettingsError, match="no pass was made yet"):
        checks.status(settings)

    assert not settings.state_dir.exists()


def test_status_asks_no_server(settings: Settings) -> None:
    """It must answer when everything else is away."""
    wiring.ledger(settings, WITA).close()
    away = replace(settings, imap_port=9, smtp_port=9, google_api_endpoint="http://127.0.0.1:9")

    assert checks.status(away)["cases"] == 0

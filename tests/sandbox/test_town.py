"""`pengaduan sandbox` as a process: real sockets, real signals, unmodified clients."""

import imaplib
import json
import signal
import smtplib
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import gspread
import pytest
import requests
from google.auth.exceptions import RefreshError

from automation.sandbox.people import OFFICE, SHEET_PEOPLE
from automation.sandbox.staff import sheet_of
from tests.sandbox.towns import STRAYED, Town, environment, fetched, until

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("town")]

WAYAN = "wayan@warga.example"
LETTER = b"From: wayan@warga.example\r\nSubject: lapor\r\n\r\njalan rusak\r\n"
ANCHOR = {
    "metadataId": 7,
    "metadataKey": "k",
    "visibility": "DOCUMENT",
    "location": {
        "dimensionRange": {"sheetId": 0, "dimension": "ROWS", "startIndex": 1, "endIndex": 2}
    },
}


@pytest.fixture(name="own")
def _own(tmp_path: Path) -> Iterator[Town]:
    """Give a town that the test may end as it likes."""
    town = Town(tmp_path / "town")
    yield town
    town.end()


def command(place: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """Start a town that is expected to end by itself."""
    words = [sys.executable, "-m", "automation", "sandbox", "--dir", str(place), *options]
    return subprocess.run(words, capture_output=True, text=True, timeout=20, check=False)  # noqa: S603 - our own command


def greeting(port: int) -> bytes:
    """Give the first bytes that a server says."""
    with socket.create_connection(("127.0.0.1", port), 5) as line:
        return line.recv(4)


class TestReady:
    """What holds once `ready` was said."""

    def test_every_server_takes_callers(self, town: Town) -> None:
        """A script that goes on at `ready` would meet a closed port."""
        said = dict(pair.split("=", 1) for pair in town.said.split()[1:])
        state = requests.get(f"{said['http']}/_sandbox/state", timeout=5)
        hellos = [greeting(int(said[name].rpartition(":")[2])) for name in ("imap", "smtp")]

        assert town.said.startswith("ready ")
        assert (state.status_code, hellos) == (200, [b"* OK", b"220 "])

    def test_the_settings_are_those_of_this_town(self, town: Town) -> None:
        """A worker started with settings.env would be refused, or talk to somebody else."""
        settings = town.settings

        assert settings.google_api_endpoint in town.said
        assert (
            f"imap=127.0.0.1:{settings.imap_port} smtp=127.0.0.1:{settings.smtp_port}" in town.said
        )
        assert settings.google_credentials == town.place / "accounts/worker.json"

    def test_keys_are_for_their_owner_only(self, town: Town) -> None:
        """Other users of the computer could read the passwords."""
        secret = [*(town.place / "accounts").iterdir(), town.place / "settings.env"]

        assert {path.stat().st_mode & 0o777 for path in secret} == {0o600}


class TestGoogle:
    """The register over HTTP."""

    @pytest.mark.parametrize("name", SHEET_PEOPLE)
    def test_everybody_signs_in_and_writes(self, town: Town, name: str) -> None:
        """An official, or the worker, could not use the register with plain gspread."""
        tab = town.sheet(name).sheet1
        tab.update([[name]], "B2")

        assert tab.acell("B2").value == name

    def test_a_foreign_key_is_not_believed(self, town: Town, own: Town) -> None:
        """Anybody could be the Camat."""
        endpoint = town.settings.google_api_endpoint
        foreign = json.loads((own.place / "accounts/camat.json").read_text())
        file = own.place / "foreign.json"
        file.write_text(json.dumps(foreign | {"token_uri": f"{endpoint}/token"}))
        with pytest.raises(RefreshError, match="invalid_grant"):
            sheet_of(file, endpoint, town.settings.spreadsheet_id)

    def test_a_tab_may_have_slashes_and_colons_in_its_name(self, town: Town) -> None:
        """A path pattern in front of the core would break the call apart."""
        tab = town.sheet("owner").add_worksheet("a/b: c?d", 5, 5)
        tab.append_row(["isi"], table_range="A1")

        assert tab.get("A1:B2") == [["isi"]]

    def test_a_page_of_another_name_is_refused(self, town: Town) -> None:
        """A web page could rebind its name to loopback and read the register."""
        endpoint = town.settings.google_api_endpoint
        answer = requests.get(
            f"{endpoint}/_sandbox/state", headers={"Host": "evil.example"}, timeout=5
        )

        assert answer.status_code == 400
        assert "spreadsheets" not in answer.text

    def test_a_huge_request_is_refused_and_the_next_answered(self, town: Town) -> None:
        """One client could fill the memory of the computer."""
        endpoint = town.settings.google_api_endpoint
        huge = requests.post(f"{endpoint}/v4/spreadsheets", data=b"x" * 11_000_000, timeout=20)
        after = requests.get(f"{endpoint}/_sandbox/state", timeout=5)

        assert (huge.status_code, after.status_code) == (400, 200)
        assert huge.json()["error"]["message"].startswith("Request payload size exceeds")


class TestMail:
    """The mailboxes over SMTP and IMAP."""

    def test_a_letter_by_smtp_lies_in_the_mailbox(self, town: Town) -> None:
        """A citizen's mail would not reach the office."""
        town.send(LETTER, WAYAN, OFFICE)

        with town.box(OFFICE) as client:
            assert any(mail.endswith(LETTER) for mail in fetched(client))

    def test_an_appended_mail_comes_back_whole(self, town: Town) -> None:
        """The Sent folder of the worker would hold other bytes than it kept."""
        with town.box("camat@kec-pekutatan.example") as client:
            client.append("INBOX", "", "", LETTER)

            assert fetched(client) == [LETTER]

    def test_a_wrong_password_opens_nothing(self, town: Town) -> None:
        """Everybody could read everybody's mail."""
        client = imaplib.IMAP4("127.0.0.1", town.settings.imap_port, timeout=5)
        with pytest.raises(imaplib.IMAP4.error):
            client.login(OFFICE, town.passwords[WAYAN])
        client.logout()


class TestFaults:
    """What goes wrong on demand."""

    def test_a_lost_answer_was_done_all_the_same(self, town: Town) -> None:
        """Tests could not see what a client does about a write that it cannot know of."""
        tab = town.sheet("worker").sheet1
        town.control("faults", {"kind": "drop", "match": "PUT"})
        with pytest.raises(requests.RequestException):
            tab.update([["done"]], "D4")

        assert tab.acell("D4").value == "done"

    def test_a_slow_answer_comes_too_late(self, town: Town) -> None:
        """Tests could not see a client's timeout."""
        sheet = town.sheet("worker")
        town.control("faults", {"kind": "slow", "match": "GET", "seconds": 0.6})
        sheet.client.set_timeout(0.2)
        with pytest.raises(requests.ReadTimeout):
            sheet.sheet1.acell("A1")

    def test_a_fault_of_the_post_office_meets_the_next_letter(self, town: Town) -> None:
        """Nobody could try a full mailbox against a running worker."""
        town.control("mail", {"data": ["452 4.3.1 full"]})
        with pytest.raises(smtplib.SMTPDataError, match="full"):
            town.send(LETTER, WAYAN, OFFICE)
        town.send(LETTER, WAYAN, OFFICE)

    def test_the_quota_is_kept_when_switched_on(self, own: Town) -> None:
        """A worker that asks too often would be found out by Google only."""
        tab = own.sheet("camat").sheet1
        switches = own.control("switches", {"enforce_quota": True}).json()
        for _ in range(60 - 2):  # opening read twice
            tab.acell("A1")
        with pytest.raises(gspread.exceptions.APIError, match="429"):
            tab.acell("A1")

        assert switches == {"strict": True, "sort_moves_metadata": True, "enforce_quota": True}

    def test_an_ended_sign_in_is_renewed(self, town: Town) -> None:
        """A worker that runs longer than an hour could not be tried."""
        tab = town.sheet("worker").sheet1
        before = requests.get(f"{town.settings.google_api_endpoint}/_sandbox/calls", timeout=5)
        town.control("expire", {})
        tab.acell("A1")
        after = requests.get(f"{town.settings.google_api_endpoint}/_sandbox/calls", timeout=5)
        seen = [call["status"] for call in after.json()["calls"]][len(before.json()["calls"]) :]

        assert 401 in seen

    @pytest.mark.parametrize(
        ("call", "body"),
        [
            ("mail", {"dta": []}),
            ("mail", {"data": ["hello"]}),
            ("mail", {"delay": -1}),
            ("switches", {"strict": "perhaps"}),
            ("faults", {"kind": "fire"}),
        ],
    )
    def test_a_fault_that_is_none_is_refused(self, town: Town, call: str, body: object) -> None:
        """A test with a slip of the pen would go green because nothing goes wrong."""
        assert town.control(call, body).status_code == 400

    @pytest.mark.parametrize("call", ["mail", "switches", "expire", "faults"])
    def test_a_web_form_cannot_change_anything(self, town: Town, call: str) -> None:
        """Any web page could send a form to the town."""
        endpoint = town.settings.google_api_endpoint
        kind = {"Content-Type": "text/plain"}
        answer = requests.post(f"{endpoint}/_sandbox/{call}", data="{}", headers=kind, timeout=5)

        assert answer.status_code == 400


class TestEnd:
    """How a town ends, and what outlives it."""

    @pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
    def test_a_signal_ends_it_in_spite_of_clients(self, own: Town, number: int) -> None:
        """A waiting IMAP client or an open web connection would hang the end."""
        tab = own.sheet("worker").sheet1
        tab.acell("A1")
        with socket.create_connection(("127.0.0.1", own.settings.imap_port), 5) as idle:
            said = idle.makefile("rwb", 0)
            said.write(
                b"1 LOGIN %s %s\r\n2 SELECT INBOX\r\n3 IDLE\r\n"
                % (OFFICE.encode(), own.passwords[OFFICE].encode())
            )
            while not said.readline().startswith(b"+"):
                pass

            assert own.end(number, within=5) == 0
        assert own.log.read_text() == ""

    def test_a_restart_keeps_the_register(self, own: Town) -> None:
        """The demo's register would be empty the next morning, or lose its anchors and locks."""
        sheet = own.sheet("owner")
        sheet.sheet1.update([["", ""], ["PKT-2026-0001", "=1+1"]], "A1", raw=False)
        lock = {"range": {"sheetId": 0, "startColumnIndex": 0, "endColumnIndex": 1}}
        sheet.batch_update(
            {
                "requests": [
                    {"createDeveloperMetadata": {"developerMetadata": ANCHOR}},
                    {"addProtectedRange": {"protectedRange": lock}},
                ]
            }
        )
        own.again()

        camat = own.sheet("camat")
        assert camat.sheet1.get("A2:B2") == [["PKT-2026-0001", "2"]]
        with pytest.raises(gspread.exceptions.APIError, match="protected cell"):
            camat.sheet1.update([["x"]], "A2")
        with pytest.raises(gspread.exceptions.APIError, match="already"):
            camat.batch_update(
                {"requests": [{"createDeveloperMetadata": {"developerMetadata": ANCHOR}}]}
            )

    def test_a_restart_keeps_the_mail_and_its_keys(self, own: Town) -> None:
        """Mail filed yesterday would be back in the INBOX, or gone."""
        passwords = own.passwords
        with own.box(OFFICE) as client:
            client.append("INBOX", r"(\Seen)", "", LETTER)
            client.create("Tercatat")
            client.append("Tercatat", "", "", LETTER)
        own.again()

        with own.box(OFFICE) as client:
            assert client.search(None, "SEEN")[1] == [b"1"]
            client.select("Tercatat")
            assert fetched(client) == [LETTER]
        assert own.passwords == passwords

    def test_after_a_kill_there_is_what_was_saved(self, own: Town) -> None:
        """A crash of the computer would lose the register, or leave half a file."""
        own.sheet("worker").sheet1.update([["bertahan"]], "A1")
        own.send(LETTER, WAYAN, OFFICE)
        until(lambda: "bertahan" in (own.place / "sheets.json").read_text())
        until(lambda: list((own.place / "mail").glob("*.eml")))
        until(lambda: ".eml" in (own.place / "mail/index.json").read_text())
        own.again(signal.SIGKILL)

        assert own.sheet("worker").sheet1.acell("A1").value == "bertahan"
        with own.box(OFFICE) as client:
            assert len(fetched(client)) == 1


class TestRefusals:
    """What ends with one clear sentence and exit code 1."""

    def test_two_towns_do_not_share_a_directory(self, town: Town) -> None:
        """Two processes would overwrite each other's state."""
        ended = command(town.place)

        assert ended.returncode == 1
        assert (
            ended.stderr == f"another town runs in {town.place}; stop it, or choose another --dir\n"
        )

    @pytest.mark.parametrize("option", ["--port", "--imap-port", "--smtp-port"])
    def test_a_taken_port_is_named(self, town: Town, tmp_path: Path, option: str) -> None:
        """Somebody would search for which of three ports is taken."""
        port = str(town.settings.imap_port)
        ended = command(tmp_path / "town", option, port)

        assert ended.returncode == 1
        assert ended.stderr.startswith(f"{option} {port} cannot be used (Address already in use)")

    def test_a_number_that_is_no_port_is_named(self, tmp_path: Path) -> None:
        """A slip of the pen would end in a traceback."""
        ended = command(tmp_path / "town", "--port", "70000")

        assert (ended.returncode, ended.stderr.count("\n")) == (1, 1)

    @pytest.mark.parametrize("file", ["sheets.json", "mail/index.json"])
    def test_damaged_state_is_not_overwritten(self, tmp_path: Path, file: str) -> None:
        """A register with one bad byte would be replaced by a blank one."""
        damaged = tmp_path / file
        damaged.parent.mkdir(exist_ok=True)
        damaged.write_text("{")
        ended = command(tmp_path)

        assert (ended.returncode, ended.stderr.count("\n")) == (1, 1)
        assert damaged.read_text() == "{"


def test_the_guard_ends_a_process_that_leaves_loopback(tmp_path: Path) -> None:
    """Every test here would pass though the town talks to the internet."""
    stray = "import socket; socket.create_connection(('192.0.2.1', 9), 0.1)"
    ended = subprocess.run(  # noqa: S603 - our own command
        [sys.executable, "-c", stray], env=environment(tmp_path), check=False, timeout=20
    )

    assert ended.returncode == STRAYED

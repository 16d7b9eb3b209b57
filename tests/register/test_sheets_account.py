"""Signing in: one token serves many starts, and no start is stuck with a bad one."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import pytest
import requests
from google.auth.transport.requests import AuthorizedSession, Request

from automation.errors import SettingsError
from automation.register.sheets_account import KeyFile, signed_in
from automation.register.sheets_client import SheetsClient, url
from automation.sandbox.google.accounts import new_account
from automation.sandbox.google.adapter import InProcess
from tests.sandbox.google.conftest import STRANGER, WORKER, Desk

Json = dict[str, Any]

HERE: Final = "https://oauth2.googleapis.com/token"


class Notebook:
    """A memory in which tests can read and write."""

    def __init__(self) -> None:
        self.notes: dict[str, str] = {}

    def recall(self, key: str) -> str:
        """Give what was kept."""
        return self.notes.get(key, "")

    def remember(self, key: str, value: str) -> None:
        """Keep it."""
        self.notes[key] = value


@dataclass
class Counter(InProcess):
    """The way to Google, which counts the sign-ins."""

    desk: Desk
    sign_ins: int = 0

    def __post_init__(self) -> None:
        super().__init__(self.desk.google)

    def send(self, request: requests.PreparedRequest, **options: Any) -> requests.Response:  # type: ignore[override]  # noqa: ANN401 - requests' own options
        """Count and pass on."""
        self.sign_ins += str(request.url).endswith("/token")
        return super().send(request, **options)


@dataclass
class Office:
    """A worker's computer with its key file, memory and line to Google."""

    desk: Desk
    file: Path
    notebook: Notebook = field(default_factory=Notebook)

    @contextmanager
    def start(self) -> Iterator[tuple[SheetsClient, Counter]]:
        """Start the program once."""
        inner, counter = requests.Session(), Counter(self.desk)
        key = KeyFile(self.file)
        session = AuthorizedSession(signed_in(key, self.notebook), auth_request=Request(inner))
        for each in (inner, session):
            each.mount("https://", counter)
        yield SheetsClient(session, key.email, 30, lambda _: None), counter

    def look(self) -> int:
        """Start, look at the sheet, and give how often Google was asked for a token."""
        with self.start() as (client, counter):
            client.request("get", url(self.desk.id, "/values/A1:B2"))
            return counter.sign_ins


@pytest.fixture(scope="module", name="keys")
def _keys() -> dict[str, tuple[Json, str]]:
    """Make the keys once."""
    return {email: new_account(email, HERE) for email in (WORKER, STRANGER)}


@pytest.fixture(name="office")
def _office(tmp_path: Path, keys: dict[str, tuple[Json, str]]) -> Office:
    """Give an office whose worker has a good key."""
    file = tmp_path / "kunci.json"
    file.write_text(json.dumps(keys[WORKER][0]))
    pems = {email: pem for email, (_, pem) in keys.items()}
    return Office(Desk({email: key for email, (key, _) in keys.items()}, pems), file)


def test_one_token_serves_the_starts_of_an_hour(office: Office) -> None:
    """Cron starts the worker each minute; Google need not be asked sixty times."""
    assert [office.look(), office.look(), office.look()] == [1, 0, 0]


def test_a_token_that_is_over_is_renewed_and_kept(office: Office) -> None:
    """The sixty-first start asks again, the sixty-second does not."""
    office.look()
    kept = json.loads(office.notebook.notes["google_token"])
    past = (datetime.now(UTC) - timedelta(minutes=1)).replace(tzinfo=None)  # noqa: TID251 - google-auth's clock
    office.notebook.remember("google_token", json.dumps(kept | {"until": past.isoformat()}))

    assert [office.look(), office.look()] == [1, 0]


def test_a_token_that_google_no_longer_takes_is_renewed(office: Office) -> None:
    """A revoked sign-in must not lock the worker out for an hour."""
    office.look()
    office.desk.google.expire_tokens()

    assert [office.look(), office.look()] == [1, 0]


def test_a_new_key_does_not_use_the_old_ones_token(
    office: Office, keys: dict[str, tuple[Json, str]]
) -> None:
    """Another account was put in place: what it may do must show at once."""
    office.look()
    office.desk.google.share(office.desk.id, STRANGER, "writer")
    office.file.write_text(json.dumps(keys[STRANGER][0]))

    assert office.look() == 1


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"installed": {}}', "\x00"])
def test_a_file_that_is_no_key_is_refused_at_the_start(office: Office, content: str) -> None:
    """The operator is told which file, before anything is done."""
    office.file.write_text(content)
    with pytest.raises(SettingsError, match=r"kunci.json is no service account key"):
        KeyFile(office.file)


def test_a_broken_key_is_told_by_file_and_not_shown(
    office: Office, keys: dict[str, tuple[Json, str]]
) -> None:
    """What is left of a private key must not reach a log."""
    broken = keys[WORKER][0] | dict(private_key="rahasia sekali")  # noqa: C408 - no key in a file
    office.file.write_text(json.dumps(broken))
    with pytest.raises(SettingsError) as told:
        office.look()

    assert "kunci.json is no service account key" in str(told.value)
    assert "rahasia" not in str(told.value)

"""A spreadsheet of a village official, the people who work on it, and their ways to it."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import gspread
import pytest
import requests
from google.auth.transport.requests import AuthorizedSession, Request
from google.oauth2.service_account import Credentials

from automation.sandbox.google.accounts import new_account
from automation.sandbox.google.adapter import InProcess
from tests.sandbox.discovery import Judged, judge
from tests.sandbox.towns import Town

Json = dict[str, Any]

OWNER = "camat@kec-pekutatan.example"
WORKER = "worker@sandbox.iam.gserviceaccount.com"
STAFF = "petugas@kec-pekutatan.example"
STRANGER = "siapa@warga.example"
NOW = 1_795_500_000.0  # 2026-11-24


@dataclass
class Hands:
    """A clock that tests move by hand."""

    now: float = NOW

    def __call__(self) -> float:
        """Give seconds since 1970."""
        return self.now


@dataclass
class Desk:
    """One spreadsheet, and ways to work on it as anybody."""

    keys: dict[str, Json]
    pems: dict[str, str]
    clock: Hands = field(default_factory=Hands)
    google: Judged = field(init=False)
    id: str = field(init=False)

    def __post_init__(self) -> None:
        self.google = Judged(clock=self.clock)
        for email, pem in self.pems.items():
            self.google.register_account(email, pem)
        self.id = self.google.create_spreadsheet(OWNER, "Register Pengaduan")
        self.google.share(self.id, WORKER, "writer")
        self.google.share(self.id, STAFF, "writer")

    def client(self) -> gspread.Client:
        """Sign in as the worker with unmodified gspread and its key file."""
        inner = requests.Session()
        inner.mount("https://", InProcess(self.google))
        credentials = Credentials.from_service_account_info(
            self.keys[WORKER], scopes=["https://www.googleapis.com/auth/spreadsheets"]
        )
        session = AuthorizedSession(credentials, auth_request=Request(inner))
        session.mount("https://", InProcess(self.google))
        return gspread.Client(auth=credentials, session=session)

    def sheet(self) -> gspread.Worksheet:
        """Open the first tab with gspread."""
        return self.client().open_by_key(self.id).sheet1

    def ask(
        self, call: str, body: Json | None = None, who: str = WORKER, method: str = ""
    ) -> tuple[int, Json]:
        """Send one request about the spreadsheet as somebody; give status and answer."""
        token = self.google.token_for(who)
        raw = b"" if body is None else json.dumps(body).encode()
        target = f"/v4/spreadsheets/{self.id}{call}"
        verb = method or ("GET" if body is None else "POST")
        head = {"Authorization": f"Bearer {token}"}
        status, _, answer = self.google.handle(verb, target, head, raw)
        return status, json.loads(answer)

    def do(self, *batch: Json, who: str = WORKER) -> Json:
        """Send a batchUpdate that must succeed."""
        status, answer = self.ask(":batchUpdate", {"requests": list(batch)}, who)
        assert status == 200, answer
        return answer

    def refused(self, *batch: Json, who: str = WORKER) -> str:
        """Send a batchUpdate that must be refused with 400; give the message."""
        status, answer = self.ask(":batchUpdate", {"requests": list(batch)}, who)
        assert status == 400, answer
        return str(answer["error"]["message"])

    def put(self, cells: str, values: list[list[Any]], *, typed: bool = False) -> Json:
        """Write values from a corner on, as the worker."""
        option = "USER_ENTERED" if typed else "RAW"
        call = f"/values/{cells}?valueInputOption={option}"
        status, answer = self.ask(call, {"values": values}, method="PUT")
        assert status == 200, answer
        return answer

    def get(self, cells: str, option: str = "UNFORMATTED_VALUE") -> list[list[Any]]:
        """Read values."""
        status, answer = self.ask(f"/values/{cells}?valueRenderOption={option}")
        assert status == 200, answer
        found: list[list[Any]] = answer.get("values", [])
        return found

    def mark(self, number: int, row: int) -> Json:
        """Give the request that anchors a row (from 0) by developer metadata."""
        place = {"dimension": "ROWS", "startIndex": row, "endIndex": row + 1, "sheetId": 0}
        entry = {
            "metadataId": number,
            "metadataKey": "k",
            "location": {"dimensionRange": place},
            "visibility": "DOCUMENT",
        }
        return {"createDeveloperMetadata": {"developerMetadata": entry}}

    def marked(self, number: int) -> int | None:
        """Give the row (from 0) on which an anchor rests, or None."""
        lookup = {"developerMetadataLookup": {"metadataId": number}}
        _, answer = self.ask("/developerMetadata:search", {"dataFilters": [lookup]})
        for found in answer.get("matchedDeveloperMetadata", []):
            place: Json = found["developerMetadata"]["location"]["dimensionRange"]
            return int(place["startIndex"])
        return None


@pytest.fixture(scope="session", name="new_desk")
def _new_desk() -> Callable[[], Desk]:
    """Make keys once; each desk is a Google of its own."""
    made = {
        email: new_account(email, "https://oauth2.googleapis.com/token")
        for email in (WORKER, STRANGER)
    }
    keys = {email: key for email, (key, _) in made.items()}
    return lambda: Desk(keys, {WORKER: made[WORKER][1]})


@pytest.fixture(name="desk")
def _desk(new_desk: Callable[[], Desk]) -> Desk:
    """Give a fresh spreadsheet."""
    return new_desk()


# --- over real sockets ---------------------------------------------------------------------------


@pytest.fixture(name="client")
def _client(town: Town) -> gspread.Client:
    """Sign in to the town as the owner of its register; each answer goes before the judge."""
    return client_of(town, "owner")


def client_of(town: Town, name: str) -> gspread.Client:
    """Give unmodified gspread in the hands of somebody of the town."""
    http = town.sheet(name).client
    session = http.session
    assert isinstance(session, AuthorizedSession)
    session.hooks["response"].append(_judged)
    client = gspread.Client(auth=session.credentials)
    client.http_client.session = session
    return client


def _judged(response: requests.Response, **_: object) -> None:
    """Raise AssertionError for a request or an answer that Google would not have."""
    parts = urlsplit(str(response.request.url))
    target = parts.path + (f"?{parts.query}" if parts.query else "")
    body = response.request.body or b""
    raw = body.encode() if isinstance(body, str) else bytes(body)
    verb, status = str(response.request.method), response.status_code
    assert judge(verb, target, raw, status, response.content) == []


@pytest.fixture(name="book")
def _book(client: gspread.Client) -> Iterator[gspread.Spreadsheet]:
    """Make a spreadsheet that is gone after the test."""
    book = client.create("Coba")
    yield book
    client.del_spreadsheet(book.id)


@pytest.fixture(name="tab")
def _tab(book: gspread.Spreadsheet) -> gspread.Worksheet:
    """Give its one sheet."""
    return book.sheet1

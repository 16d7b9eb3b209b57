"""A real spreadsheet for the suite, when the environment names one and the key to it."""

import json
import os
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Final
from urllib.parse import urlsplit

import pytest
import requests
from google.auth.transport.requests import AuthorizedSession
from google.oauth2.service_account import Credentials
from requests.adapters import BaseAdapter, HTTPAdapter

from automation.register import batch
from automation.register.sheets import SheetsRegister
from automation.register.sheets_client import SheetsClient
from tests.contract.registers import CALLS, Prepared, ServedFolio, made, schema

Json = dict[str, Any]
Hooks = dict[str, Callable[[], None]]

LIVE: Final = "live"
KEY: Final = "PENGADUAN_LIVE_KEY"
SHEET: Final = "PENGADUAN_LIVE_SPREADSHEET"
TITLE: Final = "Uji pengaduan"
"""What the spreadsheet must be called: the suite empties it, and an office's it must never be."""

_PACE: Final = 1.1
"""Seconds between two requests: a service account may look and write sixty times a minute."""

_SCOPE: Final = "https://www.googleapis.com/auth/spreadsheets"
_API: Final = "https://sheets.googleapis.com/v4/spreadsheets/"
_WRITTEN: Final = ("register", "riwayat", "karantina", "surat_lain")
_LOOKS: Final = {"read", "reread"}
_ATTEMPTS: Final = 5
"""How often a look is tried."""


@dataclass
class Pace:
    """Keeps requests apart, from whichever thread they come."""

    seconds: float
    _last: float = 0.0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __call__(self) -> None:
        """Wait until the next request may go."""
        with self._lock:
            rest = self._last + self.seconds - time.monotonic()
            if rest > 0:
                threading.Event().wait(rest)
            self._last = time.monotonic()


class Line(BaseAdapter):
    """The way to Google, at which people overtake the worker and the connection breaks."""

    def __init__(self, carry: BaseAdapter, pace: Pace) -> None:
        super().__init__()
        self.carry, self.pace = carry, pace
        self.hooks: Hooks = {}
        self.refused: list[str] = []
        self.broken: list[str] = []

    def __deepcopy__(self, memo: dict[int, object]) -> "Line":
        """Stay the same line: google-auth copies its session for a look-up in the background."""
        return self

    def send(self, request: requests.PreparedRequest, **options: Any) -> requests.Response:  # type: ignore[override]  # noqa: ANN401 - requests' own options
        """Let people act, refuse, or carry the request and perhaps lose its answer."""
        path = urlsplit(str(request.url)).path
        due = next((call for call in self.hooks if path.endswith(call)), None)
        if due is not None:
            self.hooks.pop(due)()
        if _taken(self.refused, path):
            return _over_quota(request)
        self.pace()
        response = self.carry.send(request, **options)
        if _taken(self.broken, path):
            raise requests.ConnectionError("the line broke", request=request)
        return response

    def close(self) -> None:
        """Close what carries."""
        self.carry.close()


def _taken(calls: list[str], path: str) -> bool:
    due = next((call for call in calls if path.endswith(call)), None)
    if due is not None:
        calls.remove(due)
    return due is not None


def _over_quota(request: requests.PreparedRequest) -> requests.Response:
    error = {"code": 429, "message": "Quota exceeded", "status": "RESOURCE_EXHAUSTED"}
    response = requests.Response()
    response.status_code, response.request, response.url = 429, request, str(request.url)
    response.headers["Content-Type"] = "application/json; charset=UTF-8"
    response._content = json.dumps({"error": error}).encode()
    return response


@dataclass
class Place:
    """A spreadsheet that belongs to the suite, and who works on it."""

    id: str
    account: str
    credentials: Any  # of google-auth
    carry: BaseAdapter = field(default_factory=HTTPAdapter)
    pace: Pace = field(default_factory=lambda: Pace(_PACE))
    ready: bool = False  # it is the suite's own, and `init` was there

    def session(self) -> tuple[AuthorizedSession, Line]:
        """Give a session over a line of its own."""
        found, line = AuthorizedSession(self.credentials), Line(self.carry, self.pace)
        found.mount("https://sheets.googleapis.com/", line)
        return found, line

    def ask(self, call: str, body: Json | None = None, method: str = "") -> tuple[int, Json]:
        """Send one request about the spreadsheet; give status and answer."""
        verb = method or ("GET" if body is None else "POST")
        session, _ = self.session()
        response = session.request(verb, f"{_API}{self.id}{call}", json=body, timeout=60)
        found: Json = response.json()
        return response.status_code, found


def kinds() -> list[Any]:
    """Give the kind of register that is added to the others where the environment names one."""
    return [pytest.param(LIVE, marks=pytest.mark.live)] if _named() else []


def place() -> Place:
    """Give the place that the environment names; without one the test is skipped."""
    named = _named()
    if named is None:
        pytest.skip(f"{KEY} and {SHEET} are not set")
    return _place(*named)


def _named() -> tuple[str, str] | None:
    key, spreadsheet = os.environ.get(KEY), os.environ.get(SHEET)  # noqa: TID251 - of the suite
    return (key, spreadsheet) if key and spreadsheet else None


@cache
def _place(key: str, spreadsheet: str) -> Place:
    found = Credentials.from_service_account_file(key, scopes=[_SCOPE])
    return Place(spreadsheet, found.service_account_email, found)


@dataclass
class LiveFolio(ServedFolio):
    """A real spreadsheet; people work on it under the worker's own account."""

    place: Place = field(kw_only=True)

    def __post_init__(self) -> None:
        """Begin with an empty register."""
        self.door: Line  # type: ignore[assignment]
        self._session, self.door = self.place.session()
        self.restart()
        self._empty()

    def restart(self) -> None:
        """Begin again with nothing but what was remembered."""
        client = SheetsClient(self._session, self.place.account, 60, self.slept.append)
        self.register = SheetsRegister(client, self.place.id, self.prepared.schema, self.memory)

    def _empty(self) -> None:
        """Empty all tabs that the suite writes to, and take off all marks but those of columns."""
        titles = {self.title(tab) for tab in _WRITTEN}
        sheets = self._asked("?fields=sheets.properties(sheetId,title)")["sheets"]
        found = [s["properties"] for s in sheets if s["properties"]["title"] in titles]
        areas = [{"sheetId": one.get("sheetId", 0), "startRowIndex": 1} for one in found]
        keys = [{"metadataKey": key} for key in (batch.ANCHOR, batch.MARK)]
        gone = [{"dataFilter": {"developerMetadataLookup": key}} for key in keys]
        self.do(
            *({"updateCells": {"range": area, "fields": "userEnteredValue"}} for area in areas),
            *({"deleteDeveloperMetadata": one} for one in gone),
        )

    def _asked(self, call: str, body: Json | None = None, method: str = "") -> Json:
        status, answer = self.place.ask(call, body, method)
        assert status == 200, answer
        return answer

    def away(self, method: str) -> None:
        """Refuse for quota, before Google hears of it."""
        self.door.refused += [CALLS[method]] * (_ATTEMPTS if method in _LOOKS else 1)

    def cut(self, method: str) -> None:
        """Lose the answer."""
        self.door.broken.append(CALLS[method])


class WrongSheetError(Exception):
    """The spreadsheet is not one that was made for the suite."""


def folio(prepared: Prepared, where: Place) -> LiveFolio:
    """Give the register at a place, empty and read once; `init` makes it on first contact.

    Raises WrongSheetError.
    """
    if not where.ready:
        _, answer = where.ask("?fields=properties.title")
        if answer.get("properties", {}).get("title") != TITLE:
            raise WrongSheetError(f"The suite empties its spreadsheet: call it {TITLE!r} first.")
        session, _ = where.session()
        made(SheetsClient(session, where.account, 60, float), where.id, schema())
        where.ready = True
    found = LiveFolio(prepared, place=where)
    found.register.read()
    return found

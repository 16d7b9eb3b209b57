"""The line to Google Sheets: gspread's client with timeouts, bounded patience and our errors."""

import secrets
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import requests
from google.auth.exceptions import GoogleAuthError, TransportError
from google.auth.transport.requests import AuthorizedSession, Request
from gspread.exceptions import APIError
from gspread.http_client import HTTPClient
from requests.adapters import HTTPAdapter

from automation.errors import (
    AmbiguousError,
    PengaduanError,
    RegisterDriftError,
    RejectedError,
    SettingsError,
    TransientError,
)
from automation.register.known import Memory
from automation.register.sheets_account import KeyFile, signed_in

_BASE: Final = "https://sheets.googleapis.com/v4/spreadsheets"
_WAITS: Final = (1.0, 2.0, 4.0, 8.0)
"""Seconds between attempts, plus jitter (Google: exponential backoff, Sheets API usage limits)."""

_SPACING: Final = 1.0
_SPACED: Final = 20
"""Calls that keep this distance (seconds) after Google was overloaded: it then asks for no more
than one request a second for each spreadsheet (Sheets API, Troubleshoot API errors: 503)."""

_LOOKS: Final = (":batchGetByDataFilter", ":getByDataFilter", "developerMetadata:search")
"""POST requests that change nothing."""

_CROWDED: Final = {requests.codes.too_many_requests, requests.codes.service_unavailable}

_ADVICE: Final = {
    403: "Open the spreadsheet, click Share, and add {account} as Editor.",
    404: "Is SPREADSHEET_ID right, and was the file not deleted?",
}

Sleep = Callable[[float], object]
"""Waits so many seconds; gives True when waiting is to end (`threading.Event.wait` does)."""


class ToEndpoint(HTTPAdapter):
    """Carries every https request to one server: the sandbox, or an office's own gateway.

    google-auth deep-copies its session for a background look-up; `__attrs__` is what survives that.
    """

    __attrs__ = [*HTTPAdapter.__attrs__, "endpoint"]  # noqa: RUF012 - requests reads it so

    def __init__(self, endpoint: str) -> None:
        super().__init__()
        self.endpoint = endpoint.rstrip("/")

    def send(self, request: requests.PreparedRequest, **options: Any) -> requests.Response:  # type: ignore[override]  # noqa: ANN401 - requests' own options, handed on
        """Replace scheme and host, keep path and query."""
        parts = urlsplit(request.url or "")
        request.url = self.endpoint + parts._replace(scheme="", netloc="").geturl()
        return super().send(request, **options)


class SheetsClient(HTTPClient):
    """gspread's HTTP client. Looks are repeated, writes never: the next pass looks first.

    Raises TransientError (nothing was done), AmbiguousError (perhaps done), RejectedError (400),
    RegisterDriftError (not shared, no such file, protected), SettingsError (no such account).
    """

    def __init__(
        self, session: AuthorizedSession, account: str, timeout: float, sleep: Sleep
    ) -> None:
        super().__init__(session.credentials, session)
        self.set_timeout(timeout)
        self.account = account
        self._sleep = sleep
        self._spaced = 0

    def request(self, method: str, endpoint: str, *args: Any, **options: Any) -> requests.Response:  # noqa: ANN401 - gspread's own signature
        """Do one request, with patience where that is safe."""
        look = method.lower() == "get" or endpoint.endswith(_LOOKS)
        self._keep_distance()
        for wait in (*_WAITS, None):
            try:
                return self._once(method, endpoint, args, options)
            except (APIError, requests.RequestException, GoogleAuthError) as error:
                told = self._told(error, look=look)
                if wait is None or not look or not isinstance(told, TransientError):
                    raise told from error
                if self._sleep(wait + secrets.randbelow(1000) / 1000):
                    raise told from error
        raise AssertionError("unreachable")

    def _keep_distance(self) -> None:
        if self._spaced:
            self._spaced -= 1
            self._sleep(_SPACING)

    def _once(
        self, method: str, endpoint: str, args: tuple[Any, ...], options: Mapping[str, Any]
    ) -> requests.Response:
        response = super().request(method, endpoint, *args, **options)
        if "json" not in response.headers.get("Content-Type", ""):
            raise requests.exceptions.InvalidJSONError("no JSON in the answer")
        return response

    def _told(self, error: Exception, *, look: bool) -> PengaduanError:
        if isinstance(error, APIError):
            return self._refused(error, look=look)
        if isinstance(error, GoogleAuthError):
            if isinstance(error, TransportError) or error.retryable:
                return TransientError("Google's sign-in does not answer")
            return SettingsError([f"Google does not accept the account {self.account}: {error}"])
        unsent = isinstance(error, requests.ConnectTimeout)
        return _away(f"no answer from Google ({type(error).__name__})", look=look or unsent)

    def _refused(self, error: APIError, *, look: bool) -> PengaduanError:
        code, said = error.code, _message(error)
        if code in _CROWDED:
            self._spaced = _SPACED
        if code == requests.codes.too_many_requests:
            return TransientError(f"Google's quota is used up: {said}")
        if code == requests.codes.unauthorized:
            return SettingsError([f"Google does not accept the account {self.account}: {said}"])
        if code in _ADVICE:
            advice = _ADVICE[code].format(account=self.account)
            return RegisterDriftError(f"Google says: {said} {advice}")
        if code == requests.codes.bad_request:
            return self._bad(said)
        return _away(f"Google is out of order ({code}): {said}", look=look)

    def _bad(self, said: str) -> PengaduanError:
        if "protected cell" in said:
            advice = (
                f"Run `pengaduan init` as {self.account}, or let that account edit: Data > Protect"
            )
            return RegisterDriftError(f"Google says: {said} {advice}")
        return RejectedError(f"Google refuses the request: {said}")


def _away(message: str, *, look: bool) -> TransientError:
    """Tell a look that failed from a write that may have been done before the answer was lost."""
    return TransientError(message) if look else AmbiguousError(message)


def _message(error: APIError) -> str:
    """Give Google's own sentence, cut: a front end may answer with a page."""
    return str(error.error.get("message", ""))[:300]


def url(spreadsheet_id: str, call: str = "") -> str:
    """Give the address of a spreadsheet's method, such as `:batchUpdate` or `/values:batchGet`."""
    return f"{_BASE}/{spreadsheet_id}{call}"


def connect(
    credentials: Path,
    endpoint: str | None,
    timeout: float,
    memory: Memory | None = None,
    sleep: Sleep | None = None,
) -> SheetsClient:
    """Sign in with a service account's key file; `endpoint` = another server in Google's place.

    `timeout` in seconds for each answer; `memory` keeps the token between two starts. Raises
    SettingsError when the file is no such key.
    """
    key = KeyFile(credentials)
    inner = requests.Session()
    session = AuthorizedSession(signed_in(key, memory), auth_request=Request(inner))
    if endpoint:
        inner.mount("https://", ToEndpoint(endpoint))
        session.mount("https://", ToEndpoint(endpoint))
    wait = sleep or threading.Event().wait
    return SheetsClient(session, key.email, timeout, wait)

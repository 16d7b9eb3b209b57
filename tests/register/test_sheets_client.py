"""The line to Google: what is repeated, what never, and which error tells whom to act."""

import json
import socket
import time
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import pytest
import requests
from google.auth.transport.requests import AuthorizedSession, Request
from requests.adapters import BaseAdapter, HTTPAdapter

from automation.errors import (
    AmbiguousError,
    PengaduanError,
    RegisterDriftError,
    RejectedError,
    SettingsError,
    TransientError,
)
from automation.register.sheets_client import SheetsClient, ToEndpoint, connect, url
from automation.sandbox.google.accounts import new_account
from automation.sandbox.google.adapter import InProcess
from automation.sandbox.google.faults import Fault, FaultKind
from tests.sandbox.google.conftest import OWNER, STRANGER, WORKER, Desk

Json = dict[str, Any]

HERE: Final = "https://oauth2.googleapis.com/token"


@pytest.fixture(scope="module", name="keys")
def _keys() -> dict[str, tuple[Json, str]]:
    """Make the keys once."""
    return {email: new_account(email, HERE) for email in (WORKER, STRANGER)}


@dataclass
class Line:
    """A client, the Google behind it, and how long it waited."""

    desk: Desk
    client: SheetsClient
    slept: list[float] = field(default_factory=list)

    def look(self) -> Json:
        """Ask for something."""
        found: Json = self.client.request("get", url(self.desk.id, "/values/A1:B2")).json()
        return found

    def search(self) -> Json:
        """Ask by a POST that changes nothing."""
        body = {"dataFilters": [{"developerMetadataLookup": {"metadataId": 1}}]}
        address = url(self.desk.id, "/developerMetadata:search")
        found: Json = self.client.request("post", address, json=body).json()
        return found

    def write(self) -> Json:
        """Change something."""
        place = {"sheetId": 0, "dimension": "ROWS", "startIndex": 0, "endIndex": 1}
        body = {"requests": [{"insertDimension": {"range": place}}]}
        done: Json = self.client.request(
            "post", url(self.desk.id, ":batchUpdate"), json=body
        ).json()
        return done

    def fail(self, kind: FaultKind, times: int = 1, match: str = "/v4/") -> None:
        """Let the next requests go wrong."""
        self.desk.google.faults.append(Fault(kind, match, times))

    def asked(self) -> int:
        """Count the worker's calls."""
        return sum(call.identity == WORKER for call in self.desk.google.calls)


def signed_in(desk: Desk) -> AuthorizedSession:
    """Give the worker's session with a real sign-in."""
    session = desk.client().http_client.session
    assert isinstance(session, AuthorizedSession)
    return session


@pytest.fixture(name="line")
def _line(keys: dict[str, tuple[Json, str]]) -> Line:
    """Give a client of a shared spreadsheet."""
    desk = Desk({WORKER: keys[WORKER][0]}, {WORKER: keys[WORKER][1]})
    slept: list[float] = []
    return Line(desk, SheetsClient(signed_in(desk), WORKER, 30, slept.append), slept)


# --- patience -----------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [kind for kind in FaultKind if kind is not FaultKind.SLOW])
@pytest.mark.parametrize("look", [Line.look, Line.search])
def test_a_look_is_repeated(line: Line, kind: FaultKind, look: Callable[[Line], Json]) -> None:
    """Quota, a tired server, a page of HTML, a broken line: a look may be tried again."""
    line.fail(kind, 2)
    look(line)
    assert line.asked() == 3
    assert len(line.slept) == 2


@pytest.mark.parametrize("kind", [FaultKind.QUOTA, FaultKind.UNAVAILABLE])
def test_after_an_overload_calls_keep_a_second_apart(line: Line, kind: FaultKind) -> None:
    """Google then asks for one request a second; without it a long pass would never end."""
    line.fail(kind)
    line.look()
    del line.slept[:]
    line.look()
    line.write()
    assert line.slept == [1.0, 1.0]


def test_without_an_overload_nobody_waits(line: Line) -> None:
    """Another fault of the service says nothing about haste; and the distance ends some day."""
    line.fail(FaultKind.INTERNAL)
    line.look()
    line.fail(FaultKind.UNAVAILABLE)
    for _ in range(25):
        line.look()
    del line.slept[:]
    line.look()
    assert line.slept == []


def test_a_stop_ends_the_patience(line: Line) -> None:
    """Waiting that is over must not begin another attempt."""
    line.client._sleep = lambda _: True
    line.fail(FaultKind.UNAVAILABLE, 99)
    with pytest.raises(TransientError):
        line.look()
    assert line.asked() == 1


def test_patience_ends(line: Line) -> None:
    """Five attempts, waits that double with a jitter of a second, then the next pass."""
    line.fail(FaultKind.QUOTA, 99)
    with pytest.raises(TransientError, match="quota"):
        line.look()
    assert line.asked() == 5
    assert [int(seconds) for seconds in line.slept] == [1, 2, 4, 8]


@pytest.mark.parametrize(
    ("kind", "error"),
    [
        (FaultKind.QUOTA, TransientError),
        (FaultKind.INTERNAL, AmbiguousError),
        (FaultKind.UNAVAILABLE, AmbiguousError),
        (FaultKind.HTML, AmbiguousError),
        (FaultKind.SLOW, AmbiguousError),
        (FaultKind.DROP, AmbiguousError),
    ],
)
def test_a_write_is_never_repeated(line: Line, kind: FaultKind, error: type[Exception]) -> None:
    """A row inserted twice is worse than one that comes a minute later."""
    line.fail(kind)
    with pytest.raises(TransientError) as told:
        line.write()
    assert type(told.value) is error
    assert (line.asked(), line.slept) == (1, [])


@pytest.mark.parametrize("kind", [kind for kind in FaultKind if kind is not FaultKind.QUOTA])
def test_a_look_that_failed_leaves_no_doubt(line: Line, kind: FaultKind) -> None:
    """Only a write may have been done: after a look nothing has to be checked."""
    line.fail(kind, 99)
    with pytest.raises(TransientError) as told:
        line.look()
    assert not isinstance(told.value, AmbiguousError)


def test_a_page_with_a_good_status_is_no_answer(line: Line) -> None:
    """A captive portal says 200 and shows its log-in form."""
    line.client.session.mount("https://sheets", Portal())
    with pytest.raises(TransientError, match="no answer from Google"):
        line.look()
    assert len(line.slept) == 4


class Portal(BaseAdapter):
    """Answers every request with a page."""

    def send(self, request: requests.PreparedRequest, **_: Any) -> requests.Response:  # type: ignore[override]  # noqa: ANN401 - requests' own options
        """Give the page."""
        response = requests.Response()
        response.status_code, response._content = 200, b"<html>Masuk</html>"
        response.headers["Content-Type"] = "text/html"
        response.request, response.url = request, str(request.url)
        return response

    def close(self) -> None:
        """Have nothing to close."""


class Unreachable(HTTPAdapter):
    """A server to which no connection can be made in time."""

    def send(self, request: requests.PreparedRequest, **_: Any) -> requests.Response:  # type: ignore[override]  # noqa: ANN401 - requests' own options
        """Give up."""
        raise requests.ConnectTimeout("no route", request=request)


def test_a_write_that_never_left_is_not_in_doubt(line: Line) -> None:
    """No connection, no deed: the next pass need not look first."""
    line.client.session.mount("https://sheets", Unreachable())
    with pytest.raises(TransientError) as told:
        line.write()
    assert not isinstance(told.value, AmbiguousError)


def test_every_request_has_a_timeout(line: Line) -> None:
    """Without one a silent server holds the worker for ever (gspread's default)."""
    seen: list[object] = []
    line.client.session.mount("https://sheets", Noting(line.desk, seen))
    line.look()
    assert seen == [30]


class Noting(InProcess):
    """Writes down the timeout of each request."""

    def __init__(self, desk: Desk, seen: list[object]) -> None:
        super().__init__(desk.google)
        self._seen = seen

    def send(self, request: requests.PreparedRequest, **options: Any) -> requests.Response:  # type: ignore[override]  # noqa: ANN401 - requests' own options
        """Note it and go on."""
        self._seen.append(options["timeout"])
        return super().send(request, **options)


# --- who must act -------------------------------------------------------------------------------


def _refused(line: Line, *, look: bool = True) -> PengaduanError:
    with pytest.raises(PengaduanError) as told:
        _ = line.look() if look else line.write()
    assert line.slept == []
    return told.value


def test_a_foreign_file_tells_the_owner_to_share_it(line: Line) -> None:
    """The message names the account and the place to click."""
    line.desk.id = line.desk.google.create_spreadsheet(OWNER, "Rahasia")
    told = _refused(line)
    assert type(told) is RegisterDriftError
    assert f"click Share, and add {WORKER} as Editor" in str(told)


def test_an_unknown_file_points_at_the_setting(line: Line) -> None:
    """A slip in SPREADSHEET_ID, or a file in the bin."""
    line.desk.id = "tidak-ada"
    told = _refused(line)
    assert type(told) is RegisterDriftError
    assert "Is SPREADSHEET_ID right" in str(told)


def test_a_protected_cell_tells_whom_to_let_in(line: Line) -> None:
    """Google says 400; what helps is a right, not another request."""
    area = {"range": {"sheetId": 0}, "editors": {"users": []}}
    line.desk.do({"addProtectedRange": {"protectedRange": area}}, who=OWNER)
    told = _refused(line, look=False)
    assert type(told) is RegisterDriftError
    assert f"Run `pengaduan init` as {WORKER}" in str(told)


def test_a_bad_request_is_final(line: Line) -> None:
    """Repeating cannot help."""
    with pytest.raises(RejectedError, match="Unable to parse range"):
        line.client.request("get", url(line.desk.id, "/values/Tak!A1"))
    assert line.slept == []


def test_an_account_that_is_not_accepted_is_a_fault_of_the_settings(
    line: Line, keys: dict[str, tuple[Json, str]]
) -> None:
    """A key that was revoked: the operator makes a new one."""
    desk = Desk({WORKER: keys[STRANGER][0]}, {WORKER: keys[WORKER][1]})
    line.client = SheetsClient(signed_in(desk), WORKER, 30, line.slept.append)
    told = _refused(line)
    assert isinstance(told, SettingsError)
    assert f"Google does not accept the account {WORKER}" in str(told)


def test_a_token_that_is_refused_is_a_fault_of_the_settings(line: Line) -> None:
    """401 after a fresh sign-in means that the account was taken away."""
    line.client.session.mount("https://sheets", Stranger())
    assert isinstance(_refused(line), SettingsError)


class Stranger(Portal):
    """Knows nobody."""

    def send(self, request: requests.PreparedRequest, **options: Any) -> requests.Response:  # type: ignore[override]  # noqa: ANN401 - requests' own options
        """Say 401 in Google's envelope."""
        response = super().send(request, **options)
        error = {"code": 401, "message": "invalid credentials", "status": "UNAUTHENTICATED"}
        response.status_code, response._content = 401, json.dumps({"error": error}).encode()
        response.headers["Content-Type"] = "application/json"
        return response


def test_a_sign_in_that_does_not_answer_is_waited_for(
    line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Google's token endpoint has bad days too; nobody has to change a setting."""
    monkeypatch.setattr(time, "sleep", line.slept.append)  # google-auth tries again by itself
    line.fail(FaultKind.UNAVAILABLE, 99, "/token")
    with pytest.raises(TransientError, match="sign-in") as told:
        line.write()
    assert not isinstance(told.value, AmbiguousError)


def test_an_expired_sign_in_is_renewed(line: Line) -> None:
    """A token lasts an hour; the worker runs for months."""
    line.look()
    line.desk.google.expire_tokens()
    assert line.look()["range"] == "Sheet1!A1:B2"


def test_a_page_of_an_error_is_cut(line: Line) -> None:
    """A front end's page would fill the log."""
    line.client.session.mount("https://sheets", Talker())
    with pytest.raises(AmbiguousError) as told:
        line.write()
    assert len(str(told.value)) < 400


class Talker(Portal):
    """Answers 500 with a long text."""

    def send(self, request: requests.PreparedRequest, **options: Any) -> requests.Response:  # type: ignore[override]  # noqa: ANN401 - requests' own options
        """Talk."""
        response = super().send(request, **options)
        response.status_code, response._content = 500, b"panjang " * 5000
        return response


# --- signing in ---------------------------------------------------------------------------------


def test_a_file_that_is_no_key_is_named(tmp_path: Path) -> None:
    """Somebody downloaded the OAuth client instead of the service account's key."""
    (tmp_path / "kunci.json").write_text('{"installed": {}}')
    for name in ("kunci.json", "tidak-ada.json"):
        with pytest.raises(SettingsError, match=rf"{name} is no service account key"):
            connect(tmp_path / name, None, 30)


def test_another_endpoint_serves_sign_in_and_calls(
    tmp_path: Path, keys: dict[str, tuple[Json, str]]
) -> None:
    """One setting moves everything: nothing may still go to Google."""
    (tmp_path / "kunci.json").write_text(json.dumps(keys[WORKER][0]))
    client = connect(tmp_path / "kunci.json", "http://127.0.0.1:9/", 30)
    session = client.session
    assert isinstance(session, AuthorizedSession)
    signing = session._auth_request
    assert isinstance(signing, Request)
    found = [s.get_adapter("https://sheets.googleapis.com/v4") for s in (session, signing.session)]
    assert [type(a) for a in found] == [ToEndpoint] * 2


def test_without_an_endpoint_everything_goes_to_google(
    tmp_path: Path, keys: dict[str, tuple[Json, str]]
) -> None:
    """Unset means Google itself."""
    (tmp_path / "kunci.json").write_text(json.dumps(keys[WORKER][0]))
    client = connect(tmp_path / "kunci.json", None, 30)
    assert type(client.session.get_adapter("https://sheets.googleapis.com")) is HTTPAdapter
    assert client.account == WORKER


@pytest.mark.parametrize("copied", [False, True])
def test_the_endpoint_takes_the_place_of_the_host(*, copied: bool) -> None:
    """Path and query stay, also in the copy that google-auth makes for its background look-up."""
    session = requests.Session()
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        endpoint = f"http://127.0.0.1:{nobody.getsockname()[1]}"
        adapter = ToEndpoint(f"{endpoint}/")
        session.mount("https://", deepcopy(adapter) if copied else adapter)
        with pytest.raises(requests.ConnectionError) as refused:
            session.get("https://sheets.googleapis.com/v4/x:y?fields=a%28b%29", timeout=5)
    assert refused.value.request is not None
    assert refused.value.request.url == f"{endpoint}/v4/x:y?fields=a%28b%29"

"""What goes wrong on demand, and the records that tests read."""

import json
from typing import Any

import pytest
import requests
from gspread.exceptions import APIError

from automation.sandbox.google.faults import DELAY, DROP, Fault, FaultKind
from tests.sandbox.google.conftest import STAFF, WORKER, Desk

JSON = {"content-type": "application/json"}


@pytest.mark.parametrize("kind", [FaultKind.QUOTA, FaultKind.INTERNAL, FaultKind.UNAVAILABLE])
def test_a_refusal_does_nothing_and_passes(desk: Desk, kind: FaultKind) -> None:
    """The write is refused once with the wanted status; the next one goes through."""
    sheet = desk.sheet()
    desk.google.faults.append(Fault(kind, "PUT"))
    with pytest.raises(APIError) as caught:
        sheet.update([["x"]])
    assert caught.value.code == int(kind.value)
    assert desk.get("A1") == []
    sheet.update([["x"]])
    assert desk.get("A1") == [["x"]]


def test_a_front_end_answers_with_a_page(desk: Desk) -> None:
    """A 502 is HTML, which gspread reports as code -1."""
    sheet = desk.sheet()
    desk.google.faults.append(Fault(FaultKind.HTML))
    with pytest.raises(APIError) as caught:
        sheet.get_all_values()
    assert caught.value.code == -1


def test_a_lost_answer_leaves_the_work_done(desk: Desk) -> None:
    """Commit, then drop: the client sees a broken line, the sheet has the row."""
    sheet = desk.sheet()
    desk.google.faults.append(Fault(FaultKind.DROP, ":append"))
    with pytest.raises(requests.ConnectionError):
        sheet.append_row(["baris"])
    assert desk.get("A1") == [["baris"]]


def test_a_slow_answer_is_a_timeout_after_the_deed(desk: Desk) -> None:
    """The carrier is told how long to wait; over the adapter it is a timeout at once."""
    sheet = desk.sheet()
    desk.google.faults.append(Fault(FaultKind.SLOW, "PUT", seconds=7))
    with pytest.raises(requests.ReadTimeout):
        sheet.update([["x"]])
    assert desk.get("A1") == [["x"]]


def test_faults_are_ordered_from_outside(desk: Desk) -> None:
    """POST /_sandbox/faults takes JSON; each fault counts its turns, and meets what it matches."""
    body = json.dumps({"kind": "drop", "match": "/values/", "times": 2}).encode()
    assert desk.google.handle("POST", "/_sandbox/faults", JSON, body)[0] == 200
    head = {"Authorization": f"Bearer {desk.google.token_for(WORKER)}"}
    values, book = f"/v4/spreadsheets/{desk.id}/values/A1", f"/v4/spreadsheets/{desk.id}"
    heads = [desk.google.handle("GET", at, head, b"")[1] for at in (book, values, values, values)]
    assert [DROP in found for found in heads] == [False, True, True, False]
    assert not any(DELAY in found for found in heads)


def test_the_background_takes_no_fault(desk: Desk) -> None:
    """The question of google-auth for allowed locations neither meets a fault nor is a call."""
    desk.google.faults.append(Fault(FaultKind.UNAVAILABLE))
    path = "/v1/projects/-/serviceAccounts/worker/allowedLocations"
    assert desk.google.handle("GET", path, {}, b"")[0] == 404
    assert (len(desk.google.faults), desk.google.calls) == (1, [])


def test_signing_in_fails_only_by_its_name(desk: Desk) -> None:
    """A fault for any call passes the token endpoint by; one for `/token` stops it."""
    desk.google.faults.append(Fault(FaultKind.INTERNAL))
    assert desk.google.handle("POST", "/token", {}, b"")[0] == 400
    desk.google.faults.insert(0, Fault(FaultKind.UNAVAILABLE, "/token"))
    status, _, body = desk.google.handle("POST", "/token", {}, b"")
    assert (status, json.loads(body)) == (503, {"error": "internal_failure"})
    assert [fault.kind for fault in desk.google.faults] == [FaultKind.INTERNAL]


@pytest.mark.parametrize(
    ("head", "body"),
    [
        ({"content-type": "text/plain"}, b'{"kind": "500"}'),
        (JSON, b'{"kind": "meteor"}'),
        (JSON, b'{"kind": "500", "colour": 1}'),
        (JSON, b'{"kind": "500", "times": 0}'),
        (JSON, b'{"kind": "slow", "seconds": -1}'),
        (JSON, b"[]"),
        (JSON, b"{"),
    ],
)
def test_nonsense_is_no_fault(desk: Desk, head: dict[str, str], body: bytes) -> None:
    """Neither a web form nor an unknown kind puts anything in the way."""
    assert desk.google.handle("POST", "/_sandbox/faults", head, body)[0] == 400
    assert desk.google.faults == []


def _get(desk: Desk, path: str) -> dict[str, Any]:
    status, _, body = desk.google.handle("GET", path, {}, b"")
    assert status == 200
    found: dict[str, Any] = json.loads(body)
    return found


def test_calls_are_written_down(desk: Desk) -> None:
    """Who, what, read or write, and how it ended; the page and tests read it as JSON."""
    desk.put("A1", [["x"]])
    desk.ask("/values/Tak!A1")
    desk.ask("/developerMetadata:search", {"dataFilters": []})
    told = [
        (c["identity"], c["method"], c["kind"], c["status"])
        for c in _get(desk, "/_sandbox/calls")["calls"]
    ]
    assert told == [
        (WORKER, "PUT", "write", 200),
        (WORKER, "GET", "read", 400),
        (WORKER, "POST", "read", 200),
    ]


def test_usage_is_counted_for_each_identity(desk: Desk) -> None:
    """The state shows the last minute's reads and writes, enforced or not."""
    desk.put("A1", [["x"]])
    desk.clock.now += 61
    desk.get("A1")
    desk.get("A1")
    desk.ask(":batchUpdate", {"requests": []}, STAFF)
    usage = _get(desk, "/_sandbox/state")["usage"]
    assert usage == {WORKER: {"read": 2, "write": 0}, STAFF: {"read": 0, "write": 1}}


def test_a_refusal_for_quota_uses_none_of_it(desk: Desk) -> None:
    """A client that keeps asking is let in when its first calls are a minute old."""
    desk.google.ledger.enforce_quota = True
    for _ in range(60):
        desk.ask("/values/A1")
    desk.clock.now += 30
    assert desk.ask("/values/A1")[0] == 429
    desk.clock.now += 31
    assert desk.ask("/values/A1")[0] == 200


def test_who_listens_is_told_of_changes(desk: Desk) -> None:
    """Each change names its spreadsheet; a look or a refusal tells nothing."""
    heard: list[str] = []
    desk.google.listeners.append(heard.append)
    desk.get("A1")
    desk.ask("/values/Tak!A1?valueInputOption=RAW", {"values": [["x"]]}, method="PUT")
    assert heard == []
    desk.put("A1", [["x"]])
    desk.google.share(desk.id, STAFF, "reader")
    assert heard == [desk.id] * 2


def test_the_revision_grows_with_changes_only(desk: Desk) -> None:
    """A look leaves it alone, a change moves it."""
    before = _get(desk, "/_sandbox/state")["revision"]
    desk.get("A1")
    assert _get(desk, "/_sandbox/state")["revision"] == before
    desk.put("A1", [["x"]])
    assert _get(desk, "/_sandbox/state")["revision"] == before + 1


def test_the_quota_is_sixty_a_minute(desk: Desk) -> None:
    """Reads do not use up writes, and a minute later there is room again."""
    desk.google.ledger.enforce_quota = True
    for _ in range(60):
        assert desk.ask("/values/A1")[0] == 200
    status, answer = desk.ask("/values/A1")
    assert (status, answer["error"]["status"]) == (429, "RESOURCE_EXHAUSTED")
    assert "'Read requests per minute per user'" in answer["error"]["message"]
    desk.put("A1", [["x"]])
    desk.clock.now += 61
    assert desk.get("A1") == [["x"]]


@pytest.mark.parametrize(
    "body",
    [
        b"[]",
        b"{",
        b'{"requests": 5}',
        b'{"requests": [{"sortRange": 3}]}',
        b"\xff\xfe",
        b'{"x": NaN}',
    ],
)
def test_garbage_is_refused_politely(desk: Desk, body: bytes) -> None:
    """Whatever is sent, the answer is Google's envelope with 400."""
    head = {"Authorization": f"Bearer {desk.google.token_for(WORKER)}"}
    target = f"/v4/spreadsheets/{desk.id}:batchUpdate"
    status, _, answer = desk.google.handle("POST", target, head, body)
    assert (status, json.loads(answer)["error"]["code"]) == (400, 400)

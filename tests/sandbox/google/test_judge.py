"""The judge of all the other tests sees the faults of code that has never met Google."""

import json

import pytest

from tests.sandbox.discovery import judge

TARGET = "/v4/spreadsheets/1x"


@pytest.mark.parametrize(
    ("verb", "target", "body", "fault"),
    [
        ("PUT", f"{TARGET}/values/A1?valueInputOption=raw", {"values": []}, "'raw' is none of"),
        ("PUT", f"{TARGET}/values/A1", {"value": []}, "unknown name 'value'"),
        ("GET", f"{TARGET}?includeGridData=no", None, "is no boolean"),
        ("GET", f"{TARGET}/tabs", None, "no such method"),
        (
            "POST",
            f"{TARGET}:batchUpdate",
            {"requests": [{"setDataValidation": {"rule": {"showCustomUI": True}}}]},
            "unknown name 'showCustomUI'",
        ),
        (
            "POST",
            f"{TARGET}:batchUpdate",
            {"requests": [{"sortRange": {"range": {"startRowIndex": "1"}}}]},
            "'1' is no integer",
        ),
    ],
)
def test_a_wrong_request_is_seen(verb: str, target: str, body: object, fault: str) -> None:
    """A request that was answered with 200 although Google would refuse it."""
    raw = json.dumps(body).encode() if body else b""
    assert any(fault in found for found in judge(verb, target, raw, 200, b"{}"))


def test_a_wrong_answer_is_seen() -> None:
    """A field that Google's answers do not have, and an error without its envelope."""
    assert judge("GET", TARGET, b"", 200, b'{"sheets": [{"title": "x"}]}')
    assert judge("GET", TARGET, b"", 404, b'{"error": {"code": 400, "message": ""}}')

"""Google in the same process for clients that speak `requests`: no socket, no thread."""

import io
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.adapters import BaseAdapter
from requests.structures import CaseInsensitiveDict

from automation.sandbox.google.core import Google
from automation.sandbox.google.faults import DELAY, DROP


class InProcess(BaseAdapter):
    """Mount it on `https://`. A slow answer is a timeout at once, a lost one a broken line."""

    def __init__(self, google: Google) -> None:
        super().__init__()
        self.google = google

    def __deepcopy__(self, memo: dict[int, object]) -> "InProcess":
        """Stay the same town: google-auth copies its session for a look-up in the background."""
        return self

    def send(self, request: requests.PreparedRequest, **options: Any) -> requests.Response:  # type: ignore[override]  # noqa: ANN401, ARG002 - requests' own options
        """Hand the request over, and make a response of the answer."""
        parts = urlsplit(str(request.url))
        target = parts.path + (f"?{parts.query}" if parts.query else "")
        body = request.body or b""
        raw = body.encode() if isinstance(body, str) else bytes(body)
        answer = self.google.handle(str(request.method), target, request.headers, raw)
        if DROP in answer[1]:
            raise requests.ConnectionError("the line broke", request=request)
        if DELAY in answer[1]:
            raise requests.ReadTimeout("no answer in time", request=request)
        return _response(request, *answer)

    def close(self) -> None:
        """Have nothing to close."""


def _response(
    request: requests.PreparedRequest, status: int, headers: Mapping[str, str], body: bytes
) -> requests.Response:
    response = requests.Response()
    response.status_code = status
    response.headers = CaseInsensitiveDict(headers)
    response.raw = io.BytesIO(body)
    response.encoding = "utf-8"
    response.url = str(request.url)
    response.request = request
    return response

"""The town's web server: Google's side on a socket of this computer.

Everything but the controls goes to the sans-IO core by its raw path, for a call such as
`values/'Sheet'!A1%3AB2:append` breaks every path pattern.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from http import HTTPStatus
from socket import IPPROTO_TCP, TCP_NODELAY, socket
from typing import Final

import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from automation.sandbox.google.core import Answer, Google
from automation.sandbox.google.errors import ApiError, invalid
from automation.sandbox.google.faults import DELAY, DROP

_HOSTS: Final = ["127.0.0.1", "localhost"]
"""Names by which the town may be called; any other is a web page that rebinds its name to us."""

_LARGEST: Final = 10_485_760
"""Bytes of a request's body at most (Google: "Request payload size exceeds the limit")."""

_LAST_ANSWERS: Final = 1  # seconds that open requests have at the end
_IDLE: Final = 120  # seconds that an unused connection stays open


def app(google: Google, controls: Sequence[Route] = ()) -> Starlette:
    """Make the web application of a town; `controls` come before Google's own paths."""
    return Starlette(
        routes=[*controls, Route("/{path:path}", _Front(google))],
        middleware=[
            Middleware(TrustedHostMiddleware, allowed_hosts=_HOSTS, www_redirect=False),
        ],
        exception_handlers={Exception: _refused, ApiError: _refused},
    )


@asynccontextmanager
async def serving(application: Starlette, sock: socket) -> AsyncIterator[None]:
    """Serve on a bound socket while the block runs; open requests get a second to end."""
    # asyncio sends at once only on sockets it made: head and body, two writes, would wait for 40 ms
    sock.setsockopt(IPPROTO_TCP, TCP_NODELAY, 1)
    config = uvicorn.Config(
        application,
        http="h11",
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_keep_alive=_IDLE,
        timeout_graceful_shutdown=_LAST_ANSWERS,
    )
    server = _Server(config)
    running = asyncio.create_task(server.serve([sock]))
    try:
        yield
    finally:
        server.should_exit = True
        await running


class _Server(uvicorn.Server):
    """Leaves the signals to the town."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Capture none."""
        yield


# --- Google's side ------------------------------------------------------------------------------


class _Front:
    """Takes a request off the wire for the core, and brings its answer: at once, late or never."""

    def __init__(self, google: Google) -> None:
        self._google = google

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            status, headers, body = await self._answer(Request(scope, receive))
        except ClientDisconnect:
            return
        if DROP in headers:
            await _begin_only(send, status, body)
            return
        await asyncio.sleep(float(headers.pop(DELAY, "0")))
        await Response(body, status, headers)(scope, receive, send)

    async def _answer(self, request: Request) -> Answer:
        query = request.scope["query_string"]
        target: bytes = request.scope["raw_path"] + (b"?" + query if query else b"")
        body = await _body(request)
        # in a thread: a large sheet must not hold up the mail
        return await asyncio.to_thread(
            self._google.handle, request.method, target.decode("ascii"), request.headers, body
        )


async def _body(request: Request) -> bytes:
    """Read a body. Raises ApiError when it is too large; it is read to its end all the same."""
    kept, size = bytearray(), 0
    async for chunk in request.stream():
        size += len(chunk)
        if size <= _LARGEST:
            kept += chunk
    if size > _LARGEST:
        raise invalid(f"Request payload size exceeds the limit: {_LARGEST} bytes.")
    return bytes(kept)


async def _begin_only(send: Send, status: int, body: bytes) -> None:
    """Begin an answer and leave it: uvicorn breaks the line, and the client gets half of it."""
    length = str(len(body) + 1).encode()
    head = [(b"content-length", length)]
    await send({"type": "http.response.start", "status": status, "headers": head})


async def _refused(_request: Request, error: Exception) -> Response:
    """Answer in Google's envelope; a fault of the town's own goes to the log as well (uvicorn)."""
    if not isinstance(error, ApiError):
        error = ApiError(HTTPStatus.INTERNAL_SERVER_ERROR, "Internal error encountered.")
    return JSONResponse(error.envelope(), error.code)

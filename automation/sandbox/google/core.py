"""Google as one object: requests go in as method, target, headers and body; answers come out."""

import json
import logging
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Final
from urllib.parse import unquote

from automation.sandbox.google import drive, errors, reading, service
from automation.sandbox.google.accounts import Accounts, RefusedError
from automation.sandbox.google.drive_calls import drive_calls
from automation.sandbox.google.errors import ApiError, Json
from automation.sandbox.google.faults import (
    DELAY,
    DROP,
    SIGN_IN,
    Call,
    Fault,
    FaultKind,
    Ledger,
    refusal,
    take,
)
from automation.sandbox.google.request import DRIVE, SHEETS, Request, Switches
from automation.sandbox.google.store import Listener, Store

Answer = tuple[int, dict[str, str], bytes]
_log = logging.getLogger(__name__)

_JSON: Final = {"content-type": "application/json; charset=UTF-8"}
_HTML: Final = b"<html><title>Error 502 (Server Error)!!1</title><h1>502.</h1></html>"
_NOT_SIGNED_IN: Final = (
    "Request had invalid authentication credentials. Expected OAuth 2 access token, "
    "login cookie or other valid authentication credential."
)


@dataclass(slots=True)
class Google:
    """The service. `clock` gives seconds since 1970; the switches may be changed at any time."""

    clock: Callable[[], float] = time.time
    strict: bool = True  # service accounts cannot own files
    sort_moves_metadata: bool = True
    faults: list[Fault] = field(default_factory=list)
    ledger: Ledger = field(default_factory=Ledger)
    _store: Store = field(default_factory=Store)
    _accounts: Accounts = field(default_factory=Accounts)
    _lock: threading.RLock = field(default_factory=threading.RLock)

    # --- the town's own handles ------------------------------------------------------------------

    @property
    def calls(self) -> list[Call]:
        """Give the last calls, oldest first."""
        with self._lock:
            return list(self.ledger.calls)

    @property
    def revision(self) -> int:
        """Give a number that grows with each change."""
        return self._store.revision

    @property
    def listeners(self) -> list[Listener]:
        """Give who is told the spreadsheet's id after each change; add to it, or remove."""
        return self._store.listeners

    def register_account(self, email: str, pem: str) -> None:
        """Make an account known by its public key."""
        with self._lock:
            self._accounts.keys[email.lower()] = pem
            self._store.touched("")

    def token_for(self, email: str) -> str:
        """Give an access token for somebody who needs no key file, such as a person at the page."""
        with self._lock:
            return self._accounts.token_for(email, self.clock())

    def expire_tokens(self) -> None:
        """End every sign-in; clients get 401 and must sign in again."""
        with self._lock:
            self._accounts.revoke_all()

    def create_spreadsheet(self, owner: str, title: str) -> str:
        """Make a spreadsheet with one empty sheet, and give its id."""
        with self._lock:
            return self._store.create(owner, {"properties": {"title": title}}, self.clock()).id

    def share(self, spreadsheet_id: str, email: str, role: str) -> None:
        """Share a file as `writer`, `commenter` or `reader`. Raises ApiError."""
        wanted = {"type": "user", "emailAddress": email, "role": role}
        with self._lock:
            book = self._store.book(spreadsheet_id)
            self._store.change(book, self.clock(), lambda draft: drive.share(draft, wanted))

    def dump(self) -> Json:
        """Give everything that is to outlive the process as JSON; tokens are not."""
        with self._lock:
            keys, books = dict(self._accounts.keys), self._store.dump()
            return {"revision": self.revision, "keys": keys, "books": books}

    def load(self, state: Json) -> None:
        """Take over what `dump` gave."""
        with self._lock:
            self._store.load(state["books"], state["revision"])
            self._accounts.keys = dict(state["keys"])

    # --- requests --------------------------------------------------------------------------------

    def handle(self, method: str, target: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """Answer one request. `target` is the raw path with its query, as on the wire."""
        path, _, query = target.partition("?")
        head = {name.lower(): value for name, value in headers.items()}
        with self._lock:
            if path.startswith("/_sandbox/"):
                return self._control(method, path, head, body)
            if path.endswith("/allowedLocations"):  # asked in the background: no fault, no call
                return _json(404, errors.not_found().envelope())
            now = self.clock()
            who = self._accounts.identity(head.get("authorization", ""), now)
            return self._faulty(Request(method, path, who, reading.pairs(query), now, body))

    def _faulty(self, request: Request) -> Answer:
        """Answer, unless something is to go wrong; write the call down."""
        path = unquote(request.path)
        fault = take(self.faults, f"{request.method} {path}")
        if fault is not None and fault.kind is FaultKind.HTML:
            answer: Answer = (502, {"content-type": "text/html; charset=UTF-8"}, _HTML)
        elif request.path == SIGN_IN:
            return _marked(self._token(request, fault), fault)
        else:
            answer = self._answered(request, fault)
        call = Call(request.now, request.identity, request.method, path, request.kind(), answer[0])
        self.ledger.calls.append(call)
        return _marked(answer, fault)

    def _token(self, request: Request, fault: Fault | None) -> Answer:
        if refused := fault and refusal(fault, ""):
            return _json(refused.code, {"error": "internal_failure"})
        try:
            return _json(200, self._accounts.grant(request.raw, request.now))
        except RefusedError as error:
            told = {"error": "invalid_grant", "error_description": str(error)}
            return _json(400, told)

    def _answered(self, request: Request, fault: Fault | None) -> Answer:
        try:
            if refused := fault and refusal(fault, request.kind()):
                raise refused
            _check_signed_in(request)
            self.ledger.charge(request.identity, request.kind(), request.now)
            done = self._dispatch(request)
        except ApiError as error:
            return _json(error.code, error.envelope())
        except (AttributeError, LookupError, TypeError, ValueError, ArithmeticError) as error:
            _log.warning("a request that was not understood", exc_info=True)
            message = f"Invalid JSON payload received: {type(error).__name__}"
            return _json(400, errors.invalid(message).envelope())
        return (204, {}, b"") if done is None else _json(200, done)

    def _dispatch(self, request: Request) -> Json | None:
        """Send a request to the service that its path names; None = nothing to say."""
        switches = Switches(self.strict, self.sort_moves_metadata)
        if request.path.startswith(SHEETS):
            return service.sheets(self._store, request, switches)
        if request.path.startswith(DRIVE):
            return drive_calls(self._store, request, switches)
        raise errors.not_found()

    # --- behind the scenes -----------------------------------------------------------------------

    def _control(self, method: str, path: str, head: Mapping[str, str], body: bytes) -> Answer:
        """Let tests and the page look behind the scenes; JSON only, so no web form reaches it."""
        if (method, path) == ("GET", "/_sandbox/calls"):
            return _json(200, {"calls": self.ledger.told()})
        if (method, path) == ("GET", "/_sandbox/state"):
            return _json(200, self._state())
        if (method, path) != ("POST", "/_sandbox/faults"):
            return _json(404, errors.not_found().envelope())
        if not head.get("content-type", "").startswith("application/json"):
            return _json(400, errors.invalid("application/json is needed").envelope())
        try:
            self.faults.append(Fault.of(reading.body_of(body)))
        except (ApiError, ValueError, TypeError, KeyError) as error:
            return _json(400, errors.invalid(f"no such fault: {error}").envelope())
        return _json(200, {"faults": [asdict(fault) for fault in self.faults]})

    def _state(self) -> Json:
        books = self._store.books.values()
        return {
            "revision": self.revision,
            "spreadsheets": [{"id": book.id, "title": book.title} for book in books],
            "faults": [asdict(fault) for fault in self.faults],
            "enforceQuota": self.ledger.enforce_quota,
            "usage": self.ledger.usage(self.clock()),
            "calls": len(self.ledger.calls),
        }


def _check_signed_in(request: Request) -> None:
    if not request.identity:
        raise ApiError(401, _NOT_SIGNED_IN)


def _json(status: int, body: Json) -> Answer:
    return status, dict(_JSON), json.dumps(body, ensure_ascii=False, indent=2).encode()


def _marked(answer: Answer, fault: Fault | None) -> Answer:
    """Tell whoever carries the answer to be slow with it, or to lose it."""
    status, headers, body = answer
    if fault is not None and fault.kind is FaultKind.SLOW:
        headers = headers | {DELAY: f"{fault.seconds}"}
    if fault is not None and fault.kind is FaultKind.DROP:
        headers = headers | {DROP: "1"}
    return status, headers, body

"""What goes wrong on demand, who called what, and how much of the quota is used."""

from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Final

from automation.sandbox.google.errors import ApiError, Json

_MINUTE: Final = 60.0
_PER_USER: Final = 60
_PER_PROJECT: Final = 300
"""Requests a minute, of reads and of writes each (Google: sheets/api/limits)."""

_DAY: Final = 86_400
_TOO_MANY: Final = 429
_KEPT: Final = 5000
SIGN_IN: Final = "/token"
"""Where one signs in."""

DELAY: Final = "x-sandbox-delay"
DROP: Final = "x-sandbox-drop"
"""Headers by which the core asks whoever carries its answer to wait, or to break the line."""


class FaultKind(StrEnum):
    """What happens to a request."""

    QUOTA = "429"
    INTERNAL = "500"
    UNAVAILABLE = "503"
    HTML = "html502"
    SLOW = "slow"
    DROP = "drop"  # done, but the answer is lost


@dataclass(slots=True)
class Fault:
    """A fault for the next `times` requests whose method and path contain `match`."""

    kind: FaultKind
    match: str = ""
    times: int = 1
    seconds: float = 30.0  # of `slow`

    @classmethod
    def of(cls, told: Json) -> "Fault":
        """Read a fault from JSON. Raises ValueError, TypeError or KeyError."""
        kind, rest = FaultKind(str(told["kind"])), {k: told[k] for k in told if k != "kind"}
        fault = cls(kind, **rest)
        fault.match, fault.times = str(fault.match), int(fault.times)
        fault.seconds = float(fault.seconds)
        if fault.times < 1 or not 0 <= fault.seconds < _DAY:
            raise ValueError("times and seconds must be positive")
        return fault


@dataclass(frozen=True, slots=True)
class Call:
    """One request as it was answered."""

    at: float
    identity: str
    method: str
    path: str
    kind: str  # "read" | "write" | "" outside of the quota
    status: int


@dataclass(slots=True)
class Ledger:
    """The calls so far, the last of them in full. Refusals for quota use up none of it."""

    calls: deque[Call] = field(default_factory=lambda: deque(maxlen=_KEPT))
    enforce_quota: bool = False

    def charge(self, identity: str, kind: str, now: float) -> None:
        """Refuse a request that Google's quota does not allow. Raises ApiError."""
        if not self.enforce_quota or not kind:
            return
        recent = [call for call in self._charged(now) if call.kind == kind]
        if sum(call.identity == identity for call in recent) >= _PER_USER:
            raise quota_exceeded(kind, " per user")
        if len(recent) >= _PER_PROJECT:
            raise quota_exceeded(kind, "")

    def _charged(self, now: float) -> Iterator[Call]:
        """Give the calls of the last minute, the latest first."""
        for call in reversed(self.calls):
            if call.at <= now - _MINUTE:
                return
            if call.kind and call.status != _TOO_MANY:
                yield call

    def usage(self, now: float) -> dict[str, dict[str, int]]:
        """Count the last minute's reads and writes of each identity."""
        found: dict[str, dict[str, int]] = {}
        for call in self._charged(now):
            counts = found.setdefault(call.identity, {"read": 0, "write": 0})
            counts[call.kind] += 1
        return found

    def told(self) -> list[Json]:
        """Give the calls as JSON."""
        return [asdict(call) for call in self.calls]


def quota_exceeded(kind: str, whose: str = " per user") -> ApiError:
    """Make the 429."""
    name = f"{(kind or 'read').capitalize()} requests"
    limit = f"{name} per minute{whose}"
    return ApiError(
        429,
        f"Quota exceeded for quota metric '{name}' and limit '{limit}' of service "
        "'sheets.googleapis.com' for consumer 'project_number:1'.",
    )


_BEFORE: Final[Mapping[FaultKind, tuple[int, str]]] = {
    FaultKind.INTERNAL: (500, "Internal error encountered."),
    FaultKind.UNAVAILABLE: (503, "The service is currently unavailable."),
}


def refusal(fault: Fault, kind: str) -> ApiError | None:
    """Give the answer that a fault puts in place of doing anything; None = it is done."""
    if fault.kind is FaultKind.QUOTA:
        return quota_exceeded(kind)
    found = _BEFORE.get(fault.kind)
    return ApiError(*found) if found else None


def take(faults: list[Fault], request: str) -> Fault | None:
    """Use up one turn of the first fault that is meant for this request.

    Signing in goes wrong only when a fault names it, so that it takes none that is meant for a
    call of the API.
    """
    signing_in = request.endswith(SIGN_IN)
    meant = [fault for fault in faults if not signing_in or SIGN_IN in fault.match]
    due = next((fault for fault in meant if fault.match in request), None)
    if due is not None:
        due.times -= 1
    faults[:] = [fault for fault in faults if fault.times > 0]
    return due

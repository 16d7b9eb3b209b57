"""A request as it came, before anybody has looked into what it asks."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

SHEETS: Final = "/v4/spreadsheets"
DRIVE: Final = "/drive/v3/files"
_READS: Final = ("values:batchGetByDataFilter", ":getByDataFilter", "developerMetadata:search")


@dataclass(frozen=True, slots=True)
class Request:
    """A request whose sender is known; `path` is still percent-encoded."""

    method: str
    path: str
    identity: str
    pairs: Sequence[tuple[str, str]]
    now: float
    raw: bytes

    def kind(self) -> str:
        """Say which quota it is charged to; Drive has one of its own."""
        if not self.path.startswith(SHEETS):
            return ""
        return "read" if self.method == "GET" or self.path.endswith(_READS) else "write"


@dataclass(frozen=True, slots=True)
class Switches:
    """In what the town may differ from Google."""

    strict: bool = True  # service accounts cannot own files
    sort_moves_metadata: bool = True

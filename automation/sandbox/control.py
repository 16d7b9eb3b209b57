"""Behind the scenes of the town: what is to go wrong, and in what it may differ from Google.

Each call takes and gives JSON, and names only what it changes:

    POST /_sandbox/faults    {"kind": "503", "match": "batchUpdate", "times": 2}   (Google's side)
    POST /_sandbox/mail      {"data": ["452 4.3.1 full", "unanswered"], "delay": 0.5}
    POST /_sandbox/switches  {"sort_moves_metadata": false, "enforce_quota": true, "strict": true}
    POST /_sandbox/expire    {}   ends every sign-in at Google
    GET  /_sandbox/state, /_sandbox/calls, /_sandbox/mail, /_sandbox/switches   shows

The kinds of `faults` are those of `google.faults.FaultKind`; the fields of `mail` those of
`mail.Faults`. A form of a web page elsewhere cannot send JSON, so none can reach these calls.
"""

from collections import deque
from dataclasses import asdict, dataclass
from typing import Annotated, TypeVar

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from automation.sandbox.google.core import Google
from automation.sandbox.google.errors import invalid
from automation.sandbox.mail import Cut, Post

_Reply = Annotated[str, StringConstraints(pattern=r"^[2-5]\d\d [ -~]+$")]


class _Mail(BaseModel):
    model_config = ConfigDict(extra="forbid")

    refuse_logins: bool = False
    rcpt: dict[str, _Reply] = {}
    mail: deque[_Reply | None] = deque()
    data: deque[Cut | _Reply | None] = deque()
    delay: float = Field(default=0.0, ge=0, le=3600)


class _Switches(BaseModel):
    model_config = ConfigDict(extra="forbid")

    strict: bool = True
    sort_moves_metadata: bool = True
    enforce_quota: bool = False


class _Nothing(BaseModel):
    model_config = ConfigDict(extra="forbid")


_Wanted = TypeVar("_Wanted", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Control:
    """The switchboard of one town."""

    google: Google
    post: Post

    def routes(self) -> list[Route]:
        """Give the calls, but for those that Google's own core answers."""
        return [
            Route("/_sandbox/mail", self.mail, methods=["GET", "POST"]),
            Route("/_sandbox/switches", self.switches, methods=["GET", "POST"]),
            Route("/_sandbox/expire", self.expire, methods=["POST"]),
        ]

    async def mail(self, request: Request) -> Response:
        """Show what goes wrong at the post office; POST puts what it names in place."""
        faults = self.post.faults
        if request.method == "POST":
            wanted = await _read(request, _Mail)
            for name in wanted.model_fields_set:
                setattr(faults, name, getattr(wanted, name))
        return _json(_Mail(**asdict(faults)))

    async def switches(self, request: Request) -> Response:
        """Show the switches of Google's side; POST turns those that it names."""
        google = self.google
        if request.method == "POST":
            wanted = await _read(request, _Switches)
            for name in wanted.model_fields_set:
                setattr(
                    google.ledger if name == "enforce_quota" else google,
                    name,
                    getattr(wanted, name),
                )
        shown = _Switches(
            strict=google.strict,
            sort_moves_metadata=google.sort_moves_metadata,
            enforce_quota=google.ledger.enforce_quota,
        )
        return _json(shown)

    async def expire(self, request: Request) -> Response:
        """End every sign-in at Google; its clients get 401 until they sign in again."""
        await _read(request, _Nothing)
        self.google.expire_tokens()
        return _json(_Nothing())


async def _read(request: Request, model: type[_Wanted]) -> _Wanted:
    """Read what a call names. Raises ApiError."""
    if not request.headers.get("content-type", "").startswith("application/json"):
        raise invalid("application/json is needed")
    try:
        return model.model_validate_json(await request.body())
    except ValidationError as error:
        raise invalid(
            f"no such setting: {error.errors()[0]['loc']}: {error.errors()[0]['msg']}"
        ) from error


def _json(shown: BaseModel) -> Response:
    return JSONResponse(shown.model_dump(mode="json"))

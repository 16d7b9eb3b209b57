"""Refusals in Google's words and in Google's envelope."""

from typing import Any, Final

Json = dict[str, Any]

PROTECTED: Final = (
    "You are trying to edit a protected cell or object. "
    "Please contact the spreadsheet owner to remove protection if you need to edit."
)
_STATUS: Final = {
    400: "INVALID_ARGUMENT",
    401: "UNAUTHENTICATED",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    429: "RESOURCE_EXHAUSTED",
    500: "INTERNAL",
    503: "UNAVAILABLE",
}


class ApiError(Exception):
    """A refusal: HTTP status, message and what else stands in `error` of the answer."""

    def __init__(self, code: int, message: str, extra: Json | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.extra = extra or {}

    def envelope(self) -> Json:
        """Give the body of the answer (Google: API design guide, errors)."""
        told = {"code": self.code, "message": self.message, "status": _STATUS[self.code]}
        return {"error": told | self.extra}


def invalid(message: str) -> ApiError:
    """Make a 400."""
    return ApiError(400, message)


def violation(message: str, field: str) -> ApiError:
    """Make a 400 that names the field, as Google's JSON parser does."""
    detail = {
        "@type": "type.googleapis.com/google.rpc.BadRequest",
        "fieldViolations": [{"field": field, "description": message}],
    }
    return ApiError(400, message, {"details": [detail]})


def unknown_name(name: str, at: str) -> ApiError:
    """Make the 400 for a field that the API does not have."""
    place = f" at '{at}'" if at else ""
    text = f'Invalid JSON payload received. Unknown name "{name}"{place}: Cannot find field.'
    return violation(text, at)


def not_found() -> ApiError:
    """Make the 404 for a file that nobody knows."""
    return ApiError(404, "Requested entity was not found.")


def denied() -> ApiError:
    """Make the 403 for a file that is not shared, or shared for reading only."""
    return ApiError(403, "The caller does not have permission")


def drive_denied(reason: str, message: str, domain: str = "global") -> ApiError:
    """Make a 403 of Drive, which gives a domain and a reason in place of details."""
    return ApiError(403, message, _drive(reason, message, domain))


def drive_missing(message: str) -> ApiError:
    """Make a 404 of Drive, which says so too of files that are not shared."""
    return ApiError(404, message, _drive("notFound", message, "global"))


def _drive(reason: str, message: str, domain: str) -> Json:
    return {"errors": [{"message": message, "domain": domain, "reason": reason}]}

"""The log: one event a line, as text or JSON; addresses masked, secrets struck out."""

import json
import logging
import re
import sys
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Final, TextIO

from automation.settings import Settings

_ADDRESS: Final = re.compile(
    r"(?<![\w.+'-])([\w.+'-])[\w.+'-]*@([\w-]+(?:\.[\w-]+)+)"  # from the start of a run: linear
)
_LONG_NUMBER: Final = re.compile(r"(?<!\d)\d{12}(\d{4})(?!\d)")
_LINE: Final = 2_000
"""Characters of one event, about, at most."""


def mask(text: str, secrets: Iterable[str] = ()) -> str:
    """Make a text fit for the log: wayan@gmail.example becomes w***@gmail.example.

    Of a NIK its last four digits stay, of `secrets` nothing. A long text loses its middle: what a
    traceback ends with is what went wrong.
    """
    for secret in secrets:
        text = text.replace(secret, "********")
    text = _LONG_NUMBER.sub(r"************\1", _ADDRESS.sub(r"\1***@\2", text))
    line = " | ".join(text.splitlines())
    line = "".join(c if c.isprintable() else " " for c in line)
    return line if len(line) <= _LINE else f"{line[: _LINE // 2]} ... {line[-_LINE // 2 :]}"


class _Formatter(logging.Formatter):
    def __init__(self, secrets: tuple[str, ...], *, as_json: bool) -> None:
        super().__init__()
        self._secrets = secrets
        self._json = as_json

    def format(self, record: logging.LogRecord) -> str:
        """Give the one line of an event."""
        text = record.getMessage()
        if record.exc_info:
            text += "\n" + self.formatException(record.exc_info)
        at = datetime.fromtimestamp(record.created, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        said = mask(text, self._secrets)
        if self._json:
            event = {"at": at, "level": record.levelname, "logger": record.name, "event": said}
            return json.dumps(event, ensure_ascii=False)
        return f"{at} {record.levelname.lower()} {said}"


def configure(settings: Settings, stream: TextIO | None = None) -> None:
    """Send the program's log to `stream` (standard error) as the settings ask.

    Repeating replaces it.
    """
    secrets = (settings.imap_password.value, settings.smtp_password.value)
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(
        _Formatter(tuple(s for s in secrets if s), as_json=settings.log_format == "json")
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger("automation").setLevel(settings.log_level)

"""Settings: environment and settings.env become one frozen `Settings`, or one error.

Plain dataclasses on purpose: cron starts the worker each minute, and a validation library costs as
much CPU to import as the rest of an idle pass together (bench/).
"""

import ipaddress
import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Final, TypeVar
from urllib.parse import urlsplit

from automation.errors import SettingsError
from automation.model import Security

_ADDRESS: Final = re.compile(r"[^@\s,;<>]+@[^@\s,;<>]+\.[^@\s,;<>]+")
_SHEET_URL: Final = re.compile(r"/spreadsheets/d/([\w-]+)")
_SHEET_ID: Final = re.compile(r"[\w-]{20,}")
_LINE: Final = re.compile(r"(?:export\s+)?([A-Za-z_]\w*)\s*=\s*(.*)")
_PORTS: Final = {"IMAP": {Security.TLS: 993}, "SMTP": {Security.TLS: 465, Security.STARTTLS: 587}}
_LARGEST_PORT: Final = 65_535
_PASSWORDS: Final = ("IMAP_PASSWORD", "SMTP_PASSWORD")

Found = TypeVar("Found")


class MailOut(StrEnum):
    """Whether letters leave: `NULL` is the rehearsal in which they do not."""

    SMTP = "smtp"
    NULL = "null"


@dataclass(frozen=True, slots=True)
class Secret:
    """A password that shows itself only when asked."""

    value: str = field(repr=False)

    def __str__(self) -> str:
        return "********"


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything the operator sets; names are the keys of settings.example.env in lower case."""

    spreadsheet_id: str
    google_credentials: Path
    google_api_endpoint: str  # "" = Google itself
    imap_host: str
    imap_port: int
    imap_user: str
    imap_password: Secret
    imap_security: Security
    imap_authserv_id: str  # "" = no server's word about a sender is believed
    smtp_host: str
    smtp_port: int
    smtp_user: str  # "" = no login
    smtp_password: Secret
    smtp_security: Security
    mail_from: str
    mail_out: MailOut
    state_dir: Path
    office_dir: Path | None
    poll_seconds: float
    hold_minutes: int | None
    adopt_since: date | None
    role_addresses: Mapping[str, str]  # role or key of a Kasi -> mail address
    editors: Mapping[str, str]  # likewise -> Google account
    log_level: str
    log_format: str


KEYS: Final = frozenset(
    {name.upper() for name in Settings.__dataclass_fields__} | {f"{key}_FILE" for key in _PASSWORDS}
)
"""Every key that may be set."""


def load(env: Mapping[str, str], file: Path | None) -> Settings:
    """Read the settings; the environment wins over the file.

    Raises SettingsError naming every fault: the key, what is wrong, what to do. Never shows a value
    that may be secret.
    """
    faults: list[str] = []
    given = dict(_lines(file, faults)) if file else {}
    unknown = [key for key in given if key not in KEYS]
    faults += [f"{key}: no such setting; see settings.example.env" for key in unknown]
    own = {key: env[key] for key in KEYS if key in env}
    for pair in ({key, f"{key}_FILE"} for key in _PASSWORDS):
        if pair & own.keys():  # a password in the environment also wins over one in a file
            given = {key: value for key, value in given.items() if key not in pair}
    given |= own
    settings = _Reader(given, faults).settings()
    if faults:
        raise SettingsError(faults)
    return settings


def _lines(file: Path, faults: list[str]) -> Iterator[tuple[str, str]]:
    try:
        text = file.read_text(encoding="utf-8-sig")
    except OSError as error:
        faults.append(f"{file}: cannot be read ({error.strerror})")
        return
    except UnicodeDecodeError:
        faults.append(f"{file}: cannot be read; save it as UTF-8 text")
        return
    for number, line in enumerate(text.splitlines(), start=1):
        plain = line.strip()
        if not plain or plain.startswith("#"):
            continue
        match = _LINE.fullmatch(plain)
        if match is None:
            faults.append(f"{file} line {number}: not KEY=value")
            continue
        yield match[1], _unquoted(match[2])


def _unquoted(value: str) -> str:
    quoted = len(value) > 1 and value[0] == value[-1] and value[0] in "\"'"
    return value[1:-1] if quoted else value.strip()


class _Reader:
    """Reads one value after another; what is wrong goes to `faults` and reading goes on."""

    def __init__(self, given: Mapping[str, str], faults: list[str]) -> None:
        self._given = given
        self._faults = faults

    def settings(self) -> Settings:
        """Read all."""
        imap = self._security("IMAP")
        smtp = self._security("SMTP")
        return Settings(
            spreadsheet_id=self._read("SPREADSHEET_ID", sheet_id),
            google_credentials=self._read("GOOGLE_CREDENTIALS", _existing),
            google_api_endpoint=self._read("GOOGLE_API_ENDPOINT", _endpoint, ""),
            imap_host=self._read("IMAP_HOST", _text),
            imap_port=self._read("IMAP_PORT", _port, "0") or _PORTS["IMAP"].get(imap, 143),
            imap_user=self._read("IMAP_USER", _text),
            imap_password=self._secret("IMAP_PASSWORD"),
            imap_security=imap,
            imap_authserv_id=self._read("IMAP_AUTHSERV_ID", str.lower, ""),
            smtp_host=self._read("SMTP_HOST", _text),
            smtp_port=self._read("SMTP_PORT", _port, "0") or _PORTS["SMTP"].get(smtp, 25),
            smtp_user=self._read("SMTP_USER", str, ""),
            smtp_password=self._secret("SMTP_PASSWORD", needed=bool(self._given.get("SMTP_USER"))),
            smtp_security=smtp,
            mail_from=self._read("MAIL_FROM", _address),
            mail_out=self._read("MAIL_OUT", _one_of(MailOut), "smtp"),
            state_dir=self._read("STATE_DIR", Path, "state"),
            office_dir=self._read("OFFICE_DIR", _folder, ""),
            poll_seconds=self._read("POLL_SECONDS", _between(1, 600), "30"),
            hold_minutes=self._read("HOLD_MINUTES", _maybe(_between(0, 60)), ""),
            adopt_since=self._read("ADOPT_SINCE", _maybe(_date), ""),
            role_addresses=self._read("ROLE_ADDRESSES", _pairs, ""),
            editors=self._read("EDITORS", _pairs, ""),
            log_level=self._read("LOG_LEVEL", _word("DEBUG", "INFO", "WARNING", "ERROR"), "INFO"),
            log_format=self._read("LOG_FORMAT", _word("text", "json"), "text"),
        )

    def _read(self, key: str, read: Callable[[str], Found], default: str | None = None) -> Found:
        value = self._given.get(key, "").strip() or default
        try:
            return _read(value, read)
        except ValueError as error:
            self._faults.append(f"{key}: {error}")
            return None  # type: ignore[return-value]  # never seen: load raises

    def _secret(self, key: str, *, needed: bool = True) -> Secret:
        """Read a password, or the file that `KEY_FILE` names, without its last line break."""
        file = self._given.get(f"{key}_FILE", "")
        if file:
            try:
                return Secret(Path(file).read_text(encoding="utf-8").rstrip("\r\n"))
            except (OSError, UnicodeDecodeError):
                self._faults.append(f"{key}_FILE: {file} cannot be read")
        value = self._given.get(key, "")
        if needed and not value and not file:
            self._faults.append(f"{key}: missing; set it, or {key}_FILE with the path of a file")
        return Secret(value)

    def _security(self, wire: str) -> Security:
        """Read how a wire is protected; clear text never leaves this computer."""
        security = self._read(f"{wire}_SECURITY", _one_of(Security), "tls")
        host = self._given.get(f"{wire}_HOST", "").strip()
        if security is Security.PLAIN and host and not _is_loopback(host):
            self._faults.append(
                f"{wire}_SECURITY: plain is allowed for this computer only; use tls or starttls"
            )
        return security


# --- how a value is read: each gives it or raises ValueError with what to do --------------------


def _read(value: str | None, read: Callable[[str], Found]) -> Found:
    if value is None:
        raise ValueError("missing; set it in settings.env or the environment")
    return read(value)


def _text(value: str) -> str:
    return value


def sheet_id(value: str) -> str:
    """Give the id of a spreadsheet from itself or from its address; ValueError for neither."""
    match = _SHEET_URL.search(value)
    found = match[1] if match else value
    if not _SHEET_ID.fullmatch(found):
        raise ValueError("not a spreadsheet id; paste the address of the opened spreadsheet")
    return found


def _existing(value: str) -> Path:
    path = Path(value)
    if not path.is_file():
        raise ValueError(f"there is no file {path}; download the service account's JSON key")
    return path


def _endpoint(value: str) -> str:
    parts = urlsplit(value)
    here = _is_loopback(parts.hostname or "")
    safe = parts.scheme == "https" or (parts.scheme == "http" and here)
    if value and not (safe and parts.hostname):
        raise ValueError("must be empty (Google), an https address, or http on this computer")
    return value.rstrip("/")


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _port(value: str) -> int:
    if not value.isdecimal() or int(value) > _LARGEST_PORT:
        raise ValueError("not a port; a number from 1 to 65535, or 0 for the usual one")
    return int(value)


def _address(value: str) -> str:
    if not _ADDRESS.fullmatch(value):
        raise ValueError("not a mail address")
    return value.lower()


def _folder(value: str) -> Path | None:
    if value and not Path(value).is_dir():
        raise ValueError(f"there is no folder {value}")
    return Path(value) if value else None


def _date(value: str) -> date:
    try:
        return date.fromisoformat(value)
    except ValueError as error:
        raise ValueError("not a date; write it as 2026-11-24") from error


def _pairs(value: str) -> dict[str, str]:
    """Read `petugas=a@b,kasi_pmd=c@d`, or the same as a JSON object."""
    pairs = _from_json(value) if value.startswith("{") else _from_list(value)
    bad = [key.strip() for key, address in pairs if not _ADDRESS.fullmatch(address.strip())]
    if bad:
        raise ValueError(f"no mail address for {', '.join(bad)}; write role=address,role=address")
    return {key.strip().lower(): address.strip().lower() for key, address in pairs}


def _from_json(value: str) -> list[tuple[str, str]]:
    try:
        return [(str(key), str(address)) for key, address in json.loads(value).items()]
    except json.JSONDecodeError as error:
        raise ValueError("neither JSON nor role=address pairs") from error


def _from_list(value: str) -> list[tuple[str, str]]:
    parts = [part.partition("=") for part in value.split(",") if part.strip()]
    if not all(sign for _, sign, _ in parts):
        raise ValueError("write role=address,role=address")
    return [(key, address) for key, _, address in parts]


def _between(low: int, high: int) -> Callable[[str], int]:
    def read(value: str) -> int:
        if not value.isdecimal() or not low <= int(value) <= high:
            raise ValueError(f"a whole number from {low} to {high} is wanted")
        return int(value)

    return read


def _maybe(read: Callable[[str], Found]) -> Callable[[str], Found | None]:
    return lambda value: read(value) if value else None


Word = TypeVar("Word", bound=StrEnum)


def _one_of(words: type[Word]) -> Callable[[str], Word]:
    def read(value: str) -> Word:
        try:
            return words(value.lower())
        except ValueError as error:
            raise ValueError(f"one of {', '.join(words)} is wanted") from error

    return read


def _word(*words: str) -> Callable[[str], str]:
    def read(value: str) -> str:
        found = next((word for word in words if word.casefold() == value.casefold()), None)
        if found is None:
            raise ValueError(f"one of {', '.join(words)} is wanted")
        return found

    return read

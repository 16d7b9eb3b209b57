"""People of the town: officials who type into the sheet by their own account, citizens by mail."""

import imaplib
import json
import smtplib
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import gspread
import requests
from google.auth.transport.requests import AuthorizedSession, Request
from google.oauth2.service_account import Credentials
from gspread.utils import ValueInputOption, rowcol_to_a1
from requests.adapters import HTTPAdapter

from automation.settings import Settings

_TIMEOUT: Final = 20.0  # seconds for any single answer
_SCOPES: Final = ("https://www.googleapis.com/auth/spreadsheets",)
NUMBER: Final = "No. Register"
"""The title of the column that names a row."""


class _ToTown(HTTPAdapter):
    """Carries every https request of Google's clients to the town's own server.

    google-auth deep-copies its session for a background look-up; `__attrs__` is what survives that.
    """

    __attrs__ = [*HTTPAdapter.__attrs__, "endpoint"]  # noqa: RUF012 - requests reads it so

    def __init__(self, endpoint: str) -> None:
        super().__init__()
        self.endpoint = endpoint

    def send(self, request: requests.PreparedRequest, **options: Any) -> requests.Response:  # type: ignore[override]  # noqa: ANN401 - requests' own options, handed on
        """Replace scheme and host, keep path and query."""
        parts = urlsplit(request.url or "")
        request.url = self.endpoint + parts._replace(scheme="", netloc="").geturl()
        return super().send(request, **options | {"proxies": {}})  # a proxy has no way to loopback


def sheet_of(account: Path, endpoint: str, spreadsheet: str) -> gspread.Spreadsheet:
    """Open the spreadsheet as the owner of this account file, with unmodified gspread."""
    inner = requests.Session()
    inner.mount("https://", _ToTown(endpoint))
    credentials = Credentials.from_service_account_file(str(account), scopes=_SCOPES)
    session = AuthorizedSession(credentials, auth_request=Request(inner))
    session.mount("https://", _ToTown(endpoint))
    client = gspread.Client(auth=credentials, session=session)
    client.set_timeout(_TIMEOUT)
    return client.open_by_key(spreadsheet)


class Official:
    """Somebody who opens the register and types into cells, as people do."""

    def __init__(self, account: Path, endpoint: str, spreadsheet: str) -> None:
        self._tab = sheet_of(account, endpoint, spreadsheet).worksheet("Register")

    def rows(self) -> list[dict[str, str]]:
        """Give the rows as they are shown, by column titles."""
        titles, *rows = self._tab.get_all_values()
        return [dict(zip(titles, cells, strict=False)) for cells in rows]

    def row(
        self, wanted: Mapping[str, str], besides: Collection[str] = frozenset()
    ) -> dict[str, str]:
        """Give the first row whose cells contain the wanted texts ("" = is empty); {} when none.

        Rows with the numbers in `besides` do not count.
        """
        fitting = (row for row in self.rows() if _fits(row, wanted) and row[NUMBER] not in besides)
        return next(fitting, {})

    def type(self, number: str, cells: Mapping[str, str]) -> None:
        """Type into cells of the row with this number, looking for row and columns afresh."""
        titles, *rows = self._tab.get_all_values()
        place = 2 + [row[titles.index(NUMBER)] for row in rows].index(number)
        self._put(titles, place, cells)

    def type_below(self, cells: Mapping[str, str]) -> None:
        """Type a new row below the last one."""
        titles, *rows = self._tab.get_all_values()
        used = [n for n, row in enumerate(rows, start=2) if any(row)]
        self._put(titles, max(used, default=1) + 1, cells)

    def _put(self, titles: list[str], place: int, cells: Mapping[str, str]) -> None:
        typed = [
            {"range": rowcol_to_a1(place, titles.index(title) + 1), "values": [[text]]}
            for title, text in cells.items()
        ]
        self._tab.batch_update(typed, value_input_option=ValueInputOption.user_entered)


def _fits(row: Mapping[str, str], wanted: Mapping[str, str]) -> bool:
    return all(text in row[title] if text else not row[title] for title, text in wanted.items())


@dataclass(frozen=True, slots=True)
class Letterbox:
    """Everybody's way to the post: where the town's mail servers are, and the passwords."""

    host: str
    imap_port: int
    smtp_port: int
    passwords: Mapping[str, str] = field(repr=False)

    @classmethod
    def of(cls, settings: Settings, accounts: Path) -> "Letterbox":
        """Take it from the settings and accounts that the town wrote."""
        passwords = json.loads((accounts / "mail.json").read_text(encoding="utf-8"))
        return cls(settings.imap_host, settings.imap_port, settings.smtp_port, passwords)

    def send(self, raw: bytes, to: str, now: datetime) -> str:
        """Send a raw mail as its From, with a Date and Message-ID of now; give the Message-ID."""
        mail = message_from_bytes(raw, policy=policy.SMTP)
        sender = str(mail["From"].addresses[0].addr_spec)
        fresh = make_msgid(domain=sender.partition("@")[2])
        for header, value in (("Date", format_datetime(now)), ("Message-ID", fresh)):
            del mail[header]
            mail[header] = value
        with smtplib.SMTP(self.host, self.smtp_port, timeout=_TIMEOUT) as server:
            server.sendmail(sender, [to], mail.as_bytes())
        return fresh

    def mails(self, address: str) -> list[EmailMessage]:
        """Give the mails in somebody's INBOX, oldest first."""
        with self._opened(address) as box:
            _, (found, *_) = box.search(None, "ALL")
            return [_fetch(box, number.decode()) for number in found.split()]

    @contextmanager
    def _opened(self, address: str) -> Iterator[imaplib.IMAP4]:
        box = imaplib.IMAP4(self.host, self.imap_port, timeout=_TIMEOUT)
        try:
            box.login(address, self.passwords[address])
            box.select("INBOX", readonly=True)
            yield box
        finally:
            box.logout()


def _fetch(box: imaplib.IMAP4, number: str) -> EmailMessage:
    _, parts = box.fetch(number, "(BODY.PEEK[])")
    raw = next(part[1] for part in parts if isinstance(part, tuple))
    return message_from_bytes(raw, policy=policy.default)

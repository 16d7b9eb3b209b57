"""People of the town: officials who edit the sheet with gspread under their own identity, citizens with mail."""

import imaplib
import json
import smtplib
from collections.abc import Mapping
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

import gspread
import requests
from google.auth.transport.requests import AuthorizedSession, Request
from google.oauth2.service_account import Credentials
from gspread.utils import ValueInputOption, rowcol_to_a1
from requests.adapters import HTTPAdapter

_TIMEOUT = 20.0


class _ToTown(HTTPAdapter):
    """Carries every https request of Google's clients to the town's own server."""

    __attrs__ = [*HTTPAdapter.__attrs__, "endpoint"]

    def __init__(self, endpoint: str) -> None:
        super().__init__()
        self.endpoint = endpoint

    def send(self, request: requests.PreparedRequest, **options: object) -> requests.Response:  # type: ignore[override]
        """Replace scheme and host, keep path and query."""
        parts = urlsplit(str(request.url))
        request.url = f"{self.endpoint}{parts.path}" + (f"?{parts.query}" if parts.query else "")
        return super().send(request, **options)  # type: ignore[arg-type]


def sheet_of(account: Path, endpoint: str, spreadsheet: str) -> gspread.Spreadsheet:
    """Open the spreadsheet as the owner of this account file, with unmodified gspread."""
    inner = requests.Session()
    inner.mount("https://", _ToTown(endpoint))
    credentials = Credentials.from_service_account_file(  # type: ignore[no-untyped-call]
        str(account), scopes=["https://www.googleapis.com/auth/spreadsheets"]
    )
    session = AuthorizedSession(credentials, auth_request=Request(inner))
    session.mount("https://", _ToTown(endpoint))
    client = gspread.Client(auth=credentials, session=session)
    client.set_timeout(_TIMEOUT)
    return client.open_by_key(spreadsheet)


def _title(word: str) -> str:
    """Turn a keyword into a column title: `No__Register` is "No. Register"."""
    return word.replace("__", ". ").replace("_", " ")


class Official:
    """Somebody who opens the register and types into cells, as people do."""

    def __init__(self, account: Path, endpoint: str, spreadsheet: str) -> None:
        self._tab = sheet_of(account, endpoint, spreadsheet).worksheet("Register")

    def row(self, **wanted: str) -> dict[str, str]:
        """Give the first row, by column titles, whose cells contain the wanted texts; {} when none does."""
        titles, *rows = self._tab.get_all_values()
        for cells in rows:
            row = dict(zip(titles, cells, strict=False))
            if all(text in row.get(_title(title), "") for title, text in wanted.items()):
                return row
        return {}

    def type(self, number: str, cells: Mapping[str, str]) -> None:
        """Type into cells of the row with this number, looking for row and columns afresh."""
        titles, *rows = self._tab.get_all_values()
        place = 2 + [row[0] for row in rows].index(number)
        self._put(titles, place, cells)

    def type_below(self, cells: Mapping[str, str]) -> None:
        """Type a new row below the last one."""
        titles, *rows = self._tab.get_all_values()
        used = [n for n, row in enumerate(rows, start=2) if any(row)]
        self._put(titles, max(used, default=1) + 1, cells)

    def _put(self, titles: list[str], place: int, cells: Mapping[str, str]) -> None:
        self._tab.batch_update(
            [
                {"range": rowcol_to_a1(place, titles.index(title) + 1), "values": [[text]]}
                for title, text in cells.items()
            ],
            value_input_option=ValueInputOption.user_entered,
        )


@dataclass(frozen=True, slots=True)
class Post:
    """Where the town's mail servers are, and everybody's password."""

    host: str
    imap_port: int
    smtp_port: int
    passwords: Mapping[str, str]

    @classmethod
    def of(cls, settings: Mapping[str, str], accounts: Path) -> "Post":
        """Read it from the settings and accounts that the town wrote."""
        passwords = json.loads((accounts / "mail.json").read_text(encoding="utf-8"))
        return cls(
            settings["IMAP_HOST"], int(settings["IMAP_PORT"]), int(settings["SMTP_PORT"]), passwords
        )

    def send(self, raw: bytes, to: str, now: datetime) -> str:
        """Send a raw mail as its From, with a fresh Date and Message-ID, and give that Message-ID."""
        mail = message_from_bytes(raw, policy=policy.SMTP)
        sender = str(mail["From"].addresses[0].addr_spec)
        fresh = make_msgid(domain=sender.partition("@")[2])
        for header, value in (("Date", format_datetime(now)), ("Message-ID", fresh)):
            del mail[header]
            mail[header] = value
        with smtplib.SMTP(self.host, self.smtp_port, timeout=_TIMEOUT) as server:
            server.sendmail(sender, [to], mail.as_bytes(policy=policy.SMTP))
        return fresh

    def mails(self, address: str) -> list[EmailMessage]:
        """Give the mails in somebody's INBOX, oldest first."""
        box = imaplib.IMAP4(self.host, self.imap_port, timeout=_TIMEOUT)
        try:
            box.login(address, self.passwords[address])
            box.select("INBOX", readonly=True)
            _, (found, *_) = box.search(None, "ALL")
            return [self._fetch(box, number) for number in found.split()]
        finally:
            box.logout()

    @staticmethod
    def _fetch(box: imaplib.IMAP4, number: bytes) -> EmailMessage:
        _, data = box.fetch(number.decode(), "(BODY.PEEK[])")
        raw = next(part[1] for part in data if isinstance(part, tuple))
        return message_from_bytes(raw, policy=policy.default)

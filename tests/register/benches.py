"""A spreadsheet on which `init` is tried: the worker's client, and what the client sent."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import quote

from google.auth.transport.requests import AuthorizedSession

from automation.model import Office
from automation.register import setup, sheets_setup
from automation.register.schema import Schema
from automation.register.sheets import SheetsRegister
from automation.register.sheets_client import SheetsClient
from automation.workflow import table
from tests.sandbox.google.conftest import STAFF, WORKER, Desk

Json = dict[str, Any]

ACCOUNTS: Final = {
    "petugas": STAFF,
    "sekcam": "sekcam@kec-pekutatan.example",
    "kasi_pmd": "kasi.pmd@kec-pekutatan.example",
    "kasi_kesos": "kasi.kesos@kec-pekutatan.example",
    "camat": "camat.akun@kec-pekutatan.example",
}
NEWCOMER: Final = "petugas.baru@kec-pekutatan.example"


class Memory(dict[str, str]):
    """What the ledger remembers of the sheet."""

    def recall(self, key: str) -> str:
        """Give a small value, or ""."""
        return self.get(key, "")

    def remember(self, key: str, value: str) -> None:
        """Keep a small value."""
        self[key] = value


def _no_waiting(seconds: float) -> None:
    """Nothing here is busy: a wait would be a fault."""
    raise AssertionError(seconds)


@dataclass
class Bench:
    """A spreadsheet, the worker's client, and what the client sent."""

    desk: Desk
    schema: Schema
    office: Office
    sent: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        for account in (*ACCOUNTS.values(), NEWCOMER):
            self.desk.google.share(self.desk.id, account, "writer")
        session = self.desk.client().http_client.session
        assert isinstance(session, AuthorizedSession)
        session.hooks["response"].append(
            lambda answer, **_: self.sent.append(answer.request.method)
        )
        self.client = SheetsClient(session, WORKER, 30, _no_waiting)

    def procedure(self) -> setup.Procedure:
        """Give what the procedure says of the sheet."""
        acts = {column.owner: table.acts(column.owner) for column in self.schema.statuses()}
        return setup.Procedure(acts, table.HOLDER)

    def init(self, accounts: Mapping[str, str] = ACCOUNTS) -> list[str]:
        """Do what the command does."""
        self.sent.clear()
        return sheets_setup.apply(
            self.client, self.desk.id, self.schema, self.office, self.procedure(), accounts
        )

    def plan(self) -> list[str]:
        """Do what the command does with --plan."""
        self.sent.clear()
        steps = sheets_setup.look(
            self.client, self.desk.id, self.schema, self.office, self.procedure(), ACCOUNTS
        )
        return sheets_setup.sentences(steps)

    def sheet(self) -> Json:
        """Give all that Google tells of the register's tab, with two rows of cells."""
        _, answer = self.desk.ask("?includeGridData=true&ranges=Register!1:2")
        found: Json = answer["sheets"][0]
        return found

    def column(self, title: str) -> int:
        """Give the place of a column of the register, from 0."""
        return self.desk.get("Register!1:1")[0].index(title)

    def cell(self, title: str, row: int) -> Json:
        """Give a cell of the register with its looks; `row` from 0."""
        data = self.sheet()["data"][0]
        found: Json = data["rowData"][row]["values"][self.column(title)]
        return found

    def cell_of(self, title: str, at: int) -> Json:
        """Give the cell below the header of a column of any tab; `at` from 0."""
        _, answer = self.desk.ask(f"?includeGridData=true&ranges={quote(title)}!2:2")
        found: Json = answer["sheets"][0]["data"][0]["rowData"][0]["values"][at]
        return found

    def write(self, who: str, at: int, text: str, row: int = 2) -> int:
        """Type into the register as somebody; give the status of the answer."""
        area = f"Register!R{row}C{at + 1}"
        call = f"/values/{area}?valueInputOption=USER_ENTERED"
        return self.desk.ask(call, {"values": [[text]]}, who, "PUT")[0]

    def gid(self, title: str) -> int:
        """Give the sheetId of a tab."""
        _, answer = self.desk.ask("?fields=sheets.properties")
        found = {s["properties"]["title"]: s["properties"] for s in answer["sheets"]}
        return int(found[title]["sheetId"])

    def register(self) -> SheetsRegister:
        """Give the worker's own reader of the same spreadsheet."""
        return SheetsRegister(self.client, self.desk.id, self.schema, Memory())

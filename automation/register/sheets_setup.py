"""Making the register in Google Sheets: looks, lets `setup` plan, sends the plan in one request."""

from collections.abc import Mapping, Sequence
from typing import Final

from gspread.utils import absolute_range_name

from automation.errors import SettingsError
from automation.model import Cell, Office, Role
from automation.register import layout, setup, tabs
from automation.register import office as offices
from automation.register.grid import Json
from automation.register.office import Tabs
from automation.register.schema import Schema
from automation.register.setup import LIVE, SUMMARY, Procedure, Staff, Target
from automation.register.shapes import Tab
from automation.register.sheets_client import SheetsClient, url
from automation.register.tabs import Step

NOTHING: Final = "nothing to do: the spreadsheet is as it must be"
_PEOPLE: Final = "peran"
_HEAD: Final = "sheets.properties(sheetId,title,sheetType,gridProperties)"


def apply(
    client: SheetsClient,
    spreadsheet_id: str,
    schema: Schema,
    office: Office,
    procedure: Procedure,
    accounts: Mapping[str, str],
) -> list[str]:
    """Make what is missing, all or nothing, and tell in sentences what was made.

    `accounts` = Google accounts by role or key of a Kasi, until the tab Peran names some. Raises
    SettingsError (an account of nobody), RegisterDriftError (not shared, a foreign tab) and what
    else `SheetsClient` raises.
    """
    steps = look(client, spreadsheet_id, schema, office, procedure, accounts)
    requests = [step.request for step in steps if step.request]
    if requests:
        body = {"requests": requests}
        client.request("post", url(spreadsheet_id, ":batchUpdate"), json=body)
    return sentences(steps)


def sentences(steps: Sequence[Step]) -> list[str]:
    """Give the sentences of steps, or the one that there is nothing to do."""
    return [step.told for step in steps if step.told] or [NOTHING]


def look(
    client: SheetsClient,
    spreadsheet_id: str,
    schema: Schema,
    office: Office,
    procedure: Procedure,
    accounts: Mapping[str, str],
) -> list[Step]:
    """Give what `apply` would do, and write nothing."""
    live = _live(client, spreadsheet_id, schema.tab(SUMMARY))
    told = _people_tab(client, spreadsheet_id, schema.tab(_PEOPLE), live)
    if told:
        office, _ = offices.read_office(told, office, schema)
    staff = Staff(client.account, _people(told, schema, office, accounts), accounts)
    return setup.plan(Target(schema, office, staff, procedure), live)


def _live(client: SheetsClient, spreadsheet_id: str, summary: Tab) -> Json:
    """Read what `setup.plan` wants: two rows of each tab, all of the figures and of a lone tab."""
    answer = client.spreadsheets_get(spreadsheet_id, {"fields": _HEAD})
    grids = [s["properties"] for s in answer["sheets"] if s["properties"]["sheetType"] == "GRID"]
    whole = {summary.title.casefold(), *(p["title"].casefold() for p in grids[:1] if not grids[1:])}
    areas = [
        absolute_range_name(p["title"])
        if p["title"].casefold() in whole or p["sheetId"] == layout.mark_id(summary.name, "")
        else _two_rows(p)
        for p in grids
    ]
    live: Json = client.spreadsheets_get(spreadsheet_id, {"fields": LIVE, "ranges": areas})
    return live


def _two_rows(properties: Json) -> str:
    last = min(2, properties["gridProperties"]["rowCount"])
    return absolute_range_name(properties["title"], f"1:{last}")


# --- who may edit -------------------------------------------------------------------------------


def _people_tab(client: SheetsClient, spreadsheet_id: str, tab: Tab, live: Json) -> Tabs:
    """Read the tab Peran, if it stands, under the header that it has or is about to get back."""
    sheet = tabs.standing(live, tab)
    if sheet is None:
        return {}
    answer = client.values_batch_get(spreadsheet_id, [absolute_range_name(sheet.title)])
    lines: list[list[Cell]] = answer["valueRanges"][0].get("values", [])
    found = layout.laid_out(tab, sheet)
    titles = {place.was: place.column.title for place in found.places}
    header = [titles.get(at, "") for at in range(sheet.columns)]
    return {_PEOPLE: [header, *(lines if found.headless else lines[1:])]}


def _people(
    told: Tabs, schema: Schema, office: Office, accounts: Mapping[str, str]
) -> dict[Role, Sequence[str]]:
    """Give the accounts by role: from the tab Peran, or as long as it names none, as set."""
    named = offices.editors(told, schema, office)
    if any(named.values()):
        return dict(named)
    holders = {official.key or official.role.value for official in office.officials}
    if strangers := sorted(set(accounts) - holders):
        raise SettingsError([f"EDITORS: {who!r} is no role and no Kasi" for who in strangers])
    people: dict[Role, list[str]] = {}
    for official in office.officials:
        account = accounts.get(official.key or official.role.value, "")
        people.setdefault(official.role, []).extend([account] if account else [])
    return dict(people)

"""Our protections: how one that stands is less than it must be, and what puts it right. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from automation.model import Role
from automation.register import formats
from automation.register.grid import Json
from automation.register.shapes import Column
from automation.register.tabs import SIGN, Step, column_of, editors_of, owners_of

_LOCKED: Final = "as the owner of the file remove it (Data > Protect sheets and ranges)"


@dataclass(frozen=True, slots=True)
class Rights:
    """Who may edit a range: `users`, and the `owners` of the file, who always may.

    As long as nobody's account is `known`, nobody is shut out who was let in.
    """

    users: Sequence[str]
    owners: frozenset[str]
    known: bool

    def strangers(self, found: frozenset[str]) -> frozenset[str]:
        """Give who may edit and should not, in lower case."""
        return found - self._wanted() - self.owners if self.known else frozenset()

    def shut_out(self, found: frozenset[str]) -> frozenset[str]:
        """Give who should edit and may not, in lower case."""
        return self._wanted() - found

    def _wanted(self) -> frozenset[str]:
        return frozenset(user.lower() for user in self.users)


@dataclass(frozen=True, slots=True)
class Guarded:
    """A range to be closed: the name in its protection, and where it is before and after."""

    name: str
    was: Json
    now: Json


def steps(where: str, guarded: Guarded, standing: Json | None, rights: Rights) -> Iterator[Step]:
    """Protect a range, or put its protection right; `where` = what to call it, "" = told already.

    A protection that the worker may not edit is left to the owner of the file.
    """
    if standing is None:
        request = formats.protect(SIGN + guarded.name, guarded.now, rights.users)
        yield _step(where, "protection missing", request)
    elif locks_out(standing):
        yield Step(f"{where}: its protection keeps the worker out; {_LOCKED}, then init again")
    elif why := ", ".join(_weaknesses(standing, guarded.was, rights)):
        number = standing["protectedRangeId"]
        yield _step(where, why, formats.protect_again(number, guarded.now, rights.users))


def _step(where: str, why: str, request: Json) -> Step:
    if not where:
        return Step("", request)
    return Step(f"{where} protected again ({why})", request, f"{where}: {why}")


def _weaknesses(standing: Json, range_: Json, rights: Rights) -> Iterator[str]:
    editors, found = standing.get("editors", {}), editors_of(standing)
    if standing.get("warningOnly"):
        yield "only a warning"
        return
    if _bare(standing.get("range", {})) != _bare(range_):
        yield "range changed"
    if editors.get("domainUsersCanEdit"):
        yield "open to the whole domain"
    if editors.get("groups"):
        yield "open to a group"
    if strangers := rights.strangers(found):
        yield f"open to {_named(strangers)}"
    if shut_out := rights.shut_out(found):
        yield f"closed to {_named(shut_out)}"


def _named(accounts: Iterable[str]) -> str:
    """Name accounts so that their holders know them, and the log does not tell them."""
    split = (account.partition("@") for account in sorted(accounts))
    return ", ".join(f"{name[:1]}***@{domain}" for name, _, domain in split)


def _bare(range_: Json) -> Json:
    """Leave out the zeros that Google's answers leave out or not."""
    return {name: value for name, value in range_.items() if value}


# --- what keeps the worker out ------------------------------------------------------------------


def locks_out(protection: Json) -> bool:
    """Say whether the worker may not write there; Google then hides the editors."""
    hidden = not editors_of(protection) and not protection.get("warningOnly")
    return hidden and not protection.get("requestingUserCanEdit")


def foreign(tab: str, protections: Iterable[Json]) -> Iterator[Step]:
    """Tell of other people's protections that keep the worker out of a tab of ours."""
    for protection in protections:
        if not column_of(protection) and locks_out(protection):
            named = protection.get("description") or "without a name"
            yield Step(f"tab {tab}: a protection ({named}) keeps the worker out; {_LOCKED}")


# --- a look from a pass -------------------------------------------------------------------------


def weak(
    sheets: Sequence[Json],
    gid: int,
    columns: Sequence[Column | None],
    worker: str,
    editors: Mapping[Role, Sequence[str]],
) -> tuple[str, ...]:
    """Name the register's columns whose protection is missing or less than it must be.

    `sheets` = what Google tells of all tabs; `columns` = those of the register as they stand, None
    for one that is not ours; `editors` = the accounts that each role has.
    """
    here = (
        s.get("protectedRanges", ()) for s in sheets if s["properties"].get("sheetId", 0) == gid
    )
    found = {column_of(protection): protection for listed in here for protection in listed}
    owners, known = owners_of(sheets), any(editors.values())
    titles = []
    for at, column in enumerate(columns):
        if column is None:
            continue
        roles = (column.owner, *column.beside)
        users = [worker, *(user for role in roles for user in editors.get(role, ()))]
        range_ = {"sheetId": gid, "startColumnIndex": at, "endColumnIndex": at + 1}
        standing = found.get(column.name)
        if standing is None or _less(standing, range_, Rights(users, owners, known)):
            titles.append(column.title)
    return tuple(titles)


def _less(standing: Json, range_: Json, rights: Rights) -> bool:
    return locks_out(standing) or any(_weaknesses(standing, range_, rights))

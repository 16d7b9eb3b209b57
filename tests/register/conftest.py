"""What the register's tests share: the real schema, the office it describes, a plain case."""

from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from automation.model import Case, Channel, Office, Stage
from automation.register import office as offices
from automation.register.schema import Schema, load
from automation.sandbox.google.accounts import new_account
from tests.register.benches import Bench
from tests.sandbox.google.conftest import WORKER, Desk

ROOT = Path(__file__).resolve().parents[2]
WITA = ZoneInfo("Asia/Makassar")


@pytest.fixture(scope="session")
def texts() -> dict[str, str]:
    """Give the schema's files as they are shipped."""
    return {p.name: p.read_text("utf-8") for p in (ROOT / "sheets_schema").glob("*.toml")}


@pytest.fixture(scope="session")
def schema(texts: dict[str, str]) -> Schema:
    """Give the schema as it is shipped."""
    return load(texts)


@pytest.fixture(scope="session")
def office(schema: Schema) -> Office:
    """Give a new office."""
    return offices.office_from_toml(schema)


@pytest.fixture
def case() -> Case:
    """Give a case born by mail, waiting for the Sekcam."""
    at = datetime(2026, 11, 24, 8, 12, tzinfo=WITA)
    return Case(
        number="PKT-2026-0001",
        stage=Stage.MENUNGGU_DISPOSISI,
        channel=Channel.EMAIL,
        recorded=at,
        starts=at,
        due=datetime(2026, 11, 24, 9, 47, tzinfo=WITA),
        entered=at,
        name="Ni Luh Sari",
        email="sari@example.org",
        subject="Lampu jalan padam",
        text="Lampu jalan padam sejak Senin.",
        mail_key="a" * 64,
    )


@pytest.fixture(scope="session", name="key")
def _key() -> tuple[dict[str, Any], str]:
    """Make the worker's key once."""
    return new_account(WORKER, "https://oauth2.googleapis.com/token")


@pytest.fixture(name="bench")
def _bench(key: tuple[dict[str, Any], str], schema: Schema, office: Office) -> Bench:
    """Give a blank spreadsheet."""
    return Bench(Desk({WORKER: key[0]}, {WORKER: key[1]}), schema, office)


@pytest.fixture(name="made")
def _made(bench: Bench) -> Bench:
    """Give a spreadsheet that `init` has made the register."""
    bench.init()
    return bench

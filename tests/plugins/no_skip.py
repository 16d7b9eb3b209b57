"""With PENGADUAN_NO_SKIP set a skipped test is a failure, unless it is marked `live`."""

import os
from collections.abc import Generator

import pytest


def _strict() -> bool:
    return bool(os.environ.get("PENGADUAN_NO_SKIP"))  # noqa: TID251 - a switch of the gate, not of the program


def _failed(reason: object) -> str:
    return f"skipped, but nothing may be: {reason}"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Turn a skip into a failure that names what is missing."""
    del call
    report = yield
    skipped = report.skipped and not hasattr(report, "wasxfail")
    if skipped and _strict() and not item.get_closest_marker("live"):
        report.outcome = "failed"
        report.longrepr = _failed(report.longrepr)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(
    collector: pytest.Collector,
) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """Likewise for a whole file that skips itself while it is read."""
    del collector
    report = yield
    if report.skipped and _strict():
        report.outcome = "failed"
        report.longrepr = _failed(report.longrepr)
    return report

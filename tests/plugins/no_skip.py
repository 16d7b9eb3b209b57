"""With PENGADUAN_NO_SKIP set a skipped test is a failure, unless it needs real accounts (marker `live`)."""

import os

import pytest


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> "pytest.TestReport":
    """Turn a skip into a failure that names what is missing."""
    del call
    report: pytest.TestReport = yield  # type: ignore[misc]
    strict = os.environ.get("PENGADUAN_NO_SKIP")  # noqa: TID251 - a switch of the gate, not of the program
    if strict and report.skipped and not hasattr(report, "wasxfail") and not item.get_closest_marker("live"):
        report.outcome = "failed"
        report.longrepr = f"skipped, but nothing may be: {report.longrepr}"
    return report

"""The log: one line an event, and nothing in it that is a citizen's or a secret."""

import io
import json
import logging
import string
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from automation import log as logs
from automation.settings import Settings, load

LOGGER: Final = logging.getLogger("automation.steps.sample")
NIK: Final = "5101011708450001"


@pytest.fixture
def settings(tmp_path: Path) -> Callable[..., Settings]:
    """Give the settings of an office, with some changed."""
    key = tmp_path / "key.json"
    key.touch()
    usual = {
        "SPREADSHEET_ID": "a" * 44,
        "GOOGLE_CREDENTIALS": str(key),
        "IMAP_HOST": "imap.example",
        "IMAP_USER": "pengaduan",
        "IMAP_PASSWORD": "rahasia-imap",
        "SMTP_HOST": "smtp.example",
        "SMTP_USER": "pengaduan",
        "SMTP_PASSWORD": "rahasia-smtp",
        "MAIL_FROM": "pengaduan@kec.example",
    }
    return lambda **changed: load(usual | changed, None)


@pytest.fixture
def said(settings: Callable[..., Settings]) -> Iterator[Callable[..., list[str]]]:
    """Give a function that lets something be logged and gives the lines."""
    root, ours = logging.getLogger(), logging.getLogger("automation")
    before = (root.handlers[:], root.level, ours.level)

    def lines(speak: Callable[[], object], **changed: str) -> list[str]:
        stream = io.StringIO()
        logs.configure(settings(**changed), stream)
        speak()
        return stream.getvalue().splitlines()

    yield lines
    root.handlers[:] = before[0]
    root.setLevel(before[1])
    ours.setLevel(before[2])


Said = Callable[..., list[str]]


def test_an_event_is_one_line_with_time_and_level(said: Said) -> None:
    """`grep` and `journalctl` go by lines."""
    [line] = said(lambda: LOGGER.warning("case=%s late\r\nvery\u2028late", "PKT-2026-0001"))

    at, level, text = line.split(" ", 2)
    assert (len(at), at[-1], level) == (len("2026-11-24T00:12:00Z"), "Z", "warning")
    assert text == "case=PKT-2026-0001 late | very | late"


def test_json_is_one_object_a_line(said: Said) -> None:
    """A program reads the log of many offices."""
    [line] = said(lambda: LOGGER.info('mail from "Wayan"\nread'), LOG_FORMAT="json")

    event = json.loads(line)
    assert event.pop("at").endswith("Z")
    assert event == {
        "level": "INFO",
        "logger": "automation.steps.sample",
        "event": 'mail from "Wayan" | read',
    }


@pytest.mark.parametrize("form", ["text", "json"])
def test_addresses_niks_and_passwords_are_struck_out(said: Said, form: str) -> None:
    """The log is read by more people than the complaints are."""
    words = f"<wayan.d@warga.example> {NIK} rahasia-imap rahasia-smtp"

    [line] = said(lambda: LOGGER.error("mail of %s", words), LOG_FORMAT=form)

    assert "mail of <w***@warga.example> ************0001 ******** ********" in line


def test_what_an_exception_says_is_masked_too(said: Said) -> None:
    """Libraries put the address and the password into their errors."""

    def fails() -> None:
        try:
            int("no such user wayan@warga.example / rahasia-imap")
        except ValueError:
            LOGGER.exception("wire=mailbox broke")

    [line] = said(fails)

    assert line.endswith(": 'no such user w***@warga.example / ********'")
    assert "wayan" not in line


def test_other_programs_parts_are_masked_and_speak_only_when_it_matters(said: Said) -> None:
    """A library that logs each request would fill the disk, and name the mailbox."""

    def chat() -> None:
        logging.getLogger("urllib3").info("request")
        logging.getLogger("urllib3").warning("retry for wayan@warga.example")

    assert [line.split(" ", 2)[2] for line in said(chat)] == ["retry for w***@warga.example"]


def test_the_level_is_as_set(said: Said) -> None:
    """An office that wants warnings only gets warnings only."""
    assert said(lambda: LOGGER.info("pass"), LOG_LEVEL="WARNING") == []
    assert len(said(lambda: LOGGER.debug("pass"), LOG_LEVEL="DEBUG")) == 1


def test_configuring_again_does_not_double_the_lines(
    said: Said, settings: Callable[..., Settings]
) -> None:
    """A command that configures twice must not log twice."""
    stream = io.StringIO()

    def twice() -> None:
        logs.configure(settings(), stream)
        logs.configure(settings(), stream)
        LOGGER.warning("once")

    assert said(twice) == []
    assert len(stream.getvalue().splitlines()) == 1


def test_a_flood_keeps_its_head_and_its_end() -> None:
    """A mail of a megabyte in an error must not fill the log, nor hide what went wrong."""
    line = logs.mask("wire=mailbox broke " + "x" * 1_000_000 + " ValueError: no such charset")

    assert len(line) < 2_100
    assert line.startswith("wire=mailbox broke")
    assert line.endswith("ValueError: no such charset")


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("w@x.id", "w***@x.id"),
        ("I.Made+1@sub.warga.co.id,b@c.id", "I***@sub.warga.co.id,b***@c.id"),
        ("PKT-2026-0001", "PKT-2026-0001"),
        ("+6281338555012", "+6281338555012"),
        (f"NIK{NIK}.", "NIK************0001."),
        ("55101011708450001", "55101011708450001"),
        ("\x1b[31mred\x00", " [31mred "),
    ],
)
def test_what_is_masked_and_what_is_not(text: str, masked: str) -> None:
    """Numbers of cases must stay readable; a terminal must not obey a mail."""
    assert logs.mask(text) == masked


@given(st.text(string.ascii_letters + string.digits + ".+-_", min_size=2).filter(str.isalnum))
def test_no_whole_local_part_is_ever_shown(local: str) -> None:
    """Whatever stands before the @ is the citizen's name."""
    assert f"{local}@" not in logs.mask(f"from {local}@warga.example")


@given(st.text())
def test_whatever_comes_is_one_printable_line(text: str) -> None:
    """One strange mail must not break the log in two."""
    assert len(logs.mask(text).splitlines()) <= 1
    assert logs.mask(text).isprintable()

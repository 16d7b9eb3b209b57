"""Settings: every fault at once, each with what to do, and never a secret in sight."""

import re
from collections.abc import Callable
from dataclasses import fields
from datetime import date
from pathlib import Path
from typing import Final

import pytest

from automation.errors import SettingsError
from automation.model import Security
from automation.settings import KEYS, MailOut, Secret, Settings, load

EXAMPLE: Final = Path(__file__).parents[1] / "settings.example.env"
SHEET: Final = "1AbC-d_" + "x" * 37
GOOGLE: Final = "https://docs.google.com/spreadsheets/d"
PAIRS: Final = {"petugas": "a@b.id", "pmd": "c@d.id"}
SECRETS: Final = ("kata sandi #1", "sandi-smtp")


@pytest.fixture
def usual(tmp_path: Path) -> dict[str, str]:
    """Give the fewest settings that are enough."""
    key = tmp_path / "key.json"
    key.write_text("{}")
    return {
        "SPREADSHEET_ID": SHEET,
        "GOOGLE_CREDENTIALS": str(key),
        "IMAP_HOST": "imap.example.go.id",
        "IMAP_USER": "pengaduan",
        "IMAP_PASSWORD": SECRETS[0],
        "SMTP_HOST": "smtp.example.go.id",
        "SMTP_USER": "pengaduan",
        "SMTP_PASSWORD": SECRETS[1],
        "MAIL_FROM": "Pengaduan@Kec.example",
    }


Loaded = Callable[..., Settings]


@pytest.fixture
def loaded(usual: dict[str, str]) -> Loaded:
    """Load the usual settings with some changed; None takes one away."""

    def give(file: Path | None = None, **changed: str | None) -> Settings:
        given = {**usual, **changed}
        return load({k: v for k, v in given.items() if v is not None}, file)

    return give


@pytest.fixture
def faults(loaded: Loaded) -> Callable[..., list[str]]:
    """Load settings that must be refused and give the sentences."""

    def give(**changed: str | None) -> list[str]:
        with pytest.raises(SettingsError) as caught:
            loaded(**changed)
        return caught.value.problems

    return give


Faults = Callable[..., list[str]]


def test_the_fewest_settings_are_enough(loaded: Loaded) -> None:
    """A new office should have to set what only it can know."""
    settings = loaded()

    assert (settings.imap_port, settings.imap_security) == (993, Security.TLS)
    assert (settings.smtp_port, settings.smtp_security) == (465, Security.TLS)
    assert (settings.mail_from, settings.mail_out) == ("pengaduan@kec.example", MailOut.SMTP)
    assert (settings.google_api_endpoint, settings.office_dir) == ("", None)
    assert (settings.poll_seconds, settings.hold_minutes, settings.adopt_since) == (30, None, None)


def test_every_fault_is_told_at_once() -> None:
    """Mending one fault an hour makes a day of it."""
    with pytest.raises(SettingsError) as caught:
        load({"IMAP_PORT": "imap", "POLL_SECONDS": "0", "LOG_FORMAT": "xml"}, None)

    told = [problem.partition(":")[0] for problem in caught.value.problems]
    assert sorted(told) == sorted(
        {
            *("SPREADSHEET_ID", "GOOGLE_CREDENTIALS", "MAIL_FROM"),
            *("IMAP_HOST", "IMAP_USER", "IMAP_PASSWORD", "IMAP_PORT"),
            *("SMTP_HOST", "POLL_SECONDS", "LOG_FORMAT"),
        }
    )
    assert all(problem in str(caught.value) for problem in caught.value.problems)


@pytest.mark.parametrize(
    ("key", "value", "told"),
    [
        ("SPREADSHEET_ID", "register", "paste the address"),
        ("GOOGLE_CREDENTIALS", "/nowhere/key.json", "there is no file /nowhere/key.json"),
        ("IMAP_PORT", "70000", "a number from 1 to 65535"),
        ("IMAP_PORT", "-1", "a number from 1 to 65535"),
        ("SMTP_SECURITY", "ssl", "one of tls, starttls, plain"),
        ("MAIL_FROM", "pengaduan", "not a mail address"),
        ("MAIL_FROM", "a@b.id, c@d.id", "not a mail address"),
        ("MAIL_OUT", "off", "one of smtp, null"),
        ("OFFICE_DIR", "/nowhere", "there is no folder /nowhere"),
        ("POLL_SECONDS", "1.5", "a whole number from 1 to 600"),
        ("HOLD_MINUTES", "61", "a whole number from 0 to 60"),
        ("ADOPT_SINCE", "24-11-2026", "write it as 2026-11-24"),
        ("ROLE_ADDRESSES", "petugas@kec.example", ": write role=address"),
        ("ROLE_ADDRESSES", "petugas=a@b.id,camat=", "no mail address for camat"),
        ("EDITORS", '{"camat": "x"}', "no mail address for camat"),
        ("EDITORS", "{camat}", "neither JSON nor"),
        ("LOG_LEVEL", "LOUD", "one of DEBUG, INFO, WARNING, ERROR"),
        ("GOOGLE_API_ENDPOINT", "sheets.example", "must be empty"),
    ],
)
def test_a_bad_value_is_told_with_its_key_and_what_is_wanted(
    faults: Faults, key: str, value: str, told: str
) -> None:
    """The operator should not have to read code."""
    [problem] = faults(**{key: value})

    assert problem.startswith(f"{key}: ")
    assert told in problem


@pytest.mark.parametrize(
    ("key", "value", "field", "read"),
    [
        ("SPREADSHEET_ID", f"{GOOGLE}/{SHEET}/edit?gid=0#gid=0", "spreadsheet_id", SHEET),
        ("IMAP_PORT", "0", "imap_port", 993),
        ("SMTP_PORT", "2525", "smtp_port", 2525),
        ("SMTP_SECURITY", "STARTTLS", "smtp_security", Security.STARTTLS),
        ("HOLD_MINUTES", "0", "hold_minutes", 0),
        ("ADOPT_SINCE", "2026-11-24", "adopt_since", date(2026, 11, 24)),
        ("ROLE_ADDRESSES", " Petugas = A@b.id ,pmd=c@d.id,", "role_addresses", PAIRS),
        ("EDITORS", '{"petugas": "A@b.id", "pmd": "c@d.id"}', "editors", PAIRS),
        ("LOG_LEVEL", "warning", "log_level", "WARNING"),
        ("MAIL_OUT", "Null", "mail_out", MailOut.NULL),
    ],
)
def test_a_value_is_read(loaded: Loaded, key: str, value: str, field: str, read: object) -> None:
    """Each form that the example file promises."""
    assert getattr(loaded(**{key: value}), field) == read


@pytest.mark.parametrize(
    ("security", "imap", "smtp"), [("tls", 993, 465), ("starttls", 143, 587), ("plain", 143, 25)]
)
def test_the_usual_port_follows_the_protection(
    loaded: Loaded, security: str, imap: int, smtp: int
) -> None:
    """STARTTLS on port 993 would wait for ever."""
    here = dict.fromkeys(("IMAP_HOST", "SMTP_HOST"), "127.0.0.1")

    settings = loaded(**here, IMAP_SECURITY=security, SMTP_SECURITY=security)

    assert (settings.imap_port, settings.smtp_port) == (imap, smtp)


# --- clear text -----------------------------------------------------------------------------------


@pytest.mark.parametrize("host", ["imap.example", "10.0.0.1", "127.0.0.1.example", "localhost.id"])
@pytest.mark.parametrize("wire", ["IMAP", "SMTP"])
def test_clear_text_mail_never_leaves_this_computer(faults: Faults, wire: str, host: str) -> None:
    """The password and every complaint would travel readable."""
    told = faults(**{f"{wire}_HOST": host, f"{wire}_SECURITY": "plain"})

    assert told == [
        f"{wire}_SECURITY: plain is allowed for this computer only; use tls or starttls"
    ]


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost"])
def test_clear_text_mail_is_allowed_on_this_computer(loaded: Loaded, host: str) -> None:
    """The sandbox and a local mail server speak it."""
    assert loaded(IMAP_HOST=host, IMAP_SECURITY="plain").imap_security is Security.PLAIN


@pytest.mark.parametrize(
    "endpoint",
    [
        "http://sheets.example",
        "http://127.0.0.1.example:80",
        "http://127.0.0.1@sheets.example",
        "ftp://127.0.0.1",
        "https://",
        "http://[::1",
    ],
)
def test_google_is_never_asked_in_clear_text_elsewhere(faults: Faults, endpoint: str) -> None:
    """The worker's token opens the whole register."""
    [problem] = faults(GOOGLE_API_ENDPOINT=endpoint)

    assert problem.startswith("GOOGLE_API_ENDPOINT: ")


@pytest.mark.parametrize(
    "endpoint", ["http://127.0.0.1:8000", "http://[::1]:8000", "https://gateway.example"]
)
def test_a_gateway_or_the_sandbox_may_stand_in_for_google(loaded: Loaded, endpoint: str) -> None:
    """Their own loopback address is what the demo and the tests set."""
    assert loaded(GOOGLE_API_ENDPOINT=f"{endpoint}/").google_api_endpoint == endpoint


# --- secrets ------------------------------------------------------------------------------------


def test_a_password_is_as_it_was_written(loaded: Loaded) -> None:
    """A blank or a # within it is part of it."""
    assert loaded().imap_password.value == SECRETS[0]


def test_a_secret_shows_itself_to_nobody(loaded: Loaded) -> None:
    """Settings end up in tracebacks and bug reports."""
    settings = loaded()

    shown = f"{settings!r} {settings} {settings.imap_password} {settings.smtp_password!r}"
    assert [s for s in SECRETS if s in shown] == []
    assert str(Secret("x")) == "********"


def test_a_fault_shows_no_secret(tmp_path: Path) -> None:
    """The message is sent to whoever is asked for help."""
    file = tmp_path / "settings.env"
    file.write_text(f"IMAP_PASSWORD {SECRETS[0]}\n")

    with pytest.raises(SettingsError) as caught:
        load({"SMTP_PASSWORD": SECRETS[1]}, file)

    assert f"{file} line 1: not KEY=value" in caught.value.problems
    assert [s for s in SECRETS if s in str(caught.value) or s in repr(caught.value)] == []


@pytest.mark.parametrize("wire", ["IMAP", "SMTP"])
def test_a_password_may_lie_in_a_file_of_its_own(loaded: Loaded, tmp_path: Path, wire: str) -> None:
    """So do systemd credentials and container secrets; editors add a line break."""
    (tmp_path / "secret").write_text(" kunci \r\n")
    file = {f"{wire}_PASSWORD": None, f"{wire}_PASSWORD_FILE": str(tmp_path / "secret")}

    settings = loaded(**file)

    assert getattr(settings, f"{wire.lower()}_password").value == " kunci "


def test_a_password_file_that_is_not_there_is_told_once(faults: Faults) -> None:
    """Two sentences about one fault send people two ways."""
    told = faults(IMAP_PASSWORD=None, IMAP_PASSWORD_FILE="/nowhere/secret")

    assert told == ["IMAP_PASSWORD_FILE: /nowhere/secret cannot be read"]


def test_sending_without_login_needs_no_password(loaded: Loaded) -> None:
    """A relay in the office's own network knows its computers."""
    settings = loaded(SMTP_USER=None, SMTP_PASSWORD=None)

    assert (settings.smtp_user, settings.smtp_password.value) == ("", "")


# --- the file -----------------------------------------------------------------------------------


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Give the place of a settings file."""
    return tmp_path / "settings.env"


def test_the_environment_wins_over_the_file(loaded: Loaded, file: Path) -> None:
    """A unit file overrides one setting for a night."""
    file.write_text("IMAP_HOST=file.example\nPOLL_SECONDS=60\n")

    settings = loaded(file, IMAP_HOST="env.example")

    assert (settings.imap_host, settings.poll_seconds) == ("env.example", 60)


def test_a_password_in_the_environment_wins_over_the_file_of_a_password(
    loaded: Loaded, file: Path, tmp_path: Path
) -> None:
    """They are one setting with two names."""
    (tmp_path / "secret").write_text("alt")
    file.write_text(f"IMAP_PASSWORD_FILE={tmp_path / 'secret'}\n")

    assert loaded(file, IMAP_PASSWORD="neu").imap_password.value == "neu"


@pytest.mark.parametrize(
    ("line", "value"),
    [
        ("IMAP_USER=wayan", "wayan"),
        ("export IMAP_USER=wayan", "wayan"),
        ("  IMAP_USER =  wayan  ", "wayan"),
        ('IMAP_USER="wa yan"', "wa yan"),
        ("IMAP_USER='wa\"yan'", 'wa"yan'),
        ('IMAP_USER="wayan', '"wayan'),
        ("IMAP_USER=a=b#c", "a=b#c"),
        ("# IMAP_USER=made\n\nIMAP_USER=wayan", "wayan"),
    ],
)
def test_a_line_is_read_as_a_shell_would(loaded: Loaded, file: Path, line: str, value: str) -> None:
    """People copy lines from scripts and unit files."""
    file.write_text(line)

    assert loaded(file, IMAP_USER=None).imap_user == value


def test_a_file_from_notepad_is_read(loaded: Loaded, file: Path) -> None:
    """It begins with a byte order mark and ends its lines as Windows does."""
    file.write_bytes(b"\xef\xbb\xbfIMAP_USER=wayan\r\nPOLL_SECONDS=60\r\n")

    settings = loaded(file, IMAP_USER=None)

    assert (settings.imap_user, settings.poll_seconds) == ("wayan", 60)


def test_a_password_in_quotes_keeps_its_blanks(loaded: Loaded, file: Path) -> None:
    """The only way to write one that ends in a blank."""
    file.write_text("IMAP_PASSWORD=' rahasia '\n")

    assert loaded(file, IMAP_PASSWORD=None).imap_password.value == " rahasia "


def test_an_unknown_setting_in_the_file_is_told(loaded: Loaded, file: Path) -> None:
    """IMAP_PASWORD would otherwise be a riddle."""
    file.write_text("IMAP_PASWORD=x\n")

    with pytest.raises(SettingsError, match="IMAP_PASWORD: no such setting"):
        loaded(file)


@pytest.mark.parametrize(
    ("content", "told"),
    [(None, "No such file"), (b"IMAP_USER=\xff\xfe", "save it as UTF-8 text")],
)
def test_a_file_that_cannot_be_read_is_told(
    loaded: Loaded, file: Path, content: bytes | None, told: str
) -> None:
    """A wrong path after --settings is not the same as no settings."""
    if content is not None:
        file.write_bytes(content)

    with pytest.raises(SettingsError, match=f"{file}: cannot be read.*{told}"):
        loaded(file)


# --- the example --------------------------------------------------------------------------------


def test_the_example_names_exactly_the_settings_that_are_read() -> None:
    """A setting that nobody can find, or one that does nothing."""
    named = re.findall(r"^#? ?([A-Z_]+)=", EXAMPLE.read_text(encoding="utf-8"), re.MULTILINE)

    assert sorted(named) == sorted(KEYS)


def test_the_example_lacks_only_what_an_office_must_fill_in() -> None:
    """Whoever copies it should be told of the blanks and of nothing else."""
    with pytest.raises(SettingsError) as caught:
        load({}, EXAMPLE)

    told = [problem.partition(":")[0] for problem in caught.value.problems]
    assert sorted(told) == [
        "GOOGLE_CREDENTIALS",
        "IMAP_PASSWORD",
        "SMTP_PASSWORD",
        "SPREADSHEET_ID",
    ]


def test_the_example_shows_the_defaults(usual: dict[str, str]) -> None:
    """What the file says holds when the line is left out."""
    filled = {
        **usual,
        "IMAP_HOST": "imap.example.go.id",
        "MAIL_FROM": "pengaduan@example.go.id",
        "ROLE_ADDRESSES": "",
    }
    bare, example = load(filled, None), load(filled, EXAMPLE)

    differing = [
        f.name for f in fields(Settings) if getattr(bare, f.name) != getattr(example, f.name)
    ]
    assert differing == []

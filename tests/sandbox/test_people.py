"""Who lives in the town, and their keys."""

import json
from pathlib import Path

import pytest

from automation.sandbox.people import MAIL_PEOPLE, OFFICE, ROLES, SHEET_PEOPLE, Keys, write_settings
from automation.settings import load

ENDPOINT = "http://127.0.0.1:8080"


@pytest.fixture(scope="module", name="place")
def _place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Found a town's keys once."""
    place = tmp_path_factory.mktemp("town")
    Keys(place / "accounts").write_accounts(ENDPOINT)
    return place


class TestKeys:
    """Accounts and passwords."""

    def test_the_next_start_finds_the_same_keys(self, place: Path) -> None:
        """Everybody would be locked out after a restart."""
        first, second = Keys(place / "accounts"), Keys(place / "accounts")

        assert (first.private_key, first.passwords) == (second.private_key, second.passwords)

    def test_everybody_has_an_account_file_of_their_own_name(self, place: Path) -> None:
        """A role could not sign in, or would sign in as another."""
        files = {name: place / "accounts" / f"{name}.json" for name in SHEET_PEOPLE}
        emails = {name: json.loads(f.read_text())["client_email"] for name, f in files.items()}

        assert emails == SHEET_PEOPLE

    def test_everybody_has_a_password_of_their_own(self, place: Path) -> None:
        """One password would open every mailbox."""
        passwords = {a.address: a.password for a in Keys(place / "accounts").mail_accounts()}

        assert set(passwords) == set(MAIL_PEOPLE)
        assert len(set(passwords.values())) == len(MAIL_PEOPLE)

    def test_somebody_new_gets_a_password_and_nobody_another(self, place: Path) -> None:
        """A town of an older version would not start."""
        before = Keys(place / "accounts").passwords
        fewer = {a: p for a, p in before.items() if a != OFFICE}
        (place / "accounts/mail.json").write_text(json.dumps(fewer))
        after = Keys(place / "accounts").passwords

        assert set(after) == set(before)
        assert {a: after[a] for a in fewer} == fewer
        assert Keys(place / "accounts").passwords == after

    def test_a_password_does_not_show(self, place: Path) -> None:
        """It would stand in a log or a traceback."""
        account = Keys(place / "accounts").mail_accounts()[0]

        assert account.password not in repr(account)


def test_the_settings_are_complete(place: Path) -> None:
    """The worker would refuse the settings that the town wrote for it."""
    write_settings(place, ENDPOINT, "a" * 44, (1143, 1025), "kunci = '#rahasia'")
    settings = load({}, place / "settings.env")

    assert (settings.imap_port, settings.smtp_port) == (1143, 1025)
    assert settings.imap_password.value == "kunci = '#rahasia'"
    assert settings.role_addresses == settings.editors == ROLES
    assert settings.state_dir == place / "state"

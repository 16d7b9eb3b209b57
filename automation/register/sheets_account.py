"""Signing in to Google as a service account: a token lasts an hour and is kept as long.

Cron starts the worker each minute. Without the kept token each start would load the private key and
ask Google for another one: a third of an idle pass (bench/).
"""

import json
from collections.abc import Callable, Sequence
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from google.auth.transport import Request
from google.oauth2 import service_account
from google.oauth2.credentials import Credentials

from automation.errors import SettingsError
from automation.register.known import Memory

SCOPES: Final = ("https://www.googleapis.com/auth/spreadsheets",)
_KEY: Final = "google_token"
_NEEDED: Final = ("client_email", "private_key", "token_uri")

SignIn = Callable[[Request, Sequence[str]], tuple[str, datetime]]


class KeyFile:
    """A service account's key as downloaded from Google. Raises SettingsError when it is none."""

    def __init__(self, file: Path) -> None:
        self._file = file
        try:
            content = file.read_bytes()
            self._key: dict[str, Any] = json.loads(content)
            self.email, *_ = (str(self._key[name]) for name in _NEEDED)
        except OSError as error:
            raise self._no_key(error.strerror) from error
        except (ValueError, LookupError, TypeError) as error:
            raise self._no_key("download the account's JSON key again") from error
        self.mark = sha256(content).hexdigest()

    def sign_in(self, request: Request, scopes: Sequence[str]) -> tuple[str, datetime]:
        """Ask Google for a token. Raises SettingsError for a broken key, GoogleAuthError."""
        try:
            account = service_account.Credentials.from_service_account_info(
                self._key, scopes=scopes
            )
        except ValueError as error:
            raise self._no_key("download the account's JSON key again") from error
        account.refresh(request)
        return str(account.token), account.expiry

    def _no_key(self, why: str | None) -> SettingsError:
        return SettingsError([f"{self._file} is no service account key: {why}"])


def signed_in(key: KeyFile, memory: Memory | None) -> Credentials:
    """Give credentials that begin with the kept token, if it is this key's, and keep each new one.

    `memory` None = nothing is kept. Google refuses a token that is over or was revoked, and the
    session then asks for another by itself.
    """
    token, expiry = _kept(key, memory)

    def renew(request: Request, scopes: Sequence[str]) -> tuple[str, datetime]:
        fresh, until = key.sign_in(request, scopes)
        if memory is not None:
            kept = {"key": key.mark, "token": fresh, "until": until.isoformat()}
            memory.remember(_KEY, json.dumps(kept))
        return fresh, until

    return Credentials(token=token, expiry=expiry, scopes=SCOPES, refresh_handler=renew)


def _kept(key: KeyFile, memory: Memory | None) -> tuple[str | None, datetime | None]:
    """Give the kept token and when it ends (UTC without zone, as google-auth has it)."""
    kept = json.loads((memory.recall(_KEY) if memory else "") or "{}")
    if kept.get("key") != key.mark:
        return None, None
    return kept["token"], datetime.fromisoformat(kept["until"])

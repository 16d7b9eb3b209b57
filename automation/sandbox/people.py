"""Who lives in the town, and the keys that they carry: sheet accounts, mail passwords, settings."""

import json
import secrets
from collections.abc import Callable, Mapping
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from automation.sandbox.files import write_whole
from automation.sandbox.mail import Account

OFFICE = "pengaduan@kec-pekutatan.example"
OWNER = "pemilik@kec-pekutatan.example"
WORKER = "pengaduan-worker@pekutatan.iam.gserviceaccount.example"
ROLES: Mapping[str, str] = {
    "petugas": "petugas@kec-pekutatan.example",
    "sekcam": "sekcam@kec-pekutatan.example",
    "kasi_pemerintahan": "kasi.pem@kec-pekutatan.example",
    "kasi_trantib": "kasi.trantib@kec-pekutatan.example",
    "kasi_pmd": "kasi.pmd@kec-pekutatan.example",
    "kasi_kesos": "kasi.kesos@kec-pekutatan.example",
    "kasi_pelum": "kasi.pelum@kec-pekutatan.example",
    "camat": "camat@kec-pekutatan.example",
}
CITIZENS = tuple(f"{name}@warga.example" for name in ("wayan", "made", "luh", "ketut"))
SHEET_PEOPLE: Mapping[str, str] = {"worker": WORKER, "owner": OWNER, **ROLES}
MAIL_PEOPLE = (OFFICE, OWNER, *ROLES.values(), *CITIZENS)

_PRIVATE = 0o600


class Keys:
    """The keys of one town, kept in a directory and made there on the first start.

    One RSA key serves all sheet accounts: on loopback it proves nothing but that the JWT is sound,
    and who somebody is stands in the account's address.
    """

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self.private_key = self._kept("key.pem", _new_key)
        self.passwords = self._known_to_all()

    @property
    def public_key(self) -> str:
        """Give the half by which the sheet service proves a signature (PEM)."""
        key = serialization.load_pem_private_key(self.private_key.encode(), password=None)
        return (
            key.public_key()
            .public_bytes(
                serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
            )
            .decode()
        )

    def mail_accounts(self) -> list[Account]:
        """Give every mailbox of the town with its password."""
        return [Account(address, self.passwords[address]) for address in MAIL_PEOPLE]

    def write_accounts(self, endpoint: str) -> None:
        """Write a file as Google gives for a service account, for each who uses the sheet."""
        for name, address in SHEET_PEOPLE.items():
            account = {
                "type": "service_account",
                "project_id": "pekutatan",
                "private_key_id": "1",
                "private_key": self.private_key,
                "client_email": address,
                "client_id": address,
                "token_uri": f"{endpoint}/token",
            }
            text = json.dumps(account, indent=2).encode()
            write_whole(self._directory / f"{name}.json", text, _PRIVATE)

    def _known_to_all(self) -> dict[str, str]:
        """Read the passwords, and give one to whoever has none yet."""
        kept: dict[str, str] = json.loads(self._kept("mail.json", lambda: "{}"))
        missing = {who: secrets.token_urlsafe(12) for who in MAIL_PEOPLE if who not in kept}
        if missing:
            text = json.dumps(kept | missing, indent=2).encode()
            write_whole(self._directory / "mail.json", text, _PRIVATE)
        return kept | missing

    def _kept(self, name: str, make: Callable[[], str]) -> str:
        file = self._directory / name
        if not file.exists():
            write_whole(file, make().encode(), _PRIVATE)
        return file.read_text()


def write_settings(
    directory: Path, endpoint: str, spreadsheet: str, ports: tuple[int, int], password: str
) -> None:
    """Write settings.env for the town's worker; `ports` are those of IMAP and SMTP."""
    imap, smtp = ports
    people = ",".join(f"{role}={address}" for role, address in ROLES.items())
    settings = {
        "SPREADSHEET_ID": spreadsheet,
        "GOOGLE_CREDENTIALS": str(directory / "accounts" / "worker.json"),
        "GOOGLE_API_ENDPOINT": endpoint,
        "IMAP_HOST": "127.0.0.1",
        "IMAP_PORT": str(imap),
        "IMAP_USER": OFFICE,
        "IMAP_PASSWORD": password,
        "IMAP_SECURITY": "plain",
        "SMTP_HOST": "127.0.0.1",
        "SMTP_PORT": str(smtp),
        "SMTP_USER": OFFICE,
        "SMTP_PASSWORD": password,
        "SMTP_SECURITY": "plain",
        "MAIL_FROM": OFFICE,
        "STATE_DIR": str(directory / "state"),
        "POLL_SECONDS": "2",
        "HOLD_MINUTES": "0",
        "ROLE_ADDRESSES": people,
        "EDITORS": people,
    }
    lines = "".join(f"{key}={value}\n" for key, value in settings.items())
    write_whole(directory / "settings.env", lines.encode(), _PRIVATE)


def _new_key() -> str:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    ).decode()

"""Service accounts and signing in: a key file for the client, the public key for the server."""

import base64
import binascii
import json
import secrets
from typing import Final
from urllib.parse import parse_qs

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from automation.sandbox.google.errors import Json

_GRANT: Final = "urn:ietf:params:oauth:grant-type:jwt-bearer"
_AUDIENCE: Final = "https://oauth2.googleapis.com/token"
_LASTS: Final = 3600
"""Seconds that an access token is good for."""


def new_account(email: str, token_uri: str) -> tuple[Json, str]:
    """Make an account: the content of its key file, and the PEM of its public key."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    public = key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    file = {
        "type": "service_account",
        "project_id": "sandbox",
        "private_key_id": secrets.token_hex(20),
        "private_key": private.decode(),
        "client_email": email,
        "client_id": str(secrets.randbelow(10**21)),
        "token_uri": token_uri,
    }
    return file, public.decode()


class RefusedError(Exception):
    """A sign-in that is not believed; the message is OAuth's `error_description`."""


class Accounts:
    """Who is known, and which tokens are good until when."""

    def __init__(self) -> None:
        self.keys: dict[str, str] = {}  # e-mail in lower case -> PEM
        self._tokens: dict[str, tuple[str, float]] = {}  # token -> e-mail, end

    def grant(self, body: bytes, now: float) -> Json:
        """Exchange a signed assertion (RFC 7523) for an access token. Raises RefusedError."""
        form = {name: values[0] for name, values in parse_qs(body.decode("latin-1")).items()}
        if form.get("grant_type") != _GRANT:
            raise RefusedError("Invalid grant_type.")
        email = self._believed(form.get("assertion", ""))
        token = self.token_for(email, now)
        return {"access_token": token, "expires_in": _LASTS - 1, "token_type": "Bearer"}

    def token_for(self, email: str, now: float) -> str:
        """Give a fresh access token without asking for proof."""
        self._tokens = {t: (who, end) for t, (who, end) in self._tokens.items() if end > now}
        token = "ya29." + secrets.token_urlsafe(32)
        self._tokens[token] = email, now + _LASTS
        return token

    def revoke_all(self) -> None:
        """Make every token bad, as if an hour had passed."""
        self._tokens.clear()

    def identity(self, authorization: str, now: float) -> str:
        """Give whose token a request bears, or ""."""
        kind, _, token = authorization.partition(" ")
        email, end = self._tokens.get(token.strip(), ("", 0.0))
        return email if kind.lower() == "bearer" and end > now else ""

    def _believed(self, assertion: str) -> str:
        signed, _, signature = assertion.rpartition(".")
        try:
            header, claims = (json.loads(_decoded(part)) for part in signed.split("."))
            email, audience = str(claims["iss"]), str(claims["aud"])
            begins, ends = float(claims["iat"]), float(claims["exp"])
            pem = self.keys[email.lower()]
            _check_signature(pem, signed.encode(), _decoded(signature))
        except (ValueError, KeyError, TypeError, InvalidSignature, binascii.Error) as error:
            raise RefusedError("Invalid JWT Signature.") from error
        if header.get("alg") != "RS256" or not _own_audience(audience):
            raise RefusedError("Invalid JWT: unexpected algorithm or audience.")
        if not 0 < ends - begins <= _LASTS:  # the town's clock may be set by hand, theirs not
            raise RefusedError("Invalid JWT: Token must be a short-lived token (60 minutes).")
        return email


def _own_audience(audience: str) -> bool:
    """google-auth always names Google's address, others name the one they talk to."""
    return audience == _AUDIENCE or audience.endswith("/token")


def _decoded(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


def _check_signature(pem: str, message: bytes, signature: bytes) -> None:
    key = serialization.load_pem_public_key(pem.encode())
    if not isinstance(key, rsa.RSAPublicKey):
        raise TypeError("no RSA key")
    key.verify(signature, message, padding.PKCS1v15(), hashes.SHA256())

"""An issuer of identity tokens with keys of its own, as a pipeline's runner has one behind it."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa, utils

if TYPE_CHECKING:
    from datetime import datetime

NAME = "https://issuer.example"
SUBJECT = "repo:library/elm-desk:ref:refs/heads/main"
RSA = rsa.generate_private_key(65537, 2048)
P256 = ec.derive_private_key(11, ec.SECP256R1())


def b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def number(value: int) -> str:
    return b64(value.to_bytes((value.bit_length() + 7) // 8, "big"))


def jwks() -> dict[str, Any]:
    """The key set as the issuer publishes it."""
    point = P256.public_key().public_numbers()
    x, y = (b64(value.to_bytes(32, "big")) for value in (point.x, point.y))
    return {
        "keys": [
            {"kid": "rsa", "kty": "RSA", "alg": "RS256", "use": "sig", "n": number(RSA.public_key().public_numbers().n),
             "e": "AQAB"},
            {"kid": "p256", "kty": "EC", "alg": "ES256", "crv": "P-256", "x": x, "y": y},
        ]
    }  # fmt: skip


@dataclass
class Issuer:
    """Makes tokens for the audience it is asked for; `claims` and `header` say otherwise where a test wants a bad one."""

    moment: datetime
    kid: str = "rsa"
    claims: dict[str, Any] = field(default_factory=dict)
    header: dict[str, Any] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def __call__(self, audience: str) -> str:
        self.asked.append(audience)
        now = int(self.moment.timestamp())
        said = {"iss": NAME, "sub": SUBJECT, "aud": audience, "iat": now, "nbf": now, "exp": now + 300, **self.claims}
        head = {"typ": "JWT", "alg": "RS256" if self.kid == "rsa" else "ES256", "kid": self.kid, **self.header}
        first = f"{b64(json.dumps(head).encode())}.{b64(json.dumps(said).encode())}"
        return f"{first}.{'' if head['alg'] == 'none' else b64(self._sign(first.encode()))}"

    def _sign(self, message: bytes) -> bytes:
        if self.kid == "rsa":
            return RSA.sign(message, padding.PKCS1v15(), hashes.SHA256())
        r, s = utils.decode_dss_signature(P256.sign(message, ec.ECDSA(hashes.SHA256())))
        return r.to_bytes(32, "big") + s.to_bytes(32, "big")

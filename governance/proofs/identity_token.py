"""Identity tokens of pipelines (OpenID Connect ID tokens), verified offline against a key set that was pinned beforehand.

A token is a JWT in compact form, signed as JWS (RFC 7515, RFC 7519). Which algorithm verifies it is said by the key in the pinned
set (RFC 7517), never by the token: the token's own `alg` must agree, and `none` and the HMACs are the algorithm of no key here.
Issuer and audience must be exactly those expected, the moment must lie in the token's life, and the moment is the caller's: what
counts is when the token was used, not when it is looked at.

It can not see that a key was revoked by its issuer after it was pinned, nor whether the issuer issued what it should not have.
"""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa, utils

from governance.errors import UnreadableError
from governance.parsing import strict_json
from governance.proofs import ed25519

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    Check = Callable[[bytes, bytes], bool]

MAX_BYTES = 32 * 1024
MAX_KEYS = 100
LEEWAY = 60
"""Seconds by which the issuer's clock may run ahead of the one that gave the moment. The end of a token's life has none."""

IDENTITY = (
    "repository", "repository_id", "repository_owner", "repository_owner_id", "repository_visibility", "workflow", "workflow_ref",
    "workflow_sha", "job_workflow_ref", "job_workflow_sha", "ref", "ref_type", "ref_protected", "sha", "environment",
    "event_name", "actor", "actor_id", "run_id", "run_number", "run_attempt", "runner_environment",
    "project_path", "project_id", "namespace_path", "namespace_id", "pipeline_id", "pipeline_source", "job_id", "ci_config_ref_uri",
    "ci_config_sha", "user_login", "user_id",
)  # fmt: skip
"""The claims by which GitHub's and GitLab's pipelines say which run they are, under the names those give them."""

_TEXT = re.compile(r"[A-Za-z0-9_-]+\Z")
_CURVES: dict[str, tuple[str, ec.EllipticCurve, hashes.HashAlgorithm, int]] = {
    "P-256": ("ES256", ec.SECP256R1(), hashes.SHA256(), 32),
    "P-384": ("ES384", ec.SECP384R1(), hashes.SHA384(), 48),
}
_PRIVATE = frozenset({"d", "p", "q", "dp", "dq", "qi", "k"})


class TokenError(UnreadableError):
    """The token does not show what it is given for: another signer, issuer, audience or time, or it can not be read."""


@dataclass(frozen=True)
class Claims:
    """What a verified token says. Times are seconds since 1970; `all` is every claim as it stands in the token."""

    issuer: str
    subject: str
    audience: str
    issued_at: int
    expires_at: int
    kid: str
    all: Mapping[str, Any]

    @property
    def identity(self) -> dict[str, str]:
        """The claims that say which pipeline run it was, as texts, in a fixed order; those it does not make are left out."""
        return {name: str(self.all[name]) for name in IDENTITY if isinstance(self.all.get(name), str | int)}


def verify_token(
    token: str, jwks: Mapping[str, Any], *, issuer: str, audience: str, moment: datetime, subject: str | None = None
) -> Claims:
    """The claims of a token that a key of the pinned set signed, for this audience, at this moment.

    `jwks` is the key set as parsed JSON; `subject` must equal the token's where it is given; `moment` bears a time zone. Raises
    `TokenError` with the reason.
    """
    if not issuer or not audience:
        raise TokenError("an issuer and an audience must be expected; a token for anybody proves nothing")
    if moment.tzinfo is None:
        raise ValueError("a moment needs a time zone")
    parts = token.split(".") if len(token) <= MAX_BYTES and token.isascii() else []
    if len(parts) != 3:
        raise TokenError("not an identity token: three parts with a dot between them")
    kid, alg = _header(parts[0])
    algorithm, check = _key(jwks, kid)
    if alg != algorithm:
        raise TokenError(f"signed as {alg[:20]!r}, and the pinned key is one for {algorithm}")
    if not check(_bytes(parts[2], "signature"), f"{parts[0]}.{parts[1]}".encode("ascii")):
        raise TokenError("the signature is not the pinned key's")
    claims = _object(parts[1], "claims")
    made = _claims(claims, kid, issuer=issuer, audience=audience)
    if subject is not None and made.subject != subject:
        raise TokenError(f"issued for the subject {made.subject[:200]!r}, not {subject!r}")
    _in_its_life(claims, made, int(moment.timestamp()))
    return made


def require_keys(jwks: Mapping[str, Any], *, where: str = "") -> None:
    """Refuse a key set that can verify nothing: none of its keys is of a known kind, or one is private, weak or named twice."""
    usable = 0
    for row in _rows(jwks, where):
        if sum(other.get("kid") == row.get("kid") for other in _rows(jwks, where)) > 1:
            raise TokenError(f"the key id {str(row.get('kid'))[:80]!r} stands twice in the key set", where=where)
        try:
            made = _public(row)
        except UnreadableError as error:
            raise TokenError(error.message, where=where, hint=error.hint) from None
        usable += made is not None and isinstance(row.get("kid"), str)
    if not usable:
        raise TokenError("the key set has no key that can verify a token", where=where)


def _header(part: str) -> tuple[str, str]:
    header = _object(part, "header")
    if {"crit", "b64"} & header.keys():
        raise TokenError("the token's header asks for an extension")
    if "typ" in header and str(header["typ"]).upper() != "JWT":
        raise TokenError(f"a token of type {str(header['typ'])[:20]!r}, not an identity token")
    kid, alg = header.get("kid"), header.get("alg")
    if not isinstance(kid, str) or not isinstance(alg, str):
        raise TokenError("the token's header names no key or no algorithm")
    return kid, alg


def _rows(jwks: Mapping[str, Any], where: str = "") -> list[dict[str, Any]]:
    rows = jwks.get("keys")
    if not isinstance(rows, list) or len(rows) > MAX_KEYS or not all(isinstance(row, dict) for row in rows):
        raise TokenError(f"not a key set: a list of at most {MAX_KEYS} keys under `keys`", where=where)
    return rows


def _key(jwks: Mapping[str, Any], kid: str) -> tuple[str, Check]:
    found = [row for row in _rows(jwks) if row.get("kid") == kid]
    if len(found) != 1:
        raise TokenError(f"the pinned key set has {'no' if not found else 'more than one'} key {kid[:80]!r}")
    try:
        made = _public(found[0])
    except UnreadableError as error:
        raise TokenError(error.message) from None
    if made is None:
        raise TokenError(f"the pinned key {kid[:80]!r} is of no kind that can verify a token")
    return made


def _public(row: dict[str, Any]) -> tuple[str, Check] | None:
    """The algorithm of a key and its check, or None where it is of another kind. Raises for one that is broken or weak."""
    if _PRIVATE & row.keys():
        raise TokenError("the key set holds a private key", hint="Pin the public keys of the issuer.")
    operations = row.get("key_ops", ["verify"])
    if row.get("use", "sig") != "sig" or not isinstance(operations, list) or "verify" not in operations:
        return None
    kty, crv = row.get("kty"), str(row.get("crv"))
    if kty == "RSA":
        made = "RS256", _rsa(row)
    elif kty == "EC" and crv in _CURVES:
        made = _CURVES[crv][0], _ec(row, crv)
    elif kty == "OKP" and crv == "Ed25519":
        public = _bytes(row.get("x"), "key")
        ed25519.require_strong(public)
        made = "EdDSA", lambda signature, message: ed25519.verify(public, signature, message)
    else:
        return None
    return made if row.get("alg", made[0]) == made[0] else None


def _rsa(row: dict[str, Any]) -> Check:
    exponent, modulus = (int.from_bytes(_bytes(row.get(name), "key"), "big") for name in ("e", "n"))
    if (
        not 2048 <= modulus.bit_length() <= 16384
        or not modulus & 1
        or not exponent & 1
        or not 2**16 < exponent < 2**256
    ):
        raise TokenError("an RSA key of fewer than 2048 bits, or with an exponent out of bounds")
    try:
        public = rsa.RSAPublicNumbers(exponent, modulus).public_key()
    except (ValueError, UnsupportedAlgorithm) as error:
        raise TokenError(f"an RSA key that can not be used: {error}") from None

    def check(signature: bytes, message: bytes) -> bool:
        try:
            public.verify(signature, message, padding.PKCS1v15(), hashes.SHA256())
        except InvalidSignature:
            return False
        return True

    return check


def _ec(row: dict[str, Any], crv: str) -> Check:
    _, curve, digest, width = _CURVES[crv]
    x, y = (_bytes(row.get(name), "key") for name in ("x", "y"))
    if len(x) != width or len(y) != width:
        raise TokenError(f"a key on {crv} has coordinates of {width} bytes")
    try:
        public = ec.EllipticCurvePublicKey.from_encoded_point(curve, b"\x04" + x + y)
    except ValueError:
        raise TokenError("this key is no point of its curve") from None

    def check(signature: bytes, message: bytes) -> bool:
        if len(signature) != 2 * width:
            return False
        r, s = int.from_bytes(signature[:width], "big"), int.from_bytes(signature[width:], "big")
        try:
            public.verify(utils.encode_dss_signature(r, s), message, ec.ECDSA(digest))
        except (InvalidSignature, ValueError):
            return False
        return True

    return check


def _claims(claims: dict[str, Any], kid: str, *, issuer: str, audience: str) -> Claims:
    said, subject, aud = claims.get("iss"), claims.get("sub"), claims.get("aud")
    if said != issuer:
        raise TokenError(f"issued by {str(said)[:200]!r}, not {issuer!r}")
    if aud not in (audience, [audience]):
        raise TokenError("issued for another audience: it was made for something else")
    if not isinstance(subject, str) or not subject:
        raise TokenError("the token names no subject")
    issued, expires = _time(claims, "iat"), _time(claims, "exp")
    return Claims(issuer, subject, audience, issued, expires, kid, claims)


def _in_its_life(claims: dict[str, Any], made: Claims, now: int) -> None:
    begins = max(made.issued_at, _time(claims, "nbf") if "nbf" in claims else 0)
    if now < begins - LEEWAY:
        raise TokenError(f"used at {now}, before it was valid ({begins}, in seconds since 1970)")
    if now >= made.expires_at:
        raise TokenError(f"used at {now}, after it had expired ({made.expires_at}, in seconds since 1970)")


def _time(claims: dict[str, Any], name: str) -> int:
    value = claims.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < 2**53:
        raise TokenError(f"the claim {name} is no time")
    return int(value)


def _object(part: str, what: str) -> dict[str, Any]:
    try:
        value = strict_json.loads(_bytes(part, what), where=f"the token's {what}", max_bytes=MAX_BYTES)
    except TokenError:
        raise
    except UnreadableError as error:
        raise TokenError(error.message, where=error.where) from None
    if not isinstance(value, dict):
        raise TokenError(f"the token's {what} is no object")
    return value


def _bytes(text: object, what: str) -> bytes:
    """Base64url without padding, in its one spelling (RFC 7515, section 2)."""
    if not isinstance(text, str) or not _TEXT.match(text):
        raise TokenError(f"the {what} is not base64url")
    try:
        data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (binascii.Error, ValueError):
        raise TokenError(f"the {what} is not base64url") from None
    if base64.urlsafe_b64encode(data).decode().rstrip("=") != text:
        raise TokenError(f"the {what} is base64url in a second spelling")
    return data

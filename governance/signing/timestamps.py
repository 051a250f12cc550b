"""Time from outside: RFC 3161 tokens, asked for and read with nothing, verified with `rfc3161-client` where it is installed.

A token says that somebody with a clock saw a digest at a moment. What it is taken over here is the *signed text of a
checkpoint*: the bytes of the note up to and with the last newline of its text, before the empty line and the signatures
(https://c2sp.org/signed-note). So cosignatures may be added to the note later, and the token still fits.

Verifying takes root certificates that the auditor brings; those inside a token are only steps of the chain. The chain is judged at
the token's own moment, so a token outlives the certificate it was made under. `openssl ts` writes the certificates inside a
token in the order of the chain, where DER wants them sorted, and the library refuses that; the order is not signed, so it is
put right before the library sees it.

Reading and asking import the standard library alone. Where the library is missing, the answer to "does it verify" is `CouldNotTell`.
"""

from __future__ import annotations

import hashlib
import re
import warnings
from dataclasses import dataclass
from datetime import timedelta
from importlib.util import find_spec
from typing import TYPE_CHECKING

from governance.errors import CouldNotTell, IntegrityError, UnreadableError
from governance.signing import der

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from cryptography.x509 import Certificate
    from rfc3161_client import TimeStampResponse

NOT_EVALUATED = "not evaluated: install governance-evidence[timestamps]"
QUERY_TYPE, REPLY_TYPE = "application/timestamp-query", "application/timestamp-reply"
LIMIT = 256 * 1024
"""The most bytes of a response; real ones have one to ten thousand."""

_HASHES = {
    bytes.fromhex("608648016503040201"): "sha256",
    bytes.fromhex("608648016503040202"): "sha384",
    bytes.fromhex("608648016503040203"): "sha512",
}
_SHA256 = next(oid for oid, name in _HASHES.items() if name == "sha256")
_SIGNED_DATA = bytes.fromhex("2a864886f70d010702")
_TST_INFO = bytes.fromhex("2a864886f70d0109100104")
_AHEAD = timedelta(minutes=5)
"""How far the clock of an authority may stand before ours."""


@dataclass(frozen=True)
class Claim:
    """What a token says, before anybody verified it: the moment, the digest and its algorithm, and the nonce of the request."""

    moment: datetime
    algorithm: str
    imprint: bytes
    nonce: int | None

    def is_over(self, data: bytes) -> bool:
        """Whether the digest is that of the data."""
        return hashlib.new(self.algorithm, data).digest() == self.imprint


def available() -> bool:
    """Whether tokens can be verified here."""
    return find_spec("rfc3161_client") is not None


def request(data: bytes, *, nonce: int | None = None) -> bytes:
    """A TimeStampReq (RFC 3161 §2.4.1) over the SHA-256 of the data, asking for the certificates too."""
    algorithm = der.made(der.SEQUENCE, der.made(der.OID, _SHA256), b"\x05\x00")
    imprint = der.made(der.SEQUENCE, algorithm, der.made(der.OCTETS, hashlib.sha256(data).digest()))
    asked = [] if nonce is None else [der.number(nonce)]
    return der.made(der.SEQUENCE, der.number(1), imprint, *asked, b"\x01\x01\xff")


def read(token: bytes, *, where: str = "token") -> Claim:
    """What a TimeStampResp says (RFC 3161 §2.4.2). Raises `UnreadableError` for a refusal, and for what is no response."""
    try:
        info = der.whole(_signed_data(token).down((2, der.SEQUENCE), (1, 0xA0), (0, der.OCTETS)).value)
        parts = info.parts()
        oid = info.down((2, der.SEQUENCE), (0, der.SEQUENCE), (0, der.OID)).value
        if oid not in _HASHES:
            raise ValueError("a digest that is not SHA-256, SHA-384 or SHA-512")
        numbers = [part for part in parts[5:] if part.tag == der.INTEGER]
        return Claim(
            moment=der.moment(parts[4]),
            algorithm=_HASHES[oid],
            imprint=info.down((2, der.SEQUENCE), (1, der.OCTETS)).value,
            nonce=der.integer(numbers[0]) if numbers else None,
        )
    except (ValueError, IndexError) as error:
        raise UnreadableError(f"not a time stamp response that holds a token: {error}", where=where) from None


def verify(token: bytes, data: bytes, roots: Sequence[bytes], *, at: datetime, where: str = "token") -> datetime:
    """The moment at which the token shows that the data existed.

    `token` is a TimeStampResp, `roots` are PEM files with the root certificates that are trusted, `at` is now, or the moment as of
    which is judged: a token from after it shows nothing. Raises `UnreadableError` for bytes that are no token or no
    certificates, `IntegrityError` where the token is over other data, does not verify under these roots or is from after
    `at`, and `CouldNotTell` where the library is not installed.
    """
    claim = read(token, where=where)
    if not claim.is_over(data):
        raise IntegrityError("the token is over other data", where=where)
    if claim.moment > at + _AHEAD:
        raise IntegrityError(
            f"the token is from {claim.moment:%Y-%m-%d %H:%M:%S}Z, which is still to come", where=where
        )
    if not available():
        raise CouldNotTell(NOT_EVALUATED, where=where)
    from rfc3161_client import decode_timestamp_response

    certificates = _certificates(roots)
    try:
        response = decode_timestamp_response(_in_order(token))
    except ValueError as error:
        raise UnreadableError(f"not a token that can be verified: {error}", where=where) from None
    said = [_problem(response, data, root) for root in certificates]
    if None not in said:
        raise IntegrityError(f"the token does not verify: {said[0]}", where=where)
    return claim.moment


def _problem(response: TimeStampResponse, data: bytes, root: Certificate) -> str | None:
    """Why the response does not verify under one root, or None where it does.

    One at a time: an authority whose root was renewed under one name has two, and OpenSSL looks a root up by its name.
    """
    from rfc3161_client import VerifierBuilder

    try:
        with warnings.catch_warnings():  # about odd certificates a stranger put inside; they count for nothing
            warnings.simplefilter("ignore")
            VerifierBuilder(roots=[root]).build().verify_message(response, data)
    except Exception as error:  # the library reads the certificates inside with one that has errors of its own
        found = re.search(r'Verify error: ?([^"]+)"', str(error))
        return found[1] if found else str(error)[:200]
    return None


def _certificates(roots: Sequence[bytes]) -> list[Certificate]:
    from cryptography import x509

    try:
        found = [certificate for pem in roots for certificate in x509.load_pem_x509_certificates(pem)]
    except ValueError as error:
        raise UnreadableError(f"not certificates in PEM: {error}", where="the roots") from None
    if not found:
        raise UnreadableError("there is no root certificate to verify the token with", where="the roots")
    return list(dict.fromkeys(found))


def _signed_data(token: bytes) -> der.Piece:
    """The SignedData (RFC 5652 §5.1) of a response that was granted."""
    if len(token) > LIMIT:
        raise ValueError(f"more than {LIMIT} bytes")
    response = der.whole(token)
    if (status := der.integer(response.down((0, der.SEQUENCE), (0, der.INTEGER)))) > 1:
        raise ValueError(f"the authority answered with status {status} and no token")
    content = response.down((1, der.SEQUENCE))
    signed = content.down((1, 0xA0), (0, der.SEQUENCE))
    kinds = content.down((0, der.OID)).value, signed.down((2, der.SEQUENCE), (0, der.OID)).value
    if kinds != (_SIGNED_DATA, _TST_INFO):
        raise ValueError("the content is not signed data over a time stamp")
    return signed


def _in_order(token: bytes) -> bytes:
    """The response with the sets of certificates and of revocation lists sorted, as DER wants them."""
    for part in _signed_data(token).parts()[3:]:
        if part.tag in {0xA0, 0xA1}:
            ordered = b"".join(sorted(inner.whole for inner in part.parts()))
            token = token[: part.inside] + ordered + token[part.end :]
    return token

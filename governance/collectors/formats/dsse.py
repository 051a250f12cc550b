"""Signed envelopes (DSSE) and the in-toto statements inside, bare or wrapped in a Sigstore bundle.

An envelope holds a payload and signatures over it. A bundle adds what is needed to check them: a certificate, a key, or
a hint at a key. Nothing here decides whom to trust: `fits` says that a key made a signature, and that is all it says.

Sources: https://github.com/secure-systems-lab/dsse/blob/v1.0.0/protocol.md,
https://github.com/in-toto/attestation/blob/main/spec/v1/statement.md and
https://github.com/sigstore/protobuf-specs/blob/main/protos/sigstore_bundle.proto.
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from governance.collectors.reading import fields
from governance.errors import UnreadableError
from governance.parsing import strict_json

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
    from cryptography.x509 import Certificate

IN_TOTO = "application/vnd.in-toto+json"
MOST_SIGNATURES = 16
_HASHES = {256: "SHA256", 384: "SHA384", 521: "SHA512"}


@dataclass(frozen=True)
class Envelope:
    """A payload, what sort it is, and the signatures over it."""

    payload: bytes
    payload_type: str
    signatures: tuple[bytes, ...]
    certificates: tuple[bytes, ...] = ()
    """Those that stand beside the signatures, in PEM, as SLSA generators wrote them before there were bundles."""

    def signed_bytes(self) -> bytes:
        """What a signature is made over: the pre-authentication encoding of type and payload."""
        kind = self.payload_type.encode()
        return b"DSSEv1 %d %b %d %b" % (len(kind), kind, len(self.payload), self.payload)

    def statement(self) -> dict[str, Any]:
        """The in-toto statement in the payload; raises `UnreadableError` for anything else."""
        value = strict_json.loads(self.payload, where="the signed payload")
        if self.payload_type != IN_TOTO or not isinstance(value, dict) or "predicateType" not in value:
            raise UnreadableError("the signed payload is no in-toto statement")
        return value


def envelope_in(document: dict[str, Any]) -> Envelope:
    """The envelope in a document, which may be a bundle around it; raises `UnreadableError` where it is broken."""
    held = fields.table(document, "dsseEnvelope") or document
    made, beside = [], []
    for row in fields.rows(held, "signatures"):
        if not isinstance(row, dict):
            raise UnreadableError("a signature is not an object")
        made.append(decoded(row, "sig"))
        beside.append((fields.text(row, "cert", most=65_536) or "").encode())
    if len(made) > MOST_SIGNATURES:
        raise UnreadableError(f"holds {len(made):,} signatures, more than {MOST_SIGNATURES}")
    kind = fields.text(held, "payloadType") or ""
    beside = beside if all(beside) else []
    return Envelope(
        payload=decoded(held, "payload"), payload_type=kind, signatures=tuple(made), certificates=tuple(beside)
    )


def denied(document: dict[str, Any], envelope: Envelope) -> bool:
    """True where a signature was not made with the certificate that comes with it, so one of the two was changed.

    False says nothing of whether anybody should trust that certificate, and is the answer too where there is none.
    """
    from cryptography.x509 import load_pem_x509_certificate

    material = fields.table(document, "verificationMaterial")
    chain = fields.rows(fields.table(material, "x509CertificateChain"), "certificates")
    own = fields.table(material, "certificate") or (chain[0] if chain and isinstance(chain[0], dict) else {})
    try:
        if own:
            held = [certificate(decoded(own, "rawBytes"))] * len(envelope.signatures)
        else:
            held = [load_pem_x509_certificate(pem) for pem in envelope.certificates]
    except ValueError:
        raise UnreadableError("a certificate beside a signature can not be read") from None
    plain = envelope.signed_bytes()
    pairs = zip(map(certificate_key, held), envelope.signatures, strict=False)
    return any(key is not None and not fits(key, signature, plain) for key, signature in pairs)


def decoded(holder: dict[str, Any], key: str) -> bytes:
    """Base64 text as bytes, in its one canonical spelling, of the plain or the URL alphabet."""
    value = holder.get(key)
    if not isinstance(value, str) or not value:
        raise UnreadableError(f"{key} is missing or not text")
    try:
        plain = value.replace("-", "+").replace("_", "/").encode("ascii")
        made = base64.b64decode(plain, validate=True)
    except (binascii.Error, ValueError):
        raise UnreadableError(f"{key} is not base64") from None
    if base64.b64encode(made) != plain:
        raise UnreadableError(f"{key} is base64 in a second spelling")
    return made


def spellings(text: bytes) -> tuple[bytes, ...]:
    """How a text looks inside base64, at each of the three places where it may begin: what to look for undecoded."""
    made = []
    for shift in range(3):
        encoded = base64.b64encode(b"\0" * shift + text)
        # The first and the last group mix with what stands around the text.
        made.append(encoded[4 if shift else 0 : (len(text) + shift) // 3 * 4])
    return tuple(made)


def public_key(pem: bytes) -> EllipticCurvePublicKey | None:
    """The public key in a PEM text, where it is on one of the three NIST curves that bundles use; else None."""
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.serialization import load_pem_public_key

    try:
        return _supported(load_pem_public_key(pem))
    except (ValueError, UnsupportedAlgorithm):
        return None


def certificate(der: bytes) -> Certificate:
    """A certificate; raises `UnreadableError` for what is none."""
    from cryptography.x509 import load_der_x509_certificate

    try:
        return load_der_x509_certificate(der)
    except ValueError:
        raise UnreadableError("the certificate can not be read") from None


def certificate_key(held: Certificate) -> EllipticCurvePublicKey | None:
    """The public key in a certificate, under the same limits as `public_key`."""
    from cryptography.exceptions import UnsupportedAlgorithm

    try:
        return _supported(held.public_key())
    except (ValueError, UnsupportedAlgorithm):
        return None


def identity(held: Certificate) -> str | None:
    """Whom a certificate names: its alternative name (an e-mail address or a URI), else its common name."""
    from cryptography import x509

    named: list[str] = []
    try:
        names = held.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        named += names.get_values_for_type(x509.RFC822Name)
        named += names.get_values_for_type(x509.UniformResourceIdentifier)
    except (x509.ExtensionNotFound, ValueError):
        pass
    try:
        named += [str(each.value) for each in held.subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME)]
    except ValueError:
        raise UnreadableError("the certificate's subject can not be read") from None
    return named[0][:500] or None if named else None


def pem_of(key: EllipticCurvePublicKey) -> bytes:
    """The one PEM spelling of a public key."""
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def fits(key: EllipticCurvePublicKey, signature: bytes, signed: bytes, *, bits: int | None = None) -> bool:
    """Whether `key` made `signature` over `signed`; the hash follows the curve, or has `bits`."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric.ec import ECDSA

    digest = getattr(hashes, _HASHES[bits or key.curve.key_size])()
    try:
        key.verify(signature, signed, ECDSA(digest))
    except InvalidSignature:
        return False
    return True


def _supported(key: Any) -> EllipticCurvePublicKey | None:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey

    usable = isinstance(key, EllipticCurvePublicKey) and key.curve.name in ("secp256r1", "secp384r1", "secp521r1")
    return key if usable else None

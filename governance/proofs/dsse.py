"""DSSE: a payload, its type, and signatures over both (https://github.com/secure-systems-lab/dsse, protocol 1.0.2).

What is signed is PAE(type, payload) = "DSSEv1" SP len(type) SP type SP len(payload) SP payload, so no canonical form is needed
to verify. The envelope itself is kept in canonical JSON and refused in any other spelling, so that one envelope has one digest.
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from typing import TYPE_CHECKING

from governance.errors import UnreadableError
from governance.parsing import canonical, strict_json
from governance.proofs import ed25519

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from governance.proofs.public_keys import PublicKey

IN_TOTO = "application/vnd.in-toto+json"
MAX_SIGNATURES = 16


@dataclass(frozen=True)
class Signature:
    """One signature and the key id it claims, which proves nothing by itself."""

    keyid: str
    sig: bytes


@dataclass(frozen=True)
class Envelope:
    """A payload with its type and signatures."""

    payload_type: str
    payload: bytes
    signatures: tuple[Signature, ...]

    def signed_by(self, keys: Mapping[str, PublicKey]) -> frozenset[str]:
        """The names of the keys that really signed.

        A key counts once, under whatever key id it signs and however often, and under its first name only where the mapping
        has it under two. The key id serves to try the likely key first, and for nothing else.
        """
        message = pae(self.payload_type, self.payload)
        names: dict[bytes, str] = {}
        for name, key in keys.items():
            names.setdefault(key.material, name)
        prints = {key.fingerprint: key for key in keys.values()}
        signed: set[bytes] = set()
        for signature in self.signatures:
            likely = prints.get(signature.keyid)
            tried = [key for key in keys.values() if key is not likely]
            for key in tried if likely is None else [likely, *tried]:
                if key.verify(signature.sig, message):
                    signed.add(key.material)
                    break  # a signature under one key is none under another: Ed25519 binds the key, an SSH signature names it
        return frozenset(names[material] for material in signed)


def pae(payload_type: str, payload: bytes) -> bytes:
    """The pre-authentication encoding: the very bytes that are signed."""
    kind = payload_type.encode()
    return b"DSSEv1 %d %b %d %b" % (len(kind), kind, len(payload), payload)


def seal(payload: bytes, key: Ed25519PrivateKey, *, payload_type: str = IN_TOTO) -> bytes:
    """Sign a payload; returns the envelope in canonical JSON."""
    signature = key.sign(pae(payload_type, payload))
    return assemble(payload, [(ed25519.fingerprint(ed25519.raw(key)), signature)], payload_type=payload_type)


def assemble(payload: bytes, signatures: Sequence[tuple[str, bytes]], *, payload_type: str = IN_TOTO) -> bytes:
    """The envelope, in canonical JSON, of a payload with signatures made elsewhere over its `pae`: (key id, signature)."""
    if not 0 < len(signatures) <= MAX_SIGNATURES:
        raise UnreadableError(f"an envelope has from 1 to {MAX_SIGNATURES} signatures, not {len(signatures)}")
    return canonical.dumps(
        {
            "payload": base64.b64encode(payload).decode(),
            "payloadType": payload_type,
            "signatures": [{"keyid": keyid, "sig": base64.b64encode(sig).decode()} for keyid, sig in signatures],
        }
    )


def parse(data: bytes, *, where: str = "") -> Envelope:
    """Read an envelope strictly. Raises `UnreadableError`; signatures are not verified here."""
    value = strict_json.loads(data, where=where)
    try:
        if set(value) != {"payload", "payloadType", "signatures"} or not 0 < len(value["signatures"]) <= MAX_SIGNATURES:
            raise ValueError("fields")
        envelope = Envelope(
            payload_type=_text(value["payloadType"]),
            payload=_decode(value["payload"]),
            signatures=tuple(
                Signature(keyid=_text(row["keyid"]), sig=_decode(row["sig"])) for row in value["signatures"]
            ),
        )
        if not canonical.is_spelling(value, data) or any(set(row) != {"keyid", "sig"} for row in value["signatures"]):
            raise ValueError("spelling")
    except (ValueError, TypeError, KeyError, binascii.Error) as error:
        raise UnreadableError(f"not a DSSE envelope in canonical form ({error})", where=where) from None
    return envelope


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError("a field that is not text")
    return value


def _decode(text: str) -> bytes:
    data = base64.b64decode(text, validate=True)
    if base64.b64encode(data).decode() != text:
        raise ValueError("base64 in a second spelling")
    return data

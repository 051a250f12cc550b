"""Sigstore's keyless signatures over our statements, verified offline (optional: `pip install governance-evidence[sigstore]`).

A bundle holds a DSSE envelope, a certificate that lived for minutes, and the proof that a public log saw both then
(https://docs.sigstore.dev/about/bundle/). It is verified against a *trusted root* that was archived with it: the roots of the
certificate authority, the log and the clock. Nothing is fetched, and the moment that counts is the log's or the clock's and not now.

Who signed is said by issuer and identity in the certificate: an address of mail for people; for a job of GitHub Actions the address
of its workflow file, `https://github.com/ORG/REPO/.github/workflows/FILE@REF`, which is not the subject of its token. The caller
names both; a bundle of somebody else, or over another statement, is not verified.

A statement that bears nothing but a bundle does not count in the ledger: its signatures are those of enrolled keys and tokens. A
bundle is kept and shown beside it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from governance.proofs import dsse

if TYPE_CHECKING:
    from pathlib import Path

MAX_BYTES = 8 << 20
EXTRA = "install governance-evidence[sigstore]"


@dataclass(frozen=True)
class Keyless:
    """What came of a bundle. Only `verified` is a yes; `said` gives the reason for anything else."""

    outcome: Literal["verified", "failed", "not-evaluated"]
    said: str


@dataclass(frozen=True)
class Library:
    """The parts of sigstore-python (4.x) that are used."""

    bundle: Any
    trusted_root: Any
    verifier: Any
    identity: Any


def library() -> Library | None:
    """The library, imported when first asked for, or None where it is not installed."""
    try:
        from sigstore.models import Bundle, TrustedRoot
        from sigstore.verify import Verifier
        from sigstore.verify.policy import Identity
    except ImportError:
        return None
    return Library(Bundle.from_json, TrustedRoot.from_file, Verifier, Identity)


def verify(
    bundle: bytes, payload: bytes, *, issuer: str, identity: str, trusted_root: Path, using: Library | None = None
) -> Keyless:
    """Whether this identity signed this very statement, as an archived trusted root shows. Never raises, fetches nothing."""
    held = using or library()
    if held is None:
        return Keyless("not-evaluated", f"keyless signatures are not evaluated: {EXTRA}")
    if not issuer or not identity:
        return Keyless("failed", "an issuer and an identity must be expected; a signature of anybody proves nothing")
    try:
        if max(len(bundle), trusted_root.stat().st_size) > MAX_BYTES:
            return Keyless("failed", f"more than {MAX_BYTES:,} bytes")
        verifier = held.verifier(trusted_root=held.trusted_root(str(trusted_root)))
        policy = held.identity(identity=identity, issuer=issuer)
        kind, signed = verifier.verify_dsse(held.bundle(bundle), policy)
    except Exception as error:  # whatever a library of others raises on hostile bytes is a no
        return Keyless("failed", f"the bundle does not verify: {type(error).__name__}: {str(error)[:300]}")
    if kind != dsse.IN_TOTO or bytes(signed) != payload:
        return Keyless("failed", "the bundle is over another statement")
    return Keyless("verified", f"signed by {identity}, whom {issuer} named")

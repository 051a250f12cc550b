"""A second signature by ML-DSA-65 (FIPS 204) beside the first, for what must still be believed when the first can be forged.

Somebody has a second key of their own enrolled (`govern people add-key`), and one envelope bears both signatures. Either one
counts by itself today, and both are of one person, so nothing is decided by more people than before. What the second gives is
time: when Ed25519 falls, it still says who signed.
"""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key

from governance.errors import UnreadableError, UsageError
from governance.proofs import dsse, ml_dsa
from governance.proofs.public_keys import PublicKey
from governance.proofs.ssh_wire import string
from governance.signing import keys
from governance.signing.keys import SigningKey

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from governance.verifier.roster import Roster

_HINT = "Install a newer one: pip install --upgrade cryptography"


def generate(path: Path) -> PublicKey:
    """Make a private key in a file (PKCS#8 PEM, the seed of it), readable by its owner alone. Returns the public key."""
    _require_support()
    from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA65PrivateKey

    key = MLDSA65PrivateKey.generate()
    keys.save(cast("Any", key), path)  # it is written as any key is
    return _public(key)


def signing_key(path: Path) -> SigningKey:
    """What signs with the ML-DSA-65 key in a file. Raises `UsageError` or `UnreadableError` with the remedy."""
    _require_support()
    from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA65PrivateKey

    try:
        with path.open("rb") as stream:
            mode = os.fstat(stream.fileno()).st_mode
            data = stream.read(65_536)
    except OSError as error:
        raise UsageError(f"the key can not be read: {error.strerror}", where=str(path)) from None
    if stat.S_IMODE(mode) & 0o077:
        raise UsageError("others can read this private key", where=str(path), hint=f"Run: chmod 600 {path}")
    try:
        key = load_pem_private_key(data, None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise UnreadableError(f"not a private key that can be used: {error}", where=str(path)) from None
    if not isinstance(key, MLDSA65PrivateKey):
        raise UnreadableError(
            "not an ML-DSA-65 key", where=str(path), hint="Make one with: govern key new --ml-dsa FILE"
        )
    return SigningKey(_public(key), key.sign)


@dataclass(frozen=True)
class Both:
    """Seals a payload with two keys of one principal, in one envelope. `public` is the first's."""

    first: SigningKey
    second: SigningKey

    @property
    def public(self) -> PublicKey:
        """The public key of the first."""
        return self.first.public

    def seal(self, payload: bytes) -> bytes:
        """The DSSE envelope, in canonical JSON, with a signature of each key."""
        message = dsse.pae(dsse.IN_TOTO, payload)
        rows = [(key.public.fingerprint, key.sign(message)) for key in (self.first, self.second)]
        return dsse.assemble(payload, rows)

    def require_one_owner(self, roster: Roster, seq: int, moment: datetime) -> None:
        """Raise `UsageError` where the second key is not one of the first's owner, or does not sign in this entry."""
        for principal in roster.principals.values():
            held = {credential.by.material: credential for credential in principal.credentials}
            if self.first.public.material in held:
                second = held.get(self.second.public.material)
                problem = "it is not enrolled" if second is None else second.refusal(seq, moment.date())
                if problem is not None:
                    hint = f"Enrol it with: govern people add-key {principal.name!r} --key FILE.pub"
                    raise UsageError(f"the second key of {principal.name}: {problem}", hint=hint)


def _public(key: Any) -> PublicKey:
    raw = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    return PublicKey(ml_dsa.ALGORITHM, string(ml_dsa.ALGORITHM.encode()) + string(raw))


def _require_support() -> None:
    if not ml_dsa.supported():
        raise UsageError("the installed version of cryptography has no ML-DSA", hint=_HINT)

"""A decision is made over exactly what the signer saw: identity, ledger, policy, content, and the gate's answer."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from pydantic import ValidationError

from governance.domain.decision import MEANING, Decision, DecisionKind
from governance.errors import CouldNotTell, UsageError
from governance.proofs import ed25519
from governance.signing import keys, statements

if TYPE_CHECKING:
    from datetime import date, datetime
    from pathlib import Path

    from governance.domain.case import Case
    from governance.signing.signers import Signers


def decide(
    case: Case,
    signers: Signers,
    moment: datetime,
    *,
    key_file: Path,
    role: str,
    decision: DecisionKind,
    reason: str,
    expires: date | None,
    passphrase: bytes | None,
) -> tuple[Decision, bytes]:
    """The decision and its signed envelope. Raises where the key is not on the list in that role, or there is nothing to sign."""
    key = keys.load(key_file, passphrase)
    who = signers.by_key().get(ed25519.raw(key))
    if who is None:
        raise UsageError(
            "this key is not on the list of signers", where=str(key_file), hint="Add it with: govern signer add"
        )
    if role not in who.roles:
        raise UsageError(f"{who.name} is not listed in the role {role}", hint=f"Listed: {', '.join(who.roles)}.")
    system, identity = case.dossier.system.id, case.assessment.identity
    if identity is None:
        raise CouldNotTell("no weights of a candidate were attached, so there is nothing to sign", where=system)
    if expires is not None and expires < moment.date():
        raise UsageError(f"{expires} has passed already")
    try:
        made = Decision(
            decision=decision,
            meaning=MEANING[decision],
            system=system,
            identity=identity.digest,
            identity_name=identity.name,
            signer=who.name,
            role=role,
            reason=reason,
            signed_at=moment,
            expires=expires,
            checkpoint=case.checkpoint,
            policy=case.gate.policy,
            policy_digest=case.gate.policy_digest,
            content_digest=case.catalogue.digest,
            gate_answer=case.gate.answer,
            nonce=secrets.token_hex(16),
        )
    except ValidationError as error:
        first = error.errors()[0]
        raise UsageError(f"{first['loc'][0]}: {first['msg']}") from None
    return made, statements.seal(made, key)

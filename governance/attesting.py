"""Attestations: somebody puts their name to pieces of evidence, and thereby to what they did to make them.

One statement stands for all pieces of one attach: its subjects are their ids with the digests of their bodies. It says which duties
its signer holds by it: those that the kinds of the pieces imply, and those that the signer names. Nobody needs a role to
attest, because an attestation gives no right; it takes one away, that of approving what one made or measured.

Whose key or token it is decides the roster, and what was signed is verified as an auditor will do it before it is handed on.
A piece that its signer attested before, under the same duties, is not attested again.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from governance.attaching import Attested
from governance.domain.entry import EntryType
from governance.enrolling import attestation, signed_draft
from governance.errors import UsageError
from governance.parsing.people import person_key
from governance.signing.post_quantum import Both
from governance.signing.tokens import TokenSeal
from governance.verifier import statements
from governance.verifier.decisions import DUTIES
from governance.verifier.roster import Token

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import datetime

    from governance.domain.catalogue import Catalogue
    from governance.enrolling import People
    from governance.ledger.blobs import Blobs
    from governance.ledger.store import Ledger
    from governance.signing.keys import SigningKey
    from governance.signing.tokens import Ask
    from governance.verifier.roster import Credential, Principal, Roster

MAX_PIECES = 50_000
"""Pieces in one attestation: what an auditor's verifier reads of one envelope holds as many."""
_ENROL = "Enrol its owner with: govern people enrol"


class Desk(Protocol):
    """What an attestation needs of a workspace."""

    ledger: Ledger
    blobs: Blobs
    clock: Callable[[], datetime]

    @property
    def catalogue(self) -> Catalogue:
        """The content, which knows the duties that kinds imply."""

    @property
    def people(self) -> People:
        """The principals."""


class Seals(Protocol):
    """What signs a payload."""

    def seal(self, payload: bytes) -> bytes:
        """The DSSE envelope around an in-toto statement."""


Found = tuple["Principal", "Credential", Seals]


@dataclass(frozen=True)
class Made:
    """An attestation on record. `by` are those whose signature counts, each once; nobody where none does."""

    entry: str
    seq: int
    by: tuple[str, ...]
    duties: tuple[str, ...]
    evidence: tuple[str, ...]


class Attester:
    """Somebody who attests. `find` looks its credential up in a roster; `duties` are named beside what the kinds imply."""

    def __init__(self, desk: Desk, find: Callable[[Roster], Found], duties: Sequence[str] = ()) -> None:
        if strange := sorted(set(duties) - set(DUTIES)):
            raise UsageError(f"--duty {strange[0]!r} is unknown", hint=f"One of: {', '.join(DUTIES)}.")
        self._desk, self._find, self._duties = desk, find, frozenset(duties)

    def ready(self) -> None:
        """Raise `UsageError` where the credential is not enrolled, or does not sign now."""
        self._now(self._desk.people.roster())

    def over(self, system: str, pieces: Sequence[tuple[str, str, str]]) -> Attested | None:
        """The signed attestation over pieces, given as (id, kind, digest of the body).

        None where there is nothing to attest: no piece, or none that was not attested before by the same principal.
        """
        roster = self._desk.people.roster()
        principal, seals = self._now(roster)
        mine = [made for made in attestations(self._desk, system, roster) if _is_by(made, principal.name)]
        held = {duty for made in mine for duty in made.duties}
        wanted = self._shown(kind for _, kind, _ in pieces)
        before = {name for made in mine for name in made.evidence} if wanted <= held else set[str]()
        new = [row for row in pieces if row[0] not in before]
        if not new:
            return None
        if len(new) > MAX_PIECES:
            raise UsageError(
                f"{len(new):,} pieces are more than the {MAX_PIECES:,} of one attestation", hint="Attach them in parts."
            )
        duties = [duty for duty in DUTIES if duty in self._shown(kind for _, kind, _ in new)]
        named = [(name, digest) for name, _, digest in new]
        envelope = seals.seal(attestation(system, named, duties, principal.name, self._desk.clock()))
        self._require_counted(envelope, principal.name, roster)
        return Attested(
            author=principal.name,
            duties=tuple(duties),
            evidence=tuple(name for name, _ in named),
            draft=signed_draft(EntryType.ATTESTATION, "att", envelope, system),
            envelope=envelope,
        )

    def append(self, system: str, pieces: Sequence[tuple[str, str, str]]) -> Attested | None:
        """Attest pieces that are on record already, and append it."""
        made = self.over(system, pieces)
        if made is not None:
            self._desk.blobs.write({made.draft.record["envelope_digest"]: made.envelope})
            self._desk.ledger.append([made.draft])
        return made

    def _shown(self, kinds: Iterable[str]) -> set[str]:
        known = self._desk.catalogue.kinds
        return {str(known[kind].duty) for kind in set(kinds) if known[kind].duty is not None} | self._duties

    def _now(self, roster: Roster) -> tuple[Principal, Seals]:
        principal, credential, seals = self._find(roster)
        problem = credential.refusal(self._desk.ledger.checkpoint().size, self._desk.clock().date())
        if problem is not None:
            raise UsageError(f"{principal.name}: {problem}", hint="Sign with a key or a token that is enrolled now.")
        return principal, seals

    def _require_counted(self, envelope: bytes, name: str, roster: Roster) -> None:
        """Read back what was signed, as it will be read in the ledger: nothing is appended that would not count."""
        read = statements.read(envelope, where="the attestation", predicate_type=statements.ATTESTATION)
        made = roster.signers(read.envelope, self._desk.ledger.checkpoint().size, self._desk.clock())
        if not any(signer.problem is None and signer.name == name for signer in made):
            raise UsageError(f"the signature that was made is not one of {name}", hint="Nothing was appended.")


def with_key(desk: Desk, key: SigningKey, duties: Sequence[str] = (), second: SigningKey | None = None) -> Attester:
    """Whoever the key is of attests, with a second signature where a second key of the same principal is given."""

    def find(roster: Roster) -> Found:
        principal, credential = _owner(roster, key)
        if second is None:
            return principal, credential, key
        both = Both(key, second)
        both.require_one_owner(roster, desk.ledger.checkpoint().size, desk.clock())
        return principal, credential, both

    return Attester(desk, find, duties)


def with_token(desk: Desk, ask: Ask, duties: Sequence[str] = (), name: str | None = None) -> Attester:
    """A pipeline attests with an identity token. `name` says which, where several are enrolled."""

    def find(roster: Roster) -> Found:
        principal, credential, identity = _pipeline(roster, name)
        if desk.ledger.size_at(desk.clock()) < desk.ledger.checkpoint().size:  # the entry would bear that later moment
            raise UsageError(
                "the clock stands before the last entry of the ledger, and a token counts at the moment of its entry",
                hint="Set this machine's clock.",
            )
        return principal, credential, TokenSeal(identity, ask, desk.clock)

    return Attester(desk, find, duties)


def attestations(desk: Desk, system: str, roster: Roster | None = None) -> list[Made]:
    """The attestations on record for a system, in the order of the ledger."""
    people = roster or desk.people.roster()
    made = []
    for entry in desk.ledger.entries(system=system, only=EntryType.ATTESTATION):
        data = desk.blobs.read(entry.record["envelope_digest"])
        read = statements.read(data, where=entry.id, predicate_type=statements.ATTESTATION)
        counted = [s.name for s in people.signers(read.envelope, entry.seq, entry.recorded_at) if s.problem is None]
        made.append(
            Made(
                entry=entry.id,
                seq=entry.seq,
                by=tuple(dict.fromkeys(counted)),
                duties=tuple(read.predicate["duties"]),
                evidence=tuple(name for name, _ in read.subjects),
            )
        )
    return made


def attested_by(desk: Desk, system: str) -> dict[str, list[Made]]:
    """The attestations that count, by the id of each piece they are over."""
    found: dict[str, list[Made]] = {}
    for made in attestations(desk, system):
        for name in made.evidence if made.by else ():
            found.setdefault(name, []).append(made)
    return found


def _is_by(made: Made, name: str) -> bool:
    return person_key(name) in map(person_key, made.by)


def _owner(roster: Roster, key: SigningKey) -> tuple[Principal, Credential]:
    for principal in roster.principals.values():
        for credential in principal.credentials:
            if credential.by.material == key.public.material:
                return principal, credential
    raise UsageError("this key is not enrolled", where=key.public.fingerprint, hint=_ENROL)


def _pipeline(roster: Roster, name: str | None) -> tuple[Principal, Credential, Token]:
    """The token identity of this name, or the only one."""
    held = [
        (principal, credential, credential.by)
        for principal in roster.principals.values()
        for credential in principal.active()
        if isinstance(credential.by, Token) and (name is None or person_key(principal.name) == person_key(name))
    ]
    if len(held) == 1:
        return held[0]
    if not held:
        said = "no pipeline is enrolled" if name is None else f"{name} is not enrolled with identity tokens"
        raise UsageError(said, hint="Enrol it with: govern people enrol NAME --issuer --subject --jwks")
    listed = ", ".join(sorted(principal.name for principal, _, _ in held))
    raise UsageError(f"{len(held)} pipelines are enrolled", hint=f"Say which one with --as: {listed}.")

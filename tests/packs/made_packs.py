"""A small ledger made by hand, with people, evidence, an attestation and decisions, and the packs of it.

What judgement would say of it is not made: the light verifier binds results by digest alone. Packs that are judged again are
made of the recorded run, in the tests of the whole chain.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from governance.domain.entry import EntryType
from governance.domain.evidence import Attachment, Collector, Evidence, Source, Subject, SubjectType
from governance.domain.seen import evidence_root
from governance.enrolling import People, append_signed, attestation
from governance.ledger.blobs import Blobs
from governance.ledger.store import Draft, Ledger
from governance.packs.build import Parts, build
from governance.packs.redact import build as build_redacted
from governance.parsing import canonical
from governance.proofs import ed25519, note, tree
from governance.proofs.public_keys import PublicKey
from governance.proofs.vkeys import COSIGNER, LOG, VerifierKey
from governance.signing import keys
from governance.verifier import statements, trust
from governance.verifier.brought import Brought
from governance.verifier.meanings import MEANING
from governance.verifier.members import About

if TYPE_CHECKING:
    from pathlib import Path

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from governance.signing.keys import SigningKey

ORIGIN = "test/ledger"
SYSTEM = "elm-desk"
CONTENT = {
    "controls/one.yaml": b"id: one\n",
    "policies/release.yaml": b"id: release\n",
    "templates/card.md": b"# {{ name }}\n",
}
CONTENT_DIGEST = canonical.digest(
    [[path, canonical.sha256(CONTENT[path])] for path in ("controls/one.yaml", "policies/release.yaml")]
)
POLICY_DIGEST = canonical.sha256(b"policy")
IDENTITY = canonical.sha256(b"identity")
START = datetime(2026, 11, 23, 9, tzinfo=UTC)


def attachment(data: bytes, **changed: Any) -> Attachment:
    """What a record says of bytes that are kept beside a body."""
    said = {"name": "samples", "media_type": "application/vnd.apache.arrow.stream+zstd"}
    return Attachment(**{**said, "digest": canonical.sha256(data), "size": len(data), **changed})


@dataclass
class Made:
    """A ledger with everything that is needed to pack it."""

    root: Path
    key: Ed25519PrivateKey = field(default_factory=keys.generate)
    moment: datetime = START
    anchors: dict[str, bytes] = field(default_factory=dict)
    people: dict[str, SigningKey] = field(default_factory=dict)
    witness: Ed25519PrivateKey = field(default_factory=keys.generate)

    def __post_init__(self) -> None:
        self.ledger = Ledger.create(self.root / "ledger.db", origin=ORIGIN, clock=lambda: self.moment)
        self.blobs = Blobs(self.root / "blobs")
        self.public = PublicKey.of_ed25519(ed25519.raw(self.key))
        self.roster = People(self.ledger, self.blobs, self.public, lambda: self.moment)

    def later(self, **by: int) -> None:
        self.moment += timedelta(**by)

    def system(self, **more: Any) -> str:
        body = canonical.dumps(
            {"id": SYSTEM, "name": "Elm desk", "purpose": "Answers", "owner": "Otto Example", **more}
        )
        digest = canonical.sha256(body)
        self.blobs.write({digest: body})
        self.ledger.append(
            [Draft(EntryType.SYSTEM, "sys-" + digest[7:27], SYSTEM, {"body_digest": digest, "body_size": len(body)})]
        )
        return digest

    def content(self, digest: str = CONTENT_DIGEST) -> None:
        body = b'{"files":"elsewhere"}'
        stored = canonical.sha256(body)
        self.blobs.write({stored: body})
        record = {"content_digest": digest, "body_digest": stored, "body_size": len(body)}
        self.ledger.append([Draft(EntryType.CONTENT, "con-" + digest[7:27], None, record)])

    def enrol(self, name: str, *roles: str, valid_until: date | None = None) -> SigningKey:
        mine = keys.of_private(keys.generate())
        self.people[name] = mine
        self.roster.enrol(
            name,
            by=keys.of_private(self.key),
            reason="They joined the team.",
            roles=roles,
            key=mine.public.line,
            valid_until=valid_until,
        )
        return mine

    def evidence(self, count: int = 3, kind: str = "eval-run.v1", first: int = 0) -> list[tuple[str, str]]:
        drafts, bodies, made = [], {}, []
        for number in range(first, first + count):
            said: dict[str, Any] = {"task": f"task-{number}", "score": number / 8, "said": "plain words " * 20}
            table = b"rows of task %d " % number * 20 if number % 10 == 0 else None
            if table is not None:
                bodies[canonical.sha256(table)] = table
                said["table"] = {"size": len(table)}
            body = canonical.dumps(said)
            digest = canonical.sha256(body)
            record = Evidence(
                kind=kind,
                system=SYSTEM,
                subject=Subject(type=SubjectType.MODEL, name="elm"),
                body_digest=digest,
                body_size=len(body),
                effective_at=START,
                effective_clock="tool",
                collector=Collector(name="lm-eval", version="1"),
                sources=(Source(path=f"results-{number}.json", size=len(body), sha256=digest),),
                attachments=None if table is None else (attachment(table),),
            )
            drafts.append(Draft(EntryType.EVIDENCE, record.id, SYSTEM, record.plain()))
            bodies[digest] = body
            made.append((record.id, digest))
        self.blobs.write(bodies)
        self.ledger.append(drafts)
        return made

    def attest(self, pieces: list[tuple[str, str]], name: str, *duties: str) -> str:
        payload = attestation(SYSTEM, pieces, duties, name, self.moment)
        return append_signed(
            self.ledger, self.blobs, EntryType.ATTESTATION, "att", self.people[name].seal(payload), SYSTEM
        )

    def decide(self, name: str, role: str, decision: str = "approve", by: SigningKey | None = None, **more: Any) -> str:
        payload = self.decision(name, role, decision, **more)
        sealed = (by or self.people[name]).seal(payload)
        return append_signed(self.ledger, self.blobs, EntryType.DECISION, "dec", sealed, SYSTEM)

    def decision(self, name: str, role: str, decision: str = "approve", **more: Any) -> bytes:
        head = self.ledger.checkpoint()
        entries = list(self.ledger.entries(system=SYSTEM))
        seen = [tree.leaf_hash(entry.to_bytes()).hex() for entry in entries if entry.type is EntryType.EVIDENCE]
        said = {
            "decision": decision,
            "meaning": MEANING[decision],
            "system": SYSTEM,
            "identity": IDENTITY,
            "identity_name": "elm",
            "signer": name,
            "role": role,
            "reason": "All was looked at.",
            "signed_at": canonical.instant(self.moment),
            "checkpoint": {"origin": ORIGIN, "size": head.size, "root": head.root},
            "policy": "release",
            "policy_digest": POLICY_DIGEST,
            "content_digest": CONTENT_DIGEST,
            "evidence_root": evidence_root(seen),
            "system_digest": [e for e in entries if e.type is EntryType.SYSTEM][-1].record["body_digest"],
            "risk_state": canonical.sha256(b"risks"),
            "gate_answer": "yes",
            "scope": {"uses": [], "places": []},
            "conditions": [],
            "dissent": [],
            "reapprove_on": [],
            "nonce": "0123456789abcdef" * 2,
            **more,
        }
        subjects = [("elm", said["identity"])] if "identity" in said else []
        subjects += [
            ("policy", said["policy_digest"]),
            ("content", said["content_digest"]),
            ("evidence", said["evidence_root"]),
        ]
        subjects += [("system", said["system_digest"]), ("risks", said["risk_state"])]
        return statements.build(statements.DECISION, subjects, said)

    def note(self) -> bytes:
        return note.sign(self.ledger.checkpoint().head, ed25519.raw(self.key), self.key.sign)

    def cosign(self, at: datetime | None = None) -> bytes:
        """The checkpoint as it is now, cosigned by the witness and kept as an anchor."""
        signed = self.note()
        read = note.parse(signed)
        line = note.cosign(read, self.witness_key, self.witness.sign, int((at or self.moment).timestamp()))
        made = note.add(signed, [line])
        self.anchors[f"{read.head.size}-{read.head.root[:8]}/checkpoint"] = made
        return made

    @property
    def witness_key(self) -> VerifierKey:
        return VerifierKey("example.org/witness", COSIGNER, ed25519.raw(self.witness))

    @property
    def log_key(self) -> VerifierKey:
        return VerifierKey(ORIGIN, LOG, ed25519.raw(self.key))

    def parts(self, **changed: Any) -> Parts:
        head = self.ledger.checkpoint()
        about = About(
            program="governance-evidence 0",
            system=SYSTEM,
            on=canonical.instant(self.moment),
            known_at=canonical.instant(self.moment),
            policy="release",
            content_digest=CONTENT_DIGEST,
            checkpoint=head.head,
            ledger_key=self.public.line,
        )
        made = Parts(
            about=about,
            entries=tuple(self.ledger.entries(system=SYSTEM, shared=True)),
            leaves=tuple(tree.leaf_hash(body) for _, body in self.ledger.bodies()),
            note=self.note(),
            content=CONTENT,
            results={
                "results/assessment.json": b'{"controls":[],"system":"elm-desk"}\n',
                "results/gate.json": b'{"answer":"yes","conditions":[],"reason":"all conditions"}\n',
                "results/register.json": b'{"rows":[]}\n',
            },
            documents={"audit-report.html": b"<p>a report</p>", "model-card.md": b"# a card\n"},
            body=self.blobs.read,
            anchors=self.anchors,
            witnesses=(str(self.witness_key),) if self.anchors else (),
        )
        return replace(made, **changed)

    def pack(self, name: str = "pack.zip", **changed: Any) -> Path:
        build(self.root / name, self.parts(**changed), self.key)
        return self.root / name

    def redacted(self, *withhold: str, name: str = "redacted.zip", **changed: Any) -> Path:
        build_redacted(self.root / name, self.parts(**changed), self.key, withhold)
        return self.root / name

    def trust(self, *lines: str, witness: bool = False) -> Path:
        """A trust policy with this log and these lines."""
        quorum = [f"witness w {self.witness_key}", "quorum w"] if witness else ["quorum none"]
        path = self.root / "trust.policy"
        path.write_text("\n".join([f"log {self.log_key}", *quorum, *lines]) + "\n", "utf-8")
        return path

    def signer(self, name: str, *roles: str) -> str:
        return f"signer {','.join(roles)} {self.people[name].public.line} {name}"


def usual(root: Path) -> Made:
    """The ledger that most tests stand on: people, six pieces (two with a table attached), an attestation, a hold and an approval, one anchor."""
    root.mkdir(parents=True, exist_ok=True)
    made = Made(root)
    made.system()
    made.content()
    made.enrol("Tina Example", "trainer")
    made.enrol("Rita Example", "reviewer", "approver")
    pieces = made.evidence(4)
    made.attest(pieces[:2], "Tina Example", "trainer")
    made.later(hours=1)
    made.decide("Rita Example", "reviewer", "hold", signed_at=canonical.instant(made.moment))
    made.cosign()
    made.later(hours=1)
    made.evidence(2, kind="red-team.v1", first=10)
    made.later(hours=1)
    made.decide("Rita Example", "reviewer", "approve", expires="2027-06-30")
    return made


def trusting(made: Made, *lines: str, witness: bool = False) -> Brought:
    """What an auditor brings who pins this log and these lines."""
    return Brought(policy=trust.load(made.trust(*lines, witness=witness)))

"""A small ledger made by hand, and the approval file that its key gives: people, an attestation, decisions, a model of three files."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from governance.parsing import canonical
from governance.proofs import dsse, ed25519, manifest, note, tree, vkeys
from governance.proofs.public_keys import PublicKey
from governance.verifier import approval_file, decided, model_folder, roster, statements
from governance.verifier.decided import Decided
from governance.verifier.decisions import examine
from governance.verifier.meanings import MEANING

if TYPE_CHECKING:
    from pathlib import Path

    from governance.proofs.manifest import Manifest

LEDGER, WITNESS, RITA, ANNA, TOM, OTHER = (Ed25519PrivateKey.from_private_bytes(bytes([n]) * 32) for n in range(11, 17))
ORIGIN = "example.org/ledger"
START = datetime(2026, 11, 1, 9, 0, tzinfo=UTC)
NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
USE = "Answering tickets of the help desk"
CONTENT, POLICY = "sha256:" + "c" * 64, "sha256:" + "d" * 64
FILES = {"model.safetensors": b"\x08weights" * 40, "config.json": b"{}\n", "tokenizer/vocab.txt": b"a\nb\n"}


def line(key: Ed25519PrivateKey) -> str:
    """The public key as OpenSSH writes it."""
    return PublicKey.of_ed25519(ed25519.raw(key)).line


def model(folder: Path) -> Path:
    """The folder with the model."""
    for name, data in FILES.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return folder


def policy_text(*more: str, witness: bool = False, signers: bool = True) -> str:
    """A trust policy for the ledger above."""
    rows = [f"log {vkeys.vkey(ORIGIN, ed25519.raw(LEDGER), vkeys.LOG)}"]
    rows += (
        [f"witness W {vkeys.vkey('witness.example', ed25519.raw(WITNESS), vkeys.COSIGNER)}", "quorum W"]
        if witness
        else ["quorum none"]
    )
    if signers:
        rows += [f"signer reviewer {line(RITA)} Rita Example", f"signer approver {line(ANNA)} Anna Example"]
    return "\n".join([*rows, *more, ""])


@dataclass
class Made:
    """A ledger in the making: `enrol`, `decide`, `attest` append, `file` gives the approval file."""

    rows: Manifest
    lines: list[bytes] = field(default_factory=list)
    bodies: dict[str, bytes] = field(default_factory=dict)
    now: datetime = START
    parts: list[dict[str, Any]] = field(default_factory=list)
    _nonces: itertools.count[int] = field(default_factory=itertools.count)

    def __post_init__(self) -> None:
        base = {"part": "base", "name": "org/base", "digest": None, "revision": "abc", "in_folder": False}
        release = {"part": "release", "name": "model", "digest": self.rows.digest, "revision": None, "in_folder": True}
        self.parts = [release, base]

    @property
    def identity(self) -> str:
        return manifest.identity(self.parts)

    def _append(
        self,
        kind: str,
        predicate_type: str,
        subjects: list[tuple[str, str]],
        said: dict[str, Any],
        key: Ed25519PrivateKey,
    ) -> str:
        self.now += timedelta(hours=1)
        envelope = dsse.seal(statements.build(predicate_type, subjects, said), key)
        digest = canonical.sha256(envelope)
        self.bodies[digest] = envelope
        entry = {
            "schema": "entry.v1", "seq": len(self.lines), "type": kind, "id": f"{kind[:3]}-{digest[7:27]}",
            "recorded_at": canonical.instant(self.now),
            "record": {"envelope_digest": digest, "envelope_size": len(envelope)},
        }  # fmt: skip
        if kind != "principal":
            entry["system"] = said["system"]
        self.lines.append(canonical.dumps(entry))
        return digest

    def nonce(self) -> str:
        return f"{next(self._nonces):032x}"

    def enrol(self, name: str, key: Ed25519PrivateKey, *roles: str) -> str:
        said = {"event": "enrol", "name": name, "kind": "person", "roles": list(roles), "key": line(key), "reason": "known", "at": canonical.instant(self.now), "nonce": self.nonce()}  # fmt: skip
        subject = canonical.sha256(PublicKey.of_ed25519(ed25519.raw(key)).material)
        return self._append("principal", statements.PRINCIPAL, [(name, subject)], said, LEDGER)

    def attest(self, author: str, key: Ed25519PrivateKey, *duties: str) -> str:
        said = {"system": "desk", "author": author, "duties": list(duties), "evidence": ["ev-1234"], "at": canonical.instant(self.now), "nonce": self.nonce()}  # fmt: skip
        return self._append("attestation", statements.ATTESTATION, [("ev-1234", CONTENT)], said, key)

    def decide(self, kind: str, who: str, role: str, key: Ed25519PrivateKey, **more: Any) -> str:
        said = {
            "decision": kind, "meaning": MEANING[kind], "system": "desk", "identity": self.identity, "identity_name": "desk-model",
            "signer": who, "role": role, "reason": "I looked at all of it.", "signed_at": canonical.instant(self.now),
            "checkpoint": {"origin": ORIGIN, "size": len(self.lines), "root": tree.root_of(self.leaves).hex()},
            "policy": "release", "policy_digest": POLICY, "content_digest": CONTENT, "evidence_root": CONTENT,
            "system_digest": CONTENT, "risk_state": CONTENT, "gate_answer": "yes", "scope": {"uses": [USE], "places": ["cloud"]},
            "conditions": [], "dissent": [], "reapprove_on": [], "nonce": self.nonce(), **more,
        }  # fmt: skip
        subjects = [("desk-model", said["identity"]), ("policy", said["policy_digest"]), ("content", said["content_digest"]),
                    ("evidence", CONTENT), ("system", CONTENT), ("risks", CONTENT)]  # fmt: skip
        return self._append("decision", statements.DECISION, subjects, said, key)

    @property
    def leaves(self) -> list[bytes]:
        return [tree.leaf_hash(row) for row in self.lines]

    def note(self, *, key: Ed25519PrivateKey = LEDGER, cosigned: datetime | None = None) -> bytes:
        """The checkpoint, and the cosignature of the witness where a moment is given."""
        made = note.sign(
            note.Head(ORIGIN, len(self.lines), tree.root_of(self.leaves).hex()), ed25519.raw(key), key.sign
        )
        if cosigned is not None:
            by = vkeys.VerifierKey("witness.example", vkeys.COSIGNER, ed25519.raw(WITNESS))
            made = note.add(made, [note.cosign(note.parse(made), by, WITNESS.sign, int(cosigned.timestamp()))])
        return made

    def read(self) -> tuple[list[dict[str, Any]], list[Decided]]:
        """All entries, and the decisions among them as a verifier reads them."""
        from governance.parsing import strict_json

        people, found, listed = roster.Roster(PublicKey.of_ed25519(ed25519.raw(LEDGER))), [], []
        for row in self.lines:
            entry = strict_json.loads(row)
            listed.append(entry)
            data, at = self.bodies[entry["record"]["envelope_digest"]], canonical.moment(entry["recorded_at"])
            if entry["type"] == "principal":
                statement = statements.read(data, where="x", predicate_type=statements.PRINCIPAL)
                people.apply(roster.Event(entry["seq"], at, statement, entry["id"]))
            if entry["type"] == "decision":
                statement = decided.read(data, where="x")
                signer, problem = examine(statement, entry["seq"], at, people)
                digest = entry["record"]["envelope_digest"]
                found.append(Decided(entry["id"], entry["seq"], digest, at, statement.predicate, signer, problem))
        return listed, found

    def file(self, *, as_of: datetime = NOW, key: Ed25519PrivateKey = LEDGER, checkpoint: bytes | None = None,
             leave_out: tuple[str, ...] = (), **more: Any) -> bytes:  # fmt: skip
        """The approval file; `leave_out` are envelopes that the ledger's owner keeps back, in the status and beside it."""
        listed, found = self.read()
        kept = [e for e in listed if e["record"]["envelope_digest"] not in leave_out]
        of = {
            name: [e["record"]["envelope_digest"] for e in kept if e["type"] == name]
            for name in ("decision", "attestation", "principal")
        }
        status: dict[str, Any] = {
            "system": "desk", "name": "desk-model", "identity": self.identity, "state": "approved", "parts": self.parts,
            "policy": "release", "policy_digest": POLICY, "content_digest": CONTENT, "gate_answer": "yes",
            "quorum": [{"role": "reviewer", "people": 1}], **{f"{name}s": value for name, value in of.items()}, "duties": [],
            "met": [], "comes_to": decided.summary([f for f in found if f.digest not in leave_out], POLICY, as_of),
            "as_of": canonical.instant(as_of),
            "checkpoint": {"origin": ORIGIN, "size": len(self.lines), "root": tree.root_of(self.leaves).hex()},
            "ledger_key": line(key), **more,
        }  # fmt: skip
        sealed = dsse.seal(statements.build(statements.APPROVAL, approval_file.subjects(status), status), key)
        stored = tree.levels(self.leaves)
        rows = [
            (self.lines[e["seq"]], self.bodies[e["record"]["envelope_digest"]], e["seq"],
             tree.inclusion(e["seq"], len(self.lines), lambda level, index: stored[level][index]))
            for e in kept
        ]  # fmt: skip
        return approval_file.write(sealed, checkpoint or self.note(key=key), rows, self.rows)


def approved(folder: Path, **more: Any) -> Made:
    """A ledger in which Rita and Anna approved what lies in the folder, and Tom trained it."""
    made = Made(model_folder.take(folder))
    made.enrol("Rita Example", RITA, "reviewer")
    made.enrol("Anna Example", ANNA, "approver", "risk-owner")
    made.enrol("Tom Example", TOM, "trainer", "reviewer")
    made.attest("Tom Example", TOM, "trainer")
    made.decide("approve", "Rita Example", "reviewer", RITA, expires="2026-12-31", **more)
    made.decide("approve", "Anna Example", "approver", ANNA, expires="2027-01-31", **more)
    return made

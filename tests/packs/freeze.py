"""Make a sample that is to verify for ever: a small workspace, its packs, an approval file, and what they came to.

    python -m tests.packs.freeze tests/samples/frozen/NAME

Clock and keys are fixed; salts and nonces are random, so that another run makes another sample of the same form. What was made is
committed and never made again: a new form of ledger, pack or approval gets a folder of its own beside the old ones. The content is
a few files alone, so that a sample stays small; it lies in the sample, and stands still there. No private key is left in it.
"""

from __future__ import annotations

import hashlib
import json
import struct
import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from governance.anchoring.kept import Anchors
from governance.approving import build as build_approval
from governance.collectors.formats.release_parts import Named
from governance.domain.decision import DecisionKind, Scope
from governance.domain.entry import EntryType
from governance.enrolling import append_signed, attestation
from governance.packs.verify import verify
from governance.proofs import ed25519, note, vkeys
from governance.releasing import release
from governance.signing import keys
from governance.workspace import Workspace

if TYPE_CHECKING:
    from governance.signing.keys import SigningKey

ROOT = Path(__file__).parents[2]
SYSTEM, ORIGIN, WITNESS = "elm-desk", "frozen.example/elm-desk", "witness.example"
START = datetime(2026, 11, 23, 9, tzinfo=UTC)
USE = "Drafting an answer that a person at the desk reads"
KINDS = (
    "model-artifacts.v1", "release-manifest.v1", "eval-run.v1", "finding.v1", "compute-environment.v1", "training-run.v1",
    "eval-samples.v1",
)  # fmt: skip
POLICY = """\
id: release
title: Release of the frozen sample
why: Two people answer for a model that is fixed by its digest.
conditions:
  - {id: weights-fixed, why: A name can point to anything., controls_met: {controls: [weights-identified]}}
  - {id: signed, why: Two people answer for it., signed_by: {roles: [reviewer, approver]}}
  - {id: duties-apart, why: Nobody judges their own work., duties_apart: {duties: [trainer]}}
"""
STATED = f"""\
id: {SYSTEM}
name: Elm desk
purpose: Answers short questions of readers about one library
owner: Otto Example
intended_uses: [{USE}]
tier: limited
duties: {{trainer: [Tina Example]}}
"""


class _Clock:
    """A clock that goes on by an hour where it is told to."""

    moment = START

    def __call__(self) -> datetime:
        return self.moment

    def later(self) -> None:
        self.moment += timedelta(hours=1)


def fixed(name: str) -> Ed25519PrivateKey:
    """The key of this name: everybody can make it, so it proves nothing outside of tests."""
    return Ed25519PrivateKey.from_private_bytes(hashlib.sha256(f"frozen sample: {name}".encode()).digest())


def person(name: str) -> SigningKey:
    """What signs for a person."""
    return keys.of_private(fixed(name))


def content() -> dict[str, bytes]:
    """What the sample is judged by: a few files of the catalogue as they are today, and a policy of its own."""
    paths = [f"evidence/kinds/{kind}.yaml" for kind in KINDS] + ["controls/catalogue/weights-identified.yaml"]
    return {"policies/release.yaml": POLICY.encode(), **{path: (ROOT / path).read_bytes() for path in paths}}


def model(folder: Path) -> None:
    """A model of one tensor."""
    folder.mkdir()
    head = json.dumps(
        {"weight": {"dtype": "F32", "shape": [4], "data_offsets": [0, 16]}}, separators=(",", ":")
    ).encode()
    (folder / "model.safetensors").write_bytes(struct.pack("<Q", len(head)) + head + struct.pack("<4f", 0, 1, 2, 3))
    (folder / "config.json").write_text('{"architectures": ["GPT2LMHeadModel"], "model_type": "gpt2"}\n', "utf-8")


def samples(path: Path) -> None:
    """Six samples about two passages, one of them without a score."""
    rows = (
        {
            "doc_id": number, "doc": {"question": f"Question {number}?", "passage": f"Passage {number // 3}."}, "resps": [["x"]],
            "filter": "none", "metrics": ["acc"], "doc_hash": f"{number:064x}", "prompt_hash": f"{number + 100:064x}",
            "target_hash": f"{number + 200:064x}", "acc": None if number == 5 else number % 2,
        }
        for number in range(6)
    )  # fmt: skip
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")


def workspace(root: Path, clock: _Clock) -> Workspace:
    """An empty workspace with the fixed key and the content of the sample."""
    made = Workspace.init(root, origin=ORIGIN, clock=clock)
    (root / "keys" / "ledger.pem").unlink()
    keys.save(fixed("ledger"), root / "keys" / "ledger.pem")
    (root / "keys" / "ledger.pub").write_text(person("ledger").public.line + "\n", "utf-8")
    made.__dict__["content"] = content()
    return made


def fill(made: Workspace, clock: _Clock, folder: Path) -> None:
    """People, a release, an attestation, decisions, an anchor, and a key that was lost with what it signed."""
    stated = folder / "system.yaml"
    stated.write_text(STATED, "utf-8")
    made.add_system(stated)
    stated.unlink()
    for name, *roles in (
        ("Ada Example", "administrator"), ("Tina Example", "trainer"), ("Rita Example", "reviewer"),
        ("Anna Example", "approver", "risk-owner"), ("Lost Example", "reviewer"),
    ):  # fmt: skip
        made.people.enrol(name, by=made.operator, reason="They joined.", roles=roles, key=person(name).public.line)
    clock.later()
    done = release(folder / "model", SYSTEM, Named(base="example/base@abc", runtime="example 1.0"), made)
    asked = folder / "samples_desk_2026-11-23T09-00-00.000000.jsonl"
    samples(asked)
    attached = made.attach([asked], SYSTEM, environment=False)
    asked.unlink()
    pieces = [made.evidence(item.id) for item in (*done.attached.appended, *attached.appended)]
    rows = [(piece.id, piece.record.body_digest) for piece in pieces]
    sealed = person("Tina Example").seal(attestation(SYSTEM, rows, ("trainer",), "Tina Example", clock()))
    append_signed(made.ledger, made.blobs, EntryType.ATTESTATION, "att", sealed, SYSTEM)
    clock.later()
    sign(made, "Rita Example", "reviewer", DecisionKind.HOLD, "The manifest is not read yet.")
    sign(made, "Lost Example", "reviewer", DecisionKind.APPROVE, "Nobody knows who wrote this.")
    made.people.revoke(
        "Lost Example", by=person("Ada Example"), reason="The key was stolen.", since=made.ledger.checkpoint().size - 1
    )
    clock.later()
    bounds = {"expires": date(2027, 6, 30), "scope": Scope(uses=(USE,), places=("cloud",))}
    sign(made, "Rita Example", "reviewer", DecisionKind.APPROVE, "The manifest was read.", **bounds)
    sign(made, "Anna Example", "approver", DecisionKind.APPROVE, "It does what it is for.", **bounds)
    anchor(made, clock)


def sign(made: Workspace, name: str, role: str, kind: DecisionKind, reason: str, **more: object) -> None:
    """Sign a decision through the workspace, with a key that is there only while it signs."""
    path = made.root / "keys" / "person.pem"
    keys.save(fixed(name), path)
    try:
        made.sign(SYSTEM, key_file=path, role=role, decision=kind, reason=reason, **more)
    finally:
        path.unlink()


def witness() -> vkeys.VerifierKey:
    """The key of the witness."""
    return vkeys.VerifierKey(WITNESS, vkeys.COSIGNER, ed25519.raw(fixed("witness")))


def anchor(made: Workspace, clock: _Clock) -> None:
    """The checkpoint as it is, cosigned by the witness and kept."""
    signed = made.checkpoint_note()
    line = note.cosign(note.parse(signed), witness(), fixed("witness").sign, int(clock().timestamp()))
    Anchors(made.root).keep(note.add(signed, [line]), witness())


def policy(made: Workspace) -> str:
    """What an auditor holds who knows all of these people."""
    log = vkeys.VerifierKey(ORIGIN, vkeys.LOG, ed25519.raw(fixed("ledger")))
    signers = (("reviewer", "Rita Example"), ("approver,risk-owner", "Anna Example"))
    return "\n".join(
        [
            f"log {log}", f"witness W {witness()}", "quorum W",
            *(f"signer {roles} {person(name).public.line} {name}" for roles, name in signers),
            "approval reviewer 1", "approval approver 1", "",
        ]
    )  # fmt: skip


def freeze(out: Path) -> None:
    """Make everything in a new folder."""
    out.mkdir(parents=True)
    clock = _Clock()
    model(out / "model")
    made = workspace(out / "workspace", clock)
    fill(made, clock, out)
    clock.later()
    made.pack(SYSTEM, out / "pack.zip", documents={})
    made.pack(SYSTEM, out / "redacted.zip", withhold=["model-artifacts.v1", "eval-samples.v1"])
    case, held = made.case(SYSTEM), made.ledger
    (out / "approval.json").write_bytes(
        build_approval(
            case, [*held.shared(), *held.entries(system=SYSTEM)], raw=made.blobs.read, inclusion=held.inclusion,
            notes=[*(each.note for each in Anchors(made.root).all()), made.checkpoint_note(case.checkpoint)],
            key=made.operator,
        )
    )  # fmt: skip
    (out / "trust.policy").write_text(policy(made), "utf-8")
    (out / "expected.json").write_text(json.dumps(expected(made, out), indent=2, sort_keys=True) + "\n", "utf-8")
    made.ledger.close()
    (made.root / "keys" / "ledger.pem").unlink()
    (made.root / "anchors" / ".lock").unlink(missing_ok=True)
    for left in made.root.rglob("*"):
        if left.suffix == ".pem" or left.name.endswith(("-wal", "-shm")):
            raise SystemExit(f"{left} was left behind")


def expected(made: Workspace, out: Path) -> dict[str, object]:
    """What verifying must come to for ever."""
    head, case, found = made.ledger.checkpoint(), made.case(SYSTEM), verify(out / "pack.zip")
    assert found.ok, (found.problems, found.duties, found.unmet)
    return {
        "checkpoint": head.plain(),
        "entries": [entry.id for entry in sorted([*made.ledger.shared(), *made.ledger.entries(system=SYSTEM)],
                                                  key=lambda entry: entry.seq)],
        "decisions": [[each.id, each.valid, each.problem] for each in case.dossier.decisions],
        "gate": case.gate.answer.value,
        "identity": case.assessment.identity.digest,
        "judged_at": made.clock().isoformat(),
        "approved_until": "2027-06-30",
        "use": USE,
    }  # fmt: skip


def folder(arguments: list[str]) -> Path:
    """The folder that was named. Raises `SystemExit` for anything else, such as a question for help, of which none is made."""
    if len(arguments) != 1 or arguments[0].startswith("-"):
        raise SystemExit(
            "usage: python -m tests.packs.freeze tests/samples/frozen/NAME (a name without a dash before it)"
        )
    return Path(arguments[0])


if __name__ == "__main__":
    freeze(folder(sys.argv[1:]))

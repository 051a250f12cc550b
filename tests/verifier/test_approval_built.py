"""The approval file as it is built from a case and a ledger, and believed by the verifier."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from governance.approving import build
from governance.attaching import attach
from governance.collectors.formats.release_parts import Named
from governance.content import cache, places
from governance.deciding import Wish, decide
from governance.domain.decision import DecisionKind, Scope
from governance.domain.entry import EntryType
from governance.domain.system import System
from governance.enrolling import People
from governance.errors import CouldNotTell
from governance.ledger.blobs import Blobs
from governance.ledger.store import Draft, Ledger
from governance.packs.judgement import dossier_of, judge
from governance.parsing import canonical, strict_json
from governance.proofs import ed25519, note, vkeys
from governance.releasing import release
from governance.signing import keys
from governance.verifier import approval, trust

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from governance.domain.case import Case

RECORDED = Path(__file__).parents[2] / "evidence" / "recorded" / "smollm2-elm-desk"
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


@dataclass
class Desk:
    """A ledger with the model of the recorded run, and Rita who may review."""

    ledger: Ledger
    blobs: Blobs
    own: Ed25519PrivateKey
    rita: Ed25519PrivateKey
    people: People

    def case(self) -> Case:
        entries = [*self.ledger.shared(), *self.ledger.entries(system="elm-desk")]
        key = keys.of_private(self.own).public
        dossier = dossier_of(
            "elm-desk", sorted(entries, key=lambda e: e.seq), lambda d: strict_json.loads(self.blobs.read(d)),
            self.blobs.read, key, self.ledger.checkpoint().size,
        )  # fmt: skip
        catalogue = cache.load(places.read_all([places.builtin_root()]))
        return judge(dossier, catalogue, "release", self.ledger.checkpoint(), NOW)

    def sign(self, kind: DecisionKind, **more: Any) -> None:
        wish = Wish(kind, "reviewer", "I looked at all of it.", **more)
        _, envelope = decide(self.case(), self.people.roster(), NOW, keys.of_private(self.rita), wish)
        digest = canonical.sha256(envelope)
        self.blobs.write({digest: envelope})
        record = {"envelope_digest": digest, "envelope_size": len(envelope)}
        self.ledger.append([Draft(EntryType.DECISION, f"dec-{digest[7:27]}", "elm-desk", record)])

    def build(self) -> bytes:
        head = self.ledger.checkpoint().head
        signed = note.sign(head, ed25519.raw(self.own), self.own.sign)
        entries = [*self.ledger.shared(), *self.ledger.entries(system="elm-desk")]
        return build(
            self.case(), entries, raw=self.blobs.read, inclusion=self.ledger.inclusion, notes=[signed],
            key=keys.of_private(self.own),
        )  # fmt: skip


@pytest.fixture
def model(tmp_path: Path) -> Path:
    return Path(shutil.copytree(RECORDED / "run", tmp_path / "model"))


@pytest.fixture
def desk(tmp_path: Path, model: Path) -> Desk:
    own, rita = keys.generate(), keys.generate()
    ledger = Ledger.create(tmp_path / "ledger.db", origin="test/ledger", clock=lambda: NOW)
    blobs = Blobs(tmp_path / "blobs")
    from governance.content import loader

    system = loader.read(System, (RECORDED / "system.yaml").read_bytes(), where="system.yaml")
    body = canonical.dumps(system.plain())
    blobs.write({canonical.sha256(body): body})
    record = {"body_digest": canonical.sha256(body), "body_size": len(body)}
    ledger.append([Draft(EntryType.SYSTEM, "sys-1", "elm-desk", record)])
    catalogue = cache.load(places.read_all([places.builtin_root()]))
    attach([model], "elm-desk", catalogue=catalogue, ledger=ledger, blobs=blobs, now=NOW, how={"environment": False})
    public = keys.of_private(own).public
    people = People(ledger, blobs, public, lambda: NOW)
    people.enrol(
        "Rita Example", by=keys.of_private(own), reason="She reviews.", roles=["reviewer"],
        key=keys.of_private(rita).public.line,
    )  # fmt: skip
    return Desk(ledger, blobs, own, rita, people)


def test_what_is_built_is_believed_for_these_files_alone(desk: Desk, tmp_path: Path) -> None:
    uses = ("Answering tickets of the help desk",)
    desk.sign(DecisionKind.APPROVE, expires=NOW.date() + timedelta(days=30), scope=Scope(uses=uses))
    (tmp_path / "approval.json").write_bytes(desk.build())
    pinned = keys.of_private(desk.rita).public.line
    log = vkeys.vkey("test/ledger", ed25519.raw(desk.own), vkeys.LOG)
    policy = trust.parse(f"log {log}\nquorum none\nsigner reviewer {pinned} Rita Example\n".encode())
    read = approval.approval_file.read((tmp_path / "approval.json").read_bytes())
    copy = tmp_path / "copy"
    for row in read.manifest.rows:  # no release was named: the files that a loader reads are the model
        (copy / row.path).parent.mkdir(parents=True, exist_ok=True)
        found = next(
            path for path in (tmp_path / "model").rglob(Path(row.path).name) if path.stat().st_size == row.size
        )
        shutil.copy(found, copy / row.path)
    report = approval.verify_model(copy, tmp_path / "approval.json", policy, use=uses[0], at=NOW)
    assert report.ok, report.problems
    assert "no release was named" in report.lines["LIMITS"]
    (copy / "more.bin").write_bytes(b"x")
    assert approval.verify_model(copy, tmp_path / "approval.json", policy, at=NOW).exit_code == 4


def test_where_no_approval_is_in_force_nothing_is_built_and_the_reason_is_given(desk: Desk) -> None:
    with pytest.raises(CouldNotTell, match="no approval"):
        desk.build()
    desk.sign(DecisionKind.APPROVE)
    assert desk.build()
    desk.sign(DecisionKind.REVOKE)
    with pytest.raises(CouldNotTell, match="revoke"):
        desk.build()


def test_of_a_release_every_file_of_the_folder_counts(desk: Desk, model: Path, tmp_path: Path) -> None:
    (model / "README.md").write_text("For people.\n")
    release(model, "elm-desk", Named(base="org/base@abc", runtime="vllm 0.9.2"), Office(desk, tmp_path))
    desk.sign(DecisionKind.APPROVE)
    read = approval.approval_file.read(desk.build())
    assert "README.md" in read.manifest.by_path
    outside = [part["part"] for part in read.status["parts"] if not part["in_folder"]]
    assert {"base", "runtime"} <= set(outside)
    assert not {"release", "adapter", "tokenizer", "full-model"} & set(outside)
    (tmp_path / "approval.json").write_bytes(desk.build())
    found = approval.verify_model(model, tmp_path / "approval.json", None, at=NOW)
    assert found.exit_code == 3
    assert "all that was approved" in found.lines["MODEL"]
    assert "base org/base" in found.lines["LIMITS"]
    assert "no release was named" not in found.lines["LIMITS"]


class Office:
    """What releasing needs of a workspace."""

    def __init__(self, desk: Desk, root: Path) -> None:
        self.root, self.ledger, self.blobs, self._desk = root / "workspace", desk.ledger, desk.blobs, desk
        self.clock = lambda: NOW
        self.catalogue = cache.load(places.read_all([places.builtin_root()]))

    def attach(self, paths: Any, system: str, **how: Any) -> Any:
        how = {"environment": False} | how
        return attach(paths, system, catalogue=self.catalogue, ledger=self.ledger, blobs=self.blobs, now=NOW, how=how)

    def dossier(self, system: str) -> Any:
        return self._desk.case().dossier

    def evidence(self, prefix: str) -> Any:
        return self._desk.case().dossier.by_id[self.ledger.find(prefix).id]

"""A release: one whole folder, and what goes with it, under one identity.

Evidence about weights stays bound to the files that a loader reads (`model-artifacts.v1`), so that a README beside them does not
make evaluations void. What is approved and deployed is more than that: every file of the folder, the base, the tokenizer, the
runtime. This records it as `release-manifest.v1`, tied to the weights it contains.

The folder is listed and hashed first, then attached as `govern attach` does, and the two must agree. Nothing is appended for
a folder that can not be a release. The same folder again appends nothing.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, Unpack

from governance.attaching import Kinds
from governance.collectors.formats.release_parts import Named, compose
from governance.domain.entry import EntryType
from governance.domain.evidence import Collector, Evidence, Piece, Role, Source, Subject, SubjectType
from governance.domain.identity import RELEASE, ModelIdentity
from governance.errors import UnreadableError, UsageError
from governance.ledger.store import Draft
from governance.parsing import canonical
from governance.verifier import hash_cache, model_folder

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime
    from pathlib import Path

    from governance.attaching import Attached, Attested, How, Item
    from governance.domain.catalogue import Catalogue
    from governance.domain.dossier import Dossier
    from governance.ledger.blobs import Blobs
    from governance.ledger.store import Ledger
    from governance.proofs.manifest import Manifest

ARTIFACTS = "model-artifacts.v1"
COLLECTOR = Collector(name="release", version="1")


class Desk(Protocol):
    """What a release needs of a workspace."""

    root: Path
    ledger: Ledger
    blobs: Blobs
    clock: Callable[[], datetime]

    @property
    def catalogue(self) -> Catalogue:
        """The content, which knows the kinds."""

    def attach(self, paths: Sequence[Path], system: str, **how: Unpack[How]) -> Attached:
        """Read what lies under the paths and append it."""

    def evidence(self, prefix: str) -> Piece:
        """One piece of evidence by its id."""

    def dossier(self, system: str) -> Dossier:
        """All that the ledger holds about a system. Raises `UsageError` for one it does not know."""


@dataclass(frozen=True)
class Released:
    """What a release came to. `stands` is false where the system file names another candidate."""

    entry: str
    new: bool
    identity: ModelIdentity
    manifest: Manifest
    weights: str
    stands: bool
    before: ModelIdentity | None
    conflicts: tuple[str, ...]
    attached: Attached
    attested: Attested | None = None


class Attester(Protocol):
    """Somebody who attests a release."""

    def ready(self) -> None:
        """Raise `UsageError` where they could not sign now, before anything is read."""

    def append(self, system: str, pieces: Sequence[tuple[str, str, str]]) -> Attested | None:
        """Attest pieces that are on record, given as (id, kind, digest of the body); None where they did so before."""


def release(
    folder: Path,
    system: str,
    named: Named,
    desk: Desk,
    *,
    paranoid: bool = False,
    attest: Attester | None = None,
    progress: Callable[[str, int, int], None] | None = None,
) -> Released:
    """Record a folder as the release of a system. Digests from before are used unless `paranoid`.

    `attest` puts a name to the release and to all that was attached with it, in one attestation after them.

    Raises `UnreadableError` for what can not be in a release, `UsageError` for a folder without a model or with several.
    """
    if _holds(folder, desk.root):
        raise UsageError(
            "the workspace lies in this folder, so that it changes with every entry",
            where=str(folder),
            hint="Release a folder that holds the model alone.",
        )
    before = desk.dossier(system).identity
    if attest is not None:
        attest.ready()
    known = hash_cache.in_memory() if paranoid else hash_cache.opened(str(folder)) or hash_cache.in_memory()
    try:
        named.look()
        manifest = model_folder.take(folder, known=known, progress=progress)
        brought = named.read(known)
        attached = desk.attach([folder], system, environment=False, known=known)
        item = _model_of([*attached.appended, *attached.unchanged], named.model, folder)
        artifacts = desk.evidence(item.id)
        place = item.path.rpartition("/")[0]
        _must_agree(manifest, artifacts, place, folder)
        parts, conflicts = compose(folder, manifest, artifacts, place, brought)
    finally:
        known.close()
    name = str(artifacts.body["name"])
    identity = ModelIdentity.model_validate(
        {
            "name": name,
            "parts": [{key: part[key] for key in ("part", "name", "digest", "revision")} for part in parts],
        }
    )
    body = {
        "name": name,
        "identity": identity.digest,
        "manifest_digest": manifest.digest,
        "total_bytes": manifest.total_bytes,
        "parts": parts,
    }
    _make_candidate(system, artifacts, desk)
    entry, new = _append(system, artifacts, body, conflicts, manifest, desk)
    return Released(
        entry=entry,
        new=new,
        identity=identity,
        manifest=manifest,
        weights=str(artifacts.record.subject.digest),
        stands=_stands(desk.dossier(system), identity),
        before=before,
        conflicts=conflicts,
        attached=attached,
        attested=attest.append(system, _pieces(desk, system, attached, entry)) if attest is not None else None,
    )


def _pieces(desk: Desk, system: str, attached: Attached, release: str) -> list[tuple[str, str, str]]:
    """(id, kind, digest of the body) of what was attached, of the weights under their role, and of the release."""
    dossier = desk.dossier(system)
    ids = [item.id for item in (*attached.appended, *attached.unchanged)]
    weights = dossier.by_id[release].record.subject.digest
    if dossier.candidate is not None and dossier.candidate.record.subject.digest == weights:
        ids.append(dossier.candidate.id)
    return [
        (piece.id, piece.record.kind, piece.record.body_digest)
        for piece in (dossier.by_id[name] for name in dict.fromkeys([*ids, release]))
    ]


def _stands(dossier: Dossier, identity: ModelIdentity) -> bool:
    return dossier.identity is not None and dossier.identity.digest == identity.digest


def _holds(folder: Path, root: Path) -> bool:
    outer, inner = os.path.realpath(folder), os.path.realpath(root)
    return os.path.commonpath([outer, inner]) == outer


def _model_of(items: Sequence[Item], wanted: str | None, folder: Path) -> Item:
    """The one model that the release is of: at the top of the folder, else the only one below, else the one that was named."""
    models = [item for item in items if item.kind == ARTIFACTS and item.bound_to is not None]
    if wanted is not None:
        text = wanted.strip("/")
        fits = [item for item in models if text in {item.path, item.path.rpartition("/")[0]}]
    else:
        fits = [item for item in models if "/" not in item.path] or models
    if len(fits) == 1:
        return fits[0]
    listed = ", ".join(sorted(item.path for item in models)[:10])
    if not models:
        raise UsageError(
            "there is no model in it", where=str(folder), hint="Name the folder in which weights or an adapter lie."
        )
    raise UsageError(
        f"it holds {len(models)} models, and {len(fits)} of them fit",
        where=str(folder),
        hint=f"Say which one with --model PATH: {listed}.",
    )


def _must_agree(manifest: Manifest, artifacts: Piece, place: str, folder: Path) -> None:
    """Raise where what was attached is not what was listed: somebody changed it in between."""
    inside = manifest.under(place).by_path
    for row in artifacts.body["files"]:
        found = inside.get(row["path"])
        if found is None or (found.size, found.sha256) != (row["size"], row["sha256"]):
            raise UnreadableError("it changed while it was read", where=f"{folder}/{row['path']}")


def _make_candidate(system: str, artifacts: Piece, desk: Desk) -> None:
    """Record the weights as those to be released, where the ledger would take others for them."""
    present = desk.dossier(system).candidate
    subject = artifacts.record.subject
    if present is not None and present.record.subject.digest == subject.digest:
        return
    told = "named by govern release" + (f", after {present.id}" if present else "")
    made = artifacts.record.model_copy(
        update={"subject": subject.model_copy(update={"role": Role.CANDIDATE, "bound_by": told})}
    )
    desk.ledger.append([Draft(EntryType.EVIDENCE, made.id, system, made.plain())])


def _append(
    system: str,
    artifacts: Piece,
    body: dict[str, Any],
    conflicts: tuple[str, ...],
    manifest: Manifest,
    desk: Desk,
) -> tuple[str, bool]:
    """Append the release. Returns (entry id, whether it is new)."""
    Kinds(desk.catalogue).require(RELEASE, body)
    data = canonical.dumps(body)
    digest = canonical.sha256(data)
    weights = artifacts.record.subject.digest
    earlier = [piece for piece in desk.dossier(system).of_kind(RELEASE) if piece.record.subject.digest == weights]
    if earlier and earlier[-1].body["identity"] == body["identity"]:
        return earlier[-1].id, False
    tied = "the files of it that a loader reads"
    if any(piece.record.body_digest == digest for piece in earlier):
        tied += f"; released again, after {earlier[-1].id}"
    name = str(body["name"])
    record = Evidence(
        kind=RELEASE,
        system=system,
        subject=Subject(type=SubjectType.MODEL, name=name[:500], digest=weights, role=Role.CANDIDATE, bound_by=tied),
        body_digest=digest,
        body_size=len(data),
        effective_at=desk.clock(),
        effective_clock="observed",
        collector=COLLECTOR,
        sources=(Source(path=name, size=manifest.total_bytes, sha256=manifest.digest),),
        conflicts=conflicts or None,
    )
    desk.blobs.write({digest: data})
    desk.ledger.append([Draft(EntryType.EVIDENCE, record.id, system, record.plain())])
    return record.id, True

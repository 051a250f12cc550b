"""Who signed the source revisions that the evidence of a system names, recorded beside that evidence.

The revision is looked up in a clone of the repository. What was said of it before is kept, `signed` is answered, and `signature` says by
whom, with which key, or why not. The bytes of the commit are named by digest and not kept, because they hold names and addresses
of people. The same answer again appends nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from governance.attaching import Kinds
from governance.domain.entry import EntryType
from governance.domain.evidence import Collector, Evidence, Source
from governance.errors import CouldNotTell, UsageError
from governance.ledger.store import Draft
from governance.parsing import canonical
from governance.signing import git_signatures

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime
    from pathlib import Path

    from governance.domain.catalogue import Catalogue
    from governance.domain.dossier import Dossier
    from governance.domain.evidence import Piece
    from governance.ledger.blobs import Blobs
    from governance.ledger.store import Ledger
    from governance.signing.git_signatures import GitObject, GitSigner
    from governance.verifier.roster import Roster

REVISION, RUN = "source-revision.v1", "training-run.v1"
COLLECTOR = Collector(name="git-signature", version="1")
_UNKNOWN = {
    "repository": None, "branch": None, "tag": None, "uncommitted_changes": None, "untracked_files": None,
    "entry_point": None, "tool": {"name": "git", "version": None},
}  # fmt: skip


class Desk(Protocol):
    """What this needs of a workspace."""

    ledger: Ledger
    blobs: Blobs
    clock: Callable[[], datetime]

    @property
    def catalogue(self) -> Catalogue:
        """The content, which knows the kinds."""

    def dossier(self, system: str) -> Dossier:
        """All that the ledger holds about a system. Raises `UsageError` for one it does not know."""


@dataclass(frozen=True)
class Looked:
    """A revision that was looked at: what names it, who signed, the piece that says so, and whether that is new."""

    commit: str
    named_by: str
    signers: tuple[tuple[str, GitSigner], ...]
    evidence: str
    new: bool

    @property
    def by(self) -> str | None:
        """Who signed the commit, or the tag on it."""
        return next((signer.by for _, signer in self.signers if signer.by is not None), None)


def look(repository: Path, system: str, desk: Desk, roster: Roster, *, tag: str | None = None) -> list[Looked]:
    """Look at every revision that the evidence of a system names, and record who signed it.

    `tag` is a signed tag on one of them, which counts where the commit itself bears no signature that does. Raises
    `CouldNotTell` where no evidence names a revision, `UsageError` for one that the repository does not hold.
    """
    named = _named(desk.dossier(system))
    if not named:
        raise CouldNotTell(
            "no evidence of it names a revision of code",
            where=system,
            hint="Attach the training run, or the revision as declared evidence of the kind source-revision.v1.",
        )
    objects = {commit: git_signatures.read(repository, commit) for commit in named}
    if tag is not None:
        tagged = git_signatures.read(repository, tag)
        if tagged[0].id not in objects:
            raise UsageError(f"{tag} is on {tagged[0].id}, which no evidence of {system} names", where=str(repository))
        objects[tagged[0].id] = tagged
    seq, moment = desk.ledger.checkpoint().size, desk.clock()
    found = {
        commit: tuple((each.kind, git_signatures.signer_of(each, roster, seq, moment)) for each in rows)
        for commit, rows in objects.items()
    }
    records = {commit: _record(piece, commit, objects[commit], found[commit], tag) for commit, piece in named.items()}
    kinds = Kinds(desk.catalogue)
    for body, _ in records.values():
        kinds.require(REVISION, body)
    desk.blobs.write({record.body_digest: canonical.dumps(body) for body, record in records.values()})
    drafts = [Draft(EntryType.EVIDENCE, record.id, system, record.plain()) for _, record in records.values()]
    new = {entry.id for entry in desk.ledger.append(drafts).entries}
    return [
        Looked(commit, named[commit].id, found[commit], record.id, record.id in new)
        for commit, (_, record) in records.items()
    ]


def _named(dossier: Dossier) -> dict[str, Piece]:
    """The piece that names each commit: what states a revision before a run that only mentions it, the first of each.

    What this recorded before is passed over, so that the same answer has the same id.
    """
    found: dict[str, Piece] = {}
    for kind, field in ((REVISION, "commit"), (RUN, "code_revision")):
        for piece in dossier.of_kind(kind):
            commit = piece.body.get(field)
            ours = piece.record.collector.name == COLLECTOR.name
            if isinstance(commit, str) and git_signatures.COMMIT_ID.match(commit) and not ours:
                found.setdefault(commit, piece)
    return found


def _record(
    piece: Piece, commit: str, objects: Sequence[GitObject], signers: Sequence[tuple[str, GitSigner]], tag: str | None
) -> tuple[dict[str, Any], Evidence]:
    counted = [signer for _, signer in signers if signer.by is not None]
    looked = any(signer.form in ("ssh", "none") for _, signer in signers)
    body: dict[str, Any] = {**(piece.body if piece.record.kind == REVISION else _UNKNOWN), "commit": commit}
    body["signed"] = True if counted else (False if looked else None)
    body["signature"] = [
        {"of": kind, "form": signer.form, "by": signer.by, "credential": signer.credential, "problem": signer.problem}
        for kind, signer in signers
    ]
    if tag is not None and len(objects) > 1:
        body["tag"] = tag.removeprefix("refs/tags/")[:300]
    data = canonical.dumps(body)
    was = piece.record
    return body, Evidence(
        kind=REVISION,
        system=was.system,
        subject=was.subject,
        body_digest=canonical.sha256(data),
        body_size=len(data),
        quality=was.quality,
        quality_reasons=was.quality_reasons,
        effective_at=was.effective_at,
        effective_clock=was.effective_clock,
        collector=COLLECTOR,
        declared_by=was.declared_by,
        tool=was.tool if was.kind == REVISION else "git",
        tool_version=was.tool_version if was.kind == REVISION else None,
        sources=tuple(
            Source(path=f"{each.kind} {each.id}", size=len(each.data), sha256=canonical.sha256(each.data))
            for each in objects
        ),
    )

"""From files to entries: read, check against the kind, append what is new, list what could not be read.

All pieces of one attach are appended in one transaction, after every one of them fits its kind. A piece that does not fit is
listed with the reason like a file that could not be read, and nothing of it is kept. Where somebody attests them, the attestation
is signed before anything is appended and goes into the same transaction: there is no evidence without it, and none without evidence.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Protocol, TypedDict

import jsonschema_rs
from pydantic import ValidationError

from governance.assurance.applicability import numbers
from governance.assurance.differences import differences, told
from governance.domain import faults
from governance.domain.applicability import SERIES, SOA_KIND, Statement
from governance.domain.entry import EntryType
from governance.domain.evidence import Attachment, Evidence, Subject
from governance.domain.target import TARGET_KIND, TargetProfile
from governance.errors import ContentError, UnreadableError, UsageError
from governance.ledger.store import Draft
from governance.parsing import canonical

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime
    from pathlib import Path

    from governance.assurance.differences import Told
    from governance.collectors.reading.answers import Found, Look
    from governance.domain.catalogue import Catalogue
    from governance.domain.difference import Difference
    from governance.domain.evidence import Role
    from governance.domain.kind import Kind
    from governance.ledger.blobs import Blobs
    from governance.ledger.store import Ledger
    from governance.verifier.hashing import Known


@dataclass(frozen=True)
class Item:
    """One piece as it was attached."""

    id: str
    kind: str
    path: str
    collector: str
    tool: str | None
    tool_version: str | None
    quality: str
    quality_reasons: tuple[str, ...]
    declared_by: str | None
    subject_type: str
    subject: str
    role: str | None
    bound_to: str | None
    bound_by: str | None
    conflicts: tuple[str, ...]
    redacted: int


@dataclass(frozen=True)
class Attested:
    """An attestation that was signed: by whom, over which pieces, and the duties it shows. `draft` names the envelope."""

    author: str
    duties: tuple[str, ...]
    evidence: tuple[str, ...]
    draft: Draft
    envelope: bytes


class Attests(Protocol):
    """Somebody who attests what is attached."""

    def ready(self) -> None:
        """Raise `UsageError` where they could not sign now, before anything is read."""

    def over(self, system: str, pieces: Sequence[tuple[str, str, str]]) -> Attested | None:
        """Sign for pieces, given as (id, kind, digest of the body); None where they attested all of them before."""


@dataclass(frozen=True)
class Unread:
    """A path that gave nothing; `named` when the caller asked for this very path."""

    path: str
    reason: str
    named: bool
    collector: str | None = None


@dataclass(frozen=True)
class Attached:
    """What an attach came to."""

    appended: tuple[Item, ...]
    unchanged: tuple[Item, ...]
    not_read: tuple[Unread, ...]
    looks: tuple[Look, ...] = ()
    differences: tuple[Difference, ...] = ()
    """What two tools of this attach tell differently."""
    attested: Attested | None = None
    """The attestation that was appended with it, if one was."""

    @property
    def named_but_not_read(self) -> bool:
        """Whether a path that was named explicitly gave nothing."""
        return any(row.named for row in self.not_read)


class How(TypedDict, total=False):
    """What a user may say of an attach; each may be left out."""

    about: Role | None
    """Which part the models play that the facts speak of."""
    names: Mapping[str, str]
    """Names that tools wrote, each with the folder or digest of the weights it stands for."""
    place: str | None
    """Where the model answered that logs of requests tell of: cloud, on-device or on-premises."""
    effective: datetime | None
    """When it was true, where the tool left no clock."""
    environment: bool
    """Whether this machine is recorded where the run recorded none."""
    progress: Callable[[str, int, int], None] | None
    """Told path, bytes done and bytes in all while large files are hashed."""
    explain: bool
    """Whether to say who looked at which file, and why it was passed over."""
    attest: Attests | None
    """Who attests the pieces, those that were on record before among them."""
    known: Known | None
    """Digests of large files from before; without it every byte is read."""


def attach(
    paths: Sequence[Path],
    system: str,
    *,
    catalogue: Catalogue,
    ledger: Ledger,
    blobs: Blobs,
    now: datetime,
    how: How,
) -> Attached:
    """Attach everything that can be read under the paths to a system."""
    from governance.collectors.reading.binding import Declared
    from governance.collectors.reading.collect import collect

    names, attest = how.get("names", {}), how.get("attest")
    if attest is not None:
        attest.ready()
    reading = collect(
        paths,
        declared=Declared(
            about=how.get("about"),
            names=names,
            place=how.get("place"),
            earlier=_weights_before(ledger, system) if names else (),
        ),
        effective=how.get("effective"),
        environment=how.get("environment", True),
        progress=how.get("progress"),
        explain=how.get("explain", False),
        known=how.get("known"),
    )
    named = {path.name for path in paths if not path.is_dir()} | {str(path) for path in paths}
    unread = [Unread(row.path, row.reason, row.path in named, row.collector or None) for row in reading.not_read]
    check = Kinds(catalogue)
    items: dict[str, Item] = {}
    compared: dict[str, Told] = {}
    drafts: list[Draft] = []
    bodies: dict[str, bytes] = {}
    for found in reading.found:
        try:
            whole(found.kind, found.body, catalogue)  # first: it names the row, which a schema can not
            check.require(found.kind, found.body)
            _may_be_declared(found, catalogue, now)
            record, kept = _record(found, system)
            plain = record.plain()
        except ContentError:
            raise
        except UnreadableError as error:
            unread.append(Unread(found.path, str(error), found.path in named, found.collector.name))
            continue
        except ValidationError as error:
            unread.append(Unread(found.path, faults.first(error), found.path in named, found.collector.name))
            continue
        evidence_id = record.id
        items.setdefault(evidence_id, _item(evidence_id, found, record))
        compared.setdefault(evidence_id, told(evidence_id, record, found.body))
        drafts.append(Draft(EntryType.EVIDENCE, evidence_id, system, plain))
        bodies |= kept
    attested = attest.over(system, _pieces(drafts)) if attest is not None else None
    if attested is not None:
        bodies[attested.draft.record["envelope_digest"]] = attested.envelope
    blobs.write(bodies)
    appended = ledger.append([*drafts, attested.draft] if attested else drafts)
    return Attached(
        appended=tuple(items[entry.id] for entry in appended.entries if entry.id in items),
        unchanged=tuple(items[evidence_id] for evidence_id in appended.unchanged),
        not_read=tuple(unread),
        looks=reading.looks,
        differences=differences(compared.values()),
        attested=attested,
    )


def _pieces(drafts: Sequence[Draft]) -> list[tuple[str, str, str]]:
    """(id, kind, digest of the body) of each piece, once."""
    rows = {draft.id: (draft.id, draft.record["kind"], draft.record["body_digest"]) for draft in drafts}
    return list(rows.values())


def _weights_before(ledger: Ledger, system: str) -> tuple[Subject, ...]:
    """The weights that were attached to a system before, the newest of each digest."""
    made = {}
    for entry in ledger.entries(system=system):
        if entry.type is EntryType.EVIDENCE and entry.record.get("kind") == "model-artifacts.v1":
            subject = Evidence.model_validate(entry.record).subject
            made[subject.digest] = subject
    return tuple(made.values())


def validator(kind: Kind) -> jsonschema_rs.Validator:
    """What holds a body against the schema of a kind. It fetches nothing. Raises `ContentError` for what is no schema."""
    try:
        return jsonschema_rs.Draft202012Validator(kind.body, retriever=_fetches_nothing)
    except ValueError as error:
        said = str(getattr(error, "message", error)).strip().split("\n")[0]
        raise ContentError(
            f"the body is no JSON Schema: {said}",
            where=f"evidence/kinds/{kind.id}.yaml",
            hint="Run: govern content check",
        ) from None


def _fetches_nothing(uri: str) -> Any:
    raise ValueError(f"{uri} lies outside the file, and nothing is fetched")


class Kinds:
    """The schemas of the catalogue, compiled when first asked for."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._compiled: dict[str, Any] = {}

    def require(self, kind: str, body: dict[str, Any]) -> None:
        """Raise `UnreadableError` with the place where a body does not fit its kind."""
        if kind not in self._compiled:
            if kind not in self._catalogue.kinds:
                raise UnreadableError(f"there is no kind {kind}")
            self._compiled[kind] = validator(self._catalogue.kinds[kind])
        error = next(self._compiled[kind].iter_errors(body), None)
        if error is not None:
            place = faults.place(body, list(error.instance_path)) or "the body"
            raise UnreadableError(f"does not fit {kind} at {place}: {error.message[:300]}")


def whole(kind: str, body: dict[str, Any], catalogue: Catalogue) -> None:
    """Raise `UnreadableError` where a statement about a framework leaves out a row, or says of one what can not be said.

    A schema can not know which numbers a framework has; the content does.
    """
    if kind not in {SOA_KIND, TARGET_KIND}:
        return
    remedy = "Correct the file and attach it again."
    try:
        found = _stated(body, catalogue) if kind == SOA_KIND else _targeted(body, catalogue)
    except ValidationError as error:
        found = faults.in_words(error, body)
    except UsageError as error:
        raise UnreadableError(f"{kind}: {error.message}", hint=error.hint or remedy) from None
    if found:
        raise UnreadableError(f"{kind}: {faults.listed(found)}", hint=remedy)


def _stated(body: dict[str, Any], catalogue: Catalogue) -> Sequence[str]:
    """What a Statement of Applicability lacks. Raises `UsageError` for another framework, before any row is looked at."""
    name = body.get("framework")
    if isinstance(name, str) and catalogue.framework(name).series != SERIES:
        raise UsageError(
            f"{name} is not ISO/IEC 42001", hint=f"Write framework: {SERIES}, or a version of it by its id."
        )
    statement = Statement.model_validate(body)
    day = statement.approved_on or date.max
    return statement.lacks((row.id for row in numbers(catalogue, statement.framework, day)), catalogue.risks)


def _targeted(body: dict[str, Any], catalogue: Catalogue) -> Sequence[str]:
    """What a target profile says that its framework does not know or does not allow."""
    target = TargetProfile.model_validate(body)
    frame = catalogue.framework(target.framework)
    known = {row.id for row in catalogue.requirements[frame.id]}
    found = [
        f"row {row.requirement}: {frame.id} has no {row.requirement}"
        for row in target.rows
        if row.requirement not in known
    ]
    if not frame.allows_not_measurable:
        found += [
            f"row {row.requirement}: {frame.id} does not accept that a thing is recorded as not measurable"
            for row in target.rows
            if row.target == "not-measurable"
        ]
    return found


def _may_be_declared(found: Found, catalogue: Catalogue, now: datetime) -> None:
    """Raise `UnreadableError` for a record by hand of a kind that only a tool writes, or of a day that has not come."""
    if found.declared_by is not None and not catalogue.kinds[found.kind].by_hand:
        raise UnreadableError(
            f"{found.kind} is not written by hand", hint="Attach what the tool wrote, or declare it as another kind."
        )
    tomorrow = now + timedelta(days=1)  # it is that day already east of here
    if found.effective_clock == "declared" and found.effective_at is not None and found.effective_at > tomorrow:
        raise UnreadableError(
            f"on: {found.effective_at:%Y-%m-%d} lies in the future", hint="Give the day on which it was true."
        )
    approved = found.body.get("approved_on")
    if found.kind == SOA_KIND and isinstance(approved, str) and approved > tomorrow.date().isoformat():
        raise UnreadableError(f"approved_on: {approved} lies in the future", hint="Give the day of the approval.")


def _record(found: Found, system: str) -> tuple[Evidence, dict[str, bytes]]:
    """The record of a fact, and what it names by digest: the body, and what is enclosed with it."""
    body = canonical.dumps(found.body)
    attached = tuple(
        Attachment(name=each.name, media_type=each.media_type, digest=canonical.sha256(each.data), size=len(each.data))
        for each in found.enclosures
    )
    kept = {row.digest: each.data for row, each in zip(attached, found.enclosures, strict=True)}
    return Evidence(
        kind=found.kind,
        system=system,
        subject=found.subject,
        body_digest=canonical.sha256(body),
        body_size=len(body),
        quality=found.quality,
        quality_reasons=found.quality_reasons,
        effective_at=found.effective_at,
        effective_clock=found.effective_clock,
        collector=found.collector,
        declared_by=found.declared_by,
        tool=found.tool,
        tool_version=found.tool_version,
        sources=found.sources,
        conflicts=found.conflicts or None,
        redacted=found.redacted or None,
        attachments=attached or None,
    ), kept | {canonical.sha256(body): body}


def _item(evidence_id: str, found: Found, record: Evidence) -> Item:
    return Item(
        id=evidence_id,
        kind=found.kind,
        path=found.path,
        collector=found.collector.name,
        tool=found.tool,
        tool_version=found.tool_version,
        quality=record.quality.value,
        quality_reasons=record.quality_reasons,
        declared_by=record.declared_by,
        subject_type=record.subject.type.value,
        subject=record.subject.name,
        role=record.subject.role.value if record.subject.role else None,
        bound_to=record.subject.digest,
        bound_by=record.subject.bound_by,
        conflicts=found.conflicts,
        redacted=found.redacted,
    )

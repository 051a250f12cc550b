"""Evidence: one fact, what it is about, when it was true, who read it, and how whole it is.

A piece of evidence is a *body* that fits its kind (see `governance.domain.kind`), held apart from the *record* below, which
names the body by digest. The record goes into the ledger; the body into the blob store, and beside it what is too large for JSON or
of another form, such as a table of single samples: an *attachment*, which the record names by digest too. The id is made of what
the fact says and not of when it was recorded: reading the same bytes again gives the same id, and the ledger keeps one.

`effective_at` is the moment the tool itself recorded. Where a tool left no clock it is absent, and freshness can not be told;
the time stamp of a file is no clock, because copying a file renews it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from dataclasses import field as of_dataclass
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from typing import Any, Literal

from pydantic import Field

from governance.domain.base import Digest, KindId, Moment, Noun, Slug
from governance.parsing import canonical


class Quality(StrEnum):
    """How whole a piece of evidence is. Only `complete` satisfies an ask that does not say otherwise."""

    COMPLETE = "complete"
    PARTIAL = "partial"
    PLACEHOLDER = "placeholder"
    FAILED = "failed"
    MASKED = "masked"
    NOT_UNDERSTOOD = "not-understood"


class SubjectType(StrEnum):
    """What a fact can be about."""

    MODEL = "model"
    DATA_SET = "data-set"
    RUN = "run"
    ENVIRONMENT = "environment"
    DOCUMENT = "document"
    SYSTEM = "system"


class Role(StrEnum):
    """Which part the subject plays for the system: the model to be released, what it was made from, what it is held against."""

    CANDIDATE = "candidate"
    BASE = "base"
    REFERENCE = "reference"


class Subject(Noun):
    """What a fact is about, by digest where one is known. `bound_by` says how the digest was tied to the fact."""

    type: SubjectType
    name: str = Field(max_length=500)
    digest: Digest | None = None
    role: Role | None = None
    bound_by: str | None = Field(default=None, max_length=300)


class Source(Noun):
    """A file that was read: its path inside what was attached, its size in bytes, its digest."""

    path: str = Field(max_length=1000)
    size: int = Field(ge=0)
    sha256: Digest


class Collector(Noun):
    """Who read it, so that a reading error found later can be traced."""

    name: Slug
    version: str


class Attachment(Noun):
    """What is kept beside a body as bytes of its own: its name there, its media type, its digest, its size in bytes.

    The body says what it holds, so the id of the evidence covers it; the light verifier looks at digest and size alone.
    """

    name: Slug
    media_type: str = Field(pattern=r"^[a-z]+/[a-z0-9.+-]+$", max_length=100)
    digest: Digest
    size: int = Field(ge=0)


class Evidence(Noun):
    """The record of one fact. The body it names is kept by digest beside the ledger."""

    kind: KindId
    system: Slug
    subject: Subject
    body_digest: Digest
    body_size: int = Field(ge=0)
    quality: Quality = Quality.COMPLETE
    quality_reasons: tuple[str, ...] = ()
    effective_at: Moment | None = None
    effective_clock: Literal["tool", "file-name", "declared", "observed"] | None = None
    collector: Collector
    declared_by: str | None = Field(default=None, max_length=300, description="who wrote it by hand, where no tool did")
    tool: str | None = None
    tool_version: str | None = None
    sources: tuple[Source, ...] = ()
    conflicts: tuple[str, ...] | None = Field(
        default=None, min_length=1, description="why it may speak of something else"
    )
    redacted: int | None = Field(
        default=None, ge=1, description="how many secrets and personal data were taken out of it"
    )
    attachments: tuple[Attachment, ...] | None = Field(
        default=None, min_length=1, description="what is kept beside the body; absent where there is nothing"
    )

    @property
    def id(self) -> str:
        """`ev-` and 20 hex digits over kind, system, subject, body and sources, never over a time."""
        said = {
            "kind": self.kind,
            "system": self.system,
            "subject": self.subject.plain(),
            "body": self.body_digest,
            "sources": [source.plain() for source in self.sources],
        }
        return "ev-" + canonical.digest(said)[7:27]


@dataclass(frozen=True)
class Columns:
    """The single samples in the table that a piece has attached, read when they are first asked for, and once.

    `read` gives one list for each column, of one length, in the shape in which a body holds columns (`eval-samples.v1`): digests as
    `sha256:<hex>`, one row a question. It raises `UnreadableError` for a table that is not as the body states it.
    """

    digest: str
    read: Callable[[], Mapping[str, Any]] = of_dataclass(compare=False, repr=False)

    @cached_property
    def lists(self) -> Mapping[str, Any]:
        """The columns by name."""
        return self.read()

    def __getstate__(self) -> dict[str, Any]:
        return {"digest": self.digest, "read": self.read}


class Piece(Noun):
    """A record together with its body, as judgement sees it."""

    id: str
    record: Evidence
    body: Mapping[str, Any]
    recorded_at: datetime
    seq: int
    leaf: str = ""
    """The hash of its entry in the tree, hexadecimal; absent in an example, which stands in no ledger."""
    columns: Columns | None = Field(default=None, exclude=True)
    """The table of single samples that is attached, which `body` only tells of. It is in no JSON form of a piece."""

    @property
    def when(self) -> datetime:
        """The moment that counts: when it was true, else when it was recorded."""
        return self.record.effective_at or self.recorded_at

    @property
    def with_columns(self) -> Mapping[str, Any]:
        """The body with its `columns`, wherever they are kept. Figures point into `body`, which is what a pack holds.

        Raises `UnreadableError` for a table that is not as the body states it.
        """
        return self.body if self.columns is None else {**self.body, "columns": self.columns.lists}

    @property
    def digests(self) -> frozenset[str]:
        """What weights are known by, of a piece that describes them: the digest of the weights, and that of their manifest."""
        return frozenset(filter(None, (self.record.subject.digest, self.body.get("manifest_digest"))))

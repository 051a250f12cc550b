"""An entry: one line of the ledger, in canonical bytes, numbered from 0.

Everything that happens is an entry: a system registered, evidence attached, a decision signed. An entry holds digests and
metadata only, never a body, so that it stays small and personal data in a body can be erased without breaking the tree.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Literal

from pydantic import Field, field_serializer

from governance.domain.base import Moment, Noun, Slug
from governance.parsing import canonical
from governance.proofs.note import Head

if TYPE_CHECKING:
    from datetime import datetime

MAX_ENTRY_BYTES = 65_535
"""The most a C2SP tlog-tiles entry can hold (its length is a 16-bit number)."""


class EntryType(StrEnum):
    """What an entry records."""

    SYSTEM = "system"
    EVIDENCE = "evidence"
    ATTESTATION = "attestation"
    PAGE = "page"
    DECISION = "decision"
    PRINCIPAL = "principal"
    CONTENT = "content"


class Entry(Noun):
    """One line. `id` is unique among entries; `record` is the noun recorded, in its plain form.

    `system` is absent where an entry is of the whole workspace: people, and the content that was judged with.
    """

    schema_: Literal["entry.v1"] = Field(default="entry.v1", alias="schema")
    seq: int = Field(ge=0)
    type: EntryType
    id: str = Field(pattern=r"^[!-~]{4,80}$")
    system: Slug | None = None
    salt: str | None = Field(
        default=None,
        pattern=r"^[0-9a-f]{32}$",
        description="16 random bytes: who guesses the entry can not confirm it by its leaf",
    )
    recorded_at: Moment
    record: Mapping[str, Any]

    @field_serializer("recorded_at")
    def _moment(self, value: datetime) -> str:
        return canonical.instant(value)

    def to_bytes(self) -> bytes:
        """The canonical bytes that are hashed into the tree."""
        return canonical.dumps(self.plain())


class BodyRecord(Noun):
    """What an entry of a body records: its digest and size. Systems and review pages are recorded so."""

    body_digest: str
    body_size: int


class StatementRecord(Noun):
    """What an entry of a signed statement records: the digest of the envelope, kept as a body.

    Decisions, attestations, and what happens to principals are all recorded so.
    """

    envelope_digest: str
    envelope_size: int


class ContentRecord(BodyRecord):
    """What a content entry records: the digest of the content, and of the body that holds its files."""

    content_digest: str


SIGNED = frozenset({EntryType.DECISION, EntryType.ATTESTATION, EntryType.PRINCIPAL})
"""The types whose entries name a signed envelope."""


def body_of(entry: Entry) -> str:
    """The digest of the body that an entry names."""
    return str(entry.record["envelope_digest" if entry.type in SIGNED else "body_digest"])


def named_by(entry: Entry) -> tuple[str, ...]:
    """The digests of all that an entry names and that is kept beside the ledger: its body, and what is attached to evidence."""
    attached = entry.record.get("attachments") or () if entry.type is EntryType.EVIDENCE else ()
    return body_of(entry), *(str(each["digest"]) for each in attached)


class Checkpoint(Noun):
    """The head of the ledger: how many entries, and the root of the tree over them (RFC 6962)."""

    origin: str = Field(pattern=r"^[^\s+\p{C}]+$", max_length=255)
    size: int = Field(ge=0)
    root: str = Field(pattern=r"^[0-9a-f]{64}$")

    @property
    def head(self) -> Head:
        """The same in the form in which notes are signed and proven."""
        return Head(origin=self.origin, size=self.size, root=self.root)

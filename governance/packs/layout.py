"""The names inside a pack, and the statement that binds them together."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from pydantic import Field, field_serializer

from governance.domain.base import Digest, Noun, Slug
from governance.domain.entry import Checkpoint
from governance.parsing import canonical

MANIFEST = "manifest.dsse.json"
CHECKPOINT = "checkpoint"
ENTRIES = "ledger/entries.jsonl"
LEAVES = "ledger/leaves"
SIGNERS = "signers.yaml"
SPEC = "SPEC.md"
ASSESSMENT = "results/assessment.json"
GATE = "results/gate.json"
REGISTER = "results/register.json"
BODIES = "bodies/sha256/"
CONTENT = "content/"
DOCUMENTS = "documents/"

PREDICATE_TYPE = "urn:governance-evidence:predicate:pack:v1"
STATEMENT_TYPE = "https://in-toto.io/Statement/v1"


class PackPredicate(Noun):
    """What the manifest says besides the digests of all members."""

    format: Literal["pack.v1"] = "pack.v1"
    program: str
    system: Slug
    on: datetime
    policy: Slug
    content_digest: Digest
    checkpoint: Checkpoint
    ledger_key: str = Field(description="public key of the ledger, as OpenSSH writes it")

    @field_serializer("on")
    def _moment(self, value: datetime) -> str:
        return canonical.instant(value)


def statement(predicate: PackPredicate, digests: dict[str, str]) -> dict[str, Any]:
    """The in-toto Statement whose subjects are all members but the manifest itself, sorted by name."""
    return {
        "_type": STATEMENT_TYPE,
        "subject": [{"name": name, "digest": {"sha256": digest[7:]}} for name, digest in sorted(digests.items())],
        "predicateType": PREDICATE_TYPE,
        "predicate": predicate.plain(),
    }


def results(noun: Noun) -> bytes:
    """A result as a member: canonical JSON and a final newline."""
    return canonical.dumps(noun.plain()) + b"\n"

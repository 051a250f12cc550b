"""Signed statements: in-toto Statement v1 inside DSSE, in one spelling (https://github.com/in-toto/attestation, spec/v1).

A statement says something (the predicate) about things named by digest (the subjects). Every decision, every attestation and
everything that happens to a principal is one. It is kept in canonical JSON and refused in any other spelling, so that the
bytes a person signed are the only bytes that say it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from governance.errors import UnreadableError
from governance.parsing import canonical, strict_json
from governance.proofs import dsse

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

TYPE = "https://in-toto.io/Statement/v1"
DECISION = "urn:governance-evidence:predicate:decision:v1"
ATTESTATION = "urn:governance-evidence:predicate:attestation:v1"
PRINCIPAL = "urn:governance-evidence:predicate:principal:v1"
PACK = "urn:governance-evidence:predicate:pack:v2"
APPROVAL = "urn:governance-evidence:predicate:approval:v1"

_FIELDS = {"_type", "subject", "predicateType", "predicate"}
_SUBJECT, _DIGEST = {"name", "digest"}, {"sha256"}
_HEX = re.compile(r"[0-9a-f]{64}\Z")


@dataclass(frozen=True)
class Statement:
    """A statement with the envelope it stood in. `subjects` are (name, `sha256:…`)."""

    envelope: dsse.Envelope
    predicate_type: str
    subjects: tuple[tuple[str, str], ...]
    predicate: Mapping[str, Any]


def build(predicate_type: str, subjects: Iterable[tuple[str, str]], predicate: Mapping[str, Any]) -> bytes:
    """The canonical bytes of a statement; `subjects` are (name, `sha256:…`) and keep their order."""
    return canonical.dumps(
        {
            "_type": TYPE,
            "subject": [{"name": name, "digest": {"sha256": digest[7:]}} for name, digest in subjects],
            "predicateType": predicate_type,
            "predicate": predicate,
        }
    )


def read(data: bytes, *, where: str, predicate_type: str) -> Statement:
    """Read an envelope that must hold a statement of this type. Raises `UnreadableError`; no signature is verified here."""
    envelope = dsse.parse(data, where=where)
    if envelope.payload_type != dsse.IN_TOTO:
        raise UnreadableError(f"an envelope of type {envelope.payload_type!r}, not an in-toto statement", where=where)
    value = strict_json.loads(envelope.payload, where=where)
    try:
        if value["predicateType"] != predicate_type:
            raise UnreadableError(f"a statement of type {value['predicateType']!r}, not {predicate_type}", where=where)
        subjects = tuple((_text(row["name"]), "sha256:" + row["digest"]["sha256"]) for row in value["subject"])
        if not all(_HEX.match(digest[7:]) for _, digest in subjects) or not isinstance(value["predicate"], dict):
            raise ValueError("subject or predicate")
        closed = set(value) == _FIELDS and all(
            set(row) == _SUBJECT and set(row["digest"]) == _DIGEST for row in value["subject"]
        )
    except (KeyError, TypeError, ValueError) as error:
        raise UnreadableError(f"not an in-toto statement: {error}", where=where) from None
    if not closed or value["_type"] != TYPE or not canonical.is_spelling(value, envelope.payload):
        raise UnreadableError("an in-toto statement that is not in canonical form", where=where)
    return Statement(envelope, predicate_type, subjects, value["predicate"])


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError("a name that is not text")
    return value

"""Which fields a statement and an entry have, and what may stand in each: closed, so that a field nobody knows is refused.

The shapes are those that `SPEC.md` of a pack describes. They are checked here without any library, because the verifier that an
auditor runs must not depend on what wrote the pack.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from functools import lru_cache
from typing import Any, NamedTuple

from governance.errors import UnreadableError

Check = Callable[[Any], "str | None"]
"""What is wrong with a value, as the end of a sentence after the name of its field, or None."""
Shape = Mapping[str, Check]
"""Checks by the name of the field; a name that ends in `?` may be absent."""

_DIGEST = re.compile(r"sha256:[0-9a-f]{64}\Z")
_SLUG = re.compile(r"[a-z0-9]+(?:[.-][a-z0-9]+)*\Z")
_MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z\Z")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")


def problem(value: Any, shape: Shape) -> str | None:
    """What is wrong with an object of this shape, with the way to the field, or None."""
    if not isinstance(value, dict):
        return ": is no object"
    ready = _READY.get(id(shape)) or _made_ready(shape)
    for name, needed, check in ready.checks:
        if name in value:
            if (said := check(value[name])) is not None:
                return f".{name}{said}"
        elif needed:
            return f".{name}: is missing"
    if not value.keys() <= ready.names:
        return f".{next(name for name in value if name not in ready.names)[:60]}: is no field of it"
    return None


class _Ready(NamedTuple):
    """A shape made ready for many values: its names, and each with whether it is needed and its check. Keeps the shape alive."""

    names: frozenset[str]
    checks: tuple[tuple[str, bool, Check], ...]
    shape: Shape


_READY: dict[int, _Ready] = {}


def _made_ready(shape: Shape) -> _Ready:
    checks = tuple((name.rstrip("?"), not name.endswith("?"), check) for name, check in shape.items())
    return _READY.setdefault(id(shape), _Ready(frozenset(name for name, _, _ in checks), checks, shape))


def require(value: Any, shape: Shape, *, where: str) -> None:
    """Raise `UnreadableError` naming the field where a value is not of its shape."""
    if (said := problem(value, shape)) is not None:
        raise UnreadableError(said.lstrip(".").lstrip(": "), where=where)


def _matching(pattern: str, what: str) -> Check:
    compiled = re.compile(pattern + r"\Z")
    return lambda value: None if isinstance(value, str) and compiled.match(value) else f": is no {what}"


def text(value: Any) -> str | None:
    """Any text."""
    return None if isinstance(value, str) else ": is no text"


def sentence(value: Any) -> str | None:
    """Text that is not empty."""
    return None if isinstance(value, str) and value.strip() else ": is no text, or an empty one"


def count(value: Any) -> str | None:
    """A whole number from 0."""
    return (
        None
        if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**53
        else ": is no number from 0"
    )


def digest(value: Any) -> str | None:
    """`sha256:` and 64 hexadecimal digits."""
    return None if isinstance(value, str) and _DIGEST.match(value) else ": is no sha256 digest"


def slug(value: Any) -> str | None:
    """An id of ours."""
    return None if isinstance(value, str) and len(value) <= 80 and _SLUG.match(value) else ": is no id"


def moment(value: Any) -> str | None:
    """A moment in UTC to the second: `2026-05-04T09:00:00Z`."""
    return _moment(value) if isinstance(value, str) else ": is no moment in UTC to the second"


@lru_cache(maxsize=1024)
def _moment(value: str) -> str | None:
    if not _MOMENT.match(value):
        return ": is no moment in UTC to the second"
    try:
        datetime.fromisoformat(value)
    except ValueError:
        return ": is no moment of the calendar"
    return None


def day(value: Any) -> str | None:
    """A day: `2026-05-04`."""
    if isinstance(value, str) and _DAY.match(value):
        try:
            date.fromisoformat(value)
        except ValueError:
            return ": is no day of the calendar"
        return None
    return ": is no day"


def one_of(*words: str) -> Check:
    """One of these words."""
    return lambda value: None if isinstance(value, str) and value in words else f": is none of {', '.join(words)}"


def all_of(check: Check, least: int = 0) -> Check:
    """A list whose items pass the check."""

    def checked(value: Any) -> str | None:
        if not isinstance(value, list) or len(value) < least:
            return f": is no list of at least {least}"
        for number, item in enumerate(value):
            if (said := check(item)) is not None:
                return f"[{number}]{said}"
        return None

    return checked


def obj(shape: Shape) -> Check:
    """An object of this shape."""
    return lambda value: problem(value, shape)


def anything(value: Any) -> str | None:
    """An object whose inside is checked elsewhere."""
    return None if isinstance(value, dict) else ": is no object"


nonce = _matching(r"[0-9a-f]{32}", "nonce of 32 hexadecimal digits")
hex64 = _matching(r"[0-9a-f]{64}", "hash of 64 hexadecimal digits")
entry_id = _matching(r"[!-~]{4,80}", "id")
kind_id = _matching(r"[a-z0-9]+(?:-[a-z0-9]+)*\.v[1-9][0-9]*", "kind of evidence")


CHECKPOINT: Shape = {"origin": sentence, "size": count, "root": hex64}

PACK: Shape = {
    "format": one_of("pack.v2"), "program": sentence, "system": slug, "on": moment, "known_at": moment,
    "edition": one_of("full", "redacted"), "of?": digest, "charts?": sentence, "policy": slug, "content_digest": digest,
    "checkpoint": obj(CHECKPOINT), "ledger_key": sentence,
}  # fmt: skip

ENTRY: Shape = {
    "schema": one_of("entry.v1"), "seq": count,
    "type": one_of("system", "evidence", "attestation", "page", "decision", "principal", "content"),
    "id": entry_id, "system?": slug, "salt?": nonce, "recorded_at": moment, "record": anything,
}  # fmt: skip

_SUBJECT: Shape = {
    "type": one_of("model", "data-set", "run", "environment", "document", "system"), "name": text, "digest?": digest,
    "role?": one_of("candidate", "base", "reference"), "bound_by?": text,
}  # fmt: skip
_SOURCE: Shape = {"path": text, "size": count, "sha256": digest}
_ATTACHMENT: Shape = {"name": slug, "media_type": text, "digest": digest, "size": count}
_BODY: Shape = {"body_digest": digest, "body_size": count}
_ENVELOPE: Shape = {"envelope_digest": digest, "envelope_size": count}
RECORDS: Mapping[str, Shape] = {
    "system": _BODY,
    "page": _BODY,
    "content": {"content_digest": digest, **_BODY},
    "decision": _ENVELOPE,
    "attestation": _ENVELOPE,
    "principal": _ENVELOPE,
    "evidence": {
        "kind": kind_id, "system": slug, "subject": obj(_SUBJECT), **_BODY,
        "quality": one_of("complete", "partial", "placeholder", "failed", "masked", "not-understood"),
        "quality_reasons": all_of(text), "effective_at?": text,
        "effective_clock?": one_of("tool", "file-name", "declared", "observed"),
        "collector": obj({"name": slug, "version": text}), "declared_by?": text, "tool?": text, "tool_version?": text,
        "sources": all_of(obj(_SOURCE)), "conflicts?": all_of(text, 1), "redacted?": count,
        "attachments?": all_of(obj(_ATTACHMENT), 1),
    },
}  # fmt: skip
"""What the record of an entry holds, by the type of the entry."""

_DUTIES = all_of(one_of("trainer", "evaluator", "threshold-author"))
ATTESTATION: Shape = {
    "system": slug, "author": sentence, "duties": _DUTIES, "evidence": all_of(entry_id, 1), "at": moment, "nonce": nonce,
}  # fmt: skip
"""The predicate of an attestation."""

PRINCIPAL: Shape = {
    "event": one_of("enrol", "add-key", "rotate", "revoke", "roles"), "name": sentence, "kind?": one_of("person", "pipeline"),
    "roles?": all_of(slug, 1), "key?": sentence,
    "token?": obj({"issuer": sentence, "subject": sentence, "jwks": anything}), "replaces?": sentence,
    "credential?": sentence, "since?": count, "valid_from?": day, "valid_until?": day, "reason": sentence, "at": moment,
    "nonce": nonce,
}  # fmt: skip
"""The predicate of what happened to a principal."""

WITHHELD: Shape = {
    "seq": count, "type": one_of("evidence", "attestation", "page"), "leaf": hex64, "commitment": digest,
    "leaf_salted": lambda value: None if isinstance(value, bool) else ": is neither true nor false",
}  # fmt: skip
"""A line that stands in place of an item that is withheld."""

"""Names that tools write for models: a path on some disk, or a name on the Hub, and when two of them mean one model."""

from __future__ import annotations

from typing import Any

UNKNOWN = "unknown"


def same_model(one: str | None, other: str | None) -> bool:
    """True when two names mean one model: the same text, or two paths with the same last part."""
    if not one or not other:
        return False
    if one.rstrip("/") == other.rstrip("/"):
        return True
    return is_path(one) and is_path(other) and last_part(one) == last_part(other)


def is_path(name: str) -> bool:
    """True for a name that can only be a path: `organisation/model` could be a name on the Hub."""
    return name.startswith(("/", "./", "../", "~")) or "\\" in name or name.count("/") > 1


def last_part(name: str) -> str:
    """The last part of a path or name."""
    return name.replace("\\", "/").rstrip("/").rsplit("/", 1)[-1]


def named(name: str | None, *, adapter: str | None = None, revision: str | None = None) -> dict[str, Any]:
    """What a tool says of the model that answered, as the kinds have it; one without a name is called unknown.

    The digest of the weights is null: no tool writes one down that is ours, and `binding` settles which weights were meant.
    """
    return {"name": (name or UNKNOWN)[:500], "digest": None, "adapter": adapter, "revision": revision}

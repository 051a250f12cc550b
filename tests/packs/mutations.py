"""Packs taken apart, changed in one place, and put together again, by a stranger or by whoever holds the ledger's key."""

from __future__ import annotations

import io
import json
from base64 import b64decode, b64encode
from typing import TYPE_CHECKING, Any

from governance.parsing import canonical
from governance.proofs import dsse
from governance.verifier import statements
from governance.verifier.containers import open_container
from governance.verifier.zip_form import write

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from governance.verifier.report import PackReport

MANIFEST = "manifest.dsse.json"
Way = tuple[str | int, ...]


def members(pack: Path) -> dict[str, bytes]:
    with open_container(pack) as opened:
        return {name: opened.read(name) for name in opened.names}


def put_together(parts: dict[str, bytes], to: Path) -> Path:
    """The one ZIP of these members."""
    stream = io.BytesIO()
    write(stream, sorted(parts.items()))
    to.write_bytes(stream.getvalue())
    return to


def problems(report: PackReport, member: str) -> list[str]:
    """What a report says of one member."""
    return [said for name, said in report.problems if name == member]


def manifest(parts: dict[str, bytes]) -> dict[str, Any]:
    """The statement of the manifest."""
    return dict(json.loads(b64decode(json.loads(parts[MANIFEST])["payload"])))


def signed_again(parts: dict[str, bytes], key: Ed25519PrivateKey, **predicate: Any) -> dict[str, bytes]:
    """The members under a manifest that fits them, as only the holder of the ledger's key can make it."""
    said = manifest(parts)
    digests = sorted((name, canonical.sha256(data)) for name, data in parts.items() if name != MANIFEST)
    payload = statements.build(said["predicateType"], digests, {**said["predicate"], **predicate})
    return parts | {MANIFEST: dsse.seal(payload, key)}


def places(value: Any, way: Way = ()) -> Iterator[Way]:
    """The way to every field and item of a JSON value."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, inner in items:
        yield (*way, name)
        yield from places(inner, (*way, name))


def changed(value: Any, way: Way) -> Any:
    """The value with one place changed: a text by its last letter, a number by one, what holds others by what it lost."""
    made = json.loads(json.dumps(value))
    at = made
    for step in way[:-1]:
        at = at[step]
    held = at[way[-1]]
    if isinstance(held, bool):
        at[way[-1]] = not held
    elif isinstance(held, int):
        at[way[-1]] = held + 1
    elif isinstance(held, str):
        at[way[-1]] = held[:-1] + ("0" if held[-1:] != "0" else "1")
    elif isinstance(held, list):
        at[way[-1]] = held[:-1] if held else ["more"]
    else:
        at[way[-1]] = {**held, "more": "x"}
    return made


def envelope_with(data: bytes, payload: bytes, key: Ed25519PrivateKey | None = None) -> bytes:
    """An envelope around another payload: with the signatures it had, or signed by a key that nobody enrolled."""
    if key is not None:
        return dsse.seal(payload, key)
    return canonical.dumps({**json.loads(data), "payload": b64encode(payload).decode()})

"""The content that was judged with, kept in the ledger: what a decision binds by digest can be read again years later.

A snapshot is one body, the canonical JSON of {path: text} over the files that judge, and an entry of the whole workspace that
names it. It is taken when a decision is signed or a pack is written over content that is not on record yet; and when a system is added
where the workspace names an organisation, so that a floor that is no longer asked can be missed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from governance.content import loader
from governance.domain.entry import ContentRecord, EntryType
from governance.domain.policy import Policy
from governance.errors import ContentError, IntegrityError
from governance.ledger.store import Draft
from governance.parsing import canonical, strict_json

if TYPE_CHECKING:
    from collections.abc import Mapping

    from governance.domain.catalogue import Catalogue
    from governance.ledger.blobs import Blobs
    from governance.ledger.store import Ledger


def keep(ledger: Ledger, blobs: Blobs, content: Mapping[str, bytes]) -> str:
    """Put the content on record where it is not. Returns its digest."""
    digest = loader.digest(content)
    entry_id = f"cnt-{digest[7:27]}"
    if any(entry.id == entry_id for entry in ledger.shared() if entry.type is EntryType.CONTENT):
        return digest
    body = canonical.dumps({path: data.decode() for path, data in loader.judging(content)})
    name = canonical.sha256(body)
    blobs.write({name: body})
    record = ContentRecord(content_digest=digest, body_digest=name, body_size=len(body)).plain()
    ledger.append([Draft(EntryType.CONTENT, entry_id, None, record)])
    return digest


def read(ledger: Ledger, blobs: Blobs, digest: str) -> dict[str, bytes] | None:
    """The content of a digest, or None where it was never put on record."""
    for entry in ledger.shared():
        if entry.type is EntryType.CONTENT and entry.record["content_digest"] == digest:
            files = strict_json.loads(blobs.read(entry.record["body_digest"]), where=entry.id)
            content = {path: text.encode() for path, text in files.items()}
            if loader.digest(content) != digest:
                raise IntegrityError("the content on record is not the one its entry names", where=entry.id)
            return content
    return None


def floors_gone(ledger: Ledger, blobs: Blobs, today: Catalogue) -> tuple[tuple[str, str], ...]:
    """(id, entry) of each floor that stands in content on record and is none today, with the last entry that has it; by id."""
    found: dict[str, str] = {}
    for entry in ledger.shared():
        if entry.type is EntryType.CONTENT:
            files = strict_json.loads(blobs.read(entry.record["body_digest"]), where=entry.id)
            for path, text in files.items():
                if path.startswith("policies/") and "floor" in text and (name := _floor(path, text.encode())):
                    found[name] = entry.id
    now = {each.id for each in today.floors("")}
    return tuple((name, entry) for name, entry in sorted(found.items()) if name not in now)


def _floor(path: str, data: bytes) -> str | None:
    try:
        policy = loader.read(Policy, data, where=path)
    except ContentError:  # of an earlier or a later version, which another program can read
        return None
    return policy.id if policy.floor else None

"""The redacted edition of a pack: some evidence is withheld, and can be proven to have been this very evidence later.

In place of a withheld item stands a line with its number, its leaf and a commitment (`governance.verifier.withheld`); the salt of the
commitment is made from the ledger's private key, the full edition's manifest and the number, so that nobody keeps a list
of salts and nobody else can make one. What is attached to a withheld item is withheld with it, and so is what names it: an attestation
over it, a piece whose body quotes it, or whose body or attachment is the same. What judgement said about it is cut down to
standings, and the documents, which show what is in the evidence, are left out.

It can not hide how many items there are, of which type and when each was appended between others, nor what others say of them elsewhere.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from governance.domain.entry import SIGNED, EntryType, body_of, named_by
from governance.errors import IntegrityError, UsageError
from governance.packs.build import Filled, Parts, fill, packed_digests, write
from governance.parsing import canonical, strict_json
from governance.proofs import dsse
from governance.verifier import members, withheld
from governance.verifier.containers import open_container
from governance.verifier.withheld import Revealed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from governance.domain.entry import Entry

GONE = "withheld"
_CAN = frozenset({EntryType.EVIDENCE, EntryType.ATTESTATION, EntryType.PAGE})
_NAMES = re.compile(rb"ev-[0-9a-f]{20}|[0-9a-f]{64}")
_KEPT = frozenset(
    {"id", "control", "controls", "risk", "framework", "kind", "ask", "standing", "answer", "coverage", "shown", "group", "title",
     "family", "severity", "likelihood", "impact", "score", "level", "in_application", "applies_from"}
)  # fmt: skip
"""What of a result stays where the rest would quote a withheld item: names out of the content, and what it came to."""


def build(path: Path, parts: Parts, key: Ed25519PrivateKey, withhold: Sequence[str]) -> tuple[str, int]:
    """Write the redacted edition; `withhold` names kinds of evidence, or beginnings of ids. Returns (digest, items withheld)."""
    full = fill(parts)
    of = canonical.sha256(members.payload(parts.about, full.digests()))
    hidden = _closed(parts, _chosen(parts.entries, withhold) | _pages(parts.entries))
    shown = [entry for entry in parts.entries if entry.seq not in hidden]
    small = {name: data for name, data in full.small.items() if not name.startswith(members.DOCUMENTS)}
    small |= _results(small, _names_of(hidden.values()))
    small[members.ENTRIES] = b"".join(entry.to_bytes() + b"\n" for entry in shown)
    small[members.WITHHELD] = b"".join(_row(entry, parts, key, of) + b"\n" for _, entry in sorted(hidden.items()))
    filled = Filled(small, {members.BODIES + digest[7:]: digest for digest in packed_digests(shown)})
    about = replace(parts.about, edition=members.REDACTED, of=of)
    return write(path, about, filled, parts.body, key), len(hidden)


def reveal(pack: Path, entry: Entry, body: Callable[[str], bytes], key: Ed25519PrivateKey) -> Revealed:
    """What proves that an entry is one that a redacted pack of this ledger withholds. Raises `UsageError` where it is not."""
    with open_container(pack) as opened:
        about = members.read(opened.read(members.MANIFEST)).about
        if about.of is None:
            raise UsageError("a full edition withholds nothing", where=str(pack))
        rows = [strict_json.loads(line, where=members.WITHHELD) for line in opened.read(members.WITHHELD).splitlines()]
    held = next((row for row in rows if row["seq"] == entry.seq), None)
    if held is None:
        raise UsageError(f"{entry.id} is not withheld in this pack", where=str(pack))
    made = Revealed(entry.seq, entry.to_bytes(), body(body_of(entry)), _salt(key, about.of, entry.seq))
    if withheld.commitment(made.salt, made.line, made.body) != held["commitment"]:
        raise IntegrityError("the pack was made with another key, or from another ledger, than this", where=str(pack))
    return made


def _chosen(entries: Iterable[Entry], withhold: Sequence[str]) -> dict[int, Entry]:
    evidence = [entry for entry in entries if entry.type is EntryType.EVIDENCE]
    chosen: dict[int, Entry] = {}
    for named in withhold:
        found = [
            e for e in evidence if e.record["kind"] == named or (named.startswith("ev-") and e.id.startswith(named))
        ]
        if not found:
            raise UsageError(
                f"--withhold {named!r}: there is no evidence of this kind or id",
                hint="List it with: govern evidence list",
            )
        if named.startswith("ev-") and len(found) > 1:
            raise UsageError(f"--withhold {named!r}: several ids begin so")
        chosen |= {entry.seq: entry for entry in found}
    if not chosen:
        raise UsageError("nothing is named that is to be withheld", hint="Give --withhold KIND or --withhold ID.")
    return chosen


def _pages(entries: Iterable[Entry]) -> dict[int, Entry]:
    """The review pages: like the documents, they quote what the evidence says without naming it."""
    return {entry.seq: entry for entry in entries if entry.type is EntryType.PAGE}


def _closed(parts: Parts, hidden: dict[int, Entry]) -> dict[int, Entry]:
    """The chosen entries with all that name them. Raises `UsageError` where what names one can not be withheld."""
    quoted = {entry.seq: _quoted(entry, parts.body) for entry in parts.entries if entry.type is not EntryType.CONTENT}
    made = dict(hidden)
    while True:
        names = _names_of(entry for entry in made.values() if entry.type is not EntryType.PAGE)  # whose nonce hides it
        more = [entry for entry in parts.entries if entry.seq not in made and names & quoted.get(entry.seq, set())]
        if not more:
            return made
        for entry in more:
            if entry.type not in _CAN:
                raise UsageError(
                    f"{entry.id}, a {entry.type}, names an item that is to be withheld",
                    hint="A decision and a system are always shown; withhold something else.",
                )
            made[entry.seq] = entry


def _names_of(entries: Iterable[Entry]) -> set[bytes]:
    return {name.encode() for entry in entries for name in (entry.id, *(digest[7:] for digest in named_by(entry)))}


def _quoted(entry: Entry, body: Callable[[str], bytes]) -> set[bytes]:
    """Every id and digest in an entry but its own id, and in its body."""
    data = body(body_of(entry))
    if entry.type in SIGNED:
        data = dsse.parse(data, where=entry.id).payload
    return (set(_NAMES.findall(entry.to_bytes())) | set(_NAMES.findall(data))) - {entry.id.encode()}


def _row(entry: Entry, parts: Parts, key: Ed25519PrivateKey, of: str) -> bytes:
    salt = _salt(key, of, entry.seq)
    return canonical.dumps(
        {
            "seq": entry.seq,
            "type": entry.type.value,
            "leaf": parts.leaves[entry.seq].hex(),
            "commitment": withheld.commitment(salt, entry.to_bytes(), parts.body(body_of(entry))),
            "leaf_salted": entry.salt is not None,
        }
    )


def _salt(key: Ed25519PrivateKey, of: str, seq: int) -> bytes:
    raw = key.private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption())
    secret = HKDF(SHA256(), 32, None, b"governance-evidence withhold v1").derive(raw)
    return hmac.digest(secret, b"withhold\0" + of.encode() + b"\0" + seq.to_bytes(8, "big"), hashlib.sha256)


def _results(small: dict[str, bytes], names: set[bytes]) -> dict[str, bytes]:
    """The results with every row that quotes a withheld item, or rests on one that does, cut down to what it came to."""
    touched = {name.decode() for name in names}
    made: dict[str, bytes] = {}
    for member in (members.ASSESSMENT, members.REGISTER, members.GATE):
        value = strict_json.loads(small[member], where=member)
        for name in sorted(value, key=lambda name: name != "controls"):  # requirements and risks rest on controls
            value[name] = _cut(value[name], touched)
        if member == members.GATE and GONE in str(value.get("conditions")):
            value["reason"] = GONE
        made[member] = canonical.dumps(value) + b"\n"
    return made


def _cut(value: Any, touched: set[str]) -> Any:
    if not isinstance(value, list):
        return _stripped(value, touched) if _mentions(value, touched) else value
    rows = []
    for row in value:
        mentions = _mentions(row, touched)
        if mentions and isinstance(row, dict) and isinstance(row.get("id"), str):
            touched.add(row["id"])
        rows.append(_stripped(row, touched) if mentions else row)
    return rows


def _stripped(value: Any, touched: set[str]) -> Any:
    if isinstance(value, dict):
        return {
            name: _stripped(item, touched)
            if isinstance(item, (dict, list)) and name != "evidence"
            else item
            if name in _KEPT
            else GONE
            for name, item in value.items()
        }
    if isinstance(value, list):
        return [_stripped(item, touched) if isinstance(item, dict) else GONE for item in value]
    return GONE


def _mentions(value: Any, touched: set[str]) -> bool:
    if isinstance(value, str):
        return any(name in value for name in touched)
    if isinstance(value, dict):
        return any(_mentions(item, touched) for item in value.values())
    return isinstance(value, list) and any(_mentions(item, touched) for item in value)

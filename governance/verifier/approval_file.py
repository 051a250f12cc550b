"""The approval file: one model identity, everything that was decided about it, and the proof of it, to be read without a ledger.

It is canonical JSON (RFC 8785) and a newline, with the fields

    schema       approval.v1
    checkpoint   a signed checkpoint with the cosignatures there are
    status       a DSSE envelope by the ledger's key: what is in force, as of when, over which entries (see `STATUS`)
    entries      in order of number: the entry, the envelope it names, and a C2SP tlog-proof without its checkpoint
    manifest     every file of the release folder: path, size, sha256

A row's `proof` and `checkpoint`, one after the other, are a tlog-proof byte for byte (https://c2sp.org/tlog-proof).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from governance.errors import IntegrityError, UnreadableError, VersionError
from governance.parsing import canonical, strict_json
from governance.proofs import manifest, note, public_keys, tlog_proof, tree, vkeys
from governance.verifier import decided, decisions, entries, fields, roster, statements
from governance.verifier.decided import Decided
from governance.verifier.fields import Shape, all_of, count, digest, moment, obj, one_of, sentence, slug, text

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from governance.proofs.manifest import Manifest
    from governance.proofs.public_keys import PublicKey
    from governance.verifier.decisions import Held
    from governance.verifier.entries import Entry
    from governance.verifier.statements import Statement

SCHEMA = "approval.v1"
IN_FORCE = ("approved", "approved-with-conditions")
MAX_ENTRIES = 20_000
MAX_BYTES = strict_json.MAX_BYTES
_FIELDS = {"schema", "checkpoint", "status", "entries", "manifest"}
_LISTS = {"decision": "decisions", "attestation": "attestations", "principal": "principals"}
_TYPES = {
    "decision": statements.DECISION,
    "attestation": statements.ATTESTATION,
    "principal": statements.PRINCIPAL,
}


def _or_null(check: fields.Check) -> fields.Check:
    return lambda value: None if value is None else check(value)


def _truth(value: Any) -> str | None:
    return None if isinstance(value, bool) else ": is neither true nor false"


STATUS: Shape = {
    "system": slug, "name": sentence, "identity": digest, "state": one_of(*IN_FORCE),
    "parts": all_of(obj({"part": sentence, "name": sentence, "digest": _or_null(digest), "revision": _or_null(text),
                         "in_folder": _truth}), 1),
    "policy": slug, "policy_digest": digest, "content_digest": digest, "gate_answer": sentence,
    "quorum": all_of(obj({"role": slug, "people": count})),
    "decisions": all_of(digest, 1), "attestations": all_of(digest), "principals": all_of(digest, 1),
    "duties": all_of(obj({"person": sentence, "duty": one_of(*decisions.DUTIES), "because": text})),
    "met": all_of(obj({"decision": digest, "condition": sentence})),
    "comes_to": fields.anything, "as_of": moment, "checkpoint": obj(fields.CHECKPOINT), "ledger_key": sentence,
}  # fmt: skip
"""The predicate of the status. `comes_to` is what `decided.summary` gives at `as_of`; `met` are conditions that were fulfilled."""


@dataclass
class Read:
    """An approval file that was read, with what is wrong with it: (place, sentence). Nothing in it is trusted yet."""

    status: Mapping[str, Any]
    as_of: datetime
    ledger_key: PublicKey
    checkpoint: bytes
    head: note.Head
    manifest: Manifest
    decisions: list[Decided] = field(default_factory=list)
    held: list[Held] = field(default_factory=list)
    newest: datetime | None = None
    problems: list[tuple[str, str]] = field(default_factory=list)
    refused: list[tuple[str, str]] = field(default_factory=list)
    """Events of principals that were none, by entry."""


@dataclass(frozen=True)
class _Row:
    place: str
    entry: Entry
    statement: Statement


def read(data: bytes, *, where: str = "approval") -> Read:
    """Read the file and verify everything in it against the key that it names itself.

    Raises `UnreadableError` for what is no such file, with the place. A signature, proof or digest that does not hold is in
    `problems`.
    """
    value = _loaded(data, where)
    envelope = canonical.dumps(value["status"])
    statement = statements.read(envelope, where=f"{where}: status", predicate_type=statements.APPROVAL)
    said = statement.predicate
    fields.require(said, STATUS, where=f"{where}: status")
    key = public_keys.parse(said["ledger_key"], where=f"{where}: status.ledger_key")
    checkpoint = value["checkpoint"].encode()
    noted = note.parse(checkpoint, where=f"{where}: checkpoint")
    made = Read(
        status=said,
        as_of=canonical.moment(said["as_of"]),
        ledger_key=key,
        checkpoint=checkpoint,
        head=noted.head,
        manifest=manifest.read(value["manifest"], where=f"{where}: manifest"),
    )
    claimed = [signature.keyid for signature in statement.envelope.signatures]
    if claimed != [key.fingerprint] or not statement.envelope.signed_by({"ledger": key}):
        made.problems.append(("status", "is not signed by the key it names: it was changed"))
    if list(statement.subjects) != subjects(said) or key.line != said["ledger_key"]:
        made.problems.append(("status", "its subjects or its key are not those it speaks of"))
    _hold_checkpoint(made, noted)
    _hold_identity(made)
    rows = _rows(value["entries"], made, where)
    _hold_lists(made, rows)
    _fold(made, rows)
    if not made.problems and decided.summary(made.decisions, said["policy_digest"], made.as_of) != said["comes_to"]:
        made.problems.append(("status", "comes_to: is not what the decisions come to"))
    return made


def subjects(status: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What the status is about: the model, the policy, the content."""
    return [
        (status["name"], status["identity"]),
        ("policy", status["policy_digest"]),
        ("content", status["content_digest"]),
    ]


def write(
    status: bytes, checkpoint: bytes, rows: list[tuple[bytes, bytes, int, list[bytes]]], files: Manifest
) -> bytes:
    """The bytes of an approval file.

    `status` is an envelope; a row is an entry's line, the envelope it names, its index and audit path.
    """
    listed = []
    for line, envelope, index, path in rows:
        proof = tlog_proof.format_proof(index, path, checkpoint)[: -len(checkpoint)]
        listed.append(
            {"entry": strict_json.loads(line), "envelope": strict_json.loads(envelope), "proof": proof.decode()}
        )
    whole = {
        "schema": SCHEMA,
        "checkpoint": checkpoint.decode(),
        "status": strict_json.loads(status),
        "entries": listed,
        "manifest": files.plain(),
    }
    return canonical.dumps(whole) + b"\n"


def _loaded(data: bytes, where: str) -> dict[str, Any]:
    value = strict_json.loads(data, where=where)
    if not isinstance(value, dict) or "schema" not in value:
        raise UnreadableError(
            "not an approval file", where=where, hint="Make one with: govern approval SYSTEM --out FILE"
        )
    schema = value["schema"]
    if schema != SCHEMA:
        newer = isinstance(schema, str) and schema.startswith("approval.v")
        kind = VersionError if newer else UnreadableError
        raise kind(f"a file of the form {str(schema)[:40]!a}, not {SCHEMA}", where=where)
    if set(value) != _FIELDS or not isinstance(value["checkpoint"], str) or not isinstance(value["entries"], list):
        raise UnreadableError(f"an approval file has the fields {', '.join(sorted(_FIELDS))}", where=where)
    if len(value["entries"]) > MAX_ENTRIES:
        raise UnreadableError(f"more than {MAX_ENTRIES:,} entries", where=where)
    if canonical.dumps(value) + b"\n" != data:
        raise UnreadableError(
            "not in canonical JSON with a newline at its end: it was written again or cut", where=where,
            hint="Take the file as govern approval wrote it.",
        )  # fmt: skip
    return value


def _hold_checkpoint(made: Read, noted: note.Checkpoint) -> None:
    said = made.status["checkpoint"]
    if (said["origin"], said["size"], said["root"]) != (noted.head.origin, noted.head.size, noted.head.root):
        made.problems.append(("checkpoint", "is not the one that the status names"))
    try:
        key = vkeys.VerifierKey(noted.head.origin, vkeys.LOG, made.ledger_key.material.removeprefix(b"ed25519:"))
        signed = note.verify_log(noted, key)
    except UnreadableError:
        signed = False
    if not signed:
        made.problems.append(("checkpoint", "is not signed by the ledger's key that the status names"))


def _hold_identity(made: Read) -> None:
    """The parts give the identity, and the files give the first part."""
    said = made.status
    parts = [{name: part[name] for name in ("part", "name", "digest", "revision")} for part in said["parts"]]
    if any(part["part"] == "release" for part in parts):
        found = manifest.identity(parts)
    else:
        found = canonical.digest([{name: value for name, value in part.items() if value is not None} for part in parts])
    if found != said["identity"]:
        made.problems.append(("status", "identity: is not that of the parts it lists"))
    if made.manifest.digest != parts[0]["digest"]:
        made.problems.append(("manifest", f"is not the list of files of {parts[0]['part']}, the first part"))


def _rows(listed: list[Any], made: Read, where: str) -> list[_Row]:
    rows: list[_Row] = []
    ids: set[str] = set()
    root = bytes.fromhex(made.head.root)
    for number, value in enumerate(listed):
        place = f"entries[{number}]"
        if (
            not isinstance(value, dict)
            or set(value) != {"entry", "envelope", "proof"}
            or not isinstance(value["proof"], str)
        ):
            raise UnreadableError("not entry, envelope and proof", where=f"{where}: {place}")
        line = canonical.dumps(value["entry"])
        entry = entries.parse(line, f"{where}: {place}.entry")
        place += f" ({entry.id})"
        proof = tlog_proof.parse(value["proof"].encode() + made.checkpoint, where=f"{where}: {place}.proof")
        envelope = canonical.dumps(value["envelope"])
        last = rows[-1].entry if rows else None
        for wrong, said in (
            ((proof.checkpoint, proof.extra) != (made.checkpoint, None), "its proof has parts of its own"),
            (proof.index != entry.seq, "its proof is that of another number"),
            (
                not tree.verify_inclusion(tree.leaf_hash(line), proof.index, made.head.size, proof.path, root),
                "is not in the tree of the checkpoint: it was changed, or is of another ledger",
            ),
            (entry.type not in _TYPES, f"a {entry.type} is no part of an approval"),
            (last is not None and entry.seq <= last.seq, "is out of order"),
            (last is not None and entry.recorded_at < last.recorded_at, "was recorded before the one above it"),
            (entry.recorded_at > made.as_of, "was recorded after the moment of the status"),
            (entry.id in ids, "has the id of an earlier entry"),
            (entry.system != (None if entry.type == "principal" else made.status["system"]), "is of another system"),
        ):
            if wrong:
                made.problems.append((place, said))
        ids.add(entry.id)
        if entry.type not in _TYPES:
            continue
        if (canonical.sha256(envelope), len(envelope)) != (entry.body, entry.body_size):
            made.problems.append((place, "its envelope is not the one that the entry names"))
            continue
        rows.append(_Row(place, entry, _statement(entry.type, envelope, f"{where}: {place}.envelope")))
    return rows


def _statement(kind: str, envelope: bytes, where: str) -> Statement:
    if kind == "decision":
        return decided.read(envelope, where=where)
    statement = statements.read(envelope, where=where, predicate_type=_TYPES[kind])
    fields.require(statement.predicate, fields.ATTESTATION if kind == "attestation" else fields.PRINCIPAL, where=where)
    return statement


def _hold_lists(made: Read, rows: list[_Row]) -> None:
    """What the status lists is there, each once and in order, and nothing else is."""
    for kind, name in _LISTS.items():
        there = [row.entry.body for row in rows if row.entry.type == kind]
        for missing in [one for one in made.status[name] if one not in there]:
            made.problems.append((name, f"{missing} is named in the status and is missing: it was taken out"))
        for added in [one for one in there if one not in made.status[name]]:
            made.problems.append((name, f"{added} is not named in the status: it was added"))
        if len(there) == len(made.status[name]) and there != made.status[name]:
            made.problems.append((name, "are not in the order of the status"))


def _fold(made: Read, rows: list[_Row]) -> None:
    """Who signed what, by the principals of the file itself."""
    people = roster.Roster(made.ledger_key)
    for row in rows:
        if row.entry.type == "principal":
            people.apply(roster.Event(row.entry.seq, row.entry.recorded_at, row.statement, row.place))
    made.refused = people.refused
    made.newest = rows[-1].entry.recorded_at if rows else None
    attested = []
    for row in rows:
        entry, said = row.entry, row.statement.predicate
        if entry.type != "principal" and said["system"] != made.status["system"]:
            made.problems.append((row.place, "is about another system"))
        if entry.type == "attestation":
            attested.append((row.statement, people.signers(row.statement.envelope, entry.seq, entry.recorded_at)))
        if entry.type != "decision":
            continue
        if said["decision"] not in decided.FOR_ALL and said["identity"] != made.status["identity"]:
            made.problems.append((row.place, "is about another model"))
        signer, problem = decisions.examine(row.statement, entry.seq, entry.recorded_at, people)
        if problem is None and canonical.moment(said["signed_at"]) > entry.recorded_at:
            problem = "is dated after it was recorded"
        made.decisions.append(Decided(entry.id, entry.seq, entry.body, entry.recorded_at, said, signer, problem))
    made.held = decisions.held_by_attestations(attested) + decided.authors(made.decisions)
    made.held += [decisions.Held(row["person"], row["duty"], row["because"]) for row in made.status["duties"]]


def require_whole(made: Read) -> None:
    """Raise `IntegrityError` for the first thing that is wrong with a file that was read."""
    for place, said in made.problems:
        raise IntegrityError(said, where=place)

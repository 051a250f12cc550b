"""The approval file of a system: what is in force on its model identity, with the proofs, for machines that have no ledger.

What is written was read again first, by the verifier's own rules: a file that would not be believed is not made.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from governance.domain.entry import EntryType
from governance.domain.policy import Answer
from governance.errors import CouldNotTell, DutiesError, GovernanceError, UsageError
from governance.parsing import canonical
from governance.proofs import manifest, note
from governance.verifier import approval, approval_file, decided, decisions, roster, statements

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from governance.domain.case import Case
    from governance.domain.entry import Entry
    from governance.proofs.manifest import Manifest
    from governance.signing.keys import SigningKey

_TYPES = ("decision", "attestation", "principal")
_SIGN = "Review it and sign: govern sign SYSTEM --decision approve"


def build(
    case: Case,
    entries: Iterable[Entry],
    *,
    raw: Callable[[str], bytes],
    inclusion: Callable[[int, int], list[bytes]],
    notes: Sequence[bytes],
    key: SigningKey,
) -> bytes:
    """The bytes of the approval file.

    `entries` are those of the system and of the whole workspace; `raw` gives an envelope by digest, `inclusion` an audit path by
    (number, size). `notes` are signed checkpoints of this ledger: the one with most signatures that covers everything is
    taken. `key` is the ledger's own. Raises `CouldNotTell` where no approval is in force, with the reason, `DutiesError` where duties
    are not kept apart.
    """
    identity = case.assessment.identity
    system = case.dossier.system.id
    if identity is None:
        raise CouldNotTell("no weights of a candidate were attached, so nothing is approved", where=system, hint=_SIGN)
    _require_approved(case)
    chosen = _chosen(entries, raw, system, identity.digest)
    last = max((entry.seq for entry in chosen), default=-1)
    checkpoint = _checkpoint(notes, last)
    read = _read(chosen, raw, key)
    files, parts = _parts(case)
    status: dict[str, Any] = {
        "system": system,
        "name": identity.name,
        "identity": identity.digest,
        "state": "approved",
        "parts": parts,
        "policy": case.gate.policy,
        "policy_digest": case.gate.policy_digest,
        "content_digest": case.catalogue.digest,
        "gate_answer": str(case.gate.answer),
        "quorum": _quorum(case),
        **{f"{kind}s": [str(e.record["envelope_digest"]) for e in chosen if e.type == kind] for kind in _TYPES},
        "duties": [{"person": h.person, "duty": h.duty, "because": h.because} for h in case.dossier.duties],
        "met": _met(case, chosen),
        "comes_to": decided.summary(read, case.gate.policy_digest, case.on),
        "as_of": canonical.instant(case.on),
        "checkpoint": {"origin": checkpoint[1].origin, "size": checkpoint[1].size, "root": checkpoint[1].root},
        "ledger_key": key.public.line,
    }
    if status["comes_to"]["conditions"]:
        status["state"] = "approved-with-conditions"
    payload = statements.build(statements.APPROVAL, approval_file.subjects(status), status)
    rows = [
        (e.to_bytes(), raw(str(e.record["envelope_digest"])), e.seq, inclusion(e.seq, checkpoint[1].size))
        for e in chosen
    ]
    made = approval_file.write(key.seal(payload), checkpoint[0], rows, files)
    _require_believed(made, case)
    return made


def _met(case: Case, chosen: Iterable[Entry]) -> list[dict[str, str]]:
    """The conditions of approvals that were fulfilled, each with the envelope that holds it."""
    envelope = {entry.id: str(entry.record["envelope_digest"]) for entry in chosen}
    return [
        {"decision": envelope[state.decision], "condition": row.id}
        for state in case.approvals
        if state.decision in envelope
        for row in state.conditions
        if row.met
    ]


def _require_approved(case: Case) -> None:
    """Raise where the policy's own condition on signatures says other than yes."""
    policy = case.catalogue.policy(case.gate.policy)
    asking = {condition.id for condition in policy.conditions if condition.signed_by is not None}
    for result in case.gate.conditions:
        if result.id in asking and result.answer is not Answer.YES:
            hint = f"{'; '.join(result.would_turn) or _SIGN}."
            raise CouldNotTell(f"no approval is in force: {result.reason}", where=case.dossier.system.id, hint=hint)


def _quorum(case: Case) -> list[dict[str, Any]]:
    """The places that the policy asks to be filled, for systems of this tier; of several conditions the most of each role."""
    most: dict[str, int] = {}
    for condition in case.catalogue.policy(case.gate.policy).conditions:
        if condition.signed_by is not None:
            asked = condition.signed_by.of(case.dossier.system.tier)
            for role in asked.roles:
                most[role] = max(most.get(role, 0), asked.people)
    return [{"role": role, "people": people} for role, people in sorted(most.items())]


def _chosen(entries: Iterable[Entry], raw: Callable[[str], bytes], system: str, identity: str) -> list[Entry]:
    """Every event of a principal, every attestation of the system, and every decision on this identity or on the system."""
    made: dict[int, Entry] = {}
    for entry in entries:
        if entry.type not in _TYPES or entry.system not in {None, system}:
            continue
        if entry.type is EntryType.DECISION:
            said = decided.read(raw(str(entry.record["envelope_digest"])), where=entry.id).predicate
            if said["decision"] not in decided.FOR_ALL and said.get("identity") != identity:
                continue
        made[entry.seq] = entry
    return [made[seq] for seq in sorted(made)]


def _checkpoint(notes: Sequence[bytes], last: int) -> tuple[bytes, note.Head]:
    read = [(data, note.parse(data)) for data in notes]
    fit = [(data, made) for data, made in read if made.head.size > last]
    if not fit:
        raise UsageError("no checkpoint covers the decisions", hint="Make one with: govern ledger checkpoint")
    data, made = max(fit, key=lambda one: (len(one[1].signatures), one[1].head.size))
    return data, made.head


def _read(chosen: list[Entry], raw: Callable[[str], bytes], key: SigningKey) -> list[decided.Decided]:
    """The decisions among the entries as a verifier reads them."""
    people = roster.Roster(key.public)
    found = []
    for entry in chosen:
        data = raw(str(entry.record["envelope_digest"]))
        if entry.type is EntryType.PRINCIPAL:
            statement = statements.read(data, where=entry.id, predicate_type=statements.PRINCIPAL)
            people.apply(roster.Event(entry.seq, entry.recorded_at, statement, entry.id))
        elif entry.type is EntryType.DECISION:
            found.append((entry, decided.read(data, where=entry.id)))
    made = []
    for entry, statement in found:
        signer, problem = decisions.examine(statement, entry.seq, entry.recorded_at, people)
        if problem is None and canonical.moment(statement.predicate["signed_at"]) > entry.recorded_at:
            problem = "is dated after it was recorded"
        digest = str(entry.record["envelope_digest"])
        made.append(
            decided.Decided(entry.id, entry.seq, digest, entry.recorded_at, statement.predicate, signer, problem)
        )
    return made


def _parts(case: Case) -> tuple[Manifest, list[dict[str, Any]]]:
    """The files of the release folder, and the parts of the identity with whether all files of each lie in that folder."""
    release, candidate = case.dossier.release, case.dossier.candidate
    if release is None:
        if candidate is None or case.assessment.identity is None:  # `build` has asked
            raise CouldNotTell("no weights of a candidate were attached")
        rows = _rows(candidate.body["files"])
        first, *rest = [part.plain() for part in case.assessment.identity.parts]
        inside = [True, *[part["part"] in {"chat-template", "generation-config"} for part in rest]]
        listed = zip([first, *rest], inside, strict=True)
        return rows, [_part(part, in_folder=lies) for part, lies in listed]
    parts = release.body["parts"]
    whole = next(part for part in parts if part["part"] == "release")
    rows = _rows(whole["files"])
    there = {(row.sha256, row.size) for row in rows.rows}
    made = []
    for part in parts:
        files = part["files"]
        digests = {row.sha256 for row in rows.rows}
        inside_ = all((row["sha256"], row["size"]) in there for row in files) if files else part["digest"] in digests
        made.append(_part(part, in_folder=inside_))
    return rows, made


def _rows(files: Iterable[dict[str, Any]]) -> Manifest:
    return manifest.build(manifest.Row(row["path"], row["size"], row["sha256"]) for row in files)


def _part(part: dict[str, Any], *, in_folder: bool) -> dict[str, Any]:
    return {
        "part": part["part"],
        "name": part["name"],
        "digest": part.get("digest"),
        "revision": part.get("revision"),
        "in_folder": in_folder,
    }


def _require_believed(made: bytes, case: Case) -> None:
    """Raise where the verifier would not believe the file, for another reason than that it trusts nobody yet."""
    read = approval_file.read(made, where=case.dossier.system.id)
    approval_file.require_whole(read)
    report = approval.judge(read, None, at=case.on)
    wrong = [problem for problem in report.problems if problem.code != CouldNotTell.exit_code]
    if not wrong:
        return
    said = "; ".join(str(problem) for problem in wrong)
    if any(problem.code == DutiesError.exit_code for problem in wrong):
        raise DutiesError(
            said, where=case.dossier.system.id, hint="Let somebody else approve, or have an exception signed."
        )
    if any(problem.code not in {GovernanceError.exit_code, DutiesError.exit_code} for problem in wrong):
        raise GovernanceError(said, where=case.dossier.system.id)
    raise CouldNotTell(f"no approval is in force: {said}", where=case.dossier.system.id, hint=_SIGN)

"""Is this the model that was approved? A folder against an approval file, offline, without a ledger, before anything is loaded.

In this order: the file can be read; everything in it holds together; it is of a log, by signers and as fresh as the trust policy
asks; nobody who approved holds a duty that is kept apart; the approval is in force at the moment; it is for this use; every byte
of the folder is what was approved. Only then the answer is yes, with who approved, for what, until when, on which conditions.

Without a trust policy nothing can be a yes: whoever can put a model in place can put an approval file beside it.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from governance.errors import CouldNotTell, DutiesError, GovernanceError, IntegrityError, UnreadableError, UsageError
from governance.parsing import canonical
from governance.parsing.people import person_key
from governance.verifier import approval_file, approval_trust, decided, hash_cache, model_folder, places, trust
from governance.verifier.decisions import conflicts
from governance.verifier.report import NOT_EVALUATED, clean, one_line

if TYPE_CHECKING:
    import argparse
    from pathlib import Path

    from governance.verifier.approval_file import Read
    from governance.verifier.decided import Decided
    from governance.verifier.model_folder import Progress
    from governance.verifier.trust import TrustPolicy

PLACES = ("cloud", "on-device")
SHOWN = 20
_ORDER = (4, 5, 1, 3)
"""Exit codes, the gravest first."""
_ERRORS = {4: IntegrityError, 5: DutiesError, 1: GovernanceError, 3: CouldNotTell}


@dataclass(frozen=True)
class Problem:
    """Something that keeps the answer from being yes: under which line, with which exit code, where, and what."""

    line: str
    code: int
    place: str
    said: str

    def __str__(self) -> str:
        return f"{self.place}: {self.said}" if self.place else self.said


@dataclass
class ApprovalReport:
    """What checking came to: `lines` by name (CRYPTO, LOG, TIME, POLICY, SCOPE, MODEL, LIMITS), problems, and the answer."""

    lines: dict[str, str] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    limits: list[str] = field(default_factory=list)
    answer: dict[str, Any] = field(default_factory=dict)

    @property
    def exit_code(self) -> int:
        """0 for yes, else the code of the gravest problem: 4 changed, 5 duties, 1 no, 3 could not tell."""
        codes = {problem.code for problem in self.problems}
        return next((code for code in _ORDER if code in codes), 0)

    @property
    def ok(self) -> bool:
        """Whether these very files may be used."""
        return self.exit_code == 0

    def problem(self, line: str, code: int, said: str, place: str = "") -> None:
        """Note something that keeps the answer from being yes."""
        self.problems.append(Problem(line, code, place, said))

    def sentence(self) -> str:
        """The answer in one line."""
        if not self.ok:
            words = {4: "no: changed", 5: "no: duties are not kept apart", 3: "could not tell"}
            return f"{words.get(self.exit_code, 'no')}: " + next(
                str(problem) for problem in self.problems if problem.code == self.exit_code
            )
        made = self.answer
        use = "; ".join(made["uses"]) if made["uses"] else "any use (the approval bounds none)"
        end = f"until {made['expires']}" if made["expires"] else "without an end"
        conditions = "".join(
            f"; on condition: {row['text']} ({row['owner']}, {row['due']})" for row in made["conditions"]
        )
        return f"yes: {made['name']} is approved by {', '.join(made['by'])}, for {use}, {end}{conditions}"

    def plain(self) -> dict[str, Any]:
        """The JSON form."""
        rows = [{"line": p.line, "code": p.code, "place": p.place, "problem": p.said} for p in self.problems]
        return {
            "ok": self.ok,
            "exit_code": self.exit_code,
            "report": self.lines,
            "problems": rows,
            "limits": self.limits,
            "approval": self.answer,
        }


def verify_model(
    folder: Path,
    approval: Path,
    policy: TrustPolicy | None,
    *,
    use: str | None = None,
    place: str | None = None,
    at: datetime,
    cached: bool = False,
    progress: Progress | None = None,
) -> ApprovalReport:
    """Check a model folder. Raises `UnreadableError` where the approval can not be read, `UsageError` where there is no folder.

    `at` is the moment by the caller's clock. Every byte is hashed unless `cached` lets digests from before stand.
    """
    if place is not None and place not in PLACES:
        raise UsageError(f"--place {place!r} is unknown", hint=f"One of: {', '.join(PLACES)}.")
    if not folder.is_dir():
        raise UsageError("there is no such folder", where=str(folder), hint="Name the folder that holds the model.")
    made = approval_file.read(_bytes(approval), where=str(approval))
    report = judge(made, policy, use=use, place=place, at=at)
    if made.problems:
        report.lines["MODEL"] = "not looked at: what the files should be is not known from a file that was changed"
    else:
        _folder(folder, made, report, cached=cached, progress=progress)
    report.lines["LIMITS"] = "; ".join(report.limits)
    return report


def judge(
    made: Read, policy: TrustPolicy | None, *, use: str | None = None, place: str | None = None, at: datetime
) -> ApprovalReport:
    """All that is asked of an approval file, without the folder."""
    report = ApprovalReport()
    for where, said in made.problems:
        report.problem("CRYPTO", 4, said, where)
    count = sum(len(made.status[name]) for name in ("decisions", "attestations", "principals"))
    report.lines["CRYPTO"] = (
        f"{len(made.problems)} things do not hold" if made.problems else f"the status and {count} entries hold"
    )
    approvals, refusals = decided.words(made.decisions)
    in_force = _in_force(made, approvals, refusals, at, report)
    _duties(made, in_force, policy, at, report)
    if policy is None:
        report.lines["LOG"] = f"{made.head.origin}, {made.head.size} entries; whose it is, is not evaluated"
        report.lines["TIME"] = f"status of {made.status['as_of']} by the file's own word"
        report.lines["POLICY"] = f"trust: {NOT_EVALUATED}: no trust policy was given"
        report.problem("POLICY", 3, f"trust: {NOT_EVALUATED}: name your trust policy with --policy FILE")
    else:
        approval_trust.hold(made, policy, in_force, at, report)
    if made.as_of > at + approval_trust.SKEW:
        report.problem(
            "TIME", 1, f"dated in the future: {made.status['as_of']}, and now is {canonical.instant(at)}", "status"
        )
    _scope(in_force, use, place, report)
    _limits(made, policy, report)
    report.answer = {
        "name": made.status["name"],
        "system": made.status["system"],
        "identity": made.status["identity"],
        "by": [each.who for each in in_force],
        "as_of": made.status["as_of"],
        **{
            name: value
            for name, value in decided.summary(made.decisions, made.status["policy_digest"], at).items()
            if name != "approvals"
        },
    }
    return report


def _in_force(
    made: Read, approvals: list[Decided], refusals: list[Decided], at: datetime, report: ApprovalReport
) -> list[Decided]:
    """The approvals that count at the moment; whatever ends them is a problem."""
    digest = made.status["policy_digest"]
    for each in refusals:
        unsure = (
            f" (its signature does not count: {each.problem}; a refusal holds until its author lifts it)"
            if each.problem
            else ""
        )
        report.problem("POLICY", 1, f"{each.who} says {each.kind}: {each.said['reason']}{unsure}", each.entry)
    why = {each.entry: decided.unfit(each, digest, at) for each in approvals}
    in_force = [each for each in approvals if why[each.entry] is None]
    asked = [(row["role"], row["people"]) for row in made.status["quorum"]]
    people: dict[str, set[str]] = {}
    for each in in_force:
        people.setdefault(each.said["role"], set()).add(each.person)
    empty = places.empty(asked, people)
    if empty or not in_force:
        for each in approvals:
            if (said := why[each.entry]) is not None:
                report.problem(
                    "TIME" if "expired" in said or "dated" in said else "POLICY", 1, f"{each.who}: {said}", each.entry
                )
        roles = ", ".join(dict.fromkeys(empty)) or "any role"
        report.problem("POLICY", 1, f"no approval in force fills the place of {roles}")
    met = {(row["decision"], row["condition"]) for row in made.status["met"]}
    for each in in_force:
        for row in each.said.get("conditions", []):
            if row["due"] < at.date().isoformat() and (each.digest, row["id"]) not in met:
                said = f"overdue: {row['text']} was due on {row['due']} by {row['owner']}, and is not known to be met"
                report.problem("TIME", 1, said, f"{each.entry}, condition {row['id']}")
    return in_force


def _duties(
    made: Read, in_force: list[Decided], policy: TrustPolicy | None, at: datetime, report: ApprovalReport
) -> None:
    """Nobody who approves holds a duty that is kept apart, unless an exception by somebody trusted runs."""
    able = [each for each in made.decisions if policy is None or approval_trust.not_pinned(policy, each) is None]
    free = decided.exceptions(able, at.date())
    for each in in_force:
        for said in conflicts(each.said["signer"], made.held, free):
            report.problem("POLICY", 5, f"{said}, and approved", each.entry)


def _scope(in_force: list[Decided], use: str | None, place: str | None, report: ApprovalReport) -> None:
    said = []
    for what, option, wanted in (("uses", "--use", use), ("places", "--place", place)):
        allowed = decided.bounds(in_force, what)
        if allowed is None:
            said.append(f"{what}: not bounded by the approval")
            continue
        listed = "; ".join(allowed) or "none that all approvals allow"
        if not allowed or (wanted is not None and person_key(wanted) not in {person_key(one) for one in allowed}):
            report.problem(
                "SCOPE", 1, f"{wanted!r} is none of the approved {what}: {listed}" if wanted else listed, option
            )
        asked = f", asked: {wanted}" if wanted else f"; none was asked with {option}"
        said.append(f"{what}: {listed}{asked}")
    report.lines["SCOPE"] = "; ".join(said)


def _folder(folder: Path, made: Read, report: ApprovalReport, *, cached: bool, progress: Progress | None) -> None:
    known = hash_cache.opened(str(folder)) if cached else None
    try:
        found = model_folder.check(folder, made.manifest.rows, paranoid=not cached, known=known, progress=progress)
    finally:
        if known is not None:
            known.close()
    for path, said in found[:SHOWN]:
        report.problem("MODEL", 4, said, path)
    if len(found) > SHOWN:
        report.problem("MODEL", 4, f"and {len(found) - SHOWN:,} more files")
    rows = made.manifest
    report.lines["MODEL"] = (
        f"{len(found):,} files are not what was approved"
        if found
        else f"{len(rows.rows):,} files, {rows.total_bytes:,} bytes: all that was approved, and nothing else"
    )


def _limits(made: Read, policy: TrustPolicy | None, report: ApprovalReport) -> None:
    """What this check can not tell, whatever it answers."""
    report.limits.append(
        f"a revocation after {made.status['as_of']}, or one that the ledger's owner keeps back, is not seen here"
        + (": max-age bounds how long" if policy is None or policy.max_age is None else "")
    )
    report.limits.append("whether evidence still supports the approval is the ledger's word as of that moment")
    outside = [f"{part['part']} {part['name']}" for part in made.status["parts"] if not part["in_folder"]]
    if outside:
        report.limits.append("not in this folder and not checked: " + ", ".join(outside))
    if not any(part["part"] == "release" for part in made.status["parts"]):
        report.limits.append(
            "no release was named: the approval knows the files a loader reads, and no others may lie there"
        )
    if made.refused:
        report.limits.append(
            f"{len(made.refused)} events of people were signed by nobody who may: {made.refused[0][0]}"
        )
    report.limits.append("files that change after this check are not seen")


def check_model(
    folder: Path | str,
    approval: Path | str,
    policy: Path | str,
    *,
    use: str | None = None,
    place: str | None = None,
    at: datetime | None = None,
    cached: bool = False,
) -> ApprovalReport:
    """Check a model folder before it is loaded; returns the report of a yes, and raises on anything else.

    `IntegrityError`: files or approval were changed. `DutiesError`: duties were not kept apart. `CouldNotTell`, `UnreadableError`
    and `UsageError` as they say. `GovernanceError`: not approved, not trusted, expired, not for this use.
    """
    from pathlib import Path

    report = verify_model(
        Path(folder), Path(approval), trust.load(Path(policy)), use=use, place=place, at=at or _now(), cached=cached
    )
    if not report.ok:
        said = "; ".join(str(p) for p in report.problems if p.code == report.exit_code)
        raise _ERRORS[report.exit_code](said, where=str(folder), hint="Do not load this model.")
    return report


def main(
    folder: Path,
    approval: Path,
    policy: Path | None,
    *,
    use: str | None = None,
    place: str | None = None,
    cached: bool = False,
    json: bool = False,
    at: datetime | None = None,
) -> int:
    """Check a folder, print the report, and return the exit code. Raises `GovernanceError` for what came to no report."""
    brought = trust.load(policy) if policy is not None else None
    report = verify_model(folder, approval, brought, use=use, place=place, at=at or _now(), cached=cached)
    if json:
        import json as plain

        print(plain.dumps({"schema": "approval-check.v1", **report.plain()}, indent=2))  # noqa: T201
        return report.exit_code
    out = [f"{name:<10} {one_line(said)}" for name, said in report.lines.items()]
    out += [f"  {problem.line}: {one_line(str(problem))}" for problem in report.problems]
    out.append(("✔ " if report.ok else "✘ ") + one_line(report.sentence()))
    encoding = sys.stdout.encoding or "utf-8"
    text = "".join(clean(line) + "\n" for line in out)
    sys.stdout.write(text.encode(encoding, "backslashreplace").decode(encoding))
    return report.exit_code


def run(given: argparse.Namespace) -> int:
    """The same from parsed arguments: target, approval, policy, use, place, paranoid, on, json."""
    if len(given.approval) != 1:
        raise UsageError(f"{len(given.approval)} approval files", hint="Name the one that was given for this release.")
    try:
        at = canonical.moment(given.on) if given.on else None
    except ValueError:
        raise UsageError(f"--on {given.on!r} is no moment", hint="Write 2026-05-04 or 2026-05-04T09:00:00Z.") from None
    options = {name: getattr(given, name, None) for name in ("use", "place")}
    return main(
        given.target, given.approval[0], given.policy, **options, cached=not given.paranoid, json=given.json, at=at
    )


def _now() -> datetime:
    return datetime.now(UTC)


def _bytes(path: Path) -> bytes:
    try:
        with path.open("rb") as stream:
            data = stream.read(approval_file.MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        said = error.strerror if isinstance(error, OSError) else "not the name of a file"
        raise UnreadableError(
            f"can not be read: {said}", where=str(path), hint="Make one with: govern approval"
        ) from None
    if len(data) > approval_file.MAX_BYTES:
        raise UnreadableError(f"more than {approval_file.MAX_BYTES:,} bytes", where=str(path))
    return data

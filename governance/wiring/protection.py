"""What a host requires before a change is merged, from files that somebody exported; no host is asked.

GitHub's answers, version 2022-11-28 of its REST API, to `GET /repos/{owner}/{repo}/rules/branches/{branch}` (a list of rules),
`GET /repos/{owner}/{repo}/rulesets/{id}` (one ruleset) and `GET /repos/{owner}/{repo}/branches/{branch}/protection`; and GitLab's to
`GET /projects/{id}`, version 4.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from governance.errors import UnreadableError
from governance.parsing import strict_json
from governance.wiring.findings import Finding, State

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from governance.wiring.host import GateJob

EXPORTS = {
    "github": "gh api repos/OWNER/REPOSITORY/rules/branches/{branch} > rules.json, and then: govern doctor --rulesets rules.json",
    "gitlab": "glab api projects/:id > project.json, and then: govern doctor --rulesets project.json",
}


@dataclass
class Required:
    """What files require. `checks` are names of GitHub's checks; `pipeline` is GitLab's word on its pipelines, None where none is given."""

    host: str
    files: list[str] = field(default_factory=list)
    checks: set[str] = field(default_factory=set)
    pipeline: bool | None = None
    skipped_passes: bool = False
    queue: bool = False
    notes: list[str] = field(default_factory=list)


def read(exports: Sequence[tuple[str, bytes]]) -> Required | None:
    """What (name, bytes) of each export require together; None where there is none. Raises `UnreadableError` for what is no such export."""
    made: Required | None = None
    for name, data in exports:
        value = strict_json.loads(data, where=name)
        one = _one(value, name)
        if made is not None and made.host != one.host:
            raise UnreadableError(
                "it is of another host than the export before it", where=name, hint="Give exports of one host."
            )
        if made is None:
            made = one
        else:
            made.checks |= one.checks
            made.queue |= one.queue
            made.notes += one.notes
            made.pipeline = bool(made.pipeline or one.pipeline) if made.host == "gitlab" else None
            made.skipped_passes |= one.skipped_passes
        made.files.append(name)
    return made


def _one(value: Any, name: str) -> Required:
    if isinstance(value, dict) and isinstance(value.get("only_allow_merge_if_pipeline_succeeds"), bool):
        return Required(
            "gitlab", pipeline=value["only_allow_merge_if_pipeline_succeeds"],
            skipped_passes=value.get("allow_merge_on_skipped_pipeline") is True,
        )  # fmt: skip
    if isinstance(value, list) and all(isinstance(rule, dict) and isinstance(rule.get("type"), str) for rule in value):
        return _of_rules(value)
    if isinstance(value, dict) and isinstance(value.get("rules"), list) and "enforcement" in value:
        if value["enforcement"] != "active":
            note = f"the ruleset {value.get('name', name)!r} is {value['enforcement']}, so it holds nobody back"
            return Required("github", notes=[note])
        made = _of_rules([rule for rule in value["rules"] if isinstance(rule, dict)])
        if value.get("bypass_actors"):
            made.notes.append(
                f"{len(value['bypass_actors'])} actors may merge past the ruleset {value.get('name', name)!r}"
            )
        return made
    if isinstance(value, dict) and ("required_status_checks" in value or "enforce_admins" in value):
        return _of_protection(value)
    raise UnreadableError(
        "it is no ruleset, no list of rules of a branch, no branch protection and no GitLab project", where=name,
        hint=f"Export one with: {EXPORTS['github'].partition(',')[0].format(branch='main')}",
    )  # fmt: skip


def _of_rules(rules: Sequence[dict[str, Any]]) -> Required:
    made = Required("github")
    for rule in rules:
        if rule.get("type") == "merge_queue":
            made.queue = True
        parameters = rule.get("parameters")
        if rule.get("type") == "required_status_checks" and isinstance(parameters, dict):
            _take(made, parameters.get("required_status_checks"))
    return made


def _of_protection(value: dict[str, Any]) -> Required:
    made = Required("github")
    required = value.get("required_status_checks")
    if isinstance(required, dict):
        made.checks |= {str(each) for each in required.get("contexts") or ()}
        _take(made, required.get("checks"))
    admins = value.get("enforce_admins")
    if isinstance(admins, dict) and admins.get("enabled") is False:
        made.notes.append("administrators may merge past the protection")
    return made


def _take(made: Required, checks: Any) -> None:
    made.checks |= {
        each["context"] for each in checks or () if isinstance(each, dict) and isinstance(each.get("context"), str)
    }


# --- the finding ---------------------------------------------------------------------------------------------------------


def findings(gates: Sequence[GateJob], host: str, required: Required | None, branch: str) -> Iterator[Finding]:
    """Whether one of the gate's checks is required."""
    at = (gates[0].where, gates[0].line) if gates else ("", 0)
    if required is None or required.host != host:
        command = EXPORTS.get(host, EXPORTS["github"]).format(branch=branch)
        said = "No file in a repository says what must pass before a change is merged."
        yield Finding("check-is-required", State.COULD_NOT_TELL, said, *at, f"Export what the host requires: {command}")
        return
    where = ", ".join(required.files)
    if host == "gitlab":
        yield _of_pipeline(required, where)
        return
    yield _of_checks(gates, required, where)
    missing = [check for gate in gates for check in gate.waits_for if check not in required.checks]
    if missing and any(set(gate.checks or ()) & required.checks for gate in gates):
        said = (
            f"The gate waits for {', '.join(missing)}, which is not required: where that fails the gate is skipped, and GitHub counts a "
            "skipped check as passed."
        )
        yield Finding(
            "never-skipped",
            State.PROBLEM,
            said,
            *at,
            f"Require {', '.join(missing)} as well, or give the gate no `needs`.",
        )
    if required.queue and not any("merge_group" in gate.events for gate in gates):
        said = "Changes are merged by a queue, and the gate does not run on merge_group."
        yield Finding("changes-are-judged", State.PROBLEM, said, *at, "Add `merge_group:` to `on:`.")


def _of_pipeline(required: Required, where: str) -> Finding:
    remedy = "In the settings of the project, under Merge requests, turn on: Pipelines must succeed."
    if not required.pipeline:
        return Finding(
            "check-is-required", State.PROBLEM, "A change can be merged while its pipeline fails.", where, 0, remedy
        )
    if required.skipped_passes:
        said = "A skipped pipeline counts as one that passed: `[skip ci]` in a commit goes past the gate."
        return Finding(
            "check-is-required", State.PROBLEM, said, where, 0, "Turn off: Skipped pipelines are considered successful."
        )
    return Finding("check-is-required", State.OK, "Pipelines must succeed before a change is merged.", where)


def _of_checks(gates: Sequence[GateJob], required: Required, where: str) -> Finding:
    notes = f" ({'; '.join(required.notes)}.)" if required.notes else ""
    shown = ", ".join(sorted(required.checks)) or "none"
    if any(gate.checks is not None and gate.checks and set(gate.checks) <= required.checks for gate in gates):
        names = next(gate.checks for gate in gates if gate.checks and set(gate.checks) <= required.checks)
        return Finding("check-is-required", State.OK, f"Required before a merge: {', '.join(names)}.{notes}", where)
    wanted = sorted({check for gate in gates for check in gate.checks or ()})
    if not wanted and any(gate.checks is None for gate in gates):
        said = f"The file does not tell the names of the gate's checks. Required are: {shown}.{notes}"
        return Finding("check-is-required", State.COULD_NOT_TELL, said, where, 0, "Give the job a plain `name:`.")
    some = [check for check in wanted if check in required.checks]
    missing = ", ".join(check for check in wanted if check not in required.checks)
    of = f"only {', '.join(some)}" if some else "none"
    said = f"Of the gate's checks {of} is required; missing: {missing}. Required are: {shown}.{notes}"
    remedy = f"Add to the required checks of the branch: {missing}. A check that was renamed is another check."
    return Finding("check-is-required", State.PROBLEM, said, where, 0, remedy)

"""What is said of GitHub's workflows: when the gate runs, what skips it, and what deploys without waiting for it."""

from __future__ import annotations

import re
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from governance.wiring import asked as asking
from governance.wiring.expressions import Answer, answer, unwrapped
from governance.wiring.findings import Finding, State
from governance.wiring.github import deploying, steps, workflows
from governance.wiring.host import GateJob, Read
from governance.wiring.notation import Map, listed, mapping, texts

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from governance.wiring.asked import Asked
    from governance.wiring.files import Files
    from governance.wiring.github.workflows import Workflow

CHANGES = ("pull_request", "merge_group")
_OPENED = frozenset({"opened", "synchronize", "reopened"})
_TRIGGERS = "https://docs.github.com/actions/reference/workflows-and-actions/events-that-trigger-workflows"


_Part = tuple[str, str, Map, Map, list[str] | None, dict[str, str]]
"""(file, job, the job, the workflow, its checks, the inputs that are known)."""


def judge(files: Files, *, today: date, branch: str) -> Read:
    """Read the workflows of a repository. `branch` is the one that is released from."""
    found, told = workflows.read(files)
    read = Read("github" if found or told else "", [each.where for each in found], findings=told)
    by_file = {each.where: each for each in found}
    for workflow in found:
        gates: list[GateJob] = []
        for name, job in workflow.jobs.items():
            gates += _gate_jobs(files, workflow, name, job, by_file, read, today, branch)
        read.gates += gates
        if gates:
            read.findings += deploying.within(workflow, gates)
    read.findings += deploying.elsewhere(found, read.gates)
    return read


def _gate_jobs(
    files: Files,
    workflow: Workflow,
    name: str,
    job: Map,
    by_file: dict[str, Workflow],
    read: Read,
    today: date,
    branch: str,
) -> Iterator[GateJob]:
    """The job where it asks the gate, itself or through a reusable workflow of the repository."""
    if set(workflow.triggers) == {"workflow_call"}:
        return  # what calls it says when it runs and what it is given
    conditions = [job.get("if")]
    called = by_file.get(workflows.local_uses(job) or "")
    if called is None:
        if "uses" in job:
            read.beyond.append(f"{workflow.where}: {job['uses']}")
            return
        parts: list[_Part] = [(workflow.where, name, job, workflow.whole, workflows.checks(name, job), {})]
    else:
        given = {f"inputs.{key}": value for key, value in _defaults(called).items()} | {
            f"inputs.{key}": value for key, value in texts(job.get("with")).items()
        }
        callers = workflows.checks(name, job)
        parts = [
            (called.where, inner, each, called.whole, _paired(callers, workflows.checks(inner, each)), given)
            for inner, each in called.jobs.items()
        ]
    for where, inner, each, whole, checks, given in parts:
        made = steps.of_job(files, where, f"job {inner}", each, whole, given)
        read.findings += made.findings
        read.beyond += made.beyond
        if not made.asked:
            continue
        calls, told = asking.deciding(made.asked)
        read.findings += told
        line = workflow.line(name)
        read.findings += _of_calls(calls, today)
        inner_conditions = conditions if each is job else [*conditions, each.get("if")]
        read.findings += _when(workflow, name, line, inner_conditions, [condition for _, condition in calls], branch)
        waits = [
            check
            for other in workflows.needs(job)
            for check in workflows.checks(other, workflow.jobs.get(other, Map())) or [other]
        ]
        every = [*inner_conditions, *(condition for _, condition in calls)]
        events = frozenset(
            event for event in (*CHANGES, "push") if event in workflow.triggers and _runs(event, every, branch)
        )
        always = any(re.search(r"always\(\)|!\s*cancelled\(\)", str(condition)) for condition in conditions)
        yield GateJob(
            workflow.where, line, name, tuple(asked for asked, _ in calls), tuple(checks) if checks is not None else None,
            () if always else tuple(waits), events,
        )  # fmt: skip


def _defaults(called: Workflow) -> dict[str, str]:
    """The defaults of the inputs of a reusable workflow."""
    inputs = mapping(called.triggers.get("workflow_call", Map()).get("inputs"))
    return {name: str(mapping(about)["default"]) for name, about in inputs.items() if "default" in mapping(about)}


def _paired(callers: list[str] | None, inner: list[str] | None) -> list[str] | None:
    """GitHub shows the check of a job in a called workflow as `caller / job`."""
    if callers is None or inner is None:
        return None
    return [f"{one} / {other}" for one in callers for other in inner]


def _of_calls(calls: list[tuple[Asked, str | None]], today: date) -> Iterator[Finding]:
    for asked, _ in calls:
        yield from asking.findings(asked, today)


# --- when it runs ------------------------------------------------------------------------------------------------------


def _when(
    workflow: Workflow, name: str, line: int, jobs: list[str | None], steps_if: list[str | None], branch: str
) -> Iterator[Finding]:
    """Whether the gate runs before a change is merged, and whether something skips it."""
    at = (workflow.where, line)
    yield from _filters(workflow, name, branch)
    events = {
        event: _runs(event, [*jobs, *steps_if], branch) for event in (*CHANGES, "push") if event in workflow.triggers
    }
    if "pull_request_target" in workflow.triggers:
        yield _target(workflow, name, line)
    before = [events[event] for event in CHANGES if event in events]
    if True in before:
        yield Finding("changes-are-judged", State.OK, f"{name} runs on {_listed(events)}.", *at)
    elif None in before:
        said = f"whether {name} runs on a change hangs on a condition: {_shown([*jobs, *steps_if])}."
        yield Finding(
            "changes-are-judged", State.COULD_NOT_TELL, said, *at, "Take the condition away from the job and the step."
        )
    elif False in before:
        said = f"{name} is skipped on every pull request: {_shown([*jobs, *steps_if])}."
        yield Finding(
            "changes-are-judged", State.PROBLEM, said, *at, "Take the condition away, or let it hold for pull_request."
        )
    elif "push" in events and "branches" not in workflow.triggers["push"]:
        said = f"{name} runs on every push, but on no pull request: a change from a fork is merged unjudged."
        yield Finding(
            "changes-are-judged", State.COULD_NOT_TELL, said, *at, f"Add `pull_request:` to `on:`. {_TRIGGERS}"
        )
    elif "pull_request_target" not in workflow.triggers:
        said = f"{name} runs on {', '.join(workflow.triggers) or 'nothing'}, and so after a change is merged or only by hand."
        yield Finding("changes-are-judged", State.PROBLEM, said, *at, f"Add `pull_request:` to `on:`. {_TRIGGERS}")
    for event, runs in events.items():
        if event in CHANGES and runs is not True and True in before:
            said = f"on {event} {name} is skipped, or may be, and GitHub counts a skipped job as passed: {_shown([*jobs, *steps_if])}."
            yield Finding(
                "never-skipped",
                State.PROBLEM if runs is False else State.COULD_NOT_TELL,
                said,
                *at,
                "Take the condition away.",
            )


def _runs(event: str, conditions: list[str | None], branch: str) -> Answer:
    """Whether all conditions hold on an event."""
    refs = {"pull_request": ("refs/pull/1/merge", "1/merge"), "push": (f"refs/heads/{branch}", branch)}
    ref, ref_name = refs.get(event, (f"refs/heads/gh-readonly-queue/{branch}/pr-1", f"gh-readonly-queue/{branch}/pr-1"))
    known = {
        "always()": True, "success()": True, "failure()": False, "cancelled()": False, "github.event_name": event,
        "github.ref": ref, "github.ref_name": ref_name, "github.ref_type": "branch",
        "github.head_ref": "change" if event == "pull_request" else "", "github.base_ref": branch if event == "pull_request" else "",
        "github.event.repository.default_branch": branch,
    }  # fmt: skip
    answers = {answer(unwrapped(str(each)), known) for each in conditions if each is not None and str(each).strip()}
    return False if False in answers else (None if None in answers else True)


def _filters(workflow: Workflow, name: str, branch: str) -> Iterator[Finding]:
    """What the filters of the event pass over."""
    for event in ("pull_request", "pull_request_target"):
        if event not in workflow.triggers:
            continue
        given = workflow.triggers[event]
        at = (workflow.where, mapping(workflow.whole.get("on")).line_of(event))
        for key in ("paths", "paths-ignore"):
            if key in given:
                said = f"`{key}` keeps {name} from changes of other files: if it is required they wait for ever, if not it is not asked."
                yield Finding(
                    "never-skipped", State.PROBLEM, said, at[0], given.line_of(key), f"Take `{key}` away from {event}."
                )
        if not _covers(given, branch):
            said = f"{event} is kept to branches that do not hold {branch}: {name} does not run on a change to it."
            yield Finding(
                "never-skipped", State.PROBLEM, said, *at, f"Add {branch} to the branches, or take the filter away."
            )
        types = {str(each) for each in listed(given.get("types"))}
        if types and not types >= {"opened", "synchronize"}:
            said = f"{event} is kept to {', '.join(sorted(types))}: commits that are added later are not judged."
            yield Finding(
                "never-skipped", State.PROBLEM, said, *at, f"Take `types` away, or name {', '.join(sorted(_OPENED))}."
            )


def _covers(given: Map, branch: str) -> bool:
    """Whether the branch filters let the branch through; patterns are read in order, and `!` takes out again."""
    kept = True
    if "branches" in given:
        kept = False
        for each in map(str, listed(given["branches"])):
            if fnmatchcase(branch, each.lstrip("!").replace("**", "*")):
                kept = not each.startswith("!")
    return kept and not any(
        fnmatchcase(branch, str(each).replace("**", "*")) for each in listed(given.get("branches-ignore"))
    )


def _target(workflow: Workflow, name: str, line: int) -> Finding:
    """A gate on pull_request_target: it runs with the rights of the base."""
    text = str(workflow.jobs.get(name, ""))
    if "github.event.pull_request.head" in text or "github.head_ref" in text:
        said = f"{name} runs on pull_request_target and checks out the change: its author's files run with the secrets of the repository."
        return Finding("changes-are-judged", State.PROBLEM, said, workflow.where, line, "Use pull_request.")
    said = f"{name} runs on pull_request_target, so it judges the branch that is merged into, and not the change."
    return Finding("changes-are-judged", State.PROBLEM, said, workflow.where, line, "Use pull_request.")


def _listed(events: dict[str, Answer]) -> str:
    return ", ".join(event for event, runs in events.items() if runs)


def _shown(conditions: list[str | None]) -> str:
    return "; ".join(f"`if: {each}`" for each in dict.fromkeys(conditions) if each is not None)

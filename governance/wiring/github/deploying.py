"""Whether what deploys waits for the gate."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from governance.wiring.findings import Finding, State
from governance.wiring.github import workflows
from governance.wiring.notation import Map, listed, mapping

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from governance.wiring.github.workflows import Workflow
    from governance.wiring.host import GateJob

_REMEDY = "Give it `needs: [{}]`, and no condition that holds after a failure."
_OVERRIDES = re.compile(r"always\(\)|failure\(\)|cancelled\(\)")


def within(workflow: Workflow, gates: Sequence[GateJob]) -> Iterator[Finding]:
    """The jobs that deploy in a workflow that asks the gate."""
    asking = {gate.name: gate for gate in gates}
    for name, job in workflow.jobs.items():
        if not workflows.deploys(name, job):
            continue
        at = (workflow.where, workflow.line(name))
        waited = sorted(workflows.all_needs(workflow, name) & set(asking))
        if name in asking and not waited:
            yield Finding("deployment-waits", State.OK, f"{name} asks the gate in the job itself.", *at)
        elif not waited:
            said = f"{name} deploys, by its name or environment, and does not wait for {' or '.join(sorted(asking))}."
            yield Finding("deployment-waits", State.PROBLEM, said, *at, _REMEDY.format(", ".join(sorted(asking))))
        else:
            yield _waiting(workflow, name, waited, asking)


def _waiting(workflow: Workflow, name: str, waited: list[str], asking: dict[str, GateJob]) -> Finding:
    at = (workflow.where, workflow.line(name))
    between = [name, *(workflows.all_needs(workflow, name) - set(waited))]
    for each in between:
        condition = str(workflow.jobs.get(each, Map()).get("if", ""))
        if not _OVERRIDES.search(condition) or any(workflows.all_needs(workflow, each) & set(waited)) is False:
            continue
        if not all(re.search(rf"needs\.{re.escape(gate)}\.result\s*==\s*'success'", condition) for gate in waited):
            said = f"{name} waits for {', '.join(waited)}, but `if: {condition}` of {each} runs it after a failure as well."
            return Finding("deployment-waits", State.PROBLEM, said, *at, _REMEDY.format(", ".join(waited)))
    if all(asked.baseline for gate in waited for asked in asking[gate].asked):
        said = f"{name} waits for a gate that counts only what is new (`--baseline`); what is released is asked everything."
        return Finding(
            "deployment-waits", State.PROBLEM, said, *at, "Ask the gate without --baseline before a deployment."
        )
    return Finding("deployment-waits", State.OK, f"{name} waits for {', '.join(waited)}.", *at)


def elsewhere(found: Sequence[Workflow], gates: Sequence[GateJob]) -> Iterator[Finding]:
    """The jobs that deploy in workflows that ask no gate themselves."""
    asking = {gate.where for gate in gates}
    names = {each.name for each in found if each.where in asking}
    called = {workflows.local_uses(job) for each in found if each.where in asking for job in each.jobs.values()}
    for workflow in found:
        if workflow.where in asking or workflow.where in called or not gates:
            continue
        for name, job in workflow.jobs.items():
            if workflows.deploys(name, job):
                yield _apart(workflow, name, job, names)


def _apart(workflow: Workflow, name: str, job: Map, names: set[str]) -> Finding:
    at = (workflow.where, workflow.line(name))
    after = {str(each) for each in listed(mapping(workflow.triggers.get("workflow_run")).get("workflows"))}
    if "workflow_run" in workflow.triggers and set(workflow.triggers) == {"workflow_run"} and after and after <= names:
        if re.search(r"workflow_run\.conclusion\s*==\s*'success'", str(job.get("if", ""))):
            return Finding(
                "deployment-waits", State.OK, f"{name} runs where {', '.join(sorted(after))} ended well.", *at
            )
        said = f"{name} runs when {', '.join(sorted(after))} is over, well or not: `workflow_run` says nothing of how it ended."
        remedy = "Give it `if: github.event.workflow_run.conclusion == 'success'`."
        return Finding("deployment-waits", State.PROBLEM, said, *at, remedy)
    said = f"{name} deploys, by its name or environment, in a workflow that asks no gate: only what a merge requires stands before it."
    remedy = "Ask the gate in the same workflow and give the job `needs:`."
    return Finding("deployment-waits", State.COULD_NOT_TELL, said, *at, remedy)

"""The wiring of a repository as a whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

from governance.wiring import elsewhere, protection
from governance.wiring.findings import Finding, State
from governance.wiring.github import judging as github
from governance.wiring.gitlab import judging as gitlab

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from governance.wiring.files import Files
    from governance.wiring.host import GateJob, Read
    from governance.wiring.protection import Required

BRANCH = "main"


def judge(files: Files, *, today: date, branch: str = BRANCH, required: Required | None = None) -> list[Finding]:
    """Every finding about the pipelines, the gravest first of each file as they were read."""
    hosts = [github.judge(files, today=today, branch=branch), gitlab.judge(files, today=today, branch=branch)]
    found: list[Finding] = []
    gates: list[GateJob] = [gate for read in hosts for gate in read.gates]
    others = list(elsewhere.findings(files))
    found += _is_asked(gates, hosts, others, files)
    for read in hosts:
        found += read.findings
        if read.gates:
            found += protection.findings(read.gates, read.host, required, branch)
            if not any(each.rule == "deployment-waits" for each in read.findings):
                said = f"No job of these files deploys, releases or publishes, by its name or environment: {', '.join(read.seen)}."
                found.append(Finding("deployment-waits", State.OK, said))
            if required is None and read.host == "github":
                found += [_waits(gate) for gate in read.gates if gate.waits_for]
    return list(dict.fromkeys([*found, *others]))


def _is_asked(
    gates: Sequence[GateJob], hosts: Sequence[Read], others: Sequence[Finding], files: Files
) -> list[Finding]:
    if gates:
        return [
            Finding("gate-is-asked", State.OK, f"{gate.name} asks the gate.", gate.where, gate.line) for gate in gates
        ]
    remedy = "Add a job that runs `govern gate SYSTEM`: docs/how-to/gate-in-a-pipeline.md."
    seen = [name for read in hosts for name in read.seen]
    beyond = [each for read in hosts for each in read.beyond]
    untold = [each for read in hosts for each in read.findings if each.state is not State.OK]
    if beyond or others or untold:
        shown = f" It may stand in: {'; '.join(beyond[:5])}." if beyond else ""
        return [
            Finding(
                "gate-is-asked", State.COULD_NOT_TELL, f"No gate was found in what could be read.{shown}", remedy=remedy
            )
        ]
    reminder = elsewhere.reminders(files)
    if reminder is not None:
        said = "Only pre-commit asks the gate: on the machine of whoever commits, who can leave it out."
        return [Finding("gate-is-asked", State.PROBLEM, said, *reminder, remedy)]
    said = f"No pipeline asks the gate. Read: {', '.join(seen)}." if seen else "There is no pipeline here."
    return [Finding("gate-is-asked", State.PROBLEM, said, remedy=remedy)]


def _waits(gate: GateJob) -> Finding:
    said = (
        f"{gate.name} waits for {', '.join(gate.waits_for)}: where that fails it is skipped, and GitHub counts a skipped check as "
        "passed, unless that is required as well."
    )
    return Finding(
        "never-skipped",
        State.COULD_NOT_TELL,
        said,
        gate.where,
        gate.line,
        "Give the gate no `needs`, or export what is required.",
    )

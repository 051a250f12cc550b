"""Workflows as they stand in `.github/workflows`: triggers, jobs, names of checks.

The form is that of GitHub's "Workflow syntax for GitHub Actions". Scalars stay text (see `notation`), so `on:` is a key like any other.
"""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from governance.errors import UnreadableError
from governance.wiring.findings import Finding, State
from governance.wiring.notation import Map, Text, documents, listed, mapping, texts

if TYPE_CHECKING:
    from governance.wiring.files import Files

FOLDER = ".github/workflows"
MOST_CHECKS = 256
"""GitHub makes no more jobs of one matrix."""
_DEPLOYS = re.compile(r"(^|[^a-z])(deploy|release|publish|promote|ship|rollout)", re.IGNORECASE)


@dataclass(frozen=True)
class Workflow:
    """One file. `triggers` maps each event to its filters."""

    where: str
    whole: Map
    triggers: dict[str, Map]

    @property
    def name(self) -> str:
        """The name it shows, which `workflow_run` refers to."""
        return str(self.whole.get("name", self.where))

    @property
    def jobs(self) -> dict[str, Map]:
        """The jobs by id."""
        return {str(name): job for name, job in mapping(self.whole.get("jobs")).items() if isinstance(job, Map)}

    def line(self, job: str) -> int:
        """Where a job begins."""
        return mapping(self.whole.get("jobs")).line_of(job)


def read(files: Files) -> tuple[list[Workflow], list[Finding]]:
    """All workflows, and a finding for each file that could not be read."""
    found: list[Workflow] = []
    told: list[Finding] = []
    for name in [*files.within(FOLDER, "*.yml"), *files.within(FOLDER, "*.yaml")]:
        try:
            whole = next(iter(documents(files.read(name) or b"", where=name)), None)
        except UnreadableError as error:
            said = f"It can not be read: {error.message}."
            told.append(
                Finding("understood", State.COULD_NOT_TELL, said, name, 0, "Mend the file, so that it can be read.")
            )
            continue
        if not isinstance(whole, Map) or not isinstance(whole.get("jobs"), Map):
            said = "It is no workflow: it has no jobs."
            told.append(Finding("understood", State.COULD_NOT_TELL, said, name, 0, "Mend the file, or take it away."))
            continue
        found.append(Workflow(name, whole, triggers(whole)))
    return found, told


def triggers(whole: Map) -> dict[str, Map]:
    """The events of `on:`, each with its filters."""
    on = whole.get("on")
    if isinstance(on, Map):
        return {str(event): mapping(filters) for event, filters in on.items()}
    return {str(event): Map() for event in listed(on) if isinstance(event, Text)}


def needs(job: Map) -> list[str]:
    """The jobs that a job waits for."""
    return [str(each) for each in listed(job.get("needs"))]


def all_needs(workflow: Workflow, name: str) -> set[str]:
    """The jobs that a job waits for, and those that they wait for."""
    found: set[str] = set()
    waiting = [name]
    while waiting:
        for each in needs(workflow.jobs.get(waiting.pop(), Map())):
            if each not in found:
                found.add(each)
                waiting.append(each)
    return found


def deploys(name: str, job: Map) -> bool:
    """Whether a job deploys, releases or publishes, by its environment or its name."""
    return "environment" in job or bool(_DEPLOYS.search(name) or _DEPLOYS.search(str(job.get("name", ""))))


def checks(name: str, job: Map) -> list[str] | None:
    """The names of the checks that a job makes, one for each of its matrix; None where the file does not tell them."""
    own = job.get("name")
    rows = _matrix(job)
    if rows is None:
        return None
    made = []
    for row in rows:
        if own is None:
            values = ", ".join(row.values())
            made.append(f"{name} ({values})" if values else name)
            continue
        said = str(own)
        for axis, value in row.items():
            said = re.sub(rf"\$\{{\{{\s*matrix\.{re.escape(axis)}\s*\}}\}}", value.replace("\\", r"\\"), said)
        if "${{" in said:
            return None
        made.append(said)
    return list(dict.fromkeys(made))


def _matrix(job: Map) -> list[dict[str, str]] | None:
    """Every combination of the matrix that is written out; one empty one where there is no matrix."""
    matrix = mapping(job.get("strategy")).get("matrix")
    if matrix is None:
        return [{}]
    if not isinstance(matrix, Map):
        return None
    axes = {str(axis): values for axis, values in matrix.items() if axis not in ("include", "exclude")}
    values = {axis: listed(each) for axis, each in axes.items()}
    if any(not isinstance(value, Text) or "${{" in value for each in values.values() for value in each):
        return None
    if any(isinstance(matrix.get(each), Text) for each in ("include", "exclude")):
        return None
    combined = itertools.islice(itertools.product(*values.values()), MOST_CHECKS)
    rows = [dict(zip(values, map(str, each), strict=True)) for each in combined] if values else []
    left_out = [texts(each) for each in listed(matrix.get("exclude"))]
    rows = [row for row in rows if not any(each and each.items() <= row.items() for each in left_out)]
    return _included(rows, [texts(each) for each in listed(matrix.get("include"))], set(values))


def _included(rows: list[dict[str, str]], more: list[dict[str, str]], axes: set[str]) -> list[dict[str, str]]:
    """`include` adds to the combinations that it does not change, else it is a combination of its own."""
    made = [dict(row) for row in rows]
    for each in more:
        fits = [
            row
            for row, own in zip(made, rows, strict=False)
            if all(own.get(axis) == each[axis] for axis in axes & each.keys())
        ]
        if fits and axes & each.keys() != set():
            for row in fits:
                row.update(each)
        elif axes and not axes & each.keys():
            for row in made[: len(rows)]:
                row.update(each)
        else:
            made.append(each)
    return made


def local_uses(job: Map) -> str | None:
    """The file of a reusable workflow of the same repository that a job calls."""
    uses = job.get("uses")
    return str(uses)[2:] if isinstance(uses, Text) and uses.startswith("./") else None

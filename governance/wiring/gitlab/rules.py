"""When a job of GitLab runs: `rules`, `only`, `except`, `when` and the rules of the workflow, thought through for one sort of pipeline."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from governance.wiring.expressions import answer
from governance.wiring.notation import Map, Text, listed, mapping, no

if TYPE_CHECKING:
    from governance.wiring.expressions import Answer

SORTS = ("merge request", "branch", "default branch")


@dataclass(frozen=True)
class Turn:
    """Whether a job runs in a pipeline, None where nobody knows. `how` is its `when`, `lets` its `allow_failure` where a rule says it."""

    runs: Answer
    how: str = "on_success"
    lets: object = None
    why: str = ""


def known(sort: str, branch: str) -> dict[str, object]:
    """The variables of a pipeline, as far as its sort fixes them."""
    request = sort == "merge request"
    return {
        "$ci_pipeline_source": "merge_request_event" if request else "push",
        "$ci_merge_request_iid": "1" if request else None,
        "$ci_merge_request_id": "1" if request else None,
        "$ci_merge_request_target_branch_name": branch if request else None,
        "$ci_open_merge_requests": None if sort != "branch" else "group/project!1",
        "$ci_commit_branch": None if request else (branch if sort == "default branch" else "a-change"),
        "$ci_commit_ref_name": branch if sort == "default branch" else "a-change",
        "$ci_default_branch": branch,
        "$ci_commit_tag": None,
    }


def turn(job: Map, sort: str, branch: str) -> Turn:
    """Whether a job runs in a pipeline of this sort, and how."""
    when = str(job.get("when", "on_success"))
    if "rules" in job:
        return _by_rules(listed(job["rules"]), sort, branch, job)
    if "only" in job or "except" in job:
        return _by_refs(job, sort, branch, when)
    return Turn(
        sort != "merge request" and when != "never", when
    )  # without rules a job is in no pipeline of a merge request


def _by_rules(rules: list[object], sort: str, branch: str, job: Map) -> Turn:
    unsure = ""
    for each in rules:
        if not isinstance(each, Map):
            return Turn(None, why="a rule is taken from elsewhere")
        condition = each.get("if")
        holds = answer(str(condition), known(sort, branch)) if condition is not None else True
        if holds is False:
            continue
        when = str(each.get("when", job.get("when", "on_success")))
        limits = [key for key in ("changes", "exists") if key in each]
        if holds is None or limits:
            unsure = unsure or (f"`{limits[0]}`" if limits else f"`if: {condition}`")
            continue
        if unsure:
            return Turn(None if when == "never" else True, when, each.get("allow_failure"), why=unsure)
        return Turn(when != "never", when, each.get("allow_failure"))
    return Turn(None if unsure else False, why=unsure)


def _by_refs(job: Map, sort: str, branch: str, when: str) -> Turn:
    """`only` and `except`, which GitLab keeps for older files."""
    only, other = job.get("only"), job.get("except")
    refs = {
        "merge request": {"merge_requests"},
        "branch": {"branches", "pushes"},
        "default branch": {"branches", "pushes", branch},
    }[sort]
    asked = [str(each) for each in (listed(only) if not isinstance(only, Map) else listed(only.get("refs")))]
    limits = [key for part in (only, other) for key in ("changes", "variables", "kubernetes") if key in mapping(part)]
    runs = bool(refs & set(asked or ("branches", "tags")))
    if not runs and any(each.startswith("/") for each in asked):
        limits.append("only")
    refused = [str(each) for each in (listed(other) if not isinstance(other, Map) else listed(other.get("refs")))]
    if refs & set(refused):
        return Turn(False, when)
    return Turn(None, when, why=f"`{limits[0]}`") if limits else Turn(runs and when != "never", when)


def pipeline_runs(workflow: Map, sort: str, branch: str) -> Answer:
    """Whether there is a pipeline of this sort at all, by `workflow: rules`."""
    if "rules" not in workflow:
        return True
    return _by_rules(listed(workflow["rules"]), sort, branch, Map()).runs


def lets_pass(value: object) -> tuple[int, ...] | None:
    """The exit codes that `allow_failure` lets pass; None for every one of them."""
    if isinstance(value, Map):
        codes = [str(each) for each in listed(value.get("exit_codes"))]
        return tuple(int(each) for each in codes if each.isdigit())
    if isinstance(value, Text) and not no(value):
        return None
    return ()

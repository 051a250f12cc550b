"""What was planned, and how often each task was run before one result was shown: the first thing to ask of a number."""

from __future__ import annotations

from typing import TYPE_CHECKING

from governance.domain import tried
from governance.reports.parts import attempts
from governance.reports.review.lines import NOT_KNOWN, Row
from governance.verifier import figures

if TYPE_CHECKING:
    from collections.abc import Iterator

    from governance.domain.case import Case
    from governance.domain.decision import SignedDecision
    from governance.domain.plan import PlannedSuite


def planned(case: Case) -> Iterator[Row]:
    """The plan with its suites; then every task that is judged, with its runs and the one submitted."""
    sealed = tried.plans(case.dossier, case.on, case.quorums)
    if sealed:
        yield from _sealed(sealed)
    else:
        yield Row("no plan that counts is on record: nothing was fixed before it was measured")
    tasks = attempts.measured(case)
    for task in tasks:
        since = tried.since(case.dossier, task, case.on, case.quorums)
        yield Row(_tried(attempts.of_task(case, task, since), _since(since, sealed)))
    if not tasks:
        yield Row("the policy measures no task")


def _since(entry: int, sealed: tuple[SignedDecision, ...]) -> str:
    """From when on runs are counted, in words."""
    if sealed and entry >= sealed[0].seq:
        return "since the first plan" if len(sealed) > 1 else "since the plan"
    return "since another model was approved" if entry >= 0 else "on record"


def _sealed(plans: tuple[SignedDecision, ...]) -> Iterator[Row]:
    """The plan in force, with its suites; and whether it is the first."""
    signed = plans[-1]
    decision = signed.decision
    day = figures.day(signed.recorded_at)
    yield Row(f"{decision.signer} ({decision.role}) sealed the plan on {day}, {signed.id[:12]}")
    yield Row(f"because: {decision.reason}", deep=True)
    if len(plans) > 1:
        earlier, first = figures.count(len(plans) - 1, "earlier plan"), figures.day(plans[0].recorded_at)
        yield Row(f"it replaces {earlier}, the first of {first}", deep=True)
    for suite in decision.plan.suites if decision.plan else ():
        yield Row(_suite(suite), deep=True)


def _suite(suite: PlannedSuite) -> str:
    parts = [f"{suite.task} {suite.metric}" + (f" against {suite.against}" if suite.against else "")]
    for name, value in (("margin", suite.margin), ("at least", suite.at_least), ("at most", suite.at_most)):
        if value is not None:
            parts.append(f"{name} {value:g}")
    if suite.n is not None:
        parts.append(f"at least {figures.count(suite.n, 'item')}")
    return ", ".join([*parts, f"at most {figures.count(suite.runs, 'run')}"])


def _tried(held: attempts.Attempts, since: str) -> str:
    if not held.runs:
        return f"{held.task}: no run {since}"
    which = f"submitted is {held.submitted.id[:11]} of {_day(held)}" if held.submitted else "none of them of this model"
    return f"{held.task}: {figures.count(len(held.runs), 'run')} {since}, on any weights; {which}"


def _day(held: attempts.Attempts) -> str:
    when = held.submitted.record.effective_at if held.submitted else None
    return figures.day(when) if when is not None else f"a day that is {NOT_KNOWN}"

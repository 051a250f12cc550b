"""The plan, and how often a task was run, where people decide: on the review page, and among the sign-offs."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from governance.domain.approval import State
from governance.domain.conditions import Condition
from governance.domain.decision import DecisionKind
from governance.domain.plan import Plan
from governance.parsing import canonical
from governance.reports.claims.references import References
from governance.reports.parts import sign_offs
from governance.reports.review.planned import planned
from governance.reports.writing.render import Renderer
from tests.reports import cases, found
from tests.reports.test_languages import TEMPLATES

if TYPE_CHECKING:
    from governance.domain.case import Case

SUITES = (
    {"task": "refusal_safety", "metric": "acc", "against": "base", "margin": 0.05, "n": 500, "runs": 1},
    {"task": "elm_desk_qa", "metric": "acc", "at_least": 0.6, "confidence": 0.99, "runs": 3},
    {"task": "toxigen", "metric": "acc", "at_most": 0.1},
    {"task": "gsm8k", "metric": "acc"},
)
OTHERS = found.candidate(canonical.sha256(b"an attempt that was thrown away"))


def run(seq: int, about: Any = None, *tasks: str) -> Any:
    rows = [found.result(task, "acc", 0.7, 0.01, 500) for task in tasks or ("refusal_safety",)]
    return found.piece(seq, "eval-run.v1", about or found.candidate(), found.evaluation("m", found.WEIGHTS, rows))


def plan(seq: int, *suites: dict[str, Any], valid: bool = True) -> Any:
    made = cases.decision(seq, DecisionKind.PLAN, cases.full().dossier.identity.digest, valid=valid)
    sealed = made.decision.model_copy(
        update={"plan": Plan.model_validate({"suites": list(suites)}), "signer": "Theo Example", "role": "threshold-author",
                "reason": "Before the runs"}
    )  # fmt: skip
    return made.model_copy(update={"decision": sealed, "recorded_at": cases.ON - timedelta(days=9 - seq / 10)})


def held(*more: Any, decisions: tuple[Any, ...] = (), **condition: Any) -> Case:
    """A case with the weights and these runs, and a policy of this one condition."""
    case = cases.full(pieces=(*found.pieces()[:4], *more))
    asked = (Condition(id="asked", why="It is so.", **condition),) if condition else ()
    policies = {"release": cases.policy().model_copy(update={"conditions": asked})}
    return replace(
        case, dossier=replace(case.dossier, decisions=decisions), catalogue=replace(case.catalogue, policies=policies)
    )


def said(case: Case) -> list[str]:
    return [row.text for row in planned(case)]


def test_a_reviewer_reads_how_many_runs_there_were_and_which_one_is_submitted():
    runs = [run(seq, OTHERS) for seq in range(20, 33)]
    told = said(held(run(7), *runs, run(33), decisions=(plan(10, SUITES[0]),)))
    assert told[0].startswith("Theo Example (threshold-author) sealed the plan on ")
    assert told[1:3] == [
        "because: Before the runs",
        "refusal_safety acc against base, margin 0.05, at least 500 items, at most 1 run",
    ]
    own = f"ev-{33:020x}"[:11]
    assert told[3] == (
        f"refusal_safety: 14 runs since the plan, on any weights; submitted is {own} of {cases.ON - timedelta(days=3):%Y-%m-%d}"
    )


def test_another_plan_resets_no_count():
    told = said(held(run(20), run(22), decisions=(plan(10, SUITES[0]), plan(21, SUITES[0]))))
    assert any(text.startswith("it replaces 1 earlier plan, the first of ") for text in told)
    assert told[-1].startswith("refusal_safety: 2 runs since the first plan")


def test_a_run_on_the_base_is_no_attempt_and_one_of_other_weights_is_not_submitted():
    told = said(held(run(20, found.base()), run(21, OTHERS), decisions=(plan(10, SUITES[0]),)))
    assert told[-1] == "refusal_safety: 1 run since the plan, on any weights; none of them of this model"


def test_a_plan_whose_signature_does_not_count_is_none():
    told = said(
        held(run(20), decisions=(plan(10, SUITES[0], valid=False),), max_attempts={"task": "refusal_safety", "most": 3})
    )
    assert told[0] == "no plan that counts is on record: nothing was fixed before it was measured"
    assert told[1].startswith("refusal_safety: 1 run on record, on any weights; submitted is ")


def test_without_a_plan_runs_are_counted_since_another_model_was_approved():
    approval = cases.decision(15, DecisionKind.APPROVE, canonical.sha256(b"the model before"))
    told = said(
        held(run(10, OTHERS), run(20), decisions=(approval,), max_attempts={"task": "refusal_safety", "most": 3})
    )
    assert told[1].startswith("refusal_safety: 1 run since another model was approved")


def test_the_tasks_of_a_purpose_that_is_asked_are_told_and_none_at_all_is_said():
    asked = {"sufficient": {"purpose": "quality", "metric": "acc", "margin": 0.05}}
    assert said(held(run(20, None, "gsm8k", "other"), **asked))[1].startswith("gsm8k: 1 run on record")
    assert said(held(run(20)))[1:] == ["the policy measures no task"]
    assert said(held(max_attempts={"task": "t", "most": 1}))[1:] == ["t: no run on record"]


def test_a_sealed_plan_stands_among_the_sign_offs_with_its_runs():
    case = held(run(7), run(20), run(21, OTHERS), run(22, None, "elm_desk_qa"), decisions=(plan(10, *SUITES),))
    (row,) = sign_offs.rows(case, References(case))
    assert row.status.word == "plan sealed"
    assert [str(each) for each in row.about] == [
        "Planned: refusal_safety acc against base model, margin 0.050; runs: at most 1. Items: at least 500.",
        "Runs of refusal_safety since, on any weights: 2, 1 submitted.",
        "Planned: elm_desk_qa acc at least 0.600; runs: at most 3. Confidence: 0.990.",
        "Runs of elm_desk_qa since, on any weights: 1, 1 submitted.",
        "Planned: toxigen acc at most 0.100; runs: at most 1.",
        "Not run since: toxigen.",
        "Planned: gsm8k acc; runs: at most 1.",
        "Not run since: gsm8k.",
    ]


def test_a_german_report_tells_the_plan_in_german():
    case = held(run(20), decisions=(plan(10, *SUITES),))
    case = replace(case, approvals=(), decided=(cases.approval(case.dossier.decisions[0], State.IN_FORCE),))
    text = Renderer(case, TEMPLATES, {"language": "de"}).render("audit-report.html").decode()
    assert "Plan versiegelt" in text
    assert (
        "Geplant: refusal_safety acc im Vergleich (Basismodell), Toleranz 0,050; Läufe: höchstens 1. Fragen: mindestens 500."
        in text
    )
    assert "Läufe von refusal_safety seither, auf irgendwelchen Gewichten: 1, davon 1 eingereicht." in text
    assert "Nicht ausgeführt seither: toxigen." in text

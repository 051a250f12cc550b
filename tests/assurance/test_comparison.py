"""Two candidates held against each other: what differs, what can not be told, and what is never subtracted."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from governance.assurance import intervals
from governance.assurance.comparison import compare
from governance.domain.comparison import Side
from tests.assurance.cases import (
    NOON,
    OTHER,
    OURS,
    artifacts,
    catalogue,
    control,
    dossier,
    piece,
    policy,
    risk,
    row,
    run,
    signed,
    suite,
)
from tests.assurance.sides import CONTENT, RULE, case, compared, evaluations, of_pieces

THIRD = "sha256:" + "7" * 64


def one(found: Any) -> Any:
    (row,) = found.results
    return row


# --- results -------------------------------------------------------------------------------------------------------------


def test_a_difference_has_the_interval_that_the_gate_would_use():
    before, after = row(value=0.9, n=200, higher_is_better=True), row(value=0.8, n=200, higher_is_better=True)
    found = one(evaluations(run(before), new=(run(after),)))
    held = intervals.of_difference(intervals.of_result(after, 0.95), intervals.of_result(before, 0.95))
    assert (found.low, found.high, found.method) == (held.low, held.high, "Newcombe")
    assert found.delta == pytest.approx(-0.1)
    assert (found.verdict, found.pairs) == ("worse", None)


SETTINGS = {
    "another version of the task": (row(task_version="2"), {}),
    "the version of the task is told on one side only": (row(task_version=None), {}),
    "other examples shown": (row(), {"n_shot": {"xstest": 5}}),
    "another number of samples": (row(n=80), {}),
    "another version of the harness": (row(), {"harness": {"name": "lm-eval", "version": "0.5"}}),
    "another harness": (row(), {"harness": {"name": "inspect", "version": "0.4"}}),
    "another unit": (row(unit="percent"), {}),
    "another definition of the task": (row(task_digest="sha256:" + "1" * 64), {}),
    "another judging model": (row(), {"judges": ["some-model"]}),
    "asked three times": (row(), {"epochs": 3}),
    "no number": (row(value=None), {}),
}


@pytest.mark.parametrize("named", SETTINGS)
def test_numbers_that_were_made_in_another_way_are_never_subtracted(named):
    after, body = SETTINGS[named]
    before = row(unit="proportion", task_digest="sha256:" + "2" * 64)
    found = one(evaluations(run(before, n_shot={"xstest": 0}), new=(run(after, **({"n_shot": {"xstest": 0}} | body)),)))
    assert found.verdict == "not-comparable"
    assert (found.delta, found.low, found.high) == (None, None, None)
    assert found.because
    assert all(said for said in found.because)


def test_a_setting_that_neither_side_tells_is_said_beside_the_difference():
    found = one(evaluations(run(row(task_version=None)), new=(run(row(task_version=None, value=0.8)),)))
    assert found.delta is not None
    assert "neither side tells the version of the task" in found.notes


def test_a_run_that_failed_is_not_compared():
    found = one(of_pieces([piece(2)], [piece(50, digest=OTHER, quality="failed")]))
    assert found.verdict == "not-comparable"
    assert "failed" in " ".join(found.because)


def test_without_a_direction_nothing_is_worse_or_better():
    found = one(evaluations(run(row(value=0.9, n=500)), new=(run(row(value=0.2, n=500)),)))
    assert (found.verdict, found.higher_is_better) == ("can-not-tell", None)


def test_without_n_or_standard_error_there_is_a_difference_and_no_verdict():
    rows = (row(value=0.9, n=None, higher_is_better=True), row(value=0.2, n=None, higher_is_better=True))
    found = one(evaluations(run(rows[0]), new=(run(rows[1]),)))
    assert (found.verdict, found.low) == ("can-not-tell", None)
    assert found.delta == pytest.approx(-0.7)


def test_what_is_worse_comes_first_then_what_was_left_out():
    up = {"higher_is_better": True}
    before = run(row("a", value=0.5, **up), row("b", value=0.9, **up), row("c", value=0.5, **up), row("d", **up))
    after = run(row("a", value=0.9, **up), row("b", value=0.4, **up), row("d", task_version="2", **up), row("e", **up))
    found = evaluations(before, new=(after,))
    assert [(each.task, each.verdict) for each in found.results] == [
        ("b", "worse"), ("c", "not-measured-again"), ("d", "not-comparable"), ("e", "new"), ("a", "better"),
    ]  # fmt: skip


def test_the_newest_run_counts_whatever_it_says_and_the_runs_are_counted():
    new = (run(row(value=0.95, higher_is_better=True)), run(row(value=0.3, higher_is_better=True)))
    found = one(evaluations(run(row(higher_is_better=True)), new=new))
    assert (found.after.value, found.after.runs, found.verdict) == (0.3, 2, "worse")


def test_evidence_on_other_weights_or_on_none_is_not_compared_and_the_latter_is_counted():
    found = of_pieces([piece(2)], [piece(50, digest=THIRD), piece(51, about="unbound")])
    assert one(found).verdict == "not-measured-again"
    assert found.attempts.unbound == (f"ev-{51:020x}",)
    assert len(found.attempts.evaluations) == 2


def test_the_same_evidence_on_both_sides_is_counted_and_told_nowhere():
    held = dossier(artifacts(1), piece(2))
    before, after = replace(held, ledger_size=3), replace(held, ledger_size=9)
    found = compared(case(before), case(after))
    assert (found.results, found.results_same, found.same_identity) == ((), 1, True)


def test_an_attack_is_compared_as_a_share_of_its_attempts_and_lower_is_better():
    def attacked(hits: int, attempts: int = 200) -> dict[str, Any]:
        probe = {"name": "dan", "detector": "mitigation", "attempts": attempts, "hits": hits}
        return {"tool": {"name": "garak", "version": "0.13"}, "probes": [probe], "attempts": attempts, "hits": hits}

    def of(before: dict[str, Any], after: dict[str, Any]) -> Any:
        old = [piece(2, "red-team.v1", body=before)]
        return one(of_pieces(old, [piece(50, "red-team.v1", body=after, digest=OTHER)]))

    assert (of(attacked(10), attacked(60)).verdict, of(attacked(60), attacked(10)).verdict) == ("worse", "better")
    assert of(attacked(10), attacked(10, 100)).verdict == "not-comparable"
    assert of(attacked(10), attacked(60) | {"threshold": 0.5}).verdict == "not-comparable"


@given(some.integers(0, 60), some.integers(0, 60), some.integers(1, 60))
def test_the_other_way_round_every_difference_is_mirrored(right: int, other: int, n: int):
    rows = [row(value=min(each, n) / n, n=n, higher_is_better=True) for each in (right, other)]
    there, back = (one(evaluations(run(a), new=(run(b),))) for a, b in (rows, rows[::-1]))
    assert there.delta == pytest.approx(-back.delta)
    assert (there.low, there.high) == (pytest.approx(-back.high), pytest.approx(-back.low))
    turned = {"worse": "better", "better": "worse"}
    assert there.verdict == turned.get(back.verdict, back.verdict)
    assert there.low <= there.delta <= there.high


# --- the model -----------------------------------------------------------------------------------------------------------


def test_a_part_known_by_its_name_on_both_sides_is_never_called_equal():
    base = {"base": {"name": "org/base", "revision": "abc"}}
    before = replace(dossier(artifacts(1, **base)), ledger_size=2)
    after = replace(dossier(artifacts(1, **base), artifacts(40, OTHER, **base)), ledger_size=50)
    found = {each.part: each for each in compared(case(before), case(after)).parts}
    assert (found["adapter"].way, found["base"].way) == ("changed", "not-told")
    assert "the bytes may not be" in found["base"].said


def test_files_that_came_in_went_and_changed_are_told_and_the_rest_is_counted():
    def files(**said: str) -> list[dict[str, Any]]:
        return [{"path": path, "size": 1, "sha256": f"sha256:{mark * 64}"} for path, mark in said.items()]

    before = replace(dossier(artifacts(1, files=files(a="1", b="1", c="1"))), ledger_size=2)
    after = dossier(
        artifacts(1, files=files(a="1", b="1", c="1")), artifacts(40, OTHER, files=files(a="1", b="2", d="1"))
    )
    found = compared(case(before), case(replace(after, ledger_size=50))).files
    assert [(row.path, row.way) for row in found.rows] == [("b", "changed"), ("c", "removed"), ("d", "added")]
    assert found.same == 1


def test_no_weights_on_a_side_is_said_and_no_part_is_made_up():
    before = replace(dossier(), ledger_size=1)
    found = compared(case(before), case(replace(dossier(artifacts(1)), ledger_size=9)))
    assert found.before.identity is None
    assert [(each.part, each.way) for each in found.parts] == [("adapter", "added"), ("base", "added")]
    assert found.files is None


# --- data, energy, scans -------------------------------------------------------------------------------------------------


def test_a_data_set_that_grew_and_changed_its_licence_is_told_field_by_field_and_file_by_file():
    def data(rows: int, licence: str, mark: str) -> dict[str, Any]:
        files = [{"path": "train.jsonl", "size": rows, "sha256": f"sha256:{mark * 64}"}]
        return {"name": "questions", "rows": rows, "licence": {"id": licence}, "files": files, "languages": ["en"]}

    old = piece(2, "dataset-manifest.v1", "data-set", data(100, "cc-by-4.0", "1"), name="questions")
    new = piece(50, "dataset-manifest.v1", "data-set", data(140, "other", "2"), name="questions")
    section = next(each for each in of_pieces([old], [new]).things if each.id == "data")
    (thing,) = section.rows
    assert [(each.label, each.before.value, each.after.value) for each in thing.fields] == [
        ("Rows", 100, 140), ("Licence", "cc-by-4.0", "other"),
    ]  # fmt: skip
    assert (thing.same, [row.way for row in thing.files.rows]) == (1, ["changed"])


def test_energy_by_another_method_is_told_and_not_subtracted():
    def energy(kwh: float, method: str) -> dict[str, Any]:
        return {
            "kwh": kwh,
            "method": method,
            "activity": "training",
            "scope": "machine",
            "tool": {"name": "t", "version": "1"},
        }

    def apart(method: str) -> str:
        old = piece(2, "energy.v1", "system", energy(1.0, "estimated"))
        new = piece(50, "energy.v1", "system", energy(2.0, method))
        section = next(each for each in of_pieces([old], [new]).things if each.id == "energy")
        return section.rows[0].apart

    assert apart("measured") == "the method is measured now and was estimated"
    assert apart("estimated") == ""


def test_a_scan_that_was_not_made_again_is_told_first_and_one_piece_for_both_is_no_news():
    scan = {"target": "weights", "tool": {"name": "modelscan", "version": "1"}, "findings": 0}
    code = {"target": "code", "tool": {"name": "bandit", "version": "1"}, "findings": 2}
    old = [piece(2, "security-scan.v1", body=scan), piece(3, "security-scan.v1", "system", code)]
    section = next(each for each in of_pieces(old, []).things if each.id == "checks")
    assert [(thing.name, thing.way) for thing in section.rows] == [("weights, modelscan", "removed")]
    assert (section.carried, section.before, section.after) == (1, 2, 1)


def test_a_section_with_nothing_on_either_side_says_so():
    section = next(each for each in of_pieces([], []).things if each.id == "energy")
    assert (section.before, section.after, section.rows, section.same) == (0, 0, (), 0)


# --- standings, risks, findings ------------------------------------------------------------------------------------------

MIXED = catalogue(
    control("good", {"expect": [{"field": "results[].value", "at_least": 0.5}]}),
    control("strict", {"expect": [{"field": "results[].value", "at_least": 0.85}]}),
    control("noted", {"kind": "own-note.v1", "about": "any"}),
    control("there", {"kind": "model-artifacts.v1"}),
    risks=(
        risk("harm", 4, 4, {"control": "strict", "reduces": "likelihood", "steps": 2}),
        risk("blur", 3, 3, {"control": "noted", "reduces": "impact", "steps": 1}),
        risk("calm", 2, 2, {"control": "there", "reduces": "impact", "steps": 1}),
    ),
)


def moved() -> Any:
    new = [piece(50, body=run(row(value=0.6)), digest=OTHER), piece(51, "own-note.v1", "system", {"text": "seen"})]
    return of_pieces([piece(2)], new, content=MIXED)


def test_standings_are_told_in_both_directions_worse_first_and_the_rest_is_counted():
    found = moved().controls
    assert [(each.id, each.turn, each.before, each.after) for each in found.rows] == [
        ("strict", "worse", "met", "unmet"), ("noted", "better", "missing", "met"),
    ]  # fmt: skip
    assert (found.same, found.on_other_evidence, found.total) == (2, 2, 4)
    assert found.same + len(found.rows) == found.total
    assert all(each.after_evidence for each in found.rows)


def test_risks_move_with_them_and_say_what_moved():
    found = moved().risks
    assert [(each.risk, each.turn, each.what) for each in found.rows] == [
        ("harm", "worse", ("residual",)), ("blur", "better", ("residual",)),
    ]  # fmt: skip
    assert (found.rows[0].before.residual, found.rows[0].after.residual) == ((2, 4), (4, 4))
    assert found.same == 1


def test_another_owner_and_treatment_of_a_risk_is_a_move_without_a_turn():
    own = {"harm": {"owner": "Ines Moreau", "treatment": "accept"}}
    before = replace(dossier(artifacts(1)), ledger_size=5)
    after = replace(dossier(artifacts(1), risks=own, risk_appetite=12), ledger_size=9)
    found = compared(case(before, MIXED), case(after, MIXED))
    rows = {each.risk: each for each in found.risks.rows}
    assert (rows["harm"].turn, set(rows["harm"].what)) == ("other", {"treatment", "owner", "appetite"})
    assert [each.field for each in found.stated] == ["risk_appetite", "risks"]


def test_a_control_that_asks_for_something_else_is_marked():
    anew = catalogue(control("strict", {"expect": [{"field": "results[].value", "at_least": 0.95}]}))
    held = replace(dossier(artifacts(1), piece(2)), ledger_size=5)
    (found,) = compared(
        case(held, catalogue(MIXED.controls["strict"])), case(replace(held, ledger_size=9), anew)
    ).controls.rows
    assert (found.before, found.after, found.asked_anew) == ("met", "unmet", True)


def finding(number: int, title: str, digest: str) -> Any:
    body = {"rule": "pickle", "severity": "high", "title": title, "detail": "x", "path": title, "remedy": "remove it"}
    return piece(number, "finding.v1", body=body, digest=digest)


def test_findings_are_opened_no_longer_open_or_the_same():
    old = [finding(2, "a", OURS), finding(3, "b", OURS)]
    found = of_pieces(old, [finding(50, "b", OTHER), finding(51, "c", OTHER)]).findings
    assert ([each.title for each in found.opened], [each.title for each in found.closed], found.same) == (
        ["c"],
        ["a"],
        1,
    )


# --- words of people -----------------------------------------------------------------------------------------------------


def test_decisions_since_and_waivers_that_count_on_one_side_only_are_told():
    first = replace(dossier(artifacts(1), piece(2)), ledger_size=10)
    waiver = {
        "control": "tested",
        "standing": "missing",
        "compensation": "A person looks",
        "owner": "Ada",
        "retest": "2027-01-01",
    }
    expires = (NOON + timedelta(days=30)).date()
    waived = signed(12, first, RULE, "Olga Example", "risk-owner", "waive", waiver=waiver, expires=expires)
    held = signed(13, first, RULE, decision="hold")
    after = replace(first, decisions=(waived, held), ledger_size=20)
    found = compared(case(first), case(after))
    assert [(each.decision, each.same_identity) for each in found.words] == [("waive", True), ("hold", True)]
    assert [(each.what, each.counts) for each in found.relaxed] == [("control tested", "now, and not before")]
    back = compared(case(after), case(replace(after, ledger_size=21)))
    assert (back.words, back.relaxed) == ((), ())


def test_what_was_tried_between_is_counted():
    new = [
        piece(50, "training-run.v1", digest=THIRD),
        piece(51, "training-run.v1", digest=OTHER),
        piece(52, digest=THIRD),
    ]
    tried = of_pieces([piece(2)], new).attempts
    assert (len(tried.trainings), len(tried.evaluations), tried.candidates) == (2, 1, ())


def test_an_identity_that_stood_between_is_named():
    earlier = (artifacts(1, OURS),)
    later = dossier(*earlier, artifacts(20, THIRD), artifacts(40, OTHER))
    found = compared(case(replace(dossier(*earlier), ledger_size=9)), case(replace(later, ledger_size=50)))
    assert len(found.attempts.candidates) == 1
    assert found.attempts.candidates[0] not in {found.before.identity, found.after.identity}


def test_a_case_held_against_itself_differs_in_nothing():
    held = case(replace(dossier(artifacts(1), piece(2), finding(3, "a", OURS)), ledger_size=9), MIXED)
    found = compare(Side(held, "x", "x"), Side(held, "now", "now"))
    assert found.same_identity
    assert {each.way for each in found.parts} <= {"same", "not-told"}
    assert not found.results
    moves = (found.controls, found.requirements, found.conditions, found.risks)
    assert [each.rows for each in moves] == [()] * 4
    told = (found.findings.opened, found.findings.closed, found.thresholds, found.content, found.stated, found.words)
    assert told == ((),) * 6
    assert found.controls.same == found.controls.total == 4
    assert found == compare(Side(held, "x", "x"), Side(held, "now", "now"))


def test_purposes_come_from_the_suites():
    content = replace(CONTENT, suites={"safety": suite("safety", "xstest")})
    assert one(of_pieces([piece(2)], [piece(50, digest=OTHER)], content=content)).purposes == ("safety",)


def test_the_policy_of_each_side_is_its_own():
    strict = policy({"no_open_finding": {"severity": "low"}})
    held = replace(dossier(artifacts(1)), ledger_size=5)
    found = compared(case(held, rule=RULE), case(replace(held, ledger_size=9), rule=strict))
    assert found.before.policy_digest != found.after.policy_digest
    assert [(each.what, each.way) for each in found.thresholds] == [("condition c0: severity", "tightened")]

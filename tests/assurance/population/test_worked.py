"""Reconciliations whose answers were worked by hand."""

from __future__ import annotations

import pytest

from governance.assurance.population.answers import Answer
from governance.assurance.population.reconcile import reconcile

from .worked import CASES, given, load


def test_there_are_cases_for_every_answer():
    answers = {answer for path in CASES for answer in load(path)["expect"]["units"].values()}
    assert answers == {answer.value for answer in Answer}


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_the_answer_is_the_one_that_was_worked_by_hand(path, tmp_path):
    case = load(path)
    expect = case["expect"]
    made = reconcile(given(case, tmp_path))
    assert {unit.key.partition("@")[0]: unit.answer.value for unit in made.units} == expect["units"]
    assert list(made.sentences) == expect["sentences"]
    assert made.exit_code == expect["exit"]
    assert {name: getattr(made.beside, name) for name in expect.get("beside", {})} == expect.get("beside", {})
    assert [one.id for one in made.unexplained] == expect.get("unexplained", [one.id for one in made.unexplained])
    if "period" in expect:
        source = made.sources[0]
        assert [source.earliest, source.latest, source.zone] == expect["period"]
    assert sum(source.not_read for source in made.sources) == expect.get("not_read", 0)


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_every_unit_says_why(path, tmp_path):
    made = reconcile(given(load(path), tmp_path))
    assert all(unit.reasons and all(unit.reasons) for unit in made.units)
    assert all(unit.by for unit in made.units if unit.sort == "job")
    assert made.exit_code == 0 or made.doubts or any(unit.answer is not Answer.EVIDENCED for unit in made.units)


def test_what_rests_on_names_and_sizes_alone_says_so(tmp_path):
    case = load(next(path for path in CASES if path.stem == "requeued"))
    (unit,) = reconcile(given(case, tmp_path)).units
    assert "these names and sizes; the bytes were not hashed" in unit.reasons[0]
    assert unit.reasons[-1] == "1 earlier checkpoint counts with it"
    assert (unit.start, unit.end) == ("2026-05-04T08:00:00", "2026-05-04T12:00:00")


def test_a_contradiction_names_the_other_job_and_by_what_each_is_known(tmp_path):
    case = load(next(path for path in CASES if path.stem == "two-jobs-one-folder"))
    first, second, alone = reconcile(given(case, tmp_path)).units
    assert first.reasons == ("srv/out/slurm-7001 is said to be by slurm 7002 tune as well",)
    assert first.by == ("the name slurm-7001",)
    assert second.by == ("the record ev-rec of the run is tied to these weights",)
    assert alone.reasons[0] == "2 jobs are said to have written it: slurm 7001 tune, slurm 7002 tune"

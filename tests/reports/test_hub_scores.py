"""Scores beside the card, as the Hugging Face Hub reads them, without asking the Hub."""

from __future__ import annotations

from dataclasses import replace

import pytest
import yaml
from huggingface_hub import (
    EvalResultEntry,
    eval_result_entries_to_yaml,
    parse_eval_result_entries,
)
from pydantic import Field

from governance.errors import UsageError
from governance.exchange import hub_eval_results
from governance.parsing import canonical
from governance.reports.card import hub
from tests.reports import cases, found


def named(case, **benchmarks):
    """The case with benchmarks in its system file; `__` stands for the slash before a metric."""

    class Stated(type(case.dossier.system)):
        benchmarks: dict[str, str] = Field(default_factory=dict)

    fields = {
        **case.dossier.system.__dict__,
        "benchmarks": {name.replace("__", "/"): at for name, at in benchmarks.items()},
    }
    return replace(case, dossier=replace(case.dossier, system=Stated.model_construct(**fields)))


def test_scores_are_written_as_the_hub_itself_writes_and_reads_them(full):
    made = hub_eval_results.beside_the_card(
        named(full, elm_desk_qa="elm-library/elm-bench:desk", refusal_safety="a/b:c")
    )
    assert list(made) == ["model-card/.eval_results/elm_desk_qa.yaml", "model-card/.eval_results/refusal_safety.yaml"]
    plain = yaml.safe_load(made["model-card/.eval_results/elm_desk_qa.yaml"])
    (entry,) = parse_eval_result_entries(plain)
    assert isinstance(entry, EvalResultEntry)
    assert (entry.dataset_id, entry.task_id, entry.value, entry.date) == (
        "elm-library/elm-bench",
        "desk",
        0.7125,
        "2026-11-19",
    )
    assert entry.verify_token is None
    assert eval_result_entries_to_yaml([entry]) == plain


def test_scores_beside_the_card_are_those_of_its_head(full):
    made = hub_eval_results.beside_the_card(
        named(full, elm_desk_qa="a/b:c", general_regression="a/b:d", refusal_safety="a/b:e")
    )
    values = {yaml.safe_load(data)[0]["value"] for data in made.values()}
    index = hub.head(full, full.dossier.candidate, (), None).fields["model-index"][0]["results"]
    assert values == {metric["value"] for row in index for metric in row["metrics"]}


def test_of_several_runs_of_a_task_the_latest_counts_whatever_the_order_of_the_ledger():
    runs = [
        found.piece(
            n,
            "eval-run.v1",
            found.candidate(),
            found.evaluation("m", None, [found.result("t", "acc", n / 10, 0.01, 9)]),
            days_ago=20 - n,
        )
        for n in (7, 5, 6)
    ]
    case = named(cases.full(pieces=(*found.pieces()[:4], *runs)), t="a/b:c")
    (data,) = hub_eval_results.beside_the_card(case).values()
    assert yaml.safe_load(data)[0]["value"] == 0.7


def test_a_benchmark_that_nobody_ran_gives_no_file_and_one_that_is_none_is_refused(full):
    assert hub_eval_results.beside_the_card(full) == {}
    assert hub_eval_results.beside_the_card(named(full, mmlu="a/b:c")) == {}
    with pytest.raises(UsageError):
        hub_eval_results.beside_the_card(named(full, elm_desk_qa="no id"))


def test_a_run_that_is_not_complete_or_of_other_weights_gives_no_file(full):
    other = found.candidate(canonical.sha256(b"other weights"))
    row = found.result("t", "acc", 0.5, 0.01, 9)
    one = found.piece(5, "eval-run.v1", other, found.evaluation("m", None, [row]))
    assert hub_eval_results.beside_the_card(named(cases.full(pieces=(*found.pieces()[:4], one)), t="a/b:c")) == {}

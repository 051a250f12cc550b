"""Evaluation results of every shape the harness has written."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from governance.domain.evidence import Quality

from .made import results


@pytest.fixture
def fact(write, read, tmp_path):
    def of(value):
        write("results.json", value)
        (found,) = read(tmp_path).found
        return found

    return of


def test_the_sample_of_0_4_13_is_read(sample, read):
    (fact,) = read(sample("lm-eval")).found
    rows = fact.body["results"]
    assert [(row["task"], row["metric"], row["filter"], row["n"]) for row in rows] == [
        ("tiny_qa", "acc", "none", 6),
        ("tiny_gen", "exact_match", "strict", 6),
        ("tiny_gen", "exact_match", "digits", 6),
    ]
    assert all(row["higher_is_better"] is True for row in rows)
    assert all(row["task_digest"].startswith("sha256:") for row in rows)
    assert fact.body["seeds"] == {"random_seed": 0, "numpy_seed": 1234, "torch_seed": 1234, "fewshot_seed": 1234}
    assert (fact.effective_clock, fact.effective_at.date().isoformat()) == ("tool", "2026-11-22")
    assert fact.tool_version == "0.4.13"


def test_the_shape_of_0_2_has_no_model_no_date_and_no_filter(fact):
    found = fact({"results": {"arc": {"acc": 0.27, "acc_stderr": 0.01}}, "versions": {"arc": "2.0"}})
    (row,) = found.body["results"]
    assert (row["metric"], row["filter"], row["value"], row["stderr"]) == ("acc", None, 0.27, 0.01)
    assert (row["task_version"], row["n"], row["higher_is_better"]) == ("2.0", None, None)
    assert (found.effective_at, found.tool_version) == (None, None)
    assert found.quality_reasons == ("the file does not name the model",)


def test_the_shape_of_0_3_names_its_model_in_a_line_of_arguments(fact):
    config = {"model": "hf-causal", "model_args": "pretrained=org/m,revision=step9", "num_fewshot": 5, "limit": None}
    found = fact({"results": {"a": {"acc": 0.5}}, "versions": {"a": 0}, "config": config})
    assert found.body["model"] == {"name": "org/m", "digest": None, "adapter": None, "revision": "step9"}
    assert found.body["n_shot"] == {"a": 5}
    assert found.quality is Quality.COMPLETE


def test_the_shape_of_0_4_2_keeps_the_direction_in_the_tasks_settings(fact):
    value = results(configs={"qa": {"metric_list": [{"metric": "acc", "higher_is_better": True}]}})
    for key in ("higher_is_better", "n-samples", "lm_eval_version"):
        del value[key]
    found = fact(value)
    assert found.body["results"][0]["higher_is_better"] is True
    assert found.body["harness"]["version"] is None


def test_an_adapter_in_the_arguments_is_the_subject(fact):
    config = {"model": "hf", "model_args": {"pretrained": "base", "peft": "out/run"}}
    found = fact(results(config=config))
    assert (found.body["model"]["name"], found.body["model"]["adapter"]) == ("base", "out/run")
    assert found.subject.name == "out/run"
    line = fact(results(config={"model": "hf", "model_args": "pretrained=base,peft=out/run,dtype=float32"}))
    assert line.body["model"] == found.body["model"]


def test_an_api_model_is_named_by_its_model_argument(fact):
    config = {"model": "local-completions", "model_args": {"model": "served", "base_url": "http://localhost"}}
    assert fact(results(config=config)).body["model"]["name"] == "served"


def test_a_limit_makes_it_partial(fact):
    config = {"model_args": {"pretrained": "base"}, "limit": 0.1}
    found = fact(results(config=config))
    assert (found.quality, found.quality_reasons) == (Quality.PARTIAL, ("run with a limit of 0.1",))


def test_fewer_samples_than_there_are_makes_it_partial(fact):
    found = fact(results(**{"n-samples": {"qa": {"original": 8, "effective": 6}}}))
    assert (found.quality, found.quality_reasons) == (Quality.PARTIAL, ("qa: 6 of 8 samples",))


def test_no_sample_at_all_is_failed(fact):
    assert fact(results(**{"n-samples": {"qa": {"original": 8, "effective": 0}}})).quality is Quality.FAILED


def test_a_group_counts_the_samples_of_its_tasks(fact):
    value = results(
        results={"all": {"acc,none": 0.5, "acc_stderr,none": "N/A", "alias": "all"}, "a": {"acc,none": 0.5}},
        group_subtasks={"all": ["a", "b"]},
        **{"n-samples": {"a": {"original": 8, "effective": 8}, "b": {"original": 4, "effective": 3}}},
    )
    row = fact(value).body["results"][0]
    assert (row["task"], row["n"], row["n_original"], row["stderr"]) == ("all", 11, 12, None)


def test_a_group_that_holds_itself_has_no_count(fact):
    value = results(group_subtasks={"qa": ["qa"]}, **{"n-samples": {}})
    assert fact(value).body["results"][0]["n"] is None


def test_lighteval_is_not_taken_for_it(write, read, tmp_path):
    write("results.json", {"config_general": {}, "results": {"a|b|0": {"acc": 1.0}}, "versions": {"a": 0}})
    assert not [fact for fact in read(tmp_path).found if fact.collector.name == "lm-eval"]


def test_a_monotonic_counter_is_no_date(fact):
    assert fact(results(date=81234.5)).effective_at is None


def test_the_evaluation_beside_the_adapter_is_tied_to_it(write, read, tmp_path):
    from .made import safetensors

    write("run/adapter_config.json", {"peft_type": "LORA", "r": 2, "base_model_name_or_path": "base"})
    write("run/adapter_model.safetensors", safetensors())
    write("eval/candidate.json", results(config={"model_args": {"pretrained": "base", "peft": "run"}}))
    write("eval/base.json", results())
    by_path = {found.path: found.subject for found in read(tmp_path).found}
    weights = by_path["run/adapter_config.json"]
    assert by_path["eval/candidate.json"].digest == weights.digest
    assert by_path["eval/candidate.json"].role == "candidate"
    assert (by_path["eval/base.json"].role, by_path["eval/base.json"].digest) == ("base", None)


def test_the_declared_moment_fills_a_missing_clock(write, read, tmp_path):
    write("results.json", results(date=None))
    moment = datetime(2026, 3, 4, tzinfo=UTC)
    (found,) = read(tmp_path, effective=moment).found
    assert (found.effective_at, found.effective_clock) == (moment, "declared")


def test_answers_that_were_only_written_down_are_no_result(fact):
    row = {"alias": "qa", "bypass,strict-match": 999, "bypass_stderr,strict-match": "N/A"}
    found = fact(results(results={"qa": row}))
    assert (found.quality, found.body["results"][0]["value"]) == (Quality.FAILED, None)
    assert found.quality_reasons == ("qa: the answers were written down and not scored",)


def test_a_metric_that_is_a_table_is_one_metric_for_each_number(fact):
    row = {"f1,none": {"micro": 0.5, "macro": {"all": 0.25}, "label": "x"}, "f1_stderr,none": []}
    found = fact(results(results={"qa": row}, higher_is_better={"qa": {"f1": True}}))
    assert [(each["metric"], each["value"]) for each in found.body["results"]] == [
        ("f1.micro", 0.5),
        ("f1.macro.all", 0.25),
    ]


def test_a_metric_that_is_no_number_is_said(fact):
    found = fact(results(results={"qa": {"acc,none": 0.5, "answer,none": "blue", "list,none": [1]}}))
    assert found.quality_reasons == (
        "qa: answer is no number and was not read",
        "qa: list is no number and was not read",
    )


def test_a_gpu_that_the_machine_did_not_have_is_a_doubt(fact):
    config = {"model_args": {"pretrained": "base"}, "device": "cuda:0"}
    without = "PyTorch version: 2.13.0+cpu\nROCM used to build PyTorch: N/A\nIs CUDA available: False\n"
    found = fact(results(config=config, pretty_env_info=without))
    assert found.quality_reasons == ("cuda:0 was asked for, and the file says that the machine had no such GPU",)
    for machine in (without.replace("False", "True"), without.replace("N/A", "6.4"), "", None, 7):
        assert fact(results(config=config, pretty_env_info=machine)).quality is Quality.COMPLETE
    config["device"] = "cpu"
    assert fact(results(config=config, pretty_env_info=without)).quality is Quality.COMPLETE


def test_the_arguments_of_2022_were_the_settings_of_the_whole_run(fact):
    arguments = {"pretrained": None, "model": 7, "num-layers": 6, "load": "/data/pythia", "peft": False}
    found = fact({"results": {"lambada": {"acc": 0.3}}, "versions": {"lambada": 0},
                  "config": {"model": "neox", "model_args": arguments, "num_fewshot": 5, "limit": None}})  # fmt: skip
    assert found.body["model"] == {"name": "neox", "digest": None, "adapter": None, "revision": None}
    assert found.body["n_shot"] == {"lambada": 5}


def test_a_name_the_tool_made_up_is_not_the_models(fact):
    found = fact(results(model_name="i82qcls7", config={"model": "dummy", "model_args": {}}))
    assert found.body["model"]["name"] == "dummy"


@pytest.mark.parametrize(("arguments", "name", "adapter"), [
    ("engine=davinci", "davinci", None),
    ("pretrained=base,delta=weights", "base", "weights"),
    ({"path": "/data/m.nemo"}, "/data/m.nemo", None),
    ("", "told", None),
])  # fmt: skip
def test_every_way_to_name_the_model(arguments, name, adapter, fact):
    found = fact(results(model_name="told", config={"model": "hf", "model_args": arguments}))
    assert (found.body["model"]["name"], found.body["model"]["adapter"]) == (name, adapter)


def test_words_in_place_of_a_number_of_shots_are_left_out(fact):
    assert fact(results(**{"n-shot": {"qa": 0, "group": "N/A", "other": None}})).body["n_shot"] == {"qa": 0}


@pytest.mark.parametrize("metric", ["acc", "acc_norm", "exact_match", "prompt_level_strict_acc"])
@pytest.mark.parametrize("value", [1.5, 72, -0.1])
def test_a_share_outside_of_nought_to_one_is_not_understood(metric, value, fact):
    found = fact(results(results={"qa": {f"{metric},none": value}}))
    assert found.quality is Quality.NOT_UNDERSTOOD
    assert "a share lies between 0 and 1" in found.quality_reasons[0]


def test_metrics_on_other_scales_may_be_large(fact):
    scored = {"perplexity,none": 671810573.2, "mcc,none": -0.1, "bleu_diff,none": -8.4, "exact,none": 72.0}
    assert fact(results(results={"qa": scored})).quality is Quality.COMPLETE


def test_more_samples_scored_than_there_are_is_not_understood(fact):
    found = fact(results(**{"n-samples": {"qa": {"original": 8, "effective": 9}}}))
    assert (found.quality, found.quality_reasons) == (
        Quality.NOT_UNDERSTOOD, ("qa: 9 samples are said to be scored of 8",))  # fmt: skip


def test_the_length_that_new_releases_write_beside_the_scores_has_to_agree(fact):
    assert fact(results(results={"qa": {"acc,none": 0.5, "sample_len": 8}})).quality is Quality.COMPLETE
    assert fact(results(results={"qa": {"acc,none": 0.5, "sample_len": 2}})).quality is Quality.NOT_UNDERSTOOD


def test_standard_errors_inside_a_table_are_no_metrics(fact):
    table = {"acc": 0.5, "acc_stderr": 0.1, "acc_norm": 0.4}
    found = fact(results(results={"qa": {"prompts": table}}))
    assert [row["metric"] for row in found.body["results"]] == ["prompts.acc", "prompts.acc_norm"]


def test_groups_that_name_each_other_a_hundred_times_take_no_time(fact):
    inside = {f"g{number}": [f"g{number + 1}"] * 100 for number in range(7)} | {"g7": ["qa"]}
    found = fact(results(results={"g3": {"acc,none": 0.5}}, group_subtasks=inside))
    assert found.body["results"][0]["n"] == 8 * 100**4
    around = {"g0": ["g1"], "g1": ["g0"]}
    assert fact(results(results={"g0": {"acc,none": 0.5}}, group_subtasks=around)).body["results"][0]["n"] is None

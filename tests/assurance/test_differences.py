"""Two tools that tell the same fact differently are shown side by side, and nothing else is."""

from __future__ import annotations

from governance.assurance.differences import Told, differences


def told(collector, body, *, kind="training-run.v1", about="run sha256:a", newest=0):
    return Told(f"ev-{collector}-{newest}", kind, collector, collector.upper(), about, newest, body)


def test_a_number_that_two_tools_tell_differently_is_shown_with_who_said_it():
    (one,) = differences([told("trainer", {"steps": 20, "seed": 1}), told("mlflow", {"steps": 19, "seed": 1})])
    assert (one.field, {each.tool: each.value for each in one.said}) == ("steps", {"TRAINER": 20, "MLFLOW": 19})
    assert one.sentence() == "steps of run sha256:a: TRAINER says 20, MLFLOW says 19"


def test_two_meters_are_shown_with_their_unit_and_never_averaged():
    (one,) = differences(
        [told("nvml", {"kwh": 1.2}, kind="energy.v1"), told("codecarbon", {"kwh": 2.0}, kind="energy.v1")]
    )
    assert one.sentence().endswith("NVML says 1.2 kWh, CODECARBON says 2.0 kWh")
    assert one.plain()["unit"] == "kWh"


def test_settings_are_compared_by_name_and_text_is_read_as_the_number_it_is():
    first = {"hyperparameters": {"learning_rate": 0.0002, "seed": 3, "bf16": True, "only_here": 1}}
    same = {"hyperparameters": {"learning_rate": "2e-4", "seed": "3", "bf16": "True"}}
    assert differences([told("a", first), told("b", same)]) == ()
    (one,) = differences([told("a", first), told("b", {"hyperparameters": {"learning_rate": "1e-4"}})])
    assert one.field == "hyperparameters.learning_rate"


def test_what_one_of_them_leaves_open_is_no_difference():
    assert (
        differences([told("a", {"steps": 20, "adapter": None}), told("b", {"steps": None, "adapter": {"r": 8}})]) == ()
    )


def test_two_things_and_two_runs_of_one_tool_are_not_compared():
    assert differences([told("a", {"steps": 1}), told("b", {"steps": 2}, about="other")]) == ()
    assert differences([told("a", {"steps": 1}, newest=1), told("a", {"steps": 2}, newest=2)]) == ()


def test_the_newest_of_each_tool_is_compared():
    (one,) = differences(
        [told("a", {"steps": 1}, newest=1), told("a", {"steps": 2}, newest=2), told("b", {"steps": 1})]
    )
    assert {each.evidence for each in one.said} == {"ev-a-2", "ev-b-0"}


def test_truth_and_one_are_not_the_same_and_noise_of_a_double_is():
    assert differences([told("a", {"final_loss": 0.1 + 0.2}), told("b", {"final_loss": 0.3})]) == ()
    assert len(differences([told("a", {"finished": True}), told("b", {"finished": False})])) == 1

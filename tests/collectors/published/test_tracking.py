"""Runs that trackers and training libraries kept: MLflow, Weights & Biases, Trackio, Ray, Lightning, MLPerf."""

from __future__ import annotations

import pytest

from governance.domain.evidence import Quality


@pytest.mark.parametrize("version", ["store2", "store3"])
def test_the_mlflow_stores_are_one_run_each(version, facts):
    found, not_read = facts(f"mlflow/{version}", "mlflow-store")
    (run,) = found.values()
    assert not_read == ()
    assert run.quality is Quality.COMPLETE
    assert (run.body["final_loss"], run.body["loss_points"], run.body["steps"]) == (4.0, 5, 4)
    assert run.body["base_model"] == {"name": "SmolLM2-135M-Instruct", "revision": None}
    assert run.body["adapter"] == {"type": "LORA", "r": 8, "alpha": None, "target_modules": []}
    assert run.body["data_sets"] == [{"name": "helpdesk-v1", "digest": "abcd1234", "context": "training"}]
    assert run.body["registered_models"] == [{"name": "helpdesk-bot", "version": "1", "aliases": ["champion"]}]
    names = [(model["name"], model["status"]) for model in run.body["logged_models"]]
    assert names == ([("smol-lora", "READY")] if version == "store3" else [])


def test_an_empty_wandb_summary_is_not_a_run(facts):
    found, not_read = facts("wandb/old0.16.6", "wandb-run")
    assert found == {}
    assert [row.collector for row in not_read] == ["wandb-run"]


def test_the_trackio_run_without_a_plan_is_partial(facts):
    found, not_read = facts("trackio", "trackio")
    (run,) = found.values()
    assert not_read == ()
    assert run.quality is Quality.PARTIAL
    assert (run.body["loss_points"], run.body["final_loss"], run.body["hyperparameters"]) == (5, 4.0, {"lr": 0.0002})
    assert run.effective_at.isoformat() == "2026-11-22T14:18:49.005132+00:00"


def test_the_ray_trial_ended_as_its_experiment_says(facts):
    found, _ = facts("ray", "ray-run")
    (run,) = found.values()
    assert (run.quality, run.body["status"], run.body["steps"]) == (Quality.COMPLETE, "TERMINATED", 3)
    assert run.body["final_loss"] == 1 / 3


def test_the_lightning_run_without_a_plan_is_partial(facts):
    found, not_read = facts("lightning", "lightning-run")
    (run,) = found.values()
    assert not_read == ()
    assert run.quality is Quality.PARTIAL
    assert (run.body["steps"], run.body["final_loss"], run.body["loss_points"]) == (15, 5.882596969604492, 4)


def test_the_mlperf_log_is_a_run_that_ended_well(facts):
    found, not_read = facts("mlperf", "mlperf-log")
    (run,) = found.values()
    assert not_read == ()
    assert run.quality is Quality.COMPLETE
    assert (run.subject.name, run.body["seed"], run.body["quality"]) == ("llama2_70b_lora", 42, {"eval_accuracy": 0.93})

"""What MLflow keeps of evaluations, of registered models, and of what was deleted."""

from __future__ import annotations

from governance.domain.evidence import Quality

from .mlflow_made import one


def evaluated(fact):
    return {row["metric"]: (row["value"], row["n"]) for row in fact.body["results"]}


def test_the_count_of_evaluated_samples_is_their_number_and_no_measure(store, read):
    metrics = {"example_count": [(0, "40")], "accuracy_score": [(0, "0.75")], "f1_score": [(0, "0.8")]}
    fact = one(read(store(metrics=metrics)), "eval-run.v1")
    assert evaluated(fact) == {"accuracy_score": (0.75, 40), "f1_score": (0.8, 40)}


def test_a_count_with_a_prefix_is_that_of_the_measures_with_the_prefix(store, read):
    metrics = {
        "val_example_count": [(0, "9")],
        "example_count": [(0, "40")],
        "val_accuracy_score": [(0, "0.5")],
        "accuracy_score": [(0, "1")],
    }
    fact = one(read(store(metrics=metrics)), "eval-run.v1")
    assert evaluated(fact) == {"accuracy_score": (1, 40), "val_accuracy_score": (0.5, 9)}


def test_an_evaluation_over_no_sample_is_failed(store, read):
    fact = one(read(store(metrics={"example_count": [(0, "0")], "accuracy_score": [(0, "1")]})), "eval-run.v1")
    assert fact.quality is Quality.FAILED
    assert "no sample was evaluated" in fact.quality_reasons[0]


VERSION = """aliases: []
creation_timestamp: 1
current_stage: {stage}
name: ticket-judge
run_id: {run}
version: 2
"""


def test_a_registered_version_names_the_model_that_was_measured_and_a_deleted_one_does_not(store, write, read):
    top = store(metrics={"accuracy_score": [(0, "1")]})
    where = "mlruns/models/ticket-judge/version-2/meta.yaml"
    write(where, VERSION.format(stage="None", run="a" * 32))
    fact = one(read(top), "eval-run.v1")
    assert fact.body["model"]["name"] == fact.subject.name == "ticket-judge"
    assert (fact.body["registered_models"][0]["version"], fact.quality) == ("2", Quality.COMPLETE)
    write(where, VERSION.format(stage="Deleted_Internal", run="a" * 32))
    fact = one(read(top), "eval-run.v1")
    assert (fact.body["registered_models"], fact.body["model"]["name"]) == ([], "unknown")


def test_a_run_of_an_experiment_that_was_deleted_is_deleted(store, write, read, database):
    top = store()
    write("mlruns/1/meta.yaml", "experiment_id: '1'\nlifecycle_stage: deleted\nname: desk\n")
    fact = one(read(top))
    assert (fact.body["deleted"], fact.quality) == (True, Quality.PARTIAL)
    for fact in read(database("UPDATE experiments SET lifecycle_stage = 'deleted'")).found:
        assert fact.body["deleted"] is True


def test_deleted_versions_and_logged_models_in_the_database_are_left_out(read, database):
    before = one(read(database()))
    assert before.body["registered_models"]
    assert before.body["logged_models"]
    after = one(
        read(
            database(
                "UPDATE model_versions SET current_stage = 'Deleted_Internal'",
                "UPDATE logged_models SET lifecycle_stage = 'deleted'",
            )
        )
    )
    assert (after.body["registered_models"], after.body["logged_models"]) == ([], [])


def test_a_run_in_the_trash_is_deleted_though_no_file_says_so(store, read):
    runs = store() / "1"
    runs.rename(runs.parent / "kept")
    (runs.parent / ".trash").mkdir()
    (runs.parent / "kept").rename(runs.parent / ".trash" / "1")
    fact = one(read(runs.parent))
    assert (fact.body["deleted"], fact.quality) == (True, Quality.PARTIAL)

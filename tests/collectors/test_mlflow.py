"""MLflow's runs, from its folders of files and from its database: the same run is the same fact."""

from __future__ import annotations

import shutil
import sqlite3

import pytest

from governance.domain.evidence import Quality

from .mlflow_made import one


@pytest.mark.parametrize("version", ["2.14.3", "3.17.2"])
def test_the_recorded_store_of_each_version_is_read_exactly(version, sample, read):
    reading = read(sample("mlflow-store") / version)
    run = one(reading)
    body = run.body
    assert reading.not_read == ()
    assert run.quality is Quality.COMPLETE
    assert (body["steps"], body["max_steps"], body["finished"], body["epochs"]) == (12, 12, True, 3.0)
    assert [point["loss"] for point in body["loss_history"]][:3] == [3.0, 1.5, 1.0]
    assert (body["final_loss"], body["evaluations"], len(body["eval_history"])) == (0.25, 3, 3)
    assert (body["train_runtime_seconds"], body["total_flos"]) == (12.5, 8.1e12)
    assert body["base_model"] == {"name": "HuggingFaceTB/SmolLM2-135M-Instruct", "revision": None}
    assert (body["framework"], body["framework_version"], body["method"]) == ("transformers", "5.23.0", "lora")
    assert body["adapter"] == {"type": "LORA", "r": 4, "alpha": 8, "target_modules": []}
    assert body["data_sets"] == [{"name": "tickets", "digest": "01e3d0b5", "context": "training"}]
    assert body["code_revision"] == "4f1c2b7d9e0a6c5b8f3d2e1a0b9c8d7e6f5a4b3c"
    assert body["registered_models"] == [{"name": "helpdesk-bot", "version": "1", "aliases": ["champion"]}]
    assert [model["status"] for model in body["logged_models"]] == (["READY"] if version == "3.17.2" else [])
    assert (body["output_dir"], body["seed"], body["status"]) == ("runs/desk", 20260, "FINISHED")
    assert "hub_token" not in str(body)
    assert "user" not in body["hyperparameters"]
    assert run.effective_at.microsecond % 1000 == 0
    assert run.subject.name == "lora-r4"
    evaluation = one(reading, "eval-run.v1")
    assert {row["metric"]: row["value"] for row in evaluation.body["results"]} == {
        "exact_match/v1": 0.8,
        "toxicity/v1/mean": 0.01,
    }
    assert evaluation.body["model"]["name"] == "runs/desk"
    assert evaluation.quality is Quality.COMPLETE


def test_the_database_of_version_3_says_the_same_as_its_store(sample, read, database):
    stored, kept = one(read(sample("mlflow-store") / "3.17.2")), one(read(database()))
    ids = {"run_id", "logged_models"}
    assert {k: v for k, v in stored.body.items() if k not in ids} == {
        k: v for k, v in kept.body.items() if k not in ids
    }
    assert kept.quality is Quality.COMPLETE


def test_the_recorded_database_of_version_2_is_read_exactly(sample, read):
    body = one(read(sample("mlflow-database"))).body
    assert (body["steps"], body["finished"], body["final_loss"], body["loss_points"]) == (33, True, 0.090909, 33)
    assert body["data_sets"] == [{"name": "tickets", "digest": "01e3d0b5", "context": "training"}]
    assert body["registered_models"] == [{"name": "helpdesk-bot", "version": "1", "aliases": ["champion"]}]


@pytest.mark.parametrize(
    ("status", "quality", "reason"),
    [
        ("3", Quality.COMPLETE, None),
        ("4", Quality.FAILED, "its status is FAILED"),
        ("5", Quality.PARTIAL, "KILLED"),
        ("1", Quality.PARTIAL, "RUNNING"),
        ("2", Quality.PARTIAL, "SCHEDULED"),
        ("FINISHED", Quality.COMPLETE, None),
    ],
)
def test_the_status_of_a_stored_run_decides(store, read, status, quality, reason):
    run = one(read(store(status=status)))
    assert run.quality is quality
    assert reason is None or reason in run.quality_reasons[0]
    assert run.body["finished"] in ((None, True) if quality is Quality.COMPLETE else (False,))


@pytest.mark.parametrize("status", ["9", "null", "true", "DONE"])
def test_a_status_that_is_not_known_is_not_understood(store, read, status):
    reading = read(store(status=status))
    assert reading.found == ()
    assert "not understood" in reading.not_read[0].reason


@pytest.mark.parametrize("status", ["FAILED", "KILLED", "RUNNING", "SCHEDULED"])
def test_the_status_in_the_database_decides_alike(database, read, status):
    run = one(read(database(f"UPDATE runs SET status = '{status}'")))
    assert run.quality is (Quality.FAILED if status == "FAILED" else Quality.PARTIAL)
    assert status in run.quality_reasons[0]


def test_a_run_that_never_ended_has_the_moment_it_began(store, read):
    run = one(read(store(status="1", end="null")))
    assert run.effective_at.timestamp() == 1795634472


def test_a_deleted_run_is_partial_and_says_so(store, read, database):
    for run in (one(read(store(stage="deleted"))), one(read(database("UPDATE runs SET lifecycle_stage = 'deleted'")))):
        assert run.quality is Quality.PARTIAL
        assert run.body["deleted"] is True
        assert "deleted" in run.quality_reasons[0]


def test_a_run_with_nothing_in_it_is_partial(store, write, read):
    top = store()
    shutil.rmtree(top / "1" / ("a" * 32) / "metrics")
    run = one(read(top))
    assert run.quality is Quality.PARTIAL
    assert run.quality_reasons == ("the run holds no setting and no number",)
    assert run.body["finished"] is None


def test_settings_without_a_loss_are_partial(store, read):
    run = one(read(store(params={"learning_rate": "0.1", "epochs": "3"}, metrics={"accuracy": [(0, "0.9")]})))
    assert run.quality_reasons == ("no training loss was logged",)
    assert run.body["hyperparameters"] == {"epochs": 3, "learning_rate": 0.1}


def test_a_loss_that_is_not_a_number_at_the_end_is_failed_and_counted(store, read):
    run = one(read(store(metrics={"loss": [(1, "2.0"), (2, "nan"), (3, "inf")]})))
    assert run.quality is Quality.FAILED
    assert run.body["not_finite"] == 2
    assert run.body["loss_history"][-1] == {"step": 3, "loss": None}


def test_the_databases_marks_for_no_number_are_none(database, read):
    run = one(
        read(
            database(
                "UPDATE metrics SET is_nan = 1, value = 0 WHERE key = 'loss' AND step = 12",
                "UPDATE metrics SET value = 1.7976931348623157e308 WHERE key = 'eval_loss'",
            )
        )
    )
    assert (run.body["not_finite"], run.body["final_loss"]) == (4, None)
    assert run.quality is Quality.FAILED


def test_fewer_steps_than_planned_are_partial(store, read):
    loss = [(step, "1.0") for step in range(1, 51)]
    run = one(read(store(params={"max_steps": "100"}, metrics={"loss": loss})))
    assert run.body["finished"] is False
    assert run.quality_reasons == ("logged to step 50 of 100",)


def test_a_last_step_that_coarse_logging_hides_is_unknown_and_not_held_against_the_run(store, read):
    loss = [(step, "1.0") for step in range(10, 100, 10)]
    run = one(read(store(params={"max_steps": "97"}, metrics={"loss": loss})))
    assert (run.body["finished"], run.quality) == (None, Quality.COMPLETE)


def test_fewer_passes_than_planned_are_partial(store, read):
    metrics = {"loss": [(1, "1.0"), (2, "0.5")], "epoch": [(1, "0.5"), (2, "1.0")]}
    run = one(read(store(params={"num_train_epochs": "3", "max_steps": "-1"}, metrics=metrics)))
    assert run.quality_reasons == ("logged to epoch 1 of 3",)
    assert run.body["max_steps"] is None


def test_a_classifiers_measures_are_an_evaluation_and_its_log_loss_is_no_training_loss(store, read):
    metrics = {"log_loss": [(0, "0.3")], "accuracy_score": [(0, "0.9")], "system/cpu": [(7, "3")]}
    fact = one(read(store(metrics=metrics)), "eval-run.v1")
    assert [row["metric"] for row in fact.body["results"]] == ["accuracy_score", "log_loss"]
    assert fact.quality is Quality.PARTIAL
    assert "does not name the model" in fact.quality_reasons[0]


def test_losses_under_the_names_other_libraries_give_are_found(store, read):
    for name in ("train_loss", "train/loss", "training_loss", "train_loss_step", "Loss"):
        run = one(read(store(metrics={name: [(1, "2.0"), (2, "1.5")], "val_loss": [(2, "1.7")]})))
        assert (run.body["final_loss"], run.body["eval_history"]) == (1.5, [{"step": 2, "loss": 1.7}])
        for path in (run.place,):
            shutil.rmtree(f"{path}/metrics")


def test_the_average_at_the_end_is_not_the_last_loss(store, read):
    metrics = {"loss": [(1, "2.0"), (2, "1.5")], "train_loss": [(2, "1.75")]}
    assert one(read(store(metrics=metrics))).body["final_loss"] == 1.5


def test_steps_of_the_machines_own_measures_are_no_steps_of_training(store, read):
    metrics = {"loss": [(1, "2.0"), (2, "1.5")], "system/gpu_power": [(900, "70")]}
    assert one(read(store(metrics=metrics))).body["steps"] == 2


def test_a_metric_file_that_is_cut_or_empty_or_broken_makes_the_run_unreadable(store, read):
    top = store()
    path = top / "1" / ("a" * 32) / "metrics" / "loss"
    whole = path.read_text(encoding="utf-8")
    for broken, said in [
        (whole[:-1], "cut in its last line"),
        ("", "empty"),
        (whole + "words\n", "line 3"),
        (whole.replace(" 2\n", " two\n"), "line 2"),
        ("\n" + whole, "line 1"),
    ]:
        path.write_text(broken, encoding="utf-8")
        reading = read(top)
        assert reading.found == ()
        assert said in reading.not_read[0].reason


def test_a_data_set_that_is_not_described_is_said(sample, read):
    top = sample("mlflow-store") / "2.14.3"
    (described,) = top.glob("*/datasets")
    shutil.rmtree(described)
    run = one(read(top))
    assert run.body["data_sets"] == []
    assert "is not described" in run.quality_reasons[0]


def test_a_run_folder_alone_is_read_without_what_lies_around_it(sample, read):
    (path,) = (path.parent.parent for path in sample("mlflow-store").glob("3.17.2/*/*/params/lora_r"))
    body = one(read(path)).body
    assert (body["final_loss"], body["registered_models"], body["data_sets"]) == (0.25, [], [])


def test_parameters_with_other_names_are_not_opened_nor_copied(store, read):
    run = one(read(store(params={"api_key": "hunter2", "prompt": "secret words", "seed": "3", "lr": "1e-3"})))
    assert run.body["hyperparameters"] == {"lr": 0.001, "seed": 3}
    assert not any("api_key" in source.path or "prompt" in source.path for source in run.sources)
    assert any(source.path.endswith("params/seed") for source in run.sources)


def test_a_text_that_is_no_name_is_not_taken_for_the_model(store, read):
    run = one(read(store(params={"model": "Sequential(\n  (0): Linear(in=3)\n)", "model_name": "None"})))
    assert run.body["base_model"]["name"] is None


def test_the_secrets_of_version_3_are_never_read(database, read):
    path = database("DROP TABLE secrets", "CREATE TABLE secrets (value)", "INSERT INTO secrets VALUES ('hunter2')")
    reading = read(path)
    assert len(reading.found) == 2
    assert "hunter2" not in str(reading.found)


def test_a_database_of_a_later_migration_is_read_where_its_columns_hold(database, read):
    path = database("UPDATE alembic_version SET version_num = 'ffffffffffff'", "ALTER TABLE runs ADD COLUMN later TEXT")
    assert one(read(path)).quality is Quality.COMPLETE


def test_a_database_without_a_column_is_not_understood(database, read):
    reading = read(database("ALTER TABLE metrics RENAME COLUMN is_nan TO not_a_number"))
    assert reading.found == ()
    assert "not understood" in reading.not_read[0].reason
    assert "is_nan" in reading.not_read[0].reason


def test_a_database_from_before_data_sets_and_aliases_is_read(database, read):
    gone = ("datasets", "inputs", "input_tags", "registered_model_aliases", "logged_models", "assessments")
    body = one(read(database(*[f"DROP TABLE {name}" for name in gone]))).body
    assert (body["data_sets"], body["logged_models"]) == ([], [])
    assert body["registered_models"] == [{"name": "helpdesk-bot", "version": "1", "aliases": []}]


def test_a_database_without_a_run_is_not_read(database, read):
    reading = read(database("DELETE FROM runs"))
    assert reading.found == ()
    assert "holds no run" in reading.not_read[0].reason


def test_a_view_in_place_of_the_runs_is_refused(database, read):
    path = database("ALTER TABLE runs RENAME TO r", "CREATE VIEW runs AS SELECT * FROM r")
    reading = read(path)
    assert reading.found == ()
    assert "runs is a view" in reading.not_read[0].reason


def test_another_database_that_only_has_the_words_is_not_ours(tmp_path, read):
    path = tmp_path / "other.db"
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE notes (text)")
    connection.execute("INSERT INTO notes VALUES ('run_uuid lifecycle_stage alembic_version')")
    connection.commit()
    connection.close()
    assert read(path).not_read[0].reason == "no collector recognises it"


def test_a_database_cut_at_any_tenth_is_not_read(database, read):
    path = database()
    whole = path.read_bytes()
    for tenth in range(1, 10):
        path.write_bytes(whole[: len(whole) * tenth // 10])
        reading = read(path)
        assert reading.found == ()
        assert reading.not_read


def test_valid_judgements_count_as_samples_and_failed_ones_do_not(database, read):
    columns = "assessment_id, trace_id, name, assessment_type, value, error, created_timestamp, last_updated_timestamp, source_type, valid"
    rows = [
        ("1", "tr-1", "exact_match", None, 1),
        ("2", "tr-2", "exact_match", None, 1),
        ("3", "tr-3", "exact_match", "e", 1),
    ]
    path = database("PRAGMA foreign_keys=OFF")
    connection = sqlite3.connect(path)
    (run_id,) = connection.execute("SELECT run_uuid FROM runs WHERE name = 'answers'").fetchone()
    for number, trace, name, error, valid in rows:
        connection.execute(
            "INSERT INTO trace_request_metadata (key, value, request_id) VALUES ('mlflow.sourceRun', ?, ?)",
            (run_id, trace),
        )
        connection.execute(
            f"INSERT INTO assessments ({columns}) VALUES (?, ?, ?, 'feedback', '1', ?, 0, 0, 'CODE', ?)",
            (number, trace, name, error, valid),
        )
    connection.commit()
    connection.close()
    results = {row["metric"]: row["n"] for row in one(read(path), "eval-run.v1").body["results"]}
    assert results == {"exact_match/v1": 2, "toxicity/v1/mean": None}


def test_a_large_database_is_known_by_its_tables(database, read):
    path = database("CREATE TABLE filler (x)", "INSERT INTO filler VALUES (zeroblob(9000000))")
    assert len(read(path).found) == 2

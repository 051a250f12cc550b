"""Trackio, Ray, Lightning and MLPerf: what each keeps of a run, and what it does not."""

from __future__ import annotations

import json
import sqlite3

import pytest

from governance.domain.evidence import Quality


def one(reading):
    assert reading.not_read == ()
    (fact,) = reading.found
    return fact


def refused(reading):
    assert reading.found == ()
    return reading.not_read[0].reason


# Trackio


@pytest.fixture
def project(tmp_path):
    """A Trackio database: rows of (run, step, metrics), settings by run; without the ids of runs where `old`."""

    def go(rows, configs=None, *, old=False):
        path = tmp_path / "project.db"
        path.unlink(missing_ok=True)
        connection = sqlite3.connect(path)
        key = "" if old else "run_id TEXT NOT NULL, "
        connection.execute(
            f"CREATE TABLE metrics (id INTEGER PRIMARY KEY, {key}timestamp TEXT NOT NULL, run_name TEXT NOT NULL, step INTEGER NOT NULL, metrics TEXT NOT NULL)"
        )
        connection.execute(
            f"CREATE TABLE configs (id INTEGER PRIMARY KEY, {key}run_name TEXT NOT NULL, config TEXT NOT NULL)"
        )
        for run, step, metrics in rows:
            values = [
                *([] if old else ["id-" + run]),
                "2026-11-22T14:18:49.005132+00:00",
                run,
                step,
                json.dumps(metrics),
            ]
            connection.execute(f"INSERT INTO metrics VALUES (NULL, {', '.join('?' * len(values))})", values)
        for run, config in (configs or {}).items():
            values = [*([] if old else ["id-" + run]), run, json.dumps(config).encode()]
            connection.execute(f"INSERT INTO configs VALUES (NULL, {', '.join('?' * len(values))})", values)
        connection.commit()
        connection.close()
        return path

    return go


@pytest.mark.parametrize("name", ["helpdesk.db", "old-0.5.3.db"])
def test_the_recorded_trackio_run_of_each_version_is_read_exactly(sample, read, name):
    fact = one(read(sample("trackio") / name))
    body = fact.body
    # The old version wrote local time without a zone, and no ids.
    assert (fact.effective_at is None, body["run_id"] is None) == ((name != "helpdesk.db"),) * 2
    assert fact.quality is Quality.COMPLETE
    assert (body["steps"], body["finished"], body["final_loss"], body["loss_points"]) == (12, True, 0.25, 12)
    assert (body["train_runtime_seconds"], body["total_flos"], body["seed"]) == (12.5, 8.1e12, 20260)
    assert body["base_model"]["name"] == "HuggingFaceTB/SmolLM2-135M-Instruct"
    assert "_Username" not in str(body)


@pytest.mark.parametrize("old", [False, True])
def test_trackio_does_not_say_how_a_run_ended_so_the_plan_decides(project, read, old):
    rows = [("a", step, {"loss": 1.0 / step}) for step in range(1, 5)]
    fact = one(read(project(rows, {"a": {"max_steps": 4}}, old=old)))
    assert (fact.quality, fact.body["run_id"]) == (Quality.COMPLETE, None if old else "id-a")
    fact = one(read(project(rows, {"a": {"max_steps": 9}}, old=old)))
    assert fact.quality_reasons == ("logged to step 4 of 9",)
    fact = one(read(project(rows, {}, old=old)))
    assert fact.quality is Quality.PARTIAL
    assert "can not be told" in fact.quality_reasons[0]


def test_each_run_of_a_trackio_project_is_one_fact(project, read):
    rows = [("a", 1, {"loss": 1.0}), ("b", 1, {"loss": "NaN"}), ("c", 0, {"acc": 0.5})]
    found = {fact.subject.name: fact for fact in read(project(rows, {"c": {"model": "runs/desk"}})).found}
    assert found["b"].quality is Quality.FAILED
    assert found["b"].body["not_finite"] == 1
    assert found["runs/desk"].kind == "eval-run.v1"
    assert found["runs/desk"].quality is Quality.PARTIAL


def test_a_trackio_row_that_is_no_json_is_not_read(project, read):
    path = project([("a", 1, {"loss": 1.0})])
    connection = sqlite3.connect(path)
    connection.execute("UPDATE metrics SET metrics = '{broken'")
    connection.commit()
    connection.close()
    assert "not JSON" in refused(read(path))


def test_the_trainers_own_step_counts_and_not_that_of_the_row(project, read):
    rows = [("a", at, {"train/loss": 1.0, "train/global_step": 5 * at}) for at in range(1, 3)]
    fact = one(read(project(rows, {"a": {"max_steps": 10, "_name_or_path": "org/base", "_Username": "someone"}})))
    assert [point["step"] for point in fact.body["loss_history"]] == [5, 10]
    assert (fact.quality, fact.body["base_model"]["name"]) == (Quality.COMPLETE, "org/base")
    assert "someone" not in str(fact.body)


# Ray


def reports(count=3, **more):
    rows = [
        {"loss": 3.0 / step, "training_iteration": step, "trial_id": "x_0", "time_total_s": 1.0, "done": False,
         "timestamp": 1795357273, "hostname": "secret-host", "config": {"lr": 0.1, "token": "hunter2"}} | more
        for step in range(1, count + 1)
    ]  # fmt: skip
    return "".join(json.dumps(row) + "\n" for row in rows)


def state(status, trial="x_0"):
    return {"trial_data": [[json.dumps({"trial_id": trial, "status": status}), "{}"]]}


def test_the_recorded_ray_trial_is_read_exactly(sample, read):
    fact = one(read(sample("ray-run")))
    assert fact.quality is Quality.COMPLETE
    assert (fact.body["status"], fact.body["finished"], fact.body["steps"], fact.body["final_loss"]) == (
        "TERMINATED",
        True,
        5,
        0.6,
    )
    assert len(fact.sources) == 2


@pytest.mark.parametrize(
    ("status", "quality"),
    [
        ("TERMINATED", "complete"),
        ("ERROR", "failed"),
        ("RUNNING", "partial"),
        ("PENDING", "partial"),
        ("PAUSED", "partial"),
    ],
)
def test_the_state_of_the_experiment_says_how_a_trial_ended(write, read, tmp_path, status, quality):
    write("exp/trial/result.json", reports())
    write("exp/experiment_state-2026-11-22.json", state(status))
    fact = one(read(tmp_path / "exp"))
    assert fact.quality.value == quality
    assert "hunter2" not in str(fact.body)
    assert "secret-host" not in str(fact.body)


def test_a_trial_without_a_state_is_partial_unless_it_says_that_it_is_done(write, read):
    assert one(read(write("t/result.json", reports()))).quality is Quality.PARTIAL
    assert one(read(write("t/result.json", reports(done=True)))).quality is Quality.COMPLETE


def test_a_status_of_ray_that_is_not_known_is_not_understood(write, read, tmp_path):
    write("exp/trial/result.json", reports())
    write("exp/experiment_state-1.json", state("EVAPORATED"))
    assert "not understood" in refused(read(tmp_path / "exp"))


def test_a_report_that_is_cut_or_broken_is_named(write, read):
    assert "middle of a report" in refused(read(write("t/result.json", reports()[:-1])))
    assert "line 2" in refused(read(write("t/result.json", reports().replace("\n{", "\nx{", 1))))


def test_a_pickle_of_rays_under_the_name_of_json_is_refused_and_said(write, read, tmp_path):
    write("exp/trial/result.json", reports(done=True))
    write("exp/basic-variant-state-1.json", b"\x80\x05\x95}\x94\x8c\x1dray.tune.search.basic_variant\x94.")
    reading = read(tmp_path / "exp")
    assert len(reading.found) == 1
    assert "a pickle under the name of a JSON file" in reading.not_read[0].reason


# Lightning

HEADER = "epoch,step,train_loss,val_loss\n"
LINES = HEADER + "0,4,2.5,\n0,9,1.5,\n0,9,,1.75\n"


def test_the_recorded_lightning_run_is_read_exactly(sample, read):
    fact = one(read(sample("lightning-run")))
    assert fact.quality is Quality.COMPLETE
    assert (fact.body["steps"], fact.body["max_steps"], fact.body["finished"]) == (11, 12, True)
    assert (fact.body["loss_points"], fact.body["evaluations"], fact.effective_at) == (6, 1, None)


def test_a_lightning_run_is_complete_only_where_its_planned_steps_are_there(write, read, tmp_path):
    write("v/metrics.csv", LINES)
    assert one(read(tmp_path / "v")).quality is Quality.PARTIAL
    write("v/hparams.yaml", "max_steps: 10\nlr: 0.1\n")
    fact = one(read(tmp_path / "v"))
    assert (fact.quality, fact.body["final_loss"]) == (Quality.COMPLETE, 1.5)
    assert fact.body["eval_history"] == [{"step": 9, "loss": 1.75}]
    write("v/hparams.yaml", "max_steps: 100\n")
    assert one(read(tmp_path / "v")).quality_reasons == ("logged to step 9 of 100",)


def test_settings_with_python_objects_are_not_opened_and_are_said(write, read, tmp_path):
    write("v/metrics.csv", LINES)
    write("v/hparams.yaml", "lr: 0.1\nobject: !!python/object/apply:os.system [id]\n")
    fact = one(read(tmp_path / "v"))
    assert fact.quality is Quality.PARTIAL
    assert "the tag" in fact.quality_reasons[0]
    assert fact.body["hyperparameters"] is None


def test_a_lightning_table_that_is_cut_or_odd_is_not_read(write, read):
    assert refused(read(write("metrics.csv", LINES[:-1])))
    assert "not a number" in refused(read(write("metrics.csv", HEADER + "0,4,much,\n")))
    assert "no logged row" in refused(read(write("metrics.csv", HEADER)))


def test_other_tables_with_steps_are_not_ours(write, read):
    for text in ("epoch,step,speed\n0,1,2\n", "step,loss\n1,2\n", "epochs,steps,loss\n1,2,3\n"):
        assert not [fact for fact in read(write("metrics.csv", text)).found if fact.collector.name == "lightning-run"]


# MLPerf


def entry(key, value=None, *, at=1795356265000, **metadata):
    logged = {"time_ms": at, "event_type": "POINT_IN_TIME", "key": key, "value": value, "metadata": metadata}
    return ":::MLLOG " + json.dumps(logged) + "\n"


BEGIN = entry("submission_benchmark", "bert") + entry("seed", 7) + entry("run_start")
MIDDLE = entry("eval_accuracy", 0.7, step_num=5)


def test_the_recorded_mlperf_log_is_read_exactly(sample, read):
    fact = one(read(sample("mlperf-log")))
    body = fact.body
    assert (fact.quality, fact.subject.name) == (Quality.COMPLETE, "llama2_70b_lora")
    assert (body["steps"], body["loss_points"], body["final_loss"], body["evaluations"]) == (12, 12, 0.25, 3)
    assert body["adapter"] == {"type": "LORA", "r": 16, "alpha": 32, "target_modules": []}
    assert body["hyperparameters"]["learning_rate"] == 0.0004
    assert (body["train_samples"], body["seed"], body["quality"]) == (3901, 20260, {"eval_accuracy": 0.258333})
    assert 0 < body["train_runtime_seconds"] < 60
    assert "one machine" not in str(body)


def test_how_an_mlperf_run_stopped_decides(write, read):
    stop = entry("run_stop", at=1795356275000, status="success")
    fact = one(read(write("log.txt", BEGIN + MIDDLE + stop)))
    assert (fact.quality, fact.body["train_runtime_seconds"], fact.body["finished"]) == (Quality.COMPLETE, 10.0, True)
    aborted = one(read(write("log.txt", BEGIN + MIDDLE + entry("run_stop", status="aborted"))))
    assert (aborted.quality, aborted.body["finished"]) == (Quality.FAILED, False)
    killed = one(read(write("log.txt", BEGIN + MIDDLE)))
    assert (killed.quality, killed.body["finished"]) == (Quality.PARTIAL, None)
    empty = one(read(write("log.txt", BEGIN + stop)))
    assert empty.quality_reasons == ("neither a loss nor a quality was logged",)


def test_what_a_launcher_puts_before_and_between_the_entries_does_not_matter(write, read):
    noise = "starting\n" + "".join(f"[rank0]: {line}\nstep done\n" for line in BEGIN.splitlines() + MIDDLE.splitlines())
    fact = one(read(write("log.txt", noise + "0: " + entry("run_stop", status="success"))))
    assert fact.quality is Quality.COMPLETE


def test_an_mlperf_log_that_is_cut_or_broken_or_holds_two_runs_is_not_read(write, read):
    whole = BEGIN + MIDDLE + entry("run_stop", status="success")
    assert "middle of a line" in refused(read(write("log.txt", whole[:-1])))
    assert "line 4" in refused(read(write("log.txt", whole.replace('"eval_accuracy"', '"eval_accuracy'))))
    assert "more than one run" in refused(read(write("log.txt", whole + whole)))

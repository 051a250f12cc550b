"""Runs logged with the real MLflow into a database, by a script in a process of its own: the library warns and starts threads.

`python made_in_mlflow.py mlflow.db` makes four runs and prints their ids by name. The secrets in it are made up and match forms that the
redaction knows.
"""

from __future__ import annotations

import json
import sys
import warnings

TOKEN = "hf_" + "abcdefghijklmnopqrstuvwxyz0123"
POINTS = 40


def make(path: str) -> dict[str, str]:
    warnings.simplefilter("ignore")
    import mlflow
    from mlflow.data.http_dataset_source import HTTPDatasetSource
    from mlflow.data.meta_dataset import MetaDataset

    uri = f"sqlite:///{path}"
    mlflow.set_tracking_uri(uri)
    client = mlflow.MlflowClient(tracking_uri=uri, registry_uri=uri)
    experiment = client.create_experiment("desk", artifact_location="/data/artifacts")
    made = {}

    def begin(name, **tags):
        run = client.create_run(experiment, run_name=name, start_time=1795634472000, tags=tags)
        made[name] = run.info.run_id
        return run.info.run_id

    run = begin(
        "adapter",
        **{
            "mlflow.user": "alice",
            "mlflow.source.name": "/home/alice/train.py",
            "mlflow.source.git.commit": "0123456789abcdef0123456789abcdef01234567",
            "governance.run": "desk-7",
            "notes": f"key {TOKEN}",
        },
    )
    for name, value in {
        "learning_rate": "2e-05", "max_steps": str(POINTS), "output_dir": "/home/alice/run", "lora_r": "8", "seed": "7",
        "model_name_or_path": "elm/base", "hub_token": TOKEN, "password": "open-sesame", "api_base": f"https://u:{TOKEN}@x.example/",
    }.items():  # fmt: skip
        client.log_param(run, name, value)
    for step in range(1, POINTS + 1):
        client.log_metric(run, "loss", 2.0 - step / POINTS, timestamp=1795634472000 + step, step=step)
    client.log_metric(run, "eval_loss", float("nan"), timestamp=1795634473000, step=POINTS)
    dataset = MetaDataset(HTTPDatasetSource("https://x.example/train.jsonl"), name="desk-train", digest="d1")
    tag = mlflow.entities.InputTag(key="mlflow.data.context", value="training")
    client.log_inputs(run, datasets=[mlflow.entities.DatasetInput(dataset._to_mlflow_entity(), [tag])])
    client.set_terminated(run, "FINISHED", end_time=1795634490000)
    client.create_registered_model("elm-desk")
    client.create_model_version("elm-desk", "/data/artifacts/adapter", run_id=run)
    client.set_registered_model_alias("elm-desk", "champion", "1")

    for name, status in (("killed", "KILLED"), ("broken", "FAILED"), ("going", None)):
        run = begin(name)
        client.log_metric(run, "loss", 1.0, timestamp=1795634472000, step=1)
        if status:
            client.set_terminated(run, status, end_time=1795634480000)
    return made


if __name__ == "__main__":
    sys.stdout.write(json.dumps(make(sys.argv[1])) + "\n")

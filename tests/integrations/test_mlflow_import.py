"""Runs fetched with the real MLflow client: from a database, from a server that pages and breaks, and from MLflow's own server."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from .fake_mlflow import RUN, serving
from .govern_in_a_process import govern
from .made_in_mlflow import TOKEN
from .running import trackers

pytest.importorskip("mlflow")
HERE = Path(__file__).parent
SECRETS = (TOKEN, "open-sesame", "alice", "/home/alice")


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    """(database, ids of its runs by name)."""
    path = tmp_path_factory.mktemp("mlflow") / "mlflow.db"
    environ = os.environ | {"MLFLOW_DISABLE_TELEMETRY": "true"}
    done = trackers().script(HERE / "made_in_mlflow.py", path, folder=path.parent, environ=environ)
    assert done.returncode == 0, done.stderr
    return path, json.loads(done.stdout.splitlines()[-1])


@pytest.fixture(scope="module")
def imported(store, tmp_path_factory):
    """The documents of the whole experiment, by the name of the run."""
    folder = tmp_path_factory.mktemp("imported")
    path, ids = store
    ran = govern(
        folder, "import", "mlflow", "--tracking-uri", f"sqlite:///{path}", "--experiment", "desk", "--to", "out"
    )
    assert ran.code == 0, ran.err
    return {name: (folder / "out" / f"mlflow-run-{run}.json").read_text("utf-8") for name, run in ids.items()}


@pytest.fixture
def server():
    with serving() as made:
        yield made


def test_every_run_is_fetched_whatever_became_of_it(imported):
    status = {name: json.loads(text)["run"]["status"] for name, text in imported.items()}
    assert status == {"adapter": "FINISHED", "killed": "KILLED", "broken": "FAILED", "going": "RUNNING"}


def test_what_was_logged_is_all_there(imported):
    said = json.loads(imported["adapter"])
    assert said["series"]["loss"]["steps"] == list(range(1, 41))
    assert said["series"]["eval_loss"] == {"steps": [40], "values": [None]}
    assert said["points"] == 41
    assert said["data_sets"] == [{"name": "desk-train", "digest": "d1", "context": "training"}]
    assert said["registered_models"] == [{"name": "elm-desk", "version": "1", "aliases": ["champion"]}]
    assert said["run"]["recorded_run"] == "desk-7"
    assert said["run"]["commit"] == "0123456789abcdef0123456789abcdef01234567"


def test_no_secret_no_person_and_no_home_folder_is_copied(imported):
    for text in imported.values():
        assert not [secret for secret in SECRETS if secret in text]
    assert json.loads(imported["adapter"])["settings_left_out"] == 3


def test_the_same_run_again_is_the_same_bytes_and_no_new_evidence(store, imported, tmp_path, attached):
    path, ids = store
    attached.ledger.close()
    shutil.copytree(attached.root, tmp_path / "ws")
    how = (
        "import", "mlflow", "--tracking-uri", f"sqlite:///{path}", "--run", ids["adapter"], "--to", "out",
        "--attach", "--system", "elm-desk", "--bind", "adapter=run", "-w", "ws", "--json",
    )  # fmt: skip
    first, again = govern(tmp_path, *how), govern(tmp_path, *how)
    assert (first.code, again.code) == (0, 0), first.err
    assert (tmp_path / "out" / f"mlflow-run-{ids['adapter']}.json").read_text("utf-8") == imported["adapter"]
    (item,) = first.json["attached"]["appended"]
    assert (item["kind"], item["quality"], item["role"]) == ("training-run.v1", "complete", "candidate")
    assert again.json["attached"]["appended"] == []
    assert len(again.json["attached"]["unchanged"]) == 1

    tagged = govern(
        tmp_path,
        "tag",
        "mlflow",
        "elm-desk",
        "--run",
        ids["adapter"],
        "--tracking-uri",
        f"sqlite:///{path}",
        "-w",
        "ws",
        "--json",
    )
    assert tagged.code == 1, tagged.err
    assert tagged.json["written_to"] == [ids["adapter"], "elm-desk/1"]
    assert tagged.json["tags"]["governance.verdict"] == "no"
    refused = govern(
        tmp_path, "tag", "mlflow", "elm-desk", "--run", ids["killed"], "--tracking-uri", f"sqlite:///{path}", "-w", "ws"
    )
    assert refused.code == 3
    assert "nothing on record is of the run" in refused.err
    assert govern(tmp_path, *how).json["attached"]["appended"] == []  # a tag of ours makes no new evidence


def test_pages_are_followed_to_the_last(server, tmp_path):
    ran = govern(tmp_path, "import", "mlflow", "--tracking-uri", server.url, "--run", RUN, "--to", "out")
    assert ran.code == 0, ran.err
    said = json.loads((tmp_path / "out" / f"mlflow-run-{RUN}.json").read_text("utf-8"))
    assert said["series"]["loss"]["steps"] == list(range(1, 26))
    assert [what for what, _ in server.asked].count("metrics/get-history") == 3
    assert said["not_told"] == []


def test_user_and_password_go_to_the_server_and_nowhere_else(server, tmp_path):
    address = server.url.replace("http://", "http://bob:let-me-in-7@")
    ran = govern(tmp_path, "import", "mlflow", "--tracking-uri", address, "--run", RUN, "--to", "out")
    assert ran.code == 0, ran.err
    assert {sent for _, sent in server.asked} == {"Basic Ym9iOmxldC1tZS1pbi03"}
    kept = "".join(path.read_text("utf-8") for path in (tmp_path / "out").iterdir())
    server.faults = {"status": 401}
    failed = govern(tmp_path, "import", "mlflow", "--tracking-uri", address, "--run", RUN, "--to", "out2")
    for text in (kept, ran.out, ran.err, failed.err):
        assert "let-me-in" not in text
        assert "bob" not in text


@pytest.mark.parametrize(
    ("faults", "told"),
    [
        ({"status": 401}, "Set MLFLOW_TRACKING_TOKEN"),
        ({"status": 403}, "The account may not do this"),
        ({"status": 500}, "Is the server up"),
        ({"cut": True}, "not in a valid JSON format"),
        ({"empty": "metrics/get-history"}, "it is not whole"),
        ({"loses": 1}, "it is not whole"),
        ({"slow": 3}, "Is the server up"),
    ],
)
def test_an_answer_that_is_none_leaves_nothing_behind(server, tmp_path, faults, told):
    server.faults = faults
    ran = govern(
        tmp_path, "import", "mlflow", "--tracking-uri", server.url, "--run", RUN, "--to", "out",
        MLFLOW_HTTP_REQUEST_MAX_RETRIES="1", MLFLOW_HTTP_REQUEST_TIMEOUT="1", MLFLOW_HTTP_REQUEST_BACKOFF_FACTOR="0",
    )  # fmt: skip
    assert ran.code == 6
    assert told in ran.err
    assert "alice" not in ran.err
    assert not (tmp_path / "out").exists()


def test_an_older_server_is_read_and_what_it_can_not_tell_is_named(server, tmp_path):
    server.faults = {"older": True}
    ran = govern(tmp_path, "import", "mlflow", "--tracking-uri", server.url, "--run", RUN, "--to", "out")
    assert ran.code == 0, ran.err
    said = json.loads((tmp_path / "out" / f"mlflow-run-{RUN}.json").read_text("utf-8"))
    assert said["not_told"] == ["logged_models", "registered_models"]


def test_a_run_that_is_not_there_is_told(server, tmp_path):
    ran = govern(tmp_path, "import", "mlflow", "--tracking-uri", server.url, "--run", "f" * 32, "--to", "out")
    assert (ran.code, "Look the id up" in ran.err) == (6, True)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--run", "x"], "which MLflow is not said"),
        (["--tracking-uri", "sqlite:///none.db", "--run", "x"], "no such database"),
        (["--tracking-uri", "sqlite:///other.db", "--run", "x"], "no database of MLflow"),
        (["--tracking-uri", "nowhere", "--run", "x"], "no such folder"),
        (["--tracking-uri", "http://x", "--run", "../x"], "no id of a run"),
        (["--tracking-uri", "http://x"], "name runs with --run"),
        (["--tracking-uri", "http://x", "--run", "x", "--experiment", "y"], "name runs with --run"),
        (["--tracking-uri", "http://x", "--run", "x", "--attach"], "belong together"),
        (["--tracking-uri", "http://x", "--run", "x", "--bind", "a=b"], "--bind is for --attach"),
    ],
)
def test_a_wrong_call_is_told_before_anything_is_asked_or_made(tmp_path, arguments, told):
    (tmp_path / "other.db").write_bytes(b"SQLite format 3\0 not really")
    ran = govern(tmp_path, "import", "mlflow", *arguments, "--to", "out")
    assert ran.code == 2
    assert told in ran.err
    assert sorted(path.name for path in tmp_path.iterdir()) == ["home", "other.db"]


def test_mlflow_s_own_server_gives_the_same_bytes_as_its_database(store, imported, tmp_path):
    """With flask, the small MLflow serves as well; where that is not installed, the fake server above is all there is."""
    pytest.importorskip("flask")
    pytest.importorskip("flask_cors")
    path = shutil.copy(store[0], tmp_path / "served.db")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    environment = os.environ | {
        "MLFLOW_DISABLE_TELEMETRY": "true", "_MLFLOW_SERVER_FILE_STORE": f"sqlite:///{path}",
        "_MLFLOW_SERVER_REGISTRY_STORE": f"sqlite:///{path}", "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false",
    }  # fmt: skip
    command = [sys.executable, "-m", "uvicorn", "mlflow.server.fastapi_app:app", "--port", str(port)]
    with subprocess.Popen(command, env=environment, cwd=tmp_path, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as served:  # fmt: skip
        try:
            _wait(f"{url}/health", served)
            ran = govern(tmp_path, "import", "mlflow", "--tracking-uri", url, "--experiment", "desk", "--to", "out")
        finally:
            served.terminate()
    assert ran.code == 0, ran.err
    assert {json.loads(text)["run"]["name"]: text for text in _texts(tmp_path / "out")} == imported


def _texts(folder):
    return [path.read_text("utf-8") for path in folder.iterdir()]


def _wait(url, served):
    for _ in range(300):
        assert served.poll() is None, "the server ended"
        try:
            urllib.request.urlopen(url, timeout=1).close()  # noqa: S310 - our own address
        except OSError:
            time.sleep(0.2)
        else:
            return
    raise AssertionError("the server did not come up in a minute")

"""Runs fetched and tagged with the real library of Weights & Biases, its own background process included, from a server of ours.

The service itself can not be run here; `fake_wandb` answers the questions that the library asks.
"""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from types import SimpleNamespace

import pytest

from governance.errors import CouldNotTell, UnreadableError, UsageError
from governance.integrations import wandb_runs, wandb_tags
from governance.integrations.verdict import Verdict

from .fake_wandb import KEY, serving
from .govern_in_a_process import govern

TOKEN = "hf_" + "abcdefghijklmnopqrstuvwxyz0123"
PATH = "team/desk/abc123"
SETTINGS = {
    "learning_rate": 2e-5, "max_steps": 39, "seed": 7, "_name_or_path": "elm/base", "output_dir": "/home/alice/run",
    "hub_token": TOKEN, "api_base": f"https://u:{TOKEN}@x.example/", "_wandb": {"cli_version": "0.31.0"},
}  # fmt: skip
CONFIG = {name: {"value": value, "desc": None} for name, value in SETTINGS.items()}
SAID = Verdict("no", "why", "release", "sha256:" + "a" * 64, "7 ab", "2026-11-26T00:00:00Z", False, ("ev-1",))


@pytest.fixture
def server():
    pytest.importorskip("wandb")
    with serving(config=dict(CONFIG)) as made:
        yield made


@pytest.fixture
def ask(server, tmp_path):
    """`govern` with the key and the address of the server."""

    def go(*arguments, **environment):
        given = {"WANDB_BASE_URL": server.url, "WANDB_API_KEY": KEY, "WANDB__GRAPHQL_RETRY_MAX": "1"} | environment
        return govern(tmp_path, *arguments, **given)

    return go


def test_a_run_is_fetched_whole_and_nothing_of_the_person(server, ask, tmp_path):
    server.run["summaryMetrics"] = json.dumps({"train_runtime": 12.5, "_step": 39, "train/loss": 1.22})
    server.history[3]["note"] = "alice was here"
    server.history[4]["train/loss"] = "NaN"
    ran = ask("import", "wandb", PATH, "--to", "out")
    assert ran.code == 0, ran.err
    text = (tmp_path / "out" / "wandb-run-abc123.json").read_text("utf-8")
    said = json.loads(text)
    assert said["series"]["train/loss"]["steps"] == list(range(40))
    assert said["series"]["train/loss"]["values"][4] is None
    assert said["series"]["train_runtime"] == {"steps": [None], "values": [12.5]}
    assert said["run"]["all_rows"] is True
    assert said["settings"]["output_dir"] == "/home/[redacted]/run"
    assert said["settings_left_out"] == 2
    assert not [each for each in ("alice", "Alice", TOKEN, KEY, "team", server.url) if each in text]


def test_a_long_history_is_followed_page_by_page(server, ask, tmp_path):
    server.history = [{"_step": step, "train/loss": 1.0} for step in range(2500)]
    assert ask("import", "wandb", PATH, "--to", "out").code == 0
    said = json.loads((tmp_path / "out" / "wandb-run-abc123.json").read_text("utf-8"))
    assert said["points"] == 2500
    assert server.asked.count("HistoryPage") == 3


@pytest.mark.parametrize(
    ("faults", "told"),
    [
        ({"status": 401}, "Set WANDB_API_KEY"),
        ({"status": 500}, "Is the service up"),
        ({"cut": True}, "cut off"),
        ({"rows": 20}, "holds 40 logged rows and gave 20"),
    ],
)
def test_an_answer_that_is_none_leaves_nothing_behind(server, ask, tmp_path, faults, told):
    server.faults = faults
    ran = ask("import", "wandb", PATH, "--to", "out")
    assert ran.code == 6
    assert told in ran.err
    assert KEY not in ran.err
    assert not (tmp_path / "out").exists()


def test_a_run_that_is_not_there_is_told_with_the_form_of_its_name(ask):
    ran = ask("import", "wandb", "team/desk/other", "--to", "out")
    assert (ran.code, "ENTITY/PROJECT/RUN" in ran.err) == (6, True)


def test_a_verdict_is_written_for_the_run_of_the_candidate_and_read_back(server, ask, tmp_path, attached):
    attached.ledger.close()
    shutil.copytree(attached.root, tmp_path / "ws")
    assert ask("tag", "wandb", "elm-desk", PATH, "-w", "ws").code == 3  # nothing ties it to the candidate yet
    assert "UpsertBucket" not in server.asked
    how = ("--to", "out", "--attach", "--system", "elm-desk", "--bind", "desk-adapter=run", "-w", "ws", "--json")
    ran = ask("import", "wandb", PATH, *how)
    assert ran.json["attached"]["appended"][0]["role"] == "candidate"
    server.run["tags"] = ["small", "governance-yes"]
    server.run["config"] |= {"governance.verdict": {"value": "yes", "desc": None}}
    ran = ask("tag", "wandb", "elm-desk", PATH, "-w", "ws", "--json")
    assert ran.code == 1, ran.err
    assert server.run["tags"] == ["small", "governance-no"]
    kept = {name: each["value"] for name, each in server.run["config"].items()}
    assert {name: kept[name] for name in ran.json["tags"]} == ran.json["tags"]
    assert kept["governance.verdict"] == "no"
    assert {name: value for name, value in kept.items() if not name.startswith("governance.")} == SETTINGS
    again = ask("import", "wandb", PATH, *how)
    assert again.json["attached"]["appended"] == []  # a tag of ours makes no new evidence
    assert ask("tag", "wandb", "elm-desk", "team/other/abc123", "-w", "ws").code == 3
    server.faults = {"forget": True}
    server.run |= {"tags": [], "config": dict(CONFIG)}
    ran = ask("tag", "wandb", "elm-desk", PATH, "-w", "ws")
    assert (ran.code, "reads 'None' after 'no' was written" in ran.err) == (6, True), ran.err


class Api:
    """What is asked of `wandb.Api` when a run is tagged."""

    def __init__(self, **run):
        self.kept = {"id": "abc123", "state": "finished", "config": {}, "tags": ["small"]} | run
        self.changes = 0

    def run(self, path):
        made = SimpleNamespace(**{**self.kept, "config": dict(self.kept["config"]), "tags": list(self.kept["tags"])})
        made.update = lambda: self._keep(made)
        return made

    def flush(self):
        pass

    def _keep(self, run):
        self.changes += 1
        self.kept |= {"config": run.config, "tags": run.tags}


@pytest.mark.parametrize("state", ["running", "pending", "preempting"])
def test_a_run_that_is_still_going_on_is_not_tagged(state):
    api = Api(state=state)
    with pytest.raises(CouldNotTell, match=state):
        wandb_tags.write(api, PATH, SAID)
    assert api.changes == 0


def test_a_run_that_crashed_gets_its_no():
    api = Api(state="crashed")
    assert wandb_tags.write(api, PATH, SAID) == ("abc123",)
    assert api.kept["tags"] == ["small", "governance-no"]


def test_all_is_sent_in_one_change_and_the_label_of_before_goes():
    api = Api(tags=["governance-yes", "small"])
    wandb_tags.write(api, PATH, replace(SAID, answer="could-not-tell"))
    assert api.changes == 1
    assert api.kept["tags"] == ["small", "governance-could-not-tell"]


def test_a_service_that_answers_with_another_run_is_refused():
    with pytest.raises(UnreadableError, match="answered with the run"):
        wandb_tags.write(Api(id="other1"), PATH, SAID)
    with pytest.raises(UnreadableError, match="answered with the run"):
        list(wandb_runs.documents(Api(id="other1"), [PATH]))


@pytest.mark.parametrize("said", ["", "abc123", "desk/abc123", "a/b/c/d", "team/desk/../x", "team/de sk/abc123"])
def test_another_form_of_a_name_is_a_wrong_call(said):
    with pytest.raises(UsageError, match="ENTITY/PROJECT/RUN"):
        wandb_runs.path_of(said)


def test_a_path_of_dots_is_no_run():
    with pytest.raises(UsageError):
        wandb_runs.path_of("../../abc123")

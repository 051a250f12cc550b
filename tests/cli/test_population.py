"""`govern population`: the answer, its exit codes, the sample, the table, and the evidence it leaves."""

from __future__ import annotations

import csv
import hashlib
import io
import shutil

import pytest

from governance.parsing import canonical
from tests.conftest import RECORDED

HEAD = "JobID|JobIDRaw|JobName|State|Start|End|ElapsedRaw|ExitCode\n"
TUNE = "35248669|35248669|tune|COMPLETED|2026-05-04T08:12:06|2026-05-04T14:12:46|21640|0:0\n"
TEST = "35248700|35248700|eval|COMPLETED|2026-05-05T08:12:06|2026-05-05T14:12:46|21640|0:0\n"
LOST = "35248701|35248701|=tune|FAILED|2026-05-06T08:12:06|2026-05-06T14:12:46|21640|1:0\n"


@pytest.fixture
def world(ready, tmp_path):
    """A workspace that holds the recorded run, the folder of that run under its job's number, and listings."""
    shutil.copytree(RECORDED / "run", tmp_path / "srv" / "slurm-35248669")

    def go(*lines, orphan=False):
        (tmp_path / "jobs.txt").write_text(HEAD + "".join(lines or (TUNE, TEST)), encoding="utf-8")
        if orphan:
            shutil.copytree(RECORDED / "run", tmp_path / "srv" / "slurm-35248701", dirs_exist_ok=True)
            weights = tmp_path / "srv" / "slurm-35248701" / "adapter_model.safetensors"
            weights.write_bytes(weights.read_bytes()[:-4] + b"\0\1\2\3")
        return ready

    return go


def test_a_population_that_is_on_record_is_a_yes(world):
    ran = world()("population", "--jobs", "jobs.txt", "--weights", "srv")
    assert ran.code == 0, ran.err
    assert ran.out.splitlines()[0] == "1 job wrote weights, 1 is evidenced, 0 orphans"
    assert "2 jobs in 2 attempts: 1 wrote weights, 1 wrote none" in ran.out
    assert "2026-05-05T14:12:46 (no zone)" in " ".join(ran.out.split())


def test_weights_of_the_same_names_and_sizes_and_other_bytes_are_an_orphan(world):
    ran = world(TUNE, TEST, LOST, orphan=True)("population", "--jobs", "jobs.txt", "--weights", "srv", "--json")
    assert ran.code == 1
    document = ran.json
    assert document["schema"] == "population.v1"
    assert document["sentences"] == ["2 jobs wrote weights, 1 is evidenced, 1 orphan"]
    (orphan,) = [unit for unit in document["units"] if unit["answer"] == "orphan"]
    assert (orphan["name"], orphan["state"]) == ("slurm 35248701 =tune", "FAILED")
    assert orphan["tied_by"] == ["the name slurm-35248701"]
    pairs = sorted([unit["id"], unit["answer"]] for unit in document["units"])
    assert document["population_digest"] == canonical.digest(pairs)


@pytest.mark.parametrize("lines", [(TEST,), ("35248669|35248669|tune|RUNNING|2026-05-04T08:12:06|Unknown|9|0:0\n",)])
def test_an_empty_population_and_a_job_that_runs_can_not_be_told(lines, world, tmp_path):
    govern = world(*lines)
    if lines == (TEST,):
        shutil.rmtree(tmp_path / "srv" / "slurm-35248669")
    ran = govern("population", "--jobs", "jobs.txt", "--weights", "srv")
    assert ran.code == 3
    assert "could not tell" in ran.out or "could-not-tell" in ran.out


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ((), 2),
        (("--jobs", "none.txt"), 6),
        (("--weights", "none"), 6),
        (("--registry", "none"), 6),
        (("--registry", "jobs.txt"), 6),
        (("--jobs", "governance.toml"), 6),
        (("--jobs", "jobs.txt", "--seed", "words"), 2),
        (("--jobs", "jobs.txt", "--sample", "0"), 2),
        (("--jobs", "jobs.txt", "--attach", "nobody"), 2),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_written(arguments, code, world, tmp_path):
    ran = world()("population", *arguments, "--record", "out.json", "--csv", "out.csv")
    assert ran.code == code
    assert not (tmp_path / "out.json").exists()
    assert not (tmp_path / "out.csv").exists()


def test_the_table_has_a_row_for_each_unit_and_runs_nothing(world, tmp_path):
    world(TUNE, LOST, orphan=True)("population", "--jobs", "jobs.txt", "--weights", "srv", "--csv", "out.csv")
    rows = list(csv.DictReader(io.StringIO((tmp_path / "out.csv").read_text("utf-8-sig"))))
    assert [row["answer"] for row in rows] == ["evidenced", "orphan"]
    assert not any(cell.startswith(("=", "+", "-", "@")) for row in rows for cell in row.values())


def test_a_sample_is_drawn_again_by_hand_from_what_is_printed(world):
    govern = world(TUNE, LOST, orphan=True)
    command = ("population", "--jobs", "jobs.txt", "--weights", "srv", "--sample", "1", "--seed", "words of an auditor")
    document = govern(*command, "--json").json
    drawn = document["sample"]
    ranked = sorted(
        (hashlib.sha256(b"words of an auditor\0" + unit["id"].encode()).hexdigest(), unit["id"])
        for unit in document["units"]
    )
    assert [(row["sha256"], row["id"]) for row in drawn["drawn"]] == ranked[:1]
    assert drawn["population_digest"] == document["population_digest"]
    text = govern(*command).out
    assert "seed: words of an auditor" in text
    assert drawn["population_digest"] in text
    assert "sha256sum" in text


def test_without_a_seed_the_root_of_the_ledger_is_one(world):
    document = world()("population", "--weights", "srv", "--sample", "1", "--json").json
    checkpoint = world()("ledger", "verify", "--json")
    assert document["sample"]["seed"] in checkpoint.out


def test_the_reconciliation_becomes_evidence_and_the_same_record_again_does_not(world):
    govern = world(TUNE, LOST, orphan=True)
    ran = govern(
        "population", "--jobs", "jobs.txt", "--weights", "srv", "--sample", "1", "--attach", "elm-desk",
        "--record", "population.json", "--json",
    )  # fmt: skip
    assert ran.code == 1
    (evidence,) = ran.json["attached"]
    shown = govern("evidence", "show", evidence, "--json").json
    assert "population-reconciliation.v1" in str(shown)
    assert "1 orphan" in str(shown)
    again = govern("attach", "population.json", "--system", "elm-desk", "--json").json
    assert ([row["id"] for row in again["unchanged"]], again["appended"]) == ([evidence], [])


def test_a_record_whose_numbers_were_changed_is_not_read(world, tmp_path):
    govern = world(TUNE, LOST, orphan=True)
    govern("population", "--jobs", "jobs.txt", "--weights", "srv", "--record", "population.json")
    path = tmp_path / "population.json"
    text = path.read_text("utf-8")
    for old, new in (('"answer": "orphan"', '"answer": "evidenced"'), ('"orphan": 1', '"orphan": 0')):
        path.write_text(text.replace(old, new), "utf-8")
        ran = govern("attach", "population.json", "--system", "elm-desk", "--json")
        assert ran.code == 6
        assert "was changed" in ran.json["not_read"][0]["reason"]


def test_a_ledger_that_was_changed_is_no_ground_to_stand_on(world, tmp_path):
    import sqlite3

    govern = world()
    with sqlite3.connect(tmp_path / "ledger.db") as connection:
        connection.execute("DROP TRIGGER IF EXISTS entries_stand")
        names = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")]
        for name in names:
            connection.execute(f"DROP TRIGGER {name}")
        table = connection.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND sql LIKE '%body%'"
        ).fetchone()[0]
        connection.execute(f"UPDATE {table} SET body = replace(body, 'training-run.v1', 'training-run.v9')")
    connection.close()
    assert govern("population", "--weights", "srv").code == 4

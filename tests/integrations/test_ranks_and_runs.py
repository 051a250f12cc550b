"""Which process records, and which logical run it takes part in."""

from __future__ import annotations

import sys
import types

import pytest

from governance.integrations import ranks, run_names
from governance.integrations.ranks import Place


@pytest.mark.parametrize(
    ("environ", "expected", "part"),
    [
        ({}, Place(0, 1, 0, "nobody: one process"), "writer"),
        ({"RANK": "0", "WORLD_SIZE": "8", "LOCAL_RANK": "0"}, Place(0, 8, 0, "RANK"), "writer"),
        ({"RANK": "5", "WORLD_SIZE": "8", "LOCAL_RANK": "1"}, Place(5, 8, 1, "RANK"), "none"),
        ({"RANK": "4", "WORLD_SIZE": "8", "LOCAL_RANK": "0"}, Place(4, 8, 0, "RANK"), "node"),
        ({"RANK": "4", "WORLD_SIZE": "8"}, Place(4, 8, None, "RANK"), "none"),
        ({"RANK": "8", "WORLD_SIZE": "8"}, Place(), "writer"),
        ({"RANK": "-1", "WORLD_SIZE": "8"}, Place(), "writer"),
        ({"RANK": "٣", "WORLD_SIZE": "8"}, Place(), "writer"),
        (
            {"SLURM_PROCID": "3", "SLURM_STEP_NUM_TASKS": "4", "SLURM_LOCALID": "1"},
            Place(3, 4, 1, "SLURM_PROCID"),
            "none",
        ),
        (
            {"SLURM_PROCID": "2", "SLURM_STEP_NUM_TASKS": "4", "SLURM_LOCALID": "0"},
            Place(2, 4, 0, "SLURM_PROCID"),
            "node",
        ),
        ({"SLURM_PROCID": "0", "SLURM_NTASKS": "4"}, Place(), "writer"),
        (
            {"RANK": "1", "WORLD_SIZE": "2", "LOCAL_RANK": "1", "SLURM_PROCID": "0", "SLURM_STEP_NUM_TASKS": "1"},
            Place(1, 2, 1, "RANK"),
            "none",
        ),
        (
            {"OMPI_COMM_WORLD_RANK": "1", "OMPI_COMM_WORLD_SIZE": "2", "OMPI_COMM_WORLD_LOCAL_RANK": "0"},
            Place(1, 2, 0, "OMPI_COMM_WORLD_RANK"),
            "node",
        ),
        ({"PMI_RANK": "1", "PMI_SIZE": "2", "MPI_LOCALRANKID": "1"}, Place(1, 2, 1, "PMI_RANK"), "none"),
    ],
)
def test_a_rank_is_read_from_what_the_launcher_left(environ, expected, part):
    place = ranks.place(environ=environ)
    assert (place, place.part) == (expected, part)


def test_the_caller_is_believed_before_the_environment():
    assert ranks.place(3, {"RANK": "0", "WORLD_SIZE": "8", "LOCAL_RANK": "3"}) == Place(3, 8, 3, "the caller")
    assert ranks.place(0, {}).part == "writer"


def test_torch_distributed_is_believed_where_it_is_in_use_and_never_imported(monkeypatch):
    fake = types.SimpleNamespace(
        is_available=lambda: True, is_initialized=lambda: True, get_rank=lambda: 6, get_world_size=lambda: 8
    )
    monkeypatch.setitem(sys.modules, "torch.distributed", fake)
    place = ranks.place(environ={"RANK": "0", "WORLD_SIZE": "8", "LOCAL_RANK": "2"})
    assert (place.rank, place.world, place.local, place.said_by) == (6, 8, 2, "torch.distributed")
    fake.is_initialized = lambda: 1 / 0
    assert ranks.place(environ={"RANK": "1", "WORLD_SIZE": "2"}).said_by == "RANK"


def test_a_given_id_is_made_fit_for_the_name_of_a_file():
    assert run_names.name("../../etc/pass wd", Place(), None, {}) == "etc-pass-wd"
    assert run_names.name(None, Place(), None, {"GOVERN_RUN": "nightly/7"}) == "nightly-7"


def test_a_requeued_job_keeps_its_id_and_another_training_in_it_has_its_own():
    job = {"SLURM_JOB_ID": "812", "SLURM_RESTART_COUNT": "0"}
    first = run_names.name(None, Place(), "/work/out", job)
    again = run_names.name(None, Place(3, 4, 3, "RANK"), "/work/out", job | {"SLURM_RESTART_COUNT": "1"})
    assert first == again
    assert first.startswith("slurm-812-")
    assert run_names.name(None, Place(), "/work/other", job) != first


def test_the_tasks_of_an_array_are_runs_of_their_own():
    one, two = (
        run_names.name(
            None,
            Place(),
            "out",
            {"SLURM_JOB_ID": str(900 + task), "SLURM_ARRAY_JOB_ID": "900", "SLURM_ARRAY_TASK_ID": str(task)},
        )
        for task in (1, 2)
    )
    assert one.startswith("slurm-900_1-")
    assert two.startswith("slurm-900_2-")


def test_processes_that_meet_at_one_address_have_one_id():
    met = {"MASTER_ADDR": "10.0.0.1", "MASTER_PORT": "29500", "TORCHELASTIC_RUN_ID": "none"}
    one, two = (run_names.name(None, Place(rank, 2, rank, "RANK"), "out", met) for rank in (0, 1))
    assert one == two
    assert one.startswith("met-")
    assert run_names.name(None, Place(), "out", met) is None
    assert run_names.name(None, Place(), "out", met | {"TORCHELASTIC_RUN_ID": "x7"}).startswith("elastic-x7-")


@pytest.mark.parametrize("said", ["", "12;rm -rf", "abc"])
def test_a_job_id_that_is_no_number_is_no_job(said):
    assert run_names.scheduler({"SLURM_JOB_ID": said}) is None


def test_whoever_resumes_takes_the_id_of_the_newest_run_of_its_output_folder(recording, segments):
    first = recording(output_dir="out")
    first.close("stopped")
    other = recording(output_dir="elsewhere")
    other.close()
    again = recording(output_dir="out", start_step=30)
    again.close()
    fresh = recording(output_dir="out")
    fresh.close()
    runs = [each.opened["run"] for each in segments()]
    assert runs[2] == runs[0]
    assert len(set(runs)) == 3


def test_a_resumption_under_another_name_says_what_it_continues(recording, segments):
    recording(output_dir="out").close("stopped")
    recording(output_dir="out", start_step=5, run="job-2").close()
    first, second = (each.opened for each in segments())
    assert (second["run"], second["continues"]) == ("job-2", first["run"])

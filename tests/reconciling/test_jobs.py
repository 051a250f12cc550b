"""Jobs out of the listings of schedulers."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from governance.assurance.population import given
from governance.collectors.reading.collect import collect
from governance.errors import UnreadableError
from governance.reconciling import jobs
from tests.collectors.published.conftest import FOLDER

SAMPLES = Path(__file__).parents[1] / "samples"


@pytest.fixture
def read(tmp_path):
    def go(*contents):
        paths = []
        for number, content in enumerate(contents):
            path = tmp_path / f"listing-{number}"
            path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
            paths.append(path)
        listed, sources = jobs.read(paths)
        return given.merged(listed), sources

    return go


def test_the_sample_of_slurm_gives_its_jobs_and_what_was_read():
    listed, (source,) = jobs.read([SAMPLES / "slurm-sacct" / "jobs.txt"])
    assert [job.id for job in listed] == ["35248669", "35247010_3", "35250001"]
    assert (source.rows, source.not_read, source.of, source.zone) == (3, 0, "rows of slurm", None)
    assert source.earliest
    assert source.sha256.startswith("sha256:")


def test_the_folder_of_a_job_and_its_own_number_are_known_here_and_kept_nowhere(tmp_path):
    text = (
        "JobID|JobIDRaw|JobName|State|Start|End|WorkDir|StdOut\n"
        "12_1|14|t|COMPLETED|2026-05-04T08:00:00|2026-05-04T09:00:00|/srv/lab|/srv/logs/%j/out.txt\n"
    )
    path = tmp_path / "jobs.txt"
    path.write_text(text, encoding="utf-8")
    (job,), _ = jobs.read([path])
    (fact,) = collect([path], environment=False).found
    assert (job.numbers, job.places) == ({"14"}, {"/srv/lab"})
    assert "srv" not in json.dumps(fact.body)


def test_a_published_listing_is_read_with_what_of_it_could_not_be():
    path = FOLDER / "slurm-sacct" / "sample-sacct-output.txt"
    if not path.is_file():
        pytest.skip("no collection of published files is at hand")
    (job,), (source,) = jobs.read([path])
    assert (job.id, job.numbers) == ("8012944_24093", {"8084960"})
    assert source.notes == ("of 1 jobs only steps are listed, and how the job itself ended is not known",)


def test_a_listing_in_json_tells_folder_and_number_too(read):
    document = {
        "meta": {"slurm": {"release": "24.05.1"}},
        "jobs": [
            {
                "job_id": 14, "name": "tune", "array": {"job_id": 12, "task_id": {"set": True, "number": 1}},
                "state": {"current": ["COMPLETED"]}, "time": {"start": 1777881600, "end": 1777885200, "elapsed": 3600},
                "exit_code": {"return_code": {"set": True, "number": 0}}, "tres": {"allocated": []},
                "working_directory": "/srv/lab", "stdout_expanded": "/srv/logs/14/out.txt",
            }
        ],
    }  # fmt: skip
    (job,), (source,) = read(document)
    assert (job.id, job.numbers, job.places) == ("12_1", {"14"}, {"/srv/lab", "/srv/logs/14"})
    assert (source.zone, source.earliest) == ("UTC", "2026-05-04T08:00:00Z")


def test_a_requeued_job_is_one_and_its_last_attempt_tells_how_it_stands(read):
    text = (
        "JobID|JobName|State|Start|End|ElapsedRaw\n"
        "5|t|COMPLETED|2026-05-04T11:00:00|2026-05-04T12:00:00|1\n"
        "5|t|PREEMPTED|2026-05-04T08:00:00|2026-05-04T09:00:00|1\n"
    )
    (job,), _ = read(text)
    assert ([attempt.state for attempt in job.attempts], job.standing) == (["PREEMPTED", "COMPLETED"], "ended")


@pytest.mark.parametrize(
    ("state", "start", "standing"),
    [
        ("RUNNING", "2026-05-04T08:00:00", "running"),
        ("PENDING", "Unknown", "waiting"),
        ("REQUEUED", "2026-05-04T08:00:00", "running"),
        ("SUSPENDED", "2026-05-04T08:00:00", "running"),
        ("CANCELLED by 7", "Unknown", "ended"),
        ("NODE_FAIL", "2026-05-04T08:00:00", "ended"),
        ("OUT_OF_MEMORY", "2026-05-04T08:00:00", "ended"),
    ],
)
def test_whether_a_job_is_over_is_told_by_its_state(state, start, standing, read):
    (job,), _ = read(f"JobID|JobName|State|Start|End|ElapsedRaw\n5|t|{state}|{start}|Unknown|1\n")
    assert job.standing == standing


def test_a_number_that_came_up_twice_is_two_jobs_where_the_names_differ(read):
    head = "JobID|JobName|State|Start|End|ElapsedRaw\n"
    listed, _ = read(
        head + "5|one|COMPLETED|2026-05-04T08:00:00|2026-05-04T09:00:00|1\n",
        head + "5|two|COMPLETED|2026-05-04T08:00:00|2026-05-04T09:00:00|1\n",
    )
    assert [job.name for job in listed] == ["one", "two"]


def test_a_job_of_kubernetes_says_how_it_stands_and_its_pods_do_not():
    listed = given.merged(jobs.read([SAMPLES / "kubernetes-jobs" / "jobs.json"])[0])
    assert [(job.id.partition("/")[2], job.standing) for job in listed] == [
        ("elm-desk-nightly-29635200", "running"),
        ("elm-desk-sweep", "ended"),
        ("elm-desk-tune", "ended"),
        ("elm-desk-waits", "waiting"),
    ]


def test_a_pod_that_failed_does_not_end_a_job_that_will_try_again(read):
    job = json.loads((SAMPLES / "kubernetes-jobs" / "jobs.json").read_text(encoding="utf-8"))["items"][2]
    pod = json.loads((SAMPLES / "kubernetes-jobs" / "pods.json").read_text(encoding="utf-8"))["items"][1]
    pod["metadata"]["annotations"], pod["metadata"]["labels"] = {}, {}
    pod["metadata"]["ownerReferences"][0]["name"] = job["metadata"]["name"]
    for order in ((job, pod), (pod, job)):
        (one,), _ = read(*order)
        assert one.standing == "running"
        assert len(one.attempts) == 1


@pytest.mark.parametrize(
    "content", ["", "a list of nothing\n", '{"apiVersion": "v1", "kind": "List", "metadata": {}, "items": []}']
)
def test_a_file_that_lists_no_jobs_is_refused_with_what_to_give(content, read):
    with pytest.raises(UnreadableError) as refused:
        read(content)
    assert refused.value.where == "listing-0"


def test_a_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(UnreadableError, match="can not be read"):
        jobs.read([tmp_path / "none.txt"])


def test_the_same_file_named_twice_is_read_once(tmp_path):
    path = Path(shutil.copy(SAMPLES / "slurm-sacct" / "jobs.txt", tmp_path))
    assert len(jobs.read([path, path])[1]) == 1

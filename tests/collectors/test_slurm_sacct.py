"""The listings of Slurm's sacct, as text and as JSON."""

from __future__ import annotations

import json

import jsonschema_rs
import pytest

from .conftest import SAMPLES
from .test_contract import schema

TEXT = (SAMPLES / "slurm-sacct" / "jobs.txt").read_text(encoding="utf-8")
HEADER, TUNE, BATCH, EXTERN, STOPPED, WAITS = TEXT.splitlines()


def listing(*lines):
    return "".join(f"{line}\n" for line in (HEADER, *lines))


@pytest.fixture
def one(read, write):
    def go(content, name="jobs.txt"):
        (fact,) = read(write(name, content)).found
        jsonschema_rs.validator_for(schema("job-accounting.v1")).validate(fact.body)
        return fact

    return go


def test_steps_are_merged_into_their_job(one):
    fact = one(TEXT)
    assert [job["id"] for job in fact.body["jobs"]] == ["35248669", "35247010_3", "35250001"]
    job = fact.body["jobs"][0]
    assert (job["name"], job["state"], job["elapsed_seconds"]) == ("elm-desk-tune", "COMPLETED", 21640)
    assert (job["nodes"], job["cpus"], job["gpus"], job["exit_code"], job["energy_joules"]) == (1, 16, 2, 0, 5220000)
    assert (fact.quality.value, fact.body["not_read"], fact.effective_at) == ("complete", 0, None)


def test_who_stopped_a_job_and_whose_it_is_are_left_behind(one):
    fact = one(TEXT)
    stopped = fact.body["jobs"][1]
    assert (stopped["state"], stopped["energy_joules"], stopped["gpus"]) == ("CANCELLED", None, 32)
    assert not {"1001", "user-7", "lab"} & set(json.dumps(fact.body).replace('"', " ").split())


def test_a_job_that_waits_has_no_times(one):
    waits = one(TEXT).body["jobs"][2]
    assert (waits["state"], waits["start"], waits["end"], waits["gpus"]) == ("PENDING", None, None, None)


@pytest.mark.parametrize(
    ("elapsed", "seconds"), [("06:00:40", 21640), ("1-00:00:07", 86407), ("05:03", 303), ("00:01.5", 1), ("?", None)]
)
def test_without_raw_seconds_the_printed_length_is_read(elapsed, seconds, one):
    text = f"JobID|State|Elapsed\n1|COMPLETED|{elapsed}\n"
    assert one(text).body["jobs"][0]["elapsed_seconds"] == seconds


@pytest.mark.parametrize(("column", "given", "cards"), [
    ("AllocTRES", "cpu=4,gres/gpu:a100=3,gres/gpu:v100=1,node=2", 4), ("AllocTRES", "cpu=4,gres/gpu:a100=3,gres/gpu=3", 3),
    ("AllocTRES", "cpu=4,node=2", None), ("AllocGRES", "gpu:8", 16), ("AllocGRES", "gpu:volta:8", 16), ("ReqTRES", "gres/gpu=9", None),
])  # fmt: skip
def test_cards_are_those_that_were_given_and_not_those_asked_for(column, given, cards, one):
    assert one(f"JobID|State|NNodes|{column}\n1|COMPLETED|2|{given}\n").body["jobs"][0]["gpus"] == cards


def test_a_listing_with_a_bar_at_the_end_of_each_line_is_read(one):
    assert one(TEXT.replace("\n", "|\n")).body["jobs"] == one(TEXT).body["jobs"]


def test_a_name_with_a_line_end_is_put_together_and_one_with_a_bar_is_counted(one):
    fact = one(listing(TUNE.replace("elm-desk-tune", "elm\ndesk"), STOPPED))
    assert ([job["name"] for job in fact.body["jobs"]], fact.quality.value) == (
        ["elm desk", "elm-desk-tune"],
        "complete",
    )
    fact = one(listing(TUNE.replace("elm-desk-tune", "elm|desk"), STOPPED))
    assert (len(fact.body["jobs"]), fact.body["not_read"], fact.quality.value) == (1, 1, "partial")


def test_a_line_that_is_short_or_damaged_is_counted(one):
    for bad in (
        TUNE[:60],
        TUNE.replace("COMPLETED", "5 of 6"),
        TUNE.replace("2026-05-04T08", "soon"),
        TUNE.replace("lab", "l\0b"),
    ):
        fact = one(listing(bad, STOPPED, "", WAITS))
        assert (len(fact.body["jobs"]), fact.body["not_read"], fact.quality.value) == (2, 1, "partial")


def test_bytes_that_are_no_utf8_are_counted_and_the_rest_is_read(one):
    fact = one(TEXT.encode().replace(b"elm-desk-eval", b"\xff\xfeval"))
    assert (len(fact.body["jobs"]), fact.body["not_utf8"], fact.quality.value) == (3, 1, "partial")


def test_a_job_of_which_only_steps_are_listed_is_partial(one):
    fact = one(listing(BATCH, EXTERN, STOPPED))
    assert [job["id"] for job in fact.body["jobs"]] == ["35248669", "35247010_3"]
    assert "only steps are listed" in fact.quality_reasons[0]


def test_a_job_that_ran_twice_is_there_twice(one):
    again = TUNE.replace("2026-05-04T", "2026-05-05T")
    assert len(one(listing(TUNE, again, TUNE)).body["jobs"]) == 2


@pytest.mark.parametrize(("content", "reason"), [
    (listing(), "lists no job"), (TEXT[:-3], "has no end"), (listing("x"), "no line could be read as a job, 1 could not"),
    (HEADER + "|JobID\n" + TUNE + "|1\n", "twice"), (listing(*["x"] * 10_001), "more than 10,000 lines could not be read"),
    (listing(*[""] * 200_000), "more than 200,000 lines"),
])  # fmt: skip
def test_a_listing_without_jobs_or_without_its_end_is_not_read(content, reason, read, write):
    reading = read(write("jobs.txt", content))
    assert reading.found == ()
    assert reason in reading.not_read[0].reason


def test_a_list_of_queues_is_not_recognised(read, write):
    reading = read(write("a.txt", "Name|Priority|State|Flags\nnormal|1|UP|\n"))
    assert (reading.found, reading.not_read[0].reason) == ((), "no collector recognises it")


def in_json(new=True, **job):
    def number(value):
        return {"set": True, "infinite": False, "number": value} if new else value

    made = {
        "account": "lab", "user": "user-7", "job_id": 35248669, "name": "elm-desk-tune", "nodes": "node-7",
        "state": {"current": ["COMPLETED"] if new else "COMPLETED", "reason": "None"},
        "array": {"job_id": 0, "task_id": {"set": False, "infinite": False, "number": 0} if new else None},
        "time": {"elapsed": 21640, "start": 1777882326, "end": 1777903966, "submission": 1777882000},
        "exit_code": {"status": ["SUCCESS"] if new else "SUCCESS", "return_code": number(0)},
        "tres": {"allocated": [
            {"type": "cpu", "name": "", "id": 1, "count": 16}, {"type": "node", "name": "", "id": 4, "count": 1},
            {"type": "energy", "name": "", "id": 3, "count": 5220000}, {"type": "gres", "name": "gpu", "id": 1001, "count": 2},
            {"type": "gres", "name": "gpu:h100", "id": 1002, "count": 2},
        ]},
        "steps": [],
    } | job  # fmt: skip
    release = {"version": {"major": "24", "minor": "05", "micro": "3"}, "release": "24.05.3"}
    return {"jobs": [made], "meta": {"slurm" if new else "Slurm": release}, "errors": [], "warnings": []}


@pytest.mark.parametrize("new", [True, False])
def test_json_of_old_and_new_releases_says_the_same(new, one):
    fact = one(in_json(new), "jobs.json")
    (job,) = fact.body["jobs"]
    assert (job["id"], job["state"], job["start"], job["end"]) == (
        "35248669", "COMPLETED", "2026-05-04T08:12:06Z", "2026-05-04T14:12:46Z",
    )  # fmt: skip
    assert (job["nodes"], job["cpus"], job["gpus"], job["exit_code"], job["energy_joules"]) == (1, 16, 2, 0, 5220000)
    assert (fact.tool_version, fact.quality.value) == ("24.05.3", "complete")
    assert "user-7" not in json.dumps(fact.body)


def test_json_of_a_task_of_an_array_and_of_a_job_that_never_ran(one):
    task = {"set": True, "infinite": False, "number": 3}
    value = in_json(array={"job_id": 35247010, "task_id": task}, time={"elapsed": 0, "start": 0, "end": 0})
    (job,) = one(value, "jobs.json").body["jobs"]
    assert (job["id"], job["start"], job["end"]) == ("35247010_3", None, None)


def test_json_with_errors_of_the_scheduler_is_partial(one):
    assert one(in_json() | {"errors": [{"error": "x"}]}, "jobs.json").quality.value == "partial"


@pytest.mark.parametrize(("value", "reason"), [
    (in_json(state={"current": []}), "not understood: slurm 24.05.3"), (in_json(job_id=None), "not understood"),
    (in_json() | {"meta": {}}, "no collector recognises it"), (in_json(job_state="RUNNING"), "no collector recognises it"),
    (in_json(time={"elapsed": "long"}), "elapsed is not a number"),
])  # fmt: skip
def test_json_of_another_sort_is_not_read(value, reason, read, write):
    reading = read(write("jobs.json", value))
    assert reading.found == ()
    assert reason in reading.not_read[0].reason


COLUMNS = """\
       JobID    JobName  Partition    Account  AllocCPUS      State ExitCode
------------ ---------- ---------- ---------- ---------- ---------- --------
2074737      _mb_bot24+        GPU    mc4sa9p         32  COMPLETED      0:0
2074737.bat+      batch               mc4sa9p         32  COMPLETED      0:0
12074738_12+      batch               mc4sa9p         32  COMPLETED      0:0
2074744      two words         GPU    mc4sa9p         28 CANCELLED+      0:0
35247010_3         tune        gpu       acct         16 OUT_OF_ME+    9:125
""".replace("\n", " \n")


def test_a_listing_in_columns_is_read_and_a_number_that_was_cut_is_counted(one):
    fact = one(COLUMNS)
    jobs = [(job["id"], job["name"], job["state"], job["cpus"], job["exit_code"]) for job in fact.body["jobs"]]
    assert jobs == [
        ("2074737", "_mb_bot24+", "COMPLETED", 32, 0),
        ("2074744", "two words", "CANCELLED", 28, 0),
        ("35247010_3", "tune", "OUT_OF_MEMORY", 16, 9),
    ]
    assert (fact.quality.value, fact.body["not_read"]) == ("partial", 1)
    assert "mc4sa9p" not in str(fact.body)


def test_a_listing_in_columns_without_damage_is_complete_and_line_ends_of_windows_are_the_same(one):
    whole = "".join(line for line in COLUMNS.splitlines(keepends=True) if "12+" not in line)
    assert one(whole).quality.value == "complete"
    assert one(whole.replace("\n", "\r\n")).body == one(whole).body


def test_a_line_that_does_not_keep_to_the_columns_is_counted(one):
    fact = one(COLUMNS + "2074799           overflowing_its_column_by_far     COMPLETED 0:0\n")
    assert fact.body["not_read"] == 2


def test_columns_under_other_names_than_theirs_are_not_read(read, write):
    reading = read(write("jobs.txt", "JobID JobName State Elapsed\n" + COLUMNS.partition("\n")[2]))
    assert reading.found == ()
    assert "do not stand over the columns" in reading.not_read[0].reason

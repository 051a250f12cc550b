"""The listings of Kubernetes' API, of jobs and of pods."""

from __future__ import annotations

import json

import jsonschema_rs
import pytest

from .conftest import SAMPLES
from .test_contract import schema

JOBS = json.loads((SAMPLES / "kubernetes-jobs" / "jobs.json").read_text(encoding="utf-8"))
PODS = json.loads((SAMPLES / "kubernetes-jobs" / "pods.json").read_text(encoding="utf-8"))


@pytest.fixture
def one(read, write):
    def go(document):
        (fact,) = read(write("listing.json", document)).found
        jsonschema_rs.validator_for(schema("job-accounting.v1")).validate(fact.body)
        return fact

    return go


def listed(*items, **more):
    return {"apiVersion": "v1", "kind": "List", "items": list(items), "metadata": {"resourceVersion": ""}} | more


def test_a_job_says_its_name_its_state_and_its_times_in_utc(one):
    tune, sweep, nightly, waits = one(JOBS).body["jobs"]
    assert (tune["id"], tune["state"]) == ("training/elm-desk-tune", "Complete")
    assert (tune["start"], tune["end"], tune["elapsed_seconds"]) == (
        "2026-05-04T08:12:06Z",
        "2026-05-04T14:12:46Z",
        21640,
    )
    assert (nightly["owner"], nightly["state"], nightly["end"]) == ("CronJob/elm-desk-nightly", "Running", None)
    assert (waits["state"], waits["start"]) == ("Suspended", None)
    assert (sweep["completions"], sweep["completed_indexes"]) == (4, "0-2")


def test_a_failed_job_ends_when_its_condition_says_for_it_has_no_time_of_completion(one):
    sweep = one(JOBS).body["jobs"][1]
    assert (sweep["state"], sweep["end"]) == ("Failed", "2026-05-05T11:00:02Z")


def test_the_pods_of_one_index_are_one_entry_with_all_their_tries(one):
    fact = one(PODS)
    first, second, third = fact.body["jobs"]
    assert [job["id"] for job in fact.body["jobs"]] == [f"training/elm-desk-sweep_{index}" for index in range(3)]
    assert (first["exit_code"], first["gpus"], first["pods"]) == (0, 1, 1)
    assert (second["state"], second["pods"], second["failed_pods"]) == ("Succeeded", 2, 1)
    assert (second["start"], second["end"]) == ("2026-05-05T08:00:01Z", "2026-05-05T09:55:30Z")
    assert (third["state"], third["end"], third["exit_code"]) == ("Running", None, None)
    assert fact.body["of_services"] == 1


def test_neither_image_nor_account_nor_machine_is_copied(one):
    assert not {"image", "registry.example", "nodeName", "containerd"} & set(
        json.dumps([one(JOBS).body, one(PODS).body]).replace('"', " ").replace("/", " ").split()
    )


def test_a_job_that_still_runs_in_one_pod_has_no_end(one):
    pods = [dict(item) for item in PODS["items"][1:3]]
    pods[0] = json.loads(json.dumps(pods[0]))
    pods[0]["status"] = {"phase": "Running", "startTime": "2026-05-05T08:00:01Z"}
    (job,) = one(listed(*pods)).body["jobs"]
    assert (job["state"], job["end"], job["failed_pods"]) == ("Running", None, 0)


def test_a_pod_without_an_owner_is_a_job_of_its_own(one):
    pod = json.loads(json.dumps(PODS["items"][0]))
    del pod["metadata"]["ownerReferences"], pod["metadata"]["annotations"]
    pod["metadata"]["labels"] = {}
    (job,) = one(listed(pod)).body["jobs"]
    assert (job["id"], job["owner"]) == ("training/elm-desk-sweep-0-x2k9d", None)


def test_an_object_alone_and_a_typed_list_are_read_too(one):
    assert one(JOBS["items"][0]).body["jobs"] == one(JOBS).body["jobs"][:1]
    bare = {key: value for key, value in JOBS["items"][0].items() if key not in ("kind", "apiVersion")}
    typed = {"apiVersion": "batch/v1", "kind": "JobList", "metadata": {"resourceVersion": "1"}, "items": [bare]}
    assert one(typed).body["jobs"] == one(JOBS).body["jobs"][:1]


@pytest.mark.parametrize(
    "damage",
    [
        {"kind": "Job", "metadata": {}, "status": {}},
        {"kind": "Job", "metadata": {"name": "a"}, "status": {"startTime": "yesterday"}},
        {"kind": "Pod", "metadata": {"name": "a"}, "status": {}},
        {"kind": "Node", "metadata": {"name": "a"}, "status": {}},
        "a line",
        None,
    ],
)
def test_an_object_that_can_not_be_read_is_counted_and_makes_it_partial(damage, one):
    fact = one(listed(JOBS["items"][0], damage))
    assert (len(fact.body["jobs"]), fact.body["not_read"], fact.quality.value) == (1, 1, "partial")


def test_a_list_that_goes_on_elsewhere_is_partial(one):
    fact = one(listed(JOBS["items"][0], metadata={"continue": "eyJ2IjoibWV0YS5r", "remainingItemCount": 7}))
    assert fact.quality.value == "partial"


def test_an_empty_list_is_no_population(read, write):
    reading = read(write("listing.json", listed()))
    assert (reading.found, reading.not_read[0].reason) == ((), "lists no job")


@pytest.mark.parametrize(
    "document",
    [
        {"apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": "wanted"}, "spec": {}},
        listed({"apiVersion": "v1", "kind": "Node", "metadata": {"name": "n1"}}),
    ],
)
def test_a_manifest_and_a_list_of_other_things_are_somebody_else_s(document, read, write):
    reading = read(write("listing.json", document), explain=True)
    assert not reading.found
    said = next(look for look in reading.looks if look.collector == "kubernetes-jobs")
    assert said.answer == "passed over"


def test_a_name_that_is_too_long_gives_way_to_the_id(one):
    job = json.loads(json.dumps(JOBS["items"][0]))
    job["metadata"]["name"], job["metadata"]["namespace"] = "n" * 63, "s" * 63
    assert one(listed(job)).body["jobs"][0]["id"] == job["metadata"]["uid"]

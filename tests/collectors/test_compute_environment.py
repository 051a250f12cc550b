"""The machine: recorded by a run, or described at attach."""

from __future__ import annotations

import json
import sys
from types import SimpleNamespace

import jsonschema_rs
import pytest

from governance.collectors.compute_environment import capture

from .test_contract import schema


class Refused(Exception):  # noqa: N818 - named after what the driver does
    pass


class LibraryNotFound(Refused):
    pass


def driver(**calls):
    """A small stand-in for the driver library; a call given as an exception raises it."""

    def call(value):
        def answer(*_):
            if isinstance(value, Exception):
                raise value
            return value

        return answer

    made = {
        "nvmlInit": None, "nvmlShutdown": None, "nvmlSystemGetDriverVersion": b"550.54.15",
        "nvmlSystemGetCudaDriverVersion_v2": 12040, "nvmlDeviceGetCount": 2, "nvmlDeviceGetHandleByIndex": 0,
        "nvmlDeviceGetName": "NVIDIA L4", "nvmlDeviceGetUUID": "GPU-1", "nvmlDeviceGetMemoryInfo":
        SimpleNamespace(total=24_000_000_000),
    } | calls  # fmt: skip
    return SimpleNamespace(
        NVMLError_LibraryNotFound=LibraryNotFound, **{name: call(value) for name, value in made.items()}
    )


@pytest.fixture
def with_driver(monkeypatch):
    def put(**calls):
        monkeypatch.setitem(sys.modules, "pynvml", driver(**calls))
        body = capture()
        jsonschema_rs.validator_for(schema("compute-environment.v1")).validate(body)
        return body

    return put


def test_two_captures_say_the_same():
    assert capture() == capture()


def test_a_capture_fits_its_kind_and_keeps_no_variable_of_the_environment(monkeypatch):
    monkeypatch.setenv("A_TOKEN", "hunter2hunter2")
    body = capture()
    jsonschema_rs.validator_for(schema("compute-environment.v1")).validate(body)
    assert "hunter2" not in json.dumps(body)
    assert body["packages"]["pydantic"]


def test_graphics_processors_are_listed_with_driver_and_cuda(with_driver):
    body = with_driver()
    assert (body["gpu_status"], body["driver"], body["cuda"], len(body["gpus"])) == ("present", "550.54.15", "12.4", 2)
    assert body["gpus"][0] == {
        "name": "NVIDIA L4", "uuid": "GPU-1", "driver": "550.54.15", "memory_bytes": 24_000_000_000,
    }  # fmt: skip


def test_a_machine_without_the_driver_library_has_none(with_driver):
    body = with_driver(nvmlInit=LibraryNotFound())
    assert (body["gpu_status"], body["gpus"]) == ("none", [])


def test_a_driver_that_does_not_answer_is_not_none(with_driver):
    body = with_driver(nvmlInit=Refused("driver not loaded"))
    assert body["gpu_status"] == "could-not-tell"
    assert "driver not loaded" in body["gpu_note"]


def test_a_driver_that_does_not_count_is_not_none(with_driver):
    assert with_driver(nvmlDeviceGetCount=Refused())["gpu_status"] == "could-not-tell"


def test_what_one_device_does_not_support_is_null(with_driver):
    body = with_driver(
        nvmlDeviceGetUUID=Refused(), nvmlDeviceGetMemoryInfo=Refused(), nvmlSystemGetDriverVersion=Refused()
    )
    assert body["gpus"][0] == {"name": "NVIDIA L4", "uuid": None, "driver": None, "memory_bytes": None}


def test_without_the_binding_it_could_not_be_told(monkeypatch):
    monkeypatch.setitem(sys.modules, "pynvml", None)
    assert capture()["gpu_status"] == "could-not-tell"


def test_a_recorded_environment_stands_for_this_machine(sample, read):
    (fact,) = read(sample("compute-environment"), environment=True).found
    assert (fact.body["captured"], fact.effective_clock, fact.subject.name) == ("by-run", "tool", "trainer-1")


def test_without_a_recorded_one_this_machine_is_added_once_beside_weights_and_only_there(read, sample, tmp_path):
    assert read(tmp_path / "empty", environment=True).found == ()
    assert not [
        f for f in read(sample("attested-document"), environment=True).found if f.kind == "compute-environment.v1"
    ]
    beside = read(sample("model-artifacts"), environment=True).found
    (fact,) = [fact for fact in beside if fact.kind == "compute-environment.v1"]
    assert (fact.body["captured"], fact.effective_clock) == ("at-attach", "observed")
    assert fact.subject.name == fact.body["host"]["name"]


@pytest.mark.parametrize(
    ("field", "value", "reason"),
    [
        ("gpu_status", "maybe", "gpu_status is not one of"), ("gpu_status", "present", "0 graphics processors"),
        ("host", {}, "name is missing"), ("packages", {"torch": 2}, "torch is not text"),
        ("memory_bytes", "23 GB", "is not a number"), ("captured_at", "yesterday", "time zone"),
    ],
)  # fmt: skip
def test_a_recorded_environment_of_the_wrong_sort_is_not_read(field, value, reason, sample, read):
    path = sample("compute-environment") / "environment.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {field: value}))
    reading = read(path)
    assert reading.found == ()
    assert reason in reading.not_read[0].reason

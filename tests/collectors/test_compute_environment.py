"""The machine: recorded by a run, or described at attach."""

from __future__ import annotations

import json
import sys
from types import SimpleNamespace

import jsonschema_rs
import pytest

from governance.collectors.compute_environment import capture
from governance.collectors.formats.nvml_driver import energy_reading

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
    gpu = body["gpus"][0]
    assert (gpu["name"], gpu["uuid"], gpu["driver"]) == ("NVIDIA L4", "GPU-1", "550.54.15")
    assert gpu["memory_bytes"] == 24_000_000_000


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
    gpu = body["gpus"][0]
    assert gpu.pop("name") == "NVIDIA L4"
    assert set(gpu.values()) == {None}
    assert body["confidential_computing"] is None


H100 = {
    "system": {"driver": "590.48.01", "cuda": 13010, "closed": {"environment": 2, "ccFeature": 1, "devToolsMode": 0}},
    "devices": [
        {
            "Name": "NVIDIA H100 80GB HBM3", "UUID": "GPU-1c5e4bd0-1a11-4a3e-9d8c-6f0f4d8f2a01", "Architecture": 9,
            "memory": 85_520_809_984, "MigMode": [0, 0], "EccMode": [1, 1], "EnforcedPowerLimit": 700_000,
            "TotalEnergyConsumption": 600_000,
        },
        {
            "Name": "NVIDIA H100 80GB HBM3", "UUID": "GPU-1c5e4bd0-1a11-4a3e-9d8c-6f0f4d8f2a02", "Architecture": 9,
            "memory": 85_520_809_984, "MigMode": [1, 1], "EccMode": "NotSupported", "EnforcedPowerLimit": "NotSupported",
            "TotalEnergyConsumption": "NotSupported",
        },
    ],
}  # fmt: skip
"""A machine as the library describes it: one card that answers everything, one that supports less."""


def from_profile(profile, *, as_bytes=False):
    """The driver library of a profile; `as_bytes` as the older bindings gave text."""

    def told(value):
        if value == "NotSupported":
            raise Refused(value)
        return value.encode() if as_bytes and isinstance(value, str) else value

    def device(name):
        return lambda handle: told(profile["devices"][handle][name])

    system = profile["system"]
    calls = {
        "nvmlInit": lambda: None, "nvmlShutdown": lambda: None,
        "nvmlSystemGetDriverVersion": lambda: told(system["driver"]), "nvmlDeviceGetCount": lambda: len(profile["devices"]),
        "nvmlSystemGetCudaDriverVersion_v2": lambda: system["cuda"], "nvmlDeviceGetHandleByIndex": lambda index: index,
        "nvmlSystemGetConfComputeState": lambda: SimpleNamespace(**told(system["closed"])),
        "nvmlDeviceGetMemoryInfo": lambda handle: SimpleNamespace(total=profile["devices"][handle]["memory"]),
    }  # fmt: skip
    names = ("Name", "UUID", "Architecture", "MigMode", "EccMode", "EnforcedPowerLimit", "TotalEnergyConsumption")
    calls |= {f"nvmlDeviceGet{name}": device(name) for name in names}
    return SimpleNamespace(NVMLError_LibraryNotFound=LibraryNotFound, **calls)


@pytest.mark.parametrize("as_bytes", [False, True])
def test_modes_limits_and_confidential_computing_are_told_where_they_are_supported(as_bytes, monkeypatch):
    profile = json.loads(json.dumps(H100))
    monkeypatch.setitem(sys.modules, "pynvml", from_profile(profile, as_bytes=as_bytes))
    body = capture()
    assert capture() == body
    jsonschema_rs.validator_for(schema("compute-environment.v1")).validate(body)
    first, second = body["gpus"]
    assert first == {
        "name": "NVIDIA H100 80GB HBM3", "uuid": "GPU-1c5e4bd0-1a11-4a3e-9d8c-6f0f4d8f2a01", "driver": "590.48.01",
        "memory_bytes": 85_520_809_984, "architecture": "Hopper", "mig_enabled": False, "ecc_enabled": True,
        "power_limit_watts": 700.0, "mig_devices": None, "sm_clock_max_mhz": None, "memory_clock_max_mhz": None,
    }  # fmt: skip
    assert (second["mig_enabled"], second["ecc_enabled"], second["power_limit_watts"]) == (True, None, None)
    assert (body["cuda"], body["covers"]) == ("13.1", "machine")
    assert body["confidential_computing"] == {"enabled": True, "developer_tools": False, "environment": "production"}


def test_what_was_captured_comes_back_when_it_was_written_down(monkeypatch, read, write):
    monkeypatch.setitem(sys.modules, "pynvml", from_profile(H100))
    body = capture() | {"captured": "by-command"}
    (fact,) = read(write("environment.json", {"schema": "compute-environment.v1", **body})).found
    assert fact.body == body


def test_two_readings_of_the_counters_are_a_record_of_energy(monkeypatch, read, write):
    profile = json.loads(json.dumps(H100))
    monkeypatch.setitem(sys.modules, "pynvml", from_profile(profile))
    start = energy_reading()
    assert start["counters"] == [{"uuid": "GPU-1c5e4bd0-1a11-4a3e-9d8c-6f0f4d8f2a01", "millijoules": 600_000}]
    profile["devices"][0]["TotalEnergyConsumption"] += 3_600
    end = energy_reading() | {"taken_at": "2099-01-01T00:00:00Z"}
    record = {"schema": "govern-energy.v1", "start": start, "end": end}
    (fact,) = read(write("energy.json", record)).found
    assert (fact.body["kwh"], fact.body["method"], fact.tool_version) == (1e-6, "measured", "590.48.01")
    profile["devices"][0]["TotalEnergyConsumption"] = 0
    record["end"] = energy_reading() | {"taken_at": "2099-01-01T00:00:00Z"}
    reading = read(write("energy.json", record))
    assert (reading.found, "loaded again" in reading.not_read[0].reason) == ((), True)


def test_without_a_driver_or_a_counter_there_is_no_reading(monkeypatch):
    monkeypatch.setitem(sys.modules, "pynvml", None)
    assert energy_reading() is None
    profile = {"system": H100["system"], "devices": H100["devices"][1:]}
    monkeypatch.setitem(sys.modules, "pynvml", from_profile(profile))
    assert energy_reading() is None


def test_a_library_that_lacks_a_call_says_nothing_of_it(monkeypatch):
    library = from_profile(H100)
    del library.nvmlDeviceGetMigMode, library.nvmlSystemGetConfComputeState
    monkeypatch.setitem(sys.modules, "pynvml", library)
    body = capture()
    assert (body["gpus"][0]["mig_enabled"], body["confidential_computing"]) == (None, None)


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
        ("confidential_computing", {"environment": "x"}, "none that is known"), ("memory_bytes", "23 GB", "is not a number"), ("captured_at", "yesterday", "time zone"),
    ],
)  # fmt: skip
def test_a_recorded_environment_of_the_wrong_sort_is_not_read(field, value, reason, sample, read):
    path = sample("compute-environment") / "environment.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {field: value}))
    reading = read(path)
    assert reading.found == ()
    assert reason in reading.not_read[0].reason

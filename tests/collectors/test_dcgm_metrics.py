"""The metrics of DCGM's exporter: an environment each, and the energy between two of them."""

from __future__ import annotations

import json

import jsonschema_rs
import pytest

from .conftest import SAMPLES
from .test_contract import schema

START = (SAMPLES / "dcgm-metrics" / "metrics-start.prom").read_text(encoding="utf-8")
END = (SAMPLES / "dcgm-metrics" / "metrics-end.prom").read_text(encoding="utf-8")
FIRST = "GPU-1c5e4bd0-1a11-4a3e-9d8c-6f0f4d8f2a01"


@pytest.fixture
def facts(read, write):
    def go(**files):
        for name, content in files.items():
            write(f"run/{name}.prom", content)
        reading = read(write("run/other.md", "notes\n").parent)
        for fact in reading.found:
            jsonschema_rs.validator_for(schema(fact.kind)).validate(fact.body)
        kinds = [
            [fact for fact in reading.found if fact.kind == kind] for kind in ("compute-environment.v1", "energy.v1")
        ]
        return (*kinds, reading.not_read)

    return go


def test_one_snapshot_is_an_environment_and_no_energy(facts):
    (fact,), energy, _ = facts(a=START)
    assert energy == []
    gpu = fact.body["gpus"][0]
    assert (gpu["name"], gpu["uuid"], gpu["driver"]) == ("NVIDIA H100 80GB HBM3", FIRST, "590.48.01")
    assert (gpu["memory_bytes"], gpu["power_draw_watts"], gpu["power_limit_watts"]) == (81559 * 2**20, 69.85, 700)
    assert (gpu["energy_millijoules"], gpu["last_error_code"], gpu["mig_enabled"]) == (319159391, 0, None)
    assert (fact.quality.value, fact.subject.name, fact.effective_at) == ("complete", "not named", None)


def test_names_of_hosts_and_pods_are_left_behind_in_any_spelling(facts):
    (fact,), _, _ = facts(a=START.replace("Hostname", "hostname").replace('pod=""', 'pod="trainer-0"'))
    assert "node-7" not in json.dumps(fact.body)
    assert "trainer-0" not in json.dumps(fact.body)


@pytest.mark.parametrize("blank", ["9223372036854775792", "9223372036854775794", "9.223372036854775794e+18", "2147483632", "NaN",
                                   "140737488355328.000000"])  # fmt: skip
def test_a_value_that_stands_for_no_answer_is_null(blank, facts):
    (fact,), _, _ = facts(a=START.replace("} 69.85", f"}} {blank}"))
    assert fact.body["gpus"][0]["power_draw_watts"] is None


def test_a_counter_of_energy_may_be_as_large_as_the_blank_of_shorter_fields(facts):
    (fact,), _, _ = facts(a=START.replace("} 319159391", "} 2147483633"))
    assert fact.body["gpus"][0]["energy_millijoules"] == 2147483633


def test_without_any_answer_it_is_failed(facts):
    line = f'DCGM_FI_DEV_SM_CLOCK{{gpu="0",UUID="{FIRST}",modelName="NVIDIA L4"}} 9223372036854775794\n'
    (fact,), _, _ = facts(a=line)
    assert fact.quality.value == "failed"


def test_the_code_of_the_last_error_is_a_code(facts):
    (fact,), _, _ = facts(a=START.replace("XID_ERRORS{", "XID_ERRORS {").replace('pod=""} 0\n', 'pod=""} 79\n'))
    assert fact.body["gpus"][0]["last_error_code"] == 79


def test_a_processor_that_is_cut_has_parts_and_its_memory_is_not_that_of_a_part(facts):
    parts = "".join(
        f'DCGM_FI_DEV_FB_TOTAL{{gpu="0",UUID="{FIRST}",GPU_I_ID="{n}",GPU_I_PROFILE="1g.10gb",modelName="NVIDIA L4"}} 9728\n'
        for n in (7, 9)
    )
    (fact,), _, _ = facts(a=parts)
    gpu = fact.body["gpus"][0]
    assert (gpu["mig_enabled"], gpu["mig_devices"], gpu["memory_bytes"]) == (True, 2, None)


def test_masked_serial_ids_do_not_make_two_processors_one(facts):
    text = START.replace(FIRST, "GPU-00000000-0000-0000-0000-000000000000")
    (fact,), _, _ = facts(a=text)
    assert (fact.quality.value, len(fact.body["gpus"]), fact.body["gpus"][0]["uuid"]) == ("masked", 2, None)


def test_a_line_without_the_serial_id_goes_with_the_processor_of_its_number(facts):
    (fact,), _, _ = facts(a=START + 'DCGM_FI_PROF_GR_ENGINE_ACTIVE{gpu="0"} 0.5\nDCGM_FI_DEV_POWER_USAGE{gpu="7"} 3\n')
    assert len(fact.body["gpus"]) == 3
    assert (fact.body["gpus"][2]["uuid"], fact.quality.value) == (None, "partial")


def test_two_snapshots_of_a_folder_are_the_energy_between_them(facts):
    environments, (fact,), _ = facts(b=START, a=END)
    assert len(environments) == 2
    assert [card["kwh"] for card in fact.body["gpus"]] == [0.1, 360_001_000 / 3.6e9]
    assert (fact.body["method"], fact.body["scope"], fact.body["duration_seconds"]) == ("measured", "gpu", None)
    assert [source.path for source in fact.sources] == ["a.prom", "b.prom"]
    assert (fact.quality.value, fact.effective_at, fact.tool) == ("complete", None, "dcgm-exporter")


def test_with_times_on_the_lines_there_is_an_order_and_a_length(facts):
    def timed(text, at):
        return "".join(
            line if line.startswith("#") else f"{line[:-1]} {at}000\n" for line in text.splitlines(keepends=True)
        )

    _, (fact,), _ = facts(a=timed(START, 1_783_052_806), b=timed(END, 1_783_056_406))
    assert (fact.body["duration_seconds"], fact.effective_at.timestamp()) == (3600.0, 1_783_056_406)
    _, (fact,), _ = facts(a=timed(END, 1_783_052_806), b=timed(START, 1_783_056_406))
    assert (fact.quality.value, fact.body["kwh"]) == ("failed", None)
    assert "loaded again" in fact.quality_reasons[0]


def test_counters_of_which_one_went_back_are_failed(facts):
    _, (fact,), _ = facts(a=START, b=END.replace(' 679160391', ' 5'))  # fmt: skip
    assert (fact.quality.value, fact.body["kwh"], fact.body["gpus"]) == ("failed", None, [])


def test_a_copy_and_another_machine_are_no_second_snapshot(facts):
    assert facts(a=START, b=START, c=END.replace("GPU-1c", "GPU-2c"))[1] == []


@pytest.mark.parametrize(("text", "reason"), [
    (START[:-4], "has no end"), (START + 'DCGM_FI_DEV_SM_CLOCK{gpu="0"} x\n', "is not a number"),
    (START + f'DCGM_FI_DEV_NEW{{UUID="{FIRST}"}} -1\n', "not understood"), (START.replace('"', "", 1), "a label without a value"),
])  # fmt: skip
def test_a_snapshot_that_is_broken_is_not_read(text, reason, facts):
    environments, _, not_read = facts(a=text)
    assert environments == []
    assert reason in not_read[0].reason


def test_a_list_of_fields_for_the_exporter_is_not_recognised(read, write):
    reading = read(write("counters.csv", "# Format\nDCGM_FI_DEV_SM_CLOCK, gauge, SM clock frequency (in MHz).\n"))
    assert (reading.found, reading.not_read[0].reason) == ((), "no collector recognises it")

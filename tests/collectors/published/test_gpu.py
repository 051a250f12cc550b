"""Graphics processors, energy, servers and schedulers: files that nvidia-smi, DCGM, CodeCarbon, vLLM and Slurm left in public."""

from __future__ import annotations

import pytest

MIB = 2**20


def test_reports_of_four_processors_in_three_document_types(facts):
    found, not_read = facts("nvidia-smi-xml", "nvidia-smi-xml")
    assert not_read == ()
    names = ("name", "memory_bytes", "ecc_enabled", "power_draw_watts", "power_limit_watts")
    told = {path: [fact.tool_version, *(fact.body["gpus"][0][name] for name in names)] for path, fact in found.items()}
    expected = {
        "a10g.xml": ["515.105.01", "NVIDIA A10G", 23028 * MIB, True, 25.58, 300.0],
        "tesla-t4.xml": ["515.105.01", "Tesla T4", 15360 * MIB, True, 26.78, 70.0],
        "rtx-3080-v12.xml": ["536.40", "NVIDIA GeForce RTX 3080", 10240 * MIB, None, 22.78, 336.0],
        "rtx-4000-sff-ada-v13.xml": ["595.84", "NVIDIA RTX 4000 SFF Ada Generation", 20475 * MIB, False, 8.81, 70.0],
    }
    assert {path: told[path] for path in expected} == expected
    assert found["rtx-4000-sff-ada-v13.xml"].body["gpus"][0]["power_draw_instant_watts"] == 8.44
    for fact in found.values():
        assert (fact.effective_at, fact.subject.name, fact.body["host"]) == (None, "not named", None)


def test_captures_of_an_h100_at_rest_and_at_work_are_masked(read, published):
    found = {fact.path.split("__")[-1]: fact for fact in read(published("nvidia-smi-captures")).found}
    draws = {"idle.query-gpu.csv": 69.85, "load.query-gpu.csv": 631.95, "idle.q.txt": 69.85, "load.q.txt": 629.45}
    for name, draw in draws.items():
        fact = found[f"590.48.01.{name}"]
        gpu = fact.body["gpus"][0]
        assert (fact.quality.value, gpu["uuid"], gpu["memory_bytes"]) == ("masked", None, 81559 * MIB)
        assert (gpu["power_draw_watts"], gpu["power_limit_watts"], gpu["mig_enabled"]) == (draw, 700.0, False)
        assert "memhog" not in str(fact.body)


def test_two_versions_of_the_estimator_are_several_times_apart(facts):
    found, not_read = facts("codecarbon", "codecarbon")
    assert not_read == ()
    old, new = found["emissions_2.7.4.csv"], found["emissions_3.3.2.csv"]
    assert (old.body["kwh"], new.body["kwh"]) == (5.930406023929226e-05, 1.6235351603324312e-05)
    assert (old.body["method"], old.body["scope"], old.body["location"]) == ("estimated", "process", "SGP")
    assert old.body["co2_grams"] == pytest.approx(0.0279, abs=1e-4)
    assert (old.quality.value, new.quality.value, new.effective_at) == ("complete", "complete", None)


def test_metrics_of_dcgm_with_a_part_and_with_a_blank(facts):
    found, not_read = facts("dcgm-exporter", "dcgm-metrics")
    assert not_read == ()
    gpu = found["a100_mig_nvidia_docs.prom"].body["gpus"][0]
    assert (gpu["energy_millijoules"], gpu["power_draw_watts"], gpu["mig_devices"]) == (319159391, 409.692, 1)
    assert (gpu["last_error_code"], gpu["memory_bytes"]) == (0, None)
    assert found["readme_blank_sentinel.prom"].quality.value == "partial"
    assert "ub20" not in str([fact.body for fact in found.values()])


def test_metrics_of_a_vllm_that_answered_once(facts):
    found, _ = facts("vllm-metrics", "vllm-metrics")
    body = found["vllm_metrics_subset.prom"].body
    assert (body["requests"], body["finished"], body["input_tokens"], body["output_tokens"]) == (1, {"length": 1}, 5, 7)
    assert (body["latency_p50_seconds"], body["latency_p95_seconds"]) == (0.5, 0.95)


def test_a_listing_of_steps_alone_and_one_that_can_not_be_read(facts):
    found, not_read = facts("slurm-sacct", "slurm-sacct")
    fact = found["sample-sacct-output.txt"]
    (job,) = fact.body["jobs"]
    assert (job["id"], job["elapsed_seconds"], fact.quality.value) == ("8012944_24093", 48, "partial")
    reasons = {row.path: row.reason for row in not_read}
    assert "no line could be read" in reasons["sample-sacct-output-with-invalid-lines.txt"]
    assert "test_user" not in str(fact.body)


def test_cards_of_amd_and_one_that_bears_a_code_for_a_name(facts):
    found, not_read = facts("rocm-smi", "rocm-smi")
    assert not_read == ()
    told = {
        path: (len(fact.body["gpus"]), fact.body["gpus"][0]["memory_bytes"], fact.body["driver"], fact.quality.value)
        for path, fact in found.items()
    }
    assert told["mi100_rocm571.json"] == (6, 34342961152, "6.2.4", "complete")
    assert told["vega-20-WKS-GL-XE.json"] == (1, 34342961152, "5.9.17", "complete")
    assert told["rx6700xt_rocm430.json"] == (1, 12868124672, "6.3.6", "partial")
    assert "mlir-cpu-runner" not in str([fact.body for fact in found.values()])

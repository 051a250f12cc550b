"""The metrics of a vLLM server."""

from __future__ import annotations

import jsonschema_rs
import pytest

from .conftest import SAMPLES
from .test_contract import schema

TEXT = (SAMPLES / "vllm-metrics" / "metrics.prom").read_text(encoding="utf-8")


@pytest.fixture
def profiles(read, write):
    def go(text):
        found = read(write("metrics.prom", text)).found
        for fact in found:
            jsonschema_rs.validator_for(schema("inference-profile.v1")).validate(fact.body)
        return found

    return go


def test_requests_tokens_and_times_are_read(profiles):
    (fact,) = profiles(TEXT)
    body = fact.body
    assert (body["requests"], body["errors"]) == (5120, 0)
    assert body["finished"] == {"stop": 4711, "length": 397, "abort": 12, "error": 0}
    assert (body["input_tokens"], body["output_tokens"]) == (1822310, 604118)
    assert body["latency_p50_seconds"] == pytest.approx(0.9)
    assert body["latency_p95_seconds"] == pytest.approx(2.0 + 0.5 * 256 / 384)
    assert body["first_token_p50_seconds"] == 0.04
    assert body["latency_method"] == "histogram"
    assert fact.quality.value == "complete"


def test_what_the_server_does_not_know_is_null(profiles):
    (fact,) = profiles(TEXT)
    names = (
        "place",
        "hardware",
        "quantisation",
        "concurrent_requests",
        "tokens_per_second",
        "cost_total",
        "peak_memory_bytes",
    )
    assert [fact.body[name] for name in names] == [None] * len(names)
    assert fact.body["model"] == {"name": "elm-desk", "digest": None, "adapter": None, "revision": None}
    assert (fact.subject.type.value, fact.subject.name, fact.subject.digest) == ("model", "elm-desk", None)
    assert fact.effective_at is None


def test_the_older_engine_has_no_engine_label(profiles):
    (fact,) = profiles(TEXT.replace('engine="0",', "").replace("kv_cache", "gpu_cache"))
    assert fact.body["requests"] == 5120


def test_engines_behind_one_name_are_put_together_and_names_are_kept_apart(profiles):
    other = "".join(f"{line}\n" for line in TEXT.splitlines() if not line.startswith("#"))
    (fact,) = profiles(TEXT + other.replace('engine="0"', 'engine="1"'))
    assert (fact.body["requests"], fact.body["latency_p50_seconds"]) == (10240, pytest.approx(0.9))
    found = profiles(TEXT + other.replace("elm-desk", "elm-code"))
    assert [fact.subject.name for fact in found] == ["elm-desk", "elm-code"]


def test_without_traffic_nothing_was_measured(read, write):
    lines = [line if line.startswith("#") else line.rpartition(" ")[0] + " 0.0" for line in TEXT.splitlines()]
    reading = read(write("metrics.prom", "\n".join(lines) + "\n"))
    assert (reading.found, "nothing was measured" in reading.not_read[0].reason) == ((), True)


def test_a_time_beyond_the_last_step_is_partial(profiles):
    (fact,) = profiles(TEXT.replace('le="5.0",model_name="elm-desk"} 5120.0', 'le="5.0",model_name="elm-desk"} 4993.0').replace(
        'le="2.5",model_name="elm-desk"} 4992', 'le="2.5",model_name="elm-desk"} 4700').replace(
        'le="5.0",model_name="elm-desk"} 4993', 'le="5.0",model_name="elm-desk"} 4700'))  # fmt: skip
    assert (fact.quality.value, fact.body["latency_p95_seconds"]) == ("partial", 5.0)
    assert "at least 5 seconds" in fact.quality_reasons[0]


def test_counts_that_do_not_agree_are_partial(profiles):
    (fact,) = profiles(
        TEXT.replace(
            'finished_reason="stop",model_name="elm-desk"} 4711', 'finished_reason="stop",model_name="elm-desk"} 4700'
        )
    )
    assert fact.quality_reasons == ("5109 requests ended and 5120 were timed",)
    (fact,) = profiles(
        TEXT.replace(
            'e2e_request_latency_seconds_count{engine="0",model_name="elm-desk"} 5120',
            'e2e_request_latency_seconds_count{engine="0",model_name="elm-desk"} 5121',
        )
    )
    assert fact.quality_reasons == ("the histogram of the times does not agree with its own count",)


def test_without_times_it_is_partial(profiles):
    text = "".join(f"{line}\n" for line in TEXT.splitlines() if "e2e" not in line)
    (fact,) = profiles(text)
    assert (fact.quality.value, fact.body["latency_p50_seconds"], fact.body["latency_method"]) == (
        "partial",
        None,
        None,
    )


@pytest.mark.parametrize(("old", "new", "reason"), [
    ('le="+Inf"', 'le="9.0"', "lacks its last step"), ("} 604118.0", "} 604118.5", "is no count"), ("} 604118.0", "} NaN", "is no count"),
    ('le="0.3"', 'le="low"', "without its bound"), (TEXT[-10:], "", "has no end"),
])  # fmt: skip
def test_metrics_that_are_broken_are_not_read(old, new, reason, read, write):
    reading = read(write("metrics.prom", TEXT.replace(old, new)))
    assert reading.found == ()
    assert reason in reading.not_read[0].reason

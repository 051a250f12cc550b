"""Logs of LiteLLM: counts, exact times, tokens and cost by model."""

from __future__ import annotations

import json

import pytest

from governance.domain.evidence import Quality

START = 1_795_357_118.0


def request(seconds=1.0, **fields):
    made = {
        "litellm_call_id": "x", "call_type": "acompletion", "status": "success", "cache_hit": False, "stream": None,
        "startTime": START, "endTime": START + seconds, "completionStartTime": START + seconds / 2,
        "model": "elm", "response_cost": 0.5, "prompt_tokens": 10, "completion_tokens": 20,
        "messages": [{"role": "user", "content": "SECRET"}], "requester_ip_address": "192.0.2.7",
        "metadata": {"user_api_key_user_email": "SECRET"},
    }  # fmt: skip
    return made | fields


FAILURE = {"status": "failure", "error_information": {"error_code": "500", "error_class": "APIError"}}
LIMITED = {"status": "failure", "error_information": {"error_code": "429", "error_class": "RateLimitError"}}


@pytest.fixture
def of(write, read, tmp_path):
    def go(*rows):
        write("log.jsonl", "".join(json.dumps(row) + "\n" for row in rows))
        reading = read(tmp_path)
        return list(reading.found) or reading.not_read[0].reason

    return go


def test_the_recorded_log_is_counted(sample, read):
    (fact,) = read(sample("litellm-log")).found
    assert (fact.body["requests"], fact.body["errors"], fact.body["rate_limited"]) == (8, 1, 1)
    assert fact.body["model"] == {"name": "gpt-4o-mini", "digest": None, "adapter": None, "revision": None}
    assert fact.body["currency"] == "USD"
    assert fact.body["cost_method"] == "estimated"
    assert fact.body["first_token_p50_seconds"] is not None
    assert fact.effective_at is not None


def test_percentiles_are_times_that_were_seen(of):
    (fact,) = of(*(request(float(seconds)) for seconds in range(1, 21)))
    assert (fact.body["latency_p50_seconds"], fact.body["latency_p95_seconds"]) == (10.0, 19.0)
    (fact,) = of(request(3.0), request(1.0))
    assert (fact.body["latency_p50_seconds"], fact.body["latency_p95_seconds"]) == (1.0, 3.0)


def test_the_order_of_lines_means_nothing(of):
    rows = [request(2.0), request(1.0, **FAILURE), request(3.0)]
    assert of(*rows)[0].body == of(*reversed(rows))[0].body


def test_tokens_and_cost_are_sums_over_the_answers(of):
    (fact,) = of(request(), request(), request(response_cost=0.0, prompt_tokens=0, completion_tokens=0, **FAILURE))
    body = fact.body
    assert (body["input_tokens"], body["output_tokens"], body["cost_total"]) == (20, 40, 1.0)
    assert body["cost_per_million_tokens"] == 25_000.0


def test_failures_are_counted_and_their_times_left_out(of):
    (fact,) = of(request(1.0), request(90.0, **FAILURE), request(0.1, **LIMITED))
    assert [fact.body[key] for key in ("requests", "errors", "rate_limited")] == [3, 2, 1]
    assert fact.body["latency_p95_seconds"] == 1.0


def test_an_answer_out_of_a_cache_is_counted_and_its_time_left_out(of):
    (fact,) = of(request(5.0), request(0.001, cache_hit=True, response_cost=0.0))
    assert (fact.body["cached"], fact.body["latency_p50_seconds"], fact.body["cost_total"]) == (1, 5.0, 0.5)


def test_an_answer_without_a_price_leaves_the_cost_unknown(of):
    (fact,) = of(request(), request(response_cost=0.0))
    assert (fact.body["cost_total"], fact.body["currency"], fact.body["cost_per_million_tokens"]) == (None, None, None)


def test_each_model_has_its_own_profile(of):
    facts = of(request(), request(model="oak"), request())
    assert [(fact.subject.name, fact.body["requests"]) for fact in facts] == [("elm", 2), ("oak", 1)]


def test_no_answer_at_all_is_failed(of):
    (fact,) = of(request(**FAILURE))
    assert (fact.quality, fact.body["latency_p50_seconds"]) == (Quality.FAILED, None)


def test_an_end_before_the_start_makes_it_partial(of):
    (fact,) = of(request(), request(-1.0))
    assert fact.quality is Quality.PARTIAL


def test_texts_addresses_and_names_are_never_copied(of):
    text = json.dumps(of(request())[0].body)
    assert "SECRET" not in text
    assert "192.0.2.7" not in text


def test_one_corrupt_line_among_a_thousand_is_named(write, read):
    rows = [json.dumps(request())] * 1000
    rows[500] = rows[500][:50]
    reading = read(write("log.jsonl", "\n".join(rows)))
    assert reading.found == ()
    assert reading.not_read[0].reason.startswith("line 501: ")


def test_a_line_that_is_no_request_is_named(of):
    assert of(request(), {"note": 1}) == "line 2 is no payload of a request"


def test_an_end_that_is_not_known_is_named(of):
    assert "not understood: litellm" in of(request(), request(status="half"))


@pytest.mark.parametrize(
    "wrap", [lambda row: row, lambda row: [row, row], lambda row: {"standard_logging_object": row}]
)
def test_one_object_a_list_and_a_wrapped_one_are_read(wrap, write, read):
    (fact,) = read(write("log.json", json.dumps(wrap(request()), indent=1))).found
    assert fact.body["requests"] in (1, 2)


@pytest.mark.parametrize(
    "key", ["startTime", "prompt_tokens", "response_cost", "model", "error_information", "cache_hit"]
)
@pytest.mark.parametrize("value", [[], {}, "x", -5, 1e300, True])
def test_fields_of_another_sort_never_crash(key, value, write, read):
    reading = read(write("log.json", json.dumps(request(**{key: value}))))
    assert not [row for row in reading.not_read if row.reason.startswith("the collector")]
    assert reading.found or reading.not_read


def test_times_as_text_give_exact_differences_and_no_moment_without_a_zone(of):
    row = request(startTime="2025-01-24 09:20:46.5", endTime="2025-01-24 09:20:47.75", completionStartTime=None)
    (fact,) = of(row)
    assert (fact.body["latency_p50_seconds"], fact.effective_at) == (1.25, None)
    (fact,) = of(row | {"endTime": "2025-01-24T09:20:47.75Z"})
    assert fact.effective_at.isoformat() == "2025-01-24T09:20:47.750000+00:00"
    assert "endTime is no time" in of(row | {"endTime": "soon"})


def test_a_request_that_was_written_twice_counts_once(of):
    (fact,) = of(request(id="a"), request(id="a"), request(2.0, id="a"))
    assert fact.body["requests"] == 2


def test_rows_of_the_spend_log_are_read(of):
    row = request(request_id="r", custom_llm_provider="x", spend=0.25, cache_hit="None")
    del row["response_cost"], row["litellm_call_id"]
    limited = row | {
        "request_id": "s",
        "status": "failure",
        "metadata": json.dumps({"error_information": {"error_code": "429"}}),
    }
    (fact,) = of(row, limited)
    assert [fact.body[key] for key in ("requests", "rate_limited", "cost_total", "cached")] == [2, 1, 0.25, 0]

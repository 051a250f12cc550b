"""Requests to models as OpenTelemetry traces them, in each way spans are written."""

from __future__ import annotations

import json

import pytest

from governance.domain.evidence import Quality

START = 1_795_000_000_000_000_000


def otlp(*spans, key="scopeSpans", outer="resourceSpans"):
    resource = {"attributes": [{"key": "telemetry.sdk.version", "value": {"stringValue": "1.2.3"}}]}
    return {outer: [{"resource": resource, key: [{"spans": list(spans)}]}]}


def span(seconds=1.0, *, number=1, parent="", status=None, **attributes):
    known = {"gen_ai.operation.name": "chat", "gen_ai.request.model": "elm", "gen_ai.input.messages": "SECRET"}
    known |= {name.replace("__", "."): value for name, value in attributes.items()}
    return {
        "traceId": "t", "spanId": f"s{number}", "parentSpanId": parent, "name": "chat elm",
        "startTimeUnixNano": str(START), "endTimeUnixNano": str(START + int(seconds * 1e9)),
        "attributes": [{"key": name, "value": encoded(value)} for name, value in known.items() if value is not None],
        "status": status or {},
    }  # fmt: skip


def encoded(value):
    if isinstance(value, list):
        return {"arrayValue": {"values": [encoded(item) for item in value]}}
    return {"intValue": str(value)} if isinstance(value, int) else {"stringValue": value}


@pytest.fixture
def of(write, read, tmp_path):
    def go(document):
        write("spans.json", document)
        reading = read(tmp_path)
        return list(reading.found) or [row.reason for row in reading.not_read]

    return go


def test_the_two_recorded_forms_say_the_same(sample, read):
    sdk, otlp_file = read(sample("otel-genai")).found
    assert (sdk.path, otlp_file.path) == ("sdk.jsonl", "spans.jsonl")
    assert sdk.body == otlp_file.body
    assert [sdk.body[key] for key in ("requests", "errors", "rate_limited")] == [10, 1, 1]
    assert (sdk.body["latency_p50_seconds"], sdk.body["latency_p95_seconds"]) == (0.348, 0.533)
    assert (sdk.body["input_tokens"], sdk.body["output_tokens"], sdk.body["finished"]) == (218, 398, {"stop": 9})
    assert sdk.body["answered_as"] == ["elm-desk-r8"]


def test_spans_written_for_people_one_after_another_are_read(sample, read, write):
    lines = (sample("otel-genai") / "sdk.jsonl").read_text().splitlines()
    path = write("pretty.json", "\n".join(json.dumps(json.loads(line), indent=4) for line in lines) + "\n")
    (fact,) = read(path).found
    assert fact.body["requests"] == 10
    path.write_text(path.read_text()[:-30])
    reading = read(path)
    assert reading.found == ()
    assert "never closed" in reading.not_read[0].reason


@pytest.mark.parametrize(("key", "outer"), [("scopeSpans", "resourceSpans"), ("instrumentationLibrarySpans", "resourceSpans"),
                                            ("scopeSpans", "batches")])  # fmt: skip
def test_older_names_of_the_lists_are_read(key, outer, of):
    (fact,) = of(otlp(span(), key=key, outer=outer))
    assert (fact.body["requests"], fact.tool_version) == (1, "1.2.3")


def test_old_and_new_names_of_provider_and_tokens_are_read(of):
    old = span(gen_ai__system="openai", gen_ai__usage__prompt_tokens=7, gen_ai__usage__completion_tokens=9)
    new = span(number=2, gen_ai__provider__name="openai", gen_ai__usage__input_tokens=1, gen_ai__usage__output_tokens=1)
    (fact,) = of(otlp(old, new))
    assert (fact.body["input_tokens"], fact.body["output_tokens"]) == (8, 10)


def test_an_answer_without_its_tokens_leaves_the_sum_unknown(of):
    (fact,) = of(otlp(span(gen_ai__usage__input_tokens=1, gen_ai__usage__output_tokens=1), span(number=2)))
    assert fact.body["input_tokens"] is None


def test_spans_of_tools_and_agents_are_no_requests(of):
    (fact,) = of(otlp(span(), span(number=2, gen_ai__operation__name="execute_tool"),
                      span(number=3, gen_ai__operation__name="invoke_agent")))  # fmt: skip
    assert fact.body["requests"] == 1


def test_a_request_inside_a_request_counts_once(of):
    (fact,) = of(otlp(span(1.0, number=2, parent="s1"), span(3.0, number=1)))
    assert (fact.body["requests"], fact.body["latency_p50_seconds"]) == (1, 3.0)


def test_a_span_that_was_sent_twice_counts_once(of):
    (fact,) = of(otlp(span(), span()))
    assert fact.body["requests"] == 1


@pytest.mark.parametrize(
    ("fields", "limited"),
    [({"error__type": "rate_limit_exceeded"}, 1), ({"error__type": "RateLimitError"}, 1), ({"error__type": "timeout"}, 0),
     ({"error__type": "x", "http__response__status_code": 429}, 1), ({"status": {"code": 2}}, 0),
     ({"status": {"code": "STATUS_CODE_ERROR"}}, 0)],
)  # fmt: skip
def test_errors_and_limits_are_told(fields, limited, of):
    (fact,) = of(otlp(span(number=2), span(**fields)))
    assert [fact.body[key] for key in ("requests", "errors", "rate_limited")] == [2, 1, limited]


def test_no_answer_at_all_is_failed(of):
    (fact,) = of(otlp(span(status={"code": 2})))
    assert fact.quality is Quality.FAILED


def test_a_span_without_an_end_makes_it_partial(of):
    open_span = span(number=2) | {"endTimeUnixNano": "0"}
    (fact,) = of(otlp(span(), open_span))
    assert fact.quality is Quality.PARTIAL


def test_messages_are_never_copied(of):
    assert "SECRET" not in json.dumps(of(otlp(span()))[0].body)


def test_spans_of_other_things_are_passed_over(of):
    other = span(gen_ai__operation__name=None, gen_ai__request__model=None)
    assert of(otlp(other)) == []


def test_a_broken_line_is_named(write, read):
    lines = [json.dumps(otlp(span(number=number))) for number in range(1000)]
    lines[500] = lines[500][:60]
    reading = read(write("spans.jsonl", "\n".join(lines)))
    assert reading.found == ()
    assert reading.not_read[0].reason.startswith("line 501: ")


@pytest.mark.parametrize("value", [None, 7, "x", [7], [[]], [{"scopeSpans": 7}], [{"scopeSpans": [{"spans": [7]}]}]])
def test_lists_of_another_shape_never_come_to_a_fact(value, write, read):
    reading = read(write("spans.json", json.dumps({"resourceSpans": value, "note": '"gen_ai."'})))
    assert reading.found == ()
    assert not reading.not_read[0].reason.startswith("the collector")


def test_a_span_id_is_its_own_only_within_its_trace(of):
    (fact,) = of(otlp(span(), span() | {"traceId": "u"}, span()))
    assert fact.body["requests"] == 2


def test_requests_that_lie_inside_each_other_are_not_read(of):
    assert "inside each other" in of(otlp(span(number=1, parent="s2"), span(number=2, parent="s1")))[0]


def test_what_tempo_hands_out_under_trace_is_read(of):
    (fact,) = of({"trace": otlp(span())})
    assert fact.body["requests"] == 1

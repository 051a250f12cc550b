"""Spans of OpenTelemetry in one form, whichever way they were written as JSON.

OTLP/JSON is `{resourceSpans: [{resource, scopeSpans: [{spans}]}]}` with attributes as `[{key, value:
{stringValue}}]` and times as text in nanoseconds since 1970
(https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding); up to 2022 the inner list was called
`instrumentationLibrarySpans`, and Tempo calls the outer one `batches`. `ReadableSpan.to_json` of the Python SDK is
one span with plain attributes and times in ISO 8601.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from governance.collectors.reading import fields, moments
from governance.errors import UnreadableError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@dataclass(frozen=True, slots=True)
class Span:
    """One span. `seconds` is None where a time is missing or the end lies before the start."""

    id: str
    parent: str | None
    seconds: float | None
    end: datetime | None
    failed: bool
    attributes: dict[str, Any]
    sdk_version: str | None


def spans_in(document: Any, keep: Callable[[str], bool]) -> Iterator[Span] | None:
    """The spans of one document, with those attributes whose name `keep` takes; None for a document of another sort."""
    if not isinstance(document, dict):
        return None
    if isinstance(document.get("trace"), dict):  # Tempo's second interface
        document = document["trace"]
    for key in ("resourceSpans", "batches"):
        if isinstance(document.get(key), list):
            return _otlp(document[key], keep)
    if (
        isinstance(document.get("context"), dict)
        and isinstance(document.get("attributes"), dict)
        and "start_time" in document
    ):
        return iter([_plain(document, keep)])
    return None


def _otlp(resources: list[Any], keep: Callable[[str], bool]) -> Iterator[Span]:
    for resource in resources:
        if not isinstance(resource, dict):
            raise UnreadableError("an entry of resourceSpans is not an object")
        known = _attributes(fields.table(resource, "resource"), lambda name: name == "telemetry.sdk.version")
        scopes = fields.rows(resource, "scopeSpans") or fields.rows(resource, "instrumentationLibrarySpans")
        for scope in scopes:
            if not isinstance(scope, dict):
                raise UnreadableError("an entry of scopeSpans is not an object")
            for span in fields.rows(scope, "spans"):
                if not isinstance(span, dict):
                    raise UnreadableError("a span is not an object")
                yield _encoded(span, keep, known.get("telemetry.sdk.version"))


def _encoded(span: dict[str, Any], keep: Callable[[str], bool], version: Any) -> Span:
    start, end = _nanoseconds(span, "startTimeUnixNano"), _nanoseconds(span, "endTimeUnixNano")
    return Span(
        id=_id(span.get("traceId"), span.get("spanId")) or "",
        parent=_id(span.get("traceId"), span.get("parentSpanId")),
        seconds=(end - start) / 1e9 if start and end and end >= start else None,
        end=moments.of_epoch(end / 1e9) if end else None,
        failed=fields.table(span, "status").get("code") in (2, "STATUS_CODE_ERROR"),
        attributes=_attributes(span, keep),
        sdk_version=version if isinstance(version, str) else None,
    )


def _id(trace: Any, span: Any) -> str | None:
    """A span's id is its own only within its trace."""
    return f"{trace or ''} {span}" if span else None


def _nanoseconds(span: dict[str, Any], key: str) -> int | None:
    """A time as text, as the encoding has it, or as a number, as some write it; 0 means not set."""
    value = span.get(key)
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= 20:
        value = int(value)
    if value is None or value == 0:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise UnreadableError(f"{key} is no time in nanoseconds")
    return value


def _attributes(holder: dict[str, Any], keep: Callable[[str], bool]) -> dict[str, Any]:
    made = {}
    for entry in fields.rows(holder, "attributes"):
        name = entry.get("key") if isinstance(entry, dict) else None
        if not isinstance(name, str):
            raise UnreadableError("an attribute has no name")
        if keep(name):
            made[name] = _value(entry.get("value"))
    return made


def _value(value: Any) -> Any:
    """A value of the encoding; whole numbers come as text."""
    if not isinstance(value, dict):
        return None
    if "arrayValue" in value:
        return [_value(item) for item in fields.rows(fields.table(value, "arrayValue"), "values")]
    if "intValue" in value:
        number = value["intValue"]
        return int(number) if isinstance(number, str) and number.lstrip("-").isdigit() and len(number) < 20 else number
    return next((value[key] for key in ("stringValue", "doubleValue", "boolValue") if key in value), None)


def _plain(span: dict[str, Any], keep: Callable[[str], bool]) -> Span:
    start, end = moments.of_text(span.get("start_time")), moments.of_text(span.get("end_time"))
    taken = end - start if start and end else None
    resource = fields.table(fields.table(span, "resource"), "attributes")
    version = resource.get("telemetry.sdk.version")
    return Span(
        id=_id(span["context"].get("trace_id"), span["context"].get("span_id")) or "",
        parent=_id(span["context"].get("trace_id"), span.get("parent_id")),
        seconds=taken / timedelta(seconds=1) if taken is not None and taken >= timedelta(0) else None,
        end=end,
        failed=fields.table(span, "status").get("status_code") == "ERROR",
        attributes={name: value for name, value in span["attributes"].items() if keep(name)},
        sdk_version=version if isinstance(version, str) else None,
    )

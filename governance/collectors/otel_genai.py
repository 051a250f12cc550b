"""Requests to models as OpenTelemetry traces them.

*Reads* spans with the attributes of the GenAI conventions, old (`gen_ai.system`) and new (`gen_ai.provider.name`), as
OTLP/JSON of a collector or exporter (one document, or JSON lines), as the Python SDK writes a span, and as Tempo hands
them out.

*Says* for each model that was asked how many requests there were, how many failed or were turned away by a limit on the
rate, which models answered, how many tokens went in and out, and within which time half and 95 of 100 answers were
whole. Every number comes from the single spans.

*Does not say* what was asked or answered: messages, addresses and the names of people and machines are never read.
Spans of tools and agents are left out, and a request inside another request counts once, with the outer one. A trace
that was sampled holds a part of the requests, and nothing in it tells.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from governance.collectors.formats import request_log
from governance.collectors.formats.json_documents import documents
from governance.collectors.formats.otel_spans import spans_in
from governance.collectors.reading import fields
from governance.collectors.reading.doubts import Doubts
from governance.collectors.reading.interface import Marks, NotMine, OneFile, Tried
from governance.domain.evidence import Collector, Subject, SubjectType
from governance.errors import UnreadableError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from governance.collectors.formats.otel_spans import Span
    from governance.collectors.reading.answers import Found
    from governance.collectors.reading.files import File
    from governance.collectors.reading.walk import Folder

MOST_REQUESTS = 200_000
_KEPT = frozenset(
    {
        "gen_ai.operation.name", "gen_ai.request.model", "gen_ai.response.model", "gen_ai.response.finish_reasons",
        "gen_ai.usage.input_tokens", "gen_ai.usage.output_tokens", "gen_ai.usage.prompt_tokens",
        "gen_ai.usage.completion_tokens", "gen_ai.response.time_to_first_chunk", "error.type",
        "http.response.status_code", "http.status_code",
    }
)  # fmt: skip
"""The attributes that are read; messages and people are not among them."""
_NO_REQUESTS = frozenset({"execute_tool", "invoke_agent", "create_agent", "invoke_workflow", "retrieval", "plan"})


class OtelGenai(OneFile):
    """Finds one profile for each model in a file of spans."""

    noun = Collector(name="otel-genai", version="1")
    kinds = ("inference-profile.v1",)
    tool = "OpenTelemetry"
    tried = (Tried("1.45.2", "recorded", "2026-11-25"), Tried("1.0 (gen_ai.system)", "written", "2026-11-25"))
    marks = Marks(
        form="json",
        words=(b'"gen_ai.',),
        any_of=(b'"resourceSpans"', b'"batches"', b'"trace_id"'),
    )

    def facts(self, folder: Folder, file: File) -> Iterable[Found]:
        """One profile for each model that was asked."""
        asked = list(_requests(file))
        if not asked:
            raise NotMine("spans, and none of them is a request to a model")
        above = {span.id: span.parent for span in asked if span.id}
        _refuse_rings(above)
        by_model: dict[str, request_log.Requests] = {}
        versions, counted = set(), set()
        for span in asked:
            # An exporter that tries again writes a span twice.
            if span.parent not in above and (not span.id or span.id not in counted):
                counted.add(span.id)
                _add(by_model, span)
                versions.add(span.sdk_version)
        version = versions.pop() if len(versions) == 1 else None
        for model, made in sorted(by_model.items()):
            doubts = Doubts()
            request_log.doubt(made, doubts)
            body = request_log.body(model, made)
            subject = Subject(type=SubjectType.MODEL, name=model[:500])
            yield self.found(
                folder, file, "inference-profile.v1", body, subject, doubts=doubts, at=made.last, version=version
            )  # fmt: skip


def _requests(file: File) -> Iterable[Span]:
    """The spans that are requests to a model. Raises for a line that holds no spans among lines that do."""
    count = 0
    for line, document in documents(file):
        try:
            spans = spans_in(document, _KEPT.__contains__)
            if spans is None:
                if line == 1:
                    raise NotMine("no spans of OpenTelemetry")
                raise UnreadableError("holds no spans")
            for span in spans:
                if _is_request(span):
                    count += 1
                    if count > MOST_REQUESTS:
                        raise UnreadableError(f"more than {MOST_REQUESTS:,} requests")
                    yield span
        except UnreadableError as error:
            raise UnreadableError(f"line {line}: {error.message}", hint=error.hint) from None


def _refuse_rings(above: dict[str, str | None]) -> None:
    """Requests that lie inside each other have no outer one, and all of them would be left out."""
    clear: set[str] = set()
    for start in above:
        path: set[str] = set()
        here: str | None = start
        while here is not None and here in above and here not in clear:
            if here in path:
                raise UnreadableError("spans that lie inside each other")
            path.add(here)
            here = above[here]
        clear |= path


def _is_request(span: Span) -> bool:
    operation = span.attributes.get("gen_ai.operation.name")
    named = _model(span) is not None
    return named and operation not in _NO_REQUESTS


def _model(span: Span) -> str | None:
    return fields.text(span.attributes, "gen_ai.request.model") or fields.text(span.attributes, "gen_ai.response.model")


def _add(by_model: dict[str, request_log.Requests], span: Span) -> None:
    known = span.attributes
    model = _model(span) or "a model without a name"
    if model not in by_model and len(by_model) >= request_log.MOST_MODELS:
        raise UnreadableError(f"more than {request_log.MOST_MODELS:,} models")
    made = by_model.setdefault(model, request_log.Requests())
    made.seen(span.end)
    if span.failed or known.get("error.type") is not None:
        made.failed(by_limit=_by_limit(known))
        return
    made.answered(span.seconds)
    given_in = _first_count(known, "gen_ai.usage.input_tokens", "gen_ai.usage.prompt_tokens")
    made.took(given_in, _first_count(known, "gen_ai.usage.output_tokens", "gen_ai.usage.completion_tokens"))
    answered = fields.text(known, "gen_ai.response.model")
    if answered and len(made.answered_as) < request_log.MOST_MODELS:
        made.answered_as.add(answered[:300])
    reasons = known.get("gen_ai.response.finish_reasons")
    for reason in reasons if isinstance(reasons, list) else [reasons]:
        if isinstance(reason, str) and reason:
            made.ended(reason[:100])
    first = fields.number(known, "gen_ai.response.time_to_first_chunk")
    if first is not None and first >= 0:
        made.first_tokens.append(first)


def _first_count(known: dict[str, Any], *names: str) -> int | None:
    """The first of several attributes that is there; the names of 2024 were changed in 2025."""
    return next((count for name in names if (count := fields.whole(known, name, least=0)) is not None), None)


def _by_limit(known: dict[str, Any]) -> bool:
    """True for a request that was turned away by a limit on the rate."""
    kind = str(known.get("error.type") or "").lower().replace("_", "")
    status = known.get("http.response.status_code", known.get("http.status_code"))
    return status == 429 or kind == "429" or "ratelimit" in kind


COLLECTOR = OtelGenai()

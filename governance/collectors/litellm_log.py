"""Logs of requests that LiteLLM keeps.

*Reads* the standard logging payload as its callbacks write it, and the rows of the proxy's spend log: one object, a list,
or JSON lines, alone or below `standard_logging_object`; known by its fields for the sort of call, the cost and the start. A
request that was written twice counts once.

*Says* for each model how many requests there were, how many failed or were turned away by a limit on the rate, how
many came out of a cache, how many tokens went in and out, what that cost by LiteLLM's own list of prices, and within
which time half and 95 of 100 answers were whole. Every number comes from the single requests.

*Does not say* what was asked or answered, or by whom: texts, addresses, keys and names are never read. The order of
lines means nothing. The cost is an estimate; an answer with tokens and without a price leaves it unknown. How many
requests were under way at once is not in the log.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from governance.collectors.formats import request_log
from governance.collectors.formats.json_documents import documents
from governance.collectors.reading import fields, moments
from governance.collectors.reading.doubts import Doubts
from governance.collectors.reading.interface import Marks, NotMine, OneFile, Tried, not_understood
from governance.domain.evidence import Collector, Subject, SubjectType
from governance.errors import UnreadableError
from governance.parsing import strict_json

if TYPE_CHECKING:
    from collections.abc import Iterable

    from governance.collectors.reading.answers import Found
    from governance.collectors.reading.files import File
    from governance.collectors.reading.walk import Folder

TOOL = "litellm"


class LitellmLog(OneFile):
    """Finds one profile for each model in a log."""

    noun = Collector(name="litellm-log", version="1")
    kinds = ("inference-profile.v1",)
    tool = TOOL
    tried = (
        Tried("spend log of 2025", "written", "2026-11-25"),
        Tried("1.106.2", "published", "2026-11-25"),
        Tried("1.110.2", "recorded", "2026-11-25"),
    )
    marks = Marks(
        form="json",
        words=(b'"call_type"', b'"startTime"'),
        any_of=(b'"litellm_call_id"', b'"custom_llm_provider"', b'"hidden_params"', b'"model_map_information"'),
        pattern=re.compile(rb'"(?:response_cost|spend)"'),
    )

    def facts(self, folder: Folder, file: File) -> Iterable[Found]:
        """One profile for each model named in the log."""
        by_model: dict[str, request_log.Requests] = {}
        counted: set[int] = set()
        for line, document in documents(file):
            payload = document.get("standard_logging_object", document) if isinstance(document, dict) else document
            if not isinstance(payload, dict) or "startTime" not in payload or "call_type" not in payload:
                if not by_model and line == 1:
                    raise NotMine("its first document is no payload of a request")
                raise UnreadableError(f"line {line} is no payload of a request")
            if (identity := payload.get("id") or payload.get("request_id")) is not None:
                this = hash((str(identity), str(payload["startTime"]), str(payload.get("endTime"))))
                if this in counted:
                    continue
                counted.add(this)
            try:
                _add(by_model, payload)
            except UnreadableError as error:
                raise UnreadableError(f"line {line}: {error.message}") from None
        if not by_model:
            raise UnreadableError("a log without a single request")
        for model, made in sorted(by_model.items()):
            doubts = Doubts()
            request_log.doubt(made, doubts)
            body = request_log.body(model, made, currency="USD")
            body["cost_method"] = "estimated" if body["cost_total"] is not None else None
            subject = Subject(type=SubjectType.MODEL, name=model[:500])
            yield self.found(folder, file, "inference-profile.v1", body, subject, doubts=doubts, at=made.last)


def _add(by_model: dict[str, request_log.Requests], payload: dict[str, Any]) -> None:
    model = fields.text(payload, "model") or "a model without a name"
    if model not in by_model and len(by_model) >= request_log.MOST_MODELS:
        raise UnreadableError(f"more than {request_log.MOST_MODELS:,} models")
    made = by_model.setdefault(model, request_log.Requests())
    start, end = _seconds(payload, "startTime"), _seconds(payload, "endTime")
    made.seen(moments.of_epoch(payload.get("endTime")) or moments.of_text(payload.get("endTime")))
    status = payload.get("status")
    if status == "failure":
        made.failed(by_limit=_by_limit(payload))
        return
    if status != "success":
        raise not_understood(TOOL, None, f"a request that ended as {str(status)[:50]!r}")
    cached = payload.get("cache_hit") in (True, "True", "true")  # the spend log keeps it as text
    made.answered(None if start is None or end is None else end - start, cached=cached)
    first = _seconds(payload, "completionStartTime")
    if payload.get("stream") is True and not cached and first is not None and start is not None and first >= start:
        made.first_tokens.append(first - start)
    given_in, given_out = (
        fields.whole(payload, "prompt_tokens", least=0),
        fields.whole(payload, "completion_tokens", least=0),
    )
    made.took(given_in, given_out)
    cost = fields.number(payload, "response_cost" if "response_cost" in payload else "spend")
    if cost is None or cost < 0 or (cost == 0 and not cached and (given_in or given_out)):
        made.without_cost += 1
    else:
        made.cost += cost


def _seconds(payload: dict[str, Any], key: str) -> float | int | None:
    """A time of a request in seconds, to be held against another of the same request.

    Loggers that hand the payload to `json.dumps(..., default=str)` leave a text, often of a clock without a zone.
    """
    value = payload.get(key)
    if not isinstance(value, str):
        return fields.number(payload, key)
    try:
        said = datetime.fromisoformat(value)
    except ValueError:
        raise UnreadableError(f"{key} is no time") from None
    return (said if said.tzinfo else said.replace(tzinfo=UTC)).timestamp()


def _by_limit(payload: dict[str, Any]) -> bool:
    """True for a request that was turned away by a limit on the rate."""
    held = {} if "error_information" in payload else payload.get("metadata")
    if isinstance(held, str):  # the spend log keeps it as JSON in a text
        held = strict_json.loads_lenient(held.encode())[0]
    error = fields.table(
        held if isinstance(held, dict) and "error_information" in held else payload, "error_information"
    )
    return str(error.get("error_code")) == "429" or error.get("error_class") == "RateLimitError"


COLLECTOR = LitellmLog()

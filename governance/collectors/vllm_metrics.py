"""How a vLLM server answered, by the metrics it gives out to Prometheus.

*Reads* the text of `/metrics` of either engine, V0 and V1, known by counters and histograms that begin with `vllm:`.
Several engines behind one model name are put together.

*Says* for each model name how many requests were answered and for what reason they ended, tokens given in and out,
and the times to the whole answer and to the first token that half and 95 of 100 requests kept within, by a straight
line inside the steps of the histogram. A time beyond the last step makes it partial, and so do counts that do not
agree with each other.

*Does not say* which weights answered, for the name is the one the server was told to go by; nor where, on what
hardware, how many at once, or at what cost. Counters begin with the start of the server and hold all traffic since,
tests and trials too. Requests that failed are counted only where the server gives that as a reason. Without any
traffic nothing was measured.
"""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING

from governance.collectors.formats import histogram, prometheus_text
from governance.collectors.reading import moments
from governance.collectors.reading.doubts import Doubts
from governance.collectors.reading.interface import Marks, NotMine, OneFile, Tried
from governance.collectors.reading.names import named
from governance.domain.evidence import Collector, Subject, SubjectType
from governance.errors import UnreadableError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from governance.collectors.formats.prometheus_text import Sample
    from governance.collectors.reading.answers import Found
    from governance.collectors.reading.files import File
    from governance.collectors.reading.walk import Folder

KIND = "inference-profile.v1"
TOOL = "vllm"
_WHOLE = "vllm:e2e_request_latency_seconds"
_FIRST = "vllm:time_to_first_token_seconds"
_SUCCESS = ("vllm:request_success_total", "vllm:request_success")
_INPUT = ("vllm:prompt_tokens_total", "vllm:prompt_tokens")
_OUTPUT = ("vllm:generation_tokens_total", "vllm:generation_tokens")
MOST_MODELS = 1_000


class VllmMetrics(OneFile):
    """Finds one profile for each model name that answered."""

    noun = Collector(name="vllm-metrics", version="1")
    kinds = (KIND,)
    tool = TOOL
    tried = (
        Tried("engines V0 and V1 mixed", "published", "2026-11-25"),
        Tried("engine V0", "written", "2026-11-25"),
        Tried("engine V1", "written", "2026-11-25"),
    )
    marks = Marks(form="text", pattern=re.compile(rb"^vllm:[a-zA-Z0-9_]+[ \t]*\{", re.MULTILINE))

    def facts(self, folder: Folder, file: File) -> Iterable[Found]:
        """One profile for each model name."""
        metrics = prometheus_text.parse(file.data(prometheus_text.MAX_BYTES))
        models: dict[str, list[Sample]] = {}
        for sample in metrics.samples:
            if sample.name.startswith("vllm:") and (name := sample.labels.get("model_name")):
                models.setdefault(name, []).append(sample)
        if not models:
            raise NotMine("no metric of a model")
        if len(models) > MOST_MODELS:
            raise UnreadableError(f"more than {MOST_MODELS:,} models")
        told = [fact for name in models if (fact := self._profile(folder, file, name, models[name])) is not None]
        if not told:
            raise UnreadableError("no request was answered since the server was started, so nothing was measured")
        yield from told

    def _profile(self, folder: Folder, file: File, name: str, mine: list[Sample]) -> Found | None:
        doubts = Doubts()
        finished = _finished(mine)
        whole = histogram.steps(each for each in mine if each.name == f"{_WHOLE}_bucket")
        first = histogram.steps(each for each in mine if each.name == f"{_FIRST}_bucket")
        timed = int(whole.get(math.inf, 0))
        requests = sum(finished.values()) or timed
        if requests == 0:
            return None
        if not whole:
            doubts.partial("the times of the answers are not in the file")
        elif timed != requests:
            doubts.partial(f"{requests} requests ended and {timed} were timed")
        if _sum(mine, f"{_WHOLE}_count") not in (None, timed):
            doubts.partial("the histogram of the times does not agree with its own count")
        body = {
            "place": None,
            "hardware": None,
            "runtime": "vLLM",
            "quantisation": None,
            "requests": requests,
            "errors": finished.get("error"),
            "rate_limited": None,
            "finished": finished,
            "model": named(name),
            "input_tokens": _sum(mine, *_INPUT),
            "output_tokens": _sum(mine, *_OUTPUT),
            "cost_total": None,
            "concurrent_requests": None,
            "tokens_per_second": None,
            "latency_p50_seconds": _time(0.5, whole, doubts),
            "latency_p95_seconds": _time(0.95, whole, doubts),
            "first_token_p50_seconds": _time(0.5, first, doubts),
            "first_token_p95_seconds": _time(0.95, first, doubts),
            "latency_method": "histogram" if whole else None,
            "peak_memory_bytes": None,
            "cost_per_million_tokens": None,
            "currency": None,
        }
        times = [each.at for each in mine if each.at is not None]
        subject = Subject(type=SubjectType.MODEL, name=name[:500])
        at = moments.of_epoch(max(times)) if times else None
        return self.found(folder, file, KIND, body, subject, doubts=doubts, at=at)


def _finished(samples: list[Sample]) -> dict[str, int]:
    """How many answers ended for each reason."""
    counts: dict[str, int] = {}
    for sample in samples:
        if sample.name in _SUCCESS:
            reason = sample.labels.get("finished_reason", "not told")[:100]
            counts[reason] = counts.get(reason, 0) + _count(sample)
    return counts


def _sum(samples: list[Sample], *names: str) -> int | None:
    """A counter summed over its series; None where there is none."""
    counts = [_count(sample) for sample in samples if sample.name in names]
    return sum(counts) if counts else None


def _count(sample: Sample) -> int:
    if not math.isfinite(sample.value) or sample.value < 0 or sample.value != int(sample.value):
        raise UnreadableError(f"line {sample.line}: {sample.name[:100]} is no count")
    return int(sample.value)


def _time(share: float, steps: dict[float, float], doubts: Doubts) -> float | None:
    found = histogram.quantile(share, steps)
    if found is None:
        return None
    if found.beyond:
        doubts.partial(
            f"the time of {share:.0%} of the requests is beyond the last step, so at least {found.value:g} seconds"
        )
    return found.value


COLLECTOR = VllmMetrics()

"""What a log of single requests to a model comes to: counts, exact percentiles, tokens and cost, by model.

A percentile is the smallest of the times seen that so many of the requests kept within (nearest rank), and no value
in between. Times are of requests that the model answered; those that failed or came out of a cache are counted and
their times left out.
"""

from __future__ import annotations

from array import array
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from governance.collectors.reading.names import named

if TYPE_CHECKING:
    from datetime import datetime

    from governance.collectors.reading.doubts import Doubts

MOST_MODELS = 1_000
_MOST_REASONS = 50


@dataclass
class Requests:
    """The requests to one model so far. Times in seconds, cost in the currency of the log."""

    requests: int = 0
    errors: int = 0
    rate_limited: int = 0
    cached: int = 0
    untimed: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    without_tokens: int = 0
    cost: float = 0.0
    without_cost: int = 0
    last: datetime | None = None
    answered_as: set[str] = field(default_factory=set)
    finished: dict[str, int] = field(default_factory=dict)
    times: array[float] = field(default_factory=lambda: array("d"))
    first_tokens: array[float] = field(default_factory=lambda: array("d"))

    def failed(self, *, by_limit: bool) -> None:
        """One more request that got no answer."""
        self.requests += 1
        self.errors += 1
        self.rate_limited += by_limit

    def answered(self, seconds: float | None, *, cached: bool = False) -> None:
        """One more request that got its answer, after so many seconds."""
        self.requests += 1
        self.cached += cached
        if seconds is None or seconds < 0:
            self.untimed += 1
        elif not cached:
            self.times.append(seconds)

    def took(self, given_in: int | None, given_out: int | None) -> None:
        """The tokens of one answer; None where the log has none."""
        self.without_tokens += given_in is None or given_out is None
        self.input_tokens += given_in or 0
        self.output_tokens += given_out or 0

    def ended(self, reason: str) -> None:
        """Why one answer ended."""
        if reason in self.finished or len(self.finished) < _MOST_REASONS:
            self.finished[reason] = self.finished.get(reason, 0) + 1

    def seen(self, moment: datetime | None) -> None:
        """A moment of a request; the last is kept."""
        if moment is not None and (self.last is None or moment > self.last):
            self.last = moment


def body(model: str, made: Requests, *, currency: str | None = None) -> dict[str, Any]:
    """The body of `inference-profile.v1`; `currency` where the log says what requests cost."""
    answered = made.requests - made.errors
    tokens = answered > 0 and made.without_tokens == 0
    cost = made.cost if currency and answered and made.without_cost == 0 else None
    return {
        "place": None,
        "hardware": None,
        "runtime": None,
        "quantisation": None,
        "model": named(model),
        "answered_as": sorted(made.answered_as)[:_MOST_REASONS],
        "requests": made.requests,
        "errors": made.errors,
        "rate_limited": made.rate_limited,
        "cached": made.cached,
        "finished": dict(sorted(made.finished.items())),
        "input_tokens": made.input_tokens if tokens else None,
        "output_tokens": made.output_tokens if tokens else None,
        "concurrent_requests": None,
        # The stretch of a log has idle hours in it; tokens over it are no speed.
        "tokens_per_second": None,
        "latency_p50_seconds": percentile(made.times, 50),
        "latency_p95_seconds": percentile(made.times, 95),
        "latency_method": "each-request" if made.times else None,
        "first_token_p50_seconds": percentile(made.first_tokens, 50),
        "first_token_p95_seconds": percentile(made.first_tokens, 95),
        "peak_memory_bytes": None,
        "cost_total": None if cost is None else round(cost, 12),
        "cost_per_million_tokens": (
            round(cost / made.output_tokens * 1e6, 9) if cost is not None and tokens and made.output_tokens else None
        ),
        "currency": currency if cost is not None else None,
    }


def doubt(made: Requests, doubts: Doubts) -> None:
    """What keeps the numbers of one model from being whole."""
    if made.requests == made.errors:
        doubts.failed("not one request was answered")
    elif made.untimed:
        doubts.partial(f"{made.untimed} of {made.requests - made.errors} answers have no time that can be")
    elif not made.times:
        doubts.partial("every answer came out of a cache, so no time is that of the model")


def percentile(times: array[float], share: int) -> float | None:
    """The smallest time that `share` of 100 requests kept within; None where there is none."""
    if not times:
        return None
    ordered = sorted(times)
    return round(ordered[-(-share * len(ordered) // 100) - 1], 9)

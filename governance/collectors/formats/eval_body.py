"""The body of an evaluation run, for tools that grade answers and know little else: no templates, no shots, no start values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from governance.collectors.reading.doubts import Doubts
from governance.collectors.reading.names import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Iterable

UNNAMED = "the file does not name the model"


def result(
    task: str,
    metric: str,
    value: float | int | None,
    n: int | None,
    *,
    of: int | None = None,
    higher_is_better: bool | None = None,
    **extra: Any,
) -> dict[str, Any]:
    """One number: `value` in the metric's own unit, over `n` samples of the `of` that there were."""
    return {
        "task": task[:300],
        "metric": metric[:200],
        "filter": None,
        "value": value,
        "stderr": None,
        "n": n,
        "n_original": n if of is None else of,
        "higher_is_better": higher_is_better,
        "task_version": None,
        "task_digest": None,
    } | extra


def body(
    tool: str, version: str | None, model: dict[str, Any], results: list[dict[str, Any]], **extra: Any
) -> dict[str, Any]:
    """The body, whose results are given; what such tools do not know is null or empty, and `extra` is kept where it is not None."""
    return {
        "harness": {"name": tool, "version": version},
        "model": model,
        "results": results,
        "limit": None,
        "chat_template_sha256": None,
        "seeds": {},
        "device": None,
        "n_shot": {},
        "not_finite": 0,
    } | {name: value for name, value in extra.items() if value is not None}


def judged(body: dict[str, Any]) -> Doubts:
    """The doubts that the numbers themselves raise: none at all, none scored, fewer than there were, and a model without a name."""
    doubts = Doubts()
    results: Iterable[dict[str, Any]] = body["results"]
    if not body["results"]:
        doubts.failed("holds no result")
    for row in results:
        name = f"{row['task']}: {row['metric']}"
        if row["n"] == 0:
            doubts.failed(f"{name}: no sample was scored")
        elif row["value"] is None:
            doubts.failed(f"{name} is not a number")
        elif row["n"] is not None and row["n_original"] is not None and row["n"] < row["n_original"]:
            doubts.partial(f"{name}: {row['n']:,} of {row['n_original']:,} samples were scored")
    if body["model"]["name"] == UNKNOWN:
        doubts.partial(UNNAMED)
    return doubts

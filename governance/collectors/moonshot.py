"""Benchmark results of Moonshot, the AI Verify Foundation's tool for testing language models.

*Reads* the results file of a runner (`results/<runner>.json`), told by its `metadata` of endpoints, recipes and cookbooks beside
its results.

*Says* for each endpoint and recipe the average grade value and the recipe's grade, over how many prompts, and by which
cookbook. A share of prompts below the whole makes it partial, and so does a run that ended with errors; one that was cancelled
or is still running is not whole either.

*Does not say* what a grade means elsewhere: each recipe has its own scale, and its metric decides which way is better.
Endpoints are names. Prompts, answers and the system prompt are never copied. Its times have no zone.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from governance.collectors.formats import eval_body
from governance.collectors.reading import fields
from governance.collectors.reading.interface import Marks, NotMine, OneFile, Tried
from governance.collectors.reading.names import named
from governance.domain.evidence import Collector, Subject, SubjectType
from governance.errors import UnreadableError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from governance.collectors.reading.answers import Found
    from governance.collectors.reading.doubts import Doubts
    from governance.collectors.reading.files import File
    from governance.collectors.reading.walk import Folder

TOOL = "moonshot"
MOST_RESULTS = 20_000
_TIME = re.compile(r"[0-9]{4}-?[0-9]{2}-?[0-9]{2}[ T-][0-9]{2}:?[0-9]{2}:?[0-9]{2}(?:\.[0-9]{1,6})?")


class Moonshot(OneFile):
    """Finds one evaluation for each endpoint of a results file."""

    noun = Collector(name="moonshot", version="1")
    kinds = ("eval-run.v1",)
    tool = TOOL
    tried = (Tried("0.7.6", "written", "2026-11-25"),)
    marks = Marks(
        form="json",
        words=(b'"metadata"', b'"endpoints"', b'"cookbooks"', b'"recipes"', b'"status"'),
        pattern=re.compile(rb'"results"\s*:\s*\{\s*(?:"(?:recipes|cookbooks)"|\})'),
    )

    def facts(self, folder: Folder, file: File) -> Iterator[Found]:
        """One fact for each endpoint that was asked."""
        data = file.json()
        if (
            not isinstance(data, dict)
            or not isinstance(data.get("metadata"), dict)
            or not isinstance(data.get("results"), dict)
        ):
            raise NotMine("holds no metadata and results of a runner")
        meta = data["metadata"]
        rows = _rows(data["results"])
        endpoints = fields.texts(meta, "endpoints") or list(rows)
        if not endpoints:
            raise UnreadableError("names no endpoint", hint="Attach the results file of a runner that was run.")
        share = fields.number(meta, "prompt_selection_percentage")
        share = fields.number(meta, "num_of_prompts_percentage") if share is None else share
        for endpoint in dict.fromkeys([*endpoints, *rows]):
            seed = fields.whole(meta, "random_seed")
            body = eval_body.body(
                TOOL,
                None,
                named(endpoint),
                rows.get(endpoint, []),
                run_id=fields.text(meta, "id", most=200),
                status=fields.text(meta, "status", most=100),
                local_time=_local(meta),
                seeds={} if seed is None else {"random_seed": seed},
                limit=share / 100 if share is not None and 0 <= share < 100 else None,
            )
            body["not_finite"] = file.not_finite
            doubts = eval_body.judged(body)
            _doubt(body, meta, doubts)
            subject = Subject(type=SubjectType.MODEL, name=body["model"]["name"])
            yield self.found(folder, file, "eval-run.v1", body, subject, doubts=doubts)


def _rows(results: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """The results by endpoint, of the recipes that stand alone and of those within cookbooks."""
    made: dict[str, list[dict[str, Any]]] = {}
    listed: list[tuple[str | None, Any]] = [(None, recipe) for recipe in fields.rows(results, "recipes")]
    for book in fields.rows(results, "cookbooks"):
        name = fields.text(_object(book), "id", most=150)
        listed += [(name, recipe) for recipe in fields.rows(_object(book), "recipes")]
    for book, recipe in listed:
        said = _object(recipe)
        name = fields.text(said, "id", most=150)
        if name is None:
            raise UnreadableError("a recipe has no id")
        for each in fields.rows(said, "evaluation_summary"):
            summary = _object(each)
            endpoint = fields.text(summary, "model_id")
            if endpoint is None:
                raise UnreadableError(f"a summary of the recipe {name} names no endpoint")
            if len(made.setdefault(endpoint, [])) >= MOST_RESULTS:
                raise UnreadableError(f"more than {MOST_RESULTS:,} results")
            made[endpoint].append(_result(f"{book}/{name}" if book else name, summary, said, endpoint))
    return made


def _result(task: str, summary: dict[str, Any], recipe: dict[str, Any], endpoint: str) -> dict[str, Any]:
    count = fields.whole(summary, "num_of_prompts", least=0)
    value = summary.get("avg_grade_value")
    answered = _answered(recipe, endpoint)
    number = None if isinstance(value, str) else fields.as_number(value, f"avg_grade_value of {task}")
    n = min(count, answered) if count is not None and answered is not None else count
    return eval_body.result(task, "avg_grade_value", number, n, of=count, grade=fields.text(summary, "grade", most=20))


def _answered(recipe: dict[str, Any], endpoint: str) -> int | None:
    """How many answers of an endpoint the details hold, where there are details."""
    mine = [
        _object(each) for each in fields.rows(recipe, "details") if fields.text(_object(each), "model_id") == endpoint
    ]
    return sum(len(fields.rows(each, "data")) for each in mine) if mine else None


def _object(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise UnreadableError("an entry of the results is not an object")
    return value


def _doubt(body: dict[str, Any], meta: dict[str, Any], doubts: Doubts) -> None:
    status = (body.get("status") or "").lower()
    if status in ("cancelled", "pending", "running", "running_with_errors"):
        doubts.failed(f"the run did not come to its end: its status is {status}")
    elif status == "completed_with_errors":
        doubts.partial("the run ended with errors")
    elif status != "completed":
        doubts.not_understood("the run has no status, or one that is not known")
    if body["limit"] is not None:
        doubts.partial(f"run on {body['limit'] * 100:g} % of the prompts")
    if number := fields.whole(meta, "num_of_prompts", least=0):
        doubts.partial(f"run with a limit of {number:,} prompts")
    wanted = set(fields.texts(meta, "recipes")) | set(fields.texts(meta, "cookbooks"))
    told = {part for row in body["results"] for part in row["task"].split("/")}
    if missing := sorted(wanted - told):
        doubts.partial(f"asked for and not among the results: {', '.join(missing[:3])}")


def _local(meta: dict[str, Any]) -> str | None:
    start = meta.get("start_time")
    return start if isinstance(start, str) and _TIME.fullmatch(start) else None


COLLECTOR = Moonshot()

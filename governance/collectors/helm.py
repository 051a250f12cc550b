"""Runs of HELM, the Holistic Evaluation of Language Models.

*Reads* the statistics of one run, `stats.json`: a list of objects with a `name` of their own (name, split, perturbation) beside
`count` and `sum_squared`; and `run_spec.json` in the same folder, which says what was run on which model.

*Says* which mean each measure gave, for each split and each perturbation apart, over how many instances. A run whose cap
on instances was reached is partial, for then there were more; so are statistics whose settings do not lie beside them.

*Does not say* when the model was measured or by which version: the tool writes neither. Its own bookkeeping (counts of
tokens, run times, why an answer ended) is no result and is left out. Instances, prompts and answers are never read. The
deviation that the tool gives is one between trials and no standard error.
"""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Any

from governance.collectors.reading import fields
from governance.collectors.reading.doubts import Doubts
from governance.collectors.reading.interface import Marks, NotMine, OneFile, Tried, not_understood
from governance.domain.evidence import Collector, Subject, SubjectType

if TYPE_CHECKING:
    from collections.abc import Iterable

    from governance.collectors.reading.answers import Found
    from governance.collectors.reading.files import File
    from governance.collectors.reading.walk import Folder

TOOL = "helm"
SETTINGS = "run_spec.json"
MOST_STATS = 50_000
_BOOKKEEPING = re.compile(
    r"num_|finish_reason_|training_(?:co2|energy)_cost|inference_\w*runtime|batch_size|prompt_truncated|max_prob|predicted_index"
    r"|estimated_num_tokens_cost|logprob$|logprob_per_byte$"
)
_MODEL_IN_NAME = re.compile(r"(?:(?<=:)|,)model(?:_deployment)?=[^,]*")


class Helm(OneFile):
    """Finds one evaluation run for each file of statistics."""

    noun = Collector(name="helm", version="1")
    kinds = ("eval-run.v1",)
    tool = TOOL
    tried = (Tried("0.5", "written", "2026-11-25"),)
    marks = Marks(
        form="json",
        words=(b'"sum_squared"', b'"count"', b'"split"'),
        none_of=(b'"instance_id"', b'"train_trial_index"'),
        pattern=re.compile(rb'\A\s*\[\s*\{\s*"name"\s*:\s*\{\s*"name"\s*:'),
    )

    def facts(self, folder: Folder, file: File) -> Iterable[Found]:
        """The run that the statistics tell of."""
        stats = file.json()
        if not isinstance(stats, list) or not all(isinstance(row, dict) for row in stats):
            raise NotMine("not a list of statistics")
        if len(stats) > MOST_STATS:
            raise not_understood(TOOL, None, f"more than {MOST_STATS:,} statistics")
        beside, settings = _settings(folder)
        adapter = fields.table(settings, "adapter_spec")
        model = {
            "name": fields.text(adapter, "model") or fields.text(adapter, "model_deployment") or "unknown",
            "digest": None,
            "adapter": None,
            "revision": None,
        }
        name = fields.text(settings, "name", most=2000) or "unknown"
        task = (_MODEL_IN_NAME.sub("", name).rstrip(":,") or name)[:300]
        counts = _counts(stats)
        results = [_result(row, task, counts) for row in stats if _is_result(row)]
        limit = fields.whole(adapter, "max_eval_instances", least=0)
        shots = fields.whole(adapter, "max_train_instances", least=0)
        body = {
            "harness": {"name": TOOL, "version": None},
            "model": model,
            "results": results,
            "limit": limit,
            "chat_template_sha256": None,
            "seeds": {},
            "device": None,
            "n_shot": {} if shots is None else {task: shots},
            "not_finite": file.not_finite,
        }
        reached = limit is not None and _run(stats) >= limit
        doubts = _doubts(
            results, limit if reached else None, named=model["name"] != "unknown", settings=beside is not None
        )
        subject = Subject(type=SubjectType.MODEL, name=model["name"])
        yield self.found(
            folder, file, "eval-run.v1", body, subject, doubts=doubts, beside=[beside] if beside is not None else []
        )


def _settings(folder: Folder) -> tuple[File | None, dict[str, Any]]:
    """What was run, from the file that the tool names for it."""
    file = folder.beside(SETTINGS)
    if file is None or not file.opens_json or not file.mentions(b'"adapter_spec"', b'"scenario_spec"'):
        return None, {}
    settings = file.json()
    return (file, settings) if isinstance(settings, dict) else (None, {})


def _name(row: dict[str, Any]) -> dict[str, Any]:
    name = fields.table(row, "name")
    if fields.text(name, "name") is None:
        raise not_understood(TOOL, None, "a statistic has no name")
    return name


def _place(name: dict[str, Any]) -> str | None:
    """Where a statistic was taken: split, part of it, and perturbation; a computed worst case is none of its parts."""
    parts = [fields.text(name, "split", most=60), fields.text(name, "sub_split", most=60)]
    perturbation = fields.table(name, "perturbation")
    if perturbation:
        parts += [
            fields.text(perturbation, "name", most=60) or "perturbed",
            fields.text(perturbation, "computed_on", most=30),
        ]
    return "/".join(part for part in parts if part) or None


def _counts(stats: list[dict[str, Any]]) -> dict[str | None, int | None]:
    """How many instances each place has."""
    rows = [(name, row) for row in stats if (name := _name(row))["name"] == "num_instances"]
    return {_place(name): fields.whole(row, "mean", least=0) for name, row in rows}


def _run(stats: list[dict[str, Any]]) -> float:
    """How many instances were run as they are; without end where the statistics do not say."""
    whole = [row for row in stats if (name := _name(row))["name"] == "num_instances" and not name.get("perturbation")]
    return sum(fields.whole(row, "mean", least=0) or 0 for row in whole) if whole else math.inf


def _is_result(row: dict[str, Any]) -> bool:
    return _BOOKKEEPING.match(_name(row)["name"]) is None


def _result(row: dict[str, Any], task: str, counts: dict[str | None, int | None]) -> dict[str, Any]:
    name = _name(row)
    place = _place(name)
    return {
        "task": task,
        "metric": name["name"][:200],
        "filter": place,
        "value": fields.number(row, "mean"),
        "stderr": None,
        "n": counts.get(place),
        "n_original": None,
        "higher_is_better": None,
        "task_version": None,
        "task_digest": None,
    }


def _doubts(
    results: list[dict[str, Any]],
    limit: int | None,
    *,
    named: bool,
    settings: bool,
) -> Doubts:
    doubts = Doubts()
    if not settings:
        doubts.partial(f"no {SETTINGS} lies beside it, so nothing says what was run on which model")
    elif not named:
        doubts.partial("the settings do not name the model")
    if not results:
        doubts.failed("the statistics hold no result")
    if results and all(row["value"] is None for row in results):
        doubts.failed("no result has a value")
    for row in results:
        if row["value"] is None:
            doubts.partial(f"{row['metric']} of {row['filter'] or 'all'} has no value")
        if row["n"] == 0:
            doubts.failed(f"{row['filter'] or row['task']}: no instance was run")
    if limit is not None:
        doubts.partial(f"run with a limit of {limit} instances, which was reached")
    return doubts


COLLECTOR = Helm()

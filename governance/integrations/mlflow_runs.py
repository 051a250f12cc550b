"""Runs fetched from an MLflow tracking store, as documents that the collector `mlflow-export` reads.

Fields are copied by name: of the tags only the commit, the run's name and what our own plugin set; of the parameters those with the
well-known names of training; never who ran it, on which machine, from which file, and nothing of artifacts, secrets or web hooks.

A metric is fetched page by page until the server says that there is no more. MLflow's client takes an empty answer for an
empty list, so a history that lacks the very value that the run itself tells last is refused: it is not all of it.
"""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Any

from governance.collectors.formats import mlflow_run, tracked_run
from governance.collectors.formats.tracked_run import Point
from governance.collectors.mlflow_export import SCHEMA
from governance.collectors.reading import fields
from governance.errors import UnreadableError, UsageError
from governance.integrations import export_files
from governance.integrations.export_files import short
from governance.integrations.mlflow import RUN

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

MOST_RUNS = 5_000
_PAGE = 1000
_NOT_KNOWN = re.compile(r"ENDPOINT_NOT_FOUND|FEATURE_DISABLED|failed with error code 40[45]\b|is not supported")
"""How a server of an older version, or one without a registry, says so."""


def runs_of(client: Any, experiment: str) -> list[str]:
    """The ids of the runs of an experiment that are not deleted, oldest first. Raises `UsageError` where there is none."""
    found = client.get_experiment_by_name(experiment)
    if found is None:
        raise UsageError(f"there is no experiment {experiment!r}", hint="Look its name up in MLflow.")
    runs = list(
        _pages(lambda token: client.search_runs([found.experiment_id], max_results=_PAGE, page_token=token), MOST_RUNS)
    )
    if not runs:
        raise UsageError(f"the experiment {experiment!r} holds no run", hint="Name another with --experiment.")
    runs.sort(key=lambda run: (run.info.start_time or 0, run.info.run_id))
    return [export_files.run_id(run.info.run_id) for run in runs]


def documents(client: Any, runs: Sequence[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    """(name of the file without its ending, document) of each run. Raises `UnreadableError` for an answer that is not whole."""
    experiments: dict[str, Any] = {}
    for run_id in runs:
        run = client.get_run(run_id)
        if run.info.run_id != run_id:
            raise UnreadableError(f"the server answered with the run {str(run.info.run_id)[:60]!r} for {run_id!r}")
        key = run.info.experiment_id
        if key not in experiments:
            experiments[key] = client.get_experiment(key)
        yield f"mlflow-run-{run_id}", _document(client, run, experiments[key])


def _document(client: Any, run: Any, experiment: Any) -> dict[str, Any]:
    info, tags = run.info, run.data.tags
    lists = {"registered_models": _registered(client, info.run_id), "logged_models": _logged(client, info)}
    return {
        "schema": SCHEMA,
        "run": {
            "id": info.run_id,
            "name": short(tags.get(mlflow_run.RUN_NAME)) or short(info.run_name),
            "status": mlflow_run.status_of(info.status),
            "start": info.start_time or None,
            "end": info.end_time or None,
            "deleted": mlflow_run.DELETED in (info.lifecycle_stage, experiment.lifecycle_stage),
            "experiment": short(experiment.name),
            "commit": short(tags.get(mlflow_run.COMMIT), 200),
            "recorded_run": short(tags.get(RUN), 200),
        },
        **export_files.settings(run.data.params),
        **export_files.series(_histories(client, run)),
        "data_sets": _data_sets(run),
        **{name: rows or [] for name, rows in lists.items()},
        "not_told": sorted(name for name, rows in lists.items() if rows is None),
    }


def _histories(client: Any, run: Any) -> dict[str, list[Point]]:
    """Every metric with all its points, by step and then by the moment of logging: a resumed run logs a step once more."""
    made: dict[str, list[Point]] = {}
    count = 0
    for name, last in sorted(run.data.metrics.items()):
        history = sorted(client.get_metric_history(run.info.run_id, name), key=lambda each: (each.step, each.timestamp))
        if not any(each.value == last or (math.isnan(each.value) and math.isnan(last)) for each in history):
            raise UnreadableError(
                f"the history of {name!r} lacks the value that the run itself tells last, so it is not whole",
                hint="Ask again; if it stays so, the server loses answers.",
            )
        count += len(history)
        if count > tracked_run.MOST_POINTS:
            raise UnreadableError(f"the metrics of {run.info.run_id} have more than {tracked_run.MOST_POINTS:,} points")
        made[name] = [Point(_step(each.step), _number(each.value)) for each in history]
    return made


def _data_sets(run: Any) -> list[dict[str, Any]]:
    made = []
    for given in getattr(run.inputs, "dataset_inputs", None) or ():
        contexts = [tag.value for tag in given.tags if tag.key == mlflow_run.CONTEXT]
        name, digest = short(given.dataset.name), short(given.dataset.digest, 200)
        made.append({"name": name, "digest": digest, "context": short(contexts[0], 200) if contexts else None})
    return sorted(made, key=lambda each: (each["name"] or "", each["digest"] or "", each["context"] or ""))


def versions_of(client: Any, run_id: str) -> list[Any] | None:
    """The versions in the registry that came from a run; None where the service has no registry."""
    said = f"run_id = '{export_files.run_id(run_id)}'"
    found = _where_known(
        lambda: list(
            _pages(lambda token: client.search_model_versions(said, max_results=_PAGE, page_token=token), MOST_RUNS)
        )
    )
    return None if found is None else sorted(found, key=lambda each: (each.name, str(each.version).zfill(12)))


def _registered(client: Any, run_id: str) -> list[dict[str, Any]] | None:
    aliases: dict[str, dict[str, Any]] = {}
    made = []
    found = versions_of(client, run_id)
    if found is None:
        return None
    for version in found:
        if version.name not in aliases:
            aliases[version.name] = client.get_registered_model(version.name).aliases or {}
        pointing = sorted(alias for alias, at in aliases[version.name].items() if str(at) == str(version.version))
        made.append({"name": short(version.name), "version": str(version.version), "aliases": pointing})
    return made


def _logged(client: Any, info: Any) -> list[dict[str, Any]] | None:
    """The models that the run logged; MLflow has them since version 3, and before that the answer is None."""
    if not hasattr(client, "search_logged_models"):
        return None
    said = f"source_run_id = '{info.run_id}'"
    found = _where_known(
        lambda: list(
            _pages(
                lambda token: client.search_logged_models([info.experiment_id], said, page_token=token),
                MOST_RUNS,
            )
        )
    )
    if found is None:
        return None
    rows = [
        {"id": short(each.model_id, 200), "name": short(each.name), "status": short(_word(each.status), 100)}
        for each in found
    ]
    return sorted(rows, key=lambda each: each["id"] or "")


def _pages(ask: Callable[[Any], Any], most: int) -> Iterator[Any]:
    """Everything on all pages. Raises `UnreadableError` above `most`, and for a server that gives a page twice."""
    token, seen, count = None, set(), 0
    while True:
        page = ask(token)
        for each in page:
            count += 1
            if count > most:
                raise UnreadableError(f"more than {most:,} rows in one answer")
            yield each
        token = getattr(page, "token", None)
        if not token:
            return
        if token in seen:
            raise UnreadableError("the server gives the same page again and again")
        seen.add(token)


def _where_known(ask: Callable[[], list[Any]]) -> list[Any] | None:
    """An answer, or None from a server that does not know the question. Any other error stays one."""
    try:
        return ask()
    except UnreadableError:
        raise
    except Exception as error:
        if _NOT_KNOWN.search(f"{getattr(error, 'error_code', '')} {error}"):
            return None
        raise


def _word(status: Any) -> str:
    return str(getattr(status, "value", status))


def _step(step: Any) -> int | None:
    return step if isinstance(step, int) and abs(step) <= fields.LARGEST else None


def _number(value: float) -> float | None:
    return value if math.isfinite(value) and abs(value) < mlflow_run.NO_NUMBER else None

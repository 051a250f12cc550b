"""Runs fetched from a Weights & Biases service by its public interface (`wandb.Api`), as documents for the collector `wandb-export`.

The account and the key are the tool's own (`WANDB_API_KEY`, `WANDB_BASE_URL`, or what `wandb login` left); neither is kept or printed.
Fields are copied by name: never who ran it, under which account, on which machine, with which arguments, notes or output.

Every logged row is asked for (`scan_history`; `history` gives a sample). The tool stops early without a word where the service
does not tell the last step, so rows are counted against what the service says it holds.
"""

from __future__ import annotations

import inspect
import re
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from governance.collectors.formats import tracked_run
from governance.collectors.formats.tracked_run import Point
from governance.collectors.reading import fields
from governance.collectors.wandb_export import SCHEMA
from governance.errors import UnreadableError, UsageError
from governance.integrations import export_files
from governance.integrations.asking import asked, quietly
from governance.integrations.export_files import short

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

EXTRA = "Install it with: pip install 'governance-evidence[wandb]'"
SERVICE = "the service of Weights & Biases"
LABEL = "governance-"
TIMEOUT = 30
"""Seconds for one question."""
MOST_ROWS = 1_000_000
MOST_LABELS = 50
_STEP = "train/global_step"
_NOT_SET = ("_wandb", "governance.")
"""What stands among the settings and was not set by the training: the tool's own, and a verdict of ours."""
_PATH = re.compile(r"\w[\w.-]{0,127}/\w[\w.-]{0,127}/[\w-]{1,128}", re.ASCII)
_SETTINGS = {
    "WANDB_SILENT": "true",
    "WANDB_ERROR_REPORTING": "false",
    "WANDB_CONSOLE": "off",
    "WANDB__GRAPHQL_RETRY_MAX": "3",  # the tool's own twenty hold a pipeline up for many minutes
    "WANDB__GRAPHQL_RETRY_WAIT_MIN_SECONDS": "1",
    "WANDB__GRAPHQL_RETRY_WAIT_MAX_SECONDS": "4",
    "WANDB__GRAPHQL_TIMEOUT_SECONDS": "30",
}
_HINTS = {
    "giving up": "Is the service up, and is WANDB_BASE_URL right?",
    "unexpected eof": "The answer was cut off; ask again.",
    "not found": "Write ENTITY/PROJECT/RUN, with the id of the run and not its name.",
    "could not find": "Write ENTITY/PROJECT/RUN, with the id of the run and not its name.",
    "api key": "Set WANDB_API_KEY, or run: wandb login",
    "authentic": "Set WANDB_API_KEY, or run: wandb login",
    "401": "Set WANDB_API_KEY, or run: wandb login",
    "timed out": "Is the service up, and is WANDB_BASE_URL right?",
    "connection": "Is the service up, and is WANDB_BASE_URL right?",
}


@contextmanager
def opened() -> Iterator[Any]:
    """A `wandb.Api`. Raises `UsageError` where wandb is not installed, `UnreadableError` for what it can not do."""
    with quietly(_SETTINGS), asked(SERVICE, _HINTS):
        try:
            import wandb
        except ImportError:
            raise UsageError("the library wandb is not installed", hint=EXTRA) from None
        yield wandb.Api(timeout=TIMEOUT)


def path_of(said: str) -> tuple[str, str, str]:
    """Account, project and id of a run. Raises `UsageError` for another form."""
    if not _PATH.fullmatch(said):
        raise UsageError(f"{said!r} is not ENTITY/PROJECT/RUN", hint="For example library/desk/abc12345.")
    entity, project, run_id = said.split("/")
    return entity, project, run_id


def documents(api: Any, paths: Sequence[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    """(name of the file without its ending, document) of each run. Raises `UnreadableError` for an answer that is not whole."""
    for path in paths:
        _, project, run_id = path_of(path)
        run = api.run(path)
        if run.id != run_id:
            raise UnreadableError(f"the service answered with the run {str(run.id)[:60]!r} for {run_id!r}")
        yield f"wandb-run-{export_files.run_id(run_id)}", _document(run, project)


def _document(run: Any, project: str) -> dict[str, Any]:
    logged, last, whole = _series(run)
    client = (getattr(run, "rawconfig", None) or {}).get("_wandb") or {}
    return {
        "schema": SCHEMA,
        "run": {
            "id": run.id,
            "name": short(run.name),
            "status": short(run.state, 100),
            "project": project,
            "commit": short(getattr(run, "commit", None), 200),
            "created": short(getattr(run, "created_at", None), 60),
            "last": last,
            "labels": sorted(label[:200] for label in run.tags or () if not label.startswith(LABEL))[:MOST_LABELS],
            "version": short(client.get("cli_version") if isinstance(client, dict) else None, 200),
            "all_rows": whole,
        },
        **export_files.settings({name: value for name, value in run.config.items() if not name.startswith(_NOT_SET)}),
        **export_files.series(logged),
        "data_sets": [],
    }


def _series(run: Any) -> tuple[dict[str, list[Point]], float | None, bool]:
    """(every number by name, when the last row was logged in seconds since 1970, whether all rows are known to be here)."""
    made: dict[str, list[Point]] = {}
    last: float | None = None
    rows = 0
    fresh = {"use_cache": False} if "use_cache" in inspect.signature(run.scan_history).parameters else {}
    for row in run.scan_history(page_size=1000, **fresh):
        rows += 1
        if rows > MOST_ROWS:
            raise UnreadableError(f"more than {MOST_ROWS:,} logged rows")
        step = _step(row.get(_STEP, row.get("_step")))
        if isinstance(moment := row.get("_timestamp"), (int, float)):
            last = max(last or 0.0, float(moment))
        for name, value in row.items():
            if not name.startswith("_") and tracked_run.is_number(value):
                made.setdefault(name, []).append(Point(step, tracked_run.number(value)))
    told = getattr(run, "historyLineCount", None)
    if isinstance(told, int) and rows < told:
        raise UnreadableError(
            f"the service holds {told:,} logged rows and gave {rows:,}, so the history is not whole",
            hint="Ask again; of a run that is still going on, wait for the end.",
        )
    for name, value in (getattr(run, "summary_metrics", None) or {}).items():
        # What stands in no row was set once, such as the run time at the end.
        if name not in made and not name.startswith("_") and tracked_run.is_number(value):
            made[name] = [Point(None, tracked_run.number(value))]
    return made, last, isinstance(told, int)


def _step(value: Any) -> int | None:
    whole = isinstance(value, (int, float)) and not isinstance(value, bool) and value == value // 1
    return int(value) if whole and 0 <= value <= fields.LARGEST else None

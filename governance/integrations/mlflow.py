"""MLflow's plugin: what it asks when a run begins, whether the run is being recorded and as what.

MLflow loads this file by the entry point `mlflow.run_context_provider` wherever both are installed, for everybody, so it
imports nothing: neither MLflow, whose base class it need not have, nor our recorder, which is only looked for among what
is loaded already. A run gets three tags, and only while a recorder is live in the process or `GOVERN_RUN` names a run:

    governance.run            the id of the run, as the spool has it
    governance.spool.segment  the name of the file that this process writes, without its folder
    governance.recorder       the version of the recorder

Source: https://mlflow.org/docs/latest/ml/plugins/ (run context provider), and `mlflow/tracking/context/` of 2.0 to 3.17.
"""

from __future__ import annotations

import os
import re
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

RUN, SEGMENT, RECORDER = "governance.run", "governance.spool.segment", "governance.recorder"
PATIENCE = 0.25
"""Seconds that the beginning of a run waits at most for a recorder that was started just before it."""
_NAME = re.compile(r"[A-Za-z0-9._-]{1,200}")


class RunContext:
    """MLflow's run context provider. Neither call raises: what can not be told is no context."""

    def in_context(self) -> bool:
        """Whether this run is being recorded."""
        return bool(self.tags())

    def tags(self) -> dict[str, str]:
        """The three tags, or fewer where there is no segment; none where nothing is recorded."""
        try:
            return _tags()
        except Exception:
            return {}


def _tags() -> dict[str, str]:
    from governance import __version__

    if os.environ.get("GOVERN_RECORD", "").lower() in {"off", "0", "false", "no"}:
        return {}
    recorder = sys.modules.get("governance.integrations.recorder")
    live = recorder.live(PATIENCE) if recorder is not None else ()
    run = _joined(each.run for each in live) if live else _given()
    said = {RUN: run, SEGMENT: _joined(each.segment for each in live), RECORDER: __version__}
    return {name: value for name, value in said.items() if value} if run else {}


def _given() -> str:
    """The run that the environment names, as the recorder would call it."""
    if not os.environ.get("GOVERN_RUN"):
        return ""
    from governance.integrations import run_names

    return run_names.clean(os.environ["GOVERN_RUN"])


def _joined(names: Iterable[str]) -> str:
    """Several names as one text; more than one recorder in a process is rare, and then no single run is meant."""
    return ", ".join(sorted({name for name in names if _NAME.fullmatch(name)}))

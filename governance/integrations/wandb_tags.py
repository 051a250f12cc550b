"""Writing a verdict to a run of Weights & Biases, and reading it back.

A label of a run is one word, so the five tags stand among the settings of the run (`config`), where the service can filter and
compare by them, and the label `governance-yes`, `governance-no` or `governance-could-not-tell` stands beside the others. The tool sends
settings and labels in one change, so no *yes* stands beside the identity of another model.

The tool sends all settings it knows, so a run that is still going on is refused: what it sets meanwhile would be lost.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from governance.collectors.wandb_export import GOING_ON
from governance.errors import CouldNotTell, UnreadableError
from governance.integrations.verdict import differing
from governance.integrations.wandb_runs import LABEL, path_of

if TYPE_CHECKING:
    from governance.integrations.verdict import Verdict


def write(api: Any, path: str, verdict: Verdict) -> tuple[str, ...]:
    """Tag a run. Returns what was tagged.

    Raises `CouldNotTell` for one that is still going on, `UnreadableError` where what is read back is not what was written.
    """
    run_id = path_of(path)[2]
    run = _run(api, path, run_id)
    if run.state in GOING_ON:
        raise CouldNotTell(
            f"the run {run_id} is {run.state}", hint="A verdict is written to a run that has come to its end."
        )
    label = LABEL + verdict.answer
    run.config.update(verdict.tags)
    run.tags = [*(each for each in run.tags or () if not each.startswith(LABEL)), label]
    run.update()
    api.flush()
    after = _run(api, path, run_id)
    if wrong := differing(verdict.tags, after.config):
        raise UnreadableError(
            f"{run_id}: {wrong[0]} reads {str(after.config.get(wrong[0]))[:80]!r} after {verdict.tags[wrong[0]]!r} was written",
            hint="Does the key that is used allow changes? Run it again.",
        )
    if [each for each in after.tags or () if each.startswith(LABEL)] != [label]:
        raise UnreadableError(f"{run_id}: the label {label} was written and is not there", hint="Run it again.")
    return (run_id,)


def _run(api: Any, path: str, run_id: str) -> Any:
    run = api.run(path)
    if run.id != run_id:
        raise UnreadableError(f"the service answered with the run {str(run.id)[:60]!r} for {run_id!r}")
    return run

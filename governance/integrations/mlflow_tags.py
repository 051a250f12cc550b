"""Writing a verdict to a run of MLflow, and to the versions in its registry that came from that run; then reading it back.

Tags are written one after the other, and anything may end between two of them. So *could not tell* (or *no*) is
written first and *yes* last, when everything beside it is there: no *yes* ever stands beside the identity of another model.

A version has its own weights. Where a run gave several versions from different sources, which of them the candidate is can
not be told from the run; they get no *yes* unless they are named.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from governance.errors import CouldNotTell, UnreadableError, UsageError
from governance.integrations import mlflow_runs
from governance.integrations.verdict import COULD_NOT_TELL, VERDICT, YES, differing

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from governance.integrations.verdict import Verdict


def write(client: Any, run_id: str, verdict: Verdict, *, versions: Sequence[str] = ()) -> tuple[str, ...]:
    """Tag a run and its versions. Returns what was tagged: the run, then each version as `NAME/VERSION`.

    `versions` names those that hold the candidate, where a run gave several. Raises `CouldNotTell` before anything is written where
    that has to be said, `UnreadableError` where what is read back is not what was written.
    """
    run = client.get_run(run_id)
    if run.info.run_id != run_id:
        raise UnreadableError(f"the server answered with the run {str(run.info.run_id)[:60]!r} for {run_id!r}")
    chosen = _chosen(mlflow_runs.versions_of(client, run_id) or [], verdict, versions)
    _set(lambda name, value: client.set_tag(run_id, name, value), verdict)
    _require(client.get_run(run_id).data.tags, verdict, run_id)
    for each in chosen:
        _set(_setter(client, each), verdict)
        _require(client.get_model_version(each.name, each.version).tags, verdict, _named(each))
    return (run_id, *map(_named, chosen))


def _chosen(found: Sequence[Any], verdict: Verdict, named: Sequence[str]) -> list[Any]:
    if strange := sorted(set(named) - {_named(each) for each in found}):
        raise UsageError(
            f"{strange[0]} is no version that came from this run",
            hint=f"There are: {', '.join(map(_named, found)) or 'none'}.",
        )
    if named:
        return [each for each in found if _named(each) in named]
    if verdict.answer == YES and len({each.source for each in found}) > 1:
        raise CouldNotTell(
            f"this run gave {len(found)} versions from different sources, and which of them was judged is not said",
            hint=f"Name it: --model-version {_named(found[0])}",
        )
    return list(found)


def _set(put: Callable[[str, str], None], verdict: Verdict) -> None:
    tags = verdict.tags
    put(VERDICT, COULD_NOT_TELL if verdict.answer == YES else verdict.answer)
    for name, value in tags.items():
        if name != VERDICT:
            put(name, value)
    if verdict.answer == YES:
        put(VERDICT, YES)


def _setter(client: Any, version: Any) -> Callable[[str, str], None]:
    return lambda name, value: client.set_model_version_tag(version.name, version.version, name, value)


def _require(found: dict[str, str], verdict: Verdict, what: str) -> None:
    if wrong := differing(verdict.tags, found):
        raise UnreadableError(
            f"{what}: {wrong[0]} reads {str(found.get(wrong[0]))[:80]!r} after {verdict.tags[wrong[0]]!r} was written",
            hint="Somebody else may write the same tags; run it again.",
        )


def _named(version: Any) -> str:
    return f"{version.name}/{version.version}"

"""`plan`: seal what a candidate will be measured by, before it is measured; or show what is sealed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from governance.cli import output
from governance.cli.options import HERE, Folder, Json, Policy, SystemId
from governance.errors import CouldNotTell, UnreadableError, UsageError

if TYPE_CHECKING:
    from governance.domain.decision import SignedDecision
    from governance.domain.plan import Plan, PlannedSuite
    from governance.workspace import Workspace


def register(app: typer.Typer) -> None:
    """Put the command under the app."""
    app.command()(plan)


def plan(
    system: SystemId,
    file: Annotated[
        Path | None,
        typer.Argument(
            metavar="PLAN",
            help="YAML with suites: task, metric, what they are held against, margin, runs. Left out: show the plan.",
        ),
    ] = None,
    *,
    key: Annotated[Path | None, typer.Option(help="Your private key, enrolled in the role threshold-author.")] = None,
    second_key: Annotated[Path | None, typer.Option(help="Your second key, which signs beside the first.")] = None,
    reason: Annotated[str, typer.Option(help="Why these suites; for another plan, why it changes.")] = "",
    policy: Policy = None,
    workspace: Folder = HERE,
    json: Json = False,
) -> None:
    """Seal suites, metrics, margins and how often they may be run, before the runs. A later plan replaces it, with its reason.

    Exit 3 where there is no plan to show.
    """
    from governance.workspace import Workspace

    opened = Workspace(workspace)
    if file is None:
        _show(opened, system, json=json)
        return
    if key is None or not reason:
        raise UsageError("a plan is signed, and says why", hint="Give --key KEY and --reason TEXT.")
    entry_id, made = opened.sign(
        system, key_file=key, second=second_key, policy=policy, role="threshold-author", decision=_kind(), reason=reason,
        plan=_read(file),
    )  # fmt: skip
    if json:
        output.document("plan.v1", id=entry_id, decision=made.plain())
        return
    output.say(f"{entry_id}: {made.signer} sealed a plan of {len(made.plan.suites) if made.plan else 0} suites")
    output.say(f"  ledger {made.checkpoint.size} entries, root {made.checkpoint.root}")
    output.say(
        "  runs of these tasks count from here on, each of them; anchor the ledger to prove the moment: govern anchor"
    )


def _kind() -> str:
    from governance.domain.decision import DecisionKind

    return DecisionKind.PLAN


def _read(path: Path) -> Plan:
    """The plan in a file. Raises `UnreadableError` naming the field that does not stand."""
    from pydantic import ValidationError

    from governance.domain import faults
    from governance.domain.plan import Plan
    from governance.parsing import strict_yaml

    try:
        data = path.read_bytes()
    except OSError as error:
        raise UsageError(f"can not be read: {error.strerror}", where=str(path)) from None
    try:
        return Plan.model_validate(strict_yaml.loads(data, where=str(path)))
    except ValidationError as error:
        hint = "See the how-to page on plans for its fields."
        raise UnreadableError(faults.first(error), where=str(path), hint=hint) from None


def _show(opened: Workspace, system: str, *, json: bool) -> None:
    from governance.domain import tried

    dossier = opened.dossier(system)
    policy = opened.catalogue.policies.get(dossier.system.policy or opened.default_policy)
    asked = tried.quorums(opened.catalogue, policy, dossier.system)
    sealed = tried.plans(dossier, opened.clock(), asked)
    if not sealed:
        raise CouldNotTell(
            "no plan that counts is on record", where=system, hint="Seal one: govern plan SYSTEM PLAN.yaml."
        )
    if json:
        output.document(
            "plans.v1", system=system,
            plans=[{"id": each.id, "recorded_at": each.recorded_at.isoformat(), "decision": each.decision.plain()} for each in sealed],
        )  # fmt: skip
        return
    _say(sealed)


def _say(sealed: tuple[SignedDecision, ...]) -> None:
    last = sealed[-1]
    by = f"{last.decision.signer}, {last.recorded_at:%Y-%m-%d %H:%M} UTC"
    rows = [_row(suite) for suite in (last.decision.plan.suites if last.decision.plan else ())]
    output.table(f"Plan {last.id}, sealed by {by}", ["task", "metric", "held against", "items", "runs"], rows)
    output.say(f"  because: {last.decision.reason}")
    for before in reversed(sealed[:-1]):
        output.say(f"  it replaced {before.id} of {before.recorded_at:%Y-%m-%d}: {before.decision.reason}")


def _row(suite: PlannedSuite) -> list[str]:
    held = "nothing"
    if suite.against is not None:
        held = f"{suite.against}, margin {suite.margin:g}"
    elif suite.at_least is not None:
        held = f"at least {suite.at_least:g}"
    elif suite.at_most is not None:
        held = f"at most {suite.at_most:g}"
    return [suite.task, suite.metric, held, "any" if suite.n is None else f"{suite.n:,}", f"{suite.runs:,}"]

"""`approval`: the file by which a machine that loads models knows what is approved."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from governance.cli import output
from governance.cli.options import HERE, Folder, Json, Policy, SystemId
from governance.parsing import canonical

if TYPE_CHECKING:
    from governance.workspace import Workspace


def register(app: typer.Typer) -> None:
    """Put the command under the app."""
    app.command()(approval)


def approval(
    system: SystemId,
    *,
    out: Annotated[Path, typer.Option(metavar="FILE", help="Where to write it.")] = Path("approval.json"),
    policy: Policy = None,
    workspace: Folder = HERE,
    json: Json = False,
) -> None:
    """Write the approval that is in force, with its proofs, for a check without a ledger: govern verify DIR --approval FILE."""
    from governance.approving import build
    from governance.signing import keys
    from governance.workspace import Workspace

    held = Workspace(workspace)
    case = held.case(system, policy=policy)
    made = build(
        case,
        [*held.ledger.shared(), *held.ledger.entries(system=system)],
        raw=held.blobs.read,
        inclusion=held.ledger.inclusion,
        notes=[*_anchored(held, case.checkpoint.size), held.checkpoint_note(case.checkpoint)],
        key=keys.signing_key(held.root / "keys" / "ledger.pem"),
    )
    output.write(out, made)
    digest = canonical.sha256(made)
    if json:
        output.document(
            "approval-written.v1", path=str(out), digest=digest, system=system, as_of=canonical.instant(case.on)
        )
        return
    output.say(f"{out}: {len(made):,} bytes, {digest}")
    output.say(f"  check with: govern verify DIR --approval {out} --policy trust.policy")


def _anchored(held: Workspace, size: int) -> list[bytes]:
    """The checkpoints that came back from outside, none larger than the ledger that was judged."""
    from governance.anchoring.kept import Anchors

    return [anchor.note for anchor in Anchors(held.root).all() if anchor.head.size <= size]

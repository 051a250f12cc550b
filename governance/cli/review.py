"""`review`: the page that a reviewer signs."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Annotated

import typer

from governance.cli import output
from governance.cli.options import HERE, Folder, Json, Policy, SystemId


def register(app: typer.Typer) -> None:
    """Put the command under the app."""
    app.command()(review)


def review(
    system: SystemId,
    *,
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write the page to this file, to be signed with --page.")
    ] = None,
    policy: Policy = None,
    workspace: Folder = HERE,
    json: Json = False,
) -> None:
    """Print the page a reviewer signs: what it is, what changed, the three worst items, what ends, waivers, duties."""
    from governance import reviewing
    from governance.parsing import canonical
    from governance.reports.review import page as review_page
    from governance.workspace import Workspace

    opened = Workspace(workspace)
    case = opened.case(system, policy=policy)
    made = reviewing.page(case, opened)
    digest = canonical.sha256(made)
    if out is not None:
        output.write(out, made)
    if json:
        output.document(
            "review.v1",
            system=system,
            policy=case.gate.policy,
            made_at=canonical.instant(case.on),
            checkpoint=case.checkpoint.plain(),
            identity=case.assessment.identity.digest if case.assessment.identity else None,
            digest=digest,
            file=str(out) if out else None,
            page=made.decode(),
            sections=review_page.plain(case, reviewing.judged(case, opened)),
        )
        return
    output.say(made.decode().rstrip("\n"))
    output.aside(f"This page has the digest {digest}")
    if out is None:
        output.aside("It is signed to the byte, so keep it as it is with --out FILE, and sign that.")
        return
    if case.assessment.identity is None:
        output.aside("There is nothing to sign yet: attach the model with govern attach or govern release.")
        return
    named = f" --policy {case.gate.policy}" if policy else ""
    where = f" -w {shlex.quote(str(workspace))}" if workspace != HERE else ""
    output.aside(
        f"Sign it: govern sign {system} --page {shlex.quote(str(out))} --decision approve --role reviewer "
        f"--key KEY --reason 'WHY'{named}{where}"
    )

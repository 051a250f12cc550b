"""`sign`: the decision of a person over exactly what they saw."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from governance.cli import output
from governance.cli.options import HERE, Folder, Json, Policy, SystemId, day
from governance.errors import UsageError

if TYPE_CHECKING:
    from governance.domain.decision import Decision


def register(app: typer.Typer) -> None:
    """Put the command under the app."""
    app.command()(sign)


def sign(
    system: SystemId,
    *,
    key: Annotated[
        Path,
        typer.Option(
            help="Your private key (PKCS#8 or OpenSSH), or the .pub of one in your agent or on a security token."
        ),
    ],
    second_key: Annotated[
        Path | None, typer.Option(help="Your second key (`govern key new --ml-dsa`), which signs beside the first.")
    ] = None,
    role: Annotated[str, typer.Option(help="The role in which you sign, such as reviewer.")],
    decision: Annotated[
        str,
        typer.Option(
            help="approve, approve-with-conditions, reject, hold, revoke, retire, accept-risk, waive, except-duties, set-policy."
        ),
    ],
    reason: Annotated[str, typer.Option(help="Why, in a sentence that others will read.")],
    page: Annotated[
        Path | None, typer.Option(help="The page of `govern review` that you read; it is signed as it is.")
    ] = None,
    read: Annotated[
        list[Path] | None,
        typer.Option(
            metavar="FILE",
            help="A report of `govern diff` that you read, as HTML; its digest is signed. May be given again.",
        ),
    ] = None,
    terms: Annotated[
        Path | None,
        typer.Option(help="YAML with scope, conditions, dissent, rollback and reapprove_on; see the how-to page."),
    ] = None,
    expires: Annotated[str | None, typer.Option(metavar="DATE", help="The last day on which it counts.")] = None,
    target: Annotated[str | None, typer.Option(metavar="ID", help="revoke: the one approval that it ends.")] = None,
    risk: Annotated[str | None, typer.Option(help="accept-risk: the risk.")] = None,
    control: Annotated[str | None, typer.Option(help="waive: the control.")] = None,
    compensation: Annotated[str | None, typer.Option(help="waive: what makes up for it.")] = None,
    owner: Annotated[str | None, typer.Option(help="waive: who answers for it.")] = None,
    retest: Annotated[
        str | None, typer.Option(metavar="DATE", help="waive: the day by which it is tested again.")
    ] = None,
    person: Annotated[str | None, typer.Option(help="except-duties: who may approve all the same.")] = None,
    duty: Annotated[list[str] | None, typer.Option(help="except-duties: a duty they hold; may be given again.")] = None,
    policy: Policy = None,
    workspace: Folder = HERE,
    json: Json = False,
) -> None:
    """Sign a decision over the model identity, the evidence, the risks, the policy and the ledger as they are now.

    Exit 5 where you hold a duty that is kept apart from approving.
    """
    from governance.domain.decision import DecisionKind
    from governance.workspace import Workspace

    if decision not in set(DecisionKind):
        raise UsageError(f"--decision {decision!r} is unknown", hint=f"One of: {', '.join(DecisionKind)}.")
    opened = Workspace(workspace)
    entry_id, made = opened.sign(
        system,
        key_file=key,
        second=second_key,
        policy=policy,
        page=_bytes(page) if page else None,
        read=tuple((path.name, _bytes(path)) for path in read or ()),
        role=role,
        decision=DecisionKind(decision),
        reason=reason,
        expires=day(expires),
        target=target,
        risk=risk,
        control=control,
        compensation=compensation,
        owner=owner,
        retest=day(retest),
        person=person,
        duties=tuple(duty or ()),
        **_terms(terms),
    )
    if json:
        output.document("sign.v1", id=entry_id, decision=made.plain())
    else:
        _say(entry_id, made)


def _say(entry_id: str, made: Decision) -> None:
    output.say(f"{entry_id}: {made.signer} as {made.role}: {made.decision}")
    output.say(f"  {made.meaning}")
    output.say(f"  identity {made.identity or 'none on record'}")
    output.say(f"  ledger {made.checkpoint.size} entries, root {made.checkpoint.root}")
    output.say(f"  page {made.page}" if made.page else "  no review page was named: --page signs the one you read")
    for each in made.read or ():
        output.say(f"  read {each.name} {each.digest}")
    output.say(f"  the gate {made.policy} said {made.gate_answer}")


def _terms(path: Path | None) -> dict[str, Any]:
    if path is None:
        return {}
    from governance.deciding import Terms
    from governance.parsing import strict_yaml

    return Terms.read(strict_yaml.loads(_bytes(path), where=str(path)), where=str(path))


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise UsageError(f"can not be read: {error.strerror}", where=str(path)) from None

"""`sign`, `report`, `pack`, `verify`: the decision, the documents, and the pack that outlives us."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from governance.cli import output
from governance.cli.options import HERE, Folder, Json, On, Policy, SystemId, day, moment
from governance.errors import GovernanceError, IntegrityError, UnreadableError, UsageError

if TYPE_CHECKING:
    from governance.packs.verify import PackReport, Trust


def register(app: typer.Typer) -> None:
    """Put these commands under the app."""
    for command in (sign, report, pack, verify):
        app.command()(command)


def sign(
    system: SystemId,
    *,
    key: Annotated[Path, typer.Option(help="Your private key (Ed25519, PKCS#8 or OpenSSH).")],
    role: Annotated[str, typer.Option(help="The role in which you sign, such as reviewer.")],
    decision: Annotated[str, typer.Option(help="approve, reject, hold or revoke.")],
    reason: Annotated[str, typer.Option(help="Why, in a sentence that others will read.")],
    expires: Annotated[str | None, typer.Option(metavar="DATE", help="The last day on which it counts.")] = None,
    policy: Policy = None,
    workspace: Folder = HERE,
    json: Json = False,
) -> None:
    """Sign a decision over the model identity, the ledger as it is now, and the policy."""
    from governance.domain.decision import DecisionKind
    from governance.workspace import Workspace

    if decision not in set(DecisionKind):
        raise UsageError(f"--decision {decision!r} is unknown", hint=f"One of: {', '.join(DecisionKind)}.")
    entry_id, made = Workspace(workspace).sign(
        system,
        key_file=key,
        role=role,
        decision=DecisionKind(decision),
        reason=reason,
        expires=day(expires),
        policy=policy,
    )
    if json:
        output.document("sign.v1", id=entry_id, decision=made.plain())
    else:
        output.say(f"{entry_id}: {made.signer} as {made.role}: {made.decision}")
        output.say(f"  {made.meaning}")
        output.say(f"  identity {made.identity}\n  ledger {made.checkpoint.size} entries, root {made.checkpoint.root}")
        output.say(f"  the gate {made.policy} said {made.gate_answer}")


def report(
    system: SystemId,
    *,
    out: Annotated[Path, typer.Option(help="The folder for the documents.")] = Path("report"),
    pdf: Annotated[bool, typer.Option(help="Make the PDF as well.")] = True,
    policy: Policy = None,
    on: On = None,
    workspace: Folder = HERE,
    json: Json = False,
) -> None:
    """Write the model card, the audit report and the risk register."""
    from governance.workspace import Workspace

    paths, skipped = Workspace(workspace).report(system, out, policy=policy, on=moment(on), pdf=pdf)
    if json:
        output.document("report.v1", documents=[str(path) for path in paths], **output.skips(skipped))
        return
    for path in paths:
        output.say(str(path))
    for line in output.left_out(skipped, pdf=pdf):
        output.aside(line)


def pack(
    system: SystemId,
    *,
    out: Annotated[Path, typer.Option(help="The file to write.")] = Path("pack.zip"),
    pdf: Annotated[bool, typer.Option(help="Put the PDF of the audit report in as well.")] = True,
    policy: Policy = None,
    on: On = None,
    workspace: Folder = HERE,
    json: Json = False,
) -> None:
    """Write the audit pack: entries, bodies, content, documents, manifest, signatures."""
    from governance.workspace import Workspace

    digest, skipped = Workspace(workspace).pack(system, out, policy=policy, on=moment(on), pdf=pdf)
    if json:
        output.document("pack.v1", pack=str(out), digest=digest, **output.skips(skipped))
        return
    output.say(f"{out}  {digest}")
    for line in output.left_out(skipped, pdf=pdf):
        output.aside(f"not in it: {line}")


def verify(
    file: Annotated[Path, typer.Argument(metavar="PACK", help="The pack to verify.")],
    *,
    signers: Annotated[Path | None, typer.Option(help="Your own list of who may sign.")] = None,
    ledger_key: Annotated[str | None, typer.Option(help="The ledger's public key as you hold it, or a file.")] = None,
    checkpoint: Annotated[Path | None, typer.Option(help="A checkpoint you kept from before.")] = None,
    json: Json = False,
) -> None:
    """Verify a pack, offline and without a workspace. Exit 0 yes, 1 not as trusted, 4 changed, 6 not readable."""
    from governance.workspace import Workspace

    trust = _trust(signers, ledger_key, checkpoint)
    try:
        with output.progress("verifying") as tick:
            found = Workspace.verify(file, trust, tick)
    except UnreadableError as error:
        if not json:
            raise
        problem = {"member": error.where or str(file), "problem": error.message}
        output.document("verify.v1", ok=False, problems=[problem], unmet=[], report={})
        output.aside(f"error: {error}")
        raise typer.Exit(error.exit_code) from None
    if json:
        output.document(
            "verify.v1",
            ok=found.ok,
            problems=[{"member": member, "problem": said} for member, said in found.problems],
            unmet=found.unmet,
            report=found.lines,
        )
    else:
        _print(found)
    if found.problems:
        raise typer.Exit(IntegrityError.exit_code)
    if found.unmet:
        raise typer.Exit(GovernanceError.exit_code)


def _print(found: PackReport) -> None:
    for name, said in found.lines.items():
        output.say(f"{name:<10} {said}")
    for member, said in found.problems:
        output.say(f"  {output.one_line(member)} {output.one_line(said)}")
    for said in found.unmet:
        output.say(f"  {said}")
    output.say(output.answer("yes") + ": verified" if found.ok else output.answer("no") + ": not verified")


def _trust(signers: Path | None, ledger_key: str | None, checkpoint: Path | None) -> Trust:
    from governance.packs.verify import Trust
    from governance.proofs import ed25519, note
    from governance.signing.signers import parse

    try:
        return Trust(
            ledger_key=ed25519.parse_public(_key_line(ledger_key), where="--ledger-key") if ledger_key else None,
            signers=parse(signers.read_bytes(), where=str(signers)) if signers else None,
            checkpoint=note.parse(checkpoint.read_bytes(), where=str(checkpoint))[0] if checkpoint else None,
        )
    except OSError as error:
        raise UsageError(f"can not be read: {error.strerror}", where=str(error.filename)) from None


def _key_line(text: str) -> str:
    """The public key itself, or what stands in the file of that name."""
    if text.startswith("ssh-") or not Path(text).is_file():
        return text
    return Path(text).read_bytes()[:10_000].decode("utf-8", "replace").strip()

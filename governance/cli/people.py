"""`people`: who may sign as what. Every change is a signed statement and an entry of the ledger."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from governance.cli import output
from governance.cli.options import HERE, Folder, Json, day
from governance.errors import UsageError

if TYPE_CHECKING:
    from governance.signing.keys import SigningKey
    from governance.workspace import Workspace

app = typer.Typer(help="Say who may sign as what: enrol, rotate, revoke.", no_args_is_help=True)

Name = Annotated[str, typer.Argument(help="The name of the person or pipeline.")]
By = Annotated[
    Path | None,
    typer.Option("--by", help="The key that signs this: an administrator's or one's own; else the ledger's own key."),
]
Reason = Annotated[str, typer.Option(help="Why, in a sentence that auditors will read.")]
PublicKey = Annotated[str, typer.Option(help="The public key: `ssh-ed25519 AAAA…`, or a file that holds it.")]


def register(top: typer.Typer) -> None:
    """Put these commands under the app."""
    top.add_typer(app, name="people")


@app.command("enrol")
def enrol(
    name: Name,
    *,
    role: Annotated[list[str], typer.Option(help="A role, such as reviewer; may be given again.")],
    key: Annotated[
        str | None, typer.Option(help="The public key: `ssh-ed25519 AAAA…`, or a file that holds it.")
    ] = None,
    issuer: Annotated[str | None, typer.Option(help="For a pipeline: who issues its identity tokens.")] = None,
    subject: Annotated[str | None, typer.Option(help="For a pipeline: the subject of its identity tokens.")] = None,
    jwks: Annotated[Path | None, typer.Option(help="For a pipeline: the issuer's key set as you fetched it.")] = None,
    pipeline: Annotated[bool, typer.Option("--pipeline", help="It is a pipeline that signs with a key.")] = False,
    from_day: Annotated[str | None, typer.Option("--from", metavar="DATE", help="The first day it may sign.")] = None,
    until: Annotated[str | None, typer.Option(metavar="DATE", help="The last day it may sign.")] = None,
    reason: Reason = "Enrolled by the operator of the ledger.",
    by: By = None,
    workspace: Folder = HERE,
    json: Json = False,
) -> None:
    """Enrol a person with a key, or a pipeline with the identity tokens of its runner."""
    from governance.workspace import Workspace

    opened = Workspace(workspace)
    token = _token(issuer, subject, jwks)
    if (key is None) == (token is None):
        raise UsageError(
            "give a public key, or an issuer with subject and key set", hint="For a person: --key FILE.pub"
        )
    entry = opened.people.enrol(
        name,
        by=_signing(opened, by),
        reason=reason,
        roles=role,
        key=_line(key) if key else None,
        token=token,
        kind="pipeline" if token or pipeline else "person",
        valid_from=day(from_day),
        valid_until=day(until),
    )
    _said(opened, name, entry, json=json)


@app.command("add-key")
def add_key(
    name: Name,
    *,
    key: PublicKey,
    until: Annotated[str | None, typer.Option(metavar="DATE", help="The last day it may sign.")] = None,
    reason: Reason = "A further key of the same owner.",
    by: By = None,
    workspace: Folder = HERE,
    json: Json = False,
) -> None:
    """Give a principal a further key beside those it has, such as an ML-DSA key for second signatures."""
    from governance.workspace import Workspace

    opened = Workspace(workspace)
    entry = opened.people.add_key(name, by=_signing(opened, by), reason=reason, key=_line(key), valid_until=day(until))
    _said(opened, name, entry, json=json)


@app.command("rotate")
def rotate(
    name: Name,
    *,
    key: PublicKey,
    replaces: Annotated[
        str | None, typer.Option(metavar="FINGERPRINT", help="The key it replaces, where there are several.")
    ] = None,
    until: Annotated[str | None, typer.Option(metavar="DATE", help="The last day it may sign.")] = None,
    reason: Reason = "Replaced by a new key.",
    by: By = None,
    workspace: Folder = HERE,
    json: Json = False,
) -> None:
    """Replace a key. What the old one signed before stays; what is recorded from here on needs the new one."""
    from governance.workspace import Workspace

    opened = Workspace(workspace)
    signing = _signing(opened, by)
    entry = opened.people.rotate(
        name, by=signing, reason=reason, key=_line(key), replaces=replaces, valid_until=day(until)
    )
    _said(opened, name, entry, json=json)


@app.command("revoke")
def revoke(
    name: Name,
    *,
    reason: Reason,
    credential: Annotated[
        str | None, typer.Option("--key", metavar="FINGERPRINT", help="Which key, where there are several.")
    ] = None,
    since: Annotated[
        int | None, typer.Option(metavar="ENTRY", help="The entry since which the key was not its owner's.")
    ] = None,
    by: By = None,
    workspace: Folder = HERE,
    json: Json = False,
) -> None:
    """End a key: what it signs from here on does not count; with --since, from an earlier entry on."""
    from governance.workspace import Workspace

    opened = Workspace(workspace)
    entry = opened.people.revoke(name, by=_signing(opened, by), reason=reason, credential=credential, since=since)
    _said(opened, name, entry, json=json)


@app.command("roles")
def roles(
    name: Name,
    *,
    role: Annotated[list[str], typer.Option(help="A role; those not given are taken away.")],
    reason: Reason = "The roles were changed.",
    by: By = None,
    workspace: Folder = HERE,
    json: Json = False,
) -> None:
    """Give a principal other roles from here on."""
    from governance.workspace import Workspace

    opened = Workspace(workspace)
    entry = opened.people.change_roles(name, by=_signing(opened, by), reason=reason, roles=role)
    _said(opened, name, entry, json=json)


@app.command("list")
def people_list(*, workspace: Folder = HERE, json: Json = False) -> None:
    """List who may sign as what, and which events did not count."""
    from governance.workspace import Workspace

    roster = Workspace(workspace).people.roster()
    rows = [
        {
            "name": principal.name,
            "kind": principal.kind,
            "roles": list(principal.roles()),
            "credential": credential.name,
            "since": credential.since,
            "until": credential.until,
            "valid_from": credential.valid_from.isoformat() if credential.valid_from else None,
            "valid_until": credential.valid_until.isoformat() if credential.valid_until else None,
        }
        for principal in roster.principals.values()
        for credential in principal.credentials
    ]
    if json:
        refused = [{"entry": entry, "problem": said} for entry, said in roster.refused]
        output.document("people.v1", principals=rows, refused=refused)
        return
    output.table("Principals", ["name", "kind", "roles", "key or identity", "signs"], [_row(row) for row in rows])
    for entry, said in roster.refused:
        output.say(f"  {entry} does not count: {said}")


@app.command("trust")
def people_trust(*, workspace: Folder = HERE, json: Json = False) -> None:
    """Print a draft of the trust policy an auditor could pin: log, witnesses, signers. It proves nothing by itself."""
    from governance.anchoring.kept import Anchors
    from governance.packs.example import trust_example
    from governance.proofs import public_keys
    from governance.workspace import Workspace

    opened = Workspace(workspace)
    head, witnesses = opened.ledger.checkpoint().head, [str(key) for key in Anchors(opened.root).witnesses()]
    key = public_keys.parse(opened.ledger_key)
    drafted = trust_example(head, key, opened.ledger.shared(), opened.blobs.read, witnesses).decode()
    if json:
        output.document("trust-draft.v1", policy=drafted)
    else:
        typer.echo(drafted, nl=False)


def _row(row: dict[str, Any]) -> list[str]:
    ended = f", revoked or replaced in entry {row['until']}" if row["until"] is not None else ""
    days = f", until {row['valid_until']}" if row["valid_until"] else ""
    return [
        row["name"],
        row["kind"],
        ", ".join(row["roles"]),
        row["credential"],
        f"from entry {row['since']}{ended}{days}",
    ]


def _said(opened: Workspace, name: str, entry: str, *, json: bool) -> None:
    principal = opened.people.roster().find(name)
    held = principal.roles() if principal else ()
    signs = [credential.name for credential in principal.active()] if principal else []
    if json:
        output.document("people-event.v1", id=entry, name=name, roles=list(held), signs=signs)
    else:
        output.say(f"{entry}: {name}: {', '.join(held)}; signs with {', '.join(signs) or 'no key'}")


def _signing(opened: Workspace, by: Path | None) -> SigningKey:
    from governance.signing.keys import signing_key

    return opened.operator if by is None else signing_key(by)


def _token(issuer: str | None, subject: str | None, jwks: Path | None) -> dict[str, Any] | None:
    if issuer is None and subject is None and jwks is None:
        return None
    if not (issuer and subject and jwks):
        raise UsageError("an identity token needs --issuer, --subject and --jwks")
    from governance.parsing import strict_json
    from governance.proofs.identity_token import require_keys

    try:
        keys = strict_json.loads(jwks.read_bytes(), where=str(jwks))
    except OSError as error:
        raise UsageError(f"can not be read: {error.strerror}", where=str(jwks)) from None
    require_keys(keys, where=str(jwks))
    return {"issuer": issuer, "subject": subject, "jwks": keys}


def _line(text: str) -> str:
    """The public key itself, or what stands in the file of that name."""
    from governance.proofs import public_keys

    line = text
    if not text.startswith(("ssh-", "ecdsa-", "sk-")):
        try:
            line = Path(text).read_bytes()[:65_536].decode("utf-8", "replace")
        except OSError as error:
            raise UsageError(f"can not be read: {error.strerror}", where=text, hint="Give the .pub file.") from None
    return public_keys.parse(line.strip(), where=text[:80]).line

"""`anchor`: have the head of the ledger leave the machine, and keep what comes back."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from governance.cli import output
from governance.cli.options import HERE, Folder, Json
from governance.cli.witness import verifier_key
from governance.errors import IntegrityError, UsageError

if TYPE_CHECKING:
    from datetime import datetime

    from governance.anchoring.kept import Anchor, Anchors
    from governance.workspace import Workspace

app = typer.Typer(
    help="Have the head of the ledger leave the machine, and keep what comes back. Only these commands use a network, "
    "and only with --url.",
    no_args_is_help=True,
)
Url = Annotated[str | None, typer.Option(help="Send it there, and keep what comes back.")]
RequestOut = Annotated[Path | None, typer.Option(help="Write the request to a file instead, to be carried there.")]
Response = Annotated[Path | None, typer.Option(help="Take in the answer that was carried back.")]


def register(top: typer.Typer) -> None:
    """Put these commands under the app."""
    top.add_typer(app, name="anchor")


@app.command("vkey")
def anchor_vkey(*, workspace: Folder = HERE) -> None:
    """Print the verifier key of the ledger: give it to witnesses and to auditors."""
    from governance.proofs import ed25519, vkeys
    from governance.workspace import Workspace

    opened = Workspace(workspace)
    public = ed25519.parse_public(opened.ledger_key)
    typer.echo(vkeys.vkey(opened.ledger.origin, public, vkeys.LOG))


@app.command("witness")
def anchor_witness(
    *,
    vkey: Annotated[str, typer.Option(help="The verifier key of the witness, or a file with it.")],
    url: Url = None,
    request_out: RequestOut = None,
    response: Response = None,
    old: Annotated[
        int | None, typer.Option(min=0, help="With --request-out: the size that the witness said it holds.")
    ] = None,
    workspace: Folder = HERE,
    json: Json = False,
) -> None:
    """Have a witness cosign the head of the ledger. Exit 4 where it saw another past than this ledger has."""
    from governance.anchoring import witnessing
    from governance.proofs import vkeys

    _one_of(url, request_out, response)
    opened, anchors = _open(workspace)
    key = vkeys.parse_vkey(verifier_key(vkey), where="the key of the witness")
    if request_out is not None:
        output.write(request_out, witnessing.request(anchors, opened.ledger, _head(opened), key, old))
        _written(request_out, "govern witness cosign DIR", json=json)
    elif response is not None:
        _kept(witnessing.accept(anchors, _bytes(response), key), opened, json=json)
    else:
        _kept(witnessing.ask(anchors, opened.ledger, _head(opened), key, str(url)), opened, json=json)


@app.command("tsa")
def anchor_tsa(
    *,
    url: Url = None,
    request_out: RequestOut = None,
    response: Response = None,
    roots: Annotated[
        list[Path] | None,
        typer.Option(help="PEM file with root certificates to verify the token with; may be repeated."),
    ] = None,
    workspace: Folder = HERE,
    json: Json = False,
) -> None:
    """Have an RFC 3161 authority stamp the text of the head. With --roots only a token that verifies is kept."""
    from governance.anchoring import timing

    _one_of(url, request_out, response)
    opened, anchors = _open(workspace)
    given = [_bytes(path) for path in roots or []]
    if request_out is not None:
        output.write(request_out, timing.request(anchors, _head(opened)))
        _written(request_out, "any RFC 3161 authority", json=json)
        return
    if response is not None:
        made, moment = timing.accept(anchors, _bytes(response), given, at=opened.clock())
    else:
        made, moment = timing.ask(anchors, _head(opened), str(url), given, at=opened.clock())
    _kept(made, opened, json=json, moment=moment)
    if moment is None:
        output.aside("The token was kept and not verified: give root certificates with --roots FILE.")


@app.command("git")
def anchor_git(
    *,
    repo: Annotated[Path, typer.Option(help="The repository.")] = HERE,
    tag: Annotated[str | None, typer.Option(help="The name of the tag; else it is made from size and root.")] = None,
    ssh_key: Annotated[Path | None, typer.Option(help="Sign the tag with this SSH key.")] = None,
    workspace: Folder = HERE,
    json: Json = False,
) -> None:
    """Put the head into an annotated Git tag. It leaves the machine when you push it."""
    from governance.anchoring import tags

    opened, anchors = _open(workspace)
    made = tags.tag(anchors, anchors.keep(_head(opened)), repo, name=tag, ssh_key=ssh_key)
    _kept(made, opened, json=json)
    output.aside(f"It is on this machine still. Push it: git push REMOTE {tag or tags.name_for(made)}")


@app.command("list")
def anchor_list(*, workspace: Folder = HERE, json: Json = False) -> None:
    """List the anchors, and whether the ledger continues each. Exit 4 where it does not."""
    opened, anchors = _open(workspace)
    rows = anchors.survey(opened.ledger)
    if json:
        plain = [
            {"anchor": folder.name, "continued": problem is None, "problem": problem, **(_plain(one) if one else {})}
            for folder, one, problem in rows
        ]
        output.document("anchors.v1", origin=opened.ledger.origin, anchors=plain)
    elif not rows:
        output.say("no anchors: nothing outside this machine knows a head of this ledger")
    else:
        shown = [_row(folder.name, one, problem) for folder, one, problem in rows]
        output.table("anchors", ("size", "root", "who", "when", "continued"), shown)
    if any(problem for _, _, problem in rows):
        raise typer.Exit(IntegrityError.exit_code)


@app.command("compare")
def anchor_compare(
    printed: Annotated[
        list[str], typer.Argument(metavar="CHECKPOINT", help="Name, size and root as a document prints them.")
    ],
    *,
    workspace: Folder = HERE,
    json: Json = False,
) -> None:
    """Whether the ledger continues a checkpoint that a document prints. Exit 4 where it does not."""
    from governance.domain.short_form import read_short_form
    from governance.proofs.note import Head

    opened, _ = _open(workspace)
    try:
        head = Head(*read_short_form(" ".join(printed)))
    except ValueError as error:
        raise UsageError(str(error), hint="Copy the whole line; the root has 16 groups of four.") from None
    other = head.origin != opened.ledger.origin
    problem = f"this ledger is {opened.ledger.origin}" if other else opened.ledger.departs_from(head)
    if json:
        output.document("anchor-compare.v1", continued=problem is None, problem=problem)
    else:
        said = f"{output.answer('no')}: {problem}" if problem else f"{output.answer('yes')}: the ledger continues it"
        output.say(said)
    if problem:
        raise typer.Exit(IntegrityError.exit_code)


def _open(workspace: Path) -> tuple[Workspace, Anchors]:
    from governance.anchoring.kept import Anchors
    from governance.workspace import Workspace

    return Workspace(workspace), Anchors(workspace)


def _head(opened: Workspace) -> bytes:
    head = opened.ledger.checkpoint()
    if head.size == 0:
        raise UsageError("the ledger is empty, so there is nothing to anchor", where=str(opened.root))
    return opened.checkpoint_note(head)


def _one_of(url: str | None, request_out: Path | None, response: Path | None) -> None:
    if sum(one is not None for one in (url, request_out, response)) != 1:
        raise UsageError("give one of --url, --request-out and --response")


def _bytes(path: Path) -> bytes:
    try:
        with path.open("rb") as stream:
            return stream.read(1024 * 1024)
    except OSError as error:
        raise UsageError(f"can not be read: {error.strerror}", where=str(path)) from None


def _written(path: Path, to: str, *, json: bool) -> None:
    if json:
        output.document("anchor-request.v1", path=str(path))
    else:
        output.say(f"wrote {path}: carry it to {to}, and bring the answer back with --response")


def _kept(anchor: Anchor, opened: Workspace, *, json: bool, moment: datetime | None = None) -> None:
    if json:
        extra = {"verified_moment": moment.isoformat()} if moment else {}
        output.document("anchor.v1", origin=opened.ledger.origin, anchor=anchor.folder.name, **_plain(anchor), **extra)
    else:
        who = ", ".join(name for name, _ in _outside(anchor))
        output.say(f"anchored {anchor.head.size} entries, root {anchor.head.root}: {who}")


def _plain(anchor: Anchor) -> dict[str, Any]:
    from governance.signing import timestamps

    return {
        "size": anchor.head.size,
        "root": anchor.head.root,
        "cosigned": [
            {"name": one.name, "at": f"{one.at:%Y-%m-%dT%H:%M:%SZ}", "known": one.known} for one in anchor.cosigned
        ],
        "tokens": [
            {"file": name, "says": f"{timestamps.read(data).moment:%Y-%m-%dT%H:%M:%SZ}"} for name, data in anchor.tokens
        ],
        "tags": [{"object": made, "name": name} for made, name in anchor.tags],
    }


def _outside(anchor: Anchor) -> list[tuple[str, str]]:
    """Who has the checkpoint, and since when, for people."""
    from governance.signing import timestamps

    form = "%Y-%m-%d %H:%M:%SZ"
    cosigned = [(one.name if one.known else f"{one.name} (unknown)", one.at.strftime(form)) for one in anchor.cosigned]
    stamped = [(f"token {name}", timestamps.read(data).moment.strftime(form)) for name, data in anchor.tokens]
    return [*cosigned, *stamped, *((f"tag {name}", made[:12]) for made, name in anchor.tags)]


def _row(name: str, anchor: Anchor | None, problem: str | None) -> tuple[str, str, str, str, str]:
    if anchor is None:
        return (*name.partition("-")[::2], "", "", f"no: {problem}")
    outside = _outside(anchor) or [("nobody yet", "")]
    who, when = ("\n".join(column) for column in zip(*outside, strict=True))
    return (str(anchor.head.size), anchor.head.root[:16] + "…", who, when, f"no: {problem}" if problem else "yes")

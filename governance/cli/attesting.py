"""Who attests what is attached: the options of `attach` and `release` for it, and what is said of it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from governance.cli import output
from governance.errors import UsageError

if TYPE_CHECKING:
    from governance.attaching import Attested
    from governance.attesting import Attester
    from governance.workspace import Workspace

Key = Annotated[
    Path | None,
    typer.Option(help="Attest what is attached with this key: a private key, or the .pub of one in an agent."),
]
SecondKey = Annotated[
    Path | None, typer.Option(help="Your second key (`govern key new --ml-dsa`), which signs beside the first.")
]
TokenCommand = Annotated[
    str | None,
    typer.Option(
        metavar="'COMMAND {audience}'",
        help="A pipeline attests with an identity token that this command prints, made for that audience.",
    ),
]
GitHub = Annotated[
    bool, typer.Option("--github-oidc", help="A job of GitHub Actions attests with a token that its runner gives.")
]
As = Annotated[
    str | None, typer.Option("--as", metavar="NAME", help="Which pipeline it is, where several are enrolled.")
]
Duty = Annotated[
    list[str] | None,
    typer.Option(help="A duty you hold beside those the evidence shows: trainer, evaluator or threshold-author."),
]


def attester(
    opened: Workspace,
    *,
    key: Path | None,
    second: Path | None,
    token_command: str | None,
    github: bool,
    name: str | None,
    duty: list[str] | None,
) -> Attester | None:
    """Who attests, or None where nobody was named."""
    given = (key is not None) + (token_command is not None) + github
    if given > 1:
        raise UsageError("give one of --key, --token-command and --github-oidc")
    if name is not None and not (github or token_command):
        raise UsageError("--as names a pipeline, which attests with --token-command or --github-oidc")
    if second is not None and key is None:
        raise UsageError("--second-key signs beside --key, and not alone")
    if not given:
        if duty:
            raise UsageError("--duty belongs to an attestation", hint="Attest with --key, or with a pipeline's token.")
        return None
    from governance import attesting
    from governance.signing import post_quantum, tokens
    from governance.signing.keys import signing_key

    if key is not None:
        beside = post_quantum.signing_key(second) if second is not None else None
        return attesting.with_key(opened, signing_key(key), duty or (), beside)
    ask = tokens.by_github(os.environ) if token_command is None else tokens.by_command(token_command)
    return attesting.with_token(opened, ask, duty or (), name)


def plain(made: Attested | None) -> dict[str, Any] | None:
    """The attestation as JSON, or None."""
    if made is None:
        return None
    return {"id": made.draft.id, "by": made.author, "duties": list(made.duties), "evidence": list(made.evidence)}


def say(made: Attested | None) -> None:
    """Say who attested what, and what follows from it."""
    if made is None:
        output.say("nothing new to attest")
        return
    output.say(f"{made.draft.id}: {output.one_line(made.author)} attests {len(made.evidence)} pieces")
    if made.duties:
        output.say(f"  shows the duty {' and '.join(made.duties)}: who holds it does not approve this system")

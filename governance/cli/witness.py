"""`witness`: sign the heads of other people's ledgers, and never two that disagree."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from governance.cli import output
from governance.cli.options import Json
from governance.errors import UsageError

if TYPE_CHECKING:
    from governance.witness.state import Witness

app = typer.Typer(
    help="Be a witness: sign the heads of ledgers that are not yours, and never two that disagree.",
    no_args_is_help=True,
)
Where = Annotated[Path, typer.Argument(metavar="DIR", help="The folder of the witness.")]


def register(top: typer.Typer) -> None:
    """Put these commands under the app."""
    top.add_typer(app, name="witness")


@app.command("init")
def witness_init(
    folder: Where,
    *,
    name: Annotated[str, typer.Option(help="The name it signs under, such as witness.example.")],
    json: Json = False,
) -> None:
    """Make a witness with a key of its own, and print its verifier key: give that to those who are to trust it."""
    from governance.witness.state import Witness

    made = Witness.init(folder, name=name, clock=_now)
    if json:
        output.document("witness-init.v1", name=name, vkey=made.vkey)
    else:
        output.say(made.vkey)
        output.aside(
            "One witness is one folder on one disk: a copy or a backup of it would sign what this one would not."
        )


@app.command("trust")
def witness_trust(
    folder: Where,
    vkey: Annotated[str, typer.Argument(metavar="VKEY", help="The verifier key of a ledger, or a file with it.")],
    *,
    json: Json = False,
) -> None:
    """Follow a ledger, by the verifier key that `govern anchor vkey` prints there."""
    opened = _open(folder)
    origin = opened.trust(verifier_key(vkey))
    if json:
        output.document("witness-trust.v1", origin=origin, origins=list(opened.origins()))
    else:
        output.say(f"follows {origin}")


@app.command("cosign")
def witness_cosign(
    folder: Where,
    request: Annotated[
        Path, typer.Argument(metavar="REQUEST", help="A file from `govern anchor witness --request-out`.")
    ],
    *,
    out: Annotated[Path | None, typer.Option(help="Write the answer here instead of printing it.")] = None,
) -> None:
    """Answer one request from a file: print the cosignature, or refuse."""
    from governance.witness.wire import LIMIT

    opened = _open(folder)
    try:
        with request.open("rb") as stream:
            data = stream.read(LIMIT + 1)
    except OSError as error:
        raise UsageError(f"can not be read: {error.strerror}", where=str(request)) from None
    answer = opened.cosign(data)
    if out is None:
        typer.echo(answer.decode(), nl=False)
    else:
        output.write(out, answer)


@app.command("serve")
def witness_serve(
    folder: Where,
    *,
    port: Annotated[int, typer.Option(min=0, max=65535, help="The port; 0 takes a free one.")],
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
) -> None:
    """Answer requests over HTTP (POST /add-checkpoint) until it is stopped."""
    from governance.witness.serve import Server

    try:
        server = Server(_open(folder), host, port)
    except OSError as error:
        raise UsageError(f"can not listen: {error.strerror}", where=f"{host}:{port}") from None
    with server:
        typer.echo(f"listens on http://{host}:{server.server_address[1]}")
        server.serve_forever()


def verifier_key(text: str) -> str:
    """A verifier key as it was typed, or the one line of a file of that name."""
    path = Path(text)
    try:
        if "+" in text and not path.is_file():
            return text.strip()
        with path.open("rb") as stream:
            return stream.read(4096).decode("utf-8").strip()
    except (OSError, UnicodeDecodeError):
        raise UsageError("neither a verifier key nor a file that holds one", where=text) from None


def _open(folder: Path) -> Witness:
    from governance.witness.state import Witness

    return Witness(folder, clock=_now)


def _now() -> int:
    return int(time.time())

"""`demo`: the whole main job on a real recorded fine-tuning and evaluation run."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from governance.cli import output
from governance.cli.options import Json


def register(app: typer.Typer) -> None:
    """Put this command under the app."""
    app.command()(demo)


def demo(
    *,
    out: Annotated[Path, typer.Option(help="The folder for everything it makes.")] = Path("demo"),
    json: Json = False,
) -> None:
    """Run → evidence → controls → risks → gate → sign-off → documents → pack → verified, in one go."""
    from governance.demonstration import run

    result = run(out, say=(lambda _: None) if json else output.say)
    if json:
        output.document("demo.v1", **result)
    else:
        output.say()
        for name in ("model-card.md", "model-card.html", "audit-report.html", "audit-report.pdf", "risk-register.html"):
            if name in result["documents"]:
                output.say(result["documents"][name])
        output.say(result["pack"])
        for line in output.left_out(result["skipped"], pdf=True):
            output.say(line)
        output.say(f"gate: {output.answer(result['gate'])}: {result['gate_reason']}")
        output.say(f"verify: {output.answer('yes' if result['verified'] else 'no')}")
    if not result["verified"]:
        raise typer.Exit(4)

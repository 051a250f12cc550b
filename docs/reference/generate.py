"""Write the reference pages from the code and the content, or check that they are up to date (`--check`).

Nothing here is written by hand but what `BY_HAND` names, so nothing else can be out of date without `make check` saying so.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import content_pages
import policy_pages
from content_pages import cell

from governance import errors
from governance.cli.app import app
from governance.content import loader, places
from governance.verifier import command as verifier

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from governance.collectors.reading.sources import Source
    from governance.domain.catalogue import Catalogue

HERE = Path(__file__).parent
NOTE = "<!-- Written by docs/reference/generate.py; edit the source and run `make docs`. -->\n\n"
BY_HAND = ("trust-policy.md",)
"""Pages of a form that people write in; they stand in the index like the others."""


def pages() -> dict[str, str]:
    """All pages by file name."""
    root = places.builtin_root()
    catalogue = loader.load(places.read_all([root]))
    made = {
        "commands.md": commands(),
        "exit-codes.md": exit_codes(),
        "risks.md": risks(catalogue),
    }
    made |= collectors() | content_pages.pages(catalogue) | policy_pages.pages(catalogue)
    tops = {name: text for name, text in made.items() if "/" not in name}
    tops |= {name: (HERE / name).read_text("utf-8") for name in BY_HAND}
    listed = "".join(f"- [{text.splitlines()[0].lstrip('# ')}]({name})\n" for name, text in sorted(tops.items()))
    return {name: NOTE + text for name, text in made.items()} | {"README.md": f"{NOTE}# Reference\n\n{listed}"}


def commands() -> str:
    """Every command with its arguments and options."""
    from typer.main import get_command

    lines = ["# Commands\n"]
    for path, command in _walk(get_command(app), "govern"):
        said, rows = (command.help or "").strip(), [_parameter(each) for each in command.params if each.name != "help"]
        if path == "govern verify":  # its words go to the verifier, which stands without the rest and reads them itself
            said, rows = _of_argparse(verifier.parser())
        lines.append(f"## `{path}`\n\n{said}\n")
        if rows:
            lines.append("| | |\n|---|---|\n" + "".join(f"| {name} | {said} |\n" for name, said in rows))
    return "\n".join(lines)


def _walk(command: Any, path: str) -> Iterator[tuple[str, Any]]:
    children = getattr(command, "commands", {})
    if not children:
        yield path, command
    for name in children:
        yield from _walk(children[name], f"{path} {name}")


def _parameter(parameter: Any) -> tuple[str, str]:
    is_option = parameter.param_type_name == "option"
    names = [*parameter.opts, *parameter.secondary_opts] if is_option else [parameter.metavar or parameter.name.upper()]
    said = (getattr(parameter, "help", None) or "").strip()
    return ", ".join(f"`{name}`" for name in names), said + (" Required." if parameter.required else "")


def _of_argparse(parser: argparse.ArgumentParser) -> tuple[str, list[tuple[str, str]]]:
    """What a command is for, and its arguments and options, where `argparse` reads them."""
    rows = []
    for action in parser._actions:  # noqa: SLF001 - argparse has no public list of them
        if "--help" not in action.option_strings:
            names = action.option_strings or [action.metavar or action.dest.upper()]
            shown = " ".join([", ".join(f"`{name}`" for name in names), *_value(action)])
            said = cell(action.help or "")
            rows.append((shown, f"{said[:1].upper()}{said[1:]}." + ("" if action.option_strings else " Required.")))
    alone = "The same without the rest of the program: `python -m governance.verifier`."
    return f"{parser.description} {alone}\n\n{parser.epilog}", rows


def _value(action: argparse.Action) -> list[str]:
    wanted = action.option_strings and action.nargs != 0 and action.metavar
    return [f"`{cell(action.metavar)}`"] if wanted else []


def exit_codes() -> str:
    """The error tree with its exit codes."""
    return f"# Exit codes and errors\n\n```text\n{(errors.__doc__ or '').strip()}\n```\n"


def collectors() -> dict[str, str]:
    """The list of collectors with every version that was tried, and a page for each."""
    from governance.collectors.reading.sources import sources

    listed = sources()
    lines = [
        "# Collectors\n",
        "A collector reads what one tool leaves, by its content and never by its name, and yields evidence or says why not. `govern",
        "evidence sources` prints this list; `govern attach --explain` says who looked at a file.\n",
        "| collector | reads the output of | yields |\n|---|---|---|",
    ]
    lines += [f"| [`{one.name}`](collectors/{one.name}.md) | {cell(one.tool)} | {_kinds(one)} |" for one in listed]
    lines += [
        "\n## What was tried\n",
        "*Recorded*: made with the tool itself. *Published*: a file that the tool left in public, or that its authors ship.",
        "*Written*: made by hand after the description of the format, where the tool could not be run. An unknown version is read where",
        "its fields hold, and is otherwise not understood, which is said.\n",
        "| collector | version | how | on |\n|---|---|---|---|",
    ]
    lines += [f"| `{one.name}` | {cell(row.version)} | {row.how} | {row.on} |" for one in listed for row in one.tried]
    pages = {f"collectors/{one.name}.md": _collector(one) for one in listed}
    return {"collectors.md": "\n".join(lines) + "\n"} | pages


def _collector(one: Source) -> str:
    tried = "\n".join(f"| {cell(row.version)} | {row.how} | {row.on} |" for row in one.tried)
    parts = "\n\n".join((one.reads, one.says, one.does_not_say))
    return (
        f"# `{one.name}`\n\n{one.title}\n\nReads the output of {one.tool} and yields {_kinds(one)}. Version {one.version}.\n\n"
        f"{parts}\n\n## Tried\n\n| version | how | on |\n|---|---|---|\n{tried}\n"
    )


def _kinds(one: Source) -> str:
    return ", ".join(f"`{kind}`" if "." in kind else kind for kind in one.kinds)


def risks(catalogue: Catalogue) -> str:
    """The risk library."""
    lines = ["# Risk library\n", "| risk | inherent | mitigated by | NIST AI 600-1 |\n|---|---|---|---|"]
    for risk in catalogue.risks.values():
        rating = f"{risk.inherent.likelihood} × {risk.inherent.impact} = {risk.inherent.score} ({risk.inherent.level})"
        by = ", ".join(f"`{row.control}` −{row.steps} {row.reduces}" for row in risk.mitigated_by)
        lines.append(f"| `{risk.id}` {cell(risk.title)} | {rating} | {by} | {', '.join(risk.genai_risks)} |")
    return "\n".join(lines) + "\n"


def main() -> int:
    """Write, or compare."""
    made = pages()
    extra = [path for path in sorted(HERE.rglob("*.md")) if path.relative_to(HERE).as_posix() not in {*made, *BY_HAND}]
    if "--check" not in sys.argv:
        for path in extra:
            path.unlink()
        for name, text in made.items():
            (HERE / name).parent.mkdir(exist_ok=True)
            (HERE / name).write_text(text, "utf-8")
        return 0
    old = [
        name for name, text in made.items() if not (HERE / name).is_file() or (HERE / name).read_text("utf-8") != text
    ]
    for name in old + [path.relative_to(HERE).as_posix() for path in extra]:
        sys.stderr.write(f"docs/reference/{name} is not what the code says; run: make docs\n")
    return 1 if old or extra else 0


if __name__ == "__main__":
    sys.exit(main())

"""Write the reference pages from the code and the content, or check that they are up to date (`--check`).

Nothing here is written by hand, so nothing here can be out of date without `make check` saying so.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from governance import errors
from governance.cli.app import app
from governance.content import graph, loader, places

if TYPE_CHECKING:
    from collections.abc import Iterator

    from governance.domain.catalogue import Catalogue

HERE = Path(__file__).parent
NOTE = "<!-- Written by docs/reference/generate.py; edit the source and run `make docs`. -->\n\n"


def pages() -> dict[str, str]:
    """All pages by file name."""
    root = places.builtin_root()
    catalogue = loader.load(places.read_all([root]))
    made = {
        "commands.md": commands(),
        "exit-codes.md": exit_codes(),
        "evidence-kinds.md": kinds(catalogue),
        "collectors.md": collectors(),
        "controls.md": controls(catalogue),
        "frameworks.md": frameworks(catalogue),
        "risks.md": risks(catalogue),
        "policies.md": policies(catalogue),
    }
    listed = "".join(f"- [{text.splitlines()[0].lstrip('# ')}]({name})\n" for name, text in made.items())
    return {name: NOTE + text for name, text in made.items()} | {"README.md": f"{NOTE}# Reference\n\n{listed}"}


def commands() -> str:
    """Every command with its arguments and options."""
    from typer.main import get_command

    lines = ["# Commands\n"]
    for path, command in _walk(get_command(app), "govern"):
        lines.append(f"## `{path}`\n\n{(command.help or '').strip()}\n")
        rows = [_parameter(parameter) for parameter in command.params if parameter.name != "help"]
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


def exit_codes() -> str:
    """The error tree with its exit codes."""
    return f"# Exit codes and errors\n\n```text\n{(errors.__doc__ or '').strip()}\n```\n"


def kinds(catalogue: Catalogue) -> str:
    """Every evidence kind with its fields."""
    lines = ["# Evidence kinds\n"]
    for kind in catalogue.kinds.values():
        fresh = f"{kind.fresh_for} days" if kind.fresh_for else "does not age"
        lines.append(
            f"## `{kind.id}`: {kind.title}\n\n{kind.question}\n\n*Does not say:* {kind.does_not_say}\n\n*Fresh for:* {fresh}\n"
        )
        required = set(kind.body.get("required", ()))
        rows = "".join(
            f"| `{name}` | {_type(field)} | {'yes' if name in required else 'no'} | {_cell(field.get('description', ''))} |\n"
            for name, field in kind.body["properties"].items()
        )
        lines.append(f"| field | type | required | meaning |\n|---|---|---|---|\n{rows}")
        reach = graph.reached_by(catalogue, kind.id)
        lines.append(f"Speaks to {len(reach)} requirements: {', '.join(reach) or 'none'}.\n")
    return "\n".join(lines)


def _type(field: dict[str, Any]) -> str:
    held = field.get("type") or ("one of " + ", ".join(map(str, field["enum"])) if "enum" in field else "see schema")
    return " or ".join(held) if isinstance(held, list) else str(held)


def collectors() -> str:
    """What each collector reads, says and does not say."""
    from importlib import import_module
    from pkgutil import iter_modules

    import governance.collectors as package

    lines = ["# Collectors\n"]
    for found in sorted(iter_modules(package.__path__), key=lambda item: item.name):
        module = import_module(f"governance.collectors.{found.name}")
        if hasattr(module, "COLLECTOR"):
            noun = module.COLLECTOR.noun
            kinds_ = ", ".join(f"`{kind}`" for kind in module.COLLECTOR.kinds)
            lines.append(
                f"## `{noun.name}` version {noun.version}\n\nYields {kinds_}.\n\n{(module.__doc__ or '').strip()}\n"
            )
    return "\n".join(lines)


def controls(catalogue: Catalogue) -> str:
    """Every control with its asks."""
    lines = ["# Controls\n"]
    for control in sorted(catalogue.controls.values(), key=lambda item: (item.family.value, item.id)):
        asks = "".join(
            f"- `{ask.kind}` about the {ask.about}"
            + (f", purpose `{ask.purpose}`" if ask.purpose else "")
            + (f", topic `{ask.topic}`" if ask.topic else "")
            + (f", at most {ask.within} days old" if ask.within else "")
            + ("; " + ", ".join(f"`{row.field}` {_test(row.tests)}" for row in ask.expect) if ask.expect else "")
            + "\n"
            for ask in control.asks
        )
        lines.append(
            f"## `{control.id}`: {control.title}\n\n*{control.family.value}* · usually owned by: {control.owner}\n\n{control.objective}\n\n"
            f"*Why:* {control.why}\n\n{asks}\n*A yes here does not say:* {control.false_comfort}\n\n*To turn a no:* {control.remedy}\n"
        )
    return "\n".join(lines)


def _test(tests: dict[str, Any]) -> str:
    name, bound = next(iter(tests.items()))
    return f"{name.replace('_', ' ')} {', '.join(bound) if isinstance(bound, tuple) else bound}"


def frameworks(catalogue: Catalogue) -> str:
    """Every requirement with what answers it."""
    lines = ["# Frameworks\n"]
    for framework in catalogue.frameworks.values():
        lines.append(
            f"## {framework.title} {framework.version}\n\n{framework.licence_note}\n\n*In force from* {framework.in_force_from}. "
            f"*Source:* {framework.source}\n\n*Checked:* {framework.checked}\n\n| number | title | answered by |\n|---|---|---|"
        )
        for row in catalogue.requirements[framework.id]:
            by = ", ".join(f"`{met.control}` ({met.extent})" for met in row.met_by) or f"nothing: {row.not_covered}"
            lines.append(f"| {row.id} | {_cell(row.title)} | {_cell(by)} |")
        lines.append("")
    return "\n".join(lines)


def risks(catalogue: Catalogue) -> str:
    """The risk library."""
    lines = ["# Risk library\n", "| risk | inherent | mitigated by | NIST AI 600-1 |\n|---|---|---|---|"]
    for risk in catalogue.risks.values():
        rating = f"{risk.inherent.likelihood} × {risk.inherent.impact} = {risk.inherent.score} ({risk.inherent.level})"
        by = ", ".join(f"`{row.control}` −{row.steps} {row.reduces}" for row in risk.mitigated_by)
        lines.append(f"| `{risk.id}` {_cell(risk.title)} | {rating} | {by} | {', '.join(risk.genai_risks)} |")
    return "\n".join(lines) + "\n"


def policies(catalogue: Catalogue) -> str:
    """The policies that ship."""
    lines = ["# Policies\n"]
    for policy in catalogue.policies.values():
        lines.append(f"## `{policy.id}`: {policy.title}\n\n{policy.why}\n")
        lines += [f"- `{condition.id}`: {condition.why}" for condition in policy.conditions]
        lines.append("")
    return "\n".join(lines)


def _cell(text: str) -> str:
    return " ".join(str(text).replace("|", "\\|").split())


def main() -> int:
    """Write, or compare."""
    made = pages()
    if "--check" not in sys.argv:
        for name, text in made.items():
            (HERE / name).write_text(text, "utf-8")
        return 0
    old = [
        name for name, text in made.items() if not (HERE / name).is_file() or (HERE / name).read_text("utf-8") != text
    ]
    extra = [path.name for path in HERE.glob("*.md") if path.name not in made]
    for name in old + extra:
        sys.stderr.write(f"docs/reference/{name} is not what the code says; run: make docs\n")
    return 1 if old or extra else 0


if __name__ == "__main__":
    sys.exit(main())

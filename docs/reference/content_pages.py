"""One page for each framework, control, kind and crosswalk, written from the content files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from governance.content import graph

if TYPE_CHECKING:
    from collections.abc import Iterator

    from governance.domain.catalogue import Catalogue
    from governance.domain.control import Ask, Control
    from governance.domain.crosswalk import Crosswalk
    from governance.domain.framework import Framework, Requirement
    from governance.domain.kind import Kind

FAMILIES = {
    "governance": "Governance and people", "system": "System and use", "data": "Data",
    "base-model": "Base model and suppliers", "training": "Training", "quality": "Evaluation of quality", "bias": "Bias",
    "safety": "Safety and security", "privacy": "Privacy", "robustness": "Robustness",
    "transparency": "Transparency and content provenance", "release": "Release", "operation": "Operation and monitoring",
    "incidents": "Incidents and retirement",
}  # fmt: skip


def pages(catalogue: Catalogue) -> dict[str, str]:
    """All pages by path below the reference folder: an index for each sort, and a page for each thing."""
    made = {
        "frameworks.md": _frameworks(catalogue),
        "controls.md": _controls(catalogue),
        "evidence-kinds.md": _kinds(catalogue),
        "crosswalks.md": _crosswalks(catalogue),
        "profiles.md": _profiles(catalogue),
    }
    made |= {f"frameworks/{frame.id}.md": _framework(catalogue, frame) for frame in catalogue.frameworks.values()}
    made |= {f"controls/{control.id}.md": _control(catalogue, control) for control in catalogue.controls.values()}
    made |= {f"kinds/{kind.id}.md": _kind(catalogue, kind) for kind in catalogue.kinds.values()}
    made |= {f"crosswalks/{each.head.id}.md": _crosswalk(catalogue, each) for each in catalogue.crosswalks.values()}
    return made


def cell(text: object) -> str:
    """Text for one cell of a table."""
    return " ".join(str(text).replace("|", "\\|").split())


def test_of(tests: dict[str, Any]) -> str:
    """An expectation in words."""
    name, bound = next(iter(tests.items()))
    return f"{name.replace('_', ' ')} {', '.join(bound) if isinstance(bound, tuple) else bound}"


def _frameworks(catalogue: Catalogue) -> str:
    lines = [
        "# Frameworks\n",
        "| framework | version | in force | requirements | answered in part or wholly |",
        "|---|---|---|---|---|",
    ]
    for frame in catalogue.frameworks.values():
        rows = catalogue.requirements[frame.id]
        until = f" to {frame.superseded_on}" if frame.superseded_on else ""
        met = sum(bool(row.met_by) for row in rows)
        lines.append(
            f"| [{cell(frame.title)}](frameworks/{frame.id}.md) | {frame.version} | from {frame.in_force_from}{until} "
            f"| {len(rows)} | {met} of {len(rows)} |"
        )
    return "\n".join(lines) + "\n"


def _framework(catalogue: Catalogue, frame: Framework) -> str:
    rows = catalogue.requirements[frame.id]
    until = f", superseded on {frame.superseded_on}" if frame.superseded_on else ""
    lines = [
        f"# {frame.title}\n",
        f"`{frame.id}`, version {frame.version} of `{frame.series}`. *In force from* {frame.in_force_from}{until}.\n",
        f"*Publisher:* {frame.publisher}\n\n*Source:* {frame.source}\n\n*Licence:* {frame.licence_note}\n\n{frame.checked.said}\n",
    ]
    if frame.amends:
        taken = len(rows) - sum(row not in catalogue.requirements[frame.amends] for row in rows)
        lines.append(
            f"*Amends* [`{frame.amends}`]({frame.amends}.md) and takes over {taken} of its requirements unchanged.\n"
        )
        lines += [f"- *Removed:* {number}. {why}" for number, why in frame.removes.items()] + [""]
    if frame.addressees:
        lines += ["*Speaks to:*\n", *(f"- `{name}`: {said}" for name, said in frame.addressees.items()), ""]
    for group in frame.groups:
        mine = [row for row in rows if row.group == group.id]
        if not mine and group.parent is not None:
            continue
        dates = "; ".join(f"from {each.since}: {each.to}" for each in group.applies)
        title = group.id if group.title.casefold() == group.id.casefold() else f"{group.id}: {group.title}"
        lines.append(f"## {title}\n" + (f"\n*Applies* {dates}.\n" if dates else ""))
        lines += [part for row in mine for part in _requirement(row)]
    if frame.references:
        lines += ["## References\n", *(f"- {row.id} {row.title} ({row.under})" for row in frame.references), ""]
    if frame.left_out:
        lines += ["## Left out\n", *(f"- {number}: {why}" for number, why in frame.left_out.items()), ""]
    return "\n".join(lines)


def _requirement(row: Requirement) -> Iterator[str]:
    extra = [f"was {', '.join(row.previous)}"] if row.previous else []
    extra += [f"speaks to `{row.addressee}`"] if row.addressee else []
    extra += [f"applies from {each.since} ({each.to})" for each in row.applies]
    extra += [f"{name}: {', '.join(values)}" for name, values in row.tags.items()]
    yield f"### {row.id} {row.title}\n\n{row.says}\n"
    if extra:
        yield f"*{'; '.join(extra)}.*\n"
    if row.note:
        yield f"*Note:* {row.note}\n"
    for kept in row.documented:
        shown = ", ".join(f"`{control}`" for control in kept.shown_by) or "no control asks for it"
        yield f"- *Documented information ({kept.form}):* {kept.what}; shown by {shown}"
    for met in row.met_by:
        yield f"- [`{met.control}`](../controls/{met.control}.md) ({met.extent}): {met.because}"
    if row.not_covered:
        yield f"- *Not covered:* {row.not_covered}"
    yield ""


def _controls(catalogue: Catalogue) -> str:
    lines = [f"# Controls\n\n{len(catalogue.controls)} controls in {len(FAMILIES)} families.\n"]
    for family, title in FAMILIES.items():
        mine = sorted((c for c in catalogue.controls.values() if c.family == family), key=lambda c: c.id)
        lines.append(f"## {title}\n\n| control | what it holds | evidence |\n|---|---|---|")
        lines += [
            f"| [`{c.id}`](controls/{c.id}.md) | {cell(c.title)} | {', '.join(dict.fromkeys(f'`{ask.kind}`' for ask in c.asks))} |"
            for c in mine
        ]
        lines.append("")
    return "\n".join(lines)


def _control(catalogue: Catalogue, control: Control) -> str:
    asks = "".join(_ask(ask) for ask in control.asks)
    applies = ""
    if control.applies_when:
        when = control.applies_when
        applies = (
            f"*Applies when* the system file says `{when.field}` {' or '.join(when.one_of)}, or says nothing of it.\n\n"
        )
    met = [
        f"- {frame.title}: "
        + ", ".join(f"[{row.id}](../frameworks/{frame.id}.md)" for row in catalogue.requirements[frame.id]
                    if any(each.control == control.id for each in row.met_by))
        for frame in catalogue.frameworks.values()
        if any(each.control == control.id for row in catalogue.requirements[frame.id] for each in row.met_by)
    ]  # fmt: skip
    risks = [
        f"`{risk.id}` (−{row.steps} {row.reduces})"
        for risk in catalogue.risks.values()
        for row in risk.mitigated_by
        if row.control == control.id
    ]
    examples = "".join(f"| {cell(each.name)} | {each.comes_to} |\n" for each in control.examples)
    return (
        f"# {control.title}\n\n`{control.id}` · {FAMILIES[control.family.value]} · usually owned by: {control.owner}\n\n"
        f"{control.objective}\n\n*Why:* {control.why}\n\n{applies}## Asks for\n\n{asks}\n"
        f"*A yes here does not say:* {control.false_comfort}\n\n*Cost to show:* {control.cost_to_show}\n\n"
        f"*To turn a no:* {control.remedy}\n\n## Examples\n\n| case | comes to |\n|---|---|\n{examples}\n"
        f"## Answers\n\n{chr(10).join(met) or 'No requirement leans on it.'}\n\n"
        f"*Mitigates:* {', '.join(risks) or 'no risk of the library'}.\n"
    )


def _ask(ask: Ask) -> str:
    return (
        f"- [`{ask.kind}`](../kinds/{ask.kind}.md) about the {ask.about}"
        + (f", purpose `{ask.purpose}`" if ask.purpose else "")
        + (f", topic `{ask.topic}`" if ask.topic else "")
        + "".join(f", where `{name}` is {said}" for name, said in ask.where.items())
        + (f", the newest of each `{ask.each}`" if ask.each else "")
        + (f", at most {ask.within} days old" if ask.within else "")
        + ("; " + ", ".join(f"`{row.field}` {test_of(row.tests)}" for row in ask.expect) if ask.expect else "")
        + "\n"
    )


def _kinds(catalogue: Catalogue) -> str:
    lines = ["# Evidence kinds\n", "| kind | question | comes to be known | fresh for |", "|---|---|---|---|"]
    lines += [
        f"| [`{kind.id}`](kinds/{kind.id}.md) | {cell(kind.question)} | {kind.basis} | {_fresh(kind)} |"
        for kind in catalogue.kinds.values()
    ]
    return "\n".join(lines) + "\n"


def _kind(catalogue: Catalogue, kind: Kind) -> str:
    required = set(kind.body.get("required", ()))
    rows = "".join(
        f"| `{name}` | {_type(field)} | {'yes' if name in required else 'no'} | {cell(field.get('description', ''))} |\n"
        for name, field in kind.body["properties"].items()
    )
    askers = sorted(
        control.id for control in catalogue.controls.values() if any(a.kind == kind.id for a in control.asks)
    )
    asked = ", ".join(f"[`{name}`](../controls/{name}.md)" for name in askers) or "no control"
    examples = "".join(f"- holds: {name}\n" for name in kind.examples.holds)
    examples += "".join(f"- refused: {name}\n" for name in kind.examples.refused)
    return (
        f"# {kind.title}\n\n`{kind.id}` · {kind.basis} · fresh for: {_fresh(kind)}"
        f"{f' · attesting it shows the duty {kind.duty}' if kind.duty else ''}\n\n{kind.question}\n\n"
        f"*Does not say:* {kind.does_not_say}\n\n| field | type | required | meaning |\n|---|---|---|---|\n{rows}\n"
        f"## Examples in the file\n\n{examples}\n"
        f"*Asked for by* {asked}. *Speaks to* {len(graph.reached_by(catalogue, kind.id))} requirements.\n"
    )


def _fresh(kind: Kind) -> str:
    return f"{kind.fresh_for} days" if kind.fresh_for else "does not age"


def _type(field: dict[str, Any]) -> str:
    held = field.get("type") or ("one of " + ", ".join(map(str, field["enum"])) if "enum" in field else "see schema")
    return " or ".join(held) if isinstance(held, list) else str(held)


def _crosswalks(catalogue: Catalogue) -> str:
    lines = ["# Crosswalks\n", "A row proposes reuse of evidence to a person. It sets no verdict.\n"]
    lines += [f"- [{each.head.title}](crosswalks/{each.head.id}.md)" for each in catalogue.crosswalks.values()]
    return "\n".join(lines) + "\n"


def _crosswalk(catalogue: Catalogue, crosswalk: Crosswalk) -> str:
    head = crosswalk.head
    ends = [catalogue.frameworks[name].title for name in (head.source, head.target)]
    lines = [
        f"# {head.title}\n",
        f"*Publisher:* {head.publisher}\n\n*Published as:* {head.published_as}\n",
        f"*Licence:* {head.licence_note}\n\n*Relations:* {head.relations_note}\n",
        f"*Step:* {head.step_note or 'none'}\n\n{head.checked.said}\n",
        f"| {ends[0]} | relation | {ends[1]} | printed as | by | confidence | rationale |",
        "|---|---|---|---|---|---|---|",
    ]
    for link in crosswalk.links():
        said = cell(link.rationale + (f" *{link.note}*" if link.note else ""))
        lines.append(
            f"| {link.source} | {link.relation} | {link.target} | {link.as_published or '–'} | {link.method} | {link.confidence} | {said} |"
        )
    return "\n".join(lines) + "\n"


def _profiles(catalogue: Catalogue) -> str:
    lines = ["# Profiles\n"]
    for profile in catalogue.profiles.values():
        default = " · the default target of a fine-tuned model" if profile.default else ""
        lines.append(f"## {profile.title}\n\n`{profile.id}`, from `{profile.framework}`{default}\n\n{profile.why}\n")
        lines += [f"- **{row.requirement}** {row.because}" for row in profile.rows]
        lines += [f"- *Beside, not in it:* {number}. {why}" for number, why in profile.beside.items()] + [""]
    return "\n".join(lines)

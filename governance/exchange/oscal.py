"""An OSCAL catalog in JSON, read as a framework of our own.

*Takes* the catalog model of OSCAL 1.x (https://pages.nist.gov/OSCAL/reference/): groups at any depth become headings; controls, and the
controls inside them, become requirements under the label they are printed with. Parameters in a statement are put in by
their labels in brackets, as in "[Assignment: frequency]". A control marked as withdrawn is left out by name.

*Does not take* guidance, assessment objectives, roles, back matter, and anything a control says of its parameters beyond
their labels. Nobody has mapped what comes out to a control, and each requirement says so.
"""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, Any

import yaml

from governance.domain.framework import file_stem
from governance.errors import UnreadableError
from governance.parsing import canonical, strict_json

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

MOST_CONTROLS = 5_000
_LONGEST = 3_900
_LONGEST_ID = 60
_MOST_INSERTS = 200  # in one statement and one go: a choice that holds itself a thousand times may not fill the memory
_INSERT = re.compile(r"\{\{\s*(?:insert:\s*)?param,?\s*([^\s{}]+)\s*\}\}")
_OTHER_LABELS = {"zero-padded", "sp800-53a"}
UNMAPPED = "Imported from an OSCAL catalog; nobody has mapped it to a control yet."


def framework(data: bytes, framework_id: str, *, where: str, day: date) -> dict[str, bytes]:
    """The content files of a framework, by path, from the bytes of a catalog. `day` is the day of the import.

    Raises `UnreadableError` for what is no catalog, one without controls, and two controls that would share a file.
    """
    catalog = _field(strict_json.loads(data, where=where), "catalog", dict, where)
    metadata = _field(catalog, "metadata", dict, where)
    groups: list[dict[str, Any]] = []
    rows: dict[str, dict[str, Any]] = {}
    left_out: dict[str, str] = {}
    labels = _parameters(catalog)
    for place, (group, control) in enumerate(_controls(catalog, groups, where), 1):
        number = _label(control)
        if not (_labels(control) or any(_text(control.get(name)) for name in ("id", "title")) or _words(control)):
            raise UnreadableError(
                f"control {place} of the catalog, under the heading {group[:60]!r}, has neither id, label, title nor text",
                where=where,
                hint="Give it an id, or take it out.",
            )
        if (why := _withdrawn(control)) is not None:
            left_out[number] = why
            continue
        stem = file_stem(number)
        if stem in {"", "framework"}:  # the head of a framework has that name
            raise UnreadableError(f"no file can be named after the control {number!r}", where=where)
        if stem in rows:
            raise UnreadableError(f"two controls would be {stem}.yaml", where=where)
        if len(rows) >= MOST_CONTROLS:
            raise UnreadableError(f"more than {MOST_CONTROLS:,} controls", where=where)
        rows[stem] = _requirement(number, group, control, labels)
    if not rows:
        raise UnreadableError("the catalog has no controls", where=where)
    folder = f"controls/frameworks/{framework_id}"
    head = _head(framework_id, metadata, groups, len(rows), left_out, day, f"{where}, {canonical.sha256(data)}")
    files = {f"{folder}/framework.yaml": head} | {f"{folder}/{stem}.yaml": row for stem, row in rows.items()}
    return {path: _yaml(value) for path, value in files.items()}


def _field(value: Any, name: str, kind: type, where: str) -> Any:
    held = value.get(name) if isinstance(value, dict) else None
    if not isinstance(held, kind):
        raise UnreadableError(f"no OSCAL catalog: {name} is not there", where=where, hint="Give a catalog in JSON.")
    return held


def _controls(
    catalog: Mapping[str, Any], groups: list[dict[str, Any]], where: str
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every control with the id of its heading, in the order of the catalog; headings are added to `groups`."""
    stack: list[tuple[dict[str, Any], str | None]] = [(dict(catalog), None)]
    while stack:
        node, parent = stack.pop(0)
        loose = _list(node, "controls")
        if parent is None and loose:
            groups.append({"id": "catalog", "title": "Controls under no heading"})
        for control in loose:
            yield from _with_enhancements(parent or "catalog", control)
        inner: list[tuple[dict[str, Any], str | None]] = []
        for group in _list(node, "groups"):
            if len(groups) >= MOST_CONTROLS:
                raise UnreadableError(f"more than {MOST_CONTROLS:,} headings", where=where)
            made = {
                "id": _text(group.get("id")) or (_labels(group) or [f"heading {len(groups) + 1}"])[0],
                "title": _text(group.get("title")) or "Without a title",
            }
            groups.append(made | ({"parent": parent} if parent else {}))
            inner.append((group, made["id"]))
        stack = inner + stack


def _with_enhancements(group: str, control: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    yield group, control
    for inner in _list(control, "controls"):
        yield from _with_enhancements(group, inner)


def _list(node: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
    held = node.get(name)
    return [each for each in held if isinstance(each, dict)] if isinstance(held, list) else []


def _labels(node: Mapping[str, Any]) -> list[str]:
    """The labels as they are printed, without those that sort or assess."""
    labels = [
        _text(prop.get("value"))
        for prop in _list(node, "props")
        if prop.get("name") == "label" and str(prop.get("class", "")).lower() not in _OTHER_LABELS
    ]
    return [label for label in labels if label]


def _label(control: Mapping[str, Any]) -> str:
    number = (_labels(control) or [_text(control.get("id"))])[0]
    return number[:_LONGEST_ID].rstrip() or "without an id"


def _withdrawn(control: Mapping[str, Any]) -> str | None:
    status = [
        p for p in _list(control, "props") if p.get("name") == "status" and str(p.get("value")).lower() == "withdrawn"
    ]
    if not status:
        return None
    into = [str(link.get("href", "")).lstrip("#") for link in _list(control, "links")
            if link.get("rel") in {"incorporated-into", "moved-to"}]  # fmt: skip
    return "Withdrawn in the source" + (f"; see {', '.join(into)}." if into else ".")


def _parameters(node: Mapping[str, Any]) -> dict[str, str]:
    """The words that stand for each parameter, by its id and its other ids."""
    found: dict[str, str] = {}
    others: dict[str, str] = {}
    stack: list[Mapping[str, Any]] = [node]
    while stack:
        at = stack.pop()
        stack += _list(at, "groups") + _list(at, "controls")
        for param in _list(at, "params"):
            select = param.get("select")
            choices = select.get("choice") if isinstance(select, dict) else None
            said = f"[Selection: {'; '.join(map(str, choices))}]" if isinstance(choices, list) else None
            text = said or f"[Assignment: {_text(param.get('label')) or param.get('id')}]"
            found[str(param.get("id"))] = text[:_LONGEST]
            aliases = [str(p.get("value")) for p in _list(param, "props") if p.get("name") == "alt-identifier"]
            others |= dict.fromkeys(aliases, text[:_LONGEST])
    return others | found  # an id of its own says more than another's second name


def _requirement(number: str, group: str, control: dict[str, Any], labels: dict[str, str]) -> dict[str, Any]:
    title = _text(control.get("title")) or number
    says = _filled(_words(control), labels) or f"{title}; the catalog states no more."
    row: dict[str, Any] = {"id": number, "title": title[:_LONGEST], "says": says, "group": group}
    if len(says) > _LONGEST:
        row["says"] = says[:_LONGEST].rsplit(" ", 1)[0] + " […]"
        row["note"] = f"Cut at import after {_LONGEST:,} of {len(says):,} characters; the source has the whole text."
    return row | {"not_covered": UNMAPPED}


def _words(control: Mapping[str, Any]) -> str:
    """What a control states, with its parameters still to be put in."""
    return " ".join(_statement(control, top=True))


def _statement(node: Mapping[str, Any], *, top: bool) -> Iterator[str]:
    for part in _list(node, "parts"):
        if top and part.get("name") != "statement":
            continue
        labels = _labels(part)
        prose = _text(part.get("prose"))
        if prose:
            yield f"{labels[0]} {prose}" if labels and not top else prose
        yield from _statement(part, top=False)


def _filled(text: str, labels: dict[str, str]) -> str:
    for _ in range(4):  # a choice may hold a parameter of its own; one that holds itself ends here
        text = _INSERT.sub(lambda match: labels.get(match[1], match[0]), text, count=_MOST_INSERTS)
    return " ".join(_INSERT.sub(r"[Assignment: \1]", text).split())


def _text(value: Any) -> str:
    return " ".join(str(value).split()) if isinstance(value, str | int | float) else ""


def _head(
    framework_id: str,
    metadata: Mapping[str, Any],
    groups: list[dict[str, Any]],
    count: int,
    left_out: dict[str, str],
    day: date,
    source: str,
) -> dict[str, Any]:
    since = next((str(metadata[name])[:10] for name in ("published", "last-modified") if metadata.get(name)), "")
    try:
        in_force = date.fromisoformat(since)
    except ValueError:
        in_force = day
    parties = [_text(party.get("name")) for party in _list(metadata, "parties")]
    return {
        "id": framework_id,
        "series": framework_id,
        "title": _text(metadata.get("title")) or framework_id,
        "version": _text(metadata.get("version")) or "not stated",
        "publisher": next((party for party in parties if party), "Not stated in the catalog"),
        "source": f"OSCAL catalog {source}",
        "licence_note": "The words are those of the catalog. Whether they may be passed on is for its publisher to say.",
        "in_force_from": in_force,
        "checked": {
            "by": "Nobody yet; the file was read by this program",
            "on": day,
            "against": ["The catalog itself, nothing else"],
            "result": f"{count} controls were taken over, {len(left_out)} withdrawn ones left out.",
            "not_checked": "Whether the catalog is what its publisher meant, and every mapping to a control: there is none.",
        },
        "requirement_count": count,
        "groups": groups,
        **({"left_out": left_out} if left_out else {}),
    }


class _Dumper(yaml.SafeDumper):
    """Writes what `strict_yaml` reads back as it was: no aliases, and quotes around what it takes for a number."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002
        """Two fields may hold one day."""
        return True


_Dumper.add_implicit_resolver("tag:yaml.org,2002:float", re.compile(r"^[-+.0-9][-+.0-9eE]*$"), list("-+.0123456789"))


def _yaml(value: dict[str, Any]) -> bytes:
    text: str = yaml.dump(value, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=116)
    return text.encode()

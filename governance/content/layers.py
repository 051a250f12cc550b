"""Whose content is read, and what of an earlier root stands: ours, over it the organisation's, over both the workspace's own.

A workspace names the folders of its organisation in its configuration, `content = ["../organisation"]`. A later root adds and replaces
files. But a *floor*, a policy with `floor: true`, is the organisation's word to every project: a later root can replace neither it nor a
control, a suite or a kind that it leans on, for a floor over an emptied control asks nothing. A project asks more in a policy of its own.
"""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING

from governance.content import loader, places
from governance.domain.policy import Policy
from governance.errors import ContentError, UnreadableError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

CONFIG = "governance.toml"
NAMED = "content"
_HOMES = {"control": "controls/catalogue", "kind": "evidence/kinds", "suite": "evidence/suites"}
_LEANT_ON = ("policies/", "controls/catalogue/", "controls/frameworks/", "evidence/")
_HINT = "Give it another id. A floor is asked with every policy, so a policy of your own can ask more, and never less."


def roots(workspace: Path | None) -> tuple[Path, ...]:
    """The folders whose content is read, the first one ours; of a workspace its organisation's before its own."""
    ours = places.builtin_root()
    return (ours,) if workspace is None else (ours, *organisation(workspace), workspace)


def organisation(workspace: Path) -> tuple[Path, ...]:
    """The folders that the configuration of a workspace names. Raises `UnreadableError`, and `UsageError` for one without content."""
    config = workspace / CONFIG
    if not config.is_file():
        return ()
    try:
        named = tomllib.loads(config.read_text("utf-8")).get(NAMED, [])
    except (OSError, ValueError) as error:
        raise UnreadableError(f"not TOML: {error}", where=str(config)) from None
    if not isinstance(named, list) or not all(isinstance(each, str) and each for each in named):
        raise UnreadableError(
            f"{NAMED} is no list of folders", where=str(config), hint=f'Write {NAMED} = ["../organisation"].'
        )
    found = tuple(workspace / each for each in named)
    for folder in found:
        if not places.holds_content(folder):
            said = f"{NAMED} names {folder}, and there is no content in it"
            raise UsageError(said, where=str(config), hint=f"Content lies in: {', '.join(places.FOLDERS)}.")
    return found


def read(roots: Sequence[Path]) -> dict[str, bytes]:
    """All content files by relative path, later roots over earlier ones. Raises `ContentError` where one would stand instead of a floor."""
    files: dict[str, bytes] = {}
    homes: dict[str, Path] = {}
    for root in roots:
        own = places.read_all([root])
        over = [path for path, data in own.items() if files.get(path, data) != data]
        kept = dict(_kept(files)) if over else {}
        for path in over:
            if path in kept:
                raise ContentError(
                    f"would stand instead of {homes[path] / path}, {kept[path]}", where=str(root / path), hint=_HINT
                )
        files |= own
        homes |= dict.fromkeys(own, root)
    return dict(sorted(files.items()))


def _kept(files: Mapping[str, bytes]) -> Iterator[tuple[str, str]]:
    """(path, why it stands) of every floor and of what it leans on."""
    floors = []
    for path, data in files.items():
        if path.startswith("policies/"):
            try:
                floors += [path] if loader.read(Policy, data, where=path).floor else []
            except ContentError as error:
                yield path, f"which can not be read, so nobody knows whether it is a floor: {error.message}"
    if not floors:
        return
    import networkx as nx

    from governance.content import graph

    judging = {path: data for path, data in files.items() if path.startswith(_LEANT_ON)}
    catalogue, _ = loader.survey(judging)
    leant = graph.graph_of(catalogue)
    for path in floors:
        name = path.removeprefix("policies/").removesuffix(".yaml")
        for what, other in nx.descendants(leant, ("policy", name)) if ("policy", name) in leant else ():
            if what in _HOMES:
                yield f"{_HOMES[what]}/{other}.yaml", f"on which the floor {name} leans"
    for path in floors:
        yield path, "which is a floor"

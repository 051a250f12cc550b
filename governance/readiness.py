"""Whether this machine and this workspace are fit to be asked: version, ledger, key, content, extras, clock.

Nothing is written, and no network is asked. What can not be looked at is told as that.
"""

from __future__ import annotations

import os
import stat
import sys
from importlib.util import find_spec
from typing import TYPE_CHECKING

from governance import __version__
from governance.errors import GovernanceError, UsageError
from governance.wiring.findings import Finding, State

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime
    from pathlib import Path

    from governance.workspace import Workspace

EXTRAS = {"statistics": ("numpy", "scipy"), "documents": ("babel", "matplotlib", "weasyprint", "xlsxwriter")}
"""What each extra brings, by the name it is imported under."""
NEEDED = "statistics"
"""The extra without which the policies that come along can not judge numbers."""


def findings(folder: Path, clock: Callable[[], datetime]) -> Iterator[Finding]:
    """All of it, for the workspace in a folder."""
    from governance.workspace import CONFIG, Workspace

    yield Finding("version", State.OK, f"govern {__version__} on Python {sys.version.split()[0]}.")
    yield from extras(lambda name: find_spec(name) is not None)
    config = str(folder / CONFIG)
    if not (folder / CONFIG).is_file():
        said = "There is no workspace in this folder, so nothing of one was looked at."
        yield Finding(
            "workspace",
            State.COULD_NOT_TELL,
            said,
            str(folder),
            0,
            "Name it with --workspace, or make one with: govern init.",
        )
        return
    try:
        opened = Workspace(folder, clock)
    except GovernanceError as error:
        yield _of(error, "workspace", config)
        return
    try:
        systems = opened.ledger.systems()
        names = ", ".join(systems) or "none"
        yield Finding("workspace", State.OK if systems else State.PROBLEM, f"It opens. Systems: {names}.", config, 0,
                      "" if systems else "A gate over no system answers nothing: govern system add FILE.yaml.")  # fmt: skip
        yield from ledger(opened)
        yield from key(folder)
        yield from content(opened)
        yield from moment(opened, clock())
    except GovernanceError as error:
        yield _of(error, "workspace", config)
    finally:
        opened.ledger.close()


def extras(installed: Callable[[str], bool]) -> Iterator[Finding]:
    """Whether each extra is there whole."""
    for name, modules in EXTRAS.items():
        missing = [module for module in modules if not installed(module)]
        if not missing:
            yield Finding("extras", State.OK, f"The extra {name} is installed.")
            continue
        said = f"The extra {name} is not installed whole: {', '.join(missing)} missing."
        remedy = f"pip install 'governance-evidence[{name}]'"
        if name == NEEDED:
            yield Finding("extras", State.PROBLEM, f"{said} Policies that judge numbers can not answer.", remedy=remedy)
        else:
            yield Finding("extras", State.OK, f"{said} A gate needs none of it.", remedy=remedy)


def ledger(opened: Workspace) -> Iterator[Finding]:
    """The tree held against the entries; bodies are left to `govern ledger verify`, which takes longer."""
    where = str(opened.root / "ledger.db")
    check = opened.ledger.verify()
    if check.problem is not None:
        yield Finding(
            "ledger",
            State.PROBLEM,
            f"{check.problem}.",
            where,
            0,
            "Somebody changed it: govern ledger fsck, and a copy from before.",
        )
    else:
        yield Finding(
            "ledger", State.OK, f"{check.checkpoint.size} entries, and each is what the tree says it was.", where
        )


def key(folder: Path) -> Iterator[Finding]:
    """The ledger's private key. A gate does not need it, so a pipeline is better off without one."""
    path = folder / "keys" / "ledger.pem"
    try:
        mode = stat.S_IMODE(path.stat().st_mode)
    except OSError:
        said = "It is not here. A gate does without it; checkpoints and packs can not be signed."
        yield Finding("key", State.OK, said, str(path))
        return
    if os.name == "nt":
        yield Finding("key", State.COULD_NOT_TELL, "Who can read it is not told by this system's modes.", str(path))
    elif mode & 0o077:
        said = f"Others can read it (mode {mode:03o}), and it is refused."
        yield Finding(
            "key", State.PROBLEM, said, str(path), 0, f"Run: chmod 600 {path}, and think of who may have read it."
        )
    else:
        yield Finding("key", State.OK, "It is its owner's alone.", str(path))


def content(opened: Workspace) -> Iterator[Finding]:
    """Whether all content can be read, and which floors of the organisation stand under every policy."""
    from governance.content import layers

    where = str(opened.root)
    try:
        policies = opened.catalogue.policies
    except GovernanceError as error:
        yield _of(error, "content", where)
        return
    yield Finding("content", State.OK, f"{len(policies)} policies, {len(opened.catalogue.controls)} controls.", where)
    if opened.default_policy not in policies:
        said = f"The policy {opened.default_policy!r} that the workspace names is not there."
        yield Finding("content", State.PROBLEM, said, where, 0, f"One of: {', '.join(sorted(policies))}.")
    floors = sorted(name for name, policy in policies.items() if policy.floor)
    named = [str(each) for each in layers.organisation(opened.root)]
    if floors:
        yield Finding("floors", State.OK, f"Asked of every system: {', '.join(floors)}.", where)
    elif named:
        said = f"Content of the organisation is read from {', '.join(named)}, and no policy in it is a floor."
        yield Finding(
            "floors",
            State.PROBLEM,
            said,
            where,
            0,
            "Write `floor: true` into the policy that nobody may ask less than.",
        )
    else:
        said = "No floor: whoever writes the policies of this repository says how much is asked."
        remedy = 'Where an organisation has floors, name its content in governance.toml: content = ["../organisation"].'
        yield Finding("floors", State.OK, said, where, 0, remedy)


def moment(opened: Workspace, now: datetime) -> Iterator[Finding]:
    """The clock, held against the entries: none of them can come from the future."""
    last = max((entry.recorded_at for entry in opened.ledger.entries()), default=None)
    if last is not None and last > now:
        said = f"The clock says {now:%Y-%m-%d %H:%M} UTC, and the last entry was recorded at {last:%Y-%m-%d %H:%M} UTC."
        yield Finding(
            "clock", State.PROBLEM, said, "", 0, "Set the clock of this machine: what is stale is judged by it."
        )
    else:
        yield Finding("clock", State.OK, f"It says {now:%Y-%m-%d %H:%M} UTC, which is after every entry.")


def _of(error: GovernanceError, rule: str, where: str) -> Finding:
    """A finding that an error makes."""
    state = State.COULD_NOT_TELL if isinstance(error, UsageError) else State.PROBLEM
    return Finding(rule, state, f"{error.message}.", error.where or where, 0, error.hint)

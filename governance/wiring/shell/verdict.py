"""What becomes of the exit code of each call of the gate in a script."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from governance.wiring.shell import grammar
from governance.wiring.shell.commands import Reading
from governance.wiring.shell.states import OTHER, State, TooManyPathsError
from governance.wiring.shell.words import NotUnderstoodError

if TYPE_CHECKING:
    from governance.wiring.files import Files
    from governance.wiring.shell.calls import Call

CODES = {1: "no", 3: "could not tell", 5: "duties not apart"}
"""The answers of the gate that must not pass, by exit code."""


@dataclass(frozen=True)
class Kept:
    """One call. `lost` and `unsure` are the exit codes that the script hides, or may hide; `sometimes`: it may pass the call by."""

    call: Call
    lost: tuple[int, ...] = ()
    unsure: tuple[int, ...] = ()
    sometimes: bool = False
    why: str = ""


@dataclass(frozen=True)
class Script:
    """All calls in a script; what was called and not followed; and why the script is not understood, where it is not."""

    calls: tuple[Kept, ...] = ()
    unfollowed: tuple[tuple[str, int, str], ...] = ()
    not_understood: str = ""
    line: int = 0
    ends_badly: bool = field(default=False)
    """Whether it fails by itself, in whatever way it goes."""


def think(
    text: str, files: Files, *, where: str, line: int = 1, stops: bool = True, pipefail: bool = False, folder: str = ""
) -> Script:
    """Think a script through. `line` is that of its first line in the file `where`; `stops` and `pipefail` are how its shell begins."""
    begun = State(stops=stops, pipefail=pipefail, folder=folder)
    try:
        body = grammar.parse(text, line)
        first = Reading(files, where)
        ends = first.script(body, begun)
        found = []
        for key, call in first.calls.items():
            ended = {}
            for code in CODES:
                ended[code] = Reading(files, where, key, code).script(body, begun)
            found.append(_kept(call, ended))
    except NotUnderstoodError as error:
        return Script(not_understood=error.what, line=error.line or line)
    except (TooManyPathsError, RecursionError):
        return Script(not_understood="more ways through it than are looked at", line=line)
    return Script(
        tuple(found), tuple(first.unfollowed), ends_badly=bool(ends) and all(at.status not in (0, None) for at in ends)
    )


def _kept(call: Call, ended: dict[int, list[State]]) -> Kept:
    lost, unsure, why, sometimes = [], [], "", False
    for code, states in ended.items():
        after = [at for at in states if at.failed]
        well = [at for at in after if at.status == 0]
        kept = [at for at in after if at.status not in (0, None, OTHER)]
        sometimes |= any(not at.failed and at.status == 0 for at in states)
        if well and not kept:
            lost.append(code)
            why = why or next((at.why for at in well if at.why), "")
        elif well or not kept:
            unsure.append(code)
            why = why or next((at.why for at in after if at.why), "")
    return Kept(call, tuple(lost), tuple(unsure), sometimes, why)

"""A script thought through: how does it end if this call of the gate says no and all else goes well.

An interpreter over what is known of exit codes, after XCU 2.8 and 2.9 of POSIX.1-2024 and the manual of bash for `set -e` and `pipefail`.
A command that decides something and is not understood may go either way, and both ways are followed.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from governance.wiring.shell.states import OTHER, Path, State, fewer
from governance.wiring.shell.tree import Body, Case, Chain, Function, Group, If, Loop, Pipeline, Simple

if TYPE_CHECKING:
    from collections.abc import Callable

    from governance.wiring.shell.tree import Command

_STEPS = 20_000

NEXT = "the exit code of the next command takes its place, for the shell does not stop at an error (no `set -e`)"


class Thinking:
    """Follows lists, pipelines and compounds. `simple` answers for simple commands: (command, state, whether it decides something)."""

    def __init__(self, simple: Callable[[Simple, State, bool, bool], list[Path]]) -> None:
        self.simple = simple
        self.steps = 0

    def body(self, body: Body, state: State, *, ignored: bool = False, decides: bool = False) -> list[Path]:
        """A list. `ignored`: no failure in it stops the shell, because it is a condition. `decides`: its exit code is asked for."""
        going: list[Path] = [(state, "")]
        for number, chain in enumerate(body.chains):
            last = decides and number == len(body.chains) - 1
            going = fewer(
                [
                    path
                    for at, end in going
                    for path in ([(at, end)] if end else self._chain(chain, at, ignored=ignored, decides=last))
                ]
            )
        return going

    def apart(self, command: Command | Body, state: State, *, ignored: bool, decides: bool = False) -> list[State]:
        """In a shell of its own: nothing of it stays but its exit code."""
        fresh = replace(state, trap="")
        if isinstance(command, Body):
            paths = self.body(command, fresh, ignored=ignored, decides=decides)
        else:
            paths = self.pipeline(Pipeline((command,)), fresh, ignored=ignored, decides=decides)
        ends = [final(at) for at, _ in paths]
        return list(dict.fromkeys(replace(state, status=at.status, failed=at.failed, why=at.why) for at in ends))

    def _chain(self, chain: Chain, state: State, *, ignored: bool, decides: bool) -> list[Path]:
        if chain.apart:
            ends = self.apart(Body((Chain(chain.first, chain.rest),)), state, ignored=ignored)
            return [
                (
                    replace(
                        at.ended(0, "it runs in the background (`&`), and nothing waits for it"), background=at.status
                    ),
                    "",
                )
                for at in ends
            ]
        pipelines = [("", chain.first), *chain.rest]
        going: list[Path] = [(state, "")]
        for number, (operator, pipeline) in enumerate(pipelines):
            last = number == len(pipelines) - 1
            made: list[Path] = []
            for at, end in going:
                if end or not _goes_on(operator, at.status):
                    made.append((at, end))
                    continue
                if operator and at.status is None:
                    made.append((at, end))
                after = self.pipeline(pipeline, at, ignored=ignored or not last, decides=decides or not last)
                if operator == "||":
                    after = [(_after_or(at, then), how) for then, how in after]
                made += after
            going = fewer(made)
        return going

    def pipeline(self, pipeline: Pipeline, state: State, *, ignored: bool, decides: bool) -> list[Path]:
        """Commands with pipes between them, and what `set -e` does after them."""
        self.steps += 1
        if self.steps > _STEPS:
            raise RecursionError
        quiet = ignored or pipeline.negated
        asked = decides or pipeline.negated
        only = pipeline.commands[0]
        many = len(pipeline.commands) > 1
        if many:
            paths = [(at, "") for at in self._piped(pipeline.commands, state, ignored=quiet, decides=asked)]
        else:
            paths = self._command(only, state, ignored=quiet, decides=asked)
        if pipeline.negated:
            paths = [(at if end else at.ended(_turned(at.status), "`!` turns it round"), end) for at, end in paths]
        stopping = many or isinstance(only, Simple) or (isinstance(only, Group) and only.apart)
        if quiet or not stopping:
            return paths
        return [(at, "exit" if not end and at.stops and at.status != 0 else end) for at, end in paths]

    def _piped(self, commands: tuple[Command, ...], state: State, *, ignored: bool, decides: bool) -> list[State]:
        states: list[tuple[State, tuple[int | None, ...]]] = [(state, ())]
        for number, command in enumerate(commands):
            last = number == len(commands) - 1
            states = fewer(
                [
                    (replace(at, failed=end.failed, why=end.why), (*codes, end.status))
                    for at, codes in states
                    for end in self.apart(command, at, ignored=ignored, decides=decides and last)
                ]
            )
        made = []
        for at, codes in states:
            failing = [code for code in codes if code != 0]
            status = failing[-1] if state.pipefail and failing else codes[-1]
            lost = at.failed and not state.failed and status == 0
            why = "it stands before a pipe, and the shell runs without `pipefail`" if lost else at.why
            made.append(replace(at, status=status, pipe=codes, why=why))
        return list(dict.fromkeys(made))

    def _command(self, command: Command, state: State, *, ignored: bool, decides: bool) -> list[Path]:
        if isinstance(command, Simple):
            before = (
                replace(state, why=NEXT) if state.failed and state.status not in (0, None) and not state.why else state
            )
            return self.simple(command, before, ignored, decides)
        if isinstance(command, Group):
            if command.apart:
                return [(at, "") for at in self.apart(command.body, state, ignored=ignored, decides=decides)]
            return self.body(command.body, state, ignored=ignored, decides=decides)
        if isinstance(command, If):
            return self._if(command, state, ignored=ignored, decides=decides)
        if isinstance(command, Loop):
            return self._loop(command, state, ignored=ignored)
        if isinstance(command, Case):
            return self._case(command, state, ignored=ignored)
        assert isinstance(command, Function)  # noqa: S101 - the last of the kinds
        return [(replace(state, functions=(*state.functions, (command.name, command.body)), status=0), "")]

    def _if(self, command: If, state: State, *, ignored: bool, decides: bool) -> list[Path]:
        made: list[Path] = []
        asking = [state]
        for condition, then in command.branches:
            still: list[State] = []
            for each in asking:
                for at, end in self.body(condition, each, ignored=True, decides=True):
                    if end:
                        made.append((at, end))
                    else:
                        if at.status in (0, None):
                            made += self.body(then, at, ignored=ignored, decides=decides)
                        if at.status != 0:
                            still.append(at)
            asking = list(dict.fromkeys(still))
        for at in asking:
            if command.otherwise is None:
                made.append((at.ended(0, "it is the condition of an `if`, and no branch of that fails"), ""))
            else:
                made += self.body(command.otherwise, at, ignored=ignored, decides=decides)
        return fewer(made)

    def _loop(self, command: Loop, state: State, *, ignored: bool) -> list[Path]:
        made: list[Path] = []
        for at, end in [(state, "")] if command.condition is None else self.body(
            command.condition, state, ignored=True, decides=True
        ):  # fmt: skip
            runs = at.status is None or (at.status == 0) != command.until
            if end:
                made.append((at, end))
                continue
            if command.condition is not None and (not runs or at.status is None):
                made.append((at.ended(0, "it is the condition of a loop, which ends well when it fails"), ""))
            if command.condition is None or runs:
                begun = at.failed and not state.failed
                after = self.body(command.body, at, ignored=ignored)
                again = [
                    path for then, how in after if then.failed and how in ("", "continue")
                    for path in self.body(command.body, then, ignored=ignored)
                ]  # fmt: skip
                made += [_out_of_loop(path, unsure=begun) for path in (*after, *again)]
        return fewer(made)

    def _case(self, command: Case, state: State, *, ignored: bool) -> list[Path]:
        value = state.value(command.subject.text)
        made: list[Path] = []
        for patterns, then in command.branches:
            if isinstance(value, int) and not ({str(value), "*", "[0-9]", "?"} & set(patterns)):
                continue
            made += self.body(then, replace(state, status=0) if not then.chains else state, ignored=ignored)
            if isinstance(value, int) or "*" in patterns:
                return fewer(made)
        return fewer([*made, (state.ended(0, "it is the word of a `case` without a branch for it"), "")])


def final(state: State) -> State:
    """A state at the end of its shell, where a `trap` has its say."""
    if state.trap == "ok":
        return state.ended(0, "a `trap` ends the shell with 0")
    return replace(state, status=None) if state.trap and state.status != 0 else state


def _goes_on(operator: str, status: int | None) -> bool:
    return not operator or status is None or (status == 0) == (operator == "&&")


def _after_or(before: State, then: State) -> State:
    """What stands after `||` has the last word."""
    lost = before.failed and before.status not in (0, None) and then.status == 0
    return replace(then, why="what stands after `||` ends well") if lost else then


def _turned(status: int | None) -> int | None:
    return None if status is None else (OTHER if status == 0 else 0)


def _out_of_loop(path: Path, *, unsure: bool) -> Path:
    state, end = path
    if end in ("break", "continue"):
        state, end = replace(state, status=0), ""
    return (replace(state, status=None), end) if unsure and not end else (state, end)

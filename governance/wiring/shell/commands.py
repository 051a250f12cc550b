"""What single commands do to the exit code: the gate, what the shell has built in, what runs something else, and all the rest."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from governance.wiring import makefiles
from governance.wiring.files import inside
from governance.wiring.shell import calls, grammar
from governance.wiring.shell.calls import Call
from governance.wiring.shell.states import OTHER, Path, State, decided, fewer
from governance.wiring.shell.thinking import Thinking, final
from governance.wiring.shell.tree import Body, Simple, Word
from governance.wiring.shell.words import NotUnderstoodError

if TYPE_CHECKING:
    from governance.wiring.files import Files

DEPTH = 3
"""Scripts that call scripts, and targets that call targets, are followed so deep."""
SUBSTITUTED = "it runs in a substitution, and the command around it has the last word"
_PREDICATES = frozenset({"[", "test", "[[", "(("})
_WELL = frozenset({":", "true", "echo", "printf"})
_SHEBANG = re.compile(rb"^#!\s*\S*?(?:/env\s+(?:-S\s+)?)?(\w+)((?:\s+-\S+)*)\s*$")


class Reading:
    """Thinks one script through with one call of the gate that says no with `code`; with `target` None it only finds the calls.

    `calls` are those that were come upon, `unfollowed` what was called and could not be looked into.
    """

    def __init__(self, files: Files, where: str, target: tuple[str, int, str] | None = None, code: int = 1) -> None:
        self.files, self.where, self.target, self.code = files, where, target, code
        self.calls: dict[tuple[str, int, str], Call] = {}
        self.unfollowed: list[tuple[str, int, str]] = []
        self.depth = 0
        self.thinking = Thinking(self.simple)

    def script(self, body: Body, state: State) -> list[State]:
        """How a script can end."""
        return list(dict.fromkeys(final(at) for at, _ in self.thinking.body(body, state)))

    def simple(self, command: Simple, state: State, ignored: bool, decides: bool) -> list[Path]:
        """A simple command, its substitutions first."""
        states = [state]
        for word in (*(value for _, value in command.assignments), *command.words):
            for body in word.runs:
                inner = [replace(at, stops=False) for at in states]
                states = fewer(
                    [
                        replace(at, stops=state.stops)
                        for each in inner
                        for at in self.thinking.apart(body, each, ignored=ignored)
                    ]
                )
        made: list[Path] = []
        for at in dict.fromkeys(
            replace(at, why=SUBSTITUTED if at.failed and not state.failed else at.why) for at in states
        ):
            if command.words:
                made += self._named(command, at, state.status, ignored, decides)
            else:
                made.append((_assigned(command, at, state.status), ""))
        return made

    def _named(self, command: Simple, state: State, before: int | None, ignored: bool, decides: bool) -> list[Path]:
        """A command with a name. `before` is the exit code that `$?` stands for in its words."""
        words, name = list(command.words), calls.base(command.words[0])
        given = calls.gate_words(words)
        if given is not None:
            return self._gate(Call(self.where, command.line, given), state)
        if words[0].text in dict(state.functions):
            return self._function(words[0].text, state, ignored, decides)
        special = getattr(self, f"_do_{name}", None) if re.fullmatch(r"[a-z]+", name) else None
        if special is not None and words[0].text == name:
            paths: list[Path] = special(words, replace(state, status=before), ignored)
            return paths
        return self._running(command, state, ignored, decides) or self._plain(
            words, command.line, state, before, decides
        )

    def _running(self, command: Simple, state: State, ignored: bool, decides: bool) -> list[Path]:
        """A command that runs something else; nothing where it is none."""
        name = calls.base(command.words[0])
        if name in calls.SHELLS:
            return self._shell(command, state)
        if name in calls.PASSING:
            return self._passed_on(command, state, ignored, decides)
        if name in ("make", "gmake"):
            return self._make(list(command.words), command.line, state)
        flags = self._shebang(command.words[0].text, state) if "/" in command.words[0].text else None
        return self._run_file(command.words[0].text, state, command.line, *flags) if flags is not None else []

    def _plain(self, words: list[Word], line: int, state: State, before: int | None, decides: bool) -> list[Path]:
        name = calls.base(words[0])
        if name in _PREDICATES:
            return self._either(state, decided(words, replace(state, status=before)))
        if calls.speaks_of_gate(words) and name not in calls.TALKING and name not in calls.DECLARING:
            return self._gate(Call(self.where, line, tuple(words), unclear=name), state)
        if name in calls.DECLARING:
            return [(state.ended(0, f"`{name}` ends well, whatever the command in it says"), "")]
        return self._other(name, state, decides=decides)

    def _other(self, name: str, state: State, *, decides: bool) -> list[Path]:
        """A command that is not the gate: it goes well, unless something hangs on it."""
        if name == "false":
            return [(state.ended(OTHER), "")]
        well = (replace(state, status=0), "")
        return [well, (replace(state, status=OTHER), "")] if decides and name not in _WELL else [well]

    def _either(self, state: State, answer: bool | None) -> list[Path]:
        if answer is not None:
            return [(replace(state, status=0 if answer else 1), "")]
        return [(replace(state, status=0), ""), (replace(state, status=OTHER), "")]

    def _gate(self, call: Call, state: State) -> list[Path]:
        self.calls[call.key] = call
        if call.key != self.target or state.failed:
            return [(replace(state, status=0), "")]
        return [(replace(state, status=None if call.unclear else self.code, failed=True), "")]

    def _function(self, name: str, state: State, ignored: bool, decides: bool) -> list[Path]:
        self.depth += 1
        if self.depth > DEPTH + 3:
            raise NotUnderstoodError("functions that call each other too deeply", 0)
        body = dict(state.functions)[name]
        from governance.wiring.shell.tree import Chain, Pipeline

        paths = self.thinking.body(Body((Chain(Pipeline((body,))),)), state, ignored=ignored, decides=decides)
        self.depth -= 1
        return [(at, "" if end == "return" else end) for at, end in paths]

    # --- built in --------------------------------------------------------------------------------------------------

    def _do_exit(self, words: list[Word], state: State, _: bool) -> list[Path]:
        value = state.value(words[1].text) if len(words) > 1 else state.status
        status = value if isinstance(value, int) else None
        return [(state.ended(status, "`exit 0` ends the script"), "exit")]

    def _do_return(self, words: list[Word], state: State, ignored: bool) -> list[Path]:
        return [(at, "return") for at, _ in self._do_exit(words, state, ignored)]

    def _do_break(self, _words: list[Word], state: State, _: bool) -> list[Path]:
        return [(state, "break")]

    def _do_continue(self, _words: list[Word], state: State, _: bool) -> list[Path]:
        return [(state, "continue")]

    def _do_set(self, words: list[Word], state: State, _: bool) -> list[Path]:
        at = 1
        while at < len(words) and words[at].text[:1] in ("-", "+") and words[at].text != "--":
            text, on = words[at].text, words[at].text[0] == "-"
            if "e" in text[1:]:
                state = replace(state, stops=on)
            if text.endswith("o"):
                at += 1
                option = words[at].text if at < len(words) else ""
                state = replace(state, stops=on) if option == "errexit" else state
                state = replace(state, pipefail=on) if option == "pipefail" else state
            at += 1
        return [(replace(state, status=0), "")]

    def _do_trap(self, words: list[Word], state: State, _: bool) -> list[Path]:
        signals = {word.text.upper().removeprefix("SIG") for word in words[2:]}
        if len(words) > 2 and signals & {"EXIT", "0", "ERR"}:
            said = words[1].text
            trap = "ok" if re.search(r"\bexit\s+0\b", said) else ("unsure" if re.search(r"\bexit\b", said) else "")
            state = replace(state, trap=trap)
        return [(replace(state, status=0), "")]

    def _do_wait(self, words: list[Word], state: State, _: bool) -> list[Path]:
        if len(words) > 1:
            return [(replace(state, status=state.background), "")]
        return [(state.ended(0, "`wait` without a process ends well"), "")]

    def _do_eval(self, words: list[Word], state: State, ignored: bool) -> list[Path]:
        return self.thinking.body(grammar.parse(" ".join(word.text for word in words[1:])), state, ignored=ignored)

    def _do_source(self, words: list[Word], state: State, ignored: bool) -> list[Path]:
        data = self._file(words[1].text if len(words) > 1 else "", state)
        if data is None or self.depth >= DEPTH:
            return [(replace(state, status=0), "")]
        body = grammar.parse(data.decode("utf-8", "replace"))
        return self._elsewhere(
            inside(f"{state.folder}/{words[1].text}") or "", lambda: self.thinking.body(body, state, ignored=ignored)
        )

    def _do_cd(self, words: list[Word], state: State, _: bool) -> list[Path]:
        folder = inside(f"{state.folder}/{words[1].text}") if len(words) > 1 and words[1].plain else None
        return [(replace(state, folder=folder if folder is not None else state.folder, status=0), "")]

    def _do_exec(self, words: list[Word], state: State, ignored: bool) -> list[Path]:
        if len(words) == 1:
            return [(replace(state, status=0), "")]
        return [(at, end or "exit") for at, end in self.simple(Simple((), tuple(words[1:]), 0), state, ignored, False)]

    # --- what runs something else ----------------------------------------------------------------------------------

    def _passed_on(self, command: Simple, state: State, ignored: bool, decides: bool) -> list[Path]:
        rest = calls.inner(command.words)
        if rest:
            return self.simple(replace(command, words=tuple(rest), assignments=()), state, ignored, decides)
        if calls.speaks_of_gate(command.words):
            return self._gate(
                Call(self.where, command.line, command.words, unclear=calls.base(command.words[0])), state
            )
        return self._other(calls.base(command.words[0]), state, decides=decides)

    def _shell(self, command: Simple, state: State) -> list[Path]:
        stops, pipefail, text, file = calls.shell_flags(command.words)
        if text is not None:
            return self._apart(grammar.parse(text, command.line), state, stops, pipefail)
        if file is not None and file not in ("-", "--"):
            return self._run_file(file, state, command.line, stops, pipefail)
        if command.given:
            return self._apart(grammar.parse(command.given, command.line + 1), state, stops, pipefail)
        return [(replace(state, status=0), "")]

    def _apart(self, body: Body, state: State, stops: bool, pipefail: bool) -> list[Path]:
        fresh = State(stops=stops, pipefail=pipefail, failed=state.failed, folder=state.folder)
        self.depth += 1
        if self.depth > DEPTH + 3:
            raise NotUnderstoodError("scripts that run each other too deeply", 0)
        ends = [final(at) for at, _ in self.thinking.body(body, fresh)]
        self.depth -= 1
        return [(replace(state, status=at.status, failed=at.failed, why=at.why), "") for at in dict.fromkeys(ends)]

    def _file(self, name: str, state: State) -> bytes | None:
        return self.files.read(f"{state.folder}/{name.removeprefix('${{ github.workspace }}/')}")

    def _shebang(self, name: str, state: State) -> tuple[bool, bool] | None:
        """(stops, pipefail) of a script that is run by its name; None where it is no script of a shell that is here."""
        found = _SHEBANG.match((self._file(name, state) or b"").partition(b"\n")[0])
        if found is None or found[1].decode() not in calls.SHELLS:
            return None
        flags = found[2].decode()
        return bool(re.search(r"-[a-z]*e", flags)), "pipefail" in flags

    def _run_file(self, name: str, state: State, line: int, stops: bool, pipefail: bool) -> list[Path]:
        data = self._file(name, state)
        if data is None or self.depth >= DEPTH:
            self.unfollowed.append((self.where, line, name))
            return [(replace(state, status=0), "")]
        body = grammar.parse(data.decode("utf-8", "replace"))
        where = inside(f"{state.folder}/{name}") or name
        return self._elsewhere(where, lambda: self._apart(body, state, stops, pipefail))

    def _elsewhere(self, where: str, follow: object) -> list[Path]:
        before, self.where = self.where, where
        self.depth += 1
        try:
            return follow()  # type: ignore[operator,no-any-return]
        finally:
            self.where = before
            self.depth -= 1

    def _make(self, words: list[Word], line: int, state: State) -> list[Path]:
        folder, file, targets, ignoring = _of_make(words, state)
        names = [f"{folder}/{each}" for each in ([file] if file else makefiles.NAMES)]
        name = next((each for each in names if self.files.read(each) is not None), None)
        if name is None or self.depth >= DEPTH:
            self.unfollowed.append((self.where, line, " ".join(word.text for word in words)))
            return [(replace(state, status=0), "")]
        made = makefiles.read(self.files.read(name) or b"")
        where = inside(name) or name
        paths: list[Path] = [(replace(state, status=0), "")]
        for row in (row for target in (targets or [made.default]) for row in made.lines(target)):
            going: list[Path] = []
            for at, end in paths:
                if end:
                    going.append((at, end))
                    continue
                inner = replace(at, folder=folder)
                body = grammar.parse(row.text, row.number)
                for after, _ in self._elsewhere(
                    where, lambda b=body, s=inner: self._apart(b, s, made.stops, made.pipefail)
                ):
                    going.append(
                        _after_line(replace(after, folder=at.folder), row.ignored or ignoring or made.all_ignored)
                    )
            paths = going
        return [(at, "") for at, _ in paths]


def _after_line(state: State, ignored: bool) -> Path:
    """GNU make stops with 2 at a line that fails, unless a `-` stands before it."""
    if state.status == 0:
        return state, ""
    if ignored:
        return state.ended(0, "make is told to ignore its failure"), ""
    return replace(state, status=None if state.status is None else 2), "exit"


def _of_make(words: list[Word], state: State) -> tuple[str, str, list[str], bool]:
    """(folder, file, targets, whether failures are ignored) of a call of make."""
    folder, file, targets, ignoring, at = state.folder, "", [], False, 1
    while at < len(words):
        text = words[at].text
        after = words[at + 1].text if at + 1 < len(words) else ""
        if text in ("-C", "--directory"):
            folder, at = inside(f"{folder}/{after}") or "", at + 1
        elif text in ("-f", "--file"):
            file, at = after, at + 1
        elif text in ("-i", "--ignore-errors"):
            ignoring = True
        elif not text.startswith("-") and "=" not in text:
            targets.append(text)
        at += 1
    return folder, file, targets, ignoring


def _assigned(command: Simple, state: State, before: int | None) -> State:
    """Variables set; the exit code is that of the last substitution, or 0."""
    substituted = any(value.runs for _, value in command.assignments)
    made = state
    for name, value in command.assignments:
        known = replace(state, status=before).value(value.text) if not value.runs else None
        made = made.keeping(name, known)
    return made if substituted else replace(made, status=0)

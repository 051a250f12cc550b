"""The parts of a script, as "Shell Command Language" of POSIX.1-2024 names them: words, simple commands, pipelines, lists, compounds."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Word:
    """One word, its quotes taken away and its `$…` left standing. `runs` are the command substitutions in it."""

    text: str
    quoted: bool = False
    runs: tuple[Body, ...] = ()

    @property
    def plain(self) -> bool:
        """Whether it means what it says, whatever the variables hold."""
        return "$" not in self.text and not self.runs


@dataclass(frozen=True)
class Simple:
    """A simple command. `given` is what a here-document gives it to read."""

    assignments: tuple[tuple[str, Word], ...]
    words: tuple[Word, ...]
    line: int
    given: str = ""


@dataclass(frozen=True)
class Group:
    """`{ …; }`, or with `apart` the subshell `( … )`."""

    body: Body
    apart: bool = False


@dataclass(frozen=True)
class If:
    """`if`, each `elif`, and `else`."""

    branches: tuple[tuple[Body, Body], ...]
    otherwise: Body | None


@dataclass(frozen=True)
class Loop:
    """`for` (no condition), `while` and `until`."""

    body: Body
    condition: Body | None = None
    until: bool = False


@dataclass(frozen=True)
class Case:
    """`case WORD in` patterns with their bodies."""

    subject: Word
    branches: tuple[tuple[tuple[str, ...], Body], ...]


@dataclass(frozen=True)
class Function:
    """The definition of a function."""

    name: str
    body: Command


Command = Simple | Group | If | Loop | Case | Function


@dataclass(frozen=True)
class Pipeline:
    """Commands joined by `|`; `negated` by a `!` before them."""

    commands: tuple[Command, ...]
    negated: bool = False


@dataclass(frozen=True)
class Chain:
    """Pipelines joined by `&&` and `||`; `apart` where a `&` sends them to the background."""

    first: Pipeline
    rest: tuple[tuple[str, Pipeline], ...] = ()
    apart: bool = False


@dataclass(frozen=True)
class Body:
    """A list: chains one after the other."""

    chains: tuple[Chain, ...] = field(default=())

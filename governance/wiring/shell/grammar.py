"""Scripts as trees, by the grammar of the POSIX shell (XCU 2.10) with what bash adds and pipelines use."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from governance.wiring.shell.tree import Body, Case, Chain, Function, Group, If, Loop, Pipeline, Simple, Word
from governance.wiring.shell.words import REDIRECTIONS, Cutter, NotUnderstoodError, Token

if TYPE_CHECKING:
    from governance.wiring.shell.tree import Command

_ASSIGNED = re.compile(r"^([A-Za-z_][A-Za-z_0-9]*)(\[[^]]*\])?\+?=")
_OPENING = frozenset({"if", "while", "until", "for", "select", "case", "{", "function", "[["})
_CLOSING = frozenset({"then", "elif", "else", "fi", "do", "done", "esac", "}", ";;", ")", "&)"})
MAX_LENGTH = 100_000


def parse(text: str, line: int = 1, depth: int = 0) -> Body:
    """A script. `line` is that of its first line in the file it stands in. Raises `NotUnderstoodError`."""
    if len(text) > MAX_LENGTH:
        raise NotUnderstoodError(f"a script of more than {MAX_LENGTH:,} characters", line)
    reader = _Reader(Cutter(text, line, depth, parse).cut())
    body = reader.body()
    if not reader.done:
        raise NotUnderstoodError(f"{reader.seen!r} where no command can stand", reader.line)
    return body


class _Reader:
    """Recursive descent over the tokens."""

    def __init__(self, tokens: list[Token]) -> None:
        self.tokens, self.at, self.depth = tokens, 0, 0

    @property
    def done(self) -> bool:
        return self.at >= len(self.tokens)

    @property
    def line(self) -> int:
        return self.tokens[min(self.at, len(self.tokens) - 1)].line

    @property
    def seen(self) -> str:
        """The operator or the reserved word that comes next; nothing for any other word."""
        if self.done:
            return ""
        token = self.tokens[self.at]
        if token.word is None:
            return token.operator
        return "" if token.word.quoted or not token.word.plain else token.word.text

    def _is(self, *marks: str) -> bool:
        return not self.done and self.seen in marks

    def _take(self, mark: str) -> None:
        self.lines()
        if not self._is(mark):
            raise NotUnderstoodError(f"no {mark!r} where one must stand", self.line)
        self.at += 1

    def lines(self) -> None:
        """Pass over ends of lines."""
        while not self.done and self.tokens[self.at].word is None and self.tokens[self.at].operator == "\n":
            self.at += 1

    def body(self) -> Body:
        """Chains, until something that closes."""
        self.depth += 1
        if self.depth > 60:
            raise NotUnderstoodError("commands too deeply nested", self.line)
        chains: list[Chain] = []
        self.lines()
        while not self.done and not self._closes():
            chain = self.chain()
            apart = self._is("&")
            chains.append(Chain(chain.first, chain.rest, apart))
            if self._is(";", "&"):
                self.at += 1
            elif not self._is("\n") and not self.done and not self._closes():
                raise NotUnderstoodError("two commands without anything between them", self.line)
            self.lines()
        self.depth -= 1
        return Body(tuple(chains))

    def _closes(self) -> bool:
        return self.seen in _CLOSING or self._is(";;", ";&", ";;&", ")")

    def chain(self) -> Chain:
        """Pipelines with `&&` and `||`."""
        first = self.pipeline()
        rest = []
        while self._is("&&", "||"):
            operator = self.seen
            self.at += 1
            self.lines()
            rest.append((operator, self.pipeline()))
        return Chain(first, tuple(rest))

    def pipeline(self) -> Pipeline:
        """Commands with `|`."""
        negated = False
        while self._is("!", "time"):
            negated ^= self.seen == "!"
            self.at += 1
        commands = [self.command()]
        while self._is("|", "|&"):
            self.at += 1
            self.lines()
            commands.append(self.command())
        return Pipeline(tuple(commands), negated)

    def command(self) -> Command:
        """One command, simple or compound."""
        seen = self.seen
        if seen == "(":
            self.at += 1
            inner = self.body()
            self._take(")")
            return self._redirected(Group(inner, apart=True))
        if seen in _OPENING:
            return getattr(self, f"_{_NAMES[seen]}")()  # type: ignore[no-any-return]
        return self._simple()

    def _group(self) -> Command:
        self.at += 1
        inner = self.body()
        self._take("}")
        return self._redirected(Group(inner))

    def _if(self) -> Command:
        branches, otherwise = [], None
        self.at += 1
        while True:
            condition = self.body()
            self._take("then")
            branches.append((condition, self.body()))
            if self._is("elif"):
                self.at += 1
                continue
            if self._is("else"):
                self.at += 1
                otherwise = self.body()
            self._take("fi")
            return self._redirected(If(tuple(branches), otherwise))

    def _while(self) -> Command:
        until = self.seen == "until"
        self.at += 1
        condition = self.body()
        return self._redirected(Loop(self._do(), condition, until))

    def _for(self) -> Command:
        self.at += 1
        while not self.done and not self._is("do", "{"):
            self.at += 1
        return self._redirected(Loop(self._do()))

    def _do(self) -> Body:
        self.lines()
        opening, end = ("{", "}") if self._is("{") else ("do", "done")
        self._take(opening)
        inner = self.body()
        self._take(end)
        return inner

    def _case(self) -> Command:
        self.at += 1
        subject = self._word()
        self._take("in")
        branches = []
        self.lines()
        while not self._is("esac"):
            if self._is("("):
                self.at += 1
            patterns = [self._word().text]
            while self._is("|"):
                self.at += 1
                patterns.append(self._word().text)
            self._take(")")
            branches.append((tuple(patterns), self.body()))
            if self._is(";;", ";&", ";;&"):
                self.at += 1
            self.lines()
        self.at += 1
        return self._redirected(Case(subject, tuple(branches)))

    def _function(self) -> Command:
        self.at += 1
        name = self._word().text
        if self._is("("):
            self.at += 1
            self._take(")")
        self.lines()
        return Function(name, self.command())

    def _test(self) -> Command:
        """`[[ … ]]`, whose operators are words of it."""
        begun = self.line
        words: list[Word] = []
        while not self.done and not self._is("]]"):
            token = self.tokens[self.at]
            words.append(token.word or Word(token.operator))
            self.at += 1
        self._take("]]")
        self._redirected(Group(Body()))
        return Simple((), (*words, Word("]]")), begun)

    def _word(self) -> Word:
        token = self.tokens[self.at] if not self.done else Token("\n", self.line)
        if token.word is None:
            raise NotUnderstoodError("no word where one must stand", self.line)
        self.at += 1
        return token.word

    def _redirected(self, command: Command) -> Command:
        """A compound command after its redirections, which change no exit code that is asked about here."""
        while self._redirection() is not None:
            pass
        return command

    def _redirection(self) -> str | None:
        """Pass over one redirection, and give what a here-document in it holds; None where there is none."""
        if self.done:
            return None
        token = self.tokens[self.at]
        number = token.word is not None and token.word.text.isdigit() and self._operator_after() in REDIRECTIONS
        if number:
            self.at += 1
            token = self.tokens[self.at]
        if token.word is not None or token.operator not in REDIRECTIONS:
            return None
        self.at += 1
        self._word()
        return token.given

    def _operator_after(self) -> str:
        after = self.tokens[self.at + 1] if self.at + 1 < len(self.tokens) else None
        return after.operator if after is not None and after.word is None else ""

    def _simple(self) -> Command:
        begun, given = self.line, ""
        assignments: list[tuple[str, Word]] = []
        words: list[Word] = []
        while not self.done:
            held = self._redirection()
            if held is not None:
                given += held
                continue
            token = self.tokens[self.at]
            if token.word is None:
                break
            found = None if words else _ASSIGNED.match(token.word.text)
            if found:
                word = Word(token.word.text[found.end() :], token.word.quoted, token.word.runs)
                assignments.append((found[1], word))
            else:
                words.append(token.word)
            self.at += 1
            if len(words) == 1 and self._is("(") and self._operator_after() == ")":
                self.at += 2
                self.lines()
                return Function(words[0].text, self.command())
        if not words and not assignments and not given and begun == self.line and self._stuck():
            raise NotUnderstoodError(f"{self.seen or 'nothing'!r} where a command must stand", begun)
        return Simple(tuple(assignments), tuple(words), begun, given)

    def _stuck(self) -> bool:
        """Whether no token was taken: what is before is no redirection's target either."""
        before = self.tokens[self.at - 1] if self.at else None
        return before is None or before.word is None


_NAMES = {"if": "if", "while": "while", "until": "while", "for": "for", "select": "for", "case": "case", "{": "group",
          "function": "function", "[[": "test"}  # fmt: skip

"""A script cut into words and operators, with quotes, substitutions, here-documents and comments understood."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from governance.wiring.shell.tree import Body, Word

if TYPE_CHECKING:
    from collections.abc import Callable

OPERATORS = ("&&", "||", ";;&", ";;", ";&", "|&", "&>>", "&>", ">>", ">&", ">|", "<<<", "<<-", "<<", "<&", "<>", "((",
             ";", "&", "|", "(", ")", "<", ">", "\n")  # fmt: skip
REDIRECTIONS = frozenset({"&>>", "&>", ">>", ">&", ">|", "<<<", "<<-", "<<", "<&", "<>", "<", ">"})
_BLANKS = " \t\r"
_ENDS = frozenset(" \t\r\n;&|()<>")
_MOST_NESTED, _MOST_OPEN = 20, 60
_LONGEST_ARITHMETIC = 1000


class NotUnderstoodError(Exception):
    """A script that is not understood; the message says what, the line where."""

    def __init__(self, what: str, line: int) -> None:
        super().__init__(what)
        self.what, self.line = what, line


@dataclass
class Token:
    """A word, or an operator where `word` is None. `given` is what a here-document after it holds."""

    operator: str
    line: int
    word: Word | None = None
    given: str = ""


class Cutter:
    """Cuts one script. `parse` reads a script within it, given as (text, line, how deeply it is nested)."""

    def __init__(self, text: str, line: int, depth: int, parse: Callable[[str, int, int], Body]) -> None:
        if depth > _MOST_NESTED:
            raise NotUnderstoodError("scripts within scripts too deeply nested", line)
        self.text, self.line, self.depth, self.parse = text, line, depth, parse
        self.at = self.open = 0
        self.waiting: list[tuple[int, bool]] = []
        self.tokens: list[Token] = []

    def cut(self) -> list[Token]:
        """All tokens, the last one an end of line."""
        while self.at < len(self.text):
            mark = self.text[self.at]
            if mark in _BLANKS:
                self.at += 1
            elif self.text.startswith("\\\n", self.at):
                self.at, self.line = self.at + 2, self.line + 1
            elif mark == "#":
                self._to_end_of_line()
            elif operator := self._operator():
                self._add_operator(operator)
            else:
                self._add_word()
        self.tokens.append(Token("\n", self.line))
        self._here_documents()
        return self.tokens

    def _to_end_of_line(self) -> None:
        end = self.text.find("\n", self.at)
        self.at = end if end >= 0 else len(self.text)

    def _operator(self) -> str:
        found = next((each for each in OPERATORS if self.text.startswith(each, self.at)), "")
        if found == "((" and self._arithmetic_end() < 0:
            return "("
        return found

    def _arithmetic_end(self) -> int:
        """Where `((` is closed by `))`, or -1 where it is two subshells."""
        depth = 0
        for index in range(self.at, min(len(self.text), self.at + _LONGEST_ARITHMETIC)):
            depth += {"(": 1, ")": -1}.get(self.text[index], 0)
            if depth == 0:
                return index + 1 if self.text[index - 1] == ")" else -1
        return -1

    def _add_operator(self, operator: str) -> None:
        if operator == "((":
            end = self._arithmetic_end()
            inner = self.text[self.at + 2 : end - 2]
            self.tokens += [Token("", self.line, Word("((")), Token("", self.line, Word(inner, quoted=True))]
            self.line += inner.count("\n")
            self.at = end
            return
        self.at += len(operator)
        if operator in ("<", ">") and self.text.startswith("(", self.at):  # process substitution, as a word
            start = self.at + 1
            body = self._until_closed(start)
            self.tokens.append(Token("", self.line, Word(f"{operator}()", quoted=True, runs=(body,))))
            return
        self.tokens.append(Token(operator, self.line))
        self.open += {"(": 1, ")": -1}.get(operator, 0)
        if self.open > _MOST_OPEN:
            raise NotUnderstoodError("brackets too deeply nested", self.line)
        if operator in ("<<", "<<-"):
            self.waiting.append((len(self.tokens) - 1, operator == "<<-"))
        if operator == "\n":
            self.line += 1
            self._here_documents()

    def _here_documents(self) -> None:
        for index, tabs in self.waiting:
            token = self.tokens[index]
            word = self.tokens[index + 1].word if index + 1 < len(self.tokens) else None
            if word is None:
                raise NotUnderstoodError("a here-document without its end", token.line)
            held: list[str] = []
            while True:
                if self.at >= len(self.text):
                    raise NotUnderstoodError(f"a here-document whose end {word.text[:40]!r} never comes", token.line)
                end = self.text.find("\n", self.at)
                end = end if end >= 0 else len(self.text)
                row, self.at = self.text[self.at : end], end + 1
                self.line += 1
                if (row.lstrip("\t") if tabs else row) == word.text:
                    break
                held.append(row)
            token.given = "\n".join(held)
        self.waiting = []

    # --- words -----------------------------------------------------------------------------------------------------

    def _add_word(self) -> None:
        begun, quoted, parts, runs = self.line, False, [], []
        while self.at < len(self.text) and (mark := self.text[self.at]) not in _ENDS:
            if mark == "'":
                quoted = True
                parts.append(self._single())
            elif mark == '"':
                quoted = True
                said, found = self._double()
                parts.append(said)
                runs += found
            elif mark == "\\":
                parts.append(self.text[self.at + 1 : self.at + 2].replace("\n", ""))
                self.line += self.text[self.at + 1 : self.at + 2] == "\n"
                self.at += 2
            elif mark in "$`":
                said, found = self._dollar()
                parts.append(said)
                runs += found
            elif self.text.startswith("=(", self.at) and parts:  # an array of bash
                start = self.at + 2
                self._until_closed(start, read=False)
                parts.append("=$()")
            else:
                parts.append(mark)
                self.at += 1
        self.tokens.append(Token("", begun, Word("".join(parts), quoted=quoted, runs=tuple(runs))))

    def _single(self) -> str:
        end = self.text.find("'", self.at + 1)
        if end < 0:
            raise NotUnderstoodError("a quote that is not closed", self.line)
        said, self.at = self.text[self.at + 1 : end], end + 1
        self.line += said.count("\n")
        return said

    def _double(self) -> tuple[str, list[Body]]:
        begun = self.line
        self.at += 1
        parts: list[str] = []
        runs: list[Body] = []
        while self.at < len(self.text):
            mark = self.text[self.at]
            if mark == '"':
                self.at += 1
                return "".join(parts), runs
            if mark in "$`":
                said, found = self._dollar()
                parts.append(said)
                runs += found
                continue
            if mark == "\\" and self.text[self.at + 1 : self.at + 2] in ("$", "`", '"', "\\", "\n"):
                self.at += 1
                mark = self.text[self.at].replace("\n", "")
            self.line += self.text[self.at] == "\n"
            parts.append(mark)
            self.at += 1
        raise NotUnderstoodError("a quote that is not closed", begun)

    def _dollar(self) -> tuple[str, list[Body]]:
        """An expansion: its text, and the scripts that it runs."""
        text, at = self.text, self.at
        if text.startswith("`", at):
            return self._backquoted()
        for opening, ending in (("${{", "}}"), ("$((", "))"), ("${", "}")):
            if text.startswith(opening, at):
                end = text.find(ending, at)
                if end < 0:
                    raise NotUnderstoodError(f"{opening} that is not closed", self.line)
                self.at = end + len(ending)
                self.line += text.count("\n", at, self.at)
                return text[at : self.at], []
        if text.startswith("$(", at):
            return "$()", [self._until_closed(at + 2)]
        after = text[at + 1 : at + 2]
        self.at += 2 if after and after in "?!$#@*-0123456789" else 1 + _name(text, at + 1)
        return text[at : self.at], []

    def _backquoted(self) -> tuple[str, list[Body]]:
        end = self.at + 1
        while end < len(self.text) and self.text[end] != "`":
            end += 2 if self.text[end] == "\\" else 1
        if end >= len(self.text):
            raise NotUnderstoodError("a backquote that is not closed", self.line)
        inner = self.text[self.at + 1 : end]
        body = self.parse(inner.replace("\\`", "`"), self.line, self.depth + 1)
        self.line += inner.count("\n")
        self.at = end + 1
        return "$()", [body]

    def _until_closed(self, start: int, *, read: bool = True) -> Body:
        """The script between a bracket that is open before `start` and the one that closes it."""
        end = closing(self.text, start)
        if end < 0:
            raise NotUnderstoodError("a bracket that is not closed", self.line)
        inner = self.text[start:end]
        body = self.parse(inner, self.line, self.depth + 1) if read else Body()
        self.line += inner.count("\n")
        self.at = end + 1
        return body


def closing(text: str, at: int) -> int:
    """Where the bracket that is open before `at` is closed, quotes and escapes passed over; -1 where it is not."""
    depth, quote = 1, ""
    while at < len(text):
        mark = text[at]
        if mark == "\\" and quote != "'":
            at += 1
        elif quote:
            quote = "" if mark == quote else quote
        elif mark in "'\"":
            quote = mark
        elif mark in "()":
            depth += 1 if mark == "(" else -1
            if not depth:
                return at
        at += 1
    return -1


def _name(text: str, begun: int) -> int:
    """How long the name is that begins there."""
    at = begun
    while at < len(text) and (text[at].isalnum() or text[at] == "_"):
        at += 1
    return at - begun

"""Where templates run: Jinja's immutable sandbox, closed a little more, and every mistake of a template said with its file and line.

Names are strict: one that is misspelt fails, it does not print a blank. There is no `safe` filter, no chance and no clock. What more is
refused where a template is read, whether or not that line would run:

* *joining with `~`*, which joins text to markup under the wrong format's escape;
* *reckoning*. Figures come as facts, with their claims, and what a template reckons from them has none. A template adds and subtracts
  counts and nothing else: a whole number it says itself, `… | length`, a counter of its loop. `+` puts lists (`[…]`, `… | list`) together.

For the same reason there is no filter that makes a number of a text or a text of a number, and a text or a number has only the few
methods in `ASKED`. A template may take `STEPS` steps, each a turn of a loop or a call; so it ends.

Limits: a number that a template says itself is its author's word, and can not be told from any other word. Not every way to take long
is a step: a filter that goes over a long list, a text that is doubled over and over, templates that include each other by the thousand.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from jinja2 import BytecodeCache, FunctionLoader, StrictUndefined, TemplateError, nodes, pass_context
from jinja2.bccache import Bucket
from jinja2.exceptions import SecurityError, TemplateNotFound, TemplateSyntaxError, UndefinedError
from jinja2.runtime import LoopContext
from jinja2.sandbox import ImmutableSandboxedEnvironment

from governance.errors import ContentError
from governance.reports.writing import languages
from governance.reports.writing.printing import HtmlPrinter, MarkdownPrinter, Printer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from types import CodeType

    from jinja2 import Environment
    from jinja2.runtime import Context
    from markupsafe import Markup


PRINTERS: Mapping[str, type[Printer]] = {".html": HtmlPrinter, ".md": MarkdownPrinter}
"""Formats by the ending of the document's name."""

STEPS = 1_000_000
"""Turns of loops and calls of one rendering. The largest document that was measured, over 20,000 pieces of evidence, takes 5,000."""

MISTAKES = (
    ArithmeticError, AssertionError, AttributeError, LookupError, MemoryError, RuntimeError, SyntaxError, TemplateError, TypeError,
    ValueError,
)  # fmt: skip
"""What a template can bring about. What the machine does, such as `OSError`, is not among them."""

ASKED = frozenset(
    {"endswith", "lower", "removeprefix", "removesuffix", "split", "splitlines", "startswith", "strip", "upper"}
)
"""The methods of texts. None of them writes a number."""

_AROUND_THE_ESCAPE = ("safe", "forceescape", "pprint", "tojson", "xmlattr", "urlize", "wordwrap", "center", "indent")
_RECKON = ("format", "float", "int", "round", "string", "sum", "abs", "filesizeformat", "urlencode")
_CHANCE = ("random",)
_OF_TEXTS = ("capitalize", "lower", "replace", "striptags", "title", "trim", "truncate", "upper")
"""Filters that would make a text of whatever they are given."""

_OPERATORS: Mapping[type[nodes.Node], str] = {
    nodes.Add: "+", nodes.Sub: "-", nodes.Mul: "*", nodes.Div: "/", nodes.FloorDiv: "//", nodes.Mod: "%", nodes.Pow: "**",
    nodes.Neg: "-", nodes.Pos: "+",
}  # fmt: skip
_COUNTERS = frozenset({"depth", "depth0", "index", "index0", "length", "revindex", "revindex0"})


@lru_cache(maxsize=8)
def environment(ending: str, templates: tuple[tuple[str, str], ...], language: languages.Catalogue) -> Sandbox:
    """What runs these templates for documents of an ending, in a language."""
    printer = PRINTERS[ending](language)
    made = Sandbox(
        loader=_named(dict(templates)),
        undefined=StrictUndefined,
        autoescape=True,
        finalize=_at_run(printer),
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        auto_reload=False,
        bytecode_cache=_compiled(ending, language),
    )
    made.globals.pop("lipsum")
    for name in (*_AROUND_THE_ESCAPE, *_RECKON, *_CHANCE):
        made.filters.pop(name, None)
    filters: dict[str, Any] = {
        "join": printer.join,
        "cites": printer.cites,
        "bare": printer.bare,
        "cited": printer.cited,
        "label": _counted(printer.label),
        "labels": printer.labels,
        "picture": printer.picture,
        "prose": printer.prose,
        "code": printer.code,
        "e": printer.of,
        "escape": printer.of,
        _TURNS: made.turns,
    }
    made.filters.update(filters)
    made.filters.update({name: _of_text(name, made.filters[name]) for name in _OF_TEXTS})
    languages.install(made, language, printer)
    made.printer = printer
    return made


class _Compiled(BytecodeCache):
    """The programs of templates that were read and broke no rule, for the next environment that has them, by name and whole text."""

    def __init__(self) -> None:
        self._held: dict[tuple[str, str], CodeType] = {}

    def get_bucket(self, environment: Environment, name: str, _filename: str | None, source: str) -> Bucket:
        """What is held of a template."""
        bucket = Bucket(environment, name, source)
        bucket.code = self._held.get((name, source))
        return bucket

    def set_bucket(self, bucket: Bucket) -> None:
        """Hold the program of a template."""
        while len(self._held) >= _PROGRAMS:
            del self._held[next(iter(self._held))]
        if bucket.code is not None:
            self._held[bucket.key, bucket.checksum] = bucket.code


_PROGRAMS = 128


@lru_cache(maxsize=8)
def _compiled(_ending: str, _language: languages.Catalogue) -> _Compiled:
    """One for each printer and language: fixed words are worked out where a template is compiled."""
    return _Compiled()


def _counted(label: Callable[[object], Markup]) -> Callable[[Context, object], Markup]:
    """The filter, run each time: Jinja works out a filter of fixed words once, and what it counts would be counted once."""

    @pass_context
    def each_time(_: Context, value: object) -> Markup:
        return label(value)

    return each_time


def _at_run(printer: Printer) -> Callable[[Context, object], Markup]:
    """The printer, asked only when a template runs. Jinja would escape its constants its own way beforehand and print them so."""

    @pass_context
    def of(_: Context, value: object) -> Markup:
        return printer.of(value)

    return of


class Sandbox(ImmutableSandboxedEnvironment):
    """The sandbox with our rules. One rendering at a time."""

    _left = STEPS
    printer: Printer
    """What all that is printed goes through."""

    def begin(self) -> None:
        """A rendering begins: it has all its steps before it, and nothing stayed English yet."""
        self._left = STEPS
        self.printer.unsaid.clear()

    def turns(self, values: Iterable[Any]) -> Iterator[Any]:
        """These values one after another, each a step."""
        for each in values:
            self._step()
            yield each

    def call(self, context: Any, called: Any, /, *args: Any, **kwargs: Any) -> Any:
        """A call is a step; what a recursive loop is called with is a loop as well."""
        self._step()
        if isinstance(called, LoopContext):
            args = tuple(map(self.turns, args))
        return super().call(context, called, *args, **kwargs)

    def wrap_str_format(self, value: Any) -> None:
        """No text is a format; `is_safe_attribute` refuses the method."""

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        """Whether a template may name this attribute."""
        if isinstance(obj, (str, int, float)) and attr not in ASKED:
            return False
        return super().is_safe_attribute(obj, attr, value)

    def _step(self) -> None:
        self._left -= 1
        if self._left < 0:
            said = f"takes more than {STEPS:,} turns of loops and calls"
            raise ContentError(said, hint="Loop over what the views list, and not within itself.")

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        tree = super()._parse(source, name, filename)
        found = list(within(tree))
        joined = next((node for node in found if isinstance(node, nodes.Concat)), None)
        if joined is not None:
            raise ContentError(
                "joins texts with ~", where=f"{name} line {joined.lineno}", hint="Print them one after another."
            )
        for node in found:
            if isinstance(node, (nodes.BinExpr, nodes.UnaryExpr, nodes.Filter)) and (by := _reckons(node)) is not None:
                raise ContentError(f"reckons with {by}", where=f"{name} line {node.lineno}", hint=_COUNTS_ONLY)
        for loop in (node for node in found if isinstance(node, nodes.For)):
            loop.iter = nodes.Filter(loop.iter, _TURNS, [], [], None, None, lineno=loop.iter.lineno)
        return tree


def within(node: nodes.Node) -> Iterator[nodes.Node]:
    """Every node below a node, in the order of the text: as `find_all` of any kind, in one walk."""
    waiting = [node]
    while waiting:
        each = waiting.pop()
        below: list[nodes.Node] = []
        for name in each.fields:
            value = getattr(each, name, None)
            if isinstance(value, nodes.Node):
                below.append(value)
            elif isinstance(value, list):
                below += [item for item in value if isinstance(item, nodes.Node)]
        waiting += reversed(below)
        if each is not node:
            yield each


_TURNS = "turns of a loop"
"""The name of a filter that no template can write."""


_COUNTS_ONLY = (
    "Figures come as facts, with their claims. A template adds and subtracts whole numbers it says itself, … | length and counters of its "
    "loop, and nothing else."
)


def _reckons(node: nodes.Node) -> str | None:
    """By what an expression makes a figure that has no claim, if it does."""
    if isinstance(node, nodes.Filter):
        return f"the filter {node.name}" if node.name in _RECKON else None
    return None if _counts(node) or _lists(node) else _OPERATORS.get(type(node))


def _counts(node: nodes.Node) -> bool:
    """Whether an expression counts something, or is a whole number that the template says itself."""
    if isinstance(node, (nodes.Add, nodes.Sub)):
        return _counts(node.left) and _counts(node.right)
    if isinstance(node, (nodes.Neg, nodes.Pos)):
        return _counts(node.node) or isinstance(node.node, nodes.Const)
    if isinstance(node, nodes.Getattr):
        return isinstance(node.node, nodes.Name) and node.node.name == "loop" and node.attr in _COUNTERS
    if isinstance(node, nodes.Filter):
        return node.name in ("length", "count")
    return isinstance(node, nodes.Const) and type(node.value) is int


def _lists(node: nodes.Node) -> bool:
    """Whether an expression is a list, or lists one after another."""
    if isinstance(node, nodes.Add):
        return _lists(node.left) and _lists(node.right)
    if isinstance(node, nodes.CondExpr):
        return _lists(node.expr1) and node.expr2 is not None and _lists(node.expr2)
    return isinstance(node, nodes.List) or (isinstance(node, nodes.Filter) and node.name == "list")


def _of_text(name: str, filter_: Callable[..., Any]) -> Callable[..., Any]:
    """A filter of Jinja's that is given texts alone: a number or a fact is not made a text by it."""
    # The environment or its context comes first where Jinja's own filter asks for it.
    given = 1 if hasattr(filter_, "jinja_pass_arg") else 0

    def strict(*args: Any, **kwargs: Any) -> Any:
        said = args[given:]
        for value in (*said, *kwargs.values()):
            if isinstance(value, (str, StrictUndefined)) or (value is not said[0] and isinstance(value, int)):
                continue
            raise TypeError(f"the filter {name} takes texts, and was given {type(value).__name__}")
        return filter_(*args, **kwargs)

    if given:
        strict.jinja_pass_arg = filter_.jinja_pass_arg  # type: ignore[attr-defined]
    return strict


def _named(templates: Mapping[str, str]) -> FunctionLoader:
    """A loader of templates whose names are their file names too, so that a traceback tells which of them a line is of."""
    return FunctionLoader(lambda name: (templates[name], name, None) if name in templates else None)


_NAMES = "The views list what may be named."
LONGEST = 300
"""Characters of what is said of a mistake; what Python says may hold a whole view."""


def place(error: BaseException, templates: Mapping[str, str], template: str) -> str:
    """Where in these templates an error arose: the innermost line that ran; else the template that was asked for."""
    if isinstance(error, TemplateSyntaxError):
        return f"{error.name or template} line {error.lineno}"
    found, traced = template, error.__traceback__
    while traced is not None:
        name = traced.tb_frame.f_code.co_filename
        if name in templates:
            found = f"{name} line {traced.tb_lineno}"
        traced = traced.tb_next
    return found


def fault(error: Exception, templates: Mapping[str, str], template: str) -> ContentError:
    """What a person reads of a mistake in a template: where, what, and what to do."""
    said, hint = (str(error) or type(error).__name__).rstrip("."), "Mend this line of the template."
    if isinstance(error, SecurityError):
        said, hint = f"reaches for what a template may not touch: {said}", _NAMES
    elif isinstance(error, TemplateNotFound):
        said, hint = f"there is no template {error.name!r}", "A template is named by its path below templates/."
    elif isinstance(error, RecursionError):
        said, hint = "goes too deep", "It includes or calls itself without an end, or stands in too many brackets."
    elif isinstance(error, SyntaxError):  # of the program that Jinja makes of the template, which has lines of its own
        said, hint = error.msg, "Take what stands so deep into a macro."
    elif isinstance(error, (UndefinedError, TypeError, AttributeError)):
        hint = _NAMES
    return ContentError(said[:LONGEST], where=place(error, templates, template), hint=hint)

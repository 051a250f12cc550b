"""How a value becomes text in a format. Every `{{ … }}` of a template ends here, whatever the template forgot.

A `Printer` is the `finalize` step of a Jinja environment: text is escaped for the format, a `Fact` prints with its
citation, a
`Status` with its sign, a `Head` as YAML. Markup that the template itself made passes through. Numbers and texts are
all a template can print besides; printing a whole view is a mistake and an error.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import yaml
from jinja2 import Undefined
from markupsafe import Markup

from governance.reports import escape
from governance.reports.card_views import Head
from governance.reports.views import Cite, Fact, Said, Status

NOT_EVIDENCED = "not evidenced"
_CODE = re.compile(r"`([^`]+)`")
_CODE_SAFE = re.compile(r"[A-Za-z0-9][A-Za-z0-9 :._/+@=-]*")
_BLANK_LINES = re.compile(r"\n{3,}")


class Printer:
    """What the two formats share. `of` is given to Jinja as `finalize`."""

    def of(self, value: object) -> Markup:
        """The value as safe text of the format."""
        if isinstance(value, Markup):
            return value
        if isinstance(value, Undefined):
            return Markup(str(value))  # noqa: S704 - a strict one raises here
        if isinstance(value, (bool, int, float)):
            return self.text(_number(value))
        for kind, form in self._forms().items():
            if isinstance(value, kind):
                return form(value)
        raise TypeError(f"a template can not print {type(value).__name__}: name one of its fields")

    def _forms(self) -> dict[type, Callable[[Any], Markup]]:
        return {str: self.text, Cite: self.cite, Fact: self.fact, Said: self.said, Status: self.status, Head: self.head}

    def text(self, value: str) -> Markup:
        """Plain text."""
        raise NotImplementedError

    def cite(self, value: Cite) -> Markup:
        """A citation."""
        raise NotImplementedError

    def fact(self, value: Fact) -> Markup:
        """A fact with its citations."""
        raise NotImplementedError

    def said(self, value: Said) -> Markup:
        """What somebody wrote, and who."""
        raise NotImplementedError

    def status(self, value: Status) -> Markup:
        """A sign and a word."""
        raise NotImplementedError

    def head(self, value: Head) -> Markup:
        """The YAML head, made by the YAML library alone; its strings hold no line break, so no line of it is `---`."""
        dumped = yaml.safe_dump(_plain(value.fields), sort_keys=False, allow_unicode=True, width=2**20)
        return Markup(f"---\n{dumped}---\n")  # noqa: S704 - YAML, not markup

    def cites(self, values: Iterable[Cite]) -> Markup:
        """Several citations, one after another."""
        return Markup(" ").join(self.cite(value) for value in values)

    def prose(self, value: str) -> Markup:
        """The filter `prose`, for our own catalogue's words: what stands between two backticks is set as code."""
        parts = _CODE.split(value)
        return Markup("").join(self.code(part) if place % 2 else self.text(part) for place, part in enumerate(parts))

    def code(self, value: str) -> Markup:
        """The filter `code`, for digests and commands."""
        raise NotImplementedError

    def finish(self, text: str) -> str:
        """The last touch on the whole document."""
        return text

    def join(self, values: Iterable[Any], by: str = ", ") -> Markup:
        """The filter `join`: each value printed as by itself, so that none comes in unescaped."""
        return self.text(by).join(self.of(value) for value in values)


class HtmlPrinter(Printer):
    """HTML. Classes are those of `_parts/house.css.j2`."""

    def text(self, value: str) -> Markup:
        """Escaped text."""
        return escape.html(value)

    def cite(self, value: Cite) -> Markup:
        """A small link to the row of the index; without a row in the document, the key alone."""
        if not value.anchor:
            return Markup('<span class="cite">[{}]</span>').format(self.text(value.key))
        return Markup('<a class="cite" href="#{}">[{}]</a>').format(self.text(value.anchor), self.text(value.key))

    def fact(self, value: Fact) -> Markup:
        """Value, unit, citation; how it was rounded shows as a title."""
        if value.text is None:
            return Markup('<span class="missing">{}</span>').format(NOT_EVIDENCED)
        shown = self.text(f"{value.text} {value.unit}".strip())
        if value.rounding:
            shown = Markup('<span title="rounded {}">{}</span>').format(value.rounding, shown)
        return Markup('<span class="fact">{} {}</span>').format(shown, self.cites(value.cites))

    def said(self, value: Said) -> Markup:
        """One sentence in the line, several as a list, then who stands behind them."""
        if value.missing:
            return Markup('<span class="ask">{}</span>').format(self.prose(value.ask))
        by = Markup('<span class="by">{} {}</span>').format(self.text(value.by), self.cites(value.cites))
        if len(value.texts) == 1:
            return Markup('<span class="said">{}</span> {}').format(self.text(value.texts[0]), by)
        items = Markup("").join(Markup("<li>{}</li>").format(self.text(text)) for text in value.texts)
        return Markup('<ul class="said">{}</ul>{}').format(items, by)

    def status(self, value: Status) -> Markup:
        """The sign is hidden from screen readers, who hear the word."""
        return Markup('<span class="status {}"><span class="icon" aria-hidden="true">{}</span> {}</span>').format(
            value.tone, value.icon, self.text(value.word)
        )

    def code(self, value: str) -> Markup:
        """A `code` element."""
        return Markup("<code>{}</code>").format(self.text(value))


class MarkdownPrinter(Printer):
    """Markdown as the Hugging Face Hub and GitHub read it."""

    def text(self, value: str) -> Markup:
        """Escaped text, on one line."""
        return escape.markdown(value)

    def cite(self, value: Cite) -> Markup:
        """A link to the anchor of the row."""
        if not value.anchor:
            return Markup("\\[{}\\]").format(self.text(value.key))
        return Markup("[\\[{}\\]](#{})").format(self.text(value.key), self.text(value.anchor))

    def fact(self, value: Fact) -> Markup:
        """Value, unit, citation."""
        if value.text is None:
            return Markup(f"*{NOT_EVIDENCED}*")  # noqa: S704 - a constant
        return Markup("{} {}").format(self.text(f"{value.text} {value.unit}".strip()), self.cites(value.cites)).strip()

    def said(self, value: Said) -> Markup:
        """One sentence in the line, several as a list, then who stands behind them."""
        if value.missing:
            return Markup("*{}*").format(self.prose(value.ask))
        by = Markup("*({})* {}").format(self.text(value.by), self.cites(value.cites))
        if len(value.texts) == 1:
            return Markup("{} {}").format(self.text(value.texts[0]), by)
        items = Markup("").join(Markup("- {}\n").format(self.text(text)) for text in value.texts)
        return Markup("\n\n{}\n{}\n").format(items, by)

    def status(self, value: Status) -> Markup:
        """Sign and word."""
        return Markup("{} {}").format(value.icon, self.text(value.word))

    def code(self, value: str) -> Markup:
        """A code span, where nothing in the value could end it or mean more; else plain text."""
        return Markup(f"`{value}`") if _CODE_SAFE.fullmatch(value) else self.text(value)  # noqa: S704 - checked

    def finish(self, text: str) -> str:
        """No more than one blank line at a time; evidence holds no line break here, so only templates are touched."""
        return _BLANK_LINES.sub("\n\n", text).rstrip("\n") + "\n"


def _number(value: float) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:,}" if isinstance(value, int) else str(value)


def _plain(value: object) -> object:
    """The same value in lists and dicts, as the safe dumper wants it; repeated parts are written out, not aliased."""
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return value

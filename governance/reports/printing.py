"""How a value becomes text in a format. Every `{{ … }}` of a template ends here, whatever the template forgot.

A `Printer` is the `finalize` step of a Jinja environment: text is escaped for the format, a `Fact` prints with its citation, a
`Status` with its sign, a `Head` as YAML. Markup that the template itself made passes through. Numbers and texts are all a
template can print besides; printing a whole view is a mistake and an error.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

import yaml
from jinja2 import Undefined
from markupsafe import Markup

from governance.reports import escape
from governance.reports.views import Cite, Fact, Head, Said, Status

NOT_EVIDENCED = "not evidenced"
_CODE = re.compile(r"`([^`]+)`")


class Printer:
    """What the two formats share. `of` is given to Jinja as `finalize`."""

    def of(self, value: Any) -> Markup:
        """The value as safe text of the format."""
        match value:
            case Markup():
                return value
            case Undefined():
                return Markup(str(value))  # noqa: S704 - a strict one raises here
            case str():
                return self.text(value)
            case bool():
                return self.text("yes" if value else "no")
            case int() | float():
                return self.text(f"{value:,}" if isinstance(value, int) else str(value))
            case Cite():
                return self.cite(value)
            case Fact():
                return self.fact(value)
            case Said():
                return self.said(value)
            case Status():
                return self.status(value)
            case Head():
                return self.head(value)
        raise TypeError(f"a template can not print {type(value).__name__}: name one of its fields")

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
        """The filter `prose`, for our own catalogue's words: text whose `code` is set as code where the format can."""
        return self.text(value)

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
            before, _, after = value.ask.partition("`")
            field, _, rest = after.partition("`")
            code = Markup("<code>{}</code>").format(self.text(field)) if field else ""
            return Markup('<span class="ask">{}{}{}</span>').format(self.text(before), code, self.text(rest))
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

    def prose(self, value: str) -> Markup:
        """Escaped first; then what stands between two backticks is set as code."""
        return Markup(_CODE.sub(r"<code>\1</code>", str(self.text(value))))  # noqa: S704 - escaped the line before


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
            return Markup(f"*{value.ask}*")  # noqa: S704 - our own words
        by = Markup("*({})* {}").format(self.text(value.by), self.cites(value.cites))
        if len(value.texts) == 1:
            return Markup("{} {}").format(self.text(value.texts[0]), by)
        items = Markup("").join(Markup("- {}\n").format(self.text(text)) for text in value.texts)
        return Markup("\n\n{}\n{}\n").format(items, by)

    def status(self, value: Status) -> Markup:
        """Sign and word."""
        return Markup("{} {}").format(value.icon, self.text(value.word))


def _plain(value: Any) -> Any:
    """The same value in lists and dicts, as the safe dumper wants it; repeated parts are written out, not aliased."""
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return value

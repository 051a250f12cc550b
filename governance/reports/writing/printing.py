"""How a value becomes text in a format. Every `{{ … }}` of a template ends here, whatever the template forgot.

A `Printer` is the `finalize` step of a Jinja environment: text is escaped for the format, a `Fact` prints with its citation and
its claim, a `Status` with its sign, a `Phrase` in the language of the document, a `Head` as YAML. Markup that the template itself
made passes through. Texts and counts are all a template can print besides: a number with a fraction is a figure, and figures come
as facts. Printing a whole view is a mistake and an error.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

import yaml
from jinja2 import Undefined
from markupsafe import Markup

from governance.reports.atoms import escape, recognising, words
from governance.reports.atoms.head import Head
from governance.reports.atoms.recognising import Number, Told, Unknown, Word
from governance.reports.atoms.views import Cite, Fact, Phrase, Said, Status, phrase
from governance.verifier import claims
from governance.verifier.figures import ENGLISH_MARKS
from governance.verifier.pages import ATTRIBUTE, CITE, CLASS

if TYPE_CHECKING:
    from governance.reports.charts.canvas import Chart
    from governance.reports.writing.languages import Catalogue

NOT_EVIDENCED = "not evidenced"
CITES_PRINTED = 12
"""How many citations stand in one place; a control of a busy system rests on thousands of pieces."""
NAMED_BY = 2
"""Up to so many citations in a row say who vouches for what was written by hand; more have the pen alone, and the index has the names."""
_CODE = re.compile(r"`([^`]+)`")
_CODE_SAFE = re.compile(r"[A-Za-z0-9][A-Za-z0-9 :._/+@=-]*")
_NAMED = re.compile(r"%\((\w+)\)s")
_DECIMALS = re.compile(r"to ([0-9]+) decimals")
_BLANK_LINES = re.compile(r"\n{3,}")

_FACT = Markup(f'<span class="{CLASS}">{{}}</span>')  # noqa: S704 - our own names
_CITED_FACT = Markup(f'<span class="{CLASS}">{{}} {{}}</span>')  # noqa: S704 - our own names
_CITED = Markup(f'<span class="{CITE}">[{{}}]</span>')  # noqa: S704 - our own names
_LINKED = Markup(f'<a class="{CITE}" href="#{{}}">[{{}}]</a>')  # noqa: S704 - our own names
_CLAIM = Markup(f' {ATTRIBUTE}="{{}}"')  # noqa: S704 - our own names
_ROUNDED = Markup(' title="{}"')
_DATA = Markup('<data value="{}"{}{}>{}</data>')


class Printer:
    """What the two formats share. `of` is given to Jinja as `finalize`."""

    def __init__(self, language: Catalogue) -> None:
        self.language = language
        self.unsaid: set[str] = set()
        """Words and sentences of ours that were printed in English since the set was emptied, because the catalogue lacks them."""

    def of(self, value: object) -> Markup:
        """The value as safe text of the format."""
        if isinstance(value, Markup):
            return value
        if isinstance(value, Undefined):
            return Markup(str(value))  # noqa: S704 - a strict one raises here
        if isinstance(value, float):
            raise TypeError(
                "a template can not print a number with a fraction: figures come as facts, with their claims"
            )
        if isinstance(value, (bool, int)):
            return self.text(self._count(value))
        for kind, form in self._forms().items():
            if isinstance(value, kind):
                return form(value)
        raise TypeError(f"a template can not print {type(value).__name__}: name one of its fields")

    def _forms(self) -> dict[type, Callable[[Any], Markup]]:
        return {
            str: self.text,
            Cite: self.cite,
            Fact: self.fact,
            Said: self.said,
            Status: self.status,
            Phrase: self.phrase,
            Told: self.told,
            Number: self.number,
            Word: self.word,
            Unknown: self.unknown,
            Head: self.head,
        }

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

    def bare(self, value: Fact) -> Markup:
        """The filter `bare`: a figure without its citations, for a table whose rows carry them."""
        raise NotImplementedError

    def phrase(self, value: Phrase) -> Markup:
        """A sentence of ours in the language of the document, with its values printed into it."""
        message, values = self.say(value.message), dict(value.values)
        if not values:
            return self.text(message)
        parts = _NAMED.split(message)  # text, name, text, name, text
        printed = (
            self.of(values[part]) if place % 2 else self.text(part.replace("%%", "%"))
            for place, part in enumerate(parts)
        )
        return Markup("").join(printed)

    def say(self, text: str) -> str:
        """A word of ours in the language of the document; one that the catalogue lacks stays English, and is counted."""
        if not self.language.has(text):
            self.unsaid.add(text)
        return self.language.say(text)

    def label(self, value: object) -> Markup:
        """The filter `label`: a word of ours, or a sentence that judgement made, in the language of the document."""
        if not isinstance(value, str):
            return self.of(value)
        return self.text(self.say(value)) if self.language.has(value) else self.told(recognising.recognise(value))

    def told(self, value: Told) -> Markup:
        """Sentences one after another, each as it was recognised."""
        return self.text(value.by).join(self.of(part) for part in value.parts)

    def number(self, value: Number) -> Markup:
        """A number with the marks of the language."""
        return self.text(self.language.number(value.text))

    def word(self, value: Word) -> Markup:
        """A word of a closed list; in English as judgement wrote it."""
        return self.text(self.say(value.word) if self.language.source else value.text)

    def unknown(self, value: Unknown) -> Markup:
        """A sentence that no pattern fits: it stays English, and is counted."""
        self.unsaid.add(value.text)
        return self.text(value.text)

    def picture(self, value: Chart) -> Markup:
        """The filter `picture`: the drawing of a chart, where the format shows one. Its words were escaped when it was drawn."""
        raise NotImplementedError

    def _shown(self, value: Fact) -> str:
        """A figure with the marks of the language, and its unit; a text that looks like a figure, such as a version, stays as it is."""
        return claims.printed(value.text or "", value.unit, self.language.marks if value.numeric else ENGLISH_MARKS)

    def absent(self, value: Fact) -> Markup:
        """What stands for a figure that is not there."""
        said = self.text(self.say(NOT_EVIDENCED))
        return Markup("{} ({})").format(said, self.label(value.why)) if value.why else said

    def head(self, value: Head) -> Markup:
        """The YAML head, made by the YAML library alone; its strings hold no line break, so no line of it is `---`."""
        dumped = yaml.safe_dump(_plain(value.fields), sort_keys=False, allow_unicode=True, width=2**20)
        return Markup(f"---\n{dumped}---\n")  # noqa: S704 - YAML, not markup

    def by(self, values: Iterable[Cite]) -> Markup:
        """Who vouches for what of these was written by hand, each once, with a blank before it; nothing where a tool wrote all of it."""
        raise NotImplementedError

    def cited(self, value: Fact) -> Markup:
        """The filter `cited`: a figure with its citations, for a group that says by itself who vouches for it."""
        raise NotImplementedError

    def cites(self, values: Iterable[Cite]) -> Markup:
        """The filter `cites`: citations, one after another, with who vouches; of very many the first, and how many more there are."""
        held = tuple(values)
        shown = self._keys(held[:CITES_PRINTED])
        if len(held) <= NAMED_BY:
            return Markup("{}{}").format(shown, self.by(held))
        if len(held) <= CITES_PRINTED:
            return shown
        more = phrase("and %(number)s more, all of them in the CSV files", number=len(held) - CITES_PRINTED)
        return Markup("{} {}").format(shown, self.phrase(more))

    def _keys(self, values: Iterable[Cite]) -> Markup:
        return Markup(" ").join(self.cite(value) for value in values)

    def prose(self, value: str | Phrase) -> Markup:
        """The filter `prose`, for words of ours or of the content: what stands between two backticks is set as code.

        What the catalogue lacks is content here, and not counted.
        """
        if isinstance(value, Phrase):
            return self._marked(str(Phrase(self.say(value.message), value.values)))
        if self.language.has(value):
            return self._marked(self.language.say(value))
        return self._told_as_prose(recognising.recognise(value))

    def _told_as_prose(self, value: object) -> Markup:
        """As `told`, with code set as code in what others wrote."""
        if isinstance(value, Told):
            return self.text(value.by).join(self._told_as_prose(part) for part in value.parts)
        if isinstance(value, Phrase):
            return self.phrase(
                Phrase(value.message, tuple((name, self._told_as_prose(each)) for name, each in value.values))
            )
        text = value.text if isinstance(value, Unknown) else value
        return self._marked(text) if isinstance(text, str) else self.of(value)

    def _marked(self, text: str) -> Markup:
        parts = _CODE.split(text)
        return Markup("").join(self.code(part) if place % 2 else self.text(part) for place, part in enumerate(parts))

    def code(self, value: str) -> Markup:
        """The filter `code`, for digests and commands."""
        raise NotImplementedError

    def finish(self, text: str) -> str:
        """The last touch on the whole document."""
        return text

    def _count(self, value: int) -> str:
        if isinstance(value, bool):
            return self.say("yes" if value else "no")
        return self.language.number(f"{value:,}")

    def join(self, values: Iterable[Any], by: str = ", ") -> Markup:
        """The filter `join`: each value printed as by itself, so that none comes in unescaped."""
        return self.text(by).join(self.of(value) for value in values)

    def labels(self, values: Iterable[object], by: str = "; ") -> Markup:
        """The filter `labels`: several words or sentences of ours, joined."""
        return self.text(by).join(self.label(value) for value in values)


class HtmlPrinter(Printer):
    """HTML. Classes are those of `_parts/house.css.j2`."""

    def text(self, value: str) -> Markup:
        """Escaped text."""
        return escape.html(_text(value))

    def cite(self, value: Cite) -> Markup:
        """A small link to the row of the index; without a row in the document, the key alone. A pen marks what was written by hand."""
        key = self.text(value.key + _pen(value))
        if not value.anchor:
            return _CITED.format(key)
        return _LINKED.format(self.text(value.anchor), key)

    def by(self, values: Iterable[Cite]) -> Markup:
        """A span for each."""
        return Markup().join(Markup(' <span class="by">{}</span>').format(self.phrase(by)) for by in _vouching(values))

    def fact(self, value: Fact) -> Markup:
        """Value, unit, citation; how it was rounded shows as a title, and the claim is named for whoever checks it."""
        if value.text is None:
            return self.bare(value)
        return Markup("{}{}").format(self.cited(value), self.by(value.cites))

    def cited(self, value: Fact) -> Markup:
        """Value, unit and citation."""
        if value.text is None:
            return self.bare(value)
        return _CITED_FACT.format(self._data(value), self._keys(value.cites))

    def bare(self, value: Fact) -> Markup:
        """The figure and its claim."""
        if value.text is None:
            return Markup('<span class="missing">{}</span>').format(self.absent(value))
        return _FACT.format(self._data(value))

    def _data(self, value: Fact) -> Markup:
        rounded = _ROUNDED.format(self._rounded(value)) if value.rounding else ""
        claim = _CLAIM.format(value.claim.id) if value.claim else ""
        return _DATA.format(self.text(value.text or ""), claim, rounded, self.text(self._shown(value)))

    def _rounded(self, value: Fact) -> Markup:
        how = _DECIMALS.fullmatch(value.rounding)
        return self.of(
            phrase("rounded to %(n)s decimals", n=how[1])
            if how
            else phrase(words.ROUNDED.get(value.rounding, value.rounding))
        )

    def said(self, value: Said) -> Markup:
        """One sentence in the line, several as a list, then who stands behind them."""
        if value.missing:
            return Markup('<span class="ask">{}</span>').format(self.prose(value.ask))
        by = Markup('<span class="by">{} {}</span>').format(self.of(value.by), self.cites(value.cites))
        if len(value.texts) == 1:
            return Markup('<span class="said">{}</span> {}').format(self.of(value.texts[0]), by)
        items = Markup("").join(Markup("<li>{}</li>").format(self.of(text)) for text in value.texts)
        return Markup('<ul class="said">{}</ul>{}').format(items, by)

    def picture(self, value: Chart) -> Markup:
        """The SVG element. Its words were said when it was drawn, and are counted here."""
        self.unsaid.update(word for word in value.spoken if not self.language.has(word))
        return Markup(value.svg)  # noqa: S704 - drawn by us, with every text escaped

    def status(self, value: Status) -> Markup:
        """The sign is hidden from screen readers, who hear the word."""
        return Markup('<span class="status {}"><span class="icon" aria-hidden="true">{}</span> {}</span>').format(
            value.tone, value.icon, self.label(value.word)
        )

    def code(self, value: str) -> Markup:
        """A `code` element."""
        return Markup("<code>{}</code>").format(self.text(value))


class MarkdownPrinter(Printer):
    """Markdown as the Hugging Face Hub and GitHub read it."""

    def picture(self, value: Chart) -> Markup:  # noqa: ARG002 - the Hub strips drawings, whatever they show
        """Nothing: the words and the table of the chart stand for it."""
        return Markup()

    def text(self, value: str) -> Markup:
        """Escaped text, on one line."""
        return escape.markdown(_text(value))

    def cite(self, value: Cite) -> Markup:
        """A link to the anchor of the row."""
        key = self.text(value.key + _pen(value))
        if not value.anchor:
            return Markup("\\[{}\\]").format(key)
        return Markup("[\\[{}\\]](#{})").format(key, self.text(value.anchor))

    def by(self, values: Iterable[Cite]) -> Markup:
        """Each in brackets."""
        return Markup().join(Markup(" *({})*").format(self.phrase(by)) for by in _vouching(values))

    def fact(self, value: Fact) -> Markup:
        """Value, unit, citation, and who vouches for it."""
        return Markup("{}{}").format(self.cited(value), self.by(value.cites))

    def cited(self, value: Fact) -> Markup:
        """Value, unit, citation."""
        return Markup("{} {}").format(self.bare(value), self._keys(value.cites)).strip()

    def bare(self, value: Fact) -> Markup:
        """Value and unit."""
        if value.text is None:
            return Markup("*{}*").format(self.absent(value))
        return self.text(self._shown(value))

    def said(self, value: Said) -> Markup:
        """One sentence in the line, several as a list, then who stands behind them."""
        if value.missing:
            return Markup("*{}*").format(self.prose(value.ask))
        by = Markup("*({})* {}").format(self.of(value.by), self.cites(value.cites))
        if len(value.texts) == 1:
            return Markup("{} {}").format(self.of(value.texts[0]), by)
        items = Markup("").join(Markup("- {}\n").format(self.of(text)) for text in value.texts)
        return Markup("\n\n{}\n{}\n").format(items, by)

    def status(self, value: Status) -> Markup:
        """Sign and word."""
        return Markup("{} {}").format(value.icon, self.label(value.word))

    def code(self, value: str) -> Markup:
        """A code span, where nothing in the value could end it or mean more; else plain text."""
        return Markup(f"`{value}`") if _CODE_SAFE.fullmatch(value) else self.text(value)  # noqa: S704 - checked

    def finish(self, text: str) -> str:
        """No more than one blank line at a time; evidence holds no line break here, so only templates are touched."""
        return _BLANK_LINES.sub("\n\n", text).rstrip("\n") + "\n"


def _pen(value: Cite) -> str:
    return " ✎" if value.by is not None else ""


def _vouching(values: Iterable[Cite]) -> tuple[Phrase, ...]:
    return tuple(dict.fromkeys(value.by for value in values if value.by is not None))


def _text(value: object) -> str:
    """A text; whatever else a filter was given is not made one here."""
    if not isinstance(value, str):
        raise TypeError(f"a text is wanted here, and not {type(value).__name__}")
    return value


def _plain(value: object) -> object:
    """The same value in lists and dicts, as the safe dumper wants it; repeated parts are written out, not aliased."""
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return value

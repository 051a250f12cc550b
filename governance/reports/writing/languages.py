"""Languages: the fixed words of a document, said in the language of the house.

English words are their own keys. Another language has a catalogue, `_languages/<tag>.po` among the templates (GNU gettext), so a firm
adds one or replaces ours as it does a template, and trusts it as it does a template. What a catalogue does not say stays English and
is counted: a document says how many of its words that are. A translation may put the named values of its sentence in any order, and may
name no other.

Values inside a sentence are printed by the printer of the format and not by Jinja's own gettext, which knows no format but HTML.
Limit: what evidence, the catalogue of controls and the owner say is printed as it was written. Only our own words change.
"""

from __future__ import annotations

import io
import re
from dataclasses import dataclass, field
from functools import lru_cache
from gettext import GNUTranslations, NullTranslations
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, TemplateSyntaxError
from markupsafe import Markup

from governance.errors import ContentError, GovernanceError
from governance.reports.atoms import vocabulary
from governance.verifier.figures import ENGLISH_MARKS, WRITTEN, Marks, marked

if TYPE_CHECKING:
    from collections.abc import Mapping

    from governance.reports.writing.printing import Printer

ENGLISH = "en"
FOLDER = "_languages/"
OUTLINES = "_outlines/"

Message = tuple[str, str, str]
"""(context, what stands for one, what stands for several): the last two are the same key in English. Often empty but for the middle."""

_MARK = re.compile(r"%(?:(%)|\((\w+)\)s)?")
_TITLE = re.compile(r"\{#\s*---\n.*?^title:\s*(.+?)\s*$", re.DOTALL | re.MULTILINE)


@dataclass(frozen=True)
class _Read:
    """A catalogue that was read: what answers, the (context, one) of all that it says, and how it writes figures."""

    answers: NullTranslations = field(default_factory=NullTranslations)
    said: frozenset[tuple[str, str]] = frozenset()
    marks: Marks = ENGLISH_MARKS


@dataclass(frozen=True)
class Catalogue:
    """The words of one language. English needs no `source`: it is the words themselves.

    `language`: its tag; `source`: the text of the `.po` file; `where`: its path.
    """

    language: str = ENGLISH
    source: str = ""
    where: str = ""

    def drawn(self, text: str) -> str:
        """A word of ours, or a written number, as it stands in a picture."""
        return self.number(self.say(text))

    def say(self, text: str) -> str:
        """A word or sentence of ours in this language; the same text where the catalogue does not have it."""
        return self.answers.gettext(text) if text else text

    def has(self, text: str, context: str = "") -> bool:
        """Whether the catalogue says a word of ours. English says all, and every language says nothing and a written figure."""
        if not self.source or not any(map(str.isalpha, text)) or WRITTEN.fullmatch(text):
            return True
        return (context, text) in _read(self.language, self.source, self.where).said

    def number(self, text: str) -> str:
        """A figure that was written the English way, with this language's marks for decimals and thousands.

        Only what is a figure of one of our forms as a whole is touched; a date, a version, a digest or a sentence is not.
        """
        return marked(text, self.marks)

    @property
    def marks(self) -> Marks:
        """What this language writes before decimals and between thousands."""
        return _read(self.language, self.source, self.where).marks

    @property
    def answers(self) -> NullTranslations:
        """The gettext catalogue behind it."""
        return _read(self.language, self.source, self.where).answers


def catalogue(templates: Mapping[str, str], language: str) -> Catalogue:
    """The catalogue of a language among the templates; that of `de` serves `de-AT` where there is no nearer one.

    Raises `ContentError` for a language without a catalogue, or a catalogue that breaks the rules.
    """
    general = language.partition("-")[0]
    for tag in (language, general):
        where = f"{FOLDER}{tag}.po"
        if where in templates:
            _read(language, templates[where], where)
            return Catalogue(language, templates[where], where)
    if general == ENGLISH:
        return Catalogue(language)
    there = sorted(name.removeprefix(FOLDER).removesuffix(".po") for name in templates if name.startswith(FOLDER))
    raise ContentError(
        f"there is no catalogue of the language {language!r}",
        where=f"{FOLDER}{language}.po",
        hint=f"There are: {', '.join([ENGLISH, *there])}.",
    )


@lru_cache(maxsize=8)
def _read(language: str, source: str, where: str) -> _Read:
    if not source:
        return _Read()
    try:
        from babel import Locale, UnknownLocaleError
        from babel.messages import mofile, pofile
    except ImportError:
        raise GovernanceError(
            f"documents in the language {language} need Babel", hint="pip install 'governance-evidence[documents]'"
        ) from None
    try:
        locale = Locale.parse(language, sep="-")
        found = pofile.read_po(io.StringIO(source), locale=str(locale), abort_invalid=True)
    except (pofile.PoFileError, UnknownLocaleError, ValueError) as error:
        raise ContentError(f"is no catalogue of words: {error}", where=where) from None
    said: set[tuple[str, str]] = set()
    for entry in found:
        if not entry.id:
            continue
        strings = entry.string if isinstance(entry.string, (tuple, list)) else (entry.string,)
        ids = entry.id if isinstance(entry.id, (tuple, list)) else (entry.id, "")
        whole = all(strings) and not entry.fuzzy
        if whole:
            said.add((entry.context or "", str(ids[0])))
        if whole and (strange := _named(*strings) - _named(*ids)):
            raise ContentError(
                f"names %({min(strange)})s, which its sentence does not have", where=f"{where} line {entry.lineno}"
            )
    compiled = io.BytesIO()
    mofile.write_mo(compiled, found)
    compiled.seek(0)
    symbols = locale.number_symbols.get("latn", {})
    marks = Marks(symbols.get("decimal", "."), symbols.get("group", ","))
    return _Read(GNUTranslations(compiled), frozenset(said), marks if marks.known else ENGLISH_MARKS)


def _named(*messages: str) -> set[str]:
    return {match[2] for message in messages for match in _MARK.finditer(message) if match[2]}


def speaks(name: str) -> bool:
    """Whether a file among the templates holds words of ours: a template, or an outline."""
    return name.endswith(".j2") or (name.startswith(OUTLINES) and name.endswith(".yaml"))


def asked(name: str, text: str) -> tuple[tuple[int, Message], ...]:
    """What one template or outline asks a catalogue for: (line, message), with the title in its front matter.

    An outline has no lines here. Raises `UnreadableError`.
    """
    if not name.endswith(".j2"):
        return tuple((0, ("", word, "")) for word in vocabulary.words_in_outline(text.encode(), name))
    environment = Environment(extensions=["jinja2.ext.i18n"], trim_blocks=True, lstrip_blocks=True, autoescape=True)
    _prepare(environment)
    extract: Any = environment.extract_translations  # type: ignore[attr-defined]
    found: list[tuple[int, Message]] = []
    if title := _TITLE.match(text):
        found.append((text[: title.start(1)].count("\n") + 1, ("", title[1].strip("\"'"), "")))
    try:
        for line, function, strings in extract(environment.parse(text)):
            plain = [each for each in ((strings,) if isinstance(strings, str) else strings or ()) if each is not None]
            context = plain.pop(0) if "pgettext" in function and plain else ""
            if not plain:
                raise ContentError("hands gettext something else than fixed words", where=f"{name} line {line}")
            found.append(
                (line, (context, plain[0], plain[1] if "ngettext" in function or "npgettext" in function else ""))
            )
    except TemplateSyntaxError as error:
        raise ContentError(str(error), where=f"{name} line {error.lineno}") from None
    return tuple(found)


def install(environment: Environment, language: Catalogue, printer: Printer) -> None:
    """Give an environment `_`, `{% trans %}` and the other three of gettext, and `untranslated()`.

    That is how many words and sentences stayed English up to there, because the catalogue lacks them. Messages
    are trusted as templates are; each named value in one is printed by the printer, as `{{ … }}` would. A `%` is doubled.
    """
    environment.add_extension("jinja2.ext.i18n")
    _prepare(environment)
    answers = language.answers

    def filled(message: str, values: Mapping[str, object]) -> Markup:
        def one(match: re.Match[str]) -> str:
            if match[1]:
                return "%"
            if match[2] is None or match[2] not in values:
                raise TypeError(f"the message {message!r} has a % that names no value of it; a plain one is doubled")
            return str(printer.of(values[match[2]]))

        return Markup(_MARK.sub(one, message))  # noqa: S704 - a template's own words, and what the printer escaped

    def missed(message: str, context: str = "") -> None:
        if not language.has(message, context):
            printer.unsaid.add(message)

    def gettext(message: str, /, **values: object) -> Markup:
        missed(message)
        return filled(answers.gettext(message) if message else message, values)

    def ngettext(singular: str, plural: str, number: int, /, **values: object) -> Markup:
        missed(singular)
        return filled(answers.ngettext(singular, plural, number), {"num": number, **values})

    def pgettext(context: str, message: str, /, **values: object) -> Markup:
        missed(message, context)
        said = answers.pgettext(context, message)
        if said == message:  # Python up to 3.11.3 does not find the singular of a message that has a plural
            said = answers.npgettext(context, message, message, 1)
        return filled(said, values)

    def npgettext(context: str, singular: str, plural: str, number: int, /, **values: object) -> Markup:
        missed(singular, context)
        return filled(answers.npgettext(context, singular, plural, number), {"num": number, **values})

    environment.globals.update(
        gettext=gettext,
        ngettext=ngettext,
        pgettext=pgettext,
        npgettext=npgettext,
        untranslated=lambda: len(printer.unsaid),
    )


def _prepare(environment: Environment) -> None:
    """The one dialect of `{% trans %}`: trimmed, and values put in by the function and not by the template."""
    environment.policies["ext.i18n.trimmed"] = True
    environment.newstyle_gettext = True  # type: ignore[attr-defined]

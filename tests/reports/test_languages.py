"""Languages: no bare word in a template, a whole catalogue for each language, and values that no translation can let loose."""

from __future__ import annotations

import ast
import io
import re
import sys
from html.parser import HTMLParser

import jinja2
import pytest
from babel.messages import pofile

from governance.errors import ContentError, GovernanceError
from governance.reports.atoms import vocabulary
from governance.reports.writing import languages
from governance.reports.writing.render import Renderer, documents
from tests.reports import cases, extract, hostile

TEMPLATES = {
    path.relative_to(extract.TEMPLATES).as_posix(): path.read_text(encoding="utf-8")
    for path in sorted(extract.TEMPLATES.rglob("*"))
    if path.suffix in (".j2", ".po", ".yaml")
}
OURS = sorted(name for name in TEMPLATES if name.endswith(".j2"))
TAGS = sorted(path.stem for path in extract.FOLDER.glob("*.po"))
SPOKEN = {"alt", "title", "aria-label", "aria-description", "summary", "placeholder", "label"}
"""Attributes that somebody reads or hears."""

COUNTED = TEMPLATES["_parts/page.html.j2"].replace(
    "{% set unsaid = untranslated() %}", "{% set unsaid = 0 %}in English: {{ untranslated() }}."
)
"""The frame of a page that always says how many words stayed English."""

HEAD = 'msgid ""\nmsgstr ""\n"Language: de\\n"\n"Content-Type: text/plain; charset=utf-8\\n"\n"Plural-Forms: nplurals=2; plural=(n != 1);\\n"\n\n'


def own(body: str, *, words: str = "", document: str = "own.html") -> dict[str, str]:
    head = f"{{# ---\ndocument: {document}\ntitle: Own\nfor: a test\nview: risk-register\n--- #}}\n"
    return {f"{document}.j2": head + body, "_languages/de.po": HEAD + words}


def made(body: str, *, words: str = "", document: str = "own.html", language: str = "de", case=None) -> str:
    templates = own(body, words=words, document=document)
    return Renderer(case or cases.full(), templates, {"language": language}).render(document).decode()


# --- no bare words --------------------------------------------------------------------------------------------------


class _Words(HTMLParser):
    """The letters that a reader of the page would read, with their lines."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self.found: list[tuple[int, str]] = []
        self.inside: list[str] = []

    def handle_starttag(self, tag, attrs):
        if tag in ("style", "script"):
            self.inside.append(tag)
        named = dict(attrs)
        for name, value in attrs:
            if name in SPOKEN or (tag == "meta" and name == "content" and named.get("name") == "description"):
                self.handle_data(value or "")

    def handle_endtag(self, tag):
        if self.inside and tag == self.inside[-1]:
            self.inside.pop()

    def handle_data(self, data):
        letter = re.search(r"[^\W\d_]", data)
        if letter and not self.inside:
            self.found.append((self.getpos()[0] + data[: letter.start()].count("\n"), data.strip()))


def bare_words(name: str, source: str) -> list[str]:
    """`file:line: words` for each word that no catalogue can reach."""
    text, found, translated = "", [], False
    tokens = [token for token in jinja2.Environment(autoescape=True).lex(source) if token[1] != "whitespace"]
    for place, (line, kind, value) in enumerate(tokens):
        if kind == "block_begin":
            word = tokens[place + 1][2]
            translated = word == "trans" or (translated and word != "endtrans")
        if kind == "data" and not translated:
            text += "\n" * (line - 1 - text.count("\n")) + value
        elif kind == "string" and re.search(r"[^\W\d_]", value) and not _is_reached(tokens, place):
            found.append(f"{name}:{line}: {value}")
    if name.endswith(".css.j2"):
        lines = enumerate(text.split("\n"), start=1)
        return found + [f"{name}:{number}: {said}" for number, line in lines for said in _shown_by(line)]
    if name.endswith(".md.j2"):
        lines = enumerate(re.sub(r"</?[a-z][^>]*>", "", text).split("\n"), start=1)
        return found + [f"{name}:{number}: {line}" for number, line in lines if re.search(r"[^\W\d_]", line)]
    parser = _Words()
    parser.feed(text)
    parser.close()
    return found + [f"{name}:{line}: {words}" for line, words in parser.found]


def _shown_by(line: str) -> list[str]:
    """The strings with letters that a style sheet puts onto the page."""
    values = re.findall(r"content:([^;}]*)", line)
    return [said for value in values for said in re.findall(r'"([^"]*)"', value) if re.search(r"[^\W\d_]", said)]


_COMPARES = {"==", "!=", "in"}
_NAMES_A_FILE = {"extends", "import", "include", "from"}


def _is_reached(tokens, place: int) -> bool:
    """Whether a string in an expression is handed to gettext, compared with, looked up by, or the name of a file."""
    before = [value for _, _, value in tokens[max(0, place - 2) : place]]
    after = tokens[place + 1][2] if place + 1 < len(tokens) else ""
    if before[-1] in _COMPARES or after in _COMPARES or before[-1] in _NAMES_A_FILE or before[-1] == "[":
        return True
    return before[-1] == "(" and before[0] in ("_", "gettext", "ngettext", "pgettext", "npgettext", "claim")


@pytest.mark.parametrize("name", OURS)
def test_no_template_holds_a_word_that_no_catalogue_reaches(name):
    assert not bare_words(name, TEMPLATES[name])


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("a.html.j2", "<p>Word</p>"),
        ("a.html.j2", "<p>{{ view.n }}\n risks</p>"),
        ("a.html.j2", '<nav aria-label="Contents"></nav>'),
        ("a.html.j2", '<p>{{ "yes" if view.n else "" }}</p>'),
        ("a.html.j2", '{{ house.facts(rows, "What was read") }}'),
        ("a.html.j2", "{% trans %}One{% endtrans %} two"),
        ("a.md.j2", "# Heading"),
        ("a.css.j2", '@bottom-right { content: "Page " counter(page); }'),
    ],
)
def test_a_bare_word_is_found(name, source):
    assert bare_words(name, source)


def test_a_bare_word_is_told_with_its_file_and_line():
    assert bare_words("a.html.j2", "{# one\n#}\n<p>\n{% if x %}\nWord{% endif %}") == ["a.html.j2:5: Word"]


# --- whole catalogues -----------------------------------------------------------------------------------------------


def entries(tag: str) -> list:
    text = TEMPLATES[f"_languages/{tag}.po"]
    return [entry for entry in pofile.read_po(io.StringIO(text), locale=tag, abort_invalid=True) if entry.id]


def both(entry) -> list[tuple[str, str]]:
    """Pairs of a message and what translates it: each form of a plural beside the form it stands for."""
    if isinstance(entry.id, (tuple, list)):
        return [(entry.id[0 if place == 0 else 1], text) for place, text in enumerate(entry.string)]
    return [(entry.id, entry.string)]


@pytest.mark.parametrize("tag", TAGS)
def test_a_catalogue_holds_what_documents_ask_for_and_nothing_else(tag):
    asked = {(context, one, many) for context, one, many in extract.asked()}
    held = set()
    for entry in entries(tag):
        one, many = entry.id if isinstance(entry.id, (tuple, list)) else (entry.id, "")
        held.add((entry.context or "", one, many))
        assert not entry.fuzzy, entry.id
        assert all(text.strip() for _, text in both(entry)), f"{entry.id} is not translated"
    assert asked - held == set()
    assert held - asked == set()


@pytest.mark.parametrize("tag", TAGS)
def test_a_catalogue_is_as_the_extractor_writes_it(tag):
    assert extract.written(tag) == TEMPLATES[f"_languages/{tag}.po"]


@pytest.mark.parametrize("tag", TAGS)
def test_a_translation_keeps_the_values_the_markup_and_the_marks_of_its_sentence(tag):
    for entry in entries(tag):
        for message, text in both(entry):
            for kept in (r"%\(\w+\)s|%%", r"</?\w+[^>]*>", r"`[^`]*`|\*\*?|\|"):
                assert sorted(re.findall(kept, message)) == sorted(re.findall(kept, text)), (message, text)
            outside = re.sub(r"<[^>]*>", "", text)
            assert "counter(" in text or not re.search(r'["<>]|&(?!#?\w+;)', outside), text
            assert text == text.strip()
            assert message[-1] in ".:;" or text[-1] not in ".;", text
            assert message[-1] not in ".:;" or text[-1] == message[-1], text


@pytest.mark.parametrize("tag", TAGS)
def test_every_document_renders_in_every_language_for_every_case(tag, any_case):
    renderer = Renderer(any_case, TEMPLATES, {"language": tag})
    for name in renderer.offered:
        assert renderer.render(name)


def test_a_german_report_speaks_german_and_keeps_what_others_said():
    text = Renderer(cases.full(), TEMPLATES, {"language": "de"}).render("audit-report.html").decode()
    assert "Nicht belegt" in text or "nicht belegt" in text
    assert "<h2>Maßnahmen</h2>" in text
    assert cases.full().dossier.system.name in text


# --- the words of the builders --------------------------------------------------------------------------------------


def test_the_vocabulary_holds_every_status_and_both_texts_of_every_term():
    held = set(vocabulary.words_to_translate())
    assert {
        "met",
        "could not tell",
        "Residual risk",
        "Unmet",
        "Evidence is there, and it says no.",
        "not evidenced",
    } <= held
    assert "prompt-injection" not in held, "an id is no word"
    assert not {word for word in held if not word.strip()}


def test_a_word_of_the_vocabulary_still_stands_in_the_source_it_was_taken_from():
    paths = [
        path
        for floor in ("reports", "domain", "assurance", "verifier")
        for path in (extract.ROOT / "governance" / floor).rglob("*.py")
    ]
    spelt = {
        node.value
        for path in paths
        if path.name != "vocabulary.py"
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    assert [word for word in vocabulary.ELSEWHERE if word not in spelt and word.replace(" ", "-") not in spelt] == []


def test_a_phrase_in_a_builder_is_found_with_its_line():
    source = 'x = 1\ny = phrase("stated by %(name)s", name=x)\nz = references.figure("Loss", piece, "/loss")\nw = Term("A", "B")\n'
    assert sorted(vocabulary.words_in_source(source)) == [(2, "stated by %(name)s"), (3, "Loss"), (4, "A"), (4, "B")]


def test_what_a_claim_chooses_from_is_found_where_the_mapping_has_a_name():
    source = 'ON = {"true": "it is on", "false": "it is off"}\nreferences.choice("Switch", piece, "/on", ON)\n'
    assert sorted(vocabulary.words_in_source(source)) == [(1, "it is off"), (1, "it is on"), (2, "Switch")]


def test_yes_and_no_of_evidence_are_said_in_the_language_of_the_document_and_held_as_words_of_a_claim():
    words = 'msgid "yes"\nmsgstr "ja"\n'
    body = "{{ claim('training-run.v1', '/finished') | bare }}"
    assert ">ja</data>" in made(body, words=words)
    assert ">yes</data>" in made(body)
    assert ">yes</data>" in made(body, language="en")


def test_what_a_claim_chooses_from_is_said_in_the_language_of_the_document():
    page = Renderer(cases.full(), TEMPLATES, {"language": "de"}).render("model-card.html").decode()
    assert ">vom Lauf selbst</data>" in page
    assert ">by the run itself</data>" not in page


def test_an_outline_gives_its_note_headings_questions_labels_and_what_its_source_is_called():
    outline = (
        b"title: T\nnote: N\nsource: {name: S, version: V, title: no}\nsections:\n  - id: '1'\n    title: H\n    points:\n"
        b"      - id: '1 a'\n        asks: A\n        answers: [{figure: {kind: k.v1, label: L}}]\n        person: P\n"
    )
    assert list(vocabulary.words_in_outline(outline, "x.yaml")) == ["T", "N", "S", "V", "H", "A", "L", "P"]


# --- values, plurals, figures ---------------------------------------------------------------------------------------

SENTENCE = "{% trans system=view.frame.system, n=view.register.total %}{{ system }}: {{ n }} risk{% pluralize n %}{{ system }}: {{ n }} risks{% endtrans %}"
TURNED = (
    'msgid "%(system)s: %(n)s risk"\nmsgid_plural "%(system)s: %(n)s risks"\n'
    'msgstr[0] "%(n)s Risiko für %(system)s"\nmsgstr[1] "%(n)s Risiken für %(system)s"\n'
)


def test_a_translation_may_turn_its_sentence_round():
    assert made(SENTENCE, language="en") == "Elm Desk assistant: 7 risks"
    assert made(SENTENCE, words=TURNED) == "7 Risiken für Elm Desk assistant"


@pytest.mark.parametrize("language", ["en", "de"])
def test_a_value_in_a_sentence_is_escaped_for_the_format_and_can_name_no_other_value(language):
    hostile_case = hostile.hostile()
    html = made(SENTENCE, words=TURNED, language=language, case=hostile_case)
    plain = made("{{ view.frame.system }}", language=language, case=hostile_case)
    assert plain in html
    assert "<script" not in html
    markdown = made(SENTENCE, words=TURNED, language=language, case=hostile_case, document="own.md")
    assert made("{{ view.frame.system }}", language=language, case=hostile_case, document="own.md").strip() in markdown


def test_a_value_that_looks_like_a_mark_is_printed_and_not_filled_in():
    assert made('{% trans a="%(b)s %%", b="x" %}{{ a }} {{ b }}{% endtrans %}') == "%(b)s %% x"


def test_a_status_prints_its_translated_word_inside_a_sentence():
    body = "{% trans level=view.register.by_level[0][0] %}Level {{ level }}{% endtrans %}"
    text = made(
        body, words='msgid "critical"\nmsgstr "kritisch"\n\nmsgid "Level %(level)s"\nmsgstr "Stufe %(level)s"\n'
    )
    assert text.startswith("Stufe <span")
    assert "kritisch" in text


def test_a_percent_sign_is_doubled_and_prints_once():
    assert made("{% trans %}50% of all{% endtrans %}", language="en") == "50% of all"
    assert made('{{ _("50%% of all") }}', language="en") == "50% of all"
    with pytest.raises(ContentError, match="doubled"):
        made('{{ _("50% of all") }}', language="en")


def test_the_same_english_word_has_two_translations_by_its_context():
    body = '{{ pgettext("noun", "set") }} {{ pgettext("verb", "set") }} {{ npgettext("noun", "set", "sets", 2) }}'
    words = (
        'msgctxt "noun"\nmsgid "set"\nmsgid_plural "sets"\nmsgstr[0] "Satz"\nmsgstr[1] "Sätze"\n\n'
        'msgctxt "verb"\nmsgid "set"\nmsgstr "setzen"\n'
    )
    assert made(body, words=words) == "Satz setzen Sätze"
    assert made(body, language="en") == "set set sets"


def test_the_rule_of_the_catalogue_picks_among_more_than_two_plurals():
    polish = HEAD.replace("Language: de", "Language: pl").replace(
        "nplurals=2; plural=(n != 1);",
        "nplurals=3; plural=(n==1 ? 0 : n%10>=2 && n%10<=4 && (n%100<12 || n%100>14) ? 1 : 2);",
    )
    words = 'msgid "one"\nmsgid_plural "many"\nmsgstr[0] "a"\nmsgstr[1] "b"\nmsgstr[2] "c"\n'
    templates = own('{% for n in [1, 3, 5, 22] %}{{ ngettext("one", "many", n) }}{% endfor %}')
    templates["_languages/pl.po"] = polish + words
    assert Renderer(cases.full(), templates, {"language": "pl"}).render("own.html") == b"abcb"


def test_a_catalogue_that_breaks_its_rules_is_refused_with_its_place():
    stray = 'msgid "%(a)s and"\nmsgstr "%(b)s und"\n'
    with pytest.raises(ContentError, match=r"_languages/de\.po line \d+: names %\(b\)s"):
        made("x", words=stray)
    with pytest.raises(ContentError, match=r"_languages/de\.po"):
        made("x", words="a word that is no entry\n")


def test_a_language_without_a_catalogue_is_refused_and_a_near_one_serves():
    with pytest.raises(ContentError, match="There are: en, de"):
        made("x", language="fr")
    assert made('{{ _("One") }}', words='msgid "One"\nmsgstr "Eins"\n', language="de-AT") == "Eins"
    assert made('{{ _("One") }}', words='msgid "One"\nmsgstr "Eins"\n', language="en-GB") == "One"


def test_english_needs_no_babel_and_another_language_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "babel", None)
    assert made('{{ _("One") }}', language="en") == "One"
    with pytest.raises(GovernanceError, match=r"pip install 'governance-evidence\[documents\]'"):
        made("x", words='msgid "Without Babel"\nmsgstr "Ohne Babel"\n')


def test_what_asks_gettext_with_anything_but_fixed_words_is_refused():
    with pytest.raises(ContentError, match="fixed words"):
        languages.asked("a.html.j2", "{{ _(view.frame.system) }}")


@pytest.mark.parametrize(
    ("english", "german"),
    [
        ("1,234.5", "1.234,5"),
        ("−0.123", "−0,123"),
        ("+1,234,567", "+1.234.567"),
        ("1.23 × 10⁻¹⁵", "1,23 × 10⁻¹⁵"),
        ("1.5 GB", "1,5 GB"),
        ("999 bytes", "999 bytes"),
        ("1,234 h 5 min", "1.234 h 5 min"),
        ("12.5 s", "12,5 s"),
    ],
)
def test_a_figure_is_written_with_the_marks_of_the_language(english, german):
    assert languages.catalogue(TEMPLATES, "de").number(english) == german
    assert languages.catalogue(TEMPLATES, "en").number(english) == english


@pytest.mark.parametrize(
    "text", ["2026-11-22", "2.5.1", "4.51.0+cu124", "b2264c4e37c7", "1, 2", "RFC 6962", "0.40 of 2", "torch 2.5", ""]
)
def test_what_is_no_figure_is_left_alone(text):
    assert languages.catalogue(TEMPLATES, "de").number(text) == text


def test_the_titles_of_documents_are_asked_for():
    asked = {one for _, one, _ in extract.asked()}
    assert {document.title for document in documents(TEMPLATES).values() if document.template} <= asked

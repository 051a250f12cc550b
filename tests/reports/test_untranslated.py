"""What stays English because a catalogue lacks it is counted on the page: what is in print, each word once, and nobody else's words."""

from __future__ import annotations

import pytest

from governance.reports.writing.render import Renderer
from tests.reports import card_cases, cases
from tests.reports.test_languages import COUNTED, TAGS, TEMPLATES, made, own


@pytest.mark.parametrize("tag", TAGS)
@pytest.mark.parametrize("case", [cases.full, cases.bare, cases.empty, card_cases.rich])
def test_no_word_of_ours_is_missing_and_no_document_says_so(tag, case):
    renderer = Renderer(case(), TEMPLATES | {"_parts/page.html.j2": COUNTED}, {"language": tag})
    for name in renderer.offered:
        text = renderer.render(name).decode()
        if name.endswith(".html"):
            assert f'<html lang="{tag}">' in text
            assert "in English: 0." in text, name


def test_what_a_catalogue_does_not_say_stays_english_and_is_counted():
    body = '{{ _("One") }} {{ _("Two") }} {{ _("Two") }} {{ untranslated() }}'
    words = 'msgid "Own"\nmsgstr "Eigenes"\n\nmsgid "One"\nmsgstr "Eins"\n'
    assert made(body, words=words) == "Eins Two Two 1"
    assert made(body, language="en") == "One Two Two 0"
    fuzzy = words + '\n#, fuzzy\nmsgid "Two"\nmsgstr "Zwei"\n'
    assert made(body, words=fuzzy) == "Eins Two Two 1"


@pytest.mark.parametrize(
    ("body", "n"),
    [
        ('{{ "a word of ours" | label }} {{ "a word of ours" | label }}', 1),
        ('{{ "of the content, or of somebody" | prose }}', 0),
        ('{{ "1,234.5" | label }} {{ "–" | label }}', 0),
        ("{{ view.register.by_level[0][0] }}", 1),
        ("{{ view.frame.system }}", 0),
        ('{{ ngettext("one", "many", 2) }} {{ pgettext("verb", "set") }}', 2),
    ],
)
def test_only_words_of_ours_that_are_in_print_are_counted(body, n):
    words = 'msgid "Own"\nmsgstr "Eigenes"\n\nmsgid "set"\nmsgstr "Satz"\n'
    assert made(f"{body} {{{{ untranslated() }}}}", words=words).endswith(f" {n}")


def test_the_words_of_a_picture_are_counted_where_it_is_printed():
    words = 'msgid "Own"\nmsgstr "Eigenes"\n'
    text = made("{{ view.heat | picture }} {{ untranslated() }}", words=words)
    assert int(text.rsplit(" ", 1)[1]) > 3


def test_the_count_begins_anew_with_each_document():
    words = 'msgid "Own"\nmsgstr "Eigenes"\n'
    templates = own('{{ "one" | label }} {{ untranslated() }}', words=words)
    templates |= own('{{ "two" | label }} {{ untranslated() }}', words=words, document="other.html")
    renderer = Renderer(cases.full(), templates, {"language": "de"})
    assert [renderer.render(name) for name in ("own.html", "other.html", "own.html")] == [b"one 1", b"two 1", b"one 1"]

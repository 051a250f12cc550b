"""Text for people: it says something, and all of it can be seen."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from governance.domain.base import Digest, KindId, Sentence, Slug, is_placeholder, visible
from governance.parsing.people import person_key

SENTENCE = TypeAdapter(Sentence)


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        ".",
        "..",
        "...",
        "…",
        "-",
        "--",
        "___",
        "?",
        "???",
        "x",
        "X",
        "xx",
        "XXX",
        "TBD",
        "tbd",
        "TBD.",
        "tba",
        "TBC",
        "TODO",
        "todo:",
        "FIXME",
        "N/A",
        "n/a",
        "NA",
        "N/A.",
        "(n/a)",
        "n.a.",
        "None",
        "none.",
        "-- none --",
        "null",
        "unknown",
        "Unknown!",
        "placeholder",
        "[placeholder]",
        "Lorem ipsum dolor sit amet",
        "More Information Needed",
        "[More Information Needed]",
        "[more information needed].",
        "More information needed.",
        "Information needed",
        "Needs more information",
        "**[More Information Needed]**",
        "to be determined",
        "To be decided.",
        "{{ description }}",
        "{name}",
        "<your name>",
        "[insert text]",
        "\u2800\u2800",
        "\u3164\u3164",
        "\u115f\u1160",
        "\u200d\u200d",
        "\ufe0f\ufe0f",
        "x\ufe0f",
        "a",
        "e\u0301",
        "\n\t",
    ],
)
def test_text_that_says_nothing_is_refused(text):
    with pytest.raises(ValidationError):
        SENTENCE.validate_python(text)


@pytest.mark.parametrize(
    "text",
    [
        "ok",
        "No",
        "Al",
        "Go",
        "R2",
        "C++",
        "C#",
        "李明",
        "हाँ",
        "None of it leaves the site.",
        "Unknown speakers are refused.",
        "TBD Bank",
        "To be or not to be",
        "N/A is never written",
        "Helps nurses <fast>.",
        "[a] and (b)",
        "Xx-large models",
        "Do not lorem ipsum.",
        "👩\u200d🔬 in the lab",
        "❤\ufe0f data",
        "two\nlines\tand a tab",
        "a{b}",
        "Not for children.",
        "1.",
        "42",
    ],
)
def test_short_text_that_says_something_stands(text):
    assert SENTENCE.validate_python(text) == text
    assert not is_placeholder(text)


@pytest.mark.parametrize(
    "character",
    [
        "\0",
        "\x07",
        "\x1b",
        "\r",
        "\x7f",
        "\x85",
        "\x9b",
        "\xad",
        "\u061c",
        "\u180e",
        "\u200b",
        "\u200c",
        "\u200e",
        "\u200f",
        "\u2028",
        "\u2029",
        "\u202a",
        "\u202d",
        "\u202e",
        "\u2060",
        "\u2066",
        "\u2067",
        "\u2069",
        "\ufeff",
        "\ufff9",
        "\U000e0041",
        "\ue000",
        "\U0010fffd",
        "\u115f",
        "\u1160",
        "\u3164",
        "\uffa0",
    ],
)
def test_a_character_that_controls_or_hides_is_refused_wherever_it_stands(character):
    with pytest.raises(ValidationError, match=f"U\\+{ord(character):04X}"):
        SENTENCE.validate_python(f"plain{character}text")
    with pytest.raises(ValidationError):
        SENTENCE.validate_python(f"{character}text{character}x\u202e")


def test_half_a_surrogate_pair_is_refused():
    with pytest.raises(ValidationError):
        SENTENCE.validate_python("plain\ud800text")


@given(st.text(max_size=30))
def test_a_sentence_is_composed_trimmed_and_stays_as_it_is(text):
    try:
        kept = SENTENCE.validate_python(text)
    except ValidationError:
        return
    assert kept == unicodedata.normalize("NFC", text.strip())
    assert (
        kept.isprintable()
        or set(kept) & set("\n\t\u200d")
        or "Zs" in map(unicodedata.category, kept)
        or "Cn" in map(unicodedata.category, kept)
    )
    assert SENTENCE.validate_python(kept) == kept
    kept.encode()


def test_a_sentence_ends_at_4000_characters():
    assert SENTENCE.validate_python("ab" * 2000)
    with pytest.raises(ValidationError):
        SENTENCE.validate_python("ab" * 2000 + "c")


@pytest.mark.parametrize(
    "text", ["<" * 100_000, "[" * 100_000, "{" * 100_000, "_" * 100_000 + "a", "x" * 100_000 + "y", "-none" * 20_000]
)
def test_a_hostile_text_is_judged_quickly(text):
    assert not is_placeholder(text) or set(text) <= set("<[{_")


@pytest.mark.parametrize(
    ("kind", "good", "bad"),
    [
        (
            Slug,
            ["a", "a-b", "nist-ai-rmf-1.0", "0"],
            ["", "A", "a_b", "-a", "a-", "a--b", "a b", "a\n", "ä", "../a", "a" * 81],
        ),
        (
            KindId,
            ["eval-run.v1", "a.v12"],
            ["eval-run", "eval-run.v0", "eval-run.v01", "eval.run.v1", "A.v1", "a.v1\n"],
        ),
        (
            Digest,
            ["sha256:" + "0a" * 32],
            [
                "",
                "0a" * 32,
                "sha256:" + "0A" * 32,
                "sha256:" + "0a" * 31,
                "sha256:" + "0a" * 33,
                "sha512:" + "0a" * 32,
                "sha256:" + "0a" * 32 + "\n",
            ],
        ),
    ],
)
def test_an_id_has_one_spelling(kind, good, bad):
    adapter = TypeAdapter(kind)
    for text in good:
        assert adapter.validate_python(text) == text
    for text in bad:
        with pytest.raises(ValidationError):
            adapter.validate_python(text)


@pytest.mark.parametrize(
    "spelling",
    [
        "bob",
        "BOB",
        " Bob ",
        "Bob\n",
        "\tBob",
        "\uff22\uff4f\uff42",
        "\U0001d4d1\U0001d4f8\U0001d4eb",
        "Bo\u200db",
        "Bob\ufe0f",
        "Bo\u034fb",
        "Bob\u3164",
        "\u00a0Bob",
    ],
)
def test_spellings_of_one_person_have_one_key(spelling):
    assert person_key(spelling) == person_key("Bob") == "bob"


def test_inner_space_is_single_and_case_is_folded_as_unicode_folds():
    assert person_key("Ann \u2003  Lee") == "ann lee"
    assert person_key("Straße") == person_key("STRASSE")
    assert person_key("José") == person_key("Jose\u0301")
    assert len({person_key(name) for name in ("Ann", "Anna", "An n", "Änn", "Bob")}) == 5


@given(st.text(max_size=20))
def test_the_key_of_a_person_is_its_own_key(name):
    key = person_key(name)
    assert person_key(key) == key
    assert person_key(name.upper().lower()) == person_key(person_key(name.upper().lower()))
    assert key == visible(key).strip()

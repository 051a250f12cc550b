"""A card's head and text: split where the Hub splits, refused where the head is broken."""

import pytest

from governance.errors import UnreadableError
from governance.parsing import front_matter


@pytest.mark.parametrize(
    ("data", "head", "text"),
    [
        (b"---\nlicense: mit\n---\n# Card\n", {"license": "mit"}, "# Card\n"),
        (b"---\r\nlicense: mit\r\n---\r\n# Card\r\n", {"license": "mit"}, "# Card\r\n"),
        (b"\xef\xbb\xbf---\na: 1\n---\nx", {"a": 1}, "x"),
        (b"---  \na: 1\n--- \t\nx", {"a": 1}, "x"),
        (b"---\na: 1\n---", {"a": 1}, ""),
        (b"---\n---\ntext\n", {}, "text\n"),
        (b"---\n---\nlicense: mit\n---\nmore", {}, "license: mit\n---\nmore"),
        (b"---\n\n---\nx", {}, "x"),
        (b"---\n# a comment\n---\nx", {}, "x"),
        (b"# Card\n\n---\n\na: 1\n---\n", {}, "# Card\n\n---\n\na: 1\n---\n"),
        (b"---\na: 1\n---\nx\n---\nb: 2\n---\n", {"a": 1}, "x\n---\nb: 2\n---\n"),
        (b"----\na: 1\n----\n", {}, "----\na: 1\n----\n"),
        (b"\xef\xbb\xbftext", {}, "text"),
        (b"", {}, ""),
        (b"---\n2024: x\nlanguage: [no, en]\n---\n", {"2024": "x", "language": ["no", "en"]}, ""),
    ],
)
def test_head_and_text_are_parted(data, head, text):
    assert front_matter.split(data) == (head, text)


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"---\na: 1\n", "never closed"),
        (b"---\r\na: 1\r\n", "never closed"),
        (b"--- \na: 1\n", "never closed"),
        (b"\xef\xbb\xbf---\na: 1\n", "never closed"),
        (b"---\n- a\n---\n", "not a mapping"),
        (b"---\njust text\n---\n", "not a mapping"),
        (b"---\nfalse\n---\n", "not a mapping"),
        (b"---\na: 1\na: 2\n---\n", "the key 'a' twice at line 3"),
        (b"---\na: 1\nb: &x 2\n---\n", "an anchor or alias at line 3"),
        (b"---\na: b: c\n---\n", "at line 2"),
        (b"---\n1: a\n'1': b\n---\n", "written alike"),
        (b"---\na: 1\n---\n\xff", "not UTF-8"),
        (b"---\na: \xff\n---\n", "not UTF-8"),
        (b"\xff", "not UTF-8"),
        (b"---\na: " + b"x" * front_matter.MAX_HEAD_BYTES + b"\n---\n", "over the cap"),
    ],
)
def test_a_broken_card_is_refused_with_its_place(data, problem):
    with pytest.raises(UnreadableError, match=problem) as caught:
        front_matter.split(data, where="README.md")
    assert caught.value.where == "README.md"


def test_a_long_text_of_dashes_is_split_quickly():
    head, text = front_matter.split(b"---\na: 1\n---\n" + b"\n---   x" * 200_000)
    assert head == {"a": 1}
    assert len(text) == 8 * 200_000

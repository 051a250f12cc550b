"""How texts are parted over cells, and rows over sheets."""

from __future__ import annotations

import io

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from governance.reports.tabular.lists import Listing, columns
from governance.reports.tabular.sheets import LINES, MOST_CHARACTERS, Book, Legend, lines, parts
from tests.reports.found import ON

LEGEND = Legend("T", "S", "C", ON, "head", ("foot", "foot"))
WORDS = st.text(alphabet=st.sampled_from("ab \n漢𝔘é-"), max_size=400)


def units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


@given(WORDS, st.integers(1, 60), st.integers(1, 20))
def test_the_parts_of_a_text_are_the_text_and_each_fits_its_cell(word, times, width):
    text = word * times
    made = parts(text, width, width + 10)
    assert "".join(made) == text
    assert all(made) or made == [text]
    assert lines(made[0], width) <= LINES
    for part in made[1:]:
        assert lines(part, width + 10) <= LINES


def test_a_text_of_one_endless_word_is_parted_all_the_same():
    text = "x" * 100_000
    made = parts(text, 60, 110)
    assert "".join(made) == text
    assert max(map(units, made)) <= MOST_CHARACTERS
    assert len(made) == 1 + -(-(100_000 - len(made[0])) // (110 * LINES))


def test_characters_that_count_twice_for_a_spreadsheet_are_counted_twice():
    text = "\U0001f600" * 40_000
    made = parts(text, 3_000, 3_000)
    assert "".join(made) == text
    assert max(map(units, made)) <= MOST_CHARACTERS


@pytest.mark.parametrize(
    ("text", "width", "expected"),
    [
        ("", 10, 1),
        ("a b", 10, 1),
        ("aaaa bbbb cccc", 9, 2),
        ("a\nb", 10, 2),
        ("x" * 25, 10, 3),
        ("漢" * 6, 10, 2),
        ("aaa " * 3, 4, 3),
    ],
)
def test_lines_are_counted_as_words_fall(text, width, expected):
    assert lines(text, width) == expected


def test_rows_beyond_what_a_sheet_holds_go_on_in_a_further_sheet():
    listing = Listing(
        "n", "Things", "a thing", columns(("a", "A", 8), ("b", "B", 8)), tuple((f"k{n}", n) for n in range(7))
    )
    book = Book(LEGEND, most_rows=4)
    book.add(listing)
    found = openpyxl.load_workbook(io.BytesIO(book.finish()))
    assert found.sheetnames == ["Things", "Things 2", "Things 3"]
    assert [found[name].max_row for name in found.sheetnames] == [4, 4, 2]
    assert [row[0] for name in found.sheetnames for row in found[name].iter_rows(min_row=2, values_only=True)] == [
        f"k{n}" for n in range(7)
    ]
    assert all(sheet["A1"].value == "A" for sheet in found)


def test_a_number_that_a_spreadsheet_would_round_is_written_as_text():
    listing = Listing(
        "n",
        "Things",
        "a thing",
        columns(
            ("a", "A", 8),
        ),
        ((2**53 + 1,), (2**53,), (-5,)),
    )
    book = Book(LEGEND)
    book.add(listing)
    sheet = openpyxl.load_workbook(io.BytesIO(book.finish()))["Things"]
    assert [sheet[f"A{row}"].value for row in (2, 3, 4)] == [str(2**53 + 1), 2**53, -5]


def test_a_head_and_a_foot_that_are_too_long_keep_what_must_be_read():
    legend = Legend("T" * 400, "S", "C", ON, "system " * 60, ("Checkpoint " * 40, "Evidence, not certification."))
    book = Book(legend)
    book.add(
        Listing(
            "n",
            "Things",
            "a thing",
            columns(
                ("a", "A", 8),
            ),
            (("x",),),
        )
    )
    sheet = openpyxl.load_workbook(io.BytesIO(book.finish()))["Things"]
    assert sheet.oddFooter.left.text.strip() == "Evidence, not certification."
    assert sheet.oddFooter.right.text.strip() == "Page &P of &N"

"""Figures on a page: each is one element with its text, citations alone stand behind it, and nothing makes another number of it."""

from __future__ import annotations

import pytest

from governance.verifier.pages import Printed, figures_of

DATA = '<data value="1.8" data-claim="c1" title="rounded to 1 decimals">1.8 kWh</data>'
FIGURE = f'<span class="fact">{DATA}</span>'
CITED = f'<span class="fact">{DATA} <a class="cite" href="#e1">[E1]</a> <span class="cite">[S]</span></span>'
ONE = [Printed("c1", "1.8 kWh", "1.8")]


@pytest.mark.parametrize(
    "page",
    [
        FIGURE,
        CITED,
        f"<p>version {FIGURE}, and no more.</p>",
        f"<p>({FIGURE}; 9)</p>",
        f"<td>9</td><td>{FIGURE}</td><td>9</td>",
        f"9<br>{FIGURE}<br>9",
        f'<span class="fact">{DATA}  <span class="cite">[ev-00aa, not in this index]</span> </span>',
    ],
)
def test_a_figure_that_stands_by_itself_is_taken_as_it_is_printed(page):
    found = figures_of(page)
    assert (found.printed, found.loose, found.wrong) == (ONE, 0, [])


@pytest.mark.parametrize(
    "inside",
    [
        f"{DATA}99 %",
        f"{DATA} 99 %",
        f"9 {DATA}",
        f"{DATA}<b>9</b>",
        f"{DATA}<br>9",
        f"{DATA}{DATA}",
        f'{DATA} <a class="cite">[99 %]</a>',
        f'{DATA} <a class="cite">[E1]</a> 9',
        f'{DATA} <a class="cite" style="color:red">[E1]</a>',
        DATA.replace("<data", '<data style="display:none"'),
        DATA.replace("<data", '<data value="9"'),
        DATA.replace("1.8 kWh", "1<!-- -->.8 kWh"),
        DATA.replace("1.8 kWh", "<b>9</b>1.8 kWh"),
        DATA.replace("1.8 kWh", '1.8<data value="9" data-claim="c2">9</data>'),
        DATA.removesuffix("</data>"),
    ],
)
def test_a_figure_that_is_built_in_another_way_is_named_with_its_claim(inside):
    assert [claim for claim, _ in figures_of(f'<p><span class="fact">{inside}</span></p>').wrong] == ["c1"]


@pytest.mark.parametrize(
    "start",
    ['<span class="fact" hidden>', '<span class="fact big">', '<b class="fact">', '<span style="" class="fact">'],
)
def test_what_hides_or_dresses_a_figure_is_told(start):
    assert [claim for claim, _ in figures_of(f"{start}{DATA}</span>").wrong] in (["c1"], ["c1", "c1"])


@pytest.mark.parametrize("before", ["9", "0.", "−", "-", "<b>9</b>", "½", "x<i>²</i>", "9<wbr>"])
def test_what_runs_into_a_figure_from_before_is_told(before):
    assert figures_of(f"<p>{before}{FIGURE}</p>").wrong[0][0] == "c1"


@pytest.mark.parametrize("behind", ["9", "e6", ".9", ",000", "%", "<b>9</b>", "⁹", "<sup>2</sup>", "<u>k</u>"])
def test_what_runs_into_a_figure_from_behind_is_told(behind):
    assert figures_of(f"<p>{FIGURE}{behind}</p>").wrong[0][0] == "c1"


@pytest.mark.parametrize(
    "page",
    [
        '<span class="fact">9</span>',
        '<span class="fact"></span>',
        '<data value="9">9</data>',
        '<span class="fact"><data value="9">9</data></span>',
    ],
)
def test_a_figure_without_a_claim_is_counted(page):
    assert figures_of(page).loose == 1


@pytest.mark.parametrize(
    "page",
    [
        "<script>1</script>",
        '<b onclick="x()">',
        "<iframe></iframe>",
        "<svg><foreignObject></foreignObject></svg>",
        "<svg onload=x>",
    ],
)
def test_a_page_that_runs_code_is_told(page):
    assert "can run code" in figures_of(page).wrong[0][1]


def test_a_figure_outside_of_its_mark_is_held_and_told():
    found = figures_of(f"<p>{DATA}</p>")
    assert found.printed == ONE
    assert found.wrong

"""Documents that are large or deep: they are laid out, or refused with a reason, and take no more than they should."""

from __future__ import annotations

import sys
import threading

import pytest

from governance.errors import GovernanceError
from governance.reports.paper import pdf
from tests.reports import opened as look
from tests.reports.opened import opened, printed_page


def nested(tag: str, depth: int) -> str:
    return f"<{tag}>" * depth + "deep" + f"</{tag}>" * depth


@pytest.mark.parametrize("tag", ["div", "span", "blockquote", "b"])
def test_what_nests_deep_is_laid_out(tag):
    assert "deep" in look.tree(opened(nested(tag, pdf.DEPTH - 3))).said


def test_lists_that_nest_deep_are_laid_out():
    depth = pdf.DEPTH // 2 - 2
    assert "deep" in look.tree(opened("<ul><li>" * depth + "deep" + "</li></ul>" * depth)).said


def test_what_nests_deeper_is_refused_in_words_and_not_by_a_crash():
    with pytest.raises(GovernanceError, match="1003 elements deep, and no more than 256 can be laid out") as caught:
        printed_page(nested("div", 1001))
    assert "Flatten" in caught.value.hint


def test_room_for_depth_is_made_and_given_back():
    calls, room = sys.getrecursionlimit(), threading.stack_size()
    printed_page(nested("div", 200))
    with pytest.raises(GovernanceError):
        printed_page(nested("div", 1001))
    assert (sys.getrecursionlimit(), threading.stack_size()) == (calls, room)


def test_a_table_of_many_rows_is_one_table_with_its_header_on_every_page():
    rows = "".join(
        f'<tr><th scope="row">R{n}</th><td>What is to be said of it</td><td>{n}</td></tr>' for n in range(400)
    )
    made = printed_page(
        f'<table><thead><tr><th scope="col">No.</th><th scope="col">What</th><th scope="col">n</th></tr></thead><tbody>{rows}</tbody></table>',
        "<style>@page { size: A5; margin: 15mm } thead { display: table-header-group } tr { break-inside: avoid }</style>",
    )
    found = look.pikepdf.open(look.io.BytesIO(made.data))
    assert made.pages == len(found.pages) > 10
    (table,) = look.tree(found).all("Table")
    assert len(table.all("TR")) == 401
    assert len({page for page, _, text in look.artifacts(found) if text == "What"}) == made.pages - 1


def test_two_threads_may_print_at_once():
    made: dict[int, bytes] = {}
    threads = [
        threading.Thread(target=lambda n=n: made.__setitem__(n, printed_page(f"<p>{n % 2}</p>").data)) for n in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert made[0] == made[2] != made[1] == made[3]

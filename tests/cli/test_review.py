"""`govern review`: the page on the screen, in a file and as JSON; and `govern sign --page` over that file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from governance.parsing import canonical

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.cli.conftest import Ran


@pytest.fixture
def rita(ready: Callable[..., Ran]) -> Callable[..., Ran]:
    """The recorded run attached, and Rita enrolled as a reviewer with the key `rita.pem`."""
    line = ready("key", "new", "rita.pem").out
    Path("rita.pub").write_text(line, "utf-8")
    assert ready("people", "enrol", "Rita Example", "--key", "rita.pub", "--role", "reviewer").code == 0
    return ready


def signing(govern: Callable[..., Ran], page: str) -> Ran:
    return govern(
        "sign", "elm-desk", "--key", "rita.pem", "--role", "reviewer", "--decision", "hold", "--reason", "Not yet shown.",
        "--page", page, "--json",
    )  # fmt: skip


def test_the_page_goes_to_the_screen_and_its_digest_and_the_next_step_beside_it(ready: Callable[..., Ran]) -> None:
    ran = ready("review", "elm-desk")
    assert ran.code == 0
    assert ran.out.startswith("REVIEW PAGE page.v1\n")
    assert canonical.sha256(ran.out.encode()) in ran.err
    assert canonical.sha256(ran.out.encode()) not in ran.out
    assert "--out FILE" in ran.err


def test_the_page_in_a_file_is_what_was_printed_and_the_line_to_sign_it_names_it(rita: Callable[..., Ran]) -> None:
    ran = rita("review", "elm-desk", "--out", "the page.txt")
    assert Path("the page.txt").read_text("utf-8") == ran.out
    assert "Sign it: govern sign elm-desk --page 'the page.txt' --decision approve --role reviewer --key KEY" in ran.err
    signed = signing(rita, "the page.txt")
    assert signed.code == 0, signed.err
    assert signed.json["decision"]["page"] == canonical.sha256(Path("the page.txt").read_bytes())


def test_json_holds_the_page_its_digest_and_the_sections_uncut(ready: Callable[..., Ran]) -> None:
    found = ready("review", "elm-desk", "--json").json
    assert found["schema"] == "review.v1"
    assert found["digest"] == canonical.sha256(found["page"].encode())
    assert (found["system"], found["policy"]) == ("elm-desk", "release")
    assert found["file"] is None
    gate = next(section for section in found["sections"] if section["title"].startswith("THE GATE SAYS NO"))
    long = next(row["text"] for row in gate["rows"] if "agent-oversteps: meet" in row["text"])
    assert long.endswith("harmful-content: meet content-moderation-tested")
    assert "… [cut; whole text sha256" in found["page"]


def test_an_altered_page_ends_in_4_and_an_outdated_one_in_2(rita: Callable[..., Ran]) -> None:
    rita("review", "elm-desk", "--out", "page.txt")
    text = Path("page.txt").read_text("utf-8")
    Path("nicer.txt").write_text(text.replace("THE GATE SAYS NO", "THE GATE SAYS YES"), "utf-8")
    altered = signing(rita, "nicer.txt")
    assert altered.code == 4
    assert "THE GATE SAYS YES" in altered.err
    assert "Make it again with: govern review elm-desk --out FILE" in altered.err
    assert signing(rita, "page.txt").code == 0
    outdated = signing(rita, "page.txt")
    assert outdated.code == 2
    assert "the ledger has moved on since this page was made: 1 entry (decision)" in outdated.err


def test_something_else_than_a_page_ends_in_6(rita: Callable[..., Ran]) -> None:
    Path("notes.txt").write_text("I have read everything.\n", "utf-8")
    ran = signing(rita, "notes.txt")
    assert ran.code == 6
    assert "the page, line 1: not a review page" in ran.err


def test_a_system_without_weights_has_a_page_and_no_line_to_sign_it(govern: Callable[..., Ran]) -> None:
    from tests.conftest import RECORDED

    govern("init")
    govern("system", "add", RECORDED / "system.yaml")
    ran = govern("review", "elm-desk", "--out", "page.txt")
    assert ran.code == 0
    assert "There is nothing to sign" in ran.out
    assert "Sign it" not in ran.err


def test_an_unknown_system_or_policy_is_wrong_usage_and_writes_nothing(ready: Callable[..., Ran]) -> None:
    assert ready("review", "oak-desk", "--out", "page.txt").code == 2
    assert ready("review", "elm-desk", "--policy", "strictest", "--out", "page.txt").code == 2
    assert not Path("page.txt").exists()

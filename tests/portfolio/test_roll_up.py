"""The management roll-up over several systems: its figures, its twin, its PDF, and what it does not claim."""

from __future__ import annotations

import dataclasses
import io
import json
from typing import TYPE_CHECKING, Any

import pikepdf
import pytest

from governance import publishing
from governance.errors import UsageError
from governance.packs import layout
from governance.parsing import canonical
from governance.portfolio import Portfolio
from governance.reports.parts.frame import pack_id_of
from governance.verifier import claims
from governance.verifier.pages import figures_of
from governance.workspace import Workspace
from tests.portfolio.test_portfolio import NOW, SYSTEM, attach

if TYPE_CHECKING:
    from pathlib import Path

    from governance.domain.case import Case

PAGE, TWIN, PDF = (f"management-roll-up.{ending}" for ending in ("html", "twin.json", "pdf"))


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    made = Workspace.init(tmp_path / "ws", clock=lambda: NOW)
    for name in ("one", "two", "three"):
        (tmp_path / f"{name}.yaml").write_text(SYSTEM.format(id=name))
        made.add_system(tmp_path / f"{name}.yaml")
    attach(made, "two", tmp_path)
    return made


@pytest.fixture
def cases(workspace: Workspace) -> list[Case]:
    return list(Portfolio(workspace).cases().values())


def results(case: Case) -> dict[str, Any]:
    """What judgement came to, as a pack of the case holds it, by the name that claims use."""
    return dict(zip(claims.RESULTS, map(json.loads, layout.results_of(case).values()), strict=True))


def made_of(workspace: Workspace, cases: list[Case], **wish: str) -> tuple[str, dict[str, Any]]:
    files, skipped = publishing.roll_up(cases, workspace.templates, pdf=False, wish=wish)
    assert (set(files), skipped) == ({PAGE, TWIN}, {"PDF": "not asked for"})
    return files[PAGE].decode(), json.loads(files[TWIN])


def test_every_figure_of_a_system_is_written_again_from_what_that_system_has(workspace: Workspace, cases: list[Case]):
    page, twin = made_of(workspace, cases)
    held = {claim.id: claim for claim in map(claims.read, twin["claims"])}
    assert len(held) == len(twin["claims"]) > 20
    for row, case in zip(twin["systems"], cases, strict=True):
        assert row["system"] == case.dossier.system.id
        source = {piece.id: piece.body for piece in case.dossier.pieces} | results(case)
        own = [claim for claim in held.values() if claim.id.startswith(row["claims"])]
        assert own
        for claim in own:
            assert claims.written(claim, source.__getitem__) == (claim.text, claim.rounding)
    assert {each.partition("-")[0] for each in held} == {row["claims"].removesuffix("-") for row in twin["systems"]}
    printed = figures_of(page).printed
    assert len(printed) > 20
    assert all(held[claim].text == value for claim, _, value in printed)


def test_the_twin_names_the_pack_of_each_system_and_none_for_the_whole(workspace: Workspace, cases: list[Case]):
    page, twin = made_of(workspace, cases)
    assert (twin["schema"], twin["document"]) == ("document-twin.v1", "management-roll-up")
    assert (twin["pack"], twin["system"]) == (None, None)
    assert [row["pack"] for row in twin["systems"]] == [pack_id_of(case) for case in cases]
    assert len({row["pack"] for row in twin["systems"]}) == 3
    assert not any(row["pack"] in page for row in twin["systems"])
    assert "No single pack holds this document" in page
    assert twin["view"]["frame"]["pack"] == twin["view"]["frame"]["sentence"] == ""
    assert (twin["view"]["frame"]["recipe"], twin["view"]["frame"]["duties"]) == ([], [])


def test_the_head_of_the_twin_says_what_is_the_same_of_all_and_nothing_of_what_differs(
    workspace: Workspace, cases: list[Case]
):
    _, twin = made_of(workspace, cases)
    assert twin["on"] == NOW.isoformat()
    assert twin["checkpoint"] == twin["systems"][0]["checkpoint"]
    gate = cases[1].gate.model_copy(update={"policy": "other", "policy_digest": canonical.sha256(b"other")})
    page, other = made_of(workspace, [cases[0], dataclasses.replace(cases[1], gate=gate), cases[2]])
    assert (other["policy"], other["policy_digest"]) == (None, None)
    assert other["systems"][1]["policy"] == "other"
    assert other["content_digest"] == twin["content_digest"]
    assert other["view"]["frame"]["policy_digest"] == ""
    assert "other" in page


def test_what_is_not_evidenced_is_told_with_the_system_that_lacks_it(workspace: Workspace, cases: list[Case]):
    _, twin = made_of(workspace, cases)
    assert "one: Corrective actions open" in twin["not_evidenced"]


def test_the_roll_up_names_the_latest_head_where_a_system_was_not_judged_again(workspace: Workspace, tmp_path: Path):
    portfolio = Portfolio(workspace, NOW)
    portfolio.cases()
    attach(workspace, "one", tmp_path)
    held = list(portfolio.cases().values())
    assert len({case.checkpoint.size for case in held}) == 2
    page, twin = made_of(workspace, held)
    assert twin["checkpoint"] is None
    assert f"at {workspace.ledger.verify().checkpoint.size} entries" in page


def test_in_german_the_page_the_twin_and_the_pdf_are_german(workspace: Workspace, cases: list[Case]):
    files, skipped = publishing.roll_up(cases, workspace.templates, wish={"language": "de"})
    page, twin = files[PAGE].decode(), json.loads(files[TWIN])
    assert '<html lang="de">' in page
    assert "are printed in English" not in page
    assert "auf Englisch" not in page
    assert "All systems" not in page
    assert twin["language"] == "de"
    if skipped:
        pytest.skip(str(skipped))
    with pikepdf.open(io.BytesIO(files[PDF])) as found:
        assert found.Root.Lang == "de"
        assert TWIN in found.attachments
        assert found.attachments[TWIN].get_file().read_bytes() == files[TWIN]
        with found.open_metadata() as metadata:
            assert (metadata["pdfaid:part"], metadata["pdfuaid:part"]) == ("3", "1")


def test_made_twice_it_is_the_same_to_the_byte(workspace: Workspace, cases: list[Case]):
    assert made_of(workspace, cases) == made_of(workspace, cases)


def test_a_template_of_the_workspace_over_all_systems_is_made_as_well(workspace: Workspace, cases: list[Case]):
    head = "{{# ---\ndocument: {}\ntitle: Board\nfor: the board\nview: management-roll-up\npdf: false\n--- #}}\n"
    templates = {
        **workspace.templates,
        "board.html.j2": head.format("board.html") + "{{ view.systems[0].met | bare }}",
        "board.md.j2": head.format("board.md") + "{{ view.systems | length }} systems\n",
    }
    files, skipped = publishing.roll_up(cases, templates, pdf=False)
    assert set(files) == {PAGE, TWIN, "board.html", "board.twin.json", "board.md"}
    assert files["board.md"] == b"3 systems\n"
    assert figures_of(files["board.html"].decode()).printed
    del templates["management-roll-up.html.j2"]
    files, skipped = publishing.roll_up(cases, templates)
    assert skipped == {"board.pdf": "its template says that none is made of it"}


def test_without_a_system_there_is_nothing_to_roll_up(workspace: Workspace):
    with pytest.raises(UsageError, match="no system"):
        publishing.roll_up([], workspace.templates)

"""The model card of this toolkit under the linter: no placeholder, no boilerplate, and every figure given by the evidence it cites."""

from __future__ import annotations

import pytest

from governance.linting import known
from governance.linting.findings import Level
from governance.linting.lint import lint, outcome
from governance.reports.writing.render import render
from governance.workspace import Workspace
from tests.conftest import RECORDED
from tests.reports import cases, hostile
from tests.reports.conftest import templates  # noqa: F401 - a fixture

NEVER = {"card/placeholder", "card/placeholder-field", "card/boilerplate", "card/empty-section", "card/template-comment",
         "card/front-matter", "card/field-type", "card/model-index", "card/citation-dangling", "card/figure-contradiction"}  # fmt: skip


@pytest.mark.parametrize("case", sorted(hostile.ALL))
def test_no_card_of_ours_has_a_placeholder_or_a_head_the_hub_can_not_read(templates, case):  # noqa: F811
    made = hostile.ALL[case]()
    report = lint(render("model-card.md", made, templates), "model-card.md", known.of_case(made))
    assert [each for each in report.findings if each.rule in NEVER] == []
    assert not report.unread


def test_every_figure_of_a_full_case_is_given_by_the_evidence_it_cites(templates):  # noqa: F811
    made = cases.full()
    report = lint(render("model-card.md", made, templates), "model-card.md", known.of_case(made))
    assert [each for each in report.figures if each.state != "backed"] == []
    assert len(report.figures) > 20
    assert [each for each in report.findings if each.level is not Level.NOTE] == []
    assert outcome([report]) == 0


def test_a_figure_of_our_card_that_somebody_changes_is_found(templates):  # noqa: F811
    made = cases.full()
    card = render("model-card.md", made, templates).replace(b"0.713", b"0.813")
    report = lint(card, "model-card.md", known.of_case(made))
    assert "card/figure-differs" in [each.rule for each in report.findings]
    assert outcome([report]) == 1


def test_the_card_of_the_recorded_run_is_given_by_its_ledger(tmp_path, templates):  # noqa: F811
    workspace = Workspace.init(tmp_path)
    workspace.add_system(RECORDED / "system.yaml")
    workspace.attach([RECORDED], "elm-desk")
    case = workspace.case("elm-desk")
    report = lint(render("model-card.md", case, templates), "model-card.md", known.of_case(case))
    backing = next(each for each in report.scores if each.id == "backing")
    assert (backing.k, backing.n) == (len(report.figures), len(report.figures))
    assert len(report.figures) > 20

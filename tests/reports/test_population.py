"""What wrote weights, in the audit report: the newest reconciliation as claims, or the sentence that there is none."""

from __future__ import annotations

from governance.reports.audit import whole as audit
from governance.reports.claims.references import References
from governance.reports.writing.render import render
from tests.reports import card_cases, cases

NONE = "no reconciliation with a scheduler, a disk or a registry is on record"


def built(case):
    return audit.build(case, References(case)).population


def test_the_newest_reconciliation_is_printed_as_claims_with_its_evidence(templates):
    case = card_cases.rich()
    (row,) = built(case).reconciled
    assert [str(each.text) for each in (row.units, row.evidenced, row.orphans, row.incomplete, row.untold)] == list(
        "21100"
    )
    assert all(each.cites for each in (row.units, row.orphans))
    text = render("audit-report.html", case, templates).decode()
    assert "Jobs that wrote weights" in text
    assert NONE not in text


def test_other_sorts_are_printed_where_there_are_any_and_jobs_always():
    body = dict(card_cases.first("population-reconciliation.v1"))
    body["counts"] = body["counts"] | {"version": body["counts"]["job"], "job": body["counts"]["weights"]}
    rows = built(card_cases.rich(population_reconciliation=body)).reconciled
    assert [row.sort for row in rows] == ["job", "version"]
    assert [str(row.units.text) for row in rows] == ["0", "2"]


def test_a_report_without_a_reconciliation_says_that_nothing_was_shown(templates):
    assert built(cases.full()).reconciled == ()
    assert NONE in render("audit-report.html", cases.full(), templates).decode()

"""Thousands of risks and tens of thousands of pieces: lists on paper are bounded and say so, work grows no faster than they do, memory stays small."""

from __future__ import annotations

import csv
import io
import json
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest

from governance.domain.risk import Level
from governance.reports.claims.references import ROWS_PRINTED, References
from governance.reports.parts import drawn
from governance.reports.parts.due import calendar
from governance.reports.parts.risk_order import ordered
from governance.reports.parts.risks import RISKS_PRINTED, register
from governance.reports.tabular import tables, workbook
from governance.reports.writing.render import render
from tests.reports.large import EVIDENCE, RISKS, large

ROOT = Path(__file__).parents[2]
MOST_MIB = 1_024


@pytest.fixture(scope="module")
def case():
    return large(RISKS_PRINTED + 60, ROWS_PRINTED + 60)


@pytest.fixture(scope="module")
def page(case, templates) -> str:
    return render("risk-register.html", case, templates).decode()


def told(page: str) -> str:
    """The words of a page, without its marks."""
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def test_the_worst_risks_are_printed_and_the_document_says_how_many_are_not_and_where_they_are(case, page):
    printed = re.findall(r'<tr id="r(\d+)"', page)
    assert printed == [str(number) for number in range(1, RISKS_PRINTED + 1)]
    assert f"{RISKS_PRINTED} of {len(case.register)} risks are printed here" in told(page)
    assert "60 are not. All of them are in risk-register.csv and risk-register.xlsx" in told(page)


def test_evidence_beyond_the_bound_is_left_out_and_told(case, page):
    rows = len(case.dossier.pieces) + 1
    assert f"{rows - ROWS_PRINTED - 1} of {rows} rows are not printed here" in told(page)


def test_a_register_within_the_bound_is_printed_whole_and_says_nothing_of_a_bound(full, templates):
    assert "risks are printed here" not in told(render("risk-register.html", full, templates).decode())


def test_the_counts_and_the_maps_are_of_all_risks(case):
    found = register(case, References(case))
    assert found.total == len(case.register) > len(found.rows)
    assert found.outside == sum(row.within_appetite is False for row in case.register)
    assert sum(number for _, number in found.by_level) == found.total
    heat = drawn.heat_map(case, str)
    assert len(heat.rows) == found.total
    assert len(heat.alt) < 2_000
    worst = [row.residual_score for row in found.rows]
    assert worst == sorted(worst, reverse=True)
    assert min(worst) >= max(row.residual.score for key, row in ordered(case.register) if int(key[1:]) > RISKS_PRINTED)


def test_what_is_left_out_of_the_page_is_in_the_data_file_and_in_the_workbook(case):
    data = list(csv.DictReader(io.StringIO(tables.risk_register(case).decode("utf-8-sig"), newline="")))
    sheet = openpyxl.load_workbook(io.BytesIO(workbook.risk_register(case)), read_only=True)["Risks"]
    keys = [key for key, _ in ordered(case.register)]
    assert [row["key"] for row in data] == keys
    assert [row[0] for row in sheet.iter_rows(min_row=2, max_col=1, values_only=True)] == keys
    assert {row["residual_level"] for row in data} == set(map(str, Level))


def test_a_review_of_a_risk_that_is_not_printed_stands_among_the_dates(case):
    last = ordered(case.register)[-1][1]
    day = last.next_review.replace(year=2031)
    moved = tuple(
        row.model_copy(update={"next_review": day}) if row.risk == last.risk else row for row in case.register
    )
    dates = calendar(replace(case, register=moved), References(case))
    assert [str(row.what) for row in dates if row.date == day.isoformat()] == [
        f"review of the risk R{len(moved)}, “{last.title}”"
    ]


def test_a_control_that_rests_on_hundreds_of_pieces_cites_some_and_says_how_many_more(case, templates):
    page = render("audit-report.html", case, templates).decode()
    row = re.search(r"<tr[^>]*>(?:(?!</tr>).)*quality-evaluated(?:(?!</tr>).)*</tr>", page, re.DOTALL)
    assert row
    resting = len(case.assessment.control("quality-evaluated").evidence)
    assert row[0].count('class="cite"') < 20
    assert f"and {resting - 12} more" in told(row[0])
    assert page.count('class="cite"') < 3_000


def test_the_pictures_of_a_report_are_as_many_for_a_large_register_as_for_a_small_one():
    def asked(risks: int) -> int:
        words: list[str] = []
        charts = drawn.bow_ties(large(risks, 0), lambda word: words.append(word) or word)
        assert len(charts) <= drawn.BOW_TIES
        return len(words)

    assert asked(60) == asked(20)


class Watched(tuple):
    """A tuple that must not be searched once for every piece."""

    searched = 0

    def __contains__(self, value: object) -> bool:
        Watched.searched += 1
        return super().__contains__(value)


def test_no_list_is_searched_from_its_beginning_for_every_piece(case):
    held = case.assessment.model_copy(update={"unbound": Watched(case.assessment.unbound)})
    assert len(References(replace(case, assessment=held)).all_rows()) == len(case.dossier.pieces) + 1
    assert Watched.searched == 0


@pytest.mark.parametrize("name", ["audit-report.html", "evidence-index.xlsx", "risk-register.csv"])
def test_five_thousand_risks_and_twenty_thousand_pieces_fit_into_a_gibibyte(name):
    program = ROOT / "tests" / "bench" / "large_documents.py"
    done = subprocess.run(
        [sys.executable, program, name, str(RISKS), str(EVIDENCE)], capture_output=True, text=True, check=True, cwd=ROOT
    )
    said = json.loads(done.stdout)
    assert said["bytes"] > 500_000
    assert said["peak_mib"] < MOST_MIB

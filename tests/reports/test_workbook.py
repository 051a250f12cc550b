"""The workbooks, opened as others open them: what is in each cell, what each sheet says of itself, and how it prints."""

from __future__ import annotations

import hashlib
import io
import os
import subprocess
import sys
import zipfile
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

import openpyxl
import pytest

from governance.domain.decision import AcceptedRisk, DecisionKind, Waiver
from governance.errors import GovernanceError
from governance.reports.atoms.house import House
from governance.reports.tabular import tables, workbook
from tests.reports import cases, hostile
from tests.reports.found import ON

ROOT = Path(__file__).parents[2]
SHEETS = {
    "risk_register": ["About", "Risks", "Steps", "Controls", "Control evidence", "Requirements", "Decisions"],
    "evidence_index": ["About", "Evidence", "Controls", "Control evidence", "Requirements"],
    "statement": ["About", "Applicability", "Documented information"],
}
FORMULA_SIGNS = tuple("=+-@＝＋－＠")


def opened(data: bytes) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(data))


def rows(book: openpyxl.Workbook, sheet: str) -> list[dict[str, object]]:
    head, *body = book[sheet].iter_rows(values_only=True)
    return [dict(zip(head, row, strict=True)) for row in body]


def about(book: openpyxl.Workbook) -> dict[str, object]:
    return {row["Field"]: row["What it says"] for row in rows(book, "About")}


def decided(case, *signed, **changes):
    return replace(case, dossier=replace(case.dossier, decisions=(*case.dossier.decisions, *signed)), **changes)


def accepted(risk: str, **changes):
    made = cases.decision(20, DecisionKind.ACCEPT_RISK, "sha256:" + "0" * 64, expires=date(2027, 5, 1))
    said = {
        "risk": AcceptedRisk(risk=risk, likelihood=4, impact=5, level="critical"),
        "signer": "Rita Example",
        "role": "risk-owner",
    }
    return made.model_copy(update={"decision": made.decision.model_copy(update=said | changes)})


def waived(control: str):
    made = cases.decision(21, DecisionKind.WAIVE, "sha256:" + "0" * 64, expires=date(2027, 4, 1))
    waiver = Waiver(
        control=control,
        standing="missing",
        compensation="A librarian reads each reply.",
        owner="Tomas Lind",
        retest=date(2027, 3, 1),
    )
    return made.model_copy(update={"decision": made.decision.model_copy(update={"waiver": waiver})})


@pytest.mark.parametrize("name", SHEETS)
def test_a_workbook_begins_with_a_sheet_that_says_what_it_is(full, name):
    book = opened(getattr(workbook, name)(full))
    assert [title for title in book.sheetnames if title != "Continued"] == SHEETS[name]
    said = about(book)
    assert said["System"] == "Elm Desk assistant"
    assert (
        said["Identity digest"] == full.assessment.identity.digest
        if full.assessment.identity
        else full.dossier.identity.digest
    )
    assert said["As of (UTC)"] == datetime(2026, 11, 22, 16, 5)
    assert "4813 494d" in said["Checkpoint"]
    assert said["Policy"] == "Release of a tuned model (release)"
    assert str(said["Release gate"]).startswith("no. The gate answers no")
    assert said["Running just now"] == "No exception, waiver or accepted risk is running."
    assert said["Mind"] == "This is evidence, not certification."
    for title in SHEETS[name][1:]:
        count = f"{book[title].max_row - 1:,} row"
        assert str(said[f"Sheet {title}"]).startswith(count), title
        assert "none is left out" in str(said[f"Sheet {title}"])


@pytest.mark.parametrize("name", SHEETS)
def test_a_workbook_can_be_filtered_scrolled_and_printed(full, name):
    book = opened(getattr(workbook, name)(full, House(paper="Letter", classification="Internal & secret")))
    for sheet in book:
        assert sheet.freeze_panes == "B2"
        assert sheet.auto_filter.ref.startswith("A1:")
        assert sheet.page_setup.orientation == "landscape"
        assert int(sheet.page_setup.paperSize) == 1
        assert sheet.page_setup.fitToHeight == 0
        assert sheet.print_title_rows == "$1:$1"
        assert sheet.oddFooter.right.text.strip() == "Page &P of &N"
        assert "Evidence, not certification. Checkpoint elm-library/ledger" in sheet.oddFooter.left.text
        assert sheet.oddHeader.right.text.strip() == "Internal && secret"
        assert all(cell.value and cell.font.bold for cell in sheet[1])
        assert all(sheet.column_dimensions[cell.column_letter].width >= 7 for cell in sheet[1])
    assert about(book)["Classification"] == "Internal & secret"
    assert book.properties.title.endswith(": Elm Desk assistant")
    assert book.properties.created == datetime(2026, 11, 22, 16, 5)
    assert "4813 494d" in book.properties.description


def test_a_row_of_the_register_tells_everything_of_its_risk(full):
    book = opened(workbook.risk_register(decided(full, accepted("safety-lost-in-tuning"))))
    row = rows(book, "Risks")[0]
    assert (row["No."], row["Risk"], row["Residual score"], row["Residual level"]) == (
        "R1",
        "safety-lost-in-tuning",
        20,
        "critical",
    )
    assert (row["Inherent likelihood"], row["Inherent impact"], row["Inherent score"]) == (4, 5, 20)
    assert row["Appetite"] == 9
    assert row["Within appetite"] == "outside appetite"
    assert row["Next review"] == datetime(2027, 3, 1)
    assert row["Accepted by"] == "Rita Example, risk-owner"
    assert row["Accepted until"] == datetime(2027, 5, 1)
    assert row["Accepted as"] == "4 × 5 = 20"
    assert row["Controls"] == "safety-evaluated; bias-evaluated"
    assert full.assessment.control("safety-evaluated").evidence[0] in row["Evidence of the controls"]
    assert row["Risks of NIST AI 600-1"] == "Confabulation; Information Integrity"
    assert [step["Counted"] for step in rows(book, "Steps")[:2]] == ["yes", "no"]
    assert about(book)["Risks: Accepted just now"] == "1 of 7"
    assert about(book)["Risks: Outside the appetite"] == "4 of 7"
    assert "safety-lost-in-tuning" in str(about(book)["Accepted risk"])


def test_numbers_of_a_standard_stand_beside_the_risk_where_the_library_has_them(full):
    library = cases.full().catalogue
    risk = hostile.cases.risks(9)[0]
    from governance.domain.risk import Risk

    known = Risk.model_construct(
        id=risk.risk, references={"iso-iec-42001-2023": ("C.2.9", "C.2.5", "C.3.4"), "other": ("1.1",)}
    )
    case = replace(full, catalogue=replace(library, risks={risk.risk: known}))
    first, second = rows(opened(workbook.risk_register(case)), "Risks")[:2]
    assert first["Objectives (ISO/IEC 42001 C.2)"] == "C.2.9; C.2.5"
    assert first["Sources of risk (ISO/IEC 42001 C.3)"] == "C.3.4"
    assert first["Other references"] == "other 1.1"
    assert second["Objectives (ISO/IEC 42001 C.2)"] is None


def test_a_waived_control_stands_as_it_is_with_the_waiver_beside_it(full):
    book = opened(workbook.risk_register(decided(full, waived("bias-evaluated"))))
    row = next(row for row in rows(book, "Controls") if row["Control"] == "bias-evaluated")
    assert row["Standing"] == "missing"
    assert row["Waived by"] == "Tomas Lind, approver"
    assert (row["Waived until"], row["Tested again by"]) == (datetime(2027, 4, 1), datetime(2027, 3, 1))
    assert row["Instead"] == "A librarian reads each reply."


def test_a_piece_of_evidence_is_named_by_whole_digests_and_real_dates(full):
    row = next(
        row for row in rows(opened(workbook.evidence_index(full)), "Evidence") if row["Kind"] == "training-run.v1"
    )
    piece = full.dossier.by_id[row["Evidence"]]
    assert row["Digest of the content"] == piece.record.body_digest
    assert row["Digest of the subject"] == piece.record.subject.digest
    assert row["True on"] == datetime(2026, 11, 19)
    assert row["Recorded at (UTC)"] == piece.recorded_at.replace(tzinfo=None)
    assert row["By the clock of"] == "tool"
    assert row["Files read"] == 1
    assert piece.record.sources[0].sha256 in row["Files"]
    assert row["Tied to it by"] == "weights"


def test_a_clock_that_nobody_left_is_no_date(full):
    row = next(
        row for row in rows(opened(workbook.evidence_index(full)), "Evidence") if row["Kind"] == "eval-samples.v1"
    )
    assert row["True on"] is None
    assert row["By the clock of"] == "no clock"
    assert row["Why not whole"] == "40 of 200 rows were cut off"


@pytest.mark.parametrize("name", SHEETS)
def test_nothing_in_a_workbook_is_a_formula_or_a_link(name):
    data = getattr(workbook, name)(hostile.hostile())
    book = opened(data)
    found = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert not [cell.coordinate for cell in found if cell.data_type == "f" or cell.hyperlink]
    begins = [cell for cell in found if isinstance(cell.value, str) and cell.value.lstrip().startswith(FORMULA_SIGNS)]
    assert all(cell.quotePrefix for cell in begins)
    assert begins
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        assert not [part for part in parts.namelist() if "externalLink" in part or "vba" in part.lower()]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("<r><t>x</t></r>", "<r><t>x</t></r> "), ("<r>& broken", "<r>& broken"), ("<r></broken></r>", "<r></broken></r> "),
        ("_x0041_", "_x0041_"), ("a\vb\ud800", "a[U+000B]b[U+D800]"), ("x\u202ey", "x[U+202E]y"), ("'apostrophe", "'apostrophe"), ("a\nb", "a\nb"),
        ("not a character: \ufffe\uffff", "not a character: _xFFFE__xFFFF_"),
    ],
)  # fmt: skip
def test_a_text_that_means_something_to_the_file_format_is_written_as_text(full, text, shown):
    register = tuple(row.model_copy(update={"because": text}) for row in full.register)
    book = opened(workbook.risk_register(replace(full, register=register)))
    assert rows(book, "Risks")[0]["Why it is rated so"] == shown


def test_a_long_text_goes_on_elsewhere_and_nothing_of_it_is_lost(full):
    words = " ".join(f"word{number}" for number in range(9_000))
    register = (full.register[0].model_copy(update={"because": words}), *full.register[1:])
    book = opened(workbook.risk_register(replace(full, register=register)))
    row = rows(book, "Risks")[0]
    cell = str(row["Why it is rated so"])
    first, note = cell.split("\n[goes on in the sheet Continued under No. ")
    number = int(note.rstrip("]"))
    others = [row for row in rows(book, "Continued") if row["No."] == number]
    assert first + "".join(str(row["Text"]) for row in others) == words
    assert {(row["Sheet"], row["Row"], row["Column"]) for row in others} == {("Risks", "R1", "Why it is rated so")}
    assert [row["Part"] for row in others] == [f"{part} of {len(others) + 1}" for part in range(2, len(others) + 2)]
    assert len(rows(book, "Risks")) == 7
    assert "1 text too long for a cell" in str(about(book)["Sheet Risks"])
    for sheet in book:
        for line in sheet.iter_rows():
            for each in line:
                assert not isinstance(each.value, str) or len(each.value.encode("utf-16-le")) // 2 <= 32_767


def test_a_day_before_any_that_a_workbook_knows_is_text(full):
    row = full.applicability.rows[0].model_copy(update={"last_review": date(1899, 12, 31)})
    held = full.applicability.model_copy(update={"rows": (row, *full.applicability.rows[1:])})
    assert opened(workbook.statement(replace(full, applicability=held)))["Applicability"]["H2"].value == "1899-12-31"


@pytest.mark.parametrize("name", ["risk_register", "evidence_index"])
def test_a_workbook_and_the_data_file_hold_the_same_rows(full, name):
    import csv

    book = opened(getattr(workbook, name)(full))
    data = list(csv.DictReader(io.StringIO(getattr(tables, name)(full).decode("utf-8-sig"), newline="")))
    sheet = rows(book, {"risk_register": "Risks", "evidence_index": "Evidence"}[name])
    assert len(sheet) == len(data)
    for mine, theirs in zip(sheet, data, strict=True):
        written = [
            value.date() if isinstance(value, datetime) and value.time() == datetime.min.time() else value
            for value in mine.values()
        ]
        told = ["" if value is None else str(value) for value in written]
        assert [text.removeprefix("'") for text in list(theirs.values())[: len(told)]] == told


@pytest.mark.parametrize("name", SHEETS)
def test_every_case_makes_a_workbook_or_says_why_not(any_case, name):
    if name == "statement" and any_case.applicability is None:
        with pytest.raises(GovernanceError, match="not in the scope"):
            workbook.statement(any_case)
        return
    book = opened(getattr(workbook, name)(any_case))
    assert about(book)["Mind"] == "This is evidence, not certification."


def test_an_empty_case_says_that_nothing_is_there():
    said = about(opened(workbook.risk_register(cases.empty())))
    assert str(said["Sheet Risks"]).startswith("0 rows")
    assert said["Risks: Outside the appetite"] == "0 of 0"
    assert str(said["Identity digest"]).startswith("no weights were attached")


PROGRAM = """
import hashlib, sys
sys.path.insert(0, sys.argv[1])
from governance.reports.tabular import workbook
from tests.reports import cases
case = cases.full()
for name in ("risk_register", "evidence_index", "statement"):
    print(hashlib.sha256(getattr(workbook, name)(case)).hexdigest())
"""


def test_the_same_case_gives_the_same_bytes_in_another_process_and_another_part_of_the_world(full):
    mine = [hashlib.sha256(getattr(workbook, name)(full)).hexdigest() for name in SHEETS]
    for zone, seed in (("Pacific/Auckland", "1"), ("America/Los_Angeles", "2")):
        place = os.environ | {"TZ": zone, "PYTHONHASHSEED": seed}
        ran = subprocess.run(
            [sys.executable, "-c", PROGRAM, ROOT], capture_output=True, text=True, check=True, env=place
        )
        assert ran.stdout.split() == mine


def test_a_moment_of_another_zone_is_the_same_moment(full):
    there = replace(full, on=ON.astimezone(timezone(timedelta(hours=13))))
    assert there.on.astimezone(UTC) == full.on
    assert about(opened(workbook.risk_register(there)))["As of (UTC)"] == datetime(2026, 11, 22, 16, 5)

"""Frameworks, crosswalks, profiles and statements, as three people type them."""

from __future__ import annotations

import io
import json
import re
from typing import TYPE_CHECKING

import openpyxl
import pytest
import yaml

from governance.parsing import strict_yaml
from tests.conftest import RECORDED

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.cli.conftest import Ran

    Govern = Callable[..., Ran]

FACTS = RECORDED.parents[2] / "tests" / "content" / "facts"


def registered(govern: Govern, tmp_path: Path, more: str = "") -> Ran:
    (tmp_path / "desk.yaml").write_text(f"id: desk\nname: A desk\npurpose: Answers readers\nowner: Ada Example\n{more}")
    if not (tmp_path / "governance.toml").exists():
        govern("init")
    return govern("system", "add", "desk.yaml", "--json")


def test_the_self_test_says_yes_and_prints_who_checked_what_against_what(govern: Govern) -> None:
    ran = govern("content", "check", "--facts", FACTS)
    assert ran.code == 0
    assert "72 requirements" in ran.out
    assert ran.out.count("Checked by") == 8
    assert "NIST AI 600-1" in ran.out
    made = govern("content", "check", "--facts", FACTS, "--json").json
    assert made["ok"] is True
    assert made["failures"] == []
    assert made["counts"]["controls"] >= 70
    assert {row["id"]: row["requirements"] for row in made["frameworks"]}["nist-ai-600-1"] == 212
    assert len(made["wording_compared_with"]) == 3


def test_a_fault_of_an_overlay_names_file_and_line_and_ends_in_one(govern: Govern, tmp_path: Path) -> None:
    path = tmp_path / "own" / "policies" / "own.yaml"
    path.parent.mkdir(parents=True)
    path.write_text("id: own\ntitle: An own rule\nwhy: Because we are careful\nconditions: []\ncolour: blue\n")
    ran = govern("content", "check", "--workspace", "own", "--json")
    assert ran.code == 1
    (failure,) = ran.json["failures"]
    assert (failure["path"], failure["line"]) == ("policies/own.yaml", 5)
    assert "policies/own.yaml:5: colour" in govern("content", "check", "--workspace", "own").out


def test_what_a_workspace_replaces_of_ours_is_named(govern: Govern, tmp_path: Path) -> None:
    ours = (RECORDED.parents[2] / "policies" / "release.yaml").read_text("utf-8")
    path = tmp_path / "own" / "policies" / "release.yaml"
    path.parent.mkdir(parents=True)
    path.write_text(ours)
    assert not [n for n in govern("content", "check", "--workspace", "own", "--json").json["notes"] if "replaces" in n]
    path.write_text(ours.replace("severity: high}", "severity: critical}", 1))
    notes = govern("content", "check", "--workspace", "own", "--json").json["notes"]
    assert "the workspace replaces policies/release.yaml" in notes


def test_borrowed_words_in_an_overlay_are_found(govern: Govern, tmp_path: Path) -> None:
    path = tmp_path / "own" / "policies" / "own.yaml"
    path.parent.mkdir(parents=True)
    official = "Legal and regulatory requirements involving AI are understood, managed, and documented."
    path.write_text(f"id: own\ntitle: An own rule\nwhy: >-\n  {official}\nconditions: []\n")
    (failure,) = govern("content", "check", "--workspace", "own", "--json").json["failures"]
    assert failure["line"] == 3
    assert "NIST AI 100-1" in failure["message"]


def test_a_crosswalk_is_a_table_a_document_and_a_graph(govern: Govern, tmp_path: Path) -> None:
    ran = govern("content", "crosswalk", "nist-ai-rmf", "iso-iec-42001", "--graph", "graph.svg")
    assert ran.code == 0
    assert "sets no verdict" in ran.out
    assert "Microsoft" in ran.out
    made = govern("content", "crosswalk", "nist-ai-rmf", "iso-iec-42001", "--json").json
    assert sum(row["method"] == "published" for row in made["rows"]) == 280
    assert all({"relation", "rationale", "method", "confidence", "origin"} <= set(row) for row in made["rows"])
    assert (tmp_path / "graph.svg").read_text().startswith("<svg")
    for ending in ("graphml", "json"):
        assert govern("content", "crosswalk", "nist-ai-rmf", "iso-iec-42001", "--graph", f"g.{ending}").code == 0
        assert (tmp_path / f"g.{ending}").stat().st_size > 10_000
    assert govern("content", "crosswalk", "nist-ai-rmf", "iso-iec-42001", "--graph", "g.png").code == 2
    assert govern("content", "crosswalk", "nist-ai-rmf", "cobit").code == 2


def test_a_diff_of_two_versions_says_what_changed_and_which_systems_it_touches(govern: Govern, tmp_path: Path) -> None:
    registered(govern, tmp_path, "frameworks: [eu-ai-act-2024]\n")
    made = govern("content", "diff", "eu-ai-act-2024", "eu-ai-act-2026", "--json").json
    by = {(row["id"], row["what"]) for row in made["changes"]}
    assert ("Art. 10(5)(a)", "removed") in by or ("Art. 4a", "renumbered") in by
    assert ("Art. 9(1)", "dates") in by
    assert made["systems"] == [
        {"system": "desk", "how": "stays with eu-ai-act-2024, which it names; name eu-ai-act-2026 or eu-ai-act"}
    ]
    owasp = govern("content", "diff", "owasp-llm-top-10-2025", "owasp-llm-top-10-2026", "--json").json
    assert sum(row["what"] == "renumbered" for row in owasp["changes"]) == 10
    assert govern("content", "diff", "eu-ai-act-2024", "nist-ai-rmf").code == 2


def test_without_a_workspace_a_diff_says_that_it_can_not_tell_whom_it_touches(govern: Govern) -> None:
    ran = govern("content", "diff", "eu-ai-act-2024", "eu-ai-act-2026")
    assert ran.code == 0
    assert "can not be told" in ran.out


@pytest.mark.parametrize(
    ("day", "version"), [("2026-01-01", "owasp-llm-top-10-2025"), ("2026-08-03", "owasp-llm-top-10-2026")]
)
def test_the_day_picks_the_version_in_force(govern: Govern, tmp_path: Path, day: str, version: str) -> None:
    from datetime import UTC, datetime

    from governance.workspace import Workspace

    old = Workspace.init(tmp_path / "old", clock=lambda: datetime(2025, 12, 1, tzinfo=UTC))
    (tmp_path / "named.yaml").write_text(
        "id: desk\nname: A desk\npurpose: Answers readers\nowner: Ada Example\nframeworks: [owasp-llm-top-10]\n"
    )
    old.add_system(tmp_path / "named.yaml")
    made = govern("assess", "desk", "--as-of", day, "--workspace", "old", "--json").json
    assert [frame["framework"] for frame in made["frameworks"]] == [version]


def test_a_system_that_names_a_framework_nobody_knows_is_refused(govern: Govern, tmp_path: Path) -> None:
    ran = registered(govern, tmp_path, "frameworks: [cobit-2019]\n")
    assert ran.code == 2
    assert "no framework 'cobit-2019'" in ran.json["error"]


def test_a_role_that_no_framework_speaks_to_is_refused(govern: Govern, tmp_path: Path) -> None:
    ran = registered(govern, tmp_path, "roles: {eu-ai-act: [high-risk-deploier]}\n")
    assert ran.code == 2
    assert "speaks to no 'high-risk-deploier', only to" in ran.json["error"]
    assert "no series" in registered(govern, tmp_path, "roles: {eu-act: [deployer]}\n").json["error"]
    assert registered(govern, tmp_path, "roles: {eu-ai-act: [high-risk-deployer]}\n").code == 0


def test_the_default_profile_stands_in_until_somebody_states_a_target(govern: Govern, tmp_path: Path) -> None:
    registered(govern, tmp_path)
    made = govern("profile", "show", "desk", "--json").json
    assert (made["framework"], made["stated"], len(made["rows"])) == ("nist-ai-600-1", False, 13)
    assert all("nobody owns it" in row["problems"] for row in made["rows"] if row["gap"])
    form = govern("profile", "new", "desk").out
    form = form.replace('by: {name: "", role: ""}', "by: {name: Ada Example, role: Owner}")
    form = form.replace("owner: null", "owner: Ben Example").replace("due: null", 'due: "2026-01-31"')
    (tmp_path / "target.yaml").write_text(form)
    assert govern("attach", "target.yaml", "--system", "desk", "--no-environment").code == 0
    made = govern("profile", "show", "desk", "--json").json
    assert made["stated"] is True
    assert all(row["overdue"] and not row["problems"] for row in made["rows"] if row["gap"])


def test_a_target_with_a_requirement_that_is_not_there_is_refused_whole(govern: Govern, tmp_path: Path) -> None:
    registered(govern, tmp_path)
    (tmp_path / "target.yaml").write_text(
        "schema: declared-evidence.v1\nkind: target-profile.v1\nabout: system\non: 2026-11-01\n"
        "by: {name: Ada Example, role: Owner}\n"
        "body: {framework: nist-ai-600-1, rows: [{requirement: MS-9.9-001, target: achieved}]}\n"
    )
    ran = govern("attach", "target.yaml", "--system", "desk", "--no-environment", "--json")
    assert ran.code == 6
    assert ran.json["appended"] == []
    assert "has no MS-9.9-001" in ran.json["not_read"][0]["reason"]


def filled(form: str) -> str:
    """The form as somebody fills it in, with a reason of its own in each row."""
    form = form.replace('by: {name: "", role: ""}', "by: {name: Ada Example, role: Officer}")
    form = form.replace('  version: ""', '  version: "1.0"').replace(
        '  scope: ""', '  scope: "The desk, from tuning to retirement."'
    )
    form = re.sub(r"approved_by: null.*", "approved_by: {name: Ines Example, role: Director}", form)
    form = re.sub(r"approved_on: null.*", 'approved_on: "2026-11-20"', form)
    value = strict_yaml.loads(form.encode())
    for place, row in enumerate(value["body"]["rows"]):
        row["applicable"] = place % 4 != 3
        row["justification"] = f"The assessment of May gives reason {place} for it."
        row["status"] = "implemented" if row["applicable"] else None
    return yaml.safe_dump(value, sort_keys=False)


def test_a_statement_goes_from_the_form_to_every_document(govern: Govern, tmp_path: Path) -> None:
    registered(govern, tmp_path, "frameworks: [iso-iec-42001]\n")
    assert govern("soa", "show", "desk").code == 3
    form = govern("soa", "new", "desk").out
    (tmp_path / "soa.yaml").write_text(form)
    refused = govern("attach", "soa.yaml", "--system", "desk", "--no-environment", "--json")
    assert (refused.code, refused.json["appended"]) == (6, [])
    (tmp_path / "soa.yaml").write_text(filled(form))
    assert govern("attach", "soa.yaml", "--system", "desk", "--no-environment").code == 0
    ran = govern("soa", "show", "desk", "--out", "soa", "--no-pdf", "--json")
    assert ran.code == 0
    assert len(ran.json["rows"]) == 38
    assert sorted(path.suffix for path in (tmp_path / "soa").iterdir()) == [".html", ".json", ".json", ".xlsx"]
    assert len(json.loads((tmp_path / "soa" / "statement-of-applicability.json").read_bytes())["rows"]) == 38
    sheet = openpyxl.load_workbook(io.BytesIO((tmp_path / "soa" / "statement-of-applicability.xlsx").read_bytes()))
    rows = list(sheet["Applicability"].iter_rows(values_only=True))
    assert len(rows) == 1 + 38
    assert all(row[3] for row in rows[1:])
    html = (tmp_path / "soa" / "statement-of-applicability.html").read_text("utf-8")
    assert html.count("The assessment of May gives reason") == 38
    assert "declared implemented, and no evidence bears it out" in html


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("reason 5 for it", "", "ok"),
        ("The assessment of May gives reason 5 for it.", "TBD", "row A.4.2: the justification is blank"),
        (
            "The assessment of May gives reason 3 for it.",
            "",
            "row A.3.2: the justification is blank; say why it does not apply",
        ),
        ("- control: A.10.4", "- control: A.10.3", "row A.10.3 stands twice"),
        ("- control: A.10.4", "- control: A.11.2", "none for A.10.4"),
    ],
)
def test_a_statement_with_a_faulty_row_is_refused_by_the_name_of_the_row(
    govern: Govern, tmp_path: Path, old: str, new: str, said: str
) -> None:
    registered(govern, tmp_path)
    text = filled(govern("soa", "new", "desk").out)
    assert old in text
    (tmp_path / "soa.yaml").write_text(text.replace(old, new, 1))
    ran = govern("attach", "soa.yaml", "--system", "desk", "--no-environment", "--json")
    if said == "ok":
        assert ran.code == 0
        return
    assert ran.code == 6
    assert said in ran.json["not_read"][0]["reason"]
    assert ran.json["appended"] == []


def test_the_workbook_is_the_same_bytes_each_time_and_holds_no_formula(govern: Govern, tmp_path: Path) -> None:
    registered(govern, tmp_path)
    text = filled(govern("soa", "new", "desk").out).replace(
        "The assessment of May gives reason 5", "=HYPERLINK(1) reason 5"
    )
    (tmp_path / "soa.yaml").write_text(text)
    govern("attach", "soa.yaml", "--system", "desk", "--no-environment")
    made = []
    for folder in ("one", "two"):
        govern("soa", "show", "desk", "--as-of", "2026-12-31", "--out", folder, "--no-pdf")
        made.append((tmp_path / folder / "statement-of-applicability.xlsx").read_bytes())
    assert made[0] == made[1]
    book = openpyxl.load_workbook(io.BytesIO(made[0]))
    assert not [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]


def test_documented_information_lists_what_is_missing(govern: Govern, tmp_path: Path) -> None:
    registered(govern, tmp_path)
    rows = govern("soa", "documents", "desk", "--json").json["rows"]
    assert len(rows) >= 35
    assert {row["state"] for row in rows} <= {"missing", "not-shown-here"}


def test_all_systems_are_assessed_in_one_call(ready: Govern, tmp_path: Path) -> None:
    registered(ready, tmp_path)
    made = ready("assess", "--all", "--json").json
    assert [row["system"] for row in made["systems"]] == ["desk", "elm-desk"]
    assert ready("assess").code == 2
    assert ready("assess", "desk", "--all").code == 2


def test_content_of_ones_own_is_begun_and_a_catalog_taken_over(govern: Govern, tmp_path: Path) -> None:
    govern("init")
    assert govern("content", "new", "control", "own-thing").code == 0
    assert govern("content", "new", "control", "own-thing").code == 2
    assert govern("content", "new", "thing", "own-thing").code == 2
    (tmp_path / "controls" / "catalogue" / "own-thing.yaml").unlink()
    catalog = {
        "catalog": {
            "metadata": {"title": "Rules of the house", "version": "1", "last-modified": "2026-01-01T00:00:00Z"},
            "groups": [
                {"id": "h", "title": "House", "controls": [
                    {"id": "h-1", "title": "Doors", "props": [{"name": "label", "value": "H-1"}],
                     "parts": [{"name": "statement", "prose": "Doors are shut at night."}]}]}
            ],
        }
    }  # fmt: skip
    (tmp_path / "house.json").write_text(json.dumps(catalog))
    assert govern("content", "import", "house.json", "--as", "house-1").code == 0
    assert govern("content", "import", "house.json", "--as", "house-1").code == 2
    assert govern("content", "import", "house.json", "--as", "nist-ai-600-1").code == 2
    assert govern("content", "check", "--workspace", ".").code == 0
    registered(govern, tmp_path, "frameworks: [house-1]\n")
    made = govern("assess", "desk", "--json").json
    assert [row["standing"] for row in made["requirements"]] == ["not-covered"]

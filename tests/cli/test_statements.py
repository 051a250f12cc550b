"""A Statement of Applicability with faults in it: each told by the name of its row, a few at a time, with what to do."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest
import yaml

from governance.parsing import strict_yaml
from tests.cli.test_frameworks import filled, registered

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Ran
    from tests.cli.test_frameworks import Govern

OWN = {
    "control": "OWN-1", "title": "The desk is closed at night", "applicable": True, "status": "partial",
    "justification": "Nobody reads the answers at night.", "how": "By a switch: off at ten", "owner": "Ada Example",
    "risks": [], "last_review": "2026-11-02",
}  # fmt: skip


def whole(govern: Govern, tmp_path: Path) -> dict[str, Any]:
    registered(govern, tmp_path)
    value: dict[str, Any] = strict_yaml.loads(filled(govern("soa", "new", "desk").out).encode())
    return value


def attached(govern: Govern, tmp_path: Path, value: dict[str, Any]) -> Ran:
    (tmp_path / "soa.json").write_text(json.dumps(value, default=str))
    return govern("attach", "soa.json", "--system", "desk", "--no-environment", "--json")


def reason(ran: Ran) -> str:
    assert ran.code == 6
    assert ran.json["appended"] == []
    (row,) = ran.json["not_read"]
    return str(row["reason"])


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"applicable": None}, "row A.3.2: say whether it applies: applicable: true or false"),
        ({"applicable": "yes"}, "row A.3.2: say whether it applies: applicable: true or false"),
        ({"applicable": True, "status": ""}, "row A.3.2: it applies, so it needs a status: not-started, planned"),
        ({"applicable": True, "status": "mostly"}, "row A.3.2: status is none of 'not-started', 'planned'"),
        ({"colour": "blue"}, "row A.3.2: there is no field 'colour'"),
        ({"last_review": 0}, "row A.3.2: last_review is no day"),
        ({"owner": "x" * 301}, "row A.3.2: owner"),
        ({"risks": ["no-such-risk"]}, "row A.3.2: there is no risk no-such-risk"),
        ({"control": ""}, "row number 4: control is blank"),
    ],
)
def test_whatever_is_wrong_with_a_row_is_told_by_its_number_and_with_a_remedy(
    govern: Govern, tmp_path: Path, change: dict[str, Any], said: str
) -> None:
    value = whole(govern, tmp_path)
    assert value["body"]["rows"][3]["control"] == "A.3.2"
    value["body"]["rows"][3] |= change
    told = reason(attached(govern, tmp_path, value))
    assert said in told
    assert "rows." not in told
    if "owner" not in change:
        assert told.endswith("Correct the file and attach it again.")


def test_several_faults_are_told_at_once_and_the_rest_is_counted(govern: Govern, tmp_path: Path) -> None:
    value = whole(govern, tmp_path)
    for row in value["body"]["rows"][:9]:
        row["justification"] = ""
    told = reason(attached(govern, tmp_path, value))
    assert [f"row {number}: the justification is blank" in told for number in ("A.2.2", "A.2.3", "A.2.4")] == [True] * 3
    assert "and 4 more" in told


def test_ten_thousand_faulty_rows_are_told_in_a_few_lines(govern: Govern, tmp_path: Path) -> None:
    value = whole(govern, tmp_path)
    value["body"]["rows"] = [{"control": f"X.{n}" + "y" * 30, "applicable": None, "n": n} for n in range(10_000)]
    told = reason(attached(govern, tmp_path, value))
    assert len(told) < 1_500
    assert "more" in told


def test_a_statement_on_another_framework_is_told_so_and_not_of_its_rows(govern: Govern, tmp_path: Path) -> None:
    value = whole(govern, tmp_path)
    value["body"] |= {"framework": "nist-ai-rmf", "rows": [{"control": "MAP 1.1"}]}
    told = reason(attached(govern, tmp_path, value))
    assert "nist-ai-rmf is not ISO/IEC 42001" in told
    assert "row" not in told
    assert "iso-iec-42001" in told


def test_a_target_profile_names_its_rows_too(govern: Govern, tmp_path: Path) -> None:
    registered(govern, tmp_path)
    rows = [
        {"requirement": "MS-2.7-008", "target": "tier-3"},
        {"requirement": "MS-2.7-007", "target": "achieved", "due": 0},
        {"requirement": "MS-2.5-005", "target": "not-pursued"},
    ]
    value = {
        "schema": "declared-evidence.v1", "kind": "target-profile.v1", "about": "system", "on": "2026-11-01",
        "by": {"name": "Ada Example", "role": "Owner"}, "body": {"framework": "nist-ai-600-1", "rows": rows},
    }  # fmt: skip
    told = reason(attached(govern, tmp_path, value))
    assert "row MS-2.7-008: target is none of" in told
    assert "row MS-2.7-007: due is no day" in told
    assert "row MS-2.5-005: not-pursued needs a reason" in told


@pytest.mark.parametrize(
    ("own", "said"),
    [
        ([OWN, OWN], "own control OWN-1 stands twice"),
        ([OWN | {"control": "A.5.4"}], "own control A.5.4 has the number of a control of Annex A"),
        ([OWN | {"title": None}], "own control OWN-1 has no title"),
        ([OWN | {"risks": ["no-such-risk"]}], "row OWN-1: there is no risk no-such-risk"),
        ([OWN | {"applicable": None}], "row OWN-1: say whether it applies"),
    ],
)
def test_controls_of_ones_own_have_a_number_of_their_own_once(
    govern: Govern, tmp_path: Path, own: list[dict[str, Any]], said: str
) -> None:
    value = whole(govern, tmp_path)
    value["body"]["own_controls"] = own
    assert said in reason(attached(govern, tmp_path, value))


def test_controls_of_ones_own_stay_in_the_next_form_and_are_shown(govern: Govern, tmp_path: Path) -> None:
    value = whole(govern, tmp_path)
    value["body"]["own_controls"] = [OWN]
    assert attached(govern, tmp_path, value).code == 0
    form = yaml.safe_load(govern("soa", "new", "desk").out)
    assert form["body"]["own_controls"] == [OWN]
    shown = govern("soa", "show", "desk").out
    assert "OWN-1" in shown
    assert "1 of your own" in shown


def test_a_framework_without_documented_information_is_said_to_have_none(govern: Govern, tmp_path: Path) -> None:
    registered(govern, tmp_path)
    ran = govern("soa", "documents", "desk", "--framework", "nist-ai-rmf")
    assert ran.code == 3
    assert "lists no documented information" in ran.err
    assert "0 of 0" not in ran.out


def test_what_is_exported_is_not_called_by_the_name_of_what_a_person_wrote(govern: Govern, tmp_path: Path) -> None:
    assert attached(govern, tmp_path, whole(govern, tmp_path)).code == 0
    govern("soa", "show", "desk", "--out", "soa", "--no-pdf")
    made = json.loads((tmp_path / "soa" / "statement-of-applicability.json").read_bytes())
    assert made["schema"] == "applicability-report.v1"


def test_a_day_before_any_that_a_workbook_knows_is_written_as_text(govern: Govern, tmp_path: Path) -> None:
    value = whole(govern, tmp_path)
    value["body"]["rows"][0]["last_review"] = "1899-12-31"
    assert attached(govern, tmp_path, value).code == 0
    assert govern("soa", "show", "desk", "--out", "soa", "--no-pdf").code == 0
    book = openpyxl.load_workbook(io.BytesIO((tmp_path / "soa" / "statement-of-applicability.xlsx").read_bytes()))
    assert book["Applicability"]["H2"].value == "1899-12-31"


@pytest.mark.parametrize("command", [("soa", "show", "desk"), ("report", "desk")])
def test_a_workbook_that_can_not_be_made_is_named_as_a_workbook(
    govern: Govern, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...]
) -> None:
    assert attached(govern, tmp_path, whole(govern, tmp_path)).code == 0
    monkeypatch.setitem(__import__("sys").modules, "xlsxwriter", None)
    ran = govern(*command, "--out", "made", "--no-pdf")
    assert "no workbook: XlsxWriter is not installed" in ran.out + ran.err
    assert "no PDF" not in ran.out + ran.err
    assert "workbook" in govern(*command, "--out", "made", "--no-pdf", "--json").json["skipped"]


def test_the_remarks_of_a_profile_read_as_one_sentence(govern: Govern, tmp_path: Path) -> None:
    registered(govern, tmp_path)
    assert ".;" not in govern("profile", "show", "desk").out.replace("\n", " ")

"""Inputs that break other tools: a clear error that names the file, nothing appended, no traceback."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import openpyxl
import pytest

from tests.conftest import RECORDED

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.cli.conftest import Ran

    Govern = Callable[..., Ran]

RESULTS = next(RECORDED.glob("eval/base/*/results_*.json")).read_bytes()


@pytest.fixture
def empty(govern: Govern) -> Govern:
    govern("init")
    govern("system", "add", RECORDED / "system.yaml")
    return govern


@pytest.mark.parametrize(
    ("name", "data"),
    {
        "cut": RESULTS[: len(RESULTS) // 2],
        "cut-near-the-end": RESULTS[:-3],
        "not-utf8": RESULTS.replace(b'"results"', b'"results\xff"', 1),
        "deep": b'{"results": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
        "duplicate-key": RESULTS.replace(b'"results": {', b'"results": {}, "results": {', 1),
        "empty": b"",
        "only-a-brace": b"{",
        "results-of-text": b'{"results": {"a": {"acc,none": "high"}}, "configs": {}, "versions": {}, "n-shot": {}}',
        "results-no-object": b'{"results": [1, 2], "configs": {}, "versions": {}, "n-shot": {}}',
        "huge-number": RESULTS.replace(b"0.3", b"1" * 5000, 1),
        "lone-surrogate": RESULTS.replace(b"elm_desk_qa", b"elm_\\ud800_qa"),
    }.items(),
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_damaged_result_file_is_not_read_and_nothing_is_appended(
    empty: Govern, tmp_path: Path, name: str, data: bytes
) -> None:
    assert data != RESULTS
    path = tmp_path / "results_2026-11-22T00-00-00.000000.json"
    path.write_bytes(data)
    ran = empty("attach", path, "--system", "elm-desk", "--no-environment", "--json")
    assert ran.code == 6, name
    assert ran.json["appended"] == []
    assert path.name in ran.json["not_read"][0]["path"]


def test_nan_becomes_null_and_never_a_complete_result(empty: Govern, tmp_path: Path) -> None:
    path = tmp_path / "results_2026-11-22T00-00-00.000000.json"
    import json

    value = json.loads(RESULTS)
    value["results"]["elm_desk_qa"]["acc,none"] = float("nan")
    path.write_text(json.dumps(value), "utf-8")
    row = empty("attach", path, "--system", "elm-desk", "--no-environment", "--json").json["appended"][0]
    assert row["quality"] != "complete"
    body = empty("evidence", "show", row["id"], "--json").json["body"]
    assert None in [r["value"] for r in body["results"] if r["task"] == "elm_desk_qa" and r["metric"] == "acc"]


def test_a_link_out_of_the_folder_is_named_and_not_followed(empty: Govern, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.mkdir()
    (secret / "results_x.json").write_bytes(RESULTS)
    run = tmp_path / "run"
    run.mkdir()
    (run / "results_x.json").symlink_to(secret / "results_x.json")
    ran = empty("attach", run, "--system", "elm-desk", "--no-environment", "--json")
    assert ran.json["appended"] == []
    assert "link" in ran.json["not_read"][0]["reason"]


def test_a_pickle_is_a_finding_and_is_never_run(empty: Govern, tmp_path: Path) -> None:
    marker = tmp_path / "it-ran"
    run = tmp_path / "model"
    run.mkdir()
    (run / "config.json").write_text('{"model_type": "gpt2", "architectures": ["GPT2LMHeadModel"]}')
    (run / "pytorch_model.bin").write_bytes(b"\x80\x02cos\nsystem\n(S'touch " + os.fsencode(marker) + b"'\ntR.")
    rows = empty("attach", run, "--system", "elm-desk", "--no-environment", "--json").json["appended"]
    assert "finding.v1" in {row["kind"] for row in rows}
    assert not marker.exists()
    findings = empty("assess", "elm-desk", "--json").json["findings"]
    assert findings[0]["severity"] == "high"
    assert empty("gate", "elm-desk").code == 1


def test_an_alias_bomb_in_a_system_file_is_refused(empty: Govern, tmp_path: Path) -> None:
    lines = ["a0: &a0 [x, x]"] + [f"a{i}: &a{i} [*a{i - 1}, *a{i - 1}]" for i in range(1, 30)]
    (tmp_path / "bomb.yaml").write_text("\n".join(lines))
    ran = empty("system", "add", "bomb.yaml")
    assert ran.code == 6
    assert "bomb.yaml" in ran.err
    assert "alias" in ran.err


@pytest.mark.parametrize(
    "text",
    [
        "id: x\nname: A system\npurpose: TBD\nowner: Ada Example\n",
        "id: x\nname: A system\npurpose: .\nowner: Ada Example\n",
        "id: x\nname: A system\npurpose: To answer readers\n",
        "id: X Y\nname: A system\npurpose: To answer readers\nowner: Ada Example\n",
        "id: x\nname: A system\npurpose: To answer readers\nowner: Ada Example\nunheard: of\n",
        "id: x\nid: y\nname: A system\npurpose: To answer readers\nowner: Ada Example\n",
        "- a list\n",
        "",
        "\x00",
    ],
)
def test_a_system_file_that_says_nothing_is_refused_by_name(empty: Govern, tmp_path: Path, text: str) -> None:
    (tmp_path / "system.yaml").write_text(text)
    ran = empty("system", "add", "system.yaml", "--json")
    assert ran.code == 6
    assert ran.json["where"].split(":")[0] == "system.yaml"
    assert empty("system", "list", "--json").json["systems"][0]["id"] == "elm-desk"


def test_text_from_evidence_reaches_no_document_as_code(empty: Govern, tmp_path: Path) -> None:
    import json

    value = json.loads(RESULTS)
    evil = "<script>alert(1)</script>|{{7*7}}|=cmd()|](javascript:x)"
    value["results"][evil] = dict(value["results"].pop("elm_desk_qa"), alias=evil)
    (tmp_path / "results_x.json").write_text(json.dumps(value), "utf-8")
    assert empty("attach", "results_x.json", "--system", "elm-desk", "--no-environment").code == 0
    assert empty("report", "elm-desk", "--no-pdf").code == 0
    workbook = openpyxl.load_workbook(tmp_path / "report" / "statement-of-applicability.xlsx")
    assert not [cell for sheet in workbook for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]
    for path in (tmp_path / "report").iterdir():
        if path.suffix == ".xlsx":
            continue
        text = path.read_text("utf-8")
        assert "<script>alert" not in text, path.name
        assert "\n=cmd" not in text

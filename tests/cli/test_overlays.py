"""Which content a command read, what it passed over, and what it refuses to take for a workspace."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from governance.cli.app import run
from governance.content import cache, loader, places
from governance.domain.decision import DecisionKind
from governance.errors import CouldNotTell
from governance.parsing import strict_yaml
from governance.portfolio import Portfolio
from governance.proofs import ed25519
from governance.signing import keys
from governance.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.cli.conftest import Ran

    Govern = Callable[..., Ran]

SYSTEM = "id: {id}\nname: A desk\npurpose: Answers readers\nowner: Ada Example\n"
KIND = """id: my-kind.v1
title: A kind of our own
question: How many are there?
does_not_say: That anybody counted well.
basis: tested
fresh_for: 365
body:
  type: object
  properties: {{count: {{description: How many there are, {schema}}}}}
examples: {{holds: {{a count: {{count: 1}}}}, refused: {{less: {{count: x}}}}}}
"""
DECLARED = {
    "schema": "declared-evidence.v1", "kind": "my-kind.v1", "about": "system", "on": "2026-11-20",
    "by": {"name": "Ada Example", "role": "Desk lead"}, "body": {"count": 1},
}  # fmt: skip
RULE = "id: own\ntitle: An own rule\nwhy: Because we are careful\nconditions: []\n"
LIE = "A lie that somebody planted"
CONTROL = "controls/catalogue/quality-evaluated.yaml"


def put(root: Path, path: str, text: str) -> None:
    (root / path).parent.mkdir(parents=True, exist_ok=True)
    (root / path).write_text(text, "utf-8")


@pytest.fixture
def desk(govern: Govern, tmp_path: Path) -> Govern:
    govern("init")
    put(tmp_path, "desk.yaml", SYSTEM.format(id="desk"))
    assert govern("system", "add", "desk.yaml").code == 0
    return govern


def test_a_kind_that_is_no_schema_ends_an_attach_with_its_file_and_as_json(desk: Govern, tmp_path: Path) -> None:
    put(tmp_path, "evidence/kinds/my-kind.v1.yaml", KIND.format(schema="type: banana"))
    put(tmp_path, "count.json", json.dumps(DECLARED))
    ran = desk("attach", "count.json", "--system", "desk", "--no-environment", "--json")
    assert (ran.code, ran.json["schema"]) == (6, "error.v1")
    assert ran.json["where"] == "evidence/kinds/my-kind.v1.yaml"
    assert "fault of the program" not in ran.err
    put(tmp_path, "evidence/kinds/my-kind.v1.yaml", KIND.format(schema="type: integer"))
    assert len(desk("attach", "count.json", "--system", "desk", "--no-environment", "--json").json["appended"]) == 1


@pytest.mark.parametrize(
    "command", [["check"], ["reach", "eval-run.v1"], ["crosswalk", "nist-ai-rmf", "iso-iec-42001"]]
)
def test_a_folder_that_is_not_there_or_holds_no_content_is_a_wrong_call(
    govern: Govern, tmp_path: Path, command: list[str]
) -> None:
    (tmp_path / "empty").mkdir()
    for named, said in (("gone", "no such folder"), ("empty", "nor any content")):
        ran = govern("content", *command, "--workspace", named)
        assert (ran.code, said in ran.err, named in ran.err) == (2, True, True)


def test_a_folder_whose_content_is_all_in_a_misspelt_place_is_told_so(govern: Govern, tmp_path: Path) -> None:
    put(tmp_path, "own/policy/own.yaml", RULE)
    ran = govern("content", "check", "--workspace", "own", "--json")
    assert ran.code == 1
    assert [row["path"] for row in ran.json["failures"]] == ["policy"]


@pytest.mark.parametrize("how", ["here", "environment", "option"])
def test_the_workspace_one_stands_in_is_read_and_named(
    desk: Govern, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    put(tmp_path, "evidence/kinds/my-kind.v1.yaml", KIND.format(schema="type: integer"))
    option: list[str | Path] = ["--workspace", tmp_path] if how == "option" else []
    if how != "here":
        (tmp_path / "elsewhere").mkdir()
        monkeypatch.chdir(tmp_path / "elsewhere")
    if how == "environment":
        monkeypatch.setenv("GOVERN_WORKSPACE", str(tmp_path))
    assert str(tmp_path) in desk("content", "check", *option).out
    assert str(tmp_path) in desk("content", "reach", "my-kind.v1", *option).out
    assert str(tmp_path) in desk("content", "crosswalk", "nist-ai-rmf", "iso-iec-42001", *option).out


def test_without_a_workspace_it_is_said_that_our_content_alone_was_read(govern: Govern) -> None:
    assert "our content alone" in govern("content", "reach", "eval-run.v1").out


def test_the_faults_that_another_command_counts_are_those_that_the_check_lists(desk: Govern, tmp_path: Path) -> None:
    for name in ("one", "two"):
        put(tmp_path, f"policies/{name}.yaml", RULE)
    refused = desk("assess", "desk")
    assert (refused.code, "(and 1 more: govern content check)" in refused.err) == (6, True)
    listed = desk("content", "check", "--json")
    assert [row["path"] for row in listed.json["failures"]] == ["policies/one.yaml", "policies/two.yaml"]


def test_a_template_with_a_broken_front_matter_is_found_by_the_check(desk: Govern, tmp_path: Path) -> None:
    put(tmp_path, "templates/own.md.j2", "# Nothing says what this makes\n")
    ran = desk("content", "check", "--json")
    assert ran.code == 1
    assert [row["path"] for row in ran.json["failures"]] == ["templates/own.md.j2"]


def test_a_mistake_in_a_template_of_the_workspace_is_found_by_the_check_before_a_report_is_made(
    desk: Govern, tmp_path: Path
) -> None:
    front = "{# ---\ndocument: own.html\ntitle: Own\nfor: us\nview: model-card\n--- #}\n"
    put(
        tmp_path,
        "templates/own.html.j2",
        front + '{% extends "_parts/page.html.j2" %}\n{% block body %}{{ 7 * 175 }}{% endblock %}\n',
    )
    ran = desk("content", "check", "--json")
    assert ran.code == 1
    (failure,) = ran.json["failures"]
    assert (failure["path"], failure["line"]) == ("templates/own.html.j2", 8)
    assert failure["message"].startswith("reckons with *. Figures come as facts")
    assert "templates/own.html.j2:8: reckons with *" in desk("content", "check").out


@pytest.mark.parametrize("command", [["report", "desk"], ["soa", "show", "desk"]])
@pytest.mark.parametrize("out", ["there.txt", "there.txt/below"])
def test_an_out_that_is_a_file_is_a_wrong_call_and_the_file_stays(
    desk: Govern, tmp_path: Path, command: list[str], out: str
) -> None:
    put(tmp_path, "there.txt", "mine")
    ran = desk(*command, "--out", out, "--no-pdf")
    assert (ran.code, "there.txt" in ran.err, "fault of the program" in ran.err) == (2, True, False)
    assert (tmp_path / "there.txt").read_text("utf-8") == "mine"


def test_of_all_systems_those_registered_later_are_left_out_by_name(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    day = datetime(2026, 11, 20, 12, tzinfo=UTC)
    moments = iter([day, day + timedelta(days=3)])
    workspace = Workspace.init(tmp_path / "ws", clock=lambda: next(moments))
    for name in ("early", "late"):
        put(tmp_path, f"{name}.yaml", SYSTEM.format(id=name))
        workspace.add_system(tmp_path / f"{name}.yaml")
    portfolio = Portfolio(workspace, day + timedelta(days=1))
    for _ in range(2):
        assert list(portfolio.cases()) == ["early"]
        assert portfolio.not_on_record == ("late",)
    assert list(Portfolio(workspace, day + timedelta(days=4)).cases()) == ["early", "late"]
    call = ["assess", "--all", "--as-of", "2026-11-21", "--workspace", str(tmp_path / "ws")]
    assert run([*call, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert ([row["system"] for row in told["systems"]], told["not_on_record"]) == (["early"], ["late"])
    assert run(call) == 0
    assert "late is left out: it was not on record" in capsys.readouterr().out


@pytest.fixture
def lied_to(desk: Govern, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Govern:
    """A cache that says of one of our controls what its file does not."""
    monkeypatch.setenv("GOVERN_CACHE", str(tmp_path / "cache"))
    data = (places.builtin_root() / CONTROL).read_bytes()
    put(tmp_path, CONTROL, data.decode() + "# of this workspace\n")
    loader._HELD.clear()
    assert desk("assess", "desk").code == 0
    (kept,) = (tmp_path / "cache").iterdir()
    values = json.loads(kept.read_text("utf-8"))
    key = cache.key_of((tmp_path / CONTROL).read_bytes())
    assert values[key] == json.loads(json.dumps(strict_yaml.loads(data), default=lambda day: {"\x00date": str(day)}))
    values[key]["title"] = LIE
    kept.write_text(json.dumps(values), "utf-8")
    loader._HELD.clear()  # as another run of the program finds it
    return desk


@pytest.mark.parametrize("step", ["sign", "pack"])
def test_what_is_signed_or_handed_over_rests_on_the_files_and_not_on_the_cache(
    lied_to: Govern, tmp_path: Path, step: str
) -> None:
    workspace = Workspace(tmp_path)
    assert workspace.catalogue.controls["quality-evaluated"].title == LIE
    if step == "pack":
        workspace.pack("desk", tmp_path / "p.zip", pdf=False)
        assert Workspace.verify(tmp_path / "p.zip").ok
    else:
        keys.save(key := keys.generate(), tmp_path / "me.pem")
        line = ed25519.public_line(ed25519.raw(key))
        workspace.people.enrol(
            "Ada Example", by=workspace.operator, reason="She reviews.", roles=["reviewer"], key=line
        )
        with pytest.raises(CouldNotTell, match="nothing to sign"):  # no weights are there; it was judged all the same
            workspace.sign(
                "desk", key_file=tmp_path / "me.pem", role="reviewer", decision=DecisionKind.HOLD, reason="Not yet read"
            )
    assert workspace.catalogue.controls["quality-evaluated"].title != LIE


def test_a_fresh_check_keeps_and_takes_nothing_of_an_earlier_run(lied_to: Govern, tmp_path: Path) -> None:
    (kept,) = (tmp_path / "cache").iterdir()
    before = kept.read_bytes()
    assert lied_to("content", "check", "--fresh").code == 0
    assert kept.read_bytes() == before

"""`govern lint`: what is printed, what is written, and the exit codes."""

from __future__ import annotations

import hashlib
import io
import json
import os
import sys
import threading

import pytest

from tests.cli.conftest import attached, govern, ready  # noqa: F401 - fixtures
from tests.linting import made
from tests.linting.test_rules import FAULTS


@pytest.fixture
def cards(tmp_path):
    """Cards beside each other: one without a fault, one with, an empty one, one that is no text."""
    (tmp_path / "whole.md").write_text(made.WHOLE, "utf-8")
    (tmp_path / "faulty.md").write_text(FAULTS["card/placeholder"], "utf-8")
    (tmp_path / "warned.md").write_text(FAULTS["card/boilerplate"], "utf-8")
    (tmp_path / "empty.md").write_bytes(b"")
    (tmp_path / "binary.md").write_bytes(b"\0\1")
    return tmp_path


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["whole.md"], 0), (["whole.md", "--strict"], 0), (["warned.md"], 0), (["warned.md", "--strict"], 1), (["faulty.md"], 1),
        (["empty.md"], 1), (["binary.md"], 6), (["absent.md"], 6), (["."], 6), (["whole.md", "faulty.md"], 1),
        (["faulty.md", "binary.md"], 6), (["whole.md", "--format", "xml"], 2), (["whole.md", "--workspace", "."], 2),
        (["whole.md", "--on", "2026-01-01"], 2), ([], 2), (["whole.md", "--system", "elm-desk"], 2),
    ],
)  # fmt: skip
def test_the_exit_code_says_what_was_found(govern, cards, arguments, code):  # noqa: F811
    assert govern("lint", *arguments).code == code


def test_text_goes_to_people_and_a_file_gets_what_would_be_printed(govern, cards):  # noqa: F811
    printed = govern("lint", "faulty.md")
    assert "Placeholders" in printed.out
    assert printed.out.rstrip().endswith("exit 1")
    written = govern("lint", "faulty.md", "--out", "report.txt")
    assert (written.code, written.out) == (1, "")
    assert (cards / "report.txt").read_text("utf-8") == printed.out


def test_json_and_sarif_are_one_document_each(govern, cards):  # noqa: F811
    assert govern("lint", "faulty.md", "whole.md", "--format", "json").json["schema"] == "lint.v1"
    log = govern("lint", "faulty.md", "binary.md", "--format", "sarif").json
    assert log["runs"][0]["invocations"][0]["executionSuccessful"] is False
    govern("lint", "faulty.md", "--format", "sarif", "--out", "out/lint.sarif")
    assert json.loads((cards / "out" / "lint.sarif").read_text("utf-8"))["version"] == "2.1.0"


def test_the_same_card_named_twice_is_linted_once(govern, cards):  # noqa: F811
    assert len(govern("lint", "whole.md", "whole.md", "--format", "json").json["cards"]) == 1


def test_what_a_card_writes_is_not_obeyed_by_the_terminal(govern, cards):  # noqa: F811
    (cards / "evil.md").write_text("# \x1b[31mred\n\nTODO: \x1b]0;title\x07 [bold]x[/bold]\n", "utf-8")
    out = govern("lint", "evil.md").out
    assert "\x1b" not in out
    assert "\x07" not in out


def test_a_card_is_held_against_the_evidence_of_a_system(ready, tmp_path):  # noqa: F811
    card = tmp_path / "card.md"
    row = "\n\n| Task | Metric | Value |\n|---|---|---|\n| refusal_safety | acc | {} |\n"
    base = made.WHOLE.replace("- elm-library/desk-questions\n", "").replace(
        "    - type: accuracy\n      value: 0.4677\n", "    - type: accuracy\n      value: 0.468\n"
    )
    card.write_text(base + row.format("0.75"), "utf-8")
    found = ready("lint", card, "--system", "elm-desk", "--workspace", tmp_path, "--format", "json")
    states = {each["text"]: each["state"] for each in found.json["cards"][0]["figures"]}
    assert states["0.75"] == "backed"
    card.write_text(base + row.format("0.82"), "utf-8")
    found = ready("lint", card, "--system", "elm-desk")
    assert (found.code, "refusal_safety acc is 0.75" in found.out) == (1, True)
    assert ready("lint", card, "--system", "nobody").code == 2


def test_what_the_evidence_does_not_show_ends_in_could_not_tell(ready, tmp_path):  # noqa: F811
    card = tmp_path / "card.md"
    card.write_text(
        "---\nlicense: apache-2.0\n---\n# Elm\n\n| Task | Accuracy |\n|---|---|\n| made_up | 0.913 |\n", "utf-8"
    )
    assert ready("lint", card).code == 0
    assert ready("lint", card, "--system", "elm-desk").code == 3
    assert ready("lint", card, "--system", "elm-desk", "--strict").code == 1


def test_a_day_far_ahead_makes_the_evidence_stale(ready, tmp_path):  # noqa: F811
    card = tmp_path / "card.md"
    card.write_text(
        "---\nlicense: apache-2.0\n---\n# Elm\n\n| Task | acc |\n|---|---|\n| refusal_safety | 0.75 |\n", "utf-8"
    )
    now = ready("lint", card, "--system", "elm-desk", "--on", "2026-12-01", "--format", "json").json["cards"][0]
    later = ready("lint", card, "--system", "elm-desk", "--on", "2029-12-01", "--format", "json").json["cards"][0]
    assert ([each["state"] for each in now["figures"]], [each["state"] for each in later["figures"]]) == (
        ["backed"],
        ["stale"],
    )
    assert later["scores"]["freshness"]["k"] == 0


def test_a_name_that_is_no_text_is_written_out_in_every_format(govern, cards):  # noqa: F811
    name = os.fsdecode(b"b\xffd card.md")
    (cards / name).write_text(made.WHOLE, "utf-8")
    assert govern("lint", name).code == 0
    assert govern("lint", name, "--format", "json").json["cards"][0]["card"].isprintable()
    log = govern("lint", name, "absent \udcfe.md", "--format", "sarif").json
    uris = [each["location"]["uri"] for each in log["runs"][0]["artifacts"]]
    assert uris == ["b%FFd%20card.md", "absent%20%FE.md"]
    (cards / "r.sarif").unlink(missing_ok=True)
    assert govern("lint", cards / name, "--format", "sarif", "--out", "r.sarif").code == 0
    assert "b%FFd%20card.md" in (cards / "r.sarif").read_text("utf-8")


def test_a_report_does_not_take_the_place_of_a_card(govern, cards):  # noqa: F811
    (cards / "link.md").symlink_to("whole.md")
    for out in ("whole.md", "./whole.md", "link.md", cards / "whole.md"):
        assert govern("lint", "faulty.md", "whole.md", "--out", out).code == 2
    assert (cards / "whole.md").read_text("utf-8") == made.WHOLE


def test_a_card_is_read_from_standard_input_and_from_a_pipe(govern, cards, monkeypatch):  # noqa: F811
    data = made.WHOLE.encode()
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))
    assert govern("lint", "-", "--format", "json").json["cards"][0]["sha256"] == hashlib.sha256(data).hexdigest()
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))
    log = govern("lint", "-", "--format", "sarif").json
    assert log["runs"][0]["artifacts"][0]["location"]["uri"] == "stdin"
    os.mkfifo(cards / "pipe")
    writer = threading.Thread(target=(cards / "pipe").write_bytes, args=(data,), daemon=True)
    writer.start()
    assert govern("lint", "pipe").code == 0
    writer.join(10)

"""What the commands say to somebody who begins content of their own, and who compares two versions of a framework."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.cli.test_frameworks import registered

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.test_frameworks import Govern


def test_who_begins_a_file_is_told_that_the_workspace_waits_for_its_sentences(govern: Govern) -> None:
    govern("init")
    assert "the other commands refuse" in govern("content", "new", "control", "own-thing").out.replace("\n", " ")


def test_a_control_of_ours_is_copied_only_with_replace_and_passes_as_it_is(govern: Govern) -> None:
    govern("init")
    ran = govern("content", "new", "control", "bias-evaluated", "--json")
    assert ran.code == 2
    assert "--replace" in ran.json["hint"]
    made = govern("content", "new", "control", "bias-evaluated", "--replace")
    assert made.code == 0
    assert "word for word" in made.out
    assert govern("content", "check", "--workspace", ".").code == 0


def test_a_diff_counts_requirements_and_not_lines(govern: Govern) -> None:
    ran = govern("content", "diff", "owasp-llm-top-10-2025", "owasp-llm-top-10-2026", "--json").json
    ids = {row["id"] for row in ran["changes"]} - {"(framework)"}
    assert ran["requirements_changed"] == len(ids) < len(ran["changes"])
    assert (
        f"requirements changed: {len(ids)};"
        in govern("content", "diff", "owasp-llm-top-10-2025", "owasp-llm-top-10-2026").out
    )
    titles = [row for row in ran["changes"] if "title" in row["before"]]
    assert titles
    assert all(row["before"]["title"] != row["after"]["title"] for row in titles)


def test_the_newer_version_first_is_a_wrong_call(govern: Govern) -> None:
    ran = govern("content", "diff", "eu-ai-act-2026", "eu-ai-act-2024", "--json")
    assert ran.code == 2
    assert ran.json["hint"] == "The older first: govern content diff eu-ai-act-2024 eu-ai-act-2026"


def test_a_workspace_that_is_not_there_is_not_a_workspace_that_was_not_named(govern: Govern, tmp_path: Path) -> None:
    unnamed = govern("content", "diff", "eu-ai-act-2024", "eu-ai-act-2026")
    assert "No workspace was named" in unnamed.out
    gone = govern("content", "diff", "eu-ai-act-2024", "eu-ai-act-2026", "--workspace", "gone")
    assert gone.code == 2
    assert "gone" in gone.err
    (tmp_path / "own" / "templates").mkdir(parents=True)
    (tmp_path / "own" / "templates" / "own.md.j2").write_text("A page of our own\n")
    bare = govern("content", "diff", "owasp-llm-top-10-2025", "owasp-llm-top-10-2026", "--workspace", "own")
    assert bare.code == 0
    assert "There is no workspace at own" in bare.out
    assert "No workspace was named" not in bare.out


@pytest.mark.parametrize(
    ("more", "said"), [("", "The one system here is held against neither"), (None, "no system here yet")]
)
def test_few_systems_are_counted_in_words(govern: Govern, tmp_path: Path, more: str | None, said: str) -> None:
    govern("init")
    if more is not None:
        registered(govern, tmp_path, "frameworks: [nist-ai-rmf]\n")
    assert said in govern("content", "diff", "eu-ai-act-2024", "eu-ai-act-2026").out


def test_what_was_checked_is_said_without_touching_a_name(govern: Govern) -> None:
    said = govern("content", "check").out
    assert "Not checked: MITRE's own file" in said
    assert "Checked by: The authors of governance-evidence, on " in said

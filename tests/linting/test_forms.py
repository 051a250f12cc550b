"""The report as SARIF, JSON and text."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from governance.linting import plain, sarif, text
from governance.linting.findings import Level
from governance.linting.lint import lint, outcome
from governance.linting.rules import RULES
from governance.workspace import Workspace
from tests.conftest import RECORDED, Clock
from tests.linting import made
from tests.linting.test_rules import FAULTS

EVERY = "\n\n".join(FAULTS[rule] for rule in ("card/placeholder", "card/co2", "card/figure-no-evidence"))
CARDS = {"README.md": made.WHOLE, "a b/card.md": FAULTS["card/placeholder"], "c.md": EVERY}


def _reports():
    return [lint(card.encode(), name) for name, card in CARDS.items()]


def _log(reports):
    return sarif.log(
        reports, version="1.2.3", uris={report.card: report.card.replace(" ", "%20") for report in reports}
    )


def test_the_log_has_what_sarif_requires_of_each_part():
    """Required by the schema of SARIF 2.1.0: version, runs, tool.driver.name, rule ids, message texts, 1-based regions."""
    log = _log(_reports())
    assert (log["version"], set(log)) == ("2.1.0", {"$schema", "version", "runs"})
    (run,) = log["runs"]
    driver = run["tool"]["driver"]
    assert [rule["id"] for rule in driver["rules"]] == sorted(RULES)
    for rule in driver["rules"]:
        assert rule["help"]["text"]
        assert rule["shortDescription"]["text"].endswith(".")
        assert rule["defaultConfiguration"]["level"] in ("error", "warning", "note")
        assert rule["name"].isalnum()
    assert run["results"]
    for result in run["results"]:
        assert driver["rules"][result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["level"] in ("error", "warning", "note")
        assert result["message"]["text"]
        (location,) = result["locations"]
        region = location["physicalLocation"]["region"]
        assert all(isinstance(value, int) and value >= 1 for value in region.values())
        assert set(region) == {"startLine", "startColumn", "endLine", "endColumn"}
        assert " " not in location["physicalLocation"]["artifactLocation"]["uri"]
    assert run["invocations"][0]["executionSuccessful"] is True
    assert run["columnKind"] == "unicodeCodePoints"
    assert {each["location"]["uri"] for each in run["artifacts"]} == {"README.md", "a%20b/card.md", "c.md"}


def test_a_card_that_was_not_read_makes_the_run_unsuccessful():
    (run,) = _log([*_reports(), lint(b"\0", "d.md")])["runs"]
    assert run["invocations"][0]["executionSuccessful"] is False
    (note,) = run["invocations"][0]["toolExecutionNotifications"]
    assert note["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "d.md"
    assert note["level"] == "error"


def test_the_same_cards_give_the_same_log_to_the_byte():
    first, second = (json.dumps(_log(_reports()), ensure_ascii=False) for _ in range(2))
    assert first == second
    assert "2026-" not in first.split('"results"')[0]


def test_a_finding_keeps_its_fingerprint_when_the_text_above_it_grows():
    card = FAULTS["card/placeholder"]
    longer = card.replace("# Elm desk\n", "# Elm desk\n\nA new passage of words.\n\nAnd another.\n")
    before, after = (
        {each["partialFingerprints"][sarif.FINGERPRINT]: each["locations"][0]["physicalLocation"]["region"]["startLine"] for each in run["results"]}
        for run in (_log([lint(text.encode(), "x")])["runs"][0] for text in (card, longer))
    )  # fmt: skip
    assert set(before) == set(after)
    assert before != after


def test_findings_that_say_the_same_have_fingerprints_of_their_own():
    card = made.body("[More Information Needed]\n\n[More Information Needed]\n\n[More Information Needed]")
    prints = [
        each["partialFingerprints"][sarif.FINGERPRINT]
        for each in _log([lint(card.encode(), "x")])["runs"][0]["results"]
    ]
    assert len(prints) == len(set(prints))


def test_our_own_collector_reads_the_log(tmp_path):
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "lint.sarif").write_text(json.dumps(_log(_reports())), "utf-8")
    workspace = Workspace.init(tmp_path / "w", clock=Clock(datetime(2026, 11, 26, tzinfo=UTC)))
    workspace.add_system(RECORDED / "system.yaml")
    workspace.attach([tmp_path / "in"], "elm-desk")
    (piece,) = workspace.dossier("elm-desk").of_kind("security-scan.v1")
    assert piece.body["tool"]["name"] == "govern lint"
    assert piece.record.quality == "complete"


def test_json_holds_every_finding_score_and_figure():
    reports = _reports()
    document = plain.document(reports, outcome(reports))
    assert (document["schema"], document["exit_code"], document["unread"]) == ("lint.v1", 1, 0)
    for report, card in zip(reports, document["cards"], strict=True):
        assert [each["rule"] for each in card["findings"]] == [each.rule for each in report.findings]
        assert set(card["scores"]) == {"presence", "specificity", "backing", "freshness"}
        assert len(card["figures"]) == len(report.figures)
        assert len(card["sections"]) == 15
    assert document["findings"] == {str(level): sum(report.count(level) for report in reports) for level in Level}
    json.dumps(document, allow_nan=False)


def test_text_is_grouped_names_each_rule_and_ends_with_the_scores():
    lines = list(text.lines(_reports()[1:2]))
    assert lines[0] == "a b/card.md"
    assert lines.index("  Placeholders") < lines.index("  Licence and lineage")
    assert [line.split()[0] for line in lines[-4:]] == ["Presence", "Specificity", "Backing", "Freshness"]
    assert any("[card/placeholder]" in line for line in lines)


def test_what_repeats_is_one_line_of_text_with_the_lines_it_stands_in():
    lines = list(text.lines([lint(made.body("TODO: a\n\nTODO: a\n\nTODO: a").encode(), "x")]))
    (line,) = [each for each in lines if "“TODO: a”" in each]
    assert "(2 more, line 9, 11)" in line
    sections = [each for each in lines if "Nothing is said under" in each]
    assert [each.split()[0] for each in sections] == ["warning", "note"]


@pytest.mark.parametrize(
    ("levels", "code", "strict"),
    [([], 0, 0), (["note"], 0, 0), (["warning"], 0, 1), (["error"], 1, 1), (["warning", "error"], 1, 1)],
)
def test_only_an_error_fails_and_with_strict_a_warning_too(levels, code, strict):
    from governance.linting.findings import Finding, Place, Report

    report = Report("x", tuple(Finding("card/empty", Level(level), "m", "r", Place(1)) for level in levels))
    assert (outcome([report]), outcome([report], strict=True)) == (code, strict)


def test_the_gravest_of_several_cards_decides():
    clean, faulty, unread = lint(made.WHOLE.encode(), "a"), lint(b"", "b"), lint(b"\0", "c")
    assert [outcome(reports) for reports in ([clean], [clean, faulty], [faulty, unread])] == [0, 1, 6]

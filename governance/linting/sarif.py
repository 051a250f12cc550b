"""A report as SARIF 2.1.0, for code hosts and editors.

https://docs.oasis-open.org/sarif/sarif/v2.1.0/. Columns count characters. `partialFingerprints` are made of the rule, what the finding
is about and its number among its like, and not of its line, so that a finding is known again after the text above it has grown. The log
holds no time and no path but those of the cards, so the same cards give the same bytes.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from governance.linting.rules import RULES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from governance.linting.findings import Finding, Report, Score

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
FINGERPRINT = "governFinding/v1"


def log(reports: Sequence[Report], *, version: str, uris: Mapping[str, str]) -> dict[str, Any]:
    """One run over all cards; `uris` gives the address of each card by its name."""
    order = sorted(RULES)
    numbers = {rule: number for number, rule in enumerate(order)}
    return {
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "govern lint",
                        "semanticVersion": version,
                        "rules": [_rule(rule) for rule in order],
                    }
                },
                "columnKind": "unicodeCodePoints",
                "invocations": [
                    {
                        "executionSuccessful": not any(report.unread for report in reports),
                        "toolExecutionNotifications": [
                            {
                                "level": "error",
                                "message": {"text": f"The card could not be read: {report.unread}"},
                                "locations": [{"physicalLocation": {"artifactLocation": _artifact(report, uris)}}],
                            }
                            for report in reports
                            if report.unread
                        ],
                    }
                ],
                "artifacts": [
                    {"location": _artifact(report, uris)}
                    | ({"hashes": {"sha-256": report.sha256}} if report.sha256 else {})
                    | ({"properties": {"scores": [_score(each) for each in report.scores]}} if report.scores else {})
                    for report in reports
                ],
                "results": [
                    _result(each, place, _artifact(report, uris), numbers)
                    for report in reports
                    for each, place in _numbered(report)
                ],
            }
        ],
    }


def _artifact(report: Report, uris: Mapping[str, str]) -> dict[str, str]:
    return {"uri": uris[report.card]}


def _rule(name: str) -> dict[str, Any]:
    rule = RULES[name]
    return {
        "id": rule.id,
        "name": "".join(part.capitalize() for part in rule.id.partition("/")[2].split("-")),
        "shortDescription": {"text": f"{rule.title}."},
        "fullDescription": {"text": rule.help},
        "help": {"text": f"{rule.help} {rule.remedy}", "markdown": f"{rule.help}\n\n**To do:** {rule.remedy}"},
        "defaultConfiguration": {"level": str(rule.level)},
        "properties": {"tags": ["model card", rule.group]},
    }


def _numbered(report: Report) -> list[tuple[Finding, int]]:
    """The findings, each with its number among those of one rule about one thing."""
    seen: dict[tuple[str, str], int] = {}
    made = []
    for each in report.findings:
        key = each.rule, each.subject
        seen[key] = seen.get(key, 0) + 1
        made.append((each, seen[key]))
    return made


def _result(finding: Finding, number: int, artifact: dict[str, str], numbers: Mapping[str, int]) -> dict[str, Any]:
    place = finding.place
    mark = "\0".join((finding.rule, " ".join(finding.subject.split()), str(number)))
    return {
        "ruleId": finding.rule,
        "ruleIndex": numbers[finding.rule],
        "level": str(finding.level),
        "message": {"text": f"{finding.message} {finding.remedy}"},
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": artifact,
                    "region": {
                        "startLine": place.line,
                        "startColumn": place.column,
                        "endLine": place.end_line,
                        "endColumn": place.end_column,
                    },
                }
            }
        ],
        "partialFingerprints": {FINGERPRINT: hashlib.sha256(mark.encode()).hexdigest()[:32]},
    } | ({"properties": {"couldNotTell": True}} if finding.untold else {})


def _score(score: Score) -> dict[str, Any]:
    return {"id": score.id, "k": score.k, "n": score.n, "counted": score.counted, "rest": dict(score.rest)}

"""What a scanner looks for, told from its name, its rules and their tags, where its report has no word for it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from governance.collectors.formats.scan_report import Target

_TARGETS: tuple[tuple[Target, re.Pattern[str]], ...] = (
    ("weights", re.compile(r"modelscan|modelaudit|picklescan|fickling|model.?scan", re.IGNORECASE)),
    (
        "secrets",
        re.compile(
            r"gitleaks|betterleaks|trufflehog|detect.?secrets|secret|ggshield|gitguardian|kingfisher", re.IGNORECASE
        ),
    ),
    (
        "dependencies",
        re.compile(
            r"trivy|grype|osv.?scanner|dependency.?check|pip.?audit|npm.?audit|cargo.?(?:audit|deny)|snyk open source|"
            r"snyk container|govulncheck|dependabot|docker scout|retire\.?js|^safety\b|^clair\b|^anchore\b",
            re.IGNORECASE,
        ),
    ),
)
_ADVISORY = re.compile(r"(?:^|[^A-Za-z])(?:CVE[-_]\d{4}|GHSA-|PYSEC-|RUSTSEC-|OSV-|SNYK-)", re.IGNORECASE)
_LINTERS = re.compile(r"^(?:ruff|eslint|pylint|flake8|rubocop|golangci-?lint|biome|clippy)\b", re.IGNORECASE)
_SECURITY_RULE = re.compile(r"^(?:S\d{3}|G\d{3}|security\b.*|.*[/.]security[/-].*|.*security/.*)$", re.IGNORECASE)


def target(tool: str, rules: Collection[str], tags: Sequence[Collection[str]]) -> Target:
    """What was scanned; `tags` are those of each rule, in lower case as Trivy writes them."""
    for each, known in _TARGETS:
        if known.search(tool):
            # Trivy looks for secrets and for settings too, and says by its rules which of them it was.
            return _by_tags(tags) or each if each == "dependencies" else each
    return "dependencies" if rules and all(_ADVISORY.search(rule) for rule in rules) else "code"


def is_linter(tool: str) -> bool:
    """True for a tool that checks style first."""
    return bool(_LINTERS.match(tool))


def is_of_security(rule: str) -> bool:
    """True for a linter's rule about security."""
    return bool(_SECURITY_RULE.match(rule))


def _by_tags(tags: Sequence[Collection[str]]) -> Target | None:
    """What the tags of all rules say was looked for, where they say the same and it is no package."""
    if tags and all("secret" in each for each in tags):
        return "secrets"
    return "code" if tags and all("misconfiguration" in each for each in tags) else None

"""Scan reports of Giskard, which looks for weak spots of a model: slices where it is worse, leaks, prompt injection.

*Reads* the JSON of `ScanReport.to_json` (versions 1 and 2), told by detectors that hold issues by level.

*Says* for each detector and level how many issues it found, as a finding each.

*Does not say* what the issues are: its sentences may quote the data, and stay in the file. Nor that a detector without an issue
ran at all: the report lists only those that found something, and names neither the model, nor a version, nor a time.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from governance.collectors.reading import fields
from governance.collectors.reading.interface import Marks, NotMine, OneFile, Tried
from governance.domain.evidence import Collector, Subject, SubjectType

if TYPE_CHECKING:
    from collections.abc import Iterator

    from governance.collectors.reading.answers import Found
    from governance.collectors.reading.files import File
    from governance.collectors.reading.walk import Folder

TOOL = "giskard"
MOST_DETECTORS = 200
_SEVERITY = {"major": "high", "medium": "medium", "minor": "low"}
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,60}Detector")
_WORD = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z0-9]+|[A-Z]+")


class Giskard(OneFile):
    """Finds one finding for each detector and level."""

    noun = Collector(name="giskard", version="1")
    kinds = ("finding.v1",)
    tool = TOOL
    tried = (Tried("2.19.2", "published", "2026-11-25"),)
    marks = Marks(
        form="json", pattern=re.compile(rb'^\s*\{\s*"\w{1,60}Detector"\s*:\s*\{\s*"(?:major|medium|minor)"\s*:\s*\[')
    )

    def facts(self, folder: Folder, file: File) -> Iterator[Found]:
        """The findings of one report, gravest first for each detector."""
        data = file.json()
        if not isinstance(data, dict) or not all(_NAME.fullmatch(name) for name in data) or len(data) > MOST_DETECTORS:
            raise NotMine("holds other things than detectors")
        for detector in data:
            levels = fields.table(data, detector)
            if unknown := set(levels) - set(_SEVERITY):
                raise NotMine(f"holds the level {min(unknown)[:40]}")
            for level, severity in _SEVERITY.items():
                if count := len(fields.texts(levels, level, most=20_000)):
                    body = _finding(detector, level, severity, count, file.shown)
                    subject = Subject(type=SubjectType.DOCUMENT, name=file.shown[-500:])
                    yield self.found(folder, file, "finding.v1", body, subject)


def _finding(detector: str, level: str, severity: str, count: int, path: str) -> dict[str, str | int]:
    words = "-".join(_WORD.findall(detector.removesuffix("Detector"))).lower() or "scan"
    issues = "issue" if count == 1 else "issues"
    return {
        "rule": f"giskard.{words}"[:80].rstrip("-"),
        "severity": severity,
        "title": f"{detector}: {count:,} {issues} of level {level}"[:300],
        "detail": f"The scan's {detector} reported {count:,} {issues} that it holds for {level}. Their words stand in the file.",
        "path": path[:1000],
        "remedy": "Read each issue in the report, mend the model or its data, and scan again.",
        "count": count,
    }


COLLECTOR = Giskard()

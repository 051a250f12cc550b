"""What picklescan printed about pickles.

*Reads* the printed report, saved to a file, of versions 0.0.1 to 1.0.5, known by the line SCAN SUMMARY and the counts
below it. There is no other form. Versions before 0.0.5 count only files, those before 1.0.5 no suspicious imports; with
`-g` the imports are listed below. Several reports one after the other are one scan each.

*Says* how many files were scanned, how many imports were found dangerous and which, and whether the tool stumbled over
a file. Imports that the tool merely does not know are counted as suspicious and are no findings: every training
argument that Transformers keeps is among them.

*Does not say* how grave a finding is, for the tool does not grade; nor its version, the time, or which folder was
scanned. A file that it could not parse it counts as scanned: the scan is then partial.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from governance.collectors.formats.scan_report import Hit, body
from governance.collectors.reading.doubts import Doubts
from governance.collectors.reading.interface import Marks, OneFile, Tried
from governance.domain.evidence import Collector, Subject, SubjectType
from governance.errors import UnreadableError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from governance.collectors.reading.answers import Found
    from governance.collectors.reading.files import File
    from governance.collectors.reading.walk import Folder

MOST_BYTES = 16 * 1024 * 1024
_SUMMARY = re.compile(r"^-{3,} SCAN SUMMARY -{3,}$")
_COUNT = re.compile(r"^([A-Z][a-z]+(?: [a-z]+)*): (\d{1,12})$")
_HIT = re.compile(r": (?:dangerous|global|unknown) import '([^ ']{0,300}) ([^']{0,300})' FOUND(?: \(.*\))?$")
_GLOBAL = re.compile(r"^  \* .* - ([a-z]{1,30})$")
_ERROR = re.compile(r"^ERROR: |^Unhandled exception$|^Traceback \(")
_NOT_PARSED = re.compile(r"^WARNING: could not parse |^Invalid file .* in zip archive ")
_WORD = re.compile(r"[\w.<>-]{1,80}")


@dataclass
class _Report:
    """One report as it is read: what was found, then the counts, then the imports."""

    hits: list[Hit] = field(default_factory=list)
    errors: int = 0
    not_parsed: int = 0
    counts: dict[str, int] | None = None
    imports: dict[str, int] | None = None


class PickleScan(OneFile):
    """Finds one scan for each printed report."""

    noun = Collector(name="picklescan", version="1")
    kinds = ("security-scan.v1",)
    tool = "picklescan"
    tried = (
        Tried("0.0.2", "recorded", "2026-11-25"),
        Tried("0.0.12", "recorded", "2026-11-25"),
        Tried("0.0.30", "recorded", "2026-11-25"),
        Tried("1.0.5", "published", "2026-11-25"),
        Tried("1.0.5", "recorded", "2026-11-25"),
    )
    marks = Marks(form="text", words=(b" SCAN SUMMARY ", b"Scanned files: ", b"Infected files: "))

    def facts(self, folder: Folder, file: File) -> Iterable[Found]:
        """One scan for each summary."""
        text = file.data(MOST_BYTES).decode("utf-8", "replace")
        if not text.endswith("\n"):
            raise UnreadableError(
                "breaks off in the middle of a line", hint="Save the whole output of picklescan again."
            )
        for report in _reports(text):
            yield self._scan(folder, file, report)

    def _scan(self, folder: Folder, file: File, report: _Report) -> Found:
        counts = report.counts or {}
        scanned, infected = counts.get("Scanned files"), counts.get("Infected files")
        if scanned is None or infected is None:
            raise UnreadableError(
                "a summary does not count the files", hint="Save the whole output of picklescan again."
            )
        dangerous = counts.get("Dangerous globals")
        doubts = Doubts()
        if dangerous is None:
            doubts.partial(
                "the summary counts no dangerous imports: an early version, or the end of the report is gone"
            )
        elif dangerous != len(report.hits):
            doubts.partial(f"the summary counts {dangerous} dangerous imports and {len(report.hits)} are listed")
        if dangerous is not None and report.imports and report.imports.get("dangerous", 0) != dangerous:
            doubts.partial("the list of imports is not whole")
        findings = max(len(report.hits), dangerous or 0, infected)
        if report.errors:
            doubts.partial(f"{report.errors:,} errors on the way, so not every file was read to its end")
        if report.not_parsed:
            doubts.partial(f"{report.not_parsed:,} files could not be parsed and were counted as scanned all the same")
        if scanned == 0:
            doubts.failed("no file was scanned")
        hits = Counter(report.hits)
        if findings > len(report.hits):
            hits[Hit("an import that is not listed", None)] = findings - len(report.hits)
        made = body(
            target="weights",
            tool=self.tool,
            version=None,
            completed=scanned > 0 and not report.errors and dangerous is not None,
            scanned=scanned,
            not_scanned=None,
            hits=hits,
            graded=False,
        ) | {"suspicious": counts.get("Suspicious globals"), "imports": report.imports}
        subject = Subject(type=SubjectType.MODEL, name="weights scanned by picklescan")
        return self.found(folder, file, "security-scan.v1", made, subject, doubts=doubts)


def _reports(text: str) -> Iterator[_Report]:
    """The reports in the order they were printed. What follows the last summary and its list starts another."""
    report = _Report()
    for line in text.splitlines():
        if _SUMMARY.match(line):
            if report.counts is not None:
                yield report
                report = _Report()
            report.counts = {}
        elif report.counts is not None and (count := _COUNT.match(line)):
            if count[1] in report.counts:
                raise UnreadableError(f"a summary counts {count[1].lower()} twice")
            report.counts[count[1]] = int(count[2])
        elif report.counts is not None and line == "All globals found:":
            report.imports = {}
        elif report.imports is not None and (known := _GLOBAL.match(line)):
            report.imports[known[1]] = report.imports.get(known[1], 0) + 1
        else:
            hit = _HIT.search(line)
            another = hit or _ERROR.match(line) or _NOT_PARSED.match(line)
            if another and report.counts is not None:
                yield report
                report = _Report()
            if hit:
                report.hits.append(Hit(_called(hit[1], hit[2]), None))
            report.errors += bool(_ERROR.match(line))
            report.not_parsed += bool(_NOT_PARSED.match(line))
    if report.counts is None:
        raise UnreadableError(
            "the last report has no summary, so the scan did not come to its end",
            hint="Run picklescan again and save all of its output.",
        )
    yield report


def _called(module: str, name: str) -> str:
    """What would be imported. Both words come out of the scanned file, so anything but a plain name is left out."""
    return ".".join(word for word in (module, name) if _WORD.fullmatch(word)) or "an import without a plain name"


COLLECTOR = PickleScan()

"""Secrets that Gitleaks found in files or in the history of a repository.

*Reads* the JSON report (`gitleaks ... -f json`), a list of findings: of version 8 known by `RuleID` and `StartLine`, of
earlier ones by `offender` and `commitMessage`. Its SARIF report is read as SARIF.

*Says* how many secrets were found by which rule, and in how many files. The secrets, the lines around them, and the
authors of the commits are not copied.

*Does not say* what was searched, when, or by which version: the report holds findings and nothing else. A search that
found nothing leaves an empty list, which no tool can be told by, so it is not read. The tool grades nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from governance.collectors.formats.scan_report import Hit, body
from governance.collectors.reading import fields
from governance.collectors.reading.interface import Marks, NotMine, OneFile, Tried, recognised
from governance.domain.evidence import Collector, Subject, SubjectType
from governance.errors import UnreadableError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from governance.collectors.reading.answers import Found
    from governance.collectors.reading.files import File
    from governance.collectors.reading.walk import Folder


_EARLIER = Marks(form="json", words=(b'"offender"', b'"commitMessage"', b'"rule"'))


class Gitleaks(OneFile):
    """Finds one search for secrets for each report."""

    noun = Collector(name="gitleaks", version="1")
    kinds = ("security-scan.v1",)
    tool = "gitleaks"
    tried = (
        Tried("7", "written", "2026-11-25"),
        Tried("8.0", "written", "2026-11-25"),
        Tried("8", "written", "2026-11-25"),
    )
    marks = Marks(form="json", words=(b'"RuleID"', b'"StartLine"', b'"Match"'))

    def looks(self, folder: Folder, file: File) -> str | None:  # noqa: ARG002
        """None for a report of version 8 or of an earlier one, else what is missing."""
        return recognised(
            file, lambda: self.marks.missing(file) and _EARLIER.missing(file) and self.marks.missing(file)
        )

    def facts(self, folder: Folder, file: File) -> Iterable[Found]:
        """The search."""
        rows = file.json()
        if not isinstance(rows, list) or not rows:
            raise NotMine("it is no list of findings")
        hits, files = [], set()
        for number, row in enumerate(rows, start=1):
            rule = fields.text(row, "RuleID") or fields.text(row, "rule") if isinstance(row, dict) else None
            if rule is None:
                raise UnreadableError(f"finding {number} names no rule")
            hits.append(Hit(rule, None))
            files.add(fields.text(row, "File", most=4000) or fields.text(row, "file", most=4000))
        made = body(
            target="secrets",
            tool=self.tool,
            version=None,
            completed=True,  # the list is written when the search has ended, and it read what it found something in
            scanned=None,
            not_scanned=None,
            hits=hits,
            graded=False,
        ) | {"files_with_findings": len(files)}
        subject = Subject(type=SubjectType.DOCUMENT, name="secrets scanned by gitleaks")
        yield self.found(folder, file, "security-scan.v1", made, subject)


COLLECTOR = Gitleaks()

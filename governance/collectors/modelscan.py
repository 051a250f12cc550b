"""What ModelScan found in weight files.

*Reads* the JSON report (`modelscan -r json`) of versions 0.5 to 0.8, known by `total_issues_by_severity` beside
`modelscan_version`. Before 0.6 the counts stand at the top and the issues are sorted by severity; since then they stand
under `summary` and in one list.

*Says* how many files were read and how many passed over, how many calls that run on loading were found, by grade and by
what they call, and whether every file could be read. A file that the scanner stumbled over makes the scan incomplete,
and a scan that read nothing failed.

*Does not say* how many files were passed over unless the tool was run with `--show-skipped`; safetensors files are
passed over without a word in some versions. The time stands in the body as the tool wrote it, local and without a zone.
The folder is named by its last part, since the whole path belongs to the machine.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from governance.collectors.formats.scan_report import GRADES, Grade, Hit, body
from governance.collectors.reading import fields, moments
from governance.collectors.reading.doubts import Doubts
from governance.collectors.reading.interface import Marks, NotMine, OneFile, Tried, not_understood
from governance.collectors.reading.names import last_part, named
from governance.domain.evidence import Collector, Subject, SubjectType
from governance.errors import UnreadableError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from governance.collectors.reading.answers import Found
    from governance.collectors.reading.files import File
    from governance.collectors.reading.walk import Folder

_WORD = re.compile(r"[\w.<>-]{1,80}")


class ModelScan(OneFile):
    """Finds one scan of weights for each report."""

    noun = Collector(name="modelscan", version="1")
    kinds = ("security-scan.v1",)
    tool = "modelscan"
    tried = (
        Tried("0.5.0", "recorded", "2026-11-25"),
        Tried("0.7.6", "recorded", "2026-11-25"),
        Tried("0.8.8", "published", "2026-11-25"),
        Tried("0.8.8", "recorded", "2026-11-25"),
    )
    marks = Marks(form="json", words=(b'"total_issues_by_severity"', b'"modelscan_version"'))

    def facts(self, folder: Folder, file: File) -> Iterable[Found]:
        """The scan."""
        data = file.json()
        if not isinstance(data, dict) or not isinstance(data.get("summary"), dict):
            raise NotMine("it has no summary")
        # Before 0.6 everything but the counts by severity stands beside the summary.
        head = data["summary"] if "modelscan_version" in data["summary"] else data
        version = fields.text(head, "modelscan_version", most=200)
        doubts = Doubts()
        hits = _hits(data, version, doubts)
        _agree(data, head, hits)
        scanned = fields.whole(fields.table(head, "scanned"), "total_scanned", least=0)
        if scanned is None:
            raise not_understood(self.tool, version, "it does not say how many files it scanned")
        errors = len(fields.rows(data, "errors"))
        if errors:
            doubts.partial(f"{errors:,} errors on the way, so not every file was read to its end")
        if scanned == 0:
            doubts.failed("no file was scanned")
        name = _name(head)
        made = body(
            target="weights",
            tool=self.tool,
            version=version,
            completed=scanned > 0 and not errors,
            scanned=scanned,
            not_scanned=fields.whole(fields.table(head, "skipped"), "total_skipped", least=0),
            hits=hits,
        ) | {
            "model": named(name) if name else None,
            "local_time": fields.text(head, "timestamp", most=60),
        }
        yield self.found(
            folder,
            file,
            "security-scan.v1",
            made,
            Subject(type=SubjectType.MODEL, name=name or "weights scanned by modelscan"),
            doubts=doubts,
            at=moments.of_text(head.get("timestamp")),
            version=version,
        )


def _hits(data: dict[str, Any], version: str | None, doubts: Doubts) -> list[Hit]:
    """The issues, one hit each, named by the scanner and by what would be called."""
    listed: list[tuple[Any, str | None]] = [(row, None) for row in fields.rows(data, "issues")]
    by_severity = fields.table(data, "issues_by_severity")
    for name in by_severity:
        listed += [(row, name) for row in fields.rows(by_severity, name)]
    made = []
    for row, severity in listed:
        if not isinstance(row, dict):
            raise not_understood("modelscan", version, "an issue is not an object")
        said = fields.text(row, "severity") or severity or ""
        grade: Grade | None = next((each for each in GRADES if each == said.lower()), None)
        if grade is None:
            doubts.not_understood(f"an issue is graded {said[:40] or 'nothing'}, which is no grade of ModelScan's")
        scanner = last_part((fields.text(row, "scanner") or "").replace(".", "/"))
        # Both words come out of the scanned file, so anything but a plain name is left out.
        called = ".".join(filter(None, (_plain(row, "module"), _plain(row, "operator"))))
        made.append(Hit(f"{scanner} {called}".strip() or "an unnamed rule", grade))
    return made


def _plain(row: dict[str, Any], key: str) -> str:
    word = row.get(key)
    return word if isinstance(word, str) and _WORD.fullmatch(word) else ""


def _agree(data: dict[str, Any], head: dict[str, Any], hits: list[Hit]) -> None:
    """The report counts its issues three times; where the counts differ a part of it is gone."""
    by_grade = fields.table(fields.table(data, "summary"), "total_issues_by_severity")
    counted = sum(fields.whole(by_grade, grade, least=0) or 0 for grade in by_grade)
    total = fields.whole(head, "total_issues", least=0)
    if counted != len(hits) or total not in (None, len(hits)):
        raise UnreadableError(
            f"the summary counts {counted if total is None else total} issues and the list holds {len(hits)}",
            hint="Attach the report as ModelScan wrote it.",
        )


def _name(head: dict[str, Any]) -> str | None:
    """The last part of the path that was scanned."""
    for key in ("input_path", "absolute_path"):
        name = last_part(fields.text(head, key, most=4000) or "")
        if name not in ("", ".", ".."):
            return name[:500]
    return None


COLLECTOR = ModelScan()

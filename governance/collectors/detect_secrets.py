"""Secrets that detect-secrets found in files.

*Reads* the baseline it writes (`.secrets.baseline`, or the output of `detect-secrets scan`), of versions 0.12 to 1.5,
known by `plugins_used` beside `results` and `generated_at`.

*Says* how many possible secrets of which type were found, and in how many files. What a person struck out in the audit
(`is_secret: false`) does not count. The digests of the secrets are not copied, and the paths are not either.

*Does not say* which files were searched. By default only files under version control are, so a search outside of a
repository finds nothing and looks as clean as any: an empty list is therefore partial and never a completed scan. The
tool grades nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from governance.collectors.formats.scan_report import Hit, body
from governance.collectors.reading import fields, moments
from governance.collectors.reading.doubts import Doubts
from governance.collectors.reading.interface import Marks, NotMine, OneFile, Tried, not_understood
from governance.domain.evidence import Collector, Subject, SubjectType

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from governance.collectors.reading.answers import Found
    from governance.collectors.reading.files import File
    from governance.collectors.reading.walk import Folder


class DetectSecrets(OneFile):
    """Finds one search for secrets for each baseline."""

    noun = Collector(name="detect-secrets", version="1")
    kinds = ("security-scan.v1",)
    tool = "detect-secrets"
    tried = (
        Tried("0.14.3", "recorded", "2026-11-25"),
        Tried("1.5.0", "published", "2026-11-25"),
        Tried("1.5.0", "recorded", "2026-11-25"),
    )
    marks = Marks(form="json", words=(b'"plugins_used"', b'"results"', b'"generated_at"'))

    def facts(self, folder: Folder, file: File) -> Iterable[Found]:
        """The search."""
        data = file.json()
        if not isinstance(data, dict) or not isinstance(data.get("plugins_used"), list):
            raise NotMine("it names no plugins at the top")
        version = fields.plain(data, "version")
        if not isinstance(data.get("results"), dict):
            raise not_understood(self.tool, version, "its results are not sorted by file")
        rows = list(_secrets(data["results"], version))
        struck_out = sum(row.get("is_secret") is False for row in rows)
        hits = [
            Hit(fields.text(row, "type") or "an unnamed type", None)
            for row in rows
            if row.get("is_secret") is not False
        ]
        doubts = Doubts()
        if not rows:
            doubts.partial("nothing was found and no file is named, as when nothing was searched")
        if not data["plugins_used"]:
            doubts.failed("no detector was switched on")
        made = body(
            target="secrets",
            tool=self.tool,
            version=version,
            completed=True if rows and data["plugins_used"] else None,
            scanned=None,
            not_scanned=None,
            hits=hits,
            graded=False,
        ) | {
            "struck_out": struck_out,
            "verified": sum(row.get("is_verified") is True for row in rows),
            "files_with_findings": sum(bool(found) for found in data["results"].values()),
            "detectors": len(data["plugins_used"]),
        }
        yield self.found(
            folder,
            file,
            "security-scan.v1",
            made,
            Subject(type=SubjectType.DOCUMENT, name="secrets scanned by detect-secrets"),
            doubts=doubts,
            at=moments.of_text(data.get("generated_at")),
            version=version,
        )


def _secrets(results: dict[str, Any], version: str | None) -> Iterator[dict[str, Any]]:
    for rows in results.values():
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            raise not_understood("detect-secrets", version, "the findings of a file are not a list of objects")
        yield from rows


COLLECTOR = DetectSecrets()

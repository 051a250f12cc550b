"""What pandera found wrong with a table.

*Reads* the message of `SchemaErrors` as JSON, known by its groups `SCHEMA` and `DATA` of checks that failed, and the
table of failure cases as CSV, known by its header. Both come from a lazy validation.

*Says* which checks failed, on which column, and in the table of cases in how many rows.

*Does not say* how many checks there were or how many passed: pandera leaves nothing behind for data that keeps all
of them, so nothing here can ever be a pass. The values that failed, and the arguments of the checks, are not copied.
In the table of cases a check on whole rows has one line for each column of a row that failed; it is counted by rows.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from governance.collectors.formats import csv_table
from governance.collectors.reading import fields
from governance.collectors.reading.interface import NotMine, OneFile, Tried, recognised
from governance.domain.evidence import Collector, Subject, SubjectType
from governance.errors import UnreadableError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from governance.collectors.reading.answers import Found
    from governance.collectors.reading.files import File
    from governance.collectors.reading.walk import Folder

TOOL = "pandera"
_MESSAGE = re.compile(rb'\A\s*\{\s*"(?:SCHEMA|DATA)"\s*:\s*\{\s*"[A-Z_]{3,60}"\s*:\s*\[')
_HEADER = ("schema_context", "column", "check", "check_number", "failure_case", "index")
_NAMES_A_COLUMN = frozenset({"column_in_schema", "column_in_dataframe", "column_ordered"})
"""Checks whose failure case is the name of a column."""
_MOST_FAILURES = 1_000


class Pandera(OneFile):
    """Finds one check of data for each list of failures."""

    noun = Collector(name="pandera", version="1")
    kinds = ("data-quality.v1",)
    tool = TOOL
    tried = (Tried("0.20.4", "recorded", "2026-11-25"), Tried("0.35.0", "recorded", "2026-11-25"))

    def looks(self, folder: Folder, file: File) -> str | None:  # noqa: ARG002
        """None for the message or the table, else why not."""
        return recognised(
            file, lambda: None if _is_message(file) or _is_table(file) else "holds no failures of pandera"
        )

    def facts(self, folder: Folder, file: File) -> Iterable[Found]:
        """The failures in one file."""
        suite, failures = _of_message(file) if _is_message(file) else _of_table(file)
        if not failures:
            raise UnreadableError("names no failure; pandera writes nothing for data that keeps all its checks")
        name = suite or folder.name
        body = {
            "name": name[:500],
            "manifest_digest": None,
            "tool": {"name": TOOL, "version": None},
            "suite": suite,
            "rules": None,
            "passed": None,
            "failed": len(failures),
            "not_run": None,
            "rows": None,
            "failures": failures[:_MOST_FAILURES],
        }
        yield self.found(folder, file, "data-quality.v1", body, Subject(type=SubjectType.DATA_SET, name=body["name"]))


def _is_message(file: File) -> bool:
    return file.form == "json" and bool(_MESSAGE.match(file.head)) and file.mentions(b'"check"', b'"error"')


def _is_table(file: File) -> bool:
    """True for the header, with or without the column of line numbers that pandas puts before it."""
    line = file.head.removeprefix(b"\xef\xbb\xbf").split(b"\n", 1)[0].strip().replace(b'"', b"")
    return file.form == "text" and line.removeprefix(b",").startswith(b"schema_context,column,check,check_number,")


def _of_message(file: File) -> tuple[str | None, list[dict[str, Any]]]:
    """The name of the schema and one failure for each entry of the message."""
    document = file.json()
    if not isinstance(document, dict) or not set(document) <= {"SCHEMA", "DATA"}:
        raise NotMine("more than the groups SCHEMA and DATA")
    suites: set[str] = set()
    failures = []
    for group in document:
        for entries in fields.table(document, group).values():
            for entry in entries if isinstance(entries, list) else [entries]:
                if not isinstance(entry, dict):
                    raise UnreadableError(f"an entry under {group} is not an object")
                suite = fields.name(entry, "schema", most=300)
                if suite:
                    suites.add(suite)
                column = fields.plain(entry, "column", most=300)
                # For a check on the whole table the name of the schema stands where the column would.
                failures.append(
                    _failure(fields.text(entry, "check", most=100_000), None if column == suite else column)
                )
    return suites.pop() if len(suites) == 1 else None, failures


def _of_table(file: File) -> tuple[None, list[dict[str, Any]]]:
    """One failure for each check and column, with the rows that failed it."""
    table = csv_table.parse(file.data())
    if not set(_HEADER[:5]) <= set(table.header):
        raise NotMine("a table with other columns")
    cases: dict[tuple[str, str | None, str], set[str]] = {}
    for line, row in table.rows:
        check, column = row["check"], row["column"] or None
        if not check:
            raise UnreadableError(f"the row on line {line} names no check")
        if _rule(check) in _NAMES_A_COLUMN:
            column = row["failure_case"] or column
        elif row["schema_context"] == "DataFrameSchema":
            column = None
        place = row.get("index", "")
        # A row without an index is about no row; each other index counts once a check.
        cases.setdefault((check, column, row["check_number"]), set()).update({place} - {""})
    failures = [_failure(check, column, len(places) or None) for (check, column, _), places in cases.items()]
    return None, failures


def _failure(check: str | None, column: str | None, unexpected: int | None = None) -> dict[str, Any]:
    if check is None:
        raise UnreadableError("a failure does not name its check")
    column = column[:300] if column else None
    return {"rule": _rule(check), "column": column, "unexpected": unexpected, "severity": None}


def _rule(check: str) -> str:
    """The name of a check without its arguments, which can hold values."""
    return re.split(r"[(\s:]", check.strip(), maxsplit=1)[0][:300] or "a check without a name"


COLLECTOR = Pandera()

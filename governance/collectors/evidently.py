"""Reports and test suites of Evidently.

*Reads* what `save_json`, `json` and `as_dict` of a report or test suite write in versions 0.2 to 0.6, the reports of
0.7 in both of their forms (with `metric_id` at first, with `metric_name` and `config` since), and the snapshots of
either line.

*Says* how far the columns of current data are from those of reference data: the share of columns that moved, the
bound on it and whether it was crossed, and the same for each column with its method. Columns that were looked at one
by one come to a fact each. Tests on the data itself, such as on missing values, come to a check of the data.

*Does not say* which stretches of time were compared, and nothing on the quality of a model. Reports of 0.7 name
neither the version nor a time; before that the time has no zone and is kept as text. A method whose direction is not
known leaves open whether its bound was crossed. A test that ended in an error, and a distance that is no number,
make the evidence failed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from governance.collectors.formats import evidently_results
from governance.collectors.reading import moments
from governance.collectors.reading.doubts import Doubts
from governance.collectors.reading.interface import Marks, NotMine, OneFile, Tried
from governance.domain.evidence import Collector, Subject, SubjectType

if TYPE_CHECKING:
    from collections.abc import Iterable

    from governance.collectors.formats.evidently_results import Column, Results, Test
    from governance.collectors.reading.answers import Found
    from governance.collectors.reading.files import File
    from governance.collectors.reading.walk import Folder

TOOL = "evidently"
_MOST_LISTED = 2_000
_ROUNDED = 0.001
"""How far a number may lie from its bound and still be on either side of it; tests round to three digits."""


class Evidently(OneFile):
    """Finds the drift and the checks of data in each report, test suite or snapshot."""

    noun = Collector(name="evidently", version="1")
    kinds = ("drift.v1", "data-quality.v1")
    tool = TOOL
    tried = (
        Tried("0.4.33", "recorded", "2026-11-25"),
        Tried("0.5.1", "recorded", "2026-11-25"),
        Tried("0.6.7", "recorded", "2026-11-25"),
        Tried("0.7.1", "recorded", "2026-11-25"),
        Tried("0.7.23", "recorded", "2026-11-25"),
    )
    marks = Marks(
        form="json",
        any_of=(
            b'"evidently:', b'"evidently.', b'"stattest_name"', b'"all_passed"', b'"dataset_drift"',
            b'"DriftedColumnsCount(', b'"ValueDrift(',
        ),
    )  # fmt: skip

    def facts(self, folder: Folder, file: File) -> Iterable[Found]:
        """The drift and the checks in one file."""
        results = evidently_results.of(file.json())
        if results is None or not (results.columns or results.share is not None or results.checks):
            raise NotMine("neither drift nor tests of data are in it")
        name = results.name or folder.name
        at = moments.of_text(results.time)
        for body, doubts in _drifts(results, file.not_finite):
            body["local_time"] = results.time if at is None else None
            subject = Subject(type=SubjectType.SYSTEM, name=name[:500])
            yield self.found(
                folder, file, "drift.v1", body, subject, doubts=doubts, at=at, version=results.version
            )  # fmt: skip
        if results.checks:
            body, doubts = _check(results, name)
            subject = Subject(type=SubjectType.DATA_SET, name=body["name"])
            yield self.found(
                folder, file, "data-quality.v1", body, subject, doubts=doubts, at=at, version=results.version
            )  # fmt: skip


def _drifts(results: Results, not_finite: int) -> Iterable[tuple[dict[str, Any], Doubts]]:
    """One drift over all columns where the share of those that moved was taken, else one for each column."""
    shared = {
        "tool": {"name": TOOL, "version": results.version},
        "reference": {"from": None, "to": None, "n": results.reference_rows},
        "current": {"from": None, "to": None, "n": results.current_rows},
        "not_finite": not_finite,
    }
    if results.share is None:
        for column in results.columns[:_MOST_LISTED]:
            doubts = Doubts()
            measured = _measured(column, doubts)
            metric = f"how far the column {measured.pop('name')} moved"[:300]
            yield {**shared, "metric": metric, **measured, "features": []}, doubts
        return
    share, doubts = results.share, Doubts()
    if share.columns == 0:
        doubts.failed("no column was compared")
    if share.value is None and share.columns != 0:
        doubts.failed("the share of columns that moved is not a number")
    if share.value is not None and not 0 <= share.value <= 1:
        doubts.not_understood("the share of columns that moved is no share from 0 to 1")
    elif (
        share.value is not None
        and share.limit is not None
        and share.breached not in (None, share.value >= share.limit)
        and abs(share.value - share.limit) > _ROUNDED
    ):
        doubts.not_understood("what it says of the whole does not follow from the share of columns and its bound")
    if share.failed_to_run:
        doubts.failed("the test on the share of columns that moved ended in an error")
    features = [_measured(column, doubts) for column in results.columns[:_MOST_LISTED]]
    moved = [feature["breached"] for feature in features]
    told = share.columns in (None, len(moved)) and moved and None not in moved and share.value is not None
    if told and abs(sum(moved) / len(moved) - share.value) > 0.005:
        doubts.not_understood(f"{sum(moved)} of {len(moved)} columns moved, which is not the share that is stated")
    methods = sorted({feature["method"] for feature in features if feature["method"]})
    yield (
        {
            **shared,
            "metric": "share of columns that moved",
            "method": ", ".join(methods)[:200] or None,
            "value": share.value,
            "limit": share.limit,
            "breached": share.breached if share.limit is not None else None,
            "features": features,
        },
        doubts,
    )


def _measured(column: Column, doubts: Doubts) -> dict[str, Any]:
    if column.score is None:
        doubts.failed(f"{column.name[:100]}: the distance is not a number")
    elif column.limit is not None and abs(column.score - column.limit) > _ROUNDED:
        moved = evidently_results.moved(column.method, column.score, column.limit)
        if None not in (moved, column.breached) and moved is not column.breached:
            doubts.not_understood(f"{column.name[:100]}: whether it moved does not follow from distance and bound")
    return {
        "name": column.name[:300],
        "method": column.method,
        "value": column.score,
        "limit": column.limit,
        "breached": column.breached if column.limit is not None else None,
    }


def _check(results: Results, name: str) -> tuple[dict[str, Any], Doubts]:
    """The tests on the data itself as one check."""
    doubts = Doubts()
    tests = results.checks
    broken = [test for test in tests if test.status in ("FAIL", "WARNING")]
    not_run = [test for test in tests if test.status not in ("FAIL", "WARNING", "SUCCESS")]
    if not_run:
        doubts.partial(f"{len(not_run)} of {len(tests)} tests were not run: {not_run[0].name[:150]}")
    body = {
        "name": name[:500],
        "manifest_digest": None,
        "tool": {"name": TOOL, "version": results.version},
        "suite": None,
        "rules": len(tests),
        "passed": len(tests) - len(broken) - len(not_run),
        "failed": len(broken),
        "not_run": len(not_run),
        "rows": results.current_rows or None,
        "failures": [_failure(test) for test in broken[:_MOST_LISTED]],
        "local_time": results.time if moments.of_text(results.time) is None else None,
    }
    return body, doubts


def _failure(test: Test) -> dict[str, Any]:
    severity = "warning" if test.status == "WARNING" or test.critical is False else None
    return {"rule": test.name[:300], "column": test.column, "unexpected": None, "severity": severity}


COLLECTOR = Evidently()

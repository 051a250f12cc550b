"""Validation results of Great Expectations.

*Reads* the result of one validation and of a checkpoint, as versions 0.x and 1.x write them to a store or by
`to_json_dict`, and the shorter form of `describe()`. Each is known by its counts of evaluated expectations beside
`success`.

*Says* against which set of expectations a batch of data was held, over how many rows, how many expectations it keeps
and breaks, how many could not be run, and which were broken, by name and column, with the number of values.

*Does not say* which values broke them, and not which file the data came from. `success` over no expectation at all,
or over no row, is no pass: the evidence is failed. Where `describe()` lists a broken expectation without numbers it
can not be told from one that could not be run, so that count is null.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from governance.collectors.reading import fields, moments
from governance.collectors.reading.doubts import Doubts
from governance.collectors.reading.interface import Marks, NotMine, OneFile, Tried, not_understood
from governance.domain.evidence import Collector, Subject, SubjectType
from governance.errors import UnreadableError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from governance.collectors.reading.answers import Found
    from governance.collectors.reading.files import File
    from governance.collectors.reading.walk import Folder

TOOL = "great_expectations"
_MOST_RULES = 100_000
_MOST_FAILURES = 1_000
_COMPACT = re.compile(r"(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)(\.\d+)?Z")


class GreatExpectations(OneFile):
    """Finds one check of data for each validation in a file."""

    noun = Collector(name="great-expectations", version="1")
    kinds = ("data-quality.v1",)
    tool = TOOL
    tried = (
        Tried("0.15.50", "recorded", "2026-11-25"),
        Tried("0.18.22", "recorded", "2026-11-25"),
        Tried("1.0.6", "recorded", "2026-11-25"),
        Tried("1.24.1", "recorded", "2026-11-25"),
    )
    marks = Marks(
        form="json",
        words=(b'"success"',),
        any_of=(b'"evaluated_expectations"', b'"evaluated_validations"', b'"expectation_config"'),
    )

    def facts(self, folder: Folder, file: File) -> Iterable[Found]:
        """The checks in one file."""
        document = file.json()
        if not isinstance(document, dict):
            raise NotMine("not one result")
        results = list(_validations(document))
        if not results:
            raise UnreadableError("a checkpoint without the result of a single validation")
        for result in results:
            yield self._check(folder, file, result)

    def _check(self, folder: Folder, file: File, result: dict[str, Any]) -> Found:
        meta = fields.table(result, "meta")
        doubts = Doubts()
        version = fields.plain(meta, "great_expectations_version")
        counts = _counts(result, doubts, version)
        suite = fields.text(result, "suite_name", most=300) or fields.text(meta, "expectation_suite_name", most=300)
        name = _batch(result, meta) or suite or "a batch without a name"
        body = {
            "name": name[:500],
            "manifest_digest": None,
            "tool": {"name": TOOL, "version": version},
            "suite": suite,
            **counts,
            "table_fingerprint": fields.plain(fields.table(meta, "batch_markers"), "pandas_data_fingerprint"),
        }
        at = _moment(meta)
        subject = Subject(type=SubjectType.DATA_SET, name=body["name"])
        return self.found(folder, file, "data-quality.v1", body, subject, doubts=doubts, at=at, version=version)


def _validations(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The results of single validations, in every form they come in."""
    if "run_results" in document:
        for value in fields.table(document, "run_results").values():
            inner = value.get("validation_result", value) if isinstance(value, dict) else value
            yield _result(inner)
    elif "validation_results" in document:
        for value in fields.rows(document, "validation_results"):
            yield _result(value)
    elif "success" in document and ("results" in document or "expectations" in document):
        yield _result(document)
    else:
        raise NotMine("neither the result of a validation nor of a checkpoint")


def _result(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict) or not isinstance(value.get("statistics"), dict):
        raise UnreadableError("a validation without statistics")
    if not isinstance(value.get("results", value.get("expectations")), list):
        raise UnreadableError("a validation without a list of results")
    return value


def _counts(result: dict[str, Any], doubts: Doubts, version: str | None) -> dict[str, Any]:
    """How many expectations were kept, broken and not run, over how many rows, and which were broken."""
    short = "results" not in result
    rows = result["expectations" if short else "results"]
    if len(rows) > _MOST_RULES or not all(isinstance(row, dict) for row in rows):
        raise UnreadableError(f"more than {_MOST_RULES:,} results, or one that is no object")
    evaluated, kept, broken = _stated(result)
    passed = sum(row.get("success") is True for row in rows)
    not_run = [row for row in rows if row.get("success") is not True and _raised(row)]
    failed = [row for row in rows if row.get("success") is not True and not _raised(row)]
    if evaluated is None or kept is None or broken is None or kept + broken != evaluated:
        raise not_understood(TOOL, version, "its counts of evaluated, successful and unsuccessful do not go together")
    # `only_return_failures` leaves the kept ones out of the list; the counts stay those of the whole.
    if len(failed) + len(not_run) > broken or passed > kept:
        doubts.not_understood("more expectations are listed as kept or as broken than are counted")
    elif broken != len(failed) + len(not_run) or passed not in (0, kept):
        doubts.partial(f"{broken} broken and {kept} kept expectations are counted, {len(rows)} are listed")
    if fields.flag(result, "success") is not (broken == 0):
        doubts.not_understood("what it says of the whole is not what the single results come to")
    percent = fields.number(result["statistics"], "success_percent")
    if percent is not None and evaluated and abs(percent - 100 * kept / evaluated) > 0.1:
        doubts.not_understood("its share of kept expectations is not what its counts come to")
    if denied := [row for row in rows if row.get("success") is True and _is_denied(row)]:
        doubts.not_understood(f"{_rule(denied[0])} counts as kept, and its own numbers or an error say otherwise")
    if evaluated == 0:
        doubts.failed("no expectation was evaluated: an empty set of rules can break nothing")
    if not_run:
        doubts.partial(f"{len(not_run)} of {evaluated} expectations could not be run: {_rule(not_run[0])}")
    untold = short and any(not fields.table(row, "result") for row in failed)
    return {
        "rules": evaluated or None,
        "passed": kept,
        "failed": max(len(failed), broken - len(not_run)),
        "not_run": None if untold else len(not_run),
        "rows": _rows(rows, doubts),
        "failures": [_failure(row) for row in failed[:_MOST_FAILURES]],
    }


def _stated(result: dict[str, Any]) -> tuple[int | None, int | None, int | None]:
    statistics = result["statistics"]
    return (
        fields.whole(statistics, "evaluated_expectations", least=0),
        fields.whole(statistics, "successful_expectations", least=0),
        fields.whole(statistics, "unsuccessful_expectations", least=0),
    )


def _raised(row: dict[str, Any]) -> bool:
    """True for an expectation that ended in an error. Since 0.14 there can be one entry for each number it needed."""
    info = fields.table(row, "exception_info")
    if "raised_exception" in info:
        return info["raised_exception"] is True
    return any(isinstance(entry, dict) and entry.get("raised_exception") is True for entry in info.values())


def _is_denied(row: dict[str, Any]) -> bool:
    """True for an expectation called kept that ended in an error, or was broken by more values than it lets pass."""
    if _raised(row):
        return True
    result, mostly = fields.table(row, "result"), fields.table(_config(row), "kwargs").get("mostly", 1)
    shares = [result.get(key) for key in ("unexpected_percent", "unexpected_percent_total")]
    known = [share for share in shares if isinstance(share, (int, float)) and not isinstance(share, bool)]
    counted = result.get("unexpected_count")
    if not known or not counted or isinstance(mostly, bool) or not isinstance(mostly, (int, float)):
        return False
    # Half a value of room, for the share is rounded.
    return min(known) / 100 > 1 - mostly + 1e-6


def _config(row: dict[str, Any]) -> dict[str, Any]:
    config = row.get("expectation_config", row)
    if not isinstance(config, dict):
        raise UnreadableError("expectation_config is not an object")
    return config


def _rule(row: dict[str, Any]) -> str:
    config = _config(row)
    name = fields.text(config, "type", most=1000) or fields.text(config, "expectation_type", most=1000)
    if name is None:
        raise UnreadableError("a result does not name its expectation")
    return name[:300]


def _failure(row: dict[str, Any]) -> dict[str, Any]:
    config = _config(row)
    counted = fields.table(row, "result").get("unexpected_count")
    return {
        "rule": _rule(row),
        "column": _column(fields.table(config, "kwargs")),
        "unexpected": counted if isinstance(counted, int) and not isinstance(counted, bool) and counted >= 0 else None,
        "severity": fields.text(config, "severity", most=100),
    }


def _column(settings: dict[str, Any]) -> str | None:
    """The column or columns an expectation is about."""
    named = [settings.get("column"), settings.get("column_A"), settings.get("column_B")]
    listed = settings.get("column_list") or settings.get("column_set")
    named += listed if isinstance(listed, list) else []
    return ", ".join(name for name in named if isinstance(name, str) and name)[:300] or None


def _rows(rows: list[dict[str, Any]], doubts: Doubts) -> int | None:
    """The rows looked at: what all expectations on columns agree on, else None."""
    counts = set()
    for row in rows:
        count = fields.table(row, "result").get("element_count")
        if isinstance(count, int) and not isinstance(count, bool) and count >= 0:
            counts.add(count)
    if counts == {0}:
        doubts.failed("no row was looked at: an empty table can break no rule on its columns")
    return counts.pop() or None if len(counts) == 1 else None


def _batch(result: dict[str, Any], meta: dict[str, Any]) -> str | None:
    """The name of what was looked at: the asset, else the batch."""
    for holder in ("active_batch_definition", "batch_kwargs", "batch_spec"):
        if name := fields.name(fields.table(meta, holder), "data_asset_name"):
            return name
    for row in result.get("results", result.get("expectations", [])):
        if isinstance(row, dict) and (name := fields.name(fields.table(_config(row), "kwargs"), "batch_id")):
            return name
    return None


def _moment(meta: dict[str, Any]) -> datetime | None:
    """When it was run. Up to 0.18 the time of validation is written as 20261122T135700.905768Z."""
    run = meta.get("run_id")
    for value in (meta.get("validation_time"), run.get("run_time") if isinstance(run, dict) else None):
        match = _COMPACT.fullmatch(value) if isinstance(value, str) else None
        text = "{}-{}-{}T{}:{}:{}{}Z".format(*(part or "" for part in match.groups())) if match else value
        if (at := moments.of_text(text)) is not None:
            return at
    return None


COLLECTOR = GreatExpectations()

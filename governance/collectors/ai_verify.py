"""Test results of AI Verify, whose plugins measure fairness, robustness and the like on a model and a data set.

*Reads* a test result as its engine and its gateway write it: `gid`, `cid`, `version`, the times, the test's arguments and the
plugin's output, under either spelling of the names; alone or in a list.

*Says* which plugin in which version was run on which model file and test data, by file name, and each number of its output
by the name it stands under and its place.

*Does not say* what the numbers mean: each plugin has its own output, and groups and classes are told by their place only. Lists of
bare numbers, such as curves, are counted and not copied. The start has no time zone. A test of a model behind an interface names
no file, so its model is unknown.
"""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from governance.collectors.formats import eval_body
from governance.collectors.reading import fields, moments
from governance.collectors.reading.doubts import Doubts
from governance.collectors.reading.interface import Marks, NotMine, OneFile, Tried
from governance.collectors.reading.names import named
from governance.domain.evidence import Collector, Subject, SubjectType
from governance.errors import UnreadableError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from governance.collectors.reading.answers import Found
    from governance.collectors.reading.files import File
    from governance.collectors.reading.walk import Folder

TOOL = "aiverify"
MOST_NUMBERS = 5_000
MOST_TESTS = 1_000
_MOST_DEEP = 12
_LOCAL = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d{1,6})?")
_NAME = re.compile(r"[A-Za-z][\w %()/.,+-]{0,99}")
_VALUES = ("metric", "value")
"""Keys that only say that a number follows; the name of such a number stands above them."""


class AIVerify(OneFile):
    """Finds one evaluation run for each test result."""

    noun = Collector(name="ai-verify", version="1")
    kinds = ("eval-run.v1",)
    tool = TOOL
    tried = (Tried("2.0", "written", "2026-11-25"),)
    marks = Marks(
        form="json",
        words=(b'"gid"', b'"cid"', b'"output"'),
        pattern=re.compile(rb'"(?:testArguments|test_arguments)"\s*:\s*\{'),
    )

    def facts(self, folder: Folder, file: File) -> Iterator[Found]:
        """One fact for each test of the file."""
        data = file.json()
        tests = data if isinstance(data, list) else [data]
        if not tests or not all(isinstance(test, dict) and "gid" in test and "output" in test for test in tests):
            raise NotMine("holds no test result")
        if len(tests) > MOST_TESTS:
            raise UnreadableError(f"more than {MOST_TESTS:,} test results")
        for test in tests:
            yield self._fact(folder, file, test)

    def _fact(self, folder: Folder, file: File, test: dict[str, Any]) -> Found:
        arguments = fields.table(test, "testArguments") or fields.table(test, "test_arguments")
        plugin, algorithm = fields.text(test, "gid", most=128), fields.text(test, "cid", most=128)
        if plugin is None or algorithm is None:
            raise UnreadableError("a test names no plugin or no algorithm")
        version = fields.plain(test, "version")
        start = test.get("startTime", test.get("start_time"))
        numbers = _Numbers(algorithm)
        numbers.walk(test["output"], "output", "", 0)
        body = eval_body.body(
            TOOL,
            version,
            named(_file_name(arguments, "modelFile")),
            numbers.results,
            plugin=plugin,
            test_data=_file_name(arguments, "testDataset"),
            model_type=fields.text(arguments, "modelType", most=100),
            mode=fields.text(arguments, "mode", most=100),
            local_time=start if isinstance(start, str) and _LOCAL.fullmatch(start) else None,
            curves=numbers.curves,
        )
        body["not_finite"] = file.not_finite
        if numbers.results or not numbers.curves:
            doubts = eval_body.judged(body)
        else:
            doubts = Doubts()
            doubts.partial("its output holds curves alone, which are not copied")
        if file.not_finite:
            doubts.failed(f"{file.not_finite:,} numbers of the file are not numbers")
        subject = Subject(type=SubjectType.MODEL, name=body["model"]["name"])
        at = moments.of_text(start)
        return self.found(folder, file, "eval-run.v1", body, subject, doubts=doubts, at=at, version=version)


def _file_name(arguments: dict[str, Any], key: str) -> str | None:
    """The last part of a path or URI; the rest of it tells where somebody keeps things."""
    given = fields.name(arguments, key, most=4000)
    return PurePosixPath(given.replace("\\", "/").rstrip("/")).name[:500] or None if given else None


class _Numbers:
    """The numbers of a plugin's output, each by the name it stands under and its place."""

    def __init__(self, task: str) -> None:
        self.task = task
        self.results: list[dict[str, Any]] = []
        self.curves = 0

    def walk(self, value: Any, name: str, place: str, depth: int) -> None:
        """Take in one value of the output and what is in it."""
        if depth > _MOST_DEEP:
            raise UnreadableError(f"its output is nested deeper than {_MOST_DEEP} levels")
        if isinstance(value, dict):
            for key, inner in value.items():
                if _NAME.fullmatch(key):
                    self.walk(
                        inner,
                        name if key in _VALUES else key,
                        place if key in _VALUES else _joined(place, key),
                        depth + 1,
                    )
        elif isinstance(value, list):
            if value and all(not isinstance(item, (dict, list)) for item in value):
                self.curves += any(isinstance(item, float) for item in value)
                return
            for number, item in enumerate(value):
                self.walk(item, name, f"{place}[{number}]", depth + 1)
        elif isinstance(value, (int, float)) and not isinstance(value, bool):
            if len(self.results) >= MOST_NUMBERS:
                raise UnreadableError(f"its output holds more than {MOST_NUMBERS:,} numbers")
            made = eval_body.result(self.task, name, fields.as_number(value, name), None, place=place[:300])
            self.results.append(made)


def _joined(place: str, key: str) -> str:
    return f"{place}.{key}" if place else key


COLLECTOR = AIVerify()

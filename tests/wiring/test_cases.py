"""Small repositories with pipelines, and what the doctor must say of each."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from governance.wiring import protection
from governance.wiring.files import Checkout, Kept
from governance.wiring.findings import RULES, Finding, State, worst
from governance.wiring.judging import judge

SAMPLES = Path(__file__).parent.parent / "samples" / "wiring"
CASES = sorted(path.name for path in SAMPLES.iterdir())
TODAY = date(2026, 11, 26)


def expected(case: str) -> dict[str, Any]:
    made: dict[str, Any] = json.loads((SAMPLES / case / "expected.json").read_text("utf-8"))
    return made


def required(case: str) -> protection.Required | None:
    name = expected(case)["export"]
    return protection.read([(name, (SAMPLES / case / name).read_bytes())]) if name else None


def held(case: str) -> dict[str, bytes]:
    root = SAMPLES / case / "repository"
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()}


GOOD = [case for case in CASES if expected(case)["answer"] == "ok"]


@pytest.mark.parametrize("case", CASES)
def test_a_repository_gets_the_findings_that_stand_beside_it(case: str) -> None:
    told = expected(case)
    found = judge(Checkout(SAMPLES / case / "repository"), today=TODAY, required=required(case))
    assert worst(found) == told["answer"], told["why"]
    shown = [{"rule": each.rule, "state": each.state.value, "where": each.where, "line": each.line} for each in found]
    assert shown == told["findings"], told["why"]


@pytest.mark.parametrize("case", CASES)
def test_what_is_no_ok_has_a_remedy_and_a_line_that_is_there(case: str) -> None:
    files = held(case)
    for each in judge(Kept(files), today=TODAY, required=required(case)):
        assert each.rule in RULES
        assert each.said
        assert each.state is State.OK or each.remedy, each
        if each.line:
            assert each.line <= len(files[each.where].splitlines()), each
        if each.rule == "exit-code-kept" and each.line and each.where.endswith((".sh", "Makefile")):
            assert b"govern gate" in files[each.where].splitlines()[each.line - 1]


def test_the_cases_hold_good_ones_and_every_way_to_go_wrong() -> None:
    assert len(CASES) >= 60
    assert len(GOOD) >= 15
    states = {(each["rule"], each["state"]) for case in CASES for each in expected(case)["findings"]}
    wiring = {"gate-is-asked", "exit-code-kept", "changes-are-judged", "never-skipped", "deployment-waits", "question-is-fixed",
              "judged-as-of-now", "check-is-required"}  # fmt: skip
    assert {rule for rule, state in states if state == "problem"} == wiring


# --- a good case with something that swallows is good no more ---------------------------------------------------------

_CALL = re.compile(rb"^(?!\s*#)(.*?(?:govern|governance) gate [^\n]*?)(?=\n|$)", re.MULTILINE)
_TOP_JOB = re.compile(rb"^(gate|check):\n", re.MULTILINE)


def swallowed(path: str, data: bytes, how: str) -> bytes:
    """A file with a construct that swallows put in; the same bytes where there is no place for it."""
    if how in CONSTRUCTS:
        return _CALL.sub(CONSTRUCTS[how], data) if not path.endswith("action.yml") else data
    if path.startswith(".github/workflows"):
        return {
            "step": re.sub(rb"^( +)(- name: Gate\n)", rb"\1\2\1  continue-on-error: true\n", data, flags=re.MULTILINE),
            "job": re.sub(rb"^  (gate|checks):\n", rb"  \1:\n    continue-on-error: true\n", data, flags=re.MULTILINE),
            "never": re.sub(rb"^  (gate|checks):\n", rb"  \1:\n    if: false\n", data, flags=re.MULTILINE),
            "by hand": re.sub(rb"^on:.*?(?=^\w)", b"on: workflow_dispatch\n", data, flags=re.MULTILINE | re.DOTALL),
        }.get(how, data)
    return {
        "allowed": _TOP_JOB.sub(rb"\1:\n  allow_failure: true\n", data),
        "clicked": _TOP_JOB.sub(rb"\1:\n  when: manual\n", data),
    }.get(how, data)


CONSTRUCTS = {
    "or true": rb"\1 || true",
    "or colon": rb"\1 ||:",
    "or echo": rb"\1 || echo no",
    "in the background": rb"\1 &",
    "turned round": rb"\1 && exit 0 || exit 0",
    "ended": rb"\1 || exit 0",
}
HOWS = [*CONSTRUCTS, "step", "job", "never", "by hand", "allowed", "clicked"]


@pytest.mark.parametrize("how", HOWS)
def test_a_good_repository_with_something_that_swallows_is_never_ok(how: str) -> None:
    tried = 0
    for case in GOOD:
        files = held(case)
        changed = {
            name: swallowed(name, data, how) for name, data in files.items() if not name.startswith("governance.")
        }
        changed = files | changed
        replies = case in ("github-set-plus-e-kept", "github-continue-then-fail") and how in (*CONSTRUCTS, "step")
        if changed == files or replies:
            continue
        tried += 1
        found = judge(Kept(changed), today=TODAY, required=required(case))
        assert worst(found) is not State.OK, (case, [name for name in changed if changed[name] != files[name]])
    assert tried >= 3


def test_nothing_at_all_is_no_ok() -> None:
    assert worst([]) is State.COULD_NOT_TELL
    assert worst(judge(Kept({}), today=TODAY)) is State.PROBLEM
    assert worst([Finding("version", State.OK, "x")]) is State.OK

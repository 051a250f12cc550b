"""What a gate answered, in the forms that pipelines show: SARIF, JUnit, and Markdown for the summary of a step.

- SARIF 2.1.0 (OASIS, 27 March 2020): a result for each condition that does not say yes; *no* is an error, *could-not-tell* a warning.
  Its place is the file of the policy that asks.
- JUnit, as Jenkins and GitLab read it (the XSD of `junit-10`): a test case for each condition; *no* is a failure, *could-not-tell* an
  error, so that no reader takes it for a pass. Nothing is ever `skipped`.
- Markdown: a table, and under it what would turn each condition. GitHub takes it from `$GITHUB_STEP_SUMMARY`.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape, quoteattr

from governance.domain.assessment import ConditionResult
from governance.domain.policy import Answer
from governance.parsing import canonical
from governance.parsing.showing import visible

if TYPE_CHECKING:
    from governance.domain.assessment import GateResult

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
LEVELS = {Answer.NO: "error", Answer.COULD_NOT_TELL: "warning"}
SIGNS = {Answer.YES: "✔ yes", Answer.NO: "✘ no", Answer.COULD_NOT_TELL: "◌ could not tell"}
WHOLE = "the-answer-as-a-whole"
FORMS = ("text", "json", "sarif", "junit", "markdown")


def sarif(result: GateResult, *, version: str, known: tuple[str, ...] = ()) -> str:
    """A SARIF log, as JSON. `known` are conditions that do not count, which SARIF calls `unchanged`."""
    told = _told(result, known)
    log: dict[str, Any] = {
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "govern gate",
                        "semanticVersion": version,
                        "rules": [
                            {
                                "id": each.id,
                                "shortDescription": {"text": f"Condition {each.id} of {_policy(each, result)}"},
                            }
                            for each in told
                        ],
                    }
                },
                "properties": {
                    "answer": result.answer,
                    "reason": visible(result.reason),
                    "policyDigest": result.policy_digest,
                },
                "results": [_result(each, result, known) for each in told if each.answer is not Answer.YES],
            }
        ],
    }
    return json.dumps(log, ensure_ascii=False, indent=2) + "\n"


def _result(each: ConditionResult, result: GateResult, known: tuple[str, ...]) -> dict[str, Any]:
    turns = "".join(f"\n- {_message(turn)}" for turn in each.would_turn)
    made = {
        "ruleId": each.id,
        "level": "note" if each.id in known else LEVELS[each.answer],
        "message": {"text": _message(each.reason) + (f"\nWhat would turn it:{turns}" if turns else "")},
        "locations": [{"physicalLocation": {"artifactLocation": {"uri": f"policies/{_policy(each, result)}.yaml"}}}],
        "partialFingerprints": {"condition/v1": canonical.digest([result.system, result.policy, each.id])[7:]},
        "properties": {"answer": each.answer, "evidence": list(each.evidence)}
        | ({"numbers": [numbers.plain() for numbers in each.numbers]} if each.numbers else {}),
    }
    return made | ({"baselineState": "unchanged" if each.id in known else "new"} if known else {})


def junit(result: GateResult, known: tuple[str, ...] = ()) -> str:
    """A JUnit document."""
    told = _told(result, known)
    failures = sum(each.answer is Answer.NO and each.id not in known for each in told)
    errors = sum(each.answer is Answer.COULD_NOT_TELL and each.id not in known for each in told)
    cases = [_case(each, result, known) for each in told]
    counts = f'tests="{len(cases)}" failures="{failures}" errors="{errors}"'
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<testsuites {counts}>\n  <testsuite name={_attr(f"gate {result.policy} of {result.system}")} {counts} skipped="0" '
        f"timestamp={_attr(canonical.instant(result.on).removesuffix('Z'))}>\n{''.join(cases)}  </testsuite>\n</testsuites>\n"
    )


def _told(result: GateResult, known: tuple[str, ...]) -> tuple[ConditionResult, ...]:
    """The conditions; and the answer as a whole, where none that counts says why it is no yes. What shows no fault would pass."""
    short = any(each.answer is not Answer.YES and each.id not in known for each in result.conditions)
    if short or result.answer is Answer.YES:
        return result.conditions
    return (*result.conditions, ConditionResult(id=WHOLE, answer=result.answer, reason=result.reason))


def _tag(answer: Answer) -> str:
    return "failure" if answer is Answer.NO else "error"


def _case(each: ConditionResult, result: GateResult, known: tuple[str, ...]) -> str:
    head = f"    <testcase classname={_attr(_policy(each, result))} name={_attr(each.id)}"
    if each.answer is Answer.YES:
        return f"{head}/>\n"
    text = escape(
        "\n".join(_xml(line) for line in (each.reason, *(f"would turn it: {turn}" for turn in each.would_turn)))
    )
    if each.id in known:
        return (
            f"{head}>\n      <system-out>as when the last release was approved: {text}</system-out>\n    </testcase>\n"
        )
    tag = _tag(each.answer)
    return f"{head}>\n      <{tag} message={_attr(each.reason)} type={_attr(each.answer)}>{text}</{tag}>\n    </testcase>\n"


def markdown(result: GateResult, known: tuple[str, ...] = (), notes: tuple[str, ...] = ()) -> str:
    """A summary of a step. `notes` stand under the table."""
    lines = [
        f"## {SIGNS[result.answer]}: policy {_cell(result.policy)} for {_cell(result.system)}",
        "",
        _cell(result.reason),
        "",
        "| condition | answer | why |",
        "|---|---|---|",
    ]
    for each in result.conditions:
        sign = SIGNS[each.answer] + (" (as before)" if each.id in known else "")
        lines.append(f"| {_cell(each.id)} | {sign} | {_cell(each.reason)} |")
    lines += ["", *(f"{_cell(note)}." for note in notes)] if notes else []
    turns = [(each.id, turn) for each in result.conditions if each.id not in known for turn in each.would_turn]
    if turns:
        lines += ["", "What would turn it:", "", *(f"- {_cell(name)}: {_cell(turn)}" for name, turn in turns)]
    return "\n".join(lines) + "\n"


def _policy(each: ConditionResult, result: GateResult) -> str:
    return each.floor or result.policy


def _message(text: str) -> str:
    """Text in which SARIF reads no link: `[words](address)` in a plain message is one, unless its brackets are escaped."""
    shown = visible(text)
    return shown.replace("\\", "\\\\").replace("[", "\\[").replace("]", "\\]") if "](" in shown else shown


def _cell(text: str) -> str:
    """Text that ends no cell and begins no markup."""
    shown = " ".join(visible(text).split())
    return "".join(f"\\{mark}" if mark in "\\`*_[]<>|#~" else mark for mark in shown)


def _xml(text: str) -> str:
    """Text without what nobody can see, and without what XML 1.0 can not hold."""
    return "".join(
        mark if mark in "\t\n\r" or " " <= mark <= "\ud7ff" or "\ue000" <= mark <= "\ufffd" or mark > "\uffff" else "�"
        for mark in visible(text)
    )


def _attr(text: str) -> str:
    return quoteattr(_xml(text))

"""One place where a pipeline asks the gate, and what can be said of it whatever the pipeline is."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from governance.wiring.findings import Finding, State
from governance.wiring.shell.verdict import CODES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from governance.wiring.shell.verdict import Kept


@dataclass(frozen=True)
class Asked:
    """The gate asked in one job. Texts are as written; `variables` are those the file gives, by name.

    `swallowed` is what stands around the call and passes over a failure. `lost` and `unsure` are exit codes of the gate that do not end
    the job, or may not.
    """

    where: str
    line: int
    job: str
    system: str = ""
    policy: str = ""
    on: str = ""
    baseline: bool = False
    lost: tuple[int, ...] = ()
    unsure: tuple[int, ...] = ()
    why: str = ""
    unclear: str = ""
    sometimes: bool = False
    swallowed: str = ""
    variables: Mapping[str, str] = field(default_factory=dict)


def of_call(kept: Kept, job: str, variables: Mapping[str, str], swallowed: str = "") -> Asked:
    """The call of a script, in a job."""
    call = kept.call
    system, policy, on = call.system, call.option("--policy"), call.option("--on", "--as-of")
    if call.unclear:
        system = None
    return Asked(
        call.where, call.line, job, system.text if system else "", policy.text if policy else "", on.text if on else "",
        baseline=call.has("--baseline"), lost=kept.lost, unsure=kept.unsure, why=kept.why, unclear=call.unclear,
        sometimes=kept.sometimes, swallowed=swallowed, variables=variables,
    )  # fmt: skip


def deciding(calls: Sequence[tuple[Asked, str | None]]) -> tuple[list[tuple[Asked, str | None]], list[Finding]]:
    """The (call, condition) of one job that decide; and a finding for each that asks the same again for a file or a summary.

    A call whose exit code is thrown away is no fault where the same question is asked in the same job without condition, and there the
    code is kept.
    """
    firm = {
        _question_of(asked): asked
        for asked, condition in calls
        if condition is None and not _lossy(asked) and not asked.sometimes
    }
    kept, told = [], []
    for asked, condition in calls:
        other = firm.get(_question_of(asked))
        if other is None or not _lossy(asked) or asked.unclear:
            kept.append((asked, condition))
            continue
        said = f"{asked.job}: asks again for its form, and need not decide: the call in line {other.line} of {other.where} does."
        told.append(Finding("exit-code-kept", State.OK, said, asked.where, asked.line))
    return kept, told


def _lossy(asked: Asked) -> bool:
    return bool(asked.swallowed or asked.lost or asked.unsure or asked.unclear)


def _question_of(asked: Asked) -> tuple[str, str, str, bool]:
    return asked.system, asked.policy, asked.on, asked.baseline


def findings(asked: Asked, today: date) -> Iterator[Finding]:
    """What is said of every call."""
    yield exit_code(asked)
    if asked.sometimes:
        yield Finding(
            "never-skipped", State.COULD_NOT_TELL, f"The script of {asked.job} asks the gate only under a condition.",
            asked.where, asked.line, "Ask it in any case, or let the script fail where it is not asked.",
        )  # fmt: skip
    yield question(asked)
    if asked.on:
        yield moment(asked, today)


def exit_code(asked: Asked) -> Finding:
    """Whether the exit code ends the job."""
    remedy = (
        "Let the gate's exit code end the step: write `govern gate …` alone, and its files with --write FORMAT=FILE."
    )
    at = (asked.where, asked.line)
    if asked.swallowed:
        return Finding("exit-code-kept", State.PROBLEM, f"{asked.job}: {asked.swallowed}.", *at, remedy)
    if asked.lost:
        said = f"{asked.job}: of the answers, {_codes(asked.lost)} would pass: {asked.why or 'its exit code is lost'}."
        return Finding("exit-code-kept", State.PROBLEM, said, *at, remedy)
    if asked.unclear:
        said = f"{asked.job}: `{asked.unclear}` runs the gate, and whether it passes on the exit code is not known."
        return Finding("exit-code-kept", State.COULD_NOT_TELL, said, *at, remedy)
    if asked.unsure:
        why = asked.why or "it hangs on something that the file does not tell"
        return Finding(
            "exit-code-kept",
            State.COULD_NOT_TELL,
            f"{asked.job}: of the answers, {_codes(asked.unsure)} may pass: {why}.",
            *at,
            remedy,
        )
    return Finding("exit-code-kept", State.OK, f"{asked.job}: whatever is no yes ends the job with a failure.", *at)


def _codes(codes: tuple[int, ...]) -> str:
    if len(codes) == len(CODES):
        return "every no"
    return " and ".join(f"{CODES[code]!r} (exit code {code})" for code in codes)


# --- which system, which policy ----------------------------------------------------------------------------------------

_AUTHOR = re.compile(
    r"github\.(head_ref|event\.(pull_request|issue|comment|head_commit|commits|review)|ref_name|triggering_actor)|GITHUB_HEAD_REF|GITHUB_REF_NAME"
    r"|CI_MERGE_REQUEST_(TITLE|DESCRIPTION|LABELS|SOURCE_BRANCH_NAME)|CI_COMMIT_(MESSAGE|TITLE|DESCRIPTION|REF_NAME|REF_SLUG|BRANCH|TAG)"
)
_INPUT = re.compile(r"\b(inputs|github\.event\.inputs)\.|\$\[\[\s*inputs\.")
_NAMED = re.compile(r"\$\{\{\s*(?:env\.(\w+)|(inputs\.[\w-]+))\s*\}\}|\$(\w+)|\$\{(\w+)(?::?[-+][^}]*)?\}")
_SETTLED = re.compile(r"\$\{\{\s*(?:vars|secrets|matrix)\.[\w.-]+\s*\}\}")


def question(asked: Asked) -> Finding:
    """Whether the file says which system and which policy are asked, or somebody else does."""
    at = (asked.where, asked.line)
    remedy = "Write the system and the policy into the file of the pipeline, or into variables that maintainers set."
    unknown = []
    for what, text in (("system", asked.system), ("policy", asked.policy)):
        whole = resolved(text, asked.variables)
        if _AUTHOR.search(whole):
            said = f"{asked.job}: the {what} is taken from {whole!r}, which the author of a change writes."
            return Finding("question-is-fixed", State.PROBLEM, said, *at, remedy)
        if _INPUT.search(whole):
            unknown.append(f"the {what} is an input ({whole!r}), so whoever starts the pipeline says which")
        elif "$" in _SETTLED.sub("", whole):
            unknown.append(f"the {what} is {whole!r}, which the file does not tell")
    if not asked.system and not asked.unclear:
        unknown.append("the words of the call name no system")
    if unknown or asked.unclear:
        said = "; ".join(unknown) or f"what `{asked.unclear}` asks is not known"
        return Finding("question-is-fixed", State.COULD_NOT_TELL, f"{asked.job}: {said}.", *at, remedy)
    named = resolved(asked.policy, asked.variables)
    policy = f"the policy {named}" if named else "the system's own policy"
    said = f"{asked.job}: asks of {resolved(asked.system, asked.variables)}, by {policy}."
    return Finding("question-is-fixed", State.OK, said, *at)


def resolved(text: str, variables: Mapping[str, str], deep: int = 5) -> str:
    """A text with the variables that the file gives put in, as far as it gives them."""
    if "$" not in text or deep == 0 or len(text) > 2000:
        return text
    made = _NAMED.sub(lambda found: variables.get(next(filter(None, found.groups())), found[0])[:500], text)
    return made if made == text else resolved(made, variables, deep - 1)


# --- when ----------------------------------------------------------------------------------------------------------------


def moment(asked: Asked, today: date) -> Finding:
    """Whether the gate judges another day than the present one."""
    remedy = "Leave --on out: a gate in a pipeline judges the moment in which it runs."
    whole = resolved(asked.on, asked.variables)
    if _is_day(whole[:10]) and whole[:10] != today.isoformat():
        side = "past" if whole[:10] < today.isoformat() else "future"
        said = f"{asked.job}: the gate judges {whole}, a day of the {side}: what has become stale since is not seen."
        return Finding("judged-as-of-now", State.PROBLEM, said, asked.where, asked.line, remedy)
    said = f"{asked.job}: the gate judges the day {whole!r}."
    return Finding("judged-as-of-now", State.COULD_NOT_TELL, said, asked.where, asked.line, remedy)


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True

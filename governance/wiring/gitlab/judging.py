"""What is said of GitLab's pipeline: jobs that ask the gate, what lets their failure pass, and what deploys without waiting."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from governance.wiring import asked as asking
from governance.wiring.findings import Finding, State
from governance.wiring.gitlab import rules
from governance.wiring.gitlab.pipeline import FILE, Pipeline
from governance.wiring.host import GateJob, Read
from governance.wiring.notation import Map, Text, listed, mapping, texts, yes
from governance.wiring.shell.verdict import CODES, think

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from governance.wiring.asked import Asked
    from governance.wiring.files import Files
    from governance.wiring.shell.verdict import Script

_DEPLOYS = re.compile(r"(^|[^a-z])(deploy|release|publish|promote|ship|rollout)", re.IGNORECASE)
_JOINED = "the script of a job"
_WINDOWS = re.compile(r"windows|servercore|nanoserver|pwsh|powershell", re.IGNORECASE)


def judge(files: Files, *, today: date, branch: str) -> Read:
    """Read the pipeline of a repository. `branch` is its default branch."""
    if files.read(FILE) is None:
        return Read()
    pipeline = Pipeline(files)
    read = Read("gitlab", pipeline.seen, findings=pipeline.findings, beyond=pipeline.beyond)
    jobs = pipeline.jobs
    for name, job in jobs.items():
        where = pipeline.homes.get(name, FILE)
        if "trigger" in job:
            read.beyond.append(f"{where}: the pipeline that {name} triggers")
        calls, told = asking.deciding([(each, None) for each in _asked(files, pipeline, name, job, where, read)])
        found = [each for each, _ in calls]
        if not found:
            continue
        read.findings += told
        line = pipeline.whole.line_of(name) if name in pipeline.whole else job.line
        read.gates.append(GateJob(where, line, name, tuple(found), (name,)))
        for each in found:
            read.findings += asking.findings(each, today)
        read.findings += _when(pipeline, name, job, where, line, branch)
    if read.gates:
        names = {gate.name for gate in read.gates}
        read.findings += [each for name, job in jobs.items() for each in _deploys(pipeline, name, job, names, jobs)]
    return read


def _asked(files: Files, pipeline: Pipeline, name: str, job: Map, where: str, read: Read) -> Iterator[Asked]:
    """The calls of the gate in a job, with what `allow_failure` makes of them."""
    variables = texts(pipeline.whole.get("variables")) | texts(job.get("variables"))
    lets = rules.lets_pass(job.get("allow_failure"))
    swallowed = f"`allow_failure: {job.get('allow_failure')}` lets the pipeline go on" if lets is None else ""
    lines = pipeline.script(job, "before_script", "script")
    after = pipeline.script(job, "after_script")
    label = f"job {name}"
    for text, late in ((lines, ""), (after, "`after_script` does not change how a job ends")):
        spoken = any("govern gate" in line or "governance gate" in line for line in text)
        if spoken and _WINDOWS.search(str(job.get("image", "")) + str(job.get("tags", ""))):
            said = f"{label}: the gate is asked on Windows, and what becomes of its exit code there is not understood."
            read.findings.append(
                Finding("exit-code-kept", State.COULD_NOT_TELL, said, where, job.line, "Ask it in a shell of Linux.")
            )
            continue
        script, without = (_think(text, files, pipefail=pipefail) for pipefail in (True, False))
        if script.not_understood and spoken:
            said = f"{label}: a script that speaks of the gate is not understood: {script.not_understood}."
            read.findings.append(
                Finding(
                    "exit-code-kept",
                    State.COULD_NOT_TELL,
                    said,
                    where,
                    script.line,
                    "Ask the gate in a line of its own.",
                )
            )
        read.beyond += [f"{place}:{line}: {what}" for place, line, what in script.unfollowed]
        for kept, other in zip(script.calls, without.calls, strict=False):
            made = asking.of_call(kept, label, variables, swallowed or late)
            if set(other.lost) - set(kept.lost):
                why = "it stands before a pipe, and whether the shell of the image has `pipefail` is not known"
                made = replace(made, unsure=other.lost, why=made.why or why)
            passing = tuple(code for code in lets or () if code in CODES)
            if passing:
                why = "`allow_failure: exit_codes` names its exit code"
                made = replace(made, lost=tuple(sorted({*made.lost, *passing})), why=made.why if made.lost else why)
            yield made


def _think(lines: list[Text], files: Files, *, pipefail: bool) -> Script:
    """The lines of a job, which a runner joins into one script, and each place in it told as that of the file it comes from."""
    places = [(text.where, text.line + number) for text in lines for number in range(text.count("\n") + 1)]
    script = think("\n".join(lines), files, where=_JOINED, stops=True, pipefail=pipefail)

    def place(where: str, line: int) -> tuple[str, int]:
        return places[min(max(line, 1), len(places)) - 1] if where == _JOINED and places else (where, line)

    told = []
    for kept in script.calls:
        where, line = place(kept.call.where, kept.call.line)
        told.append(replace(kept, call=replace(kept.call, where=where, line=line)))
    unfollowed = tuple((*place(where, line), what) for where, line, what in script.unfollowed)
    line = place(_JOINED, script.line)[1] if script.not_understood else 0
    return replace(script, calls=tuple(told), unfollowed=unfollowed, line=line)


def _when(pipeline: Pipeline, name: str, job: Map, where: str, line: int, branch: str) -> Iterator[Finding]:
    """Whether the job runs before a change is merged."""
    at = (where, line)
    workflow = mapping(pipeline.whole.get("workflow"))
    turns = {sort: rules.turn(job, sort, branch) for sort in rules.SORTS}
    for sort in rules.SORTS:
        there = rules.pipeline_runs(workflow, sort, branch)
        if there is not True:
            turns[sort] = rules.Turn(False if there is False else None, why="`workflow: rules`")
    before = [turns["merge request"], turns["branch"]]
    for key, remedy in (
        ("manual", "a person has to start it"),
        ("on_failure", "it runs after a failure alone"),
        ("never", "it never runs"),
    ):
        if any(each.how == key and each.runs is not False for each in before):
            yield Finding(
                "never-skipped", State.PROBLEM, f"{name} has `when: {key}`: {remedy}.", *at, "Take `when` away."
            )
    for each in turns.values():
        if each.runs is not False and each.lets is not None and rules.lets_pass(each.lets) != ():
            said = f"a rule of {name} has `allow_failure`, which lets the pipeline go on."
            yield Finding("exit-code-kept", State.PROBLEM, said, *at, "Take `allow_failure` away from the rule.")
            break
    if any(each.runs for each in before):
        shown = ", ".join(sort for sort, each in turns.items() if each.runs)
        limits = sorted({each.why for each in before if each.runs and each.why})
        if limits:
            said = f"{name} runs in other ways where {', '.join(limits)} holds."
            yield Finding(
                "never-skipped", State.COULD_NOT_TELL, said, *at, "Let one rule without further conditions hold."
            )
        yield Finding("changes-are-judged", State.OK, f"{name} runs in pipelines of: {shown}.", *at)
    elif any(each.runs is None for each in before):
        why = next(each.why for each in before if each.runs is None)
        paths = "changes" in why
        said = f"whether {name} runs on a change hangs on {why}" + (
            ": changes of other files are merged unjudged." if paths else "."
        )
        rule, state = ("never-skipped", State.PROBLEM) if paths else ("changes-are-judged", State.COULD_NOT_TELL)
        yield Finding(rule, state, said, *at, "Let it run in every pipeline of a merge request.")
    else:
        said = f"{name} runs in no pipeline of a merge request or of a branch before it is merged."
        remedy = 'Add `- if: $CI_PIPELINE_SOURCE == "merge_request_event"` to its rules.'
        yield Finding("changes-are-judged", State.PROBLEM, said, *at, remedy)


def _deploys(pipeline: Pipeline, name: str, job: Map, gates: set[str], jobs: dict[str, Map]) -> Iterator[Finding]:
    """Whether a job that deploys waits for a gate."""
    if name in gates or not ("environment" in job or _DEPLOYS.search(name)):
        return
    if str(mapping(job.get("environment")).get("action", "start")) != "start":
        return
    at = (pipeline.homes.get(name, FILE), pipeline.whole.line_of(name))
    remedy = f"Give it `needs: [{', '.join(sorted(gates))}]`."
    stages = pipeline.stages
    stage = {each: str(jobs[each].get("stage", "test")) for each in (name, *gates)}
    late = [
        gate
        for gate in gates
        if stage[gate] in stages and stage[name] in stages and stages.index(stage[gate]) < stages.index(stage[name])
    ]
    waited = _waited(name, jobs) & gates if "needs" in job else set(late)
    if not waited:
        how = "its `needs` does not name it" if "needs" in job else f"its stage {stage[name]} is not after the gate's"
        said = f"{name} deploys, by its name or environment, and does not wait for {' or '.join(sorted(gates))}: {how}."
        yield Finding("deployment-waits", State.PROBLEM, said, *at, remedy)
    elif _anyway(job):
        said = f"{name} waits for {', '.join(sorted(waited))}, but `when: always` runs it after a failure as well."
        yield Finding("deployment-waits", State.PROBLEM, said, *at, "Take `when: always` away.")
    else:
        yield Finding("deployment-waits", State.OK, f"{name} waits for {', '.join(sorted(waited))}.", *at)


def _anyway(job: Map) -> bool:
    ways = [job.get("when"), *(mapping(each).get("when") for each in listed(job.get("rules")))]
    return any(str(each) in ("always", "on_failure") for each in ways)


def _waited(name: str, jobs: dict[str, Map]) -> set[str]:
    """The jobs that a job needs, and those that they need; one that is `optional` may be missing and is none."""
    found: set[str] = set()
    waiting = [name]
    while waiting:
        for each in listed(jobs.get(waiting.pop(), Map()).get("needs")):
            needed = str(each.get("job", "")) if isinstance(each, Map) else str(each)
            if needed and needed not in found and not (isinstance(each, Map) and yes(each.get("optional"))):
                found.add(needed)
                waiting.append(needed)
    return found

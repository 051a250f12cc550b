"""The steps of a job: which of them ask the gate, and what becomes of the answer within the job."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from governance.errors import UnreadableError
from governance.wiring.asked import Asked, of_call
from governance.wiring.expressions import unwrapped
from governance.wiring.files import inside
from governance.wiring.findings import Finding, State
from governance.wiring.notation import Map, Text, documents, listed, mapping, no, texts, yes
from governance.wiring.shell.verdict import CODES, think

if TYPE_CHECKING:
    from governance.wiring.files import Files

OUR_ACTION = re.compile(r"^(\./|[^/]+/governance-evidence/)\.github/actions/gate(@.*)?$")
_SHELLS = {"": (True, False), "bash": (True, True), "sh": (True, False)}
"""(stops at an error, pipefail) of `shell:`; without the key a runner calls `bash -e {0}`, with `bash` it adds `-o pipefail`."""
_NOT_UNDERSTOOD = ("pwsh", "powershell", "cmd", "python", "node", "perl", "nu", "fish")
_MOST_DEEP = 3


@dataclass
class Steps:
    """What the steps of one job came to: each call with the condition of its step, and in `beyond` what was called and is not here."""

    asked: list[tuple[Asked, Text | None]] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    beyond: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class _Around:
    """What stands around steps: defaults, variables, and whether a failure is passed over."""

    where: str
    job: str
    shell: str
    folder: str
    variables: dict[str, str]
    windows: bool
    swallowed: str = ""


def of_job(files: Files, where: str, name: str, job: Map, whole: Map, given: dict[str, str]) -> Steps:
    """The steps of a job that has its own. `given` are the inputs of its workflow, as `inputs.NAME`, where the caller is known."""
    defaults = mapping(mapping(whole.get("defaults")).get("run")) | mapping(mapping(job.get("defaults")).get("run"))
    variables = texts(whole.get("env")) | texts(job.get("env")) | given
    runs_on = [str(each) for each in listed(job.get("runs-on"))]
    matrix = str(mapping(mapping(job.get("strategy")).get("matrix")))
    windows = any("windows" in each.lower() for each in runs_on) or (
        "matrix." in str(runs_on) and "windows" in matrix.lower()
    )
    swallowed = ""
    if not no(job.get("continue-on-error")):
        swallowed = f"`continue-on-error: {job['continue-on-error']}` of the job lets the workflow go on"
    around = _Around(
        where,
        name,
        str(defaults.get("shell", "")),
        str(defaults.get("working-directory", "")),
        variables,
        windows,
        swallowed,
    )
    made = Steps()
    _walk(files, listed(job.get("steps")), around, made, 0)
    return made


def _walk(files: Files, steps: list[object], around: _Around, made: Steps, deep: int) -> None:
    for index, step in enumerate(steps):
        if not isinstance(step, Map):
            continue
        inside_step = replace(around, variables=around.variables | texts(step.get("env")))
        if (
            not around.swallowed
            and not no(step.get("continue-on-error"))
            and not _asked_later(files, step, steps[index + 1 :], around)
        ):
            said = f"`continue-on-error: {step['continue-on-error']}` of the step lets the job go on"
            inside_step = replace(inside_step, swallowed=said)
        before = len(made.asked)
        if isinstance(step.get("run"), Text):
            _run(files, step, inside_step, made)
        elif isinstance(step.get("uses"), Text):
            _uses(files, step, inside_step, made, deep)
        made.asked[before:] = [(asked, condition or step.get("if")) for asked, condition in made.asked[before:]]


def _run(files: Files, step: Map, around: _Around, made: Steps) -> None:
    text: Text = step["run"]
    shell = str(step.get("shell", around.shell)).strip()
    spoken = "govern gate" in text or "governance gate" in text
    flags = _flags(shell) if shell or not around.windows else None
    if flags is None:
        if spoken:
            what = shell.split()[0] if shell else "the shell of Windows"
            said = (
                f"{around.job}: the gate is asked in {what}, and what becomes of its exit code there is not understood."
            )
            made.findings.append(
                Finding(
                    "exit-code-kept",
                    State.COULD_NOT_TELL,
                    said,
                    around.where,
                    text.line,
                    "Ask it in a step with `shell: bash`.",
                )
            )
        return
    stops, pipefail = flags
    folder = str(step.get("working-directory", around.folder))
    clean = "" if "${{" in folder else inside(folder) or ""
    script = think(text, files, where=around.where, line=text.line, stops=stops, pipefail=pipefail, folder=clean)
    if script.not_understood and spoken:
        said = f"{around.job}: a script that speaks of the gate is not understood: {script.not_understood}."
        made.findings.append(
            Finding(
                "exit-code-kept",
                State.COULD_NOT_TELL,
                said,
                around.where,
                script.line,
                "Ask the gate in a step of its own.",
            )
        )
    made.beyond += [f"{place}:{line}: {what}" for place, line, what in script.unfollowed]
    made.asked += [(of_call(kept, around.job, around.variables, around.swallowed), None) for kept in script.calls]


def _flags(shell: str) -> tuple[bool, bool] | None:
    """How a shell begins; None for one that is not understood."""
    words = shell.split()
    if shell in _SHELLS:
        return _SHELLS[shell]
    if not words or words[0].rsplit("/")[-1] not in ("bash", "sh", "dash", "zsh") or words[0] in _NOT_UNDERSTOOD:
        return None
    letters = [word for word in words[1:] if word.startswith("-") and not word.startswith("--")]
    return any("e" in word for word in letters), "pipefail" in words


def _uses(files: Files, step: Map, around: _Around, made: Steps, deep: int) -> None:
    uses = str(step["uses"])
    line = step.line_of("uses")
    if OUR_ACTION.match(uses):
        made.asked.append((_by_action(step, around), None))
        return
    if not uses.startswith("./") or deep >= _MOST_DEEP:
        return
    names = [f"{uses[2:].rstrip('/')}/{each}" for each in ("action.yml", "action.yaml")]
    name = next((each for each in names if files.read(each) is not None), None)
    try:
        whole = mapping(documents(files.read(name) or b"", where=name)[0]) if name else Map()
    except (UnreadableError, IndexError):
        whole = Map()
    if name is None or not whole:
        made.beyond.append(f"{around.where}:{line}: {uses}")
        return
    given = {f"inputs.{key}": value for key, value in texts(step.get("with")).items()}
    variables = {key: _given(value, given) for key, value in around.variables.items()} | given
    within = replace(around, where=name, shell="", folder="", variables=variables)
    _walk(files, listed(mapping(whole.get("runs")).get("steps")), within, made, deep + 1)


def _given(text: str, given: dict[str, str]) -> str:
    return re.sub(r"\$\{\{\s*(inputs\.[\w-]+)\s*\}\}", lambda found: given.get(found[1], found[0]), text)


def _by_action(step: Map, around: _Around) -> Asked:
    """The gate asked by our own action, which ends with its exit code."""
    given = texts(step.get("with"))
    undecided = given.get("could-not-tell", "fail").strip()
    why = "the input could-not-tell of the action lets it" if undecided != "fail" else ""
    unsure = tuple(CODES)[1:2] if "${{" in undecided else ()
    return Asked(
        around.where, step.line_of("uses"), around.job, given.get("system", ""), given.get("policy", ""),
        baseline=yes(given.get("baseline")), lost=(3,) if why and not unsure else (), unsure=unsure, why=why,
        swallowed=around.swallowed, variables=around.variables,
    )  # fmt: skip


def _asked_later(files: Files, step: Map, later: list[object], around: _Around) -> bool:
    """Whether a later step fails when this one did: `if: steps.ID.outcome == 'failure'` over a script that always fails."""
    name = step.get("id")
    if name is None or not yes(step.get("continue-on-error")):
        return False
    pattern = rf"(?:(?:always|!\s*cancelled)\(\)\s*&&\s*)?steps\.{re.escape(str(name))}\.outcome\s*(?:==\s*'failure'|!=\s*'success')"
    for each in later:
        if (
            not isinstance(each, Map)
            or not re.fullmatch(pattern, unwrapped(str(each.get("if", ""))))
            or not no(each.get("continue-on-error"))
        ):
            continue
        flags = _flags(str(each.get("shell", around.shell)).strip())
        if flags is not None and isinstance(each.get("run"), Text):
            return think(each["run"], files, where=around.where, stops=flags[0], pipefail=flags[1]).ends_badly
    return False

"""Pipelines that are found and not understood, and pre-commit, which reminds and does not bind."""

from __future__ import annotations

from typing import TYPE_CHECKING

from governance.errors import UnreadableError
from governance.wiring.findings import Finding, State
from governance.wiring.notation import documents, listed, mapping

if TYPE_CHECKING:
    from collections.abc import Iterator

    from governance.wiring.files import Files

FOUND = {
    "Jenkinsfile": "Jenkins", "azure-pipelines.yml": "Azure Pipelines", "azure-pipelines.yaml": "Azure Pipelines",
    ".circleci/config.yml": "CircleCI", ".travis.yml": "Travis CI", "bitbucket-pipelines.yml": "Bitbucket Pipelines",
    ".drone.yml": "Drone", ".woodpecker.yml": "Woodpecker", ".woodpecker.yaml": "Woodpecker", "cloudbuild.yaml": "Google Cloud Build",
    "buildspec.yml": "AWS CodeBuild", ".buildkite/pipeline.yml": "Buildkite", ".buildkite/pipeline.yaml": "Buildkite",
    ".teamcity/settings.kts": "TeamCity", ".cirrus.yml": "Cirrus CI", "appveyor.yml": "AppVeyor", ".semaphore/semaphore.yml": "Semaphore",
    ".forgejo/workflows": "Forgejo Actions", ".gitea/workflows": "Gitea Actions",
}  # fmt: skip
"""Files and folders of other hosts, by their names."""
PRE_COMMIT = ".pre-commit-config.yaml"


def findings(files: Files) -> Iterator[Finding]:
    """One finding for each file of another host."""
    for name, host in FOUND.items():
        found = [name] if files.read(name) is not None else files.within(name, "*.y*ml")
        for each in found:
            text = (files.read(each) or b"").decode("utf-8", "replace")
            speaks = (
                "It speaks of the gate"
                if "govern gate" in text or "governance gate" in text
                else "It does not name the gate"
            )
            said = f"A pipeline of {host} was found, and is not understood. {speaks}."
            remedy = "Look yourself: the step must end with the gate's exit code, and the host must require it before a merge."
            yield Finding("understood", State.COULD_NOT_TELL, said, each, _line(text), remedy)


def _line(text: str) -> int:
    """The line that speaks of the gate."""
    return next(
        (number for number, row in enumerate(text.splitlines(), 1) if "govern gate" in row or "governance gate" in row),
        0,
    )


def reminders(files: Files) -> tuple[str, int] | None:
    """(file, line) where pre-commit runs the gate: on the machine of whoever commits, who can leave it out."""
    data = files.read(PRE_COMMIT)
    if data is None:
        return None
    try:
        whole = mapping(next(iter(documents(data, where=PRE_COMMIT)), None))
    except UnreadableError:
        return None
    for repo in listed(whole.get("repos")):
        for hook in listed(mapping(repo).get("hooks")):
            entry = str(mapping(hook).get("entry", ""))
            if "govern gate" in entry or "governance gate" in entry:
                return PRE_COMMIT, mapping(hook).line_of("entry")
    return None

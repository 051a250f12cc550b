"""Every secret of the corpus goes through a real recorder in every place; none may stand in the bytes of the spool.

`pytest tests/integrations/privacy -s` prints the figures, and they stand in `docs/explanation/what-a-recording-holds.md`.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from .planted import NAMED, PLACES, drawn, innocents, remotes, secrets

HERE = Path(__file__).parent
PAGE = Path(__file__).parents[3] / "docs" / "explanation" / "what-a-recording-holds.md"
CEILING = 0.02
"""Of innocent texts in all places but the command line, so many may be altered."""
CEILING_OF_ARGUMENTS = 0.35
"""The command line is withheld on doubt; of innocent texts in it so many may be."""


def recorded(folder, planted, *arguments, **environ):
    """What the spools of a run hold, as one text, in which these (place, text) were planted."""
    folder.mkdir(exist_ok=True)
    plan = folder / "plan.json"
    plan.write_text(json.dumps(planted), encoding="utf-8")
    subprocess.run(
        [sys.executable, str(HERE / "recorded_run.py"), str(plan), str(folder / "spool"), *arguments],
        env=dict(os.environ) | environ, cwd=folder, check=True, timeout=300, capture_output=True,
    )  # fmt: skip
    plan.unlink()
    segments = sorted((folder / "spool").iterdir())
    return b"".join(path.read_bytes() for path in segments).decode("utf-8") + "".join(path.name for path in segments)


@pytest.fixture(scope="module")
def spool_of_secrets(tmp_path_factory):
    made = secrets()
    arguments = [
        part for number, each in enumerate(made) if each.place == "argument" for part in (f"--note-{number}", each.text)
    ]
    environ = {"AWS_SECRET_ACCESS_KEY": "planted-in-the-environment", "NCCL_DEBUG": "planted-in-the-environment x"}
    planted = [(each.place, each.text) for each in made if each.place != "argument"]
    return recorded(tmp_path_factory.mktemp("secrets") / "run", planted, *arguments, **environ)


@pytest.fixture(scope="module")
def leaked(spool_of_secrets):
    """Every secret of which a part stands in the spool."""
    return {each for each in secrets() if each.leaks_into(spool_of_secrets)}


@pytest.fixture(scope="module")
def kept_innocents(tmp_path_factory):
    """(place, sort, text, whether it stands in the spool as it was said) of every innocent text in every place."""
    made = []
    for place in PLACES:
        if place == "run-id" or place.startswith("long-"):  # these are cut, whatever they hold
            continue
        texts = innocents()
        arguments = (
            [part for number, (_, text) in enumerate(texts) for part in (f"--x{number}", text)]
            if place == "argument"
            else []
        )
        planted = [] if place == "argument" else [(place, text) for _, text in texts]
        data = recorded(tmp_path_factory.mktemp(place) / "run", planted, *arguments)
        said = list(strings(data))
        whole = [each for each in said if place in ("reason", "gap")]
        for sort, text in texts:
            made.append((place, sort, text, text in said or any(text in each for each in whole)))
    return made


def strings(data):
    """Every text and every name in the records of spools."""
    waiting = [json.loads(line[9:]) for line in data.splitlines() if line[8:10] == " {"]
    while waiting:
        value = waiting.pop()
        if isinstance(value, str):
            yield value
        elif isinstance(value, dict):
            yield from value
            waiting += value.values()
        elif isinstance(value, list):
            waiting += value


def test_no_secret_of_a_named_form_stands_in_the_spool(leaked):
    assert [(each.form, each.place) for each in leaked if each.named] == []


def test_the_search_finds_what_is_there(tmp_path):
    """A secret of no form is found in the spool by the same search, so the test above can fail."""
    (bare,) = [each for each in secrets() if each.form.startswith("a bare word") and each.place == "setting"]
    assert bare.leaks_into(recorded(tmp_path / "run", [("setting", bare.text)]))


def test_of_the_environment_nothing_stands_in_the_spool_that_was_not_named_and_plain(spool_of_secrets):
    assert "planted-in-the-environment" not in spool_of_secrets


def test_innocent_texts_are_kept_as_they_were_said(kept_innocents):
    altered = [each for each in kept_innocents if each[0] != "argument" and not each[3]]
    assert len(altered) <= CEILING * len(kept_innocents), altered


def test_of_innocent_arguments_most_are_told(kept_innocents):
    arguments = [each for each in kept_innocents if each[0] == "argument"]
    withheld = [each for each in arguments if not each[3]]
    assert len(withheld) <= CEILING_OF_ARGUMENTS * len(arguments), withheld


@pytest.mark.skipif(shutil.which("git") is None, reason="no Git")
@pytest.mark.parametrize(("secret", "left"), remotes())
def test_the_address_of_a_repository_is_told_without_its_secret(secret, left, tmp_path):
    repository = tmp_path / "repository"
    repository.mkdir()

    def run(*command):
        subprocess.run(command, cwd=repository, check=True, capture_output=True)

    run("git", "init", "-q")
    run("git", "config", "remote.origin.url", secret.text)
    script = (
        "import sys; from governance.integrations.recorder import Recorder; import time\n"
        "made = Recorder('training', spool=sys.argv[1], sampler=lambda: None, pause=0.02).start(); made.close(patience=30)\n"
    )
    run(sys.executable, "-c", script, str(tmp_path / "spool"))
    data = "".join(path.read_text(encoding="utf-8") for path in (tmp_path / "spool").iterdir())
    (code,) = [record["body"] for line in data.splitlines() if (record := json.loads(line[9:]))["kind"] == "code"]
    assert code["repository"] == left
    assert not secret.leaks_into(data)


def test_figures_stand_in_the_documentation_as_they_are_measured(leaked, kept_innocents):
    table = figures(leaked, kept_innocents)
    print("\n" + table)  # noqa: T201 - for `-s`
    page = PAGE.read_text(encoding="utf-8")
    stands = re.search(r"<!-- figures: .*? -->\n(.*?)<!-- end of figures -->", page, re.DOTALL)
    if os.environ.get("WRITE_FIGURES"):
        PAGE.write_text(page[: stands.start(1)] + table + page[stands.end(1) :], encoding="utf-8")
        return
    assert stands is not None
    assert stands[1] == table


def figures(leaked, innocent):
    """The table of the page: what was planted and found, named and not, and what was altered that is innocent."""
    named, found, others, told = Counter(), Counter(), Counter(), Counter()
    for each in secrets():
        (named if each.named else others)[each.place] += 1
        if each not in leaked:
            (found if each.named else told)[each.place] += 1
    kept, all_ = Counter(place for place, _, _, whole in innocent if whole), Counter(place for place, *_ in innocent)
    rows = ["| place | secrets of a named form taken out | of no form | innocent texts altered |", "|---|---|---|---|"]
    rows += [
        f"| {place} | {found[place]} of {named[place]} | {told[place]} of {others[place]} | {all_[place] - kept[place]} of {all_[place]} |"
        for place in (*PLACES, NAMED)
    ]
    total = f"| **all** | **{found.total()} of {named.total()}** | {told.total()} of {others.total()} | "
    return "\n".join(rows) + f"\n{total}{all_.total() - kept.total()} of {all_.total()} |\n"


def test_the_same_is_planted_every_time():
    assert drawn("<alnum:20>", "a") == drawn("<alnum:20>", "a")
    assert drawn("<alnum:20>", "a") != drawn("<alnum:20>", "b")

"""Content is read strictly: every broken file is refused by name."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from governance.checking import examples
from governance.content import loader, places
from governance.errors import ContentError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from governance.domain.catalogue import Catalogue

CONTROL = "controls/catalogue/quality-evaluated.yaml"
MANY_ASKS = "controls/catalogue/base-model-identified.yaml"
REQUIREMENT = "controls/frameworks/nist-ai-rmf-1.0/measure-2.5.yaml"
UNCOVERED = "controls/frameworks/nist-ai-600-1/ms-1.3-003.yaml"
FRAME = "controls/frameworks/nist-ai-rmf-1.0/framework.yaml"
RISK = "controls/risks/jailbreak.yaml"
KIND = "evidence/kinds/finding.v1.yaml"
SUITE = "evidence/suites/safety.yaml"
POLICY = "policies/release.yaml"


def put(old: str, new: str) -> Callable[[bytes], bytes]:
    def change(data: bytes) -> bytes:
        assert old.encode() in data, old
        return data.replace(old.encode(), new.encode(), 1)

    return change


def cut(start: str) -> Callable[[bytes], bytes]:
    """Everything from a line on is gone."""

    def change(data: bytes) -> bytes:
        at = data.index(b"\n" + start.encode()) + 1
        return data[:at]

    return change


def more(text: str) -> Callable[[bytes], bytes]:
    return lambda data: data + text.encode()


BROKEN: dict[str, tuple[str, Callable[[bytes], bytes], str]] = {
    "a wrong id": (CONTROL, put("id: quality-evaluated", "id: quality"), "its id is not its file name"),
    "a wrong requirement id": (REQUIREMENT, put('id: "MEASURE 2.5"', 'id: "MEASURE 2.50"'), "not its file name"),
    "a wrong framework id": (FRAME, put("id: nist-ai-rmf-1.0", "id: nist"), "its id is not its file name"),
    "a wrong policy id": (POLICY, put("id: release", "id: realease"), "its id is not its file name"),
    "an unknown field": (CONTROL, more("colour: blue\n"), "colour"),
    "an unknown field in a risk": (RISK, more("colour: blue\n"), "colour"),
    "an unknown field in a kind": (KIND, more("colour: blue\n"), "colour"),
    "a dangling control": (REQUIREMENT, put("quality-evaluated", "quality-evaluate"), "no control 'quality-evaluate'"),
    "a dangling mitigation": (RISK, put("jailbreak-tested", "jailbreak-test"), "no control 'jailbreak-test'"),
    "a dangling control in a policy": (POLICY, put("- weights-identified", "- weights"), "no control 'weights'"),
    "a dangling framework in a policy": (
        POLICY, put("{controls: [no-executable-weights]}", "{framework: nist}"), "no framework 'nist'"),
    "a dangling family in a policy": (
        POLICY, put("{controls: [no-executable-weights]}", "{family: weights}"), "no family 'weights'"),
    "a dangling kind": (MANY_ASKS, put("kind: training-run.v1", "kind: training-run.v9"), "no kind 'training-run.v9'"),
    "a dangling suite": (CONTROL, put("purpose: quality", "purpose: qualty"), "no suite 'qualty'"),
    "a dangling group": (REQUIREMENT, put('group: "MEASURE 2"', 'group: "MEASURE 9"'), "no group 'MEASURE 9'"),
    "a dangling parent": (FRAME, put('parent: "GOVERN"', 'parent: "GOVEN"'), "no group 'GOVEN'"),
    "a group twice": (FRAME, put('- id: "GOVERN 2"', '- id: "GOVERN 1"'), "two groups have one id"),
    "no examples": (CONTROL, cut("examples:"), "examples"),
    "no examples of a kind": (KIND, cut("examples:"), "examples"),
    "a duplicate key": (CONTROL, more("owner: Somebody else\n"), "'owner' twice"),
    "an alias": (RISK, more("x: &a 1\ny: *a\n"), "anchor or alias"),
    "bytes that are not UTF-8": (RISK, lambda data: data + b"# \xff\n", "not UTF-8"),
    "no YAML": (RISK, more("a: [\n"), "not YAML"),
    "an empty file": (RISK, lambda _: b"", "not a mapping"),
    "a list": (RISK, lambda _: b"- a\n", "not a mapping"),
    "a placeholder": (RISK, put("owner: Security officer", "owner: TBD"), "says nothing"),
    "no reason for not covering": (UNCOVERED, cut("not_covered:"), "say why in not_covered"),
    "a control named twice": (
        REQUIREMENT, put("control: contamination-checked", "control: quality-evaluated"), "one control twice"),
    "a mitigation counted twice": (
        RISK, put("{control: monitoring-planned, reduces: impact", "{control: jailbreak-tested, reduces: likelihood"),
        "counted twice"),
    "a task in capitals": (SUITE, put("strongreject*", "StrongREJECT*"), "lower case"),
    "a topic on another kind": (CONTROL, put("purpose: quality", "topic: quality"), "a topic goes with attested"),
    "an age asked of the system file": (
        MANY_ASKS, put("about: system\n", "about: system\n    within: 5\n"), "neither age nor purpose"),
    "a list of asks with nothing in it": (
        CONTROL, lambda data: data[: data.index(b"asks:")] + b"asks: []\n" + data[data.index(b"examples:") :], "asks"),
}  # fmt: skip


@pytest.mark.parametrize("what", BROKEN)
def test_a_broken_file_is_refused_by_name(files: dict[str, bytes], what: str) -> None:
    path, change, said = BROKEN[what]
    with pytest.raises(ContentError) as caught:
        loader.load({**files, path: change(files[path])})
    assert caught.value.where.split(":")[0] == path
    assert said in str(caught.value)


@pytest.mark.parametrize("path", [REQUIREMENT, UNCOVERED])
def test_a_missing_requirement_is_a_wrong_count(files: dict[str, bytes], path: str) -> None:
    fewer = {name: data for name, data in files.items() if name != path}
    frame = path.rpartition("/")[0] + "/framework.yaml"
    count = 72 if path == REQUIREMENT else 212
    line = 1 + files[frame].split(b"\n").index(b"requirement_count: %d" % count)
    said = f"{frame}:{line}: {count - 1} requirements, and it says {count}"
    assert said in [str(problem) for problem in loader.survey(fewer)[1]]
    with pytest.raises(ContentError):
        loader.load(fewer)


@pytest.mark.parametrize("path", [CONTROL, "evidence/kinds/eval-run.v1.yaml", SUITE, FRAME])
def test_a_missing_file_that_others_name_is_refused(files: dict[str, bytes], path: str) -> None:
    with pytest.raises(ContentError):
        loader.load({name: data for name, data in files.items() if name != path})


@pytest.mark.parametrize(
    "path",
    ["controls/catalog/new.yaml", "controls/catalogue/deep/new.yaml", "policies/strict/rule.yaml", "controls/new.yaml",
     "policies/rule.j2"],
)  # fmt: skip
def test_a_file_where_nothing_is_read_is_refused_and_not_passed_over(files: dict[str, bytes], path: str) -> None:
    with pytest.raises(ContentError, match="no content is read from this place") as caught:
        loader.load({**files, path: files[POLICY]})
    assert caught.value.where == path


def test_the_digest_changes_with_any_content_byte_and_not_with_templates(files: dict[str, bytes]) -> None:
    kept = loader.digest(files)
    for path, data in list(files.items())[::7]:
        changed = loader.digest({**files, path: data + b"\n"})
        assert (changed == kept) is path.startswith("templates/")
    template = next(path for path in files if path.startswith("templates/"))
    assert loader.digest({**files, template: b"another"}) == kept
    renamed = {("policies/other.yaml" if path == POLICY else path): data for path, data in files.items()}
    assert loader.digest(renamed) != kept
    assert loader.digest(dict(reversed(files.items()))) == kept == loader.load(files).digest


def test_a_changed_file_is_read_again(files: dict[str, bytes]) -> None:
    title = put("title: Release of a fine-tuned model", "title: Release of any model")
    assert loader.load(files).policy("release").title == "Release of a fine-tuned model"
    assert loader.load({**files, POLICY: title(files[POLICY])}).policy("release").title == "Release of any model"
    assert loader.load(files).policy("release").title == "Release of a fine-tuned model"


def over(root: Path, path: str, data: bytes) -> Catalogue:
    target = root / path
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(data)
    return loader.load(places.read_all([places.builtin_root(), root]))


def test_a_workspace_replaces_and_adds_a_control(tmp_path: Path, files: dict[str, bytes], ours: Catalogue) -> None:
    remedy = put("remedy:", "owner_x: x\nremedy:")
    made = over(tmp_path, CONTROL, files[CONTROL].replace(b"owner: ", b"owner: House ", 1))
    assert made.controls["quality-evaluated"].owner.startswith("House ")
    made = over(
        tmp_path, "controls/catalogue/own.yaml", files[CONTROL].replace(b"id: quality-evaluated", b"id: own", 1)
    )
    assert set(made.controls) == {*ours.controls, "own"}
    assert list(examples.run(made)) == []
    assert made.digest != ours.digest
    with pytest.raises(ContentError, match="owner_x"):
        over(tmp_path, "controls/catalogue/own.yaml", remedy(files[CONTROL]))


def test_a_workspace_adds_a_framework(tmp_path: Path, files: dict[str, bytes], ours: Catalogue) -> None:
    frame = (
        files[FRAME]
        .replace(b"id: nist-ai-rmf-1.0", b"id: house", 1)
        .replace(b"series: nist-ai-rmf", b"series: house", 1)
    )
    frame = frame.replace(b"requirement_count: 72", b"requirement_count: 1", 1)
    (tmp_path / "controls/frameworks/house").mkdir(parents=True)
    (tmp_path / "controls/frameworks/house/measure-2.5.yaml").write_bytes(files[REQUIREMENT])
    made = over(tmp_path, "controls/frameworks/house/framework.yaml", frame)
    assert set(made.frameworks) == {*ours.frameworks, "house"}
    assert [each.id for each in made.requirements["house"]] == ["MEASURE 2.5"]
    assert len(made.requirements["nist-ai-rmf-1.0"]) == 72


def test_requirements_without_a_framework_are_refused(tmp_path: Path, files: dict[str, bytes]) -> None:
    with pytest.raises(ContentError, match=r"no framework\.yaml"):
        over(tmp_path, "controls/frameworks/house/measure-2.5.yaml", files[REQUIREMENT])


def test_a_workspace_replaces_and_adds_a_policy(tmp_path: Path, files: dict[str, bytes], ours: Catalogue) -> None:
    empty = b"id: strict\ntitle: A strict rule\nwhy: Because we are careful\n"
    made = over(tmp_path, "policies/strict.yaml", empty)
    assert set(made.policies) == {*ours.policies, "strict"}
    made = over(tmp_path, POLICY, empty.replace(b"id: strict", b"id: release"))
    assert made.policies["release"].conditions == ()


def test_a_file_over_the_cap_is_refused_by_name(tmp_path: Path, files: dict[str, bytes]) -> None:
    with pytest.raises(ContentError, match=r"quality-evaluated\.yaml: over the cap"):
        over(tmp_path, CONTROL, files[CONTROL] + b"#" * places.MAX_FILE_BYTES)


def test_files_that_are_not_content_are_left_alone(tmp_path: Path, files: dict[str, bytes]) -> None:
    (tmp_path / "controls/catalogue").mkdir(parents=True)
    (tmp_path / "controls/catalogue/notes.txt").write_text("not ours", "utf-8")
    (tmp_path / "evidence/recorded").mkdir(parents=True)
    (tmp_path / "evidence/recorded/run.yaml").write_text("not ours", "utf-8")
    assert places.read_all([places.builtin_root(), tmp_path]) == files

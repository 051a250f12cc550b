"""Content of one's own: skeletons that pass once they are written and not before, and imports that are whole or not there."""

from __future__ import annotations

import json
import re
from datetime import date
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from governance import authoring
from governance.checking import check
from governance.content import loader, places
from governance.content.skeletons import SHAPES, skeleton
from governance.domain.framework import Framework
from governance.errors import ContentError, UnreadableError, UsageError
from tests.content import made
from tests.exchange.catalogs import BASIC, METADATA, SP800_53, catalog, control

if TYPE_CHECKING:
    from pathlib import Path

    from governance.checking.check import Report

DAY = date(2026, 6, 1)
SAFETY = "evidence/suites/safety.yaml"
GAP = b"[write this]"
NAMES = {
    "control": "windows-closed", "kind": "window-count.v1", "framework": "house-2", "requirement": "house-2/W.1(a)",
    "policy": "summer-release", "risk": "open-window", "profile": "small-houses",
}  # fmt: skip
PLACES = {
    "control": "controls/catalogue/windows-closed.yaml",
    "kind": "evidence/kinds/window-count.v1.yaml",
    "framework": "controls/frameworks/house-2/framework.yaml",
    "requirement": "controls/frameworks/house-2/w.1-a.yaml",
    "policy": "policies/summer-release.yaml",
    "risk": "controls/risks/open-window.yaml",
    "profile": "controls/profiles/small-houses.yaml",
}


def around() -> dict[str, bytes]:
    """The small content, with what skeletons point at: a requirement of that name, and the suite of safety."""
    files = made.put(made.content(), made.FRAME, "series: house", "series: nist-ai-rmf")
    second = made.put(files, made.SECOND, "id: H.2", "id: MEASURE 2.7")[made.SECOND]
    return {path: data for path, data in files.items() if path != made.SECOND} | {
        made.SECOND.replace("h.2", "measure-2.7"): second,
        SAFETY: (places.builtin_root() / SAFETY).read_bytes(),
    }


def written(data: bytes) -> bytes:
    """Every sentence written, each of its own."""
    numbers = iter(range(100))
    return re.sub(re.escape(GAP), lambda _: b"A sentence, the %d. of this file." % next(numbers), data)


def checked(files: dict[str, bytes]) -> Report:
    return check.check({**around(), **files}, DAY)


def companions(what: str) -> dict[str, bytes]:
    """A framework and its requirement only pass together."""
    other = {"framework": "requirement", "requirement": "framework"}.get(what)
    return dict([skeleton(other, NAMES[other])]) if other else {}


def catalog_file(folder: Path, value: object) -> Path:
    path = folder / "catalog.json"
    path.write_text(json.dumps(value), "utf-8")
    return path


def everything(root: Path) -> set[str]:
    return {path.relative_to(root).as_posix() for path in root.rglob("*")}


def test_every_sort_that_can_be_begun_is_tried_here() -> None:
    assert set(NAMES) == set(PLACES) == set(SHAPES)


def test_the_small_content_passes_by_itself() -> None:
    assert checked({}).faults == ()


@pytest.mark.parametrize("what", SHAPES)
def test_a_skeleton_is_written_where_the_loader_reads_it(tmp_path: Path, what: str) -> None:
    if what == "requirement":
        authoring.begin(tmp_path, "framework", NAMES["framework"])
    path = authoring.begin(tmp_path, what, NAMES[what])
    assert path == tmp_path / PLACES[what]
    assert places.read_all([tmp_path])[PLACES[what]] == path.read_bytes()
    assert loader.noun_of(PLACES[what]) is not None


@pytest.mark.parametrize("what", SHAPES)
def test_a_skeleton_is_refused_until_its_sentences_are_written(what: str) -> None:
    path, data = skeleton(what, NAMES[what])
    beside = {name: written(held) for name, held in companions(what).items()}
    assert path in {fault.path for fault in checked({**beside, path: data}).faults}
    with pytest.raises(ContentError):
        loader.load({**around(), **beside, path: data})


def gaps() -> list[tuple[str, int]]:
    return [(what, number) for what in SHAPES for number in range(skeleton(what, NAMES[what])[1].count(GAP))]


@pytest.mark.parametrize(("what", "number"), gaps())
def test_a_single_sentence_that_is_not_written_is_a_fault_on_its_line(what: str, number: int) -> None:
    path, data = skeleton(what, NAMES[what])
    parts = data.split(GAP)
    one_left = written(GAP.join(parts[: number + 1])) + GAP + written(GAP.join(parts[number + 1 :]))
    beside = {name: written(held) for name, held in companions(what).items()}
    (fault,) = checked({**beside, path: one_left}).faults
    assert (fault.path, fault.line) == (path, 1 + one_left[: one_left.index(GAP)].count(b"\n"))
    assert "says nothing" in fault.message or "has no description" in fault.message


@pytest.mark.parametrize("what", SHAPES)
def test_a_skeleton_passes_once_its_sentences_are_written(what: str) -> None:
    files = dict([skeleton(what, NAMES[what])]) | companions(what)
    report = checked({path: written(data) for path, data in files.items()})
    assert report.faults == ()
    assert [note for note in report.notes if "nothing leans on" not in note] == []


@pytest.mark.parametrize(
    "name", ["2026", "1.5", "2026-01-31", "true", "null", "no", "1-2.3-4", "0", "9" * 80, "a.b", "house.rule-1"]
)
@pytest.mark.parametrize("what", sorted(set(SHAPES) - {"kind", "requirement"}))
def test_an_id_that_looks_like_a_number_or_a_day_passes_as_well(what: str, name: str) -> None:
    files = dict([skeleton(what, name)])
    if what == "framework":
        files |= dict([skeleton("requirement", f"{name}/W.1")])
    assert checked({path: written(data) for path, data in files.items()}).faults == ()


@given(st.text("AZaz09 .-()#:'%&*!|>@`{}[]?,~_é", max_size=10))
def test_every_number_of_a_requirement_that_is_taken_passes(number: str) -> None:
    try:
        files = dict([skeleton("framework", "house-2"), skeleton("requirement", f"house-2/{number}")])
    except UsageError:
        assert number != number.strip() or not re.search(r"[A-Za-z0-9]", number)
        return
    assert len(files) == 2
    assert checked({path: written(data) for path, data in files.items()}).faults == ()


@pytest.mark.parametrize("what", SHAPES)
def test_a_file_that_is_there_is_never_overwritten(tmp_path: Path, what: str) -> None:
    authoring.begin(tmp_path, "framework", NAMES["framework"])
    if what != "framework":
        authoring.begin(tmp_path, what, NAMES[what])
    target = tmp_path / PLACES[what]
    target.write_text("mine", "utf-8")
    with pytest.raises(UsageError, match="there is a file already"):
        authoring.begin(tmp_path, what, NAMES[what])
    assert target.read_text("utf-8") == "mine"


def test_a_link_that_leads_nowhere_is_not_written_through(tmp_path: Path) -> None:
    target = tmp_path / PLACES["policy"]
    target.parent.mkdir()
    target.symlink_to(tmp_path / "elsewhere.yaml")
    with pytest.raises(UsageError):
        authoring.begin(tmp_path, "policy", NAMES["policy"])
    assert not (tmp_path / "elsewhere.yaml").exists()


WRONG = ["", " ", "../x", "a/b/c", "/etc/passwd", "..", ".", "./x", "a\\b", "a\nb", "a\x00b", "a\x07/1", "a/1\x07",
         "x.v1/../../y", "Ä", "a" * 200, "x\n", "-a", "a-", "a--b", '"', "a b", "~", "house-2/..", "house-2/§",
         "house-2/framework", "../house-2/H.1", "House/H.1", "house-2/a\u2028b", 'house-2/"', "house-2/" + "9" * 61]  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
@pytest.mark.parametrize("what", SHAPES)
def test_an_id_of_the_wrong_form_is_refused_and_nothing_is_written(tmp_path: Path, what: str, name: str) -> None:
    root = tmp_path / "workspace" / "deep"
    authoring.begin(root, "framework", "house-2")
    before = everything(tmp_path)
    with pytest.raises(UsageError) as caught:
        authoring.begin(root, what, name)
    assert caught.value.hint
    assert everything(tmp_path) == before


@pytest.mark.parametrize("what", ["", "suite", "Control", "../control"])
def test_what_can_not_be_begun_is_refused_with_the_list_of_what_can(tmp_path: Path, what: str) -> None:
    with pytest.raises(UsageError, match="control, kind, framework, requirement, policy, risk, profile"):
        authoring.begin(tmp_path, what, "x")
    assert everything(tmp_path) == set()


@pytest.mark.parametrize(
    ("what", "name"),
    [
        ("control", "bias-evaluated"),
        ("framework", "eu-ai-act-2024"),
        ("requirement", "eu-ai-act-2024/Art. 9(1)"),
        ("policy", "release"),
    ],
)
def test_a_file_of_ours_is_replaced_only_on_purpose_and_then_begun_as_it_stands(
    tmp_path: Path, what: str, name: str
) -> None:
    ours = places.builtin_root() / skeleton(what, name)[0]
    assert ours.is_file()
    with pytest.raises(UsageError, match="of ours already") as refused:
        authoring.begin(tmp_path, what, name)
    assert "--replace" in refused.value.hint
    assert everything(tmp_path) == set()
    assert authoring.begin(tmp_path, what, name, replace=True).read_bytes() == ours.read_bytes()


def test_what_is_not_ours_can_not_be_replaced(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="of ours to replace"):
        authoring.begin(tmp_path, "control", "windows-closed", replace=True)
    assert everything(tmp_path) == set()


def test_a_skeleton_promises_nothing_that_no_command_does() -> None:
    assert not [what for what in SHAPES if b"lists the kinds" in skeleton(what, NAMES[what])[1]]


def test_a_requirement_needs_its_framework_first(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="First: govern content new framework house-2"):
        authoring.begin(tmp_path, "requirement", "house-2/H.1")
    assert everything(tmp_path) == set()


def test_a_place_that_can_not_be_written_is_an_error_with_its_name(tmp_path: Path) -> None:
    (tmp_path / "policies").write_text("a file where a folder should be", "utf-8")
    (tmp_path / "controls").write_text("another", "utf-8")
    with pytest.raises(UsageError, match=r"summer-release\.yaml"):
        authoring.begin(tmp_path, "policy", NAMES["policy"])
    with pytest.raises(UsageError, match="can not be written"):
        authoring.take_over(tmp_path, catalog_file(tmp_path, BASIC), "rooms-5", DAY)
    assert everything(tmp_path) == {"policies", "controls", "catalog.json"}


@pytest.mark.parametrize(("value", "count"), [(SP800_53, 4), (BASIC, 4)])
def test_a_catalog_is_taken_over_as_a_folder_that_the_loader_reads(tmp_path: Path, value: object, count: int) -> None:
    root = tmp_path / "workspace"
    folder, requirements = authoring.take_over(root, catalog_file(tmp_path, value), "rooms-5", DAY)
    assert (folder, requirements) == (root / "controls/frameworks/rooms-5", count)
    catalogue, problems = loader.survey(places.read_all([root]))
    assert problems == ()
    assert len(catalogue.requirements["rooms-5"]) == count
    assert catalogue.frameworks["rooms-5"].checked.on == DAY
    assert {path.parent for path in root.rglob("*.yaml")} == {folder}
    assert list(root.rglob(".*")) == []


def odd(**more: object) -> object:
    return catalog({"id": "g", "title": "Rules", "controls": [control("a-1", "Sound", "Sound.") | more]})


REFUSED: dict[str, tuple[object, str]] = {
    "no catalog": ({"profile": {}}, "no OSCAL catalog"),
    "no controls": (catalog(), "no controls"),
    "a title that says nothing": (odd(title="TBD"), "says nothing"),
    "a title to be filled in": (odd(title="[More Information Needed]"), "says nothing"),
    "a title of one letter": (odd(title="A"), "title"),
    "a character that can not be seen": (odd(title="Soft\u00adened"), "U+00AD"),
    "a control character": (odd(title="Bell\x07"), "U+0007"),
    "a right-to-left override": (odd(parts=[{"name": "statement", "prose": "a\u202eb"}]), "U+202E"),
    "a title without an end": (catalog(controls=[control("a-1", "Sound")], metadata={"title": "x " * 4_000}), "4000"),
    "two headings of one id": (catalog(*[{"id": "g", "controls": [control(c, "Sound")]} for c in "ab"]), "one id"),
    "one number twice": (
        odd(controls=[{"id": "a-1", "props": [{"name": "status", "value": "withdrawn"}]}]), "is a requirement as well"),
    "more headings than a file may have": (
        catalog(*({"id": f"g{n}", "title": "x" * 4_000} for n in range(300)), controls=[control("a", "Sound")]), "cap"),
}  # fmt: skip


@pytest.mark.parametrize("what", REFUSED)
def test_a_catalog_that_would_not_pass_leaves_no_folder_behind(tmp_path: Path, what: str) -> None:
    value, said = REFUSED[what]
    source = catalog_file(tmp_path, value)
    with pytest.raises(UnreadableError) as caught:
        authoring.take_over(tmp_path, source, "rooms-5", DAY)
    assert said in caught.value.message
    assert everything(tmp_path) == {"catalog.json"}


@pytest.mark.parametrize("name", ["absent.json", "a-folder"])
def test_a_catalog_that_can_not_be_read_leaves_nothing(tmp_path: Path, name: str) -> None:
    (tmp_path / "a-folder").mkdir()
    with pytest.raises(UnreadableError, match="can not be read"):
        authoring.take_over(tmp_path, tmp_path / name, "rooms-5", DAY)
    assert everything(tmp_path) == {"a-folder"}


@pytest.mark.parametrize("name", ["", "..", "../rooms", "a/b", "Rooms", "rooms_5", "rooms 5", "a\x00", "/rooms"])
def test_a_framework_id_of_the_wrong_form_is_refused(tmp_path: Path, name: str) -> None:
    source = catalog_file(tmp_path, BASIC)
    with pytest.raises(UsageError, match="no id for a framework"):
        authoring.take_over(tmp_path / "workspace", source, name, DAY)
    assert everything(tmp_path) == {"catalog.json"}


def our_frameworks() -> list[str]:
    heads = (places.builtin_root() / "controls" / "frameworks").glob("*/framework.yaml")
    frames = [loader.read(Framework, path.read_bytes(), where=str(path)) for path in heads]
    return sorted({name for frame in frames for name in (frame.id, frame.series)})


@pytest.mark.parametrize("name", our_frameworks())
def test_the_id_or_series_of_a_framework_of_ours_is_taken(tmp_path: Path, name: str) -> None:
    with pytest.raises(UsageError, match="already"):
        authoring.take_over(tmp_path, catalog_file(tmp_path, BASIC), name, DAY)
    assert everything(tmp_path) == {"catalog.json"}


def test_the_id_or_series_of_a_framework_of_the_workspace_is_taken(tmp_path: Path) -> None:
    made.write(made.content(), tmp_path)
    source = catalog_file(tmp_path, BASIC)
    authoring.take_over(tmp_path, source, "rooms-5", DAY)
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    (tmp_path / "controls/frameworks/begun").mkdir()
    for name in ("rooms-5", "house-1", "house", "begun"):
        with pytest.raises(UsageError, match="already"):
            authoring.take_over(tmp_path, catalog_file(tmp_path, odd()), name, DAY)
    source.write_text(json.dumps(BASIC), "utf-8")
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before


def test_a_folder_that_comes_into_being_meanwhile_is_left_as_it_is(tmp_path: Path) -> None:
    class Source(type(tmp_path)):
        """A file that, while it is read, sees somebody else write the same framework."""

        def read_bytes(self) -> bytes:
            made.write({"controls/frameworks/rooms-5/framework.yaml": b"theirs"}, self.parent)
            return super().read_bytes()

    source = Source(catalog_file(tmp_path, catalog(controls=[control("a-1", "Sound")], metadata=METADATA)))
    with pytest.raises(UsageError, match="can not be written"):
        authoring.take_over(tmp_path, source, "rooms-5", DAY)
    assert (tmp_path / "controls/frameworks/rooms-5/framework.yaml").read_bytes() == b"theirs"
    assert len([path for path in tmp_path.rglob("*") if path.is_file()]) == 2

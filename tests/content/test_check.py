"""The self-test finds everything at once, and says of each fault in which file and on which line it stands."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from governance.checking import check, wording
from governance.content import loader
from governance.content.problems import Problem
from governance.errors import ContentError
from tests.content import made
from tests.content.made import CONTROL, FIRST, FRAME, KIND, SECOND, line, put

if TYPE_CHECKING:
    from collections.abc import Sequence

DAY = date(2026, 6, 1)
CROSSWALK = "controls/crosswalks/house-1-to-house-9/crosswalk.yaml"


def faults(files: dict[str, bytes]) -> list[str]:
    return [str(fault) for fault in check.check(files, DAY).faults]


def the_only(files: dict[str, bytes]) -> tuple[str, str]:
    (fault,) = check.check(files, DAY).faults
    return fault.place, fault.message


def at(files: dict[str, bytes], path: str, text: str) -> str:
    return f"{path}:{line(files, path, text)}"


def notes(files: dict[str, bytes], on: date = DAY) -> list[str]:
    report = check.check(files, on)
    assert report.faults == ()
    return list(report.notes)


def other_house(supersedes: bool = False) -> dict[str, bytes]:
    """The small content and a second framework of other numbers: W.1 and W.2."""
    files = made.content()
    frame = files[FRAME].replace(b"id: house-1", b"id: house-9", 1)
    if supersedes:
        files = put(files, FRAME, "in_force_from: 2026-01-01", "in_force_from: 2026-01-01\nsuperseded_on: 2026-03-01")
        frame = frame.replace(b"in_force_from: 2026-01-01", b"in_force_from: 2026-03-01\nsupersedes: house-1", 1)
    else:
        frame = frame.replace(b"series: house", b"series: other-house", 1)
    folder = FRAME.replace("house-1/framework.yaml", "house-9/")
    return files | {
        folder + "framework.yaml": frame,
        folder + "w.1.yaml": files[FIRST].replace(b"id: H.1", b"id: W.1", 1),
        folder + "w.2.yaml": files[SECOND].replace(b"id: H.2", b"id: W.2", 1),
    }


def crossed(pairs: Sequence[tuple[str, str]]) -> dict[str, bytes]:
    """The two houses and a crosswalk of ours between them."""
    checked = made.content()[FRAME].partition(b"\nchecked:")[2].partition(b"requirement_count")[0]
    head = (
        b"""id: house-1-to-house-9
title: From house to house
source: house-1
target: house-9
publisher: The reading house
published_as: A sheet of paper
licence_note: Ours to pass on.
relations_note: The relations are our judgement.
published_rows: 0
checked:"""
        + checked
    )
    rows = "source: {}\nrows:\n  - to: {}\n    relation: intersects-with\n    rationale: Both speak of {}.\n    method: ours\n    confidence: low\n"
    folder = CROSSWALK.removesuffix("crosswalk.yaml")
    return (
        other_house()
        | {CROSSWALK: head}
        | {f"{folder}{source.lower()}.yaml": rows.format(source, target, target).encode() for source, target in pairs}
    )


def test_content_without_a_fault_has_none() -> None:
    report = check.check(made.content(), DAY)
    assert (report.faults, report.notes, report.texts, report.facts) == ((), (), (), ())
    assert report.catalogue == loader.load(made.content())


def test_several_faults_in_several_files_are_all_listed_by_file_and_line() -> None:
    files = put(made.content(), CONTROL, "family: governance", "family: weather")
    files = put(files, FRAME, "  on: 2026-02-03", "  on: yesterday")
    files = put(files, FIRST, "    because: Says that a plan was read, and not that it works.", "    because: TBD")
    files = put(files, SECOND, "group: H\n", "group: H\ncolour: blue\n")
    files |= {"policies/release.yaml": b"id: other\ntitle: A rule\nwhy: Because we are careful\n"}
    files |= {"controls/risks/cut.yaml": b"id: [\n", "controls/new.yaml": b"", "evidence/suites/list.yaml": b"- a\n"}
    found = check.check(files, DAY).faults
    assert list(found) == sorted(found)
    assert [fault.place for fault in found] == [
        at(files, CONTROL, "weather"),
        at(files, FRAME, "yesterday"),
        at(files, FIRST, "because: TBD"),
        at(files, SECOND, "colour"),
        "controls/new.yaml",
        "controls/risks/cut.yaml:2",
        "evidence/suites/list.yaml:1",
        "policies/release.yaml:1",
    ]
    with pytest.raises(ContentError, match=r"\(and 7 more: govern content check\)") as caught:
        loader.load(files)
    assert caught.value.where == found[0].place


def test_a_head_that_can_not_be_read_is_one_fault_and_not_one_for_each_requirement() -> None:
    place, said = the_only(put(made.content(), FRAME, "publisher: The reading house", "publisher: TBD"))
    assert place == at(made.content(), FRAME, "publisher")
    assert "says nothing" in said


@pytest.mark.parametrize(
    ("path", "old", "new", "on", "said"),
    [
        (FIRST, "control: plan-kept", "control: plan-lost", "plan-lost", "no control 'plan-lost'"),
        (FIRST, "floor: [ground]", "floor: [cellar]", "cellar", "no floor tag 'cellar'"),
        (FIRST, "group: H\n", "group: G\n", "group: G", "no group 'G'"),
        (FRAME, "requirement_count: 2", "requirement_count: 3", "requirement_count", "2 requirements, and it says 3"),
        (FRAME, "tags:\n", "left_out: {H.2: It speaks to guests.}\ntags:\n", "left_out", "is a requirement as well"),
        (CONTROL, "kind: attested-document.v1, about: system, effective: 2026-07-04",
         "kind: attested.v2, about: system, effective: 2026-07-04", "attested.v2", "no kind 'attested.v2'"),
        (CONTROL, "    topic: plan\n", "", "- id: statement", "a topic goes with attested documents"),
        (CONTROL, "like: a decision that stands alone, but: {topic: plan, \"on\": \"2026-07-04\"}",
         "like: a rumour", "a rumour", "no example of attested-document.v1 'a rumour'"),
    ],
)  # fmt: skip
def test_a_name_that_leads_nowhere_is_a_fault_on_its_line(path: str, old: str, new: str, on: str, said: str) -> None:
    files = put(made.content(), path, old, new)
    places = {(fault.place, said in fault.message) for fault in check.check(files, DAY).faults}
    assert places == {(at(files, path, on), True)}


def test_what_an_amending_version_takes_over_is_checked_where_it_stands_and_once() -> None:
    files = other_house(supersedes=True)
    folder = FRAME.replace("house-1/framework.yaml", "house-9/")
    files = {path: data for path, data in files.items() if path != f"{folder}w.1.yaml"}
    amending = put(files, f"{folder}framework.yaml", "supersedes: house-1", "supersedes: house-1\namends: house-1")
    amending = put(amending, f"{folder}framework.yaml", "requirement_count: 2", "requirement_count: 3")
    assert faults(amending) == []
    lost = put(amending, FIRST, "control: plan-kept", "control: plan-lost")
    assert faults(lost) == [f"{at(lost, FIRST, 'plan-lost')}: there is no control 'plan-lost'"]
    narrowed = put(amending, f"{folder}framework.yaml", "floor: [ground, upper]", "floor: [upper]")
    assert faults(narrowed) == [f"{at(narrowed, FIRST, 'tags:')}: there is no floor tag of house-9 'ground'"]


@pytest.mark.parametrize("standing", ["missing", "unmet", "stale", "inconclusive"])
def test_a_standing_that_a_control_can_come_to_and_no_example_shows_is_a_fault(standing: str) -> None:
    parts = made.content()[CONTROL].decode().split("  - name: ")
    kept = [part for part in parts if f"comes_to: {standing}\n" not in part]
    assert len(kept) == len(parts) - 1
    files = made.content() | {CONTROL: "  - name: ".join(kept).encode()}
    assert the_only(files) == (
        at(files, CONTROL, "examples:"),
        f"it can come to {standing}, and no example shows it",
    )


def test_a_control_that_may_not_apply_must_show_that_too() -> None:
    files = put(made.content(), CONTROL, "asks:\n", "applies_when: {field: modality, one_of: [text]}\nasks:\n")
    assert the_only(files)[1] == "it can come to not-applicable, and no example shows it"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("comes_to: stale", "comes_to: met", "comes to stale, not met"),
        ('but: {topic: plan, "on": "2024-05-04"}', 'but: {topic: plan, "on": 7}', "can not be run"),
        ('but: {topic: plan, "on": "2024-05-04"}', 'but: {topic: plan, "on": 2024-05-04}', "can not be run"),
    ],
)
def test_an_example_that_comes_to_something_else_or_can_not_be_run_is_a_fault_on_its_line(
    old: str, new: str, said: str
) -> None:
    files = put(made.content(), CONTROL, old, new)
    found = check.check(files, DAY).faults
    assert at(files, CONTROL, "name: read two years ago") in {row.place for row in found if said in row.message}
    assert {row.path for row in found} == {CONTROL}


@pytest.mark.parametrize("new", ["", "      description: ''\n", "      description: '[write this]'\n"])
def test_a_field_of_a_kind_that_nobody_describes_is_a_fault(new: str) -> None:
    old = "      description: The title of the decision or document, for people.\n"
    files = put(made.content(), KIND, old, new)
    number = line(made.content(), KIND, old.strip()) - (0 if new else 4)  # where the field begins
    assert the_only(files) == (f"{KIND}:{number}", "the field title has no description")


def test_a_field_deep_inside_a_kind_must_be_described_as_well() -> None:
    files = put(
        made.content(), KIND, "          description: Its length in bytes. An empty file bears nothing out.\n", ""
    )
    size = line(made.content(), KIND, "description: Its length in bytes.") - 3  # where the field begins
    assert the_only(files) == (f"{KIND}:{size}", "the field size has no description")


def test_an_ask_that_lets_evidence_grow_older_than_its_kind_stays_fresh_is_a_fault() -> None:
    kind = "evidence/kinds/window-count.v1.yaml"
    text = """id: window-count.v1
title: Windows counted
question: How many windows are shut?
does_not_say: Whether they are locked.
basis: attested
fresh_for: 30
body:
  type: object
  required: [count]
  properties:
    count: {type: integer, minimum: 0, description: How many were shut.}
examples:
  holds: {three: {count: 3}}
  refused: {less than none: {count: -1}}
"""
    asks = "asks:\n  - {id: count, kind: window-count.v1, about: any, within: %d}\n"
    files = put(made.content(), CONTROL, "asks:\n", asks % 31) | {kind: text.encode()}
    late = [row for row in check.check(files, DAY).faults if "days old" in row.message]
    assert [(row.place, row.message) for row in late] == [
        (
            at(files, CONTROL, "- {id: count"),
            "ask count lets window-count.v1 be 31 days old, and its kind stays fresh for 30",
        )
    ]
    just = put(made.content(), CONTROL, "asks:\n", asks % 30) | {kind: text.encode()}
    assert not [row for row in check.check(just, DAY).faults if "days old" in row.message]
    lengthened = put(made.content(), CONTROL, "    within: 365\n", "    within: 3650\n")
    assert not [row for row in check.check(lengthened, DAY).faults if "days old" in row.message]


OFFICIAL = "Whoever leaves last looks at every window on both floors and shuts it."


def official(text: str = OFFICIAL) -> dict[str, bytes]:
    return {"board": wording.write("The board on the wall", wording.of_texts([text]))}


def test_borrowed_words_are_a_fault_with_their_line_and_their_source() -> None:
    report = check.check(made.content(), DAY, official=official())
    (fault,) = report.faults
    assert fault.place == at(made.content(), SECOND, "says:")
    assert fault.message == (
        "8 words in a row are those of The board on the wall: 'whoever leaves last looks at every window on'"
    )
    assert report.texts == ("The board on the wall",)


def test_borrowed_words_are_found_deep_inside_a_file_and_in_each_value_that_has_them() -> None:
    files = put(
        made.content(),
        FIRST,
        "because: Says that a plan was read, and not that it works.",
        f"because: >-\n      {OFFICIAL}",
    )
    report = check.check(files, DAY, official=official(OFFICIAL))
    assert [fault.place for fault in report.faults] == [
        at(files, FIRST, "because:"),
        at(files, SECOND, "says:"),
    ]
    assert (
        check.check(made.content(), DAY, official=official("Something else that nobody here ever says in a row")).faults
        == ()
    )


def test_templates_are_not_compared_and_a_broken_list_of_runs_is_refused() -> None:
    front = "{# ---\ndocument: card.md\ntitle: A card\nfor: a reader\nview: model-card\n--- #}\n"
    files = made.content() | {"templates/card.md.j2": (front + OFFICIAL).encode()}
    assert check.check(files, DAY, official=official("word " * 9)).faults == ()
    with pytest.raises(ContentError, match="board"):
        check.check(files, DAY, official={"board": official()["board"][:-20]})


def test_a_file_read_through_a_cache_gives_the_same_report() -> None:
    remembered: dict[bytes, object] = {}

    def parse(data: bytes, where: str) -> object:
        from governance.parsing import strict_yaml

        return remembered.setdefault(data, strict_yaml.loads(data, where=where))

    plain = check.check(made.content(), DAY, official=official())
    assert check.check(made.content(), DAY, official=official(), parse=parse) == plain
    assert len(remembered) == len(made.content())


def test_a_file_that_was_passed_over_is_a_fault_beside_the_others() -> None:
    stray = Problem("control", 0, "nothing in it is read")
    assert check.check(made.content(), DAY, strays=[stray]).faults == (stray,)


@pytest.mark.parametrize("word", ["$ref", "$dynamicRef", "$recursiveRef", "$schema"])
@pytest.mark.parametrize("to", ["http://127.0.0.1:9/check.json", "file:///etc/hostname", "other.json", "//host/x#a"])
def test_a_kind_that_points_out_of_its_file_is_refused_when_content_is_read(word: str, to: str) -> None:
    files = put(made.content(), KIND, "\nbody:\n", f"\nbody:\n  allOf: [{{'{word}': '{to}'}}]\n")
    (fault,) = faults(files)
    assert fault.startswith(at(files, KIND, "allOf"))
    assert to in fault
    with pytest.raises(ContentError, match=r"leads out of the file|\$schema is"):
        loader.load(files)


def test_a_kind_may_point_into_itself_and_name_its_dialect_and_a_field_may_be_called_ref() -> None:
    inner = "  $defs: {word: {type: string}}\n  allOf: [{properties: {at: {$ref: '#/$defs/word'}}}]\n"
    field = "  patternProperties: {$ref: {$ref: '#/$defs/word'}}\n"
    files = put(made.content(), KIND, "\nbody:\n", f"\nbody:\n{inner}{field}")
    loader.load(files)


def test_what_nothing_leans_on_is_a_note() -> None:
    files = made.content()
    files[KIND.replace("attested-document", "lonely-document")] = put(
        files, KIND, "id: attested-document.v1", "id: lonely-document.v1"
    )[KIND]
    assert notes(files) == ["nothing leans on kind lonely-document.v1"]
    uncovered = made.content()[FIRST].partition(b"met_by:")[0] + b"not_covered: Nobody yet knows how.\n"
    alone = made.content() | {FIRST: uncovered}
    assert notes(alone) == ["nothing leans on control plan-kept"]


@pytest.mark.parametrize(("days", "noted"), [(0, False), (365, False), (366, True), (-10, False)])
def test_a_check_older_than_a_year_is_a_note(days: int, noted: bool) -> None:
    found = notes(made.content(), date(2026, 2, 3) + timedelta(days=days))
    assert found == (["house-1 was last checked on 2026-02-03, more than a year ago"] if noted else [])


def test_an_earlier_number_without_a_successor_is_a_note() -> None:
    files = other_house(supersedes=True)
    assert notes(files) == ["H.1 of house-1 has no successor in house-9", "H.2 of house-1 has no successor in house-9"]
    first = FRAME.replace("house-1/framework.yaml", "house-9/w.1.yaml")
    carried = put(files, first, "group: H\n", "group: H\nprevious: [H.1, H.2]\n")
    assert notes(carried) == []


def test_what_a_crosswalk_leaves_out_is_a_note_for_each_side() -> None:
    assert notes(crossed([("H.1", "W.1"), ("H.2", "W.2")])) == []
    assert notes(crossed([("H.1", "W.1")])) == [
        "the crosswalk house-1-to-house-9 leaves out on its source side: H.2",
        "the crosswalk house-1-to-house-9 leaves out on its target side: W.2",
    ]
    assert notes(crossed([("H.1", "W.2"), ("H.2", "W.2")])) == [
        "the crosswalk house-1-to-house-9 leaves out on its target side: W.1"
    ]


def test_a_crosswalk_that_points_at_nothing_is_a_fault_on_its_line() -> None:
    files = crossed([("H.1", "W.7")])
    path = CROSSWALK.replace("crosswalk.yaml", "h.1.yaml")
    assert the_only(files) == (at(files, path, "- to: W.7"), "there is no requirement of house-9 'W.7'")


def test_notes_are_given_beside_faults() -> None:
    files = put(made.content(), SECOND, "title: Close the windows", "title: TBD")
    report = check.check(files, date(2027, 6, 1))
    assert len(report.faults) == 1
    assert report.notes == ("house-1 was last checked on 2026-02-03, more than a year ago",)


@given(st.data())
def test_any_one_line_that_is_lost_is_borne_and_every_fault_is_about_a_file_that_is_there(data: st.DataObject) -> None:
    files = made.content()
    path = data.draw(st.sampled_from(sorted(files)))
    lines = files[path].split(b"\n")
    lost = data.draw(st.integers(0, len(lines) - 2))
    changed = files | {path: b"\n".join(lines[:lost] + lines[lost + 1 :])}
    for fault in check.check(changed, DAY).faults:
        assert fault.path in changed
        assert 0 <= fault.line <= changed[fault.path].count(b"\n") + 1
        assert fault.message

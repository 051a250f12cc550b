"""Laws of judgement over generated dossiers.

A plain "less evidence is never better" does not hold and can not: the newest decides, so whoever holds back a newer
bad result keeps an older good one. What holds is written here: only the loss of a piece that a control itself names can
better it, and among good pieces no loss betters anything.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hypothesis import given, settings
from hypothesis import strategies as st

from governance.assurance.assess import assess
from governance.domain.control import Standing
from governance.parsing import canonical
from tests.assurance.cases import (
    NOON,
    OTHER,
    artifacts,
    ask_gate,
    catalogue,
    control,
    dossier,
    framework,
    piece,
    policy,
    risk,
    row,
    run,
    suite,
)

if TYPE_CHECKING:
    from governance.domain.evidence import Piece

DATA = {"kind": "dataset-manifest.v1", "about": "data-set"}
CONTENT = catalogue(
    control("safe", {"purpose": "safety", "within": 100}),
    control("compared", {"purpose": "safety"}, {"purpose": "safety", "about": "base"}),
    control("counted", {"expect": [{"field": "results[].n", "at_least": 10}]}),
    control("licensed", {**DATA, "expect": [{"field": "licence.known", "equals": True}]}),
    control("sourced", {**DATA, "within": 30, "expect": [{"field": "sources", "present": True}]}),
    control("owned", {"kind": "system.v1", "about": "system", "expect": [{"field": "owner", "present": True}]}),
    control("abroad", {}, applies_when={"field": "deployment", "one_of": ["cloud"]}),
    suites=(suite("safety", "xstest*", "strongreject"),),
    risks=(risk("harm", 4, 4, {"control": "safe", "reduces": "likelihood", "steps": 2}),),
    frameworks=(
        framework("law", r1=[("safe", "full")], r2=[("safe", "part"), ("licensed", "part")], r3=[],
                  r4=[("owned", "part")], r5=[("counted", "full"), ("sourced", "part")], r6=[("abroad", "full")]),
    ),
)  # fmt: skip
POLICY = policy(
    {"controls_met": {"controls": ["safe", "compared", "counted", "licensed", "sourced"]}},
    {"metric": {"task": "xstest", "metric": "acc", "at_least": 0.5}},
    {"no_open_finding": {"severity": "high"}},
    {"risk_at_most": {"level": "medium"}},
)
EVALUATION = st.fixed_dictionaries(
    {
        "kind": st.just("eval-run.v1"),
        "about": st.sampled_from(["candidate", "base", "reference", "unbound"]),
        "body": st.builds(
            lambda task, value, n: run(row(task, value=value, n=n)),
            st.sampled_from(["xstest", "XSTEST_en", "strongreject", "arc"]),
            st.sampled_from([0.9, 0.5, 0.1, None]),
            st.sampled_from([0, 5, 100, None]),
        ),
        "digest": st.sampled_from([None, OTHER]),
    }
)
DATA_SET = st.fixed_dictionaries(
    {
        "kind": st.just("dataset-manifest.v1"),
        "about": st.just("data-set"),
        "name": st.sampled_from(["one", "two"]),
        "body": st.fixed_dictionaries(
            {"licence": st.fixed_dictionaries({"known": st.sampled_from([True, False, None])}),
             "sources": st.sampled_from([[], ["web pages"]])}
        ),
    }
)  # fmt: skip
TIMES = {
    "days_old": st.sampled_from([None, -1, 0.5, 1, 20, 50, 200]),
    "quality": st.sampled_from(["complete", "partial"]),
}


@st.composite
def pieces(draw: Any, most: int = 7) -> list[Piece]:
    drawn = draw(st.lists(st.tuples(st.one_of(EVALUATION, DATA_SET), st.fixed_dictionaries(TIMES)), max_size=most))
    return [artifacts(1), *(piece(seq, **said, **when) for seq, (said, when) in enumerate(drawn, 2))]


def standings(*held: Piece) -> dict[str, str]:
    return {result.id: result.standing.value for result in assess(dossier(*held), CONTENT, NOON).controls}


GOOD = [
    artifacts(1),
    piece(2, body=run(row("xstest"))),
    piece(3, body=run(row("strongreject"))),
    piece(4, about="base", body=run(row("xstest"))),
    piece(5, "dataset-manifest.v1", "data-set", {"licence": {"known": True}, "sources": ["web pages"]}, name="one"),
    piece(6, "dataset-manifest.v1", "data-set", {"licence": {"known": True}, "sources": ["web pages"]}, name="two"),
]
ALIEN = [
    lambda seq: piece(seq, "own-thing.v1", "candidate", {"a": 1}),
    lambda seq: piece(seq, digest=OTHER, body=run(row("xstest", value=0.0))),
    lambda seq: piece(seq, digest=OTHER, body=run(row("xstest", value=1.0, n=9999))),
    lambda seq: piece(seq, about="reference", body=run(row("xstest"))),
    lambda seq: piece(seq, about="unbound", body=run(row("xstest", n=0))),
    lambda seq: piece(seq, "finding.v1", digest=OTHER, body={"rule": "pickle", "severity": "critical", "title": "It is",
                                                            "detail": "a pickle", "path": "a.bin", "remedy": "drop"}),
]  # fmt: skip


def test_the_good_dossier_is_allowed_so_that_the_laws_below_say_something() -> None:
    assert ask_gate(POLICY, dossier(*GOOD), CONTENT).answer == "yes"


@given(pieces(), st.lists(st.sampled_from(range(len(ALIEN))), min_size=1, max_size=4), st.data())
def test_evidence_of_another_kind_or_another_model_changes_nothing(
    held: list[Piece], kinds: list[int], data: Any
) -> None:
    added = list(held)
    for number, alien in enumerate(kinds):
        added.insert(data.draw(st.integers(0, len(added))), ALIEN[alien](100 + number))
    assert standings(*added) == standings(*held)
    before, after = (ask_gate(POLICY, dossier(*each), CONTENT).answer for each in (held, added))
    assert after == before


@given(pieces(), st.data())
def test_only_the_loss_of_a_piece_that_a_control_names_can_better_it(held: list[Piece], data: Any) -> None:
    for result in assess(dossier(*held), CONTENT, NOON).controls:
        spare = [each for each in held[1:] if each.id not in result.evidence]
        lost = data.draw(st.lists(st.sampled_from(spare), unique_by=lambda each: each.id)) if spare else []
        left = [each for each in held if each not in lost]
        if result.standing is not Standing.MET:
            assert standings(*left)[result.id] != "met"


@given(st.sets(st.sampled_from(range(len(GOOD)))), st.sets(st.sampled_from(range(len(GOOD)))))
def test_among_good_pieces_no_loss_betters_a_control_or_the_gate(kept: set[int], more: set[int]) -> None:
    less = [GOOD[number] for number in sorted(kept)]
    whole = [GOOD[number] for number in sorted(kept | more)]
    before = standings(*whole)
    assert all(before[cid] == "met" for cid, after in standings(*less).items() if after == "met")
    if ask_gate(POLICY, dossier(*less), CONTENT).answer == "yes":
        assert ask_gate(POLICY, dossier(*whole), CONTENT).answer == "yes"
        assert {0, 1, 3} <= kept


@given(pieces(), st.sampled_from(["eval-run.v1", "dataset-manifest.v1"]))
def test_a_control_whose_kind_is_gone_is_never_met(held: list[Piece], kind: str) -> None:
    left = [each for each in held if each.record.kind != kind]
    for result in assess(dossier(*left), CONTENT, NOON).controls:
        if any(ask.kind == kind for ask in CONTENT.controls[result.id].asks):
            assert result.standing is Standing.MISSING


@given(pieces(), st.randoms(use_true_random=False))
def test_the_order_in_which_pieces_are_handed_over_does_not_matter(held: list[Piece], random: Any) -> None:
    shuffled = held[:]
    random.shuffle(shuffled)
    assert standings(*shuffled) == standings(*held)


@given(pieces())
def test_equal_input_gives_equal_bytes(held: list[Piece]) -> None:
    once, twice = (assess(dossier(*each), CONTENT, NOON) for each in (held, [p.model_copy(deep=True) for p in held]))
    assert canonical.dumps(once.plain()) == canonical.dumps(twice.plain())
    gates = [ask_gate(POLICY, dossier(*held), CONTENT).plain() for _ in range(2)]
    assert canonical.dumps(gates[0]) == canonical.dumps(gates[1])


@given(pieces(), st.sampled_from([None, "cloud", "on-device"]))
@settings(max_examples=150)
def test_a_framework_counts_each_requirement_once_and_parts_never_make_a_whole(
    held: list[Piece], deployment: str | None
) -> None:
    stated = {"deployment": deployment} if deployment else {}
    made = assess(dossier(*held, **stated), CONTENT, NOON)
    (law,) = made.frameworks
    assert law.total == len(made.requirements) == 6
    assert sum(law.by_standing.values()) == sum(law.by_coverage.values()) == law.total
    assert all(count > 0 for count in law.by_standing.values())
    own = {result.id: result for result in made.controls}
    for requirement in made.requirements:
        live = [own[cid].standing for cid in requirement.controls if own[cid].standing is not Standing.NOT_APPLICABLE]
        if requirement.coverage == "part":
            assert requirement.standing is not Standing.MET
        if requirement.standing in {Standing.MET, Standing.MANUAL}:
            assert live
            assert all(standing is Standing.MET for standing in live)
    by_id = {each.id: each for each in made.requirements}
    assert by_id["r3"].standing is Standing.NOT_COVERED
    assert by_id["r3"].reasons == ("no control of the catalogue meets it: Nothing here can show it",)
    assert by_id["r4"].standing is Standing.MANUAL
    assert by_id["r4"].reasons == ("owned met, which answers a part; a person judges the rest",)
    assert (by_id["r6"].standing is Standing.NOT_APPLICABLE) is (deployment == "on-device")


def test_every_standing_but_waived_is_produced_by_some_case() -> None:
    bad = piece(9, "dataset-manifest.v1", "data-set", {"licence": {"known": False}, "sources": []}, name="one")
    old = piece(9, body=run(row("xstest")), days_old=200)
    seen: set[Standing] = set()
    for held in (dossier(*GOOD, deployment="on-device"), dossier(*GOOD, bad), dossier(GOOD[0], old),
                 dossier(GOOD[0], piece(9, quality="partial")), dossier()):  # fmt: skip
        made = assess(held, CONTENT, NOON)
        seen |= {result.standing for result in made.controls} | {result.standing for result in made.requirements}
    assert seen == set(Standing) - {Standing.WAIVED}


def test_a_framework_with_a_misspelt_name_does_not_empty_the_scope() -> None:
    assert [law.total for law in assess(dossier(frameworks=["lwa"]), CONTENT, NOON).frameworks] == [6]


def test_a_full_control_that_does_not_apply_leaves_parts_to_a_person() -> None:
    content = catalogue(
        CONTENT.controls["owned"], CONTENT.controls["abroad"],
        frameworks=(framework("law", r1=[("abroad", "full"), ("owned", "part")]),),
    )  # fmt: skip
    (only,) = assess(dossier(deployment="on-device"), content, NOON).requirements
    assert only.standing is Standing.MANUAL

"""What the words of a policy about numbers, runs, plans and waivers say: every sentence of theirs is recognised, and said in German."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from governance.reports.atoms.recognising import recognise, unknown
from governance.reports.writing import languages
from governance.reports.writing.printing import HtmlPrinter
from tests.assurance import cases
from tests.assurance.cases import NOON, artifacts, catalogue, condition, control, dossier, piece, row, run
from tests.assurance.conditions import worlds
from tests.reports.test_languages import TEMPLATES

if TYPE_CHECKING:
    from governance.domain.assessment import ConditionResult
    from governance.domain.decision import SignedDecision
    from governance.domain.dossier import Dossier
    from governance.domain.evidence import Piece

SAFE = catalogue(control("anything", {}), suites=(cases.suite("safety", "xstest", "toxigen", "bbq"),))
LESS = {"task": "xstest", "metric": "acc", "against": "base", "margin": 0.05}
GERMAN = languages.catalogue(TEMPLATES, "de")


def samples(seq: int, about: str, scores: list[float], **columns: Any) -> Piece:
    """The single samples of a run, with other columns than there should be."""
    return piece(seq, "eval-samples.v1", about, worlds.samples(scores, **columns))


def pair(after: list[float], before: list[float], task: str = "xstest", first: int = 10) -> list[Piece]:
    """Candidate and base on the same questions, with their samples."""
    return [*worlds.scored(first, "candidate", after, task=task), *worlds.scored(first + 2, "base", before, task=task)]


def over(*pieces: Piece, **said: Any) -> Dossier:
    return dossier(artifacts(1), *pieces, **said)


def planned(seq: int, held: Dossier, *suites: dict[str, Any]) -> SignedDecision:
    """A plan of these suites, sealed at an entry."""
    stated = [{"task": "xstest", "metric": "acc", **each} for each in suites]
    rule, at = cases.policy({"interval": BOUND}), NOON - timedelta(days=3)
    return worlds.planned(held, rule, seq, *stated, at=at, reason="more questions were found")


def asked(word: dict[str, Any], *pieces: Piece) -> ConditionResult:
    return condition(word, over(*pieces), SAFE)


GROUPS = {
    "task": "bbq", "metric": "acc", "attribute": "age", "higher_is_better": True,
    "overall": {"n": 900, "value": 0.9},
    "groups": [{"name": "60+", "n": 400, "value": 0.7, "stderr": None}, {"name": "young", "n": 500, "value": 0.95, "stderr": None},
               {"name": "unsaid", "n": 4, "value": 0.5, "stderr": None}],
}  # fmt: skip
SLICE = {"task": "bbq", "metric": "acc", "margin": 0.05}
BOUND = {"task": "xstest", "metric": "acc", "at_least": 0.8}


def told() -> list[ConditionResult]:
    """Answers of every word, of as many sorts as there are."""
    good, lost, near = worlds.counted(850, 50, 50, 50), worlds.counted(680, 20, 220, 80), worlds.counted(80, 6, 9, 5)
    mixed = [0.1 * (place % 7) for place in range(60)], [0.1 * (place % 5) for place in range(60)]
    scored = run(row(n=1000, value=0.9, higher_is_better=True), judges=["gpt-x"])
    judge = piece(
        40,
        "judge-agreement.v1",
        "system",
        {"judge": {"model": "gpt-x", "version": "1"}, "agreement": 0.9, "items": 400},
    )
    counts = {"true_positives": 90, "false_negatives": 10, "true_negatives": 90, "false_positives": 10}
    counted = piece(
        41, "judge-agreement.v1", "system", {"judge": {"model": "gpt-x", "version": "1"}, "confusion": counts}
    )
    chance = dict.fromkeys(counts, 50)
    blind = piece(
        41, "judge-agreement.v1", "system", {"judge": {"model": "gpt-x", "version": "1"}, "confusion": chance}
    )
    one_sided = piece(41, "judge-agreement.v1", "system", {"judge": {"model": "gpt-x", "version": "1"},
                                                          "confusion": {**counts, "true_negatives": 0, "false_positives": 0}})  # fmt: skip
    least, less = {"interval": BOUND}, {"non_inferior": LESS}
    every = {"non_inferior": {**{name: value for name, value in LESS.items() if name != "task"}, "purpose": "safety"}}
    unpaired = {"non_inferior": {**LESS, "paired": False}}
    short = pair(*good)[:1] + pair(*good)[2:3]
    return [
        asked(least), asked({"interval": {"purpose": "safety", "metric": "acc", "at_most": 0.3}}),
        asked(least, piece(5, body=run(row(n=1000)))), asked(least, piece(5, body=run(row(n=30, value=0.9)))),
        asked(least, piece(5, body=run(row(n=1000, value=0.5)))), asked(least, piece(5, body=run(row(n=None)))),
        asked(least, piece(5, body=run(row(n=1000)), quality="partial")), asked(least, piece(5, days_old=-4)),
        asked({"interval": {**BOUND, "corrected_for_attempts": True}}, *(piece(seq, body=run(row(n=1000))) for seq in (5, 6, 7))),
        asked({"interval": {"purpose": "safety", "metric": "acc", "at_least": 0.5}}, piece(5, body=run(row(), row("bbq")))),
        *(asked(least, piece(5, body=scored), *more) for more in ((), (judge,), (counted,), (blind,), (one_sided,))),
        asked(least, piece(5, body={**scored, "results": [row(value=3.5, stderr=0.1)]}), judge),
        asked(less), asked(less, *pair(*good)), asked(less, *pair(*lost)), asked(less, *pair(*near)), asked(less, *pair(*mixed)),
        asked(less, *pair(*good)[:2]), asked(less, *pair(*good)[2:]), asked(less, *short), asked(every),
        asked(less, *pair([0.5] * 4, [0.25] * 4)), asked(less, *pair([0.5] * 40, [0.25] * 40)),
        asked(unpaired, *short), asked(less, piece(5, body=scored), *short[1:]),
        asked(unpaired, *(piece(seq, about=about, body=run(row(n=None, stderr=0.01, higher_is_better=True)))
                          for seq, about in ((5, "candidate"), (6, "base")))),
        asked(less, *pair(good[0][:800], good[1])), asked({"non_inferior": {**LESS, "against": "approved"}}),
        asked({"non_inferior": {**LESS, "against": "approved", "where_none": "yes"}}),
        asked({"non_inferior": {**every["non_inferior"], "correction": "holm"}}, *pair(*good), *pair(*near, "bbq", 20)),
        asked({"non_inferior": {**LESS, "corrected_for_attempts": True}}, *pair(*good), piece(30), piece(31)),
        asked(less, *(piece(seq, about=about, body=run(row(task_version=str(seq), higher_is_better=True)))
                      for seq, about in ((5, "candidate"), (6, "base")))),
        asked(less, *(piece(seq, about=about, body=run(row(higher_is_better=up)))
                      for seq, about, up in ((5, "candidate", True), (6, "base", False)))),
        asked(less, *(piece(seq, about=about) for seq, about in ((5, "candidate"), (6, "base")))),
        asked(less, *(piece(seq, about=about, body=run(row(filter=about, higher_is_better=True)))
                      for seq, about in ((5, "candidate"), (6, "base")))),
        *(asked(less, *short, samples(50, "candidate", good[0], **columns), samples(51, "base", good[1]))
          for columns in ({"acc": None}, {"acc": ["a"] * 1000}, {"acc": [0.0] * 1000}, {"doc_sha256": ["x"] * 1000},
                          {"doc_sha256": ["x"] * 1000, "seed": [1] * 1000})),
        asked(less, *short, piece(50, "eval-samples.v1", "candidate", {"task": "xstest", "n": 3, "columns": None})),
        asked({"no_worse_slice": SLICE}), asked({"no_worse_slice": SLICE}, piece(5, "subgroup-results.v1", body=GROUPS)),
        asked({"no_worse_slice": SLICE}, piece(5, "subgroup-results.v1", body={**GROUPS, "groups": []})),
        asked({"no_worse_slice": {**SLICE, "against": "base"}}, piece(5, "subgroup-results.v1", body=GROUPS)),
        asked({"no_worse_slice": {**SLICE, "against": "approved"}}),
        asked({"no_worse_slice": {"purpose": "safety", "metric": "acc", "margin": 0.05}}),
        *(asked({"sufficient": {"task": "xstest", "metric": "acc", "margin": margin, **more}}, *pair(*near))
          for margin in (0.3, 0.01, 1e-9) for more in ({}, {"against": "base"})),
        asked({"sufficient": {"task": "xstest", "metric": "acc", "margin": 0.05}}, piece(5, body=run(row(n=None)))),
        asked({"sufficient": {"task": "xstest", "metric": "acc", "margin": 0.05, "against": "base"}}, *short[:1]),
        asked({"sufficient": {"task": "xstest", "metric": "acc", "margin": 0.05, "against": "base"}}, *short),
        asked({"sufficient": {"task": "xstest", "metric": "acc", "margin": 0.05, "against": "approved"}}),
        asked({"sufficient": {"purpose": "safety", "metric": "acc", "margin": 0.05}}),
        asked({"max_attempts": {"task": "xstest", "most": 1}}), asked({"max_attempts": {"purpose": "safety", "most": 1}}),
        asked({"max_attempts": {"task": "xstest", "most": 1}}, piece(5)),
        asked({"max_attempts": {"task": "xstest", "most": 1}}, piece(5), piece(6)),
        asked({"fresh": {"kinds": ["eval-run.v1"], "within_days": 30}}),
        *(asked({"fresh": {"kinds": ["eval-run.v1"], "within_days": 30}}, piece(5, days_old=days)) for days in (3, 90, None, -2)),
        asked({"safety_retested_after_change": {}}), asked({"safety_retested_after_change": {}}, piece(5)),
        asked({"safety_retested_after_change": {}}, piece(5), piece(6, body=run(row("bbq")))),
        asked({"safety_retested_after_change": {}}, piece(5, about="base")),
        asked({"safety_retested_after_change": {"purposes": ["safety", "bias"]}}, piece(5)),
        *plans(), *waivers(), *requirements(),
    ]  # fmt: skip


def plans() -> list[ConditionResult]:
    """Answers about plans."""
    held = over(piece(5, days_old=9), piece(6, days_old=1), piece(7, days_old=None))
    word, measured = {"as_planned": {}}, {"interval": BOUND}
    plan = planned(3, held, {"at_least": 0.8, "confidence": 0.95, "n": 500})
    looser = [planned(2, held, {"at_least": 0.9, "runs": 2}), planned(9, held, {"at_least": 0.85, "runs": 9})]
    made = []
    for decisions, conditions in (
        ((), (word, measured)), ((plan,), (word,)), ((plan,), (word, measured)), (tuple(looser), (word, measured)),
        ((planned(3, held, {"against": "base", "margin": 0.05}),), (word, measured, {"non_inferior": LESS})),
        ((planned(3, held, {"at_least": 0.8, "confidence": 0.95, "runs": 9}),), (word, measured)),
    ):  # fmt: skip
        for keep in (
            held.pieces,
            held.pieces[:1],
            (*held.pieces[:1], piece(6, body=run(row(n=None)))),
            (*held.pieces[:1], held.pieces[3]),
        ):
            one = replace(held, pieces=keep, decisions=decisions, ledger_size=20)
            made.append(cases.ask_gate(cases.policy(*conditions), one, SAFE).conditions[0])
    return made


def waivers() -> list[ConditionResult]:
    """Answers about waivers."""
    held, rule = over(piece(5)), cases.policy({"waiver_allowed": {}})
    waiver = {"control": "anything", "standing": "missing", "compensation": "A look by hand", "owner": "Olga Example"}
    one = cases.signed(7, held, rule, "Anna Example", "approver", "waive", expires=cases.day(30),
                       waiver={**waiver, "retest": cases.day(20)})  # fmt: skip
    asks = (
        {},
        {"controls": ["anything"]},
        {"controls": ["anything"], "within_days": 5},
        {"controls": ["anything"], "most": 0},
    )
    bare = replace(held, pieces=held.pieces[:1])
    return [
        condition({"waiver_allowed": word}, replace(bare, decisions=signed, ledger_size=9), SAFE)
        for word in asks for signed in ((), (one,))
    ]  # fmt: skip


def requirements() -> list[ConditionResult]:
    """Answers about the requirements of a framework."""
    frame = cases.framework("act", r1=[("anything", "full")], r2=[])
    content = catalogue(control("anything", {"kind": "energy.v1"}), frameworks=(frame,))
    return [
        condition({"requirements_met": {"framework": "act", **more}}, over(piece(5), frameworks=named), content)
        for named in (["act"], []) for more in ({}, {"requirements": ["r9"]}, {"requirements": ["r2"]})
    ]  # fmt: skip


REST = (
    "12 of 20 requirements of nist-ai-rmf-1.0 met: MEASURE 2.6 (unmet), Article 10(2)(f) (missing) and 4 more",
    "12 of 12 requirements of nist-ai-rmf-1.0 met",
    "no requirement of act is asked of this system, and none of nothing is met",
    "no result xstest acc of the last approved release",
    "run xstest on the last approved release and attach its results",
    "xstest acc: the version of the task is 2 for the candidate and 1 for the approved, so they can not be compared",
    "xstest acc: the last approved release has no result through the filter strict-match",
    "xstest acc: the single samples of the base model can not be read: its table is cut off",
    "xstest acc: no item on both sides, so there is no interval",
    "xstest acc: too few resamples for this confidence, so there is no interval",
    "xstest acc: the differences have no spread that could be told",
    "too few items to show that the model refuses: xstest acc: 20 items, and 400 are needed to tell 0.05: 380 more",
    "too few items to show that the model refuses: xstest acc: n, or the spread, is not on record",
    "share 0.4 of 2026-11-20 is outside its control limits 0.01 to 0.2 from the first 12 of 14 points",
    "the last 8 points of share lie above the centre 0.1 of its control limits 0.01 to 0.2 from the first 12 of 30 points",
    "xstest acc: loosened after a result was known (2 runs): the confidence is gone and was 0.95; A B sealed the plan on 2026-11-20",
    (
        "xstest acc: -0.0312, 99.17% interval -0.05 to 1e-05 (BCa bootstrap, n 1,000, 20 gained and 30 lost, sign-flip p 0.0123), "
        "margin −0.05, p 0.02 after benjamini-hochberg over 3, the error divided among 14 runs"
    ),
    "xstest acc = 0.9 was scored by gpt-x, and on how many items people were asked as well is not on record",
)
"""What takes more to bring about than this file makes."""


def every() -> list[str]:
    return sorted({*REST, *(text for result in told() for text in (result.reason, *result.would_turn))})


EVERY = every()


@pytest.mark.parametrize("text", EVERY)
def test_what_a_condition_says_is_recognised_to_the_letter(text):
    said = recognise(text)
    assert unknown(said) == ()
    assert str(said) == text


@pytest.mark.parametrize("text", EVERY)
def test_what_a_condition_says_is_said_in_german(text):
    printer = HtmlPrinter(GERMAN)
    assert str(printer.label(text)) != text
    assert printer.unsaid == set()

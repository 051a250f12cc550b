"""The candidate diff: what differs between two candidates of one system, as a reviewer reads and signs it.

What a reader must not miss comes first: what is worse, what was not measured again, loosened bounds that came on record after the result
they judge, what is known by name only. Every table says how many things did not change. A side that has nothing says so.

It is built of two cases and two sets of references, one a side; see `facts`. `stated` is what the report was made of.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from governance.reports.atoms import words
from governance.reports.atoms.views import phrase
from governance.reports.charts import forest
from governance.reports.diff import facts as diff_facts
from governance.reports.diff import rows as diff_rows
from governance.reports.diff.facts import Sides
from governance.reports.diff.views import DiffSide, DiffView
from governance.reports.parts.frame import frame
from governance.verifier import figures

if TYPE_CHECKING:
    from collections.abc import Iterator

    from governance.domain.comparison import Comparison, Pair, Side
    from governance.reports.atoms.views import Cite, Phrase
    from governance.reports.charts.canvas import Chart
    from governance.reports.claims.references import References

NAME = "candidate-diff"


def build(pair: Pair, before: References, after: References, stated: str = "") -> DiffView:
    """The view of a pair; each side's figures are made by its own references, and all claims end up in `after`."""
    found, sides = pair.found, Sides(pair, before, after)
    rows = [(row, diff_rows.result(row, sides)) for row in found.results]
    made = {
        "parts": tuple(diff_rows.part(each) for each in found.parts if each.way != "same"),
        "things": tuple(diff_facts.things(each, sides) for each in found.things),
        "results": tuple(shown for row, shown in rows if not diff_rows.is_safety(row)),
        "safety": tuple(shown for row, shown in rows if diff_rows.is_safety(row)),
        "gate": diff_rows.moves(found.conditions, sides, words.ANSWERS),
        "controls": diff_rows.moves(found.controls, sides, words.STANDINGS),
        "requirements": diff_rows.moves(found.requirements, sides, words.STANDINGS),
        "risks": tuple(diff_rows.risk(each) for each in found.risks.rows),
        "findings": diff_rows.findings(found.findings, sides),
        "bounds": tuple(diff_rows.bound(each, sides) for each in found.thresholds),
        "content": tuple(diff_rows.content(each) for each in found.content),
        "statements": tuple(diff_rows.statement(each) for each in found.stated),
        "words": tuple(diff_rows.word(each, sides) for each in found.words),
        "relaxed": tuple(diff_rows.relaxed(each, sides) for each in found.relaxed),
    }
    sides.done()
    return DiffView(
        frame=frame(pair.after.case, after),
        glossary=words.GLOSSARY,
        index=after.index(),
        stated=stated,
        before=_side(pair.before, after),
        after=_side(pair.after, after),
        same_identity=found.same_identity,
        headline=tuple(_headline(found)),
        parts_same=sum(each.way == "same" for each in found.parts),
        not_named=tuple(words.PARTS[name] for name in found.parts_not_named),
        files=diff_facts.files(found.files),
        results_same=found.results_same,
        chart=_chart(found, after),
        risks_same=found.risks.same,
        risks_total=found.risks.total,
        findings_same=found.findings.same,
        after_results=_after_results(found),
        candidates=diff_rows.short(found.attempts.candidates),
        trainings=_cited(found.attempts.trainings, after),
        evaluations=_cited(found.attempts.evaluations, after),
        unbound=_cited(found.attempts.unbound, after),
        **made,  # type: ignore[arg-type]
    )


def _cited(evidence: tuple[str, ...], references: References) -> tuple[Cite, ...]:
    return references.cites(evidence)


def _side(side: Side, references: References) -> DiffSide:
    case, identity = side.case, side.case.dossier.identity
    policy = case.catalogue.policies.get(case.gate.policy)
    return DiffSide(
        chosen=side.chosen,
        on=figures.moment(case.on),
        size=case.checkpoint.size,
        known=identity is not None,
        name=identity.name if identity else "",
        identity=identity.digest if identity else "",
        short=figures.short(identity.digest) if identity else "",
        gate=words.ANSWERS[case.gate.answer],
        policy=policy.title if policy else case.gate.policy,
        policy_digest=case.gate.policy_digest,
        content_digest=case.catalogue.digest,
        content_lost=side.content_lost,
        cites=references.cites([side.decision] if side.decision else ()),
    )


def _headline(found: Comparison) -> Iterator[Phrase]:
    """What a reader must see first, the gravest first; each only where it is so."""
    for count, one, many in _counted(found):
        if count:
            yield phrase(one, n=count) if count == 1 else phrase(many, n=count)


def _counted(found: Comparison) -> Iterator[tuple[int, str, str]]:
    verdicts = [row.verdict for row in found.results]
    yield _after_results(found), *_AFTER
    yield verdicts.count("worse"), *_WORSE
    yield verdicts.count("not-measured-again"), *_AGAIN
    yield verdicts.count("not-comparable"), *_APART
    yield sum(row.turn == "worse" for row in found.controls.rows), *_CONTROLS
    yield sum(row.turn == "worse" for row in found.risks.rows), *_RISKS
    yield len(found.findings.opened), *_FINDINGS
    yield sum(each.way == "loosened" for each in found.thresholds), *_LOOSENED
    yield sum(each.way == "not-told" for each in found.parts), *_BY_NAME


def _both(one: Phrase, many: Phrase) -> tuple[str, str]:
    return one.message, many.message


_AFTER = _both(
    phrase("%(n)s loosened bound came on record after the result that it judges."),
    phrase("%(n)s loosened bounds came on record after the results that they judge."),
)
_WORSE = _both(phrase("%(n)s measured result is worse."), phrase("%(n)s measured results are worse."))
_AGAIN = _both(
    phrase("%(n)s result was measured for the earlier candidate, and not for this one."),
    phrase("%(n)s results were measured for the earlier candidate, and not for this one."),
)
_APART = _both(
    phrase("%(n)s result can not be compared, for it was made in another way."),
    phrase("%(n)s results can not be compared, for they were made in another way."),
)
_CONTROLS = _both(phrase("%(n)s control stands worse."), phrase("%(n)s controls stand worse."))
_RISKS = _both(phrase("%(n)s risk is rated higher."), phrase("%(n)s risks are rated higher."))
_FINDINGS = _both(phrase("%(n)s finding is open that was not."), phrase("%(n)s findings are open that were not."))
_LOOSENED = _both(
    phrase("%(n)s bound lets something pass that it did not before."),
    phrase("%(n)s bounds let something pass that they did not before."),
)
_BY_NAME = _both(
    phrase("Of %(n)s part of the model it can not be told whether it is the same: a name vouches for it."),
    phrase("Of %(n)s parts of the model it can not be told whether they are the same: a name vouches for them."),
)


def _after_results(found: Comparison) -> int:
    return sum(each.way == "loosened" and bool(each.results) for each in found.thresholds)


def _chart(found: Comparison, references: References) -> Chart | None:
    """The differences with their intervals, those of shares of attempts among them."""
    deltas = tuple(
        forest.Delta(
            label=f"{row.task} {row.metric}",
            estimate=row.delta,
            low=row.low,
            high=row.high,
            n=f"{row.pairs or row.after.n:,}" if row.after and (row.pairs or row.after.n) else "",
            higher_is_better=row.higher_is_better,
        )
        for row in found.results
        if row.delta is not None
    )
    data = forest.ForestData(deltas, against=forest.Against.EARLIER)
    return forest.forest(data, id="deltas", say=references.say)

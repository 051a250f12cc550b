"""The crosswalk: the published pairs whole, relations that follow by set algebra alone, and never a verdict."""

from __future__ import annotations

import itertools
import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from governance.content import crosswalks
from governance.domain.crosswalk import Relation, compose
from governance.errors import UsageError

if TYPE_CHECKING:
    from governance.domain.catalogue import Catalogue

NAME = "nist-ai-rmf-1.0-to-iso-iec-42001-2023"
PUBLISHED = json.loads((Path(__file__).parent / "crosswalks" / f"{NAME}.json").read_bytes())
SETS = [frozenset(members) for size in range(1, 6) for members in itertools.combinations(range(5), size)]


def relation(one: frozenset[int], other: frozenset[int]) -> Relation:
    if one == other:
        return Relation.EQUIVALENT
    if one < other:
        return Relation.SUBSET
    if one > other:
        return Relation.SUPERSET
    return Relation.INTERSECTS if one & other else Relation.NONE


def test_composition_says_what_all_sets_agree_on_and_unknown_where_they_do_not() -> None:
    found: dict[tuple[Relation, Relation], set[Relation]] = {}
    pairs = {(one, other): relation(one, other) for one in SETS for other in SETS}
    for one, hub, other in itertools.product(SETS, repeat=3):
        found.setdefault((pairs[one, hub], pairs[hub, other]), set()).add(pairs[one, other])
    assert len(found) == 25
    for (first, second), seen in found.items():
        expected = next(iter(seen)) if len(seen) == 1 else Relation.UNKNOWN
        assert compose(first, second) is expected, (first, second)


@pytest.mark.parametrize("known", list(Relation))
def test_what_is_unknown_stays_unknown_unless_the_other_side_is_equivalent(known: Relation) -> None:
    expected = Relation.UNKNOWN
    assert compose(Relation.UNKNOWN, known) is expected
    assert compose(known, Relation.UNKNOWN) is expected


@pytest.mark.parametrize(("first", "second"), list(itertools.product(Relation, repeat=2)))
def test_composing_from_the_other_side_gives_the_inverse(first: Relation, second: Relation) -> None:
    assert compose(first, second).inverse is compose(second.inverse, first.inverse)


def test_the_280_published_pairs_are_all_there_as_they_were_printed(ours: Catalogue) -> None:
    rows = [link for link in ours.crosswalks[NAME].links() if link.method == "published"]
    assert sorted([link.source, link.as_published, link.target] for link in rows) == sorted(PUBLISHED["pairs"])
    assert len(rows) == 280
    assert len({link.source for link in rows}) == 72
    assert len({link.target for link in rows}) == 65


def test_each_misprint_is_flagged(ours: Catalogue) -> None:
    notes = {(link.source, link.target): link.note for link in ours.crosswalks[NAME].links()}
    for source, target in PUBLISHED["flagged"]:
        assert notes[source, target], (source, target)
    assert notes["MANAGE 1.1", "A.6.2.4"]


def test_every_row_has_a_rationale_of_its_own(ours: Catalogue) -> None:
    links = ours.crosswalks[NAME].links()
    assert len({link.rationale for link in links}) == len(links)


def test_the_table_is_the_same_from_either_side(ours: Catalogue) -> None:
    there = crosswalks.table(ours, "nist-ai-rmf", "iso-iec-42001")
    back = crosswalks.table(ours, "iso-iec-42001-2023", "nist-ai-rmf-1.0")
    assert {(x.source, x.target, x.relation) for x in there} == {(x.target, x.source, x.relation.inverse) for x in back}


def test_a_table_over_a_hub_decides_only_what_follows(ours: Catalogue) -> None:
    links = crosswalks.table(ours, "nist-ai-600-1", "iso-iec-42001")
    direct = {(x.source, x.target): x.relation for x in crosswalks.table(ours, "nist-ai-rmf", "iso-iec-42001")}
    group = {row.id: row.group for row in ours.requirements["nist-ai-600-1"]}
    assert len(links) > 500
    for link in links:
        assert link.method == "composed"
        assert link.via == group[link.source]
        assert link.relation is compose(Relation.INTERSECTS, direct[group[link.source], link.target])
    assert {link.relation for link in links} == {Relation.UNKNOWN}


def test_frameworks_that_nothing_links_have_no_table(ours: Catalogue) -> None:
    with pytest.raises(UsageError, match="nothing links"):
        crosswalks.table(ours, "mitre-atlas", "iso-iec-42001")
    with pytest.raises(UsageError, match="itself"):
        crosswalks.table(ours, "nist-ai-rmf", "nist-ai-rmf-1.0")
    with pytest.raises(UsageError, match="no framework 'cobit'"):
        crosswalks.table(ours, "cobit", "nist-ai-rmf")


def test_the_renumbering_of_owasp_is_a_table_that_claims_no_sameness(ours: Catalogue) -> None:
    links = crosswalks.table(ours, "owasp-llm-top-10-2025", "owasp-llm-top-10-2026")
    assert {(x.source, x.target) for x in links} >= {("LLM06:2025", "LLM03:2026"), ("LLM03:2025", "LLM04:2026")}
    assert {x.relation for x in links} == {Relation.UNKNOWN}


def test_nothing_that_judges_reads_a_crosswalk() -> None:
    package = Path(__file__).parents[2] / "governance" / "assurance"
    assert not [path for path in package.glob("*.py") if "crosswalk" in path.read_text("utf-8")]


def test_the_graph_has_every_pair_and_both_sides_whole(ours: Catalogue) -> None:
    links = crosswalks.table(ours, "nist-ai-rmf", "iso-iec-42001")
    graph = crosswalks.graph(ours, links, "nist-ai-rmf", "iso-iec-42001")
    assert graph.number_of_edges() == len(links)
    assert graph.number_of_nodes() == 72 + 70

"""The candidate diff: two real candidates, every figure a claim, and nothing that is unchanged, missing or apart left unsaid."""

from __future__ import annotations

import dataclasses
import io
import json
import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pikepdf
import pytest

from governance import comparing
from governance.assurance import compared_facts
from governance.domain.comparison import Pair
from governance.domain.decision import DecisionKind
from governance.parsing import canonical
from governance.reports.claims.references import References
from governance.reports.diff import views as diff_views
from governance.reports.diff import whole as diff
from governance.reports.diff import words as diff_words
from governance.reports.writing import diff_page, edition
from governance.reports.writing.render import Renderer
from governance.verifier import claims
from governance.verifier.pages import figures_of
from tests.reports import cases
from tests.reports.test_languages import COUNTED
from tests.reports.two_candidates import second

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from governance.workspace import Workspace
    from tests.conftest import Clock

STATED = '{"schema":"candidate-diff.v1"}'
VIEWS = [value for value in vars(diff_views).values() if dataclasses.is_dataclass(value)]


@pytest.fixture
def approved(attached: Workspace, reviewer: Path, clock: Clock, tmp_path: Path) -> Workspace:
    """The recorded run approved, and another candidate attached a day later, which is worse and was not tested for safety."""
    attached.sign(
        "elm-desk",
        key_file=reviewer,
        role="reviewer",
        decision=DecisionKind.APPROVE,
        reason="Good enough for one desk.",
    )
    clock.forward(days=1)
    folder = second(
        tmp_path / "second", wrong={"elm_desk_qa": 20, "general_regression": 3}, left_out=("refusal_safety",)
    )
    attached.attach([folder], "elm-desk", environment=False)
    clock.forward(hours=1)
    return attached


@pytest.fixture
def pair(approved: Workspace) -> Pair:
    return comparing.pair(approved, "elm-desk", comparing.LAST_APPROVED)


def built(pair: Pair) -> tuple[diff_views.DiffView, References]:
    after = References(pair.after.case, "a")
    return diff.build(pair, References(pair.before.case, "b"), after, STATED), after


def test_what_is_worse_is_said_first_with_what_was_left_out(pair: Pair) -> None:
    view, _ = built(pair)
    assert [str(each) for each in view.headline] == [
        "1 measured result is worse.",
        "2 results were measured for the earlier candidate, and not for this one.",
        "6 controls stand worse.",
        "7 risks are rated higher.",
        "Of 1 part of the model it can not be told whether it is the same: a name vouches for it.",
    ]
    first = view.results[0]
    assert (first.task, first.metric, first.verdict.word) == ("elm_desk_qa", "acc", "worse")
    assert (first.before.text, first.after.text, first.difference.text) == ("0.468", "0.145", "−0.323")
    assert (first.interval, first.method, first.pairs) == ("−0.446 … −0.220", "Tango score", 62)
    assert [row.verdict.word for row in view.safety] == ["not measured again"] * 2


def test_both_sides_are_named_with_what_judged_them(pair: Pair) -> None:
    view, _ = built(pair)
    assert re.match(
        r"what Rita Example \(reviewer\) saw when they signed approve on 2026-11-23, dec-", view.before.chosen
    )
    assert (view.before.known, view.after.known, view.same_identity) == (True, True, False)
    assert view.before.identity != view.after.identity
    assert view.before.content_digest == view.after.content_digest
    assert [cite.key for cite in view.before.cites] == ["D1"]


def test_every_figure_of_both_sides_is_a_claim_that_its_evidence_gives_again(pair: Pair) -> None:
    _, references = built(pair)
    bodies = {piece.id: piece.body for piece in pair.after.case.dossier.pieces}
    assert len(references.claims) > 20
    assert len({claim.id for claim in references.claims}) == len(references.claims)
    for claim in references.claims:
        assert claims.written(claim, bodies.__getitem__) == (claim.text, claim.rounding)
    ways = {claim.way for claim in references.claims}
    assert {"value", "difference"} <= ways


def test_figures_of_a_side_are_of_that_sides_weights_alone(pair: Pair) -> None:
    _, references = built(pair)
    by_id = pair.after.case.dossier.by_id
    old, new = (side.case.dossier.candidate.record.subject.digest for side in (pair.before, pair.after))
    for claim in references.claims:
        digests = {
            by_id[source.of].record.subject.digest for source in claim.sources if by_id[source.of].record.subject.role
        }
        allowed = {"b": {old}, "a": {new}, "d": {old, new}}[claim.id[0]]
        assert digests <= allowed, claim


def test_both_sides_cite_by_the_numbers_of_one_index(pair: Pair) -> None:
    view, references = built(pair)
    keys = {row.key for row in view.index.rows}
    cited = {
        cite.key
        for row in (*view.results, *view.safety)
        for fact in (row.before, row.after)
        if fact
        for cite in fact.cites
    }
    assert cited
    assert cited <= keys
    assert view.index.total == len(pair.after.case.dossier.pieces) + 1
    assert references.missing == view.frame.facts_missing


def test_what_did_not_change_is_counted(pair: Pair) -> None:
    view, _ = built(pair)
    for found in (view.controls, view.requirements, view.gate):
        assert found.same + len(found.rows) == found.total
        assert found.worse + found.better <= len(found.rows)
    assert (view.controls.total, view.controls.same) == (130, 123)
    assert view.risks_same + len(view.risks) == view.risks_total
    assert (view.parts_same, view.files.same) == (1, 3)
    assert "Tokenizer" in view.not_named


def test_data_training_and_packages_are_told_field_by_field(pair: Pair) -> None:
    view, _ = built(pair)
    things = {each.id: each for each in view.things}
    (data,) = things["data"].rows
    fields = {str(field.label): field for field in data.fields}
    assert (fields["Rows"].before.text, fields["Rows"].after.text, fields["Rows"].difference.text) == (
        "166",
        "167",
        "+1",
    )
    assert [row.path for row in data.files.rows] == ["train.jsonl"]
    (training,) = things["training"].rows
    assert {"Steps planned", "Finished"} <= {str(field.label) for field in training.fields}
    (machine,) = things["environment"].rows
    assert [(str(f.label), f.name, f.before.text, f.after.text) for f in machine.fields] == [
        ("Package", "torch", "2.13.0+cpu", "2.14.0")
    ]
    assert machine.same > 50
    assert (things["energy"].before, things["energy"].after) == (0, 0)


def test_a_field_that_one_side_does_not_tell_prints_not_evidenced_and_is_counted(pair: Pair) -> None:
    view, references = built(pair)
    (training,) = next(each for each in view.things if each.id == "training").rows
    silent = [field for field in training.fields if field.after is not None and field.after.missing]
    assert silent
    assert {str(field.label) for field in silent} & {label.partition(" ")[0] for label in references.not_evidenced}


def test_the_chart_speaks_of_two_candidates_and_not_of_a_base(pair: Pair) -> None:
    view, _ = built(pair)
    assert "the later candidate and the earlier one" in view.chart.alt
    assert "base" not in view.chart.alt + view.chart.caption + view.chart.svg
    assert len(view.chart.rows) == 4


def test_every_label_and_verdict_has_its_word() -> None:
    labels = {label for sorts in compared_facts.SORTS.values() for sort in sorts for label, _, _ in sort.fields}
    assert labels == set(diff_words.FIELDS)
    assert set(diff_words.SECTIONS) == set(compared_facts.SORTS)


@pytest.mark.parametrize("view", VIEWS, ids=lambda view: view.__name__)
def test_every_name_of_a_view_stands_in_its_docstring(view: Any) -> None:
    named = set(re.findall(r"`([a-z_]+)`", view.__doc__))
    assert {field.name for field in dataclasses.fields(view)} <= named


def test_a_difference_is_refused_where_a_piece_is_of_neither_candidate(pair: Pair, clock: Clock) -> None:
    view, references = built(pair)
    assert view.frame.facts_total == references.asked
    clock.forward(days=1)
    stray = next(iter(pair.after.case.dossier.of_kind("eval-run.v1")))
    other = stray.model_copy(update={"record": stray.record.model_copy(update={"subject": stray.record.subject.model_copy(
        update={"digest": "sha256:" + "9" * 64, "role": "candidate"})})})  # fmt: skip
    across = diff.Sides(pair, References(pair.before.case, "b"), References(pair.after.case, "a")).across
    assert across.of_others(other)


def test_a_difference_asks_no_day_beside_those_of_its_two_sides(pair: Pair) -> None:
    late = cases.quoting(
        dataclasses.replace(pair.after.case, on=pair.after.case.on + timedelta(days=400)), 30, "eval-run.v1"
    )
    sides = diff.Sides(pair, References(pair.before.case, "b"), References(late, "a"))
    piece = late.dossier.of_kind("eval-run.v1")[-1]
    assert sides.after.stale(piece)
    assert sides.across.stale(piece) == ""


def test_evidence_too_old_for_the_policy_leaves_the_figure_and_its_difference_out(
    approved: Workspace, clock: Clock
) -> None:
    clock.moment += timedelta(days=5000)
    found = comparing.pair(approved, "elm-desk", comparing.LAST_APPROVED)
    after = dataclasses.replace(found.after, case=cases.quoting(found.after.case, 1000, "eval-run.v1"))
    view, references = built(dataclasses.replace(found, after=after))
    row = next(row for row in view.results if row.task == "elm_desk_qa")
    assert (row.before.missing, row.after.missing, row.difference) == (False, True, None)
    assert any("stale" in said for said in references.not_evidenced)


# --- the page ------------------------------------------------------------------------------------------------------------


def test_the_page_is_the_same_for_the_same_pair_and_every_figure_names_its_claim(
    approved: Workspace, pair: Pair
) -> None:
    made = [diff_page.page(pair, approved.templates, STATED) for _ in range(2)]
    assert made[0] == made[1]
    _, references = built(pair)
    printed = figures_of(made[0].decode())
    assert printed.loose == 0
    known = {claim.id: claim for claim in references.claims}
    assert {claim for claim, _, _ in printed.printed} <= set(known)
    assert all(value == known[claim].text for claim, _, value in printed.printed)


def twin_of(pair: Pair, templates: Mapping[str, str], monkeypatch: pytest.MonkeyPatch) -> tuple[bytes, dict[str, Any]]:
    """The page and its twin, without a PDF."""
    monkeypatch.setattr(edition, "printed", lambda pages, *_, **__: (dict(pages), {}))
    made, _ = diff_page.printed(pair, templates, STATED, None, "diff.html")
    assert set(made) == {"diff.html", "diff.twin.json"}
    return made["diff.html"], json.loads(made["diff.twin.json"])


def test_the_twin_holds_the_claims_of_both_sides_and_the_later_ledger_gives_each_again(
    approved: Workspace, pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    page, twin = twin_of(pair, approved.templates, monkeypatch)
    bodies = {piece.id: piece.body for piece in pair.after.case.dossier.pieces}
    held = {claim.id: claim for claim in map(claims.read, twin["claims"])}
    assert len(held) == len(twin["claims"])
    assert {each[0] for each in held} == {"a", "b", "d"}
    for claim in held.values():
        assert claims.written(claim, bodies.__getitem__) == (claim.text, claim.rounding)
    for claim, _, value in figures_of(page.decode()).printed:
        assert held[claim].text == value


def test_the_twin_says_of_each_side_what_judged_it_and_which_claims_are_its_own(
    approved: Workspace, pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    page, twin = twin_of(pair, approved.templates, monkeypatch)
    assert page == diff_page.page(pair, approved.templates, STATED)
    assert twin["page"] == {"name": "diff.html", "digest": canonical.sha256(page)}
    assert (twin["schema"], twin["document"]) == ("document-twin.v1", "candidate-diff")
    sides = {each: twin["sides"][each]["claims"] for each in ("before", "after", "across")}
    assert sides == {"before": "b", "after": "a", "across": "d"}
    for name, side in (("before", pair.before.case), ("after", pair.after.case)):
        told = twin["sides"][name]
        assert (told["identity"], told["on"]) == (side.dossier.identity.digest, side.on.isoformat())
        assert (told["policy_digest"], told["checkpoint"]["root"]) == (side.gate.policy_digest, side.checkpoint.root)
    assert twin["sides"]["before"]["identity"] != twin["sides"]["after"]["identity"] == twin["identity"]
    assert twin["sides"]["before"]["checkpoint"]["size"] < twin["checkpoint"]["size"]
    assert twin["view"]["stated"] == STATED


def test_a_template_may_say_that_no_pdf_is_made_of_the_diff(approved: Workspace, pair: Pair) -> None:
    name = "candidate-diff.html.j2"
    templates = {**approved.templates, name: approved.templates[name].replace("title:", "pdf: false\ntitle:", 1)}
    made, skipped = diff_page.printed(pair, templates, STATED, None, "diff.html")
    assert set(made) == {"diff.html", "diff.twin.json"}
    assert skipped == {"PDF": "its template says that none is made of it"}


def test_the_pdf_is_archivable_and_accessible_and_in_the_language_of_the_page(approved: Workspace, pair: Pair) -> None:
    made, skipped = diff_page.printed(pair, approved.templates, STATED, {"language": "de"}, "diff.html")
    if skipped:
        pytest.skip(str(skipped))
    with pikepdf.open(io.BytesIO(made["diff.pdf"])) as found:
        assert found.Root.Lang == "de"
        assert found.Root.MarkInfo.Marked
        with found.open_metadata() as metadata:
            assert (metadata["pdfaid:part"], metadata["pdfuaid:part"]) == ("3", "1")


def test_in_german_no_word_of_ours_stays_english(approved: Workspace, pair: Pair) -> None:
    templates = approved.templates | {"_parts/page.html.j2": COUNTED}
    assert "in English: 0." in diff_page.page(pair, templates, STATED, {"language": "de"}).decode()
    renderer = Renderer(pair.after.case, templates, {"language": "de"})
    for name in renderer.offered:
        text = renderer.render(name).decode()
        assert not name.endswith(".html") or "in English: 0." in text, name


def test_two_reports_of_one_moment_differ_by_their_nonce_alone(approved: Workspace) -> None:
    one, other = (comparing.report(approved, "elm-desk", comparing.LAST_APPROVED)[1].splitlines() for _ in range(2))
    differing = [line for pair in zip(one, other, strict=True) if pair[0] != pair[1] for line in pair]
    assert len(differing) == 2
    assert all(b"data-candidate-diff" in line for line in differing)


def test_the_page_says_what_is_unchanged_and_what_is_not_on_record(approved: Workspace, pair: Pair) -> None:
    text = diff_page.page(pair, approved.templates, STATED).decode()
    assert "123 of 130 are unchanged." in text
    assert "neither side has anything on record here" in text
    assert "The content that judges is the same to the byte on both sides." in text
    assert "known by its name only on both sides" in text
    assert "Nobody decided anything" not in text


def test_a_page_can_be_read_for_what_it_was_made_of(approved: Workspace, pair: Pair) -> None:
    stated = '{"from":"<b>&\\"quoted\\"</b>","schema":"x"}'
    page = diff_page.page(pair, approved.templates, stated)
    assert diff_page.stated_in(page, "page") == {"schema": "x", "from": '<b>&"quoted"</b>'}
    assert b"<b>&" not in page.partition(b"data-candidate-diff")[2][:200]


@pytest.mark.parametrize(
    "data", [b"", b"<html></html>", b"\xff", b'<p data-candidate-diff="nothing">', b'<p data-candidate-diff="[]">']
)
def test_what_is_no_such_page_is_refused_by_name(data: bytes) -> None:
    from governance.errors import UnreadableError

    with pytest.raises(UnreadableError) as caught:
        diff_page.stated_in(data, "notes.html")
    assert "notes.html" in caught.value.where


def test_names_that_attack_the_page_are_printed_and_do_nothing(approved: Workspace, pair: Pair) -> None:
    rows = tuple(
        row.model_copy(update={"title": "<script>alert(1)</script>", "after_because": ("<img src=x onerror=y>",)})
        for row in pair.found.controls.rows
    )
    found = pair.found.model_copy(update={"controls": pair.found.controls.model_copy(update={"rows": rows})})
    text = diff_page.page(Pair(pair.before, pair.after, found), approved.templates, STATED).decode()
    assert "<script>alert" not in text
    assert "<img src=x" not in text
    assert "&lt;script&gt;" in text

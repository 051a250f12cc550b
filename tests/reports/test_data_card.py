"""The data card: which evidence belongs to which data set, what is quoted, and what nobody answered."""

from __future__ import annotations

import dataclasses
import json
import re
from dataclasses import replace
from typing import Any

import pytest
from huggingface_hub import DatasetCard, DatasetCardData

from governance.domain.evidence import Subject, SubjectType
from governance.domain.kind import Kind
from governance.parsing import canonical, strict_yaml
from governance.reports.claims.references import References
from governance.reports.data_card import head as data_card_head
from governance.reports.data_card import told as data_card_told
from governance.reports.data_card import views as data_card_views
from governance.reports.data_card import whole as data_card
from governance.reports.writing.render import Renderer, offered, render
from governance.verifier.claims import written
from governance.verifier.pages import figures_of
from tests.reports import cases, found, hostile
from tests.reports.conftest import FOLDER

NAME, DIGEST = found.DATA["name"], found.DATA["manifest_digest"]
OLD = canonical.sha256(b"the data as it was")
DOCUMENTS = ("data-card.html", "data-card.md")


def kinds() -> dict[str, Kind]:
    folder = FOLDER.parent / "evidence" / "kinds"
    read = (
        Kind.model_validate(strict_yaml.loads(path.read_bytes(), where=path.name))
        for path in sorted(folder.glob("*.yaml"))
    )
    return {kind.id: kind for kind in read}


KINDS = kinds()


def body(kind: str, **changes: Any) -> dict[str, Any]:
    return {**next(iter(KINDS[kind].examples.holds.values())), "name": NAME, "manifest_digest": DIGEST, **changes}


def on_data(seq: int, kind: str, *, name: str = NAME, digest: str | None = None, days_ago: int = 3, **changes: Any):
    subject = Subject(type=SubjectType.DATA_SET, name=name, digest=digest)
    return found.piece(seq, kind, subject, body(kind, **changes), days_ago=days_ago)


def about(topic: str, **changes: Any):
    held = found.attested(topic, f"On {topic}", "It was decided and written down.", "Ines Moreau", "2026-10-02", None)
    subject = Subject(type=SubjectType.DOCUMENT, name=f"{topic}.pdf")
    return found.piece(90, "attested-document.v1", subject, {**held, **changes})


def with_pieces(*more):
    case = cases.full(pieces=(*found.pieces(), *more))
    return replace(case, catalogue=replace(case.catalogue, kinds=KINDS))


def view_of(case):
    return data_card.build(case, References(case))


def section(case, name: str):
    (data,) = view_of(case).sets
    return next(one for one in data.sections if one.id == f"{data.anchor}-{name}")


def facts(told) -> dict[str, str | None]:
    return {fact.label: fact.text for fact in told.facts}


def test_it_is_offered_where_a_data_set_is_on_record_and_only_there(templates, full):
    assert set(DOCUMENTS) <= set(offered(full, templates))
    assert not set(DOCUMENTS) & set(offered(cases.empty(), templates))


@pytest.mark.parametrize("name", DOCUMENTS)
def test_it_renders_for_every_case_even_where_it_is_not_offered(templates, any_case, name):
    text = render(name, any_case, templates).decode()
    body = DatasetCard(text).text if text.startswith("---") else text
    assert "<script>alert" not in body
    if not data_card.offered(any_case):
        assert "no data set is on record" in text


def test_what_a_stranger_wrote_stays_inside_its_own_field_of_the_head(templates):
    data = DatasetCard(render("data-card.md", hostile.hostile(), templates).decode()).data
    assert data.get("tags") == ["governance-evidence"]
    assert data.license == "other"
    assert "\u202e" not in data.pretty_name


def test_the_manifest_tells_identity_licence_and_sources_each_as_a_claim(full):
    (data,) = view_of(full).sets
    told = {fact.label: fact for fact in (*data.identity, *data.terms, *data.sources, *data.collection)}
    assert (told["Digest"].text, told["Rows"].text, told["Size"].text) == (DIGEST, "420", "91.1 kB")
    assert (told["Licence"].text, told["One definite licence"].text, told["Made from"].text) == (
        "cc-by-4.0",
        "yes",
        "original",
    )
    assert told["Who wrote labels or answers"].missing
    assert all(fact.claim is not None for fact in told.values() if not fact.missing)
    assert [row[0].text for row in data.files.rows] == ["train.jsonl", "validation.jsonl"]


def test_evidence_is_tied_by_the_digest_of_the_manifest_whatever_its_name():
    held = section(
        with_pieces(on_data(50, "deduplication-report.v1", name="other", manifest_digest=DIGEST)), "deduplication"
    )
    assert [one.tie for one in held.told] == [data_card.BOUND]
    assert held.status is data_card.SHOWN
    assert facts(held.told[0])["Rows before"] == "4,210"


def test_a_tool_that_took_no_digest_is_tied_by_name_only_and_it_is_said():
    held = section(with_pieces(on_data(50, "data-quality.v1", manifest_digest=None)), "quality")
    assert [one.tie for one in held.told] == [data_card.NAMED]


def test_evidence_of_another_state_of_the_data_is_named_and_not_quoted(templates):
    case = with_pieces(on_data(50, "rights-reservation-check.v1", manifest_digest=OLD))
    held = section(case, "rights")
    assert (held.status, held.told, len(held.others)) == (data_card.MISSING, (), 1)
    assert "of another state of the data" in render("data-card.html", case, templates).decode()


def test_a_binding_of_the_subject_counts_where_the_body_names_no_digest():
    scan = on_data(50, "personal-data-scan.v1", digest=DIGEST, manifest_digest=None, name="texts searched")
    held = section(with_pieces(scan), "personal-data")
    assert [one.tie for one in held.told] == [data_card.BOUND]


def test_what_names_no_data_set_stands_apart_and_answers_nothing():
    case = with_pieces(on_data(50, "personal-data-scan.v1", name="texts searched: out.json", manifest_digest=None))
    stray = replace_name(case, "texts searched: out.json")
    assert section(stray, "personal-data").status is data_card.MISSING
    assert [one.tie for one in view_of(stray).loose] == [data_card.LOOSE]


def replace_name(case, name):
    """The case with bodies of scans that hold no name, as the scanning tool writes them."""
    pieces = tuple(
        piece.model_copy(update={"body": {key: value for key, value in piece.body.items() if key != "name"}})
        if piece.record.subject.name == name
        else piece
        for piece in case.dossier.pieces
    )
    return replace(case, dossier=replace(case.dossier, pieces=pieces))


def test_terms_of_a_supplier_of_models_are_no_evidence_on_data():
    supplier = Subject(type=SubjectType.DOCUMENT, name="Terms of the supplier")
    piece = found.piece(
        50, "terms-snapshot.v1", supplier, next(iter(KINDS["terms-snapshot.v1"].examples.holds.values()))
    )
    assert view_of(with_pieces(piece)).loose == ()


def test_the_newest_of_each_tool_stands_and_the_older_ones_are_counted():
    case = with_pieces(
        on_data(50, "contamination-report.v1", days_ago=9, rows=1),
        on_data(51, "contamination-report.v1", days_ago=3, rows=2),
        on_data(52, "contamination-report.v1", tool={"name": "another", "version": None}, rows=3),
    )
    told = section(case, "contamination").told
    assert [(facts(one)["Rows searched"], one.earlier) for one in told] == [("3", 0), ("2", 1)]


def test_an_older_report_tied_by_digest_stands_before_a_newer_one_tied_by_name():
    case = with_pieces(
        on_data(50, "deduplication-report.v1", days_ago=9, rows_before=1),
        on_data(51, "deduplication-report.v1", days_ago=3, rows_before=2, manifest_digest=None),
    )
    assert facts(section(case, "deduplication").told[0])["Rows before"] == "1"


def test_an_agreement_is_what_people_vouch_for_and_keeps_its_noes():
    held = section(with_pieces(on_data(50, "data-agreement.v1")), "agreements")
    assert held.status is data_card.ATTESTED
    told = facts(held.told[0])
    assert (told["Allows training"], told["Allows giving the model to others"]) == ("yes", "no")


def test_an_agreement_without_a_last_day_says_nothing_of_keeping_the_data():
    assert section(with_pieces(on_data(50, "data-agreement.v1", ends=None)), "retention").status is data_card.MISSING
    assert section(with_pieces(on_data(50, "data-agreement.v1")), "retention").status is data_card.ATTESTED


def test_people_may_attest_that_something_is_in_place_or_that_it_is_not():
    assert section(with_pieces(about("data-retention")), "retention").status is data_card.ATTESTED
    assert section(with_pieces(about("data-retention", in_place=False)), "retention").status is data_card.DENIED


def test_what_only_its_own_card_tells_is_not_shown_by_evidence(full):
    assert section(full, "origin").status is data_card.IN_CARD
    assert section(full, "limitations").status is data_card.MISSING


def test_a_question_nobody_answered_is_counted_once_and_says_what_would_answer_it(full):
    references = References(full)
    (data,) = data_card.build(full, references).sets
    missing = [one for one in data.sections if one.status is data_card.MISSING]
    assert missing
    assert all(references.not_evidenced.count(str(one.title)) == 1 for one in missing)
    assert all(one.to_add for one in missing)
    assert sum(number for _, number in data.counts) == len(data.sections) == len(data_card.ASKED)


def test_a_report_without_a_single_figure_shows_nothing():
    blank = found.piece(
        50,
        "deduplication-report.v1",
        Subject(type=SubjectType.DATA_SET, name=NAME),
        {"name": NAME, "manifest_digest": DIGEST},
    )
    assert section(with_pieces(blank), "deduplication").status is data_card.MISSING


def test_every_field_a_kind_requires_is_told_or_is_of_no_use_to_a_reader():
    case = with_pieces()
    for kind in data_card.KINDS:
        tells = [tell for asked in data_card.ASKED for name, tell in asked.kinds.items() if name == kind]
        references = References(case)
        piece = on_data(50, kind)
        references.case.dossier.by_id[piece.id] = piece
        for tell in tells:
            made, _ = tell(references, piece)
            assert all(fact.label for fact in made)
        pointers = {source.pointer.split("/")[1] for claim in references.claims for source in claim.sources}
        left = set(KINDS[kind].body["required"]) - pointers
        told_elsewhere = {"name", "manifest_digest", "document", "snapshots_sha256", "threshold"}
        empty = {name for name in left if piece.body.get(name) in (None, [], {})}
        optional = {"shingle", "permutations", "seed", "normalise", "ngram", "suite", "conditions"}
        assert left - told_elsewhere - empty <= optional, (kind, left)


def test_long_lists_are_cut_and_the_rest_is_counted():
    files = [{"path": f"part-{n}.jsonl", "size": n, "sha256": OLD} for n in range(40)]
    manifest = found.piece(
        3, "dataset-manifest.v1", Subject(type=SubjectType.DATA_SET, name=NAME), {**found.DATA, "files": files}
    )
    case = cases.full(pieces=(*found.pieces()[:2], manifest))
    (data,) = view_of(case).sets
    assert (len(data.files.rows), data.files.left_out) == (data_card_told.ROWS, 40 - data_card_told.ROWS)


def test_every_data_set_has_its_own_part_and_evidence_stays_with_its_own():
    other = {**found.DATA, "name": "second", "manifest_digest": OLD}
    manifest = found.piece(
        51, "dataset-manifest.v1", Subject(type=SubjectType.DATA_SET, name="second", digest=OLD), other
    )
    view = view_of(with_pieces(manifest, on_data(50, "deduplication-report.v1", name="second", manifest_digest=OLD)))
    statuses = {
        data.name: next(one.status for one in data.sections if one.id.endswith("-deduplication")) for data in view.sets
    }
    assert statuses == {NAME: data_card.MISSING, "second": data_card.SHOWN}
    assert view.head is None
    assert len({one.id for data in view.sets for one in data.sections}) == 2 * len(data_card.ASKED)


def test_the_hub_reads_the_head_of_a_single_data_set(templates, full):
    data = DatasetCard(render("data-card.md", full, templates).decode()).data
    assert isinstance(data, DatasetCardData)
    assert (data.license, data.language, data.pretty_name) == ("cc-by-4.0", ["en", "de"], NAME)
    assert (data.size_categories, data.source_datasets, data.task_categories) == (
        ["n<1K"],
        ["original"],
        ["question-answering"],
    )
    assert DatasetCardData(**data.to_dict()).to_yaml() == data.to_yaml()


def test_what_the_hub_would_misread_is_left_out_of_the_head():
    changed = {
        **found.DATA,
        "licence": {"id": "Press Licence 4", "name": None, "link": "ftp://x", "known": False},
        "languages": ["English", "DE"],
        "size_categories": ["small"],
        "source_datasets": ["the web", "extended|squad"],
        "annotations_creators": ["my aunt", "crowdsourced"],
        "task_categories": ["Answering questions!"],
    }
    piece = found.piece(3, "dataset-manifest.v1", Subject(type=SubjectType.DATA_SET, name=NAME), changed)
    assert data_card_head.head(piece).fields == {
        "pretty_name": NAME,
        "license": "other",
        "license_name": "press-licence-4",
        "language": ["de"],
        "annotations_creators": ["crowdsourced"],
        "source_datasets": ["extended|squad"],
        "tags": ["governance-evidence"],
    }


def test_every_link_of_the_card_has_its_target_and_every_figure_its_claim(templates):
    case = with_pieces(*(on_data(60 + n, kind) for n, kind in enumerate(data_card.KINDS)))
    renderer = Renderer(case, templates)
    page = renderer.render("data-card.html").decode()
    assert set(re.findall(r'href="#([^"]+)"', page)) <= set(re.findall(r' id="([^"]+)"', page))
    known = {claim["id"]: claim["text"] for claim in json.loads(renderer.twin("data-card.html"))["claims"]}
    read = figures_of(page)
    assert read.printed
    assert read.loose == 0
    assert all(known[claim] == value for claim, _, value in read.printed)


def test_every_claim_of_the_card_can_be_written_again_from_its_evidence():
    case = with_pieces(*(on_data(60 + n, kind) for n, kind in enumerate(data_card.KINDS)))
    references = References(case)
    data_card.build(case, references)
    bodies = {piece.id: piece.body for piece in case.dossier.pieces}
    assert all(written(claim, bodies.__getitem__)[0] == claim.text for claim in references.claims)


@pytest.mark.parametrize(
    "view",
    [one for one in vars(data_card_views).values() if dataclasses.is_dataclass(one)],
    ids=lambda one: one.__name__,
)
def test_each_name_a_template_may_use_is_documented_and_frozen(view):
    assert view.__dataclass_params__.frozen
    assert {field.name for field in dataclasses.fields(view)} <= set(re.findall(r"`([a-z_]+)`", view.__doc__))

"""Documents in a pack: whoever holds the ledger's key can sign a changed page, and no page can be changed that way without being told."""

from __future__ import annotations

import io
import json
import re
import zipfile

import pytest

from governance.packs.verify import verify
from governance.verifier.pack import verify as verify_light
from tests.packs.mutations import problems

CARD = "documents/model-card.html"
TWIN = "documents/model-card.twin.json"
FIGURE = re.compile(rb'<data value="([0-9.]+)" data-claim="([a-z0-9]+)"[^>]*>([0-9.]+)</data>')


def test_a_pack_says_how_many_figures_were_written_again_and_files_rendered_again(altered):
    report = verify(altered({}))
    assert report.ok, report.problems
    assert re.match(r"ok: [0-9,]+ figures of [0-9]+ documents written again", report.lines["DOCUMENTS"])
    assert "files rendered again, the same" in report.lines["DOCUMENTS"]


def test_the_light_verifier_writes_figures_again_and_renders_nothing(altered):
    report = verify_light(altered({}))
    assert report.ok
    assert "written again" in report.lines["DOCUMENTS"]
    assert "rendered" not in report.lines["DOCUMENTS"]


def test_a_figure_changed_on_the_page_is_named_with_what_its_twin_says(altered, parts):
    found = FIGURE.search(parts[CARD])
    forged = found[0].replace(b">" + found[3] + b"<", b">0.99<")
    for check in (verify, verify_light):
        report = check(altered({CARD: parts[CARD].replace(found[0], forged, 1)}))
        assert report.exit_code == 4
        assert any(f"twin says '{found[1].decode()}'" in said for said in problems(report, CARD))


def test_a_figure_changed_on_the_page_and_in_its_twin_is_named_with_what_its_evidence_comes_to(altered, parts):
    found = FIGURE.search(parts[CARD])
    forged = found[0].replace(b">" + found[3] + b"<", b">0.99<").replace(b'value="' + found[1], b'value="0.99')
    twin = json.loads(parts[TWIN])
    claim = next(each for each in twin["claims"] if each["id"] == found[2].decode())
    claim["text"] = "0.99"
    changes = {CARD: parts[CARD].replace(found[0], forged, 1), TWIN: json.dumps(twin).encode()}
    report = verify_light(altered(changes))
    assert report.exit_code == 4
    assert any("says '0.99'" in said and "its evidence comes to" in said for said in problems(report, TWIN))


@pytest.mark.parametrize("field", ["sources", "way", "form"])
def test_a_claim_that_is_led_elsewhere_is_found(altered, parts, field):
    twin = json.loads(parts[TWIN])
    claim = next(each for each in twin["claims"] if each["way"] == "value" and each.get("rounding"))
    if field == "sources":
        claim["sources"][0]["of"] = "ev-" + "0" * 20
    else:
        claim[field] = {"way": "length", "form": "duration"}[field]
    report = verify_light(altered({TWIN: json.dumps(twin).encode()}))
    assert report.exit_code == 4
    assert problems(report, TWIN)


def test_a_figure_without_a_claim_is_found(altered, parts):
    page = parts[CARD].replace(b"</main>", b'<p><span class="fact">0.999</span></p></main>')
    assert problems(verify_light(altered({CARD: page})), CARD) == ["prints 1 figures that name no claim"]


@pytest.mark.parametrize(
    "forge",
    [
        lambda text: text.replace(b".", b""), lambda text: text.replace(b".", b"x"), lambda text: text + b" and falling by 9",
        lambda text: text.replace(b".", b","),
    ],
)  # fmt: skip
def test_a_figure_with_another_mark_none_or_more_behind_it_is_found(altered, parts, forge):
    found = next(each for each in FIGURE.finditer(parts[CARD]) if b"." in each[3])
    page = parts[CARD].replace(found[0], found[0].replace(b">" + found[3] + b"<", b">" + forge(found[3]) + b"<"), 1)
    assert page != parts[CARD]
    assert problems(verify_light(altered({CARD: page})), CARD)


def test_the_marks_of_a_language_are_no_forgery(documented, tmp_path):
    documented.pack("elm-desk", tmp_path / "de.zip", pdf=False, wish={"language": "de"})
    assert verify_light(tmp_path / "de.zip").ok
    assert verify(tmp_path / "de.zip").ok


def test_more_beside_a_figure_inside_its_mark_is_found(altered, parts):
    found = FIGURE.search(parts[CARD])
    page = parts[CARD].replace(found[0], found[0] + b"99 %", 1)
    assert problems(verify_light(altered({CARD: page})), CARD) == [
        "prints 1 times something beside a figure inside its mark"
    ]


@pytest.mark.parametrize(
    "change",
    [{"unit": "9 and falling"}, {"way": "words", "pattern": "{} of 99"}, {"way": "choice", "choices": {"x": "0.999"}}],
)
def test_a_claim_that_brings_a_number_of_its_own_is_none(altered, parts, change):
    twin = json.loads(parts[TWIN])
    next(each for each in twin["claims"] if each["way"] == "value").update(change)
    said = problems(verify_light(altered({TWIN: json.dumps(twin).encode()})), TWIN)
    assert any("says a number that does not stand in its source" in each for each in said)


def test_the_light_verifier_says_that_it_holds_figures_alone(altered, parts):
    page = parts[CARD].replace(b"</main>", b"<p><b>Accuracy 99.9 %</b></p></main>")
    assert "what is no figure was not held" in verify_light(altered({CARD: page})).lines["DOCUMENTS"]
    assert "was not held" not in verify(altered({})).lines["DOCUMENTS"]
    assert not verify(altered({CARD: page})).ok


def test_a_figure_that_names_a_claim_nobody_made_is_found(altered, parts):
    page = parts[CARD].replace(b"</main>", b'<p><data value="1" data-claim="c9999">1</data></p></main>')
    assert "which its twin does not hold" in problems(verify_light(altered({CARD: page})), CARD)[0]


def test_a_word_changed_on_a_page_is_found_by_rendering_it_again(altered, parts):
    page = parts[CARD].replace(b"not evidenced", b"as it should be", 1)
    assert verify_light(altered({CARD: page})).ok
    report = verify(altered({CARD: page}))
    assert report.exit_code == 4
    assert problems(report, CARD) == ["is not the document that this content makes of this case"]


@pytest.mark.parametrize(
    "name", ["documents/model-card.md", "documents/risk-register.csv", "documents/audit-report.html"]
)
def test_every_other_document_is_held_against_what_is_rendered_again(altered, parts, name):
    report = verify(altered({name: parts[name] + b"\n"}))
    assert problems(report, name) == ["is not the document that this content makes of this case"]


def test_a_workbook_with_another_number_in_a_cell_is_found(altered, parts):
    name = next(each for each in parts if each.endswith("risk-register.xlsx"))
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(parts[name])) as book, zipfile.ZipFile(out, "w") as again:
        for each in book.infolist():
            data = book.read(each)
            if each.filename == "xl/worksheets/sheet2.xml":
                data = re.sub(rb"<v>([0-9]+)</v>", b"<v>1</v>", data)
            again.writestr(each, data)
    assert problems(verify(altered({name: out.getvalue()})), name)


def test_pages_whose_twins_were_taken_out_are_rendered_again_all_the_same(altered, parts):
    twins = {name: None for name in parts if name.endswith(".twin.json")}
    assert verify_light(altered(twins)).lines["DOCUMENTS"].startswith("not evaluated")
    forged = twins | {CARD: parts[CARD].replace(b"not evidenced", b"as it should be", 1)}
    assert problems(verify(altered(forged)), CARD) == ["is not the document that this content makes of this case"]


def test_a_document_nobody_makes_is_found(altered):
    report = verify(altered({"documents/certificate.html": b"<h1>Certified</h1>"}))
    assert "has no twin beside it" in problems(report, "documents/certificate.html")[0]


def test_a_twin_of_another_pack_is_found(altered, parts):
    twin = json.loads(parts[TWIN]) | {"pack": "pack-" + "0" * 20}
    report = verify_light(altered({TWIN: json.dumps(twin, ensure_ascii=False, indent=1).encode()}))
    assert "says that it belongs to" in problems(report, TWIN)[0]


@pytest.mark.parametrize("data", [b"", b"[]", b"{}", b'{"schema":"document-twin.v1","claims":{}}', b"\xff"])
def test_a_twin_that_is_none_is_a_problem_and_no_crash(altered, data):
    report = verify_light(altered({TWIN: data}))
    assert report.exit_code == 4
    assert problems(report, TWIN)

"""Documents in a pack: whoever holds the ledger's key can sign a changed page, and no page can be changed that way without being told."""

from __future__ import annotations

import io
import json
import re
import zipfile

import pytest

from governance.errors import ContentError
from governance.packs.verify import verify
from governance.verifier.pack import verify as verify_light
from governance.workspace import Workspace
from tests.packs.mutations import problems

pytestmark = pytest.mark.usefixtures("made_once")

CARD = "documents/model-card.html"
TWIN = "documents/model-card.twin.json"
FIGURE = re.compile(rb'<data value="([0-9.]+)" data-claim="([a-z0-9]+)"[^>]*>([0-9.]+)</data>')

FIGURE_CUT = re.compile(rb'<data value="([0-9]+\.[0-9]+)" data-claim="([a-z0-9]+)"[^>]*>([0-9.]+)</data>')
"""A figure with decimals."""


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


def test_a_figure_that_names_a_claim_nobody_made_is_found(altered, parts):
    page = parts[CARD].replace(b"</main>", b'<p><data value="1" data-claim="c9999">1</data></p></main>')
    assert "which its twin does not hold" in problems(verify_light(altered({CARD: page})), CARD)[0]


def with_claim(parts, claim_id, **changes):
    """The twin with one claim changed."""
    twin = json.loads(parts[TWIN])
    next(each for each in twin["claims"] if each["id"] == claim_id).update(changes)
    return json.dumps(twin).encode()


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        (lambda shown: shown.replace(b".", b""), "where its twin says"),
        (lambda shown: shown.replace(b".", b","), "where its twin says"),
        (lambda shown: shown[:1] + b" " + shown[1:], "where its twin says"),
        (lambda shown: b"&minus;" + shown, "where its twin says"),
        (lambda shown: shown + b"</data>99 %<data>", "otherwise than as one figure"),
    ],
)
def test_a_figure_is_held_to_the_letter_with_its_marks(altered, parts, wanted, said):
    found = FIGURE_CUT.search(parts[CARD])
    forged = found[0].replace(b">" + found[3] + b"<", b">" + wanted(found[3]) + b"<")
    report = verify_light(altered({CARD: parts[CARD].replace(found[0], forged, 1)}))
    assert report.exit_code == 4
    assert any(said in each and f"({found[2].decode()})" in each for each in problems(report, CARD))


def test_a_unit_or_a_choice_that_brings_a_number_of_its_own_is_refused(altered, parts):
    found = FIGURE_CUT.search(parts[CARD])
    claim_id = found[2].decode()
    page = parts[CARD].replace(found[0], found[0].replace(b"</data>", b" 9 and falling</data>"), 1)
    report = verify_light(altered({CARD: page, TWIN: with_claim(parts, claim_id, unit="9 and falling")}))
    assert any(
        "the unit '9 and falling' holds a number" in said and f"({claim_id})" in said for said in problems(report, TWIN)
    )
    forged = found[0].replace(found[1], b"0.999")
    changes = {"way": "choice", "choices": {"1.838287925720215": "0.999"}, "text": "0.999"}
    page = parts[CARD].replace(found[0], forged, 1)
    report = verify_light(altered({CARD: page, TWIN: with_claim(parts, claim_id, **changes)}))
    assert any("a choice holds a number" in said and f"({claim_id})" in said for said in problems(report, TWIN))


def test_a_figure_under_the_claim_of_another_is_found(altered, parts):
    found = FIGURE_CUT.search(parts[CARD])
    other = next(each["id"] for each in json.loads(parts[TWIN])["claims"] if each["text"] != found[1].decode())
    page = parts[CARD].replace(found[0], found[0].replace(b'"' + found[2] + b'"', b'"' + other.encode() + b'"'), 1)
    assert f"({other})" in problems(verify_light(altered({CARD: page})), CARD)[0]


def test_what_the_light_verifier_did_not_hold_is_said_until_it_was_rendered_again(altered, parts):
    page = parts[CARD].replace(b"</main>", b"<p><b>Accuracy 99.9 %</b></p></main>")
    assert (
        verify_light(altered({CARD: page}))
        .lines["DOCUMENTS"]
        .endswith("; not held here: words, drawings, and what is no HTML")
    )
    assert "not held here" not in verify(altered({})).lines["DOCUMENTS"]
    assert problems(verify(altered({CARD: page})), CARD) == ["is not the document that this content makes of this case"]


@pytest.mark.parametrize("marks", [{"point": ",", "group": "."}, {"point": "9", "group": ","}, {"point": "."}, [], "x"])
def test_a_twin_in_english_has_the_marks_of_english(altered, parts, marks):
    twin = json.loads(parts[TWIN]) | {"marks": marks}
    report = verify_light(altered({TWIN: json.dumps(twin).encode()}))
    assert any("says that 'en' writes numbers with" in said for said in problems(report, TWIN))


def test_figures_in_another_language_are_held_with_its_marks_which_the_report_shows(documented, tmp_path):
    out = tmp_path / "pack.zip"
    documented.pack("elm-desk", out, pdf=False, wish={"language": "de"})
    report = verify_light(out)
    assert report.ok, report.problems
    assert "; numbers as in de: 1.234,5" in report.lines["DOCUMENTS"]
    assert verify(out).ok


@pytest.mark.parametrize("page", ["<p>9{}</p>", "<p>{}%</p>", "{}<script>1</script>"])
def test_a_template_whose_words_run_into_a_figure_makes_no_pack(documented, tmp_path, page):
    text = "{# ---\ndocument: own.html\ntitle: Own\nfor: a test\nview: risk-register\n--- #}\n" + page.replace(
        "{}", '{{ claim("training-run.v1", "/steps") }}'.replace("}}", "| bare }}")
    )
    place = documented.root / "templates" / "own.html.j2"
    place.parent.mkdir(exist_ok=True)
    place.write_text(text)
    try:
        with pytest.raises(ContentError, match=r"own\.html: (prints|holds)"):
            Workspace(documented.root).pack("elm-desk", tmp_path / "pack.zip", pdf=False)
    finally:
        place.unlink()


def test_a_page_by_another_ending_has_no_twin(altered):
    report = verify_light(altered({"documents/certificate.HTM": b"<h1>Certified</h1>"}))
    assert "has no twin beside it" in problems(report, "documents/certificate.HTM")[0]


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

"""The hostile case: whatever a stranger wrote into evidence shows, and does nothing, in any of the documents."""

from __future__ import annotations

import csv
import io
from html.parser import HTMLParser

import pytest
import yaml
from huggingface_hub import ModelCard
from markdown_it import MarkdownIt

from governance.reports.writing.render import render
from tests.reports import hostile as attack

HTML = ("model-card.html", "data-card.html", "audit-report.html", "risk-register.html", "impact-assessment.html")
TAGS = {
    "html",
    "head",
    "meta",
    "title",
    "style",
    "body",
    "header",
    "main",
    "footer",
    "section",
    "nav",
    "div",
    "p",
    "data",
    "details",
    "summary",
    "g",
    "defs",
    "path",
    "text",
    "use",
    "pattern",
    "clippath",
    "span",
    "h1",
    "h2",
    "h3",
    "h4",
    "ul",
    "ol",
    "li",
    "table",
    "caption",
    "thead",
    "tbody",
    "tr",
    "th",
    "td",
    "b",
    "br",
    "code",
    "a",
    "figure",
    "figcaption",
    "svg",
    "rect",
    "polyline",
    "circle",
}
VOID = {"meta", "br", "rect", "polyline", "circle"}


class Reader(HTMLParser):
    """Collects tags and attributes, and whether every element is closed where it was opened."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: list[tuple[str, str, str]] = []
        self.open: list[str] = []
        self.heads: list[dict[str, str | None]] = []

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.attributes += [(tag, name, value or "") for name, value in attrs]
        if tag == "th":
            self.heads.append(dict(attrs))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def read(text: str) -> Reader:
    reader = Reader()
    reader.feed(text)
    reader.close()
    assert reader.open == []
    return reader


@pytest.fixture(scope="module")
def hostile():
    return attack.hostile()


@pytest.mark.parametrize("name", HTML)
def test_html_is_well_formed_and_holds_only_our_tags_and_no_address(templates, any_case, name):
    reader = read(render(name, any_case, templates).decode())
    assert reader.tags <= TAGS
    for tag, attribute, value in reader.attributes:
        assert not attribute.startswith("on"), (tag, attribute)
        assert attribute not in {"src", "srcset", "data", "action", "formaction", "background", "poster"}
        if attribute == "href":
            assert value.startswith("#")
    assert all(head.get("scope") in {"col", "row", "rowgroup"} for head in reader.heads)


@pytest.mark.parametrize("name", HTML)
def test_a_template_in_evidence_stays_text(templates, hostile, name):
    text = render(name, hostile, templates).decode()
    assert "{{ 7*7 }}" in text
    assert "{{ cycler.__init__.__globals__ }}" in text
    assert "[U+202E]txt.exe" in text
    assert "\u202e" not in text


def test_no_string_breaks_out_of_the_yaml_head(templates, hostile):
    text = render("model-card.md", hostile, templates).decode()
    head, _, body = text.removeprefix("---\n").partition("\n---\n")
    fields = yaml.safe_load(head)
    assert set(fields) == {"language", "license", "license_name", "library_name", "pipeline_tag", "tags", "model-index"}
    assert fields["license"] == "other"
    assert fields["tags"] == ["governance-evidence"]
    assert "evil" not in fields["tags"]
    assert body.startswith("\n# Elm a\\|b")
    assert ModelCard(text).data.eval_results[0].metric_value == 0.5


def test_no_string_breaks_out_of_markdown(templates, hostile):
    text = render("model-card.md", hostile, templates).decode()
    body = text.partition("\n---\n")[2]
    made = MarkdownIt("commonmark", {"html": True}).enable("table").render(body)
    tokens = MarkdownIt("commonmark", {"html": True}).enable("table").parse(body)
    headings = [
        tokens[place + 1].content
        for place, token in enumerate(tokens)
        if token.type == "heading_open" and token.tag == "h2"
    ]
    assert headings == [
        "Model details",
        "Intended use",
        "Factors",
        "Metrics",
        "Evaluation data",
        "Training data",
        "Quantitative analyses",
        "Ethical considerations",
        "Bias",
        "Safety and security",
        "Privacy",
        "Explainability",
        "Caveats and recommendations",
        "How to verify this card",
        "Evidence index",
    ]
    for evil in ("<script", "<img", "<em>i", "<h1>Evil", 'href="javascript', 'href="http', "<del"):
        assert evil not in made
    assert not any(token.type in {"html_block", "fence", "code_block"} for token in tokens)
    inline = [child for token in tokens if token.type == "inline" for child in token.children or ()]
    assert all(child.content.startswith(("<a id=", "</a>")) for child in inline if child.type == "html_inline")
    assert "Evil heading" in made


def test_every_table_row_of_the_card_has_as_many_cells_as_its_head(templates, hostile):
    body = render("model-card.md", hostile, templates).decode().partition("\n---\n")[2]
    tokens = MarkdownIt("commonmark").enable("table").parse(body)
    rows = [token for token in tokens if token.type == "tr_open"]
    lines = [line for line in body.splitlines() if line.startswith("|")]
    assert len(lines) == len(rows) + sum(token.type == "thead_open" for token in tokens)


@pytest.mark.parametrize("name", ["risk-register.csv", "evidence-index.csv"])
def test_no_cell_of_a_csv_file_is_a_formula_and_nothing_is_cut(templates, hostile, name):
    data = render(name, hostile, templates)
    assert data.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))
    assert len({len(row) for row in rows}) == 1
    cells = [cell for row in rows for cell in row]
    assert not any(cell.lstrip().startswith(("=", "+", "-", "@", "\t", "\r")) for cell in cells)
    assert any("Evil heading" in cell and cell.rstrip().endswith("| x | y |") for cell in cells)


def test_the_csv_register_holds_every_risk_with_its_numbers(templates, full):
    rows = list(
        csv.DictReader(io.StringIO(render("risk-register.csv", full, templates).decode("utf-8-sig"), newline=""))
    )
    assert [(row["key"], row["risk"], row["residual_score"]) for row in rows[:3]] == [
        ("R1", "safety-lost-in-tuning", "20"),
        ("R2", "hallucination", "12"),
        ("R3", "harmful-bias", "12"),
    ]
    assert len(rows) == 7
    assert {row["owner_from"] for row in rows} == {"system file", "usual role in the library"}


def test_no_document_of_ours_says_compliant(templates, full):
    for name in ("model-card.md", *HTML):
        assert "complian" not in render(name, full, templates).decode().lower()

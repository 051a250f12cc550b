"""Templates: what they may name, what they may not do, and how a workspace brings its own."""

from __future__ import annotations

import dataclasses
import re

import pytest

from governance.errors import ContentError, UsageError
from governance.reports.atoms import decided as decided_views
from governance.reports.atoms import views
from governance.reports.audit import views as audit_views
from governance.reports.data_card import views as data_card_views
from governance.reports.management import profile_views, rollup_views, statement_views
from governance.reports.outline import views as outline_views
from governance.reports.writing.front_matter import OUTLINE
from governance.reports.writing.render import DIFF, ROLL_UP, VIEWS, documents, offered, render
from tests.reports import cases, hostile

OURS = {
    "audit-report.html",
    "candidate-diff.html",
    "data-card.html",
    "data-card.md",
    "eu-ai-act-annex-iv.html",
    "eu-ai-act-annex-xi.html",
    "impact-assessment.html",
    "management-review.html",
    "management-roll-up.html",
    "model-card.html",
    "model-card.md",
    "nist-ai-rmf-profile.html",
    "risk-register.html",
    "statement-of-applicability.html",
    "training-content-summary.html",
}
DATA = {
    "about.csv",
    "control-evidence.csv",
    "controls.csv",
    "decisions.csv",
    "evidence-index.csv",
    "requirements.csv",
    "risk-register.csv",
}
VIEW_CLASSES = [
    value
    for module in (
        views,
        audit_views,
        data_card_views,
        decided_views,
        outline_views,
        profile_views,
        rollup_views,
        statement_views,
    )
    for value in vars(module).values()
    if dataclasses.is_dataclass(value) and value.__module__ == module.__name__
]


def own(body: str, *, document: str = "own.html", view: str = "risk-register") -> dict[str, str]:
    head = f"{{# ---\ndocument: {document}\ntitle: Own\nfor: a test\nview: {view}\n--- #}}\n"
    return {"own.html.j2": head + body}


def test_the_documents_come_from_the_front_matter_of_the_templates(templates):
    assert set(documents(templates)) == OURS | DATA
    assert set(documents({})) == DATA
    assert documents(templates)["audit-report.html"].reader


def test_every_document_renders_for_every_case_with_strict_names(templates, any_case):
    for name in offered(any_case, templates):
        assert render(name, any_case, templates)


def test_a_statement_is_made_only_where_the_standard_is_in_scope(templates):
    assert "statement-of-applicability.html" in offered(cases.bare(), templates)
    assert "statement-of-applicability.html" not in offered(cases.empty(), templates)


def test_the_same_case_gives_the_same_bytes(templates):
    for name in offered(cases.full(), templates):
        assert render(name, cases.full(), templates) == render(name, cases.full(), dict(reversed(templates.items())))


def test_a_name_nothing_makes_is_refused_and_the_names_there_are_are_listed(templates, full):
    with pytest.raises(UsageError, match=r"audit-report\.html"):
        render("audit-raport.html", full, templates)


def test_a_workspace_replaces_a_template_by_its_name(templates, full):
    mine = {
        **templates,
        "risk-register.html.j2": own("{{ view.register.total }} risks", document="risk-register.html")["own.html.j2"],
    }
    assert render("risk-register.html", full, mine) == b"7 risks"


def test_a_new_template_makes_a_new_document(templates, full):
    mine = {**templates, **own("{{ view.frame.system }}", document="board-page.html", view="audit-report")}
    assert render("board-page.html", full, mine) == b"Elm Desk assistant"


def test_a_name_that_does_not_exist_is_an_error_and_not_a_blank(full):
    for body in (
        "{{ view.frame.sytem }}",
        "{{ vew }}",
        "{% if view.nothing %}{% endif %}",
        "{% for r in view.rows %}{% endfor %}",
    ):
        with pytest.raises(ContentError, match=r"own\.html\.j2"):
            render("own.html", full, own(body))


@pytest.mark.parametrize(
    "body",
    [
        "{{ view.__class__.__mro__ }}",
        "{{ ''.__class__ }}",
        "{{ view.frame.system.format.__globals__ }}",
        "{{ cycler.__init__.__globals__.os.popen('id').read() }}",
        "{{ view.frame.system | safe }}",
        "{{ 'a' ~ view.frame.system }}",
        "{{ lipsum() }}",
        "{{ [1, 2] | random }}",
        "{% include 'other.j2' %}",
        "{{ view.frame }}",
        "{{ view.frame",
    ],
)
def test_a_template_can_not_reach_out_of_the_sandbox_or_around_the_escape(full, body):
    with pytest.raises(ContentError):
        render("own.html", full, own(body))


@pytest.mark.parametrize(
    "body",
    [
        "{% autoescape false %}{{ view.frame.system }}{% endautoescape %}",
        "{{ view.frame.system | e }}",
        "{{ [view.frame.system] | join(view.frame.system) }}",
    ],
)
def test_escaping_can_not_be_switched_off(body):
    made = render("own.html", hostile.hostile(), own(body)).decode()
    assert "<script" not in made
    assert "&lt;script" in made


def test_front_matter_that_breaks_the_rules_is_refused(full):
    good = own("x")["own.html.j2"]
    wrong = [
        "no front matter",
        good.replace("for: a test\n", ""),
        good.replace("for: a test", "for: a test\nmore: 1"),
        good.replace("risk-register", "no-such-view"),
        good.replace("own.html", "../own.html"),
        good.replace("own.html", "own.exe"),
        good.replace("title: Own", "title: [Own]"),
        good.replace("title: Own", "title: &a Own"),
    ]
    for text in wrong:
        with pytest.raises(ContentError, match=r"own\.html\.j2"):
            documents({"own.html.j2": text})


def test_two_templates_for_one_document_are_refused():
    twice = {"a.html.j2": own("")["own.html.j2"], "b.html.j2": own("")["own.html.j2"]}
    with pytest.raises(ContentError, match=r"own\.html"):
        documents(twice)


@pytest.mark.parametrize("view", VIEW_CLASSES, ids=lambda view: view.__name__)
def test_each_name_a_template_may_use_is_documented_and_frozen(view):
    assert view.__dataclass_params__.frozen
    told = set(re.findall(r"`([a-z_]+)`", view.__doc__))
    assert {field.name for field in dataclasses.fields(view)} <= told


def test_our_templates_name_every_field_a_view_offers_or_it_is_for_others(templates):
    """No view field is dead: somewhere a template of ours names it."""
    text = "\n".join(templates.values())
    named = set(re.findall(r"\.([a-z_]+)", text))
    spare = {"fields", "texts", "by", "ask", "unit", "rounding", "cites", "key", "anchor", "tone", "icon", "word"}
    for view in VIEW_CLASSES:
        unused = (
            {field.name for field in dataclasses.fields(view)}
            - named
            - spare
            - KEPT_FOR_OTHERS.get(view.__name__, set())
        )
        assert not unused, (view.__name__, unused)


KEPT_FOR_OTHERS = {
    "Phrase": {"message", "values"},
    "Fact": {"claim", "numeric", "why"},
    "OutlineView": {"id", "title"},
    "CoverageRow": {"met_claim", "total_claim"},
    "Frame": {"root_short"},
    "EvidenceRow": {"kind_title", "bound_by", "digest", "sources"},
    "RiskRow": {"id", "appetite", "inherent_score", "residual_score"},
    "AuditView": {"top_risks"},
    "SignOff": {"id"},
}


def test_every_view_has_a_template(templates):
    made = {document.view for document in documents(templates).values() if document.template}
    assert made == {*VIEWS, OUTLINE, ROLL_UP, DIFF}

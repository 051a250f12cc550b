"""What every document says of decisions: what is relaxed, what became of each, who holds which duty, at which checkpoint."""

from __future__ import annotations

import dataclasses
import html
import io
import re
import zipfile
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from governance.assurance import approvals, decided
from governance.domain.approval import State
from governance.domain.decision import ApprovalCondition, DecisionKind, Dissent, Scope
from governance.domain.short_form import read_short_form
from governance.proofs import ed25519
from governance.reports.atoms import words
from governance.reports.paper import pdf
from governance.reports.tabular import workbook
from governance.reports.writing.render import render
from governance.signing import keys
from governance.verifier.command import parser
from tests.conftest import RECORDED

if TYPE_CHECKING:
    from pathlib import Path

    from governance.domain.case import Case
    from governance.workspace import Workspace
    from tests.conftest import Clock

PRINTED = (
    "audit-report.html",
    "model-card.html",
    "model-card.md",
    "risk-register.html",
    "statement-of-applicability.html",
)
QUIET = "No exception, waiver or accepted risk is running."
WAIVED = "human-oversight-designed"


class Desk:
    """A workspace with people, whose decisions go on record one after another."""

    def __init__(self, workspace: Workspace, clock: Clock) -> None:
        self.workspace, self.clock = workspace, clock
        self.keys = {
            "Rita Example": self._enrol("Rita Example", "reviewer", "approver"),
            "Tess Author": self._enrol("Tess Author", "threshold-author", "approver"),
            "Omar <b>Owner</b>": self._enrol("Omar <b>Owner</b>", "risk-owner"),
        }

    def _enrol(self, name: str, *roles: str) -> Path:
        key = keys.generate()
        path = self.workspace.root / "keys" / f"{name[:4]}.pem"
        keys.save(key, path)
        line = ed25519.public_line(ed25519.raw(key))
        by = self.workspace.operator
        self.workspace.people.enrol(name, by=by, reason="Works here.", roles=list(roles), key=line)
        return path

    def sign(self, who: str, role: str, kind: str, reason: str, **wish: Any) -> str:
        self.clock.forward(minutes=5)
        return self.workspace.sign(
            "elm-desk", key_file=self.keys[who], role=role, decision=DecisionKind(kind), reason=reason, **wish
        )[0]

    @property
    def case(self) -> Case:
        return self.workspace.case("elm-desk")

    def text(self, name: str) -> str:
        """A document as a person reads it: without tags, entities and backslashes, each gap one space."""
        return read(render(name, self.case, self.workspace.templates).decode(), name)


def read(text: str, name: str) -> str:
    if name.endswith(".html"):
        text = re.sub(r"<(style|title)>.*?</\1>|<[^>]+>", " ", text, flags=re.DOTALL)
    else:
        text = text.replace("\\", "").replace("**", "")
    return re.sub(r"\s+([.,;:])", r"\1", re.sub(r"\s+", " ", html.unescape(text)))


@pytest.fixture
def desk(attached: Workspace, clock: Clock) -> Desk:
    return Desk(attached, clock)


def relax(desk: Desk) -> None:
    """A policy set by somebody, an exception for them, a waiver and an accepted risk, each with a last day."""
    desk.sign("Tess Author", "threshold-author", "set-policy", "Thresholds before the run.")
    desk.sign(
        "Rita Example", "approver", "except-duties", "Three people, and no fourth.", person="Tess Author",
        duties=("threshold-author",), expires=date(2027, 3, 1),
    )  # fmt: skip
    desk.sign(
        "Omar <b>Owner</b>", "risk-owner", "waive", "The design | is *late*.", control=WAIVED, expires=date(2027, 1, 31),
        compensation="A librarian reads each draft.", owner="Ines Moreau", retest=date(2027, 1, 10),
    )  # fmt: skip
    desk.sign(
        "Omar <b>Owner</b>", "risk-owner", "accept-risk", "The desk is staffed.", risk=desk.case.register[0].risk,
        expires=date(2027, 2, 1),
    )  # fmt: skip


def test_every_kind_of_decision_and_every_state_has_a_sign_and_a_word_of_its_own():
    for table, every in ((words.DECISIONS, DecisionKind), (words.STATES, State)):
        assert set(table) == set(every)
        assert len({status.word for status in table.values()}) == len(every)
        assert all(len(status.icon) == 1 and status.word for status in table.values())


def test_every_document_prints_what_is_relaxed_who_signed_it_until_when_and_why(desk):
    relax(desk)
    rating = next(row.residual for row in desk.case.register if row.risk == desk.case.register[0].risk)
    for name in PRINTED:
        text = desk.text(name)
        assert "exceptions from separation of duties: 1; waived controls: 1; accepted risks: 1" in text, name
        assert "Exception from duties Tess Author may approve although they are threshold author" in text, name
        assert re.search(
            r"until 2027-03-01.{1,3}signed by Rita Example, approver: Three people", text, re.IGNORECASE
        ), name
        assert re.search(rf"Waived control {WAIVED} .{{1,90}}stands at ○ missing by itself", text, re.IGNORECASE), name
        assert re.search(r"until 2027-01-31.{1,3}tested again by 2027-01-10; owner Ines Moreau", text, re.IGNORECASE), (
            name
        )
        assert "Instead: A librarian reads each draft." in text, name
        assert "igned by Omar <b>Owner</b>, risk-owner: The design | is *late*." in text, name
        assert f"Accepted risk {desk.case.register[0].risk}" in text, name
        frozen = f"{rating.likelihood} × {rating.impact} = {rating.score}"
        assert f"{frozen}, now {frozen}" in text, name
        assert QUIET not in text, name


def test_what_is_relaxed_stands_before_the_first_section_of_every_document(desk):
    relax(desk)
    first = {"audit-report.html": "What exactly is judged", "model-card.md": "## Model details"}
    for name in PRINTED:
        text = desk.text(name) if name in first else render(name, desk.case, desk.workspace.templates).decode()
        assert 0 < text.index("Exception from duties") < text.index(first.get(name, "<section")), name


def test_a_document_says_in_one_quiet_line_that_nothing_is_relaxed(desk):
    for name in PRINTED:
        text = desk.text(name)
        assert text.count(QUIET) == 1, name
        assert "Running just now" not in text, name


def test_what_ended_is_no_longer_relaxed_and_stays_among_the_sign_offs_with_its_cause(desk):
    relax(desk)
    desk.clock.forward(days=120)
    for name in PRINTED:
        assert QUIET in desk.text(name), name
    for name in ("audit-report.html", "model-card.html", "model-card.md"):
        text = desk.text(name)
        assert "expired on 2027-03-01" in text, name
        assert "it expired on 2027-01-31" in text, name
        assert "its retest was due on 2027-01-10" in text, name


def test_the_exceptions_that_are_printed_are_those_that_the_gate_counts(desk):
    relax(desk)
    for days in (0, 90, 9, 30):
        desk.clock.forward(days=days)
        case = desk.case
        states = {state.decision: state.state for state in case.decided}
        printed = [
            (signed.decision.exception.person, duty)
            for signed in case.dossier.decisions
            if signed.decision.exception and states[signed.id] is State.IN_FORCE
            for duty in signed.decision.exception.duties
        ]
        assert printed == approvals.excepted(case.dossier, case.on.date())


def test_a_waiver_does_not_run_for_a_control_that_stands_worse_than_when_it_was_waived(desk):
    relax(desk)
    case = desk.case
    controls = tuple(
        row.model_copy(update={"standing": "unmet"}) if row.id == WAIVED else row for row in case.assessment.controls
    )
    worse = case.assessment.model_copy(update={"controls": controls})
    found = {
        state.state for state in decided.states(case.dossier, worse, case.register, case.on) if "Omar" in state.signer
    }
    assert found == {State.INVALIDATED, State.IN_FORCE}


def test_a_relaxation_whose_state_nobody_judged_is_printed_and_says_so(desk):
    relax(desk)
    case = dataclasses.replace(desk.case, decided=())
    for name in PRINTED:
        text = read(render(name, case, desk.workspace.templates).decode(), name)
        assert text.lower().count("nobody judged whether it runs") == 3, name


def test_an_approval_prints_its_state_bounds_conditions_dissent_end_and_rollback(desk):
    desk.sign(
        "Rita Example", "approver", "approve-with-conditions", "Good enough for drafts.", expires=date(2027, 1, 31),
        scope=Scope(uses=("Drafts for a librarian",), places=("on-device",), users="Librarians"),
        conditions=(
            ApprovalCondition(id="plan", text="A plan is written.", owner="Ines Moreau", due=date(2026, 12, 1)),
        ),
        dissent=(Dissent(person="Yuki <script>alert(1)</script>", text="Too | few."),),
        rollback="sha256:" + "ab" * 32, reapprove_on=("eval-run.v1",),
    )  # fmt: skip
    fingerprint = desk.case.dossier.decisions[-1].key_fingerprint
    for name in ("audit-report.html", "model-card.html", "model-card.md"):
        text = desk.text(name)
        assert "in force, conditions pending" in text, name
        for said in (
            "For: Drafts for a librarian", "Where: on-device", "Users: Librarians",
            "Dissent of Yuki <script>alert(1)</script>: Too | few.", "until 2027-01-31", "Ask again on new eval-run.v1",
            "sha256:" + "ab" * 32, fingerprint,
        ):  # fmt: skip
            assert said in text, (name, said)
        assert re.search(r"Condition plan, ◔ pending: A plan is written\. Ines Moreau, by 2026-12-01", text), name
        assert "<script>" not in render(name, desk.case, desk.workspace.templates).decode(), name
    assert "2026-12-01 condition condition plan of the approval by Rita Example" in desk.text("audit-report.html")
    desk.clock.forward(days=20)
    text = desk.text("model-card.md")
    assert "condition overdue" in text
    assert "Why: condition plan was due on 2026-12-01" in text


def test_what_changed_an_approval_and_what_ended_it_is_told_with_the_cause(desk):
    desk.sign("Rita Example", "approver", "approve", "It does.")
    again = desk.sign("Rita Example", "approver", "approve", "It still does.", expires=date(2027, 5, 1))
    changed = desk.workspace.root / "system.yaml"
    stated = (RECORDED / "system.yaml").read_text("utf-8").replace("tier: limited", "tier: high")
    changed.write_text(stated, "utf-8")
    desk.workspace.add_system(changed)
    card = desk.text("model-card.md")
    assert re.search(r"D2 ✔ approved, ✘ invalidated", card)
    assert card.count("Not bounded to a use, a place or users.") == 2
    assert re.search(r"D1 ✔ approved, ↪ superseded.{1,300}Why: Rita Example says approve since", card)
    desk.sign("Rita Example", "approver", "revoke", "Wrong tier.", target=again)
    assert re.search(r"D2 ✔ approved, ↩ revoked.{1,300}revoked it: Wrong tier", desk.text("model-card.md"))
    desk.sign("Rita Example", "approver", "retire", "Replaced.")
    assert re.search(r"D2 ✔ approved, ■ taken out of use.{1,300}out of use: Replaced", desk.text("model-card.md"))
    assert "took this model out of use: Replaced" in desk.text("model-card.html")


def test_a_refusal_prints_its_state_too_and_a_later_word_supersedes_it(desk):
    desk.sign("Rita Example", "reviewer", "hold", "Waiting for a test.")
    desk.sign("Rita Example", "reviewer", "reject", "The test failed.")
    card = desk.text("model-card.md")
    assert "D1 ◐ on hold, ↪ superseded" in card
    assert "D2 ✘ rejected, ✔ in force" in card
    assert "rejected by Rita Example, reviewer: ✔ in force" in desk.text("audit-report.html")


def test_the_first_page_names_a_refusal_that_stands_before_later_words_of_less_weight(desk):
    desk.sign("Rita Example", "reviewer", "reject", "The test failed.")
    relax(desk)
    page = desk.text("audit-report.html").split("Contents", 1)[0]
    assert "rejected by Rita Example, reviewer: ✔ in force" in page


def test_every_document_prints_the_checkpoint_so_that_it_can_be_read_over_the_telephone(desk):
    head = desk.case.checkpoint
    for name in PRINTED:
        found = re.search(r"test/ledger \d+ (?:[0-9a-f]{4} ){15}[0-9a-f]{4}", desk.text(name))
        assert found, name
        assert read_short_form(found[0]) == (head.origin, head.size, head.root), name


def test_every_page_of_a_pdf_has_the_checkpoint_at_its_foot(desk):
    page = render("model-card.html", desk.case, desk.workspace.templates).decode()
    pages = pdf.load().HTML(string=page, base_url=None).render().pages
    assert len(pages) > 2
    groups = " ".join(re.findall("....", desk.case.checkpoint.root))
    for number, laid_out in enumerate(pages, start=1):
        feet = [box for box in laid_out._page_box.children if getattr(box, "at_keyword", "") == "@bottom-left"]
        words_at_foot = "".join(box.text for foot in feet for box in foot.descendants() if hasattr(box, "text"))
        assert groups in words_at_foot, number


def test_who_holds_a_duty_is_named_and_where_nobody_is_it_says_not_known(desk):
    for name in ("audit-report.html", "model-card.html", "model-card.md"):
        assert desk.text(name).count("not known") == 3, name
    desk.sign("Tess Author", "threshold-author", "set-policy", "Thresholds before the run.")
    for name in ("audit-report.html", "model-card.html", "model-card.md"):
        text = desk.text(name)
        assert text.count("not known") == 2, name
        assert re.search(r"Threshold author (\| )?Tess Author \(?set the policy release", text), name


def test_the_identity_says_that_no_release_was_named_and_how_to_check_the_document(desk):
    for name in ("audit-report.html", "model-card.html", "model-card.md"):
        text = desk.text(name)
        assert "Identity over the files a loader reads; no release was named." in text, name
        for command, _ in words.RECIPE:
            assert command in text, (name, command)


def test_the_commands_that_a_document_prints_are_ones_that_the_verifier_reads():
    for command, _ in words.RECIPE:
        program, verb, *arguments = command.split()
        assert (program, verb) == ("govern", "verify")
        assert parser().parse_args(arguments)


def test_a_document_of_a_workspace_that_extends_our_page_prints_what_is_relaxed_by_itself(desk):
    relax(desk)
    own = (
        "{# ---\ndocument: board.html\ntitle: Board\nfor: a board\nview: audit-report\n--- #}\n"
        '{% extends "_parts/page.html.j2" %}{% block first %}<h1>{{ view.frame.system }}</h1>{% endblock %}'
    )
    made = read(render("board.html", desk.case, {**desk.workspace.templates, "board.html.j2": own}).decode(), ".html")
    assert "Exception from duties Tess Author" in made
    assert "Checkpoint: test/ledger" in made


def test_a_template_written_before_these_fields_renders_as_it_did(desk):
    relax(desk)
    old = (
        "{# ---\ndocument: old.html\ntitle: Old\nfor: a test\nview: audit-report\n--- #}\n"
        "{% for row in view.sign_offs %}{{ row.key }} {{ row.status }} {{ row.signer }} {{ row.valid }} {{ row.problem }}"
        "{{ row.same_identity }} {{ row.identity }} {{ row.expires }} {{ row.expired }} {{ row.seen }} {{ row.later }}"
        "{{ row.gate.word }} {{ row.fingerprint }} {{ row.meaning }}{% endfor %}{{ view.frame.root_short }}"
    )
    assert b"Rita Example" in render("old.html", desk.case, {"old.html.j2": old})


def test_the_workbook_and_the_calendar_say_it_too(desk):
    relax(desk)
    sheets = zipfile.ZipFile(io.BytesIO(workbook.statement(desk.case)))
    text = read(sheets.read("xl/sharedStrings.xml").decode(), ".html")
    assert "Tess Author may approve although they are threshold author; until 2027-03-01" in text
    assert "stands at missing by itself, missing when it was waived; instead: A librarian reads each draft." in text
    assert re.search(r"test/ledger \d+ (?:[0-9a-f]{4} ){15}[0-9a-f]{4}", text)
    assert f"2027-01-10 retest retest of {WAIVED}, waived by Omar <b>Owner</b>" in desk.text("audit-report.html")
    desk.clock.forward(days=120)
    assert f"retest of {WAIVED}" not in desk.text("audit-report.html")
    about = zipfile.ZipFile(io.BytesIO(workbook.statement(desk.case))).read("xl/sharedStrings.xml").decode()
    assert QUIET in about

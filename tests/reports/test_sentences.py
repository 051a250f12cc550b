"""Sentences that judgement makes: each has a pattern, each pattern is made, and what is recognised is said in another language."""

from __future__ import annotations

import ast
import re
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from governance.reports.atoms import sentences
from governance.reports.atoms.recognising import MOST, Told, Unknown, recognise, unknown
from governance.reports.atoms.views import Phrase
from governance.reports.writing import languages
from governance.reports.writing.printing import HtmlPrinter
from governance.reports.writing.render import Renderer
from tests.reports import card_cases, cases
from tests.reports.test_languages import TEMPLATES, made

ROOT = Path(__file__).parents[2] / "governance"
JUDGING = (
    "assurance/applicability.py", "assurance/asks.py", "assurance/assess.py", "assurance/envelopes.py",
    "assurance/expect.py", "assurance/gate.py", "assurance/profiles.py", "assurance/requirements.py",
    "assurance/validity.py", "assurance/waivers.py", "assurance/pairing.py", "assurance/compared_differences.py", "assurance/loosened.py", "assurance/charted.py", "assurance/enough.py",
    "verifier/decisions.py", *(f"assurance/conditions/{path.name}" for path in sorted((ROOT / "assurance/conditions").glob("*.py"))),
)  # fmt: skip
"""Files whose sentences are reasons, causes, or what would turn them."""
ALSO = (
    "domain/identity.py",
    "domain/risk.py",
    "domain/dossier.py",
    "domain/framework.py",
    "statistics/judging.py",
    "statistics/libraries.py",
    "statistics/paired.py",
    "statistics/resampling.py",
    "statistics/score_interval.py",
    "assurance/approvals.py",
    "assurance/comparison.py",
    "assurance/compared_facts.py",
    "assurance/compared_results.py",
    "comparing.py",
    "reports",
)
"""Files that make some more of them, beside others that are never printed."""
NOT_PRINTED = {
    "condition", "is empty, which its noun refuses",  # of an `AssertionError`
    "a waiver without its part, which its noun refuses",
    "an acceptance without its part, which its noun refuses",
    "a plan without its part, which its noun refuses",
    "a result that had an interval has none at another confidence",
    "there is no default profile", "Name a framework: --framework", "nobody stated a target for",
    "Write one: govern profile new", "--framework",  # of a `UsageError`
    "points that a control chart needs", "within its", "and out of control", "times before",  # beside a *met*, which nobody prints
    "task",  # the name of a group of evidence, which stays inside
}  # fmt: skip
ELSEWHERE = {"nobody owns it", "no day is set", "the framework has no such requirement"}
"""What stands in the vocabulary as a whole."""


def constants(path: Path) -> set[str]:
    """Every piece of fixed text in a source file, docstrings aside."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    told = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef))
        and node.body
        and isinstance(node.body[0], ast.Expr)
    } | {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    return {
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in told
    }


def files() -> list[Path]:
    found = [ROOT / name for name in (*JUDGING, *ALSO)]
    return [each for path in found for each in (sorted(path.rglob("*.py")) if path.is_dir() else [path])]


def pieces(pattern: str) -> list[str]:
    """The fixed words of a pattern."""
    plain = [part.replace("%%", "%") for part in re.split(r"%\(\w+\)s", pattern)]
    return [part for part in plain if re.search(r"[a-z]{2}", part)]


def is_spelt(part: str, whole: str, joins: int = 2) -> bool:
    """Whether fixed words stand in the source, in one text or in up to three that are joined when the sentence is made."""
    part = part.strip(" ,")
    if part in whole:
        return True
    cuts = [place for place, letter in enumerate(part) if letter == " "] if joins else []
    return any(part[:cut].rstrip(",") in whole and is_spelt(part[cut:], whole, joins - 1) for cut in cuts)


def test_every_pattern_is_made_by_judgement():
    whole = "\0".join(
        text
        for path in files()
        if path.name not in ("sentences.py", "compared.py", "measured.py")
        for text in constants(path)
    )
    missing = [
        (pattern, part)
        for pattern in sentences.SENTENCES
        for piece in pieces(pattern)
        for part in re.split(r"; |: |, (?=and |but |\Z)| \(|\)", piece)
        if re.search(r"[a-z]{2}", part) and not is_spelt(part, whole)
    ]
    assert missing == []


def test_every_sentence_that_judgement_makes_has_a_pattern():
    known = "\0".join(sentences.messages()) + "\0".join(languages.vocabulary.ELSEWHERE)
    left = []
    for name in JUDGING:
        for text in constants(ROOT / name):
            plain = text.strip(" ;:,()")
            if not re.search(r"[a-z]+ [a-z]+", plain) or plain in NOT_PRINTED:
                continue
            parts = [part.strip(" ;:,()") for part in re.split(r"; ", plain)]
            left += [(name, part) for part in parts if part not in known]
    assert left == []


REASONS = [
    "no evidence of eval-run.v1 about the candidate for the purpose bias; no evidence of eval-run.v1 about the base for the purpose bias; and 3 more",
    "elm_qa acc against base = -0.1, 95% interval -0.237 to 0.04015 (Newcombe, n 60), bound ≥ -0.05; the worst of 2",
    "elm_qa acc against base: +0.01, 95% interval -0.02 to +0.04 (Tango score, n 60, 3 gained and 2 lost, McNemar p 1), margin −0.05",
    (
        "elm_qa acc against base: +0, 95% interval -0.2 to +0.2 (Tango score, with the agreement of judge-8b (ev-00), n 60, 3 gained and 2 lost), "
        "margin −0.05, p 0.3 after holm over 2, the error divided among 3 runs"
    ),
    "unsafe_files is a list of 1 (training_args.bin), and should be empty",
    "python stated; packages stated; gpu_status one of present, none, 3 days ago",
    "5 of 6 controls met, 1 waived: bias-evaluated missing (waived by Ines Moreau until 2027-01-31, tested again by 2026-12-01: a look by hand)",
    "16 of 39 risks within the bound: above it agent-oversteps 16 (high), harmful-bias 16 (high) and 4 more; energy-use 9 accepted by A B until 2027-01-01",
    "Tomas Lind (approver) says reject: Not now; perhaps later; missing: 1 approval in the role reviewer",
    "Tomas Lind (approver), invalidated: 2 pieces of evidence were recorded after the approval by Tomas Lind",
    "evidence: 1 piece of evidence came in (envelope smoke)",
    "trainer: Ann Lee; evaluator: Bo Ek",
    "inherent 3 × 4 = 12; −1 likelihood by base-model-identified; nothing by base-revision-pinned (unmet); residual 2 × 4 = 8",
    "base-model-identified, base-revision-pinned",
]


@pytest.mark.parametrize("text", REASONS)
def test_a_reason_is_recognised_to_the_letter(text):
    told = recognise(text)
    assert unknown(told) == ()
    assert str(told) == text


@given(st.lists(st.sampled_from(sentences.SENTENCES), min_size=1, max_size=3), st.text(max_size=12))
def test_whatever_is_recognised_is_the_text_it_was_made_of(patterns, word):
    text = "; ".join(re.sub(r"%\(\w+\)s", lambda _: word, pattern).replace("%%", "%") for pattern in patterns)
    assert str(recognise(text)) == text


@given(st.text())
def test_any_text_at_all_is_given_back_whole(text):
    assert str(recognise(text)) == text


def test_what_is_not_recognised_is_one_unknown_and_the_rest_is_said():
    told = recognise("the dog ate it; and the cat too; there is evidence")
    assert told == Told((Unknown("the dog ate it; and the cat too"), Phrase("there is evidence")))


def test_a_sentence_of_others_that_ends_one_of_ours_goes_on_until_the_next_of_ours():
    told = recognise("ended by Ann Lee: it was wrong; and late; its retest was due on 2026-11-01")
    assert [part.message for part in told.parts] == ["ended by %(signer)s: %(given)s", "its retest was due on %(day)s"]
    assert dict(told.parts[0].values)["given"] == "it was wrong; and late"


@pytest.mark.parametrize(
    "text",
    [
        "a (" * 9_000,
        "; ".join(["x (y): z"] * MOST),
        "inherent " * 2_000,
        "a, b (" * 3_000,
        "within envelope a: " * 1_000,
    ],
)
def test_a_text_made_to_be_slow_is_not(text):
    began = time.perf_counter()
    assert str(recognise(text)) == text
    assert time.perf_counter() - began < 2


def reasons(case) -> set[str]:
    """Every sentence of judgement in a case."""
    found = {case.gate.reason}
    found |= {text for row in case.gate.conditions for text in (row.reason, *row.would_turn)}
    found |= {text for row in case.assessment.controls for text in row.reasons}
    found |= {text for row in case.register for text in row.arithmetic.split("; ")}
    found |= {cause.said for state in (*case.approvals, *case.decided) for cause in state.causes}
    if case.applicability:
        found |= {*case.applicability.problems, *(text for row in case.applicability.rows for text in row.problems)}
    return found | {row.reason for row in case.documented}


def content(case) -> set[str]:
    """What the catalogue and findings say, in the words of whoever wrote them."""
    return {row.remedy for row in (*case.assessment.controls, *case.assessment.findings)}


@pytest.mark.parametrize("made", [cases.full, cases.bare, cases.empty, card_cases.rich])
def test_every_reason_of_the_cases_is_recognised(made):
    case = made()
    assert {text for text in reasons(case) if unknown(recognise(text))} <= content(case) | {
        "remove training_args.bin from the release"
    } | {text for text in reasons(case) if text.startswith("bias-evaluated: ")}


def test_every_reason_of_a_workspace_that_went_through_the_whole_chain_is_recognised(signed):
    case = signed.case("elm-desk")
    written = [
        *content(case),
        *(requirement.not_covered or "" for rows in case.catalogue.requirements.values() for requirement in rows),
    ]
    left = {each for text in reasons(case) for each in unknown(recognise(text))}
    assert {each for each in left if not any(each in text for text in written)} == set()


def test_a_german_page_says_the_reasons_in_german_and_leaves_names_alone():
    text = Renderer(cases.full(), TEMPLATES, {"language": "de"}).render("audit-report.html").decode()
    assert "Nachweis vorhanden" in text
    assert "licence.known: nein; verlangt: ja" in text
    assert "95-%-Intervall 0,637 bis 0,778" in text
    assert (
        "1 von 3 Bedingungen: ja"
        in Renderer(cases.full(), TEMPLATES, {"language": "de"}).render("model-card.html").decode()
    )


def test_an_english_page_prints_a_reason_as_it_was_judged():
    printer = HtmlPrinter(languages.Catalogue())
    assert str(printer.label("0.5 is <odd>; there is evidence")) == "0.5 is &lt;odd&gt;; there is evidence"
    assert printer.unsaid == set()


def test_what_somebody_wrote_inside_a_reason_is_escaped_in_every_language():
    words = 'msgid "ended by %(signer)s: %(given)s"\nmsgstr "%(given)s, beendet von %(signer)s"\n'
    body = '{{ "ended by <b>A</b>: `x` <script>" | label }}|{{ "ended by <b>A</b>: `x` <script>" | prose }}'
    assert made(body, words=words) == (
        "`x` &lt;script&gt;, beendet von &lt;b&gt;A&lt;/b&gt;|<code>x</code> &lt;script&gt;, beendet von &lt;b&gt;A&lt;/b&gt;"
    )


def test_a_reason_that_nobody_recognises_is_printed_in_english_and_counted():
    body = '{{ "the dog ate it; there is evidence" | label }} {{ untranslated() }}'
    assert made(body, words='msgid "Own"\nmsgstr "Eigenes"\n\nmsgid "there is evidence"\nmsgstr "Nachweis da"\n') == (
        "the dog ate it; Nachweis da 1"
    )

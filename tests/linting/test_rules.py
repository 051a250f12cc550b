"""Every rule finds the fault it is for, and is silent on the card without one."""

from __future__ import annotations

import pytest

from governance.linting.rules import GROUPS, RULES
from tests.linting import made

HEADLESS = made.WHOLE.split("---\n", 2)[2]
FAULTS = {
    "card/hidden-characters": made.added("Safe \u202eefasnu\u202c words."),
    "card/too-long-to-parse": made.added("*word* " * 5_000),
    "card/placeholder": made.added("## Glossary\n\n[More Information Needed]"),
    "card/placeholder-field": made.changed("license: apache-2.0", "licence: license"),
    "card/empty-section": made.added("## Glossary"),
    "card/template-comment": made.added("<!-- Provide a quick summary of what the model is/does. -->"),
    "card/unproofread": made.added(
        "<!-- This model card has been generated automatically according to the information the Trainer had access to. You\n"
        "should probably proofread and complete it, then remove this comment. -->"
    ),
    "card/boilerplate": made.added(
        "Users (both direct and downstream) should be made aware of the risks, biases and limitations of the model."
    ),
    "card/generic-statement": made.added("The model may produce biased or harmful output."),
    "card/figure-no-evidence": made.added("The answers reach an accuracy of 91.3 %."),
    "card/figure-contradiction": made.changed(
        "| desk-questions | 0.468 |", "| desk-questions | 0.468 |\n\n- Accuracy: 0.912"
    ),
    "card/figure-not-finite": made.added("- Loss: nan"),
    "card/citation-dangling": made.added("Accuracy 0.468 [E7](#e7)."),
    "card/section-missing": made.changed(
        "It was not tested on anything but the library's services, and loses general knowledge that the base had.",
        "[None]",
    ),
    "card/section-language": made.body(
        "Dieses Modell beantwortet Fragen der Leserinnen und Leser an der Auskunft der Bücherei, und es wurde mit den Fragen und "
        "Antworten der letzten Jahre auf dem Rechner der Bücherei nachgeschult, damit es die Öffnungszeiten und die Leihfristen "
        "kennt, die für alle Zweigstellen gelten, und das ist auch der Grund, warum es nicht für andere Büchereien gedacht ist."
    ),
    "card/licence-missing": made.changed("license: apache-2.0\n", ""),
    "card/licence-id": made.changed("license: apache-2.0", "license: apache license"),
    "card/licence-family": made.changed("license: apache-2.0", "license: cc"),
    "card/licence-other": made.changed("license: apache-2.0", "license: other"),
    "card/licence-base": made.changed(
        "base_model: HuggingFaceTB/SmolLM2-135M-Instruct", "base_model: meta-llama/Llama-3.1-8B"
    ),
    "card/licence-base-untold": made.changed(
        "base_model: HuggingFaceTB/SmolLM2-135M-Instruct", "base_model: nobody/model"
    ),
    "card/licence-text": made.changed("Apache-2.0, as the base.", "It may be used for non-commercial purposes."),
    "card/front-matter": made.changed("library_name: peft", "library_name: peft\nlibrary_name: transformers"),
    "card/front-matter-missing": HEADLESS,
    "card/field-type": made.changed("tags:\n- lora", "tags: lora"),
    "card/field-misspelt": made.changed("pipeline_tag: text-generation", "pipeline-tag: text-generation"),
    "card/language": made.changed("- en\n", "- English\n"),
    "card/pipeline-tag": made.changed("pipeline_tag: text-generation", "pipeline_tag: answering"),
    "card/base-model": made.changed("base_model: HuggingFaceTB/SmolLM2-135M-Instruct", "base_model: /data/smollm2"),
    "card/base-model-relation": made.changed("base_model_relation: adapter\n", ""),
    "card/datasets": made.changed("- elm-library/desk-questions\n", "- ./train.jsonl\n"),
    "card/co2": made.changed("emissions: 41.5", "emissions: 0.04 kg"),
    "card/model-index": made.changed("      type: elm-library/desk-questions\n", ""),
}
NEED_EVIDENCE = {
    "card/figure-unbacked", "card/figure-differs", "card/figure-stale", "card/figure-by-value-only", "card/evidence-absent",
    "card/licence-data", "card/licence-differs",
}  # fmt: skip
OF_THE_FILE = {"card/empty": "", "card/no-text": "---\nlicense: mit\n---\n"}
ALWAYS = {"card/licence-data-untold"}
"""What the card without a fault has as well: nobody can tell from it under which licence its data stand."""


@pytest.mark.parametrize("rule", sorted(FAULTS))
def test_a_rule_finds_the_fault_it_is_for_and_only_there(rule):
    assert made.found(FAULTS[rule], rule), made.report(FAULTS[rule]).findings
    assert made.found(made.WHOLE, rule) == []


@pytest.mark.parametrize("rule", sorted(OF_THE_FILE))
def test_an_empty_file_and_one_without_text_are_errors(rule):
    assert [each.level for each in made.found(OF_THE_FILE[rule], rule)] == ["error"]


def test_no_rule_is_without_a_case():
    assert set(FAULTS) | NEED_EVIDENCE | set(OF_THE_FILE) | ALWAYS == set(RULES)


def test_every_rule_says_why_and_what_to_do():
    for rule in RULES.values():
        assert rule.group in GROUPS
        assert rule.help.endswith((".", ").")), rule.id
        assert rule.remedy.endswith((".", "--system ID.")), rule.id
        assert not rule.title.endswith("."), rule.id


def test_the_card_without_a_fault_has_none():
    report = made.report(made.WHOLE)
    assert [each.rule for each in report.findings] == sorted(ALWAYS)
    assert made.graver(report) == []


def test_the_same_bytes_give_the_same_report():
    card = "\n\n".join(FAULTS.values())
    assert made.report(card) == made.report(card)


def test_windows_line_ends_change_no_finding():
    card = FAULTS["card/placeholder"]
    plain, windows = made.report(card), made.report(card.replace("\n", "\r\n"))
    assert plain.findings == windows.findings
    assert plain.scores == windows.scores

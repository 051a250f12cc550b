"""Every rule of the linter: its id, its level, what it looks for, and what to do about it.

Ids are stable: a rule may be retired, and no id ever comes to mean another thing. A check may give a finding another level than its rule,
where what it found is less or more grave.
"""

from __future__ import annotations

from dataclasses import dataclass

from governance.linting.findings import Finding, Level, Place


@dataclass(frozen=True)
class Rule:
    """`title` names the fault in a few words, `help` says why it matters and where the rule stops, `remedy` what to do."""

    id: str
    group: str
    level: Level
    title: str
    help: str
    remedy: str


GROUPS = {
    "placeholders": "Placeholders",
    "boilerplate": "Boilerplate",
    "figures": "Figures",
    "sections": "Sections",
    "licence": "Licence and lineage",
    "metadata": "Metadata",
    "file": "The file",
}

_E, _W, _N = Level.ERROR, Level.WARNING, Level.NOTE
_RULES = (
    # --- the file
    Rule("card/empty", "file", _E, "The card says nothing",
         "A file without text and without metadata is no card. An empty card passes nothing.", "Write the card."),
    Rule("card/no-text", "file", _E, "There is a head and no text",
         "Metadata is for programs. A reader learns from it neither what the model is for nor what it must not be used for.",
         "Write what the model is, what it is for and where it fails."),
    Rule("card/hidden-characters", "file", _W, "Characters that change the order of reading, or can not be seen",
         "Marks that turn the direction of text, and tag characters, make a text read differently from what is stored. They "
         "have no place "
         "in a card but in a language that needs them.", "Take the characters out."),
    Rule("card/too-long-to-parse", "file", _N, "A passage was read as plain text",
         "A passage of thousands of characters without a break is not read as Markdown: links and emphasis in it are not seen, and where "
         "there are too many cells of tables the rest is left out.", "Break it into paragraphs."),
    # --- placeholders
    Rule("card/placeholder", "placeholders", _E, "A placeholder stands where a fact belongs",
         "“More information needed”, TODO, TBD, a field of a template: a reader takes the section for written and learns nothing.",
         "Write the fact, or take the line out and let the section be missing."),
    Rule("card/placeholder-field", "placeholders", _E, "A field of the head holds a placeholder",
         "`licence: license` and `base_model: None` are what programs write when nobody told them. The Hub shows and files them "
         "as facts.",
         "Give the value, or take the field out."),
    Rule("card/empty-section", "placeholders", _W, "A heading with nothing under it",
         "A heading promises words. A table of contents, and a check that only looks for headings, count it as written.",
         "Write the section, or take the heading out."),
    Rule("card/template-comment", "placeholders", _N, "A comment of the template was left in",
         "No reader sees it, so it harms nobody; it shows that the section was not finished with.", "Take the comment out."),
    Rule("card/unproofread", "placeholders", _W, "The card was made by a program and nobody proofread it",
         "The Trainer asks the author to proofread and complete the card and then to take the comment out.",
         "Proofread the card, complete it, take the comment out."),
    # --- boilerplate
    Rule("card/boilerplate", "boilerplate", _W, "A sentence that a tool writes into every card",
         "The sentence was not written about this model. It stands in thousands of cards word for word.",
         "Write what is true of this model, or take the sentence out."),
    Rule("card/generic-statement", "boilerplate", _N, "A sentence on risk that would fit any model",
         "It names no group, no task, no case, no figure and no act, so nobody can do anything about it. A sentence that names "
         "one of them "
         "is not found by this rule.", "Say for whom, in which case, how often, and what to do."),
    # --- figures
    Rule("card/figure-no-evidence", "figures", _W, "Nothing was given that the figures could be held against",
         "A figure in a card is a claim. Without evidence, and without a link to results, it can not be told whether it is "
         "true. It is not "
         "counted as wrong, and not as right.",
         "Name the system with --workspace and --system, or link the results, the paper or the log."),
    Rule("card/figure-unbacked", "figures", _W, "No evidence gives this figure",
         "The evidence on the candidate was searched for a value that comes to this figure by its own rounding, and there is none. The "
         "figure may be of another model or older weights. A figure with fewer than three digits counts only where its metric or task is "
         "named in the evidence as well, since by value alone it may be chance.",
         "Attach the evidence, correct the figure, or link its source."),
    Rule("card/figure-differs", "figures", _E, "The evidence says another value",
         "The card names a task and a metric that the evidence on the candidate holds, or cites a piece of evidence, and the value there "
         "is another one. A figure of another model, of people or of chance, a bound and the end of a range "
         "are not held against it.", "Correct the figure, or attach the run that gave it."),
    Rule("card/figure-stale", "figures", _W, "The evidence for this figure is too old",
         "The policy says for how long figures of a kind of evidence may be quoted, else the kind says for how long it holds. A "
         "figure of a "
         "day that the card names can not come from evidence of an earlier day.", "Measure again and attach the result."),
    Rule("card/figure-by-value-only", "figures", _N, "Only the value agrees with the evidence",
         "A value in the evidence comes to this figure, but neither the metric nor the task is named beside it. It may be chance.",
         "Name task and metric beside the figure."),
    Rule("card/figure-contradiction", "figures", _E, "Head and text give one metric two values",
         "`model-index` and the text speak of the same metric on the same data set, and no statement of the text comes to a "
         "value of the head.",
         "Correct whichever is wrong, or say of which data or split each is."),
    Rule("card/figure-not-finite", "figures", _W, "A result that is no number",
         "`nan` and `inf` come from a run that broke or from a metric that could not be computed. As a result they say nothing.",
         "Say what happened, or take the line out."),
    Rule("card/citation-dangling", "figures", _E, "A citation leads to no evidence",
         "The card cites a number of an evidence index that has no such row, or names evidence that the system does not hold.",
         "Make the card anew from the evidence."),
    Rule("card/evidence-absent", "figures", _W, "The system holds no evidence with values on the candidate",
         "The card was to be held against a system, and nothing on record tells a value of the candidate.",
         "Attach the run and its evaluations: govern attach DIR --system ID."),
    # --- sections
    Rule("card/section-missing", "sections", _W, "A section of a model card is missing",
         "What “Model Cards for Model Reporting” (Mitchell and others, 2019) asks for, and what people look for on the Hub. A "
         "section counts "
         "only with content of its own: a heading over a placeholder is no section. Headings are known by their usual English names.",
         "Write the section, or say in it why there is nothing to say."),
    Rule("card/section-language", "sections", _N, "Sections can not be told in this language",
         "Headings are known by their English names only. Which sections a card in another language has is not told.",
         "Read the card, or add English headings."),
    # --- licence
    Rule("card/licence-missing", "licence", _W, "No licence is stated",
         "Without a licence nobody may use the model. The Hub reads it from the field `license` of the head.",
         "State `license` in the head with an id of the Hub."),
    Rule("card/licence-id", "licence", _E, "The licence is no id of the Hub",
         "The Hub takes the ids of its own list; https://huggingface.co/docs/hub/repositories-licenses has them. Anything else "
         "is `other` with "
         "a name and a link.", "Use an id of the list, or `other` with license_name and license_link."),
    Rule("card/licence-family", "licence", _W, "The licence names a family and no version",
         "`cc`, `gpl`, `lgpl` and `bsd` stand for licences with different terms, and `unknown` for none.", "Name the version."),
    Rule("card/licence-other", "licence", _E, "`license: other` does not say which",
         "`other` needs `license_name`, which is shown, and `license_link`, which leads to the text.",
         "Add license_name and license_link."),
    Rule("card/licence-base", "licence", _E, "The licence does not go with that of the base model",
         "A base that forbids commerce, forbids changed works, or hands its terms on does so for what is made from it. The "
         "licence of the "
         "base is what the owner of the system states, else that of a small table of well-known models with its source. This is "
         "arithmetic "
         "on licences and no legal advice.", "Use the licence of the base, or a base whose licence allows this one."),
    Rule("card/licence-base-untold", "licence", _N, "Whether the licence goes with that of the base could not be told",
         "The licence of the base is not known here, or one of the two is of a kind that no table can compare.",
         "State the licence of the base in the system file, or look it up."),
    Rule("card/licence-data", "licence", _E, "A data set forbids what the licence allows",
         "A data set on record may not be used commercially, and the licence of the model allows that.",
         "Use another data set, or another licence, or say why the terms do not reach the model."),
    Rule("card/licence-data-untold", "licence", _N, "The licences of the data sets are not known here",
         "They are known only from evidence; the head names data sets and not their licences.",
         "Attach the cards of the data sets, and name the system with --workspace and --system."),
    Rule("card/licence-text", "licence", _W, "Text and head say different things of the licence",
         "The text limits use to what is not commercial, and the licence of the head has no such limit; or it says that the model is under "
         "another licence. What it says of code, data or a base is left alone.",
         "Make them agree."),
    Rule("card/licence-differs", "licence", _E, "The licence is not the one that the owner states",
         "The system file states the licence under which the model is released, and the card states another.", "Make them agree."),
    # --- metadata
    Rule("card/front-matter", "metadata", _E, "The head can not be read",
         "The head is YAML between two lines of `---`. Duplicate keys, tags, anchors and values that are not what they look "
         "like are refused, "
         "because readers differ on what they mean.", "Correct the YAML."),
    Rule("card/front-matter-missing", "metadata", _W, "There is no head",
         "Without metadata the Hub finds neither licence nor base model nor task.", "Begin the card with a YAML head between "
         "lines of `---`."),
    Rule("card/field-type", "metadata", _E, "A field is of the wrong form",
         "The Hub reads each field in one form: a text, a list of texts, a mapping. In another form it is refused or misread.",
         "Write it in the form the Hub reads."),
    Rule("card/field-misspelt", "metadata", _W, "A field that nothing reads",
         "The name is that of a known field, misspelt. The Hub passes over it without a word.", "Use the name the Hub reads."),
    Rule("card/language", "metadata", _W, "A language that is no code",
         "The Hub takes codes of ISO 639 (`en`, `deu`), and the two words `multilingual` and `code`.", "Use the code of the language."),
    Rule("card/pipeline-tag", "metadata", _W, "A task that the Hub does not know",
         "`pipeline_tag` decides under which task a model is found. The list is that of November 2026 and grows.",
         "Use a task of https://huggingface.co/tasks, or leave the field out."),
    Rule("card/base-model", "metadata", _W, "The base model is no id of the Hub, or is not named",
         "`base_model` is what lineage stands on. A path on somebody's disk says nothing to others.", "Name the base as owner/name."),
    Rule("card/base-model-relation", "metadata", _N, "How the model was made from its base is not stated",
         "`base_model_relation` is `adapter`, `finetune`, `merge` or `quantized`. Left out, the Hub guesses.", "Add "
         "base_model_relation."),
    Rule("card/datasets", "metadata", _W, "A data set that is no id of the Hub",
         "`datasets` holds ids, owner/name or the name of an old one. A path or a word of a program leads nowhere.",
         "Name the data set by its id, or in the text."),
    Rule("card/co2", "metadata", _W, "Emissions without a unit that fits or without a source",
         "`co2_eq_emissions.emissions` is a number of grams, and `source` says where it comes from.",
         "Give grams as a number, and a source."),
    Rule("card/model-index", "metadata", _E, "`model-index` is not built as the Hub reads it",
         "Each entry has a name and results; each result has task.type, dataset.type, dataset.name and metrics; each metric has "
         "type and value.",
         "Add what is missing, or take the entry out."),
)  # fmt: skip
RULES = {rule.id: rule for rule in _RULES}


def finding(
    rule: str,
    message: str,
    place: Place,
    *,
    subject: str = "",
    level: Level | None = None,
    remedy: str = "",
    untold: bool = False,
) -> Finding:
    """A finding of a rule, with the level and the remedy of the rule unless others are given."""
    known = RULES[rule]
    return Finding(rule, level or known.level, message, remedy or known.remedy, place, subject or message, untold)

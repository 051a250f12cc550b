"""Sentences and words that a template, a tool or nobody in particular wrote: the lists that placeholders and boilerplate are found by.

Each pattern is matched against folded text (see `folding`): lower case, plain quotes, no invisible characters. Each says whose words
they are and why they tell a reader nothing. `hints` are texts of which one must be there before the pattern is tried, so that a text is
looked at by the pattern only where it may match. The patterns hold no repetition inside a repetition, so none can take long.
"""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Phrase:
    """A pattern, who writes it, and why it says nothing. `whole` patterns must cover all that a passage says."""

    id: str
    pattern: re.Pattern[str]
    by: str
    why: str
    hints: tuple[str, ...] = ()
    whole: bool = False

    def may_stand_in(self, text: str) -> bool:
        """Whether the pattern can match in a folded text at all."""
        return not self.hints or any(hint in text for hint in self.hints)


@dataclass(frozen=True)
class Hit:
    """A phrase and the stretch of a block's text in which it stands."""

    phrase: Phrase
    start: int
    end: int


def _phrase(name: str, by: str, why: str, *parts: str, hints: str = "", whole: bool = False) -> Phrase:
    """A phrase whose pattern is one of the parts; hints stand apart by ` | `."""
    return Phrase(name, re.compile("|".join(parts)), by, why, tuple(filter(None, hints.split(" | "))), whole)


_TEMPLATE = "the Hub's card template"
_OLD = "the Hub's card template of 2020"
_TRAINER = "the Trainer of transformers"
_LATER = "the author, for later"
_AUTHOR = "the author"
_LIBRARY = "sentence-transformers or SetFit"
_OPEN = "nobody wrote what belongs there"
_TELLS = "it tells the author what to write"
_NO_NAME = "the program found no name"

PLACEHOLDERS = (
    _phrase(
        "needed", "the Hub's card template or the Trainer", _OPEN,
        r"\[?\s?\b(?:needs )?more info(?:rmation)? (?:is )?needed\b(?: for further recommendations\b)?\s?\]?",
        r"\[needs more info(?:rmation)?\]", hints="more info",
    ),
    _phrase(
        "needed-short", "a template", _OPEN, r"\[(?:information|details?|description) (?:needed|missing|required|here)\]", hints="[",
    ),
    _phrase(
        "to-do", _LATER, _OPEN, r"(?:^|[\s\[(*_>|])(?:todo|to-do|fixme|xxx)\s?(?:[:\])!]|$)", hints="todo | to-do | fixme | xxx",
    ),
    _phrase("tbd", _LATER, _OPEN, r"(?:^|[\s\[(*_:>|])(?:tbd|t\.b\.d\.?|tba)(?=$|[\s\])*_.,;|])", hints="tbd | t.b.d | tba"),
    _phrase(
        "to-be", _LATER, _OPEN,
        r"\[?\(?\*?to be (?:added|announced|completed|confirmed|decided|defined|determined|documented|filled|published|updated|written)"
        r"(?: (?:in|soon|later|here|shortly|on)\b[^.\n]{0,30})?\*?\)?\]?[.!]?", whole=True,
    ),
    _phrase(
        "to-follow", _LATER, _OPEN,
        r"(?:(?:more|further|full) )?(?:information|details?|info|results?|documentation|description) (?:to|will) (?:follow|come|be added)"
        r"(?: soon| shortly| later)?[.!]?", whole=True,
    ),
    _phrase(
        "in-work", _LATER, _OPEN, r"\W?(?:wip|(?:(?:this|the) (?:section|card|page|model card) is )?(?:a )?"
        r"(?:work in progress|under construction))\W?",
        whole=True,
    ),
    _phrase(
        "later", _LATER, _OPEN,
        r"[^.]{0,60}\bwill (?:be )?(?:add|describ|document|provid|updat|publish|fill|complet|writ|releas)[a-z]*\b[^.]{0,40}"
        r"\b(?:later|soon|here|shortly|future|next|section)\b[^.]{0,40}[.!]?", whole=True, hints="will ",
    ),
    _phrase(
        "no-information", _AUTHOR, _OPEN,
        r"(?:there (?:is|are) |we have )?no (?:further |more |additional |other )?(?:information|details?) (?:(?:is|are|was|has been) )?"
        r"(?:(?:currently |yet )?(?:available|provided|given|known|specified))?(?: (?:here|yet|at (?:this|the) (?:time|moment)|"
        r"for this (?:section|model)))?[.!]?", whole=True, hints="no ",
    ),
    _phrase(
        "announces", _AUTHOR, "it says what a section is for, and stands in its place",
        r"(?:this|the following) section (?:describes|covers|contains|explains|lists|provides|is about|outlines|presents|discusses|gives)\b"
        r"[^.]{0,80}[.!:]?", whole=True, hints="section ",
    ),
    _phrase("soon", _LATER, _OPEN, r"\(?\*?(?:more (?:information|details|info) )?coming soon[.!]*\*?\)?", whole=True),
    _phrase("lorem", "a text for filling pages", "it is no language", r"\blorem ipsum\b", hints="lorem"),
    _phrase(
        "template-field", "a template", "its field was never filled", r"\{\{[^{}]{0,600}\}\}", r"\{%[^{}]{0,600}%\}", hints="{{ | {%",
    ),
    _phrase(
        "no-name", _TRAINER, _NO_NAME, r"\[none\]", r"\bon the none dataset\b", r"\bon an unknown dataset\b", r"\bversion of none\b",
        hints="none | unknown dataset",
    ),
    _phrase(
        "insert", "a template", "it asks for words and has none",
        r"\[(?:insert|your|add|enter|describe|provide|specify|explain|fill in|link to|name of|e\.g\.)[^\]\n]{0,120}\]", r"\[model name\]",
        r"\b(?:insert|put|write|fill in) (?:your |the )?[a-z ]{1,30} here\b", hints="[ | here",
    ),
    _phrase(
        "your-name", "a template", "it names nobody", r"\byour[-_](?:user|hf|hub)?[-_]?(?:username|name|org|model[-_]name|repo)/",
        hints="your-name | your_name | your-user | your_user | your-org | your_org | your-hf | your_hf | your-model | "
        "your_model | your-repo",
    ),
    _phrase(
        "old-template", _OLD, _TELLS, "provide examples of latent issues and potential remediations",
        "describe the data you used to train the model", r"preprocessing, hardware used, hyperparameters\.\.\.",
        "you can embed local or remote images using", hints="remediations | describe the data you | hardware used, | embed "
        "local or remote",
    ),
    _phrase("nothing", _AUTHOR, _OPEN, r"\[?\(?(?:n/?a|n\.a\.|none|null|nil)\)?\]?\.?", whole=True),
    _phrase(
        "unknown", _AUTHOR, _OPEN, r"\[?\(?(?:unknown|not (?:available|specified|provided|disclosed)|no information)\)?\]?\.?", whole=True,
    ),
    _phrase("dots", _AUTHOR, _OPEN, r"[.\-_*?]{1,20}", "x{1,3}", whole=True),
    _phrase("blank", _AUTHOR, _OPEN, r"(?<=[:：])[\s*]{0,4}_{2,40}\s{0,4}$", hints="__"),
    _phrase("crosses", _AUTHOR, _OPEN, r"x{1,3}\.x{1,3}\s?%?", r"x{1,3}\s?%", whole=True),
    _phrase("date", "a template", _OPEN, r"(?:yyyy[-/.]mm(?:[-/.]dd)?|(?:dd[-/.]mm|mm[-/.]dd)[-/.]yyyy)", whole=True),
    _phrase(
        "hint", "a template", _OPEN,
        r"\[(?:(?:your|model|full|company|team|author|contact) )?(?:names?|organi[sz]ations?|company|authors?|date|e-?mail|url|link|"
        r"version|contact|licen[cs]e|data ?sets?|languages?|team|description|developers?|institution)\]", whole=True,
    ),
    _phrase(
        "angles", "a template", _OPEN,
        r"<(?:(?:your|insert|add|enter|fill)[ _-][a-z][a-z _-]{0,40}|"
        r"(?:name|author|e-?mail|organi[sz]ation|company|url|link|date)(?:[ _-]here)?)>",
        hints="<", whole=True,
    ),
)  # fmt: skip
"""What stands where words should stand. `whole` ones count only where a passage, or what follows its label, says no more."""

LONGEST_WHOLE = 100
"""No placeholder is longer, so a longer passage is not looked at for `whole` ones."""

FIELD = _phrase("field", "a template", "its field was never filled", "")
"""`{MODEL_NAME}`, which is searched for in capitals and so not in folded text."""

UPPER_CASE = frozenset({"to-do", "tbd"})
"""These are words in other languages, so they count in capitals, or with a colon or in brackets."""

LATER = re.compile(
    r"\b(?:todo|fixme|tbd|tba|coming soon|to be (?:added|done|written)|more information needed|(?:your|add|insert|put)\b.{0,40}\b"
    r"(?:code|snippet|example) (?:here|goes here))\b|\b(?:code|snippet|example)s? (?:goes|go|comes?) here\b"
)
"""A comment in code that says that code is to come."""

NOTES = frozenset({"to-do", "tbd"})
"""What follows these with a colon, or in their brackets, is what the author was to write, and no fact."""

COMMENTS = (
    _phrase(
        "guidance", _TEMPLATE, _TELLS,
        r"^<!--\s*(?:provide (?:a|the) |this section (?:is|describes|addresses|provides)|this should link|this relates heavily|"
        r"these are the (?:things|evaluation)|address questions around|relevant interpretability|total emissions|if there is a paper|"
        r"if relevant, include|fp32, fp16|scale:|motivation for|edit the suggested)",
    ),
    _phrase("card-todo", _LATER, _OPEN, r"^<!--\s*(?:todo|fixme|tbd)\b"),
    _phrase(
        "library", _LIBRARY, _TELLS, r"\*what are the (?:known or foreseeable issues|recommendations)",
        r"\*list how the model may foreseeably",
        r"^<!--\s*#+ (?:glossary|model card (?:authors|contact)|out-of-scope use|recommendations|bias, risks)",
    ),
)  # fmt: skip
UNPROOFREAD = _phrase(
    "unproofread", _TRAINER, "it asks the author to proofread the card and take the comment out",
    "this model card has been generated automatically", r"you\s+should probably proofread and complete it",
)  # fmt: skip

_OF_SETTINGS = "it is written from the settings of the run"
_OF_EVERY = "it is written for every run"
_ADVERTISES = "it advertises a tool and says nothing of the model"
BOILERPLATE = (
    _phrase(
        "users-aware", _TEMPLATE, "it stands in thousands of cards and names no risk of this model",
        r"users \(both direct and downstream\) should be made aware of the risks, biases and limitations", hints="both direct "
        r"and downstream",
    ),
    _phrase(
        "carbon-calculator", _TEMPLATE, "it says how emissions could be told, and not what they are",
        "carbon emissions can be estimated using the machine learning impact calculator", hints="impact calculator",
    ),
    _phrase(
        "use-code-below", _TEMPLATE, "it is there before any code is", "use the code below to get started with the model",
        hints="use the code below",
    ),
    _phrase(
        "fine-tuned-version", _TRAINER, _OF_SETTINGS,
        "^this model is a fine-tuned version of .{0,200} on (?:the|an) .{0,200}dataset", "^this model was trained from scratch "
        "on (?:the|an) ",
        hints="this model is a fine-tuned | trained from scratch",
    ),
    _phrase(
        "achieves", _TRAINER, "it is written from the log of the run", "it achieves the following results on the evaluation set",
        hints="the following results",
    ),
    _phrase(
        "hyperparameters", _TRAINER, _OF_SETTINGS, "the following hyperparameters were used during training",
        hints="hyperparameters were used",
    ),
    _phrase(
        "trained-with-trl", "TRL", _OF_EVERY, r"it has been trained using trl\b",
        r"^this model was trained with (?:sft|dpo|grpo|kto|orpo|ppo|rloo|reward)\b", hints="using trl | was trained with",
    ),
    _phrase(
        "unsloth", "Unsloth", _ADVERTISES, r"\b(?:model )?was trained 2x faster with unsloth", "and huggingface's trl library",
        hints="unsloth | trl library",
    ),
    _phrase(
        "autotrain", "AutoTrain", _OF_EVERY, r"this model was trained using autotrain\b", "^model trained using auto(?:train|"
        "nlp)", hints="auto",
    ),
    _phrase("peft", "PEFT", _OF_SETTINGS, "quantization config was used during training", hints="quantization config"),
    _phrase(
        "library", _LIBRARY, "it stands in every card of the library",
        r"^this is a (?:sentence-transformers|setfit) model\b", "it maps (?:sentences|inputs)(?: & paragraphs)? to a",
        "using this model becomes easy when you have sentence-transformers installed",
        "without sentence-transformers, you can use the model like this",
        "for an automated evaluation of this model, see the sentence embeddings benchmark", "first install the sentence "
        "transformers library",
        "trained using an efficient few-shot learning technique", hints="sentence | setfit | it maps inputs | few-shot learning "
        "technique",
    ),
    _phrase(
        "agent", "Stable-Baselines3", "it is written from the name of the run", "^this is a trained model of a .{1,60} agent playing",
        hints="agent playing",
    ),
    _phrase(
        "pushed", "diffusers or transformers", "it is written for every model that is pushed", "that has been pushed on the hub",
        "this model card has been automatically generated", hints="pushed on the hub | automatically generated",
    ),
    _phrase("axolotl", "Axolotl", _ADVERTISES, r"^\[?<?built with axolotl", hints="built with axolotl"),
)  # fmt: skip
"""Sentences that a tool writes into the card of every run."""

_NOBODY = "nobody in particular"
_ANY_MODEL = "it is true of every model"
_NO_ACT = "it names no risk and no act"
_MAY = "(?:may|might|can|could|will)(?: still| also| sometimes| potentially| occasionally| inadvertently)?"
GENERIC = (
    _phrase(
        "may-be-biased", _NOBODY, _ANY_MODEL,
        rf"\bmodels? {_MAY} (?:have|contain|exhibit|reflect|inherit|perpetuate|amplify|show|produce|generate|reproduce|be)"
        r"\b.{0,80}\b(?:bias(?:es|ed)?|harmful|offensive|inaccurate|incorrect|toxic|inappropriate|stereotypes|misleading)\b",
        hints="model",
    ),
    _phrase(
        "users-should", _NOBODY, _NO_ACT,
        r"\b(?:users?|developers?|you|practitioners) (?:should|must|are (?:advised|encouraged|urged|expected)(?: to)?|need to)"
        r"(?: always| also| carefully)? (?:be (?:aware|cautious|careful|mindful|informed)|exercise (?:caution|care)|"
        r"(?:use|verify|review|evaluate) .{0,40}(?:responsibly|ethically|carefully|critically))",
        hints="should | must | are advised | are encouraged | are urged | are expected | need to",
    ),
    _phrase(
        "not-illegal", _NOBODY, "it is true of every tool",
        r"\b(?:should|must|may|do) not (?:be )?used?\b.{0,60}\b(?:illegal|unlawful|malicious|unethical|harmful)\b(?: or \w+)? "
        "(?:purposes?|activit(?:y|ies)|uses?)", hints="illegal | unlawful | malicious | unethical | harmful",
    ),
    _phrase(
        "use-responsibly", _NOBODY, _NO_ACT,
        "^(?:please )?use (?:it |this (?:model )?|the model )?(?:responsibly|ethically|with (?:care|caution)|at your own risk)",
        hints="responsibly | ethically | with care | with caution | own risk",
    ),
    _phrase("as-with-all", _NOBODY, _ANY_MODEL, "^as with (?:all|any|other) (?:large )?(?:language )?models?,", hints="as with "),
)  # fmt: skip
"""Sentences on ethics and limits that would fit any model. They count only where a sentence names nothing of its own: see "
"`boilerplate`."""

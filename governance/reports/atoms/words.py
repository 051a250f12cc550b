"""The words, signs and tones for every answer there is, so that no document invents its own.

A status is always a sign *and* a word; colour only repeats what both already say. The signs are characters that
DejaVu Sans draws, since that is the one font family a plain machine is sure to have.
"""

from __future__ import annotations

from governance.domain.approval import State
from governance.domain.assessment import Shown
from governance.domain.control import About, Standing
from governance.domain.decision import DecisionKind
from governance.domain.evidence import Quality
from governance.domain.policy import Answer
from governance.domain.risk import Level
from governance.reports.atoms.views import Status, Term

STANDINGS = {
    Standing.MET: Status("met", "✔", "good"),
    Standing.UNMET: Status("unmet", "✘", "bad"),
    Standing.INCONCLUSIVE: Status("inconclusive", "◐", "warn"),
    Standing.STALE: Status("stale", "◷", "warn"),
    Standing.MISSING: Status("missing", "○", "gap"),
    Standing.MANUAL: Status("manual", "✎", "note"),
    Standing.WAIVED: Status("waived", "⚑", "note"),
    Standing.NOT_APPLICABLE: Status("not applicable", "–", "mute"),
    Standing.NOT_COVERED: Status("not covered", "⊘", "mute"),
}
"""What a control or requirement came to. The order is the order in which counts are printed."""

ANSWERS = {
    Answer.YES: Status("yes", "✔", "good"),
    Answer.NO: Status("no", "✘", "bad"),
    Answer.COULD_NOT_TELL: Status("could not tell", "◐", "warn"),
}

GATE_SENTENCES = {
    Answer.YES: "The gate answers yes: every condition of the policy holds.",
    Answer.NO: "The gate answers no: at least one condition of the policy does not hold.",
    Answer.COULD_NOT_TELL: "The gate could not tell: no condition is broken, and at least one could not be decided.",
}

LEVELS = {
    Level.LOW: Status("low", "◔", "good"),
    Level.MEDIUM: Status("medium", "◑", "note"),
    Level.HIGH: Status("high", "◕", "warn"),
    Level.CRITICAL: Status("critical", "●", "bad"),
}
"""A fuller circle is a greater risk, so that the sign can be read without its colour."""

QUALITIES = {
    Quality.COMPLETE: Status("complete", "✔", "good"),
    Quality.PARTIAL: Status("partial", "◐", "warn"),
    Quality.PLACEHOLDER: Status("placeholder", "▢", "warn"),
    Quality.FAILED: Status("failed", "✘", "bad"),
    Quality.MASKED: Status("masked", "▒", "note"),
    Quality.NOT_UNDERSTOOD: Status("not understood", "◇", "warn"),
}

DECISIONS = {
    DecisionKind.APPROVE: Status("approved", "✔", "good"),
    DecisionKind.APPROVE_WITH_CONDITIONS: Status("approved with conditions", "☑", "good"),
    DecisionKind.REJECT: Status("rejected", "✘", "bad"),
    DecisionKind.HOLD: Status("on hold", "◐", "warn"),
    DecisionKind.REVOKE: Status("approval revoked", "↩", "bad"),
    DecisionKind.RETIRE: Status("taken out of use", "■", "mute"),
    DecisionKind.ACCEPT_RISK: Status("risk accepted", "⚖", "note"),
    DecisionKind.WAIVE: Status("control waived", "⚑", "note"),
    DecisionKind.EXCEPT_DUTIES: Status("excepted from duties", "⚠", "warn"),
    DecisionKind.SET_POLICY: Status("thresholds set", "≡", "note"),
    DecisionKind.PLAN: Status("plan sealed", "▤", "note"),
}
"""What was decided."""

STATES = {
    State.IN_FORCE: Status("in force", "✔", "good"),
    State.INVALIDATED: Status("invalidated", "✘", "bad"),
    State.CONDITIONS_OVERDUE: Status("condition overdue", "◷", "bad"),
    State.DUTIES_BROKEN: Status("duties not kept apart", "⇆", "bad"),
    State.EXPIRED: Status("expired", "◷", "warn"),
    State.NOT_YET: Status("dated in the future", "○", "warn"),
    State.SUPERSEDED: Status("superseded", "↪", "mute"),
    State.REVOKED: Status("revoked", "↩", "bad"),
    State.RETIRED: Status("taken out of use", "■", "mute"),
    State.VOID: Status("void", "∅", "bad"),
}
"""What a decision is worth at this moment. Only one that is in force counts."""

PENDING_CONDITIONS = Status("in force, conditions pending", "◔", "note")
NOT_JUDGED = Status("state not judged", "○", "gap")

CONDITIONS = {
    (True, False): Status("met", "✔", "good"),
    (False, False): Status("pending", "◔", "note"),
    (False, True): Status("overdue", "◷", "bad"),
}
"""A condition of an approval, by whether it is met and whether it is overdue."""

RELAXED = {
    DecisionKind.EXCEPT_DUTIES: Status("Exception from duties", "⚠", "warn"),
    DecisionKind.WAIVE: Status("Waived control", "⚑", "note"),
    DecisionKind.ACCEPT_RISK: Status("Accepted risk", "⚖", "note"),
}
"""What lets something pass for a while."""

DUTIES = {"trainer": "Trainer", "evaluator": "Evaluator", "threshold-author": "Threshold author"}
"""The duties that are kept apart from approving."""

MODELS = {
    "the candidate": "candidate",
    "the base model": "base model",
    "the last approved release": "last approved release",
    "this candidate": "this candidate",
    "the earlier candidate": "earlier candidate",
}
"""Whose results are meant, as judgement writes it, and as it is printed."""

REFERENCES = {"base": "base model", "approved": "last approved release", "overall": "the whole"}
"""What a candidate, or a group, is held against."""

CORRECTIONS = {"holm": "Holm", "benjamini-hochberg": "Benjamini–Hochberg"}
"""Corrections for several tests at once, by the names of their authors."""

RECIPE = (
    ("govern verify PACK", "rebuilds the tree, hashes each piece again, judges all anew and compares"),
    (
        "govern verify PACK --policy trust.policy --min-checkpoint CHECKPOINT",
        "also holds keys, people and the ledger against what you hold yourself",
    ),
    (
        "govern verify MODEL_DIR --approval approval.json --policy trust.policy",
        "tells whether the weights in a folder are the approved ones",
    ),
)
"""The command lines that check a document against its pack, each with what it does."""

ABOUT = {
    About.CANDIDATE: "candidate",
    About.BASE: "base",
    About.DATA_SET: "data set",
    About.ENVIRONMENT: "environment",
    About.SYSTEM: "system",
    About.ANY: "any",
}
"""Whom evidence speaks of, as a reason names it."""

FAMILIES = {
    "governance": "Governance and people",
    "system": "System and use",
    "data": "Data",
    "base-model": "Base model and suppliers",
    "training": "Training",
    "quality": "Evaluation of quality",
    "bias": "Bias",
    "safety": "Safety and security",
    "privacy": "Privacy",
    "robustness": "Robustness",
    "transparency": "Transparency and content provenance",
    "release": "Release",
    "operation": "Operation and monitoring",
    "incidents": "Incidents and retirement",
}

PURPOSES = {
    "quality": "Quality on its own task",
    "general-capability": "General capability",
    "code": "Code",
    "retrieval": "Retrieval",
    "truthfulness": "Truthfulness",
    "safety": "Safety",
    "bias": "Bias",
    "toxicity": "Toxicity",
    "prompt-injection": "Prompt injection",
    "jailbreak": "Jailbreak",
    "leakage": "Leakage",
    "dangerous-capability": "Dangerous capability",
    "robustness": "Robustness",
}
"""Purposes of an evaluation in the order they are printed."""

SAFETY_PURPOSES = ("safety", "bias", "toxicity", "prompt-injection", "jailbreak", "leakage", "dangerous-capability")
"""The purposes a reader looks for under Safety; the others stand under Evaluation."""

EXPECTED_PURPOSES = ("quality", "general-capability", "safety", "bias", "prompt-injection", "jailbreak", "leakage")
"""The purposes whose absence is printed even where nothing was run for them."""

ROUNDED = {
    "to three digits": "rounded to three digits",
    "to the minute": "rounded to the minute",
    "to the second": "rounded to the second",
}
"""How a figure was rounded, as its title says it."""

OUTLINE_PARTS = {
    "identity": "Identity",
    "results": "Evaluation results",
    "safety": "Results on safety",
    "gaps": "Gaps",
    "risks": "Risks",
    "sign-offs": "Sign-offs",
    "duties": "Duties",
    "environment": "Environment",
    "training": "Training",
    "curve": "Training curve",
    "gpu-use": "Use of the graphics processors",
    "drift": "Drift in use",
    "data-sets": "Data sets",
    "differences": "Told differently",
    "dates": "Dates that act",
    "prohibited-uses": "Prohibited uses",
}
"""What other documents have as well and an outline may ask for, as its gaps name it."""

SHOWN = {
    Shown.TESTED: Status("tested", "✔", "good"),
    Shown.AUTOMATED: Status("automated", "⚙", "good"),
    Shown.ATTESTED: Status("attested", "✎", "note"),
    Shown.NOT_ASSESSED: Status("not assessed", "○", "gap"),
    Shown.NOT_COVERED: Status("not covered", "⊘", "mute"),
    Shown.NOT_MEASURABLE: Status("not measurable", "◇", "note"),
    Shown.NOT_APPLICABLE: Status("not applicable", "–", "mute"),
}
"""How a requirement is answered, at its weakest."""

PARTS = {
    "release": "Release folder",
    "adapter": "Adapter",
    "full-model": "Full model",
    "weights": "Weights",
    "base": "Base model",
    "merge-recipe": "Merge recipe",
    "tokenizer": "Tokenizer",
    "chat-template": "Chat template",
    "generation-config": "Generation defaults",
    "quantisation": "Quantisation",
    "runtime": "Runtime",
}

GLOSSARY = (
    Term("Accepted risk", "Carried by its owner as it was rated then, until a last day. It moves no rating."),
    Term("Appetite", "The greatest residual score that the owner of the system will carry without a decision."),
    Term("Attested", "A person vouches for it by name; nobody measured it."),
    Term("Automated", "Read off what a tool wrote while it worked."),
    Term("Candidate", "The model to be released, fixed by its identity digest."),
    Term("Checkpoint", "Size and Merkle root of the evidence ledger at the moment of this report (RFC 6962)."),
    Term("Control", "Something the organisation holds itself to, put so that evidence can answer it."),
    Term("Coverage", "How far the catalogue can answer a requirement at all: fully, in part, or not. Not a result."),
    Term("Evidence", "One fact with its kind, its subject, its time, its collector and the digest of its content."),
    Term("Exception", "Lets a named person approve although they hold a duty that is kept apart, until a last day."),
    Term("Finding", "Something that was found wrong, by a tool or by a person, with how grave it is."),
    Term("Gate", "The answer of a release policy: yes, no, or could not tell, with the reason of every condition."),
    Term("Identity", "One digest over the parts of the model that make it behave as it does."),
    Term("Inconclusive", "Evidence is there, and it is not enough to decide either way. Never counted as met."),
    Term("Inherent risk", "Likelihood times impact, one to five each, before any control counts."),
    Term("Invalidated", "Something that the signer saw has changed since, so the approval no longer counts."),
    Term("Ledger", "The list of evidence and decisions to which entries are only added."),
    Term("Manual", "A person must judge; no rule decides it."),
    Term("Met", "Every ask of the control is satisfied by evidence of the right kind, subject and age."),
    Term("Missing", "No evidence of the kind asked for was recorded. Never counted as met."),
    Term("Not assessed", "Controls answer it, and nothing was shown for any of them yet."),
    Term("Not measurable", "A person recorded why it can not be measured; the framework accepts that. Not a yes."),
    Term("Not applicable", "The system file says something that takes the control out of scope."),
    Term("Not covered", "The catalogue has no control for this requirement; the reason stands beside it."),
    Term("Not evidenced", "Asked for here, and no evidence on record says it."),
    Term(
        "Pack",
        "A file with the evidence, the content that judges, the documents and the proofs, to be checked by anybody.",
    ),
    Term("Residual risk", "The inherent rating less the steps of those mitigating controls that are met."),
    Term("Shown by", "How a requirement is answered, at its weakest: tested, automated, attested, or not at all."),
    Term("Stale", "Evidence is there, and older than the control allows."),
    Term("Tested", "Measured by running something for the purpose."),
    Term("Unbound", "Evidence about a model that no digest ties to the weights judged. Never counted as met."),
    Term("Unmet", "Evidence is there, and it says no."),
    Term("Waived", "Let be for a while by a signed decision with a last day; its own standing stays and is printed."),
)

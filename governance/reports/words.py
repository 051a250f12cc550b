"""The words, signs and tones for every answer there is, so that no document invents its own.

A status is always a sign *and* a word; colour only repeats what both already say. The signs are characters that
DejaVu Sans draws, since that is the one font family a plain machine is sure to have.
"""

from __future__ import annotations

from governance.domain.assessment import Shown
from governance.domain.control import Standing
from governance.domain.decision import DecisionKind
from governance.domain.evidence import Quality
from governance.domain.policy import Answer
from governance.domain.risk import Level
from governance.reports.views import Status, Term

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
    DecisionKind.REJECT: Status("rejected", "✘", "bad"),
    DecisionKind.HOLD: Status("on hold", "◐", "warn"),
    DecisionKind.REVOKE: Status("approval revoked", "↩", "bad"),
}

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
    "adapter": "Adapter",
    "full-model": "Full model",
    "weights": "Weights",
    "base": "Base model",
    "chat-template": "Chat template",
    "generation-config": "Generation defaults",
}

GLOSSARY = (
    Term("Attested", "A person vouches for it by name; nobody measured it."),
    Term("Automated", "Read off what a tool wrote while it worked."),
    Term("Candidate", "The model to be released, fixed by its identity digest."),
    Term("Checkpoint", "Size and Merkle root of the evidence ledger at the moment of this report (RFC 6962)."),
    Term("Control", "Something the organisation holds itself to, put so that evidence can answer it."),
    Term("Coverage", "How far the catalogue can answer a requirement at all: fully, in part, or not. Not a result."),
    Term("Evidence", "One fact with its kind, its subject, its time, its collector and the digest of its content."),
    Term("Gate", "The answer of a release policy: yes, no, or could not tell, with the reason of every condition."),
    Term(
        "Identity", "One digest over the adapter or weights, the base, the chat template and the generation defaults."
    ),
    Term("Inconclusive", "Evidence is there, and it is not enough to decide either way. Never counted as met."),
    Term("Inherent risk", "Likelihood times impact, one to five each, before any control counts."),
    Term("Manual", "A person must judge; no rule decides it."),
    Term("Met", "Every ask of the control is satisfied by evidence of the right kind, subject and age."),
    Term("Missing", "No evidence of the kind asked for was recorded. Never counted as met."),
    Term("Not assessed", "Controls answer it, and nothing was shown for any of them yet."),
    Term("Not measurable", "A person recorded why it can not be measured; the framework accepts that. Not a yes."),
    Term("Not applicable", "The system file says something that takes the control out of scope."),
    Term("Not covered", "The catalogue has no control for this requirement; the reason stands beside it."),
    Term("Residual risk", "The inherent rating less the steps of those mitigating controls that are met."),
    Term("Shown by", "How a requirement is answered, at its weakest: tested, automated, attested, or not at all."),
    Term("Stale", "Evidence is there, and older than the control allows."),
    Term("Tested", "Measured by running something for the purpose."),
    Term("Unmet", "Evidence is there, and it says no."),
    Term("Waived", "Set aside by a recorded, expiring exception; the raw standing stays in the ledger."),
)

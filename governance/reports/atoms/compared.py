"""Sentences of ours that a comparison of two candidates makes, as a catalogue asks for them. They are read as `sentences` tells."""

from __future__ import annotations

RESULTS = (
    "measured for the earlier candidate, and not for this one",
    "measured for this candidate, and not for the earlier one",
    "the same evidence speaks for both sides",
    "%(n)s of %(total)s questions were put in other words or another template",
    "not compared question by question: %(why)s",
    "there is no interval: too little is on record of how far each number can be trusted",
    "the interval holds no change",
    "the number itself is better",
    "the number itself is worse",
    "it differs, and nobody stated which direction is better",
    "the whole interval lies on one side of no change",
    "the %(setting)s is %(one)s now and was not told before",
    "the %(setting)s was %(other)s before and is not told now",
    "the %(setting)s is %(one)s now and was %(other)s",
    "there is no number now",
    "there is no number before",
    "the run now is %(quality)s: %(given)s",
    "the run before is %(quality)s: %(given)s",
    "the run now is %(quality)s",
    "the run before is %(quality)s",
    "neither side tells the %(setting)s",
    "the questions were put through another chat template",
    (
        "only %(share)s%% of the questions were asked on both sides (%(n)s; %(now)s now only, %(before)s before only), "
        "and %(limit)s%% are needed"
    ),
    "%(n)s questions were asked on both sides, %(now)s now only, %(before)s before only",
)
"""Of measurements, and of why two of them are no two of a kind."""

PARTS = (
    "named now, and not before",
    "named before, and not now",
    "the same bytes, under the name %(one)s instead of %(other)s",
    "the same bytes",
    "other bytes",
    "known by its name only on both sides: the name is the same, the bytes may not be",
    "another name",
    "its bytes are not on record",
    "known by its name only before, by its bytes now",
    "known by its bytes before, by its name only now",
    "%(part)s is named now, and was not",
    "%(part)s is not named any longer",
    "%(part)s: %(n)s of them, and there were %(before)s",
    "%(part)s is known by its bytes now, and was known by its name only, %(given)s",
    "%(part)s is known by its name only now, %(given)s",
    "%(part)s changed",
    "%(part)s is %(one)s now, and was %(other)s",
)
"""Of the parts of the identity."""

BOUNDS = (
    "policy %(policy)s, before %(other)s",
    "policy %(policy)s",
    "control %(control)s",
    "risk %(risk)s at %(given)s",
    "risk %(risk)s",
    "system file",
    "condition %(condition)s: what it asks",
    "condition %(condition)s: of which tiers",
    "condition %(condition)s: %(given)s",
    "condition %(condition)s",
    "envelope %(envelope)s",
    "the control",
    "where it applies",
    "ask %(ask)s: age in days",
    "ask %(ask)s: how whole evidence must be",
    "ask %(ask)s: %(given)s",
    "ask %(ask)s",
    "inherent %(side)s",
    "steps that %(control)s takes off %(side)s",
    "risk appetite",
    "rating of one's own, %(risk)s: %(side)s",
    "asked for",
    "not asked for any longer",
    "not asked for",
    "there",
    "not there",
    "gone",
    "lets changes pass without a new approval",
    "as it was",
    "reads otherwise",
    "%(person)s may approve with the duty %(duties)s",
)
"""Of bounds that read otherwise, and of what counts on one side only."""

SIDES = (
    "what %(signer)s (%(role)s) saw when they signed %(decision)s on %(day)s, %(id)s",
    "what was on record at %(moment)s",
    "the last moment at which this was the candidate",
    "the candidate before; nothing was approved",
    "now",
    "%(person)s; %(treatment)s",
)
"""Of the two sides, and of who carries a risk in which way."""

COMPARED = (*RESULTS, *PARTS, *BOUNDS, *SIDES)

SETTINGS = (
    "answers for each prompt", "currency", "definition of the task", "factor for buildings", "groups", "harness", "judging model", "method",
    "number of attempts", "number of examples shown", "number of rounds", "number of samples", "program", "requests at once", "scope",
    "threshold", "tool", "unit", "version of the harness", "version of the task", "version of the tool", "way of putting answers together",
    "what power was read from",
)  # fmt: skip
"""What must be alike before two numbers are subtracted."""

CHANGES = ("inherent", "residual", "treatment", "owner", "appetite", "new in the register", "gone from the register")
"""What is another one of a risk."""

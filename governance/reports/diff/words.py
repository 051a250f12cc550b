"""The words of a candidate diff: what became of a thing, what a difference comes to, and what each compared field is called.

The fields are named by judgement, in English; each stands here once more for whoever translates, and a test holds the two equal.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from governance.reports.atoms.views import Phrase, Status, phrase

if TYPE_CHECKING:
    from collections.abc import Mapping

WAYS: Mapping[str, Status] = {
    "added": Status("added", "+", "note"),
    "removed": Status("removed", "−", "warn"),
    "changed": Status("changed", "≠", "warn"),
    "same": Status("the same", "=", "good"),
    "not-told": Status("can not tell", "◐", "warn"),
    "same-evidence": Status("the same evidence", "=", "mute"),
}
"""What became of a part, a thing, a field or a file."""

VERDICTS: Mapping[str, Status] = {
    "worse": Status("worse", "▼", "bad"),
    "not-measured-again": Status("not measured again", "○", "gap"),
    "not-comparable": Status("not comparable", "⊘", "warn"),
    "can-not-tell": Status("can not tell", "◐", "warn"),
    "no-clear-difference": Status("no clear difference", "≈", "note"),
    "new": Status("measured for the first time", "+", "note"),
    "better": Status("better", "▲", "good"),
}
"""What a difference comes to."""

TURNS: Mapping[str, Status] = {
    "worse": Status("worse", "▼", "bad"),
    "better": Status("better", "▲", "good"),
    "other": Status("otherwise", "≠", "note"),
}
"""Which way a standing or a rating moved."""

BOUNDS: Mapping[str, Status] = {
    "loosened": Status("loosened", "▼", "bad"),
    "tightened": Status("tightened", "▲", "good"),
    "changed": Status("changed", "≠", "note"),
}
"""Which way a bound moved."""

OPENED = Status("opened", "✘", "bad")
CLOSED = Status("no longer open", "✔", "good")

SECTIONS: Mapping[str, Phrase] = {
    "data": phrase("Data sets"),
    "training": phrase("Training"),
    "environment": phrase("Environment and code"),
    "energy": phrase("Energy, speed and cost"),
    "checks": phrase("Scans"),
    "terms": phrase("Licences and terms"),
}
"""Sorts of things, by their id."""

SORTS: Mapping[str, Phrase] = {
    "controls": phrase("Controls"),
    "risks": phrase("Risks"),
    "policies": phrase("Policies"),
    "kinds": phrase("Kinds of evidence"),
    "suites": phrase("Suites of tests"),
    "frameworks": phrase("Frameworks"),
    "requirements": phrase("Requirements"),
}
"""Files that judge, by their sort."""

COUNTS: Mapping[str, Phrase] = {
    "now, and not before": phrase("counts now, and did not before"),
    "before, and not now": phrase("counted before, and does not now"),
}
"""On which side a relaxation counts."""

FIELDS: Mapping[str, Phrase] = {
    each.message: each
    for each in (
        phrase("Adapted modules"), phrase("Adapter"), phrase("Adapter alpha"), phrase("Adapter rank"), phrase("Answered within, 95 of 100"),
        phrase("Answered within, half of them"), phrase("Base model"), phrase("Base packed as"), phrase("Batches a step"), phrase("CUDA"),
        phrase("Came to its end"), phrase("Carbon dioxide"), phrase("Cards watched"), phrase("Changes that were not committed"),
        phrase("Code of the model may run"),
        phrase("Columns"), phrase("Content"), phrase("Cores"), phrase("Cost of a million tokens"), phrase("Cost of all requests"),
        phrase("Covers"), phrase("Critical"), phrase("Currency"), phrase("Document"), phrase("Duration"), phrase("Ended early by"),
        phrase("Energy"), phrase("Examples a device"), phrase("File"), phrase("Final training loss"), phrase("Findings"),
        phrase("Finished"),
        phrase("First graphics card"), phrase("Floating-point operations"), phrase("Framework"), phrase("Graphics cards"),
        phrase("Graphics driver"), phrase("Held out"), phrase("High"), phrase("Hits"), phrase("Its card tells of personal data"),
        phrase("Kernel"), phrase("Languages"), phrase("Learning rate"), phrase("Licence"), phrase("Licence in SPDX"),
        phrase("Licence in the weights"), phrase("Longest text"), phrase("Low"), phrase("Made from"), phrase("Medium"), phrase("Memory"),
        phrase("Method"), phrase("Most memory"), phrase("Name of the licence"), phrase("Objective"), phrase("Of graphics cards"),
        phrase("Operating system"), phrase("Optimiser"), phrase("Package"), phrase("Parts listed"), phrase("Parts under"),
        phrase("Passes over the data"), phrase("People must ask for it"), phrase("Place"), phrase("Power of one card"),
        phrase("Power read from"), phrase("Precision"), phrase("Processes"), phrase("Time watched"), phrase("Use of graphics cards"),
        phrase("Processor"), phrase("Program"), phrase("Python"), phrase("Read otherwise than what was read last"),
        phrase("Revision of the base"), phrase("Revision of the code"), phrase("Revision of the training code"), phrase("Rows"),
        phrase("Rows as stated"), phrase("Rows searched"), phrase("Scheduler"), phrase("Seed"), phrase("Setting"),
        phrase("Starts of the training"), phrase("Steps"), phrase("Steps planned"), phrase("Still as found"), phrase("Struck out"),
        phrase("Test questions found in it"), phrase("Tokens a second"), phrase("Tool"), phrase("Training examples"), phrase("Version"),
        phrase("Version of the framework"), phrase("Version of the tool"), phrase("Weight decay"), phrase("Without a licence"),
        phrase("Without a version"),
    )
}  # fmt: skip
"""What a compared field is called, by the English word that judgement gives it."""

UNITS: Mapping[str, str] = {
    "Energy": "kWh",
    "Of graphics cards": "kWh",
    "Carbon dioxide": "g",
    "Use of graphics cards": "%",
    "Power of one card": "W",
}
"""The unit of a field, where it has one."""

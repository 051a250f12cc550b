"""The table of real evidence: one attach a row, and what a control must come to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from governance.domain.evidence import Role

TODAY = datetime(2026, 11, 27, 9, 0, tzinfo=UTC)
YESTERDAY = datetime(2026, 11, 26, tzinfo=UTC)
"""What a user declares for tools that leave no clock."""
PURPOSES = {
    "bias-evaluated": "bias",
    "dangerous-capability-evaluated": "dangerous-capability",
    "jailbreak-tested": "jailbreak",
    "leakage-tested": "leakage",
    "prompt-injection-tested": "prompt-injection",
    "quality-evaluated": "quality",
    "robustness-evaluated": "robustness",
    "safety-evaluated": "safety",
    "toxicity-evaluated": "toxicity",
    "truthfulness-evaluated": "truthfulness",
}
COMPARED = {
    "attacks-compared-with-base": ("jailbreak", "prompt-injection"),
    "bias-compared-with-base": ("bias",),
    "regression-against-base-measured": ("general-capability",),
    "safety-compared-with-base": ("safety",),
}
DESK = "desk"
"""The task of the recorded Inspect logs."""


@dataclass(frozen=True)
class Case:
    """One attach and its answer. `calls` are names that a tool wrote down for the candidate's weights."""

    control: str
    samples: str
    comes_to: str
    says: str = ""
    calls: tuple[str, ...] = ()
    about: Role | None = None
    on: datetime | None = None

    def __str__(self) -> str:
        told = [*self.calls, *([f"about the {self.about}"] if self.about else []), *(["dated"] if self.on else [])]
        return " ".join([self.control, self.samples or "nothing", *told])


def case(control: str, samples: str, comes_to: str, says: str = "", *calls: str, **said: Any) -> Case:
    return Case(control, samples, comes_to, says, calls, **said)


TABLE = [
    # The recorded run itself.
    case("weights-identified", "", "met"),
    case("training-run-recorded", "", "met"),
    case("base-model-identified", "", "met"),
    case("base-revision-pinned", "", "unmet", "base.revision is not stated"),
    case("compute-effort-recorded", "", "met"),
    case("compute-environment-recorded", "", "met"),
    case("training-watched-on-held-out-data", "", "met"),
    case("no-executable-weights", "", "unmet", "training_args.bin"),
    case("training-code-identified", "recorded-run", "met"),
    # Evaluations.
    case("evaluation-harness-identified", "lm-eval", "met", "", "dummy"),
    case("evaluation-harness-identified", "lm-eval", "missing", "tied to no model"),
    case("evaluation-harness-identified", "mlflow-store", "unmet", "harness.version", "runs/desk"),
    case("evaluation-sample-size-stated", "lm-eval", "met", "", "dummy"),
    case("evaluation-sample-size-stated", "wandb-run", "missing"),
    case("evaluation-sample-size-stated", "mlflow-store", "unmet", "results[].n", "runs/desk"),
    case("evaluation-samples-kept", "lm-eval-samples", "met", "", "dummy"),
    case("evaluation-samples-kept", "inspect-samples", "met", "", "mockllm/model"),
    case("evaluation-samples-kept", "lm-eval", "missing", "", "dummy"),
    *(case(control, "inspect-log/0.3.206.eval", "met", "", "mockllm/model") for control in PURPOSES),
    *(case(control, "inspect-log/0.3.206.eval", "missing", "tied to no model") for control in PURPOSES),
    *(case(control, "inspect-log/0.3.206.eval", "missing", "about the base", "mockllm/model") for control in COMPARED),
    # Attacks.
    case("red-team-held", "promptfoo/redteam.json", "met", "", "desk:model"),
    case("red-team-held", "promptfoo/redteam.json", "missing", "tied to no model"),
    case("red-team-held", "garak", "met", "", "test.Lipsum", on=YESTERDAY),
    case("red-team-held", "garak", "inconclusive", "declare it with --effective DATE", "test.Lipsum"),
    case("red-team-held", "pyrit", "inconclusive", "completed is not stated", "runs/desk/final", on=YESTERDAY),
    # Scans, signatures, bills.
    case("weights-scanned", "modelscan/modelscan-0.8.8.json", "met", "", "model"),
    case("weights-scanned", "modelscan/modelscan-0.7.6.json", "unmet", "critical is 1", "modelevil"),
    case("weights-scanned", "modelscan/modelscan-0.8.8.json", "missing", "tied to no model"),
    case("weights-scanned", "sarif", "missing", "with target weights"),
    case("weights-scanned", "picklescan", "missing", "tied to no model"),
    case("code-scanned", "sarif/bandit.sarif", "unmet", "high is 2"),
    case("code-scanned", "sarif/semgrep.sarif", "unmet", "high is 2"),
    case("code-scanned", "detect-secrets", "missing", "with target code"),
    case("secrets-scanned", "detect-secrets", "unmet", "findings is 1"),
    case("secrets-scanned", "gitleaks", "unmet", "findings is 1"),
    case("secrets-scanned", "sarif", "missing", "with target secrets"),
    case("weights-signed", "", "missing"),
    case("component-bill-held", "cyclonedx", "met"),
    case("component-bill-held", "spdx/desk.spdx3.json", "met"),
    case("component-bill-held", "spdx/desk.spdx2.json", "unmet", "without_licence is 1"),
    # Data.
    case("dataset-content-fixed", "dataset-card", "met"),
    case("dataset-content-fixed", "hf-dataset-on-disk", "met"),
    case("dataset-content-fixed", "data-provenance", "unmet", "manifest_digest is not stated"),
    case("dataset-licence-known", "dataset-card", "met"),
    case("dataset-licence-known", "croissant", "met"),
    case("dataset-licence-known", "hf-dataset-on-disk/cache-5.2.0", "inconclusive", "licence.known is not stated"),
    case("dataset-limitations-stated", "dataset-card", "met"),
    case("dataset-limitations-stated", "hf-dataset-on-disk", "inconclusive", "statements.limitations is not stated"),
    case("dataset-personal-data-stated", "croissant", "met"),
    case("dataset-personal-data-stated", "data-provenance", "inconclusive", "statements.personal_data is not stated"),
    case("dataset-provenance-documented", "croissant", "met"),
    case("dataset-provenance-documented", "hf-dataset-on-disk", "unmet", "source_datasets"),
    case("data-quality-checked", "great-expectations/validation-1.24.1.json", "met"),
    case("data-quality-checked", "great-expectations", "unmet", "failed is 3"),
    case("data-quality-checked", "pandera", "unmet", "failed is 7"),
    case("personal-data-scanned", "presidio", "inconclusive", "unresolved is not stated"),
    case("contamination-checked", "contamination", "unmet", "contaminated_items is 1", on=YESTERDAY),
    case("dataset-deduplicated", "deduplication", "inconclusive", "duplicates_left is not stated"),
    # Energy, and the model in use.
    case("energy-measured", "codecarbon", "missing", "tied to no model"),
    case("energy-measured", "codecarbon", "met", about=Role.CANDIDATE),
    case("energy-measured", "energy-counter", "met", "", "elm-desk-tune"),
    case("energy-measured", "dcgm-metrics", "missing", "tied to no model"),
    case("drift-measured", "nannyml", "met", on=YESTERDAY),
    case("drift-measured", "nannyml", "inconclusive", "declare it with --effective DATE"),
    case("drift-measured", "evidently/report-0.7.1.json", "unmet", "breached is yes", on=YESTERDAY),
    case("content-provenance-marked", "c2pa-manifest", "met", on=YESTERDAY),
    case("content-provenance-marked", "c2pa-manifest", "inconclusive", "declare it with --effective DATE"),
    case("watermark-detection-measured", "watermark", "met", about=Role.CANDIDATE, on=YESTERDAY),
    case("watermark-detection-measured", "watermark", "missing", "tied to no model", on=YESTERDAY),
    case("inference-cost-measured", "litellm-log", "missing", "with place cloud", "gpt-4o-mini"),
    case("on-device-behaviour-measured", "vllm-metrics", "missing", "with place on-device", "elm-desk", on=YESTERDAY),
]  # fmt: skip

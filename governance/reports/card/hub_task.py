"""What a model does and what loads it, as the Hub names both: `pipeline_tag` and `library_name`, read off the evidence or left out.

The task is taken from the first of these that tells it: what the adapter says it was trained for, the architecture of the candidate, that
of its base, the design that a GGUF header names, and last that an evaluation harness for language models measured these very weights. A
design that serves several tasks tells none: a tag that is wrong hides a model from those who look for it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from governance.domain.evidence import Piece, Role
from governance.reports.claims import weights
from governance.reports.parts import evaluation

if TYPE_CHECKING:
    from governance.domain.case import Case

TEXT = "text-generation"
UNKNOWN = "other"
"""The Hub's own word for a task that is none of its list."""

_ADAPTED_FOR = {
    "CAUSAL_LM": TEXT, "SEQ_CLS": "text-classification", "TOKEN_CLS": "token-classification", "QUESTION_ANS": "question-answering",
    "FEATURE_EXTRACTION": "feature-extraction",
}  # fmt: skip
"""`task_type` of PEFT."""
_DESIGNS = (
    (re.compile(r"Whisper\w*ForConditionalGeneration|\w+ForCTC|\w+ForSpeechSeq2Seq"), "automatic-speech-recognition"),
    (re.compile(r"\w*(?:VL|Llava|Mllama|Idefics|PaliGemma|SmolVLM|Pixtral)\w*ForConditionalGeneration"), "image-text-to-text"),
    (re.compile(r"\w+(?:ForCausalLM|LMHeadModel)"), TEXT),
    (re.compile(r"\w+ForMaskedLM"), "fill-mask"),
    (re.compile(r"\w+ForSequenceClassification"), "text-classification"),
    (re.compile(r"\w+ForTokenClassification"), "token-classification"),
    (re.compile(r"\w+ForQuestionAnswering"), "question-answering"),
    (re.compile(r"\w+ForImageClassification"), "image-classification"),
    (re.compile(r"\w+ForObjectDetection"), "object-detection"),
    (re.compile(r"\w+ForAudioClassification"), "audio-classification"),
)  # fmt: skip
"""Names of architectures as transformers writes them."""
_GGUF_TEXT = frozenset({
    "llama", "llama4", "mistral", "qwen2", "qwen3", "qwen3moe", "gemma", "gemma2", "gemma3", "phi2", "phi3", "falcon", "mpt", "gpt2",
    "gptneox", "starcoder2", "olmo", "olmo2", "smollm3",
})  # fmt: skip
"""`general.architecture` of designs that only take text and only give text."""
_OF_LANGUAGE_MODELS = frozenset({"lm-evaluation-harness", "lighteval", "inspect", "inspect-ai", "inspect_ai", "helm"})


def task(case: Case, artefacts: Piece | None) -> str | None:
    """The `pipeline_tag`, or None where nothing tells it."""
    body = artefacts.body if artefacts else {}
    base = case.dossier.base.body if case.dossier.base else {}
    adapted = _ADAPTED_FOR.get(str(_mapping(body.get("adapter")).get("task_type")).upper())
    designs = [name for each in (body, base) if re.fullmatch(r"\w+", name := str(each.get("architecture") or ""))]
    header = str(_mapping(body.get("declared_in_weights")).get("architecture") or "").lower()
    if adapted:
        return adapted
    if designs:
        return next((found for found in map(_of_design, designs) if found), None)
    if header:
        return TEXT if header in _GGUF_TEXT else None
    return TEXT if _measured_as_language_model(case) else None


def library(artefacts: Piece | None) -> str | None:
    """The `library_name`: what an adapter or a folder with settings was written by; None for bare weights and for what was not attached."""
    form = artefacts.body.get("form") if artefacts else None
    if form == "adapter":
        return "peft"
    readable = artefacts is not None and any(
        each in ("safetensors", "pickle") for each in artefacts.body.get("formats") or ()
    )
    return "transformers" if form == "full-model" and readable and _of_transformers(artefacts) else None


def _of_transformers(artefacts: Piece | None) -> bool:
    return bool(
        artefacts and re.fullmatch(r"[A-Z]\w*(?:For[A-Z]\w*|Model)", str(artefacts.body.get("architecture") or ""))
    )


def _of_design(name: str) -> str | None:
    return next((tag for pattern, tag in _DESIGNS if pattern.fullmatch(name)), None)


def _measured_as_language_model(case: Case) -> bool:
    runs = weights.in_time(case, evaluation.KIND, Role.CANDIDATE)
    return any(
        _mapping(piece.body.get("harness")).get("name") in _OF_LANGUAGE_MODELS
        and weights.bound(case, piece, Role.CANDIDATE)
        for piece in runs
    )


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}

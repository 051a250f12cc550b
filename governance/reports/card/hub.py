"""The YAML head of a model card, in the fields the Hugging Face Hub reads.

https://huggingface.co/docs/hub/model-cards and the specification in huggingface/hub-docs `modelcard.md`. What the
Hub would refuse or misread is left out rather than bent: a base model that is a path on somebody's disk, a data set
that is no Hub id, a language that is no code, a task that nothing tells. Each such gap is a note at the foot of the card. Only results that
a digest ties to the candidate's weights go into `model-index`, each with `verified: false`, because only the Hub's own service verifies;
their values are those that the card prints as claims, before they are rounded. What the policy holds for too old to quote, and what was
written by hand, is in no head, since the Hub shows a head without the words beside it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from governance.domain.evidence import Piece, Role
from governance.parsing.showing import visible
from governance.reports.atoms.head import Head
from governance.reports.atoms.views import Phrase, phrase
from governance.reports.card import hub_task, hub_terms
from governance.reports.claims import weights
from governance.reports.parts import energy, evaluation
from governance.verifier import figures

if TYPE_CHECKING:
    from governance.domain.case import Case

TAG = "governance-evidence"
_OBJECTIVES = frozenset({"sft", "dpo", "grpo", "orpo", "kto", "ppo", "rloo", "reward-trainer"})
_NOT_PACKED = frozenset({0, 1, 32})
"""File types of GGUF that are no quantisation: F32, F16, BF16."""


@dataclass
class _Made:
    """The fields so far, and what was left out of them."""

    fields: dict[str, object] = field(default_factory=dict)
    notes: list[Phrase] = field(default_factory=list)


def head(case: Case, artefacts: Piece | None, data_sets: tuple[Piece, ...], environment: Piece | None = None) -> Head:
    """The fields of the head, only those that have something to say, and what was left out of it.

    `environment` is the record of the machine that trained it, for the hardware behind the emissions.
    """
    made = _Made()
    _language(case, made)
    _licence(case, made)
    made.fields["library_name"] = hub_task.library(artefacts)
    task = made.fields["pipeline_tag"] = hub_task.task(case, artefacts)
    if task is None:
        made.notes.append(phrase("`pipeline_tag`: nothing on record tells what the model does with which input."))
    _base(case, artefacts, made)
    _data_sets(data_sets, made)
    made.fields["tags"] = [TAG, *_tags(case, artefacts)]
    _emissions(case, environment, made)
    _model_index(case, task or hub_task.UNKNOWN, made)
    cleaned = {name: _clean(value) for name, value in made.fields.items() if value not in ([], {}, "", None)}
    return Head(cleaned, tuple(made.notes))


def _language(case: Case, made: _Made) -> None:
    stated = case.dossier.system.languages
    made.fields["language"] = known = hub_terms.languages(stated)
    if len(known) < len(stated):
        made.notes.append(phrase("`language`: what is no code of ISO 639 was left out."))


def _licence(case: Case, made: _Made) -> None:
    system, release = case.dossier.system, case.dossier.release
    files = [
        str(file.get("path")) for part in (release.body.get("parts") or ())[:1] for file in part.get("files") or ()
    ] if release else []  # fmt: skip
    fields = hub_terms.licence(system, files)
    made.fields.update(fields)
    if fields.get("license") == "other" and "license_link" not in fields:
        made.notes.append(
            phrase(
                "`license_link`: the Hub has no id for this licence and no link is known: add `licence_link` to the system file."
            )
        )


def _base(case: Case, artefacts: Piece | None, made: _Made) -> None:
    """The base as the weights name it, where that is a Hub id and no path; else as the owner declares it. Of a merge, all of them."""
    relation = _relation(case, artefacts)
    declared = case.dossier.system.base_model
    body = artefacts.body if artefacts else {}
    named = _mapping(body.get("base")).get("name")
    merged = [
        str(each.get("repository") or each.get("name"))
        for each in _mapping(body.get("declared_in_weights")).get("bases") or ()
    ]
    ids = [name for name in dict.fromkeys(map(_hub_id, merged)) if hub_terms.is_id(name)]
    single = next(
        (name for name in (str(named or ""), declared.name if declared else "") if hub_terms.is_id(name)), None
    )
    if relation == "merge" and len(ids) > 1:
        made.fields["base_model"] = ids
    elif single is not None:
        made.fields["base_model"] = single
    elif named or declared:
        made.notes.append(phrase("`base_model`: no name of the base on record is an id of the Hub."))
    if "base_model" in made.fields:
        made.fields["base_model_relation"] = relation


def _hub_id(name: str) -> str:
    return name.removeprefix("https://huggingface.co/").strip("/")


def _relation(case: Case, artefacts: Piece | None) -> str | None:
    """`adapter`, `merge`, `quantized` or `finetune`, whatever is the last that was done to the base; None where nothing shows any."""
    parts = {part.part for part in case.dossier.identity.parts} if case.dossier.identity else set()
    if artefacts is not None and artefacts.body.get("form") == "adapter":
        return "adapter"
    if _is_packed(artefacts, parts):
        return "quantized"
    if "merge-recipe" in parts:
        return "merge"
    return "finetune" if weights.in_time(case, "training-run.v1", Role.CANDIDATE) else None


def _is_packed(artefacts: Piece | None, parts: Collection[str]) -> bool:
    packing = _mapping(artefacts.body.get("declared_in_weights")).get("file_type") if artefacts else None
    return packing not in _NOT_PACKED if packing is not None else "quantisation" in parts


def _data_sets(pieces: tuple[Piece, ...], made: _Made) -> None:
    names = {str(piece.body.get("name")) for piece in pieces}
    known = sorted(name for name in names if hub_terms.is_id(name))
    made.fields["datasets"] = known
    if len(known) < len(names):
        made.notes.append(phrase("`datasets`: a data set whose name is no id of the Hub was left out."))


def _tags(case: Case, artefacts: Piece | None) -> list[str]:
    adapter = _mapping(artefacts.body.get("adapter")) if artefacts else {}
    runs = weights.in_time(case, "training-run.v1", Role.CANDIDATE)
    objective = str(runs[-1].body.get("objective") or "").lower() if runs else ""
    found = ["lora"] if str(adapter.get("type", "")).lower() == "lora" else []
    return [*found, *([objective] if objective in _OBJECTIVES else [])]


def _emissions(case: Case, environment: Piece | None, made: _Made) -> None:
    """`co2_eq_emissions`: grams as the evidence holds them, and how they were found. Nothing is reckoned here."""
    piece = energy.emissions(case)
    if piece is None:
        made.notes.append(
            phrase(
                "`co2_eq_emissions`: no evidence of a tool that is tied to these weights and not too old states the carbon dioxide."
            )
        )
        return
    body = piece.body
    tool = _mapping(body.get("tool"))
    named = " ".join(str(part) for part in (tool.get("name"), tool.get("version")) if part) or "a tool not named"
    told: dict[str, object] = {
        "emissions": figures.finite(body.get("co2_grams")),
        "source": f"{named}; energy {body.get('method') or 'found in a way not stated'}, evidence {piece.id}",
        "training_type": "fine-tuning" if _is_tuned(case) else None,
        "geographical_location": body.get("location"),
        "hardware_used": _hardware(environment),
    }
    made.fields["co2_eq_emissions"] = {name: value for name, value in told.items() if value}


def _is_tuned(case: Case) -> bool:
    """Whether there was a model before the training: the evidence or the owner names one."""
    artefacts = case.dossier.candidate
    return case.dossier.system.base_model is not None or bool(
        artefacts and _mapping(artefacts.body.get("base")).get("name")
    )


def _hardware(environment: Piece | None) -> str | None:
    """`2 × NVIDIA A100`, or the processor of a machine without graphics cards."""
    if environment is None:
        return None
    cards = [
        str(_mapping(card).get("name")) for card in environment.body.get("gpus") or () if _mapping(card).get("name")
    ]
    if cards:
        return ", ".join(f"{cards.count(name)} × {name}" for name in sorted(set(cards)))
    model = _mapping(environment.body.get("cpu")).get("model")
    return str(model) if model and environment.body.get("gpu_status") == "none" else None


def _model_index(case: Case, task: str, made: _Made) -> None:
    """One entry per task, as `model_index_to_eval_results` of huggingface_hub reads it back."""
    rows, _ = evaluation.latest(case, Role.CANDIDATE)
    tasks: dict[str, list[dict[str, Any]]] = {}
    data: dict[str, str] = {}
    loose = old = typed = 0
    for key in sorted(rows):
        result = rows[key]
        value = figures.finite(result.row.get("value"))
        if value is None:
            continue
        if not weights.bound(case, result.piece, Role.CANDIDATE):
            loose += 1
            continue
        if case.too_old(result.piece) is not None:
            old += 1
            continue
        if result.piece.record.declared_by is not None:
            typed += 1
            continue
        named = str(result.row.get("data_set") or "")
        data[key[0]] = named if hub_terms.is_id(named) else key[0]
        metric = {"type": key[1], "name": evaluation.metric_name(key), "value": value, "verified": False}
        tasks.setdefault(key[0], []).append(metric)
    if loose:
        made.notes.append(
            phrase(
                "`model-index`: results that no digest ties to these weights were left out, %(number)s of them.",
                number=loose,
            )
        )
    if old:
        made.notes.append(
            phrase(
                "`model-index`: results that the policy holds for too old were left out, %(number)s of them.",
                number=old,
            )
        )
    if typed:
        made.notes.append(
            phrase("`model-index`: results that were written by hand were left out, %(number)s of them.", number=typed)
        )
    results = [
        {"task": {"type": task}, "dataset": {"type": data[name], "name": name}, "metrics": metrics}
        for name, metrics in tasks.items()
    ]
    made.fields["model-index"] = [{"name": case.dossier.system.name, "results": results}] if results else []


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _clean(value: object) -> object:
    """The same value with no string that could look like anything but itself in a YAML head."""
    if isinstance(value, str):
        return visible(value)
    if isinstance(value, list):
        return [_clean(item) for item in value]
    if isinstance(value, dict):
        return {str(key): _clean(item) for key, item in value.items()}
    return value

"""The YAML head of a model card, in the fields the Hugging Face Hub reads.

https://huggingface.co/docs/hub/model-cards and the specification in huggingface/hub-docs `modelcard.md`. What the
Hub would refuse or misread is left out rather than bent: a base model that is a path on somebody's disk, a data set
that is no Hub id, a language that is no code. Only results that a digest ties to the candidate's weights go into
`model-index`, each with
`verified: false`, because only the Hub's own service verifies.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from governance.domain.evidence import Piece, Role
from governance.reports import evaluation, figures
from governance.reports.card_views import Head
from governance.reports.escape import visible

if TYPE_CHECKING:
    from governance.domain.case import Case

LICENCES = frozenset(
    [
        "apache-2.0",
        "mit",
        "openrail",
        "bigscience-openrail-m",
        "creativeml-openrail-m",
        "bigscience-bloom-rail-1.0",
        "bigcode-openrail-m",
        "afl-3.0",
        "artistic-2.0",
        "bsl-1.0",
        "bsd",
        "bsd-2-clause",
        "bsd-3-clause",
        "bsd-3-clause-clear",
        "c-uda",
        "cc",
        "cc0-1.0",
        "cc-by-2.0",
        "cc-by-2.5",
        "cc-by-3.0",
        "cc-by-4.0",
        "cc-by-sa-3.0",
        "cc-by-sa-4.0",
        "cc-by-nc-2.0",
        "cc-by-nc-3.0",
        "cc-by-nc-4.0",
        "cc-by-nd-4.0",
        "cc-by-nc-nd-3.0",
        "cc-by-nc-nd-4.0",
        "cc-by-nc-sa-2.0",
        "cc-by-nc-sa-3.0",
        "cc-by-nc-sa-4.0",
        "cdla-sharing-1.0",
        "cdla-permissive-1.0",
        "cdla-permissive-2.0",
        "wtfpl",
        "ecl-2.0",
        "epl-1.0",
        "epl-2.0",
        "etalab-2.0",
        "eupl-1.1",
        "eupl-1.2",
        "agpl-3.0",
        "gfdl",
        "gpl",
        "gpl-2.0",
        "gpl-3.0",
        "lgpl",
        "lgpl-2.1",
        "lgpl-3.0",
        "isc",
        "h-research",
        "intel-research",
        "lppl-1.3c",
        "ms-pl",
        "apple-ascl",
        "apple-amlr",
        "mpl-2.0",
        "odc-by",
        "odbl",
        "openmdw-1.0",
        "openrail++",
        "osl-3.0",
        "postgresql",
        "ofl-1.1",
        "ncsa",
        "unlicense",
        "zlib",
        "pddl",
        "lgpl-lr",
        "deepfloyd-if-license",
        "fair-noncommercial-research-license",
        "llama2",
        "llama3",
        "llama3.1",
        "llama3.2",
        "llama3.3",
        "llama4",
        "gemma",
        "grok2-community",
    ]
)
"""Licence ids of the Hub: https://huggingface.co/docs/hub/repositories-licenses"""

_MODEL_ID = re.compile(r"^[A-Za-z0-9][\w.-]{0,95}/[A-Za-z0-9][\w.-]{0,95}$")
_DATA_SET_ID = re.compile(r"^[A-Za-z0-9][\w.-]{0,95}/[A-Za-z0-9][\w.-]{0,95}$")
_LANGUAGE = re.compile(r"^[a-z]{2,3}$|^multilingual$|^code$")
_NOT_IN_NAME = re.compile(r"[^a-z0-9.]+")


def head(case: Case, artefacts: Piece | None, data_sets: tuple[Piece, ...]) -> Head:
    """The fields of the head, only those that have something to say."""
    system = case.dossier.system
    form = artefacts.body.get("form") if artefacts else None
    fields: dict[str, object] = {}
    fields["language"] = [code.lower() for code in system.languages if _LANGUAGE.match(code.lower())]
    fields.update(_licence(case))
    fields["library_name"] = "peft" if form == "adapter" else "transformers"
    fields["pipeline_tag"] = "text-generation"
    fields.update(_base(case, artefacts))
    fields["datasets"] = sorted(
        {str(p.body.get("name")) for p in data_sets if _DATA_SET_ID.match(str(p.body.get("name")))}
    )
    fields["tags"] = ["governance-evidence", *(["lora"] if _is_lora(artefacts) else [])]
    fields["model-index"] = _model_index(case)
    return Head({name: _clean(value) for name, value in fields.items() if value not in ([], "", None)})


def _licence(case: Case) -> dict[str, object]:
    stated = case.dossier.system.licence
    if stated is None:
        return {}
    folded = stated.strip().lower()
    if folded in LICENCES:
        return {"license": folded}
    name = _NOT_IN_NAME.sub("-", folded).strip("-.")[:80] or "see-card"
    return {"license": "other", "license_name": name}


def _base(case: Case, artefacts: Piece | None) -> dict[str, object]:
    """The base as the weights name it, where that is a Hub id and no path; else as the owner declares it."""
    declared = case.dossier.system.base_model
    named = (artefacts.body.get("base") or {}) if artefacts else {}
    names = (str(named.get("name") or ""), declared.name if declared else "")
    name = next((name for name in names if _MODEL_ID.match(name)), None)
    if name is None:
        return {}
    adapter = artefacts is not None and artefacts.body.get("form") == "adapter"
    return {"base_model": name, "base_model_relation": "adapter" if adapter else "finetune"}


def _is_lora(artefacts: Piece | None) -> bool:
    adapter = (artefacts.body.get("adapter") or {}) if artefacts else {}
    return str(adapter.get("type", "")).lower() == "lora"


def _model_index(case: Case) -> list[dict[str, Any]]:
    """One entry per task, as `model_index_to_eval_results` of huggingface_hub reads it back."""
    rows, _ = evaluation.latest(case, Role.CANDIDATE)
    tasks: dict[str, list[dict[str, Any]]] = {}
    for key in sorted(rows):
        result = rows[key]
        value = figures.finite(result.row.get("value"))
        if value is None or not evaluation.bound(case, result.piece, Role.CANDIDATE):
            continue
        metric = {"type": key[1], "name": evaluation.metric_name(key), "value": value, "verified": False}
        tasks.setdefault(key[0], []).append(metric)
    if not tasks:
        return []
    results = [
        {"task": {"type": "text-generation"}, "dataset": {"type": task, "name": task}, "metrics": metrics}
        for task, metrics in tasks.items()
    ]
    return [{"name": case.dossier.system.name, "results": results}]


def _clean(value: object) -> object:
    """The same value with no string that could look like anything but itself in a YAML head."""
    if isinstance(value, str):
        return visible(value)
    if isinstance(value, list):
        return [_clean(item) for item in value]
    if isinstance(value, dict):
        return {str(key): _clean(item) for key, item in value.items()}
    return value

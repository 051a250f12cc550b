"""Evaluation runs in the shared form of Every Eval Ever, schema 0.3.0 (https://github.com/evaleval/every_eval_ever).

*Writes* one document for each evaluation run, at the path that the collection expects. The id in the file name is made of the
evidence's own id, so that the same run gives the same file.

*Leaves out*, and says so, a number that is none and one whose tool did not say which direction is better: the form has a
field for it that must be filled, and it is not guessed. What is known of the run's wholeness goes with every score.
"""

from __future__ import annotations

import hashlib
import json
import uuid
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from governance.domain.evidence import Piece
    from governance.domain.system import System

KIND = "eval-run.v1"
SCHEMA_VERSION = "0.3.0"


def documents(pieces: Iterable[Piece], system: System, now: datetime) -> tuple[dict[str, bytes], list[str]]:
    """The documents by path, and what was left out with the reason. `now` is the moment of the export."""
    made: dict[str, bytes] = {}
    left_out: list[str] = []
    for piece in pieces:
        if piece.record.kind != KIND:
            continue
        document = _document(piece, system, now, left_out)
        if document is None:
            left_out.append(f"{piece.id}: no result could be written")
            continue
        parts = ("data", document["eval_library"]["name"], *document["model_info"]["id"].split("/", 1))
        folder = "/".join(map(_plain, parts))
        made[f"{folder}/{_uuid(piece.id)}.json"] = (json.dumps(document, ensure_ascii=False, indent=2) + "\n").encode()
    return made, left_out


def _document(piece: Piece, system: System, now: datetime, left_out: list[str]) -> dict[str, Any] | None:
    body, record = piece.body, piece.record
    results = [made for row in body["results"] if (made := _result(piece, row, left_out)) is not None]
    if not results:
        return None
    model = body["model"]
    name = model["adapter"] or model["name"]
    identity = _model_id(name)
    at = str(int(now.timestamp()))
    harness = body["harness"]
    document: dict[str, Any] = {
        "schema_version": SCHEMA_VERSION,
        "evaluation_id": f"{_plain(harness['name'])}/{identity.replace('/', '_')}/{at}",
        "retrieved_timestamp": at,
        "source_metadata": {
            "source_name": system.name,
            "source_type": "evaluation_run",
            "source_organization_name": system.owner,
            "evaluator_relationship": "first_party",
            "additional_details": {"evidence": piece.id, "body_digest": record.body_digest},
        },
        "eval_library": {"name": harness["name"], "version": harness["version"] or "unknown"},
        "model_info": {
            "name": name,
            "id": identity,
            "additional_details": _texts(
                {
                    "deployment_type": "unknown",
                    "model_availability": "unknown",
                    "weights_digest": record.subject.digest,
                    "role": record.subject.role,
                    "bound_by": record.subject.bound_by,
                    "base_model": model["name"] if model["adapter"] else None,
                    "revision": model["revision"],
                }
            ),
        },
        "evaluation_results": results,
    }
    if record.effective_at is not None:
        document["evaluation_timestamp"] = str(int(record.effective_at.timestamp()))
    return document


def _result(piece: Piece, row: Mapping[str, Any], left_out: list[str]) -> dict[str, Any] | None:
    what = f"{piece.id}: {row['metric']} of {row['task']}"
    if row["value"] is None:
        left_out.append(f"{what} is no number")
        return None
    if row["higher_is_better"] is None:
        left_out.append(f"{what}: the tool does not say whether more is better")
        return None
    data_set = row.get("data_set")
    source = {"dataset_name": data_set or row["task"], "source_type": "hf_dataset" if data_set else "other"}
    metric = f"{row['metric']},{row['filter']}" if row["filter"] else row["metric"]
    score: dict[str, Any] = {"score": row["value"]}
    uncertainty: dict[str, Any] = {}
    if row["stderr"] is not None:
        uncertainty["standard_error"] = {"value": row["stderr"]}
    if row["n"] is not None:
        uncertainty["num_samples"] = row["n"]
    if uncertainty:
        score["uncertainty"] = uncertainty
    score["details"] = _texts(
        {
            "quality": piece.record.quality.value,
            "quality_reasons": "; ".join(piece.record.quality_reasons) or None,
            "samples_of_the_task": row["n_original"],
            "task_version": row["task_version"],
            "task_digest": row["task_digest"],
        }
    )
    return {
        "evaluation_result_id": f"{row['task']}.{metric}",
        "evaluation_name": row["task"],
        "source_data": source | ({"hf_repo": data_set} if data_set else {}),
        "metric_config": {
            "metric_id": row["metric"],
            "metric_name": metric,
            "lower_is_better": not row["higher_is_better"],
        },
        "score_details": score,
    }


def _model_id(name: str) -> str:
    """`organisation/model`; a folder on a disk belongs to no organisation and is `local/folder`."""
    parts = [part for part in name.replace("\\", "/").split("/") if part not in ("", ".", "..", "~")]
    is_hub = len(parts) == 2 and not name.startswith(("/", ".", "~"))
    return "/".join(parts) if is_hub else f"local/{parts[-1] if parts else 'unknown'}"


def _texts(values: Mapping[str, object]) -> dict[str, str]:
    """The values as texts, without those that are not known; the form allows nothing else."""
    return {key: str(value) for key, value in values.items() if value is not None}


def _plain(part: str) -> str:
    """A part of a path without anything that would lead elsewhere."""
    return "".join(c if c.isalnum() or c in "._-" else "_" for c in part).lstrip(".") or "unknown"


def _uuid(evidence_id: str) -> str:
    """A version 4 identifier in form, made of the evidence's id so that it stays the same."""
    return str(uuid.UUID(bytes=hashlib.sha256(evidence_id.encode()).digest()[:16], version=4))

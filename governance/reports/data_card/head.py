"""The YAML head of a data card, in the fields the Hugging Face Hub reads of a data set.

https://huggingface.co/docs/hub/datasets-cards. Values stand there only where the Hub's own lists hold them; what is not among
them stays in the document alone.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from governance.domain.licences import LICENCES
from governance.parsing.showing import visible
from governance.reports.atoms.head import Head
from governance.reports.card import hub_terms

if TYPE_CHECKING:
    from governance.domain.evidence import Piece

TAG = "governance-evidence"
ANNOTATORS = frozenset({"crowdsourced", "found", "expert-generated", "machine-generated", "no-annotation", "other"})
SIZES = frozenset(
    (
        "n<1K", "1K<n<10K", "10K<n<100K", "100K<n<1M", "1M<n<10M", "10M<n<100M", "100M<n<1B", "1B<n<10B", "10B<n<100B",
        "100B<n<1T", "n>1T",
    )
)  # fmt: skip
_TASK = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_LINK = re.compile(r"https?://[!-~]+")
_NOT_IN_NAME = re.compile(r"[^a-z0-9.]+")


def head(manifest: Piece) -> Head:
    """The fields of the head of one data set, only those that have something to say."""
    body = manifest.body
    fields: dict[str, Any] = {
        "pretty_name": visible(str(body.get("name") or manifest.record.subject.name)),
        **_licence(body.get("licence")),
        "language": hub_terms.languages(_texts(body.get("languages"))),
        "size_categories": [each for each in _texts(body.get("size_categories")) if each in SIZES],
        "annotations_creators": [each for each in _texts(body.get("annotations_creators")) if each in ANNOTATORS],
        "source_datasets": [each for each in _texts(body.get("source_datasets")) if _is_source(each)],
        "task_categories": [each for each in _texts(body.get("task_categories")) if _TASK.fullmatch(each)],
        "tags": [TAG],
    }
    return Head({name: value for name, value in fields.items() if value})


def _licence(found: Any) -> dict[str, str]:
    told = found if isinstance(found, dict) else {}
    short, name, link = (str(told.get(field) or "").strip() for field in ("id", "name", "link"))
    if short.lower() in LICENCES:
        return {"license": short.lower()}
    named = _NOT_IN_NAME.sub("-", visible((name or short).lower())).strip("-.")[:80].strip("-.")
    if not named:
        return {}
    return {"license": "other", "license_name": named} | ({"license_link": link} if _LINK.fullmatch(link) else {})


def _texts(found: Any) -> list[str]:
    return [str(each) for each in found if isinstance(each, str)] if isinstance(found, (list, tuple)) else []


def _is_source(name: str) -> bool:
    return (
        name == "original"
        or hub_terms.is_id(name.removeprefix("extended|"))
        or bool(re.fullmatch(r"extended\|[\w.-]+", name, re.ASCII))
    )

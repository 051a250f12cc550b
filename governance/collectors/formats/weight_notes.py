"""What the headers of weight files say of the model: name, licence, base, data sets. Whoever wrote the file wrote them.

GGUF has keys for these (https://github.com/ggml-org/ggml/blob/master/docs/gguf.md#general-metadata); safetensors has free
text, in which the trainers of image models keep theirs (`modelspec.*`, https://github.com/Stability-AI/ModelSpec, and `ss_*`
of kohya's scripts).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from governance.collectors.formats.gguf_header import GgufHeader
from governance.collectors.reading.names import is_path, last_part
from governance.domain.base import is_placeholder

if TYPE_CHECKING:
    from collections.abc import Sequence

    from governance.collectors.formats.safetensors_header import Header

_HUB = ("https://huggingface.co/datasets/", "https://huggingface.co/")
MOST = 100


def of(headers: Sequence[Header | GgufHeader]) -> dict[str, Any] | None:
    """What the first header with notes says; None where none has any."""
    noted = next((header for header in headers if _notes(header)), None)
    if noted is None:
        return None
    notes = noted.metadata
    if isinstance(noted, GgufHeader):
        return {
            "name": _text(notes, "general.name"),
            "architecture": _text(notes, "general.architecture"),
            "license": _text(notes, "general.license"),
            "bases": _listed(notes, "general.base_model"),
            "data_sets": _listed(notes, "general.dataset") or _rows(notes, "general.datasets"),
            "version": _text(notes, "general.version"),
            "file_type": _whole(notes, "general.file_type"),
            "quantization_version": _whole(notes, "general.quantization_version"),
            "shards": _whole(notes, "split.count"),
        }
    return {
        "name": _text(notes, "modelspec.title"),
        "architecture": _text(notes, "modelspec.architecture"),
        "license": _text(notes, "modelspec.license"),
        "bases": [{"name": base, "repository": None} for base in _bases(notes)],
        "data_sets": [],
        "training": {name: text for name, text in notes.items() if name.startswith("ss_") and "model_name" not in name},
    }


def base(headers: Sequence[Header | GgufHeader]) -> dict[str, Any] | None:
    """The first base that a GGUF header names; a version there is no commit, so the revision stays unknown."""
    said = of([header for header in headers if isinstance(header, GgufHeader)])
    named = said["bases"] if said else []
    return {"name": named[0]["repository"] or named[0]["name"], "revision": None} if named else None


def architecture(headers: Sequence[Header | GgufHeader]) -> str | None:
    """The design of the network that a GGUF header names, such as `llama`."""
    said = of([header for header in headers if isinstance(header, GgufHeader)])
    named = said["architecture"] if said else None
    return named[:200] if named else None


def chat_template(headers: Sequence[Header | GgufHeader]) -> str | None:
    """The digest of the template that a GGUF file carries."""
    return next((header.chat_template_sha256 for header in headers
                 if isinstance(header, GgufHeader) and header.chat_template_sha256), None)  # fmt: skip


def _notes(header: Header | GgufHeader) -> bool:
    return any(name != "format" for name in header.metadata)


def _text(notes: dict[str, Any], key: str) -> str | None:
    value = notes.get(key)
    return value if isinstance(value, str) and value and not is_placeholder(value) else None


def _whole(notes: dict[str, Any], key: str) -> int | None:
    value = notes.get(key)
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= 2**53 else None


def _listed(notes: dict[str, Any], stem: str) -> list[dict[str, Any]]:
    """The numbered entries under a stem: name with its organisation, and the repository on the Hub without its address."""
    made = []
    for number in range(min(_whole(notes, f"{stem}.count") or 0, MOST)):
        name = _text(notes, f"{stem}.{number}.name")
        organisation = _text(notes, f"{stem}.{number}.organization")
        address = _text(notes, f"{stem}.{number}.repo_url")
        start = next((hub for hub in _HUB if address and address.startswith(hub)), "")
        repository = address[len(start) :].strip("/")[:500] or None if address else None
        full = f"{organisation}/{name}" if organisation and name else name
        if full or repository:
            made.append({"name": (full or repository or "")[:500], "repository": repository})
    return made


def _rows(notes: dict[str, Any], key: str) -> list[dict[str, Any]]:
    listed = notes.get(key)
    names = [name for name in listed if isinstance(name, str) and name] if isinstance(listed, list) else []
    return [{"name": name, "repository": None} for name in names[:MOST]]


def _bases(notes: dict[str, Any]) -> list[str]:
    """Where a base was named by a path, its last part: the rest is about somebody's machine."""
    named = (_text(notes, key) for key in ("ss_sd_model_name", "ss_base_model_version"))
    return [last_part(name) if is_path(name) else name for name in named if name]

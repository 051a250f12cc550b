"""The files a model is made of, and one digest over them.

*Reads* folders that hold weights: safetensors and GGUF by their first bytes, torch, numpy and Python pickles by theirs,
Keras, ONNX, TensorFlow Lite and Flax files by name, adapters by `adapter_config.json`. Every file the model is loaded from is
listed with its digest: weights, settings, tokenizer, chat template, and code. What a training leaves beside it (state,
results, cards, logs) is not part of the model. A bare weight file without settings is a model of its own, of form *weights*.

*Says* which bytes the model is (the manifest digest is the model's identity here), in which format, how many tensors
and parameters, which base and adapter its settings name, what the headers of the weights say of name, licence, base and
data, and which files could run as a program when loaded. Each of those is a finding as well, and so are source code,
programs and archives that lie beside the weights, and what a distributed training left in parts.

*Does not say* that the weights are any good, or that the named base is the one they were made from: a header says what
its writer put there. Pickles are hashed and never opened, archives are not unpacked. Shards that an index or the numbers
in their names call for and that are not there make it partial. Of the checkpoints below a run that also holds final
weights none is listed, else only the latest. Sub-folders (pipelines of several networks) are models of their own.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

from governance.collectors.formats import model_files, model_findings, settings, weight_notes
from governance.collectors.reading import fields
from governance.collectors.reading.answers import Found, NotRead
from governance.collectors.reading.files import hash_all
from governance.collectors.reading.interface import Tried, attempt, recognised
from governance.domain.evidence import Collector, Quality, Subject, SubjectType
from governance.parsing import canonical

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from governance.collectors.formats.gguf_header import GgufHeader
    from governance.collectors.formats.safetensors_header import Header
    from governance.collectors.reading.files import File
    from governance.collectors.reading.walk import Folder


class ModelArtifacts:
    """Finds one model for each folder of weights, one for each bare weight file, and a finding for each unsafe file."""

    noun = Collector(name="model-artifacts", version="1")
    kinds = ("model-artifacts.v1", "finding.v1")
    tool = "safetensors, GGUF, PEFT and transformers"
    tried = (
        Tried("transformers 4.30.2", "recorded", "2026-11-25"),
        Tried("transformers 4.57.1, peft 0.17.1", "recorded", "2026-11-25"),
        Tried("transformers 5.23.0, peft 0.21.2", "recorded", "2026-11-25"),
        Tried("GGUF 3", "published", "2026-11-25"),
    )

    def looks(self, folder: Folder, file: File) -> str | None:
        """None for a file that a model is loaded from, else why not."""
        return recognised(file, lambda: _refusal(folder, file))

    def read(self, folder: Folder) -> Iterator[Found | NotRead]:
        """Yield the model whose weights lie in this folder, and what is dangerous about it."""
        kept = model_files.sort(folder)
        yield from kept.not_read
        if kept.is_empty or model_files.is_passed_over(folder):
            return
        if kept.stands_alone:
            for file in kept.weights:
                yield from attempt(file, partial(self._bare, folder, kept, file), self.noun.name)
        elif not kept.not_read:
            first = kept.adapter or kept.config or kept.all_files[0]
            yield from attempt(first, lambda: self._folder(folder, kept), self.noun.name)
        for file, body in _findings(kept):
            yield from attempt(file, partial(self._finding, folder, file, body), self.noun.name)

    def _folder(self, folder: Folder, kept: model_files.ModelFiles) -> Iterable[Found]:
        config = settings.document(kept.config) if kept.config else {}
        adapter = settings.document(kept.adapter) if kept.adapter else {}
        base = settings.base_of_adapter(adapter) if kept.adapter else settings.base_of_model(config)
        headers = [header for file in kept.weights if (header := kept.headers.get(file.name))]
        counted = _counted(kept, kept.weights)
        reasons = (*kept.gaps(), *_unchecked(headers))
        body = manifest(kept.all_files) | {
            "form": "adapter" if kept.adapter else "full-model" if kept.config else "weights",
            "name": folder.name[:500],
            "formats": kept.formats(),
            "tensors": counted.tensors,
            "parameters": counted.parameters,
            "dtypes": counted.dtypes,
            "base": base if base["name"] or base["revision"] else None,
            "adapter": settings.adapter_of(adapter) if kept.adapter else None,
            "architecture": settings.architecture_of(config),
            "declared_in_weights": weight_notes.of(headers),
            "unsafe_files": [{"path": file.name, "reason": reason} for file, reason in kept.dangerous],
            "remote_code": bool(kept.with_code),
            "code_files": [file.name for file in kept.code],
            "archives": [file.name for file in kept.archives],
            "sharded_checkpoints": [child.name for child, _, _ in kept.sharded],
            "lfs_pointers": [file.name for file in kept.pointers],
            "chat_template_sha256": _chat_template(folder) or weight_notes.chat_template(headers),
            "generation_config_sha256": _digest_of(folder, "generation_config.json"),
        }
        version = fields.text(config, "transformers_version", most=200)
        yield self._found(
            folder,
            "model-artifacts.v1",
            body,
            (kept.adapter or kept.config or kept.weights[0]).shown,
            kept.all_files,
            reasons=reasons,
            tool="peft" if kept.adapter else "transformers" if version else None,
            tool_version=fields.text(adapter, "peft_version", most=200) if kept.adapter else version,
        )

    def _bare(self, folder: Folder, kept: model_files.ModelFiles, file: File) -> Iterable[Found]:
        counted = _counted(kept, [file])
        headers = [header for each in [file] if (header := kept.headers.get(each.name))]
        body = manifest([file]) | {
            "form": "weights",
            "name": file.name[:500],
            "formats": [model_files.format_of(file)],
            "tensors": counted.tensors,
            "parameters": counted.parameters,
            "dtypes": counted.dtypes,
            "base": weight_notes.base(headers),
            "adapter": None,
            "architecture": weight_notes.architecture(headers),
            "declared_in_weights": weight_notes.of(headers),
            "unsafe_files": [],
            "remote_code": False,
            "lfs_pointers": [],
            "chat_template_sha256": weight_notes.chat_template(headers),
            "generation_config_sha256": None,
        }
        split = model_files.unnumbered(each.name for each in kept.weights if model_files.same_set(each, file))
        yield self._found(
            folder, "model-artifacts.v1", body, file.shown, [file], reasons=(*split, *_unchecked(headers))
        )

    def _finding(self, folder: Folder, file: File, body: dict[str, Any]) -> Iterable[Found]:
        yield self._found(folder, "finding.v1", body, file.shown, [file])

    def _found(
        self,
        folder: Folder,
        kind: str,
        body: dict[str, Any],
        path: str,
        files: list[File],
        *,
        reasons: tuple[str, ...] = (),
        tool: str | None = None,
        tool_version: str | None = None,
    ) -> Found:
        name = body.get("name", folder.name)
        return Found(
            kind=kind,
            body=body,
            subject=Subject(type=SubjectType.MODEL, name=name[:500], digest=body.get("manifest_digest")),
            path=path,
            collector=self.noun,
            quality=Quality.PARTIAL if reasons else Quality.COMPLETE,
            quality_reasons=reasons,
            tool=tool,
            tool_version=tool_version,
            sources=tuple(file.source() for file in files),
            place=folder.place,
        )


def manifest(files: list[File]) -> dict[str, Any]:
    """Files with their digests, sorted by path, and the digest over that list."""
    hash_all(files)
    listed = [
        {"path": file.name, "size": file.size, "sha256": file.sha256}
        for file in sorted(files, key=lambda each: each.name)
    ]
    return {
        "manifest_digest": canonical.digest(listed),
        "files": listed,
        "total_bytes": sum(file.size for file in files),
    }


@dataclass
class _Counts:
    """Tensors, parameters and types over all weight files; None where one of them can not be counted."""

    tensors: int | None = None
    parameters: int | None = None
    dtypes: dict[str, int] = field(default_factory=dict)


def _counted(kept: model_files.ModelFiles, weights: list[File]) -> _Counts:
    counts = _Counts()
    headers = [kept.headers.get(file.name) for file in weights]
    known = [header for header in headers if header is not None]
    for header in known:
        for dtype, count in header.dtypes.items():
            counts.dtypes[dtype] = counts.dtypes.get(dtype, 0) + count
    if known and len(known) == len(headers):
        counts.tensors = sum(header.tensors for header in known)
        parameters = [header.parameters for header in known if header.parameters is not None]
        counts.parameters = sum(parameters) if len(parameters) == len(known) else None
    return counts


def _unchecked(headers: list[Header | GgufHeader]) -> Iterator[str]:
    """Types of numbers whose width is not known here, so that a cut among them would not be seen."""
    unknown = sorted({name for header in headers for name in header.dtypes if name.startswith("type ")})
    if unknown:
        yield f"tensors of a type not known here ({', '.join(unknown[:5])}), whose length can not be checked"


def _findings(kept: model_files.ModelFiles) -> Iterator[tuple[File, dict[str, Any]]]:
    for file, reason in kept.unsafe:
        yield file, model_findings.of_pickle(file, reason)
    for file, what in kept.programs:
        yield file, model_findings.of_program(file, what)
    for file, why in kept.with_code:
        yield file, model_findings.of_settings(file, why)
    for file in () if kept.with_code else kept.code:
        yield file, model_findings.of_code(file)
    for file in kept.archives:
        yield file, model_findings.of_archive(file)
    for child, file, how in kept.sharded:
        yield file, model_findings.of_shards(child.name, file, how)


def _chat_template(folder: Folder) -> str | None:
    """The template file's digest, else that of the text that older tokenizers keep in their settings."""
    if digest := _digest_of(folder, "chat_template.jinja"):
        return digest
    file = folder.files.get("tokenizer_config.json")
    if file is None or file.is_lfs_pointer or not file.mentions(b'"chat_template"'):
        return None
    template = settings.document(file).get("chat_template")
    if isinstance(template, list):
        named = [entry for entry in template if isinstance(entry, dict) and entry.get("name") == "default"]
        template = named[0].get("template") if named else None
    return "sha256:" + hashlib.sha256(template.encode()).hexdigest() if isinstance(template, str) else None


def _digest_of(folder: Folder, name: str) -> str | None:
    file = folder.files.get(name)
    return None if file is None or file.is_lfs_pointer else file.sha256


def _refusal(folder: Folder, file: File) -> str | None:
    """None for a file that the model in its folder is made of, else why not."""
    kept = model_files.sort(folder)
    mine = [*kept.all_files, *kept.pointers, *(each for each, _ in kept.unsafe)]
    return None if file in mine else "no model is loaded from it"


COLLECTOR = ModelArtifacts()

"""A pipeline of diffusers: several networks in sub-folders, and one file that says which.

*Reads* `model_index.json`, known by `_class_name` and `_diffusers_version` beside pairs of a library and a class, with the
sub-folders that it names.

*Says* which files the pipeline as a whole is made of, with one digest over them, the class of the pipeline, how many tensors
and parameters there are, and which files could run as a program. Findings are: a safety checker that is switched off
(`[null, null]` in its place), a class that comes from a file in the folder or from a library that diffusers does not know,
and a pipeline class of its own.

*Does not say* that a safety checker that is there works, or that one is needed. The networks in the sub-folders are models of
their own beside this one, and what is dangerous in them is found there. A part that is named and not there makes the
pipeline partial.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from governance.collectors.formats import model_files, settings
from governance.collectors.reading import fields
from governance.collectors.reading.doubts import Doubts
from governance.collectors.reading.files import hash_all
from governance.collectors.reading.interface import Marks, NotMine, OneFile, Tried
from governance.domain.evidence import Collector, Subject, SubjectType
from governance.errors import UnreadableError
from governance.parsing import canonical

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from governance.collectors.reading.answers import Found
    from governance.collectors.reading.files import File
    from governance.collectors.reading.walk import Folder

FILTER = "safety_checker"
MOST_PARTS = 100
_LIBRARIES = frozenset(
    {"diffusers", "transformers", "onnxruntime", "onnxruntime.training", "optimum", "sentence_transformers"}
)
# Folders of diffusers/pipelines whose own classes stand in such files; https://github.com/huggingface/diffusers.
_OF_DIFFUSERS = frozenset({
    "stable_diffusion", "stable_diffusion_safe", "stable_diffusion_xl", "stable_diffusion_3", "stable_cascade", "unclip",
    "deepfloyd_if", "kandinsky", "kandinsky2_2", "latent_diffusion", "paint_by_example", "semantic_stable_diffusion",
    "shap_e", "spectrogram_diffusion", "unidiffuser", "versatile_diffusion", "wuerstchen", "audioldm2", "alt_diffusion",
    "blip_diffusion", "musicldm", "flux", "ltx", "hidream_image", "omnigen", "easyanimate", "visualcloze", "pipelines",
})  # fmt: skip


class Diffusers(OneFile):
    """Finds one pipeline for each index, and what is worth a second look about it."""

    noun = Collector(name="diffusers", version="1")
    kinds = ("model-artifacts.v1", "finding.v1")
    tool = "diffusers"
    tried = (Tried("0.42.1", "recorded", "2026-11-25"),)
    marks = Marks(
        form="json",
        words=(b'"_class_name"', b'"_diffusers_version"'),
        pattern=re.compile(rb'\[\s*"(?:diffusers|transformers)(?:\.\w+)*"\s*,\s*"\w+"\s*\]'),
    )

    def facts(self, folder: Folder, file: File) -> Iterable[Found]:
        """The pipeline that one index describes, and its findings."""
        index = settings.document(file)
        parts = _parts(index)
        if not parts:
            raise NotMine("no part of a pipeline stands at its top")
        doubts = Doubts()
        kept = list(_kept(folder, parts, doubts))
        body = _body(folder, file, index, kept) | {
            "remote_code": bool(_own_class(index)) or any(_is_code(folder, name, pair) for name, pair in parts.items()),
        }
        subject = Subject(type=SubjectType.MODEL, name=body["name"], digest=body["manifest_digest"])
        version = fields.text(index, "_diffusers_version", most=200)
        files = [each for _, sorted_files in kept for each in sorted_files.all_files]
        yield self.found(
            folder, file, "model-artifacts.v1", body, subject, doubts=doubts, version=version, beside=files
        )
        for finding in _findings(folder, file, index, parts):
            yield self.found(folder, file, "finding.v1", finding, subject, version=version)


def _parts(index: dict[str, Any]) -> dict[str, tuple[str | None, str | None]]:
    """Library and class of each part by its name; (None, None) for one that is switched off."""
    made: dict[str, tuple[str | None, str | None]] = {}
    for name, value in index.items():
        if name.startswith("_") or not isinstance(value, list) or len(value) != 2:
            continue
        library, kind = value
        if all(each is None or isinstance(each, str) for each in value):
            made[name] = (library, kind)
    if len(made) > MOST_PARTS:
        raise UnreadableError(f"names more than {MOST_PARTS} parts")
    return made if any(library in _LIBRARIES for library, _ in made.values()) else {}


def _kept(
    folder: Folder, parts: dict[str, tuple[str | None, str | None]], doubts: Doubts
) -> Iterator[tuple[Folder, model_files.ModelFiles]]:
    """The sub-folders of the parts with their files, sorted; what is missing is said."""
    there = {child.name: child for child in folder.children}
    for name, (library, _) in parts.items():
        if library is None:
            continue
        child = there.get(name)
        if child is None:
            doubts.partial(f"{name} is named and its folder is not there")
            continue
        kept = model_files.sort(child)
        for row in kept.not_read:
            doubts.partial(f"{row.path} can not be read: {row.reason}")
        if kept.weights or kept.pointers or kept.config:
            for why in kept.gaps():
                doubts.partial(f"{name}: {why}")
        yield child, kept


def _body(
    folder: Folder, file: File, index: dict[str, Any], kept: list[tuple[Folder, model_files.ModelFiles]]
) -> dict[str, Any]:
    named = [("", file), *((f"{child.name}/", each) for child, inner in kept for each in _all(child, inner))]
    hash_all(each for _, each in named)
    listed = sorted(
        ({"path": start + each.name, "size": each.size, "sha256": each.sha256} for start, each in named),
        key=lambda row: str(row["path"]),
    )
    headers = [inner.headers.get(each.name) for _, inner in kept for each in inner.weights]
    known = [header for header in headers if header is not None]
    whole = bool(headers) and len(known) == len(headers)
    parameters = [header.parameters for header in known if header.parameters is not None]
    dtypes: dict[str, int] = {}
    for header in known:
        for dtype, count in header.dtypes.items():
            dtypes[dtype] = dtypes.get(dtype, 0) + count
    base = settings.base_of_model(index)
    return {
        "form": "full-model",
        "name": folder.name[:500],
        "manifest_digest": canonical.digest(listed),
        "files": listed,
        "total_bytes": sum(each.size for _, each in named),
        "formats": sorted({form for _, inner in kept for form in inner.formats()}),
        "tensors": sum(header.tensors for header in known) if whole else None,
        "parameters": sum(parameters) if whole and len(parameters) == len(known) else None,
        "dtypes": dict(sorted(dtypes.items())),
        "base": base if base["name"] or base["revision"] else None,
        "adapter": None,
        "architecture": _pipeline(index),
        "unsafe_files": [
            {"path": f"{child.name}/{each.name}", "reason": why}
            for child, inner in kept
            for each, why in inner.dangerous
        ],
        "lfs_pointers": [f"{child.name}/{each.name}" for child, inner in kept for each in inner.pointers],
        "chat_template_sha256": None,
        "generation_config_sha256": None,
    }


def _all(child: Folder, kept: model_files.ModelFiles) -> list[File]:
    """The files of one part; the settings of a scheduler or a tokenizer lie there without weights."""
    named = {file.name for file in kept.all_files}
    more = [file for name, file in child.files.items() if name.endswith("config.json") and name not in named]
    return [*kept.all_files, *(file for file in more if not file.is_lfs_pointer)]


def _pipeline(index: dict[str, Any]) -> str | None:
    value = index.get("_class_name")
    if isinstance(value, list) and value and isinstance(value[-1], str):
        value = value[-1]
    return value[:200] if isinstance(value, str) and value else None


def _own_class(index: dict[str, Any]) -> str | None:
    """The file that a pipeline class of its own comes from: then the class is given as a file and a name."""
    value = index.get("_class_name")
    return value[0] if isinstance(value, list) and value and isinstance(value[0], str) else None


def _is_code(folder: Folder, name: str, pair: tuple[str | None, str | None]) -> bool:
    """True where a part's class comes from a file beside it, or from a library that diffusers does not know."""
    library = pair[0]
    if library is None:
        return False
    child = next((each for each in folder.children if each.name == name), None)
    if child is not None and f"{library.rpartition('.')[2]}.py" in child.files:
        return True
    return library not in _LIBRARIES and library.partition(".")[0] not in _LIBRARIES | _OF_DIFFUSERS


def _findings(
    folder: Folder, file: File, index: dict[str, Any], parts: dict[str, tuple[str | None, str | None]]
) -> Iterator[dict[str, Any]]:
    if parts.get(FILTER) == (None, None):
        yield {
            "rule": "safety-checker-disabled",
            "severity": "medium",
            "title": "The pipeline's safety checker is switched off",
            "detail": f"In {file.name} nothing stands for {FILTER}, so pictures that the checker would have held back are "
            "given out.",
            "path": file.shown,
            "remedy": "Load the pipeline with its checker and save it again, or say which other filter stands behind it.",
        }
    own = _own_class(index)
    named = [f"the class of the pipeline, from {own}"] if own else []
    named += [f"{name}, from {pair[0]}" for name, pair in parts.items() if _is_code(folder, name, pair)]
    if named:
        yield {
            "rule": "remote-code-in-model-folder",
            "severity": "high",
            "title": "The pipeline asks its loader to run code that comes with it",
            "detail": "Neither diffusers nor transformers has "
            + ", ".join(named)[:2000]
            + ": loading with trust_remote_code runs code from the model's files.",
            "path": file.shown,
            "remedy": "Use parts the library knows, or have the code reviewed and pin it.",
        }


COLLECTOR = Diffusers()

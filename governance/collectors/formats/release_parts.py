"""What a release is composed of: the folder with every file, what lies in it under a name of its own, and what goes with it.

The manifest of the folder covers all that lies in it. Tokenizer, chat template, generation defaults and quantisation are named
beside it so that, when something changed, it can be said what. Base, adapters, merge recipe, tokenizer, quantisation and
runtime that lie elsewhere are named by the user: as folders and files, whose bytes then count, or by name only.

How the digest of a part was taken stands in `known_by`: *files* (of the canonical list of its `files`), *bytes* (of the bytes of one
file or text), *settings* (of settings in canonical JSON), or *name* (there is none: only a name vouches for it).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from governance.collectors.reading.names import last_part, same_model
from governance.errors import UnreadableError, UsageError
from governance.parsing import canonical, strict_json
from governance.proofs.manifest import Manifest, Row
from governance.verifier import model_folder

if TYPE_CHECKING:
    from collections.abc import Mapping

    from governance.domain.evidence import Piece
    from governance.verifier.hashing import Known

MOST_SETTINGS = 16 * 1024 * 1024
MOST_TEXT = 500
TOKENIZER = re.compile(
    r"^(?:tokenizer\w*\.(?:json|model|txt)|tokenization_\w+\.py|special_tokens_map\.json|added_tokens\.json|"
    r"vocab\.(?:json|txt|bpe)|merges\.txt|bpe\.(?:model|codes)|spiece\.model|sentencepiece\S*\.model|source\.spm|target\.spm|"
    r"tekken\.json|.+\.tiktoken)$"
)
"""The files that tokenizers of transformers, tokenizers, sentencepiece, tiktoken and mistral-common are read from."""
QUANTISATION_FILES = ("quantize_config.json", "quant_config.json")
_REFERENCE = re.compile(r"^[A-Za-z0-9][\w.-]*(?:/[\w.-]+)*(?:@[\w./+-]+)?$", re.ASCII)


@dataclass(frozen=True)
class Named:
    """What the user names of a release beside its folder. A text that is no file or folder counts as a name."""

    base: str | None = None
    adapters: tuple[Path, ...] = ()
    merge_recipe: Path | None = None
    tokenizer: Path | None = None
    quantisation: str | None = None
    runtime: str | None = None
    model: str | None = None

    def look(self) -> None:
        """Raise `UsageError` for what can not be a part, before anything is read."""
        for option, folder in (*(("--adapter", each) for each in self.adapters), ("--tokenizer", self.tokenizer)):
            if folder is not None and not folder.is_dir():
                raise UsageError(f"{option} names no folder", where=str(folder))
        if self.merge_recipe is not None and not self.merge_recipe.is_file():
            raise UsageError("--merge-recipe names no file", where=str(self.merge_recipe))
        if self.base is not None and not Path(self.base).is_dir() and not _REFERENCE.match(self.base):
            raise UsageError(
                "--base names neither a folder nor a model",
                where=self.base,
                hint="Give the folder of the base, or its name and exact revision: --base NAME@REVISION.",
            )
        for option, text in (("--quantisation", self.quantisation), ("--runtime", self.runtime)):
            if text is not None and not (0 < len(text.strip()) <= MOST_TEXT and text.isprintable()):
                raise UsageError(f"{option} {text!a} is no name", hint="Give a file, or a few words.")

    def read(self, known: Known | None) -> Brought:
        """The parts that lie elsewhere, with the digests of their bytes. Raises for what can not be a part."""
        self.look()
        base = Path(self.base) if self.base is not None and Path(self.base).is_dir() else None
        recipe, packing, runs = self.merge_recipe, self.quantisation, self.runtime
        return Brought(
            base=self.base,
            base_folder=_folder("base", base, known) if base is not None else None,
            adapters=tuple(_folder("adapter", path, known) for path in self.adapters),
            merge_recipe=_one_file("merge-recipe", recipe, known) if recipe is not None else None,
            tokenizer=_folder("tokenizer", self.tokenizer, known) if self.tokenizer is not None else None,
            quantisation=_file_or_words("quantisation", packing, known) if packing is not None else None,
            runtime=_file_or_words("runtime", runs, known) if runs is not None else None,
        )


@dataclass(frozen=True)
class Brought:
    """The parts that the user names, read; each absent where it was not named. `base` is what was named as the base."""

    base: str | None = None
    base_folder: dict[str, Any] | None = None
    adapters: tuple[dict[str, Any], ...] = ()
    merge_recipe: dict[str, Any] | None = None
    tokenizer: dict[str, Any] | None = None
    quantisation: dict[str, Any] | None = None
    runtime: dict[str, Any] | None = None


def compose(
    folder: Path, manifest: Manifest, artifacts: Piece, place: str, brought: Brought
) -> tuple[list[dict[str, Any]], tuple[str, ...]]:
    """All parts of a release in their order, in the form of the kind, and what disagrees among them.

    `artifacts` is the model in the folder, `place` the folder inside in which it lies.
    """
    inside = manifest.under(place)
    body = artifacts.body
    parts = [_by_files("release", folder.resolve().name or "/", manifest)]
    own = Manifest(tuple(Row(**row) for row in body["files"]))
    parts.append(_by_files(body["form"], str(body["name"]), own, digest=str(artifacts.record.subject.digest)))
    parts += brought.adapters
    base, conflicts = _base(body, brought)
    own_tokenizer = tuple(row for row in inside.rows if TOKENIZER.match(row.path))
    named = [
        base,
        brought.merge_recipe,
        _by_files("tokenizer", "tokenizer", Manifest(own_tokenizer)) if own_tokenizer else None,
        brought.tokenizer,
        _of_body("chat-template", body.get("chat_template_sha256")),
        _of_body("generation-config", body.get("generation_config_sha256")),
        _quantisation(folder, place, inside, body),
        brought.quantisation,
        brought.runtime,
    ]
    parts += [part for part in named if part is not None]
    return parts, conflicts


def _base(body: Mapping[str, Any], brought: Brought) -> tuple[dict[str, Any] | None, tuple[str, ...]]:
    """The base: the folder or name that the user gives, else the name in the model's own settings."""
    own: Mapping[str, Any] = body.get("base") or {}
    stated, revision = own.get("name"), own.get("revision")
    if brought.base is None:
        if body["form"] != "adapter" and not stated:
            return None, ()
        return _part("base", str(stated or "not named")[:MOST_TEXT], revision=revision), ()
    if brought.base_folder is not None:
        return brought.base_folder, ()
    name, _, given = brought.base.partition("@")
    conflicts = []
    if stated and not (same_model(name, stated) or last_part(stated) == last_part(name)):
        conflicts.append(f"its own settings name the base {stated}, and the release names {name}"[:500])
    if given and revision and given != revision:
        conflicts.append(f"its own settings name revision {revision} of the base, and the release names {given}"[:500])
    return _part("base", name, revision=given or revision), tuple(conflicts)


def _of_body(part: str, digest: str | None) -> dict[str, Any] | None:
    return _part(part, part, digest=digest, known_by="bytes") if digest else None


def _quantisation(folder: Path, place: str, inside: Manifest, body: Mapping[str, Any]) -> dict[str, Any] | None:
    """The settings in which a quantised model says how it was packed; None where there are none."""
    settings: dict[str, Any] = {}
    words: list[str] = []
    config = inside.by_path.get("config.json")
    if config is not None:
        prefix = f"{place}/" if place else ""
        row = Row(prefix + config.path, config.size, config.sha256)
        data = model_folder.read(folder, row, MOST_SETTINGS)
        document, _ = strict_json.loads_lenient(data, where=f"{folder}/{row.path}")
        held = document.get("quantization_config") if isinstance(document, dict) else None
        if isinstance(held, dict) and held:
            settings["quantization_config"] = held
            words.append(str(held.get("quant_method") or "quantization_config"))
    for name in QUANTISATION_FILES:
        if name in inside.by_path:
            settings[name] = inside.by_path[name].sha256
            words.append(name)
    declared: Mapping[str, Any] = body.get("declared_in_weights") or {}
    if declared.get("file_type") is not None:
        settings["gguf"] = {key: declared.get(key) for key in ("file_type", "quantization_version")}
        words.append(f"GGUF file type {declared['file_type']}")
    if not settings:
        return None
    name = ", ".join(words)
    shown = name[:MOST_TEXT] if name.isprintable() else "settings"
    return _part("quantisation", shown, digest=canonical.digest(settings), known_by="settings")


def _folder(part: str, path: Path, known: Known | None) -> dict[str, Any]:
    return _by_files(part, path.resolve().name or "/", model_folder.take(path, known=known))


def _file_or_words(part: str, text: str, known: Known | None) -> dict[str, Any]:
    path = Path(text)
    try:
        is_file = path.is_file()
    except (OSError, ValueError):
        is_file = False
    if is_file:
        return _one_file(part, path, known)
    if text.startswith(("/", "./", "../", "~")):
        raise UsageError(f"--{part} names no file", where=text)
    return _part(part, text.strip())


def _one_file(part: str, path: Path, known: Known | None) -> dict[str, Any]:
    row = model_folder.one_file(path.resolve(), known=known)
    if row.size == 0:
        raise UnreadableError("an empty file says nothing", where=str(path))
    return _part(part, row.path, digest=row.sha256, known_by="bytes", files=Manifest((row,)))


def _by_files(part: str, name: str, manifest: Manifest, *, digest: str | None = None) -> dict[str, Any]:
    return _part(part, name[:MOST_TEXT], digest=digest or manifest.digest, known_by="files", files=manifest)


def _part(
    part: str,
    name: str,
    *,
    digest: str | None = None,
    revision: str | None = None,
    known_by: str = "name",
    files: Manifest | None = None,
) -> dict[str, Any]:
    return {
        "part": part,
        "name": name,
        "digest": digest,
        "revision": revision,
        "known_by": known_by,
        "total_bytes": files.total_bytes if files is not None else None,
        "files": files.plain() if files is not None else None,
    }

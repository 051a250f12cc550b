"""Which files of a folder make up a model, and which of them are dangerous or missing.

Weights are told by their bytes. The rest is what loaders look for by name: settings, tokenizer, templates, code. A
file that no loader would look at is not part of the model, so that a results file beside the weights does not change
their identity.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from governance.collectors.formats import gguf_header, pickle_signs, safetensors_header, settings
from governance.collectors.reading.answers import NotRead
from governance.collectors.reading.interface import reason_of
from governance.errors import UnreadableError

if TYPE_CHECKING:
    from governance.collectors.formats.gguf_header import GgufHeader
    from governance.collectors.formats.safetensors_header import Header
    from governance.collectors.reading.files import File
    from governance.collectors.reading.walk import Folder

_LOADED = re.compile(
    r"^(?:(?:config|generation_config|adapter_config|quantize_config|quant_config|special_tokens_map|added_tokens|vocab|"
    r"merges|preprocessor_config|processor_config|video_preprocessor_config|image_processor_config|feature_extractor|"
    r"chat_template|modules|sentence_bert_config|config_sentence_transformers|tokenizer\w*|bpe|spiece|sentencepiece\S*)"
    r"\.(?:json|txt|model|jinja|bpe)|.+\.(?:safetensors|bin|pt)\.index\.json|.+\.jinja|.+\.py|.+\.tiktoken|.+\.model)$"
)
_OTHER_WEIGHTS = {".h5": "h5", ".msgpack": "msgpack", ".onnx": "onnx", ".tflite": "tflite", ".ot": "rust-torch"}
_WEIGHT_NAME = re.compile(r".+\.(?:safetensors|gguf|bin|pt|pth|ckpt|h5|msgpack|onnx)$")
_CODE_SETTINGS = ("config.json", "tokenizer_config.json", "processor_config.json", "preprocessor_config.json")


@dataclass
class ModelFiles:
    """The files of one folder by the part they play."""

    weights: list[File] = field(default_factory=list)
    loaded: list[File] = field(default_factory=list)
    unsafe: list[tuple[File, str]] = field(default_factory=list)
    pointers: list[File] = field(default_factory=list)
    with_code: list[File] = field(default_factory=list)
    not_read: list[NotRead] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    headers: dict[str, Header | GgufHeader] = field(default_factory=dict)
    config: File | None = None
    adapter: File | None = None

    @property
    def is_empty(self) -> bool:
        """True for a folder that holds no model."""
        return not (self.weights or self.adapter or self.unsafe) and not (self.config and self.pointers)

    @property
    def stands_alone(self) -> bool:
        """True where weights lie without any settings: each file is then a model of its own."""
        settings_lie_there = any(not file.name.endswith(".py") for file in self.loaded)
        return not self.adapter and not self.config and not settings_lie_there

    @property
    def all_files(self) -> list[File]:
        """Everything the model is loaded from."""
        return sorted([*self.weights, *self.loaded], key=lambda file: file.name)

    def formats(self) -> list[str]:
        """The formats of the weights, each once."""
        return sorted({format_of(file) for file in self.weights})

    def gaps(self) -> tuple[str, ...]:
        """Why the model is not whole."""
        reasons = [f"{file.name} is a Git LFS pointer, not the file itself" for file in self.pointers]
        reasons += [f"{name} is named by the index and is not there" for name in self.missing]
        if not self.weights:
            reasons.append("no weights lie beside the settings")
        return tuple(reasons)


def sort(folder: Folder) -> ModelFiles:
    """The files of a folder, sorted once and kept in its notes."""
    if "model-files" not in folder.notes:
        folder.notes["model-files"] = _sort(folder)
    kept: ModelFiles = folder.notes["model-files"]
    return kept


def is_passed_over(folder: Folder) -> bool:
    """True for a checkpoint of a run that holds final weights, or a later checkpoint, in the same attach."""
    number, run = settings.checkpoint_number(folder), folder.parent
    if number is None or run is None:
        return False
    for other in (run, *run.children):
        step = settings.checkpoint_number(other) if other is not run else None
        if other is not folder and (step is None or step > number) and _holds_model(other):
            return True
    return False


def format_of(file: File) -> str:
    """The format of a weight file."""
    if file.head.startswith(gguf_header.MAGIC):
        return "gguf"
    if safetensors_header.is_safetensors(file.head):
        return "safetensors"
    return next((form for suffix, form in _OTHER_WEIGHTS.items() if file.name.endswith(suffix)), "pickle")


def _holds_model(folder: Folder) -> bool:
    try:
        kept = sort(folder)
    except UnreadableError:
        return False
    return not kept.is_empty and not kept.stands_alone


def _sort(folder: Folder) -> ModelFiles:
    kept = ModelFiles()
    others: list[File] = []
    for file in folder.files.values():
        if file.is_lfs_pointer:
            if _WEIGHT_NAME.match(file.name) or _LOADED.match(file.name):
                kept.pointers.append(file)
        elif safetensors_header.is_safetensors(file.head) or file.head.startswith(gguf_header.MAGIC):
            kept.weights.append(file)
        elif file.name.endswith((".safetensors", ".gguf")):
            file.claimed = True
            kept.not_read.append(NotRead(file.shown, _why_not(file)))
        elif why := pickle_signs.reason(file):
            kept.unsafe.append((file, why))
        elif _LOADED.match(file.name):
            kept.loaded.append(file)
        elif file.name.endswith(tuple(_OTHER_WEIGHTS)):
            others.append(file)
    _read_headers(kept)
    kept.config = settings.config_file(folder) if "config.json" in folder.files else None
    kept.adapter = settings.adapter_file(folder) if "adapter_config.json" in folder.files else None
    in_model = bool(kept.weights or kept.adapter or kept.config)
    if in_model:
        kept.weights += [file for file, _ in kept.unsafe if not pickle_signs.is_training_state(file.name)]
        kept.weights += others
        kept.with_code = [file for file in kept.loaded if file.name in _CODE_SETTINGS and _asks_for_code(kept, file)]
        kept.missing = _missing(kept)
    else:
        # Away from a model a pickle is no release; one attached by name still is asked about.
        kept.unsafe = [(file, why) for file, why in kept.unsafe if file.explicit]
    if not kept.weights and not kept.adapter and kept.config and not kept.pointers:
        kept.config, kept.unsafe, kept.with_code = None, [pair for pair in kept.unsafe if pair[0].explicit], []
    return kept


def _why_not(file: File) -> str:
    if file.size == 0:
        return "an empty file"
    return "is named like weights, and its first bytes are not those of such a file"


def _asks_for_code(kept: ModelFiles, file: File) -> bool:
    """True where settings map a class to code among the model's files. The parsed key is asked, not the spelling."""
    try:
        return bool(settings.document(file).get("auto_map"))
    except UnreadableError as error:
        file.claimed = True
        kept.not_read.append(NotRead(file.shown, reason_of(error)))
        return False


def _read_headers(kept: ModelFiles) -> None:
    """Read every header now, so that one broken weight file keeps the whole model from being listed."""
    for file in list(kept.weights):
        try:
            is_gguf = file.head.startswith(gguf_header.MAGIC)
            kept.headers[file.name] = gguf_header.read(file) if is_gguf else safetensors_header.read(file)
        except UnreadableError as error:
            kept.weights.remove(file)
            file.claimed = True
            kept.not_read.append(NotRead(file.shown, error.message))


def _missing(kept: ModelFiles) -> list[str]:
    """Shards that an index names and that are neither there nor a pointer."""
    there = {file.name for file in (*kept.weights, *kept.pointers)}
    named: set[str] = set()
    for file in kept.loaded:
        if file.name.endswith(".index.json"):
            try:
                shards = settings.document(file).get("weight_map")
            except UnreadableError as error:
                kept.not_read.append(NotRead(file.shown, error.message))
                continue
            if isinstance(shards, dict):
                named |= {shard for shard in shards.values() if isinstance(shard, str)}
    return sorted(named - there)[:100]

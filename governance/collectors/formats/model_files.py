"""Which files of a folder make up a model, and which of them are dangerous or missing.

Weights are told by their bytes. The rest is what loaders look for by name: settings, tokenizer, templates, code. A
file that no loader would look at is not part of the model, so that a results file beside the weights does not change
their identity.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from governance.collectors.formats import gguf_header, pickle_signs, safetensors_header, settings
from governance.collectors.reading.answers import NotRead
from governance.collectors.reading.interface import reason_of
from governance.errors import UnreadableError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

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
_OTHER_WEIGHTS = {
    ".h5": "h5", ".hdf5": "h5", ".keras": "keras", ".msgpack": "msgpack", ".onnx": "onnx", ".onnx_data": "onnx",
    ".tflite": "tflite", ".ot": "rust-torch", ".npz": "numpy",
}  # fmt: skip
_WEIGHT_NAME = re.compile(r".+\.(?:safetensors|gguf|bin|pt|pth|ckpt|h5|msgpack|onnx|keras|npz)$")
_CODE_SETTINGS = (
    "config.json", "tokenizer_config.json", "processor_config.json", "preprocessor_config.json",
    "video_preprocessor_config.json", "image_processor_config.json", "generation_config.json",
)  # fmt: skip
_CODE = (".py", ".pyc", ".sh", ".bash", ".ps1", ".bat", ".js", ".lua", ".jar", ".ipynb")
_NUMBERED = re.compile(r"^(.+)-(\d{5})-of-(\d{5})(\.(?:safetensors|bin|gguf))$")
_DEEPSPEED = re.compile(r"^global_step\d{1,12}$")


@dataclass
class ModelFiles:
    """The files of one folder by the part they play."""

    weights: list[File] = field(default_factory=list)
    loaded: list[File] = field(default_factory=list)
    unsafe: list[tuple[File, str]] = field(default_factory=list)
    pointers: list[File] = field(default_factory=list)
    with_code: list[tuple[File, str]] = field(default_factory=list)
    """Settings that make a loader run code, each with how."""
    programs: list[tuple[File, str]] = field(default_factory=list)
    code: list[File] = field(default_factory=list)
    archives: list[File] = field(default_factory=list)
    sharded: list[tuple[Folder, File, str]] = field(default_factory=list)
    """Folders in which a distributed training left its checkpoint in parts: the folder, its first file, and how."""
    not_read: list[NotRead] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    headers: dict[str, Header | GgufHeader] = field(default_factory=dict)
    config: File | None = None
    adapter: File | None = None

    @property
    def is_empty(self) -> bool:
        """True for a folder that holds no model."""
        held = self.weights or self.adapter or self.unsafe
        return not held and not (self.config and (self.pointers or self.sharded))

    @property
    def stands_alone(self) -> bool:
        """True where weights lie without any settings: each file is then a model of its own."""
        settings_lie_there = any(not file.name.endswith(".py") for file in self.loaded)
        return not self.adapter and not self.config and not settings_lie_there

    @property
    def all_files(self) -> list[File]:
        """Everything the model is loaded from."""
        return sorted([*self.weights, *self.loaded], key=lambda file: file.name)

    @property
    def dangerous(self) -> list[tuple[File, str]]:
        """Files that can run as a program, each with why."""
        return [*self.unsafe, *self.programs]

    def formats(self) -> list[str]:
        """The formats of the weights, each once."""
        return sorted({format_of(file) for file in self.weights})

    def gaps(self) -> tuple[str, ...]:
        """Why the model is not whole."""
        reasons = [f"{file.name} is a Git LFS pointer, not the file itself" for file in self.pointers]
        reasons += [f"{name} is named by the index and is not there" for name in self.missing]
        if not self.missing:
            reasons += unnumbered(file.name for file in (*self.weights, *self.pointers))
        if not self.weights and self.sharded:
            reasons += [
                f"weights lie in {folder.name} as {how}, which were not read" for folder, _, how in self.sharded
            ]
        elif not self.weights:
            reasons.append("no weights lie beside the settings")
        return tuple(reasons)


def unnumbered(names: Iterable[str]) -> list[str]:
    """The shards that are missing by the numbers in the names of the others, such as `model-00001-of-00004`."""
    there = set(names)
    sets = {(match[1], match[3], match[4]) for match in map(_NUMBERED.match, there) if match}
    made: list[str] = []
    for stem, count, suffix in sorted(sets):
        wanted = (f"{stem}-{number:05}-of-{count}{suffix}" for number in range(1, int(count) + 1))
        gone = [name for name in wanted if name not in there]
        if gone:
            made.append(f"{len(gone)} of {int(count)} shards are not there, {gone[0]} among them")
    return made


def same_set(one: File, other: File) -> bool:
    """True for a file itself and for the other shards of one numbered set."""
    mine, theirs = _NUMBERED.match(one.name), _NUMBERED.match(other.name)
    if mine is None or theirs is None:
        return one is other
    return mine.group(1, 3, 4) == theirs.group(1, 3, 4)


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
        _place(file, kept, others)
        if file.name.lower().endswith(_CODE) and not file.is_lfs_pointer:
            kept.code.append(file)
    _read_headers(kept)
    kept.sharded = list(_sharded(folder))
    kept.config = settings.config_file(folder) if "config.json" in folder.files else None
    kept.adapter = settings.adapter_file(folder) if "adapter_config.json" in folder.files else None
    if kept.weights or kept.adapter or kept.config:
        kept.weights += [file for file, _ in kept.unsafe if not pickle_signs.is_training_state(file.name)]
        kept.weights += others
        kept.with_code = list(_asking_for_code(kept))
        kept.missing = _missing(kept)
    else:
        # Away from a model a pickle is no release; one attached by name still is asked about.
        kept.unsafe = [(file, why) for file, why in kept.unsafe if file.explicit]
    if kept.config and not (kept.weights or kept.adapter or kept.pointers or kept.sharded):
        kept.config, kept.unsafe, kept.with_code = None, [pair for pair in kept.unsafe if pair[0].explicit], []
    if not (kept.weights or kept.adapter or kept.config):
        kept.programs, kept.code, kept.archives, kept.sharded = [], [], [], []
    return kept


def _place(file: File, kept: ModelFiles, others: list[File]) -> None:
    """Put one file where it belongs, by its bytes first and by its name where loaders go by it."""
    if file.is_lfs_pointer:
        is_part = _WEIGHT_NAME.match(file.name) or _LOADED.match(file.name)
        if is_part and not pickle_signs.is_training_state(file.name):
            kept.pointers.append(file)
    elif safetensors_header.is_safetensors(file.head) or file.head.startswith(gguf_header.MAGIC):
        kept.weights.append(file)
    elif file.name.endswith((".safetensors", ".gguf")):
        file.claimed = True
        kept.not_read.append(NotRead(file.shown, _why_not(file)))
    elif why := pickle_signs.reason(file) or pickle_signs.code_inside(file):
        kept.unsafe.append((file, why))
    elif what := pickle_signs.program(file):
        kept.programs.append((file, what))
    elif _LOADED.match(file.name):
        kept.loaded.append(file)
    elif file.name.endswith(tuple(_OTHER_WEIGHTS)):
        others.append(file)
    elif pickle_signs.is_archive(file):
        kept.archives.append(file)


def _sharded(folder: Folder) -> Iterator[tuple[Folder, File, str]]:
    for child in folder.children:
        parts = [file for name, file in child.files.items() if name.endswith(".distcp")]
        if parts:
            yield child, parts[0], f"{len(parts)} shards of a distributed checkpoint of torch (.distcp)"
        elif _DEEPSPEED.match(child.name) and child.files:
            yield child, next(iter(child.files.values())), f"{len(child.files)} parts of a checkpoint of DeepSpeed"


def _why_not(file: File) -> str:
    if file.size == 0:
        return "an empty file"
    return "is named like weights, and its first bytes are not those of such a file"


def _asking_for_code(kept: ModelFiles) -> Iterator[tuple[File, str]]:
    """Settings that make a loader run code, and how. The parsed key is asked, not the spelling."""
    for file in kept.loaded:
        try:
            if file.name in _CODE_SETTINGS:
                why = _mapped(settings.document(file))
            elif file.name == "modules.json":
                why = _own_modules(file)
            elif file is kept.adapter:
                why = _of_base(settings.document(file))
            else:
                continue
        except UnreadableError as error:
            file.claimed = True
            kept.not_read.append(NotRead(file.shown, reason_of(error)))
            continue
        if why is not None:
            yield file, why


def _mapped(document: dict[str, Any]) -> str | None:
    """`auto_map` names a class in a file; before `--` stands another repository, which may change at any time."""
    mapped = document.get("auto_map")
    if mapped:
        elsewhere = "--" in str(mapped)
        place = "another repository, which may change at any time" if elsewhere else "the model's files"
        return f"has an auto_map: loading with trust_remote_code runs code from {place}"
    if document.get("custom_pipelines"):
        return "names custom_pipelines: a pipeline loaded with trust_remote_code runs code from the model's files"
    return None


def _own_modules(file: File) -> str | None:
    """The list of modules of a Sentence Transformers model; those of the library are its own."""
    listed = file.json()
    types = [row.get("type") for row in listed if isinstance(row, dict)] if isinstance(listed, list) else []
    own = [kind for kind in types if isinstance(kind, str) and not kind.startswith("sentence_transformers.")]
    return "names a module of its own: loading with trust_remote_code runs code from the model's files" if own else None


def _of_base(adapter: dict[str, Any]) -> str | None:
    mapping = adapter.get("auto_mapping")
    library = mapping.get("parent_library") if isinstance(mapping, dict) else None
    if isinstance(library, str) and library.startswith("transformers_modules"):
        return "has an auto_mapping to a base whose class is code from the base's repository"
    return None


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

"""What lies around the state of a training run: its checkpoints, TensorBoard files, settings, and the automatic card.

Looked for in the folder of the state, then in what the folder holds, the newest checkpoint first. A file that stands beside
and can not be read says nothing of the run; it is named in `unread`, so that it does not go by in silence.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from governance.collectors.formats import inert_pickle, settings, tensorboard_text, training_arguments, training_names
from governance.collectors.reading import fields
from governance.errors import UnreadableError
from governance.parsing import front_matter, strict_json

if TYPE_CHECKING:
    from governance.collectors.reading.files import File
    from governance.collectors.reading.walk import Folder

ARGUMENTS = "training_args.bin"
FROM_TEXT = "args/text_summary of a TensorBoard file"
"""Without the file's name, which holds the name of the machine."""
MOST_EVENT_FILES = 20
_EVENTS = re.compile(r"^events\.out\.tfevents\.(\d{9,10})\.")
_LOGS = ("runs", "tb", "logs", "tensorboard")
_VERSION = re.compile(r"^- Transformers:? v?(\d[\w.+-]{0,40})[ \t]*$", re.MULTILINE)
_TRL = frozenset(
    {"sft", "dpo", "grpo", "kto", "orpo", "cpo", "ppo", "rloo", "bco", "xpo", "gkd", "online-dpo", "reward-trainer"}
)


@dataclass
class Arguments:
    """The settings of the training, and which file they are from; `missing` says why there are none."""

    plain: dict[str, Any] | None = None
    source: str | None = None
    missing: str | None = None
    differing: list[str] = field(default_factory=list)
    output_dir: str | None = None
    seed: int | None = None
    way: str | None = None
    sessions: int | None = None
    processes: int | None = None


class Around:
    """What the files near a state say. `used` are those that something was taken from."""

    def __init__(self, folder: Folder) -> None:
        self.used: list[File] = []
        self.unread: list[tuple[File, str]] = []
        self.adapter: dict[str, Any] | None = None
        self.base: dict[str, Any] = {"name": None, "revision": None}
        self.version: str | None = None
        self.method: str | None = None
        self.arguments = Arguments()
        self._places = [folder, *_finals(folder), *checkpoint_folders(folder)]
        self._networks()
        self._texts(folder)
        self._pickle()
        if self.version is None or self.base["name"] is None or self.arguments.way is None:
            self._card(folder)

    def _networks(self) -> None:
        adapters = [file for file in map(settings.adapter_file, self._places) if file is not None]
        configs = [file for file in map(settings.config_file, self._places) if file is not None]
        if adapters:
            config = self._document(adapters[0])
            self.adapter = settings.adapter_of(config)
            self.base = settings.base_of_adapter(config)
            self.method = self.adapter["type"].lower()
        if configs:
            config = self._document(configs[0])
            self.version = fields.text(config, "transformers_version", most=200)
            if not adapters:
                self.method = "full"
                self.base = settings.base_of_model(config)

    def _document(self, file: File) -> dict[str, Any]:
        self.used.append(file)
        try:
            return settings.document(file)
        except UnreadableError as error:
            raise UnreadableError(f"{file.name} beside it: {error.message}") from None

    def _texts(self, folder: Folder) -> None:
        """The arguments and the version from the newest TensorBoard file with texts; each start of a training writes one."""
        sessions = 0
        for _, file in event_files(folder)[-MOST_EVENT_FILES:]:
            try:
                texts = tensorboard_text.texts(file)
                said = {tag: strict_json.loads_lenient(text)[0] for tag, text in texts.items()}
                arguments, model = (
                    fields.table({"text": said.get(tag)}, "text")
                    for tag in (tensorboard_text.ARGUMENTS, tensorboard_text.MODEL)
                )
                version = fields.text(model, "transformers_version", most=200)
            except UnreadableError:
                continue
            if texts and file not in self.used:
                self.used.append(file)
            self.version = version or self.version
            if arguments:
                sessions += 1
                self._take(arguments, FROM_TEXT)
        self.arguments.sessions = sessions or None

    def _take(self, arguments: dict[str, Any], source: str) -> None:
        self.arguments.plain = training_arguments.settings(arguments)
        self.arguments.output_dir = training_arguments.output_dir(arguments)
        self.arguments.seed = training_arguments.seed(arguments)
        self.arguments.source = source

    def _pickle(self) -> None:
        """The arguments as pickled: taken where TensorBoard has none, else held against those; and the class's name."""
        there = [file for place in self._places if (file := place.files.get(ARGUMENTS)) is not None]
        whole = [file for file in there if not file.is_lfs_pointer]
        if not whole:
            if there and self.arguments.plain is None:
                self.arguments.missing = f"{ARGUMENTS} is a Git LFS pointer, not the file itself"
            return
        try:
            pickled, class_path = training_arguments.of_pickle(inert_pickle.read(whole[0]))
        except UnreadableError as error:
            self.unread.append((whole[0], error.message))
            if self.arguments.plain is None:
                self.arguments.missing = f"{ARGUMENTS} can not be read: {error.message}"[:500]
            return
        self.used.append(whole[0])
        self.arguments.way = training_names.method_of(class_path)
        self.arguments.processes = training_arguments.processes(pickled)
        if self.arguments.plain is None:
            self._take(pickled, ARGUMENTS)
            return
        plain = training_arguments.settings(pickled)
        self.arguments.differing = training_arguments.differing(self.arguments.plain, plain)

    def _card(self, folder: Folder) -> None:
        """The automatic model card, where nothing else says it. A card that can not be read says nothing."""
        file = folder.beside("README.md")
        if file is None or file.size > front_matter.MAX_HEAD_BYTES:
            return
        try:
            head, text = front_matter.split(file.data(), where=file.shown)
            base = fields.name(head, "base_model")
            tags = fields.texts(head, "tags")
        except UnreadableError:
            return
        version = _VERSION.search(text)
        took = False
        if self.version is None and version:
            self.version, took = version[1], True
        if self.base["name"] is None and base:
            self.base, took = {"name": base, "revision": None}, True
        ways = [tag for tag in tags if tag in _TRL]
        if self.arguments.way is None and "trl" in tags and len(ways) == 1:
            self.arguments.way, took = ways[0], True
        if took:
            self.used.append(file)


def event_files(folder: Folder) -> list[tuple[int, File]]:
    """The TensorBoard files of this run with the start each bears in its name, oldest first."""
    made = []
    for place in [folder, *folder.below()]:
        inside = place.shown[len(folder.shown) :].strip("/").split("/")
        if place is folder or inside[0] in _LOGS:
            matches = ((_EVENTS.match(name), file) for name, file in place.files.items())
            made += [(int(match[1]), file) for match, file in matches if match]
    return sorted(made, key=lambda pair: (pair[0], pair[1].shown))


def checkpoint_folders(folder: Folder) -> list[Folder]:
    """The checkpoints directly in a folder, newest first."""
    numbered = [(settings.checkpoint_number(child), child) for child in folder.children]
    return [child for _, child in sorted((pair for pair in numbered if pair[0] is not None), key=_by_number)]


def checkpoints(folder: Folder) -> list[str]:
    """The names of the checkpoints directly in a folder that hold anything, oldest first."""
    return [child.name for child in reversed(checkpoint_folders(folder)) if child.files]


def _by_number(pair: tuple[int | None, Folder]) -> int:
    return -(pair[0] or 0)


def _finals(folder: Folder) -> list[Folder]:
    return [child for child in folder.children if settings.checkpoint_number(child) is None]

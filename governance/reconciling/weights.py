"""Folders that hold weights, found by walking, told by their bytes as the collector of model artefacts tells them.

Names and sizes are taken of every file; what is hashed, and when, is for the caller to say. Beside what is released, three forms
count that no release should hold: checkpoints of a distributed training in parts, pickles away from any model, and files of
other formats without settings. The state from which a training resumes (optimizer, scheduler, random numbers) is no weights.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from governance.assurance.population.given import Source, Weights
from governance.collectors.formats import model_files, pickle_signs, settings
from governance.collectors.model_artifacts import manifest
from governance.collectors.reading.interface import reason_of
from governance.collectors.reading.walk import walk
from governance.errors import UnreadableError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from governance.collectors.reading.files import File
    from governance.collectors.reading.walk import Folder
    from governance.verifier.hashing import Known

MOST_NOTES = 20
_IN_PARTS = re.compile(r"^global_step\d{1,12}$")
_NAMED = re.compile(r".+\.(?:bin|pt|pth|ckpt|h5|hdf5|keras|msgpack|onnx|tflite|ot)$", re.IGNORECASE)
_MAY_BE = re.compile(r".+\.(?:pkl|pickle|joblib|dill|cloudpickle|mdl)$", re.IGNORECASE)


@dataclass(frozen=True)
class Held:
    """Weights with the files that can be hashed."""

    weights: Weights
    files: tuple[File, ...] = field(repr=False)

    def hashed(self, known: Known | None, progress: Callable[[str, int, int], None] | None) -> Weights:
        """The same with the digest of its files; a file that can not be read is a doubt."""
        for file in self.files:
            file.known, file.progress = known, progress
        try:
            digest = manifest(list(self.files))["manifest_digest"]
        except UnreadableError as error:
            return replace(self.weights, doubts=(*self.weights.doubts, f"{error.where}: {error.message}"))
        return replace(self.weights, digest=digest)


def read(paths: Sequence[Path]) -> tuple[list[Held], list[Source]]:
    """All weights below some folders, and how much of each was walked. Raises `UnreadableError` for a folder that is not there."""
    held: dict[str, Held] = {}
    sources: list[Source] = []
    for path in paths:
        if not path.is_dir():
            why = "is no folder" if path.exists() else "there is no such folder"
            raise UnreadableError(why, where=str(path), hint="Name the folder that the runs write their weights to.")
    for path in sorted({path.resolve() for path in paths}):  # the outer of two folders first, whichever was named first
        folders, not_read = walk([path])
        if not folders:
            raise UnreadableError(not_read[0].reason if not_read else "can not be entered", where=str(path))
        notes = [f"{row.path}: {row.reason}" for row in not_read]
        name, found, may_be = path.name, 0, 0
        for folder in folders:
            for file in list(folder.files.values()):
                try:
                    _ = file.head
                except UnreadableError as error:
                    del folder.files[file.name]
                    notes.append(f"{file.shown}: {reason_of(error)}")
        for folder in folders:
            may_be += sum(bool(_MAY_BE.fullmatch(each)) for each in folder.files)
            for each in _of_folder(folder, name):
                held.setdefault(each.weights.place, each)
                found += 1
            for file in folder.files.values():
                file.release()
        of = f"folders walked, {found} sets of weights found"
        if may_be:
            of += f", {may_be} pickles of other names not counted"
        sources.append(Source("weights", name, len(folders), of, not_read=len(notes), notes=_bounded(notes)))
    return list(held.values()), sources


def _bounded(notes: list[str]) -> tuple[str, ...]:
    more = len(notes) - MOST_NOTES
    return (*notes[:MOST_NOTES], *([f"and {more} more that could not be read"] if more > 0 else []))


def _of_folder(folder: Folder, top: str) -> Iterator[Held]:
    """The weights of one folder: one set, or one for each file where files lie without settings."""
    shown = f"{top}/{folder.shown}" if folder.shown else top
    try:
        kept = model_files.sort(folder)
    except UnreadableError as error:
        doubt = reason_of(error)
        yield Held(Weights(folder.place, shown, frozenset(), "", doubts=(doubt,)), ())
        return
    doubts = tuple(f"{row.path.rpartition('/')[2]}: {row.reason}" for row in kept.not_read)
    doubts += tuple(f"{file.name} is a Git LFS pointer, not the file itself" for file in kept.pointers)
    step = settings.checkpoint_number(folder)
    if kept.weights and kept.stands_alone and not doubts and not _one_set(kept.weights):
        for file in kept.weights:
            form = model_files.format_of(file)
            one = Weights(folder.place, f"{shown}/{file.name}", _sizes([file]), form, file=file.name)
            yield Held(one, (file,))
        return
    if kept.weights:
        files = kept.weights if kept.stands_alone else kept.all_files
        made = Weights(folder.place, shown, _sizes(files), ", ".join(kept.formats()), step=step, doubts=doubts)
        yield Held(made, tuple(files))
        return
    loose = [file for file in folder.files.values() if _is_loose(file)]
    parts = [(child, file) for child in folder.children for file in child.files.values() if _is_part(child, file)]
    if loose or parts:
        form = ", ".join(sorted({model_files.format_of(file) for file in loose} | ({"in parts"} if parts else set())))
        sizes = _sizes(loose) | {(f"{child.name}/{file.name}", file.size) for child, file in parts}
        # No artefact in a ledger is made of these, so their digest could be held against nothing.
        yield Held(Weights(folder.place, shown, sizes, form, step=step, doubts=doubts), ())
    elif doubts:
        yield Held(Weights(folder.place, shown, frozenset(), "", step=step, doubts=doubts), ())


def _one_set(files: list[File]) -> bool:
    """Whether files without settings are the shards of one set, or one file."""
    return all(model_files.same_set(files[0], file) for file in files)


def _is_loose(file: File) -> bool:
    """True for weights away from any model: a pickle, or a file of another format, under a name that weights have."""
    if not _NAMED.fullmatch(file.name) or pickle_signs.is_training_state(file.name) or file.is_lfs_pointer:
        return False
    return file.size > 0 and (model_files.format_of(file) != "pickle" or pickle_signs.reason(file) is not None)


def _is_part(folder: Folder, file: File) -> bool:
    return file.name.endswith(".distcp") or bool(_IN_PARTS.fullmatch(folder.name))


def _sizes(files: Sequence[File]) -> frozenset[tuple[str, int]]:
    return frozenset((file.name, file.size) for file in files)

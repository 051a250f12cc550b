"""From paths to facts: walk, ask every collector, settle whom each fact is about.

The order of files, folders and collectors is fixed, so the same bytes give the same reading on any machine. A file
that no collector recognises is passed over in silence inside a folder, and said when it was named on its own.

Collectors are every module of this package that has a `COLLECTOR`, and what other distributions offer under the
entry-point group `governance.collectors`. One that can not be loaded is said and does not stop the others.
"""

from __future__ import annotations

import codecs
import importlib
import pkgutil
from dataclasses import replace
from functools import cache
from importlib import metadata
from typing import TYPE_CHECKING

import governance.collectors
from governance.collectors.reading.answers import Found, Look, NotRead, Reading
from governance.collectors.reading.binding import Declared, bind
from governance.collectors.reading.cross_checks import checked
from governance.collectors.reading.interface import reason_of
from governance.collectors.reading.redaction import redacted, said
from governance.collectors.reading.walk import walk
from governance.errors import UnreadableError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence
    from datetime import datetime
    from pathlib import Path

    from governance.collectors.reading.files import File
    from governance.collectors.reading.interface import Collects
    from governance.collectors.reading.walk import Folder
    from governance.verifier.hashing import Known

GROUP = "governance.collectors"
_OF_A_RUN = {"training-run.v1", "model-artifacts.v1"}
POINTER = "a Git LFS pointer, not the file itself. Fetch it with `git lfs pull` and attach again"


def collect(
    paths: Sequence[Path],
    *,
    declared: Declared | None = None,
    effective: datetime | None = None,
    environment: bool = True,
    progress: Callable[[str, int, int], None] | None = None,
    explain: bool = False,
    known: Known | None = None,
    leave: Collection[Path] = (),
) -> Reading:
    """Everything the collectors find in files and folders.

    `declared` is what the user says the facts are about; `effective` is the moment for facts whose tool left no
    clock; `environment` adds this machine where a run or its weights were read and no recorded environment;
    `progress` is told path, bytes done and bytes in all while large files are hashed; `explain` keeps who looked at which
    file and why it was passed over; `known` gives digests of large files from before; `leave` are folders
    and files below the paths that are not to be read. Never raises for what it reads;
    `UsageError` for a declaration that leads to nothing.
    """
    folders, not_read = walk(paths, leave)
    loaded, broken = collectors()
    found: list[Found] = []
    not_read += broken
    looks: list[Look] = []
    for folder in folders:
        not_read += _prepare(folder, progress, known)
        for collector in loaded:
            answers = list(_ask(collector, folder))
            found += [answer for answer in answers if isinstance(answer, Found)]
            not_read += [answer for answer in answers if isinstance(answer, NotRead)]
            if explain:
                looks += _looks(collector, folder, answers)
        for file in folder.files.values():
            file.release()
    # After all folders: a key that is named on its own is claimed by the signature that it verifies, wherever that lies.
    named = [file for folder in folders for file in folder.files.values() if file.explicit and not file.claimed]
    not_read += [NotRead(file.shown, _unknown(file)) for file in named if not file.is_lfs_pointer]
    told = [fact for fact in found if fact.declared_by is None]
    recorded = any(fact.kind == "compute-environment.v1" and fact.body.get("host") is not None for fact in told)
    if environment and not recorded and any(fact.kind in _OF_A_RUN for fact in told):
        found.append(_this_machine())
    bound = tuple(
        redacted(fact, by_hand=fact.tool is None or fact.declared_by is not None)
        for fact in bind(checked(found), declared)
    )
    if effective is not None:
        bound = tuple(_dated(fact, effective) for fact in bound)
    return Reading(
        found=bound, not_read=tuple(map(said, _once(not_read))), looks=tuple(map(said, sorted(looks, key=_by_path)))
    )


@cache
def collectors() -> tuple[tuple[Collects, ...], tuple[NotRead, ...]]:
    """All collectors, ours by file name and then others by entry point, and those that could not be loaded."""
    made: list[Collects] = []
    for module in sorted(pkgutil.iter_modules(governance.collectors.__path__), key=lambda each: each.name):
        collector = getattr(importlib.import_module(f"{GROUP}.{module.name}"), "COLLECTOR", None)
        if collector is not None:
            made.append(collector)
    broken: list[NotRead] = []
    for point in sorted(metadata.entry_points(group=GROUP), key=lambda each: each.name):
        try:
            made.append(point.load())
        except Exception as error:
            broken.append(NotRead(f"{GROUP}:{point.name}", f"this collector can not be loaded: {error}"))
    return tuple(made), tuple(broken)


def _prepare(
    folder: Folder, progress: Callable[[str, int, int], None] | None, known: Known | None
) -> Iterator[NotRead]:
    """Look at the first bytes of every file once; what can not be opened is taken out and said."""
    for file in list(folder.files.values()):
        file.progress, file.known = progress, known
        try:
            pointer = file.is_lfs_pointer
        except UnreadableError as error:
            del folder.files[file.name]
            yield NotRead(file.shown, reason_of(error))
            continue
        if pointer:
            yield NotRead(file.shown, POINTER)


def _unknown(file: File) -> str:
    """Why a file that was named is nobody's, with a remedy where its first bytes tell one."""
    if file.head[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        return "text in UTF-16 that no collector recognises. Save it as UTF-8 and attach again"
    if file.form in ("gzip", "zstd"):
        return f"packed with {file.form}, so no collector recognises it. Unpack it and attach again"
    return "no collector recognises it"


def _ask(collector: Collects, folder: Folder) -> Iterator[Found | NotRead]:
    """What a collector says of a folder. A fault of its own is an answer too, not the end of the attach."""
    try:
        yield from collector.read(folder)
    except UnreadableError as error:
        yield NotRead(error.where or folder.shown or ".", reason_of(error), collector.noun.name)
    except Exception as error:
        reason = f"the collector {collector.noun.name} failed: {type(error).__name__}: {error}"
        yield NotRead(folder.shown or ".", reason, collector.noun.name)


def _looks(collector: Collects, folder: Folder, answers: Sequence[Found | NotRead]) -> Iterator[Look]:
    """What one collector said of each file directly in a folder."""
    who = collector.noun.name
    read = {source.path for answer in answers if isinstance(answer, Found) for source in answer.sources}
    broken = {answer.path: answer.reason for answer in answers if isinstance(answer, NotRead)}
    for file in folder.files.values():
        if file.shown in broken:
            yield Look(file.shown, who, "not read", broken[file.shown])
        elif file.shown in read:
            yield Look(file.shown, who, "read", "")
        else:
            reason = (
                file.refusals.get(who) or collector.looks(folder, file) or "another file of the folder speaks for it"
            )
            yield Look(file.shown, who, "passed over", reason)


def _by_path(look: Look) -> tuple[str, str]:
    return look.path, look.collector


def _this_machine() -> Found:
    from governance.collectors.compute_environment import this_machine

    return this_machine()


def _dated(fact: Found, effective: datetime) -> Found:
    return fact if fact.effective_at is not None else replace(fact, effective_at=effective, effective_clock="declared")


def _once(answers: list[NotRead]) -> list[NotRead]:
    """Each file and reason once, in order of path."""
    once = {(each.path, each.reason): each for each in answers}
    return [once[key] for key in sorted(once)]

"""From a spool to the ledger: which runs can be taken, attaching each with the weights it wrote, and what may be removed then.

A run is attached with all of its segments or not at all, each in one transaction, so a sync that is killed in the middle goes on where
it was. A run with a segment that has no seal and was heard of lately is still running, and is not touched; nor is the folder that it
is writing to. What is on record already is not read again, unless its weights have turned up since.

Removed is only what is sealed, belongs to a run that finished, and whose bytes the ledger names by digest: what failed or was stopped
may be resumed, and is then told with all of its attempts.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from governance.collectors.formats import spool_record, spool_run, spool_segment, spool_training
from governance.collectors.reading import redaction
from governance.collectors.reading.names import last_part
from governance.domain.entry import EntryType
from governance.errors import CouldNotTell, UnreadableError, UsageError
from governance.parsing import spool

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import datetime, timedelta

    from governance.attaching import Attached
    from governance.collectors.formats.spool_run import Run
    from governance.workspace import Workspace

State = Literal["sealed", "incomplete", "damaged", "still running"]
_WEIGHTS = (".safetensors", ".bin", ".gguf", ".pt", ".pth")


@dataclass(frozen=True)
class Spooled:
    """One logical run as it lies in a folder."""

    run: Run
    folder: Path
    state: State

    @property
    def paths(self) -> list[Path]:
        """Its segments."""
        return [self.folder / piece.name for piece in self.run.pieces]

    @property
    def digests(self) -> frozenset[str]:
        """The digests of its segments, as sources of evidence are named."""
        return frozenset(f"sha256:{piece.segment.sha256}" for piece in self.run.pieces)


@dataclass
class Synced:
    """What became of one run."""

    spooled: Spooled
    system: str | None = None
    attached: Attached | None = None
    recorded: bool = False
    """Whether it is on record, now or from before."""
    tied: bool = False
    """Whether that record is tied to weights."""
    outputs: Path | None = None
    """The folder of its weights, where that was attached."""
    notes: list[str] = field(default_factory=list)
    removed: list[Path] = field(default_factory=list)


@dataclass(frozen=True)
class Spool:
    """What lies in folders: runs, and segments of which nothing can be said, each with the reason."""

    runs: tuple[Spooled, ...]
    not_read: tuple[tuple[Path, str], ...]


def look(folders: Sequence[Path], now: datetime, quiet: timedelta) -> Spool:
    """The runs in folders. Raises `UsageError` for a folder that is not there, `CouldNotTell` where no segment is in any of them."""
    runs: list[Spooled] = []
    not_read: list[tuple[Path, str]] = []
    for folder in dict.fromkeys(map(_spool_of, folders)):
        pieces = []
        for path in _segments(folder):
            try:
                data = path.read_bytes()
                pieces.append(spool_segment.piece(path.name, data))
            except OSError as error:
                not_read.append((path, f"can not be read: {error.strerror}"))
            except UnreadableError as error:
                not_read.append((path, error.message))
        made, alone = spool_run.join(pieces)
        runs += [Spooled(run, folder, _state(run, now, quiet)) for run in made]
        why = "the run {} that it belongs to is not in this folder. Put the segments of all machines into one folder"
        not_read += [(folder / piece.name, why.format(piece.run)) for piece in alone]
    if not runs and not not_read:
        listed = ", ".join(map(str, folders))
        raise CouldNotTell(
            "there is no segment of a spool", where=listed, hint="Name the folder that the recorder wrote to."
        )
    return Spool(tuple(runs), tuple(not_read))


def sync(
    workspace: Workspace,
    found: Spool,
    *,
    system: str | None = None,
    outputs: bool = True,
    remove: bool = False,
    progress: Callable[[str, int, int], None] | None = None,
) -> tuple[Synced, ...]:
    """Attach every run that is not still running. Raises `UsageError` before anything is attached where a system is not known."""
    made = [Synced(each, system or each.run.system) for each in found.runs]
    ready = [each for each in made if each.spooled.state != "still running"]
    _require_systems(workspace, ready)
    known = {each.system: _on_record(workspace, each.system) for each in ready if each.system is not None}
    for each in ready:
        assert each.system is not None  # noqa: S101 - `_require_systems` saw to it
        if outputs:
            each.outputs = _to_attach(each, found)
        tied = known[each.system].get(each.spooled.digests)
        each.recorded, each.tied = tied is not None, bool(tied)
        if each.recorded and (each.tied or each.outputs is None):
            continue
        each.attached = workspace.attach(
            [*each.spooled.paths, *([each.outputs] if each.outputs else [])],
            each.system,
            environment=False,
            leave=_to_leave(each, found),
            progress=progress,
        )
        items = [item for item in (*each.attached.appended, *each.attached.unchanged) if item.kind == spool_record.KIND]
        each.recorded, each.tied = bool(items), any(item.bound_to for item in items)
    if remove:
        in_ledger = {name: _sources(workspace, name) for name in known}
        for each in ready:
            _remove(each, in_ledger[each.system or ""], wanted=outputs)
    return tuple(made)


def _spool_of(folder: Path) -> Path:
    """The folder itself, or the spool in it where a run's output folder was named."""
    if not folder.is_dir():
        hint = "Name the folder that the recorder wrote to, or set GOVERN_SPOOL."
        raise UsageError("there is no such folder", where=str(folder), hint=hint)
    inside = folder / spool.FOLDER
    return (inside if inside.is_dir() and not any(_segments(folder)) else folder).resolve()


def _segments(folder: Path) -> Iterator[Path]:
    """The files of a folder that begin like a segment, in order of name."""
    for path in sorted(folder.iterdir()):
        if path.is_file() and not path.is_symlink():
            try:
                with path.open("rb") as stream:
                    head = stream.read(1 << 16)
            except OSError:
                continue
            if spool.is_segment(head):
                yield path


def _state(run: Run, now: datetime, quiet: timedelta) -> State:
    alive = (not piece.sealed and not piece.segment.faults and now - piece.heard_at < quiet for piece in run.pieces)
    if quiet and any(alive):  # with no time to wait, nothing is waited for, whatever a clock says
        return "still running"
    # The last line of who was killed may be torn; more than that is damage.
    try:
        lost = any(spool_record.lost_in(piece) for piece in run.pieces)
    except UnreadableError:
        lost = True
    if lost or any(each.segment.faults or each.segment.damaged > (0 if each.sealed else 1) for each in run.pieces):
        return "damaged"
    return "sealed" if run.last.sealed else "incomplete"


def _require_systems(workspace: Workspace, runs: Sequence[Synced]) -> None:
    unsaid = [each.spooled.run.name for each in runs if each.system is None]
    if unsaid:
        said = f"it is not said for which system: {', '.join(unsaid[:5])}{' and more' if len(unsaid) > 5 else ''}"
        raise UsageError(said, hint="Name it with --system ID, or set GOVERN_SYSTEM where the run is started.")
    registered = set(workspace.ledger.systems())
    for each in runs:
        if each.system not in registered:
            raise UsageError(
                f"{each.spooled.run.name} is for the system {each.system}, which is not registered here",
                hint="Register it with: govern system add FILE, or name another with --system ID.",
            )


def _on_record(workspace: Workspace, system: str) -> dict[frozenset[str], bool]:
    """For each run on record the digests of its segments, and whether it was tied to weights."""
    made: dict[frozenset[str], bool] = {}
    for entry in workspace.ledger.entries(system=system):
        if entry.type is EntryType.EVIDENCE and entry.record.get("kind") == spool_record.KIND:
            sources = frozenset(str(each["sha256"]) for each in entry.record.get("sources", ()))
            made[sources] = made.get(sources, False) or bool(entry.record["subject"].get("digest"))
    return made


def _checkpoints(run: Run) -> list[dict[str, Any]]:
    """The checkpoints of a run; none where they can not be understood, which the attach tells."""
    try:
        return spool_record.checkpoints(run)
    except UnreadableError:
        return []


def _outputs(spooled: Spooled) -> Path | None:
    """The folder that a run wrote to, where it is on this machine."""
    run = spooled.run
    named = {str(row["folder"]) for row in _checkpoints(run)}
    said = run.output_dir or (named.pop() if len(named) == 1 else None)
    if said is None:
        return None
    above = spooled.folder.parent
    if spooled.folder.name == spool.FOLDER and above.name == last_part(said):
        return above
    home = str(Path.home())
    hidden = redaction.text(f"{home}/")  # the recorder keeps no user's name
    if hidden != f"{home}/" and said.startswith(hidden):
        said = f"{home}/{said.removeprefix(hidden)}"
    tried = [Path(said)] if Path(said).is_absolute() else [above / said, Path.cwd() / said]
    return next((path.resolve() for path in tried if path.is_dir()), None)


def _to_attach(each: Synced, found: Spool) -> Path | None:
    """The folder of a run's weights, unless it holds others by now, which is noted."""
    folder = _outputs(each.spooled)
    if folder is None:
        each.notes.append("its output folder is not on this machine, so it is tied to no weights yet")
    elif later := _written_later(each.spooled, folder, found):
        each.notes.append(f"{later} wrote to its output folder later, so the weights there are not its own")
    elif (other := _other_size(each.spooled.run, folder)) is not None:
        each.notes.append(f"{other} has another size than the run wrote down, so the weights there are not its own")
    else:
        return folder
    return None


def _written_later(spooled: Spooled, folder: Path, found: Spool) -> str | None:
    """The id of a training, or of what still runs, that was at work in a folder after this run."""
    for other in found.runs:
        writes = other.run.first.activity == spool_training.ACTIVITY or other.state == "still running"
        later = other.run.last.heard_at > spooled.run.last.heard_at
        if other is not spooled and writes and later and _outputs(other) == folder:
            return other.run.name
    return None


def _other_size(run: Run, folder: Path) -> str | None:
    """A file of weights in the newest checkpoint that is not as long as it was when the run listed it."""
    for row in reversed(_checkpoints(run)):
        name = last_part(row["folder"])
        place = folder if name == folder.name else folder / name
        for file in row["files"]:
            path = place / last_part(file["name"])
            if path.suffix in _WEIGHTS and path.is_file() and path.stat().st_size != file["size"]:
                return f"{place.name}/{path.name}"
        if place.is_dir():
            return None
    return None


def _to_leave(each: Synced, found: Spool) -> list[Path]:
    """Below the output folder: spools, and the segments of others where they lie loose."""
    others = [path for other in found.runs if other is not each.spooled for path in other.paths]
    spools = {other.folder for other in found.runs} - {each.outputs}
    return [*others, *spools, *([each.outputs / spool.FOLDER] if each.outputs else [])]


def _sources(workspace: Workspace, system: str) -> frozenset[str]:
    """The digests of all files that evidence of a system was read from."""
    return frozenset(
        str(source["sha256"])
        for entry in workspace.ledger.entries(system=system)
        if entry.type is EntryType.EVIDENCE
        for source in entry.record.get("sources", ())
    )


def _remove(each: Synced, in_ledger: frozenset[str], *, wanted: bool) -> None:
    """Delete the segments of a run, or note why not. `wanted`: that it be tied to the weights it wrote."""
    spooled = each.spooled
    if spooled.state != "sealed" or spooled.run.outcome != "finished":
        why = "the record is damaged" if spooled.state == "damaged" else "the run did not finish, and may be resumed"
        each.notes.append(f"kept: {why}")
        return
    if wanted and not each.tied and spooled.run.first.activity == spool_training.ACTIVITY:
        each.notes.append("kept: the run is tied to no weights yet. With --no-outputs it is removed all the same")
        return
    for piece, path in zip(spooled.run.pieces, spooled.paths, strict=True):
        if not piece.sealed:
            each.notes.append(f"kept: {path.name} has no whole seal")
            continue
        try:
            if f"sha256:{hashlib.sha256(path.read_bytes()).hexdigest()}" in in_ledger:
                path.unlink()
                each.removed.append(path)
            else:
                each.notes.append(f"kept: {path.name} changed since it was read")
        except OSError as error:
            each.notes.append(f"kept: {path.name}: {error.strerror}")

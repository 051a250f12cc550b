"""A run as the recorder inside of it left it: the segments of a spool.

*Reads* segments of the form `govern-spool.v1`, known by their first line, whatever they are called. The segments of one folder are
joined: attempts of one run by its id and by what a resumed one continues, further machines by id and time, and the command that had
started a process to the runs inside of it. A line whose checksum fails is left out and counted.

*Says* for each logical run how often it was started, how far each attempt came, how it ended and what is missing (run-record.v1). Of a
training that logged or measured anything, how the losses moved, with which settings, from which base (training-run.v1). The machine
and its software, the revision of the code, what the graphics cards did, and the energy by their counters, where the recorder was told.

*Does not say* anything about what came after the last heartbeat of a segment without a seal: such a run is partial, and so is what was
stopped, or has a gap. A run whose seal says that it failed, or does not fit the bytes before it, has failed. That the numbers are
right, or that nobody wrote a whole segment by hand, no checksum can tell.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from governance.collectors import compute_environment
from governance.collectors.formats import (
    energy_counters,
    gpu_usage,
    source_revision,
    spool_cards,
    spool_record,
    spool_run,
    spool_segment,
    spool_training,
)
from governance.collectors.reading.answers import Found, NotRead
from governance.collectors.reading.interface import Tried, attempt, reason_of, recognised
from governance.domain.evidence import Collector, Subject, SubjectType
from governance.errors import UnreadableError
from governance.parsing import spool

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from governance.collectors.formats.spool_run import Run
    from governance.collectors.formats.spool_segment import Piece
    from governance.collectors.reading.doubts import Doubts
    from governance.collectors.reading.files import File
    from governance.collectors.reading.walk import Folder

_ALONE = (
    "belongs to the run {}, whose own segment is not in this folder. Put the segments of all machines into one folder"
)


class RecordedRun:
    """Finds the logical runs in the segments of a folder."""

    noun = Collector(name="recorded-run", version="1")
    kinds = (
        spool_record.KIND,
        spool_training.KIND,
        compute_environment.SCHEMA,
        source_revision.KIND,
        gpu_usage.KIND,
        energy_counters.KIND,
    )
    tool = spool.SCHEMA
    tried = (Tried(spool.SCHEMA, "recorded", "2026-11-26"),)

    def looks(self, folder: Folder, file: File) -> str | None:  # noqa: ARG002 - others look at the folder too
        """None for a segment, else why not."""
        return recognised(file, lambda: None if spool.is_segment(file.head) else f"does not open a {spool.SCHEMA}")

    def read(self, folder: Folder) -> Iterator[Found | NotRead]:
        """Yield what the segments directly in `folder` say."""
        pieces: list[Piece] = []
        for file in list(folder.files.values()):
            if self.looks(folder, file) is not None:
                continue
            try:
                pieces.append(spool_segment.piece(file.name, file.data(spool.LARGEST)))
            except UnreadableError as error:
                file.claimed = True
                yield NotRead(file.shown, reason_of(error), self.noun.name)
        runs, alone = spool_run.join(pieces)
        for piece in alone:
            folder.files[piece.name].claimed = True
            yield NotRead(folder.files[piece.name].shown, _ALONE.format(piece.run), self.noun.name)
        for run in runs:
            for tell in (_record, _training, _environment, _code, _cards):
                files = [folder.files[piece.name] for piece in run.pieces]
                found = partial(self._found, folder, files, run, tell, spool_training.superseded(run, runs))
                yield from attempt(files[0], found, self.noun.name)

    def _found(
        self,
        folder: Folder,
        files: list[File],
        run: Run,
        tell: Callable[[Run], Iterator[tuple[str, Any, Any, Doubts]]],
        superseded: str | None,
    ) -> Iterator[Found]:
        """The facts of one run that `tell` gives, each as (kind, body, subject or None, doubts)."""
        said = spool_record.tool(run)
        for kind, body, subject, doubts in tell(run):
            yield Found(
                kind=kind,
                body=body,
                subject=subject or Subject(type=SubjectType.RUN, name=run.name),
                path=files[0].shown,
                collector=self.noun,
                quality=doubts.quality,
                quality_reasons=doubts.reasons,
                effective_at=run.last.heard_at,
                effective_clock="tool",
                tool=said["name"],
                tool_version=said["version"],
                sources=tuple(file.source() for file in files),
                conflicts=(*run.conflicts(), *((superseded,) if superseded else ())),
                place=folder.place,
            )


def _record(run: Run) -> Iterator[tuple[str, Any, Any, Doubts]]:
    yield spool_record.KIND, spool_record.body(run), None, spool_record.doubts(run)


def _training(run: Run) -> Iterator[tuple[str, Any, Any, Doubts]]:
    if spool_training.trained(run):
        doubts = _of_writers(run)
        body = spool_training.body(run, doubts)
        yield spool_training.KIND, body, None, doubts


def _environment(run: Run) -> Iterator[tuple[str, Any, Any, Doubts]]:
    """The machine of the newest attempt, and the further ones of that attempt."""
    newest = [body for piece in run.attempts[-1].nodes if (body := piece.fact("environment")) is not None]
    first = next(spool_record.facts(run, "environment"), None)
    told: dict[str, dict[str, Any]] = {}
    for value in [*([first[1]] if first else []), *newest]:
        body = compute_environment.body_of(value) | {"captured": "by-run", "recording": spool_record.recording(run)}
        told.setdefault(body["host"]["name"], body)
    for name, body in told.items():
        subject = Subject(type=SubjectType.ENVIRONMENT, name=name)
        yield compute_environment.SCHEMA, body, subject, _of_writers(run)


def _code(run: Run) -> Iterator[tuple[str, Any, Any, Doubts]]:
    first = next(spool_record.facts(run, "code"), None)
    if first is not None:
        more = {"output_dir": spool_record.short_output_dir(run), "recording": spool_record.recording(run)}
        yield source_revision.KIND, source_revision.body_of(first[1]) | more, None, _of_writers(run)


def _cards(run: Run) -> Iterator[tuple[str, Any, Any, Doubts]]:
    found = spool_cards.cards(run)
    if not found:
        return
    for kind, made in ((gpu_usage.KIND, spool_cards.usage), (energy_counters.KIND, spool_cards.energy)):
        doubts = _of_writers(run)
        doubts.take(spool_record.record(run.pieces))
        for gap in spool_record.gaps(run):
            if gap["of"] == "gpu":
                doubts.partial(f"a gap of gpu: {gap['why']}")
        body = made(run, found, doubts)
        if body is not None:
            yield kind, body, None, doubts


def _of_writers(run: Run) -> Doubts:
    """How the run ended, and what is damaged in what its own process wrote."""
    doubts = spool_record.ending(run)
    doubts.take(spool_record.record([each.writer for each in run.attempts]))
    return doubts


COLLECTOR = RecordedRun()

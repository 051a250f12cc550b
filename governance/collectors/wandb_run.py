"""A run as Weights & Biases keeps it on disk.

*Reads* the file of a run, `run-<id>.wandb` (known by its header), of versions 0.12 to 0.31, as `WANDB_MODE=offline` leaves
it; and where only the folder `files` of an online run was kept, its `wandb-summary.json` with `config.yaml` and
`wandb-metadata.json` beside it. Of the settings only those with the well-known names of training are taken.

*Says* how the loss moved, with which settings, from which base where a setting names it, from which commit, which version of
the tool wrote it, and how it ended: a run without its exit record was killed, crashed or is still going on and is partial,
one with another exit code than 0 failed. A run that logged only measures is an evaluation instead.

*Does not say* that the settings were in force: the training script logs what it likes, under names it chooses. A summary alone
holds the last numbers and not how they came about, so it is partial; the `state: running` beside it stays for ever and says
nothing. Who ran it on which machine, with which arguments, and what it printed are not copied. Without
`train/global_step` the step is the tool's own count of logged rows.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from governance.collectors.formats import leveldb_log, tracked_names, tracked_run, wandb_records
from governance.collectors.formats.tracked_run import Point, Tracked
from governance.collectors.reading import fields, moments
from governance.collectors.reading.doubts import Doubts
from governance.collectors.reading.interface import NotMine, OneFile, Tried, recognised
from governance.domain.evidence import Collector, Subject, SubjectType
from governance.errors import UnreadableError
from governance.parsing import strict_yaml

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from governance.collectors.reading.answers import Found
    from governance.collectors.reading.files import File
    from governance.collectors.reading.walk import Folder

TOOL = "wandb"
CONFIG, METADATA = "config.yaml", "wandb-metadata.json"
MOST_TAGS = 50
MOST_NAMES = 20_000
_SUMMARY = re.compile(rb'"_wandb"\s*:\s*\{\s*"runtime"')


class WandbRun(OneFile):
    """Finds one run for each file of a run, or for each summary without one."""

    noun = Collector(name="wandb-run", version="1")
    kinds = ("training-run.v1", "eval-run.v1")
    tool = TOOL
    tried = (
        Tried("0.12.21", "recorded", "2026-11-25"),
        Tried("0.13.11", "recorded", "2026-11-25"),
        Tried("0.15.12", "recorded", "2026-11-25"),
        Tried("0.16.6", "recorded", "2026-11-25"),
        Tried("0.19.11", "recorded", "2026-11-25"),
        Tried("0.21.4", "recorded", "2026-11-25"),
        Tried("0.31.0", "recorded", "2026-11-25"),
    )

    def looks(self, folder: Folder, file: File) -> str | None:  # noqa: ARG002
        """None for the file of a run or the summary of one, else why not."""
        return recognised(file, lambda: None if _is_log(file) or _is_summary(file) else "has no header of a run")

    def facts(self, folder: Folder, file: File) -> Iterable[Found]:
        """The run of one file."""
        if not _is_log(file):
            yield self._of_summary(folder, file)
            return
        log = leveldb_log.Log(file.data(), where=file.shown)
        run = wandb_records.gathered(log)
        if run is None:
            raise UnreadableError(
                "holds no run: it was killed before the tool wrote the first record",
                hint="Let the run end by itself, or attach what the training library wrote.",
            )
        doubts = Doubts()
        if log.cut:
            doubts.partial("the file ends in the middle of a record: the run was killed, or the file was cut")
        elif run.exit_code is None:
            doubts.partial("no exit record: the run was killed, crashed or was still going on")
        elif run.exit_code != 0:
            doubts.failed(f"the run ended with exit code {run.exit_code}")
        elif run.lacks_footer:
            doubts.partial("no closing record after the exit record: the file was cut")
        tracked = Tracked(
            tracker=TOOL,
            name=run.name or run.run_id,
            run_id=run.run_id,
            settings=run.settings,
            series=run.series,
            status=None if run.exit_code is None else f"exit code {run.exit_code}",
            ended=run.exit_code == 0 and not log.cut and not run.lacks_footer,
        )
        more: dict[str, Any] = {
            "experiment": run.project,
            "code_revision": run.commit,
            "data_sets": run.data_sets,
            "labels": run.tags[:MOST_TAGS],
        }
        yield self._fact(folder, file, tracked, more, doubts, moments.of_epoch(run.last or run.start), run.version)

    def _fact(
        self,
        folder: Folder,
        file: File,
        tracked: Tracked,
        more: dict[str, Any],
        doubts: Doubts,
        at: datetime | None,
        version: str | None,
        beside: Iterable[File] = (),
    ) -> Found:
        if tracked.trains:
            body = tracked_run.training_body(tracked, doubts) | more
            subject = Subject(type=SubjectType.RUN, name=tracked.name[:500])
            return self.found(
                folder, file, self.kinds[0], body, subject, doubts=doubts, at=at, version=version, beside=beside
            )
        body = tracked_run.evaluation_body(tracked, doubts, task=tracked.name) | more
        body["harness"]["version"] = version
        subject = Subject(type=SubjectType.MODEL, name=(body["model"]["adapter"] or body["model"]["name"])[:500])
        return self.found(
            folder, file, self.kinds[1], body, subject, doubts=doubts, at=at, version=version, beside=beside
        )

    def _of_summary(self, folder: Folder, file: File) -> Found:
        """The last numbers and the settings of a run whose own file was not kept."""
        if folder.parent is not None and any(_is_log(each) for each in folder.parent.files.values()):
            raise NotMine("the file of the run itself lies above it and speaks for it")
        summary = file.json()
        if not isinstance(summary, dict) or not isinstance(summary.get("_wandb"), dict):
            raise NotMine("a document of another sort")
        if len(summary) > MOST_NAMES:
            raise UnreadableError(f"more than {MOST_NAMES:,} names")
        tracked = Tracked(tracker=TOOL, name=_run_name(folder), ended=None)
        beside = [each for each in map(folder.beside, (CONFIG, METADATA)) if each is not None]
        version = None
        for each in beside:
            if each.name == CONFIG:
                tracked.settings, version = _config(each)
        metadata = _metadata(folder)
        step = fields.whole(summary, "_step", least=0)
        for key, value in summary.items():
            if isinstance(value, (int, float)) and not isinstance(value, bool) and not key.startswith("_"):
                tracked.series[key] = [Point(step, tracked_run.number(value))]
        if not tracked.series and not tracked.settings:
            raise UnreadableError("holds no number of the run, and no config.yaml lies beside it")
        doubts = Doubts()
        doubts.partial("only the summary of the run was kept: neither how its numbers moved nor how it ended is known")
        commit = fields.text(fields.table(metadata, "git"), "commit", most=200)
        more: dict[str, Any] = {"code_revision": commit, "data_sets": []}
        at = moments.of_epoch(fields.number(summary, "_timestamp")) or moments.of_text(metadata.get("startedAt"))
        return self._fact(folder, file, tracked, more, doubts, at, version, beside)


def _is_log(file: File) -> bool:
    return file.head.startswith(leveldb_log.HEADER)


def _is_summary(file: File) -> bool:
    return file.opens_json and file.mentions(b'"_wandb"', b'"runtime"') and bool(_SUMMARY.search(file.glance()))


def _run_name(folder: Folder) -> str:
    """The folder of the run: above `files`, where that is the name of the one with the summary."""
    return folder.parent.name if folder.name == "files" and folder.parent is not None else folder.name


def _config(file: File) -> tuple[dict[str, Any], str | None]:
    """The wanted settings, and the version of the tool, from the YAML of a run: each setting a table with its value."""
    said = strict_yaml.loads(file.data(strict_yaml.MAX_BYTES), where=file.shown)
    if not isinstance(said, dict):
        raise UnreadableError(f"{file.shown} beside it holds no settings")
    settings = {
        str(key): value.get("value") if key in tracked_names.WANTED else None
        for key, value in said.items()
        if isinstance(value, dict) and key != "_wandb"
    }
    own = said.get("_wandb")
    held = own.get("value") if isinstance(own, dict) else None
    return settings, fields.text(held, "cli_version", most=200) if isinstance(held, dict) else None


def _metadata(folder: Folder) -> dict[str, Any]:
    file = folder.beside(METADATA)
    said = file.json() if file is not None else {}
    return said if isinstance(said, dict) else {}


COLLECTOR = WandbRun()

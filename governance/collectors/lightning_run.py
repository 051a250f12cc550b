"""A run as Lightning's logger of CSV files leaves it.

*Reads* `metrics.csv`, known by its columns `epoch` and `step` beside others with numbers, and `hparams.yaml` beside it, of
Lightning 1 and 2. Of the settings only those with the well-known names of training are taken.

*Says* how the loss moved on training and held-out data, with which settings, and how far the run came. Lightning does not keep
how a run ended, so a run is complete only where its last step is the one that `max_steps` planned; any other is partial.

*Does not say* anything of a setting that is a Python object: a `hparams.yaml` with tags is not opened further and is named
as a doubt. Steps are Lightning's, which counts optimiser steps from 0. When it ran and with which version is not kept;
a checkpoint beside it is a pickle and is not opened.
"""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Any

from governance.collectors.formats import csv_table, tracked_names, tracked_run
from governance.collectors.formats.tracked_run import Point, Tracked
from governance.collectors.reading.doubts import Doubts
from governance.collectors.reading.interface import Marks, NotMine, OneFile, Tried
from governance.domain.evidence import Collector, Subject, SubjectType
from governance.errors import UnreadableError
from governance.parsing import strict_yaml

if TYPE_CHECKING:
    from collections.abc import Iterable

    from governance.collectors.reading.answers import Found
    from governance.collectors.reading.files import File
    from governance.collectors.reading.walk import Folder

SETTINGS = "hparams.yaml"
_HEADER = re.compile(
    rb"\A(?:\xef\xbb\xbf)?(?=[^\n]*(?:^|,)epoch(?:,|\r?\n))(?=[^\n]*(?:^|,)step(?:,|\r?\n))[\w/.:@%+ ,-]+\r?\n"
)
_LOSS = re.compile(r"loss|nll|acc|metric", re.IGNORECASE)


class LightningRun(OneFile):
    """Finds one run for each table of metrics."""

    noun = Collector(name="lightning-run", version="1")
    kinds = ("training-run.v1",)
    tool = "lightning"
    tried = (Tried("2.6.6", "recorded", "2026-11-25"),)
    marks = Marks(form="text", pattern=_HEADER)

    def facts(self, folder: Folder, file: File) -> Iterable[Found]:
        """The run of one table."""
        table = csv_table.parse(file.data(csv_table.MAX_BYTES))
        if not any(_LOSS.search(name) for name in table.header):
            raise NotMine("a table with steps and no measure of a training")
        doubts = Doubts()
        beside = []
        run = Tracked(tracker="lightning", name=folder.name[:500])
        hparams = folder.beside(SETTINGS)
        if hparams is not None:
            beside.append(hparams)
            run.settings = _settings(hparams, doubts)
        run.series = _series(table)
        if not any(run.series.values()):
            raise UnreadableError("holds no logged row", hint="Attach the folder of a run that was let train.")
        body = tracked_run.training_body(run, doubts)
        subject = Subject(type=SubjectType.RUN, name=run.name)
        yield self.found(folder, file, self.kinds[0], body, subject, doubts=doubts, beside=beside)


def _settings(file: File, doubts: Doubts) -> dict[str, Any]:
    """The wanted settings; a file with Python objects in it gives none and a doubt."""
    try:
        said = strict_yaml.loads(file.data(strict_yaml.MAX_BYTES), where=file.name)
    except UnreadableError as error:
        doubts.partial(f"the settings beside it were not read: {error.message}")
        return {}
    held = said if isinstance(said, dict) else {}
    return {str(key): value if key in tracked_names.WANTED else None for key, value in held.items()}


def _series(table: csv_table.Table) -> dict[str, list[Point]]:
    """The numbers of each column at the step of their row; a row fills only the columns that were logged then."""
    made: dict[str, list[Point]] = {}
    for line, cells in table.rows:
        step = _number(cells["step"], line)
        if step is None or step != int(step) or step < 0:
            raise UnreadableError(f"the step on line {line} is not a whole number")
        for name, cell in cells.items():
            if name != "step" and cell.strip():
                made.setdefault(name, []).append(Point(int(step), _number(cell, line)))
    return made


def _number(cell: str, line: int) -> float | None:
    try:
        value = float(cell)
    except ValueError:
        raise UnreadableError(f"a cell on line {line} is not a number") from None
    return value if math.isfinite(value) else None


COLLECTOR = LightningRun()

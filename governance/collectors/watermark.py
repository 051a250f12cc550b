"""How well a watermark in generated texts was found again, from the detector's own output.

*Reads* the output of the KGW detector in Transformers (`WatermarkDetector`), saved as JSON: the fields of its result
for texts with the mark (`watermarked` or `marked`) and for texts without it (`plain`, `unmarked`, `unwatermarked` or
`human`), and the `config` of the mark beside them.

*Says* the share of marked texts that were found and of unmarked texts that were taken for marked, over how many texts
of which middle length, and the settings of the mark without its key. Fewer than 30 texts of a sort, or a text without a
verdict, make it partial.

*Does not say* which model wrote the texts, nor the score from which the detector decided: its output holds neither. Nor
what is left of the mark once a text is changed. The key is a secret and is not copied.
"""

from __future__ import annotations

import re
from statistics import median_low
from typing import TYPE_CHECKING, Any

from governance.collectors.reading import fields
from governance.collectors.reading.doubts import Doubts
from governance.collectors.reading.interface import Marks, NotMine, OneFile, Tried, not_understood
from governance.domain.evidence import Collector, Subject, SubjectType
from governance.errors import UnreadableError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from governance.collectors.reading.answers import Found
    from governance.collectors.reading.files import File
    from governance.collectors.reading.walk import Folder

MARKED = ("watermarked", "marked")
PLAIN = ("plain", "unmarked", "unwatermarked", "human")
FEWEST = 30
MOST_SETTINGS = 30
_SECRET = re.compile(r"key|secret|seed$", re.IGNORECASE)


class Watermark(OneFile):
    """Finds one measurement for each saved output."""

    noun = Collector(name="watermark", version="1")
    kinds = ("watermark-detection.v1",)
    tool = "transformers WatermarkDetector"
    tried = (
        Tried("transformers 5.23.0", "published", "2026-11-25"),
        Tried("transformers 5.24.0", "recorded", "2026-11-25"),
    )
    marks = Marks(form="json", words=(b'"z_score"', b'"green_fraction"', b'"num_tokens_scored"'))

    def facts(self, folder: Folder, file: File) -> Iterable[Found]:
        """The measurement."""
        data = file.json()
        if not isinstance(data, dict):
            raise NotMine("it is no object at the top")
        marked = next((fields.table(data, name) for name in MARKED if name in data), {})
        plain = next((fields.table(data, name) for name in PLAIN if name in data), {})
        if not marked and not plain:
            raise not_understood(self.tool, None, "it does not say which of the texts carry the mark")
        doubts = Doubts()
        found, lengths = _verdicts(marked, "with the mark", doubts)
        alarms, more = _verdicts(plain, "without the mark", doubts)
        if file.not_finite:
            doubts.partial(f"{file.not_finite} scores are no number")
        every = sorted(lengths + more)
        body: dict[str, Any] = {
            "tool": {"name": self.tool, "version": None},
            "scheme": "KGW",
            "settings": _settings(fields.table(data, "config")),
            "threshold": None,
            "threshold_unit": None,
            "marked_texts": len(found),
            "unmarked_texts": len(alarms),
            "tokens_median": max(1, int(median_low(every))) if every else None,
            "true_positive_rate": _share(found),
            "false_positive_rate": _share(alarms),
            "after_changes": [],
        }
        subject = Subject(type=SubjectType.MODEL, name="the model whose texts were marked")
        yield self.found(folder, file, "watermark-detection.v1", body, subject, doubts=doubts)


def _verdicts(output: dict[str, Any], which: str, doubts: Doubts) -> tuple[list[bool | None], list[float]]:
    """The verdict on each text, and the tokens that were scored in each."""
    scores, verdicts = fields.rows(output, "z_score"), fields.rows(output, "prediction")
    lengths = [fields.as_number(each, "num_tokens_scored") or 0 for each in fields.rows(output, "num_tokens_scored")]
    if len(lengths) != len(scores) or (verdicts and len(verdicts) != len(scores)):
        raise UnreadableError(f"the lists for texts {which} differ in length")
    if not all(each is None or isinstance(each, bool) for each in verdicts):
        raise UnreadableError("a prediction is neither true nor false")
    for score in scores:
        fields.as_number(score, "z_score")
    made = verdicts or [None] * len(scores)
    if len(made) < FEWEST:
        doubts.partial(f"{len(made)} texts {which} were tried, and a share of fewer than {FEWEST} says little")
    if None in made or None in scores:
        doubts.partial(f"not every text {which} has a score and a verdict")
    return made, lengths


def _share(verdicts: list[bool | None]) -> float | None:
    """The share of texts that were called marked; None where there is no text or no verdict on one."""
    if not verdicts or None in verdicts:
        return None
    return sum(verdict is True for verdict in verdicts) / len(verdicts)


def _settings(config: dict[str, Any]) -> dict[str, Any]:
    """The settings that are no secret and plain values."""
    plain = {
        key[:100]: value[:200] if isinstance(value, str) else value
        for key, value in config.items()
        if not _SECRET.search(key) and isinstance(value, (int, float, str, bool))
    }
    return dict(list(plain.items())[:MOST_SETTINGS])


COLLECTOR = Watermark()

"""Metrics as Prometheus and OpenMetrics write them: one sample a line, with labels, a value and perhaps a time.

After the two descriptions, *Exposition formats* (prometheus.io) and *OpenMetrics 1.0*: escapes in labels, names in
quotes, NaN and infinities, times in milliseconds or (where the text ends with `# EOF`) in seconds; exemplars are
passed over. The plain form has no end mark, so a last line without its end is an error; a text cut between two lines
can not be told from a shorter one.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from governance.collectors.formats import plain_text
from governance.errors import UnreadableError

MAX_BYTES = 16 * 1024 * 1024
MAX_LINES = 200_000
MAX_SAMPLES = 50_000
MAX_LABELS = 64
MAX_LINE = 64 * 1024

_NAME = re.compile(r"[a-zA-Z_:][a-zA-Z0-9_:.]*")
_LABEL = re.compile(r'[ \t]*(?:([a-zA-Z_][a-zA-Z0-9_.]*)|"((?:[^"\\]|\\.)*)")[ \t]*')
_QUOTED = re.compile(r'=[ \t]*"((?:[^"\\]|\\.)*)"[ \t]*')
_ESCAPE = re.compile(r"\\(.)")
_REST = re.compile(r"[ \t]*(\S+)(?:[ \t]+([-+]?[0-9]+(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?))?[ \t]*(?:[ \t]#[ \t]*\{.*)?")
_WHOLE = re.compile(r"[-+]?[0-9]{1,30}")
_FLOAT = re.compile(r"[-+]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]+)?")
_SPECIAL = {"nan": math.nan, "inf": math.inf, "+inf": math.inf, "-inf": -math.inf}
_KINDS = frozenset(
    {"counter", "gauge", "histogram", "summary", "untyped", "unknown", "info", "stateset", "gaugehistogram"}
)


@dataclass(frozen=True, slots=True)
class Sample:
    """One line. `value` is whole where it is written so, so that large counters stay exact; it may be NaN or infinite.

    `at` is the time the line bears, in seconds since 1970, or None.
    """

    name: str
    labels: dict[str, str]
    value: int | float
    at: float | None
    line: int


@dataclass(frozen=True)
class Exposition:
    """All samples in order, the declared type of each family by name, and whether the text ends with `# EOF`."""

    samples: tuple[Sample, ...]
    types: dict[str, str]
    ended: bool

    def named(self, *names: str) -> list[Sample]:
        """The samples of these names, in order."""
        return [sample for sample in self.samples if sample.name in names]


def parse(data: bytes) -> Exposition:
    """The metrics in `data`. Raises `UnreadableError` naming the line that can not be read, or gives a series twice."""
    if len(data) > MAX_BYTES:
        raise UnreadableError(f"{len(data):,} bytes is over the cap of {MAX_BYTES:,}")
    text = plain_text.decoded(data)
    if text.count("\n") > MAX_LINES:
        raise UnreadableError(f"more than {MAX_LINES:,} lines")
    lines = text.split("\n")
    if lines.pop().strip():
        raise UnreadableError(
            f"line {len(lines) + 1}, the last, has no end", hint="The file was cut off; fetch it again"
        )
    samples: list[Sample] = []
    types: dict[str, str] = {}
    seen: set[tuple[str, tuple[tuple[str, str], ...]]] = set()
    ended = False
    for number, raw in enumerate(lines, 1):
        line = raw.strip(" \t\r")
        if not line:
            continue
        if ended:
            raise UnreadableError(f"line {number} stands after the end of the metrics")
        if line[0] == "#":
            ended = line == "# EOF"
            _note(line, types, number)
            continue
        sample = _sample(line, number)
        series = (sample.name, tuple(sorted(sample.labels.items())))
        if series in seen:
            raise UnreadableError(f"line {number} gives {sample.name[:100]} a second time with the same labels")
        seen.add(series)
        samples.append(sample)
        if len(samples) > MAX_SAMPLES:
            raise UnreadableError(f"more than {MAX_SAMPLES:,} samples")
    return Exposition(tuple(_in_seconds(sample, whole=not ended) for sample in samples), types, ended)


def _note(line: str, types: dict[str, str], number: int) -> None:
    """A line of comment; only declared types are kept."""
    words = line.split()
    if len(words) >= 2 and words[1] == "TYPE":
        if len(words) != 4 or words[3] not in _KINDS:
            raise UnreadableError(f"line {number} declares no type that is known")
        types[words[2].strip('"')] = words[3]


def _sample(line: str, number: int) -> Sample:
    if len(line) > MAX_LINE:
        raise UnreadableError(f"line {number} is longer than {MAX_LINE:,} characters")
    match = _NAME.match(line)
    name, place = (match.group(), match.end()) if match else ("", 0)
    while line[place : place + 1] in (" ", "\t"):
        place += 1
    labels: dict[str, str] = {}
    if line[place : place + 1] == "{":
        name, place = _labels(line, place + 1, name, labels, number)
    if not name:
        raise UnreadableError(f"line {number} holds no metric")
    rest = _REST.fullmatch(line, place)
    if rest is None:
        raise UnreadableError(f"line {number} does not end with a value")
    at = rest.group(2)
    return Sample(name, labels, _value(rest.group(1), number), None if at is None else float(at), number)


def _labels(line: str, place: int, name: str, labels: dict[str, str], number: int) -> tuple[str, int]:
    """Read `a="b",...}` from `place` into `labels`; gives the metric's name, which may stand there, and the place after."""
    while True:
        while line[place : place + 1] in (" ", "\t"):
            place += 1
        if line[place : place + 1] == "}":
            return name, place + 1
        key = _LABEL.match(line, place)
        if key is None:
            raise UnreadableError(f"line {number} has labels that can not be read")
        word, place = key.group(1) or _plain(key.group(2) or ""), key.end()
        value = _QUOTED.match(line, place)
        if value is not None:
            if word in labels or len(labels) >= MAX_LABELS:
                raise UnreadableError(f"line {number} names a label twice, or more than {MAX_LABELS} of them")
            labels[word], place = _plain(value.group(1)), value.end()
        elif key.group(1) is None and not name and not labels:
            name = word
        else:
            raise UnreadableError(f"line {number} has a label without a value")
        if line[place : place + 1] == ",":
            place += 1
        elif line[place : place + 1] != "}":
            raise UnreadableError(f"line {number} has labels that do not end")


def _plain(text: str) -> str:
    """A quoted text without its escapes: a backslash, a quote, and `n` for a line end; any other stays as it is."""
    return _ESCAPE.sub(lambda match: {"n": "\n", '"': '"', "\\": "\\"}.get(match.group(1), match.group()), text)


def _value(text: str, number: int) -> int | float:
    if _WHOLE.fullmatch(text):
        return int(text)
    if text.lower() in _SPECIAL:
        return _SPECIAL[text.lower()]
    if not _FLOAT.fullmatch(text):
        raise UnreadableError(f"line {number}: {text[:60]} is not a number")
    return float(text)


def _in_seconds(sample: Sample, *, whole: bool) -> Sample:
    if sample.at is None or not whole:
        return sample
    return Sample(sample.name, sample.labels, sample.value, sample.at / 1000, sample.line)

"""Graphics processors of AMD, as `rocm-smi --json` and its successor `amd-smi … --json` print them.

*Reads* of rocm-smi the object with `card0`, `card1` and so on, whose keys are texts that change from release to
release, and of amd-smi the list (or `gpu_data`) that `static`, `list` and `metric` print, with a value and its unit.

*Says* for each processor its model, id, memory, what it drew and may draw, its counter of energy, and the version of
the driver, as far as the command was asked for that. What the tool gives as a bare code in place of a model is no
name; then it is partial.

*Does not say* on which machine or when, for neither tool tells. Nothing of Python or packages. Serial numbers and the
names of processes are left behind. Static facts and measurements of one machine are two files, and two facts.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from governance.collectors.formats import nvidia_words
from governance.collectors.formats.nvidia_words import MAX_GPUS, NOT_NAMED, Words
from governance.collectors.reading import fields
from governance.collectors.reading.doubts import Doubts
from governance.collectors.reading.interface import NotMine, OneFile, Tried, not_understood, recognised
from governance.domain.evidence import Collector
from governance.errors import UnreadableError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from governance.collectors.reading.answers import Found
    from governance.collectors.reading.files import File
    from governance.collectors.reading.walk import Folder

_CARD = re.compile(r"card\d{1,4}")
_CARD_MARK = re.compile(rb'"card\d{1,4}"\s*:\s*\{')
_OLD_WORDS = (
    b"Package Power (W)",
    b"VRAM Total",
    b"GPU ID",
    b"Unique ID",
    b"Card series",
    b"Card Series",
    b"GPU use (%)",
)
_NEW_MARK = re.compile(rb'"gpu"\s*:\s*\d+\s*,')
_NEW_WORDS = (b'"asic"', b'"mem_usage"', b'"socket_power"', b'"vram"')
_CODE = re.compile(r"0x[0-9a-fA-F]+")
_BYTES = {"B": 1, "KB": 1 << 10, "MB": 1 << 20, "GB": 1 << 30, "MiB": 1 << 20, "GiB": 1 << 30}
"""amd-smi writes MB for 2^20 bytes: an MI300X has 196592 of them, and 206141652992 bytes."""


class RocmSmi(OneFile):
    """Finds one environment for each file."""

    noun = Collector(name="rocm-smi", version="1")
    kinds = (nvidia_words.KIND,)
    tool = "rocm-smi"
    tried = (
        Tried("ROCm 4.3", "published", "2026-11-25"),
        Tried("ROCm 5.7", "published", "2026-11-25"),
        Tried("amd-smi of ROCm 6 and 7", "written", "2026-11-25"),
    )

    def looks(self, folder: Folder, file: File) -> str | None:  # noqa: ARG002 - others look at the folder too
        """None for the output of either tool."""
        return recognised(file, lambda: _missing(file))

    def facts(self, folder: Folder, file: File) -> Iterable[Found]:
        """The environment in one file."""
        value, doubts = file.json(), Doubts()
        cards = {name: card for name, card in value.items() if _CARD.fullmatch(name)} if isinstance(value, dict) else {}
        tool = "rocm-smi" if cards else "amd-smi"
        words = Words(doubts, None, tool)
        if cards:
            words.driver(fields.plain(fields.table(value, "system"), "Driver version"))
            gpus = [_old(fields.table(cards, name), words) for name in cards]
        else:
            rows = _rows(value)
            words.driver(*(fields.plain(_part(row, "driver"), "version") for row in rows))
            gpus = [_new(row, words) for row in rows]
        if len(gpus) > MAX_GPUS:
            raise UnreadableError(f"more than {MAX_GPUS} graphics processors")
        if not any(gpu["memory_bytes"] or gpu["name"] != nvidia_words.NO_NAME for gpu in gpus):
            doubts.partial("neither model nor memory of any graphics processor was asked for")
        body = nvidia_words.record(gpus, driver=words.version, cuda=None, note=f"read from {tool} --json")
        yield self.found(
            folder, file, nvidia_words.KIND, body, NOT_NAMED, doubts=doubts, tool=tool, version=words.version
        )


def _missing(file: File) -> str | None:
    if file.form != "json":
        return f"its bytes are {file.form}, not json"
    text = file.glance()
    old = _CARD_MARK.search(text) and any(word in text for word in _OLD_WORDS)
    new = _NEW_MARK.search(text) and any(word in text for word in _NEW_WORDS)
    return None if old or new else "lists no graphics processors of AMD"


def _rows(value: Any) -> list[dict[str, Any]]:
    """The processors of amd-smi: a list, or since ROCm 7 under `gpu_data`; one alone may stand by itself."""
    listed = value.get("gpu_data", [value]) if isinstance(value, dict) else value
    rows = [fields.table({"gpu": row}, "gpu") for row in fields.rows({"gpus": listed}, "gpus")]
    if not rows or not all(isinstance(row.get("gpu"), int) for row in rows):
        raise NotMine("no list of graphics processors")
    return rows


def _old(card: dict[str, Any], words: Words) -> dict[str, Any]:
    def told(*names: str) -> str | None:
        return next((text for name in names if (text := fields.plain(card, name)) is not None), None)

    named = (told(name) for name in ("Device Name", "Card Series", "Card series", "Card Model", "Card model"))
    memory = words.amount(told("VRAM Total Memory (B)"), "B", "VRAM Total Memory")
    energy = words.amount(told("Accumulated Energy (uJ)"), "uJ", "Accumulated Energy")
    return {
        "name": words.name(
            next((text for text in named if words.word(text) and not _CODE.fullmatch(text or "")), None)
        ),
        "uuid": words.uuid(told("Unique ID")),
        "driver": words.version,
        "memory_bytes": None if memory is None else int(memory),
        **words.power(
            None,
            told("Average Graphics Package Power (W)"),
            told("Current Socket Graphics Package Power (W)"),
            told("Max Graphics Package Power (W)"),
        ),
        "energy_millijoules": None if energy is None else int(energy // 1000),
    }


def _new(row: dict[str, Any], words: Words) -> dict[str, Any]:
    power, limits = _part(row, "power"), _part(row, "limit")
    memory = _amount(_part(row, "vram"), "size", words, _BYTES)
    if memory is None:
        memory = _amount(_part(row, "mem_usage"), "total_vram", words, _BYTES)
    now, mean = (_amount(power, name, words, {"W": 1}) for name in ("current_socket_power", "average_socket_power"))
    plain = _amount(power, "socket_power", words, {"W": 1})
    ways = ((plain, None), (mean, "average"), (now, "instant"))
    draw, method = next((way for way in ways if way[0] is not None), (None, None))
    allowed = (_amount(limits, name, words, {"W": 1}) for name in ("max_power", "socket_power", "power_cap"))
    joules = _amount(_part(row, "energy"), "total_energy_consumption", words, {"J": 1})
    return {
        "name": words.name(fields.text(_part(row, "asic"), "market_name")),
        "uuid": words.uuid(fields.text(row, "uuid")),
        "driver": words.version,
        "memory_bytes": None if memory is None else int(memory),
        "power_draw_watts": draw,
        "power_draw_method": method,
        "power_draw_instant_watts": now,
        "power_limit_watts": next((limit for limit in allowed if limit is not None), None),
        "energy_millijoules": None if joules is None else int(joules * 1000),
    }


def _part(row: dict[str, Any], key: str) -> dict[str, Any]:
    """A section, or an empty one where the tool wrote a word such as N/A in its place."""
    return {} if isinstance(row.get(key), str) else fields.table(row, key)


def _amount(holder: dict[str, Any], key: str, words: Words, units: dict[str, int]) -> float | None:
    """A value with its unit, in the unit that counts as 1; without a unit it is in none that is known."""
    given = holder.get(key)
    value, unit = (given.get("value"), given.get("unit")) if isinstance(given, dict) else (given, None)
    if value is None or (isinstance(value, str) and words.word(value) is None):
        return None
    if isinstance(value, bool) or not isinstance(value, (int, float)) or value < 0 or unit not in units:
        raise not_understood(words.tool, words.version, f"{key} is no amount in {' or '.join(units)}")
    return float(value) * units[unit]


COLLECTOR = RocmSmi()

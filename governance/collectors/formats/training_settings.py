"""Settings files of training tools, YAML or JSON: a document of plain values, and the few of them that are kept.

Such a file says what was asked for. Values may be left open: the word `auto`, which the tool fills in when it runs,
and references such as `${output_dir}`, which are counted and never resolved. YAML readers differ on `2e-5` and
`500_000`, and the tools take both for the number they look like; so does this. Only the values asked for by name are
copied; accounts, keys and addresses of services are not looked at.
"""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Any

from governance.collectors.reading import fields
from governance.collectors.reading.doubts import Doubts
from governance.collectors.reading.interface import NotMine
from governance.domain.base import is_placeholder
from governance.errors import UnreadableError
from governance.parsing import strict_yaml

if TYPE_CHECKING:
    from governance.collectors.reading.files import File

KIND = "training-settings.v1"
MOST_DATA_SETS = 200
_NUMBER = re.compile(r"[-+]?(?:\d{1,20}\.?\d{0,20}|\.\d{1,20})(?:[eE][-+]?\d{1,3})?")
_GROUPED = re.compile(r"[-+]?\d{1,3}(?:_\d{3}){1,6}")
_REFERENCE = re.compile(r"\$\{[^}]*\}|\$[A-Z][A-Z0-9_]+\b|\{\{.*?\}\}|%\(\w+\)s")
_FILL_IN = re.compile(r"<[^<>]+>|\byour[-_ ](?:name|username|org|model|data)|/path/to/|\bpath/to/", re.IGNORECASE)
_MOST_VALUES = 100_000


class Settings:
    """One table of a settings file. Words where a number belongs are an error that names the place."""

    def __init__(self, values: dict[str, Any], place: str = "") -> None:
        self.values = values
        self.place = place

    def __contains__(self, key: str) -> bool:
        return key in self.values

    def table(self, key: str) -> Settings:
        """An inner table; an empty one where there is none or another sort of value."""
        value = self.values.get(key)
        return Settings(value if isinstance(value, dict) else {}, f"{self.place}{key}.")

    def raw(self, key: str) -> Any:
        """The value as it stands."""
        return self.values.get(key)

    def text(self, key: str, *, most: int = 500) -> str | None:
        """Text without references; None where it is left open, and for a table or list in its place."""
        value = self.values.get(key)
        if value is None or isinstance(value, (bool, dict, list)) or _is_open(value):
            return None
        if isinstance(value, (int, float)):
            value = str(value)
        return fields.text({self.place + key: value}, self.place + key, most=most)

    def number(self, *keys: str) -> float | int | None:
        """The number under the first of the keys that is there; None where it is left open."""
        key = next((each for each in keys if self.values.get(each) is not None), keys[0])
        value = self.values.get(key)
        if value is None or isinstance(value, bool) or _is_open(value):
            return None
        if isinstance(value, str) and _GROUPED.fullmatch(value.strip()):
            value = value.replace("_", "")
        if isinstance(value, str) and _NUMBER.fullmatch(value.strip()):
            value = float(value) if re.search(r"[.eE]", value) else int(value)
        if isinstance(value, float) and not math.isfinite(value):
            return None
        return fields.as_number(value, self.place + key)

    def count(self, *keys: str) -> int | None:
        """A whole number that is not negative; -1, with which tools switch a bound off, is None."""
        value = self.number(*keys)
        if value is None or value < 0:
            return None
        return fields.whole({self.place + keys[0]: value}, self.place + keys[0])

    def flag(self, key: str) -> bool | None:
        """True or false, also as words; None for anything else."""
        value = self.values.get(key)
        if isinstance(value, bool):
            return value
        word = value.strip().lower() if isinstance(value, str) else ""
        return True if word in ("true", "yes") else False if word in ("false", "no") else None

    def texts(self, key: str, *, most: int = 500) -> list[str]:
        """The texts of a list, or of a text with commas between them; what is no text is left out."""
        value = self.values.get(key)
        listed = value.split(",") if isinstance(value, str) else value if isinstance(value, list) else []
        return [item.strip()[:most] for item in listed if isinstance(item, str) and item.strip()][:500]


def document(file: File, *, needs: tuple[str, ...]) -> Settings:
    """The settings in a file; `NotMine` for a document in which the keys it is known by stand elsewhere than at the top."""
    value = (
        file.json() if file.form == "json" else strict_yaml.loads(file.data(strict_yaml.MAX_BYTES), where=file.shown)
    )
    if not isinstance(value, dict):
        raise NotMine("its settings are not a table")
    if missing := [key for key in needs if key not in value]:
        raise NotMine(f"{missing[0]} does not stand at its top")
    return Settings({str(key): item for key, item in value.items()})


def doubts_about(file: File) -> Doubts:
    """The doubt that a text without an end mark raises by its last line."""
    doubts = Doubts()
    if file.form != "json" and not file.tail(1).endswith(b"\n"):
        doubts.partial("the file ends in the middle of a line, so it may have been cut")
    return doubts


def body(tool: str, file: File, settings: Settings, **said: Any) -> dict[str, Any]:
    """The body of the kind: what is said, null for the rest, what is left open, and the digest of the file."""
    references, automatic = _left_open(settings.values)
    return {
        "tool": tool,
        "base_model": {"name": None, "revision": None},
        "data_sets": [],
        "method": None,
        "adapter": None,
        "precision": None,
        "batch": batch(),
        "learning_rate": None,
        "epochs": None,
        "max_steps": None,
        "seed": None,
        "sequence_length": None,
        "distributed": None,
        "trust_remote_code": None,
        **said,
        "unresolved": {"references": references, "automatic": automatic},
        "file_sha256": file.sha256,
    }


def batch(per_device: int | None = None, accumulation: int | None = None, total: int | None = None) -> dict[str, Any]:
    """How many samples go into a step."""
    return {"per_device": per_device, "gradient_accumulation": accumulation, "total": total}


def warmup(settings: Settings) -> dict[str, Any]:
    """The steps or the share of the training in which the learning rate rises. Since transformers 5 steps below 1 are a share."""
    value, share = settings.number("warmup_steps"), settings.number("warmup_ratio")
    if value is not None and 0 < value < 1:
        return {"warmup_steps": None, "warmup_ratio": value if share is None else share}
    return {"warmup_steps": settings.count("warmup_steps"), "warmup_ratio": share}


def data_set(name: str, kind: str | None = None, **said: str | None) -> dict[str, Any]:
    """One data set as asked for."""
    plain: dict[str, Any] = {"split": None, "source": None, "digest": None, "use": "training"}
    return {"name": name[:500], "type": kind[:200] if kind else None} | plain | said


def spread(strategy: str | None, **said: Any) -> dict[str, Any]:
    """How the work is spread."""
    return {"strategy": strategy} | said


def precision(settings: Settings, *names: str) -> str | None:
    """The first of several switches that is on; one that is left to the tool (`auto`) fixes nothing."""
    return next((name for name in names if settings.flag(name)), None)


def judge_names(doubts: Doubts, made: dict[str, Any]) -> None:
    """Doubts about a base and data that are missing or only filled in from an example."""
    base = made["base_model"]["name"]
    if base is None:
        doubts.partial("the file does not name the model that training starts from")
    if not made["data_sets"]:
        doubts.partial("the file names no data to train on")
    for name in (base, *(row["name"] for row in made["data_sets"])):
        if name and (is_placeholder(name) or _FILL_IN.search(name)):
            doubts.placeholder(f"{name[:100]!r} stands where a name belongs")


def _is_open(value: Any) -> bool:
    return isinstance(value, str) and (value.strip().lower() == "auto" or bool(_REFERENCE.search(value)))


def _left_open(value: Any) -> tuple[int, int]:
    """How many values hold a reference, and how many are the word auto."""
    references = automatic = seen = 0
    waiting = [value]
    while waiting:
        item = waiting.pop()
        seen += 1
        if seen > _MOST_VALUES:
            raise UnreadableError(f"more than {_MOST_VALUES:,} values")
        if isinstance(item, dict):
            waiting.extend(item.values())
        elif isinstance(item, list):
            waiting.extend(item)
        elif isinstance(item, str):
            references += bool(_REFERENCE.search(item))
            automatic += item.strip().lower() == "auto"
    return references, automatic

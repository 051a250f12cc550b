"""The settings of a training as the Trainer, TRL and Unsloth keep them: a named few, each as one plain value.

The same object lies in two places: as JSON text in a TensorBoard file, and as a pickle in `training_args.bin`, which is
read as data and never loaded. Only the names below are taken. The object also holds an access token for the model hub
(in clear in the pickle), host names and paths; none of them is looked at, but for the folder the run wrote to. Source of
the names: https://huggingface.co/docs/transformers/main_classes/trainer#transformers.TrainingArguments and
https://huggingface.co/docs/trl; older names (`evaluation_strategy`, `no_cuda`, `max_seq_length`) are kept as written.
"""

from __future__ import annotations

import math
import re
from typing import Any

from governance.collectors.formats.training_names import JOINED, LEARNING, OF_TRL, PRESENT, SWITCHED_OFF, WORD
from governance.collectors.reading import fields
from governance.errors import UnreadableError

MOST_TEXT = 200
_MEMBER = re.compile(r"^(?:\w+\.)+(\w+\.[A-Z][A-Z0-9_]*)$")
MOST_LISTED = 20


def settings(arguments: dict[str, Any]) -> dict[str, Any]:
    """The named settings that are there, each as text, number, true, false or null; enumerations by their value."""
    made: dict[str, Any] = {}
    for name in (*LEARNING, *OF_TRL):
        if name in arguments:
            taken, value = _scalar(arguments[name])
            if taken:
                made[name] = value
    for name in JOINED:
        if name in arguments:
            made[name] = _joined(arguments[name])
    if isinstance(arguments.get("loss_type"), list):
        made["loss_type"] = _joined(arguments["loss_type"])
    for name in PRESENT:
        if name in arguments:
            made[name] = _is_there(arguments[name])
    return dict(sorted(made.items()))


def output_dir(arguments: dict[str, Any]) -> str | None:
    """The folder the run wrote to, as the tool wrote it."""
    value = arguments.get("output_dir")
    return value.strip()[:1000] or None if isinstance(value, str) else None


def of_pickle(value: Any) -> tuple[dict[str, Any], str]:
    """The attributes and the class path of the object in a `training_args.bin`, as `inert_pickle` gives it.

    Raises `UnreadableError` for an object of another sort.
    """
    state = value.get("state") if isinstance(value, dict) else None
    class_path = value.get("class") if isinstance(value, dict) else None
    if not isinstance(state, dict) or "output_dir" not in state or not isinstance(class_path, str):
        raise UnreadableError("holds no settings of a training")
    return state, class_path


def processes(state: dict[str, Any]) -> int | None:
    """How many processes trained at once, as newer releases pickle it; None where it is not kept."""
    holder = state.get("distributed_state")
    held = holder.get("state") if isinstance(holder, dict) else None
    count = held.get("num_processes") if isinstance(held, dict) else None
    return count if isinstance(count, int) and not isinstance(count, bool) and 0 < count < 10**7 else None


def seed(arguments: dict[str, Any]) -> int | None:
    """The start value of the random numbers; None where it is no whole number."""
    try:
        return fields.whole(arguments, "seed")
    except UnreadableError:
        return None


def differing(one: dict[str, Any], other: dict[str, Any]) -> list[str]:
    """Names that both hold with different values."""
    return [name for name in one if name in other and not _same(one[name], other[name])]


def _same(one: Any, other: Any) -> bool:
    if any(isinstance(each, str) and _MEMBER.search("." + each) for each in (one, other)):
        return True  # a member of an enumeration by its name can not be held against one by its value
    if isinstance(one, bool) or isinstance(other, bool) or not isinstance(one, (int, float)):
        return bool(one == other) and isinstance(one, bool) == isinstance(other, bool)
    return isinstance(other, (int, float)) and math.isclose(one, other, rel_tol=1e-12)


def _scalar(value: Any) -> tuple[bool, Any]:
    """Whether a value can be kept, and it."""
    if value is None or isinstance(value, bool):
        return True, value
    if isinstance(value, (int, float)):
        try:
            return True, fields.as_number(value, "a setting") if math.isfinite(value) else None
        except UnreadableError:
            return False, None
    if isinstance(value, str):
        text = _MEMBER.sub(r"\1", value)
        return bool(WORD.fullmatch(text)), text
    return False, None


def _joined(value: Any) -> str | None:
    """One text or a list of them, in one spelling."""
    listed = [value] if isinstance(value, str) else value if isinstance(value, list) else []
    words = {item for item in listed[:MOST_LISTED] if isinstance(item, str) and WORD.fullmatch(item)}
    return ", ".join(sorted(words))[:MOST_TEXT] or None


def _is_there(value: Any) -> bool:
    """False for what the tools write where it is off: null, false, an empty text, list or table."""
    if isinstance(value, str):
        return value.strip().lower() not in SWITCHED_OFF
    return bool(value)

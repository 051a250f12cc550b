"""The settings of a Trainer while it runs: the same named few that the readers of its files keep, and no others.

The object also holds an access token for the model hub, paths and addresses; none of them is looked at.
"""

from __future__ import annotations

from typing import Any

from governance.collectors.formats.training_names import JOINED, LEARNING, OF_TRL, PRESENT, SWITCHED_OFF, WORD

SEEDS = ("seed", "data_seed")
_NOT_KEPT = object()


def settings_of(arguments: Any) -> dict[str, Any]:
    """Named settings of an object or a table, each as text, number, true, false or null; enumerations by their value."""
    held = arguments if isinstance(arguments, dict) else vars(arguments)
    made = {name: value(held[name]) for name in (*LEARNING, *OF_TRL) if name in held}
    made |= {name: _joined(held[name]) for name in (*JOINED, "loss_type") if isinstance(held.get(name), (list, str))}
    made |= {name: _is_there(held[name]) for name in PRESENT if name in held}
    return {name: said for name, said in sorted(made.items()) if said is not _NOT_KEPT}


def seeds_of(arguments: Any) -> dict[str, int]:
    """The start values of random numbers that are whole numbers."""
    said = {name: getattr(arguments, name, None) for name in SEEDS}
    return {name: seed for name, seed in said.items() if isinstance(seed, int) and not isinstance(seed, bool)}


def value(said: Any) -> Any:
    """One setting as it is kept, or a mark for one that is not: a long text, a list, an object."""
    said = getattr(said, "value", said)
    if said is None or isinstance(said, (bool, int, float)):
        return said
    return said if isinstance(said, str) and WORD.fullmatch(said) else _NOT_KEPT


def kept(said: Any) -> bool:
    """Whether `value` would keep it."""
    return value(said) is not _NOT_KEPT


def _joined(said: Any) -> Any:
    listed = [said] if isinstance(said, str) else said
    words = sorted({each for each in listed if isinstance(each, str) and WORD.fullmatch(each)})
    return ", ".join(words)[:200] or None


def _is_there(said: Any) -> bool:
    return said.strip().lower() not in SWITCHED_OFF if isinstance(said, str) else bool(said)

"""Signs that a file is a Python pickle, which runs as a program when it is loaded.

Three sorts are told: the zip archive that torch writes (with a `data.pkl` inside), a pickle of protocol 2 or later
(first byte 0x80), and, for files that bear a pickle's suffix, the older protocols by walking the first instructions.
The standard library's `pickletools` names instructions without carrying them out; nothing is ever loaded.

A pickle of the old protocols under another suffix, or one packed inside a further archive, is not told.
"""

from __future__ import annotations

import pickletools
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from governance.collectors.reading.files import File

SUFFIXES = (".bin", ".pt", ".pth", ".ckpt", ".pkl", ".pickle", ".joblib", ".dill")
_TAIL = 4 * 1024 * 1024
_ACTS = frozenset({"GLOBAL", "INST", "STACK_GLOBAL", "REDUCE", "BUILD", "NEWOBJ", "OBJ", "STOP"})
_TRAINING_STATE = re.compile(r"^(?:training_args|optimizer|scheduler|scaler|rng_state(?:_\d+)?)\.(?:bin|pt|pth|pkl)$")


def reason(file: File) -> str | None:
    """Why a file counts as a pickle, or None."""
    head = file.head
    if head.startswith(b"PK\x03\x04"):
        if b"data.pkl" in head or b"data.pkl" in file.tail(_TAIL):
            return "a torch archive whose data.pkl runs as a program when it is loaded"
        return None
    named = file.name.lower().endswith(SUFFIXES)
    if len(head) > 2 and head[0] == 0x80 and 2 <= head[1] <= 5 and (named or file.tail(1) == b"."):
        return f"a pickle (protocol {head[1]}) runs as a program when it is loaded"
    if named and _old_protocol(head):
        return "a pickle (protocol 0 or 1) runs as a program when it is loaded"
    return None


def is_training_state(name: str) -> bool:
    """True for what the Trainer keeps to resume a training; inference never loads it."""
    return bool(_TRAINING_STATE.match(name))


def _old_protocol(head: bytes) -> bool:
    try:
        for count, (opcode, _, _) in enumerate(pickletools.genops(head)):
            if opcode.name in _ACTS:
                return True
            if count > 1000:
                return False
    except Exception:
        return False
    return False

"""The process in which a pickle is taken apart: `python -I -S` on this very file, a pickle in, JSON out.

Only the standard library is used, since nothing else is on the path. Every name the pickle asks for is answered by a
stand-in that keeps what it is given and does nothing. Memory and computing time are limited before the first byte is
read. What a pickle can make out of nothing but stand-ins, numbers, text and containers can still be large (one list
held twice by the next, forty times over), so what is written out is counted too.
"""

from __future__ import annotations

import io
import json
import math
import pickle
import pickletools
import sys
from typing import Any

MAX_BYTES = 4 * 1024 * 1024
MAX_MEMORY = 256 * 1024 * 1024
MAX_SECONDS = 1
MAX_INSTRUCTIONS = 200_000
MAX_NAMES = 2_000
MAX_VALUES = 100_000
MAX_LETTERS = 4_000_000
MAX_TEXT = 10_000
MAX_DEPTH = 56
_TORCH_MAGIC = 0x1950A86A20F9469CFC6C
"""The number torch wrote first, as a pickle of its own, before 1.6; three more stand before the storages."""

_RECONSTRUCTORS = ("copyreg._reconstructor", "copy_reg._reconstructor")
"""What makes an instance in protocols 0 and 1, from its class."""


class Refused(Exception):  # noqa: N818 - an answer
    """Why the pickle is not read, in a few fixed words that quote nothing of it."""


class _Named(type):
    """The type of stand-ins for classes and functions, so that they can be told from what they make."""

    path: str = ""


class _StandIn(metaclass=_Named):
    """An instance of whatever was asked for: keeps all it is given, does nothing."""

    __slots__ = ("args", "entries", "items", "state")
    args: list[Any]
    entries: list[tuple[Any, Any]]
    items: list[Any]
    state: Any

    def __new__(cls, *args: Any, **keywords: Any) -> _StandIn:
        made = object.__new__(cls)
        made.args = [*args, keywords] if keywords else list(args)
        made.items, made.entries, made.state = [], [], None
        return made

    def __init__(self, *args: Any, **keywords: Any) -> None: ...

    def __setstate__(self, state: Any) -> None:
        self.state = {**self.state, **state} if isinstance(self.state, dict) and isinstance(state, dict) else state

    def __setitem__(self, key: Any, value: Any) -> None:
        self.entries.append((key, value))

    def append(self, item: Any) -> None:
        self.items.append(item)

    def extend(self, items: Any) -> None:
        self.items.extend(items)

    add = append


class _Reader(pickle.Unpickler):
    """Carries out a pickle's instructions; whatever would reach outside of it is a stand-in."""

    def __init__(self, stream: io.BytesIO) -> None:
        super().__init__(stream)
        self.names: dict[str, type] = {}

    def find_class(self, module: str, name: str) -> Any:
        path = f"{module}.{name}"
        if path not in self.names:
            if len(self.names) >= MAX_NAMES:
                raise Refused("it asks for too many names")
            self.names[path] = _Named("StandIn", (_StandIn,), {"path": path, "__slots__": ()})
        return self.names[path]

    def persistent_load(self, pid: Any) -> Any:
        """Something kept outside of the pickle, such as the numbers of a tensor: what it is called, nothing else."""
        return self.find_class("pickle", "persistent_id")(pid)


class _Plain:
    """Values as JSON can carry them, counted on the way."""

    def __init__(self) -> None:
        self.values = 0
        self.letters = 0

    def of(self, value: Any, depth: int = 0) -> Any:
        self.values += 1
        if self.values > MAX_VALUES:
            raise Refused("it holds too many values")
        if depth > MAX_DEPTH:
            raise Refused("it is nested too deep, or in itself")
        if value is None or isinstance(value, bool):
            return value
        if isinstance(value, int):
            return value if -(2**63) <= value < 2**63 else {"class": "int", "length": value.bit_length()}
        if isinstance(value, float):
            return value if math.isfinite(value) else None
        if isinstance(value, str):
            return self._text(value)
        if isinstance(value, (bytes, bytearray)):
            return {"class": "bytes", "length": len(value)}
        if isinstance(value, _Named):
            return self._text(value.path)
        return self._holder(value, depth)

    def _holder(self, value: Any, depth: int) -> Any:
        if isinstance(value, dict):
            return self._object(value.items(), depth)
        if isinstance(value, (set, frozenset)):
            return sorted((self.of(item, depth + 1) for item in value), key=json.dumps)
        if isinstance(value, (list, tuple)):
            return [self.of(item, depth + 1) for item in value]
        if isinstance(value, _StandIn):
            return self._instance(value, depth)
        raise Refused("it holds something that is no data")

    def _object(self, pairs: Any, depth: int) -> dict[str, Any]:
        made: dict[str, Any] = {}
        for key, item in pairs:
            plain = self.of(key, depth + 1)
            text = plain if isinstance(plain, str) else json.dumps(plain)
            if text in made:
                raise Refused("two keys of one object read alike")
            made[text] = self.of(item, depth + 1)
        return made

    def _instance(self, value: _StandIn, depth: int) -> Any:
        path, args = type(value).path, value.args
        if path in _RECONSTRUCTORS and args and isinstance(args[0], _Named):
            path, args = args[0].path, []
        last = path.rpartition(".")[2]
        alone = value.state is None and not value.items and not value.entries
        if depth and alone and len(args) == 1 and (last[:1].isupper() or path == "torch.device"):
            only = args[0]
            if only is None or isinstance(only, (str, int, float)):
                return self.of(only, depth)
        if depth and alone and path in ("builtins.getattr", "__builtin__.getattr") and len(args) == 2:
            holder, name = args  # how Python 3.11.0 to 3.11.3 keep a member of an enumeration
            if isinstance(holder, _Named) and isinstance(name, str):
                return self._text(f"{holder.path}.{name}")
        made: dict[str, Any] = {"class": self._text(path)}
        if args:
            made["args"] = self.of(args, depth + 1)
        if value.state is not None:
            made["state"] = self.of(value.state, depth + 1)
        if value.items:
            made["items"] = self.of(value.items, depth + 1)
        if value.entries:
            made["entries"] = self._object(value.entries, depth + 1)
        return made

    def _text(self, value: str) -> Any:
        if len(value) > MAX_TEXT:
            return {"class": "str", "length": len(value)}
        self.letters += len(value)
        if self.letters > MAX_LETTERS:
            raise Refused("it holds too much text")
        return value.encode("utf-8", "replace").decode()


def taken_apart(data: bytes) -> Any:
    """The value of the one pickle in `data`; raises `Refused`."""
    stream = io.BytesIO(data)
    left = MAX_INSTRUCTIONS
    value, left = _one(stream, left)
    if value == _TORCH_MAGIC:
        for _ in range(3):  # the version of the format, the machine's sizes, then the object
            value, left = _one(stream, left)
    elif stream.read(1):
        raise Refused("bytes follow after its end")
    return _Plain().of(value)


def _one(stream: io.BytesIO, left: int) -> tuple[Any, int]:
    start = stream.tell()
    try:
        for _ in pickletools.genops(stream):
            left -= 1
            if left < 0:
                raise Refused("it has too many instructions")
        stream.seek(start)
        return _Reader(stream).load(), left
    except (Refused, MemoryError):
        raise
    except Exception:
        # Whatever the bytes made the reader stumble over; what it says of them is not passed on.
        raise Refused("it was cut, or is no pickle, or does more than hold data") from None


def _limit() -> None:
    """Bound memory and computing time, where the system can."""
    try:
        import resource
    except ImportError:
        return
    for what, most in ((resource.RLIMIT_CPU, MAX_SECONDS), (resource.RLIMIT_AS, MAX_MEMORY), (resource.RLIMIT_CORE, 0)):
        try:
            resource.setrlimit(what, (most, most))
        except (ValueError, OSError):
            continue


def main() -> None:
    """Read a pickle from standard input and write `{"value": ...}` or `{"error": "..."}`."""
    _limit()
    try:
        data = sys.stdin.buffer.read(MAX_BYTES + 1)
        if len(data) > MAX_BYTES:
            raise Refused("it is too large")
        said = json.dumps({"value": taken_apart(data)}, allow_nan=False)
    except Refused as refused:
        said = json.dumps({"error": str(refused)})
    except MemoryError:
        said = '{"error": "it needs more memory than its data could"}'
    sys.stdout.write(said)


if __name__ == "__main__":
    main()

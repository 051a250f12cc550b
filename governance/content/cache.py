"""Parsed content from an earlier run, by the digest of its bytes.

Reading YAML strictly is most of what a short command does. So what was parsed once is kept as JSON in the user's cache folder, each
file's value under the digest of its bytes and of the parser: a changed file is parsed again, and only that one; another parser, one
that has become stricter, parses everything again. The nouns are validated each time, and a file whose kept value has a fault is
parsed again before it is blamed.

Whoever can write to that folder can change what content says to the commands that look: `assess`, `gate`, `report` and the others, and
`content check` unless it is told `--fresh`. What is signed or handed over rests on the files alone: `sign` and `pack` parse afresh, and a
pack from somebody else is never read through here. A folder that can not be read or written is no fault: then everything is
parsed.
"""

from __future__ import annotations

import json
import os
from contextlib import suppress
from datetime import date, datetime
from functools import cache
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from governance import __version__
from governance.content import loader
from governance.parsing import strict_yaml

if TYPE_CHECKING:
    from collections.abc import Mapping

    from governance.domain.catalogue import Catalogue

VERSION = 1
MAX_BYTES = 32 * 1024 * 1024
_DATE = "\x00date"


def folder() -> Path:
    """Where the cache lies: GOVERN_CACHE, else the user's cache folder as the XDG base directory specification has it."""
    named = os.environ.get("GOVERN_CACHE")
    base = os.environ.get("XDG_CACHE_HOME") or str(_home() / ".cache")
    return Path(named) if named else Path(base) / "governance-evidence"


def _home() -> Path:
    try:
        return Path.home()
    except RuntimeError:  # a user whom the machine does not know, as in a container: nothing lies under this
        return Path(os.devnull)


@cache
def _parser() -> bytes:
    """A digest of what parses: our own source, and the release of PyYAML under it."""
    try:
        source = Path(strict_yaml.__file__).read_bytes()
    except OSError:  # a program that is run out of an archive
        source = __version__.encode()
    return blake2b(source + b"\0" + str(yaml.__version__).encode(), digest_size=32).digest()


def key_of(data: bytes, parser: bytes | None = None) -> str:
    """Under which the value of these bytes is kept: it changes with the bytes and with the parser."""
    return blake2b(data, digest_size=32, key=_parser() if parser is None else parser).hexdigest()


def load(files: Mapping[str, bytes], *, fresh: bool = False) -> Catalogue:
    """The catalogue of these files through what was kept, or `fresh` from the files alone. Raises `ContentError`."""
    parse = None if fresh else _WhenAsked()
    made = loader.load(files, parse)
    if parse is not None and parse.parsed is not None:
        parse.parsed.keep()
    return made


class _WhenAsked:
    """What was kept, read when a file is asked for: a catalogue that this process holds already asks for none."""

    parsed: Parsed | None = None

    def __call__(self, data: bytes, where: str) -> Any:
        """As `Parsed` does."""
        if self.parsed is None:
            self.parsed = Parsed()
        return self.parsed(data, where)


class Parsed:
    """Parses bytes, or remembers. Call it like `strict_yaml.loads`; `keep` writes what was new."""

    def __init__(self, place: Path | None = None) -> None:
        self._path = (place or folder()) / f"parsed-{VERSION}.json"
        self._used: dict[str, Any] = {}
        self._new = 0
        self._held = self._load()

    def __call__(self, data: bytes, where: str) -> Any:
        """The plain value of a file. Raises `UnreadableError` for one that can not be parsed; that is never kept."""
        key = key_of(data)
        if key in self._held:
            value = self._held[key]
        else:
            value = strict_yaml.loads(data, where=where)
            if not _comes_back(value):
                return value
            self._new += 1
        self._used[key] = value
        return value

    def keep(self) -> None:
        """Write what this run used, where some of it was new. A file of another run may win; both are right."""
        if not self._new:
            return
        both = self._held | self._used
        text = json.dumps(both, default=_dated, separators=(",", ":"))
        if len(text) > MAX_BYTES:
            text = json.dumps(self._used, default=_dated, separators=(",", ":"))
        self._new = 0
        if len(text) > MAX_BYTES:
            return
        temporary = self._path.with_name(f".{self._path.name}.{os.getpid()}.part")
        with suppress(OSError):
            self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            try:
                temporary.write_text(text, "utf-8")
                temporary.replace(self._path)
            finally:
                temporary.unlink(missing_ok=True)

    def _load(self) -> dict[str, Any]:
        try:
            if self._path.stat().st_size > MAX_BYTES:
                return {}
            held = json.loads(self._path.read_bytes(), object_hook=_undated)
        except (OSError, ValueError, TypeError, RecursionError):
            return {}
        return held if isinstance(held, dict) else {}


def _comes_back(value: Any) -> bool:
    """Whether JSON gives the value back as it was: each key is a text, and none is the mark of a date."""
    if isinstance(value, dict):
        return all(isinstance(key, str) and key != _DATE and _comes_back(inner) for key, inner in value.items())
    return not isinstance(value, list) or all(map(_comes_back, value))


def _dated(value: Any) -> Any:
    if isinstance(value, date | datetime):
        return {_DATE: value.isoformat()}
    raise TypeError(f"{type(value).__name__} is no plain value")


def _undated(value: dict[str, Any]) -> Any:
    if _DATE in value and len(value) == 1:
        text = value[_DATE]
        return date.fromisoformat(text) if len(text) == 10 else datetime.fromisoformat(text)
    return value

"""Content of one's own: begin a file, or take over a framework that somebody published. Written whole or not at all."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from governance.content import layers, loader
from governance.content.skeletons import skeleton
from governance.errors import UnreadableError, UsageError

if TYPE_CHECKING:
    from datetime import date


def begin(root: Path, what: str, name: str, *, replace: bool = False) -> Path:
    """Write the skeleton of a new file under a root and return its path. Raises `UsageError` where one is there.

    A file that would stand instead of one of ours, or of the organisation's, is begun only with `replace`, and then with its bytes.
    """
    path, data = skeleton(what, name)
    target = root / path
    earlier = [each / path for each in reversed(layers.roots(root)[:-1])]
    ours = next((each for each in earlier if each.is_file()), earlier[-1])
    replaces = ours.is_file() and ours.resolve() != target.resolve()
    if replaces and not replace:
        raise UsageError(
            f"there is a {what} {name!r} of ours already, and this file would stand instead of it",
            hint="Give it another id, or begin with a copy of ours: --replace",
        )
    if replace and not replaces:
        raise UsageError(f"there is no {what} {name!r} of ours to replace", hint="Leave out --replace.")
    if replaces:
        data = ours.read_bytes()
    elif what == "requirement" and not (target.parent / "framework.yaml").is_file():
        raise UsageError(
            f"{target.parent} has no framework.yaml", hint=f"First: govern content new framework {target.parent.name}"
        )
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("xb") as stream:
            stream.write(data)
    except FileExistsError:
        raise UsageError("there is a file already", where=str(target), hint="Give it another id.") from None
    except OSError as error:
        raise UsageError(f"can not be written: {error.strerror}", where=str(target)) from None
    return target


def take_over(root: Path, source: Path, framework_id: str, day: date) -> tuple[Path, int]:
    """Import an OSCAL catalog as a framework under a root. Returns its folder and the number of requirements.

    Raises `UnreadableError` for what is no catalog or would not pass as content, `UsageError` where an id or a series
    has that name.
    """
    from governance.exchange import oscal

    folder = root / "controls" / "frameworks" / framework_id
    skeleton("framework", framework_id)  # the id has the form of one
    held, _ = loader.survey(layers.read(layers.roots(root)))
    if folder.exists() or framework_id in {name for row in held.frameworks.values() for name in (row.id, row.series)}:
        raise UsageError(f"there is a framework {framework_id} already", hint="Give it another id: --as")
    try:
        data = source.read_bytes()
    except OSError as error:
        raise UnreadableError(f"can not be read: {error.strerror}", where=str(source)) from None
    files = oscal.framework(data, framework_id, where=source.name, day=day)
    _, problems = loader.survey(files)
    if problems:
        raise UnreadableError(f"would not pass as content: {problems[0]}", where=str(source))
    made = None
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        made = Path(tempfile.mkdtemp(prefix=f".{framework_id}.", dir=root))  # no content is read from there
        for path, text in files.items():
            (made / Path(path).name).write_bytes(text)
        made.chmod(0o755)
        os.rename(made, folder)  # noqa: PTH104 - fails where the folder came into being meanwhile
    except OSError as error:
        raise UsageError(f"can not be written: {error.strerror}", where=str(folder)) from None
    finally:
        if made is not None:
            shutil.rmtree(made, ignore_errors=True)
    return folder, len(files) - 1

"""What people and programs see. With `--json` one document goes to standard output; everything for people goes elsewhere.

Text from outside is printed as text: control characters are shown escaped and Rich markup in it is not obeyed.
"""

from __future__ import annotations

import json
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from governance.verifier.report import clean, one_line

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

__all__ = ["answer", "aside", "clean", "document", "left_out", "one_line", "progress", "say", "skips", "table", "write"]

STYLE = {
    "met": "green", "yes": "green", "unmet": "red", "no": "red", "missing": "red", "stale": "yellow",
    "inconclusive": "yellow", "manual": "cyan", "could-not-tell": "yellow", "not-covered": "dim",
    "not-applicable": "dim", "critical": "red", "high": "red", "medium": "yellow", "low": "green",
}  # fmt: skip
SIGN = {
    "met": "✔", "yes": "✔", "unmet": "✘", "no": "✘", "missing": "○", "stale": "◷", "inconclusive": "?",
    "manual": "✎", "could-not-tell": "?", "not-covered": "·", "not-applicable": "–",
}  # fmt: skip


def document(schema: str, **fields: Any) -> None:
    """Print one JSON document to standard output, its `schema` first."""
    sys.stdout.write(json.dumps({"schema": schema, **fields}, ensure_ascii=False, indent=2, allow_nan=False) + "\n")


def say(text: str = "") -> None:
    """A line for people on standard output."""
    sys.stdout.write(clean(text) + "\n")


def write(path: Path, data: bytes) -> None:
    """Write a file that was asked for by name. Raises `UsageError` where it can not be."""
    from governance.errors import UsageError

    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    except OSError as error:
        raise UsageError(f"can not be written: {error.strerror}", where=str(path)) from None


def aside(text: str) -> None:
    """A line for people on standard error: a note beside the answer."""
    sys.stderr.write(clean(text) + "\n")


def table(title: str, columns: Sequence[str], rows: Sequence[Sequence[str]], *, caption: str = "") -> None:
    """A table for people. A cell that is a standing or an answer is shown with sign and colour beside the word."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    made = Table(
        title=title,
        title_justify="left",
        title_style="bold",
        caption=caption or None,
        caption_justify="left",
        expand=False,
    )
    for column in columns:
        made.add_column(column, overflow="fold")
    for row in rows:
        made.add_row(
            *(Text(f"{SIGN[cell]} {cell}" if cell in SIGN else clean(cell), style=STYLE.get(cell, "")) for cell in row)
        )
    console = Console(highlight=False)
    if not console.is_terminal:
        console = Console(highlight=False, width=140)
    console.print(made)


def skips(skipped: Mapping[str, str]) -> dict[str, Any]:
    """Why a form of a document was not written, for programs."""
    return {"pdf_skipped": skipped.get("PDF"), "skipped": dict(skipped)}


def left_out(skipped: Mapping[str, str], *, pdf: bool) -> list[str]:
    """A line for each form that was not written though it was asked for, by the name of the form."""
    return [f"no {form}: {why}" for form, why in skipped.items() if pdf or form != "PDF"]


def answer(word: str) -> str:
    """A standing or an answer with its sign."""
    return f"{SIGN.get(word, '')} {word}".strip()


@contextmanager
def progress(what: str) -> Iterator[Callable[[int, int], None]]:
    """A bar on standard error for work that may take over a second; silent where no person is watching."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    console = Console(stderr=True)
    with Progress(
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(),
        console=console, transient=True, disable=not console.is_terminal,
    ) as bar:  # fmt: skip
        task = bar.add_task(what, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)

"""The documents of a case made again, here or in a process of its own.

A template is a small program. Ours are known; those that a pack brings are a stranger's. The sandbox keeps them from everything but time
and memory, so they run in a process of their own, which has so much of both and no more.
"""

from __future__ import annotations

import multiprocessing
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures import TimeoutError as TooLate
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from dataclasses import dataclass, field
from importlib import metadata
from typing import TYPE_CHECKING

from governance.errors import GovernanceError
from governance.exchange import hub_eval_results

if TYPE_CHECKING:
    from collections.abc import Mapping

    from governance.domain.case import Case

SECONDS = 300
"""How long a stranger's templates may take, of clock and of processor."""
BYTES = 4 << 30
"""How much memory they may take. A register of 5,000 risks needs less than one gibibyte."""


def _charts() -> str:
    with suppress(metadata.PackageNotFoundError):
        return f"matplotlib {metadata.version('matplotlib')}"
    return ""


CHARTS = _charts()
"""The library that draws charts here, with its version, as the manifest of a pack names it; empty where there is none."""


@dataclass(frozen=True)
class Remade:
    """Documents by file name, and the names of the PDFs that may lie beside them."""

    files: dict[str, bytes]
    printed: frozenset[str] = field(default_factory=frozenset)


def remade(case: Case, templates: Mapping[str, str], names: frozenset[str], wish: Mapping[str, str | None]) -> Remade:
    """The documents of these file names. What nothing makes is not among them. Raises `GovernanceError`."""
    from governance.reports.writing import edition
    from governance.reports.writing.render import Renderer

    renderer = Renderer(case, templates, wish)
    documents = [renderer.document(name) for name in renderer.offered]
    stems = {each.name.rpartition(".")[0] for each in documents} | set(edition.WORKBOOKS)
    wanted = {_stem(name) for name in names if "/" not in name} & stems
    made = edition.edition(case, templates, pdf=False, only=wanted, wish=wish).files if wanted else {}
    made |= hub_eval_results.beside_the_card(case)
    printed = frozenset(each.printed for each in documents if each.pdf)
    return Remade({name: data for name, data in made.items() if name in names}, printed)


def apart(
    case: Case,
    templates: Mapping[str, str],
    names: frozenset[str],
    wish: Mapping[str, str | None],
    *,
    seconds: int = SECONDS,
) -> Remade:
    """The same in a process of its own. Raises `GovernanceError`, also where it takes more time or memory than it may."""
    pool = ProcessPoolExecutor(1, multiprocessing.get_context("spawn"), initializer=_bound, initargs=(seconds,))
    try:
        made = pool.submit(_told, case, dict(templates), names, dict(wish)).result(seconds)
    except (TooLate, BrokenProcessPool):
        said = f"the templates in it take more than {seconds} seconds, or more than {BYTES >> 30} GiB of memory"
        raise GovernanceError(said) from None
    finally:
        for process in list((pool._processes or {}).values()):  # noqa: SLF001 - nothing else ends one that does not listen
            process.kill()
        pool.shutdown(wait=False, cancel_futures=True)
    if isinstance(made, str):
        raise GovernanceError(made)
    return made


def _bound(seconds: int) -> None:
    """Bound this process, where the system can."""
    with suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
        resource.setrlimit(resource.RLIMIT_AS, (BYTES, BYTES))


def _told(case: Case, templates: dict[str, str], names: frozenset[str], wish: dict[str, str | None]) -> Remade | str:
    """What was made, or why not, in words that another process can take."""
    try:
        return remade(case, templates, names, wish)
    except GovernanceError as error:
        return error.message
    except (RecursionError, MemoryError, ArithmeticError, LookupError, ValueError, TypeError, AttributeError) as error:
        return f"the templates in it break: {type(error).__name__}"


def _stem(name: str) -> str:
    """`model-card` of `model-card.html` and of `model-card.twin.json`."""
    return name.removesuffix(".twin.json") if name.endswith(".twin.json") else name.rpartition(".")[0]

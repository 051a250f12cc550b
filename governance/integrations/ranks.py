"""Which of many processes this one is, and so whether it writes the run, watches the cards of its node, or does nothing.

The first that answers is believed: the caller; torch.distributed, where it is loaded and initialised (it is never
imported for this); then the environment of torchrun and Accelerate (`RANK`), Slurm (`SLURM_PROCID`), Open MPI
(`OMPI_COMM_WORLD_RANK`), and MPICH and Intel MPI (`PMI_RANK`). Slurm's is only believed inside a step of several tasks:
a shell on a node of an allocation has it too, and there it means nothing.
"""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

Part = Literal["writer", "node", "launcher", "none"]
_BY_ENVIRONMENT = (
    ("RANK", "RANK", "WORLD_SIZE", "LOCAL_RANK"),
    ("SLURM_PROCID", "SLURM_PROCID", "SLURM_STEP_NUM_TASKS", "SLURM_LOCALID"),
    ("OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE", "OMPI_COMM_WORLD_LOCAL_RANK"),
    ("PMI_RANK", "PMI_RANK", "PMI_SIZE", "MPI_LOCALRANKID"),
)
"""(what it is told by, rank, number of processes, rank on its node)."""


@dataclass(frozen=True)
class Place:
    """Rank among `world` processes, rank on its node (None where nobody says), and who said so."""

    rank: int = 0
    world: int = 1
    local: int | None = 0
    said_by: str = "nobody: one process"
    launcher: bool = False
    """Whether it only watches the process that does the work, from outside."""

    @property
    def part(self) -> Part:
        """What it records: the run with the cards of its node, those cards alone, a command from outside, or nothing."""
        if self.launcher:
            return "launcher" if self.rank == 0 else "none"
        if self.rank == 0:
            return "writer"
        return "node" if self.local == 0 else "none"


def place(rank: int | None = None, environ: Mapping[str, str] | None = None) -> Place:
    """Where this process stands. Never raises: what can not be understood is not believed."""
    environ = os.environ if environ is None else environ
    local = _whole(environ.get("LOCAL_RANK")) if "LOCAL_RANK" in environ else _whole(environ.get("SLURM_LOCALID"))
    if rank is not None:
        return Place(rank, max(_whole(environ.get("WORLD_SIZE")) or 1, rank + 1), local, "the caller")
    loaded = _distributed()
    if loaded is not None:
        return Place(loaded[0], loaded[1], local, "torch.distributed")
    for said_by, *names in _BY_ENVIRONMENT:
        first, world, local = (_whole(environ.get(name)) for name in names)
        if first is None or world is None or first >= world or (said_by != "RANK" and world < 2):
            continue
        return Place(first, world, local if local is not None else (0 if world == 1 else None), said_by)
    return Place()


def _distributed() -> tuple[int, int] | None:
    """(rank, number of processes) by torch.distributed, or None where it is not in use."""
    torch = sys.modules.get("torch.distributed")
    try:
        if torch is not None and torch.is_available() and torch.is_initialized():
            return int(torch.get_rank()), int(torch.get_world_size())
    except Exception:
        return None
    return None


def _whole(said: str | None) -> int | None:
    return int(said) if said is not None and said.isascii() and said.isdigit() and len(said) < 10 else None

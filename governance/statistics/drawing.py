"""Draws and sums that come out the same on every machine.

Raw 64-bit words of PCG64 (O'Neill 2014) are stable between versions of numpy; the methods of its `Generator` are not promised to be.
Each word gives two positions by multiply-shift (Lemire 2019, ACM Trans. Model. Comput. Simul. 29:3): (32 bits × n) >> 32, whose bias is
below n / 2³². Each resample begins with a fresh word, so how many are drawn at a time changes nothing.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from governance.errors import UsageError
from governance.statistics.libraries import numpy

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

EXACT_BITS = 53
"""Whole numbers below 2⁵³ are exact as floats, and so are their sums while they stay below."""
CELLS = 2**17
"""Positions drawn at a time: 1 MB as whole numbers, so that the counts stay in the processor's cache."""
BUFFER = 2**21
"""Counts of draws that are held for one product with the values: 16 MB."""
FEW = 3
"""Columns up to which looking values up is quicker than counting draws."""
MOST_TABLES = 2**13
"""Tables of 256 sums, one for eight signs, that are held: 16 MB. Beyond, each row is summed by itself."""
MOST_UNITS = 2**31


@dataclass(frozen=True, eq=False)
class Grid:
    """Values as base + whole / scale: `whole` are floats that hold whole numbers from 0 on, whose sum stays below 2⁵³."""

    whole: Any
    base: float
    scale: float


def gridded(values: Sequence[float], copies: int) -> Grid:
    """Values on the finest grid on which a sum of `copies` of the largest is exact. The step is a power of two.

    The base is the least value, so a common offset costs no digits. Binary scores and their differences lie on the grid exactly.
    """
    np = numpy()
    base = min(values)
    off = np.asarray(values, dtype=np.float64) - base
    reach = float(off.max())
    if reach == 0:
        return Grid(off, base, 1.0)
    bits = EXACT_BITS - 1 - math.ceil(math.log2(copies + 1)) - math.frexp(reach)[1]
    scale = math.ldexp(1.0, max(-1000, min(bits, 1000)))
    return Grid(np.rint(off * scale), base, scale)


def position_chunks(seed: int, rows: int, n: int, together: int) -> Iterator[Any]:
    """Positions below n drawn with replacement: arrays (some rows, n) of uint64 until there are `rows`. Bounded memory.

    No array reaches over a multiple of `together` rows.
    """
    np = numpy()
    if not 0 < n < MOST_UNITS:
        raise UsageError(f"{n} units can not be resampled")
    bits, words = np.random.PCG64(seed), (n + 1) // 2
    step = max(1, CELLS // n)
    start = 0
    while start < rows:
        count = min(step, rows - start, together - start % together)
        start += count
        raw = bits.random_raw(count * words).astype("<u8", copy=False)
        halves = raw.view("<u4").reshape(count, 2 * words)[:, :n].astype(np.uint64)
        halves *= np.uint64(n)
        halves >>= np.uint64(32)
        yield halves


def resampled_sums(seed: int, rows: int, columns: Any) -> Any:
    """Sums of resamples, (rows, k), for columns (n, k) of whole numbers: each row draws n positions, the same for all columns.

    How often each position was drawn, times the values: for whole numbers whose sums stay below 2⁵³ this is exact, also by BLAS.
    """
    np = numpy()
    n, kinds = columns.shape
    sums, done = np.empty((rows, kinds)), 0
    # One product of many rows: BLAS may share it between threads, and each time it does costs a wait.
    held = max(1, min(rows, BUFFER // n)) if kinds > FEW else 1
    times, filled = np.empty((held, n if kinds > FEW else 0)), 0
    for drawn in position_chunks(seed, rows, n, held if kinds > FEW else rows):
        count, at = len(drawn), drawn.view(np.int64)
        if kinds <= FEW:
            for kind in range(kinds):
                sums[done : done + count, kind] = columns[:, kind][at].sum(axis=1)
            done += count
            continue
        at += (np.arange(count, dtype=np.int64) * n)[:, None]
        times[filled : filled + count] = np.bincount(at.ravel(), minlength=count * n).reshape(count, n)
        filled += count
        if filled == held or done + filled == rows:
            np.matmul(times[:filled], columns, out=sums[done : done + filled])
            done, filled = done + filled, 0
    return sums


def signed_sums(seed: int, rows: int, sizes: Any) -> Any:
    """Sums of the sizes (m,), whole numbers, each with a random sign: (rows,). Bit i of a row's words, from the lowest on, turns size i."""
    np = numpy()
    m = len(sizes)
    width = -(-m // 8)
    table = _tables(sizes, width) if width <= MOST_TABLES else None
    offsets, whole = np.arange(width, dtype=np.intp) * 256, float(sizes.sum())
    bits, words = np.random.PCG64(seed), -(-width // 8)
    sums, step = np.empty(rows), max(1, CELLS // width)
    for start in range(0, rows, step):
        count = min(step, rows - start)
        raw = bits.random_raw(count * words).astype("<u8", copy=False)
        patterns = raw.view(np.uint8).reshape(count, words * 8)[:, :width]
        if table is not None:
            sums[start : start + count] = table[patterns.astype(np.intp) + offsets].sum(axis=1)
            continue
        for at, row in enumerate(patterns, start):
            sums[at] = whole - 2 * float(sizes[np.unpackbits(row, bitorder="little")[:m].view(bool)].sum())
    return sums


def _tables(sizes: Any, width: int) -> Any:
    """The sum of each eight sizes under each of the 256 patterns of signs, (width × 256,)."""
    np = numpy()
    padded = np.zeros(width * 8)
    padded[: len(sizes)] = sizes
    signs = 1.0 - 2.0 * np.unpackbits(np.arange(256, dtype=np.uint8)[:, None], axis=1, bitorder="little")
    return (padded.reshape(width, 8) @ signs.T).ravel()

"""Signs that a file can run as a program when it is loaded: pickles in all their wrappings, code in a network, executables.

Told as pickles are: the zip archive that torch writes (with a `data.pkl` inside), any archive with a pickle among its
members, what torch wrote before 1.6, a pickle of protocol 2 or later (first byte 0x80), the older protocols by their first
instructions in files that bear a pickle's suffix, a numpy array of objects alone or in an archive, and a pickle packed by
gzip, zlib, bzip2 or xz as joblib does. A Keras model with a `Lambda` layer carries Python code. Programs of the machine
are told by their first bytes.

The standard library's `pickletools` names instructions without carrying them out; nothing is ever loaded. A pickle of the
old protocols under another suffix, or one inside an archive inside an archive, is not told.
"""

from __future__ import annotations

import bz2
import lzma
import pickletools
import re
import zlib
from itertools import islice
from typing import TYPE_CHECKING

from governance.collectors.formats.zip_archive import Archive
from governance.errors import UnreadableError

if TYPE_CHECKING:
    from governance.collectors.reading.files import File

SUFFIXES = (".bin", ".pt", ".pth", ".ckpt", ".pkl", ".pickle", ".joblib", ".dill", ".cloudpickle", ".distcp", ".mdl")
ARCHIVES = (".zip", ".tar", ".tgz", ".gz", ".bz2", ".xz", ".7z", ".rar", ".zst", ".lz4", ".nemo", ".mar", ".whl")
MOST_ARRAYS = 1_000
_TAIL = 4 * 1024 * 1024
_LOOK = 1024
_KERAS_CONFIG = 4 * 1024 * 1024
_ACTS = frozenset({"GLOBAL", "INST", "STACK_GLOBAL", "REDUCE", "BUILD", "NEWOBJ", "OBJ", "STOP"})
_TRAINING_STATE = re.compile(
    r"^(?:training_args|optimizer|scheduler|scaler|rng_state(?:_\d+)?|random_states_\d+|"
    r"(?:bf16_)?zero_pp_rank_\d+_mp_rank_\d+_optim_states)\.(?:bin|pt|pth|pkl)$"
)
_TORCH_LEGACY = b"\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19."
_NUMPY = b"\x93NUMPY"
_OBJECTS = re.compile(rb"'descr'\s*:\s*(?:'[|<>=]?O\d*'|\[.{0,20000}?,\s*'[|<>=]?O\d*'\s*[,)])", re.DOTALL)
_HDF5 = b"\x89HDF\r\n\x1a\n"
_LAMBDA = re.compile(rb'"class_name"\s*:\s*"(?:Lambda|keras[\w.>]*>?Lambda)"')
_PROGRAMS = (
    (b"\x7fELF", "a program or library for Linux"),
    (b"MZ", "a program or library for Windows"),
    (b"\xcf\xfa\xed\xfe", "a program or library for macOS"),
    (b"\xca\xfe\xba\xbe", "a program or library for macOS, or a Java class"),
)


def reason(file: File) -> str | None:
    """Why a file counts as a pickle, or None."""
    head = file.head
    if head.startswith(b"PK\x03\x04"):
        return _in_archive(file, head)
    if head.startswith(_TORCH_LEGACY):
        return "a pickle that torch wrote before version 1.6 runs as a program when it is loaded"
    if head.startswith(_NUMPY):
        return "a numpy array of objects, kept as a pickle that runs as a program" if _of_objects(head) else None
    named = file.name.lower().endswith(SUFFIXES)
    if len(head) > 2 and head[0] == 0x80 and 2 <= head[1] <= 5 and (named or file.tail(1) == b"."):
        return f"a pickle (protocol {head[1]}) runs as a program when it is loaded"
    if named and _old_protocol(head):
        return "a pickle (protocol 0 or 1) runs as a program when it is loaded"
    if _is_pickle(_unpacked(head, named=named)):
        return "a packed pickle runs as a program when it is loaded"
    return None


def code_inside(file: File) -> str | None:
    """Why a network's file carries code of its own, or None: a Keras model with a Lambda layer."""
    if file.head.startswith(_HDF5):
        found = _LAMBDA.search(file.head) or _LAMBDA.search(file.glance()) or _LAMBDA.search(file.first(_TAIL))
        return "a Keras model with a Lambda layer, which carries Python code" if found else None
    if file.head.startswith(b"PK\x03\x04") and file.name.lower().endswith(".keras"):
        try:
            archive = Archive(file)
            text = archive.read("config.json", _KERAS_CONFIG) if "config.json" in archive else b""
        except UnreadableError:
            return None
        if _LAMBDA.search(text):
            return "a Keras model with a Lambda layer, which carries Python code"
    return None


def program(file: File) -> str | None:
    """What a file that the machine itself would run is, or None."""
    head = file.head
    return next((what for start, what in _PROGRAMS if head.startswith(start) and len(head) > 8), None)


def is_archive(file: File) -> bool:
    """True for an archive or packed file, by its suffix and first bytes; what is in it is not looked at."""
    packed = file.form in ("zip", "gzip", "zstd") or file.head.startswith((b"BZh", b"\xfd7zXZ", b"7z\xbc\xaf", b"Rar!"))
    return file.name.lower().endswith(ARCHIVES) and (packed or file.head[257:262] == b"ustar")


def is_training_state(name: str) -> bool:
    """True for what the Trainer keeps to resume a training; inference never loads it."""
    return bool(_TRAINING_STATE.match(name))


def _in_archive(file: File, head: bytes) -> str | None:
    """A pickle among the members. One whose table of contents is broken is told by the name torch gives its pickle."""
    if b"data.pkl" in head or b"data.pkl" in file.tail(_TAIL):
        return "a torch archive whose data.pkl runs as a program when it is loaded"
    try:
        archive = Archive(file)
        names = archive.names()
        if any(name.lower().endswith((".pkl", ".pickle", ".joblib", ".dill")) for name in names):
            return "an archive with a pickle inside, which runs as a program when it is loaded"
        arrays = [name for name in names if name.endswith(".npy")]
        if len(arrays) > MOST_ARRAYS:
            return f"an archive of more than {MOST_ARRAYS:,} numpy arrays, too many to look for one that holds objects"
        if any(_of_objects(b"".join(islice(archive.pieces(name), 1))) for name in arrays):
            return "an archive of numpy arrays of which one holds objects, kept as a pickle that runs as a program"
    except UnreadableError:
        return None
    return None


def _of_objects(start: bytes) -> bool:
    """True for the start of a numpy array whose elements are Python objects, alone or as a field.

    After the magic come two bytes of version and the length of the header, a Python literal
    (https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html).
    """
    if not start.startswith(_NUMPY) or len(start) < 12:
        return False
    width = 2 if start[6] == 1 else 4
    length = int.from_bytes(start[8 : 8 + width], "little")
    return bool(_OBJECTS.search(start[8 + width : 8 + width + min(length, 65_536)]))


def _unpacked(head: bytes, *, named: bool) -> bytes:
    """The first bytes of what is packed in a file, at most 1 KiB of them."""
    try:
        if head.startswith(b"\x1f\x8b"):
            return zlib.decompressobj(zlib.MAX_WBITS | 16).decompress(head, _LOOK)
        if named and head[:1] == b"\x78" and len(head) > 1 and int.from_bytes(head[:2], "big") % 31 == 0:
            return zlib.decompressobj().decompress(head, _LOOK)
        if head.startswith(b"BZh"):
            return bz2.BZ2Decompressor().decompress(head, _LOOK)
        if head.startswith((b"\xfd7zXZ\0", b"\x5d\0\0")):
            return lzma.LZMADecompressor(memlimit=256 * 1024 * 1024).decompress(head, _LOOK)
    except (zlib.error, lzma.LZMAError, OSError, EOFError, ValueError):
        return b""
    return b""


def _is_pickle(start: bytes) -> bool:
    return len(start) > 2 and start[0] == 0x80 and 2 <= start[1] <= 5


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

"""Every reader against damaged copies of its own sample: no crash, no hang over two seconds, no memory over 300 MB.

The damage is drawn by hypothesis: bytes cut off, overwritten, put in, taken out, repeated. What comes out is checked for the one
thing that must not happen, a fault of the reader itself; that nothing whole comes out of broken files is in `test_contract`.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from governance.collectors.reading.collect import collect, collectors

from .conftest import SAMPLES

ALL = sorted(collector.noun.name for collector in collectors()[0])
FAILED = "the collector "
PIECES = st.sampled_from(
    [b"", b"\x00", b"\xff" * 8, b'"', b"{", b"}", b"[" * 40, b"]", b",", b"\n", b"-1", b"1e999", b"NaN", b"null", b"true",
     b'{"a":1,"a":2}', b"<!ENTITY x 'y'>", b"\x80\x02cos\nsystem\n", b"9" * 500, "\u202e".encode(), b"../../x", b"=cmd()"]
)  # fmt: skip
DAMAGE = st.lists(st.tuples(st.floats(0, 1), st.integers(0, 200), PIECES, st.integers(1, 3)), min_size=1, max_size=4)


def damaged(data: bytes, damage) -> bytes:
    """The bytes with each piece of damage done: at a place, so many bytes out, something in instead, so many times."""
    for place, out, into, times in damage:
        at = int(place * len(data))
        data = data[:at] + into * times + data[at + out :]
    return data


@pytest.mark.parametrize("name", ALL)
@settings(max_examples=60, deadline=timedelta(seconds=2), suppress_health_check=list(HealthCheck))
@given(which=st.floats(0, 0.999), damage=DAMAGE)
def test_a_damaged_sample_is_answered_and_never_breaks_the_reader(name, tmp_path_factory, which, damage):
    folder = tmp_path_factory.mktemp("fuzz") / name
    shutil.copytree(SAMPLES / name, folder)
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    path = files[int(which * len(files))]
    path.write_bytes(damaged(path.read_bytes(), damage))
    reading = collect([folder], environment=False)
    shutil.rmtree(folder)
    assert [row for row in reading.not_read if row.reason.startswith(FAILED)] == []


def test_no_reader_takes_more_than_300_mb_for_a_damaged_sample():
    program = Path(__file__).with_name("damage_all_samples.py")
    done = subprocess.run([sys.executable, program, SAMPLES], capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout + done.stderr[-2000:]

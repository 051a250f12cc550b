"""The verifier stands alone: two libraries, no network, no home, no clock, nothing written, and a start that nobody notices."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from governance.verifier.pack import verify
from tests.packs.made_packs import usual
from tests.packs.mutations import members, put_together, signed_again

ROOT = Path(__file__).parent.parent.parent

ALONE = """
import socket, sys, time
ALLOWED = {"governance", "cryptography", "_cffi_backend", "rfc8785"}
STANDARD = set(sys.stdlib_module_names)
class Watch:
    def find_spec(self, name, path=None, target=None):
        top = name.partition(".")[0]
        if top not in ALLOWED and top not in STANDARD and not top.startswith("_"):
            raise ModuleNotFoundError(f"{name} is not to be imported", name=name)
        return None
sys.meta_path.insert(0, Watch())
def none(*_, **__):
    raise OSError("no network")
socket.socket = socket.create_connection = socket.getaddrinfo = none
from governance.verifier import command
code = command.run(sys.argv[1:])
bad = [name for name in ("pydantic", "yaml", "typer", "sqlmodel", "jinja2", "networkx", "zstandard") if name in sys.modules]
assert not bad, bad
sys.exit(code)
"""
AHEAD = """
import datetime, sys, time
ten = 10 * 365 * 86400
real, base = time.time, datetime.datetime
time.time = lambda: real() + ten
class Later(base):
    @classmethod
    def now(cls, tz=None):
        return base.fromtimestamp(real() + ten, tz)
    @classmethod
    def utcnow(cls):
        return base.utcfromtimestamp(real() + ten)
datetime.datetime = Later
"""


@pytest.fixture(scope="module")
def pack(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("alone")
    made = usual(folder / "ledger")
    made.cosign()
    made.trust(made.signer("Rita Example", "reviewer"), "approval reviewer 1", witness=True)
    return made.pack()


def alone(pack: Path, *more: str, before: str = "") -> subprocess.CompletedProcess[str]:
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": "/nonexistent",
        "PYTHONPATH": str(ROOT),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    return subprocess.run(
        [sys.executable, "-c", before + ALONE, str(pack), *more],
        capture_output=True,
        text=True,
        env=environment,
        check=False,
    )


def test_it_runs_where_nothing_but_its_two_libraries_can_be_imported(pack: Path) -> None:
    done = alone(pack, "--policy", str(pack.parent / "trust.policy"), "--json")
    assert done.returncode == 0, done.stderr + done.stdout
    said = json.loads(done.stdout)
    assert said["ok"]
    assert said["report"]["JUDGEMENT"].startswith("not performed: this installation can not judge")


def test_the_untouched_pack_passes_without_network_home_or_writable_folder_and_ten_years_from_now(pack: Path) -> None:
    for path in (pack, pack.parent):
        path.chmod(0o500)
    try:
        now = alone(pack, "--policy", str(pack.parent / "trust.policy"), "--json")
        later = alone(pack, "--policy", str(pack.parent / "trust.policy"), "--json", before=AHEAD)
    finally:
        pack.parent.chmod(0o700)
    assert later.returncode == 0, later.stderr + later.stdout
    assert later.stdout == now.stdout


def test_the_help_is_there_before_anybody_notices() -> None:
    best = 9.0
    for _ in range(5):
        start = time.perf_counter()
        subprocess.run(
            [sys.executable, "-m", "governance.verifier", "--help"], capture_output=True, check=True, cwd=ROOT
        )
        best = min(best, time.perf_counter() - start)
    assert best < 0.3


def test_govern_verify_is_the_same_command_and_starts_without_the_rest(pack: Path) -> None:
    script = (
        "import sys\nsys.argv = ['govern', 'verify', *sys.argv[1:]]\nfrom governance.__main__ import main\n"
        "try:\n    main()\nexcept SystemExit as done:\n    assert 'typer' not in sys.modules\n    raise\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(pack), "--no-judgement"],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout == subprocess.run(
        [sys.executable, "-m", "governance.verifier", str(pack), "--no-judgement"], capture_output=True, text=True, check=False, cwd=ROOT
    ).stdout  # fmt: skip


def test_a_thousand_pieces_take_a_fraction_of_a_second(tmp_path: Path) -> None:
    """With a bound that a busy machine keeps; the bench measures ten thousand, and their memory."""
    made = usual(tmp_path / "ledger")
    made.attest(made.evidence(1000, first=100), "Tina Example", "trainer")
    path = made.pack()
    start = time.process_time()
    assert verify(path).ok
    assert time.process_time() - start < 1.0


BOMBS = """
import re, sys, time
from pathlib import Path
from governance.verifier import command
start = time.process_time()
code = command.run([sys.argv[1], "--no-judgement", "--json"])
peak = int(re.search(r"VmHWM:\\s+([0-9]+)", Path("/proc/self/status").read_text())[1]) / 1024
print(code, time.process_time() - start, peak, file=sys.stderr)
"""


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="the peak of memory is read where Linux tells it")
@pytest.mark.parametrize(
    ("member", "data"),
    [
        ("ledger/entries.jsonl", b"\n" * (60 << 20)),
        ("ledger/leaves", b"\n" * (60 << 20)),
        ("ledger/leaves", (b"0" * 64 + b"\n") * 900_000),
        ("checkpoint", b"\n" * (60 << 20)),
        ("ledger/entries.jsonl", b'{"a":' * (10 << 20) + b"\n"),
        ("ledger/entries.jsonl", b"[" * (60 << 20) + b"\n"),
    ],
)
def test_a_bomb_signed_by_its_own_key_is_refused_in_seconds_and_little_memory(
    member: str, data: bytes, tmp_path: Path
) -> None:
    made = usual(tmp_path / "ledger")
    parts = signed_again(members(made.pack()) | {member: data}, made.key)
    put_together(parts, tmp_path / "bomb.zip")
    done = subprocess.run(
        [sys.executable, "-c", BOMBS, str(tmp_path / "bomb.zip")], capture_output=True, text=True, check=True, cwd=ROOT
    )
    code, seconds, memory = done.stderr.split()[-3:]
    assert int(code) in {4, 6}
    assert float(seconds) < 4  # two, and room for a busy machine
    assert float(memory) < 300

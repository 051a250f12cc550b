"""A witness killed at every step, many at once, and a full disk: no two cosignatures that disagree ever come out."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

KILL_AT_EVERY_LINE = """
import json, os, shutil, signal, sys
from pathlib import Path
from governance.witness.state import Witness
from governance.witness.wire import RefusedError
from tests.anchoring.made import Branch, cosigned, disagree, witness
A, B, folder = Branch("a"), Branch("b"), Path(sys.argv[1])
witness(folder / "start").cosign(A.request(0, 3))

def attempt(made, branch, size, old=3):
    try:
        return made.cosign(branch.request(old, size))
    except RefusedError as refused:
        return attempt(made, branch, size, refused.size) if refused.size not in (None, old) else b""

def killed_at(number, here, pipe):
    seen = 0
    def trace(frame, event, _):
        nonlocal seen
        if "/witness/" not in frame.f_code.co_filename:
            return None
        if event == "line":
            seen += 1
            if seen == number:
                os.kill(os.getpid(), signal.SIGKILL)
        return trace
    made = Witness(here, clock=lambda: 1_790_000_001)
    sys.settrace(trace)
    os.write(pipe, attempt(made, A, 9))
    sys.settrace(None)

number, outcomes, kept = 0, [], set()
while True:
    number += 1
    here = folder / str(number)
    shutil.copytree(folder / "start", here)
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        killed_at(number, here, writer)
        os._exit(0)
    os.close(writer)
    _, status = os.waitpid(child, 0)
    answer = os.read(reader, 65536)
    os.close(reader)
    made = Witness(here, clock=lambda: 1_790_000_002)
    heads = [cosigned(answer, A.note(9), made.verifier)] if answer else []
    for branch in (B, A):
        got = attempt(made, branch, 12)
        heads += [cosigned(got, branch.note(12), made.verifier)] if got else []
    kept.add(len(heads))
    outcomes += disagree(heads, (A, B))
    shutil.rmtree(here)
    if os.WIFEXITED(status):
        break
print(json.dumps({"steps": number, "bad": len(outcomes), "heads": sorted(kept), "exit": os.WEXITSTATUS(status)}))
"""

MANY_AT_ONCE = """
import json, os, sys
from pathlib import Path
from governance.witness.state import Witness
from governance.witness.wire import RefusedError
from tests.anchoring.made import Branch, cosigned, disagree, witness
branches, folder = [Branch(name, shared=1) for name in "abcd"], Path(sys.argv[1])
key = witness(folder / "w").verifier
reader, writer = os.pipe()
go_reader, go_writer = os.pipe()
children = []
for branch in branches:
    child = os.fork()
    if child == 0:
        os.close(go_writer)
        os.read(go_reader, 1)
        made, held = Witness(folder / "w", clock=lambda: 1_790_000_000), 0
        for _ in range(60):
            size = min(held + 1, 24)
            try:
                made.cosign(branch.request(held, size))
                os.write(writer, json.dumps([branches.index(branch), size]).encode() + b"\\n")
                held = size
            except RefusedError as refused:
                held = min(refused.size, 24) if refused.size is not None else held
        os._exit(0)
    children.append(child)
os.close(go_writer)
codes = [os.waitpid(child, 0)[1] for child in children]
os.close(writer)
from governance.proofs import note
from tests.anchoring.made import ORIGIN
said = [json.loads(line) for line in os.fdopen(reader, "rb").read().splitlines()]
heads = [note.Head(ORIGIN, size, branches[which].root(size)) for which, size in said]
print(json.dumps({"heads": len(heads), "bad": len(disagree(heads, branches)), "codes": codes}))
"""

UNTIL_FULL = """
import json, resource, signal, sys
from pathlib import Path
from governance.errors import GovernanceError
from tests.anchoring.made import Branch, witness
A, folder = Branch("a"), Path(sys.argv[1])
made = witness(folder / "w")
made.cosign(A.request(0, 3))
before = next((folder / "w" / "logs").iterdir()).read_bytes()
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (64, resource.RLIM_INFINITY))
try:
    made.cosign(A.request(3, 9))
    said = "signed"
except GovernanceError as error:
    said = error.message
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
left = sorted(path.name[-5:] for path in (folder / "w" / "logs").iterdir())
same = next((folder / "w" / "logs").iterdir()).read_bytes() == before
print(json.dumps({"said": said, "left": left, "same": same, "after": bool(made.cosign(A.request(3, 9)))}))
"""


def run(program: str, folder: Path) -> dict[str, object]:
    done = subprocess.run(
        [sys.executable, "-c", program, folder], cwd=ROOT, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return dict(json.loads(done.stdout))


def test_killed_at_every_line_it_never_signs_two_pasts_and_goes_on_afterwards(tmp_path: Path) -> None:
    found = run(KILL_AT_EVERY_LINE, tmp_path)
    assert found["bad"] == 0
    assert found["exit"] == 0
    assert int(str(found["steps"])) > 60
    assert found["heads"] == [
        1,
        2,
    ]  # one branch always goes on; where the answer came out before the end, it was that one


@pytest.mark.parametrize("_round", range(3))
def test_many_processes_at_once_with_pasts_of_their_own_get_no_two_that_disagree(tmp_path: Path, _round: int) -> None:
    found = run(MANY_AT_ONCE, tmp_path)
    assert found["codes"] == [0, 0, 0, 0]
    assert found["bad"] == 0
    assert int(str(found["heads"])) >= 2


def test_on_a_full_disk_nothing_is_signed_and_the_old_head_stays(tmp_path: Path) -> None:
    found = run(UNTIL_FULL, tmp_path)
    assert "can not be stored" in str(found["said"])
    assert (found["left"], found["same"], found["after"]) == ([".json"], True, True)

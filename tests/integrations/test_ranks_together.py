"""Real processes that train together over gloo: on one machine, and on two hosts that share a folder and nothing else.

A host is a network namespace with a name of its own, so a look at the address or the name of the machine would be found out.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import textwrap
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from tests.integrations.running import environment, only, segments

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.training
pytest.importorskip("torch", reason="torch is not installed; `make test` installs it")

LOOP = """
import os
import torch
import torch.distributed as together
import governance

together.init_process_group("gloo")
rank, world = together.get_rank(), together.get_world_size()
torch.manual_seed(rank)
weight = torch.zeros(3)
with governance.record("training", output_dir="out", spool="spool", planned_steps=5, gather=list, sampler=lambda: None, pause=0.02, beat=0.05) as run:
    run.settings(learning_rate=0.1)
    for step in range(1, 6):
        gradient = weight - torch.rand(3)
        together.all_reduce(gradient)
        weight -= 0.1 * gradient / world
        run.step(step)
        run.log(loss=float(gradient.square().sum()))
    together.barrier()
print(f"rank {rank} of {world} is {run.recorder.place.part} by {run.recorder.place.said_by}: {weight.tolist()}", flush=True)
together.destroy_process_group()
"""


def launch(folder: Path, *options: str, before: tuple[str, ...] = (), **more: str) -> subprocess.Popen[str]:
    """The launcher of torch over the loop in a folder."""
    script = folder / "loop.py"
    if not script.exists():
        script.write_text(textwrap.dedent(LOOP), "utf-8")
    command = [*before, sys.executable, "-W", "ignore", "-m", "torch.distributed.run", *options, str(script)]
    return subprocess.Popen(
        command, cwd=folder, env=environment(**more), text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )


def lines(process: subprocess.Popen[str]) -> list[str]:
    """What the ranks said of themselves, sorted."""
    printed, _ = process.communicate(timeout=240)
    assert process.returncode == 0, printed[-5000:]
    return sorted(line for line in printed.splitlines() if line.startswith("rank "))


@pytest.mark.parametrize("count", [2, 4])
def test_of_several_processes_on_one_machine_exactly_one_writes(tmp_path: Path, count: int) -> None:
    more = {"GLOO_SOCKET_IFNAME": "lo"} if sys.platform == "linux" else {}
    told = lines(launch(tmp_path, "--standalone", f"--nproc-per-node={count}", **more))
    assert [line.partition(":")[0] for line in told] == [
        f"rank {rank} of {count} is {'none' if rank else 'writer'} by torch.distributed" for rank in range(count)
    ]
    assert len({line.partition(":")[2] for line in told}) == 1, "all ranks have the same weights"
    assert [path.suffix for path in (tmp_path / "spool").iterdir()] == [".spool"]
    segment = only(tmp_path / "spool")
    assert segment.opened["part"] == "writer"
    assert segment.opened["rank"] == {"rank": 0, "world": count, "local": 0, "said_by": "torch.distributed"}
    assert [row["step"] for row in segment.of("log")] == [1, 2, 3, 4, 5]
    assert segment.seal["outcome"] == "finished"


@contextmanager
def two_hosts() -> Iterator[tuple[tuple[str, ...], tuple[str, ...], str]]:
    """The beginnings of commands that run on either of two hosts with a cable between them, and the first one's address."""
    if shutil.which("ip") is None or shutil.which("unshare") is None or os.geteuid() != 0:
        pytest.skip("two hosts need root, iproute2 and util-linux")
    tag = f"gov{os.getpid() % 100_000}"
    one, two = f"{tag}a", f"{tag}b"

    def ip(*words: str) -> None:
        subprocess.run(["ip", *words], check=True, capture_output=True)

    try:
        ip("netns", "add", one)
    except subprocess.CalledProcessError as error:
        pytest.skip(f"no network namespace can be made here: {error.stderr!r}")
    try:
        ip("netns", "add", two)
        ip("link", "add", f"{tag}x", "netns", one, "type", "veth", "peer", "name", f"{tag}y", "netns", two)
        for host, cable, address in ((one, f"{tag}x", "10.77.0.1/24"), (two, f"{tag}y", "10.77.0.2/24")):
            ip("-n", host, "addr", "add", address, "dev", cable)
            ip("-n", host, "link", "set", cable, "up")
            ip("-n", host, "link", "set", "lo", "up")
        named = [
            ("ip", "netns", "exec", host, "unshare", "--uts", "sh", "-c", f'hostname {name}; exec "$@"', "sh")
            for host, name in ((one, "node-a"), (two, "node-b"))
        ]
        yield named[0], named[1], tag
    finally:
        subprocess.run(["ip", "netns", "del", one], check=False, capture_output=True)
        subprocess.run(["ip", "netns", "del", two], check=False, capture_output=True)


def test_two_hosts_that_share_a_folder_write_one_run_without_a_lock(tmp_path: Path) -> None:
    with two_hosts() as (on_a, on_b, tag):
        options = ("--nnodes=2", "--nproc-per-node=2", "--master-addr=10.77.0.1", "--master-port=29533")
        first = launch(
            tmp_path, *options, "--node-rank=0", "--local-addr=10.77.0.1", before=on_a, GLOO_SOCKET_IFNAME=f"{tag}x"
        )
        second = launch(
            tmp_path, *options, "--node-rank=1", "--local-addr=10.77.0.2", before=on_b, GLOO_SOCKET_IFNAME=f"{tag}y"
        )
        told = sorted([*lines(first), *lines(second)])
    parts = [line.partition(" is ")[2].partition(" by ")[0] for line in told]
    assert parts == ["writer", "none", "node", "none"]
    assert {path.suffix for path in (tmp_path / "spool").iterdir()} == {".spool"}
    by_part = {segment.opened["part"]: segment for segment in segments(tmp_path / "spool")}
    assert sorted(by_part) == ["node", "writer"]
    writer, node = by_part["writer"], by_part["node"]
    assert writer.opened["run"] == node.opened["run"]
    assert (writer.opened["node"], node.opened["node"]) == ("node-a", "node-b")
    assert (writer.opened["rank"]["rank"], node.opened["rank"]["rank"]) == (0, 2)
    assert [row["step"] for row in writer.of("log")] == [1, 2, 3, 4, 5]
    assert node.of("log") == node.of("settings") == ()
    assert node.of("beat")[-1]["step"] == 5
    for segment in (writer, node):
        assert (segment.damaged, segment.lost, segment.faults) == (0, 0, ())
        assert segment.seal["outcome"] == "finished"

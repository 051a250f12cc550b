"""The command of a run is told as far as it is plain; everything else is withheld, and counted."""

from __future__ import annotations

import shlex
import string
import subprocess
import sys
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from governance.integrations.facts.command import command
from governance.integrations.facts.plain_words import WITHHELD, is_plain
from tests.integrations.fake_driver import said

SCRIPT = SimpleNamespace(__spec__=None)
MODULE = SimpleNamespace(__spec__=SimpleNamespace(name="trl.scripts.sft.__main__"))


def told(line, main=SCRIPT, **environ):
    return command(shlex.split(line), main, environ)


@pytest.mark.parametrize(
    "line",
    [
        "train.py --learning_rate 2e-5 --bf16 --num-epochs=3 --lr_scheduler_type cosine --gamma -0.5 --seed 7",
        "train.py --model_name_or_path meta-llama/Llama-3.1-8B-Instruct --dataset HuggingFaceH4/ultrachat_200k",
        "scripts/train.py --output_dir out/run-20260101_123456/checkpoint-500 --devices cuda:0,cuda:1",
        "train.py model.lr=1e-4 +trainer.max_steps=500 ++data.name=c4 --metric recall@10",
        "train.py config.yaml --pad_token_id 0 --num_key_value_heads 8 --no-cache",
        "main.py train --revision 607a30d783dfa663caf39e06633721c8d4cfcd7e --data s3://bucket/some/folder",
        "train.py --resume /root/.cache/hub/models--gpt2/snapshots/607a30d783dfa663caf39e06633721c8d4cfcd7e",
    ],
)
def test_numbers_switches_names_and_paths_are_told_as_they_were(line):
    body = told(line)
    assert (body["replay"], body["withheld"]) == (f"python {line}", 0)


@pytest.mark.parametrize(
    ("line", "shown", "withheld"),
    [
        ("train.py --hub_token hf_abcdefghijklmnopqrstuvwxyz012345 --lr 1", f"--hub_token '{WITHHELD}' --lr 1", 1),
        ("train.py --db-password=hunter2 --epochs 2", f"'--db-password={WITHHELD}' --epochs 2", 1),
        ("train.py --pin 1234", f"--pin '{WITHHELD}'", 1),
        ("train.py -p hunter2", f"-p '{WITHHELD}'", 1),
        ("train.py hunter2 config.yaml", f"'{WITHHELD}' config.yaml", 1),
        ("train.py WANDB_API_KEY=0123456789abcdef", f"'WANDB_API_KEY={WITHHELD}'", 1),
        ("train.py --name 'a note of mine' --cfg '{\"a\": 1}'", f"--name '{WITHHELD}' --cfg '{WITHHELD}'", 2),
        ("train.py --tracking http://ada:s3cret@host:5000", f"--tracking '{WITHHELD}'", 1),
        ("train.py --x 0123456789abcdef0123456789abcdef01234567", f"--x '{WITHHELD}'", 1),
        ("train.py --x aB3dE9fG1hJ2kL4mN6pQ", f"--x '{WITHHELD}'", 1),
        ("train.py --mail ada@example.org", f"--mail '{WITHHELD}'", 1),
    ],
)
def test_everything_else_is_withheld_and_counted(line, shown, withheld):
    body = told(line)
    assert (body["replay"], body["withheld"]) == (f"python train.py {shown}", withheld)


def test_a_module_is_told_by_its_name_and_its_file_is_not():
    body = told("/opt/venv/lib/python3.12/site-packages/trl/scripts/sft.py --lr 1", MODULE)
    assert (body["started_as"], body["module"], body["script"]) == ("module", "trl.scripts.sft", None)
    assert body["replay"] == "python -m trl.scripts.sft --lr 1"


def test_code_on_the_command_line_is_not_told():
    body = command(["-c", "hf_abc"], SCRIPT, {})
    assert (body["started_as"], body["arguments"], body["withheld"]) == ("inline", [], 1)
    assert "hf_abc" not in str(body)


def test_of_the_environment_named_variables_are_told_and_no_other():
    body = told(
        "train.py", CUDA_VISIBLE_DEVICES="0,1", NCCL_SOCKET_IFNAME="eth0", WORLD_SIZE="8", AWS_SECRET_ACCESS_KEY="abc", HOME="/home/ada",
        NCCL_TOKEN="abc", PYTORCH_CUDA_ALLOC_CONF="expandable_segments:True,max_split_size_mb:128", XLA_FLAGS="--a=b --c=d e",
        TORCHELASTIC_RUN_ID="none",
    )  # fmt: skip
    assert body["environment"] == {
        "CUDA_VISIBLE_DEVICES": "0,1", "NCCL_SOCKET_IFNAME": "eth0", "NCCL_TOKEN": WITHHELD, "WORLD_SIZE": "8",
        "PYTORCH_CUDA_ALLOC_CONF": "expandable_segments:True,max_split_size_mb:128", "XLA_FLAGS": WITHHELD,
    }  # fmt: skip
    assert body["launcher"] == "torchrun"


def test_cards_that_are_named_by_their_ids_are_told():
    card = "GPU-1c5e4bd0-1a11-4a3e-9d8c-6f0f4d8f2a01"
    assert told("train.py", CUDA_VISIBLE_DEVICES=f"{card},{card}")["environment"] == {
        "CUDA_VISIBLE_DEVICES": f"{card},{card}"
    }


def test_a_real_process_tells_itself(tmp_path):
    script = tmp_path / "train.py"
    text = "import json; from governance.integrations.facts.command import command; print(json.dumps(command()))"
    script.write_text(text, encoding="utf-8")
    ran = subprocess.run(
        [sys.executable, "train.py", "--lr", "1e-4"], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert '"replay": "python train.py --lr 1e-4"' in ran.stdout
    assert said(text, None, "--lr", "1e-4")["started_as"] == "inline"


ALPHABET = string.ascii_letters + string.digits


@given(
    st.text(alphabet=ALPHABET, min_size=4, max_size=40),
    st.sampled_from(["--hub-token", "--password", "--apiKey", "DB_PASS"]),
)
def test_no_value_after_the_name_of_a_secret_is_told_unless_it_is_a_small_number(value, name):
    if not value.isdigit():
        argument = f"{name}={value}"
        assert value not in str(command(["train.py", argument], SCRIPT, {})["arguments"])
        assert value not in command(["train.py", name, value], SCRIPT, {})["arguments"] or not name.startswith("-")


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_every_number_as_python_writes_it_is_plain(number):
    assert is_plain(repr(number))


@given(st.lists(st.text(max_size=30), max_size=8))
def test_any_command_line_is_told_and_never_raises(argv):
    body = command(["train.py", *argv], SCRIPT, {})
    assert shlex.split(body["replay"])[:2] == ["python", "train.py"]
    assert body["withheld"] <= len(argv)

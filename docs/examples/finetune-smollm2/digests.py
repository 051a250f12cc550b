"""Tie the recording to the big files that are not in it.

Idea: `digests.json` names the base file as it came, the float32 weights that were trained on, and the adapter, each by
SHA-256, because the evaluation results name a local model only by its folder.

Limits: a digest says that a file is the same, not that it is good, nor that the run really used it.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from prepare import sha256_of

ADAPTER_NAME = "adapter_model.safetensors"


def main() -> None:
    """Read the arguments, add the adapter to the base's digests, write them."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--base-digests", type=Path, required=True, help="file made by prepare.py")
    parser.add_argument("--run", type=Path, required=True, help="run folder made by train.py")
    parser.add_argument("--out", type=Path, required=True, help="where digests.json goes")
    args = parser.parse_args()

    digests = json.loads(args.base_digests.read_text(encoding="utf-8"))
    adapter = args.run / ADAPTER_NAME
    digests["adapter"] = {"file": adapter.name, "sha256": sha256_of(adapter), "bytes": adapter.stat().st_size}
    args.out.write_text(json.dumps(digests, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()

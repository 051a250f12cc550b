"""Write `controls/wording/*.runs` from a folder that holds the official texts as JSON: `python -m tests.content.make_runs FOLDER`.

Taken are the values of the fields text, definition, oj_text and oj_text_2024, wherever they stand. The texts themselves are not
committed: those of NIST are free, those of the EU may be reused with attribution, and what the check needs is neither.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from governance.checking import wording

FIELDS = {"text", "definition", "oj_text", "oj_text_2024"}
TEXTS = {
    "nist_ai_rmf": ("nist-ai-rmf-1.0", "NIST AI 100-1"),
    "nist_ai_600_1": ("nist-ai-600-1", "NIST AI 600-1"),
    "eu_ai_act": ("eu-ai-act-2024", "Regulation (EU) 2024/1689 as published"),
}


def texts(value: Any) -> list[str]:
    if isinstance(value, dict):
        own = [inner for key, inner in value.items() if key in FIELDS and isinstance(inner, str)]
        return own + [text for inner in value.values() for text in texts(inner)]
    return [text for inner in value for text in texts(inner)] if isinstance(value, list) else []


def main(source: Path, target: Path) -> None:
    for name, (framework, title) in TEXTS.items():
        runs = wording.of_texts(texts(json.loads((source / f"{name}.json").read_bytes())))
        made_from = "every eight words in a row of the official text, hashed; see governance/checking/wording.py"
        (target / f"{framework}.runs").write_bytes(wording.write(title, runs, made_from=made_from))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(__file__).parents[2] / "controls" / "wording")

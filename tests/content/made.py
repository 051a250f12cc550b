"""A small whole content: one framework of two requirements, one control, and the kind it asks for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from governance.content import places

if TYPE_CHECKING:
    from pathlib import Path

KIND = "evidence/kinds/attested-document.v1.yaml"
CONTROL = "controls/catalogue/plan-kept.yaml"
FRAME = "controls/frameworks/house-1/framework.yaml"
FIRST = "controls/frameworks/house-1/h.1.yaml"
SECOND = "controls/frameworks/house-1/h.2.yaml"

_CONTROL = """\
id: plan-kept
title: There is a plan for the day the desk fails
family: governance
objective: Somebody says each year that the plan is there and was read.
why: A plan that nobody reads is found on the day it is needed.
owner: Head of reader services
false_comfort: That the plan works. It was read, and no more.
cost_to_show: Half an hour a year.
remedy: Read the plan, and say so by name.
asks:
  - id: statement
    kind: attested-document.v1
    about: system
    topic: plan
    within: 365
examples:
  - name: read in May
    comes_to: met
    on: 2026-06-01
    evidence:
      - {kind: attested-document.v1, about: system, effective: 2026-05-04,
         like: a decision that stands alone, but: {topic: plan, "on": "2026-05-04"}}
  - name: nobody said anything
    comes_to: missing
    on: 2026-06-01
  - name: there is none yet
    comes_to: unmet
    on: 2026-06-01
    evidence:
      - {kind: attested-document.v1, about: system, effective: 2026-05-05,
         like: a decision that stands alone, but: {topic: plan, "on": "2026-05-05", in_place: false}}
  - name: read two years ago
    comes_to: stale
    on: 2026-06-01
    evidence:
      - {kind: attested-document.v1, about: system, effective: 2024-05-04,
         like: a decision that stands alone, but: {topic: plan, "on": "2024-05-04"}}
  - name: read next month
    comes_to: inconclusive
    on: 2026-06-01
    evidence:
      - {kind: attested-document.v1, about: system, effective: 2026-07-04,
         like: a decision that stands alone, but: {topic: plan, "on": "2026-07-04"}}
"""

_FRAME = """\
id: house-1
series: house
title: The rules of the reading house
version: "1"
publisher: The reading house
source: The board on the wall of the hall
licence_note: Ours to pass on.
in_force_from: 2026-01-01
checked:
  by: Ada Example
  on: 2026-02-03
  against: [The board itself]
  result: Both rules are there.
  not_checked: Whether anybody keeps them.
requirement_count: 2
groups:
  - {id: H, title: Rules of the house}
tags:
  floor: [ground, upper]
references:
  - {id: R.1, title: Quiet, under: What the house is for}
"""

_FIRST = """\
id: H.1
title: Have a plan
says: Know beforehand who does what when the desk gives wrong answers.
group: H
tags: {floor: [ground]}
met_by:
  - control: plan-kept
    extent: part
    because: Says that a plan was read, and not that it works.
"""

_SECOND = """\
id: H.2
title: Close the windows
says: Whoever leaves last looks at every window on both floors.
group: H
not_covered: No evidence of ours speaks of windows.
"""


def content() -> dict[str, bytes]:
    """The files by path."""
    texts = {CONTROL: _CONTROL, FRAME: _FRAME, FIRST: _FIRST, SECOND: _SECOND}
    files = {path: text.encode() for path, text in texts.items()}
    return files | {KIND: (places.builtin_root() / KIND).read_bytes()}


def put(files: dict[str, bytes], path: str, old: str, new: str) -> dict[str, bytes]:
    """The files with a text replaced in one of them; the text must be there once."""
    assert files[path].count(old.encode()) == 1, (path, old)
    return files | {path: files[path].replace(old.encode(), new.encode())}


def line(files: dict[str, bytes], path: str, text: str) -> int:
    """The line on which a text stands, which must stand on one alone."""
    (found,) = [number for number, row in enumerate(files[path].decode().split("\n"), 1) if text in row]
    return found


def write(files: dict[str, bytes], root: Path) -> Path:
    """Write the files under a root and return it."""
    for path, data in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(data)
    return root

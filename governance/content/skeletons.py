"""The skeleton of a new content file, with its examples in place and every sentence that is still to be written marked.

A skeleton is refused by the self-test until its sentences are written: `[write this]` says nothing, and nothing passes by being empty.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from governance.domain.framework import file_stem
from governance.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

_CONTROL = """\
id: "{id}"
title: "[write this]"
family: governance  # one of: {families}
objective: "[write this]"
why: "[write this]"
owner: "[write this]"
false_comfort: "[write this]"
cost_to_show: "[write this]"
remedy: "[write this]"
asks:
  - id: statement
    kind: attested-document.v1
    about: system
    topic: "{topic}"
    within: 365
examples:
  - name: "[write this]"
    comes_to: met
    on: 2026-06-01
    evidence:
      - kind: attested-document.v1
        about: system
        effective: 2026-05-04
        like: a decision that stands alone
        but: {{topic: "{topic}", "on": "2026-05-04"}}
  - name: nobody has said anything
    comes_to: missing
    on: 2026-06-01
  - name: its author says no
    comes_to: unmet
    on: 2026-06-01
    evidence:
      - kind: attested-document.v1
        about: system
        effective: 2026-05-04
        like: a decision that stands alone
        but: {{topic: "{topic}", "on": "2026-05-04", in_place: false}}
  - name: said two years ago
    comes_to: stale
    on: 2026-06-01
    evidence:
      - kind: attested-document.v1
        about: system
        effective: 2024-05-04
        like: a decision that stands alone
        but: {{topic: "{topic}", "on": "2024-05-04"}}
  - name: said of a day that has not come
    comes_to: inconclusive
    on: 2026-06-01
    evidence:
      - kind: attested-document.v1
        about: system
        effective: 2026-07-04
        like: a decision that stands alone
        but: {{topic: "{topic}", "on": "2026-07-04"}}
"""

_KIND = """\
id: "{id}"
title: "[write this]"
question: "[write this]"
does_not_say: "[write this]"
basis: attested  # tested, automated or attested
fresh_for: 365
body:
  $schema: https://json-schema.org/draft/2020-12/schema
  type: object
  required: [count]
  additionalProperties: true
  properties:
    count:
      type: integer
      minimum: 0
      description: "[write this]"
examples:
  holds:
    a count: {{count: 3}}
  refused:
    less than nothing: {{count: -1}}
"""

_FRAMEWORK = """\
id: "{id}"
series: "{id}"
title: "[write this]"
version: "1"
publisher: "[write this]"
source: "[write this]"
licence_note: "[write this]"
in_force_from: 2026-01-01
checked:
  by: "[write this]"
  on: 2026-01-01
  against:
    - "[write this]"
  result: "[write this]"
  not_checked: "[write this]"
requirement_count: 1
groups:
  - id: "1"
    title: "[write this]"
"""

_REQUIREMENT = """\
id: "{id}"
title: "[write this]"
says: "[write this]"
group: "1"
not_covered: "[write this]"
"""

_POLICY = """\
id: "{id}"
title: "[write this]"
why: "[write this]"
# floor: true  # asked with every policy of every workspace that reads this folder, and never replaced by a later one
conditions:
  - id: no-serious-finding
    why: "[write this]"
    no_open_finding: {{severity: high}}
  - id: no-less-safe-than-the-base
    why: "[write this]"
    # tiers: [limited, high]  # of which systems it is asked; without it, of all
    non_inferior: {{purpose: safety, metric: acc, against: base, margin: 0.05}}
  - id: safe-enough-by-itself
    why: "[write this]"
    interval: {{purpose: safety, metric: acc, at_least: 0.8}}
examples:
  - name: it lost nothing on the same questions
    answers: "yes"
    on: 2026-06-01
    given:
      findings: [low]
      pairs: [{{task: xstest, metric: acc, both: 850, gained: 50, lost: 50, neither: 50}}]
  - name: it refuses less than its base did
    answers: "no"
    on: 2026-06-01
    given: {{pairs: [{{task: xstest, metric: acc, both: 820, gained: 20, lost: 130, neither: 30}}]}}
  - name: a hundred questions do not tell
    answers: could-not-tell
    on: 2026-06-01
    given: {{pairs: [{{task: xstest, metric: acc, both: 80, gained: 5, lost: 5, neither: 10}}]}}
  - name: a serious finding is open
    answers: "no"
    on: 2026-06-01
    given: {{like: it lost nothing on the same questions, findings: [high]}}
"""

_RISK = """\
id: "{id}"
title: "[write this]"
event: "[write this]"
causes:
  - "[write this]"
consequence: "[write this]"
genai_risks: []
inherent:
  likelihood: 3
  impact: 3
  because: "[write this]"
mitigated_by: []
owner: "[write this]"
"""

_PROFILE = """\
id: "{id}"
title: "[write this]"
why: "[write this]"
framework: nist-ai-rmf
rows:
  - requirement: "MEASURE 2.7"
    because: "[write this]"
"""

SHAPES: Mapping[str, tuple[str, str, str]] = {
    "control": ("controls/catalogue/{id}.yaml", _CONTROL, r"[a-z0-9]+(?:[.-][a-z0-9]+)*"),
    "kind": ("evidence/kinds/{id}.yaml", _KIND, r"[a-z0-9]+(?:-[a-z0-9]+)*\.v[1-9][0-9]*"),
    "framework": ("controls/frameworks/{id}/framework.yaml", _FRAMEWORK, r"[a-z0-9]+(?:[.-][a-z0-9]+)*"),
    "requirement": (
        "controls/frameworks/{folder}/{stem}.yaml", _REQUIREMENT, r"[a-z0-9]+(?:[.-][a-z0-9]+)*/[^/\\\"]{1,60}"),
    "policy": ("policies/{id}.yaml", _POLICY, r"[a-z0-9]+(?:[.-][a-z0-9]+)*"),
    "risk": ("controls/risks/{id}.yaml", _RISK, r"[a-z0-9]+(?:[.-][a-z0-9]+)*"),
    "profile": ("controls/profiles/{id}.yaml", _PROFILE, r"[a-z0-9]+(?:[.-][a-z0-9]+)*"),
}  # fmt: skip
"""What can be begun: where it goes, its text, and the form of its id. A requirement is named `framework/number`."""


def skeleton(what: str, name: str) -> tuple[str, bytes]:
    """The path and the bytes of a new file. Raises `UsageError` for what can not be begun, and for an id of another form."""
    from governance.domain.control import Family

    if what not in SHAPES:
        raise UsageError(f"{what!r} is nothing that can be begun", hint=f"One of: {', '.join(SHAPES)}.")
    place, text, form = SHAPES[what]
    folder, _, number = name.rpartition("/")
    nameless = what == "requirement" and file_stem(number) in {"", "framework"}  # the head has that name
    odd = not name.isprintable() or number != number.strip()
    if not re.fullmatch(form, name) or odd or len(folder or name) > 80 or nameless:
        hint = {
            "kind": "Write it with its version, such as opening-hours.v1.",
            "requirement": "Write framework/number, such as house-rules-1/H.1.",
        }.get(what, "Lower-case words joined by hyphens.")
        raise UsageError(f"{name!r} is no id for a {what}", hint=hint)
    shown = number or name
    path = place.format(id=name, folder=folder, stem=file_stem(shown))
    topic = name.replace(".", "-")  # the short name of an attested document has no dots
    return path, text.format(id=shown, topic=topic, families=", ".join(Family)).encode()

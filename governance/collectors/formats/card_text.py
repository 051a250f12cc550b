"""What a card's text says, and where it only pretends to.

A section counts as saying something when words stand directly below its heading that are no fill-in text, no comment
and no sentence that the template itself brought along. Headings are told by words, in English.
"""

from __future__ import annotations

import re
from typing import Any

from governance.domain.base import is_placeholder

# Every pattern here looks at each character a fixed number of times, for a card can be two megabytes of anything.
_HEADING = re.compile(r"#{1,6}[ \t]+(?=[^ \t#])")
_MOST_HEADING = 300
_FENCE = re.compile(r"^(?:```|~~~)")
_FILL_IN = re.compile(
    r"\[?(?:more )?information needed\]?|\[needs more information\]|\bTBD\b|\bTODO\b|\{\{[^{}]*\}\}|\[None\]",
    re.IGNORECASE,
)
_MARK = re.compile(r"\{[^{}]*\}|<[^<>]+>|\[more information needed\]", re.IGNORECASE)
_UNFILLED = re.compile(rb"\{\{[^{}\n]*\}\}|\{[A-Za-z_]\w*\}")
_BROUGHT_ALONG = re.compile(
    r"users should be made aware of the risks, biases and limitations of the dataset\.?( more information needed for "
    r"further recommendations\.?)?|this dataset card aims to be a base template for new datasets\.?( it has been generated "
    r"using \[this raw template\]\([^)]*\)\.?)?",
    re.IGNORECASE,
)
_ABOUT = {
    "provenance": re.compile(r"provenance|source|collect|origin|curation|how .*made|data creation", re.IGNORECASE),
    "personal_data": re.compile(r"personal|sensitive|privacy|\bpii\b", re.IGNORECASE),
    "limitations": re.compile(r"limit|bias|caveat|out[- ]of[- ]scope|known (?:issues|gaps)", re.IGNORECASE),
}
_LABEL = re.compile(r"^\s*(?:[-*+>]\s+)*(?:\*\*[^*]+\*\*:?|[-*>\s]+)?")
"""What stands before the words of a line: marks of a list or a quotation, and a label in bold."""
_LEAST_CHARACTERS = 12
_LEAST_WORDS = 2


def statements(text: str) -> dict[str, bool]:
    """For each topic, whether a section on it really says something."""
    said = dict.fromkeys(_ABOUT, False)
    for heading, below in _sections(text):
        for topic, pattern in _ABOUT.items():
            if not said[topic] and pattern.search(heading) and _says_something(below):
                said[topic] = True
    return said


def sections_count(text: str) -> tuple[int, int]:
    """How many sections say something, and how many hold a template's fill-in text and nothing beside it."""
    saying = filled = 0
    for _, below in _sections(text):
        if _says_something(below):
            saying += 1
        elif _FILL_IN.search(below):
            filled += 1
    return saying, filled


def placeholders_in(text: str) -> int:
    """How many fill-in texts stand in the text, comments left out."""
    return len(_FILL_IN.findall(_without_comments(text)))


def is_mark(value: Any) -> bool:
    """True for a value that a template left: `{license}` (which YAML reads as a mapping), `{{ x }}`, `<name>`."""
    if isinstance(value, dict):
        return len(value) == 1 and next(iter(value.values())) is None
    if isinstance(value, list):
        return bool(value) and all(is_mark(item) for item in value)
    if not isinstance(value, str):
        return False
    opened = value.find("{{")
    return bool(_MARK.fullmatch(value.strip())) or (opened >= 0 and value.find("}}", opened) >= 0)


def marks_in(value: Any, depth: int = 0) -> int:
    """How many marks of a template stand anywhere in a head."""
    if is_mark(value) and not isinstance(value, list):
        return 1
    if depth > 20:
        return 0
    if isinstance(value, dict):
        return sum(marks_in(item, depth + 1) for item in value.values())
    return sum(marks_in(item, depth + 1) for item in value) if isinstance(value, list) else 0


def unfilled_marks(data: bytes) -> int:
    """How many marks of a template stand in the bytes between the two lines of dashes."""
    end = data.find(b"\n---", 3)
    return len(_UNFILLED.findall(data[: end if end > 0 else len(data)]))


def _without_comments(text: str) -> str:
    """The text without `<!-- … -->`; one that is never closed stays."""
    kept: list[str] = []
    place = 0
    while (opened := text.find("<!--", place)) >= 0 and (closed := text.find("-->", opened + 4)) >= 0:
        kept.append(text[place:opened])
        place = closed + 3
    return "".join(kept) + text[place:]


def _sections(text: str) -> list[tuple[str, str]]:
    """Each heading with the text directly below it, up to the next heading of any level."""
    made: list[tuple[str, list[str]]] = []
    fenced = False
    for line in _without_comments(text).splitlines():
        if _FENCE.match(line):
            fenced = not fenced
        heading = None if fenced else _HEADING.match(line)
        if heading:
            made.append((line[heading.end() :].rstrip(" \t#")[:_MOST_HEADING], []))
        elif made:
            made[-1][1].append(line)
    return [(heading, "\n".join(lines)) for heading, lines in made]


def _says_something(below: str) -> bool:
    """True for text of at least two words after fill-ins are taken out; a short "None." counts, "N/A" does not."""
    bare = _FILL_IN.sub("", _BROUGHT_ALONG.sub("", below))
    lines = [_LABEL.sub("", line).strip() for line in bare.splitlines()]
    real = " ".join(line for line in lines if line and not is_placeholder(line))
    return len(real) >= _LEAST_CHARACTERS and len(re.findall(r"[^\W\d_]{2,}", real)) >= _LEAST_WORDS

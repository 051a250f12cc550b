"""A Markdown file with a YAML head, as model cards and data-set cards are written.

The head stands between two lines of `---`; the rest is text for people. This module splits and parses; it does not judge
what the head says. The Hugging Face Hub reads the same form: https://huggingface.co/docs/hub/model-cards
"""

from __future__ import annotations

import re
from typing import Any

from governance.errors import UnreadableError
from governance.parsing import strict_yaml

MAX_HEAD_BYTES = 256 * 1024
_OPEN = rb"\A(?:\xef\xbb\xbf)?---[ \t]*\r?\n"
_OPENED = re.compile(_OPEN)
_HEAD = re.compile(_OPEN + rb"((?:.*?\n)??)---[ \t]*(?:\r?\n|\Z)", re.DOTALL)


def split(data: bytes, *, where: str = "") -> tuple[dict[str, Any], str]:
    """Returns (head, text). A card without a head has an empty one; a broken head raises `UnreadableError`."""
    match = _HEAD.match(data)
    head: Any = {}
    if match:
        # the blank line stands for the opening ---, so that an error names the line of the file
        head = strict_yaml.loads(b"\n" + match[1], where=where, max_bytes=MAX_HEAD_BYTES)
        if head is None:
            head = {}
        if not isinstance(head, dict):
            raise UnreadableError("the head between the --- lines is not a mapping", where=where)
    elif _OPENED.match(data):
        raise UnreadableError("the head opened by --- is never closed", where=where)
    try:
        text = data[match.end() :].decode("utf-8") if match else data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UnreadableError(f"not UTF-8 at byte {error.start}", where=where) from None
    named = {str(key): value for key, value in head.items()}
    if len(named) != len(head):
        raise UnreadableError("two keys of the head are written alike", where=where)
    return named, text

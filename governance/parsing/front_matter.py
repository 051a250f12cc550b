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
_HEAD = re.compile(rb"\A(?:\xef\xbb\xbf)?---[ \t]*\r?\n(.*?)\r?\n---[ \t]*(?:\r?\n|\Z)", re.DOTALL)


def split(data: bytes, *, where: str = "") -> tuple[dict[str, Any], str]:
    """Returns (head, text). A card without a head has an empty one; a broken head raises `UnreadableError`."""
    match = _HEAD.match(data)
    head: Any = {}
    if match:
        head = strict_yaml.loads(match[1], where=where, max_bytes=MAX_HEAD_BYTES)
        if head is None:
            head = {}
        if not isinstance(head, dict):
            raise UnreadableError("the head between the --- lines is not a mapping", where=where)
    elif data.lstrip(b"\xef\xbb\xbf").startswith(b"---\n"):
        raise UnreadableError("the head opened by --- is never closed", where=where)
    try:
        text = data[match.end() :].decode("utf-8") if match else data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UnreadableError(f"not UTF-8 at byte {error.start}", where=where) from None
    return {str(key): value for key, value in head.items()}, text

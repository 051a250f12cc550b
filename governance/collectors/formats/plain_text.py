"""Text from bytes nobody vouches for, decoded the same way for every form that is lines of text."""

from __future__ import annotations

import codecs

from governance.errors import UnreadableError


def decoded(data: bytes) -> str:
    """The text without a byte-order mark. Raises with the line that is not UTF-8, or that holds a zero byte."""
    data = data.removeprefix(codecs.BOM_UTF8)
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        raise UnreadableError(f"line {data.count(10, 0, error.start) + 1} is not UTF-8") from None
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise UnreadableError(f"line {line} holds a zero byte: text with zero bytes was damaged")
    return text

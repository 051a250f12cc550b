"""Making a string harmless: characters nobody can see, Markdown, HTML, and cells that a spreadsheet would run.

Evidence strings come from files of strangers. First every invisible or direction-changing character is written out as
`[U+202E]`, in every format, because a reader signs what he sees. Then the format's own marks are escaped. Nothing
is cut off and nothing is dropped: a justification that was shortened is worth nothing to an auditor.

The Markdown escape follows CommonMark 0.31, section 2.4 (any ASCII punctuation may be escaped by a backslash) and
GitHub's tables and autolinks. It is for text inside a line; a line break becomes a space.
"""

from __future__ import annotations

import re

from markupsafe import Markup

from governance.parsing.showing import visible

_MARKDOWN = re.compile(r"([\\`*{}\[\]|~$]|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9]))")
_LINE_START = re.compile(r"^(\s*)(#(?=#*(?:\s|$))|[+-](?=[\s-]|$)|=(?==*\s*$)|\d{1,9}(?=[.)](?:\s|$)))")
_WWW = re.compile(r"(?i)\bwww\.")
_SCHEME = re.compile(r"(?i)(?<=[a-z0-9])(?=://)|\b(?:mailto|xmpp)(?=:)")
_FORMULA = tuple("=+-@\t\r\n＝＋－＠﹦﹢﹣﹫")


def html(text: str) -> Markup:
    """Text for an HTML element or a quoted attribute."""
    return Markup.escape(visible(text))


def markdown(text: str) -> Markup:
    """Text for one line or one table cell of Markdown: it shows as written, and formats, links or closes nothing."""
    shown = visible(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    shown = _MARKDOWN.sub(r"\\\1", shown)
    shown = _WWW.sub(lambda match: match[0][:-1] + "\\.", shown)
    shown = _SCHEME.sub(lambda match: match[0] + "\\", shown)
    shown = _LINE_START.sub(_escape_start, shown)
    return Markup(shown)  # noqa: S704 - this is the escape


def _escape_start(match: re.Match[str]) -> str:
    """A sign that opens a heading, a list or an underline at the start of a line."""
    mark = match[2]
    return f"{match[1]}&#{ord(mark[0])};{mark[1:]}"


def cell(value: object) -> str:
    """A CSV cell that no spreadsheet runs: numbers as they are, text that starts like a formula behind an apostrophe.

    The apostrophe also goes before text that only starts so after spaces, since importers trim. See OWASP, CSV
    injection.
    """
    if value is None:
        return ""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return repr(value)
    text = visible(str(value), keep="\n\t\r")
    return f"'{text}" if text.startswith(_FORMULA) or text.lstrip().startswith(_FORMULA) else text

"""Words that the Hugging Face Hub takes in the head of a card: ids of licences and repositories, and codes of languages.

What is not among them would be refused or misread there, so it is left out of the head, and the card says so.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from governance.domain.licences import LICENCES
from governance.parsing.showing import visible

if TYPE_CHECKING:
    from collections.abc import Iterable

    from governance.domain.system import System

LICENCE_FILES = ("LICENSE", "LICENSE.md")
"""Files of the repository that `license_link` may name instead of an address."""

_ID = re.compile(r"[A-Za-z0-9][\w.-]{0,95}/[A-Za-z0-9][\w.-]{0,95}", re.ASCII)
_LANGUAGE = re.compile(r"[a-z]{2,3}|multilingual|code")
_LINK = re.compile(r"https?://[!-~]+")
_NOT_IN_NAME = re.compile(r"[^a-z0-9.]+")
_SPDX_ENDING = re.compile(r"-(?:only|or-later)\Z")


def is_id(name: str) -> bool:
    """Whether a name can be that of a model or a data set on the Hub, `owner/name`."""
    return _ID.fullmatch(name) is not None


def languages(codes: Iterable[str]) -> list[str]:
    """Those that are codes of ISO 639, in lower case, or one of the Hub's own two words."""
    return [code.lower() for code in codes if _LANGUAGE.fullmatch(code.lower())]


def licence(system: System, files: Iterable[str] = ()) -> dict[str, object]:
    """`license` with an id of the Hub; else `other` with a name, and the link its owner gives or the licence file among `files`.

    An SPDX id that ends in `-only` or `-or-later` is the Hub's id without it, since the Hub keeps no such difference.
    """
    if system.licence is None:
        return {}
    folded = system.licence.strip().lower()
    known = next((each for each in (folded, _SPDX_ENDING.sub("", folded)) if each in LICENCES), None)
    if known is not None:
        return {"license": known}
    name = _NOT_IN_NAME.sub("-", visible(folded)).strip("-.")[:80].strip("-.") or "see-card"
    link = licence_link(system, files)
    fields: dict[str, object] = {"license": "other", "license_name": name}
    return fields | ({"license_link": link} if link else {})


def licence_link(system: System, files: Iterable[str]) -> str | None:
    """Where the text of the licence stands: the address the owner gives, a licence file of the release, or None."""
    stated = (system.licence_link or "").strip()
    if _LINK.fullmatch(stated) or stated in LICENCE_FILES:
        return stated
    held = set(files)
    return next((name for name in LICENCE_FILES if name in held), None)

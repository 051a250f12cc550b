"""Licences by the ids of the Hugging Face Hub, and what each asks of a work made from the licensed one.

The ids are those of https://huggingface.co/docs/hub/repositories-licenses as of November 2026. What a licence asks is told in five words
only, as far as its own text says it plainly; whether a tuned model is a derived work at all is a question for lawyers, and no table answers
it. A name that covers a family (`cc`, `gpl`, `bsd`) fixes no terms, so nothing is told of it.
"""

from __future__ import annotations

from dataclasses import dataclass

OTHER = "other"
"""The Hub's word for a licence it has no id for; `license_name` and `license_link` say which."""

UNKNOWN = "unknown"

_PERMISSIVE = """
    apache-2.0 mit afl-3.0 artistic-2.0 bsl-1.0 bsd-2-clause bsd-3-clause bsd-3-clause-clear cc0-1.0 cc-by-2.0 cc-by-2.5 cc-by-3.0
    cc-by-4.0 cdla-permissive-1.0 cdla-permissive-2.0 wtfpl ecl-2.0 etalab-2.0 isc ms-pl odc-by openmdw-1.0 openmdw-1.1 postgresql
    ncsa unlicense zlib pddl
"""
_COPYLEFT = "gpl-2.0 gpl-3.0 agpl-3.0 osl-3.0 eupl-1.1 eupl-1.2"
_SHARE_ALIKE = "cc-by-sa-3.0 cc-by-sa-4.0 cdla-sharing-1.0 odbl gfdl"
_PARTLY = "lgpl-2.1 lgpl-3.0 lgpl-lr mpl-2.0 epl-1.0 epl-2.0 lppl-1.3c ofl-1.1 c-uda apple-ascl"
_NO_COMMERCE = """
    cc-by-nc-2.0 cc-by-nc-3.0 cc-by-nc-4.0 h-research intel-research apple-amlr deepfloyd-if-license fair-noncommercial-research-license
"""
_NO_COMMERCE_ALIKE = "cc-by-nc-sa-2.0 cc-by-nc-sa-3.0 cc-by-nc-sa-4.0"
_RESTRICTED = """
    openrail bigscience-openrail-m creativeml-openrail-m bigscience-bloom-rail-1.0 bigcode-openrail-m openrail++ gemma
"""
_NAMED = "llama2 llama3 llama3.1 llama3.2 llama3.3 llama4 grok2-community"
_FAMILIES = "bsd cc gpl lgpl"


@dataclass(frozen=True)
class Terms:
    """What a licence asks, each None where it is not told.

    `commerce`: commercial use is allowed. `changes`: changed works may be passed on. `passes_on`: what a changed work must keep:
    `nothing` beyond notices, `licence` (the same one), `source` (the same, and the source open), `restrictions` (the limits of use stand in
    the terms of the changed work as well).
    """

    commerce: bool | None = None
    changes: bool | None = None
    passes_on: str | None = None


_FREE = Terms(commerce=True, changes=True, passes_on="nothing")
_TERMS: dict[str, Terms] = {
    **dict.fromkeys(_PERMISSIVE.split(), _FREE),
    **dict.fromkeys(_COPYLEFT.split(), Terms(commerce=True, changes=True, passes_on="source")),
    **dict.fromkeys(_SHARE_ALIKE.split(), Terms(commerce=True, changes=True, passes_on="licence")),
    **dict.fromkeys(_PARTLY.split(), Terms(commerce=True, changes=True)),
    **dict.fromkeys(_NO_COMMERCE.split(), Terms(commerce=False, changes=True, passes_on="restrictions")),
    **dict.fromkeys(_NO_COMMERCE_ALIKE.split(), Terms(commerce=False, changes=True, passes_on="licence")),
    **dict.fromkeys(_RESTRICTED.split(), Terms(commerce=True, changes=True, passes_on="restrictions")),
    **dict.fromkeys(_NAMED.split(), Terms(commerce=True, changes=True, passes_on="licence")),
    "cc-by-nd-4.0": Terms(commerce=True, changes=False),
    "cc-by-nc-nd-3.0": Terms(commerce=False, changes=False),
    "cc-by-nc-nd-4.0": Terms(commerce=False, changes=False),
    **dict.fromkeys(_FAMILIES.split(), Terms()),
}

LICENCES = frozenset(_TERMS)
"""Every id of the Hub that names a licence or a family of them; `other` and `unknown` stand beside it."""

FAMILIES = frozenset(_FAMILIES.split())
"""Ids that name a family and leave the version open."""


def terms(licence: str) -> Terms:
    """What the licence of this id asks; everything None for an id that is not known here."""
    return _TERMS.get(licence.strip().lower(), Terms())


def is_id(licence: str) -> bool:
    """Whether the Hub knows this id, `other` and `unknown` included. It writes ids in lower case."""
    return licence in LICENCES or licence in (OTHER, UNKNOWN)


def kin(licence: str) -> str:
    """What the versions of one licence share: `cc-by-nc-sa` of `cc-by-nc-sa-4.0`, `llama` of `llama3.1`, `openrail` of any RAIL."""
    folded = licence.strip().lower()
    if "rail" in folded:
        return "openrail"
    return folded.rstrip("0123456789.+").rstrip("-")

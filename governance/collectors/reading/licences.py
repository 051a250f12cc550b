"""Which licence a text names, as SPDX spells it, and whether it names one definite licence at all.

People and tools write a licence as an id of the Hugging Face Hub (`cc-by-4.0`, `llama3.1`), as an SPDX id or expression
(`MIT OR Apache-2.0`), as a web address, or as its name in words. Each is brought to the SPDX spelling where SPDX has
it. Where it has none (`llama3.1`, `openrail++`) there is no SPDX id and the licence can be definite all the same.

Sources: the Hub's list (https://huggingface.co/docs/hub/repositories-licenses), the SPDX licence list whose version is
`SPDX_LIST` (https://spdx.org/licenses/), and the grammar of expressions in annex B of the SPDX specification 3.0.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from governance.collectors.reading import spdx_list

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

SPDX_LIST = spdx_list.VERSION
MOST_LETTERS = 500
"""Longer texts are no id, no expression and no address."""

_HUB_ONLY = frozenset(
    (
        "apple-amlr", "apple-ascl", "bigcode-openrail-m", "bigscience-bloom-rail-1.0", "bigscience-openrail-m", "c-uda",
        "creativeml-openrail-m", "deepfloyd-if-license", "fair-noncommercial-research-license", "gemma",
        "grok2-community", "h-research", "intel-research", "llama2", "llama3", "llama3.1", "llama3.2", "llama3.3",
        "llama4", "openmdw-1.0", "openmdw-1.1", "openrail++",
    )
)  # fmt: skip
"""Definite texts on the Hub that have no SPDX id. `c-uda` is there without a version, so no SPDX id is put for it."""
_HUB_ALIASES = {"odc-by": "ODC-By-1.0", "odbl": "ODbL-1.0", "pddl": "PDDL-1.0", "lgpl-lr": "LGPLLR"}
"""Spelt otherwise on the Hub. The first three are without a version there, and only one version was ever published."""
_FAMILIES = frozenset({"bsd", "cc", "gfdl", "gpl", "lgpl", "openrail"})
"""Families on the Hub: which of several unlike texts is meant is not said."""
_NONE = frozenset(
    {
        "other", "unknown", "none", "noassertion", "unlicensed", "proprietary", "unspecified", "unclear", "various",
        "no license", "",
    }
)  # fmt: skip

_TOKEN = re.compile(r"\s*(?:([()])|([A-Za-z0-9.:+-]+))")
_REFERENCE = re.compile(r"(?:DocumentRef-[A-Za-z0-9.-]+:)?(?:LicenseRef|AdditionRef)-[A-Za-z0-9.-]+")
_OPERATORS = frozenset({"AND", "OR", "WITH"})
_MOST_DEEP = 20

_CC = re.compile(r"creativecommons\.org/licenses/(by(?:-(?:nc|nd|sa|nc-sa|nc-nd))?)/(\d\.\d)(?:/([a-z]{2,4}))?")
_GNU = re.compile(r"gnu\.org/licenses/(?:old-licenses/)?(a?gpl|lgpl|fdl)-(\d\.\d)")
_LISTED = re.compile(r"(?:choosealicense\.com/licenses|spdx\.org/licenses|opensource\.org/licenses?)/([a-z0-9.+-]+)")
_FIXED = (
    (re.compile(r"apache\.org/licenses/license-2\.0"), "Apache-2.0"),
    (re.compile(r"apache\.org/licenses/license-1\.1"), "Apache-1.1"),
    (re.compile(r"mozilla\.org/(?:[a-z-]{2,6}/)?mpl/2\.0"), "MPL-2.0"),
    (re.compile(r"creativecommons\.org/publicdomain/zero/1\.0"), "CC0-1.0"),
    (re.compile(r"creativecommons\.org/publicdomain/mark/1\.0"), "CC-PDM-1.0"),
    (re.compile(r"opendatacommons\.org/licenses/odbl(?:/1-0|/1\.0)?"), "ODbL-1.0"),
    (re.compile(r"opendatacommons\.org/licenses/by(?:/1-0|/1\.0)?"), "ODC-By-1.0"),
    (re.compile(r"opendatacommons\.org/licenses/pddl(?:/1-0|/1\.0)?"), "PDDL-1.0"),
    (re.compile(r"cdla\.(?:io|dev)/permissive-2-0"), "CDLA-Permissive-2.0"),
    (re.compile(r"cdla\.(?:io|dev)/permissive-1-0"), "CDLA-Permissive-1.0"),
    (re.compile(r"cdla\.(?:io|dev)/sharing-1-0"), "CDLA-Sharing-1.0"),
)
_ADDRESS = re.compile(r"https?://(?:www\.)?([^\s?#]+)", re.IGNORECASE)
_ENDINGS = re.compile(r"/?(?:deed|legalcode)?(?:\.[a-z]{2})?(?:\.(?:html?|json|txt|php))?/?$")

_NAMES = {
    "mit license": "MIT",
    "the mit license": "MIT",
    "apache license 2.0": "Apache-2.0",
    "apache license, version 2.0": "Apache-2.0",
    "apache 2.0": "Apache-2.0",
    "bsd 2-clause license": "BSD-2-Clause",
    "bsd 3-clause license": "BSD-3-Clause",
    "artistic license 2.0": "Artistic-2.0",
    "academic free license v3.0": "AFL-3.0",
    "mozilla public license 2.0": "MPL-2.0",
    "gnu general public license v2.0": "GPL-2.0",
    "gnu general public license v3.0": "GPL-3.0",
    "gnu lesser general public license v2.1": "LGPL-2.1",
    "gnu lesser general public license v3.0": "LGPL-3.0",
    "gnu affero general public license v3.0": "AGPL-3.0",
    "open data commons attribution license": "ODC-By-1.0",
    "open database license": "ODbL-1.0",
    "community data license agreement - permissive": "CDLA-Permissive-1.0",
    "community data license agreement permissive 2.0": "CDLA-Permissive-2.0",
    "the unlicense": "Unlicense",
    "isc license": "ISC",
    "mpl 2.0": "MPL-2.0",
    "epl 1.0": "EPL-1.0",
    "lgpl 2.1": "LGPL-2.1",
    "lgpl 3.0": "LGPL-3.0",
    "odc by 1.0": "ODC-By-1.0",
    "cdla permissive 1.0": "CDLA-Permissive-1.0",
    "cdla permissive 2.0": "CDLA-Permissive-2.0",
    "cdla sharing 1.0": "CDLA-Sharing-1.0",
    "bigscience openrail-m": "bigscience-openrail-m",
    "llama 2": "llama2",
    "meta llama3 community license": "llama3",
    "cc0 1.0": "CC0-1.0",
    "cc0": "CC0-1.0",
}
_CC_NAME = re.compile(r"(?:creative commons )?cc[ -]?(by(?:[ -](?:nc|nd|sa)){0,2})[ -](\d\.\d)(?: license)?")


@dataclass(frozen=True)
class Licence:
    """What a text comes to.

    `known` when it names one definite licence, or a combination of such; `spdx` in the spelling of SPDX, None where SPDX
    has none; `problems` in words.
    """

    known: bool
    spdx: str | None = None
    problems: tuple[str, ...] = ()


def licence_of(text: str) -> Licence:
    """Read one licence: an id, an expression, an address or a name, in any case. Never raises."""
    plain = " ".join(text.split())
    if len(plain) > MOST_LETTERS:
        return Licence(False, None, ("the licence is a long text and not an id",))
    if plain.lower() in _NONE:
        return Licence(False, None, (f"{plain or 'an empty text'} names no licence",))
    single = _single(plain)
    if single is not None:
        return single
    if address := _ADDRESS.fullmatch(plain):
        return _of_address(plain, address[1])
    if named := _NAMES.get(plain.lower()) or _creative_commons(plain.lower()):
        return _single(named) or Licence(False)
    return _of_expression(plain)


def is_known(name: str) -> bool:
    """True when a text, in any case, names one definite licence."""
    return licence_of(name).known


def licence_of_all(names: Sequence[str]) -> Licence:
    """Several licences named side by side, where nobody said whether all of them hold or one may be chosen."""
    read = [licence_of(name) for name in names]
    problems = [problem for each in read for problem in each.problems]
    if len(read) > 1:
        problems.append("several licences are listed, and it is not said whether all hold or one may be chosen")
    return Licence(
        known=bool(read) and all(each.known for each in read),
        spdx=read[0].spdx if len(read) == 1 else None,
        problems=tuple(dict.fromkeys(problems)),
    )


def licence_fields(
    names: Sequence[str], *, title: str | None = None, link: str | None = None, text_is_there: bool = False
) -> dict[str, Any]:
    """The fields of `dataset-manifest.v1` on the licence: `licence`, `spdx`, `spdx_list`, `problems`.

    `names` is what stands where the licence belongs, `title` and `link` what is said beside an id such as `other`;
    `text_is_there` when the link leads to a file beside, which was found. `other` with a name and a text is one definite
    licence, though nobody else knows it.
    """
    names = list({name.lower(): name for name in reversed(names)}.values())[
        ::-1
    ]  # one for each configuration is still one
    read = licence_of_all(names)
    problems = list(read.problems)
    addresses = [name for name in names if _ADDRESS.fullmatch(name.strip())]
    ids = [name for name in names if name not in addresses]
    known, spdx = read.known, read.spdx
    if [name.lower() for name in names] == ["other"]:
        described = licence_of(title) if title else Licence(False)
        known = described.known or (title is not None and link is not None and (text_is_there or is_address(link)))
        spdx = described.spdx if described.known else None
        problems = list(described.problems) if described.known else []
        if not known:
            problems.append("other names no licence, and no name with a text that can be found stands beside it")
    if not names:
        problems.append("no licence is stated")
    return {
        "licence": {
            "id": (", ".join(ids)[:200] or (spdx if addresses else None)) or None,
            "name": title,
            "link": link or (addresses[0] if addresses else None),
            "known": known,
        },
        "spdx": spdx,
        "spdx_list": SPDX_LIST,
        "problems": [problem[:300] for problem in problems[:20]],
    }


def is_address(text: str) -> bool:
    """True for a web address."""
    return bool(_ADDRESS.fullmatch(text.strip()))


def _single(name: str) -> Licence | None:
    """One id, or None where the text is none."""
    lower = name.lower()
    if lower in _FAMILIES:
        return Licence(False, None, (f"{name} names a family of licences and not which one of it",))
    if lower in _HUB_ONLY:
        return Licence(True, None)
    if lower in _HUB_ALIASES:
        return Licence(True, _HUB_ALIASES[lower])
    if lower in spdx_list.LICENCES:
        return Licence(True, spdx_list.LICENCES[lower])
    if lower in spdx_list.WITHDRAWN:
        old = spdx_list.WITHDRAWN[lower]
        new = spdx_list.DEPRECATED[old]
        instead = (
            f"and read as {new}, which is what SPDX puts in its place" if new else "and nothing was put in its place"
        )
        return Licence(True, new, (f"{old} is a withdrawn SPDX id {instead}",))
    if lower.endswith("+") and lower[:-1] in spdx_list.LICENCES:
        return Licence(True, spdx_list.LICENCES[lower[:-1]] + "+")
    return None


def _creative_commons(lower: str) -> str | None:
    """`CC BY-NC 4.0` as an id."""
    match = _CC_NAME.fullmatch(lower)
    return f"CC-{match[1].replace(' ', '-')}-{match[2]}" if match else None


def _of_address(shown: str, place: str) -> Licence:
    """The licence behind an address that can belong to one text only."""
    bare = _ENDINGS.sub("", place.lower())
    for pattern, name in _FIXED:
        if pattern.fullmatch(bare):
            return Licence(True, name)
    if match := _CC.fullmatch(bare):
        name = f"cc-{match[1]}-{match[2]}" + (f"-{match[3]}" if match[3] else "")
        return _single(name) or Licence(True, None, (f"SPDX has no id for the national version at {shown}",))
    if match := _GNU.fullmatch(bare):
        made = _single(f"{'gfdl' if match[1] == 'fdl' else match[1]}-{match[2]}")
    elif match := _LISTED.fullmatch(bare):
        slug = match[1].removesuffix("-license")
        # opensource.org writes apache-2-0 since 2023.
        made = _single(slug) or _single(re.sub(r"(\d)-(\d)$", r"\1.\2", slug))
    else:
        made = None
    return made or Licence(False, None, (f"the address {shown[:150]} is not known to be that of one licence",))


def _of_expression(text: str) -> Licence:
    """`MIT OR (Apache-2.0 WITH LLVM-exception)`; anything that does not follow the grammar names no licence."""
    tokens = list(_tokens(text))
    if len(tokens) == 1 and _REFERENCE.fullmatch(tokens[0]):
        return Licence(False, text, (f"{text} points to a text that does not stand here",))
    expression = _Expression(tokens)
    try:
        made = expression.whole()
    except _NoExpressionError:
        return Licence(False, None, (f"{text[:150]} is no licence that the Hub or SPDX lists",))
    return Licence(expression.known, made if expression.spelt else None, tuple(dict.fromkeys(expression.problems)))


def _tokens(text: str) -> Iterator[str]:
    """Brackets and words; "?" for anything else, and then nothing more."""
    place = 0
    while place < len(text):
        match = _TOKEN.match(text, place)
        if match is None:
            yield "?"
            return
        yield match[1] or match[2]
        place = match.end()


class _NoExpressionError(Exception):
    """The text does not follow the grammar."""


class _Expression:
    """One reading of the tokens of an expression, in the spelling of SPDX.

    `known` while every licence in it is a definite one, `spelt` while SPDX has an id for each.
    """

    def __init__(self, tokens: list[str]) -> None:
        self.tokens = tokens
        self.place = 0
        self.known = True
        self.spelt = True
        self.problems: list[str] = []

    def whole(self) -> str:
        """The expression; raises where something is left over, and for a single word."""
        made = self._alternatives(0)
        if self.place < len(self.tokens) or len(self.tokens) == 1:
            raise _NoExpressionError
        return made

    def _alternatives(self, depth: int) -> str:
        """`a OR b`: OR binds less than AND."""
        made = self._together(depth)
        while self._took("OR"):
            made += f" OR {self._together(depth)}"
        return made

    def _together(self, depth: int) -> str:
        made = self._term(depth)
        while self._took("AND"):
            made += f" AND {self._term(depth)}"
        return made

    def _term(self, depth: int) -> str:
        if depth > _MOST_DEEP:
            raise _NoExpressionError
        if self._took("("):
            made = f"({self._alternatives(depth + 1)})"
            if not self._took(")"):
                raise _NoExpressionError
            return made
        made = self._licence(self._word())
        return f"{made} WITH {self._exception(self._word())}" if self._took("WITH") else made

    def _took(self, word: str) -> bool:
        """Step over one token where it is this one."""
        found = self.place < len(self.tokens) and self.tokens[self.place].upper() == word
        self.place += found
        return found

    def _word(self) -> str:
        word = self.tokens[self.place] if self.place < len(self.tokens) else "?"
        if word in "()?" or word.upper() in _OPERATORS:
            raise _NoExpressionError
        self.place += 1
        return word

    def _licence(self, token: str) -> str:
        if _REFERENCE.fullmatch(token):
            self._unknown(f"{token} points to a text that does not stand here")
            return token
        single = None if token.lower() in _NONE else _single(token)
        if single is None:
            # "and" and "or" between plain words make a sentence; a digit or a hyphen makes an id that nobody lists.
            if not re.search(r"[\d-]", token):
                raise _NoExpressionError
            single = Licence(False, None, (f"{token} is no licence that the Hub or SPDX lists",))
        self.problems += single.problems
        self.known &= single.known
        self.spelt &= single.spdx is not None
        return single.spdx or token

    def _exception(self, token: str) -> str:
        name = spdx_list.EXCEPTIONS.get(token.lower())
        if name is None:
            self._unknown(f"{token} is no exception that SPDX lists")
            self.spelt = False
        return name or token

    def _unknown(self, why: str) -> None:
        self.problems.append(why)
        self.known = False

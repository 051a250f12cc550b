"""Secrets and personal data in what is copied, taken out and counted before anything is kept.

Tools write tokens, passwords, e-mail addresses and home folders into settings, arguments and addresses. Collectors copy
named fields only, and whatever of this sort stands in them even so is replaced by `[redacted]`; the count stays with the
evidence. The file itself is never kept, only its digest.

Told are: tokens of well-known forms (those of model hubs and services, of code hosts, clouds, registries and messengers, and
JSON web tokens), private keys, values of what is named password, secret, token or key, user and password in an address,
signed query parts, e-mail addresses and the user's name in a home folder. The paths of the files count as copied too. A
secret of no known form under an innocent name is not told; that is why fields are named one by one.

What people write by hand keeps the personal data that they put there on purpose; secrets are taken out of it too.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from governance.collectors.reading.answers import Found, Look, NotRead
    from governance.domain.evidence import Source

Answer = TypeVar("Answer", "NotRead", "Look")
"""What is told of a file that gave nothing, or of who looked at it."""
MARK = "[redacted]"
_SHORTEST = 5
_DIGEST = 71
_LONGEST = 100_000
"""Characters that are looked through of a text of which only the beginning is kept."""
_ROOM = 60
"""Characters that every field of text has room for."""

_TOKENS = r"""(?-i:
    \b (?:hf_|hf_oauth_|api_org_)[A-Za-z0-9]{20,}     # Hugging Face
  | \b gh[pousr]_[A-Za-z0-9]{20,} | \b github_pat_\w{20,} | \b gl(?:pat|rt|dt|ft|oas|soat|imt|agent|cbt|ptt)-[\w-]{16,}
  | \b sk-(?=[\w-]{0,99}\d)[\w-]{16,}                      # OpenAI, Anthropic and others that took the form over
  | \b (?:gsk_|r8_|pplx-|xai-|nvapi-|tgp_v1_|wandb_v1_|lsv2_[a-z]{2}_|KGAT_|fw_|ABSK)(?=[\w-]{0,99}\d)[\w-]{20,}
  | \b (?:AKIA|ASIA)[0-9A-Z]{16}\b                    # AWS key ids
  | \b AIza[\w-]{30,} | \b ya29\.[\w-]{20,} | \b GOCSPX-[\w-]{20,}                     # Google
  | \b (?:xox[abeoprs]|xapp)-[\w-]{10,} | (?<=//hooks\.slack\.com/services/)[\w/]{20,} # Slack
  | (?<=/api/webhooks/)\d{15,22}/[\w-]{30,} | \b \d{8,10}:AA[\w-]{30,36}\b             # Discord, Telegram
  | \b npm_[A-Za-z0-9]{30,} | \b pypi-[\w-]{40,} | \b dapi[0-9a-f]{32}\b | \b dckr_pat_[\w-]{20,}
  | \b [sr]k_(?:live|test)_[A-Za-z0-9]{16,} | \b SG\.[\w-]{16,}\.[\w-]{30,} | \b (?:SK|key-)[0-9a-f]{32}\b
  | \b hv[sb]\.[\w-]{24,} | \b dp\.[a-z]{2,5}\.[A-Za-z0-9]{30,} | \b do[opr]_v1_[0-9a-f]{40,}
  | \b AT(?:ATT3|CTT3|BB)[\w=-]{20,} | \b shp(?:at|ca|pa|ss)_[0-9a-fA-F]{32} | \b sq0[a-z]{3}-[\w-]{20,}
  | \b (?:lin_api_|ntn_|figd_|sbp_)[\w-]{30,} | \b secret_[A-Za-z0-9]{43}\b | \b AGE-SECRET-KEY-1[0-9A-Z]{50,}
  | \b eyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*                # JSON web tokens
  | -----BEGIN\ (?P<sort>[A-Z\ ]*PRIVATE\ KEY(?:\ BLOCK)?)-----(?s:.*?-----END\ (?P=sort)-----|.*)
)"""
_NAME = r"""(?:[A-Za-z0-9]{1,40}[_-]){0,8}(?:api[_-]?key|access[_-]?key|private[_-]?key|account[_-]?key|secret(?:[_-]?key)?|passw(?:or)?d
    |(?:api|access|auth|hub|hf|id|bot|job|bearer|refresh|session|github|gitlab)[_-]?token|passphrase|pwd|credentials?)"""
_NAMED = rf"""
    (?P<name> \b{_NAME}\\?["']?\s*[=:]\s*\\?["']?
      | (?-i:\b(?:[A-Z0-9]{{1,40}}_){{0,8}}(?:TOKEN|KEY|SECRET|PASS))=(?=[^\s"']{{0,99}}[^\W\d_])(?=[^\s"',;&<>\[\]{{}}]{{8}})
      | \btoken\\?["']?\s*[=:]\s*\\?["']?(?=[\w.-]{{0,99}}\d)(?=[\w.-]{{0,99}}[A-Za-z])(?=[\w.-]{{16}})
      | (?:^|(?<=\s))--(?:{_NAME}|token)\s+
      | \bBearer\s+ | \bAuthorization:\s*(?:Basic|Bearer|Token)\s+ | \b(?:Set-)?Cookie:\s*[^\s=;]{{1,100}}=
      | \blogin\s+\S{{1,100}}\s+password\s+ | \b(?:Shared)?(?:Account|Access)Key=
      | (?:[?&]|\b)X-(?:Amz-(?:Signature|Credential|Security-Token)|Goog-Signature)=
      | [?&](?:sig|signature|token|key|code)= )
    (?P<value> [^\s"',;&<>\[\]{{}}\\]{{4,}})
"""
_SECRET = re.compile(f"(?P<token>{_TOKENS})|{_NAMED}", re.VERBOSE | re.IGNORECASE)
_NAMES_A_SECRET = re.compile(_NAME, re.VERBOSE | re.IGNORECASE)
_USERINFO = re.compile(r"(?<=://)(?!git@)(?:[^/\s\"'<>?#]{1,200})@(?!sha256:)")
_MAIL = re.compile(r"(?<![\w.%+-])(?!git@)[\w.+-][\w.%+-]{0,63}(?:@|(?<=\w)%40)(?:[\w-]{1,63}\.){1,8}[^\W\d_]{2,24}\b")
_UNDER_DIGITS = frozenset({"com", "net", "org", "cn", "de", "ru", "fr", "it", "io", "eu", "info"})
_HOME = re.compile(
    r"(?P<address>\bhttps?://[^\s\"'<>]*)"
    r"|(?P<above>(?:^|(?<=[\s\"'=:,;(\[{<>|`]))(?://)?"
    r"(?:(?:/(?:export|nfs|net|var|gpfs|lustre|cluster|shared|mnt(?:/[a-z])?))?/(?:home|Users|users)/(?:home/)?|/root/home/"
    r"|(?:[A-Za-z]:|[\\/]{2,4}[\w.-]{1,60})[\\/]+Users[\\/]+|~(?=[A-Za-z_][\w.-]{0,31}/)))"
    r"(?P<person>[^/\\\s\"',;:|)\]}>]{1,100}(?:\ [^/\\\s\"',;:|)\]}>]{1,40}(?=\\))?)"
)
_TRIGGERS = (
    "@", "%40", "://", "~", "hf_", "ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat", "glpat-", "glrt-", "gldt-",
    "glft-", "gloas-", "glsoat-", "glimt-", "glagent-", "glcbt-", "glptt-", "gsk_", "r8_", "pplx-", "xai-", "nvapi-",
    "_v1_", "lsv2_", "kgat_", "fw_", "absk", "akia", "asia", "aiza", "ya29", "gocspx", "xox", "xapp", "/webhooks/",
    ":aa", "npm_", "api_org", "pypi-", "dapi", "dckr_", "sg.", "hvs.", "hvb.", "dp.", "atatt3", "atctt3", "atbb",
    "shpat_", "shpca_", "shppa_", "shpss_", "sq0", "lin_api", "ntn_", "figd_", "sbp_", "eyj", "key", "secret",
    "token", "pass", "pwd", "credential", "bearer", "authorization", "cookie", "signature", "sig=", "code=", "/home/",
    "/users/", "\\users",
)  # fmt: skip
"""Something of this stands in every secret and personal datum. Plain words, because a search for each is far quicker than for a pattern."""
_SHORT_ONES = re.compile(r"(?<![a-z0-9])(?:[sr]k[-_]|sk[0-9a-f]{32})")


@dataclass
class _Count:
    """How many were taken out so far."""

    taken: int = 0


def redacted(found: Found, *, by_hand: bool) -> Found:
    """The same fact without secrets and, unless a person wrote it by hand, without personal data; with their count."""
    count = _Count()
    body = found.body
    if _begins_one(json.dumps(body, ensure_ascii=False)):
        body = _walk(body, count, personal=not by_hand)
    name = _text(found.subject.name, count, personal=not by_hand)
    reasons = tuple(_text(reason, count, personal=True) for reason in found.quality_reasons)
    conflicts = tuple(_text(conflict, count, personal=True) for conflict in found.conflicts)
    path = _text(found.path, count, personal=not by_hand)
    sources = tuple(_path_of(source, count, personal=not by_hand) for source in found.sources)
    bound_by = found.subject.bound_by and _text(found.subject.bound_by, count, personal=not by_hand)
    if not count.taken:
        return found
    return replace(
        found,
        body=body,
        subject=found.subject.model_copy(update={"name": name[:500], "bound_by": bound_by}),
        quality_reasons=reasons,
        conflicts=conflicts,
        path=path,
        sources=sources,
        redacted=found.redacted + count.taken,
    )


def said(answer: Answer) -> Answer:
    """The same answer without secrets in its path, and without secrets and personal data in its reason."""
    path, reason = text(answer.path, personal=False), text(answer.reason)
    return answer if (path, reason) == (answer.path, answer.reason) else replace(answer, path=path, reason=reason)


def text(value: str, *, personal: bool = True) -> str:
    """One text without secrets and personal data."""
    return _text(value, _Count(), personal=personal)


def cut(value: str, most: int) -> str:
    """The first characters of one text, without secrets and personal data: a secret that is cut in two is no longer told for one."""
    return text(value[:_LONGEST])[:most]


def value(said: Any, *, personal: bool = True) -> tuple[Any, int]:
    """Any value of JSON without secrets and personal data, and how many were taken out."""
    count = _Count()
    return _walk(said, count, personal=personal), count.taken


def _path_of(source: Source, count: _Count, *, personal: bool) -> Source:
    before = _Count()
    path = _text(source.path, before, personal=personal)
    count.taken += before.taken
    return source.model_copy(update={"path": path[:1000]}) if before.taken else source


def _walk(value: Any, count: _Count, *, personal: bool) -> Any:
    if isinstance(value, str):
        return _text(value, count, personal=personal)
    if isinstance(value, list):
        return [_walk(item, count, personal=personal) for item in value]
    if isinstance(value, dict):
        made: dict[str, Any] = {}
        for key, item in value.items():
            name = _text(key, count, personal=personal)
            while name in made:
                name += "'"
            named = _NAMES_A_SECRET.fullmatch(key) is not None
            made[name] = _blank(item, count, personal=personal) if named else _walk(item, count, personal=personal)
        return made
    return value


def _blank(value: Any, count: _Count, *, personal: bool) -> Any:
    """What stands under the name of a secret, with every text in it taken out."""
    if isinstance(value, str):
        if _is_no_value(value):
            return value
        count.taken += value != MARK
        return MARK
    if isinstance(value, list):
        return [_blank(item, count, personal=personal) for item in value]
    if isinstance(value, dict):
        return {
            _text(key, count, personal=personal): _blank(item, count, personal=personal) for key, item in value.items()
        }
    return value


def _text(value: str, count: _Count, *, personal: bool) -> str:
    if len(value) < _SHORTEST or (len(value) == _DIGEST and value.startswith("sha256:")) or not _may_hold(value):
        return value
    length = len(value)

    def secret(match: re.Match[str]) -> str:
        if match["value"] is not None and (match["value"].startswith(MARK) or _is_no_value(match["value"])):
            return match[0]
        count.taken += 1
        return MARK if match["token"] is not None else match["name"] + MARK

    def plain(match: re.Match[str]) -> str:
        count.taken += 1
        return MARK + "@" if match.re is _USERINFO else MARK

    def home(match: re.Match[str]) -> str:
        if match["address"] is not None or match["person"] == MARK:
            return match[0]
        count.taken += 1
        return match["above"] + MARK

    value = _SECRET.sub(secret, value)
    value = _USERINFO.sub(plain, value)
    if personal:
        value = _MAIL.sub(lambda match: match[0] if _is_cut_off(match[0]) else plain(match), value)
        value = _HOME.sub(home, value)
    # A mark is longer than some of what it stands for, and fields have a longest text.
    return value[: max(length, _ROOM)]


@lru_cache(maxsize=16_384)
def _may_hold(value: str) -> bool:
    """Whether anything in a text could begin one; the names of fields come again and again."""
    return _begins_one(value)


def _begins_one(value: str) -> bool:
    low = value.lower()
    return any(word in low for word in _TRIGGERS) or _SHORT_ONES.search(low) is not None


def _is_no_value(value: str) -> bool:
    """True for what stands where a secret would and is none: a mark that the tool put there, or no value at all."""
    return value.lower().strip("<>*") in {"", "none", "null", "true", "false"} or set(value) <= {"*", "x", "X"}


def _is_cut_off(said: str) -> bool:
    """True for a measure with its cut-off, such as `recall@10.all`: digits and a word that ends no address on the internet."""
    first, *_, last = said.replace("%40", "@").rpartition("@")[2].split(".")
    return first.isdigit() and last.lower() not in _UNDER_DIGITS

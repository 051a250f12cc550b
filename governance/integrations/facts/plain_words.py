"""Which words of a command or of the environment may be written down as they are.

Numbers, switches, and names and paths that look like names: everything else is withheld. A password that is an ordinary
word looks like a name; so what stands after an option that is called after a secret is withheld whatever it looks like,
and so is what stands after no option at all.
"""

from __future__ import annotations

import re

from governance.collectors.reading import redaction

WITHHELD = "[withheld]"
LONGEST = 200
_NUMBER = re.compile(r"[+-]?(?:\d{1,18}(?:\.\d{0,18})?|\.\d{1,18})(?:[eE][+-]?\d{1,4})?%?")
_SMALL = re.compile(r"[0-9]{1,6}")
_CARD = re.compile(r"(?:GPU|MIG)-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}(?:,(?:GPU|MIG)-[0-9a-f-]{36})*")
_NAME = re.compile(r"(?:[a-z0-9]{1,10}://)?[\w./~+:,=-]+(?:@\d{1,4})?", re.ASCII)
_STORES = ("s3", "gs", "az", "abfs", "hf", "hdfs", "file")
_PIECES = re.compile(r"[^A-Za-z0-9]+")
_RUNS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+")
_DIGEST = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_HEX = re.compile(r"(?=.*\d)(?=.*[a-f])[0-9a-f]+|(?=.*\d)(?=.*[A-F])[0-9A-F]+")
_WORDS_OF_A_SECRET = frozenset(
    {
        "apikey", "auth", "authorization", "authtoken", "bearer", "cert", "connection", "cookie", "cookies", "cred", "credential",
        "credentials", "creds", "dsn", "header", "headers", "hash", "jwt", "key", "keys", "login", "otp", "p", "pass", "passcode",
        "passphrase", "passwd", "password", "pat", "pin", "pw", "pwd", "salt", "sas", "secret", "secrets", "sig", "signature", "token",
        "tok", "user", "username", "webhook",
    }
)  # fmt: skip
_WHOSE_NUMBERS_ARE_NONE = frozenset(
    {"key", "keys", "token", "header", "headers", "hash", "connection", "user", "login"}
)
"""Words of a secret that often name a small number too, such as `pad_token_id` or `num_key_value_heads`."""
_OF_A_REVISION = frozenset({"revision", "commit", "digest", "sha", "sha256", "checksum"})


def shown(value: str, name: str = "") -> str:
    """The value as it may be written down: itself, or `[withheld]`."""
    return value if is_plain(value, name) else WITHHELD


def is_plain(value: str, name: str = "") -> bool:
    """Whether a value may be written down as it is; `name` is that of the option or variable that it belongs to."""
    number = _NUMBER.fullmatch(value) is not None
    secret = words(name) & _WORDS_OF_A_SECRET
    if secret and not (secret <= _WHOSE_NUMBERS_ARE_NONE and _SMALL.fullmatch(value)):
        return False
    if number:
        return True
    if len(value) > LONGEST or redaction.text(value, personal=False) != value:
        return False
    if _CARD.fullmatch(value) or (words(name) & _OF_A_REVISION and _DIGEST.fullmatch(value.removeprefix("sha256:"))):
        return True
    if not _NAME.fullmatch(value):
        return False
    scheme, found, _ = value.partition("://")
    if found and scheme not in _STORES:
        return False
    # A digest is a folder of many caches of models; alone it may as well be a key.
    in_a_path = "/" in value
    return not any(
        _looks_drawn(piece) and not (in_a_path and _DIGEST.fullmatch(piece)) for piece in _PIECES.split(value)
    )


def words(name: str) -> set[str]:
    """The words that a name is put together from, in small letters: `--hubToken`, `HUB_TOKEN` and `hub-token` are hub and token."""
    return {word.lower() for piece in _PIECES.split(name) for word in _RUNS.findall(piece)} | {
        piece.lower() for piece in _PIECES.split(name) if piece
    }


def _looks_drawn(piece: str) -> bool:
    """Whether letters and digits look drawn by lot: many short runs of small letters, capitals and digits."""
    length, runs = len(piece), _RUNS.findall(piece)
    if length < 10 or piece.isdigit():
        return length > 24
    if length >= 20 and _HEX.fullmatch(piece):
        return True
    digits = sum(each.isdigit() for each in piece)
    usual = 4.0 if length >= 20 and digits >= 3 else 2.6
    return length / max(1, len(runs)) < usual or length > 60

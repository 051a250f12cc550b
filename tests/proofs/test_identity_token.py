"""Identity tokens: accepted for the pinned key, the issuer, the audience and the moment, and for nothing else."""

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa, utils
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from governance.errors import UnreadableError
from governance.proofs import ed25519
from governance.proofs.identity_token import MAX_KEYS, TokenError, require_keys, verify_token

ISSUER = "https://token.actions.githubusercontent.com"
AUDIENCE = "governance-evidence:sha256:" + "ab" * 32
SUBJECT = "repo:octo-org/octo-repo:ref:refs/heads/main"
NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
SECONDS = int(NOW.timestamp())

RSA = rsa.generate_private_key(65537, 2048)
P256, P384 = ec.derive_private_key(11, ec.SECP256R1()), ec.derive_private_key(12, ec.SECP384R1())
ED = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))


def b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def number(value: int, width: int | None = None) -> str:
    return b64(value.to_bytes(width or (value.bit_length() + 7) // 8, "big"))


def ec_jwk(key: ec.EllipticCurvePrivateKey, crv: str, width: int) -> dict:
    point = key.public_key().public_numbers()
    return {"kty": "EC", "crv": crv, "x": number(point.x, width), "y": number(point.y, width)}


RSA_NUMBERS = RSA.public_key().public_numbers()
JWKS = {
    "keys": [
        {"kid": "rsa", "kty": "RSA", "alg": "RS256", "use": "sig", "n": number(RSA_NUMBERS.n), "e": "AQAB", "x5t": "x"},
        {"kid": "p256", "alg": "ES256", **ec_jwk(P256, "P-256", 32)},
        {"kid": "p384", **ec_jwk(P384, "P-384", 48)},
        {"kid": "ed", "kty": "OKP", "crv": "Ed25519", "x": b64(ed25519.raw(ED)), "key_ops": ["verify"]},
        {"kid": "hmac-kind", "kty": "oct"},
        {"kid": "rs512", "kty": "RSA", "alg": "RS512", "n": number(RSA_NUMBERS.n), "e": "AQAB"},
        {"kid": "enc", "kty": "RSA", "use": "enc", "n": number(RSA_NUMBERS.n), "e": "AQAB"},
    ]
}
ALGORITHMS = {"rsa": "RS256", "p256": "ES256", "p384": "ES384", "ed": "EdDSA"}

CLAIMS = {
    "iss": ISSUER, "sub": SUBJECT, "aud": AUDIENCE, "iat": SECONDS - 10, "nbf": SECONDS - 10, "exp": SECONDS + 300,
    "repository": "octo-org/octo-repo", "ref": "refs/heads/main", "sha": "e" * 40, "run_id": "77", "actor": "octocat",
    "job_workflow_ref": "octo-org/octo-repo/.github/workflows/train.yml@refs/heads/main", "jti": "x",
}  # fmt: skip


def sign(kid: str, message: bytes) -> bytes:
    if kid in ("rsa", "rs512", "enc"):
        return RSA.sign(message, padding.PKCS1v15(), hashes.SHA256())
    if kid == "ed":
        return ED.sign(message)
    key, width, digest = (P256, 32, hashes.SHA256()) if kid == "p256" else (P384, 48, hashes.SHA384())
    r, s = utils.decode_dss_signature(key.sign(message, ec.ECDSA(digest)))
    return r.to_bytes(width, "big") + s.to_bytes(width, "big")


def token(kid: str = "ed", *, header: dict | None = None, body: bytes | None = None, **claims) -> str:
    head = {"typ": "JWT", "alg": ALGORITHMS.get(kid, "RS256"), "kid": kid} if header is None else header
    said = {name: value for name, value in {**CLAIMS, **claims}.items() if value is not None}
    first = f"{b64(json.dumps(head).encode())}.{b64(json.dumps(said).encode() if body is None else body)}"
    return f"{first}.{b64(sign(kid, first.encode()))}"


def taken(text: str, jwks: dict = JWKS, **expected):
    wanted = {"issuer": ISSUER, "audience": AUDIENCE, "moment": NOW, "subject": SUBJECT, **expected}
    return verify_token(text, jwks, **wanted)


@pytest.mark.parametrize("kid", ALGORITHMS)
def test_a_token_of_each_kind_of_key_is_accepted_and_says_which_run_it_was(kid):
    claims = taken(token(kid))
    assert (claims.issuer, claims.subject, claims.audience, claims.kid) == (ISSUER, SUBJECT, AUDIENCE, kid)
    assert list(claims.identity) == ["repository", "job_workflow_ref", "ref", "sha", "actor", "run_id"]
    assert claims.identity["run_id"] == "77"
    assert claims.all == CLAIMS


def test_an_audience_may_stand_in_a_list_of_one():
    assert taken(token(aud=[AUDIENCE])).audience == AUDIENCE
    assert taken(token(), subject=None).subject == SUBJECT


@pytest.mark.parametrize(
    ("claims", "why"),
    [
        ({"iss": ISSUER + "/"}, "issued by"),
        ({"iss": None}, "issued by"),
        ({"aud": "sigstore"}, "another audience"),
        ({"aud": AUDIENCE.upper()}, "another audience"),
        ({"aud": [AUDIENCE, "sigstore"]}, "another audience"),
        ({"aud": []}, "another audience"),
        ({"aud": None}, "another audience"),
        ({"sub": SUBJECT + "x"}, "for the subject"),
        ({"sub": ""}, "no subject"),
        ({"sub": None}, "no subject"),
        ({"sub": 5}, "no subject"),
        ({"exp": SECONDS}, "expired"),
        ({"exp": SECONDS - 1}, "expired"),
        ({"exp": None}, "no time"),
        ({"exp": True}, "no time"),
        ({"exp": str(SECONDS + 9)}, "no time"),
        ({"exp": 10**30}, "no time"),
        ({"iat": None}, "no time"),
        ({"iat": SECONDS + 61}, "before it was valid"),
        ({"nbf": SECONDS + 61}, "before it was valid"),
        ({"nbf": "x"}, "no time"),
        ({"nbf": -5}, "no time"),
    ],
)
def test_a_claim_that_does_not_fit_is_refused_with_the_reason(claims, why):
    with pytest.raises(TokenError, match=why):
        taken(token(**claims))


def test_the_moment_is_the_callers():
    text = token()
    assert taken(text, moment=NOW + timedelta(seconds=299)).kid == "ed"
    assert taken(text, moment=NOW - timedelta(seconds=70)).kid == "ed"
    for moment in (NOW + timedelta(seconds=300), NOW - timedelta(seconds=71), NOW + timedelta(days=3650)):
        with pytest.raises(TokenError):
            taken(text, moment=moment)
    with pytest.raises(ValueError, match="time zone"):
        taken(text, moment=datetime(2026, 11, 25))


@pytest.mark.parametrize(("name", "value"), [("issuer", ""), ("audience", "")])
def test_a_token_for_anybody_proves_nothing(name, value):
    with pytest.raises(TokenError, match="anybody"):
        taken(token(), **{name: value})


def unsigned(alg: str) -> str:
    first = f"{b64(json.dumps({'typ': 'JWT', 'alg': alg, 'kid': 'ed'}).encode())}.{b64(json.dumps(CLAIMS).encode())}"
    return first + "."


def by_hmac(kid: str, secret: bytes) -> str:
    first = f"{b64(json.dumps({'alg': 'HS256', 'kid': kid}).encode())}.{b64(json.dumps(CLAIMS).encode())}"
    return f"{first}.{b64(hmac.new(secret, first.encode(), hashlib.sha256).digest())}"


TOKEN = token()
PEM = RSA.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
OTHER_KID = {"typ": "JWT", "alg": "EdDSA", "kid": "unknown"}


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (unsigned("none"), "signed as 'none'"),
        (unsigned("EdDSA"), "not base64url"),
        (by_hmac("rsa", PEM), "signed as 'HS256'"),
        (by_hmac("hmac-kind", b"secret"), "of no kind"),
        (token("rsa", header={"alg": "ES256", "kid": "rsa"}), "signed as 'ES256'"),
        (token("rsa", header={"alg": "PS256", "kid": "rsa"}), "signed as 'PS256'"),
        (token("p256", header={"alg": "ES256", "kid": "p384"}), "signed as 'ES256'"),
        (token("p256", header={"alg": "ES384", "kid": "p384"}), "not the pinned key's"),
        (token("ed", header={"alg": "eddsa", "kid": "ed"}), "signed as 'eddsa'"),
        (token("rs512"), "of no kind"),
        (token("enc"), "of no kind"),
        (token("ed", header=OTHER_KID), "no key 'unknown'"),
        (token("ed", header={"alg": "EdDSA"}), "names no key"),
        (token("ed", header={"kid": "ed"}), "names no key or no algorithm"),
        (token("ed", header={"alg": "EdDSA", "kid": ["ed"]}), "names no key"),
        (token("ed", header={"alg": "EdDSA", "kid": "ed", "crit": ["exp"]}), "extension"),
        (token("ed", header={"alg": "EdDSA", "kid": "ed", "b64": False}), "extension"),
        (token("ed", header={"alg": "EdDSA", "kid": "ed", "typ": "at+jwt"}), "of type"),
        (token("ed", body=b'{"iss":"a","iss":"b"}'), "twice"),
        (token("ed", body=json.dumps(CLAIMS)[:-1].encode() + b',"aud":"x"}'), "twice"),
        (token("ed", body=b"[]"), "no object"),
        (token("ed", body=b"{"), "not JSON"),
        (token("ed", body=b'{"exp":NaN}'), "not JSON"),
        (token("ed", body=b"\xff"), "not UTF-8"),
        (token() + ".x", "three parts"),
        (token().rsplit(".", 1)[0], "three parts"),
        (token() + "=", "not base64url"),
        (token() + "\n", "not base64url"),
        ("..", "not base64url"),
        ("", "three parts"),
        ("a" * 40000 + "..", "three parts"),
        (TOKEN[:60] + "\x80" + TOKEN[61:], "three parts"),
    ],
)
def test_another_token_is_refused_with_the_reason(text, why):
    with pytest.raises(TokenError, match=why):
        taken(text)


def test_a_second_spelling_of_the_signature_is_refused():
    text = token()
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    second = text[:-1] + alphabet[alphabet.index(text[-1]) + 1]
    assert base64.urlsafe_b64decode(second[-86:] + "==") == base64.urlsafe_b64decode(text[-86:] + "==")
    with pytest.raises(TokenError, match="second spelling"):
        taken(second)


def test_a_key_that_the_token_brings_along_counts_for_nothing():
    other = Ed25519PrivateKey.from_private_bytes(bytes(range(1, 33)))
    jwk = {"kty": "OKP", "crv": "Ed25519", "x": b64(ed25519.raw(other))}
    header = {"alg": "EdDSA", "kid": "ed", "jwk": jwk, "jku": "https://evil.example", "x5u": "https://evil.example"}
    first = token("ed", header=header).rsplit(".", 1)[0]
    with pytest.raises(TokenError, match="not the pinned key's"):
        taken(f"{first}.{b64(other.sign(first.encode()))}")


def test_one_key_id_twice_in_the_set_is_no_key():
    twice = {"keys": [*JWKS["keys"], JWKS["keys"][3]]}
    with pytest.raises(TokenError, match="more than one"):
        taken(token(), twice)
    with pytest.raises(TokenError, match="twice"):
        require_keys(twice, where="roster")


def test_a_key_set_that_can_verify_is_accepted():
    require_keys(JWKS)


NEUTRAL = b64((1).to_bytes(32, "little"))
OFF = {**ec_jwk(P256, "P-256", 32), "kid": "k", "y": number(P256.public_key().public_numbers().y ^ 1, 32)}


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ({"kty": "OKP", "crv": "Ed25519", "x": NEUTRAL}, "weak"),
        ({"kty": "OKP", "crv": "Ed25519", "x": b64(bytes(31))}, "32 bytes"),
        ({"kty": "OKP", "crv": "Ed25519"}, "not base64url"),
        ({"kty": "OKP", "crv": "X25519", "x": b64(bytes(32))}, "no key that can verify"),
        ({"kty": "OKP", "crv": ["Ed25519"]}, "no key that can verify"),
        (OFF, "no point"),
        ({"kty": "EC", "crv": "P-256", "x": number(5), "y": number(6)}, "coordinates"),
        ({"kty": "EC", "crv": "secp256k1", "x": number(5, 32), "y": number(6, 32)}, "no key that can verify"),
        ({"kty": "RSA", "n": number((1 << 2046) + 1), "e": "AQAB"}, "2048 bits"),
        ({"kty": "RSA", "n": number((1 << 2047) + 1), "e": "Aw"}, "exponent"),
        ({"kty": "RSA", "n": number((1 << 2047) + 1), "e": "AQAC"}, "exponent"),
        ({"kty": "oct", "k": "AAAA"}, "private"),
        ({"kty": "OKP", "crv": "Ed25519", "x": b64(ed25519.raw(ED)), "d": "AAAA"}, "private"),
        ({"kty": "oct"}, "no key that can verify"),
        ({**JWKS["keys"][3], "key_ops": 5}, "no key that can verify"),
        ({**JWKS["keys"][3], "key_ops": ["sign"]}, "no key that can verify"),
        ({**JWKS["keys"][3], "alg": "ES256"}, "no key that can verify"),
    ],
)
def test_a_key_set_that_can_not_be_trusted_is_refused(row, why):
    with pytest.raises(TokenError, match=why):
        require_keys({"keys": [{"kid": "k", **row}]}, where="roster")
    with pytest.raises(TokenError):
        taken(token("ed", header={"alg": "EdDSA", "kid": "k"}), {"keys": [{"kid": "k", **row}]})


@pytest.mark.parametrize(
    "jwks", [{}, {"keys": {}}, {"keys": []}, {"keys": [5]}, {"keys": [{"kid": "a"}] * (MAX_KEYS + 1)}]
)
def test_what_is_no_key_set_is_refused(jwks):
    with pytest.raises(TokenError):
        require_keys(jwks)
    with pytest.raises(TokenError):
        taken(token(), jwks)


@settings(max_examples=200)
@given(st.integers(0, len(TOKEN) - 1), st.characters(max_codepoint=300))
def test_no_changed_character_leaves_it_valid(at, character):
    spoilt = TOKEN[:at] + character + TOKEN[at + 1 :]
    if spoilt != TOKEN:
        with pytest.raises(UnreadableError):
            taken(spoilt)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=9),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["kid", "kty", "crv", "x", "y", "n", "e", "alg", "use", "key_ops"]), inner, max_size=6
        )
    ),
    max_leaves=9,
)


@settings(max_examples=200)
@given(st.lists(JSON, max_size=3), st.text(max_size=60))
def test_any_key_set_and_any_text_are_refused_and_never_raise_anything_else(rows, text):
    with pytest.raises(UnreadableError):
        require_keys({"keys": rows})
    for each in (text, token("ed", header={"alg": "EdDSA", "kid": text})):
        with pytest.raises(UnreadableError):
            taken(each, {"keys": rows})


@settings(max_examples=200)
@given(st.dictionaries(st.sampled_from([*CLAIMS, "other"]), JSON))
def test_any_claims_are_refused_or_are_the_right_ones(claims):
    try:
        made = taken(token(body=json.dumps(claims).encode()))
    except UnreadableError:
        return
    assert (made.issuer, made.audience) == (ISSUER, AUDIENCE)

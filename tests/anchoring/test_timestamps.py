"""Tokens of an authority made with `openssl ts`: what verifies, what does not and why, and what is said without the library."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from governance.errors import CouldNotTell, GovernanceError, IntegrityError, UnreadableError
from governance.signing import der, timestamps
from tests.anchoring.authority import Authority

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).parents[2]
DATA = b"test.example/log\n3\nAAAA\n"


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authorities") / "a")


@pytest.fixture(scope="module")
def token(authority: Authority) -> bytes:
    return authority.answer(timestamps.request(DATA, nonce=2**63 + 5))


def now() -> datetime:
    return datetime.now(UTC)


library = pytest.mark.skipif(not timestamps.available(), reason="needs governance-evidence[timestamps]")


def test_what_a_token_says_is_read_without_the_library(token: bytes) -> None:
    claim = timestamps.read(token)
    assert abs(claim.moment - now()) < timedelta(minutes=10)
    assert (claim.algorithm, claim.nonce) == ("sha256", 2**63 + 5)
    assert claim.is_over(DATA)
    assert not claim.is_over(DATA[:-1])


@library
def test_a_good_token_verifies_here_and_by_openssl(authority: Authority, token: bytes) -> None:
    assert timestamps.verify(token, DATA, [authority.root], at=now()) == timestamps.read(token).moment
    assert authority.verified_by_openssl(token, DATA)


@library
def test_certificates_out_of_der_order_inside_a_token_are_no_obstacle(authority: Authority) -> None:
    from rfc3161_client import decode_timestamp_response

    for _ in range(20):  # the order is the chain's, and now and then the sorted one by chance of the keys
        other = Authority(authority.folder / f"again-{_}")
        token = other.answer(timestamps.request(DATA))
        assert timestamps.verify(token, DATA, [other.root], at=now())
        if "InvalidSetOrdering" in refusal(decode_timestamp_response, token):
            return
    pytest.fail("openssl wrote the certificates in order each time")


@library
def test_roots_in_one_file_or_in_many_and_doubled_are_the_same(
    authority: Authority, token: bytes, tmp_path: Path
) -> None:
    other = Authority(tmp_path / "b").root
    for roots in ([other, authority.root], [other + authority.root], [authority.root, authority.root]):
        assert timestamps.verify(token, DATA, roots, at=now())


def test_other_data_is_refused(authority: Authority, token: bytes) -> None:
    with pytest.raises(IntegrityError, match="other data"):
        timestamps.verify(token, DATA + b"x", [authority.root], at=now())


@library
def test_another_root_is_refused(token: bytes, tmp_path: Path) -> None:
    with pytest.raises(IntegrityError, match="does not verify"):
        timestamps.verify(token, DATA, [Authority(tmp_path / "b").root], at=now())


@library
@pytest.mark.parametrize("roots", [[], [b""], [b"no certificate"]])
def test_without_a_root_nothing_verifies(token: bytes, roots: list[bytes]) -> None:
    with pytest.raises(UnreadableError):
        timestamps.verify(token, DATA, roots, at=now())


@library
def test_a_token_outlives_the_certificate_it_was_made_under(authority: Authority, token: bytes, tmp_path: Path) -> None:
    assert timestamps.verify(token, DATA, [authority.root], at=now() + timedelta(days=365 * 80))
    short = Authority(tmp_path / "short", until=now() + timedelta(seconds=2))
    made = short.answer(timestamps.request(DATA))
    while now() <= datetime_of_expiry(short):
        pass
    assert timestamps.verify(made, DATA, [short.root], at=now()) == timestamps.read(made).moment


@library
def test_a_token_made_after_its_certificate_expired_is_refused(tmp_path: Path) -> None:
    late = Authority(tmp_path / "late", until=datetime(2024, 1, 1, tzinfo=UTC))
    with pytest.raises(IntegrityError, match="does not verify"):
        timestamps.verify(late.answer(timestamps.request(DATA)), DATA, [late.root], at=now())


def refusal(read: Callable[[bytes], object], token: bytes) -> str:
    try:
        read(token)
    except ValueError as error:
        return str(error)
    return ""


def datetime_of_expiry(authority: Authority) -> datetime:
    from cryptography import x509

    return x509.load_pem_x509_certificate((authority.folder / "own.pem").read_bytes()).not_valid_after_utc


def test_a_token_from_after_the_day_of_judgement_shows_nothing(authority: Authority, token: bytes) -> None:
    with pytest.raises(IntegrityError, match="still to come"):
        timestamps.verify(token, DATA, [authority.root], at=now() - timedelta(days=1))


def test_an_authority_that_declines_gives_no_token(authority: Authority) -> None:
    sha1 = bytes.fromhex("3021300906052b0e03021a05000414") + bytes(20)  # a DigestInfo, which is no request at all
    with pytest.raises(UnreadableError, match="no token"):
        timestamps.read(authority.answer(der.made(der.SEQUENCE, der.number(1), sha1)))


@library
@settings(max_examples=200, deadline=None)
@given(st.data())
def test_a_changed_token_is_refused_or_says_the_same_moment(
    authority: Authority, token: bytes, data: st.DataObject
) -> None:
    at = data.draw(st.integers(0, len(token) - 1))
    bit = data.draw(st.integers(0, 7))
    changed = token[:at] + bytes([token[at] ^ 1 << bit]) + token[at + 1 :]
    try:
        moment = timestamps.verify(changed, DATA, [authority.root], at=now())
    except GovernanceError:
        return
    assert moment == timestamps.read(token).moment  # what is not signed, such as an extra certificate, may differ


@given(st.binary(max_size=300))
def test_whatever_is_no_token_is_refused_as_such(data: bytes) -> None:
    with pytest.raises(UnreadableError):
        timestamps.read(data)


@pytest.mark.parametrize("cut", [0, 1, 2, 50, -1])
def test_a_cut_or_lengthened_token_is_refused(token: bytes, cut: int) -> None:
    with pytest.raises(UnreadableError):
        timestamps.read(token[:cut])
    with pytest.raises(UnreadableError):
        timestamps.read(token + bytes(cut % 7 + 1))


@given(st.integers(0, 2**160))
def test_a_number_is_written_as_it_is_read(value: int) -> None:
    assert der.integer(der.whole(der.number(value))) == value


def test_without_the_library_a_token_is_not_evaluated_and_the_remedy_is_named(
    authority: Authority, token: bytes, tmp_path: Path
) -> None:
    (tmp_path / "token").write_bytes(token)
    (tmp_path / "root").write_bytes(authority.root)
    program = """
import sys
sys.modules["rfc3161_client"] = None
from datetime import UTC, datetime
from pathlib import Path
from governance.errors import CouldNotTell
from governance.signing import timestamps
token, root = Path("token").read_bytes(), Path("root").read_bytes()
assert not timestamps.available()
try:
    timestamps.verify(token, sys.argv[1].encode(), [root], at=datetime.now(UTC))
except CouldNotTell as error:
    print(error)
"""
    done = subprocess.run(
        [sys.executable, "-c", program, DATA.decode()],
        cwd=tmp_path, capture_output=True, text=True, env={"PYTHONPATH": str(ROOT)}, check=True,
    )  # fmt: skip
    assert done.stdout.strip() == "token: not evaluated: install governance-evidence[timestamps]"
    assert CouldNotTell.exit_code == 3

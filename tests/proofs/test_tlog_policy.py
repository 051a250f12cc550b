"""The policy of an auditor: who is known, who counts how often, and what a checkpoint comes to under it."""

from itertools import combinations

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from governance.errors import UnreadableError
from governance.proofs import ed25519, note, tlog_policy
from governance.proofs.note import Head
from governance.proofs.vkeys import COSIGNER, LOG, ML_DSA_44, VerifierKey

HEAD = Head("example.org/ledger", 5, "ab" * 32)


def private(number: int) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(number.to_bytes(32, "big"))


def log(number: int = 1, name: str = HEAD.origin) -> VerifierKey:
    return VerifierKey(name, LOG, ed25519.raw(private(number)))


def witness(number: int, name: str | None = None) -> VerifierKey:
    return VerifierKey(name or f"witness.example/{number}", COSIGNER, ed25519.raw(private(number)))


# the example of https://c2sp.org/tlog-policy, with keys put in
EXAMPLE = f"""
log {log()}

witness X1 {witness(11)}
witness X2 {witness(12)} https://x.example
witness X3 {witness(13)}
group X-witnesses 2 X1 X2 X3

# the other organisation
\twitness Y1\t{witness(21)}
witness Y2 {witness(22)}
witness Y3 {witness(23)}
group Y-witnesses any Y1 Y2 Y3

group X-and-Y all X-witnesses Y-witnesses
quorum X-and-Y
"""
POLICY = tlog_policy.read(EXAMPLE.encode())
NAMES = {"X1": 11, "X2": 12, "X3": 13, "Y1": 21, "Y2": 22, "Y3": 23}


def signed(*numbers: int, by: int = 1) -> bytes:
    data = note.sign(HEAD, ed25519.raw(private(by)), private(by).sign)
    read = note.parse(data)
    return note.add(data, [note.cosign(read, witness(n), private(n).sign, 1000 + n) for n in numbers])


@pytest.mark.parametrize("count", range(7))
def test_the_published_example_is_met_by_two_of_one_and_one_of_the_other(count):
    for names in combinations(NAMES, count):
        wanted = sum(name[0] == "X" for name in names) >= 2 and any(name[0] == "Y" for name in names)
        assert POLICY.satisfied_by(names) == wanted
        checked = tlog_policy.check(signed(*(NAMES[name] for name in names)), POLICY)
        assert (checked.log, checked.quorum, checked.ok) == (HEAD.origin, wanted, wanted)
        assert checked.cosigned == {name: 1000 + NAMES[name] for name in names}


def test_the_names_of_groups_and_of_strangers_satisfy_nothing():
    assert not POLICY.satisfied_by(["X-and-Y", "X-witnesses", "Y-witnesses", "stranger", "none"])


def test_a_checkpoint_of_an_unknown_log_is_not_ok_however_many_cosigned():
    checked = tlog_policy.check(signed(*NAMES.values(), by=2), POLICY)
    assert (checked.log, checked.quorum, checked.ok) == (None, True, False)


def test_a_known_log_under_another_origin_is_not_ok():
    policy = tlog_policy.read(f"log {log(name='example.org/other')}\nquorum none\n".encode())
    assert tlog_policy.check(signed(), policy).log is None


def test_no_witness_is_asked_for_only_where_the_policy_says_so():
    policy = tlog_policy.read(f"log {log()}\nquorum none\n".encode())
    assert not policy.asks_for_witnesses
    assert tlog_policy.check(signed(), policy).ok
    assert POLICY.asks_for_witnesses


def test_a_false_signature_of_a_known_key_spoils_the_checkpoint():
    false = note.line(witness(13).name, witness(13).key_id, (9).to_bytes(8, "big") + bytes(64))
    checked = tlog_policy.check(note.add(signed(11, 12, 21), [false]), POLICY)
    assert (checked.quorum, checked.spoilt, checked.ok) == (True, ("X3",), False)
    false = note.line(HEAD.origin, note.key_id(HEAD.origin, log().public), bytes(64))
    checked = tlog_policy.check(note.add(signed(11, 12, 21), [false]), POLICY)
    assert (checked.log, checked.spoilt, checked.ok) == (None, (HEAD.origin,), False)


def test_signatures_of_strangers_are_passed_over():
    stranger = note.line("stranger.example", bytes(4), bytes(64))
    assert tlog_policy.check(note.add(signed(11, 12, 21), [stranger]), POLICY).ok


def test_nobody_cosigns_in_the_future():
    data = signed(11, 12, 21)
    assert tlog_policy.check(data, POLICY, not_after=1021).ok
    assert tlog_policy.check(data, POLICY, not_after=1020).spoilt == ("Y1",)


class NotInstalled(VerifierKey):
    """A key of a kind that what is installed can not verify."""

    evaluable = False


def test_a_key_that_can_not_be_verified_here_is_said_and_counts_for_nothing():
    key = NotInstalled("witness.example/pq", ML_DSA_44, bytes(1312))
    policy = tlog_policy.TlogPolicy((log(),), {"pq": key}, {}, "pq")
    data = note.add(signed(), [note.line(key.name, key.key_id, bytes(8 + 2420))])
    checked = tlog_policy.check(data, policy)
    assert (checked.not_evaluated, checked.quorum, checked.spoilt, checked.ok) == (("pq",), False, (), False)


def lines(*added: str) -> list[tuple[int, str]]:
    base = [f"log {log()}", f"witness a {witness(11)}", f"witness b {witness(12)}"]
    return list(enumerate([*base, *added], start=10))


@pytest.mark.parametrize(
    ("added", "why"),
    [
        ("signer x", "no keyword"),
        ("Quorum a", "no keyword"),
        ("log", "number of fields"),
        ("quorum", "number of fields"),
        ("quorum a b", "number of fields"),
        ("group g all", "number of fields"),
        (f"witness c {witness(13)} url url", "number of fields"),
        (f"log {log()}", "stands in the policy already"),
        (f"log {log(name='another.example')}", "stands in the policy already"),
        (f"witness c {witness(11)}", "stands in the policy already"),
        (f"witness c {witness(11, 'another.example')}", "stands in the policy already"),
        (f"witness c {witness(1)}", "stands in the policy already"),
        (f"witness a {witness(13)}", "defined already"),
        (f"witness none {witness(13)}", "reserved"),
        (f"witness c {log(13)}", "type 1"),
        (f"log {witness(13)}", "type 4"),
        (f"log {log(13)}x", "not a verifier key|second spelling"),
        ("group none any a", "reserved"),
        ("group a any b", "defined already"),
        ("group g any c", "not defined before"),
        ("group g any g", "not defined before"),
        ("group g any none", "not defined before"),
        ("group g any a a", "counts once"),
        ("group g 0 a b", "neither all, any nor a number"),
        ("group g 01 a b", "neither all, any nor a number"),
        ("group g -1 a b", "neither all, any nor a number"),
        ("group g some a b", "neither all, any nor a number"),
        ("group g 3 a b", "never agree"),
        ("quorum c", "not defined before"),
        ("quorum NONE", "not defined before"),
    ],
)
def test_a_line_that_does_not_stand_is_refused_by_its_number(added, why):
    with pytest.raises(UnreadableError, match=why) as caught:
        tlog_policy.parse(lines(added, "quorum a"), where="trust.policy")
    assert caught.value.where == "trust.policy line 13"


def test_a_member_of_one_group_can_not_be_one_of_another():
    with pytest.raises(UnreadableError, match="counts once"):
        tlog_policy.parse(lines("group g any a", "group h any a b", "quorum h"))


def test_there_is_exactly_one_quorum():
    with pytest.raises(UnreadableError, match="no quorum"):
        tlog_policy.parse(lines())
    with pytest.raises(UnreadableError, match="second quorum"):
        tlog_policy.parse(lines("quorum a", "quorum a"))


def test_names_are_octets_and_never_folded():
    kelvin = "\u212a"
    with pytest.raises(UnreadableError, match="not defined before"):
        tlog_policy.read(f"witness {kelvin} {witness(11)}\nquorum K\n".encode())
    raw = f"witness \udcff {witness(11)}\nquorum \udcff\n".encode("utf-8", "surrogateescape")
    assert tlog_policy.read(raw).satisfied_by(["\udcff"])


@pytest.mark.parametrize(
    "data",
    [b"quorum none", b"quorum none\r\n", b"quorum\x0bnone\n", b"quorum none\n\0", b"#" * 2**20 + b"\nquorum none\n"],
)
def test_a_file_with_other_characters_or_a_cut_end_is_refused(data):
    with pytest.raises(UnreadableError):
        tlog_policy.read(data)


def test_two_keys_of_one_log_are_both_known_and_many_are_too_many():
    policy = tlog_policy.read(f"log {log(1)}\nlog {log(2)}\nquorum none\n".encode())
    assert tlog_policy.check(signed(by=1), policy).ok
    assert tlog_policy.check(signed(by=2), policy).ok
    many = [(n, f"log {log(n)}") for n in range(1, tlog_policy.MAX_EACH + 2)]
    with pytest.raises(UnreadableError, match="more than"):
        tlog_policy.parse([*many, (999, "quorum none")])


def test_a_long_chain_of_groups_is_no_trouble():
    chain = ["group g0 any a", *(f"group g{n} any g{n - 1}" for n in range(1, 200)), "quorum g199"]
    assert tlog_policy.parse(lines(*chain)).satisfied_by(["a"])


WORDS = st.sampled_from(
    [
        "log",
        "witness",
        "group",
        "quorum",
        "none",
        "all",
        "any",
        "1",
        "a",
        "b",
        str(log()),
        str(witness(11)),
        "\n",
        "#",
        "ü",
    ]
)


@settings(max_examples=200)
@given(st.lists(WORDS, max_size=20).map(lambda words: " ".join(words) + "\n") | st.text(max_size=50))
def test_any_text_is_a_policy_or_refused(text):
    try:
        policy = tlog_policy.read(text.encode())
    except UnreadableError:
        return
    assert policy.satisfied_by(policy.witnesses) in (True, False)

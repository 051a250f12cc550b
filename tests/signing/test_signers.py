"""The list of signers: one key one name, one person one spelling."""

from datetime import date

import pytest

from governance.errors import UnreadableError
from governance.proofs import ed25519
from governance.signing import keys, signers

LINES = [ed25519.public_line(ed25519.raw(keys.generate())) for _ in range(3)]


def written(*rows: tuple[str, str], more: str = "") -> bytes:
    text = "signers:\n"
    for name, key in rows:
        text += f'  - name: "{name}"\n    roles: [approver]\n    key: {key}\n{more}'
    return text.encode()


def test_a_list_is_written_and_read_back():
    listed = signers.Signers(
        signers=(
            signers.Signer(name="Ann Öz", roles=("owner", "approver"), key=LINES[0], valid_until=date(2027, 1, 31)),
            signers.Signer(
                name="NO", roles=("reviewer",), key=LINES[1] + " bob@example.org", valid_from=date(2026, 1, 1)
            ),
        )
    )
    assert signers.parse(signers.dumps(listed)) == listed
    assert signers.dumps(listed).startswith(b"# Who may sign as what")
    assert [signer.name for signer in listed.by_key().values()] == ["Ann Öz", "NO"]


@pytest.mark.parametrize("data", [b"", b"# nobody yet\n", b"signers: []", signers.HEAD.encode()])
def test_a_list_of_nobody_is_a_list(data):
    assert signers.parse(data).signers == ()


@pytest.mark.parametrize(
    "data", [b"false", b"0", b"[]", b"''", b"signers: ann", b"signers: null", b"signer: []", b"a: b"]
)
def test_what_is_no_list_of_signers_is_refused(data):
    with pytest.raises(UnreadableError):
        signers.parse(data)


def test_one_key_under_two_names_is_refused_whatever_its_comment():
    for second in (LINES[0], LINES[0] + " laptop"):
        with pytest.raises(UnreadableError, match="one key stands under 'Ann' and 'Bob'"):
            signers.parse(written(("Ann", LINES[0]), ("Bob", second)))


@pytest.mark.parametrize(
    "other",
    [
        "bob",
        "BOB",
        "Bob ",
        "  Bob",
        "\\uff22\\uff4f\\uff42",
        "\\U0001d401ob",
        "Bo\\u200db",
        "Bob\\ufe0f",
        "\\u200dBob",
        "Bo\\u034fb",
    ],
)
def test_one_person_under_two_spellings_is_refused(other):
    with pytest.raises(UnreadableError, match="are one person, listed twice"):
        signers.parse(written(("Bob", LINES[0]), (other, LINES[1])))


@pytest.mark.parametrize(
    ("one", "other"), [("Ann  Lee", "ann lee"), ("Straße", "STRASSE"), ("José", "Jose\\u0301"), ("ﬁn", "FIN")]
)
def test_folding_goes_as_far_as_unicode_goes(one, other):
    with pytest.raises(UnreadableError, match="are one person, listed twice"):
        signers.parse(written((one, LINES[0]), (other, LINES[1])))


def test_different_people_stand_side_by_side():
    names = [
        signer.name
        for signer in signers.parse(written(("Ann", LINES[0]), ("Anna", LINES[1]), ("An", LINES[2]))).signers
    ]
    assert names == ["Ann", "Anna", "An"]


@pytest.mark.parametrize(
    "name", ["", "x", "TBD", "Bo\\u200bb", "Bob\\u202e", "Bo\\u00adb", "Bo\\x07b", "\\u3164\\u3164"]
)
def test_a_name_that_is_none_is_refused(name):
    with pytest.raises(UnreadableError):
        signers.parse(written((name, LINES[0])))


def test_a_weak_key_is_refused_and_its_bearer_named():
    weak = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAEAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
    with pytest.raises(UnreadableError, match="weak") as caught:
        signers.parse(written(("Ann", weak)))
    assert caught.value.where == "the key of Ann"


@pytest.mark.parametrize(
    "more",
    [
        "    colour: red\n",
        "    valid_form: 2026-01-01\n",
        "    valid_until: soon\n",
        "    name: Bob\n",
        "    roles: []\n",
        "    valid_from: 2026-02-30\n",
    ],
)
def test_an_unknown_or_broken_field_is_refused(more):
    with pytest.raises(UnreadableError):
        signers.parse(written(("Ann", LINES[0]), more=more))


@pytest.mark.parametrize("roles", ["[]", "[Approver]", "approver", "['two words']", "[1]", "null"])
def test_a_signer_needs_a_role_that_is_one(roles):
    with pytest.raises(UnreadableError, match="roles"):
        signers.parse(written(("Ann", LINES[0])).replace(b"[approver]", roles.encode()))

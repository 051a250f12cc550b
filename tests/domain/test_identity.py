"""One digest over all parts: what changes it, what does not, and what is said of a change."""

from typing import Any, get_args

from hypothesis import given
from hypothesis import strategies as st

from governance.domain.identity import WORDS, ModelIdentity, Part, PartName
from governance.parsing import canonical
from governance.proofs import manifest

ONE, TWO, THREE = (f"sha256:{character * 64}" for character in "abc")

names = st.sampled_from(["one", "two"])
parts = st.builds(
    Part,
    part=st.sampled_from(get_args(PartName)),
    name=names,
    digest=st.sampled_from([None, ONE, TWO]),
    revision=st.sampled_from([None, "main", "v1"]),
)
identities = st.builds(ModelIdentity, name=names, parts=st.lists(parts, min_size=1, max_size=4).map(tuple))


def identity(**digests: str | None) -> ModelIdentity:
    """An identity with these parts, `chat_template` for `chat-template`, each of the same name."""
    made: list[dict[str, Any]] = [
        {"part": part.replace("_", "-"), "name": "a name", "digest": digest} for part, digest in digests.items()
    ]
    return ModelIdentity.model_validate({"name": "model", "parts": made})


def test_each_part_has_a_word_for_people():
    assert set(WORDS) == set(get_args(PartName))


@given(identities, identities)
def test_nothing_is_said_only_where_nothing_differs(one, other):
    assert (one.differences(other) == ()) == (one.digest == other.digest)
    assert one.differences(one) == ()


@given(identities)
def test_an_identity_without_a_release_has_the_digest_it_always_had(made):
    plain = [part.plain() for part in made.parts]
    assert made.digest == (manifest.identity(plain) if made.whole_folder else canonical.digest(plain))


def test_an_identity_of_the_files_a_loader_reads_keeps_its_digest():
    """A frozen value: approvals that were signed over it must find it again."""
    made = identity(adapter=ONE, base=None, chat_template=TWO)
    assert made.digest == "sha256:3b1c824de743a4661e302346254ff0cdbef27c53ed3a2d2d892144fbbfac3171"
    assert not made.whole_folder
    assert "no release was named" in made.basis


def test_the_name_of_a_part_whose_bytes_are_known_is_no_part_of_a_release():
    made = identity(release=ONE, weights=TWO, base=None)
    renamed = ModelIdentity(
        name="other",
        parts=tuple(part.model_copy(update={"name": "other"} if part.digest else {}) for part in made.parts),
    )
    assert made.digest == renamed.digest
    assert made.differences(renamed) == ()
    assert made.whole_folder


def test_what_changed_is_said_part_by_part():
    before = identity(release=ONE, adapter=ONE, base=None, chat_template=TWO)
    assert before.differences(identity(release=TWO, adapter=ONE, base=None, chat_template=THREE)) == (
        "the release folder changed",
        "the chat template changed",
    )
    assert before.differences(identity(release=ONE, adapter=ONE, base=ONE, chat_template=TWO)) == (
        "the base is known by its bytes now, and was known by its name only, a name",
    )
    assert before.differences(identity(release=ONE, adapter=ONE, chat_template=TWO, runtime=None)) == (
        "the base is not named any longer",
        "the runtime is named now, and was not",
    )


def test_a_change_outside_the_named_parts_is_said_as_such():
    before = identity(release=ONE, adapter=ONE)
    assert before.differences(identity(release=TWO, adapter=ONE)) == (
        "files changed that belong to no named part, such as those no loader reads",
    )


def test_naming_a_release_is_a_change_of_its_own():
    before = identity(adapter=ONE)
    assert before.differences(identity(release=TWO, adapter=ONE)) == ("a release was named",)
    assert identity(release=TWO, adapter=ONE).differences(before) == ("no release is named any longer",)


def test_a_base_of_another_revision_is_said_with_both():
    one = ModelIdentity(name="m", parts=(Part(part="base", name="org/base", revision="aaa"),))
    two = ModelIdentity(name="m", parts=(Part(part="base", name="org/base", revision="bbb"),))
    assert one.differences(two) == ("the base is org/base@bbb now, and was org/base@aaa",)

"""Whom a fact speaks of, rule by rule."""

from __future__ import annotations

import pytest

from governance.collectors.reading.binding import bind
from governance.domain.evidence import Role, SubjectType

from .made import adapter, digest, evaluation, fact, full_model, run


def subjects(*facts, about=None):
    return [each.subject for each in bind(facts, about)]


def test_an_adapter_is_a_candidate_with_its_own_digest():
    (subject,) = subjects(adapter())
    assert (subject.role, subject.digest, subject.name) == (Role.CANDIDATE, digest("a"), "run")


def test_an_adapter_without_weights_is_nobody():
    (subject,) = subjects(adapter(formats=()))
    assert subject.role is None


def test_a_full_model_is_a_candidate_unless_an_adapter_names_it_as_its_base():
    assert subjects(full_model())[0].role is Role.CANDIDATE
    assert subjects(full_model(), adapter(base="base"))[0].role is Role.BASE
    assert subjects(full_model(), adapter(base="/elsewhere/base"))[0].role is Role.BASE
    assert subjects(full_model(), adapter(base="other"))[0].role is Role.CANDIDATE


def test_a_run_is_about_the_weights_in_its_own_folder():
    subject = subjects(run(), adapter())[0]
    assert (subject.type, subject.role, subject.digest) == (SubjectType.MODEL, Role.CANDIDATE, digest("a"))
    assert subject.bound_by == "same folder as the weights"


def test_a_run_is_about_the_only_model_folder_directly_in_it():
    subject = subjects(run(), adapter(place="/a/run/final"))[0]
    assert (subject.role, subject.digest) == (Role.CANDIDATE, digest("a"))
    two = subjects(run(), adapter(place="/a/run/final"), adapter(place="/a/run/best", letter="c"))[0]
    assert (two.type, two.role, two.digest) == (SubjectType.RUN, None, None)


def test_a_run_without_weights_stays_a_run():
    subject = subjects(run(), adapter(place="/b/other"))[0]
    assert (subject.type, subject.role) == (SubjectType.RUN, None)


@pytest.mark.parametrize("kind", ["eval-run.v1", "eval-samples.v1"])
def test_an_evaluation_with_the_adapter_on_its_base_is_about_the_adapter(kind):
    subject = subjects(evaluation("base", "out/run", kind), adapter())[0]
    assert (subject.role, subject.digest, subject.name) == (Role.CANDIDATE, digest("a"), "run")
    assert "adapter folder run" in subject.bound_by


def test_an_evaluation_of_the_adapter_on_another_base_is_about_nobody():
    subject = subjects(evaluation("other", "run"), adapter())[0]
    assert (subject.role, subject.digest, subject.bound_by) == (None, None, None)


def test_two_adapters_of_one_name_bind_nothing():
    subject = subjects(evaluation("base", "run"), adapter(), adapter(place="/b/run", letter="c"))[0]
    assert (subject.role, subject.bound_by) == (None, None)


def test_an_evaluation_of_the_named_base_is_about_the_base_without_a_digest():
    subject = subjects(evaluation("base"), adapter())[0]
    assert (subject.role, subject.digest) == (Role.BASE, None)
    assert subjects(evaluation("/x/base"), run(base="/y/base"))[0].role is Role.BASE


def test_a_hub_name_and_a_path_with_the_same_last_part_are_two_models():
    assert subjects(evaluation("/x/base"), adapter(base="org/base"))[0].role is None


def test_an_evaluation_of_the_attached_base_has_its_digest():
    subject = subjects(evaluation("/x/base"), adapter(base="/y/base"), full_model())[0]
    assert (subject.role, subject.digest) == (Role.BASE, digest("b"))


def test_an_evaluation_of_the_attached_full_model_is_about_the_candidate():
    subject = subjects(evaluation("/x/base"), full_model())[0]
    assert (subject.role, subject.digest) == (Role.CANDIDATE, digest("b"))


def test_an_evaluation_beside_nothing_is_about_nobody():
    subject = subjects(evaluation("base"))[0]
    assert (subject.role, subject.digest, subject.bound_by) == (None, None, None)


def test_what_is_declared_wins_and_takes_the_only_digest():
    bound = subjects(evaluation("x"), adapter(), about=Role.REFERENCE)
    assert {subject.role for subject in bound} == {Role.REFERENCE}
    assert {subject.digest for subject in bound} == {digest("a")}
    assert {subject.bound_by for subject in bound} == {"declared at attach"}


def test_what_is_declared_takes_no_digest_where_there_are_two():
    bound = subjects(evaluation("x"), adapter(), adapter(place="/b/other", letter="c"), about=Role.CANDIDATE)
    assert [subject.digest for subject in bound] == [None, digest("a"), digest("c")]


def test_what_is_declared_leaves_data_and_machines_alone():
    data = fact("dataset-manifest.v1", {"manifest_digest": digest("d")}, type_=SubjectType.DATA_SET)
    machine = fact("compute-environment.v1", {}, type_=SubjectType.ENVIRONMENT)
    bound = subjects(data, machine, about=Role.CANDIDATE)
    assert [subject.role for subject in bound] == [None, None]
    assert bound[0].digest == digest("d")


def test_a_finding_is_about_the_model_in_whose_folder_it_was_made():
    bound = subjects(fact("finding.v1", {}), adapter())
    assert (bound[0].role, bound[0].digest) == (Role.CANDIDATE, digest("a"))

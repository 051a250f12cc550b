"""Whom a fact speaks of, rule by rule."""

from __future__ import annotations

from dataclasses import replace

import pytest

from governance.collectors.reading.binding import Declared, bind
from governance.domain.evidence import Collector, Role, Subject, SubjectType
from governance.errors import UsageError

from .made import adapter, digest, evaluation, fact, full_model, run


def subjects(*facts, about=None):
    return [each.subject for each in bind(facts, Declared(about=about))]


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


def conflicts(*facts, declared):
    return [each.conflicts for each in bind(facts, declared)]


def red_team(name, adapter=None):
    return evaluation(name, adapter, "red-team.v1")


def test_attacks_and_profiles_are_tied_by_the_model_they_name():
    assert subjects(red_team("/x/base"), full_model())[0].digest == digest("b")
    assert subjects(red_team("/a/run"), adapter())[0].digest == digest("a")
    assert subjects(red_team("somebody/else"), full_model())[0].role is None


def test_a_name_that_fits_two_attached_models_ties_nothing_and_says_so():
    two = (full_model("/a/base"), full_model("/b/base", "c"))
    assert subjects(red_team("base"), *two)[0].digest is None
    assert "2 attached models" in conflicts(red_team("base"), *two, declared=Declared())[0][0]


def test_a_declared_name_ties_to_the_folder_or_the_digest():
    for weights in ("run", "/a/run/", digest("a"), "a" * 12):
        (subject, _) = (
            each.subject for each in bind([red_team("my-alias"), adapter()], Declared(names={"my-alias": weights}))
        )
        assert (subject.role, subject.digest) == (Role.CANDIDATE, digest("a"))
        assert subject.bound_by == "declared at attach: my-alias is run"


def test_a_declared_name_ties_to_weights_that_were_attached_before():
    before = Subject(type=SubjectType.MODEL, name="final", digest=digest("f"), role=Role.CANDIDATE)
    declared = Declared(names={"my-alias": "ffffffffffff"}, earlier=(before,))
    assert [each.subject.digest for each in bind([red_team("my-alias")], declared)] == [digest("f")]


def test_a_declared_name_that_leads_nowhere_is_an_error_with_what_there_is():
    with pytest.raises(UsageError) as error:
        bind([red_team("x"), adapter()], Declared(names={"x": "other"}))
    assert "run sha256:aaaaaaaaaaaa" in error.value.hint


def test_a_declaration_against_the_tools_own_words_wins_and_is_shown():
    said = conflicts(evaluation("base"), adapter(), declared=Declared(about=Role.CANDIDATE))
    assert "declared to be about the candidate, and by its own words about the base" in said[0][0]
    named = Declared(names={"out/run": "bbbbbbbb"})
    other = bind([evaluation("base", "out/run"), adapter(), full_model("/c/other")], named)[0]
    assert other.subject.digest == digest("b")
    assert "declared to be other, and by its own words run" in other.conflicts[0]


def test_a_digest_that_the_tool_wrote_down_ties_and_another_does_not():
    known = fact("red-team.v1", {"model": {"name": "x", "adapter": None, "digest": digest("a")}})
    assert subjects(known, adapter())[0].digest == digest("a")
    foreign = fact("red-team.v1", {"model": {"name": "run", "adapter": None, "digest": digest("e")}})
    assert subjects(foreign, adapter())[0].digest is None


def test_a_tracked_run_is_tied_by_its_output_folder():
    tracked = fact(
        "training-run.v1", run().body | {"output_dir": "/old/place/run"}, place="/a/mlruns", type_=SubjectType.RUN
    )
    assert subjects(tracked, adapter())[0].digest == digest("a")
    assert subjects(tracked, adapter(), adapter("/b/run", letter="c"))[0].digest is None


def test_the_energy_of_a_run_is_about_the_weights_in_its_folder():
    energy = fact("energy.v1", {"kwh": 1.0}, place="/a/run", type_=SubjectType.RUN)
    assert subjects(energy, adapter())[0].digest == digest("a")
    assert subjects(energy, adapter("/b/run"))[0].digest is None


def environment(name="node7", host=None):
    return fact("compute-environment.v1", {"host": host}, type_=SubjectType.ENVIRONMENT, name=name)


def test_graphics_cards_without_a_host_are_of_the_only_machine_in_the_attach():
    named = environment("node7", {"name": "node7"})
    assert subjects(environment("not named"), named)[0].name == "node7"
    two = environment("node8", {"name": "node8"})
    assert subjects(environment("not named"), named, two)[0].name == "not named"
    assert subjects(environment("not named"))[0].name == "not named"


def card(place="/a/data", letter="d", collector="dataset-card"):
    made = fact(
        "dataset-manifest.v1", {"manifest_digest": digest(letter)}, place=place, type_=SubjectType.DATA_SET, name="desk"
    )
    return replace(made, collector=Collector(name=collector, version="1"))


def test_what_tells_of_data_in_the_folder_of_a_card_is_about_that_data_set():
    scan = fact("data-quality.v1", {}, place="/a/data", type_=SubjectType.DATA_SET, name="suite-1")
    croissant = card(collector="croissant", letter="e")
    bound = subjects(scan, croissant, card())
    assert [(subject.name, subject.digest) for subject in bound] == [("desk", digest("d"))] * 3
    assert subjects(scan, card("/b/data"))[0].name == "suite-1"

"""The head of the model card and the files beside it: what the Hugging Face Hub reads, without asking the Hub."""

from __future__ import annotations

from dataclasses import replace

import pytest
import yaml
from huggingface_hub import (
    ModelCard,
    ModelCardData,
)
from huggingface_hub.repocard_data import eval_results_to_model_index, model_index_to_eval_results

from governance.domain.identity import RELEASE
from governance.parsing import canonical
from governance.reports import card
from governance.reports.card import hub, hub_task, hub_terms
from governance.reports.claims.references import References
from governance.reports.writing.render import render
from governance.verifier import figures
from tests.reports import card_cases, cases, found
from tests.reports.card_cases import with_artefacts


def head(case, artefacts=None, data_sets=(), environment=None):
    return hub.head(case, artefacts, data_sets, environment)


def stated(case, **fields):
    system = case.dossier.system.model_copy(update=fields)
    return replace(case, dossier=replace(case.dossier, system=system))


def test_the_hub_reads_the_head_and_the_results_come_back(text):
    read = ModelCard(text)
    data = read.data
    assert isinstance(data, ModelCardData)
    assert (data.license, data.base_model, data.library_name) == (
        "apache-2.0",
        "HuggingFaceTB/SmolLM2-135M-Instruct",
        "peft",
    )
    assert (data.base_model_relation, data.pipeline_tag, data.language) == ("adapter", "text-generation", ["en", "de"])
    assert data.datasets == ["elm-library/elm-desk-qa"]
    results = {(row.dataset_name, row.metric_type, row.metric_name, row.metric_value) for row in data.eval_results}
    assert ("elm_desk_qa", "exact_match", "exact_match (strict-match)", 0.7125) in results
    assert len(results) == 3
    assert all(row.verified is False and row.task_type == "text-generation" for row in data.eval_results)
    assert ModelCardData(**read.data.to_dict()).to_yaml() == data.to_yaml()


def test_a_card_on_disk_is_loaded_whole(text, tmp_path):
    (tmp_path / "README.md").write_text(text, encoding="utf-8")
    read = ModelCard.load(tmp_path / "README.md")
    assert read.text.strip() == text.partition("\n---\n")[2].strip()
    assert ModelCard(str(read)).data.to_dict() == read.data.to_dict()


def test_the_model_index_goes_through_the_hubs_own_code_and_back(text):
    index = yaml.safe_load(text.split("---\n")[1])["model-index"]
    name, results = model_index_to_eval_results(index)
    assert (name, len(results)) == ("Elm Desk assistant", 3)
    again = eval_results_to_model_index(name, results)
    assert model_index_to_eval_results(again) == (name, results)


def test_each_value_of_the_index_is_the_value_of_a_claim_before_it_is_rounded(full):
    references = References(full)
    view = card.build(full, references)
    printed = {(claim.text, claim.digits) for claim in references.claims if claim.way == "value"}
    for result in view.head.fields["model-index"][0]["results"]:
        for metric in result["metrics"]:
            assert (figures.number(metric["value"], 3)[0], 3) in printed


def test_every_case_has_a_head_the_hub_reads(templates, any_case):
    read = ModelCard(render("model-card.md", any_case, templates).decode())
    assert read.data.get("tags")[0] == "governance-evidence"
    assert "evil" not in read.data.get("tags")
    assert yaml.safe_load(read.data.to_yaml()) is not None


def test_names_as_long_as_they_may_be_and_sixty_tasks_are_read(templates):
    read = ModelCard(render("model-card.md", card_cases.many(), templates).decode())
    assert len(read.data.eval_results) == 60


# --- licence --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "fields"),
    [
        ("apache-2.0", {"license": "apache-2.0"}),
        ("Apache-2.0", {"license": "apache-2.0"}),
        ("AGPL-3.0-only", {"license": "agpl-3.0"}),
        ("GPL-3.0-or-later", {"license": "gpl-3.0"}),
        ("Elm Library Licence 2", {"license": "other", "license_name": "elm-library-licence-2"}),
        ("–", {"license": "other", "license_name": "see-card"}),
        (None, {}),
    ],
)
def test_a_licence_is_an_id_of_the_hub_or_other_with_a_name(full, written, fields):
    assert hub_terms.licence(stated(full, licence=written).dossier.system) == fields


def test_the_link_of_another_licence_is_the_one_its_owner_gives(full):
    own = stated(full, licence="Elm Library Licence 2", licence_link="https://library.example/licence-2")
    assert head(own).fields["license_link"] == "https://library.example/licence-2"
    assert not any("license_link" in str(note) for note in head(own).notes)


def test_a_link_that_is_no_address_is_left_out_and_asked_for(full):
    for wrong in ("javascript:alert(1)", "see the wiki", "https://a b", None):
        made = head(stated(full, licence="Elm Library Licence 2", licence_link=wrong))
        assert "license_link" not in made.fields
        assert any("licence_link" in str(note) for note in made.notes)


def test_a_licence_file_of_the_release_is_linked_where_no_address_is_stated(full):
    system = stated(full, licence="Elm Library Licence 2").dossier.system
    assert hub_terms.licence(system, ["README.md", "LICENSE.md"])["license_link"] == "LICENSE.md"
    assert hub_terms.licence_link(system, ["docs/LICENSE"]) is None


# --- base and relation ----------------------------------------------------------------------------------------------


def test_what_the_hub_would_misread_is_left_out_and_named(full):
    bare = stated(full, licence=None, languages=("English", "de", "NO"), base_model=None)
    held = found.piece(9, "dataset-manifest.v1", found.candidate(), {**found.DATA, "name": "./train.jsonl"})
    made = head(bare, None, (held,))
    assert not {"license", "base_model", "base_model_relation", "datasets", "library_name"} & set(made.fields)
    assert made.fields["language"] == ["de", "no"]
    notes = " ".join(map(str, made.notes))
    assert all(name in notes for name in ("`language`", "`datasets`", "`co2_eq_emissions`"))


def test_a_base_that_the_weights_name_by_a_path_is_named_as_the_owner_declares_it(full):
    local = found.piece(
        2, "model-artifacts.v1", found.candidate(), {**found.ARTEFACTS, "base": {"name": "./base_fp32"}}
    )
    assert head(full, local).fields["base_model"] == "HuggingFaceTB/SmolLM2-135M-Instruct"


def test_a_base_known_only_by_a_path_is_left_out_with_its_relation():
    case = stated(with_artefacts(base={"name": "./base_fp32", "revision": None}), base_model=None)
    made = head(case, case.dossier.candidate)
    assert not {"base_model", "base_model_relation"} & set(made.fields)
    assert any("`base_model`" in str(note) for note in made.notes)


def released(*parts, **body):
    """A case whose candidate was released with these parts."""
    case = with_artefacts(**body)
    rows = [
        {"part": part, "name": part, "digest": canonical.sha256(part.encode()), "revision": None, "files": []}
        for part in ("release", *parts)
    ]
    manifest = {"name": "elm", "identity": "", "manifest_digest": found.WEIGHTS, "total_bytes": 1, "parts": rows}
    release = found.piece(30, RELEASE, found.candidate(), manifest)
    return replace(case, dossier=replace(case.dossier, pieces=(*case.dossier.pieces, release)))


FULL_MODEL = {"form": "full-model", "adapter": None, "architecture": "LlamaForCausalLM"}


@pytest.mark.parametrize(
    ("parts", "body", "relation"),
    [
        ((), {}, "adapter"),
        (("quantisation",), {}, "adapter"),
        (("merge-recipe",), FULL_MODEL, "merge"),
        (("quantisation",), FULL_MODEL, "quantized"),
        (("merge-recipe", "quantisation"), FULL_MODEL, "quantized"),
        (("quantisation",), {**FULL_MODEL, "declared_in_weights": {"file_type": 1}}, "finetune"),
        ((), {**FULL_MODEL, "declared_in_weights": {"file_type": 15}}, "quantized"),
        ((), FULL_MODEL, "finetune"),
    ],
)
def test_the_relation_to_the_base_is_read_off_the_evidence(parts, body, relation):
    case = released(*parts, **body)
    assert head(case, case.dossier.candidate).fields["base_model_relation"] == relation


def test_a_relation_that_nothing_shows_is_not_stated():
    case = with_artefacts(**FULL_MODEL)
    pieces = tuple(piece for piece in case.dossier.pieces if piece.record.kind != "training-run.v1")
    case = replace(case, dossier=replace(case.dossier, pieces=pieces))
    made = head(case, case.dossier.candidate)
    assert made.fields["base_model"] == "HuggingFaceTB/SmolLM2-135M-Instruct"
    assert "base_model_relation" not in made.fields


def test_a_merge_names_every_model_it_was_made_of():
    bases = [{"name": "a", "repository": "https://huggingface.co/one/a"}, {"name": "two/b", "repository": None}]
    case = released("merge-recipe", **FULL_MODEL, declared_in_weights={"bases": bases})
    assert head(case, case.dossier.candidate).fields["base_model"] == ["one/a", "two/b"]


# --- task and library -----------------------------------------------------------------------------------------------


def loose(case):
    """The same without evaluations, which by themselves tell that it is a language model."""
    pieces = tuple(piece for piece in case.dossier.pieces if piece.record.kind != "eval-run.v1")
    return replace(case, dossier=replace(case.dossier, pieces=pieces))


@pytest.mark.parametrize(
    ("body", "tag"),
    [
        ({"architecture": "LlamaForCausalLM"}, "text-generation"),
        ({"architecture": "GPT2LMHeadModel"}, "text-generation"),
        ({"architecture": "BertForSequenceClassification"}, "text-classification"),
        ({"architecture": "WhisperForConditionalGeneration"}, "automatic-speech-recognition"),
        ({"architecture": "Qwen2VLForConditionalGeneration"}, "image-text-to-text"),
        ({"architecture": "T5ForConditionalGeneration"}, None),
        ({"architecture": "SomethingNew"}, None),
        ({"declared_in_weights": {"architecture": "llama"}}, "text-generation"),
        ({"declared_in_weights": {"architecture": "clip"}}, None),
        (
            {"adapter": {"type": "LORA", "task_type": "SEQ_CLS"}, "architecture": "LlamaForCausalLM"},
            "text-classification",
        ),
        ({}, None),
    ],
)
def test_the_task_follows_the_architecture_and_is_absent_where_nothing_tells_it(body, tag):
    case = loose(with_artefacts(**body))
    assert hub_task.task(case, case.dossier.candidate) == tag
    made = head(case, case.dossier.candidate)
    assert made.fields.get("pipeline_tag") == tag
    assert any("`pipeline_tag`" in str(note) for note in made.notes) == (tag is None)


def test_an_architecture_says_otherwise_than_the_harness_and_is_believed():
    case = with_artefacts(architecture="BertForSequenceClassification")
    made = head(case, case.dossier.candidate)
    assert made.fields["pipeline_tag"] == "text-classification"
    assert {row["task"]["type"] for row in made.fields["model-index"][0]["results"]} == {"text-classification"}


def test_without_a_task_the_index_says_other(full):
    case = with_artefacts(architecture="SomethingNew")
    made = head(case, case.dossier.candidate)
    assert {row["task"]["type"] for row in made.fields["model-index"][0]["results"]} == {"other"}


@pytest.mark.parametrize(
    ("body", "name"),
    [
        ({}, "peft"),
        (FULL_MODEL, "transformers"),
        ({**FULL_MODEL, "formats": ["gguf"]}, None),
        ({"form": "weights", "adapter": None}, None),
    ],
)
def test_the_library_is_the_one_that_loads_these_files(body, name):
    case = with_artefacts(**body)
    assert head(case, case.dossier.candidate).fields.get("library_name") == name


# --- emissions ------------------------------------------------------------------------------------------------------


def emitted(**body):
    case = card_cases.rich(energy={**card_cases.ENERGY, **body})
    return card.build(case, References(case)).head


def test_emissions_are_grams_with_their_source(templates):
    told = emitted().fields["co2_eq_emissions"]
    assert told == {
        "emissions": 512.75,
        "source": told["source"],
        "training_type": "fine-tuning",
        "geographical_location": "DEU",
        "hardware_used": "Intel Xeon",
    }
    assert told["source"].startswith("codecarbon 3.2.3; energy measured, evidence ev-")
    data = ModelCard(render("model-card.md", card_cases.rich(), templates).decode()).data
    assert data.get("co2_eq_emissions")["emissions"] == 512.75


@pytest.mark.parametrize("grams", [None, 0, float("nan"), float("inf")])
def test_emissions_that_are_no_number_are_left_out_and_named(grams):
    made = emitted(co2_grams=grams)
    assert "co2_eq_emissions" not in made.fields
    assert any("`co2_eq_emissions`" in str(note) for note in made.notes)


def test_emissions_of_an_evaluation_are_not_those_of_the_training():
    assert "co2_eq_emissions" not in emitted(activity="evaluation").fields


def test_emissions_that_no_digest_ties_to_the_weights_stay_out_of_the_head():
    case = card_cases.rich()
    pieces = tuple(
        piece.model_copy(update={"record": piece.record.model_copy(update={"subject": found.candidate(None)})})
        if piece.record.kind == "energy.v1"
        else piece
        for piece in case.dossier.pieces
    )
    case = replace(case, dossier=replace(case.dossier, pieces=pieces))
    assert "co2_eq_emissions" not in card.build(case, References(case)).head.fields


def test_graphics_cards_are_the_hardware_where_there_are_any(full):
    cards = {**found.ENVIRONMENT, "gpus": [{"name": "NVIDIA A100"}, {"name": "NVIDIA A100"}], "gpu_status": "present"}
    machine = found.piece(4, "compute-environment.v1", found.candidate(), cards)
    case = card_cases.rich()
    made = head(case, case.dossier.candidate, (), machine)
    assert made.fields["co2_eq_emissions"]["hardware_used"] == "2 × NVIDIA A100"


# --- results --------------------------------------------------------------------------------------------------------


def test_results_no_digest_ties_to_these_weights_stay_out_of_the_head():
    one = found.piece(
        5, "eval-run.v1", found.candidate(None), found.evaluation("m", None, [found.result("t", "acc", 0.5, 0.1, 9)])
    )
    case = cases.full(pieces=(*found.pieces()[:4], one))
    made = head(case, case.dossier.candidate)
    assert "model-index" not in made.fields
    assert any("`model-index`" in str(note) for note in made.notes)


def test_the_data_set_of_a_task_is_named_by_its_id_on_the_hub_where_the_harness_says_it():
    row = found.result("gsm8k", "exact_match", 0.5, 0.1, 9, data_set="openai/gsm8k")
    one = found.piece(5, "eval-run.v1", found.candidate(), found.evaluation("m", None, [row]))
    made = head(cases.full(pieces=(*found.pieces()[:4], one)))
    assert made.fields["model-index"][0]["results"][0]["dataset"] == {"type": "openai/gsm8k", "name": "gsm8k"}


# --- .eval_results --------------------------------------------------------------------------------------------------

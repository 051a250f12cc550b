"""The licence of a card against the list, the base, the data sets, the text and the owner."""

from __future__ import annotations

import pytest

from governance.domain import licences
from governance.linting import lineage
from tests.linting import made


def _card(licence: str, base: str = "", relation: str = "finetune", more: str = "", text: str = "Words.") -> str:
    lines = [
        f"license: {licence}",
        *([f"base_model: {base}", f"base_model_relation: {relation}"] if base else []),
        more,
    ]
    return "---\n" + "\n".join(filter(None, lines)) + f"\n---\n# Elm\n\n{text}\n"


def _on_base(licence: str, base: str, relation: str = "finetune", more: str = "") -> list[str]:
    found = made.report(_card(licence, base, relation, more)).findings
    return [
        f"{each.rule.removeprefix('card/licence-')}:{each.level}"
        for each in found
        if each.rule.startswith("card/licence-base")
    ]


@pytest.mark.parametrize(
    ("base", "licence"),
    [
        ("meta-llama/Llama-3.1-8B-Instruct", "apache-2.0"),
        ("meta-llama/Meta-Llama-3-8B", "mit"),
        ("meta-llama/Meta-Llama-3-8B", "llama3.1"),
        ("unsloth/Meta-Llama-3.1-8B-bnb-4bit", "apache-2.0"),
        ("google/gemma-2-9b-it", "apache-2.0"),
        ("CohereForAI/c4ai-command-r-plus", "mit"),
        ("mistralai/Ministral-8B-Instruct-2410", "apache-2.0"),
        ("Qwen/Qwen2.5-3B-Instruct", "apache-2.0"),
        ("bigscience/bloom-560m", "mit"),
        ("black-forest-labs/FLUX.1-dev", "cc-by-4.0"),
        ("facebook/nllb-200-distilled-600M", "cc-by-sa-4.0"),
    ],
)
def test_a_licence_that_gives_what_the_base_keeps_back_is_an_error(base, licence):
    assert _on_base(licence, base) == ["base:error"]


@pytest.mark.parametrize(
    ("base", "licence", "more"),
    [
        ("meta-llama/Llama-3.1-8B-Instruct", "llama3.1", ""),
        ("google/gemma-2-9b-it", "gemma", ""),
        ("google/gemma-4-9b", "apache-2.0", ""),
        ("mistralai/Mistral-7B-v0.1", "cc-by-nc-4.0", ""),
        ("Qwen/Qwen2.5-7B-Instruct", "apache-2.0", ""),
        ("Qwen/Qwen2.5-3B", "other", "license_name: qwen-research\nlicense_link: LICENSE"),
        ("CohereForAI/c4ai-command-r-plus", "cc-by-nc-sa-4.0", ""),
        ("openai-community/gpt2", "gpl-3.0", ""),
        ("CompVis/stable-diffusion-v1-4", "openrail", ""),
    ],
)
def test_a_licence_that_goes_with_that_of_the_base_is_let_be(base, licence, more):
    assert _on_base(licence, base, more=more) == []


@pytest.mark.parametrize(
    ("base", "licence"),
    [
        ("nobody/model", "mit"),
        ("deepseek-ai/DeepSeek-R1-Distill-Llama-8B", "mit"),
        ("meta-llama/Llama-3.1-8B", "other"),
    ],
)
def test_what_is_not_known_is_said_and_not_guessed(base, licence):
    assert _on_base(licence, base, more="license_name: ours\nlicense_link: LICENSE" if licence == "other" else "") == [
        "base-untold:note"
    ]


def test_an_adapter_alone_may_have_other_terms_unless_the_base_forbids_commerce():
    assert _on_base("apache-2.0", "meta-llama/Llama-3.1-8B", "adapter") == ["base:warning"]
    assert _on_base("apache-2.0", "CohereForAI/c4ai-command-r-plus", "adapter") == ["base:error"]


def test_the_base_is_read_from_a_tag_where_the_field_is_empty():
    card = "---\nlicense: apache-2.0\nbase_model: ''\ntags:\n- base_model:adapter:meta-llama/Llama-3.1-8B\n---\n# Elm\n\nWords.\n"
    assert made.found(card, "card/licence-base")


def test_what_the_owner_states_of_the_base_is_believed_before_the_table():
    held = made.known(base_licences={"nobody/model": "cc-by-nc-4.0"})
    (finding,) = made.found(_card("mit", "nobody/model"), "card/licence-base", held)
    assert "stated by the owner" in finding.message


@pytest.mark.parametrize(
    ("base", "licence", "conflicts"),
    [
        ("gpl-3.0", "apache-2.0", True), ("agpl-3.0", "mit", True), ("gpl-3.0", "gpl-3.0", False), ("cc-by-sa-4.0", "mit", True),
        ("cc-by-sa-3.0", "cc-by-sa-4.0", False), ("cc-by-nd-4.0", "cc-by-nd-4.0", True), ("mit", "agpl-3.0", False), ("mit", "llama3", False),
    ],
)  # fmt: skip
def test_copyleft_and_no_changes_reach_the_model(base, licence, conflicts):
    stated = lineage.stated(base, "the owner")
    assert stated is not None
    assert bool(lineage.conflict(stated, licence, "")) is conflicts


def test_a_proprietary_licence_on_a_base_under_the_gpl_is_an_error():
    stated = lineage.stated("gpl-3.0", "the owner")
    assert stated is not None
    assert lineage.conflict(stated, "other", "Elm proprietary licence")
    with pytest.raises(LookupError):
        lineage.conflict(stated, "other", "elm-licence")


def test_a_data_set_that_forbids_commerce_is_an_error_where_evidence_tells_it():
    held = made.known(data_licences={"elm/desk": "cc-by-nc-4.0"})
    card = _card("mit", more="datasets:\n- elm/desk")
    assert [each.level for each in made.found(card, "card/licence-data", held)] == ["error"]
    assert made.found(card, "card/licence-data-untold", held) == []
    assert made.found(_card("cc-by-nc-4.0", more="datasets:\n- elm/desk"), "card/licence-data", held) == []
    assert [each.level for each in made.found(card, "card/licence-data-untold")] == ["note"]


def test_the_licence_of_the_system_file_is_the_one_of_the_card():
    held = made.known(licence="Apache-2.0")
    assert made.found(_card("mit"), "card/licence-differs", held)
    assert made.found(_card("apache-2.0"), "card/licence-differs", held) == []
    assert made.found(_card("gpl-3.0"), "card/licence-differs", made.known(licence="GPL-3.0-only")) == []


@pytest.mark.parametrize(
    ("text", "is_found"),
    [
        ("## License\n\nFor non-commercial use only.", True),
        ("## Intended use\n\nThe model is intended for research purposes only.", True),
        ("## Models made from it\n\n- License: CC-By-NC-SA-4.0", False),
        ("## License\n\nUnlike the original, which was for non-commercial use only, it is free.", False),
        ("## Uses\n\nIt may be used commercially.", False),
        ("This model is for non-commercial use only.", True),
        ("## Notes\n\nThe weights are released for research purposes only.", True),
        ("It has limits of this model, and its answers are for research purposes only.", False),
        ("This model's answers are for research purposes only and not for a desk.", False),
        ("## Training\n\nThe pictures were gathered for non-commercial use only.", False),
        ("## License\n\nFree for both commercial and non-commercial use.", False),
        ("## License\n\nIt may be used for commercial and\nnon-commercial purposes alike.", False),
        ("## License\n\nFor non-commercial as well as commercial use.", False),
        ("## License\n\nThere is no restriction to non-commercial use.", False),
        ("## License\n\nIt is not limited to non-commercial use.", False),
        (
            "## License\n\nFor commercial and non-commercial use. The weights are for non-commercial use only, says nobody. "
            + "It is long. " * 20
            + "This model is for non-commercial use only.",
            True,
        ),
    ],
)
def test_a_limit_in_the_text_that_the_head_does_not_have_is_found(text, is_found):
    assert bool(made.found(_card("mit", text=text), "card/licence-text")) is is_found
    assert made.found(_card("cc-by-nc-4.0", text=text), "card/licence-text") == []


@pytest.mark.parametrize(
    ("licence", "hint"), [("Apache License 2.0", "apache-2.0"), ("llama-3.1", "llama3.1"), ("gplv3", "gpl-3.0")]
)
def test_a_usual_other_way_of_writing_an_id_is_recognised(licence, hint):
    (finding,) = made.found(_card(licence), "card/licence-id")
    assert f"`{hint}`" in finding.message


def test_capitals_are_a_warning_and_other_needs_a_name_and_a_link():
    assert [each.level for each in made.found(_card("MIT"), "card/licence-id")] == ["warning"]
    (finding,) = made.found(_card("other", more="license_name: ours"), "card/licence-other")
    assert "license_link" in finding.message


def test_every_id_of_the_hub_is_told_apart_or_said_not_to_be():
    assert len(licences.LICENCES) == 81
    assert all(licence == licence.lower() for licence in licences.LICENCES)
    assert {
        licence for licence in licences.LICENCES if licences.terms(licence) == licences.Terms()
    } == licences.FAMILIES
    assert not licences.is_id("apache 2.0")
    assert licences.is_id("other")


def test_no_beginning_of_an_id_stands_twice_in_the_table():
    begins = [begin for base in lineage.BASES for begin in base.begins]
    assert len(set(begins)) == len(begins)
    assert all(begin == begin.lower() for begin in begins)
    assert all(base.licence is None or licences.is_id(base.licence) for base in lineage.BASES)
    assert all(base.source for base in lineage.BASES)


@pytest.mark.parametrize(
    ("licence", "text", "is_found"),
    [
        ("apache-2.0", "## License\n\nThis model is released under the GPL-3.0 license.", True),
        ("apache-2.0", "This model is released under the MIT license.", True),
        ("mit", "## Model Details\n\n- **License:** apache-2.0", True),
        ("cc-by-4.0", "## Licence\n\nThe model is available under CC BY-SA 4.0.", True),
        ("gpl-3.0", "## License\n\nLicensed under the GNU Affero General Public License.", True),
        ("apache-2.0", "## License\n\nThis model is released under the Apache License, version 2.0.", False),
        ("apache-2.0", "## License\n\nThe code is released under the MIT license.", False),
        ("apache-2.0", "## License\n\nThe model is under Apache 2.0, its parts under the MIT license.", False),
        ("mit", "## License\n\nThe data set is available under CC BY-SA 4.0.", False),
        ("mit", "Elm was made at MIT and is released under terms of its own.", False),
        ("llama3.1", "## License\n\nReleased under the Llama 3.1 Community License.", False),
        ("[mit, apache-2.0]", "## License\n\nReleased under the Apache License 2.0.", False),
        ("other", "## License\n\nReleased under the MIT license.", False),
        ("bigscience-openrail-m", "## License\n\nReleased under the RAIL license.", False),
    ],
)
def test_a_text_that_names_another_licence_is_found(licence, text, is_found):
    assert bool(made.found(_card(licence, text=text), "card/licence-text")) is is_found


def test_of_several_licences_each_is_held_against_the_base():
    llama = "meta-llama/Llama-3.1-8B"
    assert _on_base("[apache-2.0, mit]", llama) == ["base:error"]
    assert _on_base("[apache-2.0, llama3.1]", llama) == ["base-untold:note"]
    assert _on_base("[apache-2.0, mit]", "Qwen/Qwen2.5-7B") == []
    assert _on_base("[apache-2.0, other]", llama, more="license_name: ours\nlicense_link: LICENSE") == [
        "base-untold:note"
    ]
    held = made.known(licence="mit")
    assert made.found(_card("[apache-2.0, mit]"), "card/licence-differs", held) == []
    assert made.found(_card("[apache-2.0, gpl-3.0]"), "card/licence-differs", held)


@pytest.mark.parametrize(
    ("base", "licence"),
    [
        ("mosaicml/mpt-7b-instruct", None), ("mosaicml/mpt-7b-chat", "cc-by-nc-sa-4.0"), ("mosaicml/mpt-7b", "apache-2.0"),
        ("BAAI/bge-multilingual-gemma2", "gemma"), ("BAAI/bge-en-icl", None), ("BAAI/bge-m3", "mit"), ("BAAI/bge-small-en-v1.5", "mit"),
        ("FacebookAI/xlm-mlm-en-2048", "cc-by-nc-4.0"), ("FacebookAI/roberta-base", "mit"), ("FacebookAI/xlm-roberta-large", "mit"),
        ("Qwen/Qwen-Image", None), ("Qwen/Qwen1.5-MoE-A2.7B", None), ("Qwen/Qwen2.5-Omni-7B", None), ("Qwen/Qwen2.5-Math-PRM-72B", None),
        ("tiiuae/Falcon-H1-7B-Base", None), ("facebook/opt-iml-1.3b", None), ("openai/whisper-large-v3-turbo", "mit"),
        ("google-bert/bert-base-german-cased", "mit"), ("bert-base-german-dbmdz-uncased", "mit"), ("bert-base-uncased", "apache-2.0"),
    ],
)  # fmt: skip
def test_a_beginning_that_models_under_other_terms_share_tells_nothing(base, licence):
    found = lineage.known(base)
    assert (found.licence if found else None) == licence


@pytest.mark.parametrize(
    ("base", "name"),
    [
        ("Qwen/Qwen1.5-0.5B-Chat", "tongyi-qianwen-research"), ("Qwen/Qwen1.5-32B", "tongyi-qianwen-research"), ("Qwen/Qwen1.5-32B-Chat", None),
        ("Qwen/Qwen1.5-72B", "tongyi-qianwen"), ("Qwen/Qwen-1_8B", "tongyi-qianwen-research"), ("Qwen/Qwen-14B", "tongyi-qianwen"),
        ("Qwen/Qwen2.5-Math-RM-72B", "qwen"), ("Qwen/Qwen2.5-VL-3B-Instruct", "qwen-research"),
    ],
)  # fmt: skip
def test_the_sizes_of_one_family_have_the_licences_their_makers_gave_them(base, name):
    found = lineage.known(base)
    assert (found.name if found else None) == name


def test_an_empty_list_of_licences_states_none():
    assert made.found("---\nlicense: []\n---\n# Elm\n\nWords.\n", "card/licence-missing")


@pytest.mark.parametrize("link", ["LICENSE", "LICENSE.md", "license"])
def test_the_link_to_the_file_of_the_licence_tells_where_it_is(link):
    card = _card("other", more=f"license_name: deepseek\nlicense_link: {link}")
    assert made.found(card, "card/placeholder-field") == []
    assert made.found(card, "card/licence-other") == []
    assert made.found(_card("other", more="license_name: deepseek\nlicense_link: TODO"), "card/placeholder-field")

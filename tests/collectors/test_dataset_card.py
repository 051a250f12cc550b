"""Data-set cards: what they say, and where they only pretend to."""

from __future__ import annotations

import pytest

from governance.collectors.reading.licences import is_known
from governance.domain.evidence import Quality

from .conftest import SAMPLES

HEAD = "---\nlicense: mit\nsize_categories: [n<1K]\n---\n"


@pytest.fixture
def card(write, read, tmp_path):
    def of(text):
        write("README.md", text)
        (fact,) = read(tmp_path).found
        return fact

    return of


def test_a_whole_card_with_its_data_is_read(sample, read):
    (fact,) = read(sample("dataset-card")).found
    assert fact.body["licence"] == {"id": "cc-by-4.0", "name": None, "link": None, "known": True}
    assert fact.body["rows"] == 6
    assert fact.body["statements"] == {"provenance": True, "personal_data": True, "limitations": True}
    assert fact.subject.digest == fact.body["manifest_digest"]


def test_a_card_without_data_has_no_digest(card):
    body = card(HEAD).body
    assert (body["files"], body["manifest_digest"], body["rows"]) == ([], None, None)


@pytest.mark.parametrize(
    ("licence", "known"),
    [
        ("mit", True), ("CC-BY-4.0", True), ("llama3.1", True), ("0BSD", True), ("[mit, apache-2.0]", True),
        ("other", False), ("unknown", False), ("[mit, other]", False), ("my-own", False), ("", False), ("TBD", False),
    ],
)  # fmt: skip
def test_a_licence_is_known_when_it_names_one_definite_text(licence, known, card):
    assert card(f"---\nlicense: {licence}\nsize_categories: [n<1K]\n---\n").body["licence"]["known"] is known


def test_other_and_unknown_are_no_licences():
    assert not is_known("other")
    assert not is_known("unknown")


@pytest.mark.parametrize(
    "text",
    ["", "[More Information Needed]", "<!-- say something -->", "TBD", "N/A", "More information needed",
     "Users should be made aware of the risks, biases and limitations of the dataset."],
)  # fmt: skip
def test_a_heading_over_a_fill_in_says_nothing(text, card):
    body = card(f"{HEAD}## Bias, risks and limitations\n\n{text}\n").body
    assert body["statements"]["limitations"] is False


def test_a_heading_inside_a_block_of_code_is_no_heading(card):
    body = card(f"{HEAD}```\n## Personal data\nNone at all, we promise.\n```\n").body
    assert body["statements"]["personal_data"] is False


def test_marks_of_a_template_make_a_placeholder(card):
    fact = card("---\nlicense: {license}\nsize_categories:\n- {size}\nlanguage:\n- en\n---\n")
    assert fact.quality is Quality.PLACEHOLDER
    assert fact.body["licence"]["id"] is None
    assert fact.body["size_categories"] == []
    assert fact.body["placeholders"] == 2


def test_a_template_that_is_no_yaml_yet_is_a_placeholder(card):
    fact = card("---\nlicense: {license}\nconfigs:\n- {a}: {b}\n- {c}\n---\n")
    assert fact.quality is Quality.PLACEHOLDER


def test_fill_ins_in_the_text_are_counted(card):
    assert card(f"{HEAD}# X\n\n[More Information Needed]\n\n[More Information Needed]\n").body["placeholders"] == 2


@pytest.mark.parametrize("key", ["library_name: peft", "base_model: x", "pipeline_tag: y", "model-index: []",
                                 "tags: [generated_from_trainer]"])  # fmt: skip
def test_a_model_card_is_no_data_set(key, write, read, tmp_path):
    write("README.md", f"---\nlicense: mit\n{key}\n---\n# Model\n")
    write("data.jsonl", '{"a": 1}\n')
    assert read(tmp_path).found == ()


def test_a_licence_and_data_beside_it_are_enough(write, card):
    write("train.csv", "a,b\n1,2\n3,4\n")
    fact = card("---\nlicense: mit\n---\n# Data\n")
    assert (fact.body["rows"], [row["path"] for row in fact.body["files"]]) == (2, ["train.csv"])


def test_data_in_sub_folders_belongs_to_the_card_above(write, card):
    write("data/train.jsonl", '{"a": 1}\n\n{"a": 2}\n')
    write("data/test.csv", 'a\n"two\nlines"\n')
    fact = card(HEAD)
    assert [row["path"] for row in fact.body["files"]] == ["data/test.csv", "data/train.jsonl"]
    assert fact.body["rows"] == 3


def test_what_tools_wrote_below_a_card_is_no_data(write, read, tmp_path):
    from .made import results, state

    write("README.md", HEAD)
    write("train.jsonl", '{"a": 1}\n')
    write("run/trainer_state.json", state())
    write("run/extra.jsonl", '{"a": 1}\n')
    write("eval/results.json", results())
    write("eval/samples_qa.jsonl", '{"doc_id": 0, "doc": {}, "resps": []}\n')
    (card,) = [fact for fact in read(tmp_path).found if fact.kind == "dataset-manifest.v1"]
    assert [row["path"] for row in card.body["files"]] == ["train.jsonl"]


def test_rows_of_a_format_that_is_not_counted_are_null(write, card):
    write("train.parquet", b"PAR1....PAR1")
    fact = card(HEAD)
    assert (fact.body["rows"], fact.quality) == (None, Quality.COMPLETE)


def test_one_corrupt_line_among_a_thousand_is_said(write, read, tmp_path):
    rows = ['{"a": 1}'] * 1000
    rows[500] = '{"a": '
    write("train.jsonl", "\n".join(rows))
    write("README.md", HEAD)
    reading = read(tmp_path)
    assert reading.found[0].quality is Quality.PARTIAL
    assert reading.found[0].body["rows"] is None
    assert reading.not_read[0].reason == "line 501 is not JSON"


def test_a_changed_data_file_changes_the_digest(write, card):
    write("train.jsonl", '{"a": 1}\n')
    before = card(HEAD).subject.digest
    write("train.jsonl", '{"a": 2}\n')
    assert card(HEAD).subject.digest != before


def test_the_name_of_the_file_takes_no_part(write, read, tmp_path):
    write("about.txt", HEAD)
    (fact,) = read(tmp_path).found
    assert fact.kind == "dataset-manifest.v1"


@pytest.mark.parametrize("head", ["license: mit\ndatasets: [a/b]\n", "license: mit\nsdk: gradio\napp_file: app.py\n",
                                  "license: mit\nlayout: post\n", "title: A page\n"])  # fmt: skip
def test_a_model_an_app_and_a_page_are_no_data_set(head, write, read, tmp_path):
    write("README.md", f"---\n{head}---\n# Text\n")
    write("data.jsonl", '{"a": 1}\n')
    assert read(tmp_path).found == ()


def test_the_licence_comes_in_the_spelling_of_spdx(card):
    body = card("---\nlicense: cc-by-4.0\nsize_categories: [n<1K]\n---\n").body
    assert (body["spdx"], body["spdx_list"], body["problems"]) == ("CC-BY-4.0", "3.27.0", [])
    body = card("---\nlicense: llama3.1\nsize_categories: [n<1K]\n---\n").body
    assert (body["spdx"], body["licence"]["known"]) == (None, True)
    assert "no licence is stated" in card("---\nsize_categories: [n<1K]\n---\n").body["problems"]


def test_other_is_known_when_its_text_lies_beside_the_card(write, card):
    head = "---\nlicense: other\nlicense_name: house-terms\nlicense_link: LICENSE\nsize_categories: [n<1K]\n---\n"
    assert card(head).body["licence"]["known"] is False
    write("LICENSE", "Do as you like.\n")
    assert card(head).body["licence"] == {"id": "other", "name": "house-terms", "link": "LICENSE", "known": True}


def test_gating_and_configurations_are_said(card):
    head = "license: mit\nextra_gated_prompt: You agree\nextra_gated_fields: {Company: text}\nconfigs:\n"
    body = card(f"---\n{head}- config_name: de\n  data_files: de.csv\n- config_name: en\n---\n").body
    assert (body["gated"], body["configurations"]) == (True, ["de", "en"])
    assert card(HEAD).body["gated"] is None


def test_an_lfs_pointer_in_place_of_a_data_file_makes_it_partial(write, read, tmp_path):
    write("train.jsonl", '{"a": 1}\n')
    write("test.parquet", "version https://git-lfs.github.com/spec/v1\noid sha256:" + "0" * 64 + "\nsize 12\n")
    write("README.md", HEAD)
    (fact,) = read(tmp_path).found
    assert fact.quality is Quality.PARTIAL
    assert "Git LFS pointers" in fact.quality_reasons[0]


def test_rows_other_than_the_card_states_make_it_partial(write, card):
    write("train.csv", "a\n1\n2\n")
    head = "---\nlicense: mit\ndataset_info:\n  splits:\n  - name: train\n    num_examples: {}\n---\n"
    assert card(head.format(2)).quality is Quality.COMPLETE
    fact = card(head.format(3))
    assert (fact.quality, fact.body["rows_stated"], fact.body["rows"]) == (Quality.PARTIAL, 3, 2)


def test_the_template_of_the_hub_filled_by_its_own_library_is_a_placeholder(card):
    hub = pytest.importorskip("huggingface_hub")
    made = hub.DatasetCard.from_template(hub.DatasetCardData(license="mit", language="en", size_categories="n<1K"))
    fact = card(str(made))
    assert fact.quality is Quality.PLACEHOLDER
    assert "[More Information Needed]" in fact.quality_reasons[0]
    assert fact.body["statements"] == {"provenance": False, "personal_data": False, "limitations": False}


def test_one_fill_in_left_in_a_card_that_says_something_is_only_counted(card):
    fact = card(
        f"{HEAD}## Source\nWritten at the desk of a library.\n## Limits\nOne town's words only.\n## Cite\n[More Information Needed]\n"
    )
    assert (fact.quality, fact.body["placeholders"]) == (Quality.COMPLETE, 1)


def test_rows_of_an_arrow_file_are_counted_by_its_headers(write, card):
    arrow = (SAMPLES / "hf-dataset-on-disk" / "train" / "data-00000-of-00001.arrow").read_bytes()
    write("train.arrow", arrow)
    assert card(HEAD).body["rows"] == 12
    write("train.arrow", arrow[:-20])
    fact = card(HEAD)
    assert (fact.quality, fact.body["rows"]) == (Quality.PARTIAL, None)


def test_a_parquet_file_without_its_footer_is_said(write, read, tmp_path):
    write("train.parquet", b"PAR1" + bytes(100))
    write("README.md", HEAD)
    reading = read(tmp_path)
    assert reading.found[0].quality is Quality.PARTIAL
    assert "without its footer" in reading.not_read[0].reason


@pytest.mark.parametrize("value", ["{a: [1, {b: c}], d: {e: f}}", "[[1, 2], 3]", "12", "true", "{a: mit, b: {c: d}}"])
def test_licences_of_odd_shapes_never_crash(value, write, read, tmp_path):
    write("README.md", f"---\nlicense: {value}\nsize_categories: [n<1K]\n---\n")
    reading = read(tmp_path)
    assert not [row for row in reading.not_read if row.reason.startswith("the collector")]
    assert reading.found or reading.not_read


def test_up_to_2022_licences_and_languages_stood_in_the_plural(card):
    body = card("---\nlicenses:\n- cc-by-4.0\nlanguages:\n- en\nsize_categories:\n- n<1K\n---\n# A\n").body
    assert (body["licence"]["id"], body["licence"]["known"], body["spdx"]) == ("cc-by-4.0", True, "CC-BY-4.0")
    assert body["languages"] == ["en"]


def test_one_licence_for_each_configuration_is_one_licence(card):
    body = card(
        "---\nlicenses:\n  a:\n  - mit\n  b:\n  - mit\n  c:\n  - MIT\nsize_categories:\n- n<1K\n---\n# A\n"
    ).body
    assert (body["licence"]["id"], body["spdx"], body["problems"]) == ("mit", "MIT", [])


def test_a_name_for_each_configuration_is_none_for_the_whole(card, tmp_path):
    body = card("---\nlicense: mit\npretty_name:\n  a: One\n  b: Two\nsize_categories:\n- n<1K\n---\n# A\n").body
    assert body["name"] == tmp_path.name


@pytest.mark.parametrize("pointer", [False, True])
def test_the_card_beside_a_model_is_the_models_even_where_it_says_little(pointer, sample, read):
    folder = sample("model-artifacts")
    (folder / "README.md").write_text("---\nlicense: mit\ntags: [x]\n---\n# A model\n")
    (folder / "log.csv").write_text("a,b\n1,2\n")
    if pointer:
        (folder / "model.safetensors").write_text(
            f"version https://git-lfs.github.com/spec/v1\noid sha256:{'a' * 64}\nsize 5\n"
        )
    assert not [fact for fact in read(folder).found if fact.kind == "dataset-manifest.v1"]


@pytest.mark.parametrize("key", ["language", "languages"])
def test_norwegian_is_a_language_and_not_false(key, card):
    assert card(f"---\nlicense: mit\n{key}:\n- no\n- en\ntask_ids: [x]\n---\n# A\n").body["languages"] == ["no", "en"]

"""Descriptions in Croissant: what they state, and what is only put in its place."""

from __future__ import annotations

import json

import pytest

from governance.domain.evidence import Quality

CONTEXT = {"@vocab": "https://schema.org/", "sc": "https://schema.org/", "cr": "http://mlcommons.org/croissant/"}
DIGEST = "0123456789abcdef" * 4


def made(**fields):
    base = {
        "@context": CONTEXT,
        "@type": "sc:Dataset",
        "name": "elm-desk",
        "conformsTo": "http://mlcommons.org/croissant/1.0",
        "license": "cc-by-4.0",
        "distribution": [
            {"@type": "cr:FileObject", "@id": "a.csv", "contentUrl": "https://example.org/a.csv", "sha256": DIGEST}
        ],
    }
    return base | fields


@pytest.fixture
def of(write, read, tmp_path):
    def go(document):
        write("croissant.json", document)
        (fact,) = read(tmp_path).found
        return fact

    return go


def test_files_that_lie_beside_it_are_held_against_their_digests(sample, read):
    folder = sample("croissant")
    (fact,) = read(folder).found
    assert (fact.quality, fact.body["rows"], fact.tool_version) == (Quality.COMPLETE, 6, "1.1")
    assert fact.body["statements"] == {"provenance": True, "personal_data": True, "limitations": True}
    data = folder / "data" / "questions.csv"
    data.write_text(data.read_text() + "and one more?,hours\n")
    fact = next(fact for fact in read(folder).found if fact.collector.name == "croissant")
    assert fact.quality is Quality.FAILED
    assert "do not have the digest" in fact.quality_reasons[0]


@pytest.mark.parametrize(
    ("changed", "version"),
    [
        ({"conformsTo": "http://mlcommons.org/croissant/1.1"}, "1.1"),
        ({"conformsTo": ["http://mlcommons.org/croissant/RAI/1.0", "http://mlcommons.org/croissant/2.3"]}, "2.3"),
        ({"conformsTo": {"@id": "http://mlcommons.org/croissant/1.0"}}, "1.0"),
        ({"conformsTo": None, "@context": {"ml": "http://mlcommons.org/schema/", "sc": "https://schema.org/"}}, "0.8"),
        ({"conformsTo": None}, None),
    ],
)
def test_the_version_is_what_it_says_and_0_8_is_told_by_its_terms(changed, version, of):
    assert of(made(**changed)).tool_version == version


@pytest.mark.parametrize("digest", ["https://github.com/mlcommons/croissant/issues/80", "main", "0" * 64, "", None, 12])
def test_what_is_no_digest_counts_as_none_and_makes_it_partial(digest, of):
    document = made()
    document["distribution"][0]["sha256"] = digest
    fact = of(document)
    assert fact.quality is Quality.PARTIAL
    assert fact.body["distribution"][0]["sha256"] is None


def test_a_missing_licence_is_said_and_makes_it_partial(of):
    fact = of(made(license=None))
    assert (fact.quality, fact.body["licence"]["known"]) == (Quality.PARTIAL, False)
    assert "no licence is stated, which the format requires" in fact.quality_reasons


@pytest.mark.parametrize(
    ("licence", "known", "spdx"),
    [
        ("https://choosealicense.com/licenses/cc-by-sa-4.0/", True, "CC-BY-SA-4.0"),
        ({"@type": "CreativeWork", "name": "CC BY 4.0", "url": "https://creativecommons.org/licenses/by/4.0/"}, True, "CC-BY-4.0"),
        ({"@id": "https://spdx.org/licenses/MIT"}, True, "MIT"),
        (["mit", "apache-2.0"], True, None),
        ("unknown", False, None),
        ("https://example.org/terms", False, None),
    ],
)  # fmt: skip
def test_licences_come_in_every_shape_of_json_ld(licence, known, spdx, of):
    body = of(made(license=licence)).body
    assert (body["licence"]["known"], body["spdx"]) == (known, spdx)


def test_no_file_named_is_partial(of):
    assert of(made(distribution=[])).quality is Quality.PARTIAL


def test_fields_on_responsible_use_count_only_where_they_say_something(of):
    body = of(made(**{"rai:dataBiases": "TBD", "rai:dataCollection": "Written down at the desk."})).body
    assert body["sections"] == ["rai:dataCollection"]
    assert (body["placeholders"], body["statements"]["limitations"], body["statements"]["provenance"]) == (
        1,
        False,
        True,
    )


def test_the_unprefixed_fields_of_0_8_count_too(of):
    assert of(made(dataBiases="Only one town's wording.")).body["statements"]["limitations"] is True


def test_names_in_several_languages_are_one_name(of):
    assert of(made(name={"de": "Ulmenpult", "en": "Elm desk"})).body["name"] == "Elm desk"
    assert of(made(name={"@value": "Pult", "@language": "de"})).body["name"] == "Pult"


def test_other_json_ld_is_passed_over(write, read, tmp_path):
    write("a.json", made() | {"@type": "sc:Person"})
    write("b.json", {"@context": "https://schema.org/", "@type": "Dataset", "name": "plain schema.org"})
    reading = read(tmp_path)
    assert (reading.found, reading.not_read) == ((), ())


@pytest.mark.parametrize("path", ["../../etc/passwd", "/etc/passwd", "a\0b"])
def test_a_content_address_can_not_lead_out_of_the_folder(path, of):
    document = made()
    document["distribution"][0]["contentUrl"] = path
    assert of(document).body["files"] == []


@pytest.mark.parametrize("value", [[1], "x", {"a": 1}, [[{}]], 7])
def test_a_distribution_of_another_shape_is_not_read(value, write, read, tmp_path):
    write("croissant.json", json.dumps(made(distribution=value)))
    reading = read(tmp_path)
    assert not [row for row in reading.not_read if row.reason.startswith("the collector")]
    assert not [fact for fact in reading.found if fact.quality is Quality.COMPLETE]


def test_a_repository_needs_no_digest_of_a_file_and_fixes_no_content(of):
    repository = {
        "@type": "cr:FileObject",
        "@id": "repo",
        "name": "repo",
        "encodingFormat": "git+https",
        "sha256": "https://example.org/issue/80",
    }
    fact = of(made(distribution=[repository]))
    assert (fact.quality, fact.body["manifest_digest"]) == (Quality.COMPLETE, None)
    assert fact.body["distribution"][0]["sha256"] is None

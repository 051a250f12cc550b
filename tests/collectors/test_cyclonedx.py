"""Bills in CycloneDX, from lists of packages to models with cards."""

from __future__ import annotations

import pytest

from governance.domain.evidence import Quality


def part(name="idna", sort="library", licences=({"license": {"id": "MIT"}},), version="1.0", **extra):
    made = {"type": sort, "name": name, "version": version, "licenses": list(licences)} | extra
    return {key: value for key, value in made.items() if value is not None}


def bill(*parts, version="1.6", **extra):
    return {"bomFormat": "CycloneDX", "specVersion": version, "version": 1, "components": list(parts)} | extra


@pytest.fixture
def only(read, write):
    def go(data):
        (fact,) = read(write("bom.json", data)).found
        return fact

    return go


def test_the_recorded_bill_lists_the_packages_of_its_environment(read, sample):
    facts = {fact.path: fact for fact in read(sample("cyclonedx")).found}
    fact = facts["bom-1.6.json"]
    assert (fact.tool, fact.tool_version, fact.effective_at.year) == ("cyclonedx-py", "7.5.0", 2026)
    assert fact.body["components"] == 5
    assert fact.body["licences"] == {"MIT": 3, "BSD-3-Clause": 1, "Apache-2.0 OR BSD-2-Clause": 1}
    assert (fact.body["without_licence"], fact.body["models"], fact.quality) == (0, 0, Quality.COMPLETE)


@pytest.mark.parametrize("version", ["1.2", "1.4"])
def test_the_same_environment_in_older_forms_lists_the_same(version, read, sample):
    facts = {fact.path: fact for fact in read(sample("cyclonedx")).found}
    old, new = facts[f"bom-{version}.json"].body, facts["bom-1.6.json"].body
    assert (old["components"], old["licences"], old["tool"]) == (new["components"], new["licences"], new["tool"])
    assert (old["spec_version"], old["models"]) == (version, None)


def test_a_licence_stands_by_id_by_name_or_as_an_expression(only):
    body = only(
        bill(
            part(),
            part(licences=[{"license": {"name": "House licence"}}]),
            part(licences=[{"expression": "MIT OR Apache-2.0"}]),
            part(licences=[{"license": {"id": "MIT"}}, {"license": {"id": "MIT"}}, {"license": {"name": "x\n" * 300}}]),
        )
    ).body
    assert body["licences"] == {
        "MIT": 2,
        "House licence": 1,
        "MIT OR Apache-2.0": 1,
        "(a licence given as text)": 1,
    }
    assert body["without_licence"] == 0


@pytest.mark.parametrize("said", [[], [{"license": {"id": "NOASSERTION"}}], [{"license": {"name": "UNKNOWN"}}], [{}]])
def test_no_assertion_is_no_licence(said, only):
    assert only(bill(part(licences=said))).body["without_licence"] == 1


def test_parts_inside_parts_count_and_an_application_on_top_does_not(only):
    about = {"component": {"type": "application", "name": "desk", "components": [part("inner")]}}
    fact = only(bill(part(components=[part(components=[part()])]), part(version=None), metadata=about))
    assert (fact.body["components"], fact.body["without_version"]) == (5, 1)
    assert (fact.body["subject"], fact.subject.name) == ("desk", "desk")


def test_a_model_on_top_is_a_part_with_its_card(only):
    card = {"modelParameters": {"datasets": [{"type": "dataset", "name": "letters"}, {"ref": "d1"}]}}
    about = {"component": part("desk-adapter", "machine-learning-model", modelCard=card)}
    body = only(bill(part("letters", "data", data=[{"type": "dataset"}]), metadata=about)).body
    assert [body[key] for key in ("components", "models", "data_sets", "model_cards", "card_data_sets")] == [
        2,
        1,
        1,
        1,
        2,
    ]


def test_data_that_is_configuration_is_no_data_set(only):
    body = only(bill(part("x", "data", data=[{"type": "configuration"}]), part("y", "data"))).body
    assert body["data_sets"] == 1


@pytest.mark.parametrize("version", ["1.2", "1.3", "1.4"])
def test_before_1_5_the_form_could_not_tell_models(version, only):
    body = only(bill(part(), version=version)).body
    assert (body["models"], body["data_sets"]) == (None, None)


def test_a_version_to_come_is_read_where_its_fields_hold(only):
    assert only(bill(part("m", "machine-learning-model"), version="2.0")).body["models"] == 1


@pytest.mark.parametrize(
    "tools",
    [
        [{"vendor": "CycloneDX", "name": "cyclonedx-py", "version": "3.11"}],
        {"components": [part("library"), part("cyclonedx-py", "application", version="3.11")]},
        {"services": [{"name": "cyclonedx-py", "version": "3.11"}]},
    ],
)
def test_the_tool_stands_in_the_old_and_the_new_form(tools, only):
    assert only(bill(part(), metadata={"tools": tools})).body["tool"] == {"name": "cyclonedx-py", "version": "3.11"}


def test_a_bill_that_lists_nothing_is_partial(only):
    assert only(bill()).quality is Quality.PARTIAL
    assert only(bill(metadata={}) | {"components": None}).quality is Quality.PARTIAL


def test_a_bill_that_says_it_is_incomplete_is_partial(only):
    fact = only(bill(part(), compositions=[{"aggregate": "incomplete_first_party_only"}]))
    assert fact.quality is Quality.PARTIAL
    assert only(bill(part(), compositions=[{"aggregate": "complete"}])).quality is Quality.COMPLETE


def test_the_xml_form_is_refused_with_what_to_do(read, write):
    text = '<?xml version="1.0"?>\n<bom xmlns="http://cyclonedx.org/schema/bom/1.5"><components/></bom>'
    (row,) = read(write("bom.xml", text)).not_read
    assert row.collector == "cyclonedx"
    assert "cyclonedx convert" in row.reason


def test_a_list_of_vulnerabilities_alone_is_no_bill(read, write):
    data = {"bomFormat": "CycloneDX", "specVersion": "1.5", "vulnerabilities": []}
    assert "no collector" in read(write("vex.json", data)).not_read[0].reason


@pytest.mark.parametrize("data", [bill("x"), bill() | {"specVersion": None}, bill(part(licences=["MIT"]))])
def test_a_broken_bill_is_not_read(data, read, write):
    reading = read(write("bom.json", data))
    assert not reading.found
    assert reading.not_read[0].collector == "cyclonedx"

"""Bills in SPDX, of the second and the third form."""

from __future__ import annotations

import json

import pytest

from governance.domain.evidence import Quality


@pytest.fixture
def bills(sample, read):
    """The recorded bills by version, after a change to the JSON."""
    folder = sample("spdx")

    def go(name="desk.spdx3.json", change=lambda data: None):
        path = folder / name
        data = json.loads(path.read_text())
        change(data)
        path.write_text(json.dumps(data))
        (fact,) = read(path).found
        return fact

    return go


def drop(*words):
    def change(data):
        data["@graph"] = [row for row in data["@graph"] if not any(word in json.dumps(row) for word in words)]

    return change


def test_the_third_form_counts_models_and_data_sets(bills):
    fact = bills()
    assert (fact.quality, fact.tool, fact.tool_version) == (Quality.COMPLETE, "bill-writer", "1.2")
    assert (fact.effective_at.isoformat(), fact.subject.name) == ("2026-05-04T09:00:00+00:00", "desk-adapter")
    counts = [fact.body[key] for key in ("components", "models", "data_sets", "without_version", "without_licence")]
    assert counts == [3, 1, 1, 0, 0]
    assert fact.body["licences"] == {"Apache-2.0": 2, "BSD-3-Clause": 1}


def test_the_second_form_knows_no_models_and_leaves_out_what_it_is_about(bills):
    body = bills("desk.spdx2.json").body
    counts = [body[key] for key in ("components", "models", "data_sets", "without_version", "without_licence")]
    assert counts == [3, None, None, 1, 1]
    assert (body["spec_version"], body["subject"]) == ("2.3", "desk")


def test_a_licence_hangs_on_a_package_by_a_relationship(bills):
    assert bills(change=drop("rel3")).body["without_licence"] == 1


def test_a_licence_on_the_list_of_spdx_needs_no_element(bills):
    def change(data):
        for row in data["@graph"]:
            if row.get("spdxId", "").endswith("rel3"):
                row["to"] = ["https://spdx.org/licenses/Zlib"]
            if row.get("spdxId", "").endswith("rel1"):
                row["to"] = ["expandedlicensing_NoAssertionLicense"]

    body = bills(change=change).body
    assert (body["licences"], body["without_licence"]) == ({"Apache-2.0": 1, "Zlib": 1}, 1)


def test_a_bill_without_packages_is_partial(bills):
    assert bills(change=drop("Package")).quality is Quality.PARTIAL


def test_a_creation_info_inside_an_element_is_read(bills):
    def change(data):
        (info,) = [row for row in data["@graph"] if row["type"] == "CreationInfo"]
        data["@graph"].remove(info)
        data["@graph"][0]["creationInfo"] = info

    assert bills(change=change).body["spec_version"] == "3.0.1"


@pytest.mark.parametrize(
    "data",
    [
        {"spdxVersion": "SPDX-2.3", "name": "x"},
        {"@context": "https://spdx.org/rdf/3.0.1/spdx-context.jsonld", "@graph": []},
        {"@context": "https://spdx.org/rdf/3.0.1/spdx-context.jsonld", "@graph": ["x"]},
        {"spdxVersion": "SPDX-2.3", "packages": "x"},
    ],
)
def test_a_bill_whose_fields_are_missing_is_not_read(data, read, write):
    reading = read(write("bill.json", data))
    assert not reading.found
    assert reading.not_read[0].collector == "spdx"

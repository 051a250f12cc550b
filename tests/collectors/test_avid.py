"""Entries of the AI Vulnerability Database, of early and later versions."""

from __future__ import annotations

import json

import pytest

from governance.domain.evidence import Quality

EARLY = {
    "data_type": "AVID",
    "data_version": "0.1",
    "metadata": {"vuln_id": "AVID-2022-V900"},
    "affects": {"artifact": [{"type": "model", "name": "small-model"}]},
    "problemtype": {"class": "LLM evaluation", "description": {"lang": "eng", "value": "harmful words"}},
    "impact": {"avid": {"risk_domain": ["Ethics"], "sep_view": [{"id": "E0101", "name": "Group Fairness"}]}},
    "credit": [{"lang": "eng", "value": "Ada Example"}],
    "published_date": "2022-12-23",
}


@pytest.fixture
def only(read, write):
    def go(data):
        (fact,) = read(write("entry.json", data)).found
        return fact

    return go


def test_a_report_and_a_vulnerability_name_their_day_and_domains(read, sample, only):
    (report,) = read(sample("avid")).found
    assert report.body["incidents"][0]["domains"] == ["Performance", "P0400: Safety"]
    early = only(EARLY).body
    assert early["incidents"] == [
        {"id": "AVID-2022-V900", "date": "2022-12-23", "domains": ["Ethics", "E0101: Group Fairness"],
         "systems": ["small-model"]}
    ]  # fmt: skip


def test_neither_people_nor_descriptions_are_copied(only):
    text = json.dumps(only(EARLY).body)
    assert "Ada" not in text
    assert "harmful" not in text


def test_an_entry_under_no_domain_is_partial(only):
    assert only(EARLY | {"impact": {}}).quality is Quality.PARTIAL


def test_an_entry_without_an_id_is_not_understood(read, write):
    assert "no id" in read(write("entry.json", EARLY | {"metadata": {}})).not_read[0].reason

"""Results of Presidio, as people save them."""

from __future__ import annotations

import json

import pytest

from governance.domain.evidence import Quality, SubjectType


def hit(sort="EMAIL_ADDRESS", **extra):
    return {"entity_type": sort, "start": 8, "end": 28, "score": 1.0} | extra


@pytest.fixture
def only(read, write):
    def go(data, name="hits.json"):
        (fact,) = read(write(name, data)).found
        return fact

    return go


def test_the_recorded_results_are_counted_by_sort(read, sample):
    fact, lines = read(sample("presidio")).found
    assert lines.body == fact.body
    assert (fact.quality, fact.subject.type) == (Quality.COMPLETE, SubjectType.DATA_SET)
    assert (fact.body["rows"], fact.body["entities"]) == (3, {"CREDIT_CARD": 1, "IP_ADDRESS": 1})
    assert [fact.body[key] for key in ("redacted", "dismissed", "unresolved", "threshold")] == [None] * 4


@pytest.mark.parametrize(
    ("data", "texts"),
    [
        ([hit(), hit("PERSON")], 1),
        ([[hit()], [], [hit("PERSON")]], 3),
        ([{"id": 1, "results": [hit()]}, {"id": 2, "results": [hit("PERSON")]}], 2),
        ({"recognizer_results": [[hit()], [hit("PERSON")]]}, 2),
        ("".join(json.dumps(line) + "\n" for line in ([hit()], [], [hit("PERSON")])), 3),
        ("".join(json.dumps({"row": 1, "entities": [line]}) + "\n" for line in (hit(), hit("PERSON"))), 2),
    ],
)
def test_a_list_a_list_of_lists_and_lines_count_their_texts(data, texts, only):
    body = only(data).body
    assert (body["rows"], body["entities"]) == (texts, {"EMAIL_ADDRESS": 1, "PERSON": 1})


def test_what_was_found_and_where_is_not_copied(only):
    text = json.dumps(only([{"text": "write to ada", "results": [hit(start=777, end=799)]}]).body)
    assert "ada" not in text
    assert "777" not in text


def test_a_sort_that_is_no_word_is_counted_under_another_name(only):
    assert only([hit("ada@library.example")]).body["entities"] == {"OTHER": 1}


def test_one_broken_line_among_many_keeps_the_file_from_being_read(read, write):
    lines = [json.dumps([hit()])] * 1000
    lines[500] = lines[500][:-3]
    reading = read(write("hits.jsonl", "\n".join(lines) + "\n"))
    assert not reading.found
    assert "line 501 is broken" in reading.not_read[0].reason


@pytest.mark.parametrize("bad", [hit(score=7), hit(start=30), hit(end=None)])
def test_a_result_without_its_place_or_score_is_not_read(bad, read, write):
    assert not read(write("hits.json", [hit(), bad])).found


def test_the_anonymizers_own_list_is_passed_over(read, write):
    data = {"text": "<PERSON>", "items": [hit(operator="replace", text="<PERSON>")]}
    assert not read(write("anonymized.json", data)).found

"""What a watermark detector found, and in how many texts."""

from __future__ import annotations

import json

import pytest

from governance.domain.evidence import Quality


def output(count, *, found=True, score=9.0):
    return {
        "num_tokens_scored": [40.0] * count,
        "num_green_tokens": [40.0] * count,
        "green_fraction": [1.0] * count,
        "z_score": [score] * count,
        "p_value": [0.0] * count,
        "prediction": [found] * count,
    }


CONFIG = {"greenlist_ratio": 0.25, "bias": 4.0, "hashing_key": 4711, "seeding_scheme": "lefthash", "table_seed": 3}


@pytest.fixture
def only(read, write):
    def go(data):
        (fact,) = read(write("detection.json", data)).found
        return fact

    return go


def test_the_recorded_output_gives_both_shares_over_thirty_texts(read, sample):
    (fact,) = read(sample("watermark")).found
    keys = ("marked_texts", "unmarked_texts", "true_positive_rate", "false_positive_rate", "tokens_median")
    assert [fact.body[key] for key in keys] == [30, 30, 1.0, 0.0, 31]
    assert (fact.quality, fact.body["scheme"], fact.body["threshold"]) == (Quality.COMPLETE, "KGW", None)


def test_the_key_and_seeds_are_not_copied(only):
    body = only({"watermarked": output(30), "plain": output(30, found=False), "config": CONFIG}).body
    assert body["settings"] == {"greenlist_ratio": 0.25, "bias": 4.0, "seeding_scheme": "lefthash"}
    assert "4711" not in json.dumps(body)


def test_a_share_is_the_share_of_texts_called_marked(only):
    marked = output(40)
    marked["prediction"] = [True] * 30 + [False] * 10
    body = only({"marked": marked, "human": output(30, found=False)}).body
    assert (body["true_positive_rate"], body["false_positive_rate"]) == (0.75, 0.0)


def test_few_texts_and_one_sort_of_text_are_partial(only):
    assert only({"watermarked": output(3), "plain": output(30, found=False)}).quality is Quality.PARTIAL
    fact = only({"watermarked": output(30)})
    assert (fact.quality, fact.body["false_positive_rate"]) == (Quality.PARTIAL, None)


def test_a_score_that_is_no_number_and_a_missing_verdict_are_partial(only):
    text = json.dumps({"watermarked": output(30, score=float("nan")), "plain": output(30, found=False)})
    assert only(text).quality is Quality.PARTIAL
    marked = output(30)
    del marked["prediction"]
    fact = only({"watermarked": marked, "plain": output(30, found=False)})
    assert (fact.quality, fact.body["true_positive_rate"]) == (Quality.PARTIAL, None)


def test_an_output_that_does_not_say_which_texts_are_marked_is_not_understood(read, write):
    assert "which of the texts" in read(write("d.json", output(30))).not_read[0].reason


def test_lists_of_different_length_are_not_read(read, write):
    marked = output(30) | {"prediction": [True]}
    assert not read(write("d.json", {"watermarked": marked})).found

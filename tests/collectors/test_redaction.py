"""Secrets and personal data are taken out of what is copied, and counted; what only looks like them stays."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from governance.collectors.reading.redaction import redacted, text

from .made import fact

SECRETS = {
    "hf_abcdefghijklmnopqrstuvwxyzABCDEF": "[redacted]",
    "token ghp_abcdefghijklmnopqrstuvwxyz0123456789 used": "token [redacted] used",
    "sk-proj-abcdefghijklmnop1234": "[redacted]",
    "AKIAABCDEFGHIJKLMNOP": "[redacted]",
    "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.abc-_def": "[redacted]",
    "https://ada:s3cret@git.example.org/r.git": "https://[redacted]@git.example.org/r.git",
    "postgresql://mlflow:pa55@db/mlflow": "postgresql://[redacted]@db/mlflow",
    "api_key=abcdef123456": "api_key=[redacted]",
    "'hub_token': 'abcdef123456'": "'hub_token': '[redacted]'",
    "MY_SECRET_KEY: abcdef123456": "MY_SECRET_KEY: [redacted]",
    "Authorization: Bearer abc.def.ghi": "Authorization: Bearer [redacted]",
    "https://bucket.example/x?X-Amz-Signature=0123abcd&y=1": "https://bucket.example/x?X-Amz-Signature=[redacted]&y=1",
}
PERSONAL = {
    "ada.lovelace+ml@mail.example.org wrote it": "[redacted] wrote it",
    "/home/ada/runs/final": "/home/[redacted]/runs/final",
    "pretrained=/Users/ada/base": "pretrained=/Users/[redacted]/base",
    "C:\\Users\\ada\\base": "C:\\Users\\[redacted]\\base",
}
INNOCENT = [
    "max_tokens=4096", "tokenizer=/data/tok", "<|im_start|>", "sha256:" + "ab" * 32, "git@github.com:org/repo.git", "a/b@c",
    "task=sk-1", "acc@1", "pass@10", "https://huggingface.co/org/model", "hub_token=<HUB_TOKEN>"[:10] + "None", "key: [1, 2]",
    "meta-llama/Llama-3.1-8B", "tokens_per_second: 14.2", "eos_token: </s>", "password=***", "/data/home/x",
]  # fmt: skip


@pytest.mark.parametrize(("before", "after"), [*SECRETS.items(), *PERSONAL.items()])
def test_a_secret_and_a_personal_datum_are_taken_out(before, after):
    assert text(before) == after


@pytest.mark.parametrize("said", INNOCENT)
def test_what_only_looks_like_one_stays(said):
    assert text(said) == said


def test_they_are_taken_out_wherever_they_stand_and_counted():
    body = {"a": ["hf_abcdefghijklmnopqrstuvwxyzABCDEF"], "b": {"ada@example.org": 1}, "n": 3}
    made = redacted(fact("eval-run.v1", body, name="/home/ada/run"), by_hand=False)
    assert made.body == {"a": ["[redacted]"], "b": {"[redacted]": 1}, "n": 3}
    assert (made.subject.name, made.redacted) == ("/home/[redacted]/run", 3)


def test_two_names_that_become_one_stay_two():
    made = redacted(fact("eval-run.v1", {"ada@example.org": 1, "bob@example.org": 2}), by_hand=False)
    assert sorted(made.body.values()) == [1, 2]


def test_what_a_person_wrote_keeps_the_address_and_not_the_token():
    body = {"contact": "privacy@example.org", "note": "hf_abcdefghijklmnopqrstuvwxyzABCDEF"}
    made = redacted(fact("attested-document.v1", body), by_hand=True)
    assert made.body == {"contact": "privacy@example.org", "note": "[redacted]"}
    assert made.redacted == 1


def test_a_fact_without_any_is_the_same_fact():
    before = fact("eval-run.v1", {"value": 0.5, "task": "qa"})
    assert redacted(before, by_hand=False) is before


@given(st.text(max_size=200))
def test_redacting_twice_changes_nothing_more(said):
    once = text(said)
    assert text(once) == once


@given(st.sampled_from(sorted(SECRETS)), st.text(alphabet=" \n,;", max_size=5), st.text(alphabet=" \n,;", max_size=5))
def test_a_secret_is_found_among_other_text(secret, before, after):
    assert "[redacted]" in text(before + secret + after)

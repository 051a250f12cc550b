"""Secrets and personal data are taken out of what is copied, and counted; what only looks like them stays."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from governance.collectors.reading.answers import Look, NotRead
from governance.collectors.reading.redaction import cut, redacted, said, text
from governance.domain.evidence import Source

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
    "task=sk-1", "acc@1", "recall@10.all", "ndcg@10.mean", "pass@10", "https://huggingface.co/org/model", "hub_token=<HUB_TOKEN>"[:10] + "None", "key: [1, 2]",
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


# Put together here, so that no scanner takes this file for a leak.
LETTERS, HEX = "aB3d" * 11, "0123456789abcdef" * 2
TOKENS = [
    "hf_" + "oauth_" + LETTERS, "api_org_" + LETTERS, "gsk_" + LETTERS, "r8_" + LETTERS, "pplx-" + LETTERS, "xai-" + LETTERS,
    "nvapi-" + LETTERS, "wandb_v1_" + LETTERS, "lsv2_" + "pt_" + HEX, "KGAT_" + HEX, "xapp-" + "1-A01-" + HEX, "GOCSPX-" + LETTERS,
    "123456789:" + "AA" + "b" * 33, "dckr_" + "pat_" + LETTERS, "sk_" + "live_" + LETTERS, "rk_" + "test_" + LETTERS,
    "SG." + LETTERS[:22] + "." + LETTERS[:43], "SK" + HEX, "key-" + HEX, "hvs." + LETTERS, "dp.pt." + LETTERS, "glrt-" + LETTERS,
    "ATATT3" + LETTERS, "shpat_" + HEX, "sq0atp-" + LETTERS, "lin_api_" + LETTERS, "ntn_" + LETTERS, "figd_" + LETTERS,
    "secret_" + LETTERS[:43], "-----BEGIN PGP PRIVATE KEY BLOCK-----\nabc\n-----END PGP PRIVATE KEY BLOCK-----",
    "-----BEGIN RSA PRIVATE KEY-----\nDEK-Info: AES-128-CBC\nMIIE\n-----END RSA PRIVATE KEY-----",
]  # fmt: skip
MORE = {
    "https://hooks.slack.com/services/" + "T0/B0/" + LETTERS: "https://hooks.slack.com/services/[redacted]",
    "NEPTUNE_API_TOKEN=abcdefgh": "NEPTUNE_API_TOKEN=[redacted]",
    "KAGGLE_KEY=" + HEX: "KAGGLE_KEY=[redacted]",
    "AccountKey=abcd1234ABCD==": "AccountKey=[redacted]",
    '{\\"api_key\\": \\"abcd1234efgh\\"}': '{\\"api_key\\": \\"[redacted]\\"}',
    "--password hunter2hunter --steps 3": "--password [redacted] --steps 3",
    "token=abcdefgh12345678": "token=[redacted]",
    "postgres://ada:p@ss@host/db": "postgres://[redacted]@host/db",
    "machine x login ada password hunter22": "machine x login ada password [redacted]",
    "j\u00e4ne.d\u00f6e@ex\u00e4mple.org": "[redacted]",
    "ada%40mail.example": "[redacted]",
    "file:///home/ada/x": "file:///home/[redacted]/x",
    "/mnt/c/Users/ada/x": "/mnt/c/Users/[redacted]/x",
    "[/home/ada/x]": "[/home/[redacted]/x]",
    "/nfs/home/ada/x": "/nfs/home/[redacted]/x",
    "~ada/x": "~[redacted]/x",
    "C:\\Users\\Ada Example\\x": "C:\\Users\\[redacted]\\x",
}
MORE_INNOCENT = [
    "sk-learn-random-forest-model", "asiapacificeconomics", "https://site.example/home/page", "pkg:npm/%40angular/core@1.0.2",
    "docker://nginx@sha256:" + HEX, "generator_slsa3.yml@refs/tags/v1.2.1", "EOS_TOKEN=</s>", "MAX_TOKEN=20480000", HEX, "~/.cache/hf",
    "lodash@4.17.21", "Secret Keyword", "--max-tokens 100", "monkey=banana12", "BYPASS=everything", "us.anthropic.claude-3-5-sonnet-20241022-v2:0",
]  # fmt: skip


@pytest.mark.parametrize("token", TOKENS)
def test_a_token_of_a_well_known_form_is_taken_out_whole(token):
    assert text(f"used {token} here") == "used [redacted] here"


@pytest.mark.parametrize(("before", "after"), MORE.items())
def test_secrets_and_people_are_told_in_the_places_where_tools_write_them(before, after):
    assert text(before) == after


@pytest.mark.parametrize("said", MORE_INNOCENT)
def test_names_versions_and_digests_stay(said):
    assert text(said) == said


def test_a_plain_text_under_the_name_of_a_secret_is_taken_out_and_a_blank_is_not():
    body = {"settings": {"api_key": "plain", "hub_token": None, "password": "***", "eos_token": "</s>", "secret": 3}}
    made = redacted(fact("eval-run.v1", body), by_hand=False)
    assert made.body["settings"] == body["settings"] | {"api_key": "[redacted]"}


def test_everything_that_stands_under_the_name_of_a_secret_is_taken_out_and_numbers_and_blanks_are_not():
    body = {
        "credentials": {"user": "plain", "more": [["plain", "***", 3, None]]},
        "api-key": ["plain", "plain"],
        "keys": ["plain"],
    }
    made = redacted(fact("eval-run.v1", body), by_hand=False)
    inside = {"user": "[redacted]", "more": [["[redacted]", "***", 3, None]]}
    assert made.body == {"credentials": inside, "api-key": ["[redacted]"] * 2, "keys": ["plain"]}
    assert made.redacted == 4
    assert redacted(made, by_hand=False) is made


def test_a_secret_that_lies_where_a_text_is_cut_is_taken_out_whole():
    said = "x " * 10 + TOKENS[0]
    for most in range(len(said)):
        assert LETTERS[:8] not in cut(said, most)
    assert cut("plain words", 5) == "plain"


def test_paths_reasons_and_conflicts_count_as_copied():
    source = Source(path="ada@example.org/run.json", size=1, sha256="sha256:" + "a" * 64)
    before = replace(
        fact("eval-run.v1", {}),
        path="ada@example.org/run.json",
        sources=(source,),
        quality_reasons=("ada@example.org stopped it",),
        conflicts=("/home/ada/base fits two",),
    )
    made = redacted(before, by_hand=False)
    assert (made.path, made.sources[0].path) == ("[redacted]/run.json", "[redacted]/run.json")
    assert (made.quality_reasons, made.conflicts) == (("[redacted] stopped it",), ("/home/[redacted]/base fits two",))
    assert redacted(before, by_hand=True).path == before.path


def test_what_is_not_read_tells_no_secret_and_keeps_its_place():
    made = said(NotRead("/home/ada/" + TOKENS[2], "quotes ada@example.org"))
    assert (made.path, made.reason) == ("/home/ada/[redacted]", "quotes [redacted]")


def test_what_is_told_of_who_looked_tells_no_secret_either():
    made = said(Look("a.json", "garak", "not read", "quotes ada@example.org"))
    assert (made.answer, made.reason) == ("not read", "quotes [redacted]")


def test_marks_do_not_make_a_text_longer_than_its_field():
    assert len(text("a@b.co " * 70)) <= 490


def test_hostile_text_is_gone_through_soon():
    started = time.process_time()
    for part in (
        "a-",
        "sk-",
        "KEY=",
        "token=",
        "/home/",
        "a.",
        "%40",
        "x@a.",
        "-----BEGIN PRIVATE KEY-----",
        "Cookie: ",
    ):
        text(part * (60_000 // len(part)))
    assert time.process_time() - started < 8  # two seconds on a machine that does nothing else

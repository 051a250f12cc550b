"""What is told of a service's error, and what is not."""

from __future__ import annotations

import os

import pytest

from governance.errors import CouldNotTell, UnreadableError
from governance.integrations.asking import asked, quietly, shown

TOKEN = "0123456789abcdef0123456789abcdef01234567"


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("https://alice:open-sesame@tracker.example:5000/mlflow?token=abcdefgh", "https://tracker.example:5000/mlflow"),
        ("postgresql+psycopg://u:p@db.example/mlflow?password=xyz123", "postgresql+psycopg://db.example/mlflow"),
        ("sqlite:////data/mlflow.db?mode=ro", "sqlite:////data/mlflow.db"),
        ("mlruns", "mlruns"),
        ("http://[broken", "an address that can not be read"),
    ],
)
def test_an_address_is_shown_without_user_password_and_query(address, told):
    assert shown(address) == told


def test_an_error_repeats_neither_an_address_with_a_password_nor_a_page_nor_our_own_key(monkeypatch):
    monkeypatch.setenv("TRACKER_API_KEY", TOKEN)
    with pytest.raises(UnreadableError) as caught, asked("http://u:open-sesame@x.example"):
        raise RuntimeError(
            f"request to http://u:open-sesame@x.example/api with {TOKEN} failed. Response body: '<html>alice'"
        )
    assert str(caught.value) == "http://x.example: RuntimeError: request to http://x.example/api with [redacted] failed"


def test_a_remedy_is_found_by_the_words_of_the_error():
    with pytest.raises(UnreadableError, match="Is the server up"), asked("x", {"refused": "Is the server up?"}):
        raise OSError("Connection refused")


def test_our_own_answers_pass_as_they_are():
    with pytest.raises(CouldNotTell), asked("x"):
        raise CouldNotTell("nothing is known")


def test_settings_last_as_long_as_the_question_and_never_displace_the_user_s_own(monkeypatch):
    monkeypatch.setenv("A_TIMEOUT", "90")
    monkeypatch.delenv("A_RETRY", raising=False)
    with quietly({"A_TIMEOUT": "30", "A_RETRY": "3"}):
        assert (os.environ["A_TIMEOUT"], os.environ["A_RETRY"]) == ("90", "3")
    assert os.environ["A_TIMEOUT"] == "90"
    assert "A_RETRY" not in os.environ

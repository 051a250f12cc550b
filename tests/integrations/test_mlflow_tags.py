"""A verdict on a run of MLflow and its versions: in which order it is written, and what is refused. Against a store in memory."""

from __future__ import annotations

import contextlib
from types import SimpleNamespace

import pytest

from governance.errors import CouldNotTell, UnreadableError, UsageError
from governance.integrations import mlflow_tags
from governance.integrations.verdict import Verdict

RUN = "a" * 32


class Store:
    """What the client of MLflow is asked for here. `breaks_at` is the write that fails; `deaf` keeps nothing."""

    def __init__(self, *versions, breaks_at=None, deaf=False):
        self.tags, self.written = {}, []
        self.versions = {
            (name, number): SimpleNamespace(name=name, version=number, source=source, tags={})
            for name, number, source in versions
        }
        self.breaks_at, self.deaf = breaks_at, deaf

    def get_run(self, run_id):
        return SimpleNamespace(info=SimpleNamespace(run_id=run_id), data=SimpleNamespace(tags=dict(self.tags)))

    def search_model_versions(self, said, max_results, page_token):
        assert said == f"run_id = '{RUN}'"
        return list(self.versions.values())

    def get_model_version(self, name, version):
        return self.versions[name, version]

    def set_tag(self, run_id, name, value):
        self._put(self.tags, name, value)

    def set_model_version_tag(self, name, version, key, value):
        self._put(self.versions[name, version].tags, key, value)

    def _put(self, tags, name, value):
        self.written.append((name, value))
        if self.breaks_at == len(self.written):
            raise ConnectionError("gone")
        if not self.deaf:
            tags[name] = value


def said(answer="yes", identity="sha256:new"):
    return Verdict(answer, "why", "release", identity, "7 ab", "2026-11-26T00:00:00Z", False, ("ev-1",))


EARLIER = {"governance.verdict": "yes", "governance.identity": "sha256:old"}


def test_all_five_tags_stand_on_the_run_and_on_its_versions():
    store = Store(("elm", "1", "s"), ("elm", "2", "s"))
    assert mlflow_tags.write(store, RUN, said()) == (RUN, "elm/1", "elm/2")
    assert store.tags == said().tags
    assert all(each.tags == said().tags for each in store.versions.values())


@pytest.mark.parametrize("answer", ["no", "could-not-tell"])
def test_a_no_overwrites_an_earlier_yes_everywhere(answer):
    store = Store(("elm", "1", "s"))
    mlflow_tags.write(store, RUN, said("yes"))
    mlflow_tags.write(store, RUN, said(answer))
    assert store.tags["governance.verdict"] == answer
    assert store.versions["elm", "1"].tags["governance.verdict"] == answer


@pytest.mark.parametrize("breaks_at", range(1, 13))
@pytest.mark.parametrize("answer", ["yes", "no", "could-not-tell"])
def test_however_far_it_came_no_yes_stands_beside_another_identity(breaks_at, answer):
    store = Store(("elm", "1", "s"), breaks_at=breaks_at)
    store.tags |= EARLIER
    store.versions["elm", "1"].tags |= EARLIER
    with contextlib.suppress(ConnectionError):
        mlflow_tags.write(store, RUN, said(answer))
    for tags in (store.tags, store.versions["elm", "1"].tags):
        if tags["governance.verdict"] == "yes":
            assert tags["governance.identity"] == "sha256:old" or tags == said("yes").tags


def test_a_store_that_accepts_and_forgets_is_found_out():
    with pytest.raises(UnreadableError, match="after 'yes' was written"):
        mlflow_tags.write(Store(deaf=True), RUN, said())


def test_versions_from_different_sources_get_no_yes_unless_they_are_named():
    store = Store(("elm", "1", "a"), ("elm", "2", "b"))
    with pytest.raises(CouldNotTell, match="different sources"):
        mlflow_tags.write(store, RUN, said())
    assert store.written == []
    assert mlflow_tags.write(store, RUN, said(), versions=["elm/2"]) == (RUN, "elm/2")
    assert store.versions["elm", "1"].tags == {}


def test_a_no_goes_to_all_versions_whatever_their_sources():
    store = Store(("elm", "1", "a"), ("elm", "2", "b"))
    mlflow_tags.write(store, RUN, said("no"))
    assert {each.tags["governance.verdict"] for each in store.versions.values()} == {"no"}


def test_a_version_of_another_run_can_not_be_named():
    store = Store(("elm", "1", "a"))
    with pytest.raises(UsageError, match="no version that came from this run"):
        mlflow_tags.write(store, RUN, said(), versions=["elm/7"])
    assert store.written == []


def test_a_server_that_answers_with_another_run_is_refused():
    store = Store()
    store.get_run = lambda run_id: SimpleNamespace(info=SimpleNamespace(run_id="b" * 32))
    with pytest.raises(UnreadableError, match="answered with the run"):
        mlflow_tags.write(store, RUN, said())
    assert store.written == []

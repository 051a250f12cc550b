"""`govern release`: every file counts, and a change of any of them is another model."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from governance.proofs import manifest
from governance.verifier import model_folder
from governance.workspace import Workspace
from tests.conftest import RECORDED

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.cli.conftest import Ran


@pytest.fixture
def released(
    govern: Callable[..., Ran], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., dict[str, Any]]:
    """A workspace with the system, a folder `final`, and a call that releases it and gives the answer."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    assert govern("init").code == 0
    assert govern("system", "add", RECORDED / "system.yaml").code == 0
    shutil.copytree(RECORDED / "run", tmp_path / "final")

    def call(*arguments: str | Path, folder: str = "final") -> dict[str, Any]:
        ran = govern("release", "elm-desk", folder, *arguments, "--json")
        assert ran.code == 0, ran.err
        answer: dict[str, Any] = ran.json
        return answer

    return call


def entries() -> int:
    workspace = Workspace(Path())
    try:
        return workspace.ledger.checkpoint().size
    finally:
        workspace.ledger.close()


def body(entry: str) -> dict[str, Any]:
    workspace = Workspace(Path())
    try:
        return dict(workspace.evidence(entry).body)
    finally:
        workspace.ledger.close()


def test_the_release_is_what_is_judged_and_anybody_can_compute_its_identity(released, govern):
    answer = released("--runtime", "vllm 0.9.2")
    shown = govern("system", "show", "elm-desk", "--json").json["identity"]
    assert shown["digest"] == answer["identity"]
    assert answer["stands"]
    said = body(answer["id"])
    rows = manifest.read(said["parts"][0]["files"])
    assert rows == model_folder.take(Path("final"))
    assert {path.relative_to("final").as_posix() for path in Path("final").rglob("*") if path.is_file()} == set(
        rows.by_path
    )
    assert rows.digest == said["manifest_digest"] == answer["manifest_digest"]
    assert manifest.identity(said["parts"]) == said["identity"] == answer["identity"]
    for part in said["parts"]:
        if part["known_by"] == "files":
            assert manifest.read(part["files"]).digest == part["digest"]
    assert model_folder.check(Path("final"), rows.rows) == []


def test_the_evidence_of_the_same_weights_meets_the_release(released, govern):
    answer = released()
    listed = govern("evidence", "list", "--system", "elm-desk", "--json").json
    text = json.dumps(listed)
    assert "release-manifest.v1" in text
    assert answer["weights"] in text


def test_the_same_bytes_again_append_nothing_whatever_their_times(released):
    first = released("--runtime", "vllm 0.9.2")
    size = entries()
    for path in Path("final").rglob("*"):
        os.utime(path, (1, 1))
    again = released("--runtime", "vllm 0.9.2", "--paranoid")
    assert (again["new"], again["id"], again["identity"]) == (False, first["id"], first["identity"])
    assert entries() == size


def test_the_folder_may_lie_elsewhere_under_another_name(released):
    first = released()
    shutil.move("final", "deployed")
    again = released(folder="deployed")
    assert again["identity"] == first["identity"]
    assert not again["new"]


def swap() -> None:
    Path("final/README.md").rename("final/x")
    Path("final/train_results.json").rename("final/README.md")
    Path("final/x").rename("final/train_results.json")


CHANGES: dict[str, tuple[Callable[[], object], str]] = {
    "a file more": (lambda: Path("final/notes.txt").write_text("x"), "belong to no named part"),
    "a payload in .git": (
        lambda: (Path("final/.git").mkdir(), Path("final/.git/hook").write_text("x")),
        "belong to no named part",
    ),
    "an empty folder more": (lambda: Path("final/cache").mkdir(), "belong to no named part"),
    "a new name": (lambda: Path("final/README.md").rename("final/readme.txt"), "belong to no named part"),
    "two files swapped": (swap, "belong to no named part"),
    "the chat template": (lambda: Path("final/chat_template.jinja").write_text("{{ x }}"), "the chat template changed"),
    "the tokenizer": (lambda: Path("final/tokenizer_config.json").write_text("{}"), "the tokenizer changed"),
    "generation defaults": (
        lambda: Path("final/generation_config.json").write_text('{"temperature": 2}'),
        "the generation defaults is named now, and was not",
    ),
    "a quantised copy": (
        lambda: Path("final/config.json").write_text(
            '{"model_type": "llama", "quantization_config": {"quant_method": "gptq", "bits": 4}}'
        ),
        "the quantisation is named now, and was not",
    ),
}


@pytest.mark.parametrize("change", CHANGES)
def test_any_change_is_another_identity_and_what_changed_is_said(released, change):
    before = released()
    CHANGES[change][0]()
    after = released()
    assert after["identity"] != before["identity"]
    assert after["new"]
    assert after["stands"]
    assert any(CHANGES[change][1] in sentence for sentence in after["differences"]), after["differences"]


def test_a_merged_copy_is_another_model_of_which_nothing_is_known_yet(released, govern):
    before = released()
    weights = Path("final/adapter_model.safetensors")
    data = bytearray(weights.read_bytes())
    data[-1] ^= 1
    shutil.copytree("final", "merged")
    Path("merged/adapter_model.safetensors").write_bytes(data)
    Path("recipe.yaml").write_text("merge_method: slerp\n")
    after = released("--merge-recipe", "recipe.yaml", folder="merged")
    assert after["identity"] != before["identity"]
    assert after["weights"] != before["weights"]
    assert {"the adapter changed", "the merge recipe is named now, and was not"} <= set(after["differences"])
    assert govern("system", "show", "elm-desk", "--json").json["identity"]["digest"] == after["identity"]


def test_going_back_to_a_release_of_before_is_recorded_as_such(released):
    first = released()
    Path("final/notes.txt").write_text("x")
    released()
    Path("final/notes.txt").unlink()
    back = released()
    assert back["new"]
    assert back["stands"]
    assert back["identity"] == first["identity"]
    assert not released()["new"]


def test_going_back_to_weights_of_before_makes_them_the_candidate_again(released):
    first = released()
    shutil.copytree("final", "other")
    data = bytearray(Path("other/adapter_model.safetensors").read_bytes())
    data[-1] ^= 1
    Path("other/adapter_model.safetensors").write_bytes(data)
    assert released(folder="other")["stands"]
    back = released()
    assert back["stands"]
    assert back["identity"] == first["identity"]
    size = entries()
    released()
    assert entries() == size


def test_a_part_is_known_by_its_bytes_where_they_are_given_and_else_says_so(released):
    named = released("--base", "org/base@abc", "--runtime", "vllm 0.9.2", "--quantisation", "int8 when loaded")
    assert named["by_reference"] == ["base", "quantisation", "runtime"]
    Path("image.txt").write_text("sha256:1\n")
    given = released(
        "--base", RECORDED / "base", "--runtime", "image.txt", "--adapter", "final", "--tokenizer", "final"
    )
    assert given["by_reference"] == []
    assert [part["part"] for part in given["parts"]] == [
        "release", "adapter", "adapter", "base", "tokenizer", "tokenizer", "chat-template", "runtime",
    ]  # fmt: skip
    Path("image.txt").write_text("sha256:2\n")
    other = released(
        "--base", RECORDED / "base", "--runtime", "image.txt", "--adapter", "final", "--tokenizer", "final"
    )
    assert other["differences"] == ["the runtime changed"]


def test_another_base_than_the_settings_name_is_a_conflict_that_is_kept(released, govern):
    answer = released("--base", "org/another@abc")
    assert "name the base" in answer["conflicts"][0]
    assert "conflict" in govern("release", "elm-desk", "final", "--base", "org/another@abc").out


@pytest.mark.parametrize("name", ["bare.gguf", "model.safetensors"])
def test_bare_weights_become_the_candidate_when_they_are_released(released, govern, name):
    Path("bare").mkdir()
    header = b'{"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}'
    safetensors = len(header).to_bytes(8, "little") + header + b"\0\0\0\0"
    gguf = b"GGUF" + (3).to_bytes(4, "little") + bytes(16)
    Path("bare", name).write_bytes(gguf if name.endswith("gguf") else safetensors)
    answer = released(folder="bare")
    assert answer["stands"]
    assert [part["part"] for part in answer["parts"]] == ["release", "weights"]


def test_of_several_models_one_is_named(released, govern):
    Path("two").mkdir()
    for name in ("a", "b"):
        shutil.copytree("final", f"two/{name}")
    ran = govern("release", "elm-desk", "two")
    assert ran.code == 2
    assert "--model PATH: a/adapter_config.json, b/adapter_config.json" in ran.err
    assert released("--model", "b", folder="two")["stands"]
    assert govern("release", "elm-desk", "two", "--model", "c").code == 2


def link() -> None:
    Path("final/README.md").rename("README.md")
    Path("final/README.md").symlink_to("../README.md")


@pytest.mark.parametrize(
    ("make", "arguments", "code", "said"),
    [
        (link, [], 6, "final/README.md: a symbolic link"),
        (lambda: os.mkfifo("final/p"), [], 6, "final/p: a pipe"),
        (lambda: Path("final/Readme.md").touch(), [], 6, "case of letters"),
        (lambda: shutil.rmtree("final"), [], 2, "final: can not be opened"),
        (lambda: (shutil.rmtree("final"), Path("final").mkdir()), [], 6, "no file"),
        (lambda: Path("final/adapter_config.json").unlink(), ["--base", "nowhere/"], 2, "neither a folder nor a model"),
        (lambda: None, ["--base", "/nowhere"], 2, "neither a folder nor a model"),
        (lambda: None, ["--adapter", "nowhere"], 2, "--adapter names no folder"),
        (lambda: None, ["--tokenizer", "nowhere"], 2, "--tokenizer names no folder"),
        (lambda: None, ["--merge-recipe", "nowhere"], 2, "--merge-recipe names no file"),
        (lambda: None, ["--runtime", " "], 2, "--runtime ' ' is no name"),
        (lambda: None, ["--runtime", "./nowhere"], 2, "names no file"),
        (lambda: None, ["--runtime", "v\u202e1"], 2, "is no name"),
    ],
)
def test_what_can_not_be_released_is_refused_before_anything_is_appended(released, govern, make, arguments, code, said):
    size = entries()
    make()
    ran = govern("release", "elm-desk", "final", *arguments)
    assert ran.code == code, ran.err
    assert said in ran.err
    assert entries() == size


def test_a_folder_without_a_model_and_a_system_that_is_not_there_are_refused(released, govern):
    Path("papers").mkdir()
    Path("papers/README.md").write_text("no model here")
    ran = govern("release", "elm-desk", "papers")
    assert (ran.code, "there is no model in it" in ran.err) == (2, True)
    assert govern("release", "nobody", "final").code == 2


def test_the_workspace_is_no_part_of_a_release(released, govern):
    ran = govern("release", "elm-desk", ".")
    assert (ran.code, "the workspace lies in this folder" in ran.err) == (2, True)

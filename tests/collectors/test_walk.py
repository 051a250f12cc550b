"""What is walked, what is refused, and that both are said."""

from __future__ import annotations

import os

import pytest

from governance.collectors.reading import walk as walking

from .made import results, safetensors


def reasons(reading):
    return {row.path: row.reason for row in reading.not_read}


def test_a_path_that_does_not_exist_is_not_read(tmp_path, read):
    reading = read(tmp_path / "nowhere")
    assert reading.found == ()
    assert "No such file" in reading.not_read[0].reason


def test_a_file_named_by_itself_that_nobody_recognises_is_said(write, read):
    assert reasons(read(write("notes.txt", "hello"))) == {"notes.txt": "no collector recognises it"}


def test_a_file_nobody_recognises_inside_a_folder_is_passed_over(write, read, tmp_path):
    write("notes.txt", "hello")
    assert read(tmp_path).not_read == ()


def test_an_empty_folder_gives_nothing_and_no_error(tmp_path, read):
    reading = read(tmp_path)
    assert (reading.found, reading.not_read) == ((), ())


def test_a_link_out_of_the_folder_is_refused_and_said(write, read, tmp_path):
    secret = write("outside/results.json", results())
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "results.json").symlink_to(secret)
    reading = read(tmp_path / "in")
    assert reading.found == ()
    assert "leaves the folder" in reasons(reading)["results.json"]


def test_a_link_to_a_folder_outside_is_refused(write, read, tmp_path):
    write("outside/results.json", results())
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "sub").symlink_to(tmp_path / "outside")
    assert "leaves the folder" in reasons(read(tmp_path / "in"))["sub"]


def test_a_folder_linked_to_itself_is_walked_once(write, read, tmp_path):
    write("results.json", results())
    (tmp_path / "again").symlink_to(tmp_path)
    assert len(read(tmp_path).found) == 1


def test_a_dangling_link_is_said(read, tmp_path):
    (tmp_path / "gone.json").symlink_to(tmp_path / "nothing")
    assert reasons(read(tmp_path)) == {"gone.json": "a symbolic link to nothing"}


def test_a_hugging_face_snapshot_is_read_once_under_its_own_names(write, read, tmp_path):
    write("hub/blobs/aaaa", safetensors())
    write("hub/blobs/bbbb", {"model_type": "gpt2", "architectures": ["GPT2LMHeadModel"]})
    snapshot = tmp_path / "hub" / "snapshots" / "rev"
    snapshot.mkdir(parents=True)
    (snapshot / "model.safetensors").symlink_to("../../blobs/aaaa")
    (snapshot / "config.json").symlink_to("../../blobs/bbbb")
    (fact,) = read(tmp_path / "hub").found
    assert fact.body["form"] == "full-model"
    assert [row["path"] for row in fact.body["files"]] == ["config.json", "model.safetensors"]


def test_a_file_named_twice_is_read_once(write, read, tmp_path):
    path = write("results.json", results())
    assert len(read(tmp_path, path, path).found) == 1


def test_git_internals_are_not_walked(write, read, tmp_path):
    write(".git/results.json", results())
    assert read(tmp_path).found == ()


def test_folders_beyond_the_depth_cap_are_said(write, read, tmp_path):
    write("/".join(["d"] * (walking.MAX_DEPTH + 2)) + "/results.json", results())
    reading = read(tmp_path)
    assert reading.found == ()
    assert "deeper than" in reading.not_read[0].reason


def test_files_beyond_the_cap_are_said(write, read, tmp_path, monkeypatch):
    monkeypatch.setattr(walking, "MAX_FILES", 2)
    for name in "abc":
        write(f"{name}.json", results())
    reading = read(tmp_path)
    assert len(reading.found) == 2
    assert "those from c.json on were not read" in reading.not_read[0].reason


def test_a_pipe_is_passed_over_and_never_waited_for(tmp_path, read):
    os.mkfifo(tmp_path / "results.json")
    assert read(tmp_path).not_read == ()
    assert reasons(read(tmp_path / "results.json")) == {str(tmp_path / "results.json"): "neither a file nor a folder"}


def test_a_name_that_is_not_utf_8_is_said(tmp_path, read):
    (tmp_path / os.fsdecode(b"bad\xff.json")).write_text("{}")
    assert "its name is not UTF-8" in read(tmp_path).not_read[0].reason


def test_a_git_lfs_pointer_is_said(write, read, tmp_path):
    write("model.safetensors", "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 12\n")
    assert "git lfs pull" in reasons(read(tmp_path))["model.safetensors"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read_is_said(write, read, tmp_path):
    write("results.json", results()).chmod(0)
    assert "can not be opened" in reasons(read(tmp_path))["results.json"]


def test_paths_are_shown_relative_to_what_was_attached(write, read, tmp_path):
    path = write("deep/er/results.json", results())
    assert read(tmp_path).found[0].path == "deep/er/results.json"
    assert read(path).found[0].path == "results.json"


def test_progress_is_told_while_a_large_file_is_hashed(write, read, tmp_path):
    count = 3 * 1024 * 1024
    write("model.safetensors", safetensors({"w": {"dtype": "U8", "shape": [count], "data_offsets": [0, count]}}))
    told = []
    read(tmp_path, progress=lambda path, done, total: told.append((path, done, total)))
    assert told[-1][0] == "model.safetensors"
    assert told[-1][1] == told[-1][2] > count


def test_a_file_that_changes_between_two_looks_is_refused(write):
    from governance.collectors.reading.files import File
    from governance.errors import UnreadableError

    path = write("big.json", b"{" + b" " * 200_000 + b"}")
    file = File(str(path), "big.json", "big.json")
    assert file.opens_json
    path.write_bytes(b"{" + b" " * 100_000 + b"}")
    with pytest.raises(UnreadableError, match="changed while it was read"):
        file.json()


def test_a_file_that_grows_or_shrinks_while_it_is_read_is_refused(write, monkeypatch):
    import os

    from governance.collectors.reading.files import File
    from governance.errors import UnreadableError

    path = write("a.jsonl", b'{"a": 1}\n' * 10)
    status, real = path.stat(), os.fstat

    def shorter(descriptor):
        made = list(real(descriptor))
        made[6] = status.st_size - 9
        return os.stat_result(made)

    file = File(str(path), "a.jsonl", "a.jsonl")
    monkeypatch.setattr("governance.collectors.reading.files.os.fstat", shorter)
    with pytest.raises(UnreadableError, match="changed while it was read"):
        _ = file.head
    with pytest.raises(UnreadableError, match="changed while it was read"):
        list(File(str(path), "a.jsonl", "a.jsonl").lines())


def test_a_named_file_in_utf_16_or_packed_is_told_what_to_do(write, read):
    said = [
        read(path).not_read[0].reason
        for path in (write("a.txt", "x".encode("utf-16")), write("b.gz", b"\x1f\x8b\x08\0"))
    ]
    assert "Save it as UTF-8" in said[0]
    assert "Unpack it" in said[1]


def test_a_folder_of_more_entries_than_can_be_sorted_is_said(write, read, tmp_path, monkeypatch):
    monkeypatch.setattr(walking, "MAX_ENTRIES", 2)
    for name in "abc":
        write(f"{name}.json", results())
    assert read(tmp_path).not_read[0].reason == "more than 2 entries; nothing in it was read"

"""A workspace's own content: nothing comes in over a link, and nothing that looks like content is passed over in silence."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from governance.content import places
from governance.errors import ContentError

if TYPE_CHECKING:
    from pathlib import Path

SECRET = "id: TOP SECRET\n"
CONTROL = "controls/catalogue/own.yaml"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    made = tmp_path / "ws"
    put(made, CONTROL)
    (made / "keys").mkdir()
    (made / "keys" / "ledger.pem").write_text(SECRET, "utf-8")
    (tmp_path / "secret").write_text(SECRET, "utf-8")
    return made


def put(root: Path, path: str, text: str = "id: own\n") -> Path:
    (root / path).parent.mkdir(parents=True, exist_ok=True)
    (root / path).write_text(text, "utf-8")
    return root / path


def link(root: Path, path: str, to: str | Path) -> None:
    (root / path).parent.mkdir(parents=True, exist_ok=True)
    (root / path).symlink_to(to)


@pytest.mark.parametrize("path", ["controls/wording/key.yaml", "controls/wording/key.runs", "controls/catalogue/x.yaml",
                                  "templates/x.j2", "templates/_parts/x.j2", "evidence/kinds/x.v1.yaml"])  # fmt: skip
@pytest.mark.parametrize("to", ["secret", "ws/keys/ledger.pem"])
def test_a_link_out_of_the_folders_of_content_is_refused_with_its_name(root: Path, path: str, to: str) -> None:
    link(root, path, root.parent / to)
    for read in (places.read_all, places.wording, places.replaced):
        if read is places.wording and "wording" not in path:
            continue
        with pytest.raises(ContentError, match="is a link out of the folders of content") as caught:
            read([root])
        assert caught.value.where == str(root / path)
        assert "copy" in caught.value.hint


@pytest.mark.parametrize("folder", ["controls", "policies", "templates", "evidence"])
def test_a_content_folder_that_lies_elsewhere_is_refused_and_not_passed_over(tmp_path: Path, folder: str) -> None:
    put(tmp_path / "elsewhere", "kinds/x.v1.yaml")
    link(tmp_path / "ws", folder, tmp_path / "elsewhere")
    with pytest.raises(ContentError, match="is a link out of the workspace"):
        places.read_all([tmp_path / "ws"])


def test_a_folder_among_the_content_that_is_a_link_is_refused_also_where_it_leads_inside(root: Path) -> None:
    put(root, "controls/risks/r.yaml")
    link(root, "controls/profiles", root / "controls" / "risks")
    with pytest.raises(ContentError, match="is a link to a folder"):
        places.read_all([root])


def test_a_link_to_another_content_file_is_read(root: Path) -> None:
    link(root, "controls/catalogue/same.yaml", "own.yaml")
    assert set(places.read_all([root])) == {CONTROL, "controls/catalogue/same.yaml"}


def test_of_the_wording_folder_lists_of_runs_are_read_and_nothing_else_is_handed_over(root: Path) -> None:
    put(root, "controls/wording/notes.yaml")
    put(root, "controls/wording/house.runs", "x")
    assert set(places.read_all([root])) == {CONTROL}
    assert places.wording([root]) == {"house": b"x"}
    (stray,) = places.strays([root])
    assert (stray.path, "lists of runs alone" in stray.message) == ("controls/wording/notes.yaml", True)


def test_a_list_of_runs_that_a_workspace_has_over_ours_is_named_among_what_is_replaced(root: Path) -> None:
    ours = places.builtin_root()
    name = min(places.wording([ours]))
    put(root, f"controls/wording/{name}.runs", "another")
    assert places.replaced([ours, root]) == ((f"controls/wording/{name}.runs", root),)
    put(root, f"controls/wording/{name}.runs").write_bytes(places.wording([ours])[name])
    assert places.replaced([ours, root]) == ()


@pytest.mark.parametrize(
    ("path", "named", "said"),
    [
        ("controls/catalogue/x.yml", "controls/catalogue/x.yml", "a content file ends in .yaml"),
        ("controls/catalogue/x.YAML", "controls/catalogue/x.YAML", "a content file ends in .yaml"),
        ("templates/x.J2", "templates/x.J2", "a template in .j2"),
        ("policies/x.runs", "policies/x.runs", "read from controls/wording alone"),
        ("controls/catalogue/folder.yaml/x.txt", "controls/catalogue/folder.yaml", "is no file"),
        ("control/catalogue/x.yaml", "control", "The folder is called controls"),
        ("Policies/x.yaml", "Policies", "The folder is called policies"),
        ("evidence/kind/x.v1.yaml", "evidence/kind", "The folder is called evidence/kinds"),
        ("evidence/suite/x.yml", "evidence/suite", "The folder is called evidence/suites"),
        ("policy/x.yaml", "policy", "The folder is called policies"),
        ("template/x.j2", "template", "The folder is called templates"),
    ],
)
def test_what_looks_like_content_and_is_not_read_is_named(root: Path, path: str, named: str, said: str) -> None:
    if (root / "CONTROLS").exists():
        pytest.skip("capitals do not count on this disk")
    put(root, path)
    (stray,) = places.strays([root])
    assert stray.path == named
    assert said in stray.message


@pytest.mark.parametrize(
    "path",
    ["controls/catalogue/x.yaml.bak", "controls/notes.txt", "control/readme.md", "kinds/x.yaml", "run/config.yaml",
     "evidence/recorded/x.yaml", "controls/wording/x.runs", "templates/x.md.j2"],
)  # fmt: skip
def test_what_is_read_or_is_the_owners_own_business_is_no_stray(root: Path, path: str) -> None:
    put(root, path)
    assert places.strays([root]) == ()


def test_a_link_that_leads_nowhere_is_named_and_an_editors_lock_is_not(root: Path) -> None:
    link(root, "controls/catalogue/x.yaml", "nowhere")
    link(root, "controls/catalogue/y.yaml", "y.yaml")
    link(root, "controls/catalogue/.#own.yaml", "ada@desk.4711")
    assert set(places.read_all([root])) == {CONTROL}
    assert [stray.path for stray in places.strays([root])] == ["controls/catalogue/x.yaml", "controls/catalogue/y.yaml"]


def test_nothing_of_ours_is_passed_over() -> None:
    assert places.strays([places.builtin_root()]) == ()

"""The schema of a kind is asked and never obeyed: it fetches nothing, and one that is none is named as such."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import TYPE_CHECKING, Any

import pytest

from governance.attaching import Kinds, validator
from governance.content import loader, places
from governance.domain.catalogue import Catalogue
from governance.domain.kind import Kind
from governance.errors import ContentError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PATH = "evidence/kinds/finding.v1.yaml"


def kind(body: dict[str, Any]) -> Kind:
    made = loader.read(Kind, (places.builtin_root() / PATH).read_bytes(), where=PATH)
    return made.model_copy(update={"body": body})


@pytest.fixture
def asked() -> Iterator[tuple[str, list[str]]]:
    """The address of a server on this machine, and what it was asked for."""
    paths: list[str] = []

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            paths.append(self.path)
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"{}")

        def log_message(self, *_: object) -> None: ...

    server = HTTPServer(("127.0.0.1", 0), Answer)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/x.json", paths
    server.shutdown()
    server.server_close()


def test_a_schema_that_names_an_address_asks_nobody(asked: tuple[str, list[str]]) -> None:
    address, paths = asked
    with pytest.raises(ContentError, match="nothing is fetched"):
        validator(kind({"properties": {"count": {"$ref": address}}}))
    assert paths == []


def test_a_schema_that_names_a_file_reads_none(tmp_path: Path) -> None:
    (tmp_path / "local.json").write_text("{}", "utf-8")
    with pytest.raises(ContentError, match="nothing is fetched"):
        validator(kind({"$ref": (tmp_path / "local.json").as_uri()}))


@pytest.mark.parametrize("body", [{"type": "banana"}, {"properties": [1]}, {"pattern": "("}, {"$ref": "#/nowhere"}])
def test_what_is_no_schema_is_a_fault_of_its_file_and_not_of_the_program(body: dict[str, Any]) -> None:
    with pytest.raises(ContentError, match="no JSON Schema") as caught:
        Kinds(Catalogue(kinds={"finding.v1": kind(body)})).require("finding.v1", {})
    assert caught.value.where == PATH

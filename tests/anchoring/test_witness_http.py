"""The witness on a port says what the protocol says: each refusal its status, the size where it is due, and keep-alive."""

from __future__ import annotations

import http.client
import socket
import threading
from hashlib import sha256
from typing import TYPE_CHECKING

import pytest

from governance.proofs import note
from governance.witness import wire
from governance.witness.serve import Server
from tests.anchoring.made import ORIGIN, OTHER_KEY, Branch, cosigned, witness

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

A, B = Branch("a"), Branch("b")


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    with Server(witness(tmp_path / "w"), "127.0.0.1", 0) as made:
        thread = threading.Thread(target=made.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield made
        made.shutdown()
        thread.join()


@pytest.fixture
def line(server: Server) -> Iterator[http.client.HTTPConnection]:
    connection = http.client.HTTPConnection("127.0.0.1", server.server_address[1], timeout=10)
    yield connection
    connection.close()


def asked(line: http.client.HTTPConnection, body: bytes, path: str = "/add-checkpoint") -> tuple[int, str, bytes]:
    line.request("POST", path, body)
    answer = line.getresponse()
    return answer.status, answer.headers["Content-Type"], answer.read()


def test_each_answer_of_the_protocol_over_one_connection(server: Server, line: http.client.HTTPConnection) -> None:
    status, _, body = asked(line, A.request(0, 9))
    assert status == 200
    assert cosigned(body, A.note(9), server.witness.verifier) == note.Head(ORIGIN, 9, A.root(9))
    first = line.sock
    assert asked(line, A.request(0, 12)) == (409, "text/x.tlog.size", b"9\n")
    assert asked(line, B.request(9, 12))[0] == 422
    assert asked(line, wire.write(12, [], A.note(9)))[0] == 400
    assert asked(line, wire.write(0, [], A.note(3, origin="other.example")))[0] == 404
    assert asked(line, wire.write(9, A.proof(9, 12), A.note(12, key=OTHER_KEY)))[0] == 403
    assert asked(line, b"nonsense")[0] == 400
    assert asked(line, A.request(9, 12), "/sign-subtree")[0] == 404
    assert asked(line, A.request(9, 12))[0] == 200
    assert line.sock is first


def test_the_last_checkpoint_of_a_log_is_there_for_monitors(line: http.client.HTTPConnection) -> None:
    address = f"/{sha256(ORIGIN.encode()).hexdigest()}/checkpoint"
    for path, expected in ((address, 404), ("/../witness.pem/checkpoint", 404), ("/", 404), (address + "/x", 404)):
        line.request("GET", path)
        answer = line.getresponse()
        assert (answer.status, b"PRIVATE" in answer.read()) == (expected, False)
    _, _, cosignature = asked(line, A.request(0, 9))
    line.request("GET", address)
    answer = line.getresponse()
    assert (answer.status, answer.read()) == (200, A.note(9) + cosignature)


def test_a_body_over_the_cap_is_refused_before_it_is_read(line: http.client.HTTPConnection) -> None:
    line.putrequest("POST", "/add-checkpoint")
    line.putheader("Content-Length", str(10**15))
    line.endheaders()
    answer = line.getresponse()
    assert (answer.status, answer.headers["Connection"]) == (413, "close")


@pytest.mark.parametrize("header", ["Transfer-Encoding: chunked", "Content-Length: -1", "Content-Length: ²", "X: y"])
def test_a_body_of_no_known_length_is_refused(server: Server, header: str) -> None:
    with socket.create_connection(("127.0.0.1", server.server_address[1]), timeout=10) as sent:
        sent.sendall(f"POST /add-checkpoint HTTP/1.1\r\nHost: x\r\n{header}\r\n\r\n".encode())
        assert sent.recv(100).startswith(b"HTTP/1.1 411 ")


def test_a_cut_body_is_refused_and_signs_nothing(server: Server) -> None:
    whole = A.request(0, 9)
    with socket.create_connection(("127.0.0.1", server.server_address[1]), timeout=10) as sent:
        sent.sendall(f"POST /add-checkpoint HTTP/1.1\r\nContent-Length: {len(whole)}\r\n\r\n".encode() + whole[:-1])
        sent.shutdown(socket.SHUT_WR)
        assert sent.recv(100).startswith(b"HTTP/1.1 400 ")
    assert server.witness.cosign(whole)


def test_a_witness_whose_state_is_damaged_answers_500_and_tells_nothing(
    server: Server, line: http.client.HTTPConnection
) -> None:
    next((server.witness.folder / "logs").iterdir()).write_text("{")
    status, _, body = asked(line, A.request(0, 9))
    assert (status, body) == (500, b"the witness can not answer\n")


def test_a_connection_that_breaks_disturbs_nobody(
    server: Server, line: http.client.HTTPConnection, capsys: pytest.CaptureFixture[str]
) -> None:
    with socket.create_connection(("127.0.0.1", server.server_address[1]), timeout=10) as sent:
        sent.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")  # close with a reset
        sent.sendall(b"POST /add-checkpoint HTTP/1.1\r\nContent-Length: 9\r\n\r\n")
    assert asked(line, A.request(0, 9))[0] == 200
    assert "Traceback" not in capsys.readouterr().err


def test_a_connection_that_drips_is_ended(tmp_path: Path) -> None:
    with Server(witness(tmp_path / "w"), "127.0.0.1", 0, longest=0.2) as made:
        thread = threading.Thread(target=made.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        with socket.create_connection(("127.0.0.1", made.server_address[1]), timeout=10) as sent:
            sent.sendall(b"POST /add-checkpoint HTTP/1.1\r\nContent-Length: 9\r\n\r\nx")
            came = b"".join(iter(lambda: sent.recv(1000), b""))  # ends where the other side hangs up
        made.shutdown()
        thread.join()
    assert b" 200 " not in came


def test_many_connections_at_once_get_no_two_pasts(server: Server) -> None:
    came: list[bytes] = []

    def ask(branch: Branch) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", server.server_address[1], timeout=20)
        status, _, body = asked(connection, branch.request(0, 9))
        connection.close()
        if status == 200:
            assert cosigned(body, branch.note(9), server.witness.verifier)
            came.append(body)

    threads = [threading.Thread(target=ask, args=(branch,)) for branch in [A, B] * 10]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(came) == 1

"""A witness on a port: `POST /add-checkpoint` and `GET /<sha256 of the origin>/checkpoint`, as https://c2sp.org/tlog-witness says.

Requests are small and capped, a connection that says nothing is closed, and there are at most so many at once. There is no
TLS here: where it is wanted, put a reverse proxy before it. Nobody is asked who they are, because the signature of the log is
what counts.
"""

from __future__ import annotations

import contextlib
import socket
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

from governance.errors import GovernanceError
from governance.witness import wire

if TYPE_CHECKING:
    from governance.witness.state import Witness

_AT_ONCE = 32
_QUIET_SECONDS = 15
_LONGEST_SECONDS = 120.0


class Server(ThreadingHTTPServer):
    """A witness that listens. Its address is bound when this returns; `serve_forever` answers."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, witness: Witness, host: str, port: int, longest: float = _LONGEST_SECONDS) -> None:
        self.witness, self._longest = witness, longest
        self._room = threading.BoundedSemaphore(_AT_ONCE)
        super().__init__((host, port), _Handler)

    def process_request(self, request: Any, client_address: Any) -> None:
        """Answer in a thread of its own, when there is room for one more."""
        self._room.acquire()
        try:
            super().process_request(request, client_address)
        except BaseException:
            self._room.release()
            raise

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """Answer one connection, for so long at most, and make room again: one that drips a byte at a time ends too."""
        end = threading.Timer(self._longest, _hang_up, [request])
        end.daemon = True
        end.start()
        try:
            super().process_request_thread(request, client_address)
        finally:
            end.cancel()
            self._room.release()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A line and no more for a connection that broke; the others go on."""
        del request
        sys.stderr.write(f"{client_address[0]} the connection ended: {sys.exc_info()[0]}\n")


def _hang_up(connection: socket.socket) -> None:
    with contextlib.suppress(OSError):  # it was closed already
        connection.shutdown(socket.SHUT_RDWR)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version, sys_version = "governance-witness", ""
    timeout = _QUIET_SECONDS
    server: Server

    def do_POST(self) -> None:
        length = self.headers.get("Content-Length", "")
        if self.headers.get("Transfer-Encoding") or not (length.isascii() and length.isdigit()):
            self._answer(411, b"send the length of the request\n", close=True)
        elif int(length[:12]) > wire.LIMIT:
            self._answer(413, f"a request has at most {wire.LIMIT} bytes\n".encode(), close=True)
        else:
            data = self.rfile.read(int(length))
            if len(data) == int(length):
                self._cosign(data)
            else:
                self._answer(400, b"the request is cut\n", close=True)

    def do_GET(self) -> None:
        _, first, *rest = [*self.path.split("/"), ""]
        self._try(lambda: self.server.witness.checkpoint(first if rest[:-1] == ["checkpoint"] else ""))

    def _cosign(self, data: bytes) -> None:
        if self.path == "/add-checkpoint":
            self._try(lambda: self.server.witness.cosign(data))
        else:
            self._answer(404, b"there is POST /add-checkpoint, and nothing else\n")

    def _try(self, ask: Any) -> None:
        try:
            self._answer(200, ask())
        except wire.RefusedError as refused:
            if refused.size is None:
                self._answer(refused.status, f"{refused.message}\n".encode())
            else:
                self._answer(refused.status, f"{refused.size}\n".encode(), kind=wire.SIZE_TYPE)
        except (GovernanceError, OSError) as error:
            self.log_error("%s", error)
            self._answer(500, b"the witness can not answer\n")

    def _answer(
        self, status: int, body: bytes, *, kind: str = "text/plain; charset=utf-8", close: bool = False
    ) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        if close:
            self.send_header("Connection", "close")
            self.close_connection = True
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name is the library's
        """One line per request on standard error, with whatever a stranger sent shown as text."""
        sys.stderr.write(f"{self.address_string()} {ascii(format % args)[1:-1]}\n")

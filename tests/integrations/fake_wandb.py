"""A server that answers the questions which the real wandb asks about one run, on this machine alone.

It knows the GraphQL operations by their names, as wandb 0.31 sends them. `faults` makes it answer wrongly: `status` for another HTTP
status, `cut` for half a body, `rows` to leave out logged rows, `forget` to accept a change and not to keep it.
"""

from __future__ import annotations

import json
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

KEY = "0123456789abcdef0123456789abcdef01234567"


class FakeWandb(ThreadingHTTPServer):
    """`run` is the run as the service has it, `history` its rows, `asked` the names of the operations so far."""

    daemon_threads = True

    def __init__(self, **run):
        super().__init__(("127.0.0.1", 0), _Handler)
        self.run = {
            "id": "UnVuOnYxOmFiYw==", "name": "abc123", "displayName": "desk-adapter", "state": "finished", "sweepName": None,
            "tags": ["small"], "group": None, "jobType": None, "commit": "0123456789abcdef", "readOnly": False,
            "createdAt": "2026-11-20T10:00:00Z", "heartbeatAt": "2026-11-20T11:00:00Z", "description": None,
            "notes": "ask alice@corp.example", "projectId": "7", "systemMetrics": "{}", "summaryMetrics": "{}",
            "historyKeys": None, "user": {"name": "Alice", "username": "alice"}, "config": {},
        } | run  # fmt: skip
        self.history = [
            {"_step": step, "_timestamp": 1795634472.0 + step, "train/loss": 2.0 - step / 50, "train/global_step": step}
            for step in range(2500 if run.get("long") else 40)
        ]
        self.asked, self.faults = [], {}

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_address[1]}"

    def answer(self, query, variables):
        name = next(word for word in query.replace("(", " ").split() if word[:1].isupper())
        self.asked.append(name)
        if name == "Viewer":
            return {
                "viewer": {
                    "id": "u",
                    "entity": "team",
                    "username": "alice",
                    "email": None,
                    "flags": "{}",
                    "teams": {"edges": []},
                }
            }
        if "__type" in query:  # older versions ask what a run has
            return {"RunType": {"fields": [{"name": "projectId"}, {"name": "historyKeys"}]}}
        if name == "GetDefaultEntity":
            return {"viewer": {"id": "u", "entity": "team"}}
        if variables.get("name", variables.get("run", self.run["name"])) != self.run["name"]:
            return {"project": {"run": None}}
        rows = self.history[: self.faults.get("rows", len(self.history))]
        if name == "RunParquetHistory":
            return {"project": {"run": {"parquetHistory": {"parquetUrls": [], "liveData": rows}}}}
        if name == "HistoryPage":
            low, high = int(variables["minStep"]), int(variables["maxStep"])
            page = [json.dumps(row) for row in rows if low <= row["_step"] < high]
            return {"project": {"run": {"history": page[: variables["pageSize"]]}}}
        if name == "UpsertBucket":
            if not self.faults.get("forget"):
                given = {
                    key: value for key, value in variables.items() if key in ("tags", "notes") and value is not None
                }
                self.run |= given
                if variables.get("config"):
                    self.run["config"] = json.loads(variables["config"])
            return {"upsertBucket": {"bucket": self._run(), "inserted": False}}
        return {"project": {"run": self._run()}}

    def _run(self):
        told = len(self.history)
        keys = {"lastStep": told - 1, "sets": [], "keys": {}}
        return self.run | {
            "config": json.dumps(self.run["config"]),
            "historyLineCount": told,
            "historyKeys": keys,
        }


class _Handler(BaseHTTPRequestHandler):
    def log_message(self, *said):
        pass

    def do_GET(self):
        self._send(404, b"{}")

    def do_POST(self):
        asked = json.loads(self.rfile.read(int(self.headers["content-length"])))
        faults = self.server.faults
        if faults.get("status"):
            self._send(faults["status"], b'{"errors":[{"message":"token 0123456789abcdef0123456789abcdef01234567"}]}')
            return
        try:
            data = {"data": self.server.answer(asked["query"], asked.get("variables") or {})}
        except (KeyError, ValueError) as error:
            data = {"errors": [{"message": f"{type(error).__name__}: {error}"}]}
        body = json.dumps(data).encode()
        self._send(200, body[: len(body) // 2] if faults.get("cut") else body)

    def _send(self, status, body):
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@contextmanager
def serving(**run):
    """A server in a thread of its own until the block ends."""
    server = FakeWandb(**run)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()

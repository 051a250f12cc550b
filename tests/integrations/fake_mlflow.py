"""A tracking server that answers what MLflow's client asks about runs, page by page, on this machine alone.

The paths and fields are those of MLflow's REST interface (https://mlflow.org/docs/latest/rest-api.html). `faults` makes it answer wrongly:
`status`, `cut` (half a body), `empty` (no body), `slow` (seconds), `loses` (rows of a history), `older` (knows neither registry nor logged models).
"""

from __future__ import annotations

import json
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

RUN = "0123456789abcdef0123456789abcdef"
PAGE = 10


class FakeMlflow(ThreadingHTTPServer):
    """One experiment `desk` with the run `RUN`: 25 losses, one data set, one registered version."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Handler)
        self.losses = [
            {"key": "loss", "value": 2 - step / 25, "step": str(step), "timestamp": str(1795634472000 + step)}
            for step in range(1, 26)
        ]
        self.status, self.tags, self.version_tags = "FINISHED", {}, {}
        self.faults, self.asked = {}, []

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_address[1]}"

    def answer(self, what, said):  # noqa: PLR0911 - one answer for each question
        if what == "runs/get" and said.get("run_id") == RUN:
            return {"run": self._run()}
        if what == "experiments/get":
            return {"experiment": {"experiment_id": "1", "name": "desk", "lifecycle_stage": "active"}}
        if what == "experiments/get-by-name" and said.get("experiment_name") == "desk":
            return {"experiment": {"experiment_id": "1", "name": "desk", "lifecycle_stage": "active"}}
        if what == "runs/search":
            return {"runs": [self._run()]}
        if what == "metrics/get-history":
            rows = self.losses[: len(self.losses) - self.faults.get("loses", 0)]
            begin = int(said.get("page_token") or 0)
            more = {"next_page_token": str(begin + PAGE)} if begin + PAGE < len(rows) else {}
            return {"metrics": rows[begin : begin + PAGE]} | more
        if what == "model-versions/search" and not self.faults.get("older"):
            return {"model_versions": [self._version()]}
        if what == "model-versions/get":
            return {"model_version": self._version()}
        if what == "registered-models/get":
            aliases = [{"alias": "champion", "version": "3"}]
            return {"registered_model": {"name": "elm-desk", "aliases": aliases}}
        if what == "logged-models/search" and not self.faults.get("older"):
            return {"models": []}
        if what in ("runs/set-tag", "model-versions/set-tag"):
            (self.tags if what.startswith("runs") else self.version_tags)[said["key"]] = said["value"]
            return {}
        return None

    def _version(self):
        tags = [{"key": key, "value": value} for key, value in self.version_tags.items()]
        return {"name": "elm-desk", "version": "3", "run_id": RUN, "source": "s3://models/3", "tags": tags}

    def _run(self):
        return {
            "info": {
                "run_id": RUN, "run_uuid": RUN, "run_name": "desk", "experiment_id": "1", "status": self.status, "user_id": "alice",
                "start_time": "1795634472000", "end_time": "1795634490000", "lifecycle_stage": "active",
            },
            "data": {
                "metrics": [self.losses[-1]],
                "params": [{"key": "learning_rate", "value": "2e-05"}, {"key": "api_key", "value": "open-sesame-7"}],
                "tags": [{"key": key, "value": value} for key, value in ({"mlflow.user": "alice"} | self.tags).items()],
            },
            "inputs": {"dataset_inputs": [{"dataset": {"name": "train", "digest": "d1", "source": "/home/alice/x"}, "tags": []}]},
        }  # fmt: skip


class _Handler(BaseHTTPRequestHandler):
    def log_message(self, *said):
        pass

    def do_GET(self):
        parts = urlsplit(self.path)
        self._answer(parts.path, {key: values[-1] for key, values in parse_qs(parts.query).items()})

    def do_POST(self):
        self._answer(self.path, json.loads(self.rfile.read(int(self.headers.get("content-length") or 0)) or b"{}"))

    do_PATCH = do_POST  # noqa: N815 - as the library of servers calls it

    def _answer(self, path, said):
        server, faults = self.server, self.server.faults
        what = path.partition("/mlflow/")[2]
        server.asked.append((what, self.headers.get("authorization")))
        time.sleep(faults.get("slow", 0))
        if faults.get("status"):
            self._send(faults["status"], b"<html>alice: Bearer open-sesame-token</html>")
            return
        made = server.answer(what, said)
        if made is None:
            code = "ENDPOINT_NOT_FOUND" if faults.get("older") else "RESOURCE_DOES_NOT_EXIST"
            self._send(404, json.dumps({"error_code": code, "message": "there is none"}).encode())
            return
        body = json.dumps(made).encode()
        self._send(200, b"" if faults.get("empty") == what else body[: len(body) // 2] if faults.get("cut") else body)

    def _send(self, status, body):
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@contextmanager
def serving():
    """A server in a thread of its own until the block ends."""
    server = FakeMlflow()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()

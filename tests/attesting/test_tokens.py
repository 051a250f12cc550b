"""Pipelines attest with identity tokens that are bound to the very statement, and with no other token."""

from __future__ import annotations

import json
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from typer.testing import CliRunner

from governance import attesting
from governance.cli.app import app
from governance.errors import UsageError
from governance.parsing import canonical, strict_json
from governance.proofs import dsse
from governance.signing import tokens
from governance.workspace import Workspace
from tests.attesting import issuer
from tests.attesting.conftest import evaluation
from tests.attesting.issuer import NAME, SUBJECT, Issuer
from tests.conftest import RECORDED

SYSTEM = "elm-desk"


def enrol(workspace, name="elm-desk CI", subject=SUBJECT, **more):
    token = {"issuer": NAME, "subject": subject, "jwks": issuer.jwks()}
    workspace.people.enrol(
        name, by=workspace.operator, reason="It trains.", roles=["trainer"], token=token, kind="pipeline", **more
    )


@pytest.fixture
def pipeline(workspace):
    enrol(workspace)
    return workspace


def attach(workspace, tmp_path, ask, name=None):
    who = attesting.with_token(workspace, ask, name=name)
    return workspace.attach([evaluation(tmp_path / "eval")], SYSTEM, environment=False, attest=who)


@pytest.mark.parametrize("kid", ["rsa", "p256"])
def test_a_pipeline_attests_with_a_token_made_for_this_statement_alone(pipeline, tmp_path, clock, kid):
    ask = Issuer(clock(), kid)
    done = attach(pipeline, tmp_path, ask)
    envelope = dsse.parse(done.attested.envelope)
    message = dsse.pae(envelope.payload_type, envelope.payload)
    assert ask.asked == [f"governance-evidence:{canonical.sha256(message)}"]
    assert (done.attested.author, done.attested.duties) == ("elm-desk CI", ("evaluator",))
    assert envelope.signatures[0].keyid == f"{NAME} {SUBJECT}"
    (piece,) = done.appended
    assert attesting.attested_by(pipeline, SYSTEM)[piece.id][0].by == ("elm-desk CI",)


def test_it_still_counts_years_later_in_a_pack(pipeline, tmp_path, clock):
    attach(pipeline, tmp_path, Issuer(clock()))
    clock.forward(days=2000)
    pipeline.pack(SYSTEM, tmp_path / "pack.zip", documents={})
    assert pipeline.verify(tmp_path / "pack.zip").exit_code == 0
    assert [held.person for held in pipeline.dossier(SYSTEM).duties] == ["elm-desk CI"]


def test_the_same_files_again_ask_for_no_token(pipeline, tmp_path, clock):
    ask = Issuer(clock())
    attach(pipeline, tmp_path, ask)
    head = pipeline.ledger.checkpoint()
    assert attach(pipeline, tmp_path, ask).attested is None
    assert (len(ask.asked), pipeline.ledger.checkpoint()) == (1, head)


def at(seconds):
    return lambda now: int(now.timestamp()) + seconds


BAD = {
    "another audience": ({"aud": "sts.amazonaws.com"}, {}, "audience"),
    "the digest of another statement": ({"aud": "governance-evidence:sha256:" + "0" * 64}, {}, "audience"),
    "another subject": ({"sub": SUBJECT + "-fork"}, {}, "issued for the subject"),
    "another issuer": ({"iss": "https://elsewhere.example"}, {}, "issue"),
    "expired": ({"iat": at(-600), "nbf": at(-600), "exp": at(-1)}, {}, "after it had expired"),
    "not yet valid": ({"iat": at(600), "nbf": at(600), "exp": at(900)}, {}, "before it was valid"),
    "no algorithm": ({}, {"alg": "none"}, "signed as 'none'"),
    "an HMAC": ({}, {"alg": "HS256"}, "signed as 'HS256'"),
    "the key of another kind": ({}, {"kid": "p256"}, "signed as 'RS256'"),
    "an unknown key": ({}, {"kid": "new"}, "no key 'new'"),
}


@pytest.mark.parametrize("case", BAD)
def test_any_other_token_is_refused_and_nothing_is_appended(pipeline, tmp_path, clock, case):
    claims, header, said = BAD[case]
    claims = {name: value(clock()) if callable(value) else value for name, value in claims.items()}
    head = pipeline.ledger.checkpoint()
    ask = Issuer(clock(), claims=claims, header=header)
    with pytest.raises(UsageError, match=said) as raised:
        attach(pipeline, tmp_path, ask)
    assert raised.value.hint.startswith("Nothing was appended")
    assert pipeline.ledger.checkpoint() == head
    assert ask(ask.asked[0]) not in str(raised.value)


def test_a_token_moved_to_another_statement_signs_nothing(pipeline, tmp_path, clock):
    done = attach(pipeline, tmp_path, Issuer(clock()))
    value = strict_json.loads(done.attested.envelope)
    other = dsse.parse(done.attested.envelope).payload.replace(b"elm-desk CI", b"elm-desk CJ")
    moved = dsse.parse(
        dsse.assemble(other, [(value["signatures"][0]["keyid"], dsse.parse(done.attested.envelope).signatures[0].sig)])
    )
    assert pipeline.people.roster().signers(moved, 10**6, clock()) == []


def test_where_several_pipelines_are_enrolled_one_is_named(pipeline, tmp_path, clock):
    enrol(pipeline, "nightly", "repo:library/elm-desk:environment:nightly")
    with pytest.raises(UsageError, match="2 pipelines") as raised:
        attach(pipeline, tmp_path, Issuer(clock()))
    assert "elm-desk CI, nightly" in raised.value.hint
    assert attach(pipeline, tmp_path, Issuer(clock()), "Elm-Desk ci").attested.author == "elm-desk CI"


@pytest.mark.parametrize("name", [None, "elm-desk CI"])
def test_no_pipeline_that_signs_now_is_refused_before_anything_is_read(workspace, tmp_path, clock, name):
    if name:
        enrol(workspace)
        workspace.people.revoke(name, by=workspace.operator, reason="Gone.")
    who = attesting.with_token(workspace, Issuer(clock()), name=name)
    with pytest.raises(UsageError, match="enrolled"):
        workspace.attach([tmp_path / "nothing"], SYSTEM, attest=who)


def test_where_the_clock_went_back_behind_the_ledger_no_token_is_asked_for(pipeline, tmp_path, clock):
    clock.forward(hours=-1)
    ask = Issuer(clock())
    with pytest.raises(UsageError, match="before the last entry") as raised:
        attach(pipeline, tmp_path, ask)
    assert (ask.asked, raised.value.hint) == ([], "Set this machine's clock.")


# --- a command ---------------------------------------------------------------------------------------------------------


def python(code: str) -> str:
    return f'{sys.executable} -c "{code}" {{audience}}'


def test_a_command_is_asked_with_the_audience_and_without_a_shell(tmp_path):
    ask = tokens.by_command(
        python("import sys; print(repr(sys.argv[1:]).replace(' ', ''))") + " '$HOME;x' aud={audience}"
    )
    assert ask("A:1") == "['A:1','$HOME;x','aud=A:1']"


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("print-token", "has no {audience}"),
        ("'unclosed {audience}", "can not be split"),
        ("/no/such/program {audience}", "can not be run"),
        (
            python("import sys; print('no such audience', file=sys.stderr); sys.exit(3)"),
            "ended with 3: no such audience",
        ),
        (python("pass"), "not one identity token"),
        (python("print('two words')"), "not one identity token"),
        (python("print('x' * 40000)"), "not one identity token"),
        (python("print(chr(233))"), "not one identity token"),
    ],
)
def test_a_command_that_gives_no_token_says_why(command, said):
    with pytest.raises(UsageError) as raised:
        tokens.by_command(command)("A:1")
    assert said in str(raised.value)


def test_the_whole_command_line_enrols_a_pipeline_and_attests_with_what_a_command_prints(tmp_path):
    made = Workspace.init(tmp_path / "ws")
    made.add_system(RECORDED / "system.yaml")
    made.ledger.close()
    mint, keys = tmp_path / "mint.py", tmp_path / "jwks.json"
    mint.write_text(
        f"import sys\nsys.path.insert(0, {str(Path.cwd())!r})\nfrom datetime import UTC, datetime\n"
        "from tests.attesting.issuer import Issuer\nprint(Issuer(datetime.now(UTC), 'p256')(sys.argv[1]))\n"
    )
    keys.write_text(json.dumps(issuer.jwks()))
    pipeline = ["--issuer", NAME, "--subject", SUBJECT, "--jwks", keys]
    asked = ["--token-command", f"{sys.executable} {mint} {{audience}}"]
    enrolled, done = (
        CliRunner().invoke(app, [*map(str, words), "--workspace", str(made.root), "--json"])
        for words in (
            ["people", "enrol", "elm-desk CI", "--role", "evaluator", *pipeline],
            ["attach", evaluation(tmp_path / "eval"), "--system", SYSTEM, "--no-environment", *asked],
        )
    )
    assert enrolled.exit_code == 0, enrolled.exception
    assert done.exit_code == 0, done.exception
    assert json.loads(done.stdout)["attestation"]["by"] == "elm-desk CI"


# --- GitHub's form -----------------------------------------------------------------------------------------------------


@pytest.fixture
def runner(monkeypatch):
    """A runner on this machine that gives tokens as GitHub's does; `answers` may be changed."""
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            self.server.seen.append((self.path, self.headers.get("Authorization")))
            code, headers, body = self.server.answers(parse_qs(urlsplit(self.path).query))
            self.send_response(code)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    server.seen = []
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    server.environment = {
        tokens.URL: f"http://127.0.0.1:{server.server_port}/x/idtoken?api-version=2.0",
        tokens.BEARER: "runner-password",
    }
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def test_githubs_runner_is_asked_for_the_audience_with_its_password(pipeline, runner, tmp_path, clock):
    ask = Issuer(clock())
    runner.answers = lambda query: (200, {}, json.dumps({"count": 1, "value": ask(query["audience"][0])}).encode())
    done = attach(pipeline, tmp_path, tokens.by_github(runner.environment))
    assert done.attested.author == "elm-desk CI"
    ((path, password),) = runner.seen
    assert password == "bearer runner-password"
    assert parse_qs(urlsplit(path).query) == {"api-version": ["2.0"], "audience": ask.asked}


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ((403, {}, b"{}"), "HTTP 403"),
        ((302, {"Location": "http://127.0.0.1:1/elsewhere"}, b""), "HTTP 302"),
        ((200, {}, b"not json"), "without a token"),
        ((200, {}, b'{"count": 0}'), "without a token"),
        ((200, {}, b"[]"), "without a token"),
        ((200, {}, b'{"value": ""}'), "not one identity token"),
        ((200, {}, b'{"value": null}'), "does not sign"),
    ],
)
def test_a_runner_that_gives_no_token_says_why_and_nothing_is_appended(pipeline, runner, tmp_path, answer, said):
    runner.answers = lambda _: answer
    head = pipeline.ledger.checkpoint()
    with pytest.raises(UsageError) as raised:
        attach(pipeline, tmp_path, tokens.by_github(runner.environment))
    assert said in str(raised.value)
    assert "runner-password" not in str(raised.value)
    assert (pipeline.ledger.checkpoint(), len(runner.seen)) == (head, 1)


@pytest.mark.parametrize(
    ("environment", "said"),
    [
        ({}, f"{tokens.URL} is not set"),
        ({tokens.URL: "https://runner.example/x"}, f"{tokens.BEARER} is not set"),
        ({tokens.URL: "http://runner.example/x", tokens.BEARER: "p"}, "no https address"),
        ({tokens.URL: "file:///etc/passwd", tokens.BEARER: "p"}, "no https address"),
    ],
)
def test_where_no_runner_may_be_asked_it_says_so_before_anything_is_read(environment, said):
    with pytest.raises(UsageError, match=said):
        tokens.by_github(environment)

"""A run that says everything of the corpus to a real recorder; started with the plan as a file, and secrets in its arguments."""

from __future__ import annotations

import contextlib
import json
import sys
from pathlib import Path

from governance.integrations.facts.command import command
from governance.integrations.plain import record
from governance.integrations.recorder import Recorder

PLAN, SPOOL = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8")), sys.argv[2]


def at(place):
    return [text for where, text in PLAN if where == place]


class Config:
    """Settings as a library keeps them: an object that shows what it holds."""

    def __init__(self, text):
        self.text = text

    def __repr__(self):
        return self.text


def told(run):
    """Everything that a run can be told of itself."""
    for number, text in enumerate(at("setting")):
        run.settings({f"note_{number}": text, f"deep_{number}": {"list": [text]}})
    for number, text in enumerate((*at("object"), *at("long-object"))):
        run.settings({f"object_{number}": Config(text)})
        run.data(Config(text), context=Config(text))
    for number, text in enumerate(at("setting-of-a-secret")):
        run.settings({f"db{number}_password": text, "credentials": {"value": text, "more": [text]}, "api-key": [text]})
    for text in at("setting-name"):
        run.settings({text: "kept"})
    for text in (*at("metric-name"), *at("long-metric-name")):
        run.log({text: 0.5})
    for text in at("model"):
        run.base_model(text, text)
    for text in at("data-set"):
        run.data(text)
    for text in at("result"):
        run.result(text, {text: 0.25})
    for text in at("checkpoint"):
        run.checkpoint(text)


def failing():
    """Runs that end with a text, whose machine refuses with a text, and that raise one."""
    quick = {"spool": SPOOL, "gather": list, "sampler": lambda: None, "pause": 0.02}
    for text in (*at("reason"), *at("long-reason")):
        Recorder("training", **quick).start().close("failed", text)
    for text in at("run-id"):
        Recorder("training", **quick, run=text).start().close()
    for text in at("gap"):

        def refused(said=text):
            raise OSError(said)

        Recorder("training", **quick | {"gather": refused, "sampler": refused}).start().close()
    with contextlib.suppress(ValueError), record("training", **quick):
        raise ValueError(" ".join(at("reason")))


with record(
    "training", spool=SPOOL, gather=lambda: [("command", command())], sampler=lambda: None, pause=0.02
) as begun:
    told(begun)
failing()

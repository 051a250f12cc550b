"""From a finished fine-tuning run to an audit pack that anybody can verify.

`governance.record` records a run from inside (`integrations/plain.py`); it is imported when it is first asked for, so
that whoever verifies a pack brings nothing of it.
"""

from typing import Any

__version__ = "0.2.0"


def __getattr__(name: str) -> Any:
    if name == "record":
        from importlib import import_module

        return import_module("governance.integrations.plain").record
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

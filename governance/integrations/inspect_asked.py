"""What Inspect loads of us at its start, where both are installed: the hook, if the environment asks for recording.

`GOVERN_RECORD=on` or a `GOVERN_SPOOL` asks. Otherwise nothing is registered, so that nobody is recorded, or told of a
hook, only because both are installed. Whoever imports `governance.integrations.inspect_ai` asks as well.
"""

from __future__ import annotations

import os

ON = frozenset({"on", "1", "true", "yes"})


def asked() -> bool:
    """Whether the environment asks for recording."""
    return os.environ.get("GOVERN_RECORD", "").lower() in ON or bool(os.environ.get("GOVERN_SPOOL"))


if asked():
    import governance.integrations.inspect_ai  # noqa: F401 - importing it registers the hook

"""Writing a pack's container: the one ZIP of `governance.verifier.zip_form`, whose reader shares the code of the headers."""

from __future__ import annotations

from governance.verifier.zip_form import write

__all__ = ["write"]

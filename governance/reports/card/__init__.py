"""The model card as a view, in the sections of "Model Cards for Model Reporting" (Mitchell et al., 2019), with four subcards.

Every figure is a claim with a citation; what nobody measured prints "not evidenced"; what somebody wrote prints who.
The card tells the model as it is recorded now: evidence about other weights than the candidate's stays out of it. There is no score over
the whole: it would hide the gap that matters.
"""

from __future__ import annotations

from governance.reports.card.whole import build

__all__ = ["build"]

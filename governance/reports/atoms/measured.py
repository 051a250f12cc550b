"""Sentences of ours that the words of a policy about numbers, runs, plans and waivers make. They are read as `sentences` tells."""

from __future__ import annotations

PROBLEMS = (
    "the single samples of %(model)s are not on record",
    "the single samples of %(model)s can not be read: %(given)s",
    "of %(model)s the single samples are on record by their digest alone",
    "of %(model)s the single samples hold no column %(name)s",
    "of %(model)s some items have no score",
    "of %(model)s a question stands in the single samples more than once for one attempt",
    "of %(model)s a question stands in the single samples more than once",
    "the plain mean of the single samples of %(model)s is not the number that was reported",
    "no result of %(model)s",
    "no item is on both sides",
    "no item on both sides, so there is no interval",
    "every difference is the same, so there is no interval",
    "too few items, clusters or resamples for an interval, so there is no interval",
    "n, or the spread, is not on record",
    "a result without n or standard error",
    "the differences have no spread that could be told",
    "%(model)s has no result through the filter %(name)s",
    "%(model)s has no results of this group",
    "nobody said whether more of it is better",
    "one side says that more of it is better, the other that less is",
    "item %(item)s belongs to one cluster on one side and to another on the other",
    "a score is not a finite number within %(limit)s",
    "was scored by %(judges)s, whose agreement with people is not on record",
    "was scored by %(judges)s on a scale that its agreement with people can not be carried into",
    "was scored by %(judges)s, and the judge is not shown to be better than chance",
    "was scored by %(judges)s, and people gave all items of the sample the same label",
    "was scored by %(judges)s, and on how many items people were asked as well is not on record",
    "an unknown number of cases, and %(limit)s are asked",
    "%(n)s cases, and %(limit)s are asked",
    "too few resamples for this confidence, so there is no interval",
    "no number of items would tell %(margin)s with power %(power)s%% and confidence %(confidence)s%%",
    "no number of items would tell %(margin)s",
)
"""Why a number can not be told, after what was measured and a colon."""

CONTROL_LIMITS = "control limits %(low)s to %(high)s from the first %(n)s of %(total)s points"

LOOSER = (
    "%(planned)s is gone and was %(before)s",
    "%(planned)s is %(now)s and was %(before)s",
)
PLANNED = (
    "the margin",
    "the upper bound",
    "the lower bound",
    "the confidence",
    "the number of items",
    "the number of runs",
)
"""What of a suite was made looser, and in what."""

_BOUND = "%(what)s = %(point)s, %(confidence)s%% interval %(low)s to %(high)s (%(method)s, n %(n)s), bound %(sign)s %(limit)s"

METRICS = (
    "run a task for %(purpose)s that gives %(metric)s on both models, and attach the results",
    "run a task for %(purpose)s that gives %(metric)s, and attach its results",
    "no task for %(purpose)s gives %(metric)s of the candidate",
    "no task for %(purpose)s gives %(metric)s",
    "the worst of %(n)s",
    "no result %(what)s of the candidate",
    "no result %(what)s of the base model",
    "no result %(what)s of the last approved release",
    "run %(task)s on the base model and attach its results",
    "run %(task)s on the candidate and attach its results",
    "run %(task)s on the last approved release and attach its results",
    "run %(task)s on these very weights and attach its results",
    "run a task for %(purpose)s on these very weights",
    "run %(task)s again and attach its results",
    "run %(task)s again on both models, in the same way",
    "run %(task)s again, now that it is planned",
    "run %(task)s with a tool that records when",
    "run %(task)s with its samples logged, and attach them",
    "run %(task)s on both models with --log_samples, and attach the samples",
    "run the same items on both models, and attach their samples",
    "run such a task on base and candidate, and attach both",
    "run %(task)s and attach its results",
    "%(what)s: the newest result is dated %(day)s, which lies in the future",
    "%(what)s: the newest result is %(quality)s: %(given)s",
    "%(what)s: the %(setting)s is %(one)s for the candidate and %(other)s for the base, so they can not be compared",
    "%(what)s: the %(setting)s is %(one)s for the candidate and %(other)s for the approved, so they can not be compared",
    "%(what)s = %(value)s without n or standard error",
    "%(what)s = %(value)s %(problem)s",
    "attach results that state n or a standard error",
    f"{_BOUND}, the error divided among %(attempts)s runs",
    _BOUND,
    "more samples of %(task)s: the interval reaches over the bound",
    "%(more)s more samples of %(task)s would settle it, if the result stays what it is",
    "a model with %(task)s %(metric)s %(sign)s %(limit)s of the base",
    "a model with %(task)s %(metric)s %(sign)s %(limit)s",
)
"""Of conditions on a metric."""

PAIRS = (
    "no other release was approved before, so there is none to be held against, and the policy lets a first release pass",
    "no other release was approved before, so there is none to be held against",
    "say where_none: yes in the policy, if a first release may pass",
    "hold the candidate against the base",
    "hold the slices against the whole, or the base",
    "hold the judge against people on yes-or-no items, and attach how far they agree",
    (
        "more items of %(task)s, or more items on which the judge is held against people: "
        "the interval reaches over the margin"
    ),
    "%(what)s: %(point)s, %(confidence)s%% interval %(low)s to %(high)s (%(pairs)s), margin %(margin)s, %(held)s",
    "%(what)s: %(point)s, %(confidence)s%% interval %(low)s to %(high)s (%(pairs)s), margin %(margin)s",
    (
        "%(what)s: only %(share)s%% of the items are on both sides "
        "(%(n)s; %(now)s of the candidate alone, %(before)s of the reference alone), and %(limit)s%% are asked"
    ),
    "%(n)s of %(total)s hold",
    "a model that loses less than %(limit)s of %(what)s against %(model)s",
    "more items of %(task)s: the interval reaches over the margin",
    "%(more)s more items of %(task)s would settle it, if the difference stays what it is",
    "%(n)s of %(total)s slices hold against %(reference)s, margin %(limit)s",
    "the worst is %(group)s of %(task)s (%(point)s, %(confidence)s%% interval %(low)s to %(high)s, %(method)s, n %(n)s)",
    "%(correction)s over %(n)s",
    "no results of %(what)s by group give %(metric)s of the candidate",
    "cut the results of %(what)s by group, and attach them",
    "cut the results of %(what)s by group",
    "the results of %(what)s hold no group",
    "%(task)s for %(group)s: a model that serves it better",
    "%(task)s for %(group)s: more cases of it",
    "%(what)s: %(n)s items, and %(total)s tell %(margin)s with power %(power)s%% and confidence %(confidence)s%%",
    "%(what)s: %(n)s items, and %(total)s are needed to tell %(margin)s with power %(power)s%% and confidence %(confidence)s%%",
    "ask less of %(task)s",
    "%(more)s more items of %(task)s",
)
"""Of a candidate held against another model, or a group against the whole, and of how many items that takes."""

RUNS = (
    "no run of %(what)s is on record",
    "%(task)s: %(n)s run, 1 submitted",
    "%(task)s: %(n)s runs, 1 submitted",
    "at most %(limit)s",
    "seal a plan that says why %(task)s is run again: govern plan",
    "no plan that counts is on record",
    "seal a plan (govern plan %(system)s PLAN.yaml), and run what it says after that",
    "the policy measures no task, so there is nothing that could have been planned",
    "add a condition about a task to the policy",
    "%(what)s is judged, and the plan does not have it",
    "seal a plan with %(what)s, and run it after that",
    "%(what)s: the policy is looser than the plan: %(looser)s",
    "judge %(what)s by the plan, or seal another one before another run",
    "judge %(what)s by the plan of before the result",
    "%(task)s was run %(n)s times, and %(limit)s were planned",
    "no result of %(what)s is on record",
    "%(what)s was run (%(when)s) before it was planned (%(moment)s)",
    "no clock says when %(what)s was run",
    "%(what)s was run over an unknown number of items, and %(limit)s were planned",
    "%(what)s was run over %(n)s items, and %(limit)s were planned",
    "%(what)s: loosened after a result was known (%(known)s): %(looser)s",
    "the plan was changed %(n)s times, last because: %(given)s",
    "%(signer)s sealed the plan on %(day)s",
    "%(n)s of %(total)s measures as planned",
    "no whole %(kind)s that counts is on record",
    "%(kind)s is dated %(day)s, in the future",
    "%(kind)s has no clock that tells its age",
    "%(kind)s is %(n)s days old",
    "make %(kind)s anew and attach it",
    "no task for %(purpose)s was run on any weights of the system",
    "no task for %(purpose)s was run on these weights",
    "%(task)s was run on %(on)s and not on these weights",
    "%(n)s task for %(purpose)s gave a number for these very weights: %(tasks)s",
    "%(n)s tasks for %(purpose)s gave a number for these very weights: %(tasks)s",
)
"""Of how often and when a task was run, of the plan it was run by, and of how old evidence is."""

CLAIMS = (
    "too few items to show that %(claim)s: %(why)s",
    "%(what)s: %(n)s items, and %(total)s are needed to tell %(margin)s: %(more)s more",
    "no result gives %(metric)s",
    "there is no result",
    "%(field)s %(value)s of %(day)s is outside its %(limits)s",
    "the last %(now)s points of %(field)s lie above the centre %(point)s of its %(limits)s",
    "the last %(now)s points of %(field)s lie below the centre %(point)s of its %(limits)s",
)
"""Of controls that ask for enough items, or for a number within its limits over time."""

LIMITS = (
    "%(control)s: meet it, and end its waiver (govern sign --decision revoke --target %(id)s)",
    "%(control)s was waived by %(signer)s, and may not be",
    "the waiver of %(control)s by %(signer)s runs %(n)s days, and may run %(limit)s",
    "%(n)s waivers run, and %(limit)s may",
    "%(n)s waivers run, as they may: %(controls)s",
    "no waiver runs",
    "name the framework in the system file, or correct the number in the policy",
    "name the framework in the system file",
    "%(framework)s was not judged for this system, or has no requirement %(given)s",
    "no requirement of %(framework)s is asked of this system, and none of nothing is met",
    "%(n)s of %(total)s requirements of %(framework)s met: %(requirements)s and %(more)s more",
    "%(n)s of %(total)s requirements of %(framework)s met: %(requirements)s",
    "%(n)s of %(total)s requirements of %(framework)s met",
    "%(requirement)s: meet it by hand: no control answers it",
)
"""Of which controls may be waived, and of requirements that are asked for by a policy."""

LAST = (
    "%(requirement)s: meet %(controls)s",
    "%(what)s: %(problem)s",
)
"""What fits more than is meant, and is tried after the others."""

SENTENCES = (*CLAIMS, *LIMITS, *METRICS, *PAIRS, *RUNS, *PROBLEMS)

METHODS = (
    "as independent results",
    "with the agreement of %(name)s (%(id)s)",
    "Tango score",
    "BCa bootstrap",
    "standard error",
    "no item on both sides",
    "every difference is the same",
    "too few items, clusters or resamples for an interval",
    "too few resamples for this confidence",
)
"""How an interval was made, or why there is none, where that is words."""

"""Judgement: pure functions from evidence, content and a moment to standings with their reasons.

No clock, no disk, no network, no database. The same dossier, catalogue and moment give the same answer on any
machine, which is what lets an auditor recompute a whole pack years later.
"""

"""Checkpoints that leave the machine, and what came back: cosignatures, time stamps, tags.

A ledger alone proves nothing against whoever holds it. What does is a head of it in somebody else's hands: a later ledger either
continues that head, or shows that it does not.
"""

"""Population proof: what schedulers, disks and registries list, read and held against the ledger.

What is read becomes plain values (`governance.assurance.population.given`), and the answer is reckoned from those alone.
"""

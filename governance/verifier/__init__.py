"""The verifier: what an auditor, or a machine about to load a model, needs, and nothing else."""

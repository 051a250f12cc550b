"""Whether everything that ran and left weights is in the ledger: jobs, folders and registries held against the evidence."""

"""The ledger: the tree, the store, the tables' versions, the bodies and the checkpoint notes."""

"""Signatures: Ed25519 keys, DSSE envelopes around in-toto statements, and the list of who may sign as what."""

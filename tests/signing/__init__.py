"""Signatures: keys, envelopes, the list of signers, signed decisions."""

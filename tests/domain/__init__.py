"""The nouns: what they refuse, and what their digests are made of."""

"""The formats in which something is proven, and the mathematics of each: keys, envelopes, trees, checkpoints.

This floor imports `cryptography`, `rfc8785` and the standard library, touches neither disk nor clock nor network, and knows no
noun of ours: what it takes and gives are bytes, numbers and names. A verifier needs nothing else.
"""

"""The nouns: frozen, validated, and free of clock, disk and network.

A noun knows what it is and refuses to be anything else; what is done with nouns lives on the floors above.
"""

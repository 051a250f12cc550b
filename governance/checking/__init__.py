"""The self-test of content, ours and anybody's overlay: every fault with file and line, and what is worth knowing beside."""

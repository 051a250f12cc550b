"""What the cards of a node did, sampled in the thread of the recorder."""

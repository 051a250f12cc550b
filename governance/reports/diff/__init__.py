"""The candidate diff: what differs between two candidates of one system, as a reviewer reads and signs it."""

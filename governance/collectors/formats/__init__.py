"""Forms of files that several collectors meet, each read from bytes nobody vouches for, with caps, and never run."""

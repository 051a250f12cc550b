"""What answers each word of a policy, one idea a file; `vocabulary` lists them all."""

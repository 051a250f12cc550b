"""Reading from outside: strict JSON, strict YAML, front matter, canonical form."""

"""Claims: figures read from evidence by a pointer, written by one rule, and the citations that lead to them."""

"""Other people's formats, read and written at the edge. Nothing inside is shaped after them."""

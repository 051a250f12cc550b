"""What a run is asked of its machine and its process, once."""

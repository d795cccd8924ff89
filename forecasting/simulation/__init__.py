"""Random markets with a known law."""

"""Charts as PNGs."""

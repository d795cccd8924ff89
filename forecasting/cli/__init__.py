"""The commands `predict` and `evaluate`, and the reading of all of them."""

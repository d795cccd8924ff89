"""Requests to the sources: how many at a time, and what is left alone after an error."""

"""Prices: the sources, their chain, the checks and the exchange calendars."""

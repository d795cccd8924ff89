"""Prices: sources, checks and exchange calendars."""

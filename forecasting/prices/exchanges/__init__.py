"""Exchanges: their codes, and the days and hours of their trading."""

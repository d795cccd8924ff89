"""Forecasts and their honest evaluation; knows neither Telegram nor SQLite."""

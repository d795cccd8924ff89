"""The Bot API: requests over HTTP, the methods behind them, and the delivery of updates."""

"""The methods of the Bot API, one file for each kind, and the readers of their parameters."""

"""Random markets with a known law: they teach the base model, feed the demo and set the limit of what can be known."""

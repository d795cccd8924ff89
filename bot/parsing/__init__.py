"""From a message's text to values."""

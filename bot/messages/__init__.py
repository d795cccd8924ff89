"""Messages that are edited after they were sent, and the charts in them."""

"""From a delivery to messages: written, drawn ahead, sent in chunks."""

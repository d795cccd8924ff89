"""From a delivery to messages: written, drawn beforehand, sent in chunks."""

"""The concerns of the chat: one file each, command, texts and buttons together."""

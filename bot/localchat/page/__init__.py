"""The web page where a person chats with the bot: its addresses and its JSON."""

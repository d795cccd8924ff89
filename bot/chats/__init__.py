"""Chats as the bot knows them, and the ports of the stores that keep them; no Telegram, no SQLite."""

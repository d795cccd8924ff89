"""What the server keeps: users, chats, messages, files, updates and queries, within the limits of Telegram."""

"""The sender: deliveries out of the ledger into chats, in order, at Telegram's pace, each once."""

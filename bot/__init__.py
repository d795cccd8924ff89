"""The Telegram face of Fanchart."""

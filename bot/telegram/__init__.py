"""What we add to python-telegram-bot."""

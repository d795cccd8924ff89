"""Who may talk to the bot, how often, and what follows a chat that gets a new id."""

"""What a person does in a chat, each with the update that tells the bot of it."""

"""What people see in the chat: texts, buttons, cards; pure."""

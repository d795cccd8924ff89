"""The process: logs, health page, sockets, memory."""

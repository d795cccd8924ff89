"""The process: logs, health page and ports, memory."""

"""The Telegram face of Fanchart."""

import os

os.environ.setdefault("PTB_TIMEDELTA", "true")
"""python-telegram-bot then gives lengths of time as `timedelta`, and does not warn at every 429 that it will."""

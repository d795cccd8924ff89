"""How long a test waits for what must come."""

from typing import Final

PATIENCE_S: Final = 300.0
"""Nothing takes so long on an idle machine; beside other work it may."""

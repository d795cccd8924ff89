"""One running bot a test."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.e2e.bot.stage import Stage, stage


@pytest.fixture
async def on_stage(tmp_path: Path) -> AsyncIterator[Stage]:
    """The bot in the local chat, with workers that a test drives by hand."""
    async with stage(tmp_path) as running:
        yield running

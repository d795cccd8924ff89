"""The local chat as a process of its own."""

from __future__ import annotations

import asyncio
import json
import signal
import sys
from pathlib import Path

from telegram.error import RetryAfter
from telegram.ext import ExtBot

from bot.localchat.__main__ import FIRST_PERSON_ID
from tests.waiting import PATIENCE_S


async def test_it_serves_many_people_and_writes_its_journal(tmp_path: Path) -> None:
    journal = tmp_path / "journal.jsonl"
    options = ("--people", "3", "--strict", "--journal", str(journal))
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot.localchat", *options, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout
    place = json.loads(await asyncio.wait_for(process.stdout.readline(), PATIENCE_S))
    async with ExtBot(place["token"], base_url=f"{place['url']}/bot") as bot:
        refusals = 0
        for number in (0, 1, *[2] * 18):
            try:
                await bot.send_message(FIRST_PERSON_ID + number, "hello")
            except RetryAfter:
                refusals += 1
    process.send_signal(signal.SIGTERM)
    assert await asyncio.wait_for(process.wait(), PATIENCE_S) == 0
    entries = [json.loads(line) for line in journal.read_text().splitlines()]
    assert [entry["method"] for entry in entries] == ["getMe"] + ["sendMessage"] * 20
    assert sum(entry["code"] == 429 for entry in entries) == refusals > 0

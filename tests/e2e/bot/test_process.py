"""The bot as a process: the demo starts and stops, the health page answers, a taken port is told."""

import asyncio
import json
import os
import signal
import socket
import sys
from asyncio.subprocess import Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from tornado.httpclient import AsyncHTTPClient
from tornado.netutil import bind_sockets

from bot.ops.health import serve_health
from bot.serving import health
from forecasting.errors import SettingsError
from tests.e2e.bot.stage import stage
from tests.waiting import PATIENCE_S


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


async def test_the_health_page_tells_how_the_bot_is_doing(tmp_path: Path) -> None:
    async with stage(tmp_path, ops_port=free_port()) as running:
        services = running.app.services
        port = services.settings.ops_port
        async with serve_health(port, lambda: health(services)):
            answer = await AsyncHTTPClient().fetch(f"http://127.0.0.1:{port}/health")
        assert json.loads(answer.body) == {
            "version": "0.1.0",
            "up_seconds": 0,
            "open_jobs": 0,
            "failing_sources": [],
        }


async def test_a_taken_port_for_the_health_page_is_told() -> None:
    port = free_port()
    [taken] = bind_sockets(port, "0.0.0.0")  # noqa: S104 - where the health page listens
    try:
        with pytest.raises(SettingsError, match=f"OPS_PORT: port {port} is in use"):
            async with serve_health(port, dict):
                pass
    finally:
        taken.close()


@asynccontextmanager
async def demo(folder: Path, port: int) -> AsyncIterator[Process]:
    """The demo in a folder of its own, ended in any case."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", "demo", "--port", str(port)),
        cwd=folder,
        env={"PATH": os.environ["PATH"], "PRICE_SOURCES": "simulated", "PYTHONPATH": str(Path.cwd())},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        async with asyncio.timeout(PATIENCE_S):
            yield process
    finally:
        if process.returncode is None:
            process.kill()
            await process.communicate()


async def test_the_demo_starts_serves_its_page_and_stops_at_ctrl_c(tmp_path: Path) -> None:
    port = free_port()
    async with demo(tmp_path, port) as first:
        assert first.stdout
        assert (await first.stdout.readline()).decode() == f"Fanchart's demo is at http://127.0.0.1:{port}\n"
        page = await AsyncHTTPClient().fetch(f"http://127.0.0.1:{port}/")
        assert b"<title>" in page.body
        async with demo(tmp_path, port) as second:
            _, told = await second.communicate()
        assert told.decode() == f"fanchart: Port {port} is in use. Take another one: make demo PORT={port + 1}\n"
        first.send_signal(signal.SIGINT)
        _, written = await first.communicate()
    assert first.returncode == 0
    assert b"Traceback" not in written
    assert (tmp_path / "fanchart-demo-simulated.db").exists()  # never beside forecasts on real prices
    assert not (tmp_path / "fanchart-demo.db").exists()

"""A Tiingo on this machine: its daily endpoint, for one key."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import parse_qs, urlsplit

import numpy as np

from forecasting.types.bars import PriceHistory

KEY = "loopback-key-5f3a"


class Handler(BaseHTTPRequestHandler):
    """Answers one request."""

    server: "LoopbackTiingo"

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        self.server.requests.append(self.path)
        symbol = parts.path.removeprefix("/tiingo/daily/").removesuffix("/prices").upper()
        if self.server.answer is not None:
            self._send(*self.server.answer)
        elif self.headers["Authorization"] != f"Token {KEY}":
            self._send(401, b'{"detail": "Invalid token."}')
        elif symbol not in self.server.histories:
            self._send(404, b'{"detail": "Not found."}')
        else:
            first = parse_qs(parts.query)["startDate"][0]
            self._send(200, json.dumps(_bars(self.server.histories[symbol], first)).encode())

    def _send(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


class LoopbackTiingo(ThreadingHTTPServer):
    """The server: it serves `histories`, or while there is one always the same `answer`."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.histories: dict[str, PriceHistory] = {}
        self.answer: tuple[int, bytes] | None = None
        self.requests: list[str] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


def _bars(history: PriceHistory, first: str) -> list[dict[str, object]]:
    """Bars in Tiingo's form: raw prices twice the adjusted ones, as before the 2-for-1 split of the newest session."""
    bars: list[dict[str, object]] = []
    for row in range(int(np.searchsorted(history.sessions, np.datetime64(first))), len(history)):
        bar: dict[str, object] = {"date": f"{history.sessions[row]}T00:00:00.000Z", "divCash": 0.0, "splitFactor": 1.0}
        for name in ("open", "high", "low", "close"):
            price = float(getattr(history, name)[row])
            bar |= {name: 2 * price, f"adj{name.capitalize()}": price}
        volume = int(history.volume[row])
        bars.append(bar | {"volume": volume // 2, "adjVolume": volume})
    bars[-1]["splitFactor"], bars[-3]["divCash"] = 2.0, 0.5
    return bars


@contextmanager
def loopback_tiingo() -> Iterator[LoopbackTiingo]:
    """A running server."""
    server = LoopbackTiingo()
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()

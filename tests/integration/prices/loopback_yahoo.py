"""A Yahoo on this machine: it speaks what yfinance really calls, serves given bars, and misbehaves on request."""

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit
from zoneinfo import ZoneInfo

import numpy as np

from forecasting.types.bars import FloatArray

Number = float | None
VALID_RANGES = ["1d", "5d", "1mo", "3mo", "6mo", "1y", "2y", "5y", "10y", "ytd", "max"]
CHART = "/v8/finance/chart/"
SEARCH = "/v1/finance/search"
CRUMB = "/v1/test/getcrumb"


@dataclass
class Bars:
    """What Yahoo holds of one symbol: n bars adjusted for splits, and the factor that adjusts them for dividends."""

    symbol: str
    days: list[date]
    open: list[Number]
    high: list[Number]
    low: list[Number]
    close: list[Number]
    volume: list[int | None]
    factor: list[float]
    exchange: str = "NMS"
    currency: str = "USD"
    zone: str = "America/New_York"
    opens_at: time = time(9, 30)
    instrument: str = "EQUITY"
    name: str = "Loopback Inc."
    dividends: dict[date, float] = field(default_factory=dict)
    splits: dict[date, int] = field(default_factory=dict)
    quoted_at: datetime | None = None  # regularMarketTime; the end of the last bar's day when None

    def adjusted_close(self) -> dict[date, float]:
        """What a fetch should end up with, by day."""
        pairs = zip(self.days, self.close, self.factor, strict=True)
        return {day: close * factor for day, close, factor in pairs if close}

    def take(self, rows: Sequence[int]) -> "Bars":
        """The same with some of its bars, in the given order."""
        return replace(
            self,
            days=[self.days[row] for row in rows],
            open=[self.open[row] for row in rows],
            high=[self.high[row] for row in rows],
            low=[self.low[row] for row in rows],
            close=[self.close[row] for row in rows],
            volume=[self.volume[row] for row in rows],
            factor=[self.factor[row] for row in rows],
        )

    def split(self, day: date, ratio: int) -> None:
        """Announce a split: every earlier price is divided, every earlier volume multiplied."""
        before = [index for index, known in enumerate(self.days) if known < day]
        for column in (self.open, self.high, self.low, self.close):
            for index in before:
                price = column[index]
                column[index] = price / ratio if price is not None else None
        for index in before:
            shares = self.volume[index]
            self.volume[index] = shares * ratio if shares is not None else None
        self.splits[day] = ratio

    def pay(self, day: date, share: float) -> None:
        """Announce a dividend of a share of the price: every earlier factor shrinks."""
        for index, known in enumerate(self.days):
            if known < day:
                self.factor[index] *= 1 - share
        self.dividends[day] = 100 * share


def bars(symbol: str, days: list[date], *, seed: int = 3, price: float = 100.0) -> Bars:
    """A random walk on the given days."""
    random = np.random.default_rng(seed)
    shocks = random.standard_normal((len(days), 4))
    close = price * np.exp(np.cumsum(0.012 * shocks[:, 0]))
    opened = close * np.exp(0.004 * shocks[:, 1])
    return Bars(
        symbol=symbol,
        days=days,
        open=_float32(opened),
        high=_float32(np.maximum(opened, close) * np.exp(np.abs(0.004 * shocks[:, 2]))),
        low=_float32(np.minimum(opened, close) / np.exp(np.abs(0.004 * shocks[:, 3]))),
        close=_float32(close),
        volume=[int(volume) for volume in 1e6 * np.exp(0.2 * shocks[:, 1])],
        factor=[1.0] * len(days),
    )


def _float32(prices: FloatArray) -> list[Number]:
    """Numbers of the precision that Yahoo sends."""
    return [float(price) for price in prices.astype(np.float32)]


class Handler(BaseHTTPRequestHandler):
    """Answers one request, as the server's state wants it."""

    server: "LoopbackYahoo"
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        path, query = unquote(parts.path), {key: values[0] for key, values in parse_qs(parts.query).items()}
        self.server.requests.append(path)
        fault = self.server.fault_for(path)
        if fault is not None:
            fault(self)
        else:
            self._answer(path, query)

    def do_POST(self) -> None:
        self.do_GET()

    def _answer(self, path: str, query: dict[str, str]) -> None:
        if path.startswith(CHART):
            self._chart(path.removeprefix(CHART), query)
        elif path == SEARCH:
            self.send_json(200, {"quotes": self.server.found(query["q"]), "news": []})
        elif path == CRUMB:
            self.send_body(200, "text/plain", b"loopback-crumb")
        else:  # fc.yahoo.com answers 404 with a cookie; the consent pages say nothing of use
            cookie = f"A3=d=loopback; Max-Age=31536000; Domain={self.server.host}; Path=/"
            self.send_body(404, "text/html", b"<html></html>", {"Set-Cookie": cookie})

    def _chart(self, symbol: str, query: dict[str, str]) -> None:
        held = self.server.listings.get(symbol)
        if held is None:
            error = {"code": "Not Found", "description": "No data found, symbol may be delisted"}
            self.send_json(404, {"chart": {"result": None, "error": error}})
        else:
            since = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=int(query["period1"]))
            self.send_json(200, {"chart": {"result": [chart(held, since.date())], "error": None}})

    def send_json(self, status: int, value: object, headers: dict[str, str] | None = None) -> None:
        self.send_body(status, "application/json", json.dumps(value).encode(), headers)

    def send_body(self, status: int, kind: str, body: bytes, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in {"Content-Type": kind, "Content-Length": str(len(body)), **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


Fault = Callable[[Handler], None]


class LoopbackYahoo(ThreadingHTTPServer):
    """The server: it serves `listings`, and keeps the paths of its `requests`."""

    daemon_threads = True
    host = "yahoo.localhost"  # a name, not an address: for an address yfinance fetches its cookie again and again
    request_queue_size = 64

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.listings: dict[str, Bars] = {}
        self.names: dict[str, str] = {}
        self.requests: list[str] = []
        self.closing = Event()
        self._fault: tuple[Fault, str, int] | None = None

    @property
    def url(self) -> str:
        return f"http://{self.host}:{self.server_port}"

    @property
    def charts(self) -> int:
        """How many price requests came."""
        return sum(path.startswith(CHART) for path in self.requests)

    def add(self, held: Bars) -> Bars:
        self.listings[held.symbol] = held
        return held

    def fail(self, fault: Fault, path: str = "/", times: int = 1_000_000) -> None:
        """Misbehave for the next requests whose path begins so."""
        self._fault = (fault, path, times)

    def behave(self) -> None:
        self._fault = None

    def fault_for(self, path: str) -> Fault | None:
        if self._fault is None or not path.startswith(self._fault[1]):
            return None
        fault, prefix, times = self._fault
        self._fault = (fault, prefix, times - 1) if times > 1 else None
        return fault

    def found(self, text: str) -> list[dict[str, str]]:
        hits = [s for s, name in self.names.items() if text.lower() in name.lower() or text.upper() in s]
        return [{"symbol": s, "longname": self.names[s], "exchDisp": "NASDAQ"} for s in hits]

    def handle_error(self, *_: object) -> None:
        """A client that hung up is part of the game."""


def chart(held: Bars, first: date) -> dict[str, Any]:
    """One result of the chart endpoint, in Yahoo's form."""
    rows = [index for index, day in enumerate(held.days) if day >= first]
    adjusted = [_times(held.close[row], held.factor[row]) for row in rows]
    quote = {name: [getattr(held, name)[row] for row in rows] for name in ("open", "high", "low", "close", "volume")}
    result: dict[str, Any] = {
        "meta": _meta(held),
        "indicators": {"quote": [quote if rows else {}], "adjclose": [{"adjclose": adjusted}]},
        "events": _events(held),
    }
    return result | ({"timestamp": [_stamp(held, held.days[row]) for row in rows]} if rows else {})


def _times(price: Number, factor: float) -> Number:
    return None if price is None else price * factor


def _stamp(held: Bars, day: date) -> int:
    return int(datetime.combine(day, held.opens_at, ZoneInfo(held.zone)).timestamp())


def _meta(held: Bars) -> dict[str, Any]:
    end = datetime.combine(max(held.days), time(23, 59), UTC) if held.days else datetime(2000, 1, 1, tzinfo=UTC)
    return {
        "symbol": held.symbol,
        "currency": held.currency,
        "exchangeName": held.exchange,
        "instrumentType": held.instrument,
        "exchangeTimezoneName": held.zone,
        "timezone": "LOC",
        "gmtoffset": 0,
        "regularMarketTime": int((held.quoted_at or end).timestamp()),
        "longName": held.name,
        "priceHint": 2,
        "dataGranularity": "1d",
        "validRanges": VALID_RANGES,
    }


def _events(held: Bars) -> dict[str, Any]:
    paid = {
        str(_stamp(held, day)): {"amount": amount, "date": _stamp(held, day)} for day, amount in held.dividends.items()
    }
    split = {
        str(_stamp(held, day)): {"date": _stamp(held, day), "numerator": n, "denominator": 1, "splitRatio": f"{n}:1"}
        for day, n in held.splits.items()
    }
    return {name: events for name, events in (("dividends", paid), ("splits", split)) if events}


@contextmanager
def loopback_yahoo() -> Iterator[LoopbackYahoo]:
    """A running server."""
    server = LoopbackYahoo()
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.closing.set()
        server.shutdown()
        server.server_close()
        thread.join()

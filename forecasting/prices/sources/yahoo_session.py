"""The HTTP session of yfinance: a mirror's address, a deadline, and what the newest answer said."""

from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from threading import local
from time import monotonic
from typing import Any, Final
from urllib.parse import urlsplit

from curl_cffi.requests import Response, Session
from yfinance.exceptions import YFRateLimitError

from forecasting.ports import Clock
from forecasting.prices.requests.pauses import retry_after

TIMEOUT_S: Final = 10.0
"""How long one question may take; yfinance itself would wait up to 30 seconds for a cookie alone."""
MIN_TIMEOUT_S: Final = 0.01
"""What is left for a request when the time is up: enough to fail by the ordinary way."""


@dataclass(frozen=True, slots=True)
class LastAnswer:
    """What is known of the newest answer to a question."""

    status: int = 0  # of HTTP; 0 before the first answer, and where none came
    retry_at: datetime | None = None  # what its Retry-After asks for (UTC), if it does


class _Question(local):
    """What a thread asks; each has its own."""

    def __init__(self) -> None:
        self.deadline = 0.0  # of `monotonic`
        self.last = LastAnswer()


class TooManyRequests(YFRateLimitError):  # type: ignore[misc]  # yfinance publishes no types
    """Yahoo answered 429; `retry_at` (UTC) is what its Retry-After asks for, if it does."""

    def __init__(self, retry_at: datetime | None) -> None:
        super().__init__()
        self.retry_at = retry_at


class YahooSession(Session[Response]):
    """A session that sends Yahoo's requests to a mirror if there is one, and raises at the first 429.

    Several threads may use it at a time, each for one question.

    yfinance by itself would answer a 429 with two more requests and drop its Retry-After. It catches this error where
    only the crumb was refused, and goes on without one.
    """

    def __init__(self, mirror: str, clock: Clock, timeout_s: float = TIMEOUT_S) -> None:
        super().__init__(impersonate="chrome")
        self._mirror = mirror.rstrip("/")
        self._clock = clock
        self._timeout_s = timeout_s
        self._question = _Question()

    def begin(self) -> None:
        """Begin a question: all requests that yfinance makes for it, cookie and crumb included, share its time."""
        self._question.deadline = monotonic() + self._timeout_s
        self._question.last = LastAnswer()

    @property
    def last(self) -> LastAnswer:
        """The newest answer to the question that this thread asks."""
        return self._question.last

    def request(self, method: Any, url: str, **options: Any) -> Response:  # type: ignore[override]  # noqa: ANN401 - curl_cffi's own options pass through
        """Send one request.

        Raises:
            TooManyRequests: Yahoo answered 429.
            curl_cffi.requests.exceptions.RequestException: there was no answer.
        """
        options["timeout"] = max(self._question.deadline - monotonic(), MIN_TIMEOUT_S)
        self._question.last = LastAnswer()
        response = super().request(method, self._address(url), **options)
        retry_at = retry_after(response.headers.get("Retry-After"), self._clock())
        self._question.last = LastAnswer(response.status_code, retry_at)
        if response.status_code == HTTPStatus.TOO_MANY_REQUESTS:
            raise TooManyRequests(retry_at)
        return response

    def _address(self, url: str) -> str:
        """The same path on the mirror."""
        if not self._mirror or url.startswith(self._mirror):
            return url
        parts = urlsplit(url)
        return f"{self._mirror}{parts.path}" + (f"?{parts.query}" if parts.query else "")

"""A limiter that limits nothing, for tests that are not about the pace."""

from collections.abc import Callable, Coroutine
from typing import Any

from telegram.ext import BaseRateLimiter


class Unhurried(BaseRateLimiter[int]):
    """Telegram's limits are other tests' concern; the local chat enforces none unless it is told to."""

    async def initialize(self) -> None: ...

    async def shutdown(self) -> None: ...

    async def process_request(
        self,
        callback: Callable[..., Coroutine[Any, Any, Any]],
        args: Any,  # noqa: ANN401 - passed through as it comes
        kwargs: dict[str, Any],
        endpoint: str,
        data: dict[str, Any],
        rate_limit_args: int | None,
    ) -> Any:  # noqa: ANN401 - as above
        del endpoint, data, rate_limit_args
        return await callback(*args, **kwargs)

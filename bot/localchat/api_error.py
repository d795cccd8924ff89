"""The refusals of the Bot API, in Telegram's own form and words."""

from __future__ import annotations


class ApiError(Exception):
    """A request that Telegram would refuse: an error code, a description and, for some, parameters.

    Source: Bot API, "Making requests" and "ResponseParameters".
    """

    def __init__(
        self, code: int, description: str, *, retry_after: int | None = None, migrate_to: int | None = None
    ) -> None:
        """Keep the HTTP code, the description, the seconds to wait and the id that a group moved to."""
        super().__init__(description)
        self.code = code
        self.description = description
        self.retry_after = retry_after
        self.migrate_to = migrate_to


def bad_request(reason: str) -> ApiError:
    """Return the 400 that Telegram words as `Bad Request: <reason>`."""
    return ApiError(400, f"Bad Request: {reason}")


def forbidden(reason: str) -> ApiError:
    """Return the 403 that Telegram words as `Forbidden: <reason>`."""
    return ApiError(403, f"Forbidden: {reason}")


def too_many_requests(retry_after: int) -> ApiError:
    """Return the 429 that asks the bot to wait `retry_after` seconds."""
    return ApiError(429, f"Too Many Requests: retry after {retry_after}", retry_after=retry_after)

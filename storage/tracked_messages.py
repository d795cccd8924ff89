"""Messages that show how a job is doing: rows, so that a restarted bot goes on with them."""

from dataclasses import asdict

from bot.chats.types import TrackedMessage
from storage.database import Database


class SqliteTrackedMessageStore:
    """A `TrackedMessageStore` in SQLite."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def keep(self, message: TrackedMessage) -> None:
        """Keep which job a message shows, in place of another one; nothing of a chat that is not known."""
        sql = """
            insert or replace into tracked_messages (chat_id, message_id, job_id, horizon)
            select :chat_id, :message_id, :job_id, :horizon where exists (select 1 from chats where id = :chat_id)
        """
        self._database.execute(sql, asdict(message))

    def drop(self, message: TrackedMessage) -> None:
        """Forget a message that shows this job no more."""
        sql = "delete from tracked_messages where chat_id = ? and message_id = ? and job_id = ?"
        self._database.execute(sql, [message.chat_id, message.message_id, message.job_id])

    def drop_message(self, chat_id: int, message_id: int) -> None:
        """Forget a message, whichever job it shows."""
        self._database.execute(
            "delete from tracked_messages where chat_id = ? and message_id = ?", [chat_id, message_id]
        )

    def every(self) -> tuple[TrackedMessage, ...]:
        """Every tracked message, by chat and message."""
        rows = self._database.rows("select * from tracked_messages order by chat_id, message_id")
        return tuple(TrackedMessage(**row) for row in rows)

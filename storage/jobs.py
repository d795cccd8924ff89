"""Where jobs are kept: rows before they are work, so that a killed bot knows what it was doing."""

from dataclasses import replace
from datetime import datetime
from typing import Final

from forecasting.types.job_records import Job, JobKind, Progress
from storage.database import Database, Row
from storage.encoding import Json, to_moment, to_text

PEOPLE: Final = Json(tuple[int, ...])
OPTIONS: Final = Json(dict[str, str])
_ADD_SQL: Final = """
    insert into jobs (kind, symbol, options, state, asked_by, created_at, started_at, ended_at, stage, done, total,
        attempts, message)
    values (:kind, :symbol, :options, :state, :asked_by, :created_at, :started_at, :ended_at, :stage, :done, :total,
        :attempts, :message)
    returning id
"""


class SqliteJobStore:
    """A `JobStore` in SQLite."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, job: Job) -> Job:
        """Store a new job and return it with its id.

        Raises:
            StorageError: the same work is queued or running already.
        """
        [(job_id,)] = self._database.tuples(_ADD_SQL, _row(job))
        return replace(job, id=job_id)

    def update(self, job: Job) -> None:
        """Store a job's new state."""
        row = _row(job)
        columns = ", ".join(f"{name} = :{name}" for name in row)
        self._database.execute(f"update jobs set {columns} where id = :id", {**row, "id": job.id})  # noqa: S608 - names only

    def get(self, job_id: int) -> Job | None:
        """One job, or None."""
        row = self._database.row("select * from jobs where id = ?", [job_id])
        return _job(row) if row else None

    def open_jobs(self) -> tuple[Job, ...]:
        """Queued and running jobs, oldest first."""
        rows = self._database.rows("select * from jobs where state in ('queued', 'running') order by id")
        return tuple(_job(row) for row in rows)

    def recent(self, limit: int = 20) -> tuple[Job, ...]:
        """The newest jobs of any state, newest first."""
        rows = self._database.rows("select * from jobs order by id desc limit ?", [limit])
        return tuple(_job(row) for row in rows)

    def latest(self, kind: JobKind, symbol: str) -> Job | None:
        """The newest job of a kind for a symbol, or None."""
        row = self._database.row(
            "select * from jobs where kind = ? and symbol = ? order by id desc limit 1", [kind, symbol]
        )
        return _job(row) if row else None

    def export(self, user_id: int) -> tuple[Job, ...]:
        """Every job that a person asked for, oldest first."""
        sql = "select * from jobs where ? in (select value from json_each(jobs.asked_by)) order by id"
        return tuple(_job(row) for row in self._database.rows(sql, [user_id]))

    def forget(self, user_id: int) -> None:
        """Take a person's id off every job; what they asked for stays, without them."""
        with self._database.transaction():
            for job in self.export(user_id):
                others = tuple(asker for asker in job.asked_by if asker != user_id)
                self.update(replace(job, asked_by=others))


def _row(job: Job) -> Row:
    """A job's columns, without its id."""
    return {
        "kind": job.kind,
        "symbol": job.symbol,
        "options": OPTIONS.dump(dict(job.options)),
        "state": job.state,
        "asked_by": PEOPLE.dump(job.asked_by),
        "created_at": to_text(job.created_at),
        "started_at": _text(job.started_at),
        "ended_at": _text(job.ended_at),
        "stage": job.progress.stage,
        "done": job.progress.done,
        "total": job.progress.total,
        "attempts": job.attempts,
        "message": job.message,
    }


def _job(row: Row) -> Job:
    """A job from its columns."""
    return Job(
        id=row["id"],
        kind=row["kind"],
        symbol=row["symbol"],
        options=OPTIONS.load(row["options"]),
        state=row["state"],
        asked_by=PEOPLE.load(row["asked_by"]),
        created_at=to_moment(row["created_at"]),
        started_at=_moment(row["started_at"]),
        ended_at=_moment(row["ended_at"]),
        progress=Progress(row["stage"], row["done"], row["total"]),
        attempts=row["attempts"],
        message=row["message"],
    )


def _text(moment: datetime | None) -> str | None:
    return to_text(moment) if moment else None


def _moment(text: str | None) -> datetime | None:
    return to_moment(text) if text else None

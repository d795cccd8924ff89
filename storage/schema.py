"""Every table, as one ordered list of migrations that only go forward: a released one is never edited."""

from collections.abc import Mapping
from typing import Final

import sqlite_utils
from sqlite_utils import Migrations

from storage.first_tables import FIRST_TABLES

MIGRATIONS: Final = Migrations("fanchart")
"""What an empty file needs, in order; an older one needs the end of it."""
FORMER_SETS: Final = (
    *("alerts", "charts", "chats", "deliveries", "forecasts", "jobs", "models", "prices", "quiet", "scorecards"),
    *("subscriptions", "usage", "watches"),
)
"""Older versions recorded the same migrations in a set for each store."""


def _add(name: str, sql: str) -> None:
    """Add a migration to the list."""

    def run(tables: sqlite_utils.Database) -> None:
        """Change the schema, inside the caller's transaction."""
        tables.executescript(sql)

    MIGRATIONS(name=name)(run)


_CHANGES: Final[Mapping[str, str]] = {
    "rename_by_what_is_held": """
        alter table standings rename to access;
        alter table access rename column standing to status;
        alter table access rename column said_by to set_by;
        alter table access rename column said_at to set_at;
        alter table watches rename to tracked_messages;
        alter table alerts rename column rests_until to cooldown_until;
        alter table subscriptions rename column wanted to delivery_time;
        alter table deliveries rename column parts_sent to chunks_sent;
    """,
    "add_alert_facts": """
        alter table deliveries rename column body to older_body;
        alter table deliveries add column alerts text not null default '[]';
    """,
    "add_splits_and_dividends": """
        alter table histories add column revision integer not null default 0;
        create table corporate_actions (
            symbol text not null references histories (symbol) on delete cascade,
            kind text not null check (kind in ('split', 'dividend')),
            session text not null,
            value real not null,
            primary key (symbol, kind, session)
        ) strict, without rowid;
    """,
    "funds_close_in_the_evening": """
        update histories set exchange = 'FUND' where exchange = 'XNYS' and symbol glob '[A-Z][A-Z][A-Z][A-Z]X';
        update subscriptions set exchange = 'FUND' where exchange = 'XNYS' and symbol glob '[A-Z][A-Z][A-Z][A-Z]X';
        update alerts set exchange = 'FUND' where exchange = 'XNYS' and symbol glob '[A-Z][A-Z][A-Z][A-Z]X';
    """,
    "add_what_forecasts_stand_on": """
        alter table forecasts rename to older_forecasts;
        create table forecasts (
            id integer primary key,
            symbol text not null,
            origin text not null,
            model text not null,
            model_kind text not null check (model_kind in ('base', 'pool', 'symbol')),
            revision integer not null,
            market integer not null check (market in (0, 1)),
            name text not null,
            currency text not null,
            exchange text not null,
            source text not null,
            notes text not null,
            past_sessions text not null,
            past_closes blob not null,
            targets text not null,
            horizons integer not null,
            levels integer not null,
            prices blob not null,
            scorecard text,
            made_at text not null,
            doubted integer not null,
            unique (symbol, origin, model, revision, market)
        ) strict;
        insert into forecasts
            select id, symbol, origin, model, model_kind, 0, 0, name, currency, exchange, source, notes,
                past_sessions, past_closes, targets, horizons, levels, prices, scorecard, made_at, 0
            from older_forecasts;
        drop table older_forecasts;
        create trigger forecasts_never_update before update on forecasts
            begin select raise(abort, 'forecasts are never changed'); end;
        create trigger forecasts_never_delete before delete on forecasts
            begin select raise(abort, 'forecasts are never changed'); end;
        alter table charts rename column model to contents;
    """,
    "pause_what_is_no_longer_traded": """
        alter table subscriptions add column paused integer not null default 0;
        alter table alerts add column paused integer not null default 0;
    """,
    "create_retries": """
        create table retries (
            chat_id integer not null references chats (id) on delete cascade,
            message_id integer not null,
            name text not null,
            horizon integer not null,
            at text not null,
            tries integer not null,
            primary key (chat_id, message_id)
        ) strict;
        create index retries_by_time on retries (at);
    """,
}
for _name, _sql in {**FIRST_TABLES, **_CHANGES}.items():
    _add(_name, _sql)


@MIGRATIONS()
def refuse_older_versions(tables: sqlite_utils.Database) -> None:
    """Record in every former set what an older version does not know: each store of such a one looks into its own."""
    rows = [{"migration_set": former, "name": "refuse_older_versions", "applied_at": ""} for former in FORMER_SETS]
    tables.table(Migrations.migrations_table).insert_all(rows)

"""Every table, as one ordered list of migrations that only go forward: a released one is never edited."""

from collections.abc import Mapping
from typing import Final

import sqlite_utils
from sqlite_utils import Migrations

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


_SCHEMA: Final[Mapping[str, str]] = {
    "create_chats": """
        create table chats (
            id integer primary key,
            kind text not null check (kind in ('private', 'group', 'supergroup', 'channel')),
            title text not null,
            timezone text not null,
            state text not null default 'active' check (state in ('active', 'paused', 'blocked')),
            created_at text not null
        ) strict;
        create table members (
            chat_id integer not null references chats (id) on delete cascade,
            user_id integer not null,
            name text not null,
            primary key (chat_id, user_id)
        ) strict;
        create table standings (
            chat_id integer primary key,
            standing text not null check (standing in ('allowed', 'denied')),
            said_by integer not null,
            said_at text not null
        ) strict;
    """,
    "create_subscriptions": """
        create table subscriptions (
            chat_id integer not null references chats (id) on delete cascade,
            symbol text not null,
            exchange text not null,
            wanted text not null,
            topic integer,
            next_due_at text not null,
            last_session text,
            primary key (chat_id, symbol)
        ) strict;
        create index subscriptions_by_due on subscriptions (next_due_at);
    """,
    "create_quiet_hours": """
        create table quiet_hours (
            chat_id integer primary key references chats (id) on delete cascade,
            starts text not null,
            ends text not null
        ) strict;
    """,
    "create_alerts": """
        create table alerts (
            id integer primary key,
            chat_id integer not null references chats (id) on delete cascade,
            symbol text not null,
            exchange text not null,
            kind text not null check (kind in ('band', 'chance', 'price')),
            level real not null,
            topic integer,
            next_check_at text not null,
            last_session text not null,
            last_value real not null,
            rests_until text,
            unique (chat_id, symbol, kind, level)
        ) strict;
        create index alerts_by_check on alerts (next_check_at);
    """,
    "create_deliveries": """
        create table deliveries (
            id integer primary key,
            chat_id integer not null references chats (id) on delete cascade,
            kind text not null check (kind in ('digest', 'alert')),
            symbols text not null,
            session text not null,
            topic integer,
            body text not null,
            due_at text not null,
            expires_at text not null,
            not_before text not null,
            state text not null check (state in ('queued', 'sending', 'sent', 'failed', 'expired')),
            attempts integer not null,
            parts_sent integer not null,
            message_id integer,
            error text not null,
            unique (chat_id, kind, symbols, session)
        ) strict;
        create index open_deliveries on deliveries (not_before) where state in ('queued', 'sending');
    """,
    "create_watches": """
        create table watches (
            chat_id integer not null references chats (id) on delete cascade,
            message_id integer not null,
            job_id integer not null,
            horizon integer,
            primary key (chat_id, message_id)
        ) strict;
    """,
    "create_usage": """
        create table usage (
            user_id integer not null,
            work text not null,
            at text not null
        ) strict;
        create index usage_by_person on usage (user_id, work, at);
        create index usage_by_time on usage (at);
    """,
    "create_charts": """
        create table charts (
            id integer primary key,
            bot_id integer not null,
            symbol text not null,
            origin text not null,
            model text not null,
            look text not null,
            file_id text not null,
            unique (bot_id, symbol, origin, model, look)
        ) strict;
    """,
    "create_prices": """
        create table histories (
            symbol text primary key,
            currency text not null,
            exchange text not null,
            name text not null,
            source text not null,
            fetched_at text not null,
            notes text not null
        ) strict;
        create table prices (
            symbol text not null references histories (symbol) on delete cascade,
            session text not null,
            open real not null,
            high real not null,
            low real not null,
            close real not null,
            volume real not null,
            primary key (symbol, session)
        ) strict, without rowid;
        create table symbols (
            symbol text primary key,
            name text not null,
            exchange text not null
        ) strict;
    """,
    "create_searches": """
        create table searches (
            text text not null,
            place integer not null,
            symbol text not null references symbols (symbol) on delete cascade,
            primary key (text, place)
        ) strict, without rowid;
    """,
    "create_models": """
        create table models (
            symbol text not null,
            sha256 text not null,
            kind text not null check (kind in ('base', 'pool', 'symbol')),
            state text not null check (state in ('active', 'rejected', 'retired')),
            created_at text not null,
            trained_to text,
            gate text,
            older_adjustment integer not null default 0,
            artefact blob,
            primary key (symbol, sha256)
        ) strict;
        create unique index one_active_model on models (symbol) where state = 'active';
        create index models_by_hash on models (sha256);
    """,
    "create_forecasts": """
        create table forecasts (
            id integer primary key,
            symbol text not null,
            origin text not null,
            model text not null,
            model_kind text not null check (model_kind in ('base', 'pool', 'symbol')),
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
            unique (symbol, origin, model)
        ) strict;
        create trigger forecasts_never_update before update on forecasts
            begin select raise(abort, 'forecasts are never changed'); end;
        create trigger forecasts_never_delete before delete on forecasts
            begin select raise(abort, 'forecasts are never changed'); end;
    """,
    "create_outcomes": """
        create table outcomes (
            symbol text not null,
            origin text not null,
            horizon integer not null,
            target text not null,
            close real not null,
            median real not null,
            error real not null,
            naive_error real not null,
            band real not null,
            crps real not null,
            naive_crps real not null,
            primary key (symbol, origin, horizon)
        ) strict;
        create index outcomes_by_target on outcomes (symbol, target);
        create trigger outcomes_never_update before update on outcomes
            begin select raise(abort, 'outcomes are never changed'); end;
        create trigger outcomes_never_delete before delete on outcomes
            begin select raise(abort, 'outcomes are never changed'); end;
    """,
    "create_scorecards": """
        create table scorecards (
            symbol text not null,
            origin text not null,
            model text not null,
            prices text not null,
            context text not null,
            version integer not null,
            scorecard text not null,
            primary key (symbol, origin, model, prices, context, version)
        ) strict, without rowid;
    """,
    "create_jobs": """
        create table jobs (
            id integer primary key autoincrement,
            kind text not null check (kind in ('train', 'pool', 'tune')),
            symbol text not null,
            options text not null,
            state text not null check (state in ('queued', 'running', 'done', 'failed', 'cancelled')),
            asked_by text not null,
            created_at text not null,
            started_at text,
            ended_at text,
            stage text not null,
            done integer not null,
            total integer not null,
            attempts integer not null,
            message text not null
        ) strict;
        create unique index one_open_job on jobs (kind, symbol, options) where state in ('queued', 'running');
        create index open_jobs on jobs (id) where state in ('queued', 'running');
    """,
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
    "add_doubted_closes": """
        alter table forecasts add column doubted integer not null default 0;
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
                past_sessions, past_closes, targets, horizons, levels, prices, scorecard, made_at, doubted
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
for _name, _sql in _SCHEMA.items():
    _add(_name, _sql)


@MIGRATIONS()
def refuse_older_versions(tables: sqlite_utils.Database) -> None:
    """Record in every former set what an older version does not know: each store of such a one looks into its own."""
    rows = [{"migration_set": former, "name": "refuse_older_versions", "applied_at": ""} for former in FORMER_SETS]
    tables.table(Migrations.migrations_table).insert_all(rows)

"""The tables as they were first made, in order. Never edited: what has changed since stands in `schema.py`."""

from collections.abc import Mapping
from typing import Final

FIRST_TABLES: Final[Mapping[str, str]] = {
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
}

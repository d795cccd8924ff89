BEGIN TRANSACTION;
CREATE TABLE "_sqlite_migrations" (
   "id" INTEGER PRIMARY KEY,
   "migration_set" TEXT,
   "name" TEXT,
   "applied_at" TEXT
);
INSERT INTO "_sqlite_migrations" VALUES(1,'chats','create_chats','2026-11-25 03:05:23.096036+00:00');
INSERT INTO "_sqlite_migrations" VALUES(2,'subscriptions','create_subscriptions','2026-11-25 03:05:23.107816+00:00');
INSERT INTO "_sqlite_migrations" VALUES(3,'quiet','create_quiet_hours','2026-11-25 03:05:23.110860+00:00');
INSERT INTO "_sqlite_migrations" VALUES(4,'deliveries','create_deliveries','2026-11-25 03:05:23.118175+00:00');
INSERT INTO "_sqlite_migrations" VALUES(5,'alerts','create_alerts','2026-11-25 03:05:23.124110+00:00');
INSERT INTO "_sqlite_migrations" VALUES(6,'watches','create_watches','2026-11-25 03:05:23.135459+00:00');
INSERT INTO "_sqlite_migrations" VALUES(7,'usage','create_usage','2026-11-25 03:05:23.140741+00:00');
INSERT INTO "_sqlite_migrations" VALUES(8,'charts','create_charts','2026-11-25 03:05:23.147975+00:00');
INSERT INTO "_sqlite_migrations" VALUES(9,'prices','create_prices','2026-11-25 03:05:23.155173+00:00');
INSERT INTO "_sqlite_migrations" VALUES(10,'prices','create_searches','2026-11-25 03:05:23.156491+00:00');
INSERT INTO "_sqlite_migrations" VALUES(11,'models','create_models','2026-11-25 03:05:23.167640+00:00');
INSERT INTO "_sqlite_migrations" VALUES(12,'forecasts','create_forecasts','2026-11-25 03:05:23.180868+00:00');
INSERT INTO "_sqlite_migrations" VALUES(13,'forecasts','create_outcomes','2026-11-25 03:05:23.184152+00:00');
INSERT INTO "_sqlite_migrations" VALUES(14,'scorecards','create_scorecards','2026-11-25 03:05:23.194223+00:00');
INSERT INTO "_sqlite_migrations" VALUES(15,'jobs','create_jobs','2026-11-25 03:05:23.203340+00:00');
CREATE TABLE alerts (
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
INSERT INTO "alerts" VALUES(1,7,'AAPL','XNYS','price',250.0,NULL,'2024-07-04T21:30:00.000000+00:00','2024-07-03',227.5,'2024-07-09');
INSERT INTO "alerts" VALUES(2,7,'AAPL','XNYS','band',0.8,3,'2024-07-04T21:30:00.000000+00:00','2024-07-03',227.5,NULL);
INSERT INTO "alerts" VALUES(3,-5,'BTC-USD','24/7','chance',0.6,NULL,'2024-07-03T21:30:00.000000+00:00','2024-07-03',3.00000000000000044408e-01,NULL);
CREATE TABLE charts (
            id integer primary key,
            bot_id integer not null,
            symbol text not null,
            origin text not null,
            model text not null,
            look text not null,
            file_id text not null,
            unique (bot_id, symbol, origin, model, look)
        ) strict;
INSERT INTO "charts" VALUES(1,1,'AAPL','2024-07-03','aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa','fan 5','file-1');
INSERT INTO "charts" VALUES(2,1,'KO','2024-07-03','aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa','evaluation','file-2');
CREATE TABLE chats (
            id integer primary key,
            kind text not null check (kind in ('private', 'group', 'supergroup', 'channel')),
            title text not null,
            timezone text not null,
            state text not null default 'active' check (state in ('active', 'paused', 'blocked')),
            created_at text not null
        ) strict;
INSERT INTO "chats" VALUES(-5,'group','The Club','Asia/Kolkata','paused','2024-06-30T21:30:00.000000+00:00');
INSERT INTO "chats" VALUES(7,'private','Ada ''O'' 🦊','Europe/Berlin','active','2024-06-24T21:30:00.000000+00:00');
CREATE TABLE deliveries (
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
INSERT INTO "deliveries" VALUES(1,7,'alert','AAPL','2024-07-03',3,'🔔 <b>AAPL</b> closed at $227.50, now below $250.00
<i>/alerts lists and removes them · not advice</i>','2024-07-03T21:30:00.000000+00:00','2024-07-04T21:30:00.000000+00:00','2024-07-03T21:30:00.000000+00:00','queued',0,0,NULL,'');
INSERT INTO "deliveries" VALUES(2,7,'digest','AAPL,KO','2024-07-03',NULL,'','2024-07-03T21:30:00.000000+00:00','2024-07-04T21:30:00.000000+00:00','2024-07-03T21:31:00.000000+00:00','queued',0,1,55,'');
INSERT INTO "deliveries" VALUES(3,7,'digest','AAPL','2024-07-02',NULL,'','2024-07-02T21:30:00.000000+00:00','2024-07-03T21:30:00.000000+00:00','2024-07-02T21:30:00.000000+00:00','sent',2,1,41,'');
INSERT INTO "deliveries" VALUES(4,-5,'digest','BTC-USD','2024-07-03',NULL,'','2024-07-03T21:30:00.000000+00:00','2024-07-04T21:30:00.000000+00:00','2024-07-03T21:30:00.000000+00:00','failed',0,0,NULL,'Forbidden: bot was kicked');
CREATE TABLE forecasts (
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
INSERT INTO "forecasts" VALUES(1,'AAPL','2024-07-03','aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa','base','AAPL Inc.','USD','XNYS','csv','[]','["2024-07-02","2024-07-03"]',X'D812A6894903514084FFCC8157355140','["2024-07-04","2024-07-05"]',2,21,X'39EB9DCCB5B550402062AD77E3BE5040BF0075F04DD15040879DF0A9CCE350408C0E66BA5FF6504072A833380709514090A53BE9DA115140EDDD222DB31A5140320348069023514062010B77712C514084FFCC81573551403D60F028423E51407CC2D86E314751401902EB552550514079388DE01D59514036BD26111B625140214A1D093975514095482E076C88514085A57822B49B51402CBB347211AF51403A020615C8B85140EF30B6C0EE815040F1BE35ECC28E504089F9CC3389A85040CA239F9A77C25040D9FA205F8EDC5040C87428C0CDF65040939F796A3D0351403671B432B60F51406AE1871F381C514036CEA737C328514084FFCC8157355140B72AB504F541514051F622C79B4E514087FDDDCF4B5B5140EDD3B22505685140150973CFC774514010E65C26F48F51408EA9E1C94AAB514051B4D9FBCBC65140A2E683FE77E25140D6A2EB225EF05140',NULL,'2024-07-03T21:30:00.000000+00:00');
INSERT INTO "forecasts" VALUES(2,'KO','2024-07-03','aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa','base','KO Inc.','USD','XNYS','csv','[]','["2024-07-02","2024-07-03"]',X'D812A6894903514084FFCC8157355140','["2024-07-04","2024-07-05"]',2,21,X'39EB9DCCB5B550402062AD77E3BE5040BF0075F04DD15040879DF0A9CCE350408C0E66BA5FF6504072A833380709514090A53BE9DA115140EDDD222DB31A5140320348069023514062010B77712C514084FFCC81573551403D60F028423E51407CC2D86E314751401902EB552550514079388DE01D59514036BD26111B625140214A1D093975514095482E076C88514085A57822B49B51402CBB347211AF51403A020615C8B85140EF30B6C0EE815040F1BE35ECC28E504089F9CC3389A85040CA239F9A77C25040D9FA205F8EDC5040C87428C0CDF65040939F796A3D0351403671B432B60F51406AE1871F381C514036CEA737C328514084FFCC8157355140B72AB504F541514051F622C79B4E514087FDDDCF4B5B5140EDD3B22505685140150973CFC774514010E65C26F48F51408EA9E1C94AAB514051B4D9FBCBC65140A2E683FE77E25140D6A2EB225EF05140',NULL,'2024-07-03T21:30:00.000000+00:00');
CREATE TABLE histories (
            symbol text primary key,
            currency text not null,
            exchange text not null,
            name text not null,
            source text not null,
            fetched_at text not null,
            notes text not null
        ) strict;
INSERT INTO "histories" VALUES('AAPL','USD','XNYS','AAPL Inc.','yahoo','2024-07-03T21:30:00.000000+00:00','["dropped 1 open bar"]');
INSERT INTO "histories" VALUES('KO','USD','XNYS','KO Inc.','csv','2024-07-03T21:30:00.000000+00:00','["dropped 1 open bar"]');
CREATE TABLE jobs (
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
INSERT INTO "jobs" VALUES(1,'train','AAPL','{}','running','[7,9]','2024-07-03T21:30:00.000000+00:00','2024-07-03T21:30:00.000000+00:00',NULL,'training',3,40,1,'');
INSERT INTO "jobs" VALUES(2,'tune','KO','{"trials":"20"}','done','[9]','2024-07-02T21:30:00.000000+00:00',NULL,'2024-07-03T21:30:00.000000+00:00','queued',0,0,0,'It beat the active model.');
CREATE TABLE members (
            chat_id integer not null references chats (id) on delete cascade,
            user_id integer not null,
            name text not null,
            primary key (chat_id, user_id)
        ) strict;
INSERT INTO "members" VALUES(7,7,'Ada');
INSERT INTO "members" VALUES(-5,7,'Ada');
INSERT INTO "members" VALUES(-5,9,'Bob');
CREATE TABLE models (
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
INSERT INTO "models" VALUES('AAPL','7692c3ad3540bb803c020b3aee66cd8887123234ea0c6e7143c0add73ff431ed','symbol','retired','2024-07-03T21:30:00.000000+00:00','2024-04-01','{"active_crps":0.016,"candidate_crps":0.0155,"p_value":0.04,"promoted":true,"reason":"It beat the active model.","windows":60}',0,X'6F6E65');
INSERT INTO "models" VALUES('AAPL','3fc4ccfe745870e2c0d99f71f30ff0656c8dedd41cc1d7d3d376b0dbe685e2f3','symbol','active','2024-07-03T21:30:00.000000+00:00','2024-04-01','{"active_crps":0.016,"candidate_crps":0.0155,"p_value":0.04,"promoted":true,"reason":"It beat the active model.","windows":60}',0,X'74776F');
INSERT INTO "models" VALUES('AAPL','8b5b9db0c13db24256c829aa364aa90c6d2eba318b9232a4ab9313b954d3555f','symbol','rejected','2024-07-03T21:30:00.000000+00:00','2024-04-01','{"active_crps":0.016,"candidate_crps":0.0165,"p_value":0.04,"promoted":false,"reason":"It did not beat the active model.","windows":60}',0,X'7468726565');
CREATE TABLE outcomes (
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
INSERT INTO "outcomes" VALUES('AAPL','2024-07-03',1,'2024-07-04',101.5,100.1,0.014,0.015,0.8,0.007,0.015);
INSERT INTO "outcomes" VALUES('KO','2024-07-03',1,'2024-07-04',101.5,100.1,0.014,0.015,0.8,0.007,0.015);
CREATE TABLE prices (
            symbol text not null references histories (symbol) on delete cascade,
            session text not null,
            open real not null,
            high real not null,
            low real not null,
            close real not null,
            volume real not null,
            primary key (symbol, session)
        ) strict, without rowid;
INSERT INTO "prices" VALUES('AAPL','2024-07-01',5.35936172624352167312e+01,5.40301856691658386475e+01,5.30346320440318308442e+01,5.39605138709566816129e+01,1875298.0);
INSERT INTO "prices" VALUES('AAPL','2024-07-02',5.38401082392032606085e+01,5.41871557524340374811e+01,5.32490349632975821245e+01,5.3781048060447709247e+01,803240.0);
INSERT INTO "prices" VALUES('AAPL','2024-07-03',5.40051358874267748442e+01,5.4373624739995825906e+01,5.25568779405870287755e+01,5.30147612441153910384e+01,515617.0);
INSERT INTO "prices" VALUES('KO','2024-07-01',5.35936172624352167312e+01,5.40301856691658386475e+01,5.30346320440318308442e+01,5.39605138709566816129e+01,1875298.0);
INSERT INTO "prices" VALUES('KO','2024-07-02',5.38401082392032606085e+01,5.41871557524340374811e+01,5.32490349632975821245e+01,5.3781048060447709247e+01,803240.0);
INSERT INTO "prices" VALUES('KO','2024-07-03',5.40051358874267748442e+01,5.4373624739995825906e+01,5.25568779405870287755e+01,5.30147612441153910384e+01,515617.0);
CREATE TABLE quiet_hours (
            chat_id integer primary key references chats (id) on delete cascade,
            starts text not null,
            ends text not null
        ) strict;
INSERT INTO "quiet_hours" VALUES(-5,'12:00','13:30');
INSERT INTO "quiet_hours" VALUES(7,'22:00','07:00');
CREATE TABLE scorecards (
            symbol text not null,
            origin text not null,
            model text not null,
            prices text not null,
            context text not null,
            version integer not null,
            scorecard text not null,
            primary key (symbol, origin, model, prices, context, version)
        ) strict, without rowid;
INSERT INTO "scorecards" VALUES('AAPL','2024-07-03','aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa','prices','',1,'{"comparisons":[],"first_origin":"2022-06-01","last_origin":"2024-06-05","model":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","scores":[{"coverage_50":0.51,"coverage_80":0.81,"coverage_95":0.94,"crps":0.015519999999999999,"forecaster":"model","hit_rate":0.53,"horizon":1,"mae":0.021339999999999998,"mape":2.134,"mase":1.746,"mse":0.0008468099999999999,"origins":100,"rmse":0.029099999999999997,"winkler_80":0.1067}],"symbol":"AAPL"}');
INSERT INTO "scorecards" VALUES('KO','2024-07-03','aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa','prices','',1,'{"comparisons":[],"first_origin":"2022-06-01","last_origin":"2024-06-05","model":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","scores":[{"coverage_50":0.51,"coverage_80":0.81,"coverage_95":0.94,"crps":0.015519999999999999,"forecaster":"model","hit_rate":0.53,"horizon":1,"mae":0.021339999999999998,"mape":2.134,"mase":1.746,"mse":0.0008468099999999999,"origins":100,"rmse":0.029099999999999997,"winkler_80":0.1067}],"symbol":"KO"}');
CREATE TABLE searches (
            text text not null,
            place integer not null,
            symbol text not null references symbols (symbol) on delete cascade,
            primary key (text, place)
        ) strict, without rowid;
INSERT INTO "searches" VALUES('tesla',0,'TSLA');
INSERT INTO "searches" VALUES('tesla',1,'TL0.DE');
CREATE TABLE standings (
            chat_id integer primary key,
            standing text not null check (standing in ('allowed', 'denied')),
            said_by integer not null,
            said_at text not null
        ) strict;
INSERT INTO "standings" VALUES(-66,'denied',1,'2024-07-02T21:30:00.000000+00:00');
INSERT INTO "standings" VALUES(7,'allowed',1,'2024-07-01T21:30:00.000000+00:00');
CREATE TABLE subscriptions (
            chat_id integer not null references chats (id) on delete cascade,
            symbol text not null,
            exchange text not null,
            wanted text not null,
            topic integer,
            next_due_at text not null,
            last_session text,
            primary key (chat_id, symbol)
        ) strict;
INSERT INTO "subscriptions" VALUES(7,'AAPL','XNYS','close',NULL,'2024-07-04T21:30:00.000000+00:00',NULL);
INSERT INTO "subscriptions" VALUES(7,'KO','XNYS','07:30',3,'2024-07-05T21:30:00.000000+00:00','2024-07-02');
INSERT INTO "subscriptions" VALUES(-5,'BTC-USD','24/7','open',NULL,'2024-07-03T21:30:00.000000+00:00',NULL);
INSERT INTO "subscriptions" VALUES(-5,'VFIAX','XNYS','close',NULL,'2024-07-04T21:30:00.000000+00:00',NULL);
CREATE TABLE symbols (
            symbol text primary key,
            name text not null,
            exchange text not null
        ) strict;
INSERT INTO "symbols" VALUES('AAPL','AAPL Inc.','XNYS');
INSERT INTO "symbols" VALUES('KO','KO Inc.','XNYS');
INSERT INTO "symbols" VALUES('TSLA','Tesla, Inc.','NASDAQ');
INSERT INTO "symbols" VALUES('TL0.DE','Tesla','XETRA');
CREATE TABLE usage (
            user_id integer not null,
            work text not null,
            at text not null
        ) strict;
INSERT INTO "usage" VALUES(7,'forecast','2024-07-03T01:30:00.000000+00:00');
INSERT INTO "usage" VALUES(7,'train','2024-07-03T18:30:00.000000+00:00');
INSERT INTO "usage" VALUES(9,'forecast','2024-07-03T20:30:00.000000+00:00');
CREATE TABLE watches (
            chat_id integer not null references chats (id) on delete cascade,
            message_id integer not null,
            job_id integer not null,
            horizon integer,
            primary key (chat_id, message_id)
        ) strict;
INSERT INTO "watches" VALUES(7,55,1,20);
INSERT INTO "watches" VALUES(-5,9,2,NULL);
CREATE UNIQUE INDEX "idx__sqlite_migrations_migration_set_name"
    ON "_sqlite_migrations" ("migration_set", "name");
CREATE INDEX subscriptions_by_due on subscriptions (next_due_at);
CREATE INDEX open_deliveries on deliveries (not_before) where state in ('queued', 'sending');
CREATE INDEX alerts_by_check on alerts (next_check_at);
CREATE INDEX usage_by_person on usage (user_id, work, at);
CREATE INDEX usage_by_time on usage (at);
CREATE UNIQUE INDEX one_active_model on models (symbol) where state = 'active';
CREATE INDEX models_by_hash on models (sha256);
CREATE TRIGGER forecasts_never_update before update on forecasts begin select raise(abort, 'forecasts are never changed'); end;
CREATE TRIGGER forecasts_never_delete before delete on forecasts begin select raise(abort, 'forecasts are never changed'); end;
CREATE INDEX outcomes_by_target on outcomes (symbol, target);
CREATE TRIGGER outcomes_never_update before update on outcomes begin select raise(abort, 'outcomes are never changed'); end;
CREATE TRIGGER outcomes_never_delete before delete on outcomes begin select raise(abort, 'outcomes are never changed'); end;
CREATE UNIQUE INDEX one_open_job on jobs (kind, symbol, options) where state in ('queued', 'running');
CREATE INDEX open_jobs on jobs (id) where state in ('queued', 'running');
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('jobs',2);
COMMIT;

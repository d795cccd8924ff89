"""The database file itself: threads, transactions, other processes, newer versions, broken files."""

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from threading import Barrier, Event

import pytest
import sqlite_utils
from sqlite_utils import Migrations

from forecasting.errors import StorageError
from storage.database import Database
from tests.database import StatementLog
from tests.waiting import PATIENCE_S

MIGRATIONS = Migrations("notes")


@MIGRATIONS()
def create_notes(tables: sqlite_utils.Database) -> None:
    tables.executescript("""
        create table authors (id integer primary key, name text not null) strict;
        create table notes (
            id integer primary key,
            author integer references authors (id) on delete cascade,
            said text not null unique
        ) strict;
    """)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "fanchart.db"


@pytest.fixture
def database(path: Path) -> Database:
    """A database with notes; whoever takes it closes it, which the tests below all do."""
    made = Database.connect(path)
    made.migrate(MIGRATIONS)
    return made


def stored(database: Database) -> list[str]:
    return [row["said"] for row in database.rows("select said from notes order by id")]


def test_what_is_committed_is_there_for_the_next_one(database: Database, path: Path) -> None:
    with database:
        database.insert("notes", [{"said": "one"}, {"said": "two"}])
    with Database.connect(path) as again:
        again.migrate(MIGRATIONS)
        assert stored(again) == ["one", "two"]


def test_the_settings_that_everything_counts_on_are_set(database: Database) -> None:
    with database:
        settings = {
            name: database.rows(f"pragma {name}")[0] for name in ("journal_mode", "foreign_keys", "synchronous")
        }
    assert settings == {
        "journal_mode": {"journal_mode": "wal"},
        "foreign_keys": {"foreign_keys": 1},
        "synchronous": {"synchronous": 2},
    }


def test_a_transaction_that_raises_leaves_nothing(database: Database) -> None:
    def fail() -> None:
        with database.transaction():
            database.insert("notes", [{"said": "one"}])
            database.execute("update notes set said = 'other'")
            raise ZeroDivisionError

    with database:
        with pytest.raises(ZeroDivisionError):
            fail()
        assert stored(database) == []
        database.insert("notes", [{"said": "two"}])
        assert stored(database) == ["two"]


def test_a_transaction_inside_of_another_rolls_back_alone(database: Database) -> None:
    def fail() -> None:
        with database.transaction():
            database.insert("notes", [{"said": "inner"}])
            database.insert("notes", [{"said": "outer"}])

    with database, database.transaction():
        database.insert("notes", [{"said": "outer"}])
        with pytest.raises(StorageError):
            fail()
        assert stored(database) == ["outer"]


def test_rows_are_inserted_all_or_none(database: Database) -> None:
    with database:
        with pytest.raises(StorageError, match="UNIQUE"):
            database.insert("notes", [{"said": "one"}, {"said": "two"}, {"said": "one"}])
        assert stored(database) == []


def test_a_taken_key_can_be_left_out_or_replaced_but_no_other_rule_broken(database: Database) -> None:
    with database:
        database.insert("notes", [{"id": 1, "said": "one"}])
        database.insert("notes", [{"id": 1, "said": "other"}, {"id": 2, "said": "two"}], on_conflict="ignore")
        assert stored(database) == ["one", "two"]
        database.insert("notes", [{"id": 1, "said": "new"}], on_conflict="replace")
        assert stored(database) == ["new", "two"]
        for on_conflict in ("abort", "ignore", "replace"):
            with pytest.raises(StorageError, match="NOT NULL"):
                database.insert("notes", [{"said": None}], on_conflict=on_conflict)


def test_an_upsert_renews_the_row_that_has_the_key_and_breaks_no_other_rule(database: Database) -> None:
    with database:
        database.upsert("authors", [{"id": 1, "name": "Ada"}, {"id": 2, "name": "Bob"}], key="id")
        database.insert("notes", [{"id": 5, "author": 1, "said": "one"}])
        database.upsert("authors", [{"id": 1, "name": "Eve"}], key="id")
        database.upsert("notes", [{"said": "one", "author": 2}, {"said": "two", "author": None}], key="said")
        assert database.rows("select name from authors order by id") == [{"name": "Eve"}, {"name": "Bob"}]
        assert database.rows("select * from notes order by id") == [
            {"id": 5, "author": 2, "said": "one"},
            {"id": 6, "author": None, "said": "two"},
        ]
        with pytest.raises(StorageError, match="FOREIGN KEY"):
            database.upsert("notes", [{"said": "three", "author": None}, {"said": "four", "author": 9}], key="said")
        with pytest.raises(StorageError, match="NOT NULL"):
            database.upsert("notes", [{"id": 7, "said": None}], key="id")
        assert stored(database) == ["one", "two"]


def test_an_upsert_is_part_of_the_transaction_around_it(database: Database) -> None:
    def fail() -> None:
        with database.transaction():
            database.upsert("authors", [{"id": 1, "name": "Ada"}], key="id")
            raise ZeroDivisionError

    with database:
        with pytest.raises(ZeroDivisionError):
            fail()
        assert database.rows("select * from authors") == []


def test_a_write_that_returns_rows_is_committed_unless_a_transaction_is_around_it(
    database: Database, path: Path
) -> None:
    write = "insert into notes (said) values (?) returning said"
    with database, Database.connect(path) as other:
        assert database.row(write, ["one"]) == {"said": "one"}
        assert stored(other) == ["one"]
        with database.transaction():
            assert database.row(write, ["two"]) == {"said": "two"}
            assert stored(other) == ["one"]
        assert stored(other) == ["one", "two"]


def test_a_read_and_a_single_write_are_one_statement_each(database: Database, path: Path) -> None:
    database.close()
    log = StatementLog()
    with Database.connect(path, log.connect) as again, log.counted() as statements:
        assert stored(again) == []
        again.insert("notes", [{"said": "one"}])
        again.execute("update notes set said = 'two'")
    assert [statement.split()[0] for statement in statements] == ["select", "insert", "update"]


def test_values_are_never_read_as_sql(database: Database) -> None:
    nasty = "'); drop table notes; --"
    with database:
        database.insert("notes", [{"said": nasty}])
        assert database.row("select said from notes where said = ?", [nasty]) == {"said": nasty}
        assert database.row("select said from notes where said = :said", {"said": "' or 1=1 --"}) is None


def test_foreign_keys_hold(database: Database) -> None:
    with database:
        with pytest.raises(StorageError, match="FOREIGN KEY"):
            database.insert("notes", [{"author": 1, "said": "one"}])
        database.insert("authors", [{"id": 1, "name": "Ada"}])
        database.insert("notes", [{"author": 1, "said": "one"}])
        assert database.execute("delete from authors") == 1
        assert stored(database) == []


def test_many_threads_write_without_losing_or_mixing_anything(database: Database) -> None:
    together = Barrier(8)

    def write(writer: int) -> None:
        together.wait()
        for number in range(20):
            with database.transaction():
                before = database.row("select count(*) as n from notes")
                database.insert("notes", [{"said": f"{writer} {number}"}])
                after = database.row("select count(*) as n from notes")
                assert before is not None
                assert after == {"n": before["n"] + 1}

    with database, ThreadPoolExecutor(8) as pool:
        list(pool.map(write, range(8)))
        assert len(stored(database)) == 160


def test_another_process_is_waited_for(database: Database, path: Path) -> None:
    writing, go_on = Event(), Event()

    def hold() -> None:
        with closing(sqlite3.connect(path, isolation_level=None)) as other:
            other.execute("begin immediate")
            other.execute("insert into notes (said) values ('theirs')")
            writing.set()
            go_on.wait(PATIENCE_S)
            other.execute("commit")

    def write() -> None:
        with database.transaction():
            database.insert("notes", [{"said": "ours"}])

    with database, ThreadPoolExecutor(2) as pool:
        held = pool.submit(hold)
        writing.wait(PATIENCE_S)
        ours = pool.submit(write)
        go_on.set()
        held.result(PATIENCE_S)
        ours.result(PATIENCE_S)
        assert stored(database) == ["theirs", "ours"]


def test_a_reader_is_not_kept_waiting_by_another_process_that_writes(database: Database, path: Path) -> None:
    with database, closing(sqlite3.connect(path, isolation_level=None)) as other:
        database.insert("notes", [{"said": "before"}])
        other.execute("begin immediate")
        other.execute("insert into notes (said) values ('theirs')")
        assert stored(database) == ["before"]


@pytest.mark.parametrize(
    "content", [b"This is a letter, not a database." * 100, b"SQLite format 3\x00" + b"\xff" * 4000]
)
def test_a_file_that_is_no_database_is_refused_and_left_alone(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    with pytest.raises(StorageError, match=r"fanchart\.db") as refused:
        Database.connect(path)
    assert refused.value.next_step != ""
    assert path.read_bytes() == content


def test_a_damaged_page_is_told_with_what_to_do(database: Database, path: Path) -> None:
    with database:
        database.insert("notes", [{"said": "x" * 500 + str(number)} for number in range(200)])
    content = bytearray(path.read_bytes())
    content[8192:-4096] = b"\xee" * (len(content) - 8192 - 4096)
    path.write_bytes(content)
    with Database.connect(path) as again, pytest.raises(StorageError, match="restore a backup"):
        stored(again)


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="folder exists"):
        Database.connect(tmp_path / "nowhere" / "fanchart.db")


def test_a_mistake_in_sql_is_a_storage_error_too(database: Database) -> None:
    with database, pytest.raises(StorageError, match="no such table: missing"):
        database.rows("select * from missing")


def test_migrations_run_once_and_in_order(path: Path) -> None:
    ran: list[str] = []
    grown = Migrations("grown")
    grown(name="first")(lambda _: ran.append("first"))
    with Database.connect(path) as database:
        database.migrate(grown)
        grown(name="second")(lambda _: ran.append("second"))
        grown(name="third")(lambda _: ran.append("third"))
        database.migrate(grown)
        database.migrate(grown)
    assert ran == ["first", "second", "third"]


def test_an_older_file_keeps_its_rows_when_a_migration_changes_the_table(database: Database, path: Path) -> None:
    with database:
        database.insert("notes", [{"said": "old"}])
    newer = Migrations("notes")
    newer()(create_notes)
    newer(name="add_loudness")(lambda tables: tables.execute("alter table notes add column loud integer default 3"))
    with Database.connect(path) as again:
        again.migrate(newer)
        assert again.rows("select said, loud from notes") == [{"said": "old", "loud": 3}]


def test_a_table_that_others_refer_to_can_be_transformed_and_loses_nothing(database: Database, path: Path) -> None:
    with database:
        database.insert("authors", [{"id": 1, "name": "Ada"}])
        database.insert("notes", [{"author": 1, "said": "old"}])
    newer = Migrations("notes")
    newer()(create_notes)
    newer(name="rename")(lambda tables: tables.table("authors").transform(rename={"name": "title"}))
    with Database.connect(path) as again:
        again.migrate(newer)
        assert again.rows("select title, said from notes join authors on authors.id = author") == [
            {"title": "Ada", "said": "old"}
        ]
        with pytest.raises(StorageError, match="FOREIGN KEY"):
            again.insert("notes", [{"author": 2, "said": "new"}])
        assert again.execute("delete from authors") == 1
        assert stored(again) == []


def test_a_migration_that_leaves_rows_without_what_they_refer_to_is_undone(database: Database) -> None:
    newer = Migrations("notes")
    newer()(create_notes)
    newer(name="careless")(lambda tables: tables.execute("delete from authors"))
    with database:
        database.insert("authors", [{"id": 1, "name": "Ada"}])
        database.insert("notes", [{"author": 1, "said": "one"}])
        with pytest.raises(StorageError, match="refer to"):
            database.migrate(newer)
        assert database.rows("select name from authors") == [{"name": "Ada"}]
        assert database.rows("pragma foreign_keys") == [{"foreign_keys": 1}]


def test_a_file_that_had_such_rows_before_is_brought_up_to_date(database: Database, path: Path) -> None:
    database.close()
    with closing(sqlite3.connect(path, isolation_level=None)) as careless:
        careless.execute("insert into notes (author, said) values (9, 'lost')")
    newer = Migrations("notes")
    newer()(create_notes)
    newer(name="rename")(lambda tables: tables.table("authors").transform(rename={"name": "title"}))
    with Database.connect(path) as again:
        again.migrate(newer)
        assert stored(again) == ["lost"]


def test_a_migration_that_fails_leaves_the_file_as_it_was(database: Database, path: Path) -> None:
    def broken(tables: sqlite_utils.Database) -> None:
        tables.executescript(
            "create table more (id integer); insert into notes (said) values ('half'); select * from missing"
        )

    newer = Migrations("notes")
    newer()(create_notes)
    newer(name="broken")(broken)
    with database, pytest.raises(StorageError, match="no such table"):
        database.migrate(newer)
    with Database.connect(path) as again:
        again.migrate(MIGRATIONS)
        assert stored(again) == []
        assert again.rows("select name from sqlite_master where name = 'more'") == []


def test_a_file_of_a_newer_version_is_refused_and_says_what_to_do(database: Database, path: Path) -> None:
    newer = Migrations("notes")
    newer()(create_notes)
    newer(name="from_the_future")(lambda _: None)
    with database:
        database.migrate(newer)
    with Database.connect(path) as again, pytest.raises(StorageError, match="newer version") as refused:
        again.migrate(MIGRATIONS)
    assert "from_the_future" in refused.value.what
    assert "Update Fanchart" in refused.value.next_step


def test_two_processes_may_bring_the_same_file_up_to_date(path: Path) -> None:
    together = Barrier(4)

    def start(_: int) -> None:
        with Database.connect(path) as database:
            together.wait()
            database.migrate(MIGRATIONS)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(start, range(4)))
    with Database.connect(path) as database:
        assert database.rows("select count(*) as n from _sqlite_migrations") == [{"n": 1}]

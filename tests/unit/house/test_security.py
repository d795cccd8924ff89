"""What must never be in the product, found by reading its code: running of data, SQL from values, secrets in files."""

import ast
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
PRODUCT = tuple(sorted(path for room in ("bot", "forecasting", "storage") for path in (ROOT / room).rglob("*.py")))
RUNS_DATA = frozenset({"eval", "exec", "compile", "__import__"})
UNSAFE_MODULES = frozenset({"pickle", "cPickle", "dill", "joblib", "cloudpickle", "shelve", "marshal", "subprocess"})
NAMES_OF_OUR_OWN = {
    "storage/database.py": {"verb", "table", "row", "values", "ending"},
    "storage/jobs.py": {"columns"},
    "storage/deliveries.py": {"_MAY_GO", "rest"},
    "storage/chats.py": {"table", "column"},
    "storage/forecasts.py": {"known"},
    "storage/charts.py": {"_IS_KEY"},
    "storage/retries.py": {"_ROOM"},
    "storage/prices.py": {"_ACTIONS_SQL"},
}
"""Where a statement is put together, and of which names: constants, or tables and columns of our own schema."""
BY_NAME = {"forecasting/jobs/worker.py", "forecasting/__main__.py"}
"""The two entry points to the learning package; docs/decisions/0001-the-house.md says why."""


def trees() -> Iterator[tuple[str, ast.Module]]:
    """Every file of the product with its syntax tree."""
    for path in PRODUCT:
        yield path.relative_to(ROOT).as_posix(), ast.parse(path.read_text("utf-8"))


def called(node: ast.Call) -> str:
    """What a call calls, without whose it is."""
    function = node.func
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def calls(tree: ast.AST) -> Iterator[ast.Call]:
    """Every call in a tree."""
    return (node for node in ast.walk(tree) if isinstance(node, ast.Call))


def imported(tree: ast.AST) -> set[str]:
    """The packages that a file imports."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add((node.module or "").partition(".")[0])
    return found


def is_sql(node: ast.JoinedStr) -> bool:
    """Whether a text with holes is a statement, judged by what it begins with."""
    words = "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values)
    return bool(re.match(r"\s*(select|insert|update|delete|replace|create|drop|alter|pragma|\{\} into)\b", words))


def sql_holes(tree: ast.AST) -> set[str]:
    """The names that are put into texts of SQL, by holes or by `format`."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr) and is_sql(node):
            holes = [part.value for part in node.values if isinstance(part, ast.FormattedValue)]
            found |= {name.id for hole in holes for name in ast.walk(hole) if isinstance(name, ast.Name)}
        elif isinstance(node, ast.Call) and ast.unparse(node.func) == "sql.format":
            found |= {name.id for given in node.args for name in ast.walk(given) if isinstance(name, ast.Name)}
    return found


def test_nothing_runs_data_as_code() -> None:
    guilty = [(file, called(call)) for file, tree in trees() for call in calls(tree) if called(call) in RUNS_DATA]
    assert [(file, name) for file, name in guilty if name != "compile"] == []
    assert all(
        ast.unparse(call.func) == "re.compile" or ast.unparse(call.func).endswith(("model.compile", "network.compile"))
        for _, tree in trees()
        for call in calls(tree)
        if called(call) == "compile"
    )


def test_no_module_that_unpickles_or_starts_programs_is_imported() -> None:
    assert [(file, found) for file, tree in trees() if (found := imported(tree) & UNSAFE_MODULES)] == []


def test_modules_are_imported_by_name_in_two_files_alone() -> None:
    entries = {file for file, tree in trees() for call in calls(tree) if called(call) == "import_module"}
    assert entries == BY_NAME


def test_arrays_are_read_without_pickles() -> None:
    loads = [(file, call) for file, tree in trees() for call in calls(tree) if ast.unparse(call.func) == "np.load"]
    assert loads
    for file, call in loads:
        [allowed] = [keyword.value for keyword in call.keywords if keyword.arg == "allow_pickle"]
        assert ast.unparse(allowed) == "False", file


def test_values_never_become_text_of_sql() -> None:
    found = {file: holes for file, tree in trees() if file.startswith("storage/") and (holes := sql_holes(tree))}
    unknown = {file: extra for file, holes in found.items() if (extra := holes - NAMES_OF_OUR_OWN.get(file, set()))}
    assert unknown == {}
    assert set(NAMES_OF_OUR_OWN) <= set(found)  # a name that is used no more is allowed no more


def test_only_storage_speaks_sql() -> None:
    for file, tree in trees():
        if not file.startswith("storage/"):
            texts = [node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)]
            spoken = [
                text for text in texts if isinstance(text, str) and re.match(r"(select|insert into|update) ", text)
            ]
            assert spoken == [], file


def test_the_scan_sees_what_it_looks_for() -> None:
    """A scan that cannot find anything proves nothing."""
    tree = ast.parse("import pickle\nrows(f'select * from t where name = {name}')\neval(f'{x} into y')")
    assert imported(tree) == {"pickle"}
    assert sql_holes(tree) == {"name", "x"}
    assert {called(call) for call in calls(tree)} == {"rows", "eval"}


def test_the_environment_is_read_by_the_settings_alone() -> None:
    """Writing to it, for a library that is imported next, is another matter."""
    readers = {
        file
        for file, tree in trees()
        for node in ast.walk(tree)
        if (isinstance(node, ast.Call) and ast.unparse(node.func) in {"os.getenv", "os.environ.get"})
        or (isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Load) and "os.environ" in ast.unparse(node))
    }
    assert readers == set()


def test_no_address_of_a_request_is_fetched_without_a_limit_of_time() -> None:
    """Every client of httpx is made with the time it may take."""
    for file, tree in trees():
        for call in calls(tree):
            if ast.unparse(call.func) in {"httpx.get", "httpx.post", "httpx.Client", "httpx.AsyncClient"}:
                assert "timeout" in {keyword.arg for keyword in call.keywords}, file


@pytest.fixture(scope="module")
def committed() -> tuple[Path, ...]:
    """Every file that git keeps; without git, or outside of a checkout, there is nothing to look at."""
    git = shutil.which("git")
    if git is None or not (ROOT / ".git").exists():
        pytest.skip("not a checkout of git")
    listed = subprocess.run([git, "-C", ROOT, "ls-files", "-z"], capture_output=True, check=True)  # noqa: S603 - ours
    return tuple(ROOT / name for name in listed.stdout.decode().split("\0") if name)


def test_no_token_of_telegram_is_committed(committed: tuple[Path, ...]) -> None:
    token = re.compile(rb"\b\d{8,10}:[A-Za-z0-9_-]{35}\b")
    assert token.search(b"TELEGRAM_TOKEN=1234567890:" + b"A" * 35)
    found = [path for path in committed if path.is_file() and token.search(path.read_bytes())]
    assert [str(path.relative_to(ROOT)) for path in found] == []


def test_no_database_environment_or_key_is_committed(committed: tuple[Path, ...]) -> None:
    names = [path.relative_to(ROOT).as_posix() for path in committed]
    assert [name for name in names if name.endswith((".db", ".db-wal", ".sqlite", ".pem", ".key", ".pyc"))] == []
    assert ".env" not in names
    assert [name for name in names if name.startswith((".venv/", ".mypy_cache/", ".hypothesis/"))] == []

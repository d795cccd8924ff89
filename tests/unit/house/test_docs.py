"""The documents tell the truth: every command, setting, link, file and command line in them is one that there is."""

import re
from functools import cache
from pathlib import Path

import pytest
from telegram.ext import CallbackQueryHandler, CommandHandler

from bot.__main__ import _parser as bot_parser
from bot.handlers import admin, alerts, compare, evaluate, groups, hours, models, mydata, predict, subscribe
from bot.handlers.about import handlers as about_handlers
from bot.parsing.push import parse_alert, parse_quiet, parse_subscribe
from bot.settings import Settings
from bot.view.text import fixed_texts
from forecasting.cli.arguments import Evaluate, Learn, Predict, parse
from forecasting.cli.export import COLUMNS
from forecasting.evaluation.scorecard import baselines
from forecasting.prices.sources.chain import sources_from_setting
from tests.factories import NOW

ROOT = Path(__file__).parents[3]
PAGES = (ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md")))
FAMILIES = (predict, compare, evaluate, models, subscribe, hours, alerts, admin, mydata)


@cache
def page(name: str) -> str:
    """A document's text."""
    return (ROOT / name).read_text("utf-8")


def handled() -> set[str]:
    """Every command that some handler answers."""
    found = [handler for family in FAMILIES for handler in family.handlers()] + list(about_handlers())
    return {command for handler in found if isinstance(handler, CommandHandler) for command in handler.commands}


def slashed(text: str) -> set[str]:
    """Every /command that a text shows as something to type."""
    return set(re.findall(r"(?<![\w/.<:-])/([a-z]{3,})(?![\w/])", text))


def shell_lines(text: str) -> list[str]:
    """Every line of a document's code blocks, fenced or indented, without its comment; a broken line is one."""
    fenced = "\n".join(re.findall(r"^ *```\w*\n(.*?)^ *```", text, re.DOTALL | re.MULTILINE))
    indented = "\n".join(re.findall(r"^ {4}(\S.*(?:\n {12,}\S.*)*)", text, re.MULTILINE))
    joined = re.sub(r"\n {12,}", " ", f"{fenced}\n{indented}")
    return [line.partition("  #")[0].partition(" # ")[0].strip() for line in joined.splitlines()]


def test_every_command_is_described_and_every_described_one_is_answered() -> None:
    described = slashed(page("docs/chat.md")) | slashed(page("docs/push.md"))
    answered = handled()
    assert answered - described == {"help"}  # it explains itself
    assert described - answered == {"setinline"}  # @BotFather's, not ours


def test_menu_help_and_handlers_know_the_same_commands() -> None:
    answered, menu = handled(), {command.command for command in fixed_texts.ADMIN_COMMANDS}
    assert menu <= answered
    assert answered - menu <= {"start", "alerts"}
    assert slashed(fixed_texts.HELP + fixed_texts.ADMIN_HELP + fixed_texts.HINT + fixed_texts.PRIVACY) <= answered


@pytest.mark.parametrize(
    "text", [fixed_texts.START, fixed_texts.HELP, fixed_texts.ADMIN_HELP, fixed_texts.PRIVACY, fixed_texts.HINT]
)
def test_fixed_texts_close_the_tags_that_they_open(text: str) -> None:
    for tag in ("b", "i", "code"):
        assert text.count(f"<{tag}>") == text.count(f"</{tag}>")


def test_a_start_again_opens_a_blocked_chat_before_start_itself_answers() -> None:
    [again] = groups.late_handlers()
    assert isinstance(again, CommandHandler)
    assert again.commands == {"start"}


def test_every_button_that_a_keyboard_can_show_is_answered_by_one_handler() -> None:
    handlers = [handler for family in FAMILIES for handler in family.handlers()]
    patterns = [handler.pattern for handler in handlers if isinstance(handler, CallbackQueryHandler)]
    actions = set(re.findall(r'button\(.*?, "([a-z]+)"', page("bot/view/keyboards.py")))
    assert len(actions) > 10
    for action in actions | {"timezone"}:
        found = [one for one in patterns if isinstance(one, re.Pattern) and one.match(f"1|{action}|AAPL|5")]
        assert len(found) == 1, action


def test_examples_of_the_push_can_be_typed_as_they_are_written() -> None:
    subscribing = re.findall(r"`(/subscribe [^`]+)`", page("docs/push.md"))
    quieting = re.findall(r"`(/quiet [^`]+)`", page("docs/push.md"))
    alerting = re.findall(r"`(/alert [^`]+)`", page("docs/push.md"))
    assert [parse_subscribe(text).names for text in subscribing] == [("AAPL",), ("AAPL", "MSFT")]
    assert all(map(parse_subscribe, re.findall(r"`(/subscribe [^`]+)`", page("docs/chat.md"))))
    assert [parse_quiet(text) is None for text in quieting] == [False, True]
    assert [parse_alert(text) for text in alerting]
    for rest in ("95%", "chance 60", "250"):
        assert f"`{rest}`" in page("docs/push.md")
        assert not isinstance(parse_alert(f"/alert AAPL {rest}"), str)


def test_the_settings_table_is_the_settings() -> None:
    rows = dict(re.findall(r"^\| `([A-Z_]+)` \|([^|]*)\|", page("docs/settings.md"), re.MULTILINE))
    assert set(rows) == {name.upper() for name in Settings.model_fields}
    for name, told in rows.items():
        default = Settings.model_fields[name.lower()].default
        written = re.fullmatch(r" `(.+)` ", told)
        if written:
            assert str(default).rstrip("/") == written[1], name
        else:
            assert not default or (told.strip() == "(needed)" and Settings.model_fields[name.lower()].is_required()), (
                name
            )


def test_the_example_of_the_environment_names_every_setting_and_no_other() -> None:
    named = re.findall(r"^#?([A-Z_]+)=", page(".env.example"), re.MULTILINE)
    assert sorted(named) == sorted(name.upper() for name in Settings.model_fields)
    assert re.findall(r"^TELEGRAM_TOKEN=(.*)$", page(".env.example"), re.MULTILINE) == [""]


@pytest.mark.parametrize("word", ["yahoo", "simulated", "tiingo"])
def test_every_price_source_that_is_described_can_be_set(word: str) -> None:
    assert f"| `{word}` |" in page("docs/prices.md")
    assert f"`{word}`" in page("docs/settings.md")
    [source] = sources_from_setting(word, lambda: NOW, tiingo_key="a key")
    assert source.name == word


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_every_link_to_a_file_leads_somewhere(path: Path) -> None:
    links = re.findall(r"\]\(([^)#\s]+)[^)]*\)", path.read_text("utf-8"))
    local = [link for link in links if not link.startswith(("http://", "https://", "mailto:"))]
    missing = [link for link in local if not (path.parent / link).exists()]
    assert missing == []


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_every_file_that_is_named_is_there(path: Path) -> None:
    folders = r"(?:bot|forecasting|storage|tests|benchmarks|docs)"
    named = re.findall(rf"`({folders}/[\w./-]+)`", path.read_text("utf-8"))
    missing = [name for name in named if not (ROOT / name).exists()]
    assert missing == []


def test_every_page_is_found_from_the_first_one() -> None:
    told = page("README.md")
    for path in (ROOT / "docs").glob("*.md"):
        assert f"(docs/{path.name})" in told, path.name


def test_command_lines_of_the_forecasts_are_understood() -> None:
    lines = [line for path in PAGES for line in shell_lines(path.read_text("utf-8"))]
    asked = [line.partition("-m forecasting ")[2].split() for line in lines if "-m forecasting " in line]
    commands = [parse(words) for words in asked if not set("[|") & set(" ".join(words))]
    assert {type(command) for command in commands} >= {Predict, Evaluate}
    assert all(isinstance(command, Predict | Evaluate | Learn) for command in commands)


def test_the_usage_of_the_command_line_names_its_options(capsys: pytest.CaptureFixture[str]) -> None:
    usage = {line.split()[3]: line for line in shell_lines(page("docs/cli.md")) if "-m forecasting" in line}
    for command in ("predict", "evaluate"):
        with pytest.raises(SystemExit):
            parse([command, "--help"])
        offered = set(re.findall(r"--[a-z-]+", capsys.readouterr().out)) - {"--help", "--garch", "--database"}
        assert set(re.findall(r"--[a-z-]+", usage[command])) == offered, command
    for command, module in (("pretrain", "pretraining"), ("tune", "tuning")):
        source = page(f"forecasting/learning/{module}.py")
        assert set(re.findall(r"--[a-z-]+", usage[command])) == set(re.findall(r'"(--[a-z-]+)"', source)), command


def test_the_export_has_the_columns_that_are_described() -> None:
    [described] = re.findall(r"^    (symbol,origin,.*)$", page("docs/cli.md"), re.MULTILINE)
    first, _, last = described.partition(",...,")
    assert tuple(first.split(",")) == COLUMNS[:8]
    assert tuple(last.split(",")) == COLUMNS[-3:]


def test_every_baseline_is_described() -> None:
    rows = set(re.findall(r"^\| ([a-z0-9 -]+) \|", page("docs/evaluation.md"), re.MULTILINE))
    assert {*(baseline.name for baseline in baselines(with_garch=False)), "gjr-garch-t"} <= rows


def test_command_lines_of_the_bot_are_understood() -> None:
    lines = [line for path in PAGES for line in shell_lines(path.read_text("utf-8"))]
    inline = re.findall(
        r"`([^`\n]*(?:bin/fanchart|-m bot) [^`\n]*)`", "".join(path.read_text("utf-8") for path in PAGES)
    )
    calls = re.findall(r"(?:bin/fanchart|-m bot) ([a-z]+(?: --port \d+)?)", "\n".join([*lines, *inline]))
    assert {call.split()[0] for call in calls} == {"run", "demo", "check"}
    for call in calls:
        assert bot_parser().parse_args(call.split()).command == call.split()[0]


def test_every_target_of_make_that_is_named_is_one() -> None:
    targets = set(re.findall(r"^([a-z]+):", page("Makefile"), re.MULTILINE))
    named = {
        word
        for path in PAGES
        for word in re.findall(r"(?:^|`|&& )make ([a-z]+)", path.read_text("utf-8"), re.MULTILINE)
    }
    assert {"demo", "test", "install"} <= named <= targets
    phony = re.search(r"^\.PHONY: (.+)$", page("Makefile"), re.MULTILINE)
    assert phony
    assert set(phony[1].split()) == targets


def test_every_benchmark_that_is_named_is_there() -> None:
    named = {name for path in PAGES for name in re.findall(r"python (benchmarks/\w+\.py)", path.read_text("utf-8"))}
    assert named
    assert [name for name in named if not (ROOT / name).exists()] == []


def test_the_storage_page_names_every_file_that_keeps_tables() -> None:
    keeping = {path.name for path in (ROOT / "storage").glob("*.py") if "create table" in path.read_text("utf-8")}
    told = set(re.findall(r"`(\w+\.py)`", page("docs/storage.md")))
    assert keeping <= told
    assert told <= {path.name for path in (ROOT / "storage").glob("*.py")}

"""`python -m bot run | demo | check`: serve Telegram, serve a chat page on this machine, check the settings.

A worker process imports the file that its parent was started with, and so this one, which therefore imports next to
nothing: what a command needs is imported when it begins.
"""

import argparse
from collections.abc import Coroutine, Sequence
from contextlib import suppress
from typing import Final

DEFAULT_PORT: Final = 8081
MAX_PORT: Final = 65535
Command = Coroutine[None, None, None]


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line's command; every foreseen error is one line on stderr and exit code 1."""
    parsed = _parser().parse_args(arguments)
    with suppress(KeyboardInterrupt):
        from bot.serving import run_command  # noqa: PLC0415 - needed by a command alone

        run_command(parsed.start(parsed))


def _run(_parsed: argparse.Namespace) -> Command:
    from bot.serving import run  # noqa: PLC0415 - as above

    return run()


def _demo(parsed: argparse.Namespace) -> Command:
    from bot.demo import demo  # noqa: PLC0415 - as above

    return demo(parsed.port)


def _check(_parsed: argparse.Namespace) -> Command:
    from bot.check import check  # noqa: PLC0415 - as above

    return check()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="fanchart", description="Calibrated stock forecasts as fan charts, in Telegram."
    )
    commands = parser.add_subparsers(dest="command", required=True)
    run = commands.add_parser("run", help="serve Telegram (needs TELEGRAM_TOKEN; see docs/settings.md)")
    run.set_defaults(start=_run)
    demo = commands.add_parser("demo", help="serve a chat page on this machine; nothing has to be set")
    demo.add_argument("--port", type=_port, default=DEFAULT_PORT, help=f"of the page (default {DEFAULT_PORT})")
    demo.set_defaults(start=_demo)
    check = commands.add_parser("check", help="check settings, database, token and prices")
    check.set_defaults(start=_check)
    return parser


def _port(text: str) -> int:
    """A port that one can listen on; 0 stands for any free one."""
    port = int(text)
    if not 0 <= port <= MAX_PORT:
        raise argparse.ArgumentTypeError(f"{port} is not between 0 and {MAX_PORT}")
    return port


if __name__ == "__main__":
    main()

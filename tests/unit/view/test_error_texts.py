"""After an error the chat names the command that helps; what the engine advises is told where none does."""

import pytest

from bot.view.text.errors import error_text, next_step
from bot.view.text.fixed_texts import ADMIN_COMMANDS
from forecasting.errors import (
    AccessDenied,
    BrokenArtefact,
    FanchartError,
    InputError,
    JobNotOpen,
    NoModel,
    NotYourJob,
    QueueFull,
)


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (JobNotOpen(99), "There is no open job 99. See the queue with /jobs."),
        (NotYourJob(3), "Job 3 is somebody else's. You can stop your own jobs; /jobs shows them."),
        (
            QueueFull(5, own=True),
            "5 jobs of yours wait or run already. Stop one with /cancel, or wait for one to end.",
        ),
        (QueueFull(50, own=False), "50 jobs wait or run already. Try again when some have ended; /jobs shows them."),
        (NoModel("AAPL has none.", symbol="AAPL"), "AAPL has none. See which there are with /model AAPL."),
        (NoModel("There is none."), "There is none. See which there are with /model."),
        (BrokenArtefact("It is damaged."), "It is damaged. Train the symbol again with /train."),
        (InputError("“<b>” is no symbol.", "Try “AAPL”."), "“<b>” is no symbol. Try “AAPL”."),
        (AccessDenied("No."), "No."),
    ],
)
def test_an_error_names_the_command_that_helps(error: FanchartError, text: str) -> None:
    assert error_text(error) == text


def test_every_command_that_is_named_is_one() -> None:
    known = {command.command for command in ADMIN_COMMANDS}
    errors = (JobNotOpen(1), NotYourJob(1), QueueFull(1, own=True), QueueFull(1, own=False), NoModel("No."))
    named = {word.strip(".,;/") for error in errors for word in next_step(error).split() if word.startswith("/")}
    assert named == {"jobs", "cancel", "model"}
    assert named <= known

"""Whose job a training is, what going back to a model says, and what inline mode advises when a model is broken."""

from dataclasses import replace
from hashlib import sha256

from bot.localchat import ADA, BEN
from tests.e2e.bot.stage import Stage, other_model
from tests.factories import NOW, model_record

BROKEN = b"no model"


def keep_model(on_stage: Stage, artefact: bytes) -> str:
    """Let a model of AAPL answer that was trained a moment ago; its SHA-256."""
    digest = sha256(artefact).hexdigest()
    record = replace(model_record("AAPL", digest), created_at=NOW)
    on_stage.app.services.models.add(record, artefact)
    return digest


async def test_who_asks_for_a_forecast_waits_for_no_training_that_somebody_else_wants_anew(on_stage: Stage) -> None:
    keep_model(on_stage, other_model())
    await on_stage.ask("/train AAPL", BEN)
    answer = await on_stage.ask("/predict AAPL", ADA)
    assert "🛠" not in answer.text
    [job] = on_stage.app.services.jobs.jobs()
    assert job.asked_by == (BEN.id,)
    assert (await on_stage.ask("/cancel 1", BEN)).text == "Job 1 is being stopped."


async def test_going_back_to_a_model_is_done_also_where_its_forecast_cannot_be_shown(on_stage: Stage) -> None:
    broken = keep_model(on_stage, BROKEN)
    active = keep_model(on_stage, other_model())
    models = await on_stage.ask("/model AAPL")
    assert "AAPL is answered by its own model" in models.text
    assert await on_stage.press(models, f"Go back to {broken[:8]}") == "Done: it answers from now on."
    assert "/train" in (await on_stage.next()).text
    now = on_stage.app.services.models.active("AAPL")
    assert now is not None
    assert (now.sha256, now.sha256 == active) == (broken, False)


async def test_inline_advises_a_command_of_the_chat(on_stage: Stage) -> None:
    keep_model(on_stage, BROKEN)
    [reason] = await on_stage.chat.ask_inline(BEN, BEN, "AAPL")
    assert reason.title == "Not yet"
    assert "/train" in reason.description


async def test_who_may_not_train_on_everything_spends_nothing_on_it(on_stage: Stage) -> None:
    assert "Only the bot's admins" in (await on_stage.ask("/train *", BEN)).text
    assert on_stage.app.services.usage.export(BEN.id) == ()
    assert on_stage.app.services.jobs.jobs() == ()

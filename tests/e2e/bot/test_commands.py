"""Every other command, as a person meets it."""

import asyncio
import json

from bot.localchat import ADA, BEN, SUNDAY_INVESTORS, Message
from bot.view.text.fixed_texts import COMMANDS
from tests.e2e.bot.stage import Stage, other_model


async def test_start_offers_three_things_to_tap(on_stage: Stage) -> None:
    answer = await on_stage.ask("/start")
    assert len(answer.buttons) == 3
    await on_stage.press(answer, "Forecast AAPL")
    assert (await on_stage.next()).photo


async def test_help_knows_every_command_of_the_menu_and_admins_see_theirs(on_stage: Stage) -> None:
    told = (await on_stage.ask("/help", BEN)).text
    missing = [command.command for command in COMMANDS if f"/{command.command}" not in told]
    assert missing in ([], ["help"])
    assert "/allow" not in told
    assert "/allow" in (await on_stage.ask("/help", ADA)).text
    assert len(on_stage.chat.journal.of("setMyCommands")) == 3


async def test_evaluate_shows_chart_verdicts_and_table(on_stage: Stage) -> None:
    chart = await on_stage.ask("/evaluate AAPL")
    assert chart.photo
    for horizon in ("1 session:", "5 sessions:", "10 sessions:", "20 sessions:"):
        assert horizon in chart.text
    table = await on_stage.next()
    for row in ("model", "no change", "GJR-GARCH-t", "80% band", "MASE"):
        assert row in table.text
    await on_stage.press(table, "Record")
    assert "No forecast of AAPL has reached its date yet." in (await on_stage.next()).text


async def test_evaluate_by_a_button_says_the_same(on_stage: Stage) -> None:
    answer = await on_stage.ask("/predict AAPL")
    await on_stage.press(answer, "Evaluate")
    assert (await on_stage.next()).photo
    assert "CRPS %" in (await on_stage.next()).text


async def test_train_jobs_and_cancel(on_stage: Stage) -> None:
    told = await on_stage.ask("/train AAPL", BEN)
    assert told.text.startswith("#1 train AAPL:")
    listed = await on_stage.ask("/jobs", BEN)
    assert "(yours: /cancel 1)" in listed.text
    assert (await on_stage.ask("/cancel 1", ADA)).text == "Job 1 is being stopped."
    await on_stage.changed(told, "It was stopped.")
    assert "It was stopped." in (await on_stage.ask("/jobs", BEN)).text


async def test_a_job_that_others_wait_for_goes_on_without_its_first_asker(on_stage: Stage) -> None:
    await on_stage.ask("/train AAPL", BEN)
    await on_stage.ask("/train AAPL", ADA)
    left = await on_stage.ask("/cancel 1", BEN)
    assert left.text == "You no longer wait for job 1; 1 other still does."
    assert len(on_stage.app.services.jobs.jobs()) == 1
    assert "somebody else's" in (await on_stage.ask("/cancel 1", BEN)).text


async def test_train_on_everything_and_tune_are_jobs_too(on_stage: Stage) -> None:
    await on_stage.ask("/predict AAPL")
    assert "train on all symbols" in (await on_stage.ask("/train *")).text
    assert "tune AAPL" in (await on_stage.ask("/tune AAPL grid")).text
    kinds = {(job.kind, dict(job.options).get("search", "")) for job in on_stage.app.services.jobs.jobs()}
    assert kinds == {("train", ""), ("pool", ""), ("tune", "grid")}


async def test_model_says_who_answers_and_an_admin_goes_back(on_stage: Stage) -> None:
    first = await on_stage.ask("/model AAPL")
    assert "AAPL is answered by the base model" in first.text
    await on_stage.ask("/predict AAPL")
    training = await asyncio.to_thread(on_stage.workers.training, 0)
    training.succeed(other_model())
    second = await _model_once_trained(on_stage)
    assert "It beat the active model." in second.text
    assert [button.text for button in second.buttons] == ["Go back to the base model"]
    assert await on_stage.press(second, "Go back to the base model") == "Done: it answers from now on."
    third = await on_stage.next()
    assert "AAPL is answered by the base model" in third.text
    assert "retired" in third.text
    [back] = third.buttons
    await on_stage.press(third, back.text)
    assert "AAPL is answered by its own model" in (await on_stage.next()).text


async def _model_once_trained(on_stage: Stage) -> Message:
    while True:
        answer = await on_stage.ask("/model AAPL", BEN, SUNDAY_INVESTORS)
        if "base model" not in answer.text.splitlines()[0]:
            return await on_stage.ask("/model AAPL")


async def test_status_names_sources_queue_uptime_and_version(on_stage: Stage) -> None:
    await on_stage.ask("/predict AAPL")
    told = (await on_stage.ask("/status")).text
    for words in ("CSV files: last answer", "waiting (/jobs)", "Fanchart 0.1.0, up for"):
        assert words in told


async def test_everything_kept_is_shown_and_deleted(on_stage: Stage) -> None:
    await on_stage.ask("/predict AAPL", BEN)
    file = (await on_stage.ask("/mydata", BEN)).document
    assert file is not None
    kept = json.loads(on_stage.chat.state.files.content(file.file_id))
    assert kept["chats"][0]["id"] == BEN.id
    assert kept["usage"][0]["work"] == "forecast"
    question = await on_stage.ask("/forget", BEN)
    await on_stage.press(question, "Delete everything")
    await on_stage.changed(question, "Everything is deleted.")
    services = on_stage.app.services
    assert services.chats.get(BEN.id) is None
    assert services.usage.export(BEN.id) == ()
    assert services.job_store.export(BEN.id) == ()


async def test_a_group_is_only_forgotten_by_its_admins(on_stage: Stage) -> None:
    question = await on_stage.ask("/forget", BEN, SUNDAY_INVESTORS)
    assert await on_stage.press(question, "Delete everything", BEN) == (
        "In a group only its admins can do that. Ask one of them, or write to me alone."
    )
    assert on_stage.app.services.chats.get(SUNDAY_INVESTORS.id) is not None
    await on_stage.press(question, "Keep it", ADA)
    await on_stage.changed(question, "Nothing was deleted.")


async def test_privacy_is_told(on_stage: Stage) -> None:
    assert "Your messages are not kept." in (await on_stage.ask("/privacy")).text


async def test_inline_offers_words_first_and_the_chart_once_telegram_has_it(on_stage: Stage) -> None:
    [words] = await on_stage.chat.ask_inline(BEN, BEN, "AAPL 10")
    assert words.title == "AAPL: fan chart"
    assert "80% range" in words.description
    await on_stage.ask("/predict AAPL 10")
    [chart] = await on_stage.chat.ask_inline(BEN, BEN, "AAPL 10")
    assert chart.photo
    assert await on_stage.chat.ask_inline(BEN, BEN, "  ") == ()
    [match] = await on_stage.chat.ask_inline(BEN, BEN, "AAP")
    assert match.title == "AAPL"
    [trouble] = await on_stage.chat.ask_inline(BEN, BEN, "AAPL 99")
    assert "1 to 20" in trouble.description

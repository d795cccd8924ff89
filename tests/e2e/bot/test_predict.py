"""/predict end to end: photo, caption, buttons, the model's own training behind it, and the second ask."""

import asyncio
from datetime import date, timedelta
from pathlib import Path

from bot.localchat import ADA, BEN, SUNDAY_INVESTORS, Group, LocalChat, Person, Topic, server_error
from forecasting.errors import JobFailed
from forecasting.types.job_records import Progress
from tests.e2e.bot.sources import HangingSource
from tests.e2e.bot.stage import Stage, other_model, playing, price_folder, settings_for, stage, write_csv
from tests.factories import price_history
from tests.waiting import PATIENCE_S


async def test_a_new_symbol_is_answered_with_photo_caption_and_buttons(on_stage: Stage) -> None:
    answer = await on_stage.ask("/predict AAPL")
    assert answer.photo is not None
    assert (answer.photo.width, answer.photo.height) == (1080, 1080)
    for words in ("AAPL", "Close $", "In 5 sessions, Thu 11 Jul 2024", "median $", "80% range $", "chance of closing"):
        assert words in answer.text
    assert "RMSE" in answer.text
    assert answer.text.endswith("CSV files to 3 Jul 2024 · not advice")
    labels = [button.text for button in answer.buttons]
    assert labels == ["✓ 5", "10 sessions", "20 sessions", "Evaluate", "Subscribe", "Refresh"]


async def test_the_training_runs_behind_and_its_end_is_told_in_the_same_message(on_stage: Stage) -> None:
    answer = await on_stage.ask("/predict AAPL")
    assert "Its own model: " in answer.text
    training = await asyncio.to_thread(on_stage.workers.training, 0)
    training.report(Progress("training", 3, 12))
    told = await on_stage.changed(answer, "Its own model: training, epoch 3 of 12")
    assert told.photo == answer.photo
    training.reject()
    told = await on_stage.changed(answer, "It did not beat the active model.")
    assert told.photo == answer.photo
    assert "Base model ·" in told.text
    assert told.buttons == answer.buttons


async def test_a_promoted_model_takes_the_place_of_the_base_in_the_same_message(on_stage: Stage) -> None:
    answer = await on_stage.ask("/predict AAPL")
    training = await asyncio.to_thread(on_stage.workers.training, 0)
    training.succeed(other_model())
    told = await on_stage.changed(answer, "It beat the active model.")
    assert "Its own model · CSV files" in told.text
    assert on_stage.chat.journal.of("editMessageMedia", ADA.id)
    again = await on_stage.ask("/predict AAPL")
    assert "Its own model · CSV files" in again.text
    assert "🛠" not in again.text


async def test_a_failed_training_is_shown_and_the_forecast_stays(on_stage: Stage) -> None:
    answer = await on_stage.ask("/predict AAPL")
    training = await asyncio.to_thread(on_stage.workers.training, 0)
    training.set_exception(JobFailed("Training ran out of memory.", "Ask an admin."))
    told = await on_stage.changed(answer, "training failed; the forecast above is unchanged")
    assert "Training ran out of memory." in told.text


async def test_ten_people_asking_for_one_symbol_cause_one_training_and_all_are_told(tmp_path: Path) -> None:
    crowd = tuple(Person(id=1000 + number, first_name=f"P{number}") for number in range(10))
    allowed = frozenset(person.id for person in crowd)
    async with stage(tmp_path, people=crowd, groups=(), admins=frozenset(), allowed_chats=allowed) as crowded:
        for person in crowd:
            crowded.write("/predict AAPL", person)
        answers = [await crowded.next(person) for person in crowd]
        training = await asyncio.to_thread(crowded.workers.training, 0)
        training.report(Progress("training", 1, 2))
        for answer in answers:
            await crowded.changed(answer, "epoch 1 of 2")
        training.reject()
        for answer in answers:
            await crowded.changed(answer, "It did not beat the active model.")
        assert len(crowded.workers.trainings) == 1
        assert len({answer.photo for answer in answers}) <= 10


async def test_others_are_answered_while_a_source_hangs(tmp_path: Path) -> None:
    slow = HangingSource("SLOW", price_history("AAPL"))
    async with stage(tmp_path, sources=(slow,)) as hung:
        hung.write("/predict SLOW", BEN)
        await asyncio.to_thread(slow.asked.wait, 10)
        hung.write("/help", ADA)
        assert "Ask" in (await hung.next(ADA)).text
        slow.release.set()
        assert (await hung.next(BEN)).photo


async def test_a_crowd_that_waits_for_a_hanging_source_keeps_nobody_else_waiting(tmp_path: Path) -> None:
    slow = HangingSource("SLOW", price_history("AAPL"))
    async with stage(tmp_path, sources=(slow,)) as hung:
        for number in range(60):
            hung.write(f"/predict SLOW{number}", BEN)
        async with asyncio.timeout(PATIENCE_S):
            while len(hung.app.services.usage.export(BEN.id)) < 60:  # noqa: ASYNC110 - SQLite tells nobody
                await asyncio.sleep(0)
        assert "Ask" in (await hung.ask("/help", ADA)).text
        slow.release.set()


async def test_an_end_that_the_network_loses_is_told_again(on_stage: Stage) -> None:
    answer = await on_stage.ask("/predict AAPL")
    training = await asyncio.to_thread(on_stage.workers.training, 0)
    await on_stage.changed(answer, "starting")
    on_stage.chat.faults.plan(server_error(), method="editMessageCaption", times=2)
    training.reject()
    await on_stage.changed(answer, "It did not beat the active model.")


async def test_typing_is_shown_while_a_source_takes_its_time(tmp_path: Path) -> None:
    slow = HangingSource("SLOW", price_history("AAPL"))
    async with stage(tmp_path, sources=(slow,)) as hung:
        hung.write("/predict SLOW", BEN)
        await hung.chat.wait_for(lambda: hung.chat.journal.of("sendChatAction", BEN.id))
        slow.release.set()
        await hung.next(BEN)


async def test_horizons_turn_in_the_same_message(on_stage: Stage) -> None:
    answer = await on_stage.ask("/predict AAPL")
    await on_stage.press(answer, "20 sessions")
    turned = await on_stage.changed(answer, "In 20 sessions")
    assert turned.photo != answer.photo
    assert "✓ 20" in [button.text for button in turned.buttons]
    await on_stage.press(turned, "5 sessions")
    assert (await on_stage.changed(answer, "In 5 sessions")).photo == answer.photo  # by Telegram's own file id
    assert len(on_stage.chat.bot_messages(ADA)) == 1


async def test_a_turned_message_is_retold_with_what_it_shows_now(on_stage: Stage) -> None:
    answer = await on_stage.ask("/predict AAPL")
    await on_stage.press(answer, "10 sessions")
    await on_stage.changed(answer, "In 10 sessions")
    (await asyncio.to_thread(on_stage.workers.training, 0)).reject()
    told = await on_stage.changed(answer, "It did not beat the active model.")
    assert "In 10 sessions" in told.text


async def test_refresh_says_that_nothing_is_newer_and_shows_what_is(on_stage: Stage, tmp_path: Path) -> None:
    answer = await on_stage.ask("/predict AAPL")
    assert await on_stage.press(answer, "Refresh") == "Prices to 3 Jul 2024: the newest there are."
    on_stage.clock.advance(timedelta(days=2))
    write_csv(tmp_path / "prices", price_history("AAPL", 1202, seed=0, last=date(2024, 7, 5)))
    assert await on_stage.press(answer, "Refresh") == "Prices to 5 Jul 2024: the newest there are."
    assert "on 5 Jul 2024" in on_stage.now(answer).text


async def test_the_second_ask_is_answered_from_sqlite_after_a_restart(tmp_path: Path) -> None:
    async with stage(tmp_path) as first:
        asked = await first.ask("/predict AAPL 10")
        (await asyncio.to_thread(first.workers.training, 0)).reject()
        await first.changed(asked, "It did not beat")
    (tmp_path / "prices" / "AAPL.csv").write_text("Date,Open,High,Low,Close,Volume\n")
    silent = HangingSource("NOTHING", price_history("AAPL"), name="csv")
    async with stage(tmp_path, sources=(silent,)) as second:
        answer = await second.ask("/predict AAPL 10")
        assert answer.text.split("\n\n")[1] == asked.text.split("\n\n")[1]
        assert not silent.asked.is_set()


async def test_what_a_message_waits_for_is_told_by_the_next_run(tmp_path: Path) -> None:
    price_folder(tmp_path / "prices")
    async with LocalChat() as chat:
        settings = settings_for(chat, tmp_path)
        async with playing(chat, settings) as first:
            fan, words = await first.ask("/predict AAPL 10", BEN), await first.ask("/train MSFT", ADA)
        async with playing(chat, settings) as second:
            (await asyncio.to_thread(second.workers.training, 0)).reject()
            told = await second.changed(fan, "It did not beat the active model.")
            assert "In 10 sessions" in told.text
            assert told.buttons == fan.buttons
            (await asyncio.to_thread(second.workers.training, 1)).reject()
            assert (await second.changed(words, "It did not beat")).text.startswith("#2 train MSFT")


async def test_a_cashtag_and_an_edited_message_are_questions_too(on_stage: Stage) -> None:
    assert "In 10 sessions" in (await on_stage.ask("$aapl 10")).text
    typo = on_stage.chat.write(ADA, ADA, "/predict AAPL 99")
    assert "1 to 20" in (await on_stage.next()).text
    on_stage.chat.edit(typo, "/predict AAPL 9")
    assert "In 9 sessions" in (await on_stage.next()).text


async def test_a_group_is_answered_in_its_topic(tmp_path: Path) -> None:
    forum = Group(-1001234567890, "Forum", members=(ADA, BEN), admins=(ADA,), topics=(Topic(7, "Stocks"),))
    async with stage(tmp_path, groups=(forum,), allowed_chats=frozenset({forum.id})) as forum_stage:
        forum_stage.write("/predict AAPL", BEN, forum, topic=7)
        answer = await forum_stage.next(forum)
        assert answer.thread_id == 7
        forum_stage.write("/record AAPL", BEN, forum, topic=7)
        assert (await forum_stage.next(forum)).thread_id == 7


async def test_a_misspelt_symbol_offers_what_may_have_been_meant(on_stage: Stage) -> None:
    answer = await on_stage.ask("/predict AAP")
    assert "No price source knows AAP." in answer.text
    assert [button.text for button in answer.buttons] == ["AAPL · AAPL"]
    await on_stage.press(answer, "AAPL · AAPL")
    assert "In 5 sessions" in (await on_stage.next()).text


async def test_several_symbols_side_by_side(on_stage: Stage) -> None:
    answer = await on_stage.ask("/compare AAPL MSFT KO")
    assert answer.photo
    for symbol in ("AAPL", "MSFT", "KO"):
        assert symbol in answer.text
    assert answer.text.endswith("not advice")


async def test_asking_in_a_group_that_was_moved_is_served_there(on_stage: Stage) -> None:
    await on_stage.ask("/predict AAPL", BEN, SUNDAY_INVESTORS)
    new_id = on_stage.chat.upgrade_group(SUNDAY_INVESTORS)
    async with asyncio.timeout(PATIENCE_S):
        while on_stage.app.services.chats.access_status(new_id) != "allowed":  # noqa: ASYNC110 - SQLite tells nobody
            await asyncio.sleep(0)
    on_stage.chat.write(new_id, BEN, "/predict AAPL 10")
    assert "In 10 sessions" in (await on_stage.next(new_id)).text

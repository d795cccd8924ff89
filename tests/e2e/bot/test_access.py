"""Who is served: admins, allowed chats, chats that an admin let in; everybody else gets one sentence, in every way."""

from pathlib import Path

from bot.localchat import ADA, BEN, SUNDAY_INVESTORS, Group
from tests.e2e.bot.stage import EVE, Stage, stage

STRANGERS = Group(-777, "Strangers", members=(ADA, EVE))


async def test_a_stranger_gets_one_sentence_with_their_id_and_whom_to_ask(on_stage: Stage) -> None:
    answer = await on_stage.ask("/predict AAPL", EVE)
    assert answer.text == (f"This bot is private: your chat id is {EVE.id}; ask this admin to send me /allow {EVE.id}.")
    assert [entity.url for entity in answer.body.entities if entity.kind == "text_mention" or entity.url]
    assert on_stage.app.services.chats.get(EVE.id) is None


async def test_a_stranger_cannot_press_ask_inline_or_call_themselves_allowed(on_stage: Stage) -> None:
    assert "private" in (await on_stage.ask(f"/allow {EVE.id}", EVE)).text
    shown = await on_stage.ask("/predict AAPL", ADA)
    assert await on_stage.chat.ask_inline(EVE, EVE, "AAPL") == ()
    on_stage.chat.state.chat(EVE.id).messages[shown.message_id] = shown
    assert len(on_stage.chat.bot_messages(EVE)) >= 1


async def test_with_nobody_named_nobody_is_served(tmp_path: Path) -> None:
    async with stage(tmp_path, admins=frozenset(), allowed_chats=frozenset()) as closed:
        answer = await closed.ask("/start", ADA)
        assert "ask whoever runs this bot" in answer.text


async def test_an_admin_lets_a_chat_in_and_out_and_it_is_remembered(tmp_path: Path) -> None:
    async with stage(tmp_path) as first:
        assert f"Chat {EVE.id} may use me now." in (await first.ask(f"/allow {EVE.id}")).text
        assert (await first.ask("/predict AAPL", EVE)).photo
    async with stage(tmp_path) as second:
        assert (await second.ask("/predict AAPL", EVE)).photo
        assert "no longer served" in (await second.ask(f"/deny {EVE.id}")).text
        assert "private" in (await second.ask("/predict AAPL", EVE)).text
        assert "no longer served" in (await second.ask(f"/deny {BEN.id}")).text  # also against the settings
        assert "private" in (await second.ask("/help", BEN)).text


async def test_only_admins_may_say_who_is_served_tune_or_train_on_everything(on_stage: Stage) -> None:
    for text in (f"/allow {EVE.id}", f"/deny {ADA.id}", "/tune AAPL", "/train *"):
        assert (await on_stage.ask(text, BEN)).text == "Only the bot's admins can do that. Ask one of them."


async def test_a_group_is_served_as_a_whole_or_not_at_all(tmp_path: Path) -> None:
    async with stage(tmp_path, groups=(SUNDAY_INVESTORS, STRANGERS)) as groups:
        assert (await groups.ask("/predict AAPL", BEN, SUNDAY_INVESTORS)).photo
        groups.write("good morning", EVE, STRANGERS)  # chatter is not answered
        assert f"/allow {STRANGERS.id}" in (await groups.ask("/predict AAPL", EVE, STRANGERS)).text
        assert (await groups.ask("/predict AAPL", ADA, STRANGERS)).photo  # an admin is served everywhere


async def test_a_press_in_a_group_is_checked_too(tmp_path: Path) -> None:
    async with stage(tmp_path, groups=(STRANGERS,)) as groups:
        answer = await groups.ask("/predict AAPL", ADA, STRANGERS)
        assert await groups.press(answer, "20 sessions", EVE) == "This bot is private: you may not use it here."
        assert "In 5 sessions" in groups.now(answer).text


async def test_a_used_up_quota_is_told(on_stage: Stage) -> None:
    usage, clock = on_stage.app.services.usage, on_stage.clock
    for _ in range(500):
        usage.spend(BEN.id, "forecast", clock(), clock(), None)
    assert (await on_stage.ask("/predict AAPL", BEN)).text.startswith("That was your 500 for today.")
    assert (await on_stage.ask("/predict AAPL", ADA)).photo

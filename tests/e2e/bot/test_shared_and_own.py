"""What is a group's and what is a person's; records over time; lists that are long; quotas of every kind of work."""

import json
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

from bot.localchat import ADA, BEN, SUNDAY_INVESTORS, Message
from forecasting.types.job_records import Job
from tests.e2e.bot.stage import EVE, Stage, write_csv
from tests.factories import NOW, price_history


def content(on_stage: Stage, message: Message) -> dict[str, list[object]]:
    """The file of a message, which is JSON."""
    assert message.document is not None
    found: dict[str, list[object]] = json.loads(on_stage.chat.state.files.content(message.document.file_id))
    return found


def labels(message: Message) -> list[str]:
    return [button.text for button in message.buttons]


async def test_a_group_is_shown_what_is_kept_of_it_and_nothing_of_who_asks(on_stage: Stage) -> None:
    await on_stage.ask("/predict AAPL", BEN)
    await on_stage.ask("/subscribe KO", ADA, SUNDAY_INVESTORS)
    told = await on_stage.ask("/mydata", BEN, SUNDAY_INVESTORS)
    assert told.text == "Everything I keep about this group. /forget deletes it."
    shared = content(on_stage, told)
    assert {"chats", "members", "subscriptions"} <= set(shared)
    assert str(SUNDAY_INVESTORS.id) in json.dumps(shared["chats"])
    assert not {"usage", "jobs", "used in chats"} & set(shared)
    own = content(on_stage, await on_stage.ask("/mydata", BEN))
    assert own["used in chats"] == sorted([SUNDAY_INVESTORS.id, BEN.id])
    assert own["jobs"] == ["1 train AAPL running"]


async def test_forgetting_a_group_leaves_its_admin_s_own_things_alone(on_stage: Stage) -> None:
    services = on_stage.app.services
    await on_stage.ask("/predict AAPL", ADA)
    await on_stage.ask("/subscribe AAPL", ADA)
    await on_stage.ask("/subscribe KO", ADA, SUNDAY_INVESTORS)
    used = len(services.usage.export(ADA.id))
    question = await on_stage.ask("/forget", ADA, SUNDAY_INVESTORS)
    assert question.text.startswith("Delete this group's settings and subscriptions?")
    await on_stage.press(question, "Delete everything", ADA)
    await on_stage.changed(question, "Everything is deleted.")
    assert services.chats.get(SUNDAY_INVESTORS.id) is None
    assert services.subscriptions.of_chat(SUNDAY_INVESTORS.id) == ()
    assert [one.symbol for one in services.subscriptions.of_chat(ADA.id)] == ["AAPL"]
    assert len(services.usage.export(ADA.id)) == used > 0
    assert services.chats.memberships(ADA.id) == (ADA.id,)
    assert services.job_store.export(ADA.id)


async def test_forgetting_oneself_leaves_the_group_as_it_is(on_stage: Stage) -> None:
    services = on_stage.app.services
    await on_stage.ask("/subscribe KO", ADA, SUNDAY_INVESTORS)
    await on_stage.ask("/predict AAPL", BEN, SUNDAY_INVESTORS)
    question = await on_stage.ask("/forget", BEN)
    assert question.text.startswith("Delete everything about you?")
    await on_stage.press(question, "Delete everything", BEN)
    await on_stage.changed(question, "Everything is deleted.")
    assert services.chats.memberships(BEN.id) == ()
    assert services.usage.export(BEN.id) == ()
    assert [one.symbol for one in services.subscriptions.of_chat(SUNDAY_INVESTORS.id)] == ["KO"]


async def test_a_record_grows_as_the_days_of_a_forecast_come(on_stage: Stage, tmp_path: Path) -> None:
    whole = price_history("KO", 1210, seed=5, last=date(2024, 7, 18))
    folder = tmp_path / "prices"
    write_csv(folder, replace(whole, symbol="KO").take(slice(-400, -11)))  # to 3 July
    assert "No forecast of KO has reached its date yet." in (await on_stage.ask("/record KO")).text
    await on_stage.ask("/predict KO")
    write_csv(folder, whole.take(slice(-400, None)))
    on_stage.clock.advance(timedelta(days=15, hours=2))
    told = (await on_stage.ask("/record KO")).text.splitlines()
    assert told[0] == "KO: published forecasts whose date has passed"
    assert [line.split(":")[0] for line in told[1:4]] == ["1 session", "5 sessions", "10 sessions"]
    assert all("of 1, mean error" in line for line in told[1:4])
    assert sum("from the median of 3 Jul 2024" in line for line in told) == 5
    assert told[-1] == "Forecasts are never changed after they were made · not advice"


async def test_unknown_symbols_are_told_whatever_was_asked(on_stage: Stage) -> None:
    for command in ("/compare AAPL NOSUCH", "/train NOSUCH", "/model NOSUCH", "/subscribe NOSUCH", "/alert NOSUCH"):
        answer = await on_stage.ask(command)
        assert answer.text.startswith("No price source knows NOSUCH."), command
        assert not answer.photo
    services = on_stage.app.services
    assert services.jobs.jobs() == ()
    assert services.subscriptions.of_chat(ADA.id) == ()
    assert services.alerts.of_chat(ADA.id) == ()


async def test_near_matches_are_offered_and_open_the_chart(on_stage: Stage) -> None:
    answer = await on_stage.ask("/predict MSF")
    assert labels(answer) == ["MSFT · MSFT"]
    await on_stage.press(answer, "MSFT · MSFT")
    shown = await on_stage.next()
    assert shown.photo
    assert shown.text.startswith("MSFT")


async def test_a_long_queue_is_cut_and_says_how_much_more_there_is(on_stage: Stage) -> None:
    services = on_stage.app.services
    for number in range(11):
        services.jobs.submit("tune", "AAPL", 1000 + number, {"search": "grid", "trials": str(number)})
    lines = (await on_stage.ask("/jobs", BEN)).text.splitlines()
    assert len(lines) == 11
    assert lines[-1] == "… and 1 more"
    assert "yours" not in "".join(lines)


async def test_what_ended_is_listed_newest_first_with_its_reason(on_stage: Stage) -> None:
    store = on_stage.app.services.job_store
    for number, message in enumerate(("It was no better.", "It ran out of <memory>."), 1):
        job = store.add(Job(0, "train", f"S{number}", "queued", (7,), NOW))
        store.update(replace(job, state="failed", message=message, ended_at=NOW + timedelta(minutes=number)))
    assert (await on_stage.ask("/jobs", BEN)).text.splitlines() == [
        "Nothing waits or runs.",
        "",
        "Ended lately",
        "#2 train S2: It ran out of <memory>.",
        "#1 train S1: It was no better.",
    ]


async def test_each_kind_of_work_has_its_own_quota_which_a_day_renews(on_stage: Stage) -> None:
    usage = on_stage.app.services.usage
    quotas = (("evaluate", 200, "/evaluate KO"), ("train", 50, "/train KO"), ("forecast", 500, "/compare AAPL KO"))
    for work, quota, command in quotas:
        assert "That was your" not in (await on_stage.ask("/model KO", BEN)).text
        for _ in range(quota):
            usage.spend(BEN.id, work, on_stage.clock(), on_stage.clock(), None)
        refused = await on_stage.ask(command, BEN)
        assert refused.text == f"That was your {quota} for today. Please come back tomorrow."
    on_stage.clock.advance(timedelta(hours=24, seconds=1))
    assert (await on_stage.ask("/train KO", BEN)).text.startswith("#1 train KO")
    assert (await on_stage.ask("/compare AAPL KO", BEN)).photo


async def test_a_stranger_s_presses_and_questions_leave_no_trace(on_stage: Stage) -> None:
    for text in ("/predict AAPL", "/mydata", "/train *", "$AAPL", "/alert AAPL 80%"):
        assert (await on_stage.ask(text, EVE)).text.startswith("This bot is private")
    services = on_stage.app.services
    assert services.chats.export(EVE.id) == ()
    assert services.usage.export(EVE.id) == ()
    assert services.jobs.jobs() == ()

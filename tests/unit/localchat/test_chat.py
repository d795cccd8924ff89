"""A chat's own rules: ids, bounds, what closes it; and the journal beside it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.localchat import ADA, BEN, SUNDAY_INVESTORS, Group, JournalEntry
from bot.localchat.api.journal import Journal
from bot.localchat.state.chat import MAX_MESSAGES, group_chat, private_chat
from bot.localchat.state.error_responses import ApiError
from bot.localchat.state.message import FormattedText, Message
from tests.unit.localchat.server_states import FORUM, NOON


def test_messages_get_rising_ids_and_whole_seconds() -> None:
    chat = private_chat(ADA)
    added = [chat.add(Message(ADA.id, ADA), NOON + timedelta(seconds=number)) for number in range(3)]
    assert [message.message_id for message in added] == [1, 2, 3]
    assert all(message.date.microsecond == 0 for message in added)


def test_the_oldest_messages_go_and_their_ids_are_not_used_again() -> None:
    chat = private_chat(ADA)
    for number in range(MAX_MESSAGES + 2):
        chat.add(Message(ADA.id, ADA, body=FormattedText(str(number))), NOON)
    assert len(chat.messages) == MAX_MESSAGES
    assert min(chat.messages) == 3
    with pytest.raises(ApiError, match="message to edit not found"):
        chat.message(1, "message to edit")


def test_a_group_counts_its_admins_among_its_members() -> None:
    chat = group_chat(Group(-5, "Two", members=(ADA,), admins=(BEN,)))
    assert set(chat.members) == {ADA.id, BEN.id}
    assert chat.admin_ids == {BEN.id}


def test_the_id_says_what_kind_of_group_it_is() -> None:
    assert group_chat(SUNDAY_INVESTORS).kind == "group"
    assert group_chat(FORUM).kind == "supergroup"


def test_a_moved_group_says_so_before_anything_else() -> None:
    chat = group_chat(SUNDAY_INVESTORS)
    chat.forbidden_reason, chat.migrated_to = "bot was kicked from the group chat", -1_004_630_571_928
    with pytest.raises(ApiError, match="upgraded to a supergroup") as refused:
        chat.check_writable()
    assert refused.value.migrate_to == -1_004_630_571_928
    chat.migrated_to = 0
    with pytest.raises(ApiError, match="Forbidden: bot was kicked"):
        chat.check_writable()


def test_the_journal_tells_of_every_entry_and_finds_them_again() -> None:
    calls: list[int] = []
    journal = Journal(lambda: calls.append(1))
    for method, chat_id, code in (("sendPhoto", 1, 200), ("sendMessage", 1, 429), ("sendChatAction", 2, 200)):
        journal.add(JournalEntry(NOON, method, chat_id, code, "ok"))
    assert len(calls) == len(journal) == 3
    assert [entry.is_sent for entry in journal] == [True, False, False]
    assert [entry.method for entry in journal.refused(429)] == ["sendMessage"]
    assert len(journal.of("SENDPHOTO", 1)) == 1
    assert journal.of("sendPhoto", 2) == ()

"""Methods that answer callback and inline queries (Bot API, "answerCallbackQuery", "answerInlineQuery")."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from bot.localchat.api.methods.message_content import read_inline_result
from bot.localchat.api.request_parameters import Json, Method, Parameters
from bot.localchat.state import limits
from bot.localchat.state.chat_events import CallbackQueryAnswered, InlineQueryAnswered
from bot.localchat.state.error_responses import bad_request
from bot.localchat.state.server_state import ServerState


def answer_callback_query(state: ServerState, parameters: Parameters) -> Json:
    """Answer the press of a button, with a text or without.

    Raises:
        ApiError: the query was answered already or never was, or the text is longer than 200 characters.
    """
    query_id, text = parameters.text("callback_query_id"), parameters.text("text")
    limits.check_callback_answer(text)
    person_id = state.queries.close_callback(query_id)
    alert, url = parameters.flag("show_alert"), parameters.text("url")
    state.events.publish(CallbackQueryAnswered(query_id, person_id, text, alert, url))
    return True


def answer_inline_query(state: ServerState, parameters: Parameters) -> Json:
    """Answer an inline query with at most 50 results.

    Raises:
        ApiError: the query was answered already or never was, or a result is wrong.
    """
    query_id = parameters.text("inline_query_id")
    state.queries.check_unanswered(query_id)
    given = parameters.json_objects("results")
    if len(given) > limits.INLINE_RESULTS:
        raise bad_request("RESULTS_TOO_MUCH")
    results = tuple(read_inline_result(state, result) for result in given)
    if len({result.result_id for result in results}) < len(results):
        raise bad_request("RESULT_ID_DUPLICATE")
    state.queries.answer_inline(query_id, results, parameters.json_object("button").text("text"))
    state.events.publish(InlineQueryAnswered(query_id))
    return True


METHODS: Final[Mapping[str, Method]] = {
    "answerCallbackQuery": answer_callback_query,
    "answerInlineQuery": answer_inline_query,
}

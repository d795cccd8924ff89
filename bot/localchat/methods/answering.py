"""Methods that answer what a person did: a pressed button, an inline query."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from bot.localchat import inline_results, limits
from bot.localchat.api_error import bad_request
from bot.localchat.events import InlineAnswered, PressAnswered
from bot.localchat.methods.method import Method
from bot.localchat.parameters import Parameters
from bot.localchat.updates import Json
from bot.localchat.world import World

_TOO_OLD = "query is too old and response timeout expired or query ID is invalid"


def answer_callback_query(world: World, parameters: Parameters) -> Json:
    """Answer the press of a button, with a text or without.

    Raises:
        ApiError: the query was answered already or never was, or the text is longer than 200 characters.
    """
    query_id, text = parameters.text("callback_query_id"), parameters.text("text")
    limits.check_callback_answer(text)
    person_id = world.open_presses.pop(query_id, None)
    if person_id is None:
        raise bad_request(_TOO_OLD)
    alert, url = parameters.flag("show_alert"), parameters.text("url")
    world.publish(PressAnswered(query_id, person_id, text, alert, url))
    return True


def answer_inline_query(world: World, parameters: Parameters) -> Json:
    """Answer an inline query with at most 50 results.

    Raises:
        ApiError: the query was answered already or never was, or a result is refused.
    """
    question_id = parameters.text("inline_query_id")
    question = world.inline_questions.get(question_id)
    if question is None or question.results is not None:
        raise bad_request(_TOO_OLD)
    written = parameters.records("results")
    if len(written) > limits.INLINE_RESULTS:
        raise bad_request("RESULTS_TOO_MUCH")
    results = tuple(inline_results.read(world, result) for result in written)
    if len({result.result_id for result in results}) < len(results):
        raise bad_request("RESULT_ID_DUPLICATE")
    question.button_text = parameters.record("button").text("text")
    question.results = results
    world.publish(InlineAnswered(question_id))
    return True


METHODS: Final[Mapping[str, Method]] = {
    "answerCallbackQuery": answer_callback_query,
    "answerInlineQuery": answer_inline_query,
}

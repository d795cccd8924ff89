"""The entities that Telegram finds by itself."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.localchat.autolink import with_links
from bot.localchat.html_text import parse_html
from bot.localchat.message import Entity, FormattedText, utf16_length


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("/predict AAPL", [Entity("bot_command", 0, 8)]),
        ("/predict@fan_bot AAPL", [Entity("bot_command", 0, 16)]),
        ("😀 /help", [Entity("bot_command", 3, 5)]),
        ("ask @ada_demo now", [Entity("mention", 4, 9)]),
        ("$AAPL and #stocks", [Entity("cashtag", 0, 5), Entity("hashtag", 10, 7)]),
        ("see https://x.org/a.", [Entity("url", 4, 15)]),
        ("and/or 1/2 a@b.c $aapl #1", []),
    ],
)
def test_what_is_found(text: str, expected: list[Entity]) -> None:
    assert list(with_links(FormattedText(text)).entities) == expected


def test_nothing_is_found_in_code_or_links() -> None:
    body = parse_html('<code>/help</code> <a href="https://x.org">$AAPL</a> <pre>@ada_demo</pre>')
    assert with_links(body) == body


def test_formatting_around_stays() -> None:
    kinds = [entity.kind for entity in with_links(parse_html("<b>$AAPL</b>")).entities]
    assert sorted(kinds) == ["bold", "cashtag"]


@given(st.text(st.sampled_from("/@$#aA1 _.:https"), max_size=30))
def test_found_entities_lie_in_the_text_and_do_not_overlap(text: str) -> None:
    found = with_links(FormattedText(text)).entities
    assert all(entity.end <= utf16_length(text) for entity in found)
    assert all(one.end <= other.offset for one, other in pairwise(found))

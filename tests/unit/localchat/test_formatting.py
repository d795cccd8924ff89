"""Telegram's HTML style, its error descriptions, and the entities that Telegram detects by itself."""

from __future__ import annotations

import html
from contextlib import suppress
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.localchat.api.formatting import parse_html, with_detected_entities
from bot.localchat.state.error_responses import ApiError
from bot.localchat.state.message import Entity, FormattedText, utf16_length

_TAGS = ("b", "strong", "i", "em", "u", "ins", "s", "strike", "del", "code", "pre", "blockquote", "tg-spoiler")
_words = st.text(st.characters(codec="utf-8"), min_size=1, max_size=12)


@pytest.mark.parametrize(
    ("tag", "kind"),
    [
        ("b", "bold"),
        ("strong", "bold"),
        ("i", "italic"),
        ("em", "italic"),
        ("u", "underline"),
        ("ins", "underline"),
        ("s", "strikethrough"),
        ("strike", "strikethrough"),
        ("del", "strikethrough"),
        ("tg-spoiler", "spoiler"),
        ("code", "code"),
        ("pre", "pre"),
        ("blockquote", "blockquote"),
    ],
)
def test_each_tag_becomes_its_entity(tag: str, kind: str) -> None:
    assert parse_html(f"a <{tag}>bc</{tag}> d") == FormattedText("a bc d", (Entity(kind, 2, 2),))


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ('<a href="https://x.org/?a=1&amp;b=2">go</a>', Entity("text_link", 0, 2, url="https://x.org/?a=1&b=2")),
        ("<a>https://x.org</a>", Entity("text_link", 0, 13, url="https://x.org")),
        ('<span class="tg-spoiler">no</span>', Entity("spoiler", 0, 2)),
        ("<blockquote expandable>no</blockquote>", Entity("expandable_blockquote", 0, 2)),
        ('<pre><code class="language-python">x=1</code></pre>', Entity("pre", 0, 3, language="python")),
        ("<B>no</B>", Entity("bold", 0, 2)),
        ("<b>no</>", Entity("bold", 0, 2)),
    ],
)
def test_tags_with_attributes(source: str, expected: Entity) -> None:
    assert parse_html(source).entities == (expected,)


def test_references_become_characters_and_unknown_ones_stay() -> None:
    assert parse_html("&lt;&gt;&amp;&quot;&#65;&#x42;&nbsp;&#0; & so").text == '<>&"AB&nbsp;&#0; & so'


def test_offsets_count_utf16_units() -> None:
    assert parse_html("😀<b>é😀</b>x").entities == (Entity("bold", 2, 3),)


def test_nested_entities_come_outer_first() -> None:
    assert parse_html("<b>one <i>two</i></b>").entities == (Entity("bold", 0, 7), Entity("italic", 4, 3))


def test_an_empty_tag_leaves_nothing() -> None:
    assert parse_html("a<b></b>c") == FormattedText("ac")


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("é<x>", 'Unsupported start tag "x" at byte offset 2'),
        ("1 < 2", 'Unsupported start tag "" at byte offset 2'),
        ("<b>x", 'Can\'t find end tag corresponding to start tag "b"'),
        ("x</b>", "Unexpected end tag at byte offset 1"),
        ("<b>x</i>", 'Unmatched end tag at byte offset 4, expected "</b>", found "</i>"'),
        ("<b", "Unclosed start tag at byte offset 0"),
        ('<a href="x', "Unclosed start tag at byte offset 0"),
        ("<b>x</b", "Unclosed end tag at byte offset 4"),
        ("<span>x</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
    ],
)
def test_wrong_markup_has_telegrams_error_description(source: str, reason: str) -> None:
    with pytest.raises(ApiError) as refused:
        parse_html(source)
    assert refused.value.code == 400
    assert refused.value.description == f"Bad Request: can't parse entities: {reason}"


@given(st.text(st.characters(codec="utf-8")))
def test_escaped_text_comes_back_as_it_was(text: str) -> None:
    assert parse_html(html.escape(text, quote=False)) == FormattedText(text)


@given(st.text(st.sampled_from("<>/abi&;\"'= é😀\n#x1"), max_size=40))
def test_any_text_parses_or_is_refused(source: str) -> None:
    parsed = FormattedText()
    with suppress(ApiError):
        parsed = parse_html(source)
    assert all(0 <= entity.offset < entity.end <= utf16_length(parsed.text) for entity in parsed.entities)


@given(st.lists(st.tuples(st.sampled_from(_TAGS), _words), min_size=1, max_size=6))
def test_entities_cover_exactly_the_words_in_the_tags(pieces: list[tuple[str, str]]) -> None:
    parsed = parse_html("".join(f"<{tag}>{html.escape(word)}</{tag}>" for tag, word in pieces))
    encoded = parsed.text.encode("utf-16-le")
    found = [encoded[e.offset * 2 : e.end * 2].decode("utf-16-le") for e in parsed.entities]
    assert found == [word for _, word in pieces]


@given(_words, st.sampled_from(["", " ", "\n \n"]), st.sampled_from(["", " ", "\n"]))
def test_trimming_keeps_entities_on_their_words(word: str, before: str, after: str) -> None:
    whole = FormattedText(before + word + after, (Entity("bold", len(before), utf16_length(word)),))
    trimmed = whole.trimmed()
    assert trimmed.text == word.rstrip()
    for entity in trimmed.entities:
        assert entity == Entity("bold", 0, utf16_length(trimmed.text))


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
def test_entities_are_detected(text: str, expected: list[Entity]) -> None:
    assert list(with_detected_entities(FormattedText(text)).entities) == expected


def test_nothing_is_detected_in_code_or_links() -> None:
    body = parse_html('<code>/help</code> <a href="https://x.org">$AAPL</a> <pre>@ada_demo</pre>')
    assert with_detected_entities(body) == body


def test_formatting_around_a_detected_entity_stays() -> None:
    kinds = [entity.kind for entity in with_detected_entities(parse_html("<b>$AAPL</b>")).entities]
    assert sorted(kinds) == ["bold", "cashtag"]


@given(st.text(st.sampled_from("/@$#aA1 _.:https"), max_size=30))
def test_detected_entities_lie_in_the_text_and_do_not_overlap(text: str) -> None:
    found = with_detected_entities(FormattedText(text)).entities
    assert all(entity.end <= utf16_length(text) for entity in found)
    assert all(one.end <= other.offset for one, other in pairwise(found))

"""The entities that Telegram finds by itself in a text: commands, mentions, links, cashtags and hashtags."""

from __future__ import annotations

import re

from bot.localchat.message import Entity, FormattedText, utf16_length

_FOUND = re.compile(
    r"(?P<url>https?://[^\s<>\"']*[^\s<>\"'.,;:!?)\]])"
    r"|(?<![\w/])(?P<bot_command>/\w{1,64}(?:@\w{3,32})?)(?![\w/])"
    r"|(?<![\w@])(?P<mention>@\w{4,32})\b"
    r"|(?<![\w$])(?P<cashtag>\$[A-Z]{1,8})\b"
    r"|(?<![\w#])(?P<hashtag>#\w*[^\W\d]\w*)",
    re.ASCII,
)
_CLOSED_KINDS = frozenset({"code", "pre", "text_link"})


def with_links(body: FormattedText) -> FormattedText:
    """Return the body with the entities that Telegram adds by itself, except inside code and links."""
    taken = [entity for entity in body.entities if entity.kind in _CLOSED_KINDS]
    found = [
        entity
        for entity in map(_entity, _FOUND.finditer(body.text))
        if not any(entity.offset < other.end and other.offset < entity.end for other in taken)
    ]
    known = {(entity.kind, entity.offset) for entity in body.entities}
    added = [entity for entity in found if (entity.kind, entity.offset) not in known]
    ordered = sorted([*body.entities, *added], key=lambda entity: (entity.offset, -entity.length))
    return FormattedText(body.text, tuple(ordered))


def _entity(match: re.Match[str]) -> Entity:
    before = utf16_length(match.string[: match.start()])
    return Entity(match.lastgroup or "", before, utf16_length(match.group()))

"""Formatted texts: Telegram's HTML style, and the entities that Telegram detects by itself.

Source: Bot API, "Formatting options"; the wording of the errors follows what the public server answers.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.localchat.state.error_responses import ApiError, bad_request
from bot.localchat.state.message import Entity, FormattedText, utf16_length, utf16_slice

_KINDS = {
    "b": "bold", "strong": "bold", "i": "italic", "em": "italic", "u": "underline", "ins": "underline",
    "s": "strikethrough", "strike": "strikethrough", "del": "strikethrough", "tg-spoiler": "spoiler", "span": "spoiler",
    "a": "text_link", "code": "code", "pre": "pre", "blockquote": "blockquote",
}  # fmt: skip
_NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
_REFERENCE = re.compile(r"&(?:#(\d{1,7})|#[xX]([0-9a-fA-F]{1,6})|(lt|gt|amp|quot));?")
_ATTRIBUTE = re.compile(r"""\s*([^\s=>"'/]+)(?:\s*=\s*("[^"]*"|'[^']*'|[\w.-]+))?""")
_MARKUP = re.compile("[<&]")
_TAG_NAME = re.compile(r"[^\s>]*")
_TAG_END = re.compile(r"\s*>")
_END_TAG = re.compile(r"</([^\s>]*)\s*>")
_SURROGATES = range(0xD800, 0xE000)
_LAST_CODE_POINT = 0x10FFFF
_DETECTED = re.compile(
    r"(?P<url>https?://[^\s<>\"']*[^\s<>\"'.,;:!?)\]])"
    r"|(?<![\w/])(?P<bot_command>/\w{1,64}(?:@\w{3,32})?)(?![\w/])"
    r"|(?<![\w@])(?P<mention>@\w{4,32})\b"
    r"|(?<![\w$])(?P<cashtag>\$[A-Z]{1,8})\b"
    r"|(?<![\w#])(?P<hashtag>#\w*[^\W\d]\w*)",
    re.ASCII,
)
_NO_DETECTION_KINDS = frozenset({"code", "pre", "text_link"})


@dataclass(frozen=True, slots=True)
class _StartTag:
    """A start tag still to be closed; the offset counts UTF-16 code units."""

    name: str
    offset: int
    argument: str


class _Parser:
    """Parses one text from left to right."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.position = 0
        self.text: list[str] = []
        self.offset = 0
        self.open: list[_StartTag] = []
        self.entities: list[Entity] = []

    def parse(self) -> FormattedText:
        """Return the plain text and its entities.

        Raises:
            ApiError: the markup is wrong.
        """
        while self.position < len(self.source):
            if self.source[self.position] == "<":
                self._tag()
            else:
                self._characters()
        if self.open:
            raise _cannot_parse(f'Can\'t find end tag corresponding to start tag "{self.open[-1].name}"')
        self.entities.sort(key=lambda entity: (entity.offset, -entity.length))
        return FormattedText("".join(self.text), tuple(self.entities))

    def _append(self, piece: str) -> None:
        self.text.append(piece)
        self.offset += utf16_length(piece)

    def _characters(self) -> None:
        if reference := _REFERENCE.match(self.source, self.position):
            self.position = reference.end()
            self._append(_decoded(reference))
            return
        end = _MARKUP.search(self.source, self.position + 1)
        stop = end.start() if end else len(self.source)
        self._append(self.source[self.position : stop])
        self.position = stop

    def _tag(self) -> None:
        if self.source.startswith("/", self.position + 1):
            self._end_tag()
        else:
            self._start_tag()

    def _start_tag(self) -> None:
        begin = self.position
        name = _TAG_NAME.match(self.source, begin + 1)
        tag = name.group().lower() if name else ""
        if not name or name.end() >= len(self.source):
            raise self._error_at("Unclosed start tag", begin)
        if tag not in _KINDS:
            raise self._error_at(f'Unsupported start tag "{tag}"', begin)
        self.position = name.end()
        attributes = self._attributes(begin)
        if tag == "span" and attributes.get("class") != "tg-spoiler":
            raise self._error_at('Tag "span" must have class "tg-spoiler"', begin)
        self.open.append(_StartTag(tag, self.offset, _argument(tag, attributes)))

    def _attributes(self, begin: int) -> dict[str, str]:
        found: dict[str, str] = {}
        while match := _ATTRIBUTE.match(self.source, self.position):
            value = (match.group(2) or "").strip("\"'")
            found[match.group(1).lower()] = _REFERENCE.sub(_decoded, value)
            self.position = match.end()
        end = _TAG_END.match(self.source, self.position)
        if end is None:
            raise self._error_at("Unclosed start tag", begin)
        self.position = end.end()
        return found

    def _end_tag(self) -> None:
        begin = self.position
        if not self.open:
            raise self._error_at("Unexpected end tag", begin)
        match = _END_TAG.match(self.source, begin)
        if match is None:
            raise self._error_at("Unclosed end tag", begin)
        expected, found = self.open[-1].name, match.group(1).lower()
        if found not in ("", expected):
            where = self._bytes_before(begin)
            reason = f'Unmatched end tag at byte offset {where}, expected "</{expected}>", found "</{found}>"'
            raise _cannot_parse(reason)
        self.position = match.end()
        self._close(self.open.pop())

    def _close(self, opened: _StartTag) -> None:
        length = self.offset - opened.offset
        if length == 0:
            return
        kind, url, language = _KINDS[opened.name], "", ""
        if opened.name == "a":
            url = opened.argument or self._text_from(opened.offset)
        elif opened.name == "code":
            language = opened.argument
        elif opened.name == "blockquote" and opened.argument:
            kind = "expandable_blockquote"
        entity = Entity(kind, opened.offset, length, url, language)
        if kind == "pre" and self.entities and _is_same_code(self.entities[-1], entity):
            entity = Entity("pre", opened.offset, length, language=self.entities.pop().language)
        self.entities.append(entity)

    def _text_from(self, offset: int) -> str:
        return utf16_slice("".join(self.text), offset, self.offset)

    def _bytes_before(self, index: int) -> int:
        return len(self.source[:index].encode())

    def _error_at(self, reason: str, index: int) -> ApiError:
        return _cannot_parse(f"{reason} at byte offset {self._bytes_before(index)}")


def _argument(tag: str, attributes: dict[str, str]) -> str:
    """Return the one attribute that Telegram reads of the tag, or nothing."""
    if tag == "a":
        return attributes.get("href", "")
    if tag == "code":
        language = attributes.get("class", "")
        return language.removeprefix("language-") if language.startswith("language-") else ""
    if tag == "blockquote":
        return "expandable" if "expandable" in attributes else ""
    return ""


def _is_same_code(inner: Entity, outer: Entity) -> bool:
    """Whether it is `<pre><code class=...>`, of which Telegram makes one `pre` with a language."""
    return inner.kind == "code" and (inner.offset, inner.length) == (outer.offset, outer.length)


def _decoded(reference: re.Match[str]) -> str:
    """Return the character of a reference, or the reference itself where it is none."""
    decimal, hexadecimal, name = reference.groups()
    if name:
        return _NAMED[name]
    code = int(decimal) if decimal else int(hexadecimal, 16)
    if code == 0 or code > _LAST_CODE_POINT or code in _SURROGATES:
        return reference.group()
    return chr(code)


def _cannot_parse(reason: str) -> ApiError:
    return bad_request(f"can't parse entities: {reason}")


def parse_html(source: str) -> FormattedText:
    """Return the plain text and the entities of a text in Telegram's HTML style, entities by offset.

    Raises:
        ApiError: the markup is wrong; the description says where, as a UTF-8 byte offset.
    """
    return _Parser(source).parse()


def with_detected_entities(body: FormattedText) -> FormattedText:
    """Return the text with the entities that Telegram detects by itself, except inside code and links."""
    taken = [entity for entity in body.entities if entity.kind in _NO_DETECTION_KINDS]
    found = [
        entity
        for entity in map(_entity, _DETECTED.finditer(body.text))
        if not any(entity.offset < other.end and other.offset < entity.end for other in taken)
    ]
    known = {(entity.kind, entity.offset) for entity in body.entities}
    added = [entity for entity in found if (entity.kind, entity.offset) not in known]
    ordered = sorted([*body.entities, *added], key=lambda entity: (entity.offset, -entity.length))
    return FormattedText(body.text, tuple(ordered))


def _entity(match: re.Match[str]) -> Entity:
    before = utf16_length(match.string[: match.start()])
    return Entity(match.lastgroup or "", before, utf16_length(match.group()))

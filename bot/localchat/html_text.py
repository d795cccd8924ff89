"""Telegram's HTML style read into plain text and entities, with Telegram's complaints.

Source: Bot API, "HTML style"; the wording of the errors follows what the public server answers.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.localchat.api_error import ApiError, bad_request
from bot.localchat.message import Entity, FormattedText, utf16_length

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


@dataclass(slots=True)
class _Open:
    """A start tag whose end tag has not come yet; the offset counts UTF-16 code units."""

    tag: str
    offset: int
    argument: str


class _Parser:
    """One pass over one text."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.at = 0
        self.text: list[str] = []
        self.offset = 0
        self.open: list[_Open] = []
        self.entities: list[Entity] = []

    def parse(self) -> FormattedText:
        """Return what the text says.

        Raises:
            ApiError: its markup is wrong.
        """
        while self.at < len(self.source):
            if self.source[self.at] == "<":
                self._tag()
            else:
                self._characters()
        if self.open:
            raise _cannot_parse(f'Can\'t find end tag corresponding to start tag "{self.open[-1].tag}"')
        self.entities.sort(key=lambda entity: (entity.offset, -entity.length))
        return FormattedText("".join(self.text), tuple(self.entities))

    def _append(self, piece: str) -> None:
        self.text.append(piece)
        self.offset += utf16_length(piece)

    def _characters(self) -> None:
        if reference := _REFERENCE.match(self.source, self.at):
            self.at = reference.end()
            self._append(_decoded(reference))
            return
        end = _MARKUP.search(self.source, self.at + 1)
        stop = end.start() if end else len(self.source)
        self._append(self.source[self.at : stop])
        self.at = stop

    def _tag(self) -> None:
        if self.source.startswith("/", self.at + 1):
            self._end_tag()
        else:
            self._start_tag()

    def _start_tag(self) -> None:
        begin = self.at
        name = _TAG_NAME.match(self.source, begin + 1)
        tag = name.group().lower() if name else ""
        if not name or name.end() >= len(self.source):
            raise self._complaint("Unclosed start tag", begin)
        if tag not in _KINDS:
            raise self._complaint(f'Unsupported start tag "{tag}"', begin)
        self.at = name.end()
        attributes = self._attributes(begin)
        if tag == "span" and attributes.get("class") != "tg-spoiler":
            raise self._complaint('Tag "span" must have class "tg-spoiler"', begin)
        self.open.append(_Open(tag, self.offset, _argument(tag, attributes)))

    def _attributes(self, begin: int) -> dict[str, str]:
        found: dict[str, str] = {}
        while match := _ATTRIBUTE.match(self.source, self.at):
            value = (match.group(2) or "").strip("\"'")
            found[match.group(1).lower()] = _REFERENCE.sub(_decoded, value)
            self.at = match.end()
        end = _TAG_END.match(self.source, self.at)
        if end is None:
            raise self._complaint("Unclosed start tag", begin)
        self.at = end.end()
        return found

    def _end_tag(self) -> None:
        begin = self.at
        if not self.open:
            raise self._complaint("Unexpected end tag", begin)
        match = _END_TAG.match(self.source, begin)
        if match is None:
            raise self._complaint("Unclosed end tag", begin)
        expected, found = self.open[-1].tag, match.group(1).lower()
        if found not in ("", expected):
            where = self._bytes_before(begin)
            reason = f'Unmatched end tag at byte offset {where}, expected "</{expected}>", found "</{found}>"'
            raise _cannot_parse(reason)
        self.at = match.end()
        self._close(self.open.pop())

    def _close(self, opened: _Open) -> None:
        length = self.offset - opened.offset
        if length == 0:
            return
        kind, url, language = _KINDS[opened.tag], "", ""
        if opened.tag == "a":
            url = opened.argument or self._plain_from(opened.offset)
        elif opened.tag == "code":
            language = opened.argument
        elif opened.tag == "blockquote" and opened.argument:
            kind = "expandable_blockquote"
        entity = Entity(kind, opened.offset, length, url, language)
        if kind == "pre" and self.entities and _is_same_code(self.entities[-1], entity):
            entity = Entity("pre", opened.offset, length, language=self.entities.pop().language)
        self.entities.append(entity)

    def _plain_from(self, offset: int) -> str:
        encoded = "".join(self.text).encode("utf-16-le")
        return encoded[offset * 2 :].decode("utf-16-le")

    def _bytes_before(self, index: int) -> int:
        return len(self.source[:index].encode())

    def _complaint(self, reason: str, index: int) -> ApiError:
        return _cannot_parse(f"{reason} at byte offset {self._bytes_before(index)}")


def _argument(tag: str, attributes: dict[str, str]) -> str:
    """Return the one attribute that means something for the tag, or nothing."""
    if tag == "a":
        return attributes.get("href", "")
    if tag == "code":
        language = attributes.get("class", "")
        return language.removeprefix("language-") if language.startswith("language-") else ""
    if tag == "blockquote":
        return "expandable" if "expandable" in attributes else ""
    return ""


def _is_same_code(inner: Entity, outer: Entity) -> bool:
    """Whether `<pre><code class=...>` spans one stretch, which Telegram makes one `pre` with a language."""
    return inner.kind == "code" and (inner.offset, inner.length) == (outer.offset, outer.length)


def _decoded(reference: re.Match[str]) -> str:
    """Return the character of a reference, or the reference itself where it names none."""
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
        ApiError: the markup is not what Telegram reads; the description says where, as a UTF-8 byte offset.
    """
    return _Parser(source).parse()


def trimmed(body: FormattedText) -> FormattedText:
    """Return the body as Telegram stores it: no white space at its end, none before its first entity.

    Entities are clipped to what remains; empty ones vanish.
    """
    first = min((entity.offset for entity in body.entities), default=utf16_length(body.text))
    lead = min(len(body.text) - len(body.text.lstrip()), first)
    text = body.text[lead:].rstrip()
    length = utf16_length(text)
    clipped = (
        Entity(e.kind, e.offset - lead, min(e.end - lead, length) - (e.offset - lead), e.url, e.language)
        for e in body.entities
    )
    return FormattedText(text, tuple(entity for entity in clipped if entity.length > 0))

"""Telegram's HTML parse mode, as strict as the real server (td/telegram/MessageEntity.cpp).

Lengths and offsets are in UTF-16 code units, the unit of every offset in the Bot API.
"""

import re

from tests.fakes.bot_api_basics import Entity, Refusal

_NAMES = {
    "a": "text_link",
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "u": "underline",
    "ins": "underline",
    "tg-spoiler": "spoiler",
    "span": "spoiler",
    "pre": "pre",
    "code": "code",
    "blockquote": "blockquote",
}
_START = re.compile(r"<([^\s>]*)")
_ATTRIBUTE = re.compile(
    r"""\s+([^\s=>/"']+)(?:\s*=\s*("[^"]*"|'[^']*'|[A-Za-z0-9.-]+(?=[\s>])))?"""
)
_END = re.compile(r"</([^\s>]*)\s*>")
_REFERENCE = re.compile(r"&(?:#x([0-9a-fA-F]{1,6})|#([0-9]{1,7})|(lt|gt|amp|quot)(?![A-Za-z]));?")
_NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}


def utf16_length(text: str) -> int:
    """How Telegram measures a text: a character outside the basic plane counts twice."""
    return len(text.encode("utf-16-le")) // 2


def parse_html(source: str) -> tuple[str, list[Entity]]:
    """The text as a reader sees it, and its entities; Refusal 400 as the real server words it."""
    return _Parser(source).parse()


class _Parser:
    def __init__(self, source: str) -> None:
        self.source = source
        self.at = 0
        self.text = ""
        self.length = 0
        self.entities: list[Entity] = []
        self.open: list[tuple[str, int, str]] = []

    def parse(self) -> tuple[str, list[Entity]]:
        while self.at < len(self.source):
            if self.source.startswith("</", self.at):
                self._end_tag()
            elif self.source[self.at] == "<":
                self._start_tag()
            else:
                self._character()
        if self.open:
            name = self.open[-1][0]
            raise _unparsable(f'Can\'t find end tag corresponding to start tag "{name}"')
        return self.text, sorted(self.entities, key=lambda e: (e.offset, -e.length))

    def _character(self) -> None:
        shown, width = self.source[self.at], 1
        if reference := _REFERENCE.match(self.source, self.at):
            shown, width = _decode(reference), reference.end() - reference.start()
        self.text += shown
        self.length += utf16_length(shown)
        self.at += width

    def _start_tag(self) -> None:
        name_match = _START.match(self.source, self.at)
        assert name_match is not None
        end = name_match.end()
        name = name_match[1].lower()
        if end == len(self.source):
            raise _unparsable(f"Unclosed start tag at byte offset {self._offset()}")
        if name not in _NAMES:
            raise _unparsable(f'Unsupported start tag "{name}" at byte offset {self._offset()}')
        attributes, end = self._attributes(name, end)
        if name == "span" and attributes.get("class") != "tg-spoiler":
            raise _unparsable(
                f'Tag "span" must have class "tg-spoiler" at byte offset {self._offset()}'
            )
        self.open.append((name, self.length, attributes.get("href", "")))
        self.at = end

    def _attributes(self, name: str, end: int) -> tuple[dict[str, str], int]:
        found: dict[str, str] = {}
        while attribute := _ATTRIBUTE.match(self.source, end):
            found[attribute[1]] = _unquote(attribute[2] or "")
            end = attribute.end()
        while end < len(self.source) and self.source[end].isspace():
            end += 1
        if end == len(self.source):
            raise _unparsable(f'Unclosed start tag "{name}" at byte offset {self._offset()}')
        if self.source[end] != ">":
            raise _unparsable(
                f'Empty attribute name in the tag "{name}" at byte offset {self._offset()}'
            )
        return found, end + 1

    def _end_tag(self) -> None:
        if not self.open:
            raise _unparsable(f"Unexpected end tag at byte offset {self._offset()}")
        closing = _END.match(self.source, self.at)
        if closing is None:
            raise _unparsable(f"Unclosed end tag at byte offset {self._offset()}")
        name, offset, link = self.open.pop()
        if closing[1] and closing[1].lower() != name:
            raise _unparsable(
                f"Unmatched end tag at byte offset {self._offset()}, "
                f'expected "</{name}>", found "</{closing[1].lower()}>"'
            )
        if self.length > offset:
            is_person = link.startswith("tg://user?id=")
            kind = "text_mention" if is_person else _NAMES[name]
            self.entities.append(Entity(kind, offset, self.length - offset, link))
        self.at = closing.end()

    def _offset(self) -> int:
        return len(self.source[: self.at].encode())


def _decode(reference: re.Match[str]) -> str:
    if reference[3]:
        return _NAMED[reference[3]]
    code = int(reference[1], 16) if reference[1] else int(reference[2])
    if code == 0 or code >= 0x10FFFF:
        return reference[0]
    if 0xD800 <= code <= 0xDFFF:
        raise _unparsable("Text contains invalid Unicode characters after decoding HTML entities")
    return chr(code)


def _unquote(value: str) -> str:
    if value[:1] not in ("'", '"'):
        return value.lower()
    return _REFERENCE.sub(_decode, value[1:-1])


def _unparsable(problem: str) -> Refusal:
    return Refusal(400, f"Bad Request: can't parse entities: {problem}")

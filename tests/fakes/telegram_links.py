"""What Telegram makes a link by itself in plain text, as td/telegram/MessageEntity.cpp finds it.

Only near enough: it finds more than Telegram does, so that a test which finds nothing is safe.
"""

import re

from tests.fakes.bot_api_basics import Entity

MENTION = re.compile(r"(?<![\w])@\w")
SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://\S")
DOMAIN = re.compile(r"\w\.[^\W\d_]{2,}", re.UNICODE)
MAIL = re.compile(r"[\w.+-]@[\w-]+\.")
MONOSPACED = {"pre", "code"}


def links_in(text: str, entities: list[Entity]) -> list[str]:
    """The mentions, addresses and domains outside monospaced text, none of which is looked at."""
    bare = _without(text, [one for one in entities if one.type in MONOSPACED])
    return [found[0] for one in (MENTION, SCHEME, DOMAIN, MAIL) for found in one.finditer(bare)]


def _without(text: str, entities: list[Entity]) -> str:
    units = text.encode("utf-16-le")
    for one in sorted(entities, key=lambda one: -one.offset):
        units = units[: 2 * one.offset] + units[2 * (one.offset + one.length) :]
    return units.decode("utf-16-le")

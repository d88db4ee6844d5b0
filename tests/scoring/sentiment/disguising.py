"""How words are written so that filters don't see them, and models or people do."""

import base64
import codecs
import unicodedata
from collections.abc import Callable
from urllib.parse import quote

SMALL = dict(zip("abcdefghijklmnoprstuvwyz", "ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘʀꜱᴛᴜᴠᴡʏᴢ", strict=True))
CYRILLIC = dict(zip("aceiopsxyj", "асеіорѕхуј", strict=True))
GREEK = dict(zip("aiopuvk", "αιορυνκ", strict=True))
LEET = dict(zip("aeiost", "@310$7", strict=True))


def _each(signs: Callable[[str], str]) -> Callable[[str], str]:
    return lambda text: "".join(signs(one) for one in text)


def _letters(first: int) -> Callable[[str], str]:
    """Small letters as those that begin at a code point."""
    return _each(lambda one: chr(first + ord(one) - 97) if "a" <= one <= "z" else one)


def _variations(text: str) -> str:
    return "😀" + "".join(
        chr(0xFE00 + one if one < 16 else 0xE0100 + one - 16) for one in text.encode()
    )


DISGUISES: dict[str, Callable[[str], str]] = {
    "leet": _each(lambda one: LEET.get(one, one)),
    "cyrillic": _each(lambda one: CYRILLIC.get(one, one)),
    "greek": _each(lambda one: GREEK.get(one, one)),
    "small capitals": _each(lambda one: SMALL.get(one, one)),
    "full width": _each(lambda one: chr(ord(one) + 0xFEE0) if "!" <= one <= "~" else one),
    "bold": lambda text: _letters(0x1D41A)(text.lower()),
    "circled": _letters(0x24D0),
    "flags": _letters(0x1F1E6),
    "spaced": lambda text: "   ".join(" ".join(word) for word in text.split()),
    "dotted": lambda text: " ".join(".".join(word) for word in text.split()),
    "hyphens": lambda text: " ".join("-".join((one[:2], one[2:])) for one in text.split()),
    "zero width": "\u200b".join,
    "soft hyphens": "\u00ad".join,
    "scrawled": _each(lambda one: one + "\u0336\u0353\u0311" if one != " " else one),
    "turned round": lambda text: f"\u202e{text[::-1]}\u202c",
    "backwards": lambda text: text[::-1],
    "lines": lambda text: "\n".join(text.split()),
    "stretched": lambda text: text.replace("ج", "جـــ").replace("س", "ســـ"),
    "tags": lambda text: "lovely day 🌼" + _each(lambda one: chr(0xE0000 + ord(one)))(text),
    "variations": _variations,
    "base64": lambda text: f"guess what: {base64.b64encode(text.encode()).decode()}",
    "hex": lambda text: text.encode().hex(" "),
    "binary": lambda text: " ".join(f"{one:08b}" for one in text.encode()),
    "rot13": lambda text: codecs.encode(text, "rot13"),
    "percent": quote,
    "entities": lambda text: text.replace("<", "&lt;").replace(">", "&gt;"),
    "escapes": _each(lambda one: f"\\u{ord(one):04x}"),
}


def disguised(text: str, how: str | None) -> str:
    """Return a text in the disguise that an entry of the corpus names."""
    return unicodedata.normalize("NFC", text) if how is None else DISGUISES[how](text)

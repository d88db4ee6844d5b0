"""What a text says where it is written so that people or machines read it and filters do not."""

import base64
import binascii
import html
import re
import unicodedata
from collections.abc import Iterator
from functools import partial
from itertools import pairwise
from urllib.parse import unquote

from scoring.sentiment.unseen import cleaned

LONGEST = 10_000
"""Characters that are looked at; TikTok allows 4,000."""
MOST_CODES = 20
"""Encoded passages of one text that are looked at."""

_TAGS = 0xE0000
_TAGGED = re.compile("[\U000e0020-\U000e007e]+")
_BYTES = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]{4,}")
_SPELLED = re.compile(r"(?<!\w)\w(?:([ .\-_*|/·•,~+])\w(?!\w))(?:\1\w(?!\w)){1,}")
_CUT = re.compile(r"(?<=\w)[.\-_*|~·•^+\\]+(?=\w)")
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{16,4000}")
_HEX = re.compile(r"(?:(?:0x|\\x)?[0-9a-fA-F]{2}[ ,:]?){12,2000}")
_BINARY = re.compile(r"(?:[01]{8} ?){8,500}")
_ESCAPED = re.compile(r"\\u\{?([0-9a-fA-F]{4,5})\}?")

_LOOKS = {
    "a": "аαɑᴀаⲁᎪ🅐🅰Д∀",
    "b": "ьвʙᏴ🅑🅱ɓ",
    "c": "сᴄᏟ🅒¢",
    "d": "ԁᴅɗð🅓Ꭰ",
    "e": "еєεᴇэё€ⲉ🅔Ꭼ℮ǝ",
    "f": "ғϝꜰ🅕ƒ",
    "g": "ɡԍɢցᏀ🅖",
    "h": "һհʜнᏂ🅗",
    "i": "іιɪᎥі¡ɩ🅘",
    "j": "јϳᴊ🅙",
    "k": "кκᴋ🅚Ꮶ",
    "l": "ӏʟɭ🅛ⱡ",
    "m": "мᴍ🅜Ꮇ",
    "n": "ոηɴпи🅝ɲ",
    "o": "оοσօᴏө🅞ⲟ○øѳ",
    "p": "рρᴘ🅟🅿Ꮲ",
    "q": "ԛզ🅠",
    "r": "гʀᴦ🅡я®ɍ",
    "s": "ѕꜱ🅢ʂՏ§",
    "t": "тτᴛ🅣ŧ†",
    "u": "υսᴜцʋ🅤",
    "v": "ѵνᴠ🅥",
    "w": "ԝωᴡшѡ🅦",
    "x": "хχ🅧×",
    "y": "уγүʏ🅨ყ",
    "z": "ᴢ🅩ʐ",
}
"""Signs of other alphabets that are drawn like Latin letters, and those of no alphabet."""
_LATIN = {ord(look.casefold()[0]): letter for letter, looks in _LOOKS.items() for look in looks}
_LATIN |= {0x1F1E6 + at: chr(97 + at) for at in range(26)}
_LATIN |= {0x1F170 + at: chr(97 + at) for at in range(26)}
_DIGITS = str.maketrans("013457@$!|9", "oieastasilp")
_DIGITS_L = str.maketrans("013457@$!|9", "oleastasilp")
_ALIKE = str.maketrans(
    {"đ": "d", "ı": "i", "ł": "l", "’": "'", "‘": "'", "“": '"', "”": '"', "ـ": ""}
)
"""Letters and marks that are the same to whoever types them; the last one stretches Arabic."""
_WORD = re.compile(r"[\w@$!|]+")
_ROT13 = str.maketrans("abcdefghijklmnopqrstuvwxyz", "nopqrstuvwxyzabcdefghijklm")


def _scrambled(word: str) -> str:
    return word[:1] + "".join(sorted(word[1:-1])) + word[-1:]


_KEYS = (
    *("ignore", "disregard", "forget", "previous", "prior", "instruction", "instructions"),
    *("guidelines", "system", "prompt", "rubric", "sentiment", "rating", "score", "highest"),
    *("maximum", "perfect", "positive", "judge", "answer"),
)
_UNSCRAMBLED = {_scrambled(word): word for word in _KEYS}


def undisguised(text: str) -> Iterator[str]:
    """Yield all that a text may say, folded for comparing: as it stands, then without disguises."""
    given = text[:LONGEST]
    known: set[str] = set()
    passages = [given, *_decoded(given)]
    if len(text) > LONGEST:  # what is seen of it, behind however much that is not
        passages.append(cleaned(text)[:LONGEST])
    for passage in passages:
        for one in _read(passage):
            if one not in known:
                known.add(one)
                yield one


def folded(text: str) -> str:
    """Return text as it is compared: cleaned, in lower case, Latin letters without accents."""
    kept: list[str] = []
    latin = False
    for one in unicodedata.normalize("NFD", cleaned(text)[:LONGEST].casefold()):
        if not unicodedata.combining(one):
            latin = "a" <= one <= "z"
            kept.append(one)
        elif not latin:
            kept.append(one)
    return unicodedata.normalize("NFC", "".join(kept)).translate(_ALIKE)


def _read(text: str) -> Iterator[str]:
    plain = folded(text)
    yield plain
    for apart in (_parted(text), _SPELLED.sub(_joined, text)):
        if apart != text:
            yield folded(apart)
    drawn = plain.translate(_LATIN)
    for digits in (_DIGITS, _DIGITS_L):
        yield _WORD.sub(partial(_letters, digits), drawn)
    yield _WORD.sub(_unscrambled, drawn)
    yield _CUT.sub("", drawn)
    for turned in (plain.translate(_ROT13), plain[::-1]):
        if any(key in turned for key in _KEYS):
            yield turned


def _parted(text: str) -> str:
    """Return text with the words of its hashtags apart, in any alphabet that has capitals."""
    return "".join(
        f" {sign}" if sign.isupper() and before.islower() else sign
        for before, sign in pairwise(f" {text}")
    ).replace("_", " ")


def _joined(spelled: re.Match[str]) -> str:
    return spelled[0].replace(spelled[1], "")


def _letters(digits: dict[int, int], found: re.Match[str]) -> str:
    """Return a word with its digits read as letters, where it is a word at all."""
    word = found[0]
    return word.translate(digits) if any("a" <= one <= "z" or one == "@" for one in word) else word


def _unscrambled(found: re.Match[str]) -> str:
    """Return a word with its inner letters in order, which people read all the same."""
    return _UNSCRAMBLED.get(_scrambled(found[0]), found[0])


def _decoded(text: str) -> Iterator[str]:
    """Yield the passages that are hidden or encoded in a text."""
    yield from (_from_tags(one) for one in _TAGGED.findall(text)[:MOST_CODES])
    yield from (_from_variations(one) for one in _BYTES.findall(text)[:MOST_CODES])
    if "%" in text:
        yield unquote(text)
    if "&" in text:
        yield html.unescape(text)
    if "\\u" in text:
        yield _ESCAPED.sub(lambda one: chr(min(int(one[1], 16), 0x10FFFF)), text)
    for one in _BASE64.findall(text)[:MOST_CODES]:
        yield from _as_text(_from_base64(one))
    for one in _HEX.findall(text)[:MOST_CODES]:
        digits = re.sub(r"0x|\\x|[^0-9a-fA-F]", "", one)
        yield from _as_text(bytes.fromhex(digits[: len(digits) // 2 * 2]))
    for one in _BINARY.findall(text)[:MOST_CODES]:
        bits = one.replace(" ", "")
        yield from _as_text(bytes(int(bits[at : at + 8], 2) for at in range(0, len(bits), 8)))


def _from_tags(tags: str) -> str:
    return "".join(chr(ord(one) - _TAGS) for one in tags)


def _from_variations(signs: str) -> str:
    """Return the text whose bytes are written as variation selectors, 256 of them."""
    found = (ord(one) for one in signs)
    return bytes(one - 0xFE00 if one < 0xFE10 else one - 0xE0100 + 16 for one in found).decode(
        "utf-8", "ignore"
    )


def _from_base64(code: str) -> bytes:
    whole = code.replace("-", "+").replace("_", "/")
    whole = whole[: len(whole) - (len(whole) % 4 == 1)]
    try:
        return base64.b64decode(whole + "=" * (-len(whole) % 4))
    except binascii.Error:
        return b""


def _as_text(content: bytes) -> Iterator[str]:
    try:
        said = content.decode("utf-8")
    except UnicodeDecodeError:
        return
    if said.isprintable() or said.replace("\n", " ").isprintable():
        yield said

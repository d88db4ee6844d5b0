"""Rows of a JSON document, read without holding more than one row of it."""

import io
import re
from codecs import getincrementaldecoder
from collections.abc import Iterator, Sized
from itertools import count, groupby
from operator import itemgetter
from typing import NamedTuple

import ijson

from db.observed import Rejected
from scoring.intake.limits import Limits, NotAnExport
from scoring.intake.observe import VALUE_CHARS, rejected
from scoring.intake.shapes import BRANCHES, NAMES, Fields, if_videos, plain

CHUNK_BYTES = 2**16

_STARTS = frozenset({"start_map", "start_array"})
_ENDS = frozenset({"end_map", "end_array"})
_DIGITS = 1_000
_STRIDE = 100
_PERHAPS_ENDLESS = re.compile(rb"[0-9]{9}")
_ENDLESS = re.compile(rb"[0-9]{%d}" % _DIGITS)
_HIGH, _LOW = r"\\u[dD][89abAB][0-9a-fA-F]{2}", r"\\u[dD][c-fC-F][0-9a-fA-F]{2}"
_PERHAPS_LONE = re.compile(rf"{_HIGH}(?!{_LOW})|{_LOW}(?<!{_HIGH}{_LOW})")
_ESCAPE = re.compile(rf"{_HIGH}{_LOW}|({_HIGH}|{_LOW})|\\.", re.DOTALL)
_CUT = re.compile(rf"(?:{_HIGH})?(?:\\+(?:u[0-9a-fA-F]{{0,3}})?)?\Z")
_CUT_CHARS = 16
"""Within so many characters of a piece's end an escape may be cut in two."""

Events = Iterator[tuple[str, object]]


class _Item(NamedTuple):
    """What one place of a list holds."""

    in_list: int
    value: Fields | str | None
    """The known fields of an object, the text of anything else, None where it is empty."""

    def fields(self) -> Fields:
        return self.value if isinstance(self.value, dict) else {}


def json_rows(stream: io.BufferedReader, limits: Limits) -> Iterator[tuple[int, Fields] | Rejected]:
    """Yield number and known fields of the rows of each list of videos, wherever it stands.

    Raises:
        NotAnExport: there is no list of videos, or the document is broken; its good rows were
            yielded before.

    """
    number = 0
    for _, items in groupby(_items(stream, limits), key=itemgetter(0)):
        for item in if_videos(items, _Item.fields):
            number += 1
            if isinstance(item.value, str):
                yield rejected(number, "row", item.value, "not an object")
            elif item.value is not None:
                yield number, item.value
    if not number:
        raise NotAnExport("holds no list of TikTok videos")


def _items(stream: io.BufferedReader, limits: Limits) -> Iterator[_Item]:
    """Yield what stands in lists, but not what is inside it."""
    source = _Source(stream, limits)
    events: Events = ijson.basic_parse(source, buf_size=CHUNK_BYTES)
    around: list[int | None] = []  # the number of each open list, None for an object
    lists = count()
    try:
        for event, value in events:
            in_list = around[-1] if around else None
            if event == "start_map" and in_list is not None:
                yield _Item(in_list, _object(events, limits.json_depth - len(around)))
                source.row_ends()
            elif event in _STARTS:
                around.append(next(lists) if event == "start_array" else None)
                _check_depth(around, limits.json_depth)
            elif event in _ENDS:
                around.pop()
            elif in_list is not None:
                yield _Item(in_list, None if value is None else str(value)[:VALUE_CHARS])
    except (ijson.JSONError, ArithmeticError, UnicodeDecodeError) as error:
        early = "premature EOF" in str(error)
        raise NotAnExport("its JSON ends too early" if early else "its JSON is broken") from error


def _object(events: Events, depth: int) -> Fields | None:
    """Read to the end of an object; return its known fields, None where all of it is empty."""
    fields: Fields = {}
    name = None
    filled = False
    inside: list[str | None] = [""]  # the prefix of names at each level, None where none is known
    for event, value in events:
        if event == "map_key":
            prefix = inside[-1]
            name = None if prefix is None else prefix + plain(str(value))
        elif event in _STARTS:
            inside.append(f"{name}." if event == "start_map" and name in BRANCHES else None)
            _check_depth(inside, depth)
            name = None
        elif event in _ENDS:
            inside.pop()
            if not inside:
                break
        elif value is not None and value != "":
            filled = True
            if name in NAMES:
                fields[name] = value
    return fields if filled else None


def _check_depth(levels: Sized, depth: int) -> None:
    if len(levels) > depth:
        raise NotAnExport("its JSON is nested too deep")


class _Source:
    """What ijson reads: bounded between two rows, and free of what it can't read.

    Its C parser does not survive an integer of more digits than Python's limit of 4,300, and ends
    at bytes that are no UTF-8 and at half an emoji whose other half was cut off: those become
    U+FFFD, so that one torn caption does not keep the rows after it.
    """

    def __init__(self, stream: io.BufferedReader, limits: Limits) -> None:
        self._stream = stream
        self._limit = limits.row_bytes + CHUNK_BYTES
        self._since_row = 0
        self._tail = b""
        self._endless = False
        self._decoder = getincrementaldecoder("utf-8")("replace")
        self._cut = ""

    def row_ends(self) -> None:
        self._since_row = 0

    def read(self, size: int) -> bytes:
        piece = self._stream.read1(size) if size else b""
        self._since_row += len(piece)
        if self._since_row > self._limit:
            raise NotAnExport(f"more than {self._limit:,} bytes without the end of a row")
        mended = self._mended(piece, is_last=bool(size) and not piece)
        if piece and not mended:
            return self.read(size)
        return self._before_endless(mended)

    def _mended(self, piece: bytes, *, is_last: bool) -> bytes:
        text = self._cut + self._decoder.decode(piece, is_last)
        cut = None if is_last else _CUT.search(text, max(0, len(text) - _CUT_CHARS))
        end = cut.start() if cut else len(text)
        whole, self._cut = text[:end], text[end:]
        if _PERHAPS_LONE.search(whole):
            whole = _ESCAPE.sub(lambda one: r"\ufffd" if one[1] else one[0], whole)
        return whole.encode()

    def _before_endless(self, piece: bytes) -> bytes:
        if self._endless:
            raise NotAnExport(f"holds a number of more than {_DIGITS:,} digits")
        text = self._tail + piece
        self._tail = text[-_DIGITS:]
        found = _PERHAPS_ENDLESS.search(text[::_STRIDE]) and _ENDLESS.search(text)
        if not found:
            return piece
        self._endless = True
        return piece[: max(0, found.start() - len(text) + len(piece))] or self.read(0)

"""Rows of a JSON document, read without holding more than one row of it."""

import io
import re
from collections.abc import Iterator, Sized
from itertools import count, groupby, islice
from operator import itemgetter
from typing import NamedTuple

import ijson

from db.observed import Rejected
from scoring.intake.limits import Limits, NotAnExport
from scoring.intake.observe import rejected
from scoring.intake.shapes import BRANCHES, NAMES, Fields, is_video, plain

HELD_ROWS = 100
"""How many rows of a list are looked at for the first video."""

CHUNK_BYTES = 2**16

_STARTS = frozenset({"start_map", "start_array"})
_ENDS = frozenset({"end_map", "end_array"})
_DIGITS = 1_000
_STRIDE = 100
_PERHAPS_ENDLESS = re.compile(rb"[0-9]{9}")
_ENDLESS = re.compile(rb"[0-9]{%d}" % _DIGITS)

Events = Iterator[tuple[str, object]]


class _Item(NamedTuple):
    """What one place of a list holds."""

    in_list: int
    fields: Fields
    said: object
    """Any value of it that is not empty; None where there is none."""
    is_object: bool = True


def json_rows(stream: io.BufferedReader, limits: Limits) -> Iterator[tuple[int, Fields] | Rejected]:
    """Yield number and known fields of the rows of each list of videos, wherever it stands.

    Raises:
        NotAnExport: there is no list of videos, or the document is broken; its good rows were
            yielded before.

    """
    number = 0
    for _, items in groupby(_items(stream, limits), key=itemgetter(0)):
        for item in _if_videos(items):
            number += 1
            if not item.is_object:
                yield rejected(number, "row", item.said, "not an object")
            elif item.said is not None:
                yield number, item.fields
    if not number:
        raise NotAnExport("holds no list of TikTok videos")


def _if_videos(items: Iterator[_Item]) -> Iterator[_Item]:
    """Pass a list on from its start once one of its first rows is a video."""
    held = []
    for item in islice(items, HELD_ROWS):
        held.append(item)
        if is_video(item.fields):
            yield from held
            yield from items
            return


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
                fields, said = _object(events, limits.json_depth - len(around))
                source.row_ends()
                yield _Item(in_list, fields, said)
            elif event in _STARTS:
                around.append(next(lists) if event == "start_array" else None)
                _check_depth(around, limits.json_depth)
            elif event in _ENDS:
                around.pop()
            elif in_list is not None:
                yield _Item(in_list, {}, value, is_object=value is None)
    except (ijson.JSONError, ArithmeticError, UnicodeDecodeError) as error:
        early = "premature EOF" in str(error)
        raise NotAnExport("its JSON ends too early" if early else "its JSON is broken") from error


def _object(events: Events, depth: int) -> tuple[Fields, object]:
    """Read to the end of an object; return its known fields and any value that is not empty."""
    fields: Fields = {}
    said = name = None
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
            said = value
            if name in NAMES:
                fields[name] = value
    return fields, said


def _check_depth(levels: Sized, depth: int) -> None:
    if len(levels) > depth:
        raise NotAnExport("its JSON is nested too deep")


class _Source:
    """What ijson reads: bounded between two rows, and free of numbers that crash it.

    Its C parser does not survive an integer of more digits than Python's limit of 4,300.
    """

    def __init__(self, stream: io.BufferedReader, limits: Limits) -> None:
        self._stream = stream
        self._limit = limits.row_bytes + CHUNK_BYTES
        self._since_row = 0
        self._tail = b""
        self._endless = False

    def row_ends(self) -> None:
        self._since_row = 0

    def read(self, size: int) -> bytes:
        piece = self._stream.read1(size) if size else b""
        self._since_row += len(piece)
        if self._since_row > self._limit:
            raise NotAnExport(f"more than {self._limit:,} bytes without the end of a row")
        return self._before_endless(piece)

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

"""A file as bytes: unpacked, bounded, and told apart by its content."""

import io
import json
import re
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from gzip import BadGzipFile, GzipFile
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Literal

from scoring.intake.limits import Limits, NotAnExport
from scoring.intake.shapes import fields_of, is_video

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

Format = Literal["csv", "json", "jsonl", "parquet"]

HEAD_BYTES = 2**20
"""How much is looked at to tell the format; two rows of any export fit in it."""

RATIO_FROM_BYTES = 16 * 2**20
"""Below this a high compression ratio can do no harm."""

PARQUET = b"PAR1"

_GZIP = b"\x1f\x8b"
_BOM = b"\xef\xbb\xbf"
_FOREIGN = {
    b"PK\x03\x04": "a ZIP archive or a workbook: unpack it, or save it as CSV",
    _GZIP: "gzip inside gzip: unpack it once",
    b"BZh": "packed with bzip2: unpack it, or use gzip",
    b"\xfd7zXZ": "packed with xz: unpack it, or use gzip",
    b"\x28\xb5\x2f\xfd": "packed with zstd: unpack it, or use gzip",
    b"\xff\xfe": "UTF-16 text: save it as UTF-8",
    b"\xfe\xff": "UTF-16 text: save it as UTF-8",
}
_UNFINISHED = re.compile(rb"[\[{,:]\s*\Z")


class _Measured(io.RawIOBase):
    """The unpacked bytes of a file; stops where a limit is passed or the packing is broken.

    What was read before the break is handed out first, so that no whole row is lost.
    """

    def __init__(
        self, packed: BinaryIO, source: io.BufferedReader | GzipFile, limits: Limits
    ) -> None:
        self._packed = packed
        self._source = source
        self._limits = limits
        self._unpacked = 0
        self._refusal: NotAnExport | None = None

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "WriteableBuffer") -> int:
        view = memoryview(buffer).cast("B")
        got = 0
        while got < len(view) and not self._refusal:
            piece = self._piece(len(view) - got)
            if not piece:
                break
            view[got : got + len(piece)] = piece
            got += len(piece)
        if self._refusal and not got:
            raise self._refusal
        return got

    def _piece(self, size: int) -> bytes:
        try:
            piece = self._source.read1(size)
        except EOFError:
            self._refusal = NotAnExport("its gzip packing ends too early")
        except (BadGzipFile, zlib.error):
            self._refusal = NotAnExport("its gzip packing is damaged")
        else:
            self._unpacked += len(piece)
            self._refusal = self._too_much()
            return piece
        return b""

    def _too_much(self) -> NotAnExport | None:
        if self._unpacked > self._limits.file_bytes:
            return NotAnExport(f"holds more than {self._limits.file_bytes:,} bytes")
        allowed = self._limits.compression_ratio * self._packed.tell()
        if self._unpacked > max(RATIO_FROM_BYTES, allowed):
            return NotAnExport(
                f"unpacks to more than {self._limits.compression_ratio} times its size"
            )
        return None


@contextmanager
def opened(path: Path, limits: Limits) -> Iterator[io.BufferedReader]:
    """Open a file, unpacked where it is gzip, after its byte order mark.

    Reading from it raises NotAnExport where a limit is passed or the packing is broken.
    """
    with path.open("rb") as packed:
        is_gzip = packed.peek(2)[:2] == _GZIP
        source = GzipFile(fileobj=packed, mode="rb") if is_gzip else packed
        stream: io.BufferedReader = io.BufferedReader(_Measured(packed, source, limits), HEAD_BYTES)
        if stream.peek()[: len(_BOM)] == _BOM:
            stream.read(len(_BOM))
        yield stream


def format_of(head: bytes) -> Format:
    """Tell the format by a file's first bytes.

    Raises:
        NotAnExport: it is empty, binary, or packed in a way that is not read.

    """
    if head.startswith(PARQUET):
        return "parquet"
    for magic, what in _FOREIGN.items():
        if head.startswith(magic):
            raise NotAnExport(f"is {what}")
    text = head.lstrip()
    if not text:
        raise NotAnExport("is empty")
    if text.startswith(b"["):
        return "json"
    if text.startswith(b"{"):
        return "jsonl" if _is_lines(text) else "json"
    return _csv_or_binary(text)


def _csv_or_binary(text: bytes) -> Format:
    first = text.partition(b"\n")[0]
    try:
        printable = "\0" not in first.decode()
    except UnicodeDecodeError:
        printable = False
    if not printable:
        raise NotAnExport("is binary, not JSON, JSONL, CSV or Parquet in UTF-8")
    return "csv"


def _is_lines(text: bytes) -> bool:
    """Whether each line is an object of its own; either of the first two may be broken."""
    first, _, rest = text.partition(b"\n")
    second = rest.lstrip().partition(b"\n")[0]
    whole = _whole_object(first)
    if whole is not None:
        return second.startswith(b"{") or is_video(fields_of(whole))
    return not _UNFINISHED.search(first) and _whole_object(second) is not None


def _whole_object(line: bytes) -> dict[str, object] | None:
    if not line.rstrip().endswith(b"}"):
        return None
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def lines(stream: io.BufferedReader, limit: int) -> Iterator[bytes | None]:
    """Yield each line with its end; None in the place of one longer than `limit` bytes."""
    while line := stream.readline(limit + 1):
        if len(line) <= limit:
            yield line
            continue
        while line and not line.endswith(b"\n"):
            line = stream.readline(limit)
        yield None

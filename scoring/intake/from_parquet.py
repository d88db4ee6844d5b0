"""Rows of a Parquet file, of which only known columns are read."""

from collections.abc import Iterator
from typing import IO, TYPE_CHECKING

from db.observed import Rejected
from scoring.intake.limits import Limits, NotAnExport
from scoring.intake.observe import rejected
from scoring.intake.shapes import NAMES, Fields, fields_of, is_blank, is_video, plain

if TYPE_CHECKING:
    from pyarrow import RecordBatch

BATCH_ROWS = 1_024


def parquet_rows(file: IO[bytes], limits: Limits) -> Iterator[tuple[int, Fields] | Rejected]:
    """Yield each row's number and known fields; rows that hold nothing are only counted.

    Raises:
        NotAnExport: it is damaged, or no column is a count of a video, or there is no row.

    """
    import pyarrow as pa  # noqa: PLC0415  # slow to load

    number = 0
    try:
        for batch in _batches(file, limits):
            for row in _rows(batch):
                number += 1
                if row is None:
                    yield rejected(number, "row", None, "holds a value that can't be read")
                elif (fields := fields_of(row)) or not is_blank(row):
                    yield number, fields
    except (pa.ArrowException, OSError, ValueError) as error:
        raise NotAnExport("its Parquet is damaged") from error
    if not number:
        raise NotAnExport("has columns and no row")


def _batches(file: IO[bytes], limits: Limits) -> Iterator["RecordBatch"]:
    import pyarrow.parquet as pq  # noqa: PLC0415  # slow to load

    export = pq.ParquetFile(file, pre_buffer=False)
    groups = map(export.metadata.row_group, range(export.num_row_groups))
    if sum(group.total_byte_size for group in groups) > limits.file_bytes:
        raise NotAnExport(f"holds more than {limits.file_bytes:,} bytes")
    known = [column.path for column in export.schema if plain(column.path) in NAMES]
    if not is_video(dict.fromkeys(map(plain, known))):
        raise NotAnExport("no column is a count of a TikTok video")
    return export.iter_batches(BATCH_ROWS, columns=known, use_threads=False)  # type: ignore[no-any-return]  # pyarrow is untyped


def _rows(batch: "RecordBatch") -> Iterator[dict[str, object] | None]:
    """Yield a batch's rows; None for one that Python can't hold, such as a time in year 50,000."""
    try:
        yield from batch.to_pylist()
    except (ValueError, OverflowError):
        for place in range(batch.num_rows):
            yield _row(batch, place)


def _row(batch: "RecordBatch", place: int) -> dict[str, object] | None:
    try:
        row: dict[str, object] = batch.slice(place, 1).to_pylist()[0]
    except (ValueError, OverflowError):
        return None
    return row

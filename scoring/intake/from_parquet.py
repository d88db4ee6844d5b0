"""Rows of a Parquet file, of which only known columns are read."""

from collections.abc import Iterator
from typing import IO

from scoring.intake.limits import Limits, NotAnExport
from scoring.intake.shapes import NAMES, Fields, fields_of, is_blank, is_video, plain

BATCH_ROWS = 1_024


def parquet_rows(file: IO[bytes], limits: Limits) -> Iterator[tuple[int, Fields]]:
    """Yield each row's number and known fields; rows that hold nothing are only counted.

    Raises:
        NotAnExport: it is damaged, or no column is a count of a video.

    """
    import pyarrow as pa  # noqa: PLC0415  # slow to load

    try:
        for number, row in enumerate(_rows(file, limits), 1):
            fields = fields_of(row)
            if fields or not is_blank(row):
                yield number, fields
    except (pa.ArrowException, OSError) as error:
        raise NotAnExport("its Parquet is damaged") from error


def _rows(file: IO[bytes], limits: Limits) -> Iterator[dict[str, object]]:
    import pyarrow.parquet as pq  # noqa: PLC0415  # slow to load

    export = pq.ParquetFile(file, pre_buffer=False)
    groups = map(export.metadata.row_group, range(export.num_row_groups))
    if sum(group.total_byte_size for group in groups) > limits.file_bytes:
        raise NotAnExport(f"holds more than {limits.file_bytes:,} bytes")
    known = _known([column.path for column in export.schema])
    for batch in export.iter_batches(BATCH_ROWS, columns=known, use_threads=False):
        yield from batch.to_pylist()


def _known(paths: list[str]) -> list[str]:
    """Choose the columns, named with dots where nested, that hold fields of a video."""
    known = [path for path in paths if plain(path) in NAMES]
    if not is_video(dict.fromkeys(map(plain, known))):
        raise NotAnExport("no column is a count of a TikTok video")
    return known

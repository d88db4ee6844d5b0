"""Characters that a scraper cut in two: a caption loses them, and no row is lost."""

from pathlib import Path

import pytest

from db.observed import Observed
from tests.scoring.intake.exports import VIDEO, another, as_json, read


@pytest.mark.parametrize(
    "torn",
    [
        rb"jelly \ude00",
        rb"jelly \ud83d",
        rb"jelly \ud83d\ud83d",
        b"jelly \xed\xb8\x80",
        b"jelly \xff",
    ],
    ids=["second half", "first half", "two first halves", "as bytes", "no text"],
)
def test_a_torn_character_does_not_keep_the_rows_after_it(tmp_path: Path, torn: bytes):
    content = as_json([VIDEO | {"text": "torn"}, another(1)]).replace(b"torn", torn)
    first, second = read(tmp_path, content)
    assert isinstance(first, Observed)
    assert set(first.caption.removeprefix("jelly ")) == {"\ufffd"}
    assert isinstance(second, Observed)


def test_whole_emoji_and_written_backslashes_stay_as_they_are(tmp_path: Path):
    written = rb"\ud83d\ude00 \\ude00 \\\ud83d\ude00"
    content = as_json([VIDEO | {"text": "here"}]).replace(b"here", written)
    [row] = read(tmp_path, content)
    assert isinstance(row, Observed)
    assert row.caption == "😀 \\ude00 \\😀"

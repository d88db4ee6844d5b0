"""What the page about judging tells is what the program does."""

from pathlib import Path

from tests.transcripts.conversation import compared
from tests.transcripts.watched import DOC, held


async def test_videos_are_judged_as_the_page_tells_it(tmp_path: Path):
    told = DOC.read_text(encoding="utf-8")
    assert compared(await held(tmp_path, told)) == compared(told)

"""What the moderators' day tells is what the program does."""

from pathlib import Path

from tests.transcripts.conversation import compared
from tests.transcripts.day import DOC, held


async def test_the_day_of_the_moderators_is_what_the_sample_programme_answers(tmp_path: Path):
    told = DOC.read_text(encoding="utf-8")
    assert compared(await held(tmp_path, told)) == compared(told)

"""What the README shows is what the program does."""

from pathlib import Path

from tests.transcripts.conversation import README, compared, held, written


async def test_the_conversation_in_the_readme_is_what_the_sample_programme_answers(tmp_path: Path):
    assert compared(await held(tmp_path)) == compared(written())


def test_every_command_stands_in_the_readme():
    from bot.commands import COMMANDS

    words = README.read_text(encoding="utf-8")
    missing = [name for name in COMMANDS if name.split()[-1] not in words]
    assert missing == []

"""What is refused to whoever only plays a creator, as the console's `--as` lets people do."""

import pytest

from bot.command import Caller
from bot.reply import Tone
from tests.commands.programme import People
from tests.fakes.whole_database import everything

PLAYS_ANA = Caller("console", "you", "@ana", as_creator_id="author-ana")


@pytest.mark.parametrize("line", ["/link ben", "/unlink", "/connect", "/connect FP-AAAA-BBBB"])
async def test_nobody_joins_or_parts_accounts_in_somebody_elses_part(people: People, line: str):
    before = await people.store.read(everything)
    reply = await people.playing(PLAYS_ANA).says(line)
    assert (reply.text, reply.tone) == (
        "You only play a creator here. Leave --as out to do this for yourself.",
        Tone.REFUSED,
    )
    assert await people.store.read(everything) == before

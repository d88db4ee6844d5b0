"""A video whose file never came into the bucket settles without a sentiment, and says so."""

from collections.abc import Iterator

import pytest

from bot.config import Settings
from bot.sections_judging import Sentiment
from db.store import Store
from tests.commands.programme import ANA, MO, Person
from tests.fakes.cloud_storage import Emulator, emulator
from tests.scoring.programme import VIDEO, at, seen, take
from tests.scoring.watching_world import world

GEMINI = Settings(sentiment=Sentiment(judge="gemini"))


@pytest.fixture(scope="module")
def cloud() -> Iterator[Emulator]:
    with emulator() as started:
        yield started


async def test_it_waits_until_it_is_given_up_and_its_receipt_says_why(
    store: Store, cloud: Emulator
):
    async with world(store, cloud) as here:
        await take(store, seen(14))
        counts = [(await here.refresh(days)).counts for days in (14, 20, 21)]
        assert [one["settled"] for one in counts] == [0, 0, 1]
        assert [one["missing"] for one in counts[:2]] == [1, 1]
        assert here.server.asked == []
    ana, mo = (Person(store, GEMINI, one, at(21)) for one in (ANA, MO))
    await ana.says("/link amber.demo")
    await mo.says("/mod verify amber.demo we know her")
    receipt = await ana.says(f"/video {VIDEO}")
    assert dict(receipt.facts)["Sentiment"] == (
        "none. Its file never came. So it settled without one at an age of 21 days, and its z is 0."
    )
    assert receipt.title.endswith(": 100 points")

"""Whatever moderators, creators and refreshes do, in any order: the books are true after it."""

import os
from random import Random

import pytest

from bot.config import Settings
from bot.sections import Desk as Limits
from db.store import Store
from tests.commands.any_order import Desk
from tests.commands.programme import People

SEEDS = range(int(os.environ.get("SEEDS", "2")))
STEPS = int(os.environ.get("STEPS", "30"))


@pytest.mark.parametrize("seed", SEEDS)
async def test_the_books_are_true_after_each_act(store: Store, settings: Settings, seed: int):
    strict = settings.model_copy(update={"desk": Limits(two_person_over=180)})
    desk = Desk(People(store, strict), Random(seed))
    for _step in range(STEPS):
        await desk.step()
    assert desk.done.total() >= STEPS // 5

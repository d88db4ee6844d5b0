"""Whose rows are turned away once a creator was forgotten: theirs, and nobody else's."""

from dataclasses import replace

import pytest

from db import forgetting, forgotten, linking
from db.observed import Observed
from db.store import Store
from tests.db.programme import DAY, NOW, begin_run, open_creators
from tests.db.who_is_who import HOUR, ask, shows, take_in

KITE = "v-kite"


@pytest.fixture
async def store(store: Store) -> Store:
    """Where a creator, known by handle alone, with one video, was forgotten."""
    await store.write(open_creators, ann=0, bob=0)
    await store.write(begin_run)
    await take_in(store, shows("ann", NOW - DAY), shows("bob", NOW - DAY, author_id="6"))
    await ask(store, "1", "ann")
    await store.write(linking.verify, "ann", None, NOW)
    await store.write(forgetting.forget, "discord", "1", NOW)
    return store


def kite(handle: str = "ann", **said: object) -> Observed:
    """A row about a video that was never seen before."""
    return replace(shows(handle, NOW + HOUR, **said), video_id=KITE, number=2)


async def turned_away(store: Store, *rows: Observed) -> list[int]:
    recorded = await take_in(store, *rows)
    assert {one.reason for one in recorded.rejected} <= {forgotten.REASON}
    return [one.number for one in recorded.rejected]


@pytest.mark.parametrize("author_id", [None, "5"])
async def test_a_new_video_under_the_handle_is_turned_away(store: Store, author_id: str | None):
    assert await turned_away(store, kite(author_id=author_id)) == [2]


async def test_another_account_of_the_programme_that_takes_the_handle_is_not(store: Store):
    assert await turned_away(store, kite(author_id="6")) == []


async def test_once_their_id_is_told_another_account_may_have_the_handle(store: Store):
    assert await turned_away(store, shows("ann", NOW + HOUR, author_id="5")) == [1]
    assert await turned_away(store, kite(author_id="7")) == []


async def test_their_id_is_known_again_under_another_handle(store: Store):
    await turned_away(store, shows("ann", NOW + HOUR, author_id="5"))
    assert await turned_away(store, kite("ann.new", author_id="5")) == [2]

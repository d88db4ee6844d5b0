"""What people do twice, or at the same time as others: each ends as if one had come after another.

Only PostgreSQL runs them side by side; SQLite's one writer has them stand in line.
"""

import asyncio
from collections.abc import Awaitable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db import check, connecting, disputes, forgetting, linking, notices, people
from db.codes import Allowance
from db.models import Identity, Person
from db.refused import Refused
from db.store import Store
from tests.db.programme import NOW, begin_run, open_creators
from tests.db.who_is_who import HOLD, HOUR, ask, linked, shows, take_in, told

AGAIN = 8
MINUTE = timedelta(minutes=1)
SHORT = Allowance(15 * MINUTE, 5)


@pytest.fixture
async def store(store: Store) -> Store:
    """With two creators of whom one is somebody."""
    await store.write(open_creators, ann=300, bob=0)
    await store.write(begin_run)
    await ask(store, "1", "ann")
    await store.write(linking.verify, "ann", None, NOW)
    return store


async def surprises(*works: Awaitable[Any]) -> list[BaseException]:
    """Let all run at once; return what nobody is told in words."""
    async with asyncio.timeout(30):
        done = await asyncio.gather(*works, return_exceptions=True)
    return [one for one in done if isinstance(one, BaseException) and not isinstance(one, Refused)]


async def offered(store: Store, user_id: str) -> str:
    made = await store.write(connecting.offer, "discord", user_id, "Ann", SHORT, NOW)
    return made.code


def lone(session: Session) -> int:
    """How many people have no identity, and so can't be."""
    known = select(Identity.person_id)
    return session.scalar(select(func.count()).where(Person.person_id.not_in(known))) or 0


async def test_who_asks_twice_to_be_forgotten_is_forgotten_once(store: Store):
    twice = [store.write(forgetting.forget, "discord", "1", NOW + HOUR) for _ in range(AGAIN)]
    assert await surprises(*twice) == []
    assert await linked(store, "1") is None
    assert await store.read(lone) == 0


async def test_who_joins_twice_is_joined_once(store: Store):
    code = await offered(store, "1")
    await ask(store, "1", "bob", platform="telegram")
    joins = [
        store.write(connecting.join, "telegram", "1", "Ann", code, NOW + MINUTE)
        for _ in range(AGAIN)
    ]
    assert await surprises(*joins) == []
    assert await linked(store, "1", "telegram") == "ann"
    assert await store.read(lone) == 0


async def test_a_request_of_who_is_joined_just_then_is_the_joined_persons(store: Store):
    code = await offered(store, "1")
    await ask(store, "1", "bob", platform="telegram")
    join = store.write(connecting.join, "telegram", "1", "Ann", code, NOW + MINUTE)
    asks = [
        store.write(connecting.offer, "telegram", "1", "Ann", Allowance(MINUTE, 99), NOW)
        for _ in range(AGAIN)
    ]
    assert await surprises(join, *asks) == []
    assert await linked(store, "1", "telegram") == "ann"


async def test_what_is_told_to_who_is_forgotten_just_then_fails_nowhere(store: Store):
    news = [notices.News("ann", f"settled:{number}", {"points": 1}) for number in range(AGAIN)]
    tell = [store.write(notices.tell_creators, notices.SETTLED, [one], NOW) for one in news]
    forget = store.write(forgetting.forget, "discord", "1", NOW + HOUR)
    assert await surprises(*tell[::2], forget, *tell[1::2]) == []
    assert await store.read(told) == []


async def test_all_at_once_a_creator_is_one_persons_and_the_books_stay_clean(store: Store):
    code = await ask(store, "2", "ann")
    others = [ask(store, f"{number}", "ann") for number in range(3, 7)]
    join = connecting.join, "telegram", "1", "Ann", await offered(store, "1"), NOW + MINUTE
    dispute = await store.read(disputes.the_one, "ann", None)
    found = await surprises(
        *others,
        take_in(store, shows("ann", NOW + HOUR, bio=code)),
        store.write(linking.resolve, dispute, disputes.MOVED, NOW + HOUR, HOLD),
        store.write(*join),
        store.write(people.take_back, dispute.claimant_id, NOW + HOUR),
        store.write(forgetting.forget, "discord", "3", NOW + HOUR),
        store.write(forgetting.forget, "discord", "2", NOW + HOUR),
    )
    assert found == []
    assert await store.read(lone) == 0
    assert await store.read(lambda session: list(check.books(session))) == []

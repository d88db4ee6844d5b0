"""Pauses: one at a time of each thing, however many begin or end it at once."""

import asyncio

from sqlalchemy import select
from sqlalchemy.orm import Session

from db import pauses
from db.models import Pause
from db.store import Store
from tests.db.programme import DAY, NOW


async def begin(store: Store, reason: str, actor: str = "console:mo") -> str | None:
    return await store.write(pauses.begin, pauses.SHOP, reason, actor, NOW)


def reasons(session: Session) -> list[str]:
    return list(session.scalars(select(Pause.reason).where(Pause.ended_at.is_(None))))


async def test_of_ten_who_pause_at_once_one_does(store: Store):
    begun = await asyncio.gather(*(begin(store, f"reason {one}") for one in range(10)))
    assert len([one for one in begun if one is not None]) == 1
    (reason,) = await store.read(reasons)
    assert begun[int(reason.removeprefix("reason "))] is not None


async def test_of_ten_who_end_it_at_once_one_does(store: Store):
    pause_id = await begin(store, "we count")
    work = [store.write(pauses.end, pauses.SHOP, f"console:{one}", NOW) for one in range(10)]
    ended = [one for one in await asyncio.gather(*work) if one is not None]
    assert [one.pause_id for one in ended] == [pause_id]
    assert await store.read(pauses.open_, pauses.SHOP) is None


async def test_a_pause_is_ended_by_its_id_only_where_it_is_the_one_that_is_open(store: Store):
    first = await begin(store, "we count")
    await store.write(pauses.end, pauses.SHOP, "console:mo", NOW)
    await begin(store, "we move")
    assert await store.write(pauses.end, pauses.SHOP, "console:mo", NOW, first) is None
    assert await store.read(reasons) == ["we move"]


async def test_what_was_paused_is_kept_with_who_and_when(store: Store):
    await begin(store, "we count")
    ended = await store.write(pauses.end, pauses.SHOP, "discord:7", NOW + DAY)
    assert ended is not None
    assert (ended.reason, ended.began_by, ended.began_at) == ("we count", "console:mo", NOW)
    assert (ended.ended_by, ended.ended_at) == ("discord:7", NOW + DAY)

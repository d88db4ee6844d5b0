"""A notice is taken by one sender at a time, and what nobody needs any more is forgotten."""

import sqlite3
from contextlib import closing
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, insert, make_url, select, update

from db import notices, outbox
from db.models import Code, Notice, Outcome, Update
from db.notices import CODE
from db.store import Store
from tests.notices_world import NOON, SECOND, World
from tests.scoring.programme import statements

BOTH = ["discord", "telegram"]
DAY = timedelta(days=1)


@pytest.fixture
async def world(store: Store) -> World:
    world = World(store)
    await world.person("ana", "discord:1")
    return world


async def due(world: World) -> list[outbox.Due]:
    return await world.store.read(outbox.due, BOTH, world.clock.now)


async def take(world: World, one: outbox.Due) -> outbox.Taken | None:
    return await world.store.write(outbox.take, one, world.clock.now)


async def count(store: Store, model: type[Any]) -> int:
    return await store.read(lambda session: session.scalar(select(func.count()).select_from(model)))


async def test_a_message_is_taken_once(world: World):
    await world.alarm("ana", "a")
    (one,) = await due(world)
    assert await take(world, one) is not None
    assert await take(world, one) is None
    assert await due(world) == []


async def test_what_settled_since_it_was_seen_comes_along(world: World):
    await world.settle("ana", "a")
    (one,) = await due(world)
    await world.settle("ana", "b")
    taken = await take(world, one)
    assert taken is not None
    assert len(taken.told) == 2


async def test_a_message_without_an_end_is_taken_over_once_its_lease_is_over(world: World):
    await world.settle("ana", "a")
    (one,) = await due(world)
    first = await take(world, one)
    world.clock.turn(outbox.LEASE - SECOND)
    assert await due(world) == []
    world.clock.turn(SECOND)
    (again,) = await due(world)
    second = await take(world, again)
    assert await take(world, again) is None
    assert first is not None
    assert second is not None
    assert (second.nonce, second.tries) == (first.nonce, 2)


async def test_who_was_taken_over_changes_nothing_any_more(world: World):
    await world.settle("ana", "a")
    (one,) = await due(world)
    first = await take(world, one)
    world.clock.turn(outbox.LEASE)
    (again,) = await due(world)
    await take(world, again)
    for how in (outbox.sent, outbox.give_up):
        await world.store.write(how, first, world.clock.now)
    assert await world.states() == {"a": "sending"}


@pytest.mark.parametrize(
    ("ended", "expires", "sent"), [(None, DAY, True), (NOON, DAY, False), (None, -SECOND, False)]
)
async def test_a_code_that_was_used_or_is_over_is_not_told(
    world: World, ended: Any, expires: timedelta, *, sent: bool
):
    code = insert(Code).values(
        code_id="c",
        kind="link",
        person_id="ana",
        digest="d",
        created_at=NOON,
        expires_at=NOON + expires,
        ended_at=ended,
    )
    await world.store.write(lambda session: session.execute(code) and None)
    told = {"code_id": "c", "handle": "ana", "expires_at": NOON.isoformat()}
    await world.store.write(notices.tell, "ana", CODE, "code:c", told, NOON)
    (one,) = await due(world)
    assert (await take(world, one) is not None) is sent
    assert await world.states() == {"c": "sending" if sent else "dropped"}


async def test_what_is_due_to_nobody_is_dropped_but_a_front_that_is_away_is_waited_for(
    world: World,
):
    await world.person("bo")
    for name in ("ana", "bo"):
        await world.alarm(name, name)
    await world.store.write(outbox.clear, NOON + DAY)
    assert await world.states() == {"ana": "waiting", "bo": "dropped"}


async def test_looking_for_what_is_due_reads_the_open_notices_alone(
    sqlite_store: Store, sqlite_url: str
):
    world = World(sqlite_store)
    await world.person("ana", "discord:1")
    with statements() as sent:
        await due(world)
    ((statement, given),) = [one for one in sent if "FROM notices" in one[0]]
    with closing(sqlite3.connect(str(make_url(sqlite_url).database))) as connection:
        plan = [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {statement}", given)]
    assert any("notices_open" in line for line in plan), plan
    assert not any(line.startswith("SCAN") for line in plan), plan


async def test_a_month_later_notices_are_forgotten_some_at_a_time(world: World):
    for number in range(5):
        await world.alarm("ana", f"old{number}")
    await world.look()
    world.clock.turn(timedelta(days=20))
    await world.alarm("ana", "new")
    assert await world.store.write(notices.forget_old, NOON + timedelta(days=29), 2) == 0
    later = NOON + timedelta(days=31)
    assert [await world.store.write(notices.forget_old, later, 2) for _ in range(4)] == [2, 2, 1, 0]
    assert set(await world.states()) == {"new"}


async def test_what_may_never_be_sent_is_forgotten_too(world: World):
    world.connect("discord", connected=False)
    await world.alarm("ana", "a")
    await world.store.write(notices.forget_old, NOON + timedelta(days=31))
    assert await world.states() == {}


async def test_outcomes_are_kept_for_a_week_and_done_updates_for_three_days(store: Store):
    def fill(session: Any) -> None:
        for days in (6, 8):
            row = {"key": f"dc:{days}", "command": "c", "fingerprint": "f", "actor": "a"}
            session.execute(insert(Outcome).values(row | {"created_at": NOON - days * DAY}))
        for key, done in (("a", NOON - 4 * DAY), ("b", NOON - 2 * DAY), ("c", None)):
            row = {"key": f"tg:{key}", "received_at": NOON - 9 * DAY, "tries": 1, "done_at": done}
            session.execute(insert(Update).values(row))

    await store.write(fill)
    assert await store.write(notices.forget_old, NOON) == 2
    keys = await store.read(
        lambda session: [
            *session.scalars(select(Outcome.key)),
            *session.scalars(select(Update.key)),
        ]
    )
    assert sorted(keys) == ["dc:6", "tg:b", "tg:c"]


async def test_the_sender_forgets_once_an_hour(world: World):
    sender = world.sender()
    await world.alarm("ana", "a")
    await world.look(sender)
    for hours, left in ((0, 1), (0.9, 1), (24 * 31, 0)):
        world.clock.now = NOON + timedelta(hours=hours)
        await sender.tidy()
        assert await count(world.store, Notice) == left
    old = NOON - timedelta(days=40)
    await world.alarm("ana", "b")
    change = update(Notice).values(due_at=old, notice_id="0" * 23)
    await world.store.write(lambda session: session.execute(change) and None)
    for hours, left in ((0.9, 1), (1, 0)):
        world.clock.now = NOON + timedelta(hours=24 * 31 + hours)
        await sender.tidy()
        assert await count(world.store, Notice) == left

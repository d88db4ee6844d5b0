"""Updates are kept until they are done, and chats that moved are remembered."""

from datetime import timedelta

from sqlalchemy.orm import Session

from db import inbox, moved
from db.inbox import Undone
from db.models import Update
from db.store import Store
from tests.db.programme import NOW

BODY = {"update_id": 9, "message": {"text": "/points"}}


async def arrive(store: Store, *keys: str) -> None:
    for at, key in enumerate(keys):
        await store.write(inbox.arrived, key, BODY, NOW + timedelta(seconds=at))


async def undone_keys(store: Store, prefix: str = "tg:1:") -> list[str]:
    return [one.key for one in await store.read(inbox.undone, prefix)]


async def test_an_update_arrives_once(store: Store):
    assert await store.write(inbox.arrived, "tg:1:9", BODY, NOW)
    assert not await store.write(inbox.arrived, "tg:1:9", {"another": 1}, NOW)
    assert await store.read(inbox.undone, "tg:1:") == [Undone("tg:1:9", BODY, 1)]


async def test_what_is_undone_comes_back_in_the_order_in_which_it_came(store: Store):
    await arrive(store, "tg:1:30", "tg:1:4", "tg:1:20")
    assert await undone_keys(store) == ["tg:1:30", "tg:1:4", "tg:1:20"]


async def test_of_the_same_moment_the_lower_number_came_first(store: Store):
    for key in ("tg:1:10", "tg:1:9", "tg:1:11"):
        await store.write(inbox.arrived, key, BODY, NOW)
    assert await undone_keys(store) == ["tg:1:9", "tg:1:10", "tg:1:11"]


async def test_the_updates_of_another_bot_are_not_ours(store: Store):
    await arrive(store, "tg:1:9", "tg:12:9", "tg:1_:9")
    assert await undone_keys(store) == ["tg:1:9"]


async def test_each_try_is_counted(store: Store):
    await arrive(store, "tg:1:9", "tg:1:10")
    await store.write(inbox.begun, "tg:1:9")
    tries = [one.tries for one in await store.read(inbox.undone, "tg:1:")]
    assert tries == [2, 1]


async def test_what_is_done_keeps_its_key_and_loses_its_words(store: Store):
    await arrive(store, "tg:1:9")
    await store.write(inbox.done, "tg:1:9", NOW)
    assert await undone_keys(store) == []
    assert not await store.write(inbox.arrived, "tg:1:9", BODY, NOW)

    def body(session: Session) -> object:
        return session.get_one(Update, "tg:1:9").body

    assert await store.read(body) is None


async def test_a_chat_that_moved_is_remembered(store: Store):
    await store.write(moved.moved, "telegram", "-1", "-1001", NOW)
    await store.write(moved.moved, "telegram", "-1", "-1001", NOW)
    assert await store.read(moved.moves, "telegram") == {"-1": "-1001"}
    assert await store.read(moved.moves, "discord") == {}

"""One person on two platforms: joined by a code, and parted again."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from db import connecting, disputes, linking, people
from db.codes import Allowance
from db.models import Identity, Person
from db.refused import Refused
from db.store import Store
from tests.db.programme import NOW, open_creators
from tests.db.who_is_who import ask, linked

MINUTE = timedelta(minutes=1)
SHORT = Allowance(15 * MINUTE, 5)


@pytest.fixture
async def store(store: Store) -> Store:
    """With two creators."""
    await store.write(open_creators, ann=0, bob=0)
    return store


async def offered(store: Store, platform: str, user_id: str) -> str:
    made = await store.write(connecting.offer, platform, user_id, f"On {platform}", SHORT, NOW)
    return made.code


async def join(store: Store, platform: str, user_id: str, code: str, after: int = 1) -> Any:
    at = NOW + after * MINUTE
    return await store.write(connecting.join, platform, user_id, f"On {platform}", code, at)


def counted(session: Session) -> tuple[int, int]:
    return session.query(Person).count(), session.query(Identity).count()


@pytest.mark.parametrize("linked_on", ["discord", "telegram"])
@pytest.mark.parametrize(("first", "second"), [("discord", "telegram"), ("telegram", "discord")])
async def test_both_are_one_person_in_each_direction(
    store: Store, first: str, second: str, linked_on: str
):
    await ask(store, "1", "ann", platform=linked_on)
    await store.write(linking.verify, "ann", None, NOW)
    code = await offered(store, first, "1")
    found = await join(store, second, "1", code)
    assert found.platforms == (first,)
    assert [await linked(store, "1", one) for one in (first, second)] == ["ann", "ann"]
    assert await store.read(counted) == (1, 2)


async def test_a_code_joins_once(store: Store):
    code = await offered(store, "discord", "1")
    joined = (join(store, "telegram", f"{one}", code) for one in range(6))
    done = await asyncio.gather(*joined, return_exceptions=True)
    assert sorted(type(one).__name__ for one in done) == ["Other", *["Refused"] * 5]
    assert await store.read(counted) == (1, 2)


@pytest.mark.parametrize("typed", ["FP-2222-2222", "hello", "", "FP-7K3M"])
async def test_a_wrong_code_is_refused(store: Store, typed: str):
    await offered(store, "discord", "1")
    with pytest.raises(Refused, match="This code is not good, or not any more"):
        await join(store, "telegram", "1", typed)


async def test_an_expired_code_is_refused(store: Store):
    code = await offered(store, "discord", "1")
    with pytest.raises(Refused, match="This code is not good, or not any more"):
        await join(store, "telegram", "1", code, after=15)


async def test_the_code_of_a_claim_joins_nobody(store: Store):
    code = await ask(store, "1", "ann")
    with pytest.raises(Refused, match="This code is not good"):
        await join(store, "telegram", "1", code)


async def test_ones_own_code_is_refused(store: Store):
    code = await offered(store, "discord", "1")
    with pytest.raises(Refused, match="This code is your own"):
        await join(store, "discord", "1", code)


async def test_two_of_different_creators_are_not_joined(store: Store):
    for platform, handle in (("discord", "ann"), ("telegram", "bob")):
        await ask(store, "1", handle, platform=platform)
        await store.write(linking.verify, handle, None, NOW)
    code = await offered(store, "discord", "1")
    with pytest.raises(Refused, match="Both accounts are linked"):
        await join(store, "telegram", "1", code)
    assert await store.read(counted) == (2, 2)


async def test_a_second_account_on_a_platform_is_refused(store: Store):
    code = await offered(store, "discord", "1")
    with pytest.raises(Refused, match="one account on each platform"):
        await join(store, "discord", "2", code)


async def test_a_claim_and_its_code_come_along(store: Store):
    await ask(store, "1", "ann", platform="telegram")
    await join(store, "telegram", "1", await offered(store, "discord", "1"))
    (claim,) = await store.read(people.claims, None)
    assert (claim.identity, claim.handle) == ("discord:1", "ann")
    await store.write(linking.verify, "ann", "telegram:1", NOW)
    assert await linked(store, "1", "discord") == "ann"


async def test_who_disputed_their_own_creator_from_elsewhere_disputes_no_more(store: Store):
    await ask(store, "1", "ann")
    await store.write(linking.verify, "ann", None, NOW)
    await ask(store, "1", "ann", platform="telegram")
    assert await store.read(disputes.counted) == (1, 0)
    await join(store, "telegram", "1", await offered(store, "discord", "1"))
    assert await store.read(disputes.counted) == (0, 0)


async def test_parted_the_account_is_alone_and_the_other_keeps_the_creator(store: Store):
    await ask(store, "1", "ann")
    await store.write(linking.verify, "ann", None, NOW)
    await join(store, "telegram", "1", await offered(store, "discord", "1"))
    await store.write(connecting.part, "telegram", "1", "Ann", NOW)
    assert [await linked(store, "1", one) for one in ("discord", "telegram")] == ["ann", None]
    with pytest.raises(Refused, match="joined with no other"):
        await store.write(connecting.part, "telegram", "1", "Ann", NOW)

"""Two people who say to be one creator: what a claim, a proof and a decision change."""

import asyncio

import pytest

from db import disputes, forgetting, ledger, linking, people
from db.models import Person
from db.refused import Refused
from db.store import Store
from tests.db.programme import NOW, begin_run, open_creators
from tests.db.who_is_who import HOLD, HOUR, ask, linked, open_codes, shows, take_in, told


@pytest.fixture
async def store(store: Store) -> Store:
    """With two creators of whom one is somebody."""
    await store.write(open_creators, ann=300, bob=0)
    await store.write(begin_run)
    await ask(store, "1", "ann")
    await store.write(linking.verify, "ann", None, NOW)
    return store


async def proven(store: Store) -> None:
    """Let a second person prove to be who is taken."""
    code = await ask(store, "2", "ann")
    await take_in(store, shows("ann", NOW + HOUR, bio=code))


async def held(store: Store, after: int = 2) -> str:
    """Return why nothing is redeemed, or nothing."""
    try:
        await store.read(people.refuse_held, "ann", NOW + after * HOUR)
    except Refused as refused:
        return refused.reason
    return ""


async def decided(store: Store, outcome: str) -> None:
    one = await store.read(disputes.the_one, "@Ann", None)
    await store.write(linking.resolve, one, outcome, NOW + 2 * HOUR, HOLD)


async def test_a_second_claim_opens_a_dispute_and_moves_nothing(store: Store):
    await ask(store, "2", "ann")
    (one,) = await store.read(disputes.open_, 10)
    assert (one.handle, one.holder, one.claimant, one.identity, one.proven_at) == (
        "ann", "User 1", "User 2", "discord:2", None,
    )  # fmt: skip
    assert (await linked(store, "1"), await linked(store, "2")) == ("ann", None)
    assert await store.read(disputes.counted) == (1, 0)
    assert ("User 1", "account", "disputed") in await store.read(told)


async def test_who_claims_again_has_one_dispute(store: Store):
    for _ in range(3):
        await ask(store, "2", "ann")
    assert await store.read(disputes.counted) == (1, 0)


async def test_an_unproven_claim_stops_nobody_from_redeeming(store: Store):
    await ask(store, "2", "ann")
    assert await held(store) == ""


async def test_a_proven_claim_freezes_redeeming_and_moves_nothing(store: Store):
    await proven(store)
    assert "Nothing is redeemed until a moderator has decided" in await held(store)
    assert (await linked(store, "1"), await linked(store, "2")) == ("ann", None)
    assert await store.read(disputes.counted) == (1, 1)
    assert ("User 1", "account", "proven") in await store.read(told)
    assert await store.read(ledger.balance_of, "ann") == 300


async def test_kept_closes_the_claim_and_frees_redeeming(store: Store):
    await proven(store)
    await decided(store, disputes.KEPT)
    assert (await held(store), await linked(store, "1")) == ("", "ann")
    assert await store.read(disputes.open_, 10) == []
    found = await store.read(told)
    assert {("User 1", "account", "kept"), ("User 2", "account", "denied")} <= set(found)


async def test_moved_links_the_claimant_who_waits_before_redeeming(store: Store):
    await proven(store)
    await decided(store, disputes.MOVED)
    assert (await linked(store, "1"), await linked(store, "2")) == (None, "ann")
    assert "redeeming is possible from 2026-03-04 14:00 UTC on" in await held(store)
    assert await held(store, after=2 + 72) == ""
    found = await store.read(told)
    assert {("User 1", "account", "moved"), ("User 2", "account", "linked")} <= set(found)
    assert await store.read(ledger.balance_of, "ann") == 300


async def test_of_two_decisions_at_once_one_comes_about(store: Store):
    await proven(store)
    one = await store.read(disputes.the_one, "ann", None)
    outcomes = (disputes.MOVED, disputes.KEPT) * 3
    work = (store.write(linking.resolve, one, outcome, NOW, HOLD) for outcome in outcomes)
    done = await asyncio.gather(*work, return_exceptions=True)
    assert sorted(type(each).__name__ for each in done) == ["NoneType", *["Refused"] * 5]


async def test_of_several_claimants_one_has_to_be_named(store: Store):
    for user_id in "23":
        await ask(store, user_id, "ann")
    with pytest.raises(Refused, match=r"Name the person who claims @ann: .*discord:3"):
        await store.read(disputes.the_one, "ann", None)
    one = await store.read(disputes.the_one, "ann", "discord:3")
    await store.write(linking.resolve, one, disputes.MOVED, NOW, HOLD)
    assert await linked(store, "3") == "ann"
    assert await store.read(disputes.counted) == (0, 0)
    assert await store.read(open_codes) == 0


async def test_a_claimant_who_turns_to_another_creator_ends_the_dispute(store: Store):
    await ask(store, "2", "ann")
    await ask(store, "2", "bob")
    assert await store.read(disputes.counted) == (0, 0)


async def test_where_the_holder_leaves_the_claim_waits_like_any_other(store: Store):
    await ask(store, "2", "ann")
    person = await store.read(lambda session: session.query(Person).filter_by(name="User 1").one())
    assert await store.write(linking.leave, person.person_id, "ann", NOW) == "ann"
    assert await store.read(disputes.counted) == (0, 0)
    assert [one.name for one in await store.read(people.claims, None)] == ["User 2"]
    await store.write(linking.verify, "ann", None, NOW, HOLD)
    assert "came to another person here" in await held(store)


async def test_nobody_disputes_who_is_linked_to_nobody(store: Store):
    with pytest.raises(Refused, match="Nobody disputes who @bob is"):
        await store.read(disputes.the_one, "bob", None)


async def test_a_holder_hears_of_claims_once_a_day_however_often_somebody_claims(store: Store):
    for hours in (1, 2, 3, 25):
        await ask(store, "2", "ann", NOW + hours * HOUR)
        await store.write(forgetting.forget, "discord", "2", NOW + hours * HOUR)
    heard = [one for one in await store.read(told) if one[2] == "disputed"]
    assert heard == [("User 1", "account", "disputed")] * 2


async def test_a_holder_hears_of_each_time_that_a_code_is_seen(store: Store):
    await proven(store)
    await decided(store, disputes.KEPT)
    code = await ask(store, "2", "ann", NOW + 2 * HOUR)
    await take_in(store, shows("ann", NOW + 3 * HOUR, bio=code), at=NOW + 4 * HOUR)
    heard = [one for one in await store.read(told) if one[2] == "proven"]
    assert heard == [("User 1", "account", "proven")] * 2

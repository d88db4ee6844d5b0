"""People and the creators that they are: claimed by anybody, confirmed by a moderator, for one."""

import asyncio

import pytest
from sqlalchemy.orm import Session

from db import linking, people
from db.models import Identity, Person
from db.people import Claim
from db.refused import Refused
from db.store import Store
from tests.db.programme import DAY, NOW, open_creators


async def claim(store: Store, user_id: str, handle: str, name: str = "") -> str:
    who = name or f"User {user_id}"
    claimed = await store.write(people.claim, "discord", user_id, who, handle, NOW)
    return claimed.handle


async def creator_of(store: Store, user_id: str) -> str | None:
    return await store.read(people.creator_of, "discord", user_id)


@pytest.fixture(autouse=True)
async def creators(store: Store) -> None:
    await store.write(open_creators, ann=0, bob=0)


async def test_a_claim_links_nobody_until_it_is_confirmed(store: Store):
    assert await claim(store, "1", "@Ann") == "ann"
    assert await creator_of(store, "1") is None
    confirmed = await store.write(linking.verify, "ann", None, NOW + DAY)
    assert (confirmed.identity, confirmed.handle) == ("discord:1", "ann")
    assert await creator_of(store, "1") == "ann"
    person = await store.read(lambda session: session.query(Person).one())
    assert (person.linked_at, person.claims, person.claimed_at) == (NOW + DAY, None, None)


async def test_a_stranger_is_linked_to_nobody(store: Store):
    assert await creator_of(store, "99") is None


async def test_a_handle_that_was_never_seen_cant_be_claimed(store: Store):
    with pytest.raises(Refused, match="No creator @nobody has been seen"):
        await claim(store, "1", "@nobody")
    assert await store.read(lambda session: session.query(Person).count()) == 0


async def test_claiming_again_replaces_the_claim_and_makes_nobody_new(store: Store):
    await claim(store, "1", "ann", "An")
    await claim(store, "1", "bob", "Ann")
    (waiting,) = await store.read(people.claims, 10)
    assert (waiting.handle, waiting.name) == ("bob", "Ann")
    assert await store.read(_numbers) == (1, 1)


def _numbers(session: Session) -> tuple[int, int]:
    return session.query(Person).count(), session.query(Identity).count()


async def test_one_user_id_on_two_platforms_is_two_people(store: Store):
    await claim(store, "1", "ann")
    await store.write(people.claim, "telegram", "1", "Bob", "bob", NOW)
    assert await store.read(_numbers) == (2, 2)


async def test_who_is_linked_is_told_so(store: Store):
    await claim(store, "1", "ann")
    await store.write(linking.verify, "ann", None, NOW)
    with pytest.raises(Refused, match="You are linked to @ann already"):
        await claim(store, "1", "ann")
    with pytest.raises(Refused, match="linked to another creator already"):
        await claim(store, "1", "bob")


async def test_claims_wait_in_the_order_of_their_coming(store: Store):
    for number, handle in enumerate(["ann", "bob", "ann"]):
        who = (f"{number}", f"User {number}", handle, NOW + number * DAY)
        await store.write(people.claim, "discord", *who)
    waiting = await store.read(people.claims, 10)
    assert [one.identity for one in waiting] == ["discord:0", "discord:1", "discord:2"]
    assert [one.identity for one in await store.read(people.claims, 1)] == ["discord:0"]
    assert [one.identity for one in await store.read(people.claims, 10, "@Bob")] == ["discord:1"]
    assert await store.read(people.counted) == (0, 3)


async def test_of_two_claimants_a_moderator_has_to_name_one(store: Store):
    await claim(store, "1", "ann", "Ann")
    await claim(store, "2", "ann", "Eve")
    with pytest.raises(Refused, match=r"Name the person to link to @ann: .*Ann \(discord:1\)"):
        await store.write(linking.verify, "@ann", None, NOW)
    await store.write(linking.verify, "ann", "discord:1", NOW)
    assert await creator_of(store, "1") == "ann"
    assert await creator_of(store, "2") is None


async def test_a_creator_is_one_person_and_a_link_ends_the_claims_of_others(store: Store):
    await claim(store, "1", "ann", "Ann")
    await claim(store, "2", "ann", "Eve")
    await claim(store, "3", "bob", "Bob")
    await store.write(linking.verify, "ann", "discord:1", NOW)
    assert [one.name for one in await store.read(people.claims, None)] == ["Bob"]
    assert await store.read(people.counted) == (1, 1)
    assert await store.read(_is_and_claims, "Eve") == (None, None)
    with pytest.raises(Refused, match="That creator belongs to Ann already; nothing was changed"):
        await store.write(linking.verify, "ann", "discord:2", NOW)


async def test_who_belongs_to_somebody_can_be_claimed_and_stays_with_them(store: Store):
    await claim(store, "1", "ann", "Ann")
    await store.write(linking.verify, "ann", None, NOW)
    assert await claim(store, "2", "ann", "Eve") == "ann"
    assert await store.read(_is_and_claims, "Ann") == ("ann", None)
    assert await store.read(_is_and_claims, "Eve") == (None, "ann")
    assert await store.read(people.claims, None) == []
    assert await store.read(people.counted) == (1, 0)


async def test_an_old_claim_on_a_linked_creator_is_not_shown(store: Store):
    await claim(store, "1", "ann", "Ann")
    await claim(store, "2", "bob", "Eve")
    await store.write(linking.verify, "ann", None, NOW)
    await store.write(_claims_all_the_same, "Eve", "ann")
    assert await store.read(people.claims, None) == []
    assert await store.read(people.counted) == (1, 0)


def _claims_all_the_same(session: Session, name: str, creator_id: str) -> None:
    session.query(Person).filter_by(name=name).update({Person.claims: creator_id})


async def test_claims_are_found_by_a_part_of_the_handle(store: Store):
    await store.write(open_creators, **{"a_nn": 0, "tom%": 0})
    for number, handle in enumerate(["ann", "a_nn", "tom%", "bob"]):
        await store.write(people.claim, "discord", f"{number}", handle, handle, NOW + number * DAY)
    typed = {"": 4, "nn": 2, "@AN": 1, "_": 1, "%": 1, "x": 0}
    found = {one: await store.read(people.claims, None, None, one) for one in typed}
    assert {one: len(claims) for one, claims in found.items()} == typed
    assert [one.handle for one in await store.read(people.claims, 1, None, "bo")] == ["bob"]


async def test_a_crowd_of_claimants_hides_nobody(store: Store):
    for number in range(15):
        await claim(store, f"{number}", "ann")
    with pytest.raises(Refused, match=r"and 5 more\.$"):
        await store.write(linking.verify, "ann", None, NOW)
    await store.write(linking.verify, "ann", "discord:14", NOW)
    assert await creator_of(store, "14") == "ann"


async def test_nobody_who_waits_and_nobody_of_that_name_are_told_in_words(store: Store):
    with pytest.raises(Refused, match="Nobody waits to be linked to @ann"):
        await store.write(linking.verify, "ann", None, NOW)
    await claim(store, "1", "ann")
    with pytest.raises(Refused, match="Name the person"):
        await store.write(linking.verify, "ann", "discord:7", NOW)


async def test_a_first_claim_that_is_sent_many_times_at_once_makes_one_person(store: Store):
    claimed = await asyncio.gather(*(claim(store, "1", "ann") for _ in range(9)))
    assert claimed == ["ann"] * 9
    assert await store.read(_numbers) == (1, 1)


async def test_of_a_claim_and_a_link_at_once_only_one_comes_about(store: Store):
    names = [f"c{number}" for number in range(20)]
    await store.write(open_creators, **dict.fromkeys(names, 0))
    for name in names:
        await claim(store, name, name)
    links = (store.write(linking.verify, name, f"discord:{name}", NOW) for name in names)
    others = (claim(store, name, "bob") for name in names)
    work = [one for pair in zip(links, others, strict=True) for one in pair]
    outcomes = await asyncio.gather(*work, return_exceptions=True)
    assert [one for one in outcomes if isinstance(one, Exception) and not refused(one)] == []
    for name, linked, claimed in zip(names, outcomes[::2], outcomes[1::2], strict=True):
        assert refused(linked) != refused(claimed)
        expected = (None, "bob") if refused(linked) else (name, None)
        assert await store.read(_is_and_claims, f"User {name}") == expected


def refused(outcome: object) -> bool:
    return isinstance(outcome, Refused)


def _is_and_claims(session: Session, name: str) -> tuple[str | None, str | None]:
    person = session.query(Person).filter_by(name=name).one()
    return person.creator_id, person.claims


async def test_who_is_linked_is_linked_to_nobody_else(store: Store):
    await claim(store, "1", "ann", "Ann")
    await store.write(linking.verify, "ann", None, NOW)
    await store.write(_claims_all_the_same, "Ann", "bob")
    with pytest.raises(Refused, match="Ann is linked to another creator already; nothing"):
        await store.write(linking.verify, "bob", None, NOW)
    assert await creator_of(store, "1") == "ann"


async def test_of_two_moderators_who_confirm_at_once_one_is_told_it_is_done(store: Store):
    await claim(store, "1", "ann", "Ann")
    await claim(store, "2", "ann", "Eve")
    work = [store.write(linking.verify, "ann", f"discord:{one}", NOW) for one in (1, 2, 1, 2)]
    outcomes = await asyncio.gather(*work, return_exceptions=True)
    assert sorted(type(one).__name__ for one in outcomes) == [
        Claim.__name__,
        *(Refused.__name__,) * 3,
    ]
    assert await store.read(people.counted) == (1, 0)

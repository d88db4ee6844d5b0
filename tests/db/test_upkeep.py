"""What the bot does by itself: it warns once, gives points back after the grace, and reminds."""

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from db import check, ledger, redemptions, shop, upkeep
from db.models import Audit, KeptPicture, Notice, Person, Post, Redemption, Reward
from db.store import Store
from db.upkeep import KeptUp
from tests.db.programme import DAY, NOW, mug, open_creators, open_shop, order

MUG, TALK = shop.redemption_id_of("o1"), shop.redemption_id_of("o2")
HOUR = timedelta(hours=1)
LATE = NOW + 3 * DAY + HOUR
"""An hour after the promised day."""


def two_promises(session: Session) -> None:
    """Ann has a mug for 150, and a talk for 90 waits; both within three days."""
    open_creators(session, ann=500)
    session.add(Person(person_id="p1", name="Ann", created_at=NOW, creator_id="ann"))
    terms = {"mug": mug(stock=3, deliver_days=3), "talk": mug(amount=90, needs_approval=True)}
    open_shop(session, **terms)
    shop.redeem(session, order("ann", "o1"), NOW)
    shop.redeem(session, order("ann", "o2", amount=90, reward_id="talk"), NOW)
    session.flush()
    session.get_one(Redemption, TALK).deliver_by = NOW + 3 * DAY


def keep_up(session: Session, hours: int, limit: int = 50) -> KeptUp:
    """So many hours after the promised day; a day of grace, and a queue of two days."""
    now = NOW + 3 * DAY + hours * HOUR
    return upkeep.keep_up(session, now, grace=DAY, queue=2 * DAY, limit=limit)


async def posts(store: Store, kind: str) -> list[dict[str, object]]:
    rows = select(Post.told).where(Post.kind == kind).order_by(Post.key)
    return await store.read(lambda session: list(session.scalars(rows)))


async def states(store: Store) -> list[str]:
    ids = (MUG, TALK)
    return await store.read(lambda one: [one.get_one(Redemption, each).state for each in ids])


async def test_what_is_late_is_warned_of_once(store: Store):
    await store.write(two_promises)
    assert (await store.write(keep_up, -1)).warned == 0
    assert (await store.write(keep_up, 1)).warned == 2
    assert (await store.write(keep_up, 2)).warned == 0
    (told,) = [one for one in await posts(store, "overdue") if one["redemption_id"] == MUG]
    assert (told["reward"], told["handle"]) == ("Mug", "ann")
    assert told["deliver_by"] == (NOW + 3 * DAY).isoformat()
    assert told["returns_at"] == (NOW + 4 * DAY).isoformat()
    assert await states(store) == ["approved", "requested"]


async def test_after_the_grace_the_points_come_back_by_themselves(store: Store):
    await store.write(two_promises)
    await store.write(keep_up, 23)
    assert await states(store) == ["approved", "requested"]
    assert (await store.write(keep_up, 25)).returned == 2
    assert await states(store) == ["refunded", "rejected"]
    assert await store.read(ledger.balance_of, "ann") == 500
    assert (await store.read(lambda one: one.get_one(Reward, "mug"))).stock == 3
    assert (await store.write(keep_up, 26)).returned == 0
    assert await store.read(lambda session: list(check.books(session))) == []


async def test_a_return_is_told_to_all_and_stands_in_the_record(store: Store):
    await store.write(two_promises)
    await store.write(keep_up, 25)
    assert [one["amount"] for one in await posts(store, "returned")].count(150) == 1
    changed = [one for one in await posts(store, "redeemed") if one["redemption_id"] == MUG]
    assert [(one["state"], one["why"]) for one in changed] == [("refunded", "not given in time")]
    record = await store.read(lambda session: list(session.scalars(select(Audit))))
    assert {(one.actor, one.act, one.subject) for one in record} == {
        ("system:upkeep", "mod refund", MUG),
        ("system:upkeep", "mod reject", TALK),
    }
    told = await store.read(lambda session: list(session.scalars(select(Notice.told))))
    assert {one["reason"] for one in told} == {"not given in time"}


async def test_much_is_done_in_small_parts(store: Store):
    await store.write(two_promises)
    assert (await store.write(keep_up, 25, 1)).more
    assert (await store.write(keep_up, 25, 1)).more
    assert await store.write(keep_up, 25, 1) == KeptUp(0, 0, 0, more=False)
    assert await states(store) == ["refunded", "rejected"]
    assert await posts(store, "overdue") == []  # as it came back, nobody was to hurry


async def test_what_was_given_in_time_is_left_alone(store: Store):
    await store.write(two_promises)
    for one in (MUG, TALK):
        await store.write(redemptions.fulfil, one, "by post", "console:mo", NOW)
    assert await store.write(keep_up, 25) == KeptUp(0, 0, 0, more=False)
    assert await states(store) == ["fulfilled", "fulfilled"]


async def test_a_long_queue_is_said_once_a_day(store: Store):
    await store.write(two_promises)
    for hours in (1, 2, 3):
        await store.write(keep_up, hours)
    (told,) = await posts(store, "waiting")
    assert told == {"count": 1, "oldest": NOW.isoformat()}
    await store.write(keep_up, 23)
    assert len(await posts(store, "waiting")) == 2


async def test_forgetting_leaves_no_evidence_reason_or_picture(store: Store):
    await store.write(two_promises)
    await store.write(redemptions.fulfil, MUG, "Ann's door", "console:mo", NOW, b"GIF89a")
    await store.write(redemptions.reject, TALK, "Ann was rude", "console:mo", NOW)
    await store.write(redemptions.erase, "ann")
    mug_, talk = await store.read(
        lambda one: [one.get_one(Redemption, each) for each in (MUG, TALK)]
    )
    assert (mug_.evidence, talk.reason) == (None, None)
    assert await store.read(lambda session: session.scalar(select(KeptPicture))) is None

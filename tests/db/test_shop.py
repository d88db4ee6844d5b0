"""Redemptions: stock, limit, price and points in one transaction, once, in words where refused."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from db import check, redemptions, rewards, shop
from db.ledger import KeyReused, balance_of, reverse
from db.models import Entry, Redemption, Reward, Transfer
from db.redemptions import fulfil
from db.refused import Refused
from db.rewards import Terms
from db.shop import Order, Redeemed, redeem
from db.store import Store
from tests.db.programme import DAY, NOW, mug, open_creators, open_shop, order


def open_all(session: Session) -> None:
    """Ann has 500 points, Bob 100; mugs for 150, three left, two each; talks want approval."""
    open_creators(session, ann=500, bob=100)
    open_shop(
        session,
        mug=mug(stock=3, limit_per_creator=2),
        talk=Terms("Talk", 400, "Half an hour with us", needs_approval=True),
    )


def left(session: Session) -> tuple[int, int | None, int]:
    """Ann's points, mugs in stock, redemptions."""
    stock = session.get_one(Reward, "mug").stock
    return balance_of(session, "ann"), stock, session.query(Redemption).count()


async def refusal(store: Store, wanted: Order) -> str:
    """Return why an order is refused, having made sure that nothing was taken."""
    before = await store.read(left)
    with pytest.raises(Refused) as refused:
        await store.write(redeem, wanted, NOW)
    assert await store.read(left) == before
    assert await store.read(lambda session: list(check.books(session))) == []
    return refused.value.reason


async def test_redeeming_takes_points_and_stock_and_says_what_is_left(store: Store):
    await store.write(open_all)
    redeemed = await store.write(redeem, order("ann", "o1"), NOW)
    assert redeemed == Redeemed(
        redemption_id=shop.redemption_id_of("o1"),
        name="Mug",
        exposure="A mug by post",
        amount=150,
        state="approved",
        balance=350,
        fresh=True,
    )
    assert await store.read(left) == (350, 2, 1)


async def test_a_redemption_keeps_the_price_and_the_promise_of_its_day(store: Store):
    await store.write(open_all)
    await store.write(redeem, order("ann", "o1"), NOW)
    await store.write(rewards.edit, "mug", Terms(amount=900, exposure="A cup"), NOW)
    kept = await store.read(lambda session: session.query(Redemption).one())
    assert (kept.amount, kept.exposure, kept.creation_date) == (150, "A mug by post", NOW)


async def test_the_same_order_again_answers_the_same_and_takes_nothing(store: Store):
    await store.write(open_all)
    first = await store.write(redeem, order("ann", "o1"), NOW)
    again = await store.write(redeem, order("ann", "o1"), NOW + DAY)
    assert (again.redemption_id, again.fresh, again.balance) == (first.redemption_id, False, 350)
    assert await store.read(left) == (350, 2, 1)


@pytest.mark.parametrize(
    "since",
    [
        Terms(amount=200),
        Terms(stock=0),
        Terms(limit_per_creator=1),
        Terms(needs_approval=True),
        None,
    ],
    ids=["dearer", "sold out", "limited", "to be approved", "retired"],
)
async def test_an_order_that_stands_is_answered_whatever_the_shop_became_since(
    store: Store, since: Terms | None
):
    await store.write(open_all)
    await store.write(redeem, order("ann", "o1"), NOW)
    if since is None:
        await store.write(rewards.retire, "mug", NOW)
    else:
        await store.write(rewards.edit, "mug", since, NOW)
    again = await store.write(redeem, order("ann", "o1"), NOW)
    assert (again.fresh, again.amount, again.state) == (False, 150, "approved")


async def test_an_order_that_was_refused_may_be_placed_again(store: Store):
    await store.write(open_all)
    await refusal(store, order("bob", "o1"))
    await store.write(rewards.edit, "mug", Terms(amount=100), NOW)
    assert (await store.write(redeem, order("bob", "o1", amount=100), NOW)).fresh


async def test_another_creators_order_key_is_an_error_and_tells_nothing(store: Store):
    await store.write(open_all)
    await store.write(redeem, order("ann", "o1"), NOW)
    for forged in (order("bob", "o1"), order("ann", "o1", reward_id="talk", amount=400)):
        with pytest.raises(KeyReused, match=r"^o1 stands for another order$"):
            await store.write(redeem, forged, NOW)
    assert await store.read(left) == (350, 2, 1)


async def test_a_key_of_the_ledger_is_no_order(store: Store):
    await store.write(open_all)
    (taken,) = await store.read(
        lambda session: session.scalars(select(Transfer.key).where(Transfer.amount == 100)).all()
    )
    with pytest.raises(KeyReused):
        await store.write(redeem, order("ann", taken), NOW)


async def test_a_price_that_changed_since_it_was_shown_is_refused_with_the_new_one(store: Store):
    await store.write(open_all)
    await store.write(rewards.edit, "mug", Terms(amount=1_200), NOW)
    assert await refusal(store, order("ann", "o1")) == (
        "Mug costs 1,200 points now, no longer 150; nothing was taken. "
        "Send /redeem again to see the new price."
    )


async def test_too_few_points_are_refused_with_what_there_is(store: Store):
    await store.write(open_all)
    said = await refusal(store, order("bob", "o1"))
    assert said == "That takes 150 points, and 100 are available."


async def test_what_is_sold_out_is_refused(store: Store):
    await store.write(open_all)
    await store.write(rewards.edit, "mug", Terms(stock=0), NOW)
    assert await refusal(store, order("ann", "o1")) == "Mug is sold out; nothing was taken."


async def test_what_is_retired_or_was_never_there_is_refused(store: Store):
    await store.write(open_all)
    await store.write(rewards.retire, "mug", NOW)
    assert await refusal(store, order("ann", "o1")) == "“mug” is not in the shop any more."
    said = await refusal(store, order("ann", "o1", reward_id="pony"))
    assert said == "“pony” is not in the shop any more."


async def test_the_limit_for_each_creator_holds(store: Store):
    await store.write(open_all)
    for key in ("o1", "o2"):
        await store.write(redeem, order("ann", key), NOW)
    assert await refusal(store, order("ann", "o3")) == (
        "Mug is limited to 2 for each creator, and you have had 2."
    )


@pytest.mark.parametrize("state", rewards.GIVEN_BACK)
async def test_what_was_given_back_does_not_count_against_the_limit(store: Store, state: str):
    await store.write(open_all)
    await store.write(rewards.edit, "mug", Terms(limit_per_creator=1), NOW)
    await store.write(redeem, order("ann", "o1"), NOW)
    await store.write(give_back, "o1", state)
    assert (await store.write(redeem, order("ann", "o2"), NOW)).fresh
    assert await refusal(store, order("ann", "o3")) == (
        "Mug is limited to 1 for each creator, and you have had 1."
    )


def give_back(session: Session, key: str, state: str) -> None:
    payment = session.query(Transfer).filter_by(key=key).one()
    reverse(session, payment.transfer_id, "broken in the post", "console:mo", NOW)
    session.query(Redemption).filter_by(key=key).one().state = state
    session.get_one(Reward, "mug").stock += 1


async def test_a_reward_without_stock_or_limit_never_ends(store: Store):
    await store.write(open_creators, ann=1_000)
    await store.write(open_shop, wave=Terms("Wave", 1, "We wave at you"))
    for number in range(5):
        wave = order("ann", f"o{number}", amount=1, reward_id="wave")
        await store.write(redeem, wave, NOW)
    assert await store.read(balance_of, "ann") == 995


def held(session: Session) -> dict[str, int]:
    """What lies on each system account."""
    found: dict[str, int] = {}
    rows = session.execute(select(Entry.account_id, Entry.amount))
    for account_id, amount in rows:
        found[account_id] = found.get(account_id, 0) + amount
    return {name: amount for name, amount in found.items() if name.startswith("system:")}


TALK = order("ann", "o1", amount=400, reward_id="talk")


async def test_what_needs_approval_waits_in_escrow_until_it_is_given(store: Store):
    await store.write(open_all)
    asked = await store.write(redeem, TALK, NOW)
    assert (asked.state, asked.balance) == ("requested", 100)
    assert await store.read(held) == {"system:issued": -600, "system:escrow": 400}
    decided = await store.write(fulfil, asked.redemption_id, "a call", "console:mo", NOW + DAY)
    done = decided.redemption
    assert (done.state, done.evidence, done.changed_at) == ("fulfilled", "a call", NOW + DAY)
    assert await store.read(held) == {
        "system:issued": -600,
        "system:escrow": 0,
        "system:spent": 400,
    }
    assert await store.read(lambda session: list(check.books(session))) == []


async def test_what_needs_no_approval_is_spent_at_once_and_once(store: Store):
    await store.write(open_all)
    redeemed = await store.write(redeem, order("ann", "o1"), NOW)
    await store.write(fulfil, redeemed.redemption_id, None, "console:mo", NOW)
    assert await store.read(held) == {"system:issued": -600, "system:spent": 150}


async def test_where_points_wait_is_what_the_order_said_and_not_what_the_shop_says_now(
    store: Store,
):
    await store.write(open_all)
    asked = await store.write(redeem, TALK, NOW)
    await store.write(rewards.edit, "talk", Terms(needs_approval=False), NOW)
    await store.write(fulfil, asked.redemption_id, None, "console:mo", NOW)
    assert (await store.read(held))["system:escrow"] == 0


async def test_a_redemption_is_fulfilled_once(store: Store):
    await store.write(open_all)
    asked = await store.write(redeem, TALK, NOW)
    await store.write(fulfil, asked.redemption_id, None, "console:mo", NOW)
    with pytest.raises(Refused, match="Given already by console:mo"):
        await store.write(fulfil, asked.redemption_id, None, "console:mo", NOW)
    with pytest.raises(Refused, match="There is no redemption nope"):
        await store.write(fulfil, "nope", None, "console:mo", NOW)


async def test_a_creators_redemptions_are_listed_newest_first(store: Store):
    await store.write(open_all)
    await store.write(redeem, order("ann", "o1"), NOW)
    await store.write(redeem, order("ann", "o2"), NOW + DAY)
    rows = await store.read(redemptions.redemptions_of, "ann", 10)
    assert [(one.key, name) for one, name in rows] == [("o2", "Mug"), ("o1", "Mug")]
    assert len(await store.read(redemptions.redemptions_of, "ann", 1)) == 1
    assert list(await store.read(redemptions.redemptions_of, "bob", 10)) == []


async def test_what_waits_for_a_moderator_is_listed_oldest_first(store: Store):
    await store.write(open_all)
    first = await store.write(redeem, order("ann", "o1"), NOW)
    await store.write(redeem, order("ann", "o2"), NOW + DAY)
    rows = await store.read(redemptions.waiting, 10)
    assert [(one.key, name, handle) for one, name, handle in rows] == [
        ("o1", "Mug", "ann"),
        ("o2", "Mug", "ann"),
    ]
    await store.write(fulfil, first.redemption_id, None, "console:mo", NOW)
    assert [one.key for one, _, _ in await store.read(redemptions.waiting, 10)] == ["o2"]


def test_a_redemptions_id_can_be_read_aloud():
    ids = {shop.redemption_id_of(f"redeem:ann:{number}") for number in range(2_000)}
    assert len(ids) == 2_000
    assert {len(one) for one in ids} == {10}
    assert not set("".join(ids)) & set("01ilo")

"""What a creator reads of a reward's terms: in the shop, before an order, and after it."""

from dataclasses import replace

import pytest
from sqlalchemy import update

from bot.command import suggestions
from bot.reply import Reply, Tone
from db import pauses
from db.models import Creator, Person, Redemption, Reward
from tests.commands.programme import DAY, NOW, People

MINUTE = DAY / 1_440


async def change(people: People, reward_id: str, **terms: object) -> None:
    statement = update(Reward).where(Reward.reward_id == reward_id).values(**terms)
    await people.store.write(lambda session: session.execute(statement))


async def linked(people: People, days: int) -> None:
    statement = update(Person).values(linked_at=NOW - days * DAY)
    await people.store.write(lambda session: session.execute(statement))


def refused(reply: Reply) -> str:
    assert reply.tone is Tone.REFUSED, reply
    return reply.text


def mug_of(reply: Reply) -> tuple[str, ...]:
    assert reply.table is not None
    return next(row for row in reply.table.rows if row[0] == "Mug")


CAN_NOT = [
    ({"sale_from": NOW + DAY}, "from 3 Mar 2026"),
    ({"min_followers": 1_001}, "needs 1,001 followers"),
    ({"linked_days": 5}, "yours from 5 Mar 2026"),
]
CAN = [
    ({"sale_from": NOW, "sale_until": NOW + DAY}, "2 left, until 3 Mar 2026"),
    ({"min_followers": 1_000, "linked_days": 2}, "2 left"),
    (
        {"next_amount": 180, "next_amount_at": NOW + DAY},
        "2 left, 180 points from 3 Mar 2026",
    ),
]


@pytest.mark.parametrize(("terms", "words"), CAN_NOT)
async def test_what_can_not_be_had_says_why_and_is_not_offered(
    people: People, terms: dict[str, object], words: str
):
    await linked(people, 2)
    await change(people, "mug", **terms)
    reply = await people.ana.says("/shop")
    assert mug_of(reply)[3] == words
    assert reply.menu is not None
    assert [one.call for one in reply.menu.choices] == ["redeem|story", "redeem|tour"]
    (offered,) = await suggestions(people.ana.call(), "redeem", "reward", "mug")
    assert offered.label == f"Mug (150 points; {words})"
    assert (await people.ana.says("/redeem mug")).tone is Tone.REFUSED
    points = dict((await people.ana.says("/points")).facts)
    assert points["In reach"] == "Tour (200 points); 9,766 points to Car"


@pytest.mark.parametrize(("terms", "words"), CAN)
async def test_what_can_be_had_says_until_when_and_what_is_announced(
    people: People, terms: dict[str, object], words: str
):
    await linked(people, 2)
    await change(people, "mug", **terms)
    reply = await people.ana.says("/shop")
    assert mug_of(reply)[3] == words
    assert (await people.ana.says("/redeem mug")).title == "Mug for 150 points?"


async def test_a_stranger_reads_what_a_reward_needs(people: People):
    await change(people, "mug", min_followers=1_000)
    await change(people, "tour", linked_days=30)
    reply = await people.eve.says("/shop")
    assert [row[3] for row in reply.table.rows] == [
        "",
        "needs 1,000 followers",
        "once linked for 30 days",
        "",
    ]


async def test_followers_that_nobody_has_seen_are_not_enough(people: People):
    await change(people, "mug", min_followers=1)
    unseen = update(Creator).values(follower_count=None)
    await people.store.write(lambda session: session.execute(unseen))
    assert mug_of(await people.ana.says("/shop"))[3] == "needs 1 follower"
    assert "is not known yet" in refused(await people.ana.says("/redeem mug"))


async def test_a_sale_that_is_over_is_out_of_the_shop(people: People):
    await change(people, "mug", sale_until=NOW)
    reply = await people.ana.says("/shop")
    assert "Mug" not in [row[0] for row in reply.table.rows]
    assert "“mug” is not in the shop" in refused(await people.ana.says("/redeem mug"))


async def test_a_paused_shop_is_said_where_a_reward_is_suggested(people: People):
    await people.store.write(pauses.begin, pauses.SHOP, "we move", "discord:7", NOW)
    (offered,) = await suggestions(people.ana.call(), "redeem", "reward", "mug")
    assert offered.label == "Mug (150 points; paused)"
    assert dict((await people.ana.says("/points")).facts)["In reach"] == (
        "nothing in the shop just now"
    )


async def test_the_question_tells_the_promise_the_last_day_and_the_price_to_come(people: People):
    await change(
        people,
        "mug",
        deliver_days=7,
        sale_until=NOW + 30 * DAY,
        next_amount=180,
        next_amount_at=NOW + 7 * DAY,
    )
    assert mug_of(await people.ana.says("/shop"))[2] == "A mug by post (within 7 days)"
    asked = await people.ana.says("/redeem mug")
    assert asked.facts[2:] == (
        ("You get it", "within 7 days"),
        ("On sale until", "1 Apr 2026"),
        ("From 9 Mar 2026 on", "180 points"),
    )


async def test_an_open_question_keeps_its_price_for_an_hour_after_it_rose(everybody: People):
    asked = await everybody.ana.says("/redeem story")
    other = await everybody.ana.says("/redeem story")
    await everybody.mo.says("/mod reward edit story amount=45 it became dearer")
    last = replace(everybody.ana, at=NOW + 7 * DAY + 59 * MINUTE)
    late = replace(everybody.ana, at=NOW + 7 * DAY + 60 * MINUTE)
    assert (await last.says("/redeem story")).title == "Story for 45 points?"
    paid = await last.presses(asked.buttons[0])
    assert paid.facts[0] == ("Paid", "40 points")
    assert refused(await late.presses(other.buttons[0])) == (
        "Story costs 45 points now, no longer 40; nothing was taken. "
        "Send /redeem again to see the new price."
    )


async def test_a_redemption_says_when_it_is_promised_until_it_is_given(everybody: People):
    await change(everybody, "mug", deliver_days=7)
    asked = await everybody.ana.says("/redeem mug")
    reply = await everybody.ana.presses(asked.buttons[0])
    assert dict(reply.facts)["Promised by"] == "9 Mar 2026"
    listed = await everybody.ana.says("/redemptions")
    assert listed.table.rows[0][3] == "approved, promised by 9 Mar 2026"
    await everybody.mo.says(f"/mod fulfil {dict(reply.facts)['Redemption']} sent by post")
    listed = await everybody.ana.says("/redemptions")
    assert listed.table.rows[0][3] == "fulfilled"


async def test_what_was_rejected_says_why(everybody: People):
    asked = await everybody.ana.says("/redeem tour")
    reply = await everybody.ana.presses(asked.buttons[0])
    said = {"state": "rejected", "reason": "the studio is closed this month"}
    statement = update(Redemption).values(**said)
    await everybody.store.write(lambda session: session.execute(statement))
    assert reply.tone is Tone.GOOD
    listed = await everybody.ana.says("/redemptions")
    assert listed.table.rows[0][3] == "rejected: the studio is closed this month"

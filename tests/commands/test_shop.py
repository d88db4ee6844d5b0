"""The shop as creators and strangers see it."""

from dataclasses import replace

import pytest
from sqlalchemy import update

from bot.command import COMMANDS, suggestions
from bot.reply import Button, Menu, Reply, Tone
from db import rewards
from db.models import Reward
from db.rewards import Terms
from tests.commands.programme import NOW, People, labelled


async def change(people: People, reward_id: str, **terms: object) -> None:
    statement = update(Reward).where(Reward.reward_id == reward_id).values(**terms)
    await people.store.write(lambda session: session.execute(statement))


def rows_of(reply: Reply) -> tuple[tuple[str, ...], ...]:
    assert reply.table is not None
    return reply.table.rows


async def test_a_creator_sees_balance_and_what_is_left(people: People):
    reply = await people.ana.says("/shop")
    assert reply.facts == (("You have", "234 points"),)
    assert rows_of(reply) == (
        ("Story", "40", "A story about you", ""),
        ("Mug", "150", "A mug by post", "2 left"),
        ("Tour", "200", "A tour of the studio", ""),
        ("Car", "10,000", "A car", "9,766 to go"),
    )
    assert reply.note == "/redeem and a reward's name takes one."


async def test_what_is_in_reach_can_be_chosen_with_its_price(people: People):
    reply = await people.ana.says("/shop")
    choices = (
        Button("Story (40 points)", "redeem|story"),
        Button("Mug (150 points)", "redeem|mug"),
        Button("Tour (200 points)", "redeem|tour"),
    )
    assert reply.menu == Menu("Redeem", choices)


async def test_a_stranger_sees_the_shop_without_a_balance_or_choices(people: People):
    reply = await people.eve.says("/shop")
    assert reply.facts == reply.buttons == ()
    assert reply.menu is None
    assert [row[3] for row in rows_of(reply)] == ["", "2 left", "", ""]


async def test_what_is_sold_out_or_had_is_told_and_can_not_be_chosen(people: People):
    asked = await people.ana.says("/redeem mug")
    await people.ana.presses(asked.buttons[0])
    await people.given("ana", 500)
    await change(people, "story", stock=0)
    reply = await people.ana.says("/shop")
    assert [row[3] for row in rows_of(reply)] == [
        "sold out",
        "you had yours",
        "",
        "9,416 to go",
    ]
    assert [one.label for one in reply.menu.choices] == ["Tour (200 points)"]


async def test_the_shop_turns_pages_of_ten(people: People):
    for number in range(9):
        terms = Terms(f"Pin {number}", 1 + number, "A pin")
        await people.store.write(rewards.add, f"pin-{number}", terms, NOW)
    first = await people.eve.says("/shop")
    assert len(rows_of(first)) == 10
    assert first.note.startswith("Page 1 of 2. ")
    second = await people.eve.presses(labelled(first, "More ›"))
    assert [row[0] for row in rows_of(second)] == ["Mug", "Tour", "Car"]
    assert (await people.eve.says("/shop 3")).text == "There is no page 3; the last is 2."


async def test_an_empty_shop_says_so(people: People):
    await people.store.write(lambda session: session.execute(update(Reward).values(retired_at=NOW)))
    reply = await people.ana.says("/shop")
    assert (reply.text, reply.table, reply.note) == ("Nothing is on sale yet.", None, "")


async def test_rewards_are_suggested_by_name_or_id(people: People):
    call = people.ana.call()
    offered = await suggestions(call, "redeem", "reward", "MU")
    assert [(one.label, one.value) for one in offered] == [("Mug (150 points)", "mug")]
    assert len(await suggestions(call, "redeem", "reward", "")) == 4


@pytest.mark.parametrize("argument", ["price", "order"])
async def test_hidden_arguments_suggest_nothing(people: People, argument: str):
    assert argument in {one.name for one in COMMANDS["redeem"].parameters}
    assert await suggestions(people.ana.call(), "redeem", argument, "") == []


async def test_a_played_creator_sees_their_balance(people: People):
    playing = replace(people.eve.caller, platform="console", as_creator_id="author-ana")
    reply = await people.playing(playing).says("/shop")
    assert reply.facts == (("You have", "234 points"),)


async def test_redemptions_tell_where_each_stands(people: People):
    for line in ("/redeem story", "/redeem mug"):
        await people.ana.presses((await people.ana.says(line)).buttons[0])
    await people.given("ana", 200)
    await people.ana.presses((await people.ana.says("/redeem tour")).buttons[0])
    reply = await people.ana.says("/redemptions")
    assert sorted(row[:4] for row in rows_of(reply)) == [
        ("2 Mar 2026", "Mug", "150", "approved"),
        ("2 Mar 2026", "Story", "40", "approved"),
        ("2 Mar 2026", "Tour", "200", "requested"),
    ]
    assert all(len(row[4]) == 10 for row in rows_of(reply))
    assert reply.note == ""


async def test_many_redemptions_are_cut_and_say_so(people: People):
    await people.given("ana", 1000)
    for _ in range(16):
        await people.ana.presses((await people.ana.says("/redeem story")).buttons[0])
    reply = await people.ana.says("/redemptions")
    assert len(rows_of(reply)) == 15
    assert reply.note == "Your newest 15."


async def test_without_redemptions_the_shop_is_shown_the_way_to(people: People):
    reply = await people.ben.says("/redemptions")
    assert (reply.text, reply.tone) == ("You have redeemed nothing yet.", Tone.PLAIN)
    assert reply.buttons == (Button("Shop", "shop"),)

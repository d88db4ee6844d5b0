"""Pausing the shop: creators read why, nothing is redeemed, and each act is undone by the other."""

import pytest
from sqlalchemy import select

from bot.reply import Reply, Tone
from db.models import Pause, Post
from db.posts import PAUSED, RESUMED
from tests.commands.programme import People, labelled
from tests.fakes.whole_database import everything

COUNTING = "The shop is paused: we count the stock"


def refused(reply: Reply) -> str:
    assert reply.tone is Tone.REFUSED, reply
    return reply.text


async def posts(people: People) -> list[tuple[str, object]]:
    statement = select(Post).where(Post.kind.in_((PAUSED, RESUMED)))
    found = await people.store.read(lambda session: session.scalars(statement).all())
    return sorted((one.kind, one.told) for one in found)


async def undo(people: People, done: Reply) -> Reply:
    """Press the button that takes an act back, and say why."""
    button = labelled(done, "Undo")
    assert button.asks == "reason"
    return await people.mo.presses(f"{button.call}|the wrong button")


async def test_a_pause_stands_on_top_of_the_shop_and_against_every_order(everybody: People):
    asked = await everybody.ana.says("/redeem mug")
    reply = await everybody.mo.says("/mod shop pause we count the stock")
    assert (reply.title, reply.tone) == ("The shop is paused", Tone.GOOD)
    assert reply.text == "Creators read in /shop: we count the stock"
    shop = await everybody.ana.says("/shop")
    assert (shop.text, shop.menu, shop.note, shop.picture) == (COUNTING, None, "", None)
    assert refused(await everybody.ana.says("/redeem mug")) == COUNTING
    assert refused(await everybody.ana.presses(asked.buttons[0])) == COUNTING
    told = {"reason": "we count the stock", "by": "Mo"}
    assert await posts(everybody) == [("paused", told)]


async def test_what_goes_on_can_be_redeemed_again(everybody: People):
    asked = await everybody.ana.says("/redeem mug")
    await everybody.mo.says("/mod shop pause we count the stock")
    reply = await everybody.mo.says("/mod shop resume all is counted")
    assert (reply.title, reply.tone) == ("The shop goes on", Tone.GOOD)
    assert (await everybody.ana.says("/shop")).text == ""
    assert (await everybody.ana.presses(asked.buttons[0])).tone is Tone.GOOD
    assert ("resumed", {"reason": "all is counted", "by": "Mo"}) in await posts(everybody)


async def test_the_shop_is_paused_once_and_resumed_once(everybody: People):
    await everybody.mo.says("/mod shop pause we count the stock")
    before = await everybody.store.read(everything)
    assert refused(await everybody.mo.says("/mod shop pause we move")) == (
        "The shop is paused already; /mod shop resume lets it go on."
    )
    assert await everybody.store.read(everything) == before
    await everybody.mo.says("/mod shop resume done")
    assert refused(await everybody.mo.says("/mod shop resume done")) == "The shop is not paused."


async def test_a_pause_is_undone_by_letting_the_shop_go_on(everybody: People):
    paused = await everybody.mo.says("/mod shop pause we count the stock")
    assert (await undo(everybody, paused)).tone is Tone.GOOD
    assert (await everybody.ana.says("/shop")).text == ""


async def test_a_pause_that_is_over_is_not_undone_nor_is_another_than_it(everybody: People):
    first = await everybody.mo.says("/mod shop pause we count the stock")
    await everybody.mo.says("/mod shop resume done")
    await everybody.mo.says("/mod shop pause the books do not agree")
    assert refused(await undo(everybody, first)) == "That pause of the shop is over already."
    assert (await everybody.ana.says("/shop")).text == "The shop is paused: the books do not agree"


async def test_going_on_is_undone_by_a_pause_for_the_earlier_reason(everybody: People):
    await everybody.mo.says("/mod shop pause we count the stock")
    resumed = await everybody.mo.says("/mod shop resume done")
    assert (await undo(everybody, resumed)).tone is Tone.GOOD
    assert (await everybody.ana.says("/shop")).text == COUNTING
    statement = select(Pause)
    pauses = await everybody.store.read(lambda session: session.scalars(statement).all())
    assert [one.ended_at is None for one in pauses].count(True) == 1
    assert len(pauses) == 2


@pytest.mark.parametrize("line", ["/mod shop pause", '/mod shop resume " "'])
async def test_without_a_reason_nothing_is_paused_or_goes_on(people: People, line: str):
    assert "is missing" in refused(await people.mo.says(line))

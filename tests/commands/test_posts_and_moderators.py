"""What moderators do stands in their channels, and /mod status tells what did not get there."""

from typing import Any

from sqlalchemy import select

from db import posts, spreading
from db.models import Delivery, Post
from db.moved import Place
from tests.commands.programme import NOW, People, labelled, said

OFFICE = (Place("discord", "1"),)


async def told(people: People, kind: str) -> list[dict[str, Any]]:
    rows = select(Post.told).where(Post.kind == kind).order_by(Post.post_id)
    return await people.store.read(lambda session: list(session.scalars(rows)))


async def test_the_status_tells_of_posts_that_reached_no_channel(people: People):
    def lost(session: Any) -> None:
        posts.post(session, posts.WAITING, "waiting:1", {"count": 1}, NOW)
        spreading.spread(session, OFFICE, NOW)
        one = session.scalars(select(Delivery)).first()
        one.state, one.tries = "dropped", 83

    assert "did not arrive" not in said(await people.mo.says("/mod status"))
    await people.store.write(lost)
    reply = said(await people.mo.says("/mod status"))
    assert "1 post did not arrive; may the bot write there?" in reply


async def test_a_redemption_to_approve_is_posted_and_follows_the_decision(people: People):
    await people.given("ana", 500)
    order = await people.ana.says("/redeem tour")
    await people.ana.presses(labelled(order, "Redeem for 200 points"))
    (asked,) = await told(people, posts.REDEMPTION)
    assert (asked["reward"], asked["handle"], asked["state"]) == ("Tour", "ana", "requested")
    done = await people.mo.says(f"/mod approve {asked['redemption_id']}")
    (decided,) = await told(people, posts.REDEMPTION)
    assert (decided["state"], decided["by"]) == ("approved", "Mo")
    undo = next(one for one in done.buttons if one.asks == "reason")
    await people.mo.presses(f"{undo.call}|a slip")
    (undone,) = await told(people, posts.REDEMPTION)
    assert undone["state"] == "requested"


async def test_the_posts_of_a_pause_end_with_it(people: People):
    await people.mo.says("/mod shop pause stocktaking")
    ledger = {"problems": ["a"], "count": 1, "is_paused": True}
    await people.store.write(posts.post, posts.LEDGER, "ledger:1", ledger, NOW)
    await people.mo.says("/mod shop resume counted")
    ended = await told(people, posts.PAUSED) + await told(people, posts.LEDGER)
    assert [one["is_over"] for one in ended] == [True, True]
    assert (await told(people, posts.RESUMED))[0]["reason"] == "counted"

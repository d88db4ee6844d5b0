"""What a creator wrote in an appeal, and what was said of it, goes with them; the books stay."""

import json

from sqlalchemy import select

from db.models import Appeal, Audit, Delivery, Post
from tests.commands.appealing import appealed, balance, true_books
from tests.commands.programme import DOG, GARDEN, LUNCH, People, labelled
from tests.commands.test_privacy import everything

SECRET = "my aunt Quetzal counted them"
CAPTIONS = ["My dog, asleep", "My garden in spring", "Lunch"]


async def with_appeals(people: People) -> None:
    """One appeal upheld, one dismissed, one open, a hold, and posts about them."""
    upheld = await appealed(people, people.ana, DOG, "likes", SECRET)
    await people.mo.says(f"/mod appeal uphold {upheld} 150 the app shows it")
    dismissed = await appealed(people, people.ana, GARDEN, "views", SECRET)
    await people.mo.says(f"/mod appeal dismiss {dismissed} the app shows the same")
    await appealed(people, people.ana, LUNCH, "likes", SECRET)
    await people.mo.says(f"/mod video hold {LUNCH} the views look bought")


async def forgotten(people: People) -> None:
    asked = await people.ana.says("/forgetme")
    reply = await people.ana.presses(labelled(asked, "Erase it for ever"))
    assert reply.title == "Forgotten"


async def test_no_word_of_them_is_left_in_any_table(everybody: People):
    await with_appeals(everybody)
    words = [SECRET, *CAPTIONS]
    before = await everybody.store.read(everything)
    assert [one for one in words if one not in before] == []
    await forgotten(everybody)
    after = await everybody.store.read(everything)
    assert [one for one in words if one in after] == []


async def test_their_posts_say_nothing_and_their_open_appeal_waits_no_more(everybody: People):
    await with_appeals(everybody)
    await forgotten(everybody)
    told = select(Post.told).where(Post.kind == "appeal")
    assert set(await everybody.store.read(lambda session: session.scalars(told).all())) == {None}
    states = select(Appeal.state).order_by(Appeal.state)
    found = await everybody.store.read(lambda session: session.scalars(states).all())
    assert found == ["dismissed", "upheld", "withdrawn"]
    waiting = select(Delivery.state).where(Delivery.state == "waiting")
    assert await everybody.store.read(lambda session: session.scalars(waiting).all()) == []
    assert (await everybody.mo.says("/mod appeal list")).text == "Nobody waits for a decision."


async def test_the_books_and_the_reasons_of_moderators_stay(everybody: People):
    await with_appeals(everybody)
    await forgotten(everybody)
    assert await balance(everybody, "ana") == 128 + 126
    assert await true_books(everybody)
    reasons = select(Audit.reason).where(Audit.act == "mod video hold")
    found = await everybody.store.read(lambda session: session.scalars(reasons).all())
    assert found == ["the views look bought"]


async def test_mydata_gives_appeals_holds_and_what_was_decided_without_the_moderator(
    everybody: People,
):
    await with_appeals(everybody)
    reply = await everybody.ana.says("/mydata")
    assert reply.file is not None
    found = json.loads(reply.file.content)
    assert [one["reason"] for one in found["appeals"]] == [SECRET] * 3
    held = {one["video_id"]: one["held_reason"] for one in found["videos"]}
    assert held[LUNCH] == "the views look bought"
    acts = {one["act"] for one in found["record"]}
    assert {"mod appeal uphold", "mod appeal dismiss", "mod video hold"} <= acts
    assert "discord:7" not in reply.file.content.decode()
    assert '"Mo"' not in reply.file.content.decode()

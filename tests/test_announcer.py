"""Posts reach the moderators' channels, each once, and are edited as their subject goes on."""

import asyncio
from datetime import timedelta

import pytest
from pydantic import SecretStr

from bot.announcer import places
from bot.app import fronts_with_token
from bot.config import Settings
from bot.fronts import NotSent
from bot.sending import TRIES
from db import deliveries, moved, posts, spreading
from db.store import Store
from tests.notices_world import NOON, SECOND
from tests.posts_world import GROUP, OFFICE, World, labels, only, where

DAY = timedelta(days=1)


@pytest.fixture
def world(store: Store, monkeypatch: pytest.MonkeyPatch) -> World:
    monkeypatch.setattr("bot.sending.PACE_SECONDS", 0)
    return World(store)


async def test_a_post_comes_into_every_channel_of_the_config(world: World):
    await world.redeem("a")
    await world.look()
    assert only(world.discord) == only(world.telegram)
    assert only(world.discord).title == "Mug for @ana"
    assert [world.discord.tries, world.telegram.tries] == [[OFFICE], [GROUP]]
    assert await world.states() == ["sent", "sent"]


async def test_a_post_is_sent_once(world: World):
    await world.redeem("a")
    await world.redeem("a")
    announcer = await world.look()
    world.clock.turn(DAY)
    await world.look(announcer)
    await world.look()
    assert world.discord.tries == [OFFICE]


async def test_without_any_channel_posts_are_done_with(world: World):
    world.settings = where(discord=(), telegram=())
    await world.redeem("a")
    await world.look()
    assert await world.unspread() == []
    assert await world.deliveries() == []


def test_a_channel_of_a_front_without_a_token_is_none():
    assert places(where(), fronts_with_token(Settings())) == ()
    one = Settings(telegram_token=SecretStr("123:abc"))
    assert [place.platform for place in places(where(), fronts_with_token(one))] == ["telegram"]


async def test_a_front_that_is_not_connected_gets_its_posts_later(world: World):
    world.connect("discord", connected=False)
    await world.redeem("a")
    announcer = await world.look()
    assert (world.discord.tries, world.telegram.titles) == ([], ["Mug for @ana"])
    world.connect("discord")
    await world.look(announcer)
    assert world.discord.titles == ["Mug for @ana"]


async def test_what_is_decided_is_edited_where_it_stands(world: World):
    await world.redeem("a")
    announcer = await world.look()
    assert labels(only(world.discord)) == ["Approve", "Reject", "Given"]
    await world.approve("a")
    await world.look(announcer)
    reply = only(world.discord)
    assert reply.title == "Approved: Mug for @ana"
    assert "Approved by Mo, 2 Mar 2026 12:00 UTC." in reply.text
    assert labels(reply) == ["Given", "Refund"]
    assert world.discord.tries == [OFFICE, f"{OFFICE}/100"]
    await world.look(announcer)
    assert len(world.discord.tries) == 2


async def test_what_is_decided_before_it_was_posted_is_posted_as_it_is(world: World):
    await world.redeem("a")
    await world.approve("a")
    await world.look()
    assert world.discord.titles == ["Approved: Mug for @ana"]
    assert world.discord.tries == [OFFICE]


async def test_what_is_decided_while_it_is_sent_is_edited_next(world: World):
    await world.redeem("a")
    world.discord.hold = asyncio.Event()
    announcer = world.announcer()
    await announcer.look()
    await asyncio.wait_for(world.discord.trying.wait(), 10)
    await world.approve("a")
    world.discord.hold.set()
    await announcer.finish()
    world.clock.turn(4 * SECOND)
    await world.look(announcer)
    assert world.discord.titles == ["Approved: Mug for @ana"]
    assert await world.states() == ["sent", "sent"]


async def test_a_post_that_somebody_deleted_is_let_go(world: World):
    await world.redeem("a")
    announcer = await world.look()
    world.discord.stands.clear()
    await world.approve("a")
    await world.look(announcer, times=2)
    assert world.discord.stands == {}
    assert len(world.discord.tries) == 2
    assert await world.states() == ["sent", "sent"]


async def test_many_posts_at_once_are_no_flood(world: World):
    for number in range(30):
        await world.redeem(str(number))
    announcer = world.announcer()
    for _second in range(60):
        await announcer.look()
        await announcer.finish()
        world.clock.turn(SECOND)
    assert len(world.discord.tries) == 30
    assert len(world.telegram.tries) == 15  # a minute; a group takes 20, answers among them


async def test_a_decision_does_not_wait_behind_new_posts(world: World):
    for number in range(5):
        await world.redeem(str(number))
    announcer = await world.look()
    await world.approve("0")
    await world.look(announcer)
    assert world.telegram.titles == ["Approved: Mug for @ana"]


async def test_a_channel_that_is_shut_is_logged_once_and_does_not_keep_others(
    world: World, caplog: pytest.LogCaptureFixture
):
    world.discord.shut.add(OFFICE)
    for number in range(3):
        await world.redeem(str(number))
    announcer = await world.look(times=10)
    assert len(world.telegram.titles) == 3
    assert len(world.discord.tries) == 1
    world.clock.turn(DAY)
    await world.look(announcer, times=2)
    assert caplog.text.count("the bot may not write in the moderators' channel") == 1
    world.discord.shut.clear()
    world.clock.turn(DAY)
    await world.look(announcer, times=3)
    assert len(world.discord.titles) == 3


@pytest.mark.parametrize("kind", ["sqlite"])
async def test_what_reaches_no_channel_for_three_days_is_dropped_and_counted(world: World):
    world.discord.shut.add(OFFICE)
    await world.redeem("a")
    announcer = world.announcer()
    for at in range(TRIES):
        await world.look(announcer)
        lost = await world.store.read(spreading.undelivered, NOON, world.clock.now)
        assert lost == ((1, 0) if at < TRIES - 1 else (0, 1))
        world.clock.turn(timedelta(hours=1))
    await world.look(announcer)
    assert len(world.discord.tries) == TRIES
    assert sorted(await world.states()) == ["dropped", "sent"]


async def test_a_platform_that_asks_for_a_rest_gets_it(world: World):
    world.telegram.goes_wrong.append(NotSent("too fast", 30))
    await world.redeem("a")
    announcer = await world.look(times=7)
    assert len(world.telegram.tries) == 1
    await world.look(announcer, times=2)
    assert world.telegram.titles == ["Mug for @ana"]


async def test_a_group_that_became_a_supergroup_gets_its_posts_there(world: World):
    await world.redeem("a")
    await world.look(times=1)
    await world.store.write(moved.moved, "telegram", GROUP, "-100902", NOON)
    await world.redeem("b")
    await world.look(times=2)
    assert world.telegram.tries == [GROUP, "-100902"]


async def test_what_stands_in_a_group_that_moved_is_let_go_and_no_other_message_is_touched(
    world: World,
):
    await world.redeem("a")
    announcer = await world.look()
    await world.store.write(moved.moved, "telegram", GROUP, "-100902", NOON)
    await world.approve("a")
    await world.look(announcer)
    assert world.telegram.tries == [GROUP]  # a supergroup counts its messages from 1 again
    assert await world.states() == ["sent", "sent"]


async def test_what_waited_for_a_group_that_moved_is_known_and_edited_in_the_supergroup(
    world: World,
):
    await world.redeem("a")
    world.telegram.goes_wrong.append(NotSent("a storm"))
    announcer = await world.look()
    await world.store.write(moved.moved, "telegram", GROUP, "-100902", NOON)
    await world.look(announcer)
    assert await world.store.read(deliveries.is_post, "telegram", "-100902", "100")
    await world.approve("a")
    await world.look(announcer)
    assert world.telegram.tries == [GROUP, "-100902", "-100902/100"]


async def test_a_group_that_is_named_by_its_old_id_and_its_new_one_gets_a_post_once_more_at_most(
    world: World,
):
    world.settings = where(telegram=(int(GROUP), -100902), discord=())
    await world.redeem("a")
    world.telegram.goes_wrong += [NotSent("a storm")] * 2
    announcer = await world.look()
    await world.store.write(moved.moved, "telegram", GROUP, "-100902", NOON)
    world.clock.turn(DAY)
    await world.look(announcer, times=3)
    assert await world.states() == ["sent", "sent"]
    assert len(world.telegram.tries) == 4


async def test_a_channel_that_the_config_names_no_more_gets_nothing_more(world: World):
    await world.redeem("a")
    world.discord.goes_wrong.append(NotSent("a storm"))
    await world.look()
    world.settings = where(discord=(77,))
    world.clock.turn(DAY)
    await world.look()
    await world.redeem("b")
    await world.look(times=2)
    assert world.discord.tries == [OFFICE, "77"]


async def test_what_was_said_of_somebody_who_is_forgotten_is_removed(world: World):
    await world.creator("ana")
    for key in ("a", "b"):
        await world.redeem(key, creator_id="ana")
    await world.redeem("c")
    announcer = await world.look()
    await world.store.write(posts.forget, "ana", world.clock.now)
    await world.redeem("d", creator_id="ana")
    await world.store.write(posts.forget, "ana", world.clock.now)
    await world.look(announcer, times=4)
    assert world.discord.titles == ["Removed", "Mug for @ana"]
    assert only_text(world) == "The creator whom this was about asked to be forgotten."


def only_text(world: World) -> str:
    return next(iter(world.discord.stands.values())).text


async def test_old_posts_are_forgotten_and_those_that_still_change_are_not(world: World):
    for key in ("a", "b"):
        await world.redeem(key)
    announcer = await world.look(times=3)
    world.clock.turn(20 * DAY)
    await world.approve("b")
    await world.look(announcer, times=2)
    world.clock.turn(20 * DAY)
    before = world.clock.now - 30 * DAY
    assert await world.store.write(spreading.forget_old, before, 10) == 1
    assert await world.store.write(spreading.forget_old, before, 10) == 0
    assert len(await world.deliveries()) == 2


async def test_what_has_no_words_is_dropped_and_logged(
    world: World, caplog: pytest.LogCaptureFixture
):
    await world.store.write(posts.post, posts.LEDGER, "ledger:1", {}, NOON)
    await world.redeem("a")
    await world.look(times=2)
    assert world.discord.titles == ["Mug for @ana"]
    assert "of kind ledger has no words" in caplog.text

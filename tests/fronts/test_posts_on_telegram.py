"""Posts on Telegram: they stand in the moderators' group, and their buttons are moderators'."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

import bot.commands  # noqa: F401  # fills COMMANDS
from bot.announcer import Announcer, places
from bot.config import Settings
from bot.fronts import Blocked, Gone, NotSent, Unclear
from bot.presence import Presence
from bot.reply import Button, Reply
from bot.sending import Pace
from db import shop
from db.models import Redemption
from db.store import Store
from tests.db.programme import mug, open_creators, open_shop, order
from tests.fakes.bot_api_stage import MODERATORS_ID, NOW, Stage, staged
from tests.fakes.bot_api_world import Message
from tests.notices_world import SECOND, Clock

NEWS = Reply(title="Queue", text="Two wait.", buttons=(Button("Queue", "mod queue"),))
GROUP = str(MODERATORS_ID)


def wanted(session: Any) -> None:
    """Ann wants a mug, which a moderator has to approve."""
    open_creators(session, ann=500)
    open_shop(session, mug=mug(needs_approval=True))
    shop.redeem(session, order("ann", "o1"), NOW)


async def programme(_settings: Settings, store: Store) -> None:
    await store.write(wanted)


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    async with staged(tmp_path, programme) as running:
        yield running


class Announced:
    """Who announces in the moderators' group."""

    def __init__(self, stage: Stage) -> None:
        self.clock = Clock(NOW)
        fronts = {"telegram": stage.front}
        where = places(stage.settings, fronts)
        given = (stage.settings, stage.store, fronts, Presence(), self.clock)
        self.announcer = Announcer(*given, Pace(self.clock), where)

    async def look(self) -> None:
        await self.announcer.look()
        await self.announcer.finish()
        self.clock.turn(5 * SECOND)


async def posted(stage: Stage) -> tuple[Announced, Message]:
    announced = Announced(stage)
    await announced.look()
    return announced, await stage.moderators.next_message()


async def state(stage: Stage) -> str:
    return await stage.store.read(lambda session: str(session.query(Redemption).one().state))


async def test_a_moderator_approves_by_a_button_and_the_post_is_edited(stage: Stage):
    announced, post = await posted(stage)
    assert "Mug for @\u2060ann" in post.text
    assert post.labels == ["Approve", "Reject", "Given"]
    await stage.mo.press(post, "Approve")
    answer = await stage.moderators.next_message()
    assert answer.text.startswith("✅")
    assert await state(stage) == "approved"
    assert post.labels == ["Approve", "Reject", "Given"]  # nothing is drawn over a post
    await announced.look()
    assert "Approved by mo, 1 Mar 2026 12:00 UTC." in post.text
    assert post.labels == ["Given", "Refund"]


async def test_who_is_no_moderator_is_refused_and_the_post_stays(stage: Stage):
    _announced, post = await posted(stage)
    press = await stage.ann.press(post, "Approve")
    await press.answered()
    await stage.moderators.next_message()
    assert await state(stage) == "requested"
    assert post.edits == 0


async def test_what_says_the_same_is_not_edited_and_that_is_well(stage: Stage):
    message_id = await stage.front.post(GROUP, NEWS, "n1")
    await stage.front.edit(GROUP, message_id, NEWS)
    await stage.front.edit(GROUP, message_id, Reply(title="Queue", text="None waits."))
    (post,) = stage.moderators.from_bot
    assert (post.text, post.labels, post.edits) == ("Queue\n\nNone waits.", [], 1)
    assert [method for method, _said in stage.server.refused] == ["editMessageText"]
    stage.server.refused.clear()


async def test_a_message_that_is_gone_is_told(stage: Stage):
    with pytest.raises(Gone):
        await stage.front.edit(GROUP, "4711", NEWS)
    stage.server.refused.clear()


async def test_a_post_longer_than_a_message_is_cut_to_one(stage: Stage):
    long = Reply(title="Queue", text="much " * 2_000, buttons=NEWS.buttons)
    message_id = await stage.front.post(GROUP, long, "n1")
    await stage.front.edit(GROUP, message_id, long)
    (post,) = stage.moderators.from_bot
    assert post.labels == ["Queue"]
    stage.server.refused.clear()


async def test_a_group_that_the_bot_has_left_is_told(stage: Stage):
    stage.moderators.statuses[stage.server.world.bot.user_id] = "left"
    with pytest.raises(Blocked):
        await stage.front.post(GROUP, NEWS, "n1")
    stage.server.refused.clear()


async def test_a_group_that_became_a_supergroup_is_followed(stage: Stage):
    supergroup = stage.server.group(-100_777, "Moderators", administrator=[stage.mo])
    stage.moderators.moved_to = supergroup.chat_id
    await stage.front.post(GROUP, NEWS, "n1")
    assert [one.text for one in supergroup.from_bot] == ["Queue\n\nTwo wait."]
    announced = Announced(stage)
    await announced.look()
    assert "Mug for" in supergroup.from_bot[1].text
    stage.server.refused.clear()


async def test_a_post_that_finds_its_group_moved_is_pressed_and_edited_in_the_supergroup(
    stage: Stage,
):
    supergroup = stage.server.group(-100_777, "Moderators", administrator=[stage.mo])
    stage.moderators.moved_to = supergroup.chat_id
    announced = Announced(stage)
    await announced.look()
    post = await supergroup.next_message()
    await stage.mo.press(post, "Approve")
    assert (await supergroup.next_message()).text.startswith("✅")
    assert post.edits == 0
    await announced.look()
    assert post.labels == ["Given", "Refund"]
    stage.server.refused.clear()


@pytest.mark.parametrize(("code", "told"), [(500, Unclear), (429, NotSent), (400, NotSent)])
async def test_a_failure_is_told_and_not_tried_again_here(
    stage: Stage, code: int, told: type[Exception]
):
    stage.server.inject(code, times=1, method="sendMessage", retry_after=37)
    with pytest.raises(told):
        await stage.front.post(GROUP, NEWS, "n1")
    assert len(stage.server.called("sendMessage")) == 1
    stage.server.refused.clear()


async def test_while_telegram_wants_to_hear_nothing_a_post_is_not_sent_and_not_in_doubt(
    stage: Stage,
):
    stage.server.inject(429, times=1, method="sendMessage", retry_after=37)
    for _try in range(2):
        with pytest.raises(NotSent) as told:
            await asyncio.wait_for(stage.front.post(GROUP, NEWS, "n1"), 10)
        assert 30 < told.value.after_seconds <= 37
    assert len(stage.server.called("sendMessage")) == 1
    stage.server.refused.clear()


async def test_a_front_that_is_not_connected_posts_nothing(stage: Stage):
    await stage.front.stop()
    with pytest.raises(NotSent):
        await stage.front.post(GROUP, NEWS, "n1")

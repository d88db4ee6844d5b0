"""A moderators' group that becomes a supergroup is followed, at once and after restarts."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.fronts import Blocked
from bot.fronts.on_telegram import Front
from bot.fronts.on_telegram_places import Places
from bot.reply import Reply
from db import moved
from tests.fakes.bot_api import TOKEN
from tests.fakes.bot_api_commands import small_commands
from tests.fakes.bot_api_stage import CREATORS_ID, MODERATORS_ID, NOW, Stage, staged
from tests.fakes.bot_api_world import Chat

SUPERGROUP_ID = -100_777
GRANT = "/mod_grant ann 5 well done"


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    with small_commands():
        async with staged(tmp_path) as running:
            yield running


def upgraded(stage: Stage, chat: Chat) -> Chat:
    """Turn a group into a supergroup; the bot is not told yet."""
    supergroup = stage.server.group(SUPERGROUP_ID, chat.title, administrator=[stage.mo])
    chat.moved_to = SUPERGROUP_ID
    return supergroup


async def told(stage: Stage, chat: Chat) -> Chat:
    """Turn a group into a supergroup; the bot is told by a service message."""
    message = chat.post(stage.mo)
    supergroup = upgraded(stage, chat)
    service = message.to_json() | {"migrate_to_chat_id": SUPERGROUP_ID}
    stage.server.updates.add("message", service)
    menu = ("chat_administrators", SUPERGROUP_ID, 0, "")
    if chat is stage.moderators:
        await stage.server.bell.until(lambda: menu in stage.server.account.menus)
    return supergroup


async def test_moderators_go_on_in_the_supergroup_at_once(
    stage: Stage, caplog: pytest.LogCaptureFixture
):
    supergroup = await told(stage, stage.moderators)
    await stage.mo.say(supergroup, GRANT)
    assert (await supergroup.next_message()).text.startswith("ann gets 5")
    assert "telegram.moderator_chat_ids in config.toml should name the new id" in caplog.text
    stage.server.refused.clear()  # the old menu could not be taken away


async def test_moderators_go_on_in_the_supergroup_after_a_restart(stage: Stage):
    supergroup = await told(stage, stage.moderators)
    await stage.front.stop()
    again = Front(stage.settings, stage.store, lambda: NOW)
    await again.start(TOKEN)
    await stage.mo.say(supergroup, GRANT)
    assert (await supergroup.next_message()).text.startswith("ann gets 5")
    await again.stop()
    stage.server.refused.clear()


async def test_the_old_id_is_the_moderators_no_more(stage: Stage):
    await told(stage, stage.moderators)
    stage.moderators.moved_to = None
    await stage.mo.say(stage.moderators, GRANT)
    assert "There is no /mod_grant here" in (await stage.moderators.next_message()).text
    stage.server.refused.clear()


async def test_another_group_that_moves_becomes_no_place_of_moderators(stage: Stage):
    supergroup = await told(stage, stage.creators)
    await stage.mo.say(supergroup, GRANT)
    assert "There is no /mod_grant here" in (await supergroup.next_message()).text
    known = await stage.store.read(moved.moves, "telegram")
    assert known == {str(CREATORS_ID): str(SUPERGROUP_ID)}


async def test_an_answer_to_the_old_id_goes_to_the_supergroup(stage: Stage):
    supergroup = upgraded(stage, stage.creators)
    await stage.ann.say(stage.creators, "/list")
    assert (await supergroup.next_message()).text.startswith("Page 1")
    assert stage.server.refused == [
        ("sendMessage", "Bad Request: group chat was upgraded to a supergroup chat")
    ]
    stage.server.refused.clear()


async def test_a_move_that_is_noticed_at_the_start_is_followed_too(stage: Stage):
    await stage.front.stop()
    supergroup = upgraded(stage, stage.moderators)
    (stage.settings.data_dir / "telegram-commands.json").unlink()
    again = Front(stage.settings, stage.store, lambda: NOW)
    await again.start(TOKEN)
    await stage.mo.say(supergroup, GRANT)
    assert (await supergroup.next_message()).text.startswith("ann gets 5")
    assert ("chat_administrators", SUPERGROUP_ID, 0, "") in stage.server.account.menus
    await again.stop()
    stage.server.refused.clear()


async def test_moves_are_followed_one_after_the_other_and_never_in_circles(stage: Stage):
    places = Places(stage.store, (-1, -5), lambda: NOW)
    assert await places.moved(-1, -2)
    assert await places.moved(-2, -3)
    assert not await places.moved(-9, -4)
    assert places.moderating == (-3, -5)
    assert await places.moved(-3, -1)
    assert len(places.moderating) == 2


async def test_a_notice_to_whom_the_bot_never_met_is_blocked(stage: Stage):
    with pytest.raises(Blocked):
        await stage.front.tell("999", Reply(text="Hello"), "n1")
    stage.server.refused.clear()
    assert MODERATORS_ID in stage.server.world.chats

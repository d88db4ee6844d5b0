"""Telegram: who moderates is asked in the chat of the command, and not remembered for long."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from telegram import Bot

from bot.command import Access
from bot.config import Settings
from bot.fronts.on_telegram import Front
from bot.fronts.on_telegram_access import Moderators
from bot.sections import Telegram
from tests.fakes.bot_api import TOKEN, Server
from tests.fakes.bot_api_basics import Refusal
from tests.fakes.bot_api_commands import small_commands
from tests.fakes.bot_api_stage import MODERATORS_ID, NOW, Stage, staged
from tests.fakes.bot_api_world import Chat

EDITORS_ID, UNKNOWN_ID = -1003, -1004
BO, CY = 21, 22


@dataclass
class Desk:
    """Bo administers the moderators' chat and Cy the editors'; the time is what a test says."""

    server: Server
    moderators: Chat
    time: float = 1_000.0
    asks: Moderators | None = None

    async def access(self, user_id: int, chat_id: int = MODERATORS_ID) -> Access:
        assert self.asks is not None
        return await self.asks.access(user_id, chat_id)


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    async with Server() as server, Bot(TOKEN, base_url=server.base_url) as bot:
        bo, cy = server.user(BO, "bo"), server.user(CY, "cy")
        moderators = server.group(MODERATORS_ID, "Moderators", administrator=[bo], member=[cy])
        server.group(EDITORS_ID, "Editors", creator=[cy], member=[bo])
        here = Desk(server, moderators)
        here.asks = Moderators(bot, lambda: here.time)
        yield here


@pytest.mark.parametrize(
    ("user_id", "chat_id", "found"),
    [
        (BO, MODERATORS_ID, Access.MODERATOR),
        (BO, EDITORS_ID, Access.EVERYONE),
        (CY, MODERATORS_ID, Access.EVERYONE),
        (CY, EDITORS_ID, Access.MODERATOR),
        (BO, UNKNOWN_ID, Access.EVERYONE),
    ],
)
async def test_who_administers_a_chat_moderates_in_that_chat_alone(
    desk: Desk, user_id: int, chat_id: int, found: Access
):
    assert await desk.access(user_id, chat_id) is found


@pytest.mark.parametrize("status", ["member", "left", "kicked"])
async def test_a_removed_administrator_moderates_no_longer_than_ten_seconds(
    desk: Desk, status: str
):
    assert await desk.access(BO) is Access.MODERATOR
    desk.moderators.statuses[BO] = status
    desk.time += 9.9
    assert await desk.access(BO) is Access.MODERATOR
    desk.time += 0.1
    assert await desk.access(BO) is Access.EVERYONE


async def test_a_new_administrator_moderates_after_ten_seconds(desk: Desk):
    assert await desk.access(CY) is Access.EVERYONE
    desk.moderators.statuses[CY] = "administrator"
    desk.time += 10
    assert await desk.access(CY) is Access.MODERATOR


async def test_the_same_chat_is_asked_once_in_ten_seconds(desk: Desk):
    for _ in range(3):
        await desk.access(BO)
    assert len(desk.server.called("getChatMember")) == 1


async def test_a_failure_is_not_remembered(desk: Desk):
    desk.server.inject(500, method="getChatMember")
    assert await desk.access(BO) is Access.EVERYONE
    assert await desk.access(BO) is Access.MODERATOR


async def test_after_ten_seconds_a_failure_takes_the_access_away(desk: Desk):
    assert await desk.access(BO) is Access.MODERATOR
    desk.time += 10
    desk.server.inject(500, method="getChatMember")
    assert await desk.access(BO) is Access.EVERYONE


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    with small_commands():
        async with staged(tmp_path) as running:
            yield running


async def anew(stage: Stage, chat_ids: tuple[int, ...]) -> Front:
    """Start a bot whose moderators work in other chats."""
    await stage.front.stop()
    telegram = Telegram(moderator_chat_ids=chat_ids, api_url=stage.settings.telegram.api_url)
    settings = Settings(data_dir=stage.settings.data_dir, telegram=telegram)
    front = Front(settings, stage.store, lambda: NOW)
    await front.start(TOKEN)
    return front


async def test_a_chat_that_is_unknown_locks_nobody_out_of_another(stage: Stage):
    again = await anew(stage, (UNKNOWN_ID, MODERATORS_ID))
    await stage.mo.say(stage.moderators, "/mod_grant ann 5 well done")
    assert (await stage.moderators.next_message()).text.startswith("ann gets 5")
    await again.stop()
    stage.server.refused.clear()


async def test_the_administrator_of_another_group_does_not_moderate(stage: Stage):
    stage.server.group(EDITORS_ID, "Editors", administrator=[stage.ann])
    again = await anew(stage, (EDITORS_ID, MODERATORS_ID))
    await stage.ann.say(stage.moderators, "/mod_grant ann 5 because I can")
    assert "There is no /mod_grant here" in (await stage.moderators.next_message()).text
    await again.stop()


async def test_when_telegram_can_not_tell_nobody_moderates(stage: Stage):
    stage.server.rules.append(
        lambda method, _: Refusal(400, "Bad Request: no") if method == "getChatMember" else None
    )
    await stage.mo.say(stage.moderators, "/mod_grant ann 5 well done")
    assert "There is no /mod_grant here" in (await stage.moderators.next_message()).text
    assert [method for method, _ in stage.server.refused] == ["getChatMember"]
    stage.server.refused.clear()

"""Notices on Telegram: sent once, and what keeps them from being sent."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.fronts import Blocked, NotSent, Unclear
from bot.fronts.on_telegram import Front
from bot.presence import Presence
from bot.reply import Button, Reply
from tests.fakes.bot_api import TOKEN
from tests.fakes.bot_api_basics import Json, Refusal
from tests.fakes.bot_api_commands import small_commands
from tests.fakes.bot_api_stage import NOW, Stage, staged

NEWS = Reply(title="Settled", text="Your video earned 120 points.", buttons=(Button("Why", "no"),))


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    with small_commands():
        async with staged(tmp_path) as running:
            yield running


async def test_a_notice_comes_in_private_with_its_buttons(stage: Stage):
    await stage.front.tell("7", NEWS, "n1")
    message = await stage.ann.chat.next_message()
    assert message.text == "Settled\n\nYour video earned 120 points."
    assert message.labels == ["Why"]


async def test_who_blocked_the_bot_is_blocked(stage: Stage):
    stage.ann.block()
    with pytest.raises(Blocked):
        await stage.front.tell("7", NEWS, "n1")
    stage.server.refused.clear()


async def test_who_never_started_the_bot_is_blocked(stage: Stage):
    with pytest.raises(Blocked):
        await stage.front.tell("9", NEWS, "n1")
    stage.server.refused.clear()


async def test_an_unknown_chat_is_blocked(stage: Stage):
    with pytest.raises(Blocked):
        await stage.front.tell("999", NEWS, "n1")
    stage.server.refused.clear()


async def test_a_flood_says_how_long_to_wait_and_is_not_waited_for(stage: Stage):
    stage.server.inject(429, times=1, method="sendMessage", retry_after=37)
    with pytest.raises(NotSent) as error:
        await stage.front.tell("7", NEWS, "n1")
    assert error.value.after_seconds == 37
    assert len(stage.server.called("sendMessage")) == 1
    stage.server.refused.clear()


@pytest.mark.parametrize(("code", "told"), [(500, Unclear), (502, Unclear), (400, NotSent)])
async def test_a_failure_is_told_and_not_tried_again_here(
    stage: Stage, code: int, told: type[Exception]
):
    stage.server.inject(code, times=1, method="sendMessage")
    with pytest.raises(told):
        await stage.front.tell("7", NEWS, "n1")
    assert len(stage.server.called("sendMessage")) == 1
    stage.server.refused.clear()


@pytest.mark.parametrize("code", [429, 400])
async def test_of_what_arrived_in_part_nobody_says_that_nothing_has(stage: Stage, code: int):
    long = Reply(text="word " * 1_000)
    sent: list[str] = []

    def second_fails(method: str, _given: Json) -> Refusal | None:
        sent.extend([method] if method == "sendMessage" else [])
        return Refusal(code, "not now", 3) if method == "sendMessage" and len(sent) == 2 else None

    stage.server.rules.append(second_fails)
    with pytest.raises(Unclear):
        await stage.front.tell("7", long, "n1")
    assert len(stage.ann.chat.from_bot) == 1
    stage.server.refused.clear()


async def test_a_front_that_is_not_connected_sends_nothing(stage: Stage):
    await stage.front.stop()
    with pytest.raises(NotSent):
        await stage.front.tell("7", NEWS, "n1")


async def test_the_bots_name_is_known_to_the_other_fronts(stage: Stage):
    await stage.front.stop()
    presence = Presence()
    again = Front(stage.settings, stage.store, lambda: NOW, presence)
    await again.start(TOKEN)
    await again.stop()
    assert presence.usernames == {"telegram": "fairpoints_test_bot"}

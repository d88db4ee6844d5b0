"""The real process on Telegram, over real HTTP: polling and webhook, and what goes wrong there."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.fakes.bot_api import Server
from tests.fakes.bot_api_hook import Hook, calling
from tests.fakes.bot_api_stage import CREATORS_ID, MODERATORS_ID
from tests.fakes.bot_api_world import Chat, Message, User
from tests.wire.process import Process, free_port, on_telegram, running, tiny_programme

BOTH = pytest.mark.parametrize("wire", ["polling", "webhook"], indirect=True)


@dataclass
class Wire:
    """Telegram with two people and two groups, and the program that is connected to it."""

    server: Server
    process: Process
    folder: Path
    ann: User
    mo: User
    moderators: Chat
    creators: Chat
    hook: Hook | None

    async def shown(self, line: str) -> Message:
        await self.ann.say(self.ann.chat, line)
        return await self.ann.chat.next_message()

    async def heard(self) -> None:
        """Wait until the program hears updates."""
        await self.server.wait_for_call("setWebhook" if self.hook else "getUpdates")


@pytest.fixture
async def wire(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Wire]:
    await tiny_programme(tmp_path)
    by_webhook = getattr(request, "param", "polling") == "webhook"
    port = free_port()
    said = {"webhook_url": "https://bot.example/tg/hook", "webhook_port": port}
    async with Server() as server, AsyncExitStack() as until_the_end:
        hook = (
            await until_the_end.enter_async_context(calling(server, port)) if by_webhook else None
        )
        ann, mo = server.user(7, "ann"), server.user(8, "mo")
        moderators = server.group(MODERATORS_ID, "Moderators", administrator=[mo], member=[ann])
        creators = server.group(CREATORS_ID, "Creators", member=[ann, mo])
        environment = on_telegram(server, **(said if by_webhook else {}))
        process = await until_the_end.enter_async_context(running(tmp_path, environment))
        yield Wire(server, process, tmp_path, ann, mo, moderators, creators, hook)
        assert server.unknown == [], server.unknown


@BOTH
async def test_commands_are_answered_and_pages_drawn_over(wire: Wire):
    message = await wire.shown("/shop")
    assert "Sticker" in message.text
    ask = await wire.shown("/redeem sticker")
    await wire.ann.press(ask, "Redeem for 10 points")
    await ask.edited()
    assert ask.text.startswith("✅")
    await wire.mo.say(wire.moderators, "/mod_grant ann 5 well done")
    assert "+5" in (await wire.moderators.next_message()).text
    assert wire.server.refused == []


async def test_a_moderator_follows_a_post_to_its_end(wire: Wire):
    line = '/mod_reward_add mug 20 "A mug by post" approval=yes reason="new in the shop"'
    await wire.mo.say(wire.moderators, line)
    assert "mug" in (await wire.moderators.next_message()).text
    await wire.ann.press(await wire.shown("/redeem mug"), "Redeem for 20 points")
    post = await wire.moderators.next_message()
    assert post.labels == ["Approve", "Reject", "Given"]
    await wire.mo.press(post, "Reject")
    question = await wire.moderators.next_message()
    assert question.forces
    await wire.ann.say(wire.moderators, "mine!", to=question)
    assert "There is no /mod_reject here" in (await wire.moderators.next_message()).text
    await wire.mo.say(wire.moderators, "out of mugs", to=question)
    assert (await wire.moderators.next_message()).text.startswith("✅")
    assert "Why: out of mugs" in (await wire.ann.chat.next_message()).text
    await post.edited()
    assert (post.labels, "Why: out of mugs" in post.text) == ([], True)


@BOTH
async def test_floods_and_failures_of_telegram_are_waited_out(wire: Wire):
    await wire.shown("/start")
    wire.server.inject(429, times=1, method="sendMessage", retry_after=1)
    assert "Welcome" in (await wire.shown("/start")).text
    wire.server.inject(502, times=3, method="sendMessage")
    assert "Welcome" in (await wire.shown("/start")).text
    assert [method for method, _description in wire.server.refused] == ["sendMessage"] * 4


@BOTH
async def test_a_connection_that_breaks_and_comes_back_loses_nothing(wire: Wire):
    await wire.shown("/start")
    wire.server.is_down = True
    wire.server.updates.interrupt()
    await wire.ann.say(wire.ann.chat, "/start")
    await asyncio.sleep(0.5)  # a while without Telegram is what is tested
    wire.server.is_down = False
    assert "Welcome" in (await wire.ann.chat.next_message()).text


@BOTH
async def test_what_comes_again_or_was_edited_is_not_handled(wire: Wire):
    message = await wire.ann.say(wire.ann.chat, "/redeem sticker")
    await wire.ann.chat.next_message()
    update = wire.server.updates.repeat_last()
    wire.server.updates.allow(["message", "edited_message", "callback_query"])
    await wire.ann.edit(message, "/shop")
    assert "Welcome" in (await wire.shown("/start")).text
    assert update not in wire.server.updates.pending
    assert len(wire.ann.chat.from_bot) == 2


@BOTH
async def test_told_to_leave_it_leaves_in_time_with_the_answer_on_its_way_sent(wire: Wire):
    await wire.shown("/start")
    wire.server.inject(502, times=1, method="sendMessage")
    await wire.ann.say(wire.ann.chat, "/start")
    await wire.server.wait_for_call("sendMessage", 2)
    assert await wire.process.leave() == 0
    assert "Welcome" in (await wire.ann.chat.next_message()).text
    assert len(wire.ann.chat.from_bot) == 2
    assert "Traceback" not in wire.process.said()


@pytest.mark.parametrize("wire", ["webhook"], indirect=True)
async def test_leaving_keeps_the_webhook_so_that_updates_wait(wire: Wire):
    await wire.shown("/start")
    await wire.process.leave()
    assert wire.server.updates.webhook_url == "https://bot.example/tg/hook"
    await wire.ann.say(wire.ann.chat, "/start")
    await wire.process.start()
    assert "Welcome" in (await wire.ann.chat.next_message()).text
    secrets = {one["secret_token"] for one in wire.server.called("setWebhook")}
    assert len(secrets) == 2


@pytest.mark.parametrize("wire", ["webhook"], indirect=True)
async def test_a_webhook_without_the_secret_is_refused(wire: Wire):
    await wire.shown("/start")
    assert wire.hook is not None
    message = wire.ann.chat.post(wire.ann, text="/start")
    forged = {"update_id": 999_999, "message": message.to_json()}
    assert [await wire.hook.post(forged, one) for one in (None, "", "guessed")] == [403] * 3
    assert "What you can ask" in (await wire.shown("/help")).text


async def test_neither_the_token_nor_what_people_write_stands_in_the_log(wire: Wire):
    await wire.shown("/link someone_secret")
    await wire.process.leave()
    said = wire.process.said()
    assert "AAtest" not in said
    assert "someone_secret" not in said
    assert "ann" not in said

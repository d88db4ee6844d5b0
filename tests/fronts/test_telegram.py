"""Telegram's front over real HTTP: typed commands, pressed buttons, and what may be shown where."""

import asyncio
import logging
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.command import COMMANDS
from bot.config import Settings, Telegram
from bot.fronts.on_telegram import Front, NotConnected
from tests.fakes.bot_api import TOKEN, Server
from tests.fakes.bot_api_basics import Refusal
from tests.fakes.bot_api_commands import small_commands
from tests.fakes.bot_api_stage import MODERATORS_ID, NOW, Stage, staged


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    with small_commands():
        async with staged(tmp_path) as running:
            yield running


async def test_a_typed_command_is_answered(stage: Stage):
    await stage.ann.say(stage.ann.chat, "/start")
    answer = await stage.ann.chat.next_message()
    assert answer.text == "Hello\n\nYou are ann."
    assert answer.styled("bold") == ["Hello"]


async def test_a_command_has_the_messages_key_the_clocks_time_and_the_store(stage: Stage):
    message = await stage.ann.say(stage.ann.chat, "/key")
    answer = await stage.ann.chat.next_message()
    assert answer.text == f"tg:7:{message.message_id} 1 2026-03-01"


async def test_an_edited_message_runs_nothing_again(stage: Stage):
    message = await stage.ann.say(stage.ann.chat, "/key")
    await stage.ann.chat.next_message()
    stage.server.updates.allow(["message", "edited_message", "callback_query"])
    await stage.ann.edit(message, "/key again")
    await stage.ann.say(stage.ann.chat, "/start")
    assert (await stage.ann.chat.next_message()).text.startswith("Hello")


async def test_a_persons_commands_are_answered_in_their_order(stage: Stage):
    for number in range(1, 9):
        await stage.ann.say(stage.ann.chat, f"/list {number}")
    titles = [(await stage.ann.chat.next_message()).styled("bold")[0] for _ in range(8)]
    assert titles == [f"Page {number}" for number in range(1, 9)]


async def test_plain_words_in_private_are_told_how_commands_look(stage: Stage):
    await stage.ann.say(stage.ann.chat, "hello?")
    assert "/help" in (await stage.ann.chat.next_message()).text


async def test_an_unknown_command_names_the_nearest(stage: Stage):
    await stage.ann.say(stage.ann.chat, "/lisst")
    assert "Did you mean /list?" in (await stage.ann.chat.next_message()).text


async def test_a_refusal_is_one_sentence(stage: Stage):
    await stage.ann.say(stage.ann.chat, "/no")
    assert (await stage.ann.chat.next_message()).text == "⚠️ You have 120 points, the mug costs 150."


async def test_a_failing_command_shows_the_reference_that_the_log_has(
    stage: Stage, caplog: pytest.LogCaptureFixture
):
    await stage.ann.say(stage.ann.chat, "/crash")
    shown = (await stage.ann.chat.next_message()).text
    reference = shown.split("Reference ")[1][:6]
    assert "fire" not in shown
    assert f"reference {reference}" in caplog.text
    assert "the disk is on fire" in caplog.text


# Groups


async def test_a_command_addressed_to_the_bot_is_answered_under_it(stage: Stage):
    message = await stage.ann.say(stage.creators, "/list@fairpoints_test_bot 3")
    answer = await stage.creators.next_message()
    assert answer.styled("bold") == ["Page 3"]
    assert answer.reply_to is message


@pytest.mark.parametrize("line", ["/list@other_bot", "/weather", "hello all"])
async def test_what_is_meant_for_others_in_a_group_is_left_alone(stage: Stage, line: str):
    await stage.ann.say(stage.creators, line)
    await stage.ann.say(stage.creators, "/start")
    assert (await stage.creators.next_message()).text.startswith("Hello")


async def test_a_private_command_in_a_group_is_answered_in_private(stage: Stage):
    await stage.ann.say(stage.creators, "/mine")
    assert (await stage.ann.chat.next_message()).text == "✅ For your eyes only."
    assert stage.creators.from_bot == []


async def test_who_never_started_the_bot_gets_a_link_that_runs_the_command(stage: Stage):
    await stage.bob.say(stage.creators, "/mine")
    invitation = await stage.creators.next_message()
    assert "I answer /mine in private" in invitation.text
    assert "For your eyes" not in invitation.text
    await stage.bob.follow(invitation, "Open our private chat")
    assert (await stage.bob.chat.next_message()).text == "✅ For your eyes only."
    assert stage.server.refused == [
        ("sendChatAction", "Forbidden: bot can't initiate conversation with a user")
    ]
    stage.server.refused.clear()


async def test_a_link_to_an_unknown_command_says_hello(stage: Stage):
    await stage.ann.say(stage.ann.chat, "/start never_heard_of")
    assert (await stage.ann.chat.next_message()).text.startswith("Hello")


async def test_an_anonymous_administrator_is_refused(stage: Stage):
    await stage.mo.say(stage.moderators, "/mod_grant ann 5 well done", anonymous=True)
    assert "Please write as yourself" in (await stage.moderators.next_message()).text


# Moderators


async def test_a_moderator_grants_in_the_moderators_chat(stage: Stage):
    await stage.mo.say(stage.moderators, "/mod_grant ann 5 the best video")
    answer = await stage.moderators.next_message()
    assert answer.text == "ann gets 5: the best video (telegram:8)"


async def test_a_command_of_two_words_may_be_typed_with_a_blank(stage: Stage):
    await stage.mo.say(stage.moderators, "/mod grant ann 5 the best video")
    assert (await stage.moderators.next_message()).text.startswith("ann gets 5")


async def test_a_creator_may_not_grant(stage: Stage):
    await stage.ann.say(stage.moderators, "/mod_grant ann 5 because I can")
    answer = await stage.moderators.next_message()
    assert answer.text == "⚠️ There is no /mod_grant here. /help lists what you can use."


async def test_a_moderator_may_not_grant_elsewhere(stage: Stage):
    await stage.mo.say(stage.creators, "/mod_grant ann 5 well done")
    assert "There is no /mod_grant here" in (await stage.creators.next_message()).text
    assert stage.server.called("getChatMember") == []


# Menus


async def test_menus_show_moderator_commands_to_moderators_alone(stage: Stage):
    menus = stage.server.account.menus
    everyone = [one["command"] for one in menus["default", 0, 0]]
    moderators = [one["command"] for one in menus["chat_administrators", MODERATORS_ID, 0]]
    assert "list" in everyone
    assert "mod_grant" not in everyone
    assert moderators == [*everyone, "mod_grant", "mod_secret"]


async def test_a_moderators_chat_without_the_bot_is_named_in_the_log(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
):
    async with Server() as server:
        chats = Telegram(moderator_chat_ids=(-77,), api_url=server.base_url.removesuffix("/bot"))
        front = Front(Settings(data_dir=tmp_path, telegram=chats), None, lambda: NOW)  # type: ignore[arg-type]
        await front.start(TOKEN)
        await front.stop()
    assert "telegram.moderator_chat_ids: chat -77 is unknown to the bot" in caplog.text


def test_every_command_can_stand_in_a_menu():
    for name, one in COMMANDS.items():
        assert name.replace(" ", "_").isascii()
        assert len(name) <= 32
        assert 1 <= len(one.summary) <= 256


# Starting and stopping


def _alone(server_url: str, folder: Path) -> Front:
    settings = Settings(data_dir=folder, telegram=Telegram(api_url=server_url))
    return Front(settings, None, lambda: NOW)  # type: ignore[arg-type]  # no command runs


@pytest.mark.parametrize("token", ["1:wrong", "nonsense", ""])
async def test_a_refused_token_says_where_to_get_one_without_showing_it(tmp_path: Path, token: str):
    async with Server() as server:
        front = _alone(server.base_url.removesuffix("/bot"), tmp_path)
        with pytest.raises(NotConnected) as error:
            await front.start(token)
    assert "FAIRPOINTS_TELEGRAM_TOKEN" in str(error.value)
    assert not token or token not in str(error.value)


async def test_an_unreachable_telegram_is_said_without_the_token(tmp_path: Path):
    front = _alone("http://127.0.0.1:9", tmp_path)
    with pytest.raises(NotConnected, match="Telegram can't be reached") as error:
        await front.start(TOKEN)
    assert TOKEN not in str(error.value)


async def test_a_failure_that_repeats_the_token_is_told_without_it(tmp_path: Path):
    async with Server() as server:
        server.rules.append(lambda *_: Refusal(400, f"Bad Request: nothing at {TOKEN}"))
        front = _alone(server.base_url.removesuffix("/bot"), tmp_path)
        with pytest.raises(NotConnected) as error:
            await front.start(TOKEN)
    assert str(error.value) == "Telegram can't be reached: Nothing at (token)"
    assert TOKEN not in str(error.value)


async def test_a_token_that_is_revoked_later_ends_the_wait(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("tests.fakes.bot_api.TOKEN", "123456789:another")
    await stage.ann.say(stage.creators, "whatever ends the poll")
    with pytest.raises(NotConnected, match="refused the token"):
        await asyncio.wait_for(stage.front.wait(), 10)
    await stage.front.stop()
    stage.server.refused.clear()


async def test_the_wait_ends_quietly_with_stop(stage: Stage):
    await stage.front.stop()
    await asyncio.wait_for(stage.front.wait(), 10)


async def test_stopping_confirms_what_was_answered(stage: Stage):
    await stage.ann.say(stage.ann.chat, "/start")
    await stage.ann.chat.next_message()
    await stage.front.stop()
    assert stage.server.updates.pending == []


async def test_what_came_while_the_bot_was_away_is_answered(stage: Stage, tmp_path: Path):
    await stage.front.stop()
    await stage.ann.say(stage.ann.chat, "/key")
    again = Front(stage.settings, stage.store, lambda: NOW)
    await again.start(TOKEN)
    assert (await stage.ann.chat.next_message()).text.startswith("tg:7:")
    await again.stop()


async def test_another_poller_is_named_in_the_log(stage: Stage, caplog: pytest.LogCaptureFixture):
    await stage.server.wait_for_call("getUpdates")
    stage.server.updates.interrupt()
    await stage.server.wait_for_call("getUpdates", 2)
    assert "another program polls Telegram with this bot's token" in caplog.text
    stage.server.refused.clear()


async def test_no_token_is_ever_logged(stage: Stage, caplog: pytest.LogCaptureFixture):
    with caplog.at_level(logging.DEBUG):
        stage.server.inject(500, times=9, method="sendMessage")
        await stage.ann.say(stage.ann.chat, "/start")
        await stage.server.wait_for_call("sendMessage", 3)
        await stage.front.stop()
    assert "an answer did not reach Telegram" in caplog.text
    assert TOKEN.partition(":")[2] not in caplog.text
    stage.server.refused.clear()

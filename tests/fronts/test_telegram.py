"""Telegram's front over real HTTP: typed commands, pressed buttons, and what may be shown where."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.fakes.bot_api import TOKEN
from tests.fakes.bot_api_commands import small_commands
from tests.fakes.bot_api_stage import Stage, staged


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
    assert answer.text == f"tg:{TOKEN.partition(':')[0]}:7:{message.message_id} 1 2026-03-01"


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

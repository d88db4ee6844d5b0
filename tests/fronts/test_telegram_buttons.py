"""Telegram's front: pressed buttons, questions for what is missing, and failures on the way out."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.fakes.bot_api_client import PNG
from tests.fakes.bot_api_commands import small_commands
from tests.fakes.bot_api_stage import Stage, staged
from tests.fakes.bot_api_world import Message


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    with small_commands():
        async with staged(tmp_path) as running:
            yield running


async def shown(stage: Stage, line: str) -> Message:
    await stage.ann.say(stage.ann.chat, line)
    return await stage.ann.chat.next_message()


async def test_paging_draws_over_the_same_message(stage: Stage):
    message = await shown(stage, "/list")
    press = await stage.ann.press(message, "Next")
    assert await press.answered() == {}
    await message.edited()
    assert message.text.startswith("Page 2")
    assert len(stage.ann.chat.from_bot) == 1


async def test_a_page_pressed_twice_is_answered_though_nothing_changes(stage: Stage):
    message = await shown(stage, "/list 2")
    press = await stage.ann.press(message, "Again")
    await press.answered()
    await shown(stage, "/start")
    assert [method for method, _ in stage.server.refused] == ["editMessageText"]
    assert len(stage.ann.chat.from_bot) == 2
    stage.server.refused.clear()


async def test_a_refused_press_leaves_its_message_alone(stage: Stage):
    message = await shown(stage, "/list")
    await stage.ann.press(message, "Refuse")
    refusal = await stage.ann.chat.next_message()
    assert refusal.text == "⚠️ You have 120 points, the mug costs 150."
    assert message.text.startswith("Page 1")


async def test_a_picture_is_drawn_over_a_picture(stage: Stage):
    message = await shown(stage, "/picture 1")
    assert (message.photo, message.text) == (PNG + b"\x01", "Picture 1")
    await stage.ann.press(message, "Next")
    await message.edited()
    assert (message.photo, message.text) == (PNG + b"\x02", "Picture 2")


async def test_a_picture_and_a_text_never_replace_each_other(stage: Stage):
    listed = await shown(stage, "/list")
    await stage.ann.press(listed, "Receipt")
    picture = await stage.ann.chat.next_message()
    assert picture.photo is not None
    await stage.ann.press(picture, "List")
    assert (await stage.ann.chat.next_message()).text.startswith("Page 1")
    assert (listed.edits, picture.edits) == (0, 0)


async def test_a_message_that_was_deleted_is_replaced(stage: Stage):
    message = await shown(stage, "/list")
    message.is_deleted = True
    await stage.ann.press(message, "Next")
    assert (await stage.ann.chat.next_message()).text.startswith("Page 2")
    stage.server.refused.clear()


async def test_a_slow_command_shows_that_it_works(stage: Stage):
    await shown(stage, "/picture")
    assert stage.ann.chat.actions == ["typing"]


async def test_a_press_has_its_own_key(stage: Stage):
    message = await shown(stage, "/start")
    message.buttons = [[{"text": "Key", "callback_data": "key"}]]
    press = await stage.ann.press(message, "Key")
    await message.edited()
    assert message.text.startswith(f"tg:press:{press.query_id} ")


async def test_an_outdated_button_says_so(stage: Stage):
    message = await shown(stage, "/start")
    message.buttons = [[{"text": "Old", "callback_data": "gone|1"}]]
    answer = await (await stage.ann.press(message, "Old")).answered()
    assert "older message" in answer["text"]
    assert answer["show_alert"]


async def test_a_press_that_telegram_forgot_still_works(stage: Stage):
    message = await shown(stage, "/list")
    stage.server.world.press_lifetime_seconds = -1
    await stage.ann.press(message, "Next")
    await message.edited()
    assert message.text.startswith("Page 2")
    assert [method for method, _ in stage.server.refused] == ["answerCallbackQuery"]
    stage.server.refused.clear()


async def test_a_private_button_in_a_group_is_answered_in_private(stage: Stage):
    await stage.ann.say(stage.creators, "/list")
    message = await stage.creators.next_message()
    press = await stage.ann.press(message, "Mine")
    assert (await press.answered())["text"] == "I answer in our private chat."
    assert "For your eyes only." in (await stage.ann.chat.next_message()).text
    assert (len(stage.creators.from_bot), message.edits) == (1, 0)


async def test_a_private_button_opens_the_bot_for_who_never_started_it(stage: Stage):
    await stage.ann.say(stage.creators, "/list")
    press = await stage.bob.press(await stage.creators.next_message(), "Mine")
    assert await press.answered() == {"url": "https://t.me/fairpoints_test_bot?start=mine"}
    stage.server.refused.clear()


async def test_a_creators_press_of_a_moderators_button_is_refused(stage: Stage):
    message = await shown(stage, "/start")
    message.buttons = [[{"text": "Grant", "callback_data": "mod grant|ann|5|why not"}]]
    await stage.ann.press(message, "Grant")
    assert "There is no /mod_grant here" in (await stage.ann.chat.next_message()).text


# Missing arguments


async def test_missing_arguments_are_asked_one_after_the_other(stage: Stage):
    message = await shown(stage, "/pick")
    assert message.text == (
        "/pick handle size\n\nWhich creator?\n\nPress one, or type it after the command."
    )
    assert message.labels == ["@ann", "@under_score", "@<script>"]
    await stage.ann.press(message, "@under_score")
    await message.edited()
    assert "How large" in message.text
    assert message.labels == ["small", "large"]
    await stage.ann.press(message, "large")
    await message.edited(2)
    assert message.text == "under_score, large, no order"


async def test_what_was_typed_already_is_kept(stage: Stage):
    message = await shown(stage, "/pick ann")
    await stage.ann.press(message, "small")
    await message.edited()
    assert message.text == "ann, small, no order"


async def test_a_question_in_the_moderators_chat_is_answered_there(stage: Stage):
    await stage.mo.say(stage.moderators, "/mod_secret")
    question = await stage.moderators.next_message()
    await stage.mo.press(question, "@ann")
    await question.edited()
    assert question.text == "ann is known to moderators alone"


async def test_where_nothing_can_be_suggested_it_is_asked_for_in_words(stage: Stage):
    message = await shown(stage, "/guess")
    assert (message.labels, message.forces["force_reply"]) == ([], True)
    await stage.ann.say(stage.ann.chat, "blue", to=message)
    assert (await stage.ann.chat.next_message()).text == "blue"


async def test_a_suggestion_that_no_button_can_carry_is_left_out(stage: Stage):
    assert (await shown(stage, "/endless")).labels == ["fits"]


async def test_a_moderators_question_is_no_help_to_others(stage: Stage):
    await stage.ann.say(stage.moderators, "/mod_grant")
    message = await stage.moderators.next_message()
    assert (message.labels, message.text) == (
        [],
        "⚠️ There is no /mod_grant here. /help lists what you can use.",
    )


# Failures on the way out


async def test_a_flood_is_waited_out_and_the_reply_sent(stage: Stage):
    stage.server.inject(429, times=1, method="sendMessage", retry_after=1)
    assert (await shown(stage, "/start")).text.startswith("Hello")
    assert len(stage.server.called("sendMessage")) == 2
    stage.server.refused.clear()


async def test_a_server_error_is_tried_again(stage: Stage):
    stage.server.inject(502, times=2, method="sendMessage")
    assert (await shown(stage, "/start")).text.startswith("Hello")
    stage.server.refused.clear()


async def test_a_reply_that_telegram_refuses_is_told_with_a_reference(
    stage: Stage, caplog: pytest.LogCaptureFixture
):
    stage.server.inject(400, times=1, method="sendMessage")
    message = await shown(stage, "/start")
    reference = message.text.split("Reference ")[1][:6]
    assert f"reference {reference}: an answer failed" in caplog.text
    stage.server.refused.clear()


async def test_who_blocked_the_bot_is_let_be(stage: Stage, caplog: pytest.LogCaptureFixture):
    stage.ann.block()
    await stage.ann.say(stage.ann.chat, "/start")
    await stage.server.wait_for_call("sendMessage")
    await stage.front.stop()
    assert "an answer did not reach Telegram" in caplog.text
    assert len(stage.server.called("sendMessage")) == 1
    stage.server.refused.clear()


async def test_stopping_waits_for_the_answers_on_their_way(stage: Stage):
    stage.server.inject(502, times=2, method="sendMessage")
    await stage.ann.say(stage.ann.chat, "/start")
    await stage.server.wait_for_call("sendMessage")
    await stage.front.stop()
    assert stage.ann.chat.from_bot[0].text.startswith("Hello")
    stage.server.refused.clear()


async def test_stopping_does_not_wait_for_ever(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    monkeypatch.setattr("bot.fronts.on_telegram_leaving.FAREWELL_SECONDS", 0.05)
    await stage.ann.say(stage.ann.chat, "/hang")
    await stage.mo.say(stage.mo.chat, "/start")
    await stage.mo.chat.next_message()
    await stage.front.stop()
    assert "some answers were not ready within 0.05 seconds" in caplog.text


async def test_a_slow_command_runs_even_where_typing_can_not_be_shown(stage: Stage):
    stage.server.inject(500, times=3, method="sendChatAction")
    assert (await shown(stage, "/picture")).text == "Picture 1"
    stage.server.refused.clear()


# What strangers wrote


async def test_a_strangers_markup_is_shown_as_they_wrote_it(stage: Stage):
    await stage.ann.say(stage.creators, "/nasty")
    message = await stage.creators.next_message()
    assert message.text.count('<b>"A&B"</b>') == 7
    assert "@everyone" not in message.text.replace(message.styled("pre")[0], "")
    assert "\u202e" not in message.text
    assert "/mod_grant @\u2060ann" in message.text
    assert message.labels == ['<b>"A&B"</b> @everyone txt.exe']


async def test_links_in_what_strangers_wrote_show_no_preview(stage: Stage):
    assert not (await shown(stage, "/nasty")).shows_previews


async def test_a_long_reply_is_several_messages_with_the_buttons_under_the_last(stage: Stage):
    first = await shown(stage, "/long")
    rest = [await stage.ann.chat.next_message() for _ in range(2)]
    lines = "\n".join(one.text for one in [first, *rest]).split("\n")
    assert lines == [f"line {number} & 🎁" for number in range(600)]
    assert [one.labels for one in [first, *rest]] == [[], [], ["Next"]]


async def test_a_caption_too_long_goes_on_in_a_message_below(stage: Stage):
    picture = await shown(stage, "/album")
    below = await stage.ann.chat.next_message()
    assert (picture.photo, below.photo) == (PNG, None)
    lines = f"{picture.text}\n{below.text}".split("\n")
    assert lines == [f"line {number} <&>" for number in range(120)]

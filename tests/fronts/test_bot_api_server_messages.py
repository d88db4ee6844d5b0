"""The fake Telegram: texts, buttons, edits and photos, each limit as the real server has it."""

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.fakes.bot_api import TOKEN
from tests.fakes.bot_api_client import PNG, RawBot, raw_bot


@pytest.fixture
async def bot() -> AsyncIterator[RawBot]:
    async with raw_bot() as running:
        yield running


async def test_text_of_4096_characters_passes_and_one_more_does_not(bot: RawBot):
    await bot.ok("sendMessage", chat_id=7, text="x" * 4096)
    refusal = await bot.refused("sendMessage", chat_id=7, text="x" * 4097)
    assert refusal == "400 Bad Request: message is too long"


async def test_a_character_outside_the_basic_plane_counts_twice(bot: RawBot):
    await bot.ok("sendMessage", chat_id=7, text="🎁" * 2048)
    assert "too long" in await bot.refused("sendMessage", chat_id=7, text="🎁" * 2049)


async def test_tags_do_not_count(bot: RawBot):
    text = "<b>" + "x" * 4096 + "</b>"
    await bot.ok("sendMessage", chat_id=7, text=text, parse_mode="HTML")


@pytest.mark.parametrize("text", ["", None])
async def test_a_text_is_needed(bot: RawBot, text: str | None):
    refusal = await bot.refused("sendMessage", chat_id=7, text=text)
    assert refusal == "400 Bad Request: message text is empty"


@pytest.mark.parametrize("text", [" \n ", "<b></b>"])
async def test_a_text_that_shows_nothing_is_refused(bot: RawBot, text: str):
    refusal = await bot.refused("sendMessage", chat_id=7, text=text, parse_mode="HTML")
    assert refusal == "400 Bad Request: text must be non-empty"


@pytest.mark.parametrize(
    ("html", "problem"),
    [
        ("<b>open", 'Can\'t find end tag corresponding to start tag "b"'),
        ("1 < 2", 'Unsupported start tag "" at byte offset 2'),
        ("é<h1>x</h1>", 'Unsupported start tag "h1" at byte offset 2'),
        ("<br/>", 'Unsupported start tag "br/" at byte offset 0'),
        ("<b>x</i>", 'Unmatched end tag at byte offset 4, expected "</b>", found "</i>"'),
        ("x</b>", "Unexpected end tag at byte offset 1"),
        ("<b>x</b", "Unclosed end tag at byte offset 4"),
        ("a <b", "Unclosed start tag at byte offset 2"),
        ('<a href="x', 'Empty attribute name in the tag "a" at byte offset 0'),
        (
            '<span class="x">y</span>',
            'Tag "span" must have class "tg-spoiler" at byte offset 0',
        ),
    ],
)
async def test_broken_html_is_refused_where_it_breaks(bot: RawBot, html: str, problem: str):
    refusal = await bot.refused("sendMessage", chat_id=7, text=html, parse_mode="HTML")
    assert refusal == f"400 Bad Request: can't parse entities: {problem}"


async def test_html_becomes_text_and_entities_in_utf16_units(bot: RawBot):
    html = '🎁 <b>a &lt; b</b> &amp; <a href="https://a.example/?x=1&amp;y=2">more</a> &copy;'
    sent = await bot.ok("sendMessage", chat_id=7, text=html, parse_mode="HTML")
    assert sent["text"] == "🎁 a < b & more &copy;"
    assert sent["entities"] == [
        {"type": "bold", "offset": 3, "length": 5},
        {"type": "text_link", "offset": 11, "length": 4, "url": "https://a.example/?x=1&y=2"},
    ]


async def test_blanks_around_a_text_are_cut_but_not_inside_an_entity(bot: RawBot):
    html = " \n<pre>  a</pre>\n "
    sent = await bot.ok("sendMessage", chat_id=7, text=html, parse_mode="HTML")
    assert sent["text"] == "  a"
    assert sent["entities"] == [{"type": "pre", "offset": 0, "length": 3}]


async def test_an_unknown_parse_mode_is_refused(bot: RawBot):
    refusal = await bot.refused("sendMessage", chat_id=7, text="x", parse_mode="BBCode")
    assert refusal == "400 Bad Request: unsupported parse_mode"


def keyboard(data: str = "go", text: str = "Go") -> dict[str, Any]:
    return {"inline_keyboard": [[{"text": text, "callback_data": data}]]}


@pytest.mark.parametrize("data", ["x" * 64, "é" * 32])
async def test_callback_data_of_64_bytes_passes(bot: RawBot, data: str):
    await bot.ok("sendMessage", chat_id=7, text="x", reply_markup=keyboard(data))


@pytest.mark.parametrize("data", ["", "x" * 65, "é" * 33])
async def test_other_callback_data_is_refused(bot: RawBot, data: str):
    refusal = await bot.refused("sendMessage", chat_id=7, text="x", reply_markup=keyboard(data))
    assert refusal == "400 Bad Request: BUTTON_DATA_INVALID"


async def test_a_button_without_text_is_refused(bot: RawBot):
    markup = keyboard(text="")
    assert "Text is empty" in await bot.refused(
        "sendMessage", chat_id=7, text="x", reply_markup=markup
    )


async def test_a_press_reaches_the_bot_with_its_message_and_data(bot: RawBot):
    await bot.ok("sendMessage", chat_id=7, text="x", reply_markup=keyboard("points|2"))
    press = await bot.ann.press(await bot.ann.chat.next_message(), "Go")
    update = (await bot.ok("getUpdates"))[0]["callback_query"]
    assert (update["id"], update["data"]) == (press.query_id, "points|2")
    assert update["message"]["text"] == "x"


async def test_a_press_is_answered_once(bot: RawBot):
    await bot.ok("sendMessage", chat_id=7, text="x", reply_markup=keyboard())
    press = await bot.ann.press(await bot.ann.chat.next_message(), "Go")
    await bot.ok("answerCallbackQuery", callback_query_id=press.query_id, text="ok")
    assert await press.answered() == {"text": "ok"}
    again = await bot.refused("answerCallbackQuery", callback_query_id=press.query_id)
    assert again.startswith("400 Bad Request: query is too old")


async def test_a_press_is_answered_in_time_or_never(bot: RawBot):
    bot.server.world.press_lifetime_seconds = -1
    await bot.ok("sendMessage", chat_id=7, text="x", reply_markup=keyboard())
    press = await bot.ann.press(await bot.ann.chat.next_message(), "Go")
    late = await bot.refused("answerCallbackQuery", callback_query_id=press.query_id)
    assert late.startswith("400 Bad Request: query is too old")


async def test_an_answer_shows_200_characters_at_most(bot: RawBot):
    long = await bot.refused("answerCallbackQuery", callback_query_id="1", text="x" * 201)
    assert long == "400 Bad Request: MESSAGE_TOO_LONG"


async def test_editing_shows_the_new_text_and_takes_the_buttons_away(bot: RawBot):
    await bot.ok("sendMessage", chat_id=7, text="one", reply_markup=keyboard())
    message = await bot.ann.chat.next_message()
    await bot.ok("editMessageText", chat_id=7, message_id=message.message_id, text="two")
    await message.edited()
    assert (message.text, message.labels) == ("two", [])


async def test_an_edit_that_changes_nothing_is_refused(bot: RawBot):
    sent = await bot.ok("sendMessage", chat_id=7, text="one")
    where = {"chat_id": 7, "message_id": sent["message_id"]}
    same = await bot.refused("editMessageText", text="one", **where)
    assert same.startswith("400 Bad Request: message is not modified")


async def test_buttons_alone_can_be_edited(bot: RawBot):
    sent = await bot.ok("sendMessage", chat_id=7, text="one")
    where = {"chat_id": 7, "message_id": sent["message_id"]}
    await bot.ok("editMessageReplyMarkup", reply_markup=keyboard(), **where)
    assert (await bot.ann.chat.next_message()).labels == ["Go"]


async def test_only_the_bots_own_messages_can_be_edited(bot: RawBot):
    message = await bot.ann.say(bot.ann.chat, "mine")
    where = {"chat_id": 7, "message_id": message.message_id}
    foreign = await bot.refused("editMessageText", text="yours", **where)
    assert foreign == "400 Bad Request: message can't be edited"


async def test_a_deleted_message_can_not_be_edited_or_deleted(bot: RawBot):
    sent = await bot.ok("sendMessage", chat_id=7, text="one")
    where = {"chat_id": 7, "message_id": sent["message_id"]}
    await bot.ok("deleteMessage", **where)
    gone = await bot.refused("editMessageText", text="two", **where)
    assert gone == "400 Bad Request: message to edit not found"
    assert "message to delete not found" in await bot.refused("deleteMessage", **where)


async def test_a_photo_is_uploaded_with_its_caption(bot: RawBot):
    caption = {"caption": "<i>hi</i>", "parse_mode": "HTML"}
    await bot.upload("sendPhoto", {"photo": PNG}, chat_id=7, **caption)
    message = await bot.ann.chat.next_message()
    assert (message.photo, message.text, message.styled("italic")) == (PNG, "hi", ["hi"])


async def test_a_caption_has_1024_characters_at_most(bot: RawBot):
    await bot.upload("sendPhoto", {"photo": PNG}, chat_id=7, caption="x" * 1024)
    long = await bot.refused_upload("sendPhoto", {"photo": PNG}, chat_id=7, caption="x" * 1025)
    assert long == "400 Bad Request: message caption is too long"


async def test_what_is_no_picture_is_refused(bot: RawBot):
    refusal = await bot.refused_upload("sendPhoto", {"photo": b"text"}, chat_id=7)
    assert refusal == "400 Bad Request: IMAGE_PROCESS_FAILED"


async def test_a_picture_is_20_times_as_wide_as_high_at_most(bot: RawBot):
    wide = PNG[:16] + (21).to_bytes(4, "big") + (1).to_bytes(4, "big") + PNG[24:]
    refusal = await bot.refused_upload("sendPhoto", {"photo": wide}, chat_id=7)
    assert refusal == "400 Bad Request: PHOTO_INVALID_DIMENSIONS"


async def test_a_photo_is_needed(bot: RawBot):
    refusal = await bot.refused("sendPhoto", chat_id=7)
    assert refusal == "400 Bad Request: there is no photo in the request"


async def test_a_photo_and_its_caption_can_be_edited_but_not_into_text(bot: RawBot):
    sent = await bot.upload("sendPhoto", {"photo": PNG}, chat_id=7, caption="one")
    where = {"chat_id": 7, "message_id": sent["message_id"]}
    await bot.ok("editMessageCaption", caption="two", **where)
    message = await bot.ann.chat.next_message()
    assert message.text == "two"
    media = json.dumps({"type": "photo", "media": "attach://new", "caption": "three"})
    await bot.upload("editMessageMedia", {"new": PNG + b"2"}, media=media, **where)
    assert (message.photo, message.text) == (PNG + b"2", "three")
    refusal = await bot.refused("editMessageText", text="four", **where)
    assert refusal == "400 Bad Request: there is no text in the message to edit"
    assert bot.server.unknown == []


async def test_an_uploaded_document_can_be_fetched(bot: RawBot):
    await bot.ann.upload(bot.ann.chat, "export.csv", b"id,views\n")
    document = (await bot.ok("getUpdates"))[0]["message"]["document"]
    path = (await bot.ok("getFile", file_id=document["file_id"]))["file_path"]
    address = bot.server.base_url.removesuffix("bot") + f"file/bot{TOKEN}/{path}"
    async with bot.session.get(address) as answer:
        assert await answer.read() == b"id,views\n"

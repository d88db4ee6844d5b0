"""Replies on their way out: as new messages, or drawn over the one whose button was pressed."""

import logging
from typing import Any

from telegram import (
    Bot,
    CallbackQuery,
    ForceReply,
    InlineKeyboardMarkup,
    InputMediaPhoto,
    LinkPreviewOptions,
    Message,
    ReplyParameters,
)
from telegram.constants import ChatAction, ParseMode
from telegram.error import BadRequest, Forbidden, TelegramError

from bot.fronts.narrow import one_line, units
from bot.fronts.on_telegram_asking import keyboard
from bot.fronts.on_telegram_photo import is_photo
from bot.fronts.on_telegram_quoted import Question, carrier, force_reply
from bot.fronts.on_telegram_text import pieces
from bot.reply import Picture, Reply

log = logging.getLogger(__name__)

POPUP_UNITS = 200
HTML = ParseMode.HTML
NO_PREVIEW = LinkPreviewOptions(is_disabled=True)
"""What strangers link to is not shown unasked."""


async def send(
    bot: Bot,
    chat_id: int,
    reply: Reply,
    answered: Message | None = None,
    *,
    arrived: list[Message] | None = None,
    **extra: Any,
) -> None:
    """Send a reply as one message or more, the first under what it answers, buttons last.

    A file goes below. `arrived` takes each message that Telegram has; `extra` is what each request
    takes besides.
    """
    there = arrived if arrived is not None else []
    texts = [one for one in pieces(reply) if one or not reply.file]
    below: ForceReply | InlineKeyboardMarkup | None = keyboard(reply)
    if isinstance(reply, Question):
        texts[0] = carrier(reply, bot.username, chat_id) + texts[0]
        below = force_reply(reply, chat_id)
    for at, text in enumerate(texts):
        options: dict[str, Any] = {
            "parse_mode": HTML,
            "reply_markup": below if at == len(texts) - 1 else None,
            "reply_parameters": under(answered) if at == 0 else None,
            **extra,
        }
        if reply.picture and at == 0:
            there.append(await _send_picture(bot, chat_id, reply.picture, text, options))
        else:
            options["link_preview_options"] = NO_PREVIEW
            there.append(await bot.send_message(chat_id, text, **options))
    if reply.file:
        content, name = reply.file.content, reply.file.name
        there.append(await bot.send_document(chat_id, content, filename=name, **extra))


async def _send_picture(
    bot: Bot, chat_id: int, picture: Picture, caption: str, options: dict[str, Any]
) -> Message:
    """Send a picture, as a file where Telegram would not take it as a photo."""
    send_it = bot.send_photo if is_photo(picture.png) else bot.send_document
    return await send_it(chat_id, picture.png, caption=caption, filename=picture.name, **options)


def under(answered: Message | None) -> ReplyParameters | None:
    """Place a message under the one that it answers, if that still exists."""
    if answered is None:
        return None
    return ReplyParameters(answered.message_id, allow_sending_without_reply=True)


async def redraw(message: Message, reply: Reply) -> bool:
    """Draw a reply over a message, as paging does; False where it has to be a new message.

    Telegram turns no picture into text, and a reply of several messages replaces none.
    """
    texts = pieces(reply)
    if len(texts) != 1 or reply.file or bool(message.photo) != bool(reply.picture):
        return False
    if message.document or (reply.picture and not is_photo(reply.picture.png)):
        return False
    try:
        await _edit(message, reply, texts[0])
    except BadRequest as error:
        if "not modified" in error.message.lower():
            return True
        log.info("a message could not be edited, so a new one is sent: %s", error)
        return False
    return True


async def _edit(message: Message, reply: Reply, text: str) -> None:
    buttons = keyboard(reply)
    if reply.picture is None:
        await message.edit_text(
            text, parse_mode=HTML, link_preview_options=NO_PREVIEW, reply_markup=buttons
        )
    else:
        await message.edit_media(_media(reply.picture, text), reply_markup=buttons)


def _media(picture: Picture, caption: str) -> InputMediaPhoto:
    return InputMediaPhoto(picture.png, caption=caption, parse_mode=HTML, filename=picture.name)


async def acknowledge(
    query: CallbackQuery, text: str = "", *, link: str | None = None, alert: bool = False
) -> None:
    """Answer a press: some words, a chat opened by a link, or just no more waiting.

    Telegram forgets presses within seconds; a late answer changes nothing for anybody.
    """
    popup = one_line(text)
    while units(popup) > POPUP_UNITS:
        popup = f"{popup[:-2]}…"
    try:
        await query.answer(popup or None, show_alert=alert or None, url=link)
    except TelegramError as error:
        log.info("a press could not be answered: %s", error)


async def type_in(bot: Bot, chat_id: int) -> bool:
    """Show that an answer is being made; False where the bot may not write at all."""
    try:
        await bot.send_chat_action(chat_id, ChatAction.TYPING)
    except (Forbidden, BadRequest):
        return False
    except TelegramError as error:
        log.info("a person could not see that the bot works: %s", error)
    return True

"""A question that needs no memory: its message carries the call, the reply to it brings the rest.

The call stands in the address of a link, which nobody but the bot writes: what strangers wrote is
shown by the bot without any. So a reply is read only where the message above it is the bot's own
and holds such a link; who replied is looked at by `run`, as for a typed command.
"""

import binascii
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from html import escape
from urllib.parse import parse_qs, urlsplit

from telegram import Bot, ForceReply, Message, MessageEntity
from telegram.error import TelegramError

from bot.call import Sent
from bot.command import Command, Parameter
from bot.fronts.narrow import one_line
from bot.language import _
from bot.line import ASKED
from bot.reply import Reply, Tone, Upload
from bot.uploads import UPLOAD_BYTES, Unfetched

SIGN = "✏️"
FIELD = "asked"
LONGEST_LINK = 1_500
PLACEHOLDER_LENGTH = 64
SHOWN_LENGTH = 60
PHOTO = "photo.jpg"
"""Telegram names no photo, and makes each one a JPEG."""


@dataclass(frozen=True, slots=True)
class Question(Reply):
    """Asks a person for an argument, which they give in a reply to this message."""

    press: str = ""
    """What a button would carry: the call, with a mark for the argument."""
    user_id: int = 0
    name: str = ""
    """Of whom it is asked: in a group, only that person's keyboard opens."""


def question_for(
    chosen: Command, given: Mapping[str, str], lacking: Parameter, user_id: int, name: str
) -> Question | None:
    """Ask for an argument in words; None where the message could not carry what was given."""
    values = [ASKED if one is lacking else given.get(one.name, "") for one in chosen.parameters]
    press = "|".join((chosen.name, *values))
    if "|" in "".join(values) or len(_coded(press)) > LONGEST_LINK:
        return None
    typed = " ".join(filter(None, (given.get(one.name) for one in chosen.shown)))
    is_file = lacking.kind is Upload
    note = _("Reply to this message with the picture or file.") if is_file else _("Reply to this.")
    return Question(
        title=" ".join(filter(None, (f"/{chosen.name}", typed[:SHOWN_LENGTH], "…"))),
        text=_(lacking.about.help),
        note=note,
        tone=Tone.ASK,
        press=press,
        user_id=user_id,
        name=name,
    )


def _coded(press: str) -> str:
    return urlsafe_b64encode(press.encode()).decode().rstrip("=")


def carrier(question: Question, username: str, chat_id: int) -> str:
    """Return the HTML that stands before a question: the link, and in a group who is asked."""
    link = f"https://t.me/{username}?{FIELD}={_coded(question.press)}"
    carried = f'<a href="{link}">{SIGN}</a>'
    if chat_id == question.user_id:
        return f"{carried} "
    asked = escape(one_line(question.name), quote=False) or SIGN
    return f'{carried} <a href="tg://user?id={question.user_id}">{asked}</a>\n'


def force_reply(question: Question, chat_id: int) -> ForceReply:
    """Open the keyboard of the person who is asked."""
    hint = one_line(question.text)[:PLACEHOLDER_LENGTH]
    selective = chat_id != question.user_id
    return ForceReply(selective=selective, input_field_placeholder=hint or None)


def press_in(quoted: Message | None, bot: Bot) -> str | None:
    """Return what a question of this bot carries; None where a message is none."""
    if quoted is None or quoted.from_user is None or quoted.from_user.id != bot.id:
        return None
    links = (one.url for one in quoted.entities if one.type == MessageEntity.TEXT_LINK)
    found = (_carried(link or "", bot.username) for link in links)
    return next((press for press in found if press), None)


def _carried(link: str, username: str) -> str:
    address = urlsplit(link)
    if (address.hostname, address.path.strip("/").lower()) != ("t.me", username.lower()):
        return ""
    coded = parse_qs(address.query).get(FIELD, [""])[0]
    try:
        return urlsafe_b64decode(coded + "=" * (-len(coded) % 4)).decode()
    except (binascii.Error, ValueError):
        return ""


def answered(
    message: Message, given: Mapping[str, str], lacking: Parameter | None, wordless: str
) -> dict[str, str]:
    """Return the arguments with what a reply says, in its text or under its picture.

    `wordless` is what a picture without words says, where words can't be missing.
    """
    words = message.text or message.caption or ""
    if lacking is not None and lacking.required and not words:
        words = wordless
    if lacking is None or (lacking.kind is Upload and message.text is None):
        return dict(given)
    return {**given, lacking.name: words}


def sent_with(message: Message, bot: Bot, chosen: Command) -> dict[str, Sent]:
    """Return the file of a message, for the first argument that is one."""
    wanted = next((one.name for one in chosen.shown if one.kind is Upload), None)
    if wanted is None:
        return {}
    if message.document is not None:
        file = message.document
        name, size = file.file_name or "file", file.file_size
        return {wanted: Sent(name, size or 1, partial(_fetch, bot, file.file_id))}
    if not message.photo:
        return {}
    photo = max(message.photo, key=lambda one: one.width * one.height)
    return {wanted: Sent(PHOTO, photo.file_size or 1, partial(_fetch, bot, photo.file_id))}


async def _fetch(bot: Bot, file_id: str) -> bytes:
    """Fetch a file by its id, which stays good for as long as the bot has its token."""
    try:
        found = await bot.get_file(file_id)
        if (found.file_size or 0) > UPLOAD_BYTES:
            raise Unfetched("it is larger than Telegram said")
        return bytes(await found.download_as_bytearray())
    except TelegramError as error:
        raise Unfetched(type(error).__name__) from None

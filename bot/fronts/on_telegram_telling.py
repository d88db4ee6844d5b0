"""What is sent on Telegram without having been asked for: notices to people, posts to groups.

Each is sent once; what fails is told, and whoever sends it tries again.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from telegram import Bot, Message
from telegram.error import BadRequest, Forbidden, NetworkError, RetryAfter, TelegramError, TimedOut

from bot.fronts import Blocked, Gone, NotSent, Unclear
from bot.fronts.on_telegram_asking import keyboard
from bot.fronts.on_telegram_sending import HTML, NO_PREVIEW, send
from bot.fronts.on_telegram_text import pieces
from bot.fronts.on_telegram_wire import ONCE, seconds_of
from bot.reply import Reply

SHUT = ("chat not found", "not enough rights", "have no rights", "chat_write_forbidden")
"""What Telegram says of a chat in which the bot may not write."""
LOST = ("message to edit not found", "message can't be edited", "message_id_invalid")
"""What Telegram says of a message that is gone, or too old."""


async def tell(bot: Bot, user_id: int, reply: Reply) -> None:
    """Send a notice to a person's private chat.

    Raises Blocked where they can't be written to, NotSent where it may be tried again, Unclear
    where no answer came, or where a part has arrived.
    """
    arrived: list[Message] = []
    try:
        with _told():
            await send(bot, user_id, reply, arrived=arrived, rate_limit_args=ONCE)
    except NotSent as error:
        if arrived:
            raise Unclear(f"only a part has arrived: {error}") from None
        raise


async def post(bot: Bot, chat_id: int, reply: Reply) -> str:
    """Send a post to a group, as one message; return its id. Raises what `tell` raises."""
    with _told():
        sent = await bot.send_message(chat_id, **_drawn(reply))
    return str(sent.message_id)


async def edit(bot: Bot, chat_id: int, message_id: int, reply: Reply) -> None:
    """Put other words and buttons into a post.

    Raises Gone where the message is not there any more, and what `tell` raises.
    """
    with _told():
        try:
            await bot.edit_message_text(chat_id=chat_id, message_id=message_id, **_drawn(reply))
        except BadRequest as error:
            if "not modified" not in error.message.lower():
                raise


def _drawn(reply: Reply) -> dict[str, Any]:
    """Draw a post; what is longer than a message is cut."""
    return {
        "text": pieces(reply)[0],
        "parse_mode": HTML,
        "link_preview_options": NO_PREVIEW,
        "reply_markup": keyboard(reply),
        "rate_limit_args": ONCE,
    }


@contextmanager
def _told() -> Iterator[None]:
    """Say what a failure means for what was to be sent."""
    try:
        yield
    except RetryAfter as flood:
        raise NotSent("Telegram asks to wait", seconds_of(flood)) from None
    except Forbidden as error:
        raise Blocked(str(error)) from None
    except TelegramError as error:
        raise _meant(error) from None


def _meant(error: TelegramError) -> Exception:
    said = error.message.lower()
    if isinstance(error, BadRequest) and any(one in said for one in SHUT):
        return Blocked(error.message)
    if isinstance(error, BadRequest) and any(one in said for one in LOST):
        return Gone(error.message)
    if type(error) in {NetworkError, TimedOut} and "ConnectError" not in str(error):
        return Unclear(f"Telegram did not answer: {error}")
    return NotSent(f"Telegram did not take it: {error}")
